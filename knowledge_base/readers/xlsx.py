"""Excel workbooks (.xlsx): the cells of each sheet as they are shown, and a name for what no cell holds.

openpyxl reads the cells (ECMA-376 Part 1, 18). A formula counts by the result that was stored with it; where none was,
it is named and not guessed.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from knowledge_base.errors import BadDocument
from knowledge_base.readers.document import Sheet, Workbook, gathered, ink
from knowledge_base.readers.findings import Finding

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook as OpenWorkbook
    from openpyxl.worksheet.worksheet import Worksheet

_MOST_CELLS = 2_000_000
_LISTED = 5
_ERRORS = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")


def read_xlsx(raw: bytes, name: str) -> Workbook:
    """The shown sheets of a workbook. Raises BadDocument where it cannot be opened or has too many cells."""
    shown, formulas = _opened(raw, name, values=True), _opened(raw, name, values=False)
    findings: list[Finding] = []
    sheets: list[Sheet] = []
    hidden: list[str] = []
    comments: list[tuple[str, str]] = []
    for sheet in shown.worksheets:
        if sheet.sheet_state != "visible":
            hidden.append(f"{sheet.title}（{sum(1 for _ in _filled(sheet))} 格）")
            continue
        if (sheet.max_row or 0) * (sheet.max_column or 0) > _MOST_CELLS:
            raise BadDocument(
                f"{name}: the sheet {sheet.title} spans {sheet.max_row} rows and {sheet.max_column} columns. "
                "Delete the empty rows and columns behind the table, or split it."
            )
        read = _sheet(sheet)
        comments += [("comments", c.comment.text) for c in _filled(sheet) if c.comment]
        findings += _sheet_findings(sheet, formulas[sheet.title])
        if read is None:
            findings.append(Finding("unread-sheet", 1, sheet.title))
        else:
            sheets.append(read)
    if not sheets:
        raise BadDocument(
            f"{name} has no shown sheet with text in it. Show the sheet that is meant, save, import again."
        )
    if hidden:
        findings.append(Finding("hidden-sheets", len(hidden), "、".join(hidden[:_LISTED])))
    findings += _package_findings(raw)
    characters = sum(ink(cell) for sheet in sheets for cell in sheet.cells)
    return Workbook(tuple(sheets), characters + sum(ink(t) for _, t in comments), gathered(comments), tuple(findings))


def _opened(raw: bytes, name: str, *, values: bool) -> OpenWorkbook:
    import openpyxl  # noqa: PLC0415 - only workbooks need it

    # It warns of what it would lose on saving; nothing is saved here.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\..*")
    try:
        return openpyxl.load_workbook(io.BytesIO(raw), data_only=values)
    except MemoryError:
        raise
    except Exception as error:
        # A damaged workbook makes openpyxl fail in every way there is: KeyError, TypeError, ParseError …
        raise BadDocument(
            f"{name} is damaged and cannot be read as a workbook. Open it in Excel or WPS, save it anew as .xlsx, "
            "and import that."
        ) from error


def _filled(sheet: Worksheet) -> Iterator[Cell]:
    for row in sheet.iter_rows():
        yield from (cell for cell in row if cell.value is not None)


def _sheet(sheet: Worksheet) -> Sheet | None:
    grid = [[shown_value(cell) for cell in row] for row in sheet.iter_rows()]
    cells = tuple(text for row in grid for text in row if text.strip())
    for merged in sheet.merged_cells.ranges:
        text = grid[merged.min_row - 1][merged.min_col - 1]
        for y in range(merged.min_row - 1, min(merged.max_row, len(grid))):
            for x in range(merged.min_col - 1, min(merged.max_col, len(grid[y]))):
                grid[y][x] = text
    used = [x for x in range(len(grid[0]) if grid else 0) if any(row[x].strip() for row in grid)]
    # Empty rows stay, so that the number of a row is the one that Excel shows.
    rows = tuple(tuple(row[x] for x in used) for row in grid)
    return Sheet(sheet.title, rows, cells) if cells else None


def shown_value(cell: Cell) -> str:
    """A cell as text, about as Excel shows it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date | time):
        return _moment(value)
    if isinstance(value, timedelta):
        return _lasting(value)
    if isinstance(value, float | int):
        return _number(float(value), str(cell.number_format or ""))
    return str(value).strip()


def _moment(value: date | time) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat()


def _lasting(value: timedelta) -> str:
    """Hours and minutes as ``[h]:mm`` shows them: 26:30."""
    minutes = round(value.total_seconds() / 60)
    return f"{'-' if minutes < 0 else ''}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"


def _number(value: float, form: str) -> str:
    if form.endswith("%"):
        places = len(form.partition(".")[2]) - 1 if "." in form else 0
        return f"{value * 100:.{max(places, 0)}f}%"
    if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - as many digits as Excel keeps
        whole = str(int(value))
        return whole.zfill(len(form)) if form and set(form) == {"0"} else whole
    return f"{value:.10g}"


def _sheet_findings(sheet: Worksheet, formulas: Worksheet) -> Iterator[Finding]:
    uncomputed = [
        cell.coordinate for cell in _filled(formulas) if cell.data_type == "f" and sheet[cell.coordinate].value is None
    ]
    broken = [cell.coordinate for cell in _filled(sheet) if str(cell.value) in _ERRORS]
    away = [f"第 {n} 行" for n, d in sheet.row_dimensions.items() if d.hidden and n <= (sheet.max_row or 0)]
    away += [f"{key} 列" for key, d in sheet.column_dimensions.items() if d.hidden]
    for code, places in (("uncomputed", uncomputed), ("broken-cells", broken), ("hidden-rows", away)):
        if places:
            more = " …" if len(places) > _LISTED else ""
            yield Finding(code, len(places), f"{sheet.title} {'、'.join(places[:_LISTED])}{more}")


def _package_findings(raw: bytes) -> Iterator[Finding]:
    """Pictures, charts and text boxes lie beside the cells."""
    with zipfile.ZipFile(io.BytesIO(raw)) as package:
        names = package.namelist()
        pictures = [n for n in names if n.startswith("xl/media/")]
        boxes = [
            n
            for n in names
            if n.startswith("xl/drawings/drawing") and n.endswith(".xml") and b"<a:t>" in package.read(n)
        ]
    charts = [n for n in names if n.startswith(("xl/charts/chart", "xl/embeddings/"))]
    if pictures:
        yield Finding("images", len(pictures), "、".join(n.rpartition("/")[2] for n in pictures[:_LISTED]))
    if boxes or charts:
        yield Finding("embedded", len(boxes) + len(charts), "图表或文本框")
