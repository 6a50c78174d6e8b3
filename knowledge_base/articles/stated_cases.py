"""The cases that an editor states an article to distinguish: its field 分情形, and the parts that its answers name.

One line, a question and then the answers, each with the part of the article that holds for it; more questions may
follow::

    您是单位职工还是灵活就业？单位职工=第三条；灵活就业=第四条第二款；断缴多久了？三个月以内=断缴三个月以内；更久=断缴超过三个月

A part is a 条, 款 or item by its number (第三条、第三条第二款、第三条第（二）项、（二）) or the words that a passage, a
paragraph or a clause begins with; ``+`` adds one that holds in several cases. Who states cases states all that is to
be asked about the article; ``无`` says that nothing is, whatever the wording looks like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge_base.articles.splitting import SEPARATOR, is_item
from knowledge_base.cardinals import value
from knowledge_base.policy import Passage

NOTHING_TO_ASK = frozenset({"无", "不分"})
MOST_STATED = 8

_ANSWER = re.compile(r"\s*(?P<label>[^=\uff1d→]{1,30}?)\s*[=\uff1d→]\s*(?P<place>.+?)\s*")
_NUMBER = r"[一二三四五六七八九十百千零〇\d]{1,8}"
_PLACE = re.compile(
    rf"(?:第(?P<article>{_NUMBER})条(?P<more>之[一二三四五六七八九十])?)?(?:第(?P<clause>{_NUMBER})款)?"
    rf"(?:第?[（(]?(?P<item>{_NUMBER})[)）]?项|[（(](?P<lone>{_NUMBER})[)）])?"
)
_LABEL = re.compile(rf"^第(?P<article>{_NUMBER}条(?:之[一二三四五六七八九十])?)(?:第(?P<clause>{_NUMBER})款)?$")
_OPENS = re.compile(rf"\s*第(?P<article>{_NUMBER}条(?:之[一二三四五六七八九十])?)(?![第规的、和至及或款项])\s*")
_ITEM = re.compile(rf"\s*(?:[（(](?P<item>{_NUMBER})[)）]|(?P<dot>\d{{1,3}})[.、\uff0e])\s*")
_ASKED = re.compile(r"\s*(?:\d{1,3}[.、\uff0e])?\s*[问答QqAa]\d{0,3}[:：]\s*")
_QUOTES = "\u201c\u201d「」\"'"
_SENTENCE = re.compile(r"(?<=[。；;：:！？!?])\s*")
_CLAUSE = re.compile(r"(?<=[，,、])\s*")


class BadCases(ValueError):
    """A field 分情形 that cannot be used. The message is a sentence without the article's name."""


