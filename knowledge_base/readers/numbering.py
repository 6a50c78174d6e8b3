"""Word's automatic numbering: the labels that a .docx shows and does not hold as text ("第一条", "（一）", "1.").

ECMA-376 Part 1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat). Without it a regulation loses the very numbers by
which it is cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from knowledge_base.cardinals import cardinal

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"))
_ROMAN_SMALL = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_BETWEEN = {"tab": " ", "space": " ", "nothing": ""}
_CIRCLED = 20
_PLACE = re.compile(r"%([1-9])")


@dataclass(slots=True)
class _Level:
    start: int = 1
    form: str = "decimal"
    text: str = ""
    after: str = "tab"
    legal: bool = False
    restart: int | None = None


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level]
    style_levels: dict[str, int]
    counts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """The lists of one document; :meth:`label` is called for each paragraph in order."""

    def __init__(self, root: etree._Element | None) -> None:
        self._lists: dict[str, _List] = {}
        self._list_of: dict[str, str] = {}
        self._restarts: dict[str, dict[int, int]] = {}
        self._begun: set[str] = set()
        if root is not None:
            self._read(root)

    def style_level(self, number_id: str, style: str) -> int | None:
        """The level that a list gives to paragraphs of ``style``."""
        found = self._lists.get(self._list_of.get(number_id, ""))
        return found.style_levels.get(style) if found else None

    def label(self, number_id: str, level: int) -> str:
        """The label of the next paragraph at ``level`` of a list, with what stands behind it; empty where none."""
        key = self._list_of.get(number_id)
        if key is None or level not in self._lists[key].levels:
            return ""
        numbers = self._lists[key]
        if number_id not in self._begun:
            self._begun.add(number_id)
            for restarted, start in self._restarts.get(number_id, {}).items():
                numbers.counts.pop(restarted, None)
                numbers.levels[restarted].start = start
        numbers.counts[level] = numbers.counts.get(level, numbers.levels[level].start - 1) + 1
        for deeper in [n for n in numbers.counts if n > level and _restarts_after(numbers.levels.get(n), level)]:
            del numbers.counts[deeper]
        return _shown(numbers, level)

    def _read(self, root: etree._Element) -> None:
        for abstract in root.iterchildren(f"{W}abstractNum"):
            levels = {int(_of(lvl, "ilvl") or 0): _level(lvl) for lvl in abstract.iterchildren(f"{W}lvl")}
            styles = {
                _value(lvl, "pStyle"): int(_of(lvl, "ilvl") or 0)
                for lvl in abstract.iterchildren(f"{W}lvl")
                if _value(lvl, "pStyle")
            }
            self._lists[_of(abstract, "abstractNumId")] = _List(levels, styles)
        for num in root.iterchildren(f"{W}num"):
            if (key := _value(num, "abstractNumId")) in self._lists:
                number_id = _of(num, "numId")
                self._list_of[number_id] = key
                self._restarts[number_id] = dict(_restarts(num, self._lists[key]))


def _restarts(num: etree._Element, numbers: _List) -> Iterator[tuple[int, int]]:
    for override in num.iterchildren(f"{W}lvlOverride"):
        level, start = int(_of(override, "ilvl") or 0), _value(override, "startOverride")
        if start and level in numbers.levels:
            yield level, int(start)


def _level(lvl: etree._Element) -> _Level:
    return _Level(
        start=int(_value(lvl, "start") or 1),
        form=_value(lvl, "numFmt") or "decimal",
        text=_value(lvl, "lvlText"),
        after=_value(lvl, "suff") or "tab",
        legal=lvl.find(f"{W}isLgl") is not None,
        restart=int(restart) if (restart := _value(lvl, "lvlRestart")).isdigit() else None,
    )


def _restarts_after(deeper: _Level | None, level: int) -> bool:
    """Whether a level begins anew after one above it: 条 are mostly counted through all 章 (``lvlRestart`` 0)."""
    return deeper is None or deeper.restart is None or level < deeper.restart


def _of(element: etree._Element, name: str) -> str:
    return str(element.get(f"{W}{name}", ""))


def _value(element: etree._Element, child: str) -> str:
    found = element.find(f"{W}{child}")
    return "" if found is None else _of(found, "val")


def _shown(numbers: _List, level: int) -> str:
    own = numbers.levels[level]
    if own.form == "none" and not _PLACE.sub("", own.text).strip():
        return ""
    if own.form == "bullet":
        # A bullet is often a letter of a picture font: what it looks like is not what it is.
        return "· "

    def one(match: re.Match[str]) -> str:
        wanted = int(match.group(1)) - 1
        shape = numbers.levels.get(wanted, _Level())
        count = numbers.counts.get(wanted, shape.start)
        return formatted(count, "decimal" if own.legal and wanted < level else shape.form)

    label = _PLACE.sub(one, own.text)
    return label + _BETWEEN.get(own.after, " ") if label else ""


def formatted(number: int, form: str) -> str:
    """``number`` in a form of ST_NumberFormat; forms that Chinese documents do not use are shown as digits."""
    return _FORMS.get(form, str)(number)


def chinese(number: int, *numerals: str) -> str:
    """``number`` from 1 to 9999 as it is counted, 二十三, others in digits; ``numerals`` are those of ``cardinal``."""
    return cardinal(number, *numerals) if 0 < number < 10_000 else str(number)  # noqa: PLR2004 - four places have names


def _digits(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _circled(number: int) -> str:
    return chr(ord("①") + number - 1) if 0 < number <= _CIRCLED else f"({number})"


def _letters(number: int) -> str:
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _roman(number: int) -> str:
    said = ""
    for value, letters in (*_ROMAN, *_ROMAN_SMALL):
        said += letters * (number // value)
        number %= value
    return said


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + n: chr(ord("０") + n) for n in range(10)})


_FORMS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese,
    "chineseCountingThousand": chinese,
    "japaneseCounting": chinese,
    "taiwaneseCounting": chinese,
    "taiwaneseCountingThousand": chinese,
    "ideographDigital": _digits,
    "japaneseDigitalTenThousand": _digits,
    "taiwaneseDigital": _digits,
    "chineseLegalSimplified": lambda n: chinese(n, _LEGAL, "拾佰仟"),
    "ideographLegalTraditional": lambda n: chinese(n, _LEGAL, "拾佰仟"),
    "ideographTraditional": lambda n: _STEMS[(n - 1) % len(_STEMS)],
    "ideographZodiac": lambda n: _BRANCHES[(n - 1) % len(_BRANCHES)],
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _full_width,
    "decimalZero": lambda n: f"{n:02d}",
    "decimalEnclosedParen": lambda n: f"({n})",
    "decimalEnclosedFullstop": lambda n: f"{n}.",
    "lowerLetter": _letters,
    "upperLetter": lambda n: _letters(n).upper(),
    "lowerRoman": _roman,
    "upperRoman": lambda n: _roman(n).upper(),
}
