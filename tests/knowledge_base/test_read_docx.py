from __future__ import annotations

import io
from datetime import date

import docx
from docx.document import Document as Word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from readings import codes

from knowledge_base import sample
from knowledge_base.articles.splitting import SEPARATOR, split
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.policy import ArticleStatus
from knowledge_base.readers import DocumentReading, Surroundings, read_document

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
HEAD = (
    "云川市人民政府办公室文件",
    "云府办〔2025〕13号",
    "云川市人民政府办公室关于印发",
    "云川市共享单车管理办法的通知",
    "各区人民政府：",
    "《云川市共享单车管理办法》已经市政府同意，现印发给你们，请认真执行。",
    "云川市人民政府办公室",
    "2025年4月8日",
    "云川市共享单车管理办法",
)

CONTROLLED = "<w:p><w:r><w:t>第二条 控件里的条文。</w:t></w:r></w:p>"


def read(document: Word, name: str = "notice.docx", **given: str) -> DocumentReading:
    file = io.BytesIO()
    document.save(file)
    return read_document(file.getvalue(), name, given, CITY)


def word(*lines: str) -> Word:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    return document


def text_of(reading: DocumentReading) -> str:
    return reading.fields[0]["text"]


def with_list(document: Word, *levels: str) -> None:
    """Levels as the XML inside ``w:lvl``, in a list of number 77."""
    numbering = document.part.numbering_part.element
    inside = "".join(f'<w:lvl w:ilvl="{n}">{level}</w:lvl>' for n, level in enumerate(levels))
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{inside}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))


def level(form: str, text: str, more: str = "") -> str:
    return f'<w:start w:val="1"/><w:numFmt w:val="{form}"/>{more}<w:suff w:val="space"/><w:lvlText w:val="{text}"/>'


def add_item(document: Word, text: str, depth: int) -> None:
    properties = document.add_paragraph(text)._p.get_or_add_pPr()
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="77"/></w:numPr>'))


def test_a_notice_tells_its_own_title_number_issuer_dates_and_what_it_abolishes() -> None:
    reading = read(
        word(
            *HEAD,
            "第一条 共享单车停在划定的区域。",
            "第二条 本办法由市交通运输局负责解释。",
            "第三条 本办法自2025年5月1日起施行，有效期五年。《旧办法》（云府办〔2020〕7号）同时废止。",
        )
    )
    assert reading.faults == ()
    article = reading.articles[0]
    assert article.title == "云川市人民政府办公室关于印发云川市共享单车管理办法的通知"
    assert (article.document_number, article.issuer) == ("云府办〔2025〕13号", "云川市人民政府办公室")
    assert (article.owner, article.area) == ("市交通运输局", "云川市")
    assert (article.effective_from, article.effective_to) == (date(2025, 5, 1), date(2030, 4, 30))
    assert article.supersedes == ("云府办〔2020〕7号",)


def test_what_a_program_recognised_arrives_as_a_draft_unless_a_person_says_otherwise() -> None:
    lines = (*HEAD, "第一条 本办法自2025年5月1日起施行。")
    assert read(word(*lines)).articles[0].status is ArticleStatus.DRAFT
    assert read(word(*lines), status="已发布").articles[0].status is ArticleStatus.PUBLISHED


def test_the_head_is_not_repeated_in_the_text_and_the_issued_rule_heads_its_articles() -> None:
    reading = read(word(*HEAD, "第一条 停在划定的区域。", "第二条 本办法自2025年5月1日起施行。"))
    assert "云府办〔2025〕13号" not in text_of(reading)
    passages = split(reading.articles[0], None)
    assert passages[-1].heading.split(SEPARATOR)[1:] == ["云川市共享单车管理办法", "第二条"]