@dataclass(frozen=True, slots=True)
class Stated:
    """One question with its answers: ``(label, part)``, both as they were written."""

    question: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Characters ``[start, end)`` of a passage; ``lead`` is the sentence that announces the list they stand in."""

    passage: Passage
    start: int
    end: int
    lead: str = ""

    @property
    def quote(self) -> str:
        """The words themselves, under the sentence that announces them."""
        words = self.passage.text[self.start : self.end].strip().rstrip("，,、")
        return f"{self.lead}\n{words}" if self.lead else words


def on_one_line(text: str) -> str:
    """The field as it is kept: answers on lines of their own are put behind one another."""
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return re.sub(r"(?<=[？?；;])；", "", "；".join(line for line in lines if line))


def stated(text: str) -> tuple[Stated, ...]:
    """What the field says; nothing for an empty one and for ``无``. Raises BadCases."""
    if text.strip() in NOTHING_TO_ASK:
        return ()
    found: list[Stated] = []
    for chunk in re.split(r"(?<=[？?])|[；;\n]", text):
        words = chunk.strip()
        if words and words[-1] in "？?":
            found.append(Stated(words, ()))
        elif words:
            found = [*found[:-1], _with_answer(found[-1] if found else None, words)]
    for one in found:
        _check(one)
    return tuple(found)


def _with_answer(asked: Stated | None, words: str) -> Stated:
    match = _ANSWER.fullmatch(words)
    if asked is None:
        raise BadCases(f"分情形 begins with '{words}', which is no question. Begin with one that ends in ？.")
    if match is None:
        raise BadCases(f"'{words}' in 分情形 is no answer. Write it as 单位职工=第三条, and end a question with ？.")
    return replace(asked, answers=(*asked.answers, (match["label"], match["place"])))


def _check(one: Stated) -> None:
    labels = [label for label, _ in one.answers]
    if not 2 <= len(labels) <= MOST_STATED:  # noqa: PLR2004 - one answer alone asks nothing
        raise BadCases(
            f"'{one.question}' in 分情形 has {len(labels)} answers. Give two to {MOST_STATED}, separated by ；."
        )
    twice = next((label for label in labels if labels.count(label) > 1), "")
    if twice:
        raise BadCases(f"'{one.question}' in 分情形 has the answer '{twice}' twice. Name each case once.")


def located(one: Stated, passages: Sequence[Passage]) -> tuple[tuple[str, tuple[Part, ...]], ...]:
    """The answers of a question with the parts of the article they name. Raises BadCases for one that names none."""
    found = [(label, [locate(part, passages) for part in re.split("[+\uff0b]", place)]) for label, place in one.answers]
    every = [part for _, parts in found for part in parts]
    return tuple((label, tuple(_until_next(part, every) for part in parts)) for label, parts in found)


def _until_next(part: Part, others: Sequence[Part]) -> Part:
    """A part ends where another one begins."""
    after = [o.start for o in others if o.passage.passage_id == part.passage.passage_id and part.start < o.start]
    return replace(part, end=min([part.end, *after]))


def locate(place: str, passages: Sequence[Passage]) -> Part:
    """The part of an article that ``place`` names. Raises BadCases where there is none, or more than one."""
    wanted = place.strip()
    match = _PLACE.fullmatch(wanted)
    found = _by_number(match, passages) if match is not None and wanted else None
    if found is None:
        return _by_words(wanted.strip(_QUOTES), passages)
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    passage: Passage
    start: int
    end: int
    article: str
    clause: int
    item: int
    lead: str

    @property
    def text(self) -> str:
        return self.passage.text[self.start : self.end]


def _by_number(match: re.Match[str], passages: Sequence[Passage]) -> Part | None:
    lines = list(_lines(passages))
    if match["article"]:
        named = _plain(f"{match['article']}条{match['more'] or ''}")
        lines = [line for line in lines if line.article == named]
    if match["clause"]:
        lines = [line for line in lines if line.clause == number(match["clause"])]
    item = match["item"] or match["lone"]
    if item:
        lines = [line for line in lines if line.item == number(item)]
    if not lines or (match["clause"] and not match["article"]):
        return None
    first = lines[0]
    if item and len(lines) > 1:
        raise BadCases(f"'{match[0]}' in 分情形 stands {len(lines)} times in the article. Name its 条 and 款 too.")
    if item:
        return Part(first.passage, first.start, first.end, first.lead)
    together = [line for line in lines if line.passage.passage_id == first.passage.passage_id]
    return Part(first.passage, first.start, together[-1].end)


def _lines(passages: Sequence[Passage]) -> Iterator[_Line]:
    """The paragraphs of all passages, each with the 条, 款 and item it is."""
    article, clause = "", 0
    for passage in passages:
        label = next((m for part in passage.heading.split(SEPARATOR) if (m := _LABEL.match(part))), None)
        before, at = "", 0
        for raw in passage.text.splitlines(keepends=True):
            start, at = at, at + len(raw)
            opens = _OPENS.match(raw)
            item = _ITEM.match(raw, opens.end() if opens else 0)
            if opens:
                article, clause = _plain(opens["article"]), 1
            elif start == 0 and (label is None or _plain(label["article"]) != article):
                article, clause = "", 0
            elif start == 0 and label is not None:  # a piece of a 条 that was cut: it may go on with a 款
                clause = number(label["clause"]) if label["clause"] else 1
            elif not is_item(raw):
                clause += 1
            lead = before if item else ""
            before = raw.strip() if not item and raw.rstrip().endswith(("：", ":")) else lead
            yield _Line(passage, start, at, article, clause, number(item["item"] or item["dot"]) if item else 0, lead)


def _by_words(words: str, passages: Sequence[Passage]) -> Part:
    for found in (_paragraphs, _sentences, _clauses):
        parts = [part for passage in passages for part in found(passage) if _begins(part, words)]
        if len(parts) > 1:
            raise BadCases(
                f"{len(parts)} parts of the article begin with '{words}'. Give more of the words of the one in 分情形."
            )
        if parts:
            return parts[0]
    raise BadCases(
        f"no part of the article is '{words}'. Name a 条, 款 or item in 分情形, or the words that it begins with."
    )


def _begins(part: Part, words: str) -> bool:
    """Whether a part begins with ``words``, its own number and the 问： before it apart."""
    text = part.passage.text[part.start : part.end]
    if not words:
        return False
    while True:
        if _bare(text).startswith(_bare(words)):
            return True
        match = next((m for form in (_OPENS, _ITEM, _ASKED) if (m := form.match(text))), None)
        if match is None or not match.end():
            return False
        text = text[match.end() :]


def _bare(text: str) -> str:
    return "".join(text.split())


def _paragraphs(passage: Passage) -> Iterator[Part]:
    """The whole passage, and every later paragraph with the items under it."""
    yield Part(passage, 0, len(passage.text))
    starts = [m.end() for m in re.finditer("\n", passage.text)]
    own = [at for at in starts if not is_item(_line_at(passage.text, at))]
    for at in starts:
        under = own if at in own else starts
        end = min((other for other in under if other > at), default=len(passage.text))
        yield Part(passage, at, end)


def _sentences(passage: Passage) -> Iterator[Part]:
    yield from _after(_SENTENCE, passage)


def _clauses(passage: Passage) -> Iterator[Part]:
    """Clauses up to the end of their sentence."""
    for part in _after(_CLAUSE, passage):
        words = passage.text[part.start : part.end]
        yield replace(part, end=part.start + min((m.start() for m in _SENTENCE.finditer(words)), default=len(words)))


def _after(mark: re.Pattern[str], passage: Passage) -> Iterator[Part]:
    """From each place behind ``mark`` to the end of its paragraph."""
    for match in mark.finditer(passage.text):
        end = passage.text.find("\n", match.end())
        yield Part(passage, match.end(), end if end >= 0 else len(passage.text))


def _line_at(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]


def _plain(label: str) -> str:
    """第三条之一 and 第3条之一 alike."""
    name, _, more = label.partition("条")
    return f"{number(name)}条{more}"


def number(written: str) -> int:
    """The value of an ordinal as regulations number their parts: 二十三, 一百零五, 23; 0 where it is none."""
    return int(written) if written.isdecimal() else value(written) or 0
