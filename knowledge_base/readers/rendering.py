"""Blocks as the text of an article: headings that the splitter knows, and tables as rows that can be read out."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from knowledge_base.articles.fields import field_of, header_score
from knowledge_base.articles.splitting import is_heading
from knowledge_base.readers.document import Block, Paragraph, Table, ink

_HEAD_CELL = 16
_HEAD_WORDS = re.compile(
    r"(?:序号|名称|项目|事项|内容|标准|类别|类型|金额|比例|地址|电话|联系|时间|期限|材料|条件|对象|单位|部门|备注|档次|人群|年龄|区域|收费|说明)"
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufeff]")
_MARK = re.compile(r"^(?=[#]|---$)")


def text_of_blocks(blocks: Sequence[Block], aside: Collection[int] = (), raised: int | None = None) -> str:
    """The text of an article.

    ``aside`` are paragraphs, by their number among the paragraphs, that are left out; ``raised`` is one that heads all
    that follows it.
    """
    lines: list[str] = []
    number = -1
    for block in blocks:
        if isinstance(block, Table):
            lines += table_lines(block)
            continue
        number += 1
        if number not in aside:
            lines.append(_paragraph(block, number == raised))
    return _CONTROL.sub("", "\n".join(lines))


def _paragraph(block: Paragraph, raised: bool) -> str:
    text = "\n".join(line.strip() for line in block.text.splitlines() if line.strip())
    if raised:
        return f"# {' '.join(text.split())}"
    if block.level is None:
        # A line that begins with the marks of Markdown is no heading of this document.
        return _MARK.sub(" ", text)
    plain = " ".join(text.split())
    return plain if is_heading(plain) else f"{'#' * min(block.level + 1, 6)} {plain}"


def table_lines(table: Table) -> list[str]:
    """A table as lines, one for each row.

    Under a head, a row is "列名：值；列名：值", so that it can be quoted alone; two columns without one are "项：值".
    Where one name of a head stands over several, a column has both: "票价（夜间）". Rows of questions and answers are
    such pairs. A row that is one cell is a line of its own.
    """
    lines = [table.caption] if table.caption else []
    rows = [row for row in table.rows if any(cell.strip() for cell in row)]
    if not rows:
        return lines
    if found := _two_storeys(rows):
        above, both = found
        return [*lines, *_above(rows[:above]), *(_row(row, both) for row in rows[above + 2 :])]
    head = _head(table, rows)
    if head and (pair := _pair_columns(rows[head - 1])):
        return [*lines, *_above(rows[: head - 1]), *_pairs(rows[head:], pair)]
    names = rows[head - 1] if head else ()
    lines += _above(rows[: head - 1]) if head else []
    return lines + [_row(row, names) for row in rows[head:]]


def labels_of(table: Table) -> tuple[str, ...]:
    """The cells of a table of questions and answers that its lines leave out: its head, and the numbers of its rows."""
    rows = [row for row in table.rows if any(cell.strip() for cell in row)]
    head = _head(table, rows) if rows and not _two_storeys(rows) else 0
    pair = _pair_columns(rows[head - 1]) if head else None
    if pair is None:
        return ()
    numbers = [row[n] for row in rows[head:] for n in range(len(row)) if n not in pair and row[n].strip().isdigit()]
    return (*(cell for cell in dict.fromkeys(rows[head - 1]) if cell.strip()), *numbers)


def _two_storeys(rows: Sequence[tuple[str, ...]]) -> tuple[int, tuple[str, ...]] | None:
    """``(rows above it, names of the columns)`` of a head of two rows, in which one name stands over several."""
    above = next((n for n, row in enumerate(rows[:3]) if len(set(row)) > 1), len(rows))
    if len(rows) < above + 3:
        return None
    pairs = list(zip(rows[above], rows[above + 1], strict=True))
    if any(
        not wide.strip() or not narrow.strip() or max(len(wide), len(narrow)) > _HEAD_CELL for wide, narrow in pairs
    ):
        return None
    over = {wide for n, (wide, _) in enumerate(pairs) if n and wide == pairs[n - 1][0]}
    below = [narrow for wide, narrow in pairs if wide in over]
    whole = all(wide == narrow for wide, narrow in pairs if wide not in over)
    if not over or not whole or len(set(pairs)) < len(pairs) or set(below) & over or any(map(_has_digit, below)):
        return None
    return above, tuple(wide if wide == narrow else f"{_flat(wide)}（{_flat(narrow)}）" for wide, narrow in pairs)


def _has_digit(text: str) -> bool:
    return re.search(r"\d", text) is not None


def _head(table: Table, rows: Sequence[tuple[str, ...]]) -> int:
    """How many rows from the top stand above the body, the last of them naming the columns; 0 where none does."""
    if len(rows) == 1:
        return 0
    if table.has_header:
        return 1
    for number, row in enumerate(rows[:3]):
        if len({cell for cell in row if cell}) == 1 and len(row) > 1:
            continue
        return number + 1 if len(rows) > number + 1 and _names_columns(row, rows[number + 1]) else 0
    return 0


def _names_columns(row: tuple[str, ...], following: tuple[str, ...]) -> bool:
    cells = [cell.strip() for cell in row]
    if not all(cells) or len(set(cells)) < len(cells) or any(len(cell) > _HEAD_CELL or ":" in cell for cell in cells):
        return False
    # One word of a head may be chance.
    if header_score(cells) or sum(bool(_HEAD_WORDS.search(cell)) for cell in cells) > 1:
        return True
    if len(cells) == 2:  # noqa: PLR2004 - two short columns are as likely a label and its value
        return False
    return not any(re.search(r"\d", cell) for cell in cells) and any(
        re.search(r"\d", cell) or len(cell) > _HEAD_CELL for cell in following
    )


def _pair_columns(names: tuple[str, ...]) -> tuple[int, int] | None:
    fields = [field_of(name) for name in names]
    if "question" in fields and "answer" in fields:
        return fields.index("question"), fields.index("answer")
    return None


def _pairs(rows: Sequence[tuple[str, ...]], pair: tuple[int, int]) -> list[str]:
    lines: list[str] = []
    for row in rows:
        question, answer = row[pair[0]].strip(), row[pair[1]].strip()
        others = [cell for n, cell in enumerate(row) if n not in pair and cell.strip() and not cell.strip().isdigit()]
        lines += [_marked("问", _flat(question)), _marked("答", answer), *others]
    return lines


def _marked(mark: str, text: str) -> str:
    return text if re.match(rf"{mark}\s*[:：]", text) else f"{mark}：{text}"


def _row(row: tuple[str, ...], names: Sequence[str]) -> str:
    if len({cell for cell in row if cell.strip()}) == 1:
        return next(cell for cell in row if cell.strip())
    if names:
        said = [f"{_flat(name)}：{_flat(cell)}" for name, cell in zip(names, row, strict=True) if cell.strip()]
        return "".join(p if n == len(said) - 1 or p[-1:] in "；;。！？" else f"{p}；" for n, p in enumerate(said))
    if len(row) == 2 and row[0].strip() and ink(row[0]) <= _HEAD_CELL:  # noqa: PLR2004 - label and value
        label = _flat(row[0])
        return label + ("" if label[-1:] in "：:" else "：") + _flat(row[1])
    return _joined(row)


def _above(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """The lines above a head: a title that is merged over several rows stands once."""
    return [_joined(row) for n, row in enumerate(rows) if n == 0 or row != rows[n - 1]]


def _joined(row: Sequence[str]) -> str:
    cells = [_flat(cell) for n, cell in enumerate(row) if cell.strip() and (n == 0 or cell != row[n - 1])]
    return " | ".join(cells)


def _flat(cell: str) -> str:
    return " ".join(cell.split())
