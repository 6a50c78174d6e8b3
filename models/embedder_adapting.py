"""An embedder of a city's own: learned from its articles, measured on those held out, kept only where it is better.

Articles are parted into those learned from, those that say when to stop, and those that decide (a tenth each of the
last two); what decided is what is served, so the last two are not learned from afterwards. Negatives are near misses of
the words and of the untouched vectors; passages that nearly repeat the right one are left out of them (false negatives:
de Souza P. Moreira et al., 2024, arXiv:2407.15831). Training only: brings torch.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.contrastive_gate import FEWEST_ARTICLES, FEWEST_QUESTIONS, Gate, judge, reciprocal_ranks
from models.contrastive_questions import Kind, Mishear, Pair, Teaching, made_pairs
from models.contrastive_tuning import ContrastivePlan, ContrastiveTuner, Lesson
from models.errors import ModelProblem
from models.onnx_export import load_sentence_transformer
from models.word_matches import WordMatches

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

Ints = npt.NDArray[np.int64]
Floats32 = npt.NDArray[np.float32]
Progress = Callable[[str, int, int], None]

_HELD = 0.1
_MISSES = 20
_REPEATS = 0.97  # cosine of two passages that say the same
_STOPPING = 400  # questions and other passages looked at to decide when to stop
_AMONG = 1500
_DECIDING = 800
_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A question and the numbers of the passages one of which answers it, as people confirmed."""

    question: str
    passages: tuple[int, ...]


@dataclass(frozen=True)
class Curriculum:
    """What to learn from: passages, confirmed questions, and how characters are misheard (``None``: they are not)."""

    passages: Sequence[Teaching]
    confirmed: Sequence[Confirmed] = ()
    mishear: Mishear | None = None
    plan: ContrastivePlan = field(default_factory=ContrastivePlan)


@dataclass(frozen=True)
class Adapted:
    """The adapted model, what decided about it, and how many questions of each kind it learned from."""

    model: SentenceTransformer
    gate: Gate
    learned: dict[str, int]


@dataclass(frozen=True)
class _Parts:
    """Numbers of the pairs to learn from, to stop by, and to decide by."""

    learned: Ints
    stopping: Ints
    deciding: Ints


def adapt(encoder: Path | str, given: Curriculum, progress: Progress) -> Adapted:
    """Tune the sentence-transformers folder ``encoder`` on ``given``.

    Raises ModelProblem where the folder is none, or where the articles are too few to learn from and to hold out.
    """
    model = load_sentence_transformer(encoder)
    session = _Session(model, given, progress)
    lesson = session.lesson()
    parts = session.parts()
    upper = session.tuner.tune(
        lesson, parts.learned, lambda layers: session.mean_rank(layers, parts.stopping), _step(progress, "tuning")
    )
    gate = session.gate(upper, parts.deciding)
    _put_in(model, upper)
    kinds = [session.pairs[number].kind for number in parts.learned.tolist()]
    return Adapted(model, gate, {kind.value: kinds.count(kind) for kind in Kind if kind in kinds})


