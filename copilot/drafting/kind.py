"""诉求类型: what kind of appeal it is, by weighted rules kept as data."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from copilot.appeal import AppealKind
from copilot.suggestion import Choice, Reason
from knowledge_base.sounds import find_sound

# Later sentences of a call are mostly answers to the agent: only a stated purpose still counts there in full.
_OPENING = 2
_LATER = 0.35
# Below this sum of weights nothing speaks for any kind.
_ENOUGH = 1.2
# Rules are never surer than this.
_SUREST = 0.97
# Divides the sums before the softmax, so that the best kind is as likely as it is often right on the sample appeals.
_TEMPERATURE = 0.9


@dataclass(frozen=True, slots=True)
class KindRule:
    """Words that speak for a kind."""

    kind: AppealKind
    weight: float
    pattern: re.Pattern[str]
    stated: bool
    reason: str = ""
    sounds: tuple[str, ...] = ()


def kind_rules(content: Mapping[str, Any]) -> tuple[KindRule, ...]:
    """The rules of a parsed ``kind.toml``. Raises KeyError, ValueError or re.error where they are malformed."""
    return tuple(
        KindRule(
            AppealKind(row["kind"]),
            float(row["weight"]),
            re.compile(row["pattern"]),
            bool(row.get("stated")),
            str(row.get("reason", "")),
            tuple(row.get("sounds", ())),
        )
        for row in content["rule"]
    )


def kinds(rules: Sequence[KindRule], utterances: Sequence[str]) -> tuple[Choice[AppealKind], ...]:
    """The kinds that anything speaks for, likeliest first; empty where nothing does.

    ``utterances`` are the citizen's, in order, without mere courtesies.
    """
    scores: dict[AppealKind, float] = {}
    words: dict[AppealKind, list[str]] = {}
    for rule in rules:
        weight, heard = _weight(rule, utterances)
        if weight:
            scores[rule.kind] = scores.get(rule.kind, 0.0) + weight
            words.setdefault(rule.kind, []).append(heard)
    if max(scores.values(), default=0.0) < _ENOUGH:
        return ()
    total = math.fsum(math.exp(s / _TEMPERATURE) for s in scores.values()) + len(AppealKind) - len(scores)
    ranked = sorted(scores, key=lambda k: -scores[k])
    return tuple(
        Choice(k, min(_SUREST, math.exp(scores[k] / _TEMPERATURE) / total), _reasons(k, words[k])) for k in ranked
    )


def _weight(rule: KindRule, utterances: Iterable[str]) -> tuple[float, str]:
    for position, text in enumerate(utterances):
        if heard := _heard(rule, text):
            weight = rule.weight * (1.0 if rule.stated or position < _OPENING else _LATER)
            return weight, rule.reason or f"说了“{heard}”"
    return 0.0, ""


def _heard(rule: KindRule, text: str) -> str:
    """The words of ``text`` that the rule is about, as written or by sound; empty where there are none."""
    if (found := rule.pattern.search(text)) is not None:
        return found[0].strip(" ，,。？?") or found[0]
    for phrase in rule.sounds:
        if (start := find_sound(text, phrase, folded=True)) >= 0:
            return text[start : start + len(phrase)]
    return ""


def _reasons(kind: AppealKind, heard: Iterable[str]) -> tuple[Reason, ...]:
    return tuple(Reason("rule", words, f"诉求类型规则：{kind.value}") for words in heard)
