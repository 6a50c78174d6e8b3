from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadDocument
from knowledge_base.readers import DocumentReading, Surroundings, read_document

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
LINES = st.sampled_from(
    [
        "云川市公安局文件",
        "云公规〔2025〕8号",
        "云川市公安局关于犬只登记的通告",
        "# 云川市养犬管理办法",
        "## 登记",
        "第一章 总则",
        "第一条 养犬要登记。",
        "（一）带身份证；",
        "| 项目 | 标准 |",
        "| 登记费 | 一百元 |",
        "本通告自2025年3月1日起施行。",
        "原《办法》（云公规〔2020〕1号）同时废止。",
        "云川市公安局",
        "2025年2月10日",
        "抄送：市委办公室。",
        "（此件公开发布）",
        "附件1",
        "1. 收费吗？",
        "答：不收费。",
        "---",
        "",
    ]
)
TEXTS = st.one_of(
    st.lists(LINES, min_size=1, max_size=25).map("\n".join),
    st.text(alphabet="第一二条章：。；（）|#-答问 \n\u3000aQ12〔〕号年月日", min_size=1, max_size=200),
)
CELLS = st.sampled_from(
    [
        "",
        "问题",
        "答案",
        "分类",
        "序号",
        "1",
        "1. 收费吗？",
        "答：不收费。",
        "社保",
        "责任单位：市公安局",
        "云公规〔2025〕8号",
        "备注",
    ]
)
HEADS = st.permutations(["问题", "答案", "分类", "序号", "备注"])
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=12)


def adds_up(reading: DocumentReading) -> bool:
    told = reading.tally
    return told.read <= told.kept + told.told + sum(told.left_out.values()) + told.unplaced


def read(raw: bytes, name: str) -> DocumentReading | None:
    try:
        return read_document(raw, name, {"effective_from": "2025-01-01"}, CITY)
    except BadDocument:
        return None


@given(TEXTS)
def test_no_text_of_a_document_is_lost_silently(text: str) -> None:
    reading = read(text.encode(), "a.txt")
    assert reading is None or (adds_up(reading) and not reading.tally.unplaced), reading


@given(HEADS, ROWS)
def test_every_cell_of_a_table_is_in_an_article_or_named(head: list[str], rows: list[list[str]]) -> None:
    file = io.StringIO(newline="")
    csv.writer(file).writerows([head, *rows])
    reading = read(file.getvalue().encode(), "a.csv")
    if reading is None:
        return
    named = {f.code for f in reading.not_understood}
    assert adds_up(reading), reading
    assert not reading.tally.unplaced or "unplaced" in named
