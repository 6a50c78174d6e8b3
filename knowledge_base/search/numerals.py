"""Numbers that are written in one way and spoken in another: 十六周岁 and 16周岁, 百分之八 and 8%, 幺二零 and 120.

A question's number is looked up as the passages write it, where they never write it as it was asked. Idioms, ranges
(七八十) and single numerals without a unit stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from knowledge_base.cardinals import NUMERALS, cardinal, one_by_one, singly, value
from knowledge_base.words import pairs

_COUNTED = "个月|个工作日|个自然日|个小时|周岁|岁|元|月|日|天|年|小时|分钟|孩|胎|倍|折|级|次"
_ANY = re.compile(f"[{NUMERALS}0-9]")
_RUN = re.compile(rf"[{NUMERALS}]{{2,}}|[一二两三四五六七八九十](?={_COUNTED})")
_PERCENT = re.compile(rf"百分之([{NUMERALS}\d.]+(?:点[{NUMERALS}]+)?)")
_WHOLE = "零〇一二两三四五六七八九十百千万"
# Tried at the beginning of a run of numerals alone: from each place in a long one it would be read to its end again.
_DECIMAL = re.compile(rf"(?<![{_WHOLE}])([{_WHOLE}]+)点([零〇一二三四五六七八九]+)(?![十百千万分刻钟多几半])")
_APPROXIMATE = re.compile(r"[一二两三四五六七八九]{2}[十百千万亿]")
_MYRIADS = re.compile(r"(?<![\d.])([1-9]\d{0,3})0000(?![\d.])")
_WRITTEN = re.compile(r"(\d+)(?:\.(\d+))?(%?)")
_NUMBER = re.compile(f"{_PERCENT.pattern}|{_DECIMAL.pattern}|{_RUN.pattern}|{_WRITTEN.pattern}")
_CONTEXT = 4
_SURELY_A_NUMBER = 3
_SHORT_NUMBER = re.compile(r"1[12]\d")
_YEAR = re.compile(r"(?:19|20)\d\d")
_AFTER_A_YEAR = frozenset("年〕)]")
_AFTER_A_COUNT = frozenset("元块万天日个人岁户平米公周小分吨度名家件次倍级号项种")
_LONGEST_COUNT = 4


def in_digits(text: str) -> str:
    """``text`` with its numbers in digits, whole ten thousands as ``2万``; it must be half-width."""
    if not _ANY.search(text):
        return text
    text = _PERCENT.sub(_percent, text)
    text = _DECIMAL.sub(_decimal, text)
    text = _RUN.sub(lambda match: _digits(match[0]), text)
    return _MYRIADS.sub(r"\1万", text)


def as_said(text: str) -> str:
    """``text`` with its numbers as they are said, so that a written one sounds like a spoken one; half-width."""
    if not _ANY.search(text):
        return text
    return _WRITTEN.sub(_said, in_digits(text))


def as_known(text: str, having: Callable[[str], int]) -> str:
    """``text`` with each number in the form that is known, where it is not known as it stands.

    ``having`` says how many passages have a pair of neighbouring characters.
    """
    plain = unicodedata.normalize("NFKC", text)
    known = _NUMBER.sub(lambda match: _known(match, having), plain)
    return text if known == plain else known


def _known(match: re.Match[str], having: Callable[[str], int]) -> str:
    number, behind = match[0], match.string[match.end() : match.end() + _CONTEXT]
    others = (form(number + behind) for form in (in_digits, as_said))
    forms = [other.removesuffix(behind) for other in others if other.endswith(behind)]
    # 十六 is in every 第十六条: a number is looked for with the unit behind it; alone, where no form has that unit and
    # it is too long for a name (三零).
    units = (behind[:1], "") if len(number) >= _SURELY_A_NUMBER or "%" in number else (behind[:1],)
    for unit in units:
        if _rarest(number + unit, having):
            return number
        rated = [(_rarest(form + unit, having), form) for form in forms]
        often, best = max(rated, default=(0, number))
        if often:
            return best
    return number


def _rarest(text: str, having: Callable[[str], int]) -> int:
    return min(map(having, pairs(text)), default=0)


def _percent(match: re.Match[str]) -> str:
    whole, _, part = match[1].partition("点")
    number = 100 if whole == "百" else value(whole)
    if number is None:
        return match[0] if not re.fullmatch(r"[\d.]+", whole) else f"{whole}%"
    return f"{number}.{one_by_one(part)}%" if part else f"{number}%"


def _decimal(match: re.Match[str]) -> str:
    whole = value(match[1])
    return match[0] if whole is None else f"{whole}.{one_by_one(match[2])}"


def _digits(run: str) -> str:
    if not set(run) & set("十百千万亿"):
        said_singly = len(run) != 2 or "幺" in run  # noqa: PLR2004 - a pair may be "three or five", or a name
        return one_by_one(run) if said_singly and not ("两" in run and len(run) > 1) else run
    if run[0] in "百千万亿" or _APPROXIMATE.search(run):
        return run
    number = value(run)
    if number is None:
        return run
    if number % 10**8 == 0:
        return f"{number // 10**8}亿"
    return f"{number // 10**4}万" if number % 10**4 == 0 and number < 10**8 else str(number)


def _said(match: re.Match[str]) -> str:
    whole, part, percent = match[1], match[2], match[3]
    said = _counted(whole) if part or percent else _whole(whole, match.string[match.end() : match.end() + 1])
    said += f"点{singly(part)}" if part else ""
    return f"百分之{said}" if percent else said


def _whole(number: str, following: str) -> str:
    if _SHORT_NUMBER.fullmatch(number) and following not in _AFTER_A_COUNT:
        return singly(number).replace("一", "幺")
    is_year = _YEAR.fullmatch(number) and following in _AFTER_A_YEAR
    if is_year or len(number) > _LONGEST_COUNT or number[0] == "0":
        return singly(number)
    return _counted(number)


def _counted(number: str) -> str:
    """Up to 9999 as a count; longer ones digit by digit."""
    return singly(number) if len(number) > _LONGEST_COUNT else cardinal(int(number))
