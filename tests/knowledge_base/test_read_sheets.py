from __future__ import annotations

import io
import zipfile
from datetime import date, time, timedelta

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from readings import codes

from knowledge_base import sample
from knowledge_base.articles.splitting import SEPARATOR, split
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadDocument
from knowledge_base.library import check_library
from knowledge_base.policy import ArticleStatus
from knowledge_base.readers import DocumentReading, Surroundings, read_document

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
TITLE = "云川市社会保险常见问题解答"
PAIRS = (
    (TITLE, "", "", "", "", ""),
    ("责任单位：市人力资源和社会保障局", "", "", "更新日期：2025-06-01", "", ""),
    ("序号", "业务类别", "群众问题", "标准答复", "政策依据", "浏览量"),
    (1, "养老保险", "1.灵活就业人员怎么参保？", "答：带身份证到窗口办。", "云人社发〔2024〕3号", 102),
    (2, None, "2.断缴了可以补吗？", "可以补缴当年的。", None, 33),
    ("二、失业保险", "", "", "", "", ""),
    (3, "失业金", "失业金领多久？", "最长二十四个月。", None, 5),
)


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def workbook_of(*rows: tuple[object, ...], title: str = "社保") -> Workbook:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append([cell or None for cell in row])
    return workbook


def read(raw: bytes, name: str = "faq.xlsx", ignore: tuple[str, ...] = (), **given: str) -> DocumentReading:
    return read_document(raw, name, given, CITY, ignore)


def test_each_pair_is_an_article_that_carries_the_titles_above_it() -> None:
    reading = read(saved(workbook_of(*PAIRS)))
    assert reading.faults == ()
    assert [a.title for a in reading.articles] == ["灵活就业人员怎么参保？", "断缴了可以补吗？", "失业金领多久？"]
    headings = [split(a, None)[0].heading.split(SEPARATOR)[1:] for a in reading.articles]
    assert headings == [[TITLE, "养老保险"], [TITLE, "养老保险"], [TITLE, "二、失业保险", "失业金"]]
    assert split(reading.articles[0], None)[0].text == (
        "问：灵活就业人员怎么参保？\n答：带身份证到窗口办。\n依据：云人社发〔2024〕3号"
    )


def test_the_number_of_the_document_that_answers_are_from_is_the_number_of_each_of_them() -> None:
    first, second = "怎么参保？,带身份证。,云人社发[2024] 3号,《社会保险法》", "能补缴吗？,能。,云人社发〔2024〕3号,"
    table = f"问题,答案,文号,政策依据\n{first}\n{second}\n"
    reading = read(table.encode(), "faq.csv", owner="市人力资源和社会保障局", effective_from="2025-01-01")
    assert reading.faults == ()
    assert [a.document_number for a in reading.articles] == ["云人社发〔2024〕3号"] * 2
    assert len({a.article_id for a in reading.articles}) == 2
    assert reading.articles[0].text.endswith("答：带身份证。\n依据：《社会保险法》")
    assert "依据" not in reading.articles[1].text
    assert check_library(reading.articles) == ()
    assert reading.tally.unplaced == 0


@pytest.mark.parametrize(
    ("said", "ends"),
    [
        ("云人社发〔2024〕3号、云人社发〔2023〕9号", "依据：云人社发〔2024〕3号、云人社发〔2023〕9号"),
        ("《社会保险法》第十条", "依据：《社会保险法》第十条"),
        ("无", "答：带身份证。"),
    ],
)
def test_what_is_no_single_number_is_what_the_answer_rests_on(said: str, ends: str) -> None:
    reading = read(f"问题,答案,文号\n怎么参保？,带身份证。,{said}\n".encode(), "faq.csv", effective_from="2025-01-01")
    (article,) = reading.articles
    assert article.document_number == ""
    assert article.text.endswith(ends)


def test_lines_above_the_table_give_what_all_its_rows_share() -> None:
    article = read(saved(workbook_of(*PAIRS))).articles[0]
    assert (article.owner, article.issuer) == ("市人力资源和社会保障局", "市人力资源和社会保障局")
    assert (article.effective_from, article.area) == (date(2025, 6, 1), "云川市")
    assert (article.document_number, article.status) == ("", ArticleStatus.PUBLISHED)


def test_columns_that_are_not_used_are_named_and_every_cell_is_accounted_for() -> None:
    reading = read(saved(workbook_of(*PAIRS)))
    assert "浏览量" in "".join(str(f) for f in reading.not_understood if f.code == "unused-columns")
    assert reading.tally.unplaced == 0
    assert reading.tally.read == reading.tally.kept + reading.tally.told + sum(reading.tally.left_out.values())


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("问题", "答案"),
        ("咨询问题", "答复口径"),
        ("常见问题（必填）", "解答"),
        ("标准问", "标准答案"),
        ("标题", "答复内容"),
        ("Q", "A"),
    ],
)
def test_the_columns_of_questions_have_many_names(question: str, answer: str) -> None:
    raw = saved(workbook_of((question, answer, "承办单位"), ("周六上班吗？", "上班。", "市民政局")))
    reading = read(raw, effective_from="2025-01-01", area="云川市")
    assert [(a.title, a.owner) for a in reading.articles] == [("周六上班吗？", "市民政局")]


