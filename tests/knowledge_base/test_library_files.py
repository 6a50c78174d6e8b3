from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from articles import ROW
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.articles.file import read_articles, to_markdown
from knowledge_base.errors import BadTable
from knowledge_base.policy import ArticleStatus, PolicyArticle, Secrecy

MARKDOWN = """---
编号: card
标题: 居住证规定
文号: 云公规〔2025〕3号
发布机关：云川市公安局
责任单位: 市公安局
适用区域: 云川市
施行日期: 2025年3月1日
失效日期:
代替: 云公规〔2021〕5号、云公规〔2019〕1号
状态: 已发布
关键词: 暂住证、租房办证
---

第一章 总则
第一条 住满半年可以申请。
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def jsonl(path: Path, *rows: object) -> Path:
    return written(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def csv_text(rows: list[dict[str, str]]) -> str:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines) + "\n"


def test_a_markdown_article_is_read_with_its_header(tmp_path: Path) -> None:
    reading = read_articles(written(tmp_path / "card.md", MARKDOWN))
    assert reading.faults == ()
    article = reading.articles[0]
    assert article.article_id == "card"
    assert (article.effective_from, article.effective_to) == (date(2025, 3, 1), None)
    assert article.supersedes == ("云公规〔2021〕5号", "云公规〔2019〕1号")
    assert article.keywords == ("暂住证", "租房办证")
    assert article.text == "第一章 总则\n第一条 住满半年可以申请。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_from_excel_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "articles.csv"
    path.write_bytes(csv_text([{**ROW, "正文": "第一条 住满半年。\n第二条 不收费。"}]).encode(encoding))
    reading = read_articles(path)
    assert reading.faults == ()
    assert reading.articles[0].text == "第一条 住满半年。\n第二条 不收费。"


def test_json_lines_may_use_the_names_of_the_fields_and_lists(tmp_path: Path) -> None:
    row = {
        "article_id": "card",
        "title": "居住证规定",
        "document_number": "云公规〔2025〕3号",
        "issuer": "云川市公安局",
        "owner": "市公安局",
        "area": "云川市",
        "effective_from": "2025-03-01",
        "effective_to": None,
        "supersedes": ["云公规〔2021〕5号"],
        "keywords": ["暂住证"],
        "status": "draft",
        "text": "第一条 住满半年。",
    }
    article = read_articles(jsonl(tmp_path / "a.jsonl", row)).articles[0]
    assert (article.supersedes, article.keywords) == (("云公规〔2021〕5号",), ("暂住证",))
    assert article.status is ArticleStatus.DRAFT


def test_a_table_of_questions_and_answers_becomes_pairs(tmp_path: Path) -> None:
    row = {k: v for k, v in ROW.items() if k not in {"编号", "标题", "文号", "正文"}}
    reading = read_articles(jsonl(tmp_path / "faq.jsonl", {**row, "问题": "周六上班吗？", "答案": "上午上班。"}))
    article = reading.articles[0]
    assert (article.title, article.text) == ("周六上班吗？", "问：周六上班吗？\n答：上午上班。")
    assert article.article_id.startswith("kb-")


def test_an_article_without_an_id_gets_the_same_one_every_time(tmp_path: Path) -> None:
    row = {k: v for k, v in ROW.items() if k != "编号"}
    first = read_articles(jsonl(tmp_path / "a.jsonl", row)).articles[0]
    again = read_articles(jsonl(tmp_path / "b.jsonl", {**row, "正文": "改过的正文。"})).articles[0]
    assert first.article_id == again.article_id


@pytest.mark.parametrize("value", ["2025-03-01", "2025/3/1", "2025.3.1", "2025年3月1日", "2025-03-01 00:00:00"])
def test_dates_are_understood_as_people_write_them(tmp_path: Path, value: str) -> None:
    article = read_articles(jsonl(tmp_path / "a.jsonl", {**ROW, "施行日期": value, "失效日期": "长期"})).articles[0]
    assert (article.effective_from, article.effective_to) == (date(2025, 3, 1), None)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"施行日期": ""}, "no date from which it holds"),
        ({"施行日期": "明年春天"}, "'明年春天' is not a date"),
        ({"施行日期": "2025-02-30"}, "no day of the calendar"),
        ({"失效日期": "不知道"}, "'不知道' is not a date"),
        ({"标题": ""}, "no title"),
        ({"正文": " \n "}, "no text"),
        ({"状态": "神秘"}, "the status '神秘' is not known"),
        ({"归口依据": "大概"}, "归口依据 is '大概'"),
        ({"编号": "../../etc/passwd"}, "cannot be an id"),
        ({"备注": "记得改"}, "the field '备注' is not known"),
        ({"title": "另一个标题"}, "given twice with different values"),
    ],
)
def test_what_is_not_understood_is_told_with_the_place(tmp_path: Path, change: dict[str, str], told: str) -> None:
    reading = read_articles(jsonl(tmp_path / "a.jsonl", {**ROW, **change}))
    assert len(reading.faults) == 1
    assert told in reading.faults[0]
    assert "record 1" in reading.faults[0]


def test_a_column_may_be_left_out_on_purpose_and_an_empty_one_is_no_loss(tmp_path: Path) -> None:
    assert read_articles(jsonl(tmp_path / "a.jsonl", {**ROW, "备注": "x"}), ignore=["备注"]).faults == ()
    assert read_articles(jsonl(tmp_path / "a.jsonl", {**ROW, "备注": ""})).faults == ()


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("标题,正文,施行日期\n办法,第一条\n", "line 2: fewer fields than the header"),
        ("标题,施行日期,正文\n办法,2026-01-01,第一条,第二条\n", "line 2: more fields than the header"),
        ("标题,正文,关键词,关键词\n办法,第一条,甲,乙\n", "two columns '关键词'"),
    ],
)
def test_a_table_whose_rows_do_not_fit_its_head_loses_nothing_in_silence(tmp_path: Path, table: str, told: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(table, encoding="utf-8")
    with pytest.raises(BadTable, match=told):
        read_articles(path)


def test_one_wrong_row_does_not_hide_the_others_nor_their_faults(tmp_path: Path) -> None:
    reading = read_articles(
        jsonl(tmp_path / "a.jsonl", {**ROW, "施行日期": ""}, {**ROW, "编号": "b"}, {**ROW, "标题": "", "正文": ""})
    )
    assert [a.article_id for a in reading.articles] == ["b"]
    assert len(reading.faults) == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("第一条 没有头。\n", "has no header"),
        ("---\n标题: 甲\n第一条\n", "has no header"),
        ("---\n只有字\n---\n正文\n", "line 2: not 'name: value'"),
        ("---\n标题: 甲\n标题: 乙\n---\n正文\n", "line 3"),
    ],
)
def test_a_markdown_file_without_a_proper_header_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadTable, match=told):
        read_articles(written(tmp_path / "a.md", text))


def test_a_rule_in_the_text_is_not_the_end_of_the_header(tmp_path: Path) -> None:
    article = read_articles(written(tmp_path / "a.md", MARKDOWN + "---\n附件\n")).articles[0]
    assert article.text.endswith("---\n附件")


def test_other_kinds_of_files_are_refused_alone_and_named_in_a_folder(tmp_path: Path) -> None:
    word = written(tmp_path / "policy.docx", "x")
    with pytest.raises(BadTable, match="not a Markdown"):
        read_articles(word)
    written(tmp_path / "card.md", MARKDOWN)
    written(tmp_path / ".hidden.md", "x")
    reading = read_articles(tmp_path)
    assert reading.unread == (word,)
    assert len(reading.articles) == 1


def test_a_folder_tells_the_faults_of_every_file(tmp_path: Path) -> None:
    written(tmp_path / "a.md", "x")
    written(tmp_path / "b.jsonl", "{]\n")
    (tmp_path / "c.csv").write_bytes(b"")
    assert len(read_articles(tmp_path).faults) == 3


WORDS = (
    st.text(alphabet="云川市规定〔2025〕3号abcABC：:-（）《》 ", min_size=1, max_size=12).map(str.strip).filter(bool)
)
NUMBERS = st.text(alphabet="云规〔〕0123456789号", min_size=1, max_size=12)
BODIES = st.lists(st.text(alphabet="第一条住满半年。-#：: 、|\u3000", max_size=30).map(str.rstrip), min_size=1).map(
    "\n".join
)


@given(
    title=WORDS.map(lambda t: " ".join(t.split())),
    number=NUMBERS,
    text=BODIES.map(str.strip).filter(bool),
    supersedes=st.lists(NUMBERS, max_size=3).map(tuple),
    first=st.dates(min_value=date(1000, 1, 1)),
    last=st.none() | st.dates(min_value=date(1000, 1, 1)),
    status=st.sampled_from(list(ArticleStatus)),
    secrecy=st.sampled_from(list(Secrecy)),
    link=st.sampled_from(["", "https://www.example.org/a?id=3&b=c#d"]),
    ownership=st.sampled_from(["", "否"]),
)
def test_what_is_written_as_markdown_is_read_back_the_same(  # noqa: PLR0917 - one per field
    tmp_path_factory: pytest.TempPathFactory,
    title: str,
    number: str,
    text: str,
    supersedes: tuple[str, ...],
    first: date,
    last: date | None,
    status: ArticleStatus,
    secrecy: Secrecy,
    link: str,
    ownership: str,
) -> None:
    article = PolicyArticle(
        article_id="a",
        title=title,
        document_number=number,
        issuer="云川市公安局",
        owner="市公安局",
        area="云川市",
        effective_from=first,
        effective_to=last,
        text=text,
        supersedes=supersedes,
        status=status,
        keywords=("甲", "乙"),
        secrecy=secrecy,
        source_link=link,
        ownership=ownership,
    )
    path = tmp_path_factory.mktemp("md") / "a.md"
    path.write_text(to_markdown(article), encoding="utf-8")
    reading = read_articles(path)
    assert reading.faults == ()
    assert reading.articles == (article,)


def test_a_state_secret_is_kept_out_of_the_library(tmp_path: Path) -> None:
    reading = read_articles(jsonl(tmp_path / "a.jsonl", {**ROW, "密级": "机密★5年"}))
    assert reading.articles == ()
    assert "state secret" in reading.faults[0]


def test_where_no_secrecy_is_given_an_article_is_public(tmp_path: Path) -> None:
    assert read_articles(jsonl(tmp_path / "a.jsonl", ROW)).articles[0].secrecy is Secrecy.PUBLIC
    internal = read_articles(jsonl(tmp_path / "b.jsonl", {**ROW, "密级": "内部"})).articles[0]
    assert internal.secrecy is Secrecy.INTERNAL
