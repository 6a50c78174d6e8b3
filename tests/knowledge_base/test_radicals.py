"""What is copied from a PDF into a document, sheet or page has characters that only look like those that are meant."""

from __future__ import annotations

import io
import unicodedata

import docx
import openpyxl
import pytest
from readings import codes

from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.readers import DocumentReading, Surroundings, read_document
from knowledge_base.readers.document import squeezed
from knowledge_base.readers.radicals import as_characters, looks

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
TITLE = "云川市⽆障碍⻋位管理办法"
LINES = ("第⼀条 ⻋位由物业⽆偿提供︵含坡道︶。", "第二条 本办法⾃2026年10⽉15⽇起施⾏。")
READ = ("第一条 车位由物业无偿提供（含坡道）。", "第二条 本办法自2026年10月15日起施行。")
QUESTION, ANSWER = "⻋位收费吗？", "不收费，由物业⽆偿提供。"


def word() -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_heading(TITLE, 0)
    for line in LINES:
        document.add_paragraph(line)
    document.save(file)
    return file.getvalue()


def page() -> bytes:
    body = "".join(f"<p>{line}</p>" for line in LINES)
    return f"<!DOCTYPE html><html><body><h1>{TITLE}</h1><div class='TRS_Editor'>{body}</div></body></html>".encode()


def text() -> bytes:
    return "\n".join((f"# {TITLE}", *LINES)).encode()


def sheet() -> bytes:
    workbook, file = openpyxl.Workbook(), io.BytesIO()
    assert workbook.active is not None
    workbook.active.append(["问题", "答案", "责任单位", "发布⽇期"])
    workbook.active.append([QUESTION, ANSWER, "市住房和城乡建设局", "2026-01-01"])
    workbook.save(file)
    return file.getvalue()


def table() -> bytes:
    return f"问题,答案,责任单位\n{QUESTION},{ANSWER},市住房和城乡建设局\n".encode()


def read(raw: bytes, name: str) -> DocumentReading:
    return read_document(raw, name, {"effective_from": "2026-01-01"} if name.endswith(("xlsx", "csv")) else {}, CITY)


def told(reading: DocumentReading) -> str:
    [finding] = [one for one in reading.warnings if one.code == "look-alikes"]
    return finding.chinese


@pytest.mark.parametrize(("raw", "name"), [(word(), "a.docx"), (page(), "a.html"), (text(), "a.txt")])
def test_documents_are_read_in_the_characters_that_are_meant_and_say_so(raw: bytes, name: str) -> None:
    reading = read(raw, name)
    [fields] = reading.fields
    assert fields["title"] == "云川市无障碍车位管理办法"
    assert fields["effective_from"] == "2026-10-15"
    assert [line for line in fields["text"].splitlines() if line] == [*READ]
    assert "⻋→车" in told(reading)
    assert not reading.tally.unplaced


@pytest.mark.parametrize(("raw", "name"), [(sheet(), "a.xlsx"), (table(), "a.csv")])
def test_tables_are_read_in_the_characters_that_are_meant_and_say_so(raw: bytes, name: str) -> None:
    reading = read(raw, name)
    [article] = reading.articles
    assert article.title == "车位收费吗？"
    assert article.text.endswith("不收费，由物业无偿提供。")
    assert "⻋→车" in told(reading)
    assert not reading.tally.unplaced


def test_what_a_page_states_beside_its_notice_is_known_by_labels_in_such_characters() -> None:
    rows = {"索引号": "1", "发⽂机关": "云川市⺠政局", "⽂号": "云⺠规〔2026〕9号", "施⾏⽇期": "2026年5⽉1⽇"}
    table = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in rows.items())
    body = "<p>第⼀条 ⻋位由物业⽆偿提供，任何单位和个⼈不得另⾏收费，也不得限制残疾⼈停⻋。</p>" * 2
    raw = f"<html><body><h1>{TITLE}</h1><table>{table}</table><div class='TRS_Editor'>{body}</div></body></html>"
    [fields] = read(raw.encode(), "a.html").fields
    assert fields["issuer"] == "云川市民政局"
    assert fields["document_number"] == "云民规〔2026〕9号"
    assert fields["effective_from"] == "2026-05-01"


def test_nothing_is_said_of_a_file_without_such_characters() -> None:
    assert "look-alikes" not in codes(read("\n".join(("# 云川市车位管理办法", *READ)).encode(), "a.txt"))


def test_only_characters_that_look_alike_are_changed_each_into_one() -> None:
    changed = {code for code in range(0x110000) if looks(chr(code))}
    assert all(len(as_characters(chr(code))) == 1 for code in changed)
    assert all(len(squeezed(as_characters(chr(code)))) == 1 for code in changed)
    assert not changed & {*range(0x4E00, 0xA000), *range(0x3000, 0x3040), *range(0xFF00, 0xFFF0), *range(0x2E80)}
    assert all(unicodedata.name(chr(code)).startswith(("KANGXI", "CJK", "PRESENTATION")) for code in changed)
