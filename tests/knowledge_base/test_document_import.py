from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import docx
import openpyxl
import pytest
from library_imports import import_articles

from knowledge_base import sample
from knowledge_base.articles.file import read_articles
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadDocument, BadLibrary
from knowledge_base.importing import prepare_import
from knowledge_base.library import load_library
from knowledge_base.policy import ArticleStatus
from knowledge_base.readers import Surroundings, read_document

GAZETTEER = load_gazetteer(sample.areas())
CATALOGUE = load_catalogue(sample.departments(), GAZETTEER)
CITY = Surroundings(CATALOGUE, GAZETTEER)
RULE = (
    "云川市民政局关于印发居家养老办法的通知",
    "云民规〔2025〕6号",
    "第一条 年满八十周岁的老年人每月补贴一百元。",
    "第二条 本通知自2025年9月1日起施行。《旧办法》（云民规〔2020〕2号）同时废止。",
    "云川市民政局",
    "2025年8月5日",
)


def word(path: Path, *lines: str) -> Path:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(path))
    return path


def faq(path: Path, *rows: tuple[str, ...]) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    workbook.save(path)
    return path


def test_a_document_becomes_a_file_that_loads_as_the_same_article(tmp_path: Path) -> None:
    done = import_articles([word(tmp_path / "rule.docx", *RULE)], tmp_path / "library", CATALOGUE, GAZETTEER)
    assert load_library(tmp_path / "library", CATALOGUE, GAZETTEER).articles == done.library.articles


def test_documents_tables_and_articles_of_a_folder_come_in_together(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    word(folder / "rule.docx", *RULE)
    faq(
        folder / "faq.xlsx",
        ("问题", "答案", "承办单位", "生效日期"),
        ("周六上班吗？", "上班。", "市民政局", "2025-01-01"),
    )
    (folder / "plain.md").write_text("# 停车须知\n请停在线内。\n", encoding="utf-8")
    (folder / "logo.bin").write_bytes(b"x")
    done = import_articles(
        [folder],
        tmp_path / "library",
        CATALOGUE,
        GAZETTEER,
        given={"area": "云川市", "owner": "市民政局", "issuer": "云川市民政局", "effective_from": "2025-01-01"},
    )
    assert sorted(a.title for a in done.library.articles) == [
        "云川市民政局关于印发居家养老办法的通知",
        "停车须知",
        "周六上班吗？",
    ]
    assert [p.name for p in done.unread] == ["logo.bin"]


def test_a_trial_reads_and_checks_and_writes_nothing(tmp_path: Path) -> None:
    prepared = prepare_import([word(tmp_path / "rule.docx", *RULE)], tmp_path / "library", CITY)
    assert prepared.faults == ()
    assert len(prepared.outcome.new) == 1
    assert prepared.documents[0].understood
    assert not (tmp_path / "library").exists()


def test_an_abolished_document_ends_where_the_library_has_it_and_is_told_where_not(tmp_path: Path) -> None:
    rule = word(tmp_path / "rule.docx", *RULE)
    alone = prepare_import([rule], tmp_path / "library", CITY)
    assert alone.outcome.library.articles[0].supersedes == ()
    assert "云民规〔2020〕2号" in "".join(str(f) for f in alone.documents[0].not_understood)
    old = word(
        tmp_path / "old.docx",
        "旧办法",
        "云民规〔2020〕2号",
        "本办法自2020年1月1日起施行。",
        "云川市民政局",
        "2020年1月1日",
    )
    both = prepare_import([rule, old], tmp_path / "library", CITY)
    assert both.faults == ()
    assert {a.supersedes for a in both.outcome.library.articles} == {(), ("云民规〔2020〕2号",)}


def test_a_document_that_comes_again_keeps_the_state_that_people_gave_it(tmp_path: Path) -> None:
    library = tmp_path / "library"
    rule = word(tmp_path / "rule.docx", *RULE)
    import_articles([rule], library, CATALOGUE, GAZETTEER, given={"status": "已发布"})
    again = import_articles([rule], library, CATALOGUE, GAZETTEER)
    assert (again.new, again.changed) == ((), ())
    word(rule, *RULE[:3], "第三条 加一条。", *RULE[3:])
    changed = import_articles([rule], library, CATALOGUE, GAZETTEER)
    assert len(changed.changed) == 1
    assert changed.library.articles[0].status is ArticleStatus.PUBLISHED


def test_one_bad_document_and_nothing_at_all_is_imported(tmp_path: Path) -> None:
    good = word(tmp_path / "rule.docx", *RULE)
    bad = tmp_path / "bad.docx"
    bad.write_bytes(good.read_bytes()[:3000])
    with pytest.raises(BadLibrary, match="damaged"):
        import_articles([good, bad], tmp_path / "library", CATALOGUE, GAZETTEER)
    assert not (tmp_path / "library").exists()


def test_a_text_with_a_header_is_an_article_as_before_and_one_without_is_a_document(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(
        "# 停车办法\n云公规〔2025〕3号\n第一条 停在线内。\n第二条 本办法自2025年3月1日起施行。\n", encoding="utf-8"
    )
    given = {"issuer": "云川市公安局", "owner": "市公安局", "status": "已发布"}
    done = import_articles([path], tmp_path / "library", CATALOGUE, GAZETTEER, given=given)
    article = done.library.articles[0]
    assert (article.title, article.document_number, article.owner) == ("停车办法", "云公规〔2025〕3号", "市公安局")
    assert read_articles(tmp_path / "library").articles == (article,)


@pytest.mark.parametrize(
    ("name", "raw", "told"),
    [
        ("a.docx", b"", "is empty"),
        ("a.docx", b"no zip", "damaged or not an Office file"),
        ("a.xlsx", b"PK\x03\x04broken", "damaged or not an Office file"),
        ("a.pdf", b"no pdf", "not a PDF inside"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "save it as .docx"),
        ("a.xls", b"x", "save it as .xlsx"),
        ("a.ofd", b"x", "Export it as PDF"),
        ("a.jpg", b"x", "Run text recognition"),
        ("a.zip", b"x", "Unpack it"),
        ("a.exe", b"x", "of a kind that is not read"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word or Excel file by its content"),
        ("a.txt", b"a\x00b", "not a text file"),
    ],
)
def test_what_cannot_be_read_is_refused_with_what_to_do(name: str, raw: bytes, told: str) -> None:
    with pytest.raises(BadDocument, match=told):
        read_document(raw, name)


def zipped(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def test_a_package_that_would_unpack_to_far_too_much_is_not_opened() -> None:
    with pytest.raises(BadDocument, match="is not opened"):
        read_document(zipped(word__document=b" " * 2**23), "a.docx")


def test_a_package_of_another_kind_is_refused() -> None:
    with pytest.raises(BadDocument, match="not what its ending says"):
        read_document(zipped(xl__workbook=b"x"), "a.docx")


def test_a_truncated_or_flipped_file_is_read_or_refused_and_nothing_else(tmp_path: Path) -> None:
    whole = word(tmp_path / "rule.docx", *RULE).read_bytes()
    for place in range(0, len(whole), len(whole) // 40):
        for broken in (whole[:place], whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]):
            with suppress(BadDocument):
                read_document(broken, "rule.docx", surroundings=CITY)
