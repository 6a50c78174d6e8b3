"""From scores to a probability: is the passage that was found the right one.

A logistic regression (Platt, 1999) over signals that do not depend on how many passages there are. It is fitted on
questions whose article is known and on utterances that have no answer, and stored beside the index. Where none was
fitted, the default is what four public sets gave, put to how near the library lies to what it does not answer
(decision 0009).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge_base.errors import IndexMismatch, KnowledgeError

SIGNALS = (
    "nearest",
    "behind",
    "cosine",
    "coverage",
    "sounds",
    "lead",
    "length",
    "other",
    "ahead",
    "apart",
    "alike",
    "fluent",
)
FILE = "calibration.json"
RANKING = "4"
"""Which way of ranking the signals come from: changed with it, so that a calibration is fitted again."""

_REBUILD = "Build the index again with `hotline kb index`."
_RIDGE = 1e-2
_ROUNDS = 50
_SMALL_TALK_SHOWN = 0.04  # of what it is fitted on, so that it is 5 % of what it has not seen
_PRECISION = 0.7
_PROMISED = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_FEWEST = 10
_SILENT = 0.98  # below what a question asked word for word is given


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one found passage.

    ``nearest``: the cosine of the question with the passage nearest to it of all; whether anything here is about what
    was asked shows in it more than in any other number. ``behind``: how far its fused score is behind the first one's.
    ``cosine``: its own, after the corpus's common direction was taken out. ``coverage``: its BM25 score as a part of
    the best possible one (0 to 1). ``sounds``: the same over syllables. ``lead``: its fused score above the mean of the
    ten behind the first. ``length``: logarithm of the question's pairs of characters. ``other``: 1 where it is of
    another article than the first one found, which is seldom asked for too. ``ahead`` and ``apart``: how far its
    article is ahead of every other one, and how little words, sounds and vectors agree on it (``alike``: which part of
    the first five passages is of the first one's article); see :mod:`knowledge_base.search.agreement`. ``fluent``: how
    likely the question's wording is as Chinese, logarithm per character; what was misheard makes few words.
    """

    nearest: float
    behind: float
    cosine: float
    coverage: float
    sounds: float
    lead: float
    length: float
    other: float
    ahead: float = 0.0
    apart: float = 0.0
    alike: float = 0.0
    fluent: float = 0.0

    def row(self) -> tuple[float, ...]:
        """The signals in the order of :data:`SIGNALS`."""
        return tuple(getattr(self, name) for name in SIGNALS)


@dataclass(frozen=True, slots=True)
class Calibration:
    """``probability = 1 / (1 + exp(-(bias + weights · signals)))``; below ``threshold`` nothing is shown.

    ``promises`` are pairs of a share and the threshold from which on that share of the first cards was right, and no
    more than 5 % of what has no answer got one. ``pairs`` and ``off_topic`` say how many questions and utterances it
    was fitted on (0: the default).
    """

    weights: tuple[float, ...]
    bias: float
    threshold: float
    pairs: int = 0
    off_topic: int = 0
    promises: tuple[tuple[float, float], ...] = ()

    def promising(self, precision: float) -> Calibration:
        """The same, silent unless cards are right in at least ``precision`` (0 to 1) of the cases, as far as is known.

        Between two promises the stricter one holds; beyond the last, what is surer than anything it was fitted on.
        """
        kept = [threshold for share, threshold in self.promises if share >= precision - 1e-9]
        if not self.promises:
            return self
        return replace(self, threshold=min(kept) if kept else _SILENT)

    def probability(self, signals: Signals) -> float:
        """How likely the passage is the right one, 0 to 1."""
        logit = self.bias + sum(w * s for w, s in zip(self.weights, signals.row(), strict=True))
        return float(1.0 / (1.0 + np.exp(-np.clip(logit, -30, 30))))

    def save(self, folder: Path) -> None:
        """Write it beside the index in ``folder``. Raises KnowledgeError where the disk refuses."""
        try:
            partial = folder / f".{FILE}"
            partial.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")
            partial.replace(folder / FILE)
        except OSError as error:
            raise KnowledgeError(f"{folder / FILE} cannot be written ({error.strerror}). Free some space.") from error


@dataclass(frozen=True, slots=True)
class Background:
    """Mean and standard deviation of ``nearest`` over utterances that the library does not answer."""

    mean: float
    deviation: float


TYPICAL = Background(0.8736, 0.0146)
"""The mean over four public sets; for a library that was not measured."""


