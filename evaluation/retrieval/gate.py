"""What can be demanded of a retrieval evaluation by ``--require``; see :mod:`evaluation.gate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from copilot.errors import BadInput
from evaluation.gate import Gate, low_end
from evaluation.retrieval.rank_measures import MEASURES

_CARDS = ("shown", "first_right", "any_right", "answered", "precision")
_TIMES = ("p50", "p95", "cpu_p50", "cpu_p95")
_WITHIN = "shown_at_5"
_OUTSIDE = "give --out-of-scope, or a threshold that shows something"
_SECTIONS = (
    (_TIMES, ("latency_ms",), "leave out --no-latency"),
    (("ece",), ("cards",), "ask questions that find anything"),
    ((*_CARDS, "false_cards"), ("cards", "at_served_threshold"), _OUTSIDE),
    ((_WITHIN,), ("cards", "at_5_percent_false_cards_other_half"), "give --out-of-scope"),
)


def _value(name: str, figures: Mapping[str, Any]) -> float:
    bare, _, rate = name.partition(":")
    if rate:
        return _misheard(name, bare, rate, figures)
    low = low_end(name, figures)
    if low is not None:
        return low
    for names, section, help_ in _SECTIONS:
        if name in names:
            found = figures
            for step in section:
                found = found[step] or {}
            return _counted(name, found.get(name.removesuffix("_at_5")), help_)
    return float(figures[name])


def _misheard(name: str, bare: str, rate: str, figures: Mapping[str, Any]) -> float:
    found = next((one for one in figures["noise"] if f"{one['rate']:g}" == rate.removesuffix(".low")), None)
    if found is None:
        raise BadInput(f"--require {name}: nothing was asked misheard at that rate. Give --misheard {rate} too.")
    if bare == "fall":
        return float(found["fall_points"]["hit@5"])
    return _counted(name, found.get(bare), "name a measure of ranking, as hit@5:0.2")


def _counted(name: str, value: float | None, help_: str) -> float:
    if value is None:
        raise BadInput(f"--require {name}: it was not counted. To have it counted, {help_}.")
    return float(value)


RETRIEVAL = Gate(
    (*MEASURES, "n", *_CARDS, _WITHIN), ("false_cards", "ece", "fall", *_TIMES), _value, "hit@5=0.97", rates=True
)
