"""Whether the words that are named as reasons are the ones that the ranking rests on.

ERASER's two measures (DeYoung et al. 2020, https://aclanthology.org/2020.acl-main.408) of the first department's
probability. Comprehensiveness: how far it falls when the named words are deleted. Sufficiency: how far it falls when
nothing but the named words is left. Both beside the same for as many other words of the same text, drawn by chance, so
that a fall that any deletion would cause does not count.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np

from copilot.routing import RankedLabel
from evaluation.measures import Floats, Interval, mean_intervals, wilson_interval
from models.routing.features import normalised, words

_DRAWS = 3
SCORED = 1 + 2 * (1 + _DRAWS)  # texts for each text: itself, and each set of words deleted and kept alone
_RESAMPLES = 2000
_SHORTEST = 2  # characters: shorter words are neither named nor drawn
_LIST_MARK = "、"


class Ranking(Protocol):
    """Departments, best first."""

    @property
    def choices(self) -> Sequence[RankedLabel]:
        """Best first."""
        ...


class Explainer(Protocol):
    """What is measured: a department classifier."""

    @property
    def labels(self) -> Sequence[str]:
        """The departments that it knows."""
        ...

    def rank_many(
        self,
        texts: Sequence[str],
        progress: Callable[[int], None] | None = None,
        *,
        limit: int = 3,
        reasons: bool = False,
    ) -> Sequence[Ranking]:
        """A ranking per text."""
        ...


@dataclass(frozen=True, slots=True)
class Faithfulness:
    """Means over ``texts`` appeals; every ``drop`` is of the first department's probability (0 to 1).

    ``difference`` is ``named_drop - other_drop`` with its paired 95 % bootstrap ``interval``; ``larger`` is the share
    of texts where deleting the named words lowered the probability more, with its Wilson interval. ``kept_named_drop``
    and ``kept_other_drop`` are sufficiency: lower is better. ``unnamed`` texts had no word named, or too few others.
    """

    texts: int
    unnamed: int
    named_drop: float
    other_drop: float
    difference: float
    interval: Interval
    larger: float
    larger_interval: Interval
    kept_named_drop: float
    kept_other_drop: float

    def as_json(self) -> dict[str, Any]:
        """The figures by their names."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Case:
    """A text with the deletions to be measured on it."""

    text: str
    label: str
    named: frozenset[str]
    others: tuple[frozenset[str], ...]


def measure_faithfulness(
    classifier: Explainer, texts: Sequence[str], *, seed: int = 0, progress: Callable[[int], None] | None = None
) -> Faithfulness | None:
    """The figures for ``texts``, each drawn against thrice; ``None`` where no text has a named word and enough others.

    A text is scored nine times, so a few hundred are enough; take some that the classifier was not trained on.
    ``progress`` hears how many texts were scored, edited ones included, of ``SCORED * len(texts)`` at most.
    """
    plain = [normalised(text) for text in texts]
    chance = random.Random(seed)
    rankings = classifier.rank_many(plain, limit=1, reasons=True)
    made = (_case(text, ranking, chance) for text, ranking in zip(plain, rankings, strict=True))
    cases = [case for case in made if case is not None]
    if not cases:
        return None
    return _figures(cases, len(texts) - len(cases), _Scorer(classifier, progress), seed)


def _case(text: str, ranking: Ranking, chance: random.Random) -> _Case | None:
    if not ranking.choices:
        return None
    first = ranking.choices[0]
    phrases = [p for r in first.reasons if r.kind == "words" for p in r.text.split(_LIST_MARK) if p]
    kinds = [w for w in dict.fromkeys(words(text)) if len(w) >= _SHORTEST and any(c.isalpha() for c in w)]
    named = [w for w in kinds if any(w in phrase for phrase in phrases)]
    others = [w for w in kinds if w not in named]
    if not named or len(others) < len(named):
        return None
    drawn = tuple(frozenset(chance.sample(others, len(named))) for _ in range(_DRAWS))
    return _Case(text, first.label, frozenset(named), drawn)


class _Scorer:
    """The probability of each case's department, for several texts of each case."""

    def __init__(self, classifier: Explainer, progress: Callable[[int], None] | None) -> None:
        self._classifier = classifier
        self._progress = progress
        self._done = 0

    def __call__(self, cases: Sequence[_Case], rows: Sequence[Sequence[str]]) -> Floats:
        """Shape ``(cases, texts of a row)``."""
        flat = [text for row in rows for text in row]
        ranked = self._classifier.rank_many(flat, self._tell, limit=len(self._classifier.labels))
        self._done += len(flat)
        tables = [{choice.label: choice.probability for choice in ranking.choices} for ranking in ranked]
        found = np.array([table.get(case.label, 0.0) for case, table in zip(_spread(cases, rows), tables, strict=True)])
        return found.reshape(len(cases), -1)

    def _tell(self, done: int) -> None:
        if self._progress is not None:
            self._progress(self._done + done)


def _spread(cases: Sequence[_Case], rows: Sequence[Sequence[str]]) -> list[_Case]:
    return [case for case, row in zip(cases, rows, strict=True) for _ in row]


def _figures(cases: Sequence[_Case], unnamed: int, scored: _Scorer, seed: int) -> Faithfulness:
    full = scored(cases, [(case.text,) for case in cases])
    sets = [(case.named, *case.others) for case in cases]
    without = full - scored(cases, _edited(cases, sets, keep=False))
    only = full - scored(cases, _edited(cases, sets, keep=True))
    named, other = without[:, 0], without[:, 1:].mean(axis=1)
    larger = int((named > other).sum())
    return Faithfulness(
        texts=len(cases),
        unnamed=unnamed,
        named_drop=float(named.mean()),
        other_drop=float(other.mean()),
        difference=float((named - other).mean()),
        interval=mean_intervals({"drop": named - other}, rounds=_RESAMPLES, seed=seed)["drop"],
        larger=larger / len(cases),
        larger_interval=wilson_interval(larger, len(cases)),
        kept_named_drop=float(only[:, 0].mean()),
        kept_other_drop=float(only[:, 1:].mean()),
    )


def _edited(cases: Sequence[_Case], sets: Sequence[Sequence[frozenset[str]]], *, keep: bool) -> list[tuple[str, ...]]:
    return [tuple(_with(case.text, chosen, keep) for chosen in own) for case, own in zip(cases, sets, strict=True)]


def _with(text: str, chosen: frozenset[str], keep: bool) -> str:
    """The text with only the ``chosen`` words (``keep``), or without them."""
    return "".join(word for word in words(text) if (word in chosen) is keep)
