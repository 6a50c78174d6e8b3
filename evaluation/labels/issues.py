"""Labels that are probably wrong, found by confident learning: pure functions of out-of-fold probabilities.

Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", Journal of Artificial
Intelligence Research 70 (2021): a class's threshold is the mean probability that its own examples get; an example that
is confidently of another class than its label (the off-diagonal of the confident joint, section 3.1) is an issue,
and the least self-confident comes first (section 3.3). Orders that say nearly the same and have another department are
issues whatever the probabilities say: one of the two is wrong, or the catalogue is unclear.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from evaluation.measures import Bools, Floats, Ints

_MOST_ALIKE = 5


@dataclass(frozen=True, slots=True)
class Issue:
    """Row ``row`` is labelled ``given``; ``likelier`` and the rest of it are numbers of labels and of rows.

    ``self_confidence`` is the probability of ``given``, ``likelier_probability`` that of ``likelier``; ``alike`` are
    near-identical rows with another label.
    """

    row: int
    given: int
    likelier: int
    self_confidence: float
    likelier_probability: float
    alike: tuple[int, ...] = ()


def confident_labels(probabilities: Floats, gold: Ints) -> Ints:
    """The label of which each row confidently is, shape ``(n,)``; -1 where it reaches no label's threshold.

    ``probabilities`` has shape ``(n, labels)`` and must come from models that did not see the row.
    """
    labels = probabilities.shape[1]
    counts = np.bincount(gold, minlength=labels)
    own = np.bincount(gold, weights=probabilities[np.arange(len(gold)), gold], minlength=labels)
    # Nothing can be confidently of a label that no row has.
    thresholds = np.divide(own, counts, out=np.full(labels, np.inf), where=counts > 0)
    above = np.where(probabilities >= thresholds, probabilities, -1.0)
    return np.where(above.max(axis=1) >= 0, above.argmax(axis=1), -1).astype(np.int64)


def label_issues(probabilities: Floats, gold: Ints, groups: Ints) -> list[Issue]:
    """The doubtful rows, the gravest first.

    Those that confident learning doubts, the least self-confident first; then those that only near-identical rows
    contradict.
    """
    confident = confident_labels(probabilities, gold)
    contradicted = _contradictions(gold, groups)
    own = probabilities[np.arange(len(gold)), gold]
    doubted: Bools = (confident >= 0) & (confident != gold)
    rows = [row for row in range(len(gold)) if doubted[row] or row in contradicted]
    found = [_issue(row, gold, probabilities, int(confident[row]), contradicted.get(row, ())) for row in rows]
    return sorted(found, key=lambda issue: (not doubted[issue.row], float(own[issue.row]), issue.row))


def _issue(row: int, gold: Ints, probabilities: Floats, confident: int, alike: Sequence[int]) -> Issue:
    given = int(gold[row])
    if confident in (-1, given):  # doubted only because its like has another label, which is then the likelier one
        confident = int(np.bincount(gold[list(alike)]).argmax())
    return Issue(
        row,
        given,
        confident,
        float(probabilities[row, given]),
        float(probabilities[row, confident]),
        tuple(alike),
    )


def _contradictions(gold: Ints, groups: Ints) -> dict[int, tuple[int, ...]]:
    """Row → rows of its group of near-duplicates that have another label."""
    members: dict[int, list[int]] = defaultdict(list)
    for row, group in enumerate(groups.tolist()):
        members[group].append(row)
    mixed = [rows for rows in members.values() if len({int(gold[row]) for row in rows}) > 1]
    return {
        row: tuple(islice((other for other in rows if gold[other] != gold[row]), _MOST_ALIKE))
        for rows in mixed
        for row in rows
    }
