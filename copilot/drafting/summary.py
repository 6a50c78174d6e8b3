"""诉求内容: sentences of the citizen, chosen and lightly cleaned, in the order they were said. Nothing is rephrased."""

from __future__ import annotations

import re
from collections.abc import Sequence

from copilot.appeal import AppealKind
from copilot.drafting.spoken import (
    is_announcement,
    is_courtesy,
    is_personal,
    sentences,
    small_numbers,
    tidy,
    without_lead,
)
from copilot.suggestion import Choice, Reason

# Characters of an order's content that a dispatcher reads at a glance.
_LONGEST = 160
_SHORTEST_SENTENCE = 4
_VERB = {
    AppealKind.ENQUIRY: "咨询",
    AppealKind.HELP: "求助",
    AppealKind.COMPLAINT: "反映",
    AppealKind.REPORT: "举报",
    AppealKind.PROPOSAL: "建议",
    AppealKind.PRAISE: "表扬",
}
_FACT = re.compile(
    r"\d|[一二三四五六七八九十两半几]+(?:个|天|年|月|点|次|块|万|千|百|多|号|栋|楼|盏|户|岁)|天天|每天|晚上|凌晨|早上|昨|上个|今年|去年|没|不|坏|要求|赶紧|尽快|管一管|希望|能不能|"
    r"什么|怎么|多少|哪|吗|投诉|举报|建议|表扬|咨询|区|路|街|小区|镇|村|公司|店|厂"
)
_ASKED_AND_ANSWERED = re.compile(r"^(?:啊|哦|这样|还要|那我可|有点贵)")


def matters(citizen: Sequence[str]) -> list[str]:
    """The sentences that say something about the matter, cleaned, in order, each once."""
    kept: list[str] = []
    for said in citizen:
        for sentence in sentences(said):
            clean = tidy(sentence)
            if _says_something(clean) and clean not in kept:
                kept.append(clean)
    return kept


def _says_something(sentence: str) -> bool:
    words = re.sub(r"[^\w]", "", sentence)
    empty = is_courtesy(sentence) or is_announcement(sentence) or is_personal(sentence)
    return len(words) >= _SHORTEST_SENTENCE and not empty


def summaries(citizen: Sequence[str], kind: AppealKind | None) -> tuple[Choice[str], ...]:
    """A draft of the order's content; empty where the citizen has said nothing to the matter.

    Sentences with facts (numbers, times, places, demands, questions) go first when not all fit; the first sentence
    always stays, for it names the matter.
    """
    said = matters(citizen)
    if not said:
        return ()
    chosen, length = {0}, len(said[0])
    for i in sorted(range(1, len(said)), key=lambda i: (-_worth(said[i]), i)):
        if _worth(said[i]) > 0 and length + len(said[i]) <= _LONGEST:
            chosen.add(i)
            length += len(said[i])
    first = without_lead(said[0])  # 市民咨询：我想咨询一下 says it twice
    if _says_something(first):
        said[0] = first
    body = "".join(_ended(small_numbers(said[i])) for i in sorted(chosen))
    verb = _VERB[kind] if kind is not None else "反映"
    reason = Reason("quote", f"摘自来电人的{len(chosen)}句话（共{len(said)}句）", "原话摘录")
    return (Choice(f"市民{verb}：{body}", 0.6, (reason,)),)


def _worth(sentence: str) -> int:
    return 0 if _ASKED_AND_ANSWERED.match(sentence) else len(_FACT.findall(sentence))


def _ended(sentence: str) -> str:
    return sentence if sentence[-1] in "。！？!?" else sentence + "。"
