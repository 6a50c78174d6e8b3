"""Spoken Chinese numbers → digits as a clerk writes them: 十五个 → 15个, 幺三八零零零零幺二三四 → 13800001234.

General inverse text normalisers turn 十分感谢 into 10分感谢, 二十四小时 into 24h and 三点半 into 3:30. On a work
order the words must stay the citizen's, so only the numeral itself is rewritten here; single digits and idioms are
left alone.
"""

from __future__ import annotations

import re

DIGIT_OF = dict(zip("零〇一幺二两三四五六七八九", "0011223456789", strict=True))
_UNITS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}
_DIGITS = "零〇一幺二三四五六七八九"
_RUN = re.compile(r"[零〇一幺二两三四五六七八九十百千万亿]+")
_DECIMAL = re.compile(rf"([零〇一二两三四五六七八九十百千万]+)点([{_DIGITS}]+)(?![十百千万分刻钟多几])")
_PERCENT = re.compile(r"百分之([零〇一二两三四五六七八九十百]+(?:点[零〇一二三四五六七八九]+)?)")
_APPROXIMATE = re.compile(r"[一二两三四五六七八九]{2}[十百千万亿]")
_HEARD_AS_YAO = "幺要腰妖邀夭"
_SPOKEN = f"0-9{_DIGITS}"
_GAP = r"[ \-，,、]?"
_TELEPHONE = re.compile(
    rf"(?<![{_SPOKEN}])[1一{_HEARD_AS_YAO}]{_GAP}(?:[{_SPOKEN}{_HEARD_AS_YAO}]{_GAP}){{9}}"
    rf"[{_SPOKEN}{_HEARD_AS_YAO}](?![{_SPOKEN}])"
)
_MIXED_RUN = re.compile(rf"[0-9{_DIGITS}]{{7,}}")
_GROUPED = re.compile(r"(?<=\d)[ \-](?=\d{4}(?!\d))")


def digits(text: str) -> str:
    """The same text with spoken numbers of ten and above, digit sequences, decimals and percentages in digits."""
    text = _TELEPHONE.sub(_telephone, text)
    text = _MIXED_RUN.sub(lambda match: _as_digits(match[0]), text)
    text = _PERCENT.sub(_percent, text)
    text = _DECIMAL.sub(_decimal, text)
    text = _RUN.sub(lambda match: _written(match[0], text[match.end() : match.end() + 1]), text)
    return _dates_and_times(text)


def value(run: str) -> int | None:
    """The value of a spoken cardinal such as 一千零二十四 or 两万三; None where it is not one."""
    total = section = 0
    digit: int | None = None
    last_unit = 10**9
    for character in run:
        if character in "零〇":
            continue
        if character in DIGIT_OF:
            if digit is not None:
                return None
            digit = int(DIGIT_OF[character])
        elif character in _UNITS:
            unit = _UNITS[character]
            if unit >= last_unit or (digit is None and unit != 10):  # noqa: PLR2004 - only ten stands without a digit
                return None
            section += (digit or 1) * unit
            digit, last_unit = None, unit
        else:
            section += digit or 0
            if section == 0:
                return None
            total = (total + section) * 10**8 if character == "亿" else total + section * 10**4
            section, digit, last_unit = 0, None, _MYRIADS[character]
    return total + section + _rest(digit, last_unit, run)


def _rest(digit: int | None, last_unit: int, run: str) -> int:
    """What a last bare digit is worth: 一百零五 is 105, 一百五 is 150."""
    if digit is None:
        return 0
    colloquial = 10 < last_unit < 10**9 and run[-2] not in "零〇"  # noqa: PLR2004 - after ten it is the ones
    return digit * last_unit // 10 if colloquial else digit


def _written(run: str, following: str) -> str:
    if not set(run) & set("十百千万亿"):
        return _sequence(run, following)
    if run[0] in "百千万亿" or run == "十" or following == "几" or _APPROXIMATE.search(run):
        return run
    number = value(run)
    if number is None or number < 10:  # noqa: PLR2004 - what a single character says is left in words
        return run
    if number % 10**8 == 0:
        return f"{number // 10**8}亿"
    return f"{number // 10**4}万" if number % 10**4 == 0 and number < 10**8 else str(number)


def _sequence(run: str, following: str) -> str:
    """Three or more digits said one by one are a number; two only where nobody could mean "three or five"."""
    if "两" in run or len(run) == 1:
        return run
    pair_is_a_number = bool(set(run) & set("零〇幺")) or (following == "年" and run[0] in "七八九")
    return _as_digits(run) if len(run) > 2 or pair_is_a_number else run  # noqa: PLR2004 - a pair may be "three or five"


def _as_digits(run: str) -> str:
    return "".join(DIGIT_OF.get(character, character) for character in run)


def _telephone(match: re.Match[str]) -> str:
    """Eleven digits that begin with one are a mobile number, even where 幺 was heard as 要."""
    characters = re.sub(r"[ \-，,、]", "", match[0])
    number = "".join(
        "1" if character in _HEARD_AS_YAO else DIGIT_OF.get(character, character) for character in characters
    )
    heard = sum(character in _HEARD_AS_YAO[1:] for character in characters)
    return number if number[1] in "3456789" and heard <= 4 else match[0]  # noqa: PLR2004 - more 要 than digits is a sentence


def _decimal(match: re.Match[str]) -> str:
    whole = value(match[1])
    return match[0] if whole is None else f"{whole}.{_as_digits(match[2])}"


def _percent(match: re.Match[str]) -> str:
    whole, _, fraction = match[1].partition("点")
    number = 100 if whole == "百" else value(whole)
    if number is None:
        return match[0]
    return f"{number}.{_as_digits(fraction)}%" if fraction else f"{number}%"


def _dates_and_times(text: str) -> str:
    """No half-written dates: 九点50 → 9点50, 2023年五月一号 → 2023年5月1号."""
    text = _GROUPED.sub("", text)
    text = re.sub(r"(?<=\d年)([一二三四五六七八九])(?=月)", lambda match: DIGIT_OF[match[1]], text)
    text = re.sub(r"([一二两三四五六七八九])(?=[点月]\d)", lambda match: DIGIT_OF[match[1]], text)
    return re.sub(r"(?<=\d月)([一二三四五六七八九])(?=[号日])", lambda match: DIGIT_OF[match[1]], text)