def test_what_a_person_gives_outranks_what_was_recognised_and_the_difference_is_told() -> None:
    reading = read(
        word(*HEAD, "第一条 本办法自2025年5月1日起施行。"), effective_from="2025-06-01", issuer="云川市人民政府"
    )
    assert reading.articles[0].effective_from == date(2025, 6, 1)
    assert reading.articles[0].issuer == "云川市人民政府"
    assert sum(f.code == "overruled" for f in reading.not_understood) == 2


def test_numbers_that_word_counts_itself_are_read() -> None:
    document = word(*HEAD)
    with_list(
        document,
        level("chineseCounting", "第%1章"),
        level("chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'),
        level("chineseCounting", "（%3）"),
        level("decimal", "%4."),
    )
    for text, depth in (
        ("总则", 0),
        ("为了停车有序。", 1),
        ("停放", 0),
        ("不得停在：", 1),
        ("盲道；", 2),
        ("路口。", 2),
        ("例外", 3),
    ):
        add_item(document, text, depth)
    assert text_of(read(document)).splitlines()[-7:] == [
        "第一章 总则",
        "第一条 为了停车有序。",
        "第二章 停放",
        "第二条 不得停在：",
        "（一） 盲道；",
        "（二） 路口。",
        "1. 例外",
    ]


def test_headings_of_word_head_what_follows_them() -> None:
    document = word(*HEAD)
    document.add_heading("办理条件", 1)
    document.add_paragraph("住满半年。")
    reading = read(document, effective_from="2025-05-01")
    assert split(reading.articles[0], None)[-1].heading.endswith("办理条件")


def test_a_table_becomes_rows_that_can_be_quoted_alone() -> None:
    document = word(*HEAD)
    table = document.add_table(rows=3, cols=3)
    for y, row in enumerate((("区域", "每日上限", "电话"), ("临湖区", "二万辆", "1"), ("高新区", "一万辆", "2"))):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    assert "区域：临湖区；每日上限：二万辆；电话：1\n区域：高新区；每日上限：一万辆；电话：2" in text_of(read(document))


def test_a_merged_cell_stands_in_every_row_that_it_covers() -> None:
    document = word(*HEAD)
    table = document.add_table(rows=3, cols=3)
    for y, row in enumerate((("区域", "标准", "说明"), ("临湖区", "一元", "甲"), ("", "二元", "乙"))):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    reading = read(document)
    assert "区域：临湖区；标准：二元；说明：乙" in text_of(reading)
    assert reading.tally.unplaced == 0


def test_two_columns_of_labels_are_label_and_value() -> None:
    document = word(*HEAD)
    table = document.add_table(rows=2, cols=2)
    for y, row in enumerate((("受理条件", "年满六十周岁。"), ("办理地点", "政务服务中心。"))):
        for x, text in enumerate(row):
            table.cell(y, x).text = text
    assert "受理条件：年满六十周岁。\n办理地点：政务服务中心。" in text_of(read(document))


def test_page_headers_comments_and_the_colophon_are_left_out_and_named() -> None:
    document = word(*HEAD, "第一条 停在划定的区域。", "抄送：市委各部门。", "云川市人民政府办公室 2025年4月9日印发")
    document.sections[0].header.paragraphs[0].text = "内部流转单"
    document.add_comment(document.paragraphs[-3].runs, text="这里要改")
    reading = read(document)
    assert {"page-margins", "comments", "colophon"} <= codes(reading)
    assert not any(word in text_of(reading) for word in ("内部流转单", "这里要改", "抄送"))
    assert reading.tally.unplaced == 0


def test_tracked_changes_are_read_as_accepted_and_named() -> None:
    document = word(*HEAD, "第一条 罚款")
    document.paragraphs[-1]._p.append(
        parse_xml(f'<w:del {nsdecls("w")} w:id="1"><w:r><w:delText>一百元</w:delText></w:r></w:del>')
    )
    document.paragraphs[-1]._p.append(
        parse_xml(f'<w:ins {nsdecls("w")} w:id="2"><w:r><w:t>五十元。</w:t></w:r></w:ins>')
    )
    reading = read(document)
    assert "第一条 罚款五十元。" in text_of(reading)
    assert {"deleted-text", "inserted-text"} <= codes(reading)
    assert reading.tally.unplaced == 0


def test_a_text_box_is_read_once_though_word_keeps_it_twice() -> None:
    document = word(*HEAD, "第一条 停放。")
    inside = "<w:txbxContent><w:p><w:r><w:t>咨询电话在此</w:t></w:r></w:p></w:txbxContent>"
    document.paragraphs[-1]._p.append(
        parse_xml(
            f'<w:r {nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f"<mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>{inside}</w:drawing></mc:Choice>"
            f"<mc:Fallback><w:pict>{inside}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    reading = read(document)
    assert text_of(reading).count("咨询电话在此") == 1
    assert "text-boxes" in codes(reading)
    assert reading.tally.unplaced == 0


def test_hidden_text_pictures_and_content_controls_are_not_lost_silently() -> None:
    document = word(*HEAD, "第一条 停放。")
    run = document.paragraphs[-1].add_run("草稿说明")
    run.font.hidden = True
    document.element.body.insert(
        len(document.element.body) - 1,
        parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent>{CONTROLLED}</w:sdtContent></w:sdt>"),
    )
    document.paragraphs[-1]._p.append(
        parse_xml(
            f"<w:r {nsdecls('w')}><w:drawing><pic:pic "
            'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"/></w:drawing></w:r>'
        )
    )
    reading = read(document)
    assert "第二条 控件里的条文。" in text_of(reading)
    assert "草稿说明" not in text_of(reading)
    assert {"hidden-text", "images"} <= codes(reading)


def test_every_character_of_a_document_is_accounted_for() -> None:
    document = word(*HEAD, "第一条 停在划定的区域。", "第二条 本办法自2025年5月1日起施行。")
    told = read(document).tally
    assert told.read == told.kept + told.told + sum(told.left_out.values())
    assert told.unplaced == 0


def test_a_state_secret_makes_no_article() -> None:
    reading = read(word("机密★5年", *HEAD, "第一条 不得外传。本办法自2025年5月1日起施行。"))
    assert reading.articles == ()
    assert "State secrets" in reading.faults[0]


def test_without_a_word_on_the_area_that_of_the_owner_is_taken_also_of_one_that_is_given() -> None:
    reading = read(word("排队取号须知", "第一条 上午九点开始取号。"), owner="市公安局")
    assert reading.fields[0]["area"] == "云川市"
    assert "area-of-owner" in codes(reading)


def test_what_a_document_does_not_say_is_asked_for() -> None:
    reading = read(word("停车须知", "请停在线内。"))
    asked = "".join(str(f) for f in reading.not_understood if f.code == "no-field")
    assert all(option in asked for option in ("--issuer", "--owner", "--area", "--from"))
    assert reading.fields[0]["title"] == "停车须知"


def test_an_automatic_number_of_a_style_is_read_too() -> None:
    document = word(*HEAD)
    with_list(document, level("chineseCounting", "第%1条"))
    style = document.styles["List Number"].element
    properties = style.get_or_add_pPr()
    for old in properties.findall(qn("w:numPr")):
        properties.remove(old)
    properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="77"/></w:numPr>'))
    document.add_paragraph("停在线内。", style="List Number")
    assert text_of(read(document)).endswith("第一条 停在线内。")


def test_the_head_of_a_table_of_questions_is_told_as_left_out_and_not_as_lost() -> None:
    document = word("社保问答")
    table = document.add_table(2, 3)
    for row, cells in enumerate((("序号", "问题", "答复"), ("1", "社保卡丢了怎么办？", "先挂失，再补卡。"))):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    reading = read(document)
    assert text_of(reading).splitlines()[-2:] == ["问：社保卡丢了怎么办？", "答：先挂失，再补卡。"]
    assert "labels" in codes(reading)
    assert reading.tally.unplaced == 0