def default(background: Background | None = None) -> Calibration:
    """For a library without judged questions, by its background.

    Fitted on four public sets with the prepared e5-small (``python -m benchmarks.default_calibration``): ``nearest`` in
    deviations from the background. The weight of ``other`` was set, not fitted (decision 0009).
    """
    known = background or TYPICAL
    nearest = _NEAREST / known.deviation
    weights = {"nearest": nearest, "behind": _BEHIND, "other": _OTHER}
    return Calibration(
        weights=tuple(weights.get(name, 0.0) for name in SIGNALS),
        bias=_BIAS - nearest * known.mean,
        threshold=_DEFAULT_PROMISES[0][1],
        promises=_DEFAULT_PROMISES,
    )


_NEAREST, _BEHIND, _OTHER, _BIAS = 1.07, -4.411, -2.5, -3.70
_DEFAULT_PROMISES = ((0.7, 0.202), (0.75, 0.296), (0.8, 0.406), (0.85, 0.619))
DEFAULT = default()


def load(folder: Path, otherwise: Calibration = DEFAULT) -> Calibration:
    """The calibration beside an index, or ``otherwise``. Raises IndexMismatch where the file cannot be understood."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        found = Calibration(
            **{
                **content,
                "weights": tuple(content["weights"]),
                "promises": tuple((float(share), float(cut)) for share, cut in content.get("promises", ())),
            }
        )
    except FileNotFoundError:
        return otherwise
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexMismatch(f"{folder / FILE} cannot be read. {_REBUILD}") from error
    if len(found.weights) != len(SIGNALS):
        raise IndexMismatch(
            f"{folder / FILE} is of another release. Fit it again with `hotline kb calibrate --questions FILE`, "
            "or remove the file: the default of this release holds then."
        )
    return found


def written(folder: Path) -> int:
    """When the calibration beside an index was written, in nanoseconds; 0 where there is none."""
    try:
        return (folder / FILE).stat().st_mtime_ns
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class Judged:
    """One candidate that a person judged; ``off_topic`` where the utterance has no answer at all."""

    signals: Signals
    right: bool
    off_topic: bool = False


def fit(judged: Sequence[Judged]) -> Calibration:
    """Fit to judged candidates. Raises KnowledgeError where they are all right or all wrong.

    The threshold is the least one at which no more than 5 % of the off-topic utterances show anything and seven in ten
    first cards are right; where no threshold is that good, the best there is.
    """
    right = np.array([case.right for case in judged], np.float64)
    if not judged or right.min() == right.max():
        raise KnowledgeError("Calibration needs right and wrong answers. Give questions with answers and small talk.")
    rows = np.array([case.signals.row() for case in judged])
    weights, bias = _logistic(rows, right)
    made = Calibration(weights, bias, 0.5, sum(not c.off_topic for c in judged), sum(c.off_topic for c in judged))
    made = replace(made, promises=_promises(made, judged))
    best = max((share for share, _ in made.promises), default=0.0)
    return made.promising(min(_PRECISION, best))


def _promises(made: Calibration, judged: Sequence[Judged]) -> tuple[tuple[float, float], ...]:
    """From which threshold on which share of the first cards is right; shares that are never reached are left out."""
    first = [case for case in judged if case.signals.behind <= 0]
    talk = [made.probability(case.signals) for case in first if case.off_topic]
    edge = float(np.quantile(talk, 1 - _SMALL_TALK_SHOWN)) + 1e-6 if talk else 0.0
    surest = sorted(((made.probability(case.signals), case.right) for case in first), reverse=True)
    shares = np.cumsum([right for _, right in surest]) / np.arange(1, len(surest) + 1)
    found: list[tuple[float, float]] = []
    for wanted in _PROMISED:
        enough = [at for at in range(max(0, min(_FEWEST, len(surest)) - 1), len(surest)) if shares[at] >= wanted]
        if enough:
            found.append((wanted, max(edge, surest[enough[-1]][0])))
    return tuple(found)


def _logistic(rows: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[tuple[float, ...], float]:
    """Ridge logistic regression by Newton's method over standardised columns; gives weights for the raw ones."""
    mean, deviation = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
    x = np.hstack([(rows - mean) / deviation, np.ones((len(rows), 1))])
    ridge = np.diag([_RIDGE * len(rows)] * rows.shape[1] + [0.0])
    beta = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (right - p) - ridge @ beta
        curvature = (x * (p * (1 - p))[:, None]).T @ x + ridge + 1e-9 * np.eye(len(beta))
        step = np.linalg.solve(curvature, gradient)
        beta += step
        if np.abs(step).max() < 1e-8:  # noqa: PLR2004 - converged
            break
    weights = beta[:-1] / deviation
    return tuple(float(w) for w in weights), float(beta[-1] - weights @ mean)
