"""Lost, worn out, run out, for the first time: what happened to somebody, and what a rule holds for.

An article on a paper says in neighbouring sentences what the first one costs, what a lost one, and how it is renewed.
They share their words with each other and hardly any with the citizen, who says 丢了 or 不见了 where the rule says
遗失补领. So what happened is recognised on both sides, and a sentence for another case does not answer. Where a rule
begins with a condition (逾期未签注的，…补办签注后恢复) that says what it holds for, whatever follows.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Circumstance:
    """How citizens put it, how rules put it, and what it is a case of: those of one ``matter`` do not part rules.

    ``apart``: who has it may have any other as well, so alone it speaks against no rule (a hurry, whatever happened).
    """

    told: re.Pattern[str]
    held: re.Pattern[str]
    matter: str
    apart: bool = False


def _circumstance(matter: str, told: str, held: str, *, apart: bool = False) -> _Circumstance:
    return _Circumstance(re.compile(told), re.compile(held), matter, apart)


_NOBODY = r"(?!)"
"""Who says that it hardly smells may be wrong, and what a strong smell demands does no harm then."""

_KNOWN = (
    _circumstance(
        "loss",
        r"(?<!乱)丢(?![弃到在下进人]|垃圾|东西)|遗失|弄没|不见了|被偷|[证照卡本簿牌票章]\w?掉了|"
        r"找不[到着](?!人|谁|老板|地方|单位|工作|电话)|补[办领证卡发]|补[一上]?[张个本]",
        r"遗失|丢失|灭失|挂失|补[领办证卡发]",
    ),
    _circumstance("damage", r"坏了|破了|弄坏|摔坏|损坏|损毁|磨损|看不清", r"损坏|破损|损毁|毁损|污损"),
    _circumstance(
        "first", r"第一[次回]|首次|头一[次回]|初次|新办|从没|没[办买领]过", r"首次|初次|第一次|新办|首套|从未"
    ),
    _circumstance("change", r"变更|变了|改名|更名|更正|写错|改一下", r"变更|更正|更改|更名"),
    _circumstance("end", r"注销|销户|取消|停办|不开了|关店", r"注销|销户|取消|终止|停业"),
    _circumstance("validity", r"到期|(?:快|要|没).{0,3}过期|期满|续[期签办一上]", r"到期|期满|届满|续[期签]|延续"),
    _circumstance(
        "validity",
        r"(?<![快要没])过期(?![的变食])|过了.{0,4}期|逾期|超期|没按[时期]|错过|晚了|忘了?[办签缴交报续验认登年]",
        r"过期|逾期|超过.{0,6}期|未按[时期]",
    ),
    _circumstance(
        "strong",
        r"(?<!不)(?<!不太)(?<!不是很)(?<!不怎么)(?<!没那么)(?:浓(?![度缩])|呛|刺鼻|冲鼻|熏人)|"
        r"[味烟火](?:道|儿|势|气|雾)?(?:很|好|太|特别|非常|越来越|这么|那么|真|挺|比较|有点)?[重大猛]",
        r"浓烈|浓重|强烈|刺鼻|火势(?:较|很|过)?大",
    ),
    _circumstance("faint", _NOBODY, r"很淡|较淡|(?<!情节)(?<!行为)轻微(?!违法)|微弱|火势(?:较|很)?小"),
    _circumstance(
        "hurry", r"急[用着等]|着急|明天|今天就|马上要|等不[了及]|来不及", r"急用|加急|紧急|来不及", apart=True
    ),
)

_DENIED = re.compile(
    r"(?:(?<!有)没有?|(?<!是)不是|并非|未)(?:弄|被|摔)?(?:丢|遗失|坏|破|损坏|磨损|首次|初次|第一[次回])"
)
"""What did not happen: 身份证没丢. That something was not renewed or cancelled yet (没注销) is told, though."""

_CONDITION = re.compile(r"[^，,。；;：:]{2,30}的[，,]")


def condition_of(sentence: str) -> str:
    """The condition that ``sentence``, without its number, begins with; all of it where it begins with none."""
    begins = _CONDITION.match(sentence)
    return begins[0] if begins else sentence


def told_in(question: str) -> frozenset[int]:
    """The circumstances that a citizen tells in ``question``; none where nothing is said of any."""
    told = _DENIED.sub("", question)
    return frozenset(n for n, one in enumerate(_KNOWN) if one.told.search(told))


def fit(told: Set[int], sentence: str) -> int:
    """1 where ``sentence``, without its number, holds for one of ``told``, -1 where for others only, else 0."""
    rule = condition_of(sentence)
    held = {n for n, one in enumerate(_KNOWN) if one.held.search(rule)} if told else set()
    if not held or held & told:
        return int(bool(held))
    happened = {_KNOWN[n].matter for n in told if not _KNOWN[n].apart}
    return 0 if not happened or happened & {_KNOWN[n].matter for n in held} else -1
