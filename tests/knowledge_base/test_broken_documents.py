"""Files that were cut short or damaged on their way: each is refused with what to do, or what is missing is told."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from pathlib import Path

import docx
import openpyxl
import pytest
from library_imports import import_articles
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadDocument, BadLibrary
from knowledge_base.readers import MOST_CHARACTERS, DocumentReading, Surroundings, read_document
from knowledge_base.readers.guard import MOST_BYTES
from knowledge_base.sources import read_sources

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
LINES = (
    "云川市民政局关于印发居家养老办法的通知",
    "云民规〔2025〕6号",
    "第一条 年满八十周岁的老年人每月补贴一百元。",
    "第二条 本通知自2025年9月1日起施行。",
    "云川市民政局",
    "2025年8月5日",
)
ROWS = [("问题", "答案", "承办单位", "生效日期")] + [
    (f"第{n}个问题怎么办理？", f"带身份证到{n}号窗口办理。", "市民政局", "2025-01-01") for n in range(12)
]
TABLE = "\r\n".join(",".join(row) for row in ROWS)


def made(kind: str) -> bytes:
    file = io.BytesIO()
    if kind == "docx":
        document = docx.Document()
        for line in LINES:
            document.add_paragraph(line)
        document.save(file)
    elif kind == "xlsx":
        workbook = openpyxl.Workbook()
        for row in ROWS:
            workbook.worksheets[0].append(list(row))
        workbook.save(file)
    elif kind == "pdf":
        pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
        canvas = Canvas(file)
        canvas.setFont("STSong-Light", 12)
        for n, line in enumerate(LINES):
            canvas.drawString(72, 780 - 24 * n, line)
        canvas.save()
    else:
        file.write(TABLE.encode("gb18030" if kind == "csv" else "utf-8-sig"))
    return file.getvalue()


def broken(whole: bytes) -> Iterator[bytes]:
    """Cut off at forty places, and with a byte changed at forty."""
    chance = random.Random(7)
    for cut in range(1, len(whole), len(whole) // 40):
        yield whole[:cut]
        place = chance.randrange(len(whole))
        yield whole[:place] + bytes([whole[place] ^ chance.randrange(1, 256)]) + whole[place + 1 :]


def told(reading: DocumentReading) -> set[str]:
    return {finding.code for finding in (*reading.not_understood, *reading.warnings)}


FILES = [("docx", "文件.docx"), ("pdf", "文件.pdf"), ("xlsx", "文件.xlsx"), ("csv", "文件.csv"), ("utf", "u.csv")]


@pytest.mark.parametrize(("kind", "name"), FILES)
def test_a_broken_file_is_refused_or_what_is_missing_of_it_is_told(kind: str, name: str) -> None:
    whole = made(kind)
    sound = read_document(whole, name, surroundings=CITY)
    assert sound.faults == ()
    outcomes = [outcome(raw, name) for raw in broken(whole)]
    refusals = [one for one in outcomes if isinstance(one, str)]
    readings = [one for one in outcomes if isinstance(one, DocumentReading)]
    assert all(name in refusal and refusal.endswith(".") for refusal in refusals)
    assert all(is_honest(reading, sound) for reading in readings)
    assert refusals or kind in ("csv", "utf")  # the beginning of a table is a table


def outcome(raw: bytes, name: str) -> DocumentReading | str:
    try:
        return read_document(raw, name, surroundings=CITY)
    except BadDocument as error:
        return str(error)


def is_honest(reading: DocumentReading, sound: DocumentReading) -> bool:
    """Whole, or its first rows whole, or with another character where a byte was changed; else it says so."""
    rows_are_whole = bool(reading.fields) and reading.fields == sound.fields[: len(reading.fields)]
    another_character = abs(reading.tally.read - sound.tally.read) <= 1 and reading.tally.unplaced == 0
    return bool(rows_are_whole or another_character or reading.faults or told(reading) - told(sound))


def test_one_broken_byte_in_a_table_costs_one_character_and_not_the_encoding() -> None:
    raw = TABLE.encode("gb18030")
    place = raw.index("身份证".encode("gb18030"))
    reading = read_document(raw[:place] + b"\xff" + raw[place + 1 :], "问答.csv", surroundings=CITY)
    assert len(reading.articles) == len(ROWS) - 1
    assert "undecodable" in told(reading)
    assert sum("\ufffd" in article.text for article in reading.articles) == 1


def test_of_several_files_the_broken_ones_are_all_named_and_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for kind in ("docx", "xlsx", "pdf"):
        (folder / f"cut.{kind}").write_bytes(made(kind)[:-600])
        (folder / f"whole.{kind}").write_bytes(made(kind))
    into = tmp_path / "library"
    with pytest.raises(BadLibrary) as refused:
        import_articles([folder], into, CITY.catalogue, CITY.gazetteer)
    assert sum("cut." in fault for fault in refused.value.faults) == 3
    assert not into.exists()


def test_an_import_reads_each_document_under_the_limits_of_an_upload(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge_base.readers.apart.MOST_SECONDS", 1)
    (tmp_path / "a-slow.txt").write_text("第一条 停车。\n" * (MOST_CHARACTERS // 8), encoding="utf-8")
    (tmp_path / "b-rule.docx").write_bytes(made("docx"))
    read = read_sources([tmp_path], CITY)
    assert [fault for fault in read.reading.faults if "takes too much time or memory" in fault] == [
        *read.reading.faults
    ]
    assert [path.name for path, _ in read.documents] == ["b-rule.docx"]


def test_a_file_far_too_large_is_not_even_loaded(tmp_path: Path) -> None:
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(100 * MOST_BYTES)  # a hole: nothing of it is on the disk
    (fault,) = read_sources([path], CITY).reading.faults
    assert "huge.pdf has 6400 MB, more than 64" in fault
