from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.articles.document_numbers import numbers_in, plain_number, whole_number
from knowledge_base.readers import read_document
from knowledge_base.readers.document import Paragraph, Table
from knowledge_base.readers.effect import effect_of, first_date, superseded_by_words, whole_date
from knowledge_base.readers.headlines import read_heads
from knowledge_base.readers.numbering import chinese, formatted
from knowledge_base.readers.rendering import table_lines

ISSUED = date(2025, 2, 10)


@pytest.mark.parametrize("brackets", ["〔〕", "[]", "［］", "【】", "（）", "()", "﹝﹞", "〖〗", "「」"])
def test_a_document_number_is_the_same_in_all_brackets(brackets: str) -> None:
    written = f"云府办 {brackets[0]}2025{brackets[1]} 3 号"
    assert plain_number(written) == whole_number(written) == "云府办〔2025〕3号"
    assert numbers_in(f"根据{written}和国办发〔2020〕53号") == ("云府办〔2025〕3号", "国办发〔2020〕53号")


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("云川市人民政府令 第58号", "云川市人民政府令第58号"),
        ("文号：云公规〔2025〕8号", "云公规〔2025〕8号"),
        ("（云府规〔2025〕8号）", "云府规〔2025〕8号"),
        ("云府发〔2025〕8号 签发人：某某", "云府发〔2025〕8号"),
        ("根据云府发〔2025〕8号的规定，执行。", ""),
        ("第二号", ""),
    ],
)
def test_a_line_is_a_number_only_when_it_is_nothing_else(line: str, number: str) -> None:
    assert whole_number(line) == number


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("本办法自2025年3月1日起施行，有效期五年。", date(2025, 3, 1), date(2030, 2, 28)),
        ("第二十条 本办法自二〇二五年三月一日起施行。有效期2年。", date(2025, 3, 1), date(2027, 2, 28)),
        ("本通知自印发之日起施行，有效期至2030年2月28日。", ISSUED, date(2030, 2, 28)),
        ("本规定自发布之日起30日后施行。", date(2025, 3, 12), None),
        ("本办法自印发之日起施行，试行期一年。", ISSUED, date(2026, 2, 9)),
        ("居住证有效期五年。本规定自2025年3月1日起施行。", date(2025, 3, 1), None),
        ("本办法所称居住证有效期为五年。本办法从2025年3月1日起执行。", date(2025, 3, 1), None),
        ("2019年1月1日起施行的《办法》停止执行，本办法自2025年3月1日起实施。", date(2025, 3, 1), None),
        ("本政策自2025年3月1日起执行至2026年12月31日。", date(2025, 3, 1), date(2026, 12, 31)),
    ],
)
def test_a_document_says_from_when_to_when_it_holds(text: str, first: date, last: date | None) -> None:
    effect = effect_of([text], ISSUED)
    assert (effect.first, effect.last, effect.assumed) == (first, last, False)


def test_without_a_day_of_effect_the_day_of_issue_stands_for_it_and_says_so() -> None:
    effect = effect_of(["请认真执行。"], ISSUED)
    assert (effect.first, effect.assumed) == (ISSUED, True)


def test_of_several_days_of_effect_none_is_chosen() -> None:
    effect = effect_of(["甲类自2025年3月1日起施行。", "乙类自2025年7月1日起施行。"], ISSUED)
    assert effect.first is None
    assert effect.rivals == (date(2025, 3, 1), date(2025, 7, 1))


def test_what_is_abolished_is_known_by_its_number_and_told_where_it_has_none() -> None:
    text = "《甲办法》（云府〔2019〕8号）、《乙办法》和原云人社发﹝2018﹞22号同时废止。"
    assert superseded_by_words([text], "") == (("云府〔2019〕8号", "云人社发〔2018〕22号"), ("乙办法",))
    assert superseded_by_words(["根据云府〔2019〕8号执行。"], "") == ((), ())


def test_no_day_of_the_calendar_is_no_date() -> None:
    assert first_date("2025年2月30日") is None
    assert whole_date("二〇二五年十二月三十一日") == date(2025, 12, 31)
    assert whole_date("2025年3月1日起") is None


@given(st.integers(min_value=1, max_value=9999))
def test_every_number_is_counted_in_chinese_differently(number: int) -> None:
    assert chinese(number) != chinese(number - 1)
    assert formatted(number, "decimal") == str(number)


@pytest.mark.parametrize(
    ("number", "said"),
    [(10, "十"), (11, "十一"), (20, "二十"), (101, "一百零一"), (110, "一百一十"), (1005, "一千零五")],
)
def test_numbers_are_said_as_people_say_them(number: int, said: str) -> None:
    assert chinese(number) == said


def test_a_decree_tells_its_number_in_the_line_below_its_title() -> None:
    found = read_heads(
        [
            Paragraph("云川市烟花爆竹管理规定"),
            Paragraph("（2025年1月10日云川市人民政府令第58号公布 自2025年3月1日起施行）"),
            Paragraph("第一条 为了安全。"),
        ]
    )
    assert (found.title, found.number) == ("云川市烟花爆竹管理规定", "云川市人民政府令第58号")
    assert (found.issuer, found.issued) == ("云川市人民政府", date(2025, 1, 10))


def test_an_internal_paper_is_known_by_its_mark() -> None:
    found = read_heads([Paragraph("内部资料 注意保存"), Paragraph("云川市热线答复口径指引"), Paragraph("答复如下。")])
    assert found.secrecy == "内部"
    assert found.title == "云川市热线答复口径指引"


def test_a_sentence_is_no_title() -> None:
    found = read_heads([Paragraph("为了方便群众，根据有关规定，制定本办法。"), Paragraph("第一条 办理条件如下：")])
    assert found.title == ""


def test_a_table_of_questions_inside_a_document_is_pairs() -> None:
    rows = (("序号", "问题", "答案"), ("1", "要预约吗？", "要。"), ("2", "问：收费吗？", "答：不收费。"))
    assert table_lines(Table(rows, tuple(c for r in rows for c in r))) == [
        "问：要预约吗？",
        "答：要。",
        "问：收费吗？",
        "答：不收费。",
    ]


def test_a_note_on_who_adopted_a_document_is_told_and_counted_as_a_field() -> None:
    note = "（2024年1月5日云川市第十六届人民代表大会常务委员会第三次会议通过）"
    lines = ["云川市养犬管理条例", note, "第一条 犬只应当登记。", "第二条 本条例自2024年5月1日起施行。"]
    reading = read_document("\n".join(lines).encode(), "条例.txt")
    told = {one.field: one.value for one in reading.understood}
    assert told["题注"] == note[1:-1]
    assert note not in reading.fields[0]["text"]
    assert reading.tally.told >= len(note)
    assert reading.tally.unplaced == 0
