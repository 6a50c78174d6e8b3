"""The department classifier: which department should handle an appeal, how likely, and why.

Heads on words, vectors and duties (:mod:`models.routing.learned_heads`, :mod:`models.routing.cold_start`) are pooled
and calibrated (:mod:`models.routing.calibration`). Where a person has confirmed what the appeal is about, past orders
of that category have a word too (:mod:`models.routing.category_history`). Trained by :mod:`models.training.routing`,
stored and loaded by :mod:`models.routers.files`. The vectors come from the shared embedder or from an encoder of the
router's own. A classifier of another kind takes its place by having ``version``, ``rank`` and ``rank_many``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from models.errors import ModelProblem
from models.routing.calibration import Floats, Pool
from models.routing.category_history import CategoryPath, HistoryExpert, category_path
from models.routing.cold_start import COLD_THRESHOLD, DutyMatcher, duty_phrases
from models.routing.features import WordGrams, for_duties, normalised, words
from models.routing.learned_heads import LearnedHeads
from models.routing.reasons import weighty_words
from models.routing.seen_orders import SeenOrders

_AT_ONCE = 64
# What speaks for a department that is hardly possible is noise to a reader; but where all is uncertain, none is.
_LEAST_LIKELY = 0.05
_HALF = 0.5  # of the first one's probability


class Embedder(Protocol):
    """Turns sentences into vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def fingerprint(self) -> str:
        """What weights and precision it runs on; vectors of two fingerprints must never meet."""
        ...

    def embed_queries(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Vectors of shape ``(len(texts), dimension)``."""
        ...


@dataclass(frozen=True, slots=True)
class RoutingReason:
    """Why.

    ``kind`` is ``duty`` (the department's closest duty), ``words`` (of the appeal, that weighed most) or ``history``
    (past orders of the same category; ``source`` has the two numbers as ``81/87``).
    """

    kind: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class RankedLabel:
    """A department, how likely it is the right one (0 to 1), and why."""

    label: str
    probability: float
    reasons: tuple[RoutingReason, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """Departments, the likeliest first; ``abstained`` where the first is too uncertain to be recommended.

    ``likely`` has the right one in 95 of 100 appeals, however many that takes; none where nothing can be promised.
    """

    choices: tuple[RankedLabel, ...]
    abstained: bool
    likely: tuple[str, ...] = ()


@dataclass(frozen=True)
class DepartmentClassifier:
    """A trained or cold-start classifier. Immutable, so that threads may share it.

    ``learned`` are the labels of ``heads``; departments that have duties only are ranked by those. ``threshold`` is the
    first choice's probability below which it abstains. ``deletions`` is how many words are tried on the probability
    itself before some are named as reasons, each at the price of an embedding; 0 tries the words' own part only.
    ``encoder_folder`` holds the encoder of a tuned router, which is then its ``embedder``; the first ``plain`` numbers
    of its vectors are the untouched encoder's, which duties are compared in (0: all numbers). ``likely_cut`` is the
    probability from which on a department belongs to a ranking's ``likely`` ones (0: no set is offered). ``history`` is
    heard where a ranking is asked for with a category that it knows; without one nothing depends on it. ``seen`` are
    the orders that it learned from (none: duties alone, or a router of an earlier release), for whoever measures it.
    """

    learned: tuple[str, ...]
    grams: WordGrams | None
    heads: LearnedHeads | None
    pool: Pool | None
    duties: DutyMatcher | None
    threshold: float
    embedder: Embedder
    data_digest: str = ""
    created: str = ""
    version: str = "unsaved"
    deletions: int = 0
    encoder_folder: Path | None = None
    plain: int = 0
    likely_cut: float = 0.0
    history: HistoryExpert | None = None
    seen: SeenOrders | None = None
    labels: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        unlabelled = [d for d in (self.duties.labels if self.duties else ()) if d not in self.learned]
        object.__setattr__(self, "labels", (*self.learned, *unlabelled))

    @classmethod
    def cold(
        cls, duties: DutyMatcher, embedder: Embedder, *, data_digest: str = "", created: str = ""
    ) -> DepartmentClassifier:
        """A classifier for a city that has labelled no order yet."""
        return cls((), None, None, None, duties, COLD_THRESHOLD, embedder, data_digest, created)

    def with_duties(self, duties: Mapping[str, Sequence[str]]) -> DepartmentClassifier:
        """The same router under other duties, department → phrases: a department that is new is ranked by them.

        Nothing is trained, and nothing is embedded where the duties are those it has. A learned department that
        ``duties`` lacks stays ranked; the catalogue leaves it out. Raises ModelProblem where a department has no
        phrase.
        """
        phrases = duty_phrases(duties)
        if self.duties is not None and self.duties.holds(duties):
            return self
        usual = self.duties.usual if self.duties is not None else None
        vectors = for_duties(self.embedder.embed_queries(list(phrases)), self.plain)
        return replace(self, duties=DutyMatcher.fit(duties, vectors, usual))

    def rank(self, text: str, limit: int = 3, category: Sequence[str] = ()) -> Ranking:
        """The ``limit`` likeliest departments for what a citizen said, with reasons; none for a blank text.

        ``category`` is the path of names that a person confirmed, the broadest first; never a guess.
        """
        return self._rank_batch([text], [category], limit, reasons=True)[0]

    def heeds(self, category: Sequence[str]) -> bool:
        """Whether past orders of the category ``category``, a path of names, have a word in its rankings."""
        return bool(self._known(category))

    def rank_many(
        self,
        texts: Sequence[str],
        progress: Callable[[int], None] | None = None,
        *,
        limit: int = 3,
        reasons: bool = False,
        categories: Sequence[Sequence[str]] = (),
    ) -> list[Ranking]:
        """As :meth:`rank` for many; ``progress`` hears how many are done. Reasons cost time and are left out."""
        found: list[Ranking] = []
        told = categories or [()] * len(texts)
        for start in range(0, len(texts), _AT_ONCE):
            part = slice(start, start + _AT_ONCE)
            found += self._rank_batch(texts[part], told[part], limit, reasons=reasons)
            if progress:
                progress(len(found))
        return found

    def _rank_batch(
        self, texts: Sequence[str], categories: Sequence[Sequence[str]], limit: int, *, reasons: bool
    ) -> list[Ranking]:
        tokens = [words(normalised(text)) for text in texts]
        vectors = self.embedder.embed_queries([text.strip() or " " for text in texts])
        if vectors.shape != (len(texts), self.embedder.dimension):
            raise ModelProblem("The embedder gave vectors of another shape than it says. Prepare its weights again.")
        vectors = vectors.astype(np.float32)
        told = [self._known(category) for category in categories]
        table = self.probabilities(tokens, vectors, told)
        return [
            self._ranking(token, vector, row, path, limit, reasons)
            for token, vector, row, path in zip(tokens, vectors, table, told, strict=True)
        ]

    def _known(self, category: Sequence[str]) -> CategoryPath:
        """The category as the history has it; empty where it says nothing about it."""
        path = category_path(category)
        return path if self.history is not None and self.history.history.knows(path) else ()

    def probabilities(
        self, tokens: Sequence[Sequence[str]], vectors: npt.NDArray[np.float32], categories: Sequence[CategoryPath] = ()
    ) -> Floats:
        """Probabilities of shape ``(n, labels)`` for texts given as words and as the embedder's vectors.

        ``categories`` are those that the history knows, ``()`` where there is none; or none for all.
        """
        if self.heads is None or self.grams is None or self.pool is None:
            return self._cold_table(tokens, vectors)
        scores = self.heads.scores(self.grams.of_words(tokens), vectors)
        if self.duties is None:
            return self._pooled(self.pool, scores, categories)
        by_duty = self.duties.scores(tokens, for_duties(vectors, self.plain))
        if len(self.pool.weights) > len(scores):
            scores = np.concatenate([scores, self.duties.columns(by_duty, self.learned)[None]])
        return self._with_unlabelled(self._pooled(self.pool, scores, categories), self.duties.probabilities(by_duty))

    def _pooled(self, pool: Pool, scores: Floats, categories: Sequence[CategoryPath]) -> Floats:
        """What the heads say together, with the history where there is a category."""
        table = pool.probabilities(scores)
        rows = [row for row, category in enumerate(categories) if category]
        if self.history is not None and rows:
            table[rows] = self.history.probabilities(scores[:, rows], [categories[row] for row in rows])
        return table

    def _cold_table(self, tokens: Sequence[Sequence[str]], vectors: npt.NDArray[np.float32]) -> Floats:
        if self.duties is None:
            raise ModelProblem("This router has neither labelled orders nor duties behind it. Train it again.")
        return self.duties.probabilities(self.duties.scores(tokens, for_duties(vectors, self.plain)))

    def _with_unlabelled(self, learned: Floats, cold: Floats) -> Floats:
        """Departments that no order taught get of what the learned ones leave open, as far as their duties fit.

        The root of the open share: measured on departments whose orders were hidden (docs/decisions/0003).
        """
        if self.duties is None or len(self.labels) == len(self.learned):
            return learned
        fallback = self.duties.columns(cold, self.labels[len(self.learned) :])
        given = fallback * np.sqrt(1 - learned.max(axis=1, keepdims=True))
        return np.concatenate([learned * (1 - given.sum(axis=1, keepdims=True)), given], axis=1)

    def _ranking(
        self,
        tokens: Sequence[str],
        vector: npt.NDArray[np.float32],
        row: Floats,
        category: CategoryPath,
        limit: int,
        reasons: bool,
    ) -> Ranking:
        if not tokens:
            return Ranking((), abstained=True)
        order = [int(i) for i in np.argsort(-row, kind="stable")[:limit]]
        why = self._reasons(tokens, vector, order, row, category) if reasons else [() for _ in order]
        choices = tuple(RankedLabel(self.labels[i], float(row[i]), w) for i, w in zip(order, why, strict=True))
        threshold, cut = self.threshold, self.likely_cut
        if category and self.history is not None:
            threshold, cut = self.history.threshold, self.history.likely_cut
        return Ranking(choices, choices[0].probability < threshold, self._likely(row, cut))

    def _likely(self, row: Floats, cut: float) -> tuple[str, ...]:
        if not cut:
            return ()
        order = np.argsort(-row, kind="stable")
        return tuple(self.labels[i] for i in order if row[i] >= cut)

    def _reasons(
        self,
        tokens: Sequence[str],
        vector: npt.NDArray[np.float32],
        order: Sequence[int],
        row: Floats,
        category: CategoryPath,
    ) -> list[tuple[RoutingReason, ...]]:
        least = min(_LEAST_LIKELY, _HALF * row[order[0]])
        likely = [place for place in order if row[place] >= least]
        served = partial(self._served, category=category) if self.deletions else None
        weighty = weighty_words(tokens, self.word_scores, self._guesses, likely, served=served, budget=self.deletions)
        named = dict(zip(likely, weighty, strict=True))
        own_vector = for_duties(vector[None], self.plain)[0]
        found: dict[int, list[RoutingReason]] = {place: [] for place in order}
        for place in likely:
            own = found[place]
            if (past := self._past(place, category)) is not None:
                own.append(past)
            if self.duties and (phrase := self.duties.closest_phrase(tokens, own_vector, self.labels[place])):
                own.append(RoutingReason("duty", phrase))
            if spoken := named.get(place):
                own.append(RoutingReason("words", "、".join(spoken)))
        return [tuple(found[place]) for place in order]

    def _past(self, place: int, category: CategoryPath) -> RoutingReason | None:
        """How many past orders of the category the department had; it had none: no reason."""
        if self.history is None or not category or place >= len(self.learned):
            return None
        past = self.history.history.handled(category, place)
        if past is None or not past.own:
            return None
        said = f"这类事项（{'/'.join(past.path)}）过去 {past.total} 件中 {past.own} 件由{self.labels[place]}处理"
        return RoutingReason("history", said, f"{past.own}/{past.total}")

    def word_scores(self, texts: Sequence[Sequence[str]], *, unit_length: bool = True) -> Floats:
        """What the words alone bring each label, shape ``(n, labels)``; explanations are measured on it."""
        learned = np.zeros((len(texts), 0))
        if self.heads is not None and self.grams is not None:
            learned = self.heads.word_scores(self.grams.of_words(texts, unit_length=unit_length))
        rest = self.labels[len(self.learned) :]
        if self.duties is None or not rest:
            return learned
        by_duty = self.duties.word_scores(texts, unit_length=unit_length)
        return np.concatenate([learned, self.duties.columns(by_duty, rest)], axis=1)

    def _served(self, texts: Sequence[Sequence[str]], *, category: CategoryPath) -> Floats:
        """The probabilities that are shown, for texts from which words were taken."""
        vectors = self.embedder.embed_queries(["".join(text) or " " for text in texts])
        return self.probabilities(texts, vectors.astype(np.float32), [category] * len(texts))

    def _guesses(self, texts: Sequence[Sequence[str]]) -> Floats:
        return self.word_scores(texts, unit_length=False)
