"""What a reader could not read or left out, as sentences in English and in Chinese: what it is and what to do."""

from __future__ import annotations

from dataclasses import dataclass

_SAID: dict[str, tuple[str, str]] = {
    # What has no text that could be read.
    "images": (
        "{n} image(s) are not read ({detail}): type into the document what they say",
        "{n} 张图片未读取（{detail}）：图中的文字请录入正文",
    ),
    "scanned-pages": (
        "{n} page(s) hold a picture and no text ({detail}): run text recognition on them, or type them",
        "{n} 页是没有文字的扫描件（{detail}）：请先做文字识别或录入",
    ),
    "empty-pages": ("{n} page(s) are empty ({detail})", "{n} 页为空白页（{detail}）"),
    "embedded": (
        "{n} embedded object(s), charts or drawings are not read ({detail}): import what they hold as files",
        "{n} 个嵌入对象、图表或图形未读取（{detail}）：请将其内容另存为文件后导入",
    ),
    "unmapped": (
        "{n} character(s) have no meaning in this file's fonts ({detail}): compare with the original",
        "{n} 个字符因字体问题无法识别（{detail}）：请对照原件，或重新导出",
    ),
    "undecodable": (
        "{n} character(s) could not be decoded ({detail}): save the file as UTF-8",
        "{n} 个字符编码错误（{detail}）：请另存为 UTF-8 编码",
    ),
    "symbols": (
        "{n} symbol(s) of a picture font stand as □ ({detail})",
        "{n} 个符号字体的字符以 □ 代替（{detail}）",
    ),
    "attachments": (
        "{n} linked attachment(s) are not read ({detail}): download them and import them too",
        "{n} 个附件链接未读取（{detail}）：请下载后另行导入",
    ),
    "frames": (
        "{n} embedded page(s) are not read ({detail}): save them as files of their own",
        "{n} 个内嵌网页未读取（{detail}）：请另存后导入",
    ),
    "uncomputed": (
        "{n} formula(s) have no stored result ({detail}): open the file in Excel or WPS, save it, import it again",
        "{n} 个公式没有计算结果（{detail}）：请用 Excel 或 WPS 打开并保存后再导入",
    ),
    "broken-cells": ("{n} cell(s) hold an error ({detail}): correct them", "{n} 个单元格为错误值（{detail}）：请更正"),
    # Text that was read and left out.
    "cut-short": (
        "the page has no end and may be cut short ({detail}): save it again",
        "网页不完整，可能被截断（{detail}）：请重新保存",
    ),
    "hidden-sheets": (
        "{n} hidden sheet(s) are not read ({detail}): show them if they belong to it",
        "{n} 个隐藏工作表未读取（{detail}）：如需导入请先取消隐藏",
    ),
    "page-margins": ("page headers, footers and numbers are left out ({detail})", "页眉、页脚和页码已去除（{detail}）"),
    "contents": ("the table of contents is left out ({detail})", "目录已去除（{detail}）"),
    "navigation": ("navigation and page furniture are left out ({detail})", "网页导航等栏目已去除（{detail}）"),
    "hidden-text": ("hidden text is left out ({detail})", "隐藏文字未读取（{detail}）"),
    "deleted-text": (
        "tracked deletions are left out ({detail}): accept or reject the changes in the original",
        "修订中删除的文字已去除（{detail}）：请先在原件中接受或拒绝修订",
    ),
    "comments": ("comments are left out ({detail})", "批注未读取（{detail}）"),
    "watermarks": ("turned text, such as a watermark, is left out ({detail})", "倾斜文字（如水印）已去除（{detail}）"),
    "colophon": ("the colophon (抄送, 印发) is left out ({detail})", "版记（抄送、印发）已去除（{detail}）"),
    "labels": (
        "numbers of rows and the marks 问 and 答 are left out ({detail})",
        "序号及“问”“答”字样已去除（{detail}）",
    ),
    "preamble": ("lines above a table are not used ({detail})", "表格上方的说明未使用（{detail}）"),
    "odd-rows": (
        "rows of a table that hold neither title nor text are not used ({detail}): totals and notes, or a lost answer",
        "表中既无标题也无正文的行未使用（{detail}）：请确认只是合计或备注",
    ),
    "state-secrets": (
        "{n} row(s) are marked as state secrets and must not be kept here ({detail}): take them out of the file",
        "{n} 行标为国家秘密，不得录入（{detail}）：请从文件中删除",
    ),
    "unused-columns": ("columns that no article has a field for are not used ({detail})", "未使用的列（{detail}）"),
    "cut-off": (
        "what lies beyond the limits of this program is left out ({detail})",
        "超出处理上限的内容未读取（{detail}）",
    ),
    # Text that was read, and is worth a look.
    "inserted-text": (
        "{n} tracked insertion(s) are read as accepted ({detail}): settle the changes in the original",
        "{n} 处修订插入已按接受处理（{detail}）：请先在原件中确认修订",
    ),
    "text-boxes": (
        "{n} text box(es) stand behind the paragraph that they hang on ({detail}): check their place",
        "{n} 个文本框内容放在其所在段落之后（{detail}）：请核对位置",
    ),
    "columns": (
        "{n} page(s) are set in columns and were read column by column ({detail}): check the order",
        "{n} 页为分栏排版，已按栏读取（{detail}）：请核对顺序",
    ),
    "notes": (
        "{n} footnote(s) stand behind their paragraphs as 注1、注2… ({detail})",
        "{n} 个脚注放在所在段落之后（{detail}）",
    ),
    "formulas": ("{n} formula(s) are read as plain characters ({detail})", "{n} 个公式按普通字符读取（{detail}）"),
    "hidden-rows": (
        "{n} hidden row(s) or column(s) are read all the same ({detail}): delete what does not belong to it",
        "{n} 个隐藏行或列也已读取（{detail}）：不需要的请删除",
    ),
    "nested-tables": (
        "{n} table(s) inside a table are read as text ({detail})",
        "{n} 个嵌套表格按文字读取（{detail}）",
    ),
    "look-alikes": (
        "{n} character(s) that only look like others are read as those ({detail}): compare if one seems wrong",
        "{n} 个部首或兼容字符已按形近的常用字读取（{detail}）：如有疑问请对照原件",
    ),
    "encoding": ("the encoding that the page states is wrong ({detail})", "网页声明的编码有误（{detail}）"),
    # What was looked for and not found, or is in doubt.
    "no-field": ("{detail} is not said: give it", "未找到{detail}：请补充"),
    "no-number": (
        "no document number was found: write it in if there is one",
        "未找到文号：如有请补充",
    ),
    "same-pairs": ("{n} question(s) stand twice with the same answer ({detail})", "{n} 个问答重复（{detail}）"),
    "issuer-is-owner": (
        "no issuer is named; the unit that answers was taken ({detail})",
        "未写明发布机关，按答复单位计（{detail}）",
    ),
    "area-of-owner": (
        "no area is named; that of the owner department was taken ({detail}): check it",
        "未写明适用区域，按责任单位所在区域计（{detail}）：请核对",
    ),
    "several-dates": (
        "several days of effect are named and none is the document's own ({detail}): give --from",
        "文中有多个施行日期且无法确定（{detail}）：请用 --from 指定",
    ),
    "title-from-name": ("the title is the name of the file ({detail}): check it", "标题取自文件名（{detail}）：请核对"),
    "assumed-effect": (
        "no day of effect is named; the day of issue was taken ({detail}): check it",
        "未写明施行日期，按成文日期计（{detail}）：请核对",
    ),
    "line-differs": (
        "a line of the document says otherwise than what was taken, and stays in the text ({detail}): compare them",
        "文中有一行与所取的值不同，已保留在正文中（{detail}）：请核对",
    ),
    "overruled": ("what was given differs from the document ({detail})", "指定的内容与文件不同（{detail}）"),
    "unnamed-supersession": (
        "a document is abolished of which no number is named ({detail}): give its number in 代替",
        "废止的文件未写明文号（{detail}）：请在“代替”中填写文号",
    ),
    "absent-supersession": (
        "abolished documents that the library does not have end nothing ({detail}): import them, then this one again",
        "废止的文件不在知识库中（{detail}）：如需自动失效，请导入该文件后再导入本文件",
    ),
    "unread-sheet": ("{n} sheet(s) are empty ({detail})", "{n} 个工作表为空（{detail}）"),
    "unplaced": (
        "{n} character(s) were read and are in no passage ({detail}): compare with the original",
        "{n} 个字符已读取但未进入条款（{detail}）：请对照原件",
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know about a reading. ``str`` is an English sentence, :attr:`chinese` a Chinese one.

    ``detail`` is a place or a quotation from the document, ``count`` how often it occurs.
    """

    code: str
    count: int = 1
    detail: str = ""

    def __str__(self) -> str:
        said = self._filled(0)
        return said[0].upper() + said[1:] + "."

    @property
    def chinese(self) -> str:
        """The sentence in Chinese."""
        return self._filled(1) + "。"

    def _filled(self, language: int) -> str:
        said = _SAID[self.code][language].format(n=self.count, detail=self.detail)
        return said.replace(" ()", "").replace("（）", "")
