"""All that an evaluator wants to know of a router on one table of orders, put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evaluation.routing.confusion_pairs import ConfusionPair, confusion_pairs
from evaluation.routing.costs import CostFigures, Costs, cost_figures
from evaluation.routing.drift import Drift, drift, half_of_months
from evaluation.routing.figures import RoutingFigures, routing_figures
from evaluation.routing.giveaways import GiveawayFigures, giveaways
from evaluation.routing.judged_orders import JudgedOrders
from evaluation.routing.leaks import LeakFigures, leak_figures, twins
from evaluation.routing.outcomes import Outcomes
from evaluation.routing.slices import MONTHS, Slice, customary_columns, made_columns, slice_figures
from evaluation.routing.spoken_orders import SpokenFigures
from evaluation.routing.told_categories import CategoryFigures

Progress = Callable[[str, int, int], None]
"""Called with a step (figures, leaks, drift), how much is done, and of how much."""

_SHUFFLES = 200


@dataclass(frozen=True)
class RoutingEvaluation:
    """Figures and what stands beside them; what was not asked for is ``None`` or empty."""

    figures: RoutingFigures
    pairs: tuple[ConfusionPair, ...] = ()
    slices: tuple[Slice, ...] = ()
    giveaways: GiveawayFigures | None = None
    leaks: LeakFigures | None = None
    costs: CostFigures | None = None
    drifts: tuple[Drift, ...] = ()
    spoken: SpokenFigures | None = None
    categories: CategoryFigures | None = None
    learning_curve: Mapping[str, Any] | None = None
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The figures under the names that the command line promises, and each section under its own."""
        single = {
            "giveaways": self.giveaways,
            "leaks": self.leaks,
            "costs": self.costs,
            "spoken": self.spoken,
            "with_category": self.categories,
        }
        return {
            **self.figures.as_json(),
            "confusion_pairs": [pair.as_json() for pair in self.pairs],
            "slices": [one.as_json() for one in self.slices],
            **{name: section.as_json() for name, section in single.items() if section is not None},
            "drift": [one.as_json() for one in self.drifts],
            **({"learning_curve": dict(self.learning_curve)} if self.learning_curve else {}),
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Wishes:
    """What to look at: columns to slice by (none: the customary ones), the training table, costs, a dividing month."""

    slices: Sequence[str] = ()
    training: JudgedOrders | None = None
    costs: Costs | None = None
    since: str = ""
    aliases: Mapping[str, Sequence[str]] | None = None
    rounds: int = 1000


def evaluate_orders(orders: JudgedOrders, outcomes: Outcomes, wishes: Wishes, progress: Progress) -> RoutingEvaluation:
    """Everything but :mod:`evaluation.routing.spoken_orders`, which needs the router. ``outcomes``: of ``orders``."""
    progress("figures", 0, 1)
    figures = routing_figures(outcomes, groups=orders.groups, rounds=wishes.rounds)
    progress("figures", 1, 1)
    sliced = slice_figures(outcomes, _columns(orders, wishes), orders.groups)
    costs = cost_figures(outcomes, wishes.costs or Costs(), orders.groups, rounds=wishes.rounds)
    return RoutingEvaluation(
        figures,
        confusion_pairs(outcomes, orders.ids),
        sliced,
        giveaways(outcomes, orders.texts, orders.labels, orders.groups, wishes.aliases),
        _leaks(orders, outcomes, wishes.training, progress) if wishes.training else None,
        costs,
        _drifts(orders, outcomes, wishes, progress),
        notes=orders.notes,
    )


def _columns(orders: JudgedOrders, wishes: Wishes) -> dict[str, Sequence[str]]:
    names = customary_columns(list(orders.columns), wishes.slices)
    found: dict[str, Sequence[str]] = {"月份 month": orders.months} if orders.months else {}
    found |= {name: orders.columns[name] for name in names if not (orders.months and name in MONTHS)}
    return found | made_columns(orders.texts, orders.labels)


def _leaks(orders: JudgedOrders, outcomes: Outcomes, training: JudgedOrders, progress: Progress) -> LeakFigures:
    found = twins(orders.texts, training.texts, lambda done: progress("leaks", done, len(orders.texts)))
    return leak_figures(outcomes, found, orders.labels, training.labels, orders.groups, orders.ids)


def _drifts(orders: JudgedOrders, outcomes: Outcomes, wishes: Wishes, progress: Progress) -> tuple[Drift, ...]:
    """The later months against the earlier ones, and the evaluated table against the training one."""
    found = []
    since = wishes.since or half_of_months(orders.months)
    later = np.array([month >= since for month in orders.months], dtype=np.bool_)
    if since and later.any() and not later.all():
        names = (f"< {since}", f"≥ {since}")
        found.append(
            drift(orders, later, names, outcomes, rounds=_SHUFFLES, progress=lambda n: progress("drift", n, _SHUFFLES))
        )
    if wishes.training:
        both, evaluated = _joined(wishes.training, orders), np.arange(len(orders.texts) + len(wishes.training.texts))
        found.append(
            drift(
                both,
                evaluated >= len(wishes.training.texts),
                ("训练 training", "评估 evaluated"),
                rounds=_SHUFFLES,
                progress=lambda n: progress("drift_training", n, _SHUFFLES),
            )
        )
    return tuple(found)


def _joined(first: JudgedOrders, second: JudgedOrders) -> JudgedOrders:
    groups = np.concatenate([first.groups, second.groups + first.groups.max() + 1])
    return replace(
        first,
        texts=first.texts + second.texts,
        labels=first.labels + second.labels,
        groups=groups,
        ids=first.ids + second.ids,
        months=(),
        columns={},
    )
