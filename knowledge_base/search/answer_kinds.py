"""What kind of thing is asked for, and whether a sentence has such a thing: 多少钱 wants an amount, 多久 a duration.

Kinds of expected answers (Li and Roth, "Learning Question Classifiers", COLING 2002), as few as a telephone call needs.
A sentence without an amount does not answer 多少钱, whatever words it shares with the question; where somebody is sent,
or what to bring, is said in more ways, so that these kinds speak for a sentence less.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"[\d一二三四五六七八九十百千万两]"


@dataclass(frozen=True, slots=True)
class _Kind:
    """How it is asked for, and what an answer has."""

    asked: re.Pattern[str]
    told: re.Pattern[str]


def _kind(asked: str, told: str) -> _Kind:
    return _Kind(re.compile(asked), re.compile(told))


_NAMED = (
    _kind(  # an amount
        r"多少钱|[要收]钱|不要钱|收费|费用|免费|几块|[补贷报领赔]多少|多少[补钱]|几倍|百分之几|赔|津贴|一个月多少|多少.{0,4}[费金]|多少$|价",
        rf"{_NUMBER}元|免费|不收费|免收|百分之|\d%|[一二三]倍|\d度|全额",
    ),
    _kind(  # how long
        r"多久|多长|几天|几个月|几年|多少天|什么时候能|啥时候",
        rf"{_NUMBER}个?(?:工作日|日内|天|小时|分钟|个月|年内|日)|当场|即时|半天",
    ),
    _kind(  # a time
        r"几点|什么时候|哪天|几号|何时|截止|上班|开门|(?:星期|礼拜|周[一二三四五六日末]|[上中下]午|晚上)[^，。？]{0,12}[吗不呢吧]",
        r"\d:\d|\d[月日]|周[一二三四五六日末]|工作日|每[年月日周]|十二点",
    ),
    _kind(r"罚", r"罚"),
)
_LOOSE = (
    _kind(  # a place or an office
        r"哪里|哪儿|[去在上往找]哪|哪[办查补换]|谁管|归谁|找谁|哪个部门",
        r"到[^，。；]{2}|在[^，。；]{2,}(?:办理|申请|登记|公众号)|窗口|中心|派出所|公众号|拨打|[由向][^，。；]{2}",
    ),
    _kind(
        r"材料|带什么|带啥|带些|[需要]要?(?:什么|啥)|准备|手续|证件|证明",
        r"带|材料是|凭|提供|填写|身份证",
    ),
    _kind(r"怎么|咋|如何|怎样", r"申请|办理|拨打|带|到|投诉|举报|登记|立即|先|可以"),
    _kind(
        r"能不能|可不可以|行不行|是不是|算不算|要不要|用不用|能.{0,12}[吗不]|要.{0,8}吗|[吗不][？?]?$",
        r"可以|不|禁止|应当|满|视同|认定",
    ),
    _kind(r"条件|资格|什么人|谁能", r"满|符合|的，可以|家庭|持"),
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question asks for: ``named`` are kinds that an answer must name, ``loose`` may be put in other ways."""

    named: tuple[re.Pattern[str], ...]
    loose: tuple[re.Pattern[str], ...]

    def has(self, sentence: str) -> tuple[bool, bool]:
        """Whether ``sentence`` has one of the ``named`` and one of the ``loose`` kinds."""
        return any(k.search(sentence) for k in self.named), any(k.search(sentence) for k in self.loose)


def wanted_in(question: str) -> Wanted:
    """The kinds that ``question`` asks for; none where it only tells what happened."""
    named, loose = (tuple(k.told for k in kinds if k.asked.search(question)) for kinds in (_NAMED, _LOOSE))
    return Wanted(named, loose)
