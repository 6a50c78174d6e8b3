"""Numbers that are written in one way and spoken in another: 十六周岁 and 16周岁, 百分之八 and 8%, 幺二零 and 120.

A question's number is looked up as the passages write it, where they never write it as it was asked. Idioms, ranges
(七八十) and single numerals without a unit stay as they are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from knowledge_base.words import pairs

_DIGIT_OF = dict(zip("零〇一幺二两三四五六七八九", "0011223456789", strict=True))
_SAID = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_NUMERALS = "零〇一幺二两三四五六七八九十百千万亿"
_COUNTED = "个月|个工作日|个自然日|个小时|周岁|岁|元|月|日|天|年|小时|分钟|孩|胎|倍|折|级|次"
_ANY = re.compile(f"[{_NUMERALS}0-9]")
_RUN = re.compile(rf"[{_NUMERALS}]{{2,}}|[一二两三四五六七八九十](?={_COUNTED})")
_PERCENT = re.compile(rf"百分之([{_NUMERALS}\d.]+(?:点[{_NUMERALS}]+)?)")
_DECIMAL = re.compile(r"([零〇一二两三四五六七八九十百千万]+)点([零〇一二三四五六七八九]+)(?![十百千万分刻钟多几半])")
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
    number = 100 if whole == "百" else _value(whole)
    if number is None:
        return match[0] if not re.fullmatch(r"[\d.]+", whole) else f"{whole}%"
    return f"{number}.{_one_by_one(part)}%" if part else f"{number}%"


def _decimal(match: re.Match[str]) -> str:
    whole = _value(match[1])
    return match[0] if whole is None else f"{whole}.{_one_by_one(match[2])}"


def _digits(run: str) -> str:
    if not set(run) & set("十百千万亿"):
        said_singly = len(run) != 2 or "幺" in run  # noqa: PLR2004 - a pair may be "three or five", or a name
        return _one_by_one(run) if said_singly and not ("两" in run and len(run) > 1) else run
    if run[0] in "百千万亿" or _APPROXIMATE.search(run):
        return run
    number = _value(run)
    if number is None:
        return run
    if number % 10**8 == 0:
        return f"{number // 10**8}亿"
    return f"{number // 10**4}万" if number % 10**4 == 0 and number < 10**8 else str(number)


def _one_by_one(run: str) -> str:
    return "".join(_DIGIT_OF.get(character, character) for character in run)


def _value(run: str) -> int | None:
    """一千零二十四, 两万三, 一百二; ``None`` where it is no such number."""
    total = section = 0
    digit: int | None = None
    unit = 10**9
    for character in run:
        if character in _LARGE:
            if not section + (digit or 0):
                return None
            total = (total + section + (digit or 0)) * _LARGE[character]
            section, digit, unit = 0, None, _LARGE[character]
        elif character in _UNITS:
            if _UNITS[character] >= unit or (digit is None and character != "十"):
                return None
            section, digit, unit = section + (digit or 1) * _UNITS[character], None, _UNITS[character]
        elif character not in _DIGIT_OF or (digit is not None and digit > 0):
            return None
        else:
            digit = int(_DIGIT_OF[character]) or None
    return total + section + _last(digit, unit, run)


def _last(digit: int | None, unit: int, run: str) -> int:
    """一百零五 is 105, 一百五 is 150."""
    if digit is None:
        return 0
    colloquial = 10 < unit < 10**9 and run[-2] not in "零〇"  # noqa: PLR2004 - after ten it is the ones
    return digit * unit // 10 if colloquial else digit


def _said(match: re.Match[str]) -> str:
    whole, part, percent = match[1], match[2], match[3]
    said = _counted(whole) if part or percent else _whole(whole, match.string[match.end() : match.end() + 1])
    said += f"点{_singly(part)}" if part else ""
    return f"百分之{said}" if percent else said


def _whole(number: str, following: str) -> str:
    if _SHORT_NUMBER.fullmatch(number) and following not in _AFTER_A_COUNT:
        return _singly(number).replace("一", "幺")
    is_year = _YEAR.fullmatch(number) and following in _AFTER_A_YEAR
    if is_year or len(number) > _LONGEST_COUNT or number[0] == "0":
        return _singly(number)
    return _counted(number)


def _singly(number: str) -> str:
    return "".join(_SAID[int(digit)] for digit in number)


def _counted(number: str) -> str:
    """Up to 9999 as a count; longer ones digit by digit."""
    return _singly(number) if len(number) > _LONGEST_COUNT else _cardinal(int(number))


def _cardinal(number: int) -> str:
    """十六, 一百零五, 一千零二十."""
    said, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            one = "" if unit == 10 and digit == 1 and not said else _SAID[digit]  # noqa: PLR2004 - 十六, not 一十六
            said += ("零" if gap and said else "") + one + name
        gap = not digit
    return said or "零"
