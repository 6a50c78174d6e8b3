"""文号: the numbers under which authorities publish, written in one way however they were typed."""

from __future__ import annotations

import re

_OPEN = "〔［【（﹝〖「\\[(〈<"
_CLOSE = "〕］】）﹞〗」\\])〉>"
_SERIAL = (
    rf"(?P<body>[\u4e00-\u9fff]{{1,12}}[〇A-Z]?)\s*[{_OPEN}]\s*(?P<year>(?:19|20)\d\d)\s*年?\s*[{_CLOSE}]"
    r"\s*第?\s*(?P<serial>\d{1,5})\s*号"
)
_DECREE = (
    r"(?P<decree>[\u4e00-\u9fff]{0,24}?(?:令|公告|通告))\s*[（(]?\s*"
    r"(?:(?P<decree_year>(?:19|20)\d\d)\s*年\s*)?第\s*(?P<decree_serial>[\d一二三四五六七八九十百〇零]{1,6})\s*号"
)
_NUMBER = re.compile(rf"{_SERIAL}|{_DECREE}")
_YEAR_IN_BRACKETS = re.compile(rf"[{_OPEN}]((?:19|20)\d\d)[{_CLOSE}]")
_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)}
# In running text a number has no beginning of its own: these words stand before it and are not part of it.
_BEFORE = re.compile(
    r".*?(?:根据|按照|依照|依据|贯彻落实|贯彻|落实|执行|转发|印发|参照|详见|参见|替代|代替|废止|原来的|原|以及|及其|文号为|文号|是|由|以|见|和|与|及|的|按)"
    r"(?=[\u4e00-\u9fff]{2,})"
)


def plain_number(written: str) -> str:
    """A document number without white space, its year in 〔〕: ``云府办 [2025] 3 号`` is ``云府办〔2025〕3号``."""
    return _YEAR_IN_BRACKETS.sub(r"〔\1〕", "".join(written.translate(_FULL_WIDTH).split()))


def numbers_in(text: str) -> tuple[str, ...]:
    """The document numbers that ``text`` names, in order and each once."""
    return tuple(dict.fromkeys(number for number, _, _ in placed_numbers(text)))


def placed_numbers(text: str) -> list[tuple[str, int, int]]:
    """``(number, start, end)`` of the document numbers in ``text``."""
    plain = text.translate(_FULL_WIDTH)
    return [(_written(match), match.start(), match.end()) for match in _NUMBER.finditer(plain)]


def whole_number(line: str) -> str:
    """The document number that is all of ``line`` (brackets around it and a signatory behind it aside), or empty."""
    plain = re.sub(r"(?:签发人|签发)\s*[：:].*$", "", line.translate(_FULL_WIDTH)).strip()
    plain = re.sub(r"^(?:文号|发文字号|文件编号|编号)\s*[：:]\s*", "", plain).strip()
    inner = plain[1:-1] if plain[:1] in "（(" and plain[-1:] in "）)" else plain
    match = _NUMBER.fullmatch(inner.strip())
    return _written(match) if match else ""


def _written(match: re.Match[str]) -> str:
    if match["body"]:
        return f"{_BEFORE.sub('', match['body'])}〔{match['year']}〕{match['serial']}号"
    year = f"{match['decree_year']}年" if match["decree_year"] else ""
    return f"{_BEFORE.sub('', match['decree'])}{year}第{match['decree_serial']}号"
