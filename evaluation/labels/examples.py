"""Labels of the journal as examples to train on, alone or added to a labelled table, and doubts about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from copilot.errors import BadInput
from copilot.store import LabelIssue
from evaluation.labels.issues import label_issues
from evaluation.labels.sources import JournalLabels, LabelledAppeal, LabelSource
from evaluation.measures import Floats, Ints
from models.training.examples import Examples
from models.training.near_duplicates import near_duplicate_groups

# With fewer, an accuracy measured out of fold has an interval of more than 35 points, and says nothing.
FEWEST_LABELS = 30
_TWO = 2


class OutOfFold(Protocol):
    """What a classifier says of rows that it has not seen; see :class:`models.training.routing.OutOfFold`."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The departments, numbered by their places."""
        ...

    @property
    def gold(self) -> Ints:
        """The label of each row."""
        ...

    @property
    def groups(self) -> Ints:
        """The group of near-duplicates of each row."""
        ...

    @property
    def probabilities(self) -> Floats:
        """Shape ``(n, labels)``."""
        ...


@dataclass(frozen=True, slots=True)
class Doubt:
    """A label that training doubts, with all that a person needs to look at it. ``source`` is empty for a table's row.

    ``alike`` are near-identical rows with another department, as ``key department``.
    """

    key: str
    department: str
    likelier: str
    self_confidence: float
    likelier_probability: float
    alike: tuple[str, ...]
    text: str
    source: str = ""

    def as_issue(self) -> LabelIssue:
        """As the store keeps it for an evaluator; ``key`` is the order's number."""
        return LabelIssue(
            self.key, self.department, self.likelier, self.self_confidence, self.likelier_probability, self.alike
        )


def journal_examples(labels: JournalLabels) -> Examples:
    """One row an appeal, weighted by its source, under the order's number; the notes say where the labels came from."""
    found = labels.labelled
    return Examples(
        texts=[label.text for label in found],
        labels=[label.department for label in found],
        notes=labels.notes,
        weights=[label.weight for label in found],
        keys=[label.number for label in found],
        categories=[label.category.path if label.category is not None else () for label in found],
    )


def table_and_journal(table: Examples | None, labels: JournalLabels) -> Examples:
    """The rows of a labelled table, weighted 1, and those of the journal.

    Raises BadInput where the journal alone is to be learned from and holds too few labels.
    """
    journal = journal_examples(labels)
    if table is None:
        _refuse_too_few(labels)
        return journal
    if not journal.texts:
        return table
    texts = [*table.texts, *journal.texts]
    return Examples(
        texts=texts,
        labels=[*table.labels, *journal.labels],
        groups=_joined_groups(table.groups, texts) if table.groups else (),
        notes=[*table.notes, *journal.notes],
        weights=[*(table.weights or [1.0] * len(table.texts)), *journal.weights],
        keys=[*(table.keys or _row_names(len(table.texts))), *journal.keys],
        categories=[*(table.categories or [()] * len(table.texts)), *journal.categories],
    )


def doubts(examples: Examples, seen: OutOfFold, labels: Sequence[LabelledAppeal] = ()) -> list[Doubt]:
    """The labels of ``examples`` that ``seen`` doubts, the gravest first; what an evaluator has reviewed is left out.

    Empty where the two are not about the same rows, since a doubt about the wrong row is worse than none.
    """
    known = examples.usable()
    if [seen.labels[number] for number in seen.gold.tolist()] != list(known.labels):
        return []
    keys = known.keys or _row_names(len(known.texts))
    sources: Mapping[str, LabelSource] = {label.number: label.source for label in labels}
    found = []
    for issue in label_issues(seen.probabilities, seen.gold, seen.groups):
        source = sources.get(keys[issue.row])
        if source is LabelSource.REVIEWED:
            continue
        found.append(
            Doubt(
                key=keys[issue.row],
                department=seen.labels[issue.given],
                likelier=seen.labels[issue.likelier],
                self_confidence=round(issue.self_confidence, 4),
                likelier_probability=round(issue.likelier_probability, 4),
                alike=tuple(f"{keys[other]} {known.labels[other]}" for other in issue.alike),
                text=known.texts[issue.row],
                source=source.value if source else "",
            )
        )
    return found


def _row_names(count: int) -> list[str]:
    """Rows as a spreadsheet numbers them, the header being row 1."""
    return [f"row {number}" for number in range(2, count + 2)]


def _refuse_too_few(labels: JournalLabels) -> None:
    departments = {label.department for label in labels.labelled}
    if len(labels.labelled) >= FEWEST_LABELS and len(departments) >= _TWO:
        return
    raise BadInput(
        f"The journal holds {len(labels.labelled)} labels of {len(departments)} departments; a router of its own needs "
        f"at least {FEWEST_LABELS} of at least {_TWO}. Add a labelled table with --data, or wait until more orders are "
        "dispatched; the router in service stays as it is."
    )


def _joined_groups(given: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Groups for a table with a column of them and rows without: given groups and near-duplicates, joined.

    A row of the journal that nearly says what a row of the table says must not stand on the other side of a fold.
    """
    named = [name.strip() or f"\0{row}" for row, name in enumerate(given)]
    columns = np.unique(np.array(named), return_inverse=True)[1].astype(np.int64)
    alike = near_duplicate_groups(texts)
    size = len(texts)
    # Rows are linked to the group that the table names (numbered after the rows) and to their near-duplicates.
    ends = np.concatenate([size + columns, size + len(texts) + alike])
    starts = np.concatenate([np.arange(len(columns)), np.arange(size)])
    nodes = size + len(texts) + int(alike.max()) + 1
    links = sparse.csr_matrix((np.ones(len(ends)), (starts, ends)), shape=(nodes, nodes))
    joined = connected_components(links, directed=False)[1][:size]
    return [str(number) for number in joined.tolist()]
