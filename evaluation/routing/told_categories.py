"""The same orders with their category told as well: what a confirmed category adds, and what a wrong one does.

Whoever filed the order chose category and department together, so these figures are no measure of how well a router
understands citizens. The text alone is what is promised; this is what more there is where a person says what it is
about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.measures import Bools, Interval, mean_intervals
from evaluation.routing.figures import figure_intervals, main_figures
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.leaks import Share, share_of
from evaluation.routing.outcomes import Outcomes, judge
from models.department_classifier import DepartmentClassifier, Ranking
from models.errors import ModelProblem
from models.routing.category_history import CategoryPath, category_path

WRONG = 0.2
_SHORTEST = 2
_LEVEL = re.compile(r"^(?:[\u4e00-\u9fff]{2,4}?市|市|省|区|县)")
_OFFICE = re.compile(r"(?:局|委员会|委|办公室|办|中心|支队|大队|集团|公司|管理处|处)$")


@dataclass(frozen=True)
class ToldFigures:
    """Main figures by the name that ``evaluate routing`` gives them, and their intervals.

    There is no ``precision_at_threshold`` where nothing was recommended.
    """

    values: Mapping[str, float]
    intervals: Mapping[str, Interval]

    def as_json(self) -> dict[str, Any]:
        """Both."""
        precision = self.values.get("precision_at_threshold")
        intervals = {name: list(span) for name, span in self.intervals.items()}
        return {**self.values, "precision_at_threshold": precision, "intervals": intervals}


@dataclass(frozen=True)
class CategoryFigures:
    """Of ``of`` orders the ``n`` with a category that the router knows: by text alone, told, and often told wrong.

    ``change`` is the gain in accuracy with its interval over pairs. ``naming`` orders have a category that names the
    right department; ``without_naming`` are the others, told.
    """

    of: int
    n: int
    text_only: ToldFigures
    told: ToldFigures
    wrong: ToldFigures
    change: float
    interval: Interval
    naming: int
    without_naming: Share
    every: Share

    def as_json(self) -> dict[str, Any]:
        """The figures by name."""
        return {
            "orders": self.of,
            "n": self.n,
            "text_only": self.text_only.as_json(),
            "told": self.told.as_json(),
            "wrong_share": WRONG,
            "wrong": self.wrong.as_json(),
            "accuracy_change": self.change,
            "accuracy_change_interval": list(self.interval),
            "naming_the_department": self.naming,
            "every": self.every.as_json(),
            "without_naming": self.without_naming.as_json(),
        }


@dataclass(frozen=True)
class _Told:
    """A router that is told a category with each text."""

    router: DepartmentClassifier
    categories: Sequence[CategoryPath]
    labels: Sequence[str]
    threshold: float

    def rank_many(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[Ranking]:
        return self.router.rank_many(texts, progress, categories=self.categories)


def category_figures(
    router: DepartmentClassifier,
    orders: JudgedOrders,
    columns: Sequence[str],
    written: Outcomes,
    *,
    rounds: int = 1000,
    progress: Callable[[int], None] | None = None,
) -> CategoryFigures:
    """Rank the orders again with what ``columns`` say, the broadest level first; ``written`` is without.

    Raises ModelProblem where the router knows none of the categories.
    """
    paths = [category_path(levels) for levels in zip(*(orders.columns[name] for name in columns), strict=True)]
    expert = router.history
    known = np.array([expert is not None and expert.history.knows(path) for path in paths], dtype=np.bool_)
    if expert is None or not known.any():
        raise ModelProblem(
            "The router knows none of these categories. Train it with hotline train routing --category, or leave the "
            "columns out."
        )
    some, told = orders.at(known), [path for path, knows in zip(paths, known, strict=True) if knows]
    groups, alone = some.groups, written.at(known)

    def ranked(categories: Sequence[CategoryPath], report: Callable[[int], None] | None = None) -> Outcomes:
        return judge(_Told(router, categories, router.labels, expert.threshold), some.texts, some.labels, report)

    def figures(outcomes: Outcomes) -> ToldFigures:
        return ToldFigures(main_figures(outcomes), figure_intervals(outcomes, groups, rounds))

    right = ranked(told, progress)
    gain = right.correct.astype(np.float64) - alone.correct
    change = mean_intervals({"change": gain}, groups=groups, rounds=rounds)["change"]
    named = names_department(told, some.labels)
    return CategoryFigures(
        len(paths),
        len(told),
        figures(alone),
        figures(right),
        figures(ranked(misfiled(told))),
        float(gain.mean()),
        change,
        int(named.sum()),
        share_of(right, ~named, groups),
        share_of(right, np.ones(len(told), dtype=np.bool_), groups),
    )


def misfiled(categories: Sequence[CategoryPath], share: float = WRONG, seed: int = 0) -> list[CategoryPath]:
    """The categories with ``share`` of them exchanged for another order's, drawn as often as they occur."""
    generator = np.random.default_rng(seed)
    found = list(categories)
    for row in np.flatnonzero(generator.random(len(found)) < share).tolist():
        others = [
            path for path in (categories[i] for i in generator.integers(len(found), size=20)) if path != found[row]
        ]
        found[row] = others[0] if others else found[row]
    return found


def names_department(categories: Sequence[CategoryPath], labels: Sequence[str]) -> Bools:
    """Whether a level of each category holds the right department's name, its rank (市) and kind (局) left aside."""
    stems = {label: _OFFICE.sub("", _LEVEL.sub("", label)) for label in set(labels)}
    return np.array(
        [
            len(stems[label]) >= _SHORTEST and any(stems[label] in level for level in path)
            for path, label in zip(categories, labels, strict=True)
        ],
        dtype=np.bool_,
    )
