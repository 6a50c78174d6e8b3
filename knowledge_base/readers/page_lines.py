"""Lines of printed pages: which belong to the page and not to the text, and which make a paragraph together."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge_base.readers.document import Block, Paragraph, Table

_PAGE_NUMBER = re.compile(
    r"[\s·•\-—–－_~]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*页)?(?:\s*[/\uff0f,，]?\s*(?:共\s*)?\d{1,4}(?:\s*页)?)?[\s·•\-—–－_~]*"
)
_OPENS = re.compile(
    r"(?:第[一二三四五六七八九十百千零〇\d]{1,8}[编章节条]|[（(][一二三四五六七八九十\d]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|\d{1,3}\s*[.\uff0e、](?!\d)|[①-⑳]|问\s*[:：]|答\s*[:：]|附\s*件\s*\d*\s*[:：]?$|[·•●◆■])"
)
_CONTENTS = re.compile(r".{1,60}?\s*(?:[.…·\uff0e]\s*){4,}\s*\d{1,4}")
_ENDS = "。！？；：!?;:…”』」）)》"
_MARGIN = 0.12
_TITLE_SIZE = 1.2
_FULL = 1.6
_SAME_PLACE = 3.0
_INDENT = 1.2
_DEEPEST_INDENT = 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line; lengths in points, from the upper left corner. ``size`` is that of its letters.

    ``pieces`` are the runs of text between its wide gaps, where it has any.
    """

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    pieces: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """The lines of a page from top to bottom."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]

    def without(self, left_out: set[int]) -> Page:
        """The page without the lines of those identities."""
        return replace(self, lines=tuple(line for line in self.lines if id(line) not in left_out))


def margins_of(pages: Sequence[Page]) -> list[Line]:
    """Page headers, footers and page numbers.

    A page number stands alone near the upper or lower edge. A header or footer stands there too, as one of the outer
    two lines, and comes again, but for its digits, on more than half of the pages or on three.
    """
    outer = [(page, line) for page in pages for line in _outer(page)]
    repeated: Counter[str] = Counter()
    for page in pages:
        repeated.update({_shape(line.text) for line in _outer(page)})
    enough = min(3, max(2, len(pages) // 2 + 1))
    return [
        line
        for _, line in outer
        if _PAGE_NUMBER.fullmatch(line.text.strip().lower()) or repeated[_shape(line.text)] >= enough
    ]


def contents_of(pages: Sequence[Page]) -> list[Line]:
    """The lines of a table of contents: a title, dots, the number of a page; with the word 目录 above them."""
    found: list[Line] = []
    for page in pages:
        for before, line in zip((None, *page.lines), page.lines, strict=False):
            if not _CONTENTS.fullmatch(line.text.strip()):
                continue
            if before is not None and "".join(before.text.split()) in ("目录", "目次"):
                found.append(before)
            found.append(line)
    return found


def _outer(page: Page) -> list[Line]:
    near_top = [line for line in page.lines[:2] if line.bottom < page.height * _MARGIN]
    near_end = [line for line in page.lines[-2:] if line.top > page.height * (1 - _MARGIN)]
    return near_top + [line for line in near_end if line not in near_top]


def _shape(text: str) -> str:
    return re.sub(r"\d+", "0", "".join(text.split()))


def paragraphs(pages: Sequence[Page], tables: Sequence[Sequence[tuple[float, Table]]]) -> Iterator[Block]:
    """The lines of all pages joined to paragraphs, with the tables of each page at their height (``top, table``).

    A page may be a part of one: a column.
    """
    body = _body_size(pages)
    usual = min(_places([line for page in pages for line in page.lines]), default=0.0)
    frames = [_frame(page, usual) for page in pages]
    indents = _indents(pages, frames)
    open_lines: list[Line] = []
    frame = (0.0, 0.0)
    for page, found, placed in zip(pages, frames, tables, strict=True):
        own = found or frame
        waiting = sorted(placed, key=lambda one: one[0])
        for line in page.lines:
            while waiting and waiting[0][0] < line.top:
                yield from _closed(open_lines, body)
                yield waiting.pop(0)[1]
            if open_lines and not _continues(open_lines[-1], line, frame, own, indents):
                yield from _closed(open_lines, body)
            open_lines.append(line)
            frame = own
        if waiting:
            yield from _closed(open_lines, body)
        yield from (table for _, table in waiting)
    yield from _closed(open_lines, body)


def _body_size(pages: Sequence[Page]) -> float:
    weight: dict[float, int] = defaultdict(int)
    for page in pages:
        for line in page.lines:
            weight[round(line.size, 1)] += len(line.text)
    return max(weight, key=lambda size: weight[size], default=0.0)


def _frame(page: Page, usual: float) -> tuple[float, float] | None:
    """The left and right edge of the text of a page: the leftmost place where lines begin again and again.

    Where all lines begin at one place it may be that of indented ones: ``usual`` is the edge of the other pages.
    """
    if not page.lines:
        return None
    again = _places(page.lines)
    left = min(again, default=min(line.x0 for line in page.lines))
    size = page.lines[0].size
    if len(again) < 2 and 0 < left - usual < _DEEPEST_INDENT * size:  # noqa: PLR2004 - an edge and an indentation
        left = usual
    return left, max(line.x1 for line in page.lines)


def _places(lines: Sequence[Line]) -> list[float]:
    starts = Counter(round(line.x0 / _SAME_PLACE) for line in lines)
    enough = max(2, len(lines) // 12)
    return [place * _SAME_PLACE for place, count in starts.items() if count >= enough]


def _indents(pages: Sequence[Page], frames: Sequence[tuple[float, float] | None]) -> bool:
    """Whether paragraphs begin with an indented line, as is usual, and the others with the edge of the text."""
    placed = [(line, frame) for page, frame in zip(pages, frames, strict=True) if frame for line in page.lines]
    inside = sum(_INDENT < (line.x0 - frame[0]) / line.size < _DEEPEST_INDENT for line, frame in placed if line.size)
    return inside * 10 >= len(placed)


def _continues(
    before: Line, line: Line, frame_before: tuple[float, float], frame: tuple[float, float], indents: bool
) -> bool:
    if abs(before.size - line.size) > 0.15 * before.size:
        return False
    full = before.x1 > frame_before[1] - _FULL * before.size
    indented = line.x0 > frame[0] + _INDENT * line.size
    ended = before.text.rstrip()[-1:] in _ENDS
    in_column = before.x0 < frame_before[0] + _DEEPEST_INDENT * before.size
    if indented or not (full or (indents and in_column and not ended)):
        return False
    return not (ended and _OPENS.match(line.text))


def _closed(lines: list[Line], body: float) -> Iterator[Paragraph]:
    """The paragraph that the open lines make; they are closed with it."""
    if not lines:
        return
    text = lines[0].text.strip()
    for line in lines[1:]:
        following = line.text.strip()
        latin = text[-1:].isascii() and text[-1:].isalnum() and following[:1].isascii() and following[:1].isalpha()
        text += (" " if latin else "") + following
    large = body > 0 and lines[0].size >= body * _TITLE_SIZE and len(text) <= 80  # noqa: PLR2004 - a title is short
    lines.clear()
    yield Paragraph(_closed_up(text), is_title=large)


def _closed_up(text: str) -> str:
    """A heading set in wide letters ("通 知") without its spaces."""
    if re.fullmatch(r"(?:[\u4e00-\u9fff]\s+){1,12}[\u4e00-\u9fff]", text):
        return "".join(text.split())
    return text
