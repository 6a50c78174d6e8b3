"""Fine-tuning the upper layers of a sentence encoder until it tells departments apart. Training only: brings torch.

The lower layers stay as they are, so every text is read through them once and kept; only the upper ones and a linear
head are learned. The head starts as the logistic regression on the untouched encoder (LP-FT: Kumar et al., 2022,
arXiv:2202.10054), which is half the way there; upper layers learn faster than lower ones (Howard and Ruder, 2018,
arXiv:1801.06146); targets are smoothed, since people disagree about one order in ten.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.calibration import Ints
from models.onnx_export import load_sentence_transformer, prefixes
from models.processor import best_device, computes_halves

if TYPE_CHECKING:
    import torch

Floats32 = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Step = Callable[[int, int], None]

_READ_AT_ONCE = 64
_BATCHES_SORTED_TOGETHER = 16
_MOST_KEPT = 1_500_000_000  # bytes of lower-layer states; above it they are read again for each batch
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
class EncoderParts:
    """Token embeddings, the layers that stay as they are, and those above them before they were tuned."""

    embeddings: Any
    lower: list[Any]
    upper: list[Any]


class EncoderTuner:
    """The texts of one training table, read once through the frozen part of the encoder in ``folder``.

    Raises ModelProblem where ``folder`` is no sentence-transformers folder.
    """

    def __init__(self, folder: Path | str, texts: Sequence[str], plan: TuningPlan, progress: Step) -> None:
        import torch  # noqa: PLC0415 - training only

        self.model = load_sentence_transformer(folder)
        self.plan = plan
        self._torch = torch
        self._device = best_device()
        self._halves = computes_halves(self._device)
        first: Any = self.model[0]
        self._encoder: Any = first.auto_model.to(self._device).eval()
        self._encoder.requires_grad_(False)
        self._split = max(0, len(self._encoder.encoder.layer) - plan.tuned_layers)
        for module in self._encoder.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = plan.dropout_inside
        self._tokens = self._tokenised(texts)
        self._kept: list[torch.Tensor] | None = None
        self._keep_lower(progress)

    @property
    def width(self) -> int:
        """Length of a vector."""
        return int(self._encoder.config.hidden_size)

    def tune(self, rows: Ints, gold: Ints, labels: int, weights: Floats, progress: Step) -> TunedLayers:
        """Learn from ``rows``. ``gold`` and ``weights`` (texts,) are departments by number and how far to heed them.

        The same plan and rows give the same result on the same machine.
        """
        torch, plan = self._torch, self.plan
        torch.manual_seed(plan.seed)
        generator = np.random.default_rng(plan.seed)
        tuned = self._started(rows, gold, labels, weights)
        steps = self._steps(rows)
        optimiser, schedule = self._optimiser(tuned, steps)
        wanted = torch.tensor(gold, device=self._device)
        heed = torch.tensor(weights, dtype=torch.float32, device=self._device)
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
            for places in self._by_length(rows):
                logits[places] = tuned.head(self._vectors(tuned, rows[places])).float().cpu().numpy()
        return np.asarray(logits - logits.mean(axis=1, keepdims=True))

    def parts(self) -> EncoderParts:
        """The encoder as it was, on the processor, to be exported with tuned layers."""
        encoder = self._encoder.to("cpu").eval()
        layers = list(encoder.encoder.layer)
        return EncoderParts(encoder.embeddings, layers[: self._split], layers[self._split :])

    @property
    def longest(self) -> int:
        """Tokens of a text that are read."""
        return min(self.plan.longest, self.model.max_seq_length or self.plan.longest)

    def _tokenised(self, texts: Sequence[str]) -> list[list[int]]:
        prefix, _ = prefixes(self.model)
        encoded = self.model.tokenizer(
            [prefix + text.strip() for text in texts],
            truncation=True,
            max_length=self.longest,
        )
        return [list(ids) for ids in encoded["input_ids"]]

    def _keep_lower(self, progress: Step) -> None:
        bytes_needed = 2 * self.width * sum(map(len, self._tokens))
        if not self._split or bytes_needed > _MOST_KEPT:
            return
        torch = self._torch
        kept: list[Any] = [None] * len(self._tokens)
        done = 0
        with torch.no_grad():
            for places in self._by_length(np.arange(len(self._tokens))):
                progress(done, len(kept))
                states, _ = self._lower(places)
                for row, state in zip(places.tolist(), states, strict=True):
                    kept[row] = state[: len(self._tokens[row])].to(torch.bfloat16).cpu().clone()
                done += len(places)
        progress(len(kept), len(kept))
        self._kept = kept

    def _started(self, rows: Ints, gold: Ints, labels: int, weights: Floats) -> TunedLayers:
        """Untouched layers, and the head that a logistic regression on their vectors gives."""
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - training only

        torch = self._torch
        upper = copy.deepcopy(self._encoder.encoder.layer[self._split :]).requires_grad_(True)
        zero, one = torch.zeros(self.width), torch.ones(self.width)
        plain = TunedLayers(upper, torch.nn.Linear(self.width, labels), zero, one)
        plain = _moved(plain, self._device)
        vectors = np.zeros((len(rows), self.width), np.float32)
        with torch.no_grad():
            for places in self._by_length(rows):
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

    def _steps(self, rows: Ints) -> int:
        tokens = sum(len(self._tokens[row]) for row in rows.tolist())
        passes = min(float(self.plan.epochs), max(1.0, self.plan.most_tokens / max(1, tokens)))
        return max(1, math.ceil(passes * len(rows) / self.plan.batch))

    def _optimiser(self, tuned: TunedLayers, steps: int) -> tuple[Any, Any]:
        torch, plan = self._torch, self.plan
        top = len(tuned.upper) - 1
        groups: list[dict[str, Any]] = [
            {
                "params": list(layer.parameters()),
                "lr": plan.rate * plan.layer_decay ** (top - place),
                "weight_decay": 0.01,
            }
            for place, layer in enumerate(tuned.upper)
        ]
        groups.append({"params": list(tuned.head.parameters()), "lr": plan.head_rate, "weight_decay": 0.0})
        optimiser = torch.optim.AdamW(groups)
        warm = max(1, int(plan.warm_up * steps))

        def pace(step: int) -> float:
            return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))

        return optimiser, torch.optim.lr_scheduler.LambdaLR(optimiser, pace)

    def _batches(self, rows: Ints, generator: np.random.Generator, steps: int) -> Iterator[Ints]:
        """``steps`` batches of like length: whole passes over the rows in another order each."""
        size, made = self.plan.batch, 0
        while made < steps:
            order = generator.permutation(rows)
            wide = size * _BATCHES_SORTED_TOGETHER
            batches = []
            for start in range(0, len(order), wide):
                alike = sorted(order[start : start + wide].tolist(), key=lambda row: len(self._tokens[row]))
                batches += [np.array(alike[at : at + size], dtype=np.int64) for at in range(0, len(alike), size)]
            for place in generator.permutation(len(batches))[: steps - made]:
                made += 1
                yield batches[int(place)]

    def _by_length(self, rows: Ints) -> Iterator[Ints]:
        """Places in ``rows``, those of like length together."""
        order = np.argsort([len(self._tokens[row]) for row in rows.tolist()], kind="stable")
        for start in range(0, len(order), _READ_AT_ONCE):
            yield order[start : start + _READ_AT_ONCE]

    def _lower(self, rows: Ints) -> tuple[torch.Tensor, torch.Tensor]:
        """States below the tuned layers and the mask, ``(rows, tokens, width)`` and ``(rows, tokens)``."""
        torch = self._torch
        tokens = [self._tokens[row] for row in rows.tolist()]
        longest = max(map(len, tokens))
        mask = torch.zeros(len(tokens), longest, dtype=torch.long)
        for place, own in enumerate(tokens):
            mask[place, : len(own)] = 1
        if self._kept is not None:
            states = torch.zeros(len(tokens), longest, self.width)
            for place, row in enumerate(rows.tolist()):
                states[place, : len(tokens[place])] = self._kept[row].float()
            return states.to(self._device), mask.to(self._device)
        ids = torch.full((len(tokens), longest), int(self.model.tokenizer.pad_token_id or 0))
        for place, own in enumerate(tokens):
            ids[place, : len(own)] = torch.tensor(own)
        mask = mask.to(self._device)
        with torch.no_grad(), self._arithmetic():
            states = self._encoder.embeddings(input_ids=ids.to(self._device))
            return self._through(self._encoder.encoder.layer[: self._split], states, mask), mask

    def _vectors(self, tuned: TunedLayers, rows: Ints) -> torch.Tensor:
        """Mean-pooled unit vectors of the tuned encoder, standardised, ``(rows, width)``."""
        normalize = self._torch.nn.functional.normalize
        states, mask = self._lower(rows)
        with self._arithmetic():
            states = self._through(tuned.upper, states, mask)
        shown = mask[..., None].float()
        pooled = (states.float() * shown).sum(dim=1) / shown.sum(dim=1)
        unit: torch.Tensor = normalize(pooled, dim=-1)
        return (unit - tuned.mean) / tuned.spread

    def _through(self, layers: Any, states: Any, mask: torch.Tensor) -> Any:
        torch = self._torch
        kind = torch.bfloat16 if self._halves else torch.float32
        hidden = torch.where(mask[:, None, None, :] == 1, 0.0, torch.finfo(torch.bfloat16).min).to(kind)
        for layer in layers:
            found = layer(states, hidden)
            states = found[0] if isinstance(found, tuple) else found
        return states

    def _arithmetic(self) -> Any:
        return self._torch.autocast(self._device, self._torch.bfloat16, enabled=self._halves)


def _moved(tuned: TunedLayers, device: str) -> TunedLayers:
    upper, head = tuned.upper.to(device), tuned.head.to(device)
    return TunedLayers(upper, head, tuned.mean.to(device), tuned.spread.to(device))


def _by_class(probe: Any) -> tuple[Floats, Floats]:
    """Coefficients and intercepts with a row per class; scikit-learn gives two classes as one row."""
    coefficients, intercepts = probe.coef_, probe.intercept_
    if len(probe.classes_) == 2 and len(coefficients) == 1:  # noqa: PLR2004 - as above
        return np.concatenate([-coefficients, coefficients]) / 2, np.concatenate([-intercepts, intercepts]) / 2
    return coefficients, intercepts
