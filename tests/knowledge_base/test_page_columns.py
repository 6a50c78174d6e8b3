from __future__ import annotations

import pytest

from knowledge_base.readers.page_columns import parts_of
from knowledge_base.readers.page_lines import Line, Page

SIZE, HEIGHT = 10.0, 11.5


def line(text: str, x0: float, x1: float, top: float) -> Line:
    return Line(text, x0, x1, top, top + HEIGHT, SIZE)


def page(leading: float) -> Page:
    """Two columns of eight lines between a title and a sentence over both; ``leading`` points from line to line."""
    lines = [line("题" * 30, 50, 550, 50)]
    for row in range(1, 9):
        top = 50 + row * leading
        left, right = line(f"左{row}" + "字" * 18, 50, 280, top), line(f"右{row}" + "字" * 18, 320, 550, top)
        lines.append(Line(left.text + right.text, 50, 550, top, top + HEIGHT, SIZE, (left, right)))
    return Page(1, 600, 800, (*lines, line("尾" * 30, 50, 550, 50 + 9 * leading)))


@pytest.mark.parametrize("leading", [10.0, 11.0, 12.0, 15.0])
def test_no_line_is_lost_where_the_letters_of_one_reach_into_the_next(leading: float) -> None:
    read = [(part.is_column, "".join(line.text[0] for line in part.page.lines)) for part in parts_of(page(leading), ())]
    assert read == [(False, "题"), (True, "左" * 8), (True, "右" * 8), (False, "尾")]