def test_other_ways_to_ask_are_words_for_the_search() -> None:
    raw = saved(workbook_of(("问题", "答案", "相似问法"), ("怎么参保？", "到窗口。", "如何交社保；社保怎么交")))
    article = read(raw, effective_from="2025-01-01", owner="市民政局").articles[0]
    assert article.keywords == ("如何交社保", "社保怎么交")


def test_a_merged_question_takes_all_its_answers() -> None:
    workbook = workbook_of(("问题", "答案"), ("要带什么？", "身份证。"), ("", "户口簿。"))
    workbook.active.merge_cells("A2:A3")  # type: ignore[union-attr]
    reading = read(saved(workbook), effective_from="2025-01-01", owner="市民政局")
    assert [a.text.rpartition("答：")[2] for a in reading.articles] == ["身份证。\n户口簿。"]


def test_a_question_that_stands_twice_is_one_article_or_a_fault() -> None:
    same = workbook_of(("问题", "答案"), ("要带什么？", "身份证。"), ("周六开吗？", "开。"), ("要带什么？", "身份证。"))
    reading = read(saved(same), effective_from="2025-01-01", owner="市民政局")
    assert len(reading.articles) == 2
    assert "same-pairs" in codes(reading)
    other = workbook_of(("问题", "答案"), ("要带什么？", "身份证。"), ("周六开吗？", "开。"), ("要带什么？", "护照。"))
    assert "stands twice" in read(saved(other), effective_from="2025-01-01", owner="市民政局").faults[0]


def test_a_table_of_another_kind_is_one_article_of_rows() -> None:
    rows = (("云川市社保服务网点", "", ""), ("名称", "地址", "电话"), ("临湖社保中心", "湖滨路1号", 12345678))
    workbook = workbook_of(*rows, title="网点")
    workbook.active.merge_cells("A1:C1")  # type: ignore[union-attr]
    reading = read(saved(workbook), effective_from="2025-01-01", owner="市民政局", issuer="云川市民政局")
    assert [a.title for a in reading.articles] == ["云川市社保服务网点"]
    assert reading.articles[0].text == "名称：临湖社保中心；地址：湖滨路1号；电话：12345678"


def test_a_title_that_is_merged_over_two_rows_stands_once() -> None:
    rows = (
        ("云川市社保服务网点", "", ""),
        ("", "", ""),
        ("名称", "地址", "电话"),
        ("临湖社保中心", "湖滨路1号", 12345678),
    )
    workbook = workbook_of(*rows, title="网点")
    workbook.active.merge_cells("A1:C2")  # type: ignore[union-attr]
    reading = read(saved(workbook), effective_from="2025-01-01", owner="市民政局", issuer="云川市民政局")
    assert [(a.title, a.text) for a in reading.articles] == [
        ("云川市社保服务网点", "名称：临湖社保中心；地址：湖滨路1号；电话：12345678")
    ]
    assert reading.tally.unplaced == 0
    pairs = workbook_of(PAIRS[0], ("",), *PAIRS[1:])
    pairs.active.merge_cells("A1:F2")  # type: ignore[union-attr]
    reading = read(saved(pairs))
    assert len(reading.articles) == 3
    assert "preamble" not in reading.tally.left_out
    assert reading.tally.unplaced == 0


def test_cells_read_as_they_are_shown() -> None:
    workbook = workbook_of(
        ("问题", "答案"), ("多少？", 0.9), ("何时？", date(2025, 3, 1)), ("几岁？", 60.0), ("编码？", 7)
    )
    sheet = workbook.active
    assert sheet is not None
    sheet["B2"].number_format = "0%"
    sheet["B5"].number_format = "000"
    reading = read(saved(workbook), effective_from="2025-01-01", owner="市民政局")
    assert [a.text.rpartition("答：")[2] for a in reading.articles] == ["90%", "2025-03-01", "60", "007"]


def test_hidden_sheets_formulas_without_results_and_comments_are_named() -> None:
    workbook = workbook_of(("问题", "答案"), ("多少？", "一百元"), ("共？", "=1+1"))
    sheet = workbook.active
    assert sheet is not None
    sheet["B2"].comment = Comment("要核对", "x")
    sheet.row_dimensions[2].hidden = True
    workbook.create_sheet("底稿").append(["旧数"])
    workbook["底稿"].sheet_state = "hidden"
    workbook.create_sheet("空表")
    reading = read(saved(workbook), effective_from="2025-01-01", owner="市民政局")
    assert {"hidden-sheets", "uncomputed", "comments", "hidden-rows", "unread-sheet"} <= codes(reading)
    assert "底稿" in "".join(f.chinese for f in reading.not_understood)


def test_a_column_may_be_left_out_on_purpose() -> None:
    reading = read(saved(workbook_of(*PAIRS)), ignore=("政策依据",))
    assert "依据" not in reading.articles[0].text
    assert "政策依据" in "".join(str(f) for f in reading.not_understood)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("between", [",", "\t", ";"])
