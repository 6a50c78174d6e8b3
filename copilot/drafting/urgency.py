"""紧急程度: life and limb from the emergency rules, hours from the rules of this folder, else ordinary."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.appeal import Urgency
from copilot.suggestion import Choice, Reason
from copilot.urgency_detector import UrgencyDetector


@dataclass(frozen=True, slots=True)
class UrgentRule:
    """Words that make an appeal urgent, and why."""

    why: str
    pattern: re.Pattern[str]


def urgent_rules(content: Mapping[str, Any]) -> tuple[UrgentRule, ...]:
    """The rules of a parsed ``urgent.toml``. Raises KeyError or re.error where they are malformed."""
    return tuple(UrgentRule(row["why"], re.compile(row["pattern"])) for row in content["rules"])


def urgencies(
    detector: UrgencyDetector, rules: Sequence[UrgentRule], citizen: Sequence[str]
) -> tuple[Choice[Urgency], ...]:
    """How urgent the appeal is, by the most pressing thing that was said in any utterance."""
    for said in citizen:
        if (sign := detector.detect(said)) is not None:
            reason = Reason("rule", f"说了“{sign.phrase}”", f"紧急警情规则：{sign.category}")
            return (Choice(sign.urgency, 0.9, (reason,)), Choice(Urgency.URGENT, 0.08))
    for rule in rules:
        for said in citizen:
            if (found := rule.pattern.search(said)) is not None:
                reason = Reason("rule", f"说了“{found[0]}”", f"紧急程度规则：{rule.why}")
                return (Choice(Urgency.URGENT, 0.7, (reason,)), Choice(Urgency.NORMAL, 0.28))
    return (Choice(Urgency.NORMAL, 0.8, (Reason("rule", "没有听到紧急用语", "紧急程度规则"),)),)
