"""Fit the default calibration of cards anew, and count what it does to a set that it was not fitted on.

    python -m benchmarks.default_calibration SETS.json

SETS.json lists the judged sets, two at least: objects of ``name``, ``corpus`` and ``queries`` (files as for ``hotline
evaluate retrieval``) and, where their fields are called otherwise, ``fields`` (as ``{"doc_id": "qid"}``). Each set's
questions are asked of each corpus: what is asked of another set's corpus has no answer there. Every set counts the
same, and within a corpus its own questions as much as all others together. The threshold is the least from which on
seven in ten first cards are right and in no corpus more than 5 % of the others' questions get one. Embeddings are
remembered; with them it takes minutes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from api.cli.weights import fetched_embedder
from copilot.settings import load_settings
from evaluation.retrieval.abstention import FALSE_CARDS
from evaluation.retrieval.search import Fields, Question, passages_of, read_corpus, read_questions
from knowledge_base.calibration import TYPICAL, Background, default
from knowledge_base.index.index import Embedder
from knowledge_base.index.making import make_index
from knowledge_base.retriever import Retriever
from knowledge_base.search.everyday_terms import general_terms
from models.embedding_cache import CachedEmbedder

CARDS = 3
PROMISES = (0.7, 0.75, 0.8, 0.85, 0.9)
PRECISION = PROMISES[0]
FEWEST = 40  # first cards before a promise is counted
_LEAST_SETS = 2

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Judged:
    """The cards of all questions to one corpus, row by row: ``nearest`` and ``behind`` (:class:`Signals`), ``right``.

    ``nearest`` is in deviations from the corpus's background (:mod:`knowledge_base.index.background`).

    ``own``: the question belongs to the corpus; ``first``: the card is the first of its question. ``weight`` of the
    first cards sums to 1 over a corpus's own questions, and to 1 over all others, where each set counts the same.
    """

    nearest: Floats
    behind: Floats
    right: Bools
    own: Bools
    first: Bools
    weight: Floats


@dataclass(frozen=True)
class Fit:
    """``logit = nearest * weights[0] + behind * weights[1] + bias``."""

    weights: Floats
    bias: float

    def first(self, judged: Judged) -> Floats:
        """Probability of each question's first card."""
        logit = judged.nearest[judged.first] * self.weights[0] + self.bias
        return np.asarray(1 / (1 + np.exp(-logit)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", type=Path)
    sets = json.loads(parser.parse_args().sets.read_text(encoding="utf-8"))
    if len(sets) < _LEAST_SETS:
        parser.error("two sets at least: the questions of one have no answer in the other")
    judged = ask_all(sets)
    everything = list(judged.values())
    fitted = fit(everything)
    threshold = least_threshold(fitted, everything)
    print(f"weights {fitted.weights[0]:.3f} (nearest), {fitted.weights[1]:.3f} (behind), bias {fitted.bias:.3f}")
    print("promises", {share: round(promise(fitted, everything, share), 3) for share in PROMISES})
    print("5 % false cards", {name: round(edge(fitted, one), 3) for name, one in judged.items()})
    now = default(Background(0.0, 1.0))
    served = Fit(np.array(now.weights[:2]), now.bias)
    print(f"{'set':12} {'as served':28} {'fitted on all':28} {'fitted on the others':28} (shown, false, first right)")
    for name, one in judged.items():
        others = [other for key, other in judged.items() if key != name]
        left_out = fit(others)
        columns = [
            shown(served, one, now.threshold),
            shown(fitted, one, threshold),
            shown(left_out, one, least_threshold(left_out, others)),
        ]
        print(f"{name:12} {' '.join(f'{column:28}' for column in columns)}")


def ask_all(sets: Sequence[Mapping[str, Any]]) -> dict[str, Judged]:
    """Every set's questions asked of every corpus."""
    settings = load_settings()
    embedder = CachedEmbedder(fetched_embedder(settings), settings.data_dir / "cache" / "embeddings.db")
    fields = {one["name"]: Fields(**one.get("fields", {})) for one in sets}
    questions = {one["name"]: read_questions(Path(one["queries"]), fields[one["name"]]) for one in sets}
    return {
        one["name"]: ask(one["name"], Path(one["corpus"]), fields[one["name"]], questions, embedder) for one in sets
    }


def ask(
    name: str, corpus: Path, fields: Fields, questions: Mapping[str, Sequence[Question]], embedder: Embedder
) -> Judged:
    """All questions asked of one corpus."""
    rows: list[tuple[float, float, bool, bool, bool, float]] = []
    with TemporaryDirectory(prefix="hotline-calibration-") as scratch:
        index = make_index(Path(scratch) / "index", passages_of(read_corpus(corpus, fields)), embedder, name)
        retriever, known = Retriever(index, embedder, terms=general_terms()), index.background or TYPICAL
        for whose, asked in questions.items():
            own = whose == name
            weight = 1 / len(asked) if own else 1 / len(asked) / (len(questions) - 1)
            for question in asked:
                for place, card in enumerate(retriever.rank(question.text, limit=CARDS)):
                    right = own and card.passage.article_id in question.gold
                    standing = (card.signals.nearest - known.mean) / known.deviation
                    rows.append((standing, card.signals.behind, right, own, place == 0, weight))
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Judged(*columns)


def fit(judged: Sequence[Judged]) -> Fit:
    """A logistic regression over all cards."""
    rows = np.concatenate([np.stack([one.nearest, one.behind], axis=1) for one in judged])
    right = np.concatenate([one.right for one in judged])
    weight = np.concatenate([one.weight for one in judged]) * 1000
    scale = rows.std(axis=0)
    found = LogisticRegression(C=100, max_iter=1000).fit(rows / scale, right, sample_weight=weight)
    return Fit(found.coef_[0] / scale, float(found.intercept_[0]))


def edge(fitted: Fit, judged: Judged) -> float:
    """The threshold at which 5 % of the others' questions get a card of this corpus."""
    others = ~judged.own[judged.first]
    probability, weight = fitted.first(judged)[others], judged.weight[judged.first][others]
    order = np.argsort(-probability)
    return float(probability[order][np.searchsorted(np.cumsum(weight[order]), FALSE_CARDS * weight.sum())])


def promise(fitted: Fit, judged: Sequence[Judged], share: float) -> float:
    """The least threshold from which on ``share`` of the first cards is right; 1 where none is."""
    probability = np.concatenate([fitted.first(one) for one in judged])
    right, weight = (
        np.concatenate([column[one.first] for one, column in zip(judged, columns, strict=True)])
        for columns in ([one.right for one in judged], [one.weight for one in judged])
    )
    order = np.argsort(-probability)
    shares = np.cumsum((right * weight)[order]) / np.cumsum(weight[order])
    enough = np.flatnonzero(shares[FEWEST:] >= share)
    return float(probability[order][FEWEST + enough[-1]]) if len(enough) else 1.0


def least_threshold(fitted: Fit, judged: Sequence[Judged]) -> float:
    return max(promise(fitted, judged, PRECISION), *(edge(fitted, one) for one in judged))


def shown(fitted: Fit, judged: Judged, threshold: float) -> str:
    card, own = fitted.first(judged) >= threshold, judged.own[judged.first]
    weight, right = judged.weight[judged.first], judged.right[judged.first]
    false = weight[card & ~own].sum() / weight[~own].sum()
    return f"{threshold:.3f}: {card[own].mean():.1%}, {false:.1%}, {right[card & own].mean():.1%}"


if __name__ == "__main__":
    main()
