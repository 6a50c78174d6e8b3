from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from datetime import date

import pytest
from readings import codes
from reportlab import rl_config
from reportlab.lib import pdfencrypt
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadDocument
from knowledge_base.readers import DocumentReading, Surroundings, read_document

GAZETTEER = load_gazetteer(sample.areas())
CITY = Surroundings(load_catalogue(sample.departments(), GAZETTEER), GAZETTEER)
FONT = "STSong-Light"
WIDTH, HEIGHT, LEFT, SIZE, PER_LINE = 595, 842, 85, 15, 28
RULES = (
    "第一条 为了规范居家养老服务，方便老年人生活，根据有关规定，结合本市实际情况，制定本办法，请各单位执行。",
    "第二条 具有本市户籍、年满六十周岁的老年人，可以申请居家养老服务补贴：",
    "（一）最低生活保障家庭中的老年人，每人每月三百元；",
    "（二）年满八十周岁的高龄老年人，每人每月一百元。",
)
END = ("第三条 本办法自二〇二五年九月一日起施行，有效期三年。", "云川市民政局", "二〇二五年八月五日")


def wrapped(paragraph: str) -> list[str]:
    text = "\u3000\u3000" + paragraph
    return [text[start : start + PER_LINE] for start in range(0, len(text), PER_LINE)]


def pdf(
    paint: Callable[[Canvas], None], encrypt: pdfencrypt.StandardEncryption | None = None, *, compressed: bool = True
) -> bytes:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), encrypt=encrypt, pageCompression=compressed)
    paint(canvas)
    canvas.save()
    return file.getvalue()


def printed(canvas: Canvas, *paragraphs: str, title: str = "云川市居家养老服务管理办法", lines_a_page: int = 8) -> None:
    """Print paragraphs as an office does: header, title, indented paragraphs, a page number below."""
    lines = [line for paragraph in paragraphs for line in wrapped(paragraph)]
    page = 0
    while lines:
        page += 1
        canvas.setFont(FONT, 9)
        canvas.drawString(LEFT, HEIGHT - 30, "云川市民政局规范性文件")
        height = HEIGHT - 80
        if page == 1:
            canvas.setFont(FONT, 22)
            canvas.drawCentredString(WIDTH / 2, height, title)
            canvas.setFont(FONT, 14)
            canvas.drawCentredString(WIDTH / 2, height - 40, "云民规[2025]6号")
            height -= 80
        canvas.setFont(FONT, SIZE)
        for _ in range(min(lines_a_page, len(lines))):
            canvas.drawString(LEFT, height, lines.pop(0))
            height -= 28
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(WIDTH / 2, 40, f"— {page} —")
        canvas.showPage()


def read(raw: bytes, name: str = "rule.pdf", **given: str) -> DocumentReading:
    return read_document(raw, name, given, CITY)


def text_of(reading: DocumentReading) -> list[str]:
    return reading.fields[0]["text"].splitlines()


def test_printed_lines_are_paragraphs_again_across_pages_and_without_page_furniture() -> None:
    reading = read(pdf(lambda canvas: printed(canvas, *RULES, *RULES, *END, lines_a_page=4)))
    assert text_of(reading)[:4] == list(RULES)
    assert text_of(reading)[-1] == END[0]  # the signature is told, and no passage
    assert ("成文日期", "2025-08-05") in [(one.field, one.value) for one in reading.understood]
    assert "page-margins" in codes(reading)
    assert reading.tally.unplaced == 0


def test_the_fields_are_recognised_in_chinese_numerals_too() -> None:
    article = read(pdf(lambda canvas: printed(canvas, *RULES, *END))).articles[0]
    assert (article.title, article.document_number) == ("云川市居家养老服务管理办法", "云民规〔2025〕6号")
    assert (article.issuer, article.owner, article.area) == ("云川市民政局", "市民政局", "云川市")
    assert (article.effective_from, article.effective_to) == (date(2025, 9, 1), date(2028, 8, 31))


def test_a_ruled_table_is_read_as_rows_at_its_place() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, SIZE)
        canvas.drawString(LEFT, 760, "\u3000\u3000第一条 补贴标准见下表。")
        for x in (LEFT, 200, 320, 440):
            canvas.line(x, 620, x, 740)
        for y in (620, 660, 700, 740):
            canvas.line(LEFT, y, 440, y)
        rows = (("年龄", "补贴标准", "说明"), ("八十周岁", "一百元", "每月"), ("九十周岁", "二百元", "每月"))
        for y, row in zip((712, 672, 632), rows, strict=True):
            for x, cell in zip((LEFT + 5, 205, 325), row, strict=True):
                canvas.drawString(x, y, cell)
        canvas.drawString(LEFT, 580, "\u3000\u3000第二条 按月发放。")
        canvas.showPage()

    reading = read(pdf(paint))
    assert text_of(reading) == [
        "第一条 补贴标准见下表。",
        "年龄：八十周岁；补贴标准：一百元；说明：每月",
        "年龄：九十周岁；补贴标准：二百元；说明：每月",
        "第二条 按月发放。",
    ]
    assert reading.tally.unplaced == 0


