from __future__ import annotations

from datetime import date

import pytest
from readings import codes

from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadDocument
from knowledge_base.readers import DocumentReading, Surroundings, read_document

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
NOTICE = """
<p>　　为了方便群众出行，经市政府同意，现将公交票价调整如下：</p>
<p>　　一、票价标准</p>
<table border="1"><tr><th>线路</th><th>原票价</th><th>新票价</th></tr>
<tr><td rowspan="2">城区线路</td><td>二元</td><td>一元</td></tr><tr><td>三元</td><td>二元</td></tr></table>
<p>　　二、优惠办法</p><ol><li>六十五周岁以上老年人免费。</li><li>学生半价。</li></ol>
<p>　　三、本通告自2025年8月1日起施行。</p>
<p style="text-align:right">云川市交通运输局</p><p>2025年6月30日</p>
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="{charset}"><title>关于调整公交票价的通告_云川市人民政府</title>
<meta name="ArticleTitle" content="云川市交通运输局关于调整公交票价的通告">
<meta name="PubDate" content="2025-07-01 10:20">
<meta name="Url" content="https://www.example.org/art/1.html"><script>var hidden = "不是正文";</script></head><body>
<div class="header"><ul><li><a href="/">首页</a></li><li><a href="/zwgk">政务公开</a></li></ul></div>
<div class="dqwz">当前位置：首页 &gt; 通知公告</div>
<table><tr><td>索引号：</td><td>YC001</td><td>发文机关：</td><td>云川市交通运输局</td></tr>
<tr><td>发文字号：</td><td>云交发[2025]22号</td><td>成文日期：</td><td>2025年06月30日</td></tr></table>
<h1>云川市交通运输局关于调整公交票价的通告</h1><div {main}>{notice}</div>
<div class="share">分享到：微信</div><div class="footer">主办：云川市人民政府</div></body></html>"""


def page(main: str = 'class="TRS_Editor"', notice: str = NOTICE, charset: str = "utf-8") -> str:
    return PAGE.format(main=main, notice=notice, charset=charset)


def read(text: str | bytes, **given: str) -> DocumentReading:
    return read_document(text if isinstance(text, bytes) else text.encode(), "notice.html", given, CITY)


def text_of(reading: DocumentReading) -> list[str]:
    return reading.fields[0]["text"].splitlines()


@pytest.mark.parametrize("main", ['class="TRS_Editor"', 'id="zoom"', 'class="x17"'])
def test_the_notice_is_found_and_the_navigation_is_dropped_and_named(main: str) -> None:
    reading = read(page(main))
    assert text_of(reading)[0] == "为了方便群众出行，经市政府同意，现将公交票价调整如下："
    assert text_of(reading)[-1] == "三、本通告自2025年8月1日起施行。"  # the signature is told, and no passage
    assert ("成文日期", "2025-06-30") in [(one.field, one.value) for one in reading.understood]
    assert not any(word in line for line in text_of(reading) for word in ("首页", "分享到", "不是正文", "主办"))
    assert "navigation" in codes(reading)
    assert reading.tally.unplaced == 0


def test_what_the_page_states_about_the_notice_is_taken() -> None:
    article = read(page()).articles[0]
    assert article.title == "云川市交通运输局关于调整公交票价的通告"
    assert (article.document_number, article.issuer) == ("云交发〔2025〕22号", "云川市交通运输局")
    assert (article.owner, article.area) == ("市交通运输局", "云川市")
    assert article.effective_from == date(2025, 8, 1)
    assert article.source_link == "https://www.example.org/art/1.html"


@pytest.mark.parametrize(("said", "secrecy"), [("主动公开", "公开"), ("依申请公开", "内部"), ("见附件", None)])
def test_what_a_page_states_about_who_may_read_it_is_taken(said: str, secrecy: str | None) -> None:
    stated = page().replace("<body>", f"<body><table><tr><td>公开方式：</td><td>{said}</td></tr></table>", 1)
    assert read(stated).fields[0].get("secrecy") == secrecy


def test_a_notice_that_says_it_is_internal_is_not_opened_by_the_page_around_it() -> None:
    stated = "<body><table><tr><td>公开方式：</td><td>主动公开</td></tr></table>"
    text = page(notice=f"<p>密级：内部</p>{NOTICE}").replace("<body>", stated, 1)
    assert read(text).fields[0]["secrecy"] == "内部"


def test_tables_with_merged_cells_and_numbered_lists_keep_what_a_reader_sees() -> None:
    lines = text_of(read(page()))
    assert "线路：城区线路；原票价：三元；新票价：二元" in lines
    assert "2. 学生半价。" in lines


