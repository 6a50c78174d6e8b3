"""Measures of a ranking, counted by ``ir-measures`` over trec_eval's own code, so that others can check them.

Hit@k is trec_eval's ``success``: 1 where a right document is among the first k. MRR@10 is RR with that cut-off, nDCG@10
has binary gains and a logarithmic discount (Järvelin and Kekäläinen 2002), recall is the share of a question's right
documents among the first ten. MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures", ECIR 2022.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from evaluation.measures import Floats

MEASURES = ("hit@1", "hit@5", "hit@10", "mrr@10", "ndcg@10", "recall@10")
_DEPTH = 10


def rank_values(ranked: Sequence[Sequence[str]], gold: Sequence[Collection[str]]) -> dict[str, Floats]:
    """Each of :data:`MEASURES` of every question, shape ``(n,)``, 0 to 1.

    ``ranked`` holds the ids found for a question, best first, each once; ``gold`` the ids that are right. A question
    without a right document counts 0. Raises ValueError where the two are not of one length.
    """
    from ir_measures import RR, R, Success, iter_calc, nDCG  # noqa: PLC0415 - only evaluation needs it

    asked = {
        Success @ 1: "hit@1",
        Success @ 5: "hit@5",
        Success @ 10: "hit@10",
        RR @ 10: "mrr@10",
        nDCG @ 10: "ndcg@10",
        R @ 10: "recall@10",
    }
    values = {name: np.zeros(len(ranked)) for name in MEASURES}
    qrels, run = _judgements(ranked, gold)
    if qrels:
        for found in iter_calc(list(asked), qrels, run):
            values[asked[found.measure]][int(found.query_id)] = found.value
    return values


def means(values: dict[str, Floats]) -> dict[str, float]:
    """The mean of each measure; 0 of nothing."""
    return {name: float(row.mean()) if len(row) else 0.0 for name, row in values.items()}


def first_right(gold: Collection[str], ranked: Sequence[str]) -> int | None:
    """The rank of the first right document, from 1; ``None`` where none was found."""
    return next((rank for rank, name in enumerate(ranked, start=1) if name in gold), None)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of ``values`` lie, by nearest rank; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _judgements(
    ranked: Sequence[Sequence[str]], gold: Sequence[Collection[str]]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, float]]]:
    """What is right and what was found, by number of the question and place in the list.

    Ids of a file may be anything, twice given or not even text that trec_eval takes; places cannot.
    """
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for number, (found, right) in enumerate(zip(ranked, gold, strict=True)):
        names = {name: f"found-{place}" for place, name in enumerate(found[:_DEPTH])}
        if right:
            missed = {f"missed-{place}": 1 for place, _ in enumerate(set(right) - names.keys())}
            qrels[str(number)] = {names[name]: 1 for name in right if name in names} | missed
            run[str(number)] = {place: float(_DEPTH - rank) for rank, place in enumerate(names.values())}
    return qrels, run
