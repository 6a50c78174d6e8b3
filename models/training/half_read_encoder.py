"""A sentence encoder whose lower layers stay as they are, so that every text is read through them once and kept.

The upper layers are tuned by :mod:`models.training.encoder_tuning`, faster towards the top (Howard and Ruder, 2018,
arXiv:1801.06146). Training only: brings torch.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.routing.calibration import Ints
from models.weights.processor import best_device, computes_halves

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Step = Callable[[int, int], None]

_READ_AT_ONCE = 64
_MOST_KEPT = 1_500_000_000  # bytes of lower-layer states; above it they are read again for each batch


@dataclass(frozen=True, slots=True)
class Reading:
    """How texts are read: ``tuned_layers`` counted from the top, ``longest`` in tokens, ``dropout`` inside layers."""

    tuned_layers: int
    longest: int
    dropout: float


@dataclass(frozen=True)
class EncoderParts:
    """Token embeddings, the layers that stay as they are, and those above them before they were tuned."""

    embeddings: Any
    lower: list[Any]
    upper: list[Any]


class HalfReadEncoder:
    """``texts`` (prefixes included), read through the frozen part of ``model``; below, rows are their numbers."""

    def __init__(self, model: SentenceTransformer, texts: Sequence[str], reading: Reading, progress: Step) -> None:
        import torch  # noqa: PLC0415 - training only

        self._torch = torch
        self._model = model
        self._reading = reading
        self.device = best_device()
        self._halves = computes_halves(self.device)
        first: Any = model[0]
        self._encoder: Any = first.auto_model.to(self.device).eval()
        self._encoder.requires_grad_(False)
        self._split = max(0, len(self._encoder.encoder.layer) - reading.tuned_layers)
        for module in self._encoder.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = reading.dropout
        self._tokens = self._tokenised(texts)
        self.lengths = [len(own) for own in self._tokens]
        self._kept: list[torch.Tensor] | None = None
        self._keep_lower(progress)

    @property
    def width(self) -> int:
        """Length of a vector."""
        return int(self._encoder.config.hidden_size)

    @property
    def longest(self) -> int:
        """Tokens of a text that are read."""
        return min(self._reading.longest, self._model.max_seq_length or self._reading.longest)

    def fresh_upper(self) -> torch.nn.ModuleList:
        """A copy of the untouched upper layers that can be learned."""
        upper: torch.nn.ModuleList = copy.deepcopy(self._encoder.encoder.layer[self._split :])
        return upper.requires_grad_(True)

    def parts(self) -> EncoderParts:
        """The encoder as it was, on the processor, to be exported with tuned layers."""
        encoder = self._encoder.to("cpu").eval()
        layers = list(encoder.encoder.layer)
        return EncoderParts(encoder.embeddings, layers[: self._split], layers[self._split :])

    def unit_vectors(self, upper: torch.nn.ModuleList, rows: Ints) -> torch.Tensor:
        """Mean-pooled vectors of length one, the upper layers being ``upper``; float32 ``(rows, width)``."""
        states, mask = self._lower(rows)
        with self._arithmetic():
            states = self._through(upper, states, mask)
        shown = mask[..., None].float()
        pooled = (states.float() * shown).sum(dim=1) / shown.sum(dim=1)
        unit: torch.Tensor = self._torch.nn.functional.normalize(pooled, dim=-1)
        return unit

    def by_length(self, rows: Ints, at_once: int = _READ_AT_ONCE) -> Iterator[Ints]:
        """Places in ``rows``, those of like length together."""
        order = np.argsort([self.lengths[row] for row in rows.tolist()], kind="stable")
        for start in range(0, len(order), at_once):
            yield order[start : start + at_once]

    def _tokenised(self, texts: Sequence[str]) -> list[list[int]]:
        encoded = self._model.tokenizer(list(texts), truncation=True, max_length=self.longest)
        return [list(ids) for ids in encoded["input_ids"]]

    def _keep_lower(self, progress: Step) -> None:
        bytes_needed = 2 * self.width * sum(self.lengths)
        if not self._split or bytes_needed > _MOST_KEPT:
            return
        torch = self._torch
        kept: list[Any] = [None] * len(self._tokens)
        done = 0
        with torch.no_grad():
            for places in self.by_length(np.arange(len(self._tokens))):
                progress(done, len(kept))
                states, _ = self._lower(places)
                for row, state in zip(places.tolist(), states, strict=True):
                    kept[row] = state[: self.lengths[row]].to(torch.bfloat16).cpu().clone()
                done += len(places)
        progress(len(kept), len(kept))
        self._kept = kept

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
            return states.to(self.device), mask.to(self.device)
        ids = torch.full((len(tokens), longest), int(self._model.tokenizer.pad_token_id or 0))
        for place, own in enumerate(tokens):
            ids[place, : len(own)] = torch.tensor(own)
        mask = mask.to(self.device)
        with torch.no_grad(), self._arithmetic():
            states = self._encoder.embeddings(input_ids=ids.to(self.device))
            return self._through(self._encoder.encoder.layer[: self._split], states, mask), mask

    def _through(self, layers: Any, states: Any, mask: torch.Tensor) -> Any:
        torch = self._torch
        kind = torch.bfloat16 if self._halves else torch.float32
        hidden = torch.where(mask[:, None, None, :] == 1, 0.0, torch.finfo(torch.bfloat16).min).to(kind)
        for layer in layers:
            found = layer(states, hidden)
            states = found[0] if isinstance(found, tuple) else found
        return states

    def _arithmetic(self) -> Any:
        return self._torch.autocast(self.device, self._torch.bfloat16, enabled=self._halves)


def layer_groups(upper: torch.nn.ModuleList, rate: float, decay: float) -> list[dict[str, Any]]:
    """Parameter groups of an optimiser: the topmost layer learns at ``rate``, each below it at ``decay`` of that."""
    top = len(upper) - 1
    return [
        {"params": list(layer.parameters()), "lr": rate * decay ** (top - place), "weight_decay": 0.01}
        for place, layer in enumerate(upper)
    ]


def paced(optimiser: Any, steps: int, warm_up: float) -> Any:
    """A schedule: rates grow over the first ``warm_up`` of ``steps`` and then fall to zero, both in a line."""
    from torch.optim.lr_scheduler import LambdaLR  # noqa: PLC0415 - training only

    warm = max(1, int(warm_up * steps))

    def pace(step: int) -> float:
        return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))

    return LambdaLR(optimiser, pace)
