"""Chinese numerals and the numbers they stand for: 一千零二十四 is 1024, and back."""

from __future__ import annotations

NUMERALS = "零〇一幺二两三四五六七八九十百千万亿"
DIGIT_OF = dict(zip("零〇一幺二两三四五六七八九", "0011223456789", strict=True))
_LONGEST = 40
_SAID = "零一二三四五六七八九"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}


def value(run: str) -> int | None:
    """一千零二十四, 两万三, 一百二; ``None`` where it is no such number, or longer than any that is said."""
    if len(run) > _LONGEST:
        return None
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
        elif character not in DIGIT_OF or (digit is not None and digit > 0):
            return None
        else:
            digit = int(DIGIT_OF[character]) or None
    return total + section + _last(digit, unit, run)


def _last(digit: int | None, unit: int, run: str) -> int:
    """一百零五 is 105, 一百五 is 150."""
    if digit is None:
        return 0
    colloquial = 10 < unit < 10**9 and run[-2] not in "零〇"  # noqa: PLR2004 - after ten it is the ones
    return digit * unit // 10 if colloquial else digit


def one_by_one(run: str) -> str:
    """``run`` with each numeral as its digit: 二〇二五 is 2025; other characters stay."""
    return "".join(DIGIT_OF.get(character, character) for character in run)


def singly(number: str) -> str:
    """Arabic digits said one by one: 2025 is 二零二五."""
    return "".join(_SAID[int(digit)] for digit in number)


def cardinal(number: int, digits: str = _SAID, units: str = "十百千") -> str:
    """``number`` from 0 to 9999 as a count: 十六, 一百零五, 一千零二十.

    ``digits`` are the ten numerals, ``units`` those of ten, hundred and thousand. Only with those of every day is ten
    said without its one (十六, but 壹拾陆). Raises IndexError for more than four digits.
    """
    said, gap = "", False
    for place in (3, 2, 1, 0):
        digit, number = divmod(number, 10**place)
        if digit:
            one = "" if place == 1 and digit == 1 and not said and digits is _SAID else digits[digit]
            said += ("零" if gap and said else "") + one + (units[place - 1] if place else "")
        gap = not digit
    return said or digits[0]
