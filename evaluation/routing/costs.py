"""What wrong dispatching costs: an order sent to the wrong department comes back, and some mistakes are dearer.

Costs are in whatever unit the hall counts in (working days lost, a returned order); without a table every mistake
costs 1. Asking a person costs less than a mistake: the cheapest threshold weighs both (Chow, "On optimum recognition
error and reject tradeoff", 1970).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.measures import Floats, Interval, Ints, mean_intervals
from evaluation.routing.outcomes import Outcomes
from knowledge_base.errors import BadTable
from knowledge_base.tables import read_csv, read_text

ANY = "*"
_POINTS = 100


@dataclass(frozen=True)
class Costs:
    """``pairs[right, given]`` is what sending an order of ``right`` to ``given`` costs; ``*`` stands for any.

    The most particular entry counts: the pair, then the right department, then the given one, then ``default``.
    ``question`` is what asking a person costs; ``None`` where nobody said.
    """

    default: float = 1.0
    pairs: Mapping[tuple[str, str], float] = field(default_factory=dict)
    question: float | None = None

    def of(self, right: str, given: str) -> float:
        """The cost of one order."""
        if right == given:
            return 0.0
        keys = ((right, given), (right, ANY), (ANY, given))
        return next((self.pairs[key] for key in keys if key in self.pairs), self.default)

    def matrix(self, labels: tuple[str, ...]) -> Floats:
        """Costs of shape ``(labels, labels + 1)``: rows right, columns given, the last one no department at all."""
        return np.array([[self.of(right, given) for given in labels] + [self.default] for right in labels])


@dataclass(frozen=True)
class DepartmentCost:
    """What the mistakes on orders of one department cost, and where most of that comes from."""

    department: str
    orders: int
    cost: float
    per_order: float
    dearest: str


@dataclass(frozen=True)
class ThresholdCost:
    """Below ``threshold`` a person is asked: share of ``questions``, cost of mistakes an order, cost of both."""

    threshold: float
    questions: float
    mistakes: float
    total: float | None


@dataclass(frozen=True)
class CostFigures:
    """Costs an order unless said otherwise. ``worth`` is what the router's threshold says a question is worth.

    ``cheapest`` is the cut of the least total, known where a question has a cost; it is found on these very orders, so
    that others will cost a little more.
    """

    everything: float
    interval: Interval
    departments: tuple[DepartmentCost, ...]
    at_threshold: ThresholdCost
    worth: float
    cheapest: ThresholdCost | None
    curve: tuple[ThresholdCost, ...]

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "per_order_without_questions": self.everything,
            "interval": list(self.interval),
            "by_department": [vars(row) for row in self.departments],
            "at_abstention_threshold": vars(self.at_threshold),
            "a_question_is_worth": self.worth,
            "cheapest_threshold": vars(self.cheapest) if self.cheapest else None,
            "curve": [vars(point) for point in self.curve],
        }


def cost_figures(outcomes: Outcomes, costs: Costs, groups: Ints, *, rounds: int = 1000) -> CostFigures:
    """What the first choices cost, in all, by the right department, and where the unsure ones are asked about."""
    paid = costs.matrix(outcomes.labels)[outcomes.gold, outcomes.first]
    interval = mean_intervals({"cost": paid}, groups=groups, rounds=rounds)["cost"]
    cuts = np.unique(np.quantile(outcomes.confidence, np.linspace(0, 1, _POINTS), method="nearest"))
    curve = tuple(_at(outcomes, paid, float(cut), costs.question) for cut in (*cuts.tolist(), 1.01))
    price = costs.default
    return CostFigures(
        float(paid.mean()),
        interval,
        _departments(outcomes, paid),
        _at(outcomes, paid, outcomes.threshold, costs.question),
        max(0.0, 1 - outcomes.threshold) * price,
        min(curve, key=lambda point: point.total or 0.0) if costs.question is not None else None,
        curve,
    )


def read_costs(path: Path) -> Costs:
    """A CSV of ``right,given,cost`` (应派,误派,代价), or JSON of ``default``, ``question`` and ``pairs``, right first.

    In the CSV, right and given both ``*`` set the default, and a given of ``?`` sets the cost of a question.
    Raises BadTable.
    """
    if path.suffix.lower() == ".json":
        return _from_json(path)
    pairs: dict[tuple[str, str], float] = {}
    header = read_text(path).lstrip("\ufeff").split("\n", 1)[0]
    names = ("应派", "误派", "代价") if "应派" in header else ("right", "given", "cost")
    for number, row in enumerate(read_csv(path, names), start=1):
        right, given = row[names[0]].strip(), row[names[1]].strip()
        pairs[right, given] = _cost(path, f"row {number}", row[names[2]])
    default, question = pairs.pop((ANY, ANY), 1.0), pairs.pop((ANY, "?"), None)
    return Costs(default, pairs, question)


def _from_json(path: Path) -> Costs:
    try:
        found = json.loads(read_text(path))
    except ValueError as error:
        raise BadTable(f"{path} is not JSON. Write {{right: {{given: cost}}}} under pairs, or use a CSV.") from error
    given = found.get("pairs", {}) if isinstance(found, dict) else None
    if not isinstance(given, dict) or not all(isinstance(row, dict) for row in given.values()):
        raise BadTable(f"{path} holds no costs. Write {{right: {{given: cost}}}} under pairs, or use a CSV.")
    pairs = {(r, g): _cost(path, f"{r} to {g}", cost) for r, row in given.items() for g, cost in row.items()}
    question = found.get("question")
    return Costs(
        _cost(path, "default", found.get("default", 1.0)),
        pairs,
        None if question is None else _cost(path, "question", question),
    )


def _cost(path: Path, where: str, value: object) -> float:
    try:
        cost = float(str(value).strip())
    except ValueError:
        cost = -1.0
    if not math.isfinite(cost) or cost < 0:
        raise BadTable(f"{path}, {where}: the cost is no number of at least 0. Write it as 1 or 2.5.")
    return cost


def _at(outcomes: Outcomes, paid: Floats, threshold: float, question: float | None) -> ThresholdCost:
    kept = outcomes.confidence >= threshold
    questions, mistakes = float(1 - kept.mean()), float(paid[kept].sum() / len(paid))
    return ThresholdCost(threshold, questions, mistakes, None if question is None else mistakes + question * questions)


def _departments(outcomes: Outcomes, paid: Floats) -> tuple[DepartmentCost, ...]:
    found = []
    for number, label in enumerate(outcomes.labels):
        rows = outcomes.gold == number
        if not rows.any():
            continue
        by_given = np.bincount(outcomes.first[rows] + 1, weights=paid[rows], minlength=len(outcomes.labels) + 1)
        worst = int(by_given.argmax()) - 1
        dearest = outcomes.labels[worst] if worst >= 0 and by_given.max() > 0 else ""
        found.append(DepartmentCost(label, int(rows.sum()), float(paid[rows].sum()), float(paid[rows].mean()), dearest))
    return tuple(sorted(found, key=lambda row: -row.cost))