def test_a_csv_of_questions_is_read_in_every_usual_encoding(encoding: str, between: str) -> None:
    lines = [TITLE, between.join(("问题", "答案", "责任部门")), between.join(("周六上班吗？", "上班。", "市民政局"))]
    reading = read("\n".join(lines).encode(encoding), "faq.csv", effective_from="2025-01-01")
    assert [(a.title, a.area) for a in reading.articles] == [("周六上班吗？", "云川市")]


@pytest.mark.parametrize("row", [("多少？", ""), ("多少？", "", "市民政局", "云民规〔2025〕1号", 12)])
def test_a_question_without_an_answer_is_told_with_its_place_and_is_no_article(row: tuple[object, ...]) -> None:
    head = ("问题", "答案", "责任单位", "文号", "浏览量")[: len(row)]
    answered = ("几时？", "九点。", *["市民政局", "", 3][: len(row) - 2])
    reading = read(saved(workbook_of(head, row, answered)), effective_from="2025-01-01", owner="市民政局")
    assert [a.title for a in reading.articles] == ["几时？"]
    assert reading.faults == ("faq.xlsx [社保], row 2 (多少？): no answer. Fill in 答案, or take the row out.",)


def test_a_head_of_two_rows_and_one_printed_anew_are_no_questions() -> None:
    head = ("序号", "问题", "答案", "答案", "依据")
    book = workbook_of(head, ("序号", "问题", "口径", "备注", "依据"), (1, "几时？", "九点。", "夏季", ""), head)
    book["社保"].append((2, "何处？", "窗口。", None, "云社发〔2025〕1号"))
    book["社保"].merge_cells("A1:A2")
    book["社保"].merge_cells("B1:B2")
    book["社保"].merge_cells("C1:D1")
    reading = read(saved(book), owner="市民政局", effective_from="2025-01-01")
    assert [a.title for a in reading.articles] == ["几时？", "何处？"]
    assert [a.text.rpartition("答：")[2] for a in reading.articles] == ["九点。", "窗口。\n依据：云社发〔2025〕1号"]
    assert "备注" in "".join(str(f) for f in reading.not_understood if f.code == "unused-columns")
    assert reading.tally.unplaced == 0


def test_a_row_of_totals_is_named_and_costs_the_other_rows_nothing() -> None:
    table = "问题,答复,责任单位,更新时间\n几时？,九点。,市民政局,2025-01-01\n,,,合计：1条\n"
    reading = read(table.encode(), "faq.csv")
    assert (len(reading.articles), len(reading.fields), reading.faults) == (1, 1, ())
    assert "“合计：1条”" in "".join(str(f) for f in reading.not_understood if f.code == "odd-rows")
    assert reading.tally.unplaced == 0


def test_a_workbook_whose_cells_would_fill_the_memory_is_not_opened() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="n"><v>%d</v></c></row>' % (n, n, n * n) for n in range(20_000))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for sheet in range(1, 120):
            package.writestr(f"xl/worksheets/sheet{sheet}.xml", rows)
    with pytest.raises(BadDocument, match="would unpack"):
        read(packed.getvalue())


def test_a_workbook_without_anything_shown_is_refused() -> None:
    with pytest.raises(BadDocument, match="no shown sheet"):
        read(saved(openpyxl.Workbook()))


def test_hours_of_the_day_are_read_as_a_sheet_shows_them() -> None:
    book = workbook_of(
        ("名称", "开门", "关门"), ("湖滨中心", time(9), time(17, 30)), ("石桥中心", time(8, 30), time(17))
    )
    text = read(saved(book)).fields[0]["text"]
    assert "名称：湖滨中心；开门：09:00；关门：17:30" in text


def test_lengths_of_time_are_read_as_hours_and_minutes() -> None:
    book = workbook_of(("事项", "用时", "提前"), ("体检", timedelta(hours=26, minutes=30), timedelta(minutes=-45)))
    assert "事项：体检；用时：26:30；提前：-0:45" in read(saved(book)).fields[0]["text"]


def test_sheets_that_lack_the_same_say_so_once() -> None:
    book = workbook_of(("区", "地址"), ("临湖区", "湖滨路1号"), title="窗口")
    more = book.create_sheet("统计")
    more.append(("月份", "办件"))
    more.append(("一月", "十二"))
    reading = read(saved(book), owner="市公安局")
    assert len(reading.fields) == 2
    assert [str(f) for f in reading.warnings if f.code == "no-number"] == [
        "No document number was found: write it in if there is one."
    ]


def test_questions_without_an_area_hold_in_that_of_their_owner_and_that_is_told() -> None:
    rows = (("问题", "答案", "责任单位", "施行日期"), ("几点收摊？", "二十四时前。", "市城市管理局", "2026-11-01"))
    reading = read(saved(workbook_of(*rows)))
    assert [article.area for article in reading.articles] == ["云川市"]
    assert "area-of-owner" in codes(reading)
    named = read(
        saved(workbook_of(*((*row, area) for row, area in zip(rows, ("适用区域", "云川市/临湖区"), strict=True))))
    )
    assert [article.area for article in named.articles] == ["云川市/临湖区"]
    assert "area-of-owner" not in codes(named)
