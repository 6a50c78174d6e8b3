"""A map on an embedder's vectors, learned from a city's own articles and kept only where it finds them sooner.

Articles are parted into those learned from, those that say when to stop (a tenth), and those that decide whether it
is kept (a fifth). What decided is what is served, so the last two are not learned from afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from models.adapting.contrastive_gate import FEWEST_ARTICLES, FEWEST_QUESTIONS, Gate, judge, reciprocal_ranks
from models.adapting.contrastive_questions import Kind, Mishear, Pair, Teaching, made_pairs
from models.adapting.map_fitting import FittingPlan, Lesson, Step, fit_map
from models.errors import ModelProblem
from models.sentence_embedder import MappedEmbedder, SentenceEmbedder
from models.vector_map import VectorMap, Vectors

Ints = npt.NDArray[np.int64]
Progress = Callable[[str, int, int], None]

_STOPS, _DECIDES = 0.1, 0.2  # shares of the articles
_STOPPING = 500  # questions
_DECIDING = 2000
_HEED_CONFIRMED = 4.0
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
    plan: FittingPlan = field(default_factory=FittingPlan)


@dataclass(frozen=True, slots=True)
class Examined:
    """A question of an article that was never learned from, and the articles that answer it."""

    question: str
    articles: frozenset[str]


@dataclass(frozen=True)
class Adapted:
    """The map, whether its vectors alone are better, and how many questions of each kind it was learned from.

    ``examined`` are the questions that said so; ``gate.asked`` says where they came from.
    """

    learned: VectorMap
    gate: Gate
    questions: dict[str, int]
    examined: tuple[Examined, ...] = ()


def adapt(base: SentenceEmbedder, given: Curriculum, progress: Progress) -> Adapted:
    """Learn a map on the vectors of ``base``. Raises ModelProblem where that is adapted already or articles are few."""
    if isinstance(base, MappedEmbedder):
        raise ModelProblem(f"{base.fingerprint} is adapted already. Adapt the embedder that it was made from.")
    course = _Course(base, given, progress)
    parts = course.parts()
    lesson = course.lesson()
    learned = fit_map(
        lesson,
        parts.learned,
        lambda own: float(course.ranks(lesson, parts.stopping, own).mean()),
        given.plan,
        _step(progress, "learning"),
    )
    pairs = lesson.questions[parts.learned], lesson.passages[lesson.positives[parts.learned]]
    learned = learned.with_cosines_like(*pairs)
    kinds = [course.pairs[number].kind for number in parts.learned.tolist()]
    counts = {kind.value: kinds.count(kind) for kind in Kind if kind in kinds}
    return Adapted(learned, course.gate(lesson, parts.deciding, learned), counts, course.examined(parts.deciding))


@dataclass(frozen=True)
class _Parts:
    """Numbers of the pairs to learn from, to stop by, and to decide by."""

    learned: Ints
    stopping: Ints
    deciding: Ints


class _Course:
    """Questions, the articles that answer them, and the vectors of the passages."""

    def __init__(self, base: SentenceEmbedder, given: Curriculum, progress: Progress) -> None:
        self._given = given
        names = {name: number for number, name in enumerate(dict.fromkeys(t.article for t in given.passages))}
        self._names = list(names)
        self._articles = np.array([names[t.article] for t in given.passages], dtype=np.int64)
        made = made_pairs(given.passages, given.plan.seed, given.mishear)
        self.pairs = [*made, *(Pair(c.question, c.passages[0], Kind.CONFIRMED) for c in given.confirmed)]
        self._made = len(made)
        self.gold = [
            *(frozenset([int(self._articles[pair.passage])]) for pair in made),
            *(frozenset(self._articles[list(c.passages)].tolist()) for c in given.confirmed),
        ]
        self._told = _embedded(base.embed_passages, [p.embedded for p in given.passages], _step(progress, "passages"))
        self._asked = _embedded(base.embed_queries, [p.question for p in self.pairs], _step(progress, "questions"))

    def parts(self) -> _Parts:
        """Pairs parted by their articles, so that no article is on both sides. Raises ModelProblem."""
        articles = np.random.default_rng(self._given.plan.seed).permutation(np.unique(self._articles))
        if len(articles) < 3 * FEWEST_ARTICLES:
            raise ModelProblem(
                f"{len(articles)} articles are too few to adapt an embedder on and to hold some out: "
                f"{3 * FEWEST_ARTICLES} are needed. Use the embedder as it is."
            )
        stops, decides = (max(FEWEST_ARTICLES, round(share * len(articles))) for share in (_STOPS, _DECIDES))
        stopping, deciding = set(articles[:stops].tolist()), set(articles[stops : stops + decides].tolist())
        of_deciding = [number for number, own in enumerate(self.gold) if own & deciding]
        of_stopping = [number for number, own in enumerate(self.gold) if own & stopping and not own & deciding]
        learned = [number for number, own in enumerate(self.gold) if not own & (stopping | deciding)]
        chance = random.Random(self._given.plan.seed)
        kept = self._confirmed_or_all(of_deciding)
        return _Parts(_array(learned), _few(of_stopping, _STOPPING, chance), _few(kept, _DECIDING, chance))

    def lesson(self) -> Lesson:
        """Everything as vectors; a confirmed question learns the passage that lies nearest of those that answer it."""
        rows = [pair.passage for pair in self.pairs]
        for number, confirmed in enumerate(self._given.confirmed, start=self._made):
            choices = list(confirmed.passages)
            rows[number] = choices[int((self._told[choices] @ self._asked[number]).argmax())]
        heed = np.array([_HEED_CONFIRMED if pair.kind is Kind.CONFIRMED else 1.0 for pair in self.pairs])
        return Lesson(self._asked, self._told, self._articles, _array(rows), heed)

    def ranks(self, lesson: Lesson, questions: Ints, own: VectorMap | None) -> npt.NDArray[np.float64]:
        """Reciprocal ranks of ``questions`` among all passages, mapped or not, shape ``(len(questions),)``."""
        asked, told = lesson.questions[questions], lesson.passages
        if own is not None:
            asked, told = own.of_queries(asked), own.of_passages(told)
        return reciprocal_ranks(asked, told, [self.gold[n] for n in questions.tolist()], self._articles)

    def gate(self, lesson: Lesson, questions: Ints, own: VectorMap) -> Gate:
        """The paired comparison on articles that nothing was learned from."""
        numbers = questions.tolist()
        asked = "confirmed" if numbers and all(number >= self._made for number in numbers) else "made"
        groups = np.array([min(self.gold[number]) for number in numbers], dtype=np.int64)
        return judge(self.ranks(lesson, questions, None), self.ranks(lesson, questions, own), groups, asked)

    def examined(self, questions: Ints) -> tuple[Examined, ...]:
        """The questions by their words."""
        return tuple(
            Examined(self.pairs[n].question, frozenset(self._names[article] for article in self.gold[n]))
            for n in questions.tolist()
        )

    def _confirmed_or_all(self, questions: list[int]) -> list[int]:
        """Confirmed questions alone where there are enough: made ones are like those that were learned from."""
        confirmed = [number for number in questions if number >= self._made]
        articles = {min(self.gold[number]) for number in confirmed}
        enough = len(confirmed) >= FEWEST_QUESTIONS and len(articles) >= FEWEST_ARTICLES
        return confirmed if enough else questions


def _embedded(embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str], progress: Step) -> Vectors:
    parts = []
    for start in range(0, len(texts), _AT_ONCE):
        progress(start, len(texts))
        parts.append(embed(texts[start : start + _AT_ONCE]))
    progress(len(texts), len(texts))
    return np.concatenate(parts)


def _step(progress: Progress, name: str) -> Step:
    return lambda done, total: progress(name, done, total)


def _array(numbers: Sequence[int]) -> Ints:
    return np.array(numbers, dtype=np.int64)


def _few(numbers: Sequence[int], most: int, chance: random.Random) -> Ints:
    return _array(sorted(chance.sample(numbers, most)) if len(numbers) > most else numbers)
