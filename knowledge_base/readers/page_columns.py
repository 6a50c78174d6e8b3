"""Pages set in columns, read column by column and not across.

A gutter is where nothing is printed over several lines, with running text on both sides of it: lines that fill their
column, which the cells of a table without rules do not (after Breuel, "Two geometric algorithms for layout analysis",
DAS 2002: columns are found by the empty space between them). What is printed over the gutter (a title, a wide table)
ends the columns above it, and others begin below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knowledge_base.readers.document import Table
from knowledge_base.readers.page_lines import Line, Page

Placed = tuple[tuple[float, float, float, float], Table]
"""A table in its box: x0, top, x1, bottom."""

_FEWEST_LINES = 4
_FILLED = 0.5
_LONG = 8
_RAGGED = 2.5
_SAME_EDGE = 4.0
_SLACK = 0.4
_OVERLAP = 0.5
_MOST_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """A column, or what stands over all of them: lines from top to bottom, and the tables among them by their top."""

    page: Page
    tables: tuple[tuple[float, Table], ...]
    is_column: bool = False


def parts_of(page: Page, tables: Sequence[Placed]) -> list[Part]:
    """The parts of a page in the order in which they are read; one where it is not set in columns."""
    return list(_parts(page, list(page.lines), list(tables), _MOST_COLUMNS)) or [_part(page, [], list(tables))]


def _parts(page: Page, lines: list[Line], tables: list[Placed], most: int) -> Iterator[Part]:
    gutter = _gutter(lines) if most > 1 else None
    if gutter is None:
        yield _part(page, lines, tables)
        return
    x, first, last = gutter
    ordered = _from_top(lines)
    # By their order and not by their boxes: letters of one line may reach into the next.
    over, band, under = ordered[:first], ordered[first:last], ordered[last:]
    top, bottom = min(line.top for line in band), max(line.bottom for line in band)
    pieces = [piece for line in band for piece in line.pieces or (line,)]
    beside = [placed for placed in tables if _middle(placed) >= top and _middle(placed) < bottom]
    if over or any(_middle(placed) < top for placed in tables):
        yield from _parts(page, over, [placed for placed in tables if _middle(placed) < top], most)
    for is_left in (True, False):
        column = [piece for piece in pieces if (piece.x0 < x) is is_left]
        own = [placed for placed in beside if (placed[0][0] < x) is is_left]
        yield from (replace(part, is_column=True) for part in _parts(page, column, own, most - 1))
    if under or any(_middle(placed) >= bottom for placed in tables):
        yield from _parts(page, under, [placed for placed in tables if _middle(placed) >= bottom], most)


def _part(page: Page, lines: list[Line], tables: list[Placed]) -> Part:
    return Part(replace(page, lines=tuple(lines)), tuple((box[1], table) for box, table in tables))


def _middle(placed: Placed) -> float:
    return (placed[0][1] + placed[0][3]) / 2


def _from_top(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: line.top)


def _gutter(lines: Sequence[Line]) -> tuple[float, int, int] | None:
    """``x`` and the first band that has columns on both sides of it, as a slice of the lines from the top, if any."""
    pieces = [piece for line in lines for piece in line.pieces or (line,)]
    if len(pieces) < 2 * _FEWEST_LINES:
        return None
    for x in _edges(pieces):
        for first, band in _bands(lines, x):
            if _is_set_in_columns(band, x):
                return x, first, first + len(band)
    return None


def _edges(pieces: Sequence[Line]) -> Iterator[float]:
    """Just left of where lines begin again and again, but for the left edge of all; the commonest first."""
    first = min(piece.x0 for piece in pieces)
    starts = Counter(round(piece.x0 / _SAME_EDGE) for piece in pieces)
    for place, count in starts.most_common():
        at = [piece for piece in pieces if round(piece.x0 / _SAME_EDGE) == place]
        x = min(piece.x0 for piece in at) - _SLACK * at[0].size
        if count >= _FEWEST_LINES and x > first + _LONG * at[0].size / 2:
            yield x


def _bands(lines: Sequence[Line], x: float) -> Iterator[tuple[int, list[Line]]]:
    """Runs of lines, from top to bottom, over which nothing is printed at ``x``, each with its place among all."""
    band: list[Line] = []
    for place, line in enumerate(_from_top(lines)):
        if any(piece.x0 < x < piece.x1 for piece in line.pieces or (line,)):
            if band:
                yield place - len(band), band
            band = []
        else:
            band.append(line)
    if band:
        yield len(lines) - len(band), band


def _is_set_in_columns(band: Sequence[Line], x: float) -> bool:
    pieces = [piece for line in band for piece in line.pieces or (line,)]
    left, right = [p for p in pieces if p.x0 < x], [p for p in pieces if p.x0 >= x]
    if min(len(left), len(right)) < _FEWEST_LINES:
        return False
    low, high = max(_top(left), _top(right)), min(_bottom(left), _bottom(right))
    least = min(_bottom(left) - _top(left), _bottom(right) - _top(right))
    return high - low >= _OVERLAP * least and _is_running(left) and _is_running(right)


def _top(pieces: Sequence[Line]) -> float:
    return min(piece.top for piece in pieces)


def _bottom(pieces: Sequence[Line]) -> float:
    return max(piece.bottom for piece in pieces)


def _is_running(pieces: Sequence[Line]) -> bool:
    """Whether most lines go to one right edge, and are no mere labels or figures."""
    edge = max(piece.x1 for piece in pieces)
    full = [p for p in pieces if p.x1 > edge - _RAGGED * p.size and len("".join(p.text.split())) >= _LONG]
    return len(full) >= _FILLED * len(pieces)
