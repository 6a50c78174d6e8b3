"""Files that are made to do harm, or are too large, are refused with a sentence; whoever reads them goes on."""

from __future__ import annotations

import io
import zipfile

import pytest

from knowledge_base.errors import BadDocument
from knowledge_base.readers import MOST_CHARACTERS, read_document
from knowledge_base.readers.apart import Allowance, read_apart

PAGE = "<html><body><h1>云川市停车办法</h1>{}</body></html>"
RULE = "<p>第一条 在道路停车泊位停放车辆的，应当按照规定缴纳停车费，不得长期占用。第二条 自2025年1月1日起施行。</p>"


def package(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def test_a_package_that_unpacks_to_far_more_than_it_should_is_not_opened() -> None:
    bomb = package(word__document=b"<w/>", word__media=b"0" * 40_000_000)
    assert len(bomb) < 100_000
    with pytest.raises(BadDocument, match="would unpack to 38 MB"):
        read_apart(bomb, "bomb.docx")


def test_a_package_of_very_many_parts_is_not_opened() -> None:
    with pytest.raises(BadDocument, match="is not opened"):
        read_document(package(**{f"xl__{n}.xml": b"" for n in range(20_001)}), "parts.xlsx")


@pytest.mark.parametrize("tag", ["div", "b", "ul><li"])
def test_a_deeply_nested_page_is_refused_and_nothing_of_it_is_lost_in_silence(tag: str) -> None:
    deep = f"<{tag}>" * 50_000 + "深处还有一句话。"
    with pytest.raises(BadDocument, match="nested deeper"):
        read_document(PAGE.format(RULE + deep).encode(), "deep.html")


def test_a_page_as_deep_as_pages_are_is_read() -> None:
    reading = read_apart(PAGE.format("<div>" * 100 + RULE + "</div>" * 100).encode(), "page.html")
    assert "不得长期占用" in reading.fields[0]["text"]
    assert reading == read_document(PAGE.format("<div>" * 100 + RULE + "</div>" * 100).encode(), "page.html")


def test_a_text_longer_than_any_law_is_refused() -> None:
    with pytest.raises(BadDocument, match="Split it into several files"):
        read_document(("第一条 停车。\n" * (MOST_CHARACTERS // 5)).encode(), "long.txt")


def test_a_table_of_endless_columns_is_refused() -> None:
    with pytest.raises(BadDocument, match="spans 1001 rows and 2001 columns"):
        read_document(("," * 2000 + "\n").encode() * 1000 + b"a\n", "wide.csv")


def test_a_file_that_takes_too_long_is_stopped_and_the_reader_goes_on() -> None:
    slow = ("第一条 停车。\n" * 400_000).encode()
    with pytest.raises(BadDocument, match="takes too much time or memory"):
        read_apart(slow, "slow.txt", allowance=Allowance(seconds=1))
    assert read_apart(b"# A rule\n", "next.txt").name == "next.txt"


def test_a_file_that_takes_too_much_memory_is_stopped() -> None:
    with pytest.raises(BadDocument, match="takes too much time or memory"):
        read_apart(("第一条 停车。\n" * 400_000).encode(), "large.txt", allowance=Allowance(memory=120 * 2**20))


def test_what_cannot_be_read_says_so_from_the_other_process_too() -> None:
    with pytest.raises(BadDocument, match="is not a PDF inside"):
        read_apart(b"no pdf", "a.pdf")
