"""A comparison said in one sentence, in Chinese and in English, and as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from evaluation.routing.comparison import Comparison, Difference


@dataclass(frozen=True, slots=True)
class Verdict:
    """``kind`` of the second against the first, and the sentence that says it."""

    kind: Literal["better", "worse", "undecided"]
    chinese: str
    english: str


def verdict(compared: Comparison) -> Verdict:
    """What the figures allow to say, and no more."""
    accuracy, n = compared.differences["accuracy"], compared.n
    test = f"McNemar p {p_words(compared.mcnemar.p)}"
    if compared.significant:
        kind, chinese, english = ("better", "更好", "better") if compared.better else ("worse", "更差", "worse")
        return Verdict(
            "better" if kind == "better" else "worse",
            f"{chinese}：{n} 件工单上准确率 {points(accuracy, '个百分点')}，{test}。",
            f"{english.capitalize()}: accuracy {points(accuracy, 'points')} on {n} orders, {test}.",
        )
    return Verdict(
        "undecided",
        f"{n} 件工单看不出差别：准确率 {points(accuracy, '个百分点')}，{test}。{_outlook_chinese(compared)}",
        f"No difference that {n} orders could show: accuracy {points(accuracy, 'points')}, {test}. "
        f"{_outlook(compared)}",
    )


def points(found: Difference, unit: str) -> str:
    """``+1.8 points (+0.6 to +3.0)``."""
    low, high = found.interval
    between = " to " if unit == "points" else " 至 "
    return f"{found.difference * 100:+.1f} {unit} ({low * 100:+.1f}{between}{high * 100:+.1f})"


def as_json(compared: Comparison) -> dict[str, Any]:
    """The comparison for machines: differences by measure, the test, the verdict, departments."""
    said = verdict(compared)
    return {
        "n": compared.n,
        "groups": compared.groups,
        "verdict": said.kind,
        "sentence": said.english,
        "sentence_zh": said.chinese,
        "mcnemar": asdict(compared.mcnemar),
        "differences": {
            name: {
                "first": found.first,
                "second": found.second,
                "difference": found.difference,
                "interval": list(found.interval),
                "left_out": found.left_out,
            }
            for name, found in compared.differences.items()
        },
        "orders_needed": compared.needed,
        "detectable_difference": compared.detectable,
        "departments": [asdict(score) for score in compared.departments],
    }


def _outlook(compared: Comparison) -> str:
    seen = (
        f"{compared.n} orders show a difference of {compared.detectable * 100:.1f} points four times out of five"
        if compared.detectable < 1
        else "The two part too seldom for a difference to be shown on so few orders"
    )
    return f"{seen}." if compared.needed is None else f"{seen}; one like this needs about {compared.needed}."


def _outlook_chinese(compared: Comparison) -> str:
    seen = (
        f"{compared.n} 件能以八成把握看出 {compared.detectable * 100:.1f} 个百分点的差别"
        if compared.detectable < 1
        else "两者分歧太少，这么多工单还看不出差别"
    )
    return f"{seen}。" if compared.needed is None else f"{seen}；要确认这样的差别约需 {compared.needed} 件。"


def left_out_words(compared: Comparison) -> tuple[str, str] | None:
    """In Chinese and English: in how many resamples a router recommended nothing. ``None`` where each had something."""
    share = max(found.left_out for found in compared.differences.values())
    if not share:
        return None
    said = f"{share:.1%}" if share >= 0.001 else "< 0.1%"  # noqa: PLR2004 - what one decimal can show
    return (
        f"{said} 的重抽样中有一方一件也没有推荐，推荐时的准确率的区间不含这些。",
        f"In {said} of the resamples one of the two recommended nothing; the precision's interval is without them.",
    )


def p_words(p: float) -> str:
    """``= 0.012``, or ``< 0.001``."""
    return "< 0.001" if p < 0.001 else f"= {p:.3f}"  # noqa: PLR2004 - smaller ones say nothing more
