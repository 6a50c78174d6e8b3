"""Pages of the learning curve and of splits; see :mod:`evaluation.reports.page`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluation.reports.page import template
from evaluation.reports.trend_charts import learning_picture, splits_picture
from evaluation.routing.figures import PRECISION_TARGET
from evaluation.routing.splits import SplitComparison

_SPLITS = {"time": "按时间 time", "random": "随机 random"}
_KEPT = {"yes": "守住 kept", "no": "未守住 broken", "unclear": "区间包含承诺值，不能断定 within the interval, unclear"}


def learning_curve_report(curve: Mapping[str, Any], facts: Mapping[str, str]) -> str:
    """The page of a learning curve, given as its JSON."""
    picture = learning_picture(curve["points"])
    return template("learning_curve_page.html").render(curve=curve, facts=facts, learning_picture=picture)


def splits_report(comparison: SplitComparison, facts: Mapping[str, str]) -> str:
    """The page of a time split beside random ones."""
    names = [_name(split.how) for split in comparison.splits]
    return template("splits.html").render(
        comparison=comparison,
        facts=facts,
        names=names,
        kept=_KEPT,
        target=PRECISION_TARGET,
        splits_picture=splits_picture(comparison.splits, names, PRECISION_TARGET),
    )


def _name(how: str) -> str:
    """``random 2`` in both languages."""
    kind, _, number = how.partition(" ")
    return f"{_SPLITS[kind]} {number}".strip()