@pytest.mark.parametrize("again", [True, False])
def test_a_table_that_goes_on_over_the_page_keeps_the_names_of_its_columns(again: bool) -> None:
    def ruled(canvas: Canvas, *rows: tuple[str, str, str]) -> None:
        canvas.setFont(FONT, SIZE)
        for x in (LEFT, 200, 320, 440):
            canvas.line(x, 700 - 40 * len(rows), x, 700)
        for number, row in enumerate(rows):
            canvas.line(LEFT, 700 - 40 * number, 440, 700 - 40 * number)
            for x, cell in zip((LEFT + 5, 205, 325), row, strict=True):
                canvas.drawString(x, 672 - 40 * number, cell)
        canvas.line(LEFT, 700 - 40 * len(rows), 440, 700 - 40 * len(rows))
        canvas.showPage()

    head = ("年龄", "补贴标准", "说明")

    def paint(canvas: Canvas) -> None:
        ruled(canvas, head, ("八十周岁", "一百元", "每月"))
        ruled(canvas, *([head] if again else []), ("九十周岁", "二百元", "每月"), ("百岁", "五百元", "每月"))

    reading = read(pdf(paint))
    assert text_of(reading) == [
        "年龄：八十周岁；补贴标准：一百元；说明：每月",
        "年龄：九十周岁；补贴标准：二百元；说明：每月",
        "年龄：百岁；补贴标准：五百元；说明：每月",
    ]
    assert reading.tally.unplaced == 0


def test_a_table_of_contents_is_left_out_and_named() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, SIZE)
        for number, line in enumerate(("目 录", "第一章 总则..........1", "第二章 待遇……………………12")):
            canvas.drawString(LEFT, 700 - 28 * number, line)
        canvas.showPage()
        printed(canvas, *RULES, *END)

    reading = read(pdf(paint))
    assert text_of(reading)[0] == RULES[0]
    assert "contents" in codes(reading)
    assert reading.tally.unplaced == 0


def test_a_scanned_page_between_others_is_named() -> None:
    def paint(canvas: Canvas) -> None:
        printed(canvas, *RULES)
        canvas.drawInlineImage(picture(), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
        canvas.showPage()

    reading = read(pdf(paint))
    found = {f.code: f for f in (*reading.not_understood, *reading.warnings)}
    assert "第 2 页" in str(found["scanned-pages"])
    assert "第 3 页" in found["empty-pages"].chinese


def picture() -> object:
    from PIL import Image  # noqa: PLC0415 - one test draws a picture

    return Image.new("L", (40, 60), 128)


def test_a_turned_watermark_is_left_out_and_named() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 40)
        canvas.translate(200, 300)
        canvas.rotate(45)
        canvas.drawString(0, 0, "征求意见稿")
        canvas.restoreState()
        printed(canvas, *RULES, *END)

    reading = read(pdf(paint))
    assert "watermarks" in codes(reading)
    assert not any("征求意见稿" in line for line in text_of(reading))


def test_a_scan_without_any_text_is_refused_with_what_to_do() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.drawInlineImage(picture(), 0, 0, WIDTH, HEIGHT)
        canvas.showPage()

    with pytest.raises(BadDocument, match="Run text recognition"):
        read(pdf(paint))


def test_a_protected_pdf_asks_for_the_password_to_be_removed() -> None:
    locked = pdfencrypt.StandardEncryption("geheim", canPrint=0)
    with pytest.raises(BadDocument, match="remove the password"):
        read(pdf(lambda canvas: printed(canvas, *RULES), locked))


def test_a_pdf_that_only_forbids_copying_is_read() -> None:
    open_to_read = pdfencrypt.StandardEncryption("", ownerPassword="owner", canCopy=0)
    assert text_of(read(pdf(lambda canvas: canvas.drawString(LEFT, 500, "Office hours: 9 to 5."), open_to_read))) == [
        "Office hours: 9 to 5."
    ]


def test_a_pdf_whose_fonts_do_not_say_what_they_draw_is_refused() -> None:
    # The name of the character collection is lost in this file, and with it the meaning of its glyphs.
    locked = pdfencrypt.StandardEncryption("", ownerPassword="owner")
    with pytest.raises(BadDocument, match="which characters its fonts draw"):
        read(pdf(lambda canvas: printed(canvas, *RULES), locked))


