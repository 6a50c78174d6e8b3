"""When a document holds, by its own words: 自…起施行, 有效期五年, 有效期至…; and what it abolishes: …同时废止."""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from knowledge_base.articles.closing_lines import IN_FORCE, THIS
from knowledge_base.articles.document_numbers import placed_numbers
from knowledge_base.cardinals import DIGIT_OF, value

_ZERO = "〇○零\uff2fO0"
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d|[二一][〇○零\uff2fO0九一二三四五六七八]{3})\s*[年./-]\s*"
    r"(?P<m>\d{1,2}|[一二三四五六七八九十]{1,2})\s*[月./-]\s*"
    r"(?P<d>\d{1,2}|[一二三四五六七八九十]{1,3})\s*日?"
)
_SENTENCE = re.compile(r"[^。；\n]+[。；]?")
_FROM_DAY = re.compile(rf"(?:自|从|于)\s*(?:{_DATE.pattern})\s*(?:起|开始)\s*{IN_FORCE}")
_FROM_ISSUE = re.compile(
    r"自\s*(?P<what>印发|发布|公布|发文|签发|下发|通过|颁布)之?日\s*(?:(?:起)?\s*"
    rf"(?P<n>\d{{1,3}}|[一二三四五六七八九十]{{1,3}})\s*(?P<unit>日|天|个月|月|年)后)?\s*起?\s*(?:开始)?\s*{IN_FORCE}"
)
_UNTIL = re.compile(
    rf"(?:有效期(?:限)?(?:截至|截止到|截止|至|到|延长至|延续至)|(?:执行|实施|施行|试行)(?:至|到)|(?:起|日)?至)\s*(?:{_DATE.pattern})"
)
_TERM = re.compile(
    r"(?:有效期(?:限)?|试行期(?:限)?|试行|施行期限|实施期限|执行期限)\s*(?:为|是|暂定)?\s*"
    r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})\s*(?P<unit>年|个月)"
)
_ABOLISHES = re.compile(r"(?:同时|予以|即行|自行|一并|均)?(?:废止|失效|停止执行|不再执行|停止实施)")
_OPENED = re.compile(r"\s*[（(]\s*")
_NAMED = re.compile(r"《([^《》]{2,80})》")
_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)}


@dataclass(frozen=True, slots=True)
class Effect:
    """``first`` and ``last`` day, each with the words that say so; ``rivals`` are other days that were named.

    ``assumed`` says that no day of effect is named and the day of issue stands for it.
    """

    first: date | None = None
    first_words: str = ""
    last: date | None = None
    last_words: str = ""
    assumed: bool = False
    rivals: tuple[date, ...] = ()


def first_date(text: str) -> date | None:
    """The first day that ``text`` names, in Arabic or Chinese numerals."""
    match = _DATE.search(text.translate(_FULL_WIDTH))
    return _day(match) if match else None


def whole_date(text: str) -> date | None:
    """The day that is all of ``text``."""
    match = _DATE.fullmatch("".join(text.translate(_FULL_WIDTH).split()))
    return _day(match) if match else None


def effect_of(lines: Sequence[str], issued: date | None, published: date | None = None) -> Effect:
    """The days from and to which a document holds, by the sentences that speak of the document itself.

    A rule that was replaced may be quoted with its own day: sentences that name "this" document come first, and where
    several days remain none is chosen.
    """
    sentences = [s for line in lines for s in _SENTENCE.findall(line.translate(_FULL_WIDTH))]
    named = [(day, s) for s in sentences for m in _FROM_DAY.finditer(s) if (day := _day(m))]
    own = [(day, s) for day, s in named if re.search(THIS, s)] or named
    first, words, assumed = None, "", False
    rivals: tuple[date, ...] = ()
    if own and len({day for day, _ in own}) == 1:
        first, words = own[-1]
    elif own:
        rivals = tuple(sorted({day for day, _ in own}))
    else:
        first, words = _from_issue(sentences, issued, published)
    if first is None and not rivals and (issued or published):
        first, assumed = issued or published, True
    last, last_words = _last(sentences, first)
    return Effect(first, words.strip(), last, last_words.strip(), assumed, rivals)


def _from_issue(sentences: Sequence[str], issued: date | None, published: date | None) -> tuple[date | None, str]:
    for sentence in reversed(sentences):
        match = _FROM_ISSUE.search(sentence)
        if match is None:
            continue
        day = (published or issued) if match["what"] in ("发布", "公布") else (issued or published)
        if day is None:
            return None, sentence
        return (_later(day, _count(match["n"]), match["unit"]) if match["n"] else day), sentence
    return None, ""


def _last(sentences: Sequence[str], first: date | None) -> tuple[date | None, str]:
    for before, sentence in zip(("", *sentences), sentences, strict=False):
        if not _speaks_of_itself(sentence, before):
            continue
        if (match := _UNTIL.search(sentence)) and (day := _day(match)):
            return day, sentence
        if first is not None and (match := _TERM.search(sentence)):
            return _later(first, _count(match["n"]), match["unit"]) - timedelta(days=1), sentence
    return None, ""


def _speaks_of_itself(sentence: str, before: str) -> bool:
    """Certificates and cards have terms too: the term counts beside the day of effect, or of "this" document."""
    if re.search(rf"起\s*{IN_FORCE}", sentence) or re.search(rf"{THIS}的?(?:有效期|试行|自|从|执行|施行)", sentence):
        return True
    return sentence.strip().startswith("有效期") and bool(re.search(rf"起\s*{IN_FORCE}", before))


def superseded_by_words(lines: Sequence[str], own: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """``(numbers, titles without a number)`` of the documents that the text says it abolishes."""
    numbers: dict[str, None] = {}
    unnamed: dict[str, None] = {}
    for sentence in (s for line in lines for s in _SENTENCE.findall(line)):
        ends = _ABOLISHES.search(sentence)
        if ends is None:
            continue
        head = sentence[: ends.start()]
        found = placed_numbers(head)
        numbers |= dict.fromkeys(number for number, _, _ in found if number != own)
        for match in _NAMED.finditer(head):
            if not any(_OPENED.fullmatch(head, match.end(), start) for _, start, _ in found if start >= match.end()):
                unnamed[match.group(1)] = None
    return tuple(numbers), tuple(unnamed)


def _day(match: re.Match[str]) -> date | None:
    try:
        return date(_year(match["y"]), _count(match["m"]), _count(match["d"]))
    except ValueError:
        return None


def _year(written: str) -> int:
    return int("".join("0" if c in _ZERO else DIGIT_OF.get(c, c) for c in written))


def _count(written: str) -> int:
    """A number in Arabic or Chinese numerals; 0 where it is none."""
    return int(written) if written.isdigit() else value(written) or 0


def _later(day: date, number: int, unit: str) -> date:
    if unit in ("日", "天"):
        return day + timedelta(days=number)
    months = number * 12 if unit == "年" else number
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