class _Session:
    """The texts of one adaptation, read once."""

    def __init__(self, model: SentenceTransformer, given: Curriculum, progress: Progress) -> None:
        self._given = given
        self._progress = progress
        names = {name: number for number, name in enumerate(dict.fromkeys(t.article for t in given.passages))}
        self._of_passages = np.array([names[t.article] for t in given.passages], dtype=np.int64)
        made = made_pairs(given.passages, given.plan.seed, given.mishear)
        self.pairs = [*made, *(Pair(c.question, c.passages[0], Kind.CONFIRMED) for c in given.confirmed)]
        self._confirmed = len(made)
        self.articles = self._of_passages[[pair.passage for pair in self.pairs]]
        self._texts, self._variants = _with_variants(given.passages, self.pairs)
        self.tuner = ContrastiveTuner(
            model, [p.question for p in self.pairs], self._texts, given.plan, _step(progress, "encoder")
        )
        untouched = self.tuner.untouched()
        every = np.arange(len(given.passages))
        self._before = self.tuner.of_passages(untouched, every, _step(progress, "untouched"))
        self._asked_before = self.tuner.of_questions(untouched, np.arange(len(self.pairs)))

    def lesson(self) -> Lesson:
        """Positives and negatives of every pair."""
        positives = self._positives()
        negatives = self._negatives(positives)
        origin = np.arange(len(self._texts))
        for (passage, _), row in self._variants.items():
            origin[row] = passage
        rows = [
            self._variants.get((int(right), pair.without), int(right))
            for right, pair in zip(positives, self.pairs, strict=True)
        ]
        return Lesson(self._of_passages[origin], np.array(rows, dtype=np.int64), negatives)

    def parts(self) -> _Parts:
        """Pairs parted by their articles; a confirmed one may count for any article that answers it."""
        articles = np.unique(self._of_passages)
        np.random.default_rng(self._given.plan.seed).shuffle(articles)
        held = max(FEWEST_ARTICLES, round(_HELD * len(articles)))
        if len(articles) < 3 * held:
            raise ModelProblem(
                f"{len(articles)} articles are too few to adapt an embedder on and to hold some out: {3 * held} are "
                "needed. Use the embedder as it is."
            )
        stopping, deciding = set(articles[:held].tolist()), set(articles[held : 2 * held].tolist())
        gold = self.gold()
        of_stopping = [i for i, own in enumerate(gold) if own & stopping and not own & deciding]
        of_deciding = [i for i, own in enumerate(gold) if own & deciding]
        learned = [i for i, own in enumerate(gold) if not own & (stopping | deciding)]
        chance = random.Random(self._given.plan.seed)
        return _Parts(_array(learned), _few(of_stopping, _STOPPING, chance), self._deciding(of_deciding, chance))

    def gold(self) -> list[frozenset[int]]:
        """The articles that answer each pair's question."""
        own = [frozenset([int(article)]) for article in self.articles[: self._confirmed]]
        told = [frozenset(self._of_passages[list(c.passages)].tolist()) for c in self._given.confirmed]
        return [*own, *told]

    def mean_rank(self, upper: torch.nn.ModuleList, questions: Ints) -> float:
        """Mean reciprocal rank of ``questions`` among their own articles' passages and some others."""
        gold = self.gold()
        wanted = {article for number in questions.tolist() for article in gold[number]}
        own = np.flatnonzero(np.isin(self._of_passages, list(wanted)))
        others = np.setdiff1d(np.arange(len(self._of_passages)), own)
        others = np.random.default_rng(0).permutation(others)[: max(0, _AMONG - len(own))]
        rows = np.concatenate([own, others])
        asked = self.tuner.of_questions(upper, questions)
        told = self.tuner.of_passages(upper, rows)
        return float(
            reciprocal_ranks(asked, told, [gold[n] for n in questions.tolist()], self._of_passages[rows]).mean()
        )

    def gate(self, upper: torch.nn.ModuleList, questions: Ints) -> Gate:
        """The paired comparison on articles that nothing was learned from, among all passages."""
        every = np.arange(len(self._of_passages))
        gold = [self.gold()[number] for number in questions.tolist()]
        told = self.tuner.of_passages(upper, every, _step(self._progress, "deciding"))
        asked = self.tuner.of_questions(upper, questions)
        before = reciprocal_ranks(self._asked_before[questions], self._before, gold, self._of_passages)
        after = reciprocal_ranks(asked, told, gold, self._of_passages)
        confirmed = all(number >= self._confirmed for number in questions.tolist())
        return judge(before, after, self.articles[questions], "confirmed" if confirmed else "made")

    def _deciding(self, questions: list[int], chance: random.Random) -> Ints:
        """Confirmed questions alone where there are enough: made ones are like those that were learned from."""
        confirmed = [number for number in questions if number >= self._confirmed]
        enough = len(confirmed) >= FEWEST_QUESTIONS and len({*self.articles[confirmed].tolist()}) >= FEWEST_ARTICLES
        return _few(confirmed if enough else questions, _DECIDING, chance)

    def _positives(self) -> Ints:
        """A confirmed question's passage is that one of its passages which lies nearest to it."""
        rows = [pair.passage for pair in self.pairs]
        for number, confirmed in enumerate(self._given.confirmed, start=self._confirmed):
            choices = list(confirmed.passages)
            rows[number] = choices[int((self._before[choices] @ self._asked_before[number]).argmax())]
        return _array(rows)

    def _negatives(self, positives: Ints) -> Ints:
        """One passage of another article for each pair, from those that the words or the vectors confuse with it."""
        words = WordMatches([passage.embedded for passage in self._given.passages])
        by_words = list(words.nearest([pair.question for pair in self.pairs], _MISSES))
        chance = random.Random(self._given.plan.seed)
        gold, chosen = self.gold(), []
        for start in range(0, len(self.pairs), _AT_ONCE):
            cosines = self._asked_before[start : start + _AT_ONCE] @ self._before.T
            nearest = np.argpartition(-cosines, min(_MISSES, cosines.shape[1] - 1), axis=1)[:, :_MISSES]
            for number, rows in enumerate(nearest.tolist(), start=start):
                confused = {
                    row for row in (*rows, *by_words[number]) if int(self._of_passages[row]) not in gold[number]
                }
                chosen.append(self._one_of(sorted(confused), int(positives[number]), gold[number], chance))
            self._progress("negatives", start, len(self.pairs))
        self._progress("negatives", len(self.pairs), len(self.pairs))
        return _array(chosen)[:, None]

    def _one_of(self, confused: list[int], right: int, gold: frozenset[int], chance: random.Random) -> int:
        unlike = [row for row in confused if float(self._before[row] @ self._before[right]) < _REPEATS]
        if unlike:
            return chance.choice(unlike)
        others = [row for row in range(len(self._of_passages)) if int(self._of_passages[row]) not in gold]
        return chance.choice(others)


def _with_variants(passages: Sequence[Teaching], pairs: Sequence[Pair]) -> tuple[list[str], dict[tuple[int, str], int]]:
    """What is embedded, and behind it passages without a sentence that is asked; their rows by passage and sentence."""
    texts, variants = [passage.embedded for passage in passages], dict[tuple[int, str], int]()
    for pair in pairs:
        rest = texts[pair.passage].replace(pair.without, "", 1).strip() if pair.without else ""
        if rest and (pair.passage, pair.without) not in variants:
            variants[(pair.passage, pair.without)] = len(texts)
            texts.append(rest)
    return texts, variants


def _put_in(model: SentenceTransformer, upper: torch.nn.ModuleList) -> None:
    """The learned layers in the place of the model's own."""
    first: Any = model[0]
    layers = first.auto_model.to("cpu").encoder.layer
    for place, layer in enumerate(upper.to("cpu"), start=len(layers) - len(upper)):
        layers[place] = layer
    model.eval()


def _step(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(name, done, total)


def _array(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _few(numbers: Sequence[int], most: int, chance: random.Random) -> Ints:
    return _array(sorted(chance.sample(numbers, most)) if len(numbers) > most else list(numbers))