def test_a_pdf_that_is_cut_short_is_refused() -> None:
    whole = pdf(lambda canvas: printed(canvas, *RULES))
    with pytest.raises(BadDocument, match="cut short"):
        read(whole[: len(whole) // 2])


@pytest.mark.parametrize("many", [1, 3, 12])
def test_a_pdf_as_office_programs_write_it_is_read(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its streams are compressed and nothing else; reportlab turns them into letters besides."""
    monkeypatch.setattr(rl_config, "useA85", 0)
    raw = pdf(lambda canvas: printed(canvas, *RULES[:1] * many, *END))
    assert b"ASCII85" not in raw
    assert b"/FlateDecode" in raw
    assert text_of(read(raw))[-1].startswith("第三条")


def test_a_stream_that_would_unpack_to_far_too_much_is_refused_before_it_is_unpacked() -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b" " * 2**20) for _ in range(32)) + packer.flush()
    raw = pdf(lambda canvas: printed(canvas, *RULES))
    swollen = raw.replace(
        b"%%EOF",
        b"99 0 obj\n<</Filter/FlateDecode/Length %d>>\nstream\n" % len(bomb) + bomb + b"\nendstream\nendobj\n%%EOF",
    )
    with pytest.raises(BadDocument, match="would unpack to more than 8 MB"):
        read(swollen)


LEFT_COLUMN = (
    "第一条 为了规范停车管理，方便市民出行，根据有关法律法规的规定，结合本市实际情况，制定本办法。",
    "第二条 市公安局负责道路停车的管理，区人民政府负责公共停车场的建设，街道办事处协助办理。",
)
RIGHT_COLUMN = (
    "第三条 白天每小时收费五元，夜间每次收费十元，残疾人专用车辆和新能源汽车免收停车费用。",
    "第四条 违反本办法停放车辆的，由公安机关交通管理部门责令改正，并处一百元以上二百元以下罚款。",
)


def in_columns(canvas: Canvas, shift: float, gutter: float = 30) -> None:
    """Two columns of eleven characters a line under a title over both, a sentence over both below."""
    canvas.setFont(FONT, 22)
    canvas.drawCentredString(WIDTH / 2, HEIGHT - 90, "云川市停车管理办法")
    width, size = 11 * 18, 18
    canvas.setFont(FONT, size)
    for n, column in enumerate((LEFT_COLUMN, RIGHT_COLUMN)):
        lines = [("\u3000\u3000" + p)[at : at + 11] for p in column for at in range(0, len(p) + 2, 11)]
        for row, line in enumerate(lines):
            canvas.drawString(LEFT + n * (width + gutter), HEIGHT - 150 - row * 28 - n * shift, line)
    canvas.drawString(LEFT, HEIGHT - 520, "\u3000\u3000第五条 本办法自二〇二五年九月一日起施行。")
    canvas.showPage()


@pytest.mark.parametrize("shift", [0, 9])
def test_a_page_in_columns_is_read_column_by_column_and_says_so(shift: float) -> None:
    reading = read(pdf(lambda canvas: in_columns(canvas, shift)))
    assert text_of(reading) == [*LEFT_COLUMN, *RIGHT_COLUMN, "第五条 本办法自二〇二五年九月一日起施行。"]
    assert reading.articles[0].title == "云川市停车管理办法"
    [told] = [f for f in reading.warnings if f.code == "columns"]
    assert "第 1 页" in told.chinese


def test_a_list_without_rules_is_no_page_in_columns() -> None:
    def paint(canvas: Canvas) -> None:
        canvas.setFont(FONT, 15)
        for n in range(12):
            canvas.drawString(LEFT, HEIGHT - 100 - 28 * n, f"第{n + 1}服务点" + "街" * (n % 5))
            canvas.drawString(LEFT + 250, HEIGHT - 100 - 28 * n, f"湖滨路{n}号" + "楼" * (n % 4))
        canvas.showPage()

    reading = read(pdf(paint))
    assert "columns" not in codes(reading)
    assert any("第1服务点" in line and "湖滨路0号" in line for line in text_of(reading))


def test_radicals_that_a_browser_writes_for_characters_are_read_as_the_characters() -> None:
    radicals = dict(zip("⽆⾏⽉⽇⻋", "WmM@%", strict=True))  # letters as broad as the characters

    def paint(canvas: Canvas) -> None:
        pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
        written = (
            "云川市⽆障碍⻋位管理办法",
            "第一条 本办法自二〇二六年十⽉十五⽇起施⾏。",
            "第二条 补贴（坡道）：八千元。",
        )
        for line, text in enumerate(written):
            for place, character in enumerate(text):
                canvas.setFont("Vera" if character in radicals else FONT, SIZE)
                at = (LEFT + place * SIZE, HEIGHT - 80 - 28 * line)
                canvas.drawString(*at, radicals.get(character, character))

    raw = pdf(paint, compressed=False)
    for radical, letter in radicals.items():
        raw = raw.replace(b"<%04X>" % ord(letter), b"<%04X>" % ord(radical))

    reading = read(raw)

    assert reading.fields[0]["title"] == "云川市无障碍车位管理办法"
    [told] = [finding for finding in reading.warnings if finding.code == "look-alikes"]
    assert (told.count, "⻋→车" in told.detail) == (5, True)
    assert reading.fields[0]["effective_from"] == "2026-10-15"
    assert text_of(reading)[-2:] == ["第一条 本办法自二〇二六年十月十五日起施行。", "第二条 补贴（坡道）：八千元。"]
