"""Tuning the upper layers of a sentence encoder until questions lie near the passages that answer them.

Both sides share the weights, as in E5 (Wang et al., 2024, arXiv:2402.05672); the lower layers stay as they are, so each
text is read through them once. InfoNCE (van den Oord et al., 2018, arXiv:1807.03748) over the passages of the batch,
one hard negative a question, and the passages of the latest batches as they were then (cross-batch memory: Wang et al.,
2020, arXiv:1912.06798), which makes small batches do. Passages of the right article are never negatives. What was
learned is at last mixed half and half with what was there, where that is better on held-out articles (WiSE-FT:
Wortsman et al., 2022, arXiv:2109.01903). Training only: brings torch.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.calibration import Ints
from models.half_read_encoder import HalfReadEncoder, Reading, Step, layer_groups, paced
from models.onnx_export import prefixes

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from torch import Tensor
    from torch.nn import ModuleList

Floats32 = npt.NDArray[np.float32]

_TOGETHER = 16  # texts of like length that are read at once
_READ_TOGETHER = 64


@dataclass(frozen=True, slots=True)
class ContrastivePlan:
    """How to adapt. ``tuned_layers`` are counted from the top, ``longest`` in tokens, ``memory`` in passages.

    ``epochs`` over the questions, or fewer: until ``most_tokens`` were seen. ``looks`` is how often it is measured.
    """

    epochs: float = 3.0
    tuned_layers: int = 6
    rate: float = 1e-4
    layer_decay: float = 0.9
    batch: int = 32
    temperature: float = 0.02
    memory: int = 1024
    dropout_inside: float = 0.1
    warm_up: float = 0.1
    longest: int = 160
    most_tokens: int = 4_000_000
    looks: int = 5
    patience: int = 2
    seed: int = 0


@dataclass(frozen=True)
class Lesson:
    """What is to be near to what: ``articles`` (passages,) numbers the passages' articles.

    ``positives`` (questions,) and ``negatives`` (questions, k) are numbers of passages.
    """

    articles: Ints
    positives: Ints
    negatives: Ints


class ContrastiveTuner:
    """Questions and passages, read once through the frozen part of ``model``."""

    def __init__(
        self,
        model: SentenceTransformer,
        questions: Sequence[str],
        passages: Sequence[str],
        plan: ContrastivePlan,
        progress: Step,
    ) -> None:
        import torch  # noqa: PLC0415 - training only

        self._torch = torch
        self.plan = plan
        ask, tell = prefixes(model)
        texts = [*(ask + text.strip() for text in questions), *(tell + text.strip() for text in passages)]
        reading = Reading(plan.tuned_layers, plan.longest, plan.dropout_inside)
        self._encoder = HalfReadEncoder(model, texts, reading, progress)
        self._first_passage = len(questions)

    def untouched(self) -> ModuleList:
        """The upper layers as they were."""
        return self._encoder.fresh_upper().eval()

    def of_questions(self, upper: ModuleList, rows: Ints, progress: Step | None = None) -> Floats32:
        """Unit vectors of questions by their numbers, ``(len(rows), width)``."""
        return self._read(upper, rows, progress)

    def of_passages(self, upper: ModuleList, rows: Ints, progress: Step | None = None) -> Floats32:
        """Unit vectors of passages by their numbers, ``(len(rows), width)``."""
        return self._read(upper, rows + self._first_passage, progress)

    def tune(
        self, lesson: Lesson, rows: Ints, measured: Callable[[ModuleList], float], progress: Step
    ) -> ModuleList:
        """Learn from the questions ``rows``; the layers that ``measured`` best, which may be the untouched ones.

        The same plan and lesson give the same result on the same machine.
        """
        torch, plan = self._torch, self.plan
        torch.manual_seed(plan.seed)
        steps = self._steps(lesson, rows)
        upper = self._encoder.fresh_upper().train()
        optimiser = torch.optim.AdamW(layer_groups(upper, plan.rate, plan.layer_decay))
        schedule = paced(optimiser, steps, plan.warm_up)
        memory = _Memory(plan.memory)
        best = _Best(self.untouched(), measured)
        every = max(1, math.ceil(steps / max(1, plan.looks)))
        for step, batch in enumerate(self._batches(rows, steps)):
            progress(step, steps)
            loss: Any = self._loss(upper, lesson, batch, memory)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            if ((step + 1) % every == 0 or step + 1 == steps) and best.look(upper) > plan.patience:
                break
        best.try_halfway()
        progress(steps, steps)
        return best.layers

    def _loss(self, upper: ModuleList, lesson: Lesson, batch: Ints, memory: _Memory) -> Tensor:
        torch = self._torch
        told = np.unique(np.concatenate([lesson.positives[batch], lesson.negatives[batch].ravel()]))
        asked = self._learning(upper, batch)
        offered = self._learning(upper, told + self._first_passage)
        kept, kept_articles = memory.content(offered)
        logits = asked @ torch.cat([offered, kept]).T / self.plan.temperature
        own = lesson.articles[lesson.positives[batch]]
        same = np.concatenate([lesson.articles[told], kept_articles])[None, :] == own[:, None]
        right = np.searchsorted(told, lesson.positives[batch])
        same[np.arange(len(batch)), right] = False
        hidden = torch.from_numpy(same).to(logits.device)
        memory.add(offered.detach(), lesson.articles[told])
        goal = torch.from_numpy(right).to(logits.device)
        loss: Tensor = torch.nn.functional.cross_entropy(logits.masked_fill(hidden, -1e4), goal)
        return loss

    def _learning(self, upper: ModuleList, rows: Ints) -> Tensor:
        """Vectors in the order of ``rows``; texts of like length are read together, so that little is padded."""
        torch = self._torch
        places = list(self._encoder.by_length(rows, _TOGETHER))
        parts = [self._encoder.unit_vectors(upper, rows[chosen]) for chosen in places]
        vectors: Tensor = torch.cat(parts)[torch.from_numpy(np.argsort(np.concatenate(places)))]
        return vectors

    def _read(self, upper: ModuleList, rows: Ints, progress: Step | None) -> Floats32:
        vectors = np.zeros((len(rows), self._encoder.width), np.float32)
        was, done = upper.training, 0
        upper.eval()
        with self._torch.no_grad():
            for places in self._encoder.by_length(rows, _READ_TOGETHER):
                vectors[places] = self._encoder.unit_vectors(upper, rows[places]).float().cpu().numpy()
                done += len(places)
                if progress is not None:
                    progress(done, len(rows))
        upper.train(was)
        return vectors

    def _steps(self, lesson: Lesson, rows: Ints) -> int:
        lengths = np.array(self._encoder.lengths)
        told = np.concatenate([lesson.positives[rows], lesson.negatives[rows].ravel()]) + self._first_passage
        tokens = float(lengths[rows].sum() + lengths[told].sum())
        passes = min(self.plan.epochs, self.plan.most_tokens / max(1.0, tokens))
        return max(1, math.ceil(passes * len(rows) / self.plan.batch))

    def _batches(self, rows: Ints, steps: int) -> Iterator[Ints]:
        generator = np.random.default_rng(self.plan.seed)
        made, size = 0, self.plan.batch
        while made < steps:
            order = generator.permutation(rows)
            for start in range(0, len(order), size):
                if made < steps:
                    made += 1
                    yield order[start : start + size]


class _Memory:
    """The passages of the latest batches as they were then, and their articles."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._vectors: Any = None
        self._articles: Ints = np.zeros(0, np.int64)

    def content(self, like: Tensor) -> tuple[Tensor, Ints]:
        """Vectors ``(n, width)``, none of them learned from any more, and their articles ``(n,)``."""
        return (like[:0].detach() if self._vectors is None else self._vectors), self._articles

    def add(self, vectors: Tensor, articles: Ints) -> None:
        import torch  # noqa: PLC0415 - training only

        known, own = self.content(vectors)
        spare = max(0, len(own) + len(articles) - self._size)
        self._vectors = torch.cat([known, vectors])[spare:]
        self._articles = np.concatenate([own, articles])[spare:]


class _Best:
    """The layers that measured best so far; the untouched ones to begin with."""

    def __init__(self, untouched: ModuleList, measured: Callable[[ModuleList], float]) -> None:
        self._untouched = untouched
        self._measured = measured
        self.layers = untouched
        self._value = measured(untouched)
        self._without_gain = 0

    def look(self, upper: ModuleList) -> int:
        """Measure; how many looks in a row have brought nothing."""
        self._without_gain = 0 if self._keep(copy.deepcopy(upper).eval()) else self._without_gain + 1
        return self._without_gain

    def try_halfway(self) -> None:
        """Measure what lies half-way between the untouched layers and the best ones."""
        import torch  # noqa: PLC0415 - training only

        if self.layers is self._untouched:
            return
        halfway = copy.deepcopy(self.layers)
        with torch.no_grad():
            for mixed, was in zip(halfway.parameters(), self._untouched.parameters(), strict=True):
                mixed.lerp_(was, 0.5)
        self._keep(halfway)

    def _keep(self, layers: ModuleList) -> bool:
        value = self._measured(layers)
        if value <= self._value:
            return False
        self.layers, self._value = layers, value
        return True
