"""Fine-tuning the upper layers of a sentence encoder until it tells departments apart. Training only: brings torch.

The lower layers stay as they are, so every text is read through them once and kept; only the upper ones and a linear
head are learned. The head starts as the logistic regression on the untouched encoder (LP-FT: Kumar et al., 2022,
arXiv:2202.10054), which is half the way there; upper layers learn faster than lower ones (Howard and Ruder, 2018,
arXiv:1801.06146); targets are smoothed, since people disagree about one order in ten.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.routing.calibration import Ints
from models.training.half_read_encoder import EncoderParts, HalfReadEncoder, Reading, Step, layer_groups, paced
from models.weights.onnx_export import load_sentence_transformer, prefixes

if TYPE_CHECKING:
    import torch

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]

_BATCHES_SORTED_TOGETHER = 16
_PROBE_COST = 0.003
_ABSENT = -8.0  # bias of a department that these rows lack


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """How to tune. ``tuned_layers`` are counted from the top, ``longest`` in tokens.

    Long texts and large tables are gone through less often: until ``most_tokens`` were seen, or all once if that is
    more.
    """

    epochs: int = 5
    tuned_layers: int = 6
    rate: float = 2e-4
    head_rate: float = 5e-4
    layer_decay: float = 0.9
    batch: int = 32
    smoothing: float = 0.1
    dropout: float = 0.3
    dropout_inside: float = 0.2
    warm_up: float = 0.1
    longest: int = 128
    most_tokens: int = 1_600_000
    seed: int = 0


@dataclass(frozen=True)
class TunedLayers:
    """The learned part: ``upper`` layers and, on unit vectors moved by ``mean`` and ``spread``, ``head``."""

    upper: torch.nn.ModuleList
    head: torch.nn.Linear
    mean: torch.Tensor
    spread: torch.Tensor

    def head_arrays(self) -> tuple[Floats32, Floats32, Floats32, Floats32]:
        """``mean`` (d,), ``spread`` (d,), weights (d, labels) and bias (labels,) of the head."""
        weight, bias = self.head.weight.detach().cpu().numpy().T, self.head.bias.detach().cpu().numpy()
        return self.mean.cpu().numpy(), self.spread.cpu().numpy(), np.ascontiguousarray(weight), bias


@dataclass(frozen=True)
class SoftRows:
    """Texts that nobody labelled: their numbers, and ``shares`` (rows, labels) of departments that a teacher sees."""

    rows: Ints
    shares: Floats


class EncoderTuner:
    """The texts of one training table, read once through the frozen part of the encoder in ``folder``.

    Raises ModelProblem where ``folder`` is no sentence-transformers folder.
    """

    def __init__(self, folder: Path | str, texts: Sequence[str], plan: TuningPlan, progress: Step) -> None:
        import torch  # noqa: PLC0415 - training only

        self.model = load_sentence_transformer(folder)
        self.plan = plan
        self._torch = torch
        prefix, _ = prefixes(self.model)
        reading = Reading(plan.tuned_layers, plan.longest, plan.dropout_inside)
        self._encoder = HalfReadEncoder(self.model, [prefix + text.strip() for text in texts], reading, progress)
        self._device = self._encoder.device

    @property
    def width(self) -> int:
        """Length of a vector."""
        return self._encoder.width

    def tune(
        self, rows: Ints, gold: Ints, labels: int, weights: Floats, progress: Step, soft: SoftRows | None = None
    ) -> TunedLayers:
        """Learn from ``rows``. ``gold`` and ``weights`` (orders,) are departments by number and how far to heed them.

        The orders are the first texts; ``soft`` are further ones, heeded like an order each. The same plan and rows
        give the same result on the same machine.
        """
        torch, plan = self._torch, self.plan
        torch.manual_seed(plan.seed)
        generator = np.random.default_rng(plan.seed)
        tuned = self._started(rows, gold, labels, weights)
        if soft is not None:
            rows = np.concatenate([rows, soft.rows])
        steps = self._steps(rows)
        optimiser, schedule = self._optimiser(tuned, steps)
        wanted, heed = self._targets(gold, labels, weights, soft)
        tuned.upper.train()
        for step, batch in enumerate(self._batches(rows, generator, steps)):
            progress(step, steps)
            vectors = self._vectors(tuned, batch)
            logits = tuned.head(torch.nn.functional.dropout(vectors, plan.dropout))
            losses = torch.nn.functional.cross_entropy(
                logits, wanted[batch], reduction="none", label_smoothing=plan.smoothing
            )
            loss = (losses * heed[batch]).mean()
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*tuned.upper.parameters(), *tuned.head.parameters()], 1.0)
            optimiser.step()
            schedule.step()
        progress(steps, steps)
        tuned.upper.eval()
        return tuned

    def scores(self, tuned: TunedLayers, rows: Ints) -> npt.NDArray[np.float64]:
        """The head's logits around their mean, shape ``(len(rows), labels)``."""
        logits = np.zeros((len(rows), tuned.head.out_features))
        with self._torch.no_grad():
            for places in self._encoder.by_length(rows):
                logits[places] = tuned.head(self._vectors(tuned, rows[places])).float().cpu().numpy()
        return np.asarray(logits - logits.mean(axis=1, keepdims=True))

    def parts(self) -> EncoderParts:
        """The encoder as it was, on the processor, to be exported with tuned layers."""
        return self._encoder.parts()

    @property
    def longest(self) -> int:
        """Tokens of a text that are read."""
        return self._encoder.longest

    def _started(self, rows: Ints, gold: Ints, labels: int, weights: Floats) -> TunedLayers:
        """Untouched layers, and the head that a logistic regression on their vectors gives."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training only

        torch = self._torch
        upper = self._encoder.fresh_upper()
        zero, one = torch.zeros(self.width), torch.ones(self.width)
        plain = TunedLayers(upper, torch.nn.Linear(self.width, labels), zero, one)
        plain = _moved(plain, self._device)
        vectors = np.zeros((len(rows), self.width), np.float32)
        with torch.no_grad():
            for places in self._encoder.by_length(rows):
                vectors[places] = self._vectors(plain, rows[places]).float().cpu().numpy()
        mean, spread = vectors.mean(axis=0), np.maximum(vectors.std(axis=0), 1e-6)
        with torch.no_grad():
            plain.head.weight.zero_()
            plain.head.bias.fill_(_ABSENT)
            if len(np.unique(gold[rows])) > 1:
                probe = LogisticRegression(C=_PROBE_COST, max_iter=100, tol=1e-3)
                probe.fit((vectors - mean) / spread, gold[rows], sample_weight=weights[rows])
                coefficients, intercepts = _by_class(probe)
                plain.head.weight[probe.classes_] = torch.tensor(coefficients, dtype=torch.float32).to(self._device)
                plain.head.bias[probe.classes_] = torch.tensor(intercepts, dtype=torch.float32).to(self._device)
        started = TunedLayers(upper, plain.head, torch.tensor(mean), torch.tensor(spread.astype(np.float32)))
        return _moved(started, self._device)

    def _targets(
        self, gold: Ints, labels: int, weights: Floats, soft: SoftRows | None
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Shares of departments ``(texts, labels)`` and how far to heed them ``(texts,)``."""
        texts = len(self._encoder.lengths)
        wanted, heed = np.zeros((texts, labels), np.float32), np.ones(texts, np.float32)
        wanted[np.arange(len(gold)), gold] = 1
        heed[: len(weights)] = weights
        if soft is not None:
            wanted[soft.rows] = soft.shares
        return self._torch.tensor(wanted, device=self._device), self._torch.tensor(heed, device=self._device)

    def _steps(self, rows: Ints) -> int:
        tokens: int = sum(self._encoder.lengths[row] for row in rows.tolist())
        passes = min(float(self.plan.epochs), max(1.0, self.plan.most_tokens / max(1, tokens)))
        return max(1, math.ceil(passes * len(rows) / self.plan.batch))

    def _optimiser(self, tuned: TunedLayers, steps: int) -> tuple[Any, Any]:
        plan = self.plan
        groups = layer_groups(tuned.upper, plan.rate, plan.layer_decay)
        groups.append({"params": list(tuned.head.parameters()), "lr": plan.head_rate, "weight_decay": 0.0})
        optimiser = self._torch.optim.AdamW(groups)
        return optimiser, paced(optimiser, steps, plan.warm_up)

    def _batches(self, rows: Ints, generator: np.random.Generator, steps: int) -> Iterator[Ints]:
        """``steps`` batches of like length: whole passes over the rows in another order each."""
        size, made = self.plan.batch, 0
        while made < steps:
            order = generator.permutation(rows)
            wide = size * _BATCHES_SORTED_TOGETHER
            batches = []
            for start in range(0, len(order), wide):
                alike = sorted(order[start : start + wide].tolist(), key=lambda row: self._encoder.lengths[row])
                batches += [np.array(alike[at : at + size], dtype=np.int64) for at in range(0, len(alike), size)]
            for place in generator.permutation(len(batches))[: steps - made]:
                made += 1
                yield batches[int(place)]

    def _vectors(self, tuned: TunedLayers, rows: Ints) -> torch.Tensor:
        """Mean-pooled unit vectors of the tuned encoder, standardised, ``(rows, width)``."""
        return (self._encoder.unit_vectors(tuned.upper, rows) - tuned.mean) / tuned.spread


def _moved(tuned: TunedLayers, device: str) -> TunedLayers:
    upper, head = tuned.upper.to(device), tuned.head.to(device)
    return TunedLayers(upper, head, tuned.mean.to(device), tuned.spread.to(device))


def _by_class(probe: Any) -> tuple[Floats, Floats]:
    """Coefficients and intercepts with a row per class; scikit-learn gives two classes as one row."""
    coefficients, intercepts = probe.coef_, probe.intercept_
    if len(probe.classes_) == 2 and len(coefficients) == 1:  # noqa: PLR2004 - as above
        return np.concatenate([-coefficients, coefficients]) / 2, np.concatenate([-intercepts, intercepts]) / 2
    return coefficients, intercepts
