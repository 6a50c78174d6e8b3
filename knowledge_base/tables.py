"""Tables as halls keep them: CSV in UTF-8 (with or without BOM) or in Excel's GB18030, and JSON lines."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from knowledge_base.errors import BadTable


def read_text(path: Path) -> str:
    """The text of a file in UTF-8 or GB18030. Raises BadTable where it is missing, empty or neither."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise BadTable(f"{path} does not exist. Give the path of an existing file.") from error
    except OSError as error:
        raise BadTable(f"{path} cannot be read ({error.strerror}). Check that it is a file you may read.") from error
    if not raw.strip():
        raise BadTable(f"{path} is empty. Export the table again and check that it has rows.")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadTable(f"{path} is neither UTF-8 nor GB18030 text. Save it from Excel as 'CSV UTF-8'.")


def first_row(path: Path) -> list[str]:
    """The cells of the first line of a CSV. Raises BadTable as :func:`read_text` does."""
    try:
        return [cell.strip() for cell in next(csv.reader(io.StringIO(read_text(path), newline="")), [])]
    except csv.Error:
        return []


def read_csv(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """The rows of a CSV that has at least ``columns``; a row that ends before one of these is refused with its line."""
    return [row for _, row in read_numbered_csv(path, columns)]


def read_whole_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV of which nothing may be lost: each has the fields of the header, and each of them is another.

    Raises BadTable with the line, or the column that stands twice.
    """
    return [row for _, row in _rows(path, (), whole=True)]


def read_numbered_csv(path: Path, columns: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """As :func:`read_csv`, each row with the line of the file that it ends on: blank lines are no rows, but count."""
    return _rows(path, columns, whole=False)


def _rows(path: Path, columns: Sequence[str], *, whole: bool) -> list[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(io.StringIO(read_text(path), newline=""), strict=True)
    header = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = header
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadTable(
            f"{path} has no column {', '.join(repr(name) for name in missing)}. "
            f"Its columns are {', '.join(header)}: name one of them, or add the column."
        )
    twice = next((name for name in header if whole and name and header.count(name) > 1), "")
    if twice:
        raise BadTable(f"{path} has two columns {twice!r}. Rename one, or put them together.")
    rows = []
    try:
        for row in reader:
            rows.append((reader.line_num, _row(row, f"{path}, line {reader.line_num}", header if whole else columns)))
            if whole and any(cell.strip() for cell in row.get(None) or ()):
                raise BadTable(
                    f"{path}, line {reader.line_num}: more fields than the header. "
                    "Put texts that hold a comma in quotation marks."
                )
    except csv.Error as error:
        raise BadTable(
            f"{path}, line {reader.line_num}: {error}. Correct that row or export the table again."
        ) from error
    if not rows:
        raise BadTable(f"{path} has a header and no rows. Export the table again and check that it has rows.")
    return rows


def _row(row: Mapping[Any, Any], where: str, columns: Sequence[str]) -> dict[str, str]:
    if any(row[name] is None for name in columns):
        raise BadTable(f"{where}: fewer fields than the header. Correct that row.")
    return {name: value or "" for name, value in row.items() if name is not None}


def read_jsonl(path: Path, fields: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines file, each with at least ``fields``; faults are named with their line."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise BadTable(f"{path}, line {number}: not JSON ({error.msg}). Each line must be one object.") from error
        missing = [name for name in fields if not isinstance(row, dict) or name not in row]
        if missing:
            raise BadTable(f"{path}, line {number}: no field {', '.join(missing)}. Name the right fields or add them.")
        yield row