@pytest.mark.parametrize(
    "head",
    [
        "<title>云川市政府网_通知公告_云川市公安局关于犬只登记的通告</title></head><body>",
        "</head><body><table><tr><td class='tit'><b>云川市公安局关于犬只登记的通告</b></td></tr></table>",
        "</head><body><h1>云川市公安局关于犬只登记的通告</h1>",
    ],
)
def test_the_title_is_found_above_the_notice_or_in_that_of_the_page(head: str) -> None:
    reading = read(f"<html><head>{head}<div><p>{'养犬要到派出所登记。' * 8}</p></div></body></html>")
    assert reading.fields[0]["title"] == "云川市公安局关于犬只登记的通告"


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "utf-8"])
def test_pages_in_gb18030_are_read_whatever_they_declare(declared: str) -> None:
    reading = read(page(charset=declared).encode("gb18030"))
    assert reading.articles[0].document_number == "云交发〔2025〕22号"
    assert ("encoding" in codes(reading)) == (declared == "utf-8")


def test_a_byte_order_mark_outranks_what_a_page_declares() -> None:
    assert read(page(charset="gb2312").encode("utf-8-sig")).articles[0].issuer == "云川市交通运输局"


def test_pictures_attachments_and_embedded_pages_are_named() -> None:
    more = '<p><a href="a/b.xlsx">票价表.xlsx</a><img src="q.png" alt="二维码"><iframe src="/map"></iframe></p>'
    reading = read(page(notice=NOTICE + more))
    found = {f.code: str(f) for f in reading.not_understood}
    assert "票价表.xlsx" in found["attachments"]
    assert "二维码" in found["images"]
    assert "frames" in found


def test_a_table_that_only_lays_out_the_page_is_text() -> None:
    lines = text_of(read(page(main='class="x"', notice=f"<table><tr><td>{NOTICE}</td></tr></table>")))
    assert lines[0].startswith("为了方便群众出行")


def test_hidden_parts_of_the_notice_are_left_out_and_named() -> None:
    reading = read(page(notice=NOTICE + '<div style="display: none">旧版内容</div>'))
    assert "hidden-text" in codes(reading)
    assert not any("旧版内容" in line for line in text_of(reading))


def test_a_page_that_scripts_put_together_is_refused_with_what_to_do() -> None:
    with pytest.raises(BadDocument, match="put together by scripts"):
        read("<html><body><div id='app'></div><script>load()</script></body></html>")


def test_a_page_that_breaks_off_is_named() -> None:
    whole = page()
    assert "cut-short" in codes(read(whole[: whole.index("三、本通告")]))


def test_text_behind_marks_inside_a_line_is_read_and_counted() -> None:
    notice = NOTICE.replace("学生半价", "学生<b>半价</b>，军人<i>免费</i>，都凭证件上车")
    plain, marked = read(page(notice=notice.replace("<b>", "").replace("</b>", ""))), read(page(notice=notice))
    assert "学生半价，军人免费，都凭证件上车。" in marked.fields[0]["text"]
    assert marked.tally == plain.tally
    assert marked.tally.read == marked.tally.kept + marked.tally.told + sum(marked.tally.left_out.values())


def test_text_that_is_struck_out_is_left_out_and_told_once() -> None:
    reading = read(page(notice=NOTICE.replace("学生半价", "学生<del>免<s>费</s></del>半价")))
    assert "学生半价。" in reading.fields[0]["text"]
    [told] = [f for f in reading.not_understood if f.code == "deleted-text"]
    assert "2 字：“免费”" in told.detail


def test_a_head_of_two_rows_names_each_column_by_both() -> None:
    head = '<tr><th rowspan="2">线路</th><th colspan="2">票价</th></tr><tr><th>白天</th><th>夜间</th></tr>'
    rows = "<tr><td>1路</td><td>2元</td><td>3元</td></tr><tr><td>2路</td><td>1元</td><td>1元</td></tr>"
    table = f"<table>{head}{rows}</table>"
    text = read(page(notice=NOTICE.replace("<p>　　二、", f"{table}<p>　　二、"))).fields[0]["text"]
    assert "线路：1路；票价（白天）：2元；票价（夜间）：3元" in text.splitlines()


def test_a_title_of_a_table_that_covers_two_rows_stands_once() -> None:
    title = '<tr><td colspan="3" rowspan="2">夜班公交票价</td></tr><tr></tr>'
    rows = "<tr><td>线路</td><td>票价</td><td>首班</td></tr><tr><td>1路</td><td>2元</td><td>22点</td></tr>"
    table = f"<table>{title}{rows}</table>"
    lines = read(page(notice=NOTICE.replace("<p>　　二、", f"{table}<p>　　二、"))).fields[0]["text"].splitlines()
    assert lines.count("夜班公交票价") == 1
    assert "线路：1路；票价：2元；首班：22点" in lines


def test_a_signature_without_a_date_names_the_issuer() -> None:
    html = f"<html><body><h1>取水许可须知</h1>{NOTICE.partition('<p style')[0]}<p>云川市水务局</p></body></html>"
    assert read(html).fields[0]["issuer"] == "云川市水务局"
