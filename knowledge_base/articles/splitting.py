"""Articles cut into passages that can be quoted: 条 and 款 of a regulation, questions with answers, paragraphs.

The cut follows what the issuer wrote. A line that opens 编, 章, 节 or a numbered heading is a heading of what follows;
a line that opens a 条 or a question opens a passage. A passage longer than ``limit`` characters is cut between its
paragraphs, a paragraph between its sentences, and a sentence without an end wherever it must be. Nothing is lost and
nothing is added: headings and texts, in order, are the article's text without its white space.

A note under a title that says who adopted the document and when (题注) is quoted in no passage.

What is cut off from what it hangs on says so in its heading: a 款 its number, items （二）（三） the sentence that
leads them ("有下列情形之一的，处二百元罚款："), the rest of an answer its question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge_base.articles.adoption_notes import note_length
from knowledge_base.policy import Passage, PolicyArticle

SEPARATOR = " \u203a "
"""Between the titles of a heading."""

LIMIT = 320
"""Characters of one passage: about what an agent reads at a glance, and within the 512 tokens of common embedders."""

_LEVELS = {"编": 1, "篇": 1, "部分": 1, "章": 2, "节": 3}
_CHAPTER = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,6}(编|篇|部分|章|节)(?:\s+\S.{0,28}|\S{0,12})")
# An annex begins anew: the chapters of what it is annexed to are not above it.
_ANNEX = re.compile(
    r"附\s*件(?:\s*[一二三四五六七八九十\d]{1,3}\s*[:：]?(?:\s+\S.{0,38})?)?"
    r"|附\s*表\s*[一二三四五六七八九十\d]{1,3}(?:\s*[:：]?\s*\S.{0,38})?"
)
_ANNEX_LEVEL = 7
_ARTICLE = re.compile(
    r"(第[一二三四五六七八九十百千零〇\d]{1,8}条(?:之[一二三四五六七八九十])?)(?![第规的、和至及或款项])"
)
_MARKDOWN = re.compile(r"(#{1,6})\s+\S.*")
_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、.{1,28}")
_QUESTION = re.compile(r"(?:(?:\d{1,3}|[一二三四五六七八九十]{1,3})[.\uff0e、]\s*)?(?:问|[Qq])\d{0,3}[:：].*")
_NUMBERED_QUESTION = re.compile(r"(?:\d{1,3}[.\uff0e、]|[（(]\d{1,3}[)）])\s*.{2,80}[？?]")
_ANSWER = re.compile(r"(?:答|[Aa])\d{0,3}\s*[:：]")
_ITEM = re.compile(
    r"(?:[（(](?P<paren>[一二三四五六七八九十\d]{1,3})[)）]|(?P<dot>\d{1,3})\s*[.、\uff0e](?!\d)"
    r"|(?P<ring>[①-⑳])|[·•])\s*\S"
)
_LEADS = "：:"
_FIRSTS = ("一", "1", "①")
_LEAD_LENGTH = 60
_ORDINALS = "一二三四五六七八九十"
_SENTENCE = re.compile(r".+?(?:[。！？!?；;]+[\u201d\u2019」』）)]*|$)", re.DOTALL)
_OPEN_ENDED = "。，；：,;:"


@dataclass(frozen=True, slots=True)
class Section:
    """A piece of an article: the heading lines ``above`` it, those that ``opened`` right before it, its ``text``.

    Among those that ``opened`` may be the lines of a 题注, which are no heading.

    ``label`` is the 条 (and, of a 条 that was cut, the 款) that it belongs to, or empty. ``lead`` is what the beginning
    of ``text`` hangs on and that stands in a piece before: the sentence that leads items, the question of an answer.
    """

    above: tuple[str, ...]
    opened: tuple[str, ...]
    label: str
    text: str
    lead: str = ""


def split(article: PolicyArticle, last_day: date | None, limit: int = LIMIT, version: str = "") -> tuple[Passage, ...]:
    """The passages of an article, ``last_day`` being the last day on which it holds after supersession.

    ``version`` is the digest of its content, where it is known.
    """
    return tuple(
        Passage(
            passage_id=f"{article.article_id}#{number}",
            article_id=article.article_id,
            heading=SEPARATOR.join(filter(None, _titles(article, section))),
            text=section.text,
            title=article.title,
            document_number=article.document_number,
            issuer=article.issuer,
            owner=article.owner,
            area=article.area,
            effective_from=article.effective_from,
            effective_to=last_day,
            keywords=article.keywords,
            secrecy=article.secrecy,
            source_link=article.source_link,
            version=version,
        )
        for number, section in enumerate(sections(article.text, limit), start=1)
    )


def sections(text: str, limit: int = LIMIT) -> list[Section]:
    """The pieces of ``text``; joined ``opened`` and ``text`` of all are the text itself, white space aside."""
    if limit < 1:
        raise ValueError("a passage needs room for at least one character")
    result: list[Section] = []
    for unit in _units(text):
        opened = unit.opened
        pieces = list(_pieces(unit.lines, limit))
        leads = _leads(unit.lines, pieces) if len(pieces) > 1 else [("", "")]
        for piece, (clause, lead) in zip(pieces, leads, strict=True):
            result.append(Section(unit.above, opened, unit.label + clause, piece, lead))
            opened = ()
    return result


def is_item(line: str) -> bool:
    """Whether a line of text begins an item of a list: （一）, 1., ①, ·."""
    return _ITEM.match(line) is not None


def is_heading(line: str) -> bool:
    """Whether a line of text by itself is taken as a heading of what follows it."""
    return bool(line) and _heading_level(line) is not None


def _titles(article: PolicyArticle, section: Section) -> tuple[str, ...]:
    return (article.title, *map(_plain_heading, section.above), section.label, section.lead)


def _leads(lines: list[str], pieces: list[str]) -> list[tuple[str, str]]:
    """``(款, leading sentence)`` of the pieces of one unit, by the line in which each begins."""
    starts = _starts(lines, pieces)
    is_article = bool(_ARTICLE.match(lines[0]))
    clauses = [n for n, line in enumerate(lines) if not _ITEM.match(line)]
    hanging = [(_clause(start, clauses) if is_article else "", _lead(lines, start)) for start in starts[1:]]
    return [("", ""), *hanging]


def _starts(lines: list[str], pieces: list[str]) -> list[int]:
    """The number of the line in which each piece begins."""
    ends, total = [], 0
    for line in lines:
        total += len(_bare(line))
        ends.append(total)
    starts, passed = [], 0
    for piece in pieces:
        starts.append(next((n for n, end in enumerate(ends) if end > passed), len(lines) - 1))
        passed += len(_bare(piece))
    return starts


def _bare(text: str) -> str:
    return "".join(text.split())


def _clause(start: int, clauses: list[int]) -> str:
    """第二款 for a line that begins the second paragraph of its 条, or lies in it; the first has no name of its own."""
    number = sum(1 for n in clauses if n <= start)
    return f"第{_ORDINALS[number - 1]}款" if 1 < number <= len(_ORDINALS) else ""


def _lead(lines: list[str], start: int) -> str:
    """The sentence that leads the item in line ``start``, below those that lead that one; empty where none."""
    if not _kind(lines[start])[0]:
        return _question(lines, start)
    parent = _first_of_its_kind(lines, start) - 1
    if parent < 0:
        return ""
    above = _lead(lines, parent) if _kind(lines[parent])[0] else ""
    own = _last_sentence(lines[parent]) if above or lines[parent][-1] in _LEADS else ""
    return SEPARATOR.join(filter(None, (above, own)))


def _first_of_its_kind(lines: list[str], start: int) -> int:
    """The line of the first item of the list that line ``start`` belongs to; items of other kinds lie inside others."""
    wanted, ordinal = _kind(lines[start])
    first = start
    for n in range(start - 1, -1, -1):
        kind, before = _kind(lines[n])
        if ordinal in _FIRSTS or not kind:
            break
        if kind == wanted:
            first, ordinal = n, before
    return first


def _kind(line: str) -> tuple[str, str]:
    """``(kind, number)`` of an item; both empty where the line is none."""
    match = _ITEM.match(line)
    if match is None:
        return "", ""
    kind = str(match.lastgroup or "bullet")
    return kind, str(match.groupdict().get(kind) or "")


def _question(lines: list[str], start: int) -> str:
    is_question = _QUESTION.fullmatch(lines[0]) or lines[0][-1] in "？?"
    return lines[0][:_LEAD_LENGTH] if start and is_question else ""


def _last_sentence(line: str) -> str:
    last = [str(s).strip() for s in _SENTENCE.findall(line) if s.strip()][-1]
    return last if len(last) <= _LEAD_LENGTH else "…" + last[-_LEAD_LENGTH:]


@dataclass(slots=True)
class _Unit:
    above: tuple[str, ...]
    opened: tuple[str, ...]
    label: str
    lines: list[str]


class _Outline:
    """The headings in force while an article is read from top to bottom, and the unit that is being read."""

    def __init__(self) -> None:
        self.current: _Unit | None = None
        self._open: list[tuple[int, str]] = []
        self._unused: list[str] = []

    def enter(self, level: int, line: str) -> None:
        self._open = [(lv, text) for lv, text in self._open if lv < level]
        self._open.append((level, line))
        self._unused.append(line)

    def note(self, line: str) -> None:
        """A line that belongs to the heading above and is no answer: it comes before the next passage, in none."""
        self._unused.append(line)

    def begin(self, label: str, line: str) -> None:
        opened, self._unused = tuple(self._unused), []
        self.current = _Unit(tuple(text for _, text in self._open), opened, label, [line])

    def finished(self) -> Iterator[_Unit]:
        if self.current is not None:
            yield self.current
        self.current = None

    def left_over(self) -> list[str]:
        left, self._unused = self._unused, []
        return left


def _units(text: str) -> Iterator[_Unit]:
    outline = _Outline()
    lines = [line for raw in text.splitlines() if (line := raw.strip())]
    notes = _notes(lines)
    for place, (line, following) in enumerate(zip(lines, (*lines[1:], ""), strict=False)):
        if place in notes:
            outline.note(line)
        elif (level := _heading_level(line)) is not None:
            yield from outline.finished()
            outline.enter(level, line)
        elif outline.current is None or _opens(line, following):
            yield from outline.finished()
            outline.begin(_label(line), line)
        else:
            outline.current.lines.append(line)
    yield from outline.finished()
    # A heading with nothing under it is quoted as a text of its own: better an odd passage than a lost line.
    if rest := outline.left_over():
        yield _Unit((), (), "", rest)


def _notes(lines: Sequence[str]) -> set[int]:
    """The places of the lines of 题注: at the beginning, where a title was above, or under a heading."""
    found: set[int] = set()
    for place in range(len(lines)):
        if place == 0 or _heading_level(lines[place - 1]) is not None:
            found.update(range(place, place + note_length(lines, place)))
    return found


def _heading_level(line: str) -> int | None:
    if match := _MARKDOWN.fullmatch(line):
        return len(match.group(1))
    if _ANNEX.fullmatch(line) and line[-1] not in "。；;":
        return _ANNEX_LEVEL
    if line[-1] in _OPEN_ENDED:
        return None
    if match := _CHAPTER.fullmatch(line):
        return 10 + _LEVELS[match.group(1)]
    return 20 if _NUMBERED.fullmatch(line) and not _QUESTION.fullmatch(line) else None


def _opens(line: str, following: str) -> bool:
    if _ARTICLE.match(line) or _QUESTION.fullmatch(line) or _NUMBERED_QUESTION.fullmatch(line):
        return True
    return line[-1] in "？?" and bool(_ANSWER.match(following))


def _label(line: str) -> str:
    match = _ARTICLE.match(line)
    return match.group(1) if match else ""


def _plain_heading(line: str) -> str:
    return line.lstrip("#").strip()


def _pieces(lines: list[str], limit: int) -> Iterator[str]:
    """Whole lines as long as they fit; a line that does not fit alone is cut between sentences."""
    if sum(map(len, lines)) + len(lines) - 1 <= limit:
        yield "\n".join(lines)
        return
    yield from _packed((part for line in lines for part in _fitting(line, limit)), limit)


def _packed(parts: Iterable[tuple[str, str]], limit: int) -> Iterator[str]:
    held = ""
    for glue, part in parts:
        if held and len(held) + len(glue) + len(part) > limit:
            yield held
            held = part
        else:
            held = held + glue + part if held else part
    if held:
        yield held


def _fitting(line: str, limit: int) -> Iterator[tuple[str, str]]:
    """``(glue, part)``: what joins the part to the one before it, and the part, none longer than ``limit``."""
    if len(line) <= limit:
        yield "\n", line
        return
    glue = "\n"
    for sentence in _SENTENCE.findall(line):
        for start in range(0, len(sentence), limit):
            yield glue, sentence[start : start + limit]
            glue = ""
