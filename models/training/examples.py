"""Labelled orders as training wants them: usable rows, groups of near-duplicates, folds that keep groups whole."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from models.errors import ModelProblem
from models.routing.calibration import Ints
from models.routing.features import normalised
from models.training.near_duplicates import near_duplicate_groups


@dataclass(frozen=True)
class Examples:
    """Labelled orders, one text, department and group each; no group column means ``groups=()``.

    ``weights`` say how far each label is to be believed, 1.0 being a label as good as any; ``()`` means all alike.
    ``keys`` name the rows for people: the number of an order, or the row of a table. ``categories`` are paths of names
    (:mod:`models.routing.category_history`), ``()`` for an order without one; none at all where the table has no such
    columns. ``misheard`` is the share of a row's characters that was misheard on purpose, 0 for an order as it is:
    copies stand after all orders, in their order. None at all where there are no copies.
    """

    texts: Sequence[str]
    labels: Sequence[str]
    groups: Sequence[str] = ()
    notes: list[str] = field(default_factory=list)
    weights: Sequence[float] = ()
    keys: Sequence[str] = ()
    categories: Sequence[tuple[str, ...]] = ()
    misheard: Sequence[float] = ()

    def usable(self, fewest: int = 2) -> Examples:
        """Without rows that lack a text or a department, noted. Raises ModelProblem where too little is left."""
        kept = [i for i, (t, d) in enumerate(zip(self.texts, self.labels, strict=True)) if normalised(t) and d.strip()]
        notes = list(self.notes)
        if len(kept) < len(self.texts):
            notes.append(f"{len(self.texts) - len(kept)} rows without a text or a department were left out.")
        rest = replace(self._of(kept), notes=notes, labels=[self.labels[i].strip() for i in kept])
        if len(set(rest.labels)) < fewest:
            raise ModelProblem(
                "The table has orders of fewer than two departments, so there is nothing to choose between. "
                "Add orders of other departments, or train from duties alone with --duties."
            )
        return rest

    def as_written(self) -> Examples:
        """Without the misheard copies."""
        return self._of([i for i, share in enumerate(self.misheard) if not share]) if self.misheard else self

    def _of(self, rows: Sequence[int]) -> Examples:
        return Examples(
            [self.texts[i] for i in rows],
            [self.labels[i] for i in rows],
            [self.groups[i] for i in rows] if self.groups else (),
            list(self.notes),
            [self.weights[i] for i in rows] if self.weights else (),
            [self.keys[i] for i in rows] if self.keys else (),
            [self.categories[i] for i in rows] if self.categories else (),
            [self.misheard[i] for i in rows] if self.misheard else (),
        )

    def sample_weights(self) -> npt.NDArray[np.float64]:
        """A weight per row, shape ``(n,)``. Raises ModelProblem where one is no number above 0, or one is missing."""
        if not self.weights:
            return np.ones(len(self.texts))
        weights = np.asarray(self.weights, dtype=np.float64)
        if len(weights) != len(self.texts) or not np.isfinite(weights).all() or (weights <= 0).any():
            raise ModelProblem(
                "Every order needs a weight above 0, and some have none. Leave out orders that should not count."
            )
        return weights

    def numbered_groups(self) -> Ints:
        """A group number per row: the groups that were given, or near-duplicates found by their words."""
        if not self.groups:
            return near_duplicate_groups(self.texts)
        # An empty cell is a group of its own, not one group of all empty cells.
        named = [group.strip() or f"\0{row}" for row, group in enumerate(self.groups)]
        return np.unique(np.array(named), return_inverse=True)[1].astype(np.int64)

    def rare(self, fewest: int) -> tuple[str, ...]:
        """Departments with fewer than ``fewest`` orders."""
        return tuple(sorted(label for label, count in Counter(self.labels).items() if count < fewest))

    def digest(self) -> str:
        """SHA-256 of texts, departments, weights and categories in order: which table this is."""
        digest = hashlib.sha256()
        for text, label in zip(self.texts, self.labels, strict=True):
            digest.update(f"{len(text)}:{text}{len(label)}:{label}".encode())
        digest.update(repr(tuple(self.weights)).encode() if self.weights else b"")
        digest.update(repr(tuple(self.categories)).encode() if any(self.categories) else b"")
        return digest.hexdigest()


@dataclass(frozen=True)
class TrainingTable:
    """Usable orders, one a row: ``gold``, ``groups`` and ``weights`` (n,) are numbers, of ``labels`` departments."""

    texts: Sequence[str]
    tokens: Sequence[Sequence[str]]
    gold: Ints
    groups: Ints
    weights: npt.NDArray[np.float64]
    labels: int

    def at(self, rows: Ints) -> TrainingTable:
        """Those rows alone."""
        chosen = rows.tolist()
        texts, tokens = [self.texts[i] for i in chosen], [self.tokens[i] for i in chosen]
        return TrainingTable(texts, tokens, self.gold[rows], self.groups[rows], self.weights[rows], self.labels)

    def folds(self, wanted: int) -> Ints:
        """A fold number per row, groups kept whole; fewer folds where there are fewer groups."""
        return group_folds(self.gold, self.groups, min(wanted, len(np.unique(self.groups))))


def group_folds(gold: Ints, groups: Ints, folds: int, seed: int = 0) -> Ints:
    """A fold number for each row of ``gold`` and ``groups`` (rows,): a group stays whole, labels are spread evenly.

    Greedy: the largest groups first, each into the fold that has least of its labels and then fewest rows.
    """
    generator = np.random.default_rng(seed)
    members: dict[int, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(int(group), []).append(row)
    order = sorted(generator.permutation(list(members)), key=lambda group: -len(members[group]))
    held = np.zeros((folds, int(gold.max()) + 1))
    result = np.zeros(len(gold), dtype=np.int64)
    for group in order:
        rows = members[group]
        counts = np.bincount(gold[rows], minlength=held.shape[1])
        burden = held @ counts / counts.sum() + 1e-3 * held.sum(axis=1)
        fold = int(np.argmin(burden))
        held[fold] += counts
        result[rows] = fold
    return result
