"""A gate for machines: figures that must be reached, such as ``accuracy=0.78``, and words for those that are not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.errors import BadInput

_AT_LEAST = (
    "accuracy",
    "macro_f1",
    "top3",
    "coverage_at_95",
    "coverage_at_threshold",
    "precision_at_threshold",
    "n",
)
_AT_MOST = ("ece", "leaked", "given_away", "cost")
_LOW = ".low"


@dataclass(frozen=True)
class Demand:
    """``name`` must reach ``value``, or stay below it; ``accuracy.low`` is the lower end of accuracy's interval."""

    name: str
    value: float
    at_most: bool = False


@dataclass(frozen=True)
class Gate:
    """What can be demanded of figures: names where more is better, where less is, and how to find one in the JSON.

    ``value`` raises BadInput for what was not counted. With ``rates``, a name may end in a rate, as in ``hit@5:0.2``.
    """

    at_least: tuple[str, ...]
    at_most: tuple[str, ...]
    value: Callable[[str, Mapping[str, Any]], float]
    example: str
    rates: bool = False


def parse_demands(given: Sequence[str], gate: Gate | None = None) -> list[Demand]:
    """From ``name=value``. Raises BadInput naming what can be demanded."""
    return [_demand(one, gate or ROUTING) for one in given]


def missed(demands: Sequence[Demand], figures: Mapping[str, Any], gate: Gate | None = None) -> list[str]:
    """A few words for each demand that ``figures`` (as in the JSON) miss. Raises BadInput for what was not counted."""
    found = []
    for demand in demands:
        value = (gate or ROUTING).value(demand.name, figures)
        # Asked this way round, what is no number at all has not reached anything.
        if not (value <= demand.value if demand.at_most else value >= demand.value):
            found.append(
                f"{demand.name} is {value:.4g}, {'at most' if demand.at_most else 'at least'} {demand.value:g}"
            )
    return found


def low_end(name: str, figures: Mapping[str, Any]) -> float | None:
    """The lower end of an interval for a name such as ``accuracy.low``, else ``None``. Raises BadInput without one."""
    if not name.endswith(_LOW):
        return None
    interval = figures["intervals"].get(name.removesuffix(_LOW))
    if interval is None:
        raise BadInput(f"--require {name}: that figure has no interval. Demand {name.removesuffix(_LOW)} itself.")
    return float(interval[0])


def _demand(given: str, gate: Gate) -> Demand:
    name, _, value = given.partition("=")
    bare = name.strip().removesuffix(_LOW)
    bare = bare.partition(":")[0] if gate.rates else bare
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise BadInput(f"--require {given} is not NAME=NUMBER. Write for example --require {gate.example}.")
    if bare not in (*gate.at_least, *gate.at_most):
        raise BadInput(f"--require knows no figure {name!r}. Name one of {', '.join((*gate.at_least, *gate.at_most))}.")
    return Demand(name.strip(), number, bare in gate.at_most)


def _value(name: str, figures: Mapping[str, Any]) -> float:
    low = low_end(name, figures)
    if low is not None:
        return low
    nested = {
        "leaked": ("leaks", "--train-data"),
        "given_away": ("giveaways", ""),
        "cost": ("costs", "--costs"),
    }
    if name == "precision_at_threshold" and figures[name] is None:
        raise BadInput(f"--require {name}: nothing was sure enough to be recommended, so nothing is known of it.")
    if name not in nested:
        return float(figures[name])
    section, option = nested[name]
    if not figures.get(section):
        raise BadInput(f"--require {name}: it was not counted. Give {option} too.")
    return float(figures[section]["per_order_without_questions" if name == "cost" else name])


ROUTING = Gate(_AT_LEAST, _AT_MOST, _value, "accuracy=0.78")
