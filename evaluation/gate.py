"""A gate for machines: figures that must be reached, such as ``accuracy=0.78``, and words for those that are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    """``name`` must reach ``value``; ``accuracy.low`` is the lower end of accuracy's interval."""

    name: str
    value: float

    @property
    def at_most(self) -> bool:
        """Whether less is better."""
        return self.name in _AT_MOST


def parse_demands(given: Sequence[str]) -> list[Demand]:
    """From ``name=value``. Raises BadInput naming what can be demanded."""
    return [_demand(one) for one in given]


def missed(demands: Sequence[Demand], figures: Mapping[str, Any]) -> list[str]:
    """A few words for each demand that ``figures`` (as in the JSON) miss. Raises BadInput for what was not counted."""
    found = []
    for demand in demands:
        value = _value(demand.name, figures)
        if value > demand.value if demand.at_most else value < demand.value:
            found.append(
                f"{demand.name} is {value:.4g}, {'at most' if demand.at_most else 'at least'} {demand.value:g}"
            )
    return found


def _demand(given: str) -> Demand:
    name, _, value = given.partition("=")
    known = [*_AT_LEAST, *_AT_MOST]
    bare = name.strip().removesuffix(_LOW)
    try:
        number = float(value)
    except ValueError:
        raise BadInput(f"--require {given} is not NAME=NUMBER. Write for example --require accuracy=0.78.") from None
    if bare not in known:
        raise BadInput(f"--require knows no figure {name!r}. Name one of {', '.join(known)}.")
    return Demand(name.strip(), number)


def _value(name: str, figures: Mapping[str, Any]) -> float:
    if name.endswith(_LOW):
        interval = figures["intervals"].get(name.removesuffix(_LOW))
        if interval is None:
            raise BadInput(f"--require {name}: that figure has no interval. Demand {name.removesuffix(_LOW)} itself.")
        return float(interval[0])
    nested = {
        "leaked": ("leaks", "--train-data"),
        "given_away": ("giveaways", ""),
        "cost": ("costs", "--costs"),
    }
    if name not in nested:
        return float(figures[name])
    section, option = nested[name]
    if not figures.get(section):
        raise BadInput(f"--require {name}: it was not counted. Give {option} too.")
    return float(figures[section]["per_order_without_questions" if name == "cost" else name])
