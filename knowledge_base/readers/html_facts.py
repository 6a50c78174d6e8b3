"""What a web page states about the notice on it: in its head, and in the table of 索引号, 发文机关, 文号 above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge_base.readers.headlines import reads_as_title
from knowledge_base.readers.radicals import as_characters

if TYPE_CHECKING:
    from lxml import etree

_META = {
    "articletitle": "title",
    "pubdate": "published",
    "url": "source_link",
}
_STATED = {
    "发文机关": "issuer",
    "发布机构": "issuer",
    "发布机关": "issuer",
    "制发机关": "issuer",
    "发文字号": "document_number",
    "文号": "document_number",
    "成文日期": "issued",
    "生成日期": "issued",
    "印发日期": "issued",
    "发文日期": "issued",
    "发布日期": "published",
    "发布时间": "published",
    "公开日期": "published",
    "标题": "title",
    "名称": "title",
    "信息名称": "title",
    "文件名称": "title",
    "生效日期": "effective_from",
    "实施日期": "effective_from",
    "施行日期": "effective_from",
    "失效日期": "effective_to",
    "废止日期": "effective_to",
    "公开方式": "secrecy",
}
_LABEL = re.compile(
    r"[\[【]?\s*([\u4e00-\u9fff](?:[\s\u3000]*[\u4e00-\u9fff]){1,5})\s*[\]】]?\s*[:：]?\s*(.*)", re.DOTALL
)
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_TITLED = re.compile(r"(?:^|[\s_-])(?:\w*title\w*|tit|bt|biaoti)(?:$|[\s_-])", re.IGNORECASE)
_LONGEST = 160


def facts(root: etree._Element, text: str) -> dict[str, str]:
    """Fields that the page states, by the names of an article's fields, and ``issued`` and ``published``."""
    told: dict[str, str] = {}
    for field, value in (*_head(root), *_table(root), ("title", _title(root))):
        if field and value and field not in told:
            told[field] = value
    if "source_link" not in told and (match := _SAVED_FROM.search(text)):
        told["source_link"] = match.group(1)
    if not told.get("source_link", "https://").startswith(("http://", "https://")):
        del told["source_link"]
    return told


def _head(root: etree._Element) -> Iterator[tuple[str, str]]:
    for meta in root.iter("meta"):
        field = _META.get(str(meta.get("name", "")).lower(), "")
        yield field, " ".join(as_characters(str(meta.get("content", ""))).split())
    for link in root.iter("link"):
        if str(link.get("rel", "")).lower() == "canonical":
            yield "source_link", str(link.get("href", "")).strip()


def _title(root: etree._Element) -> str:
    """The title above the notice, or the part of the page's own title that reads like one."""
    headings = [
        *root.iter("h1"),
        *(e for e in root.iter() if _TITLED.search(f"{e.get('class', '')} {e.get('id', '')}")),
    ]
    for element in headings:
        text = " ".join(_text(element).split())
        if reads_as_title(text) and element.tag != "title":
            return text
    whole = " ".join(map(_text, root.iter("title"))).strip()
    parts = [part.strip() for part in re.split(r"[_|｜—\-\s]+", whole)]
    return max((part for part in parts if reads_as_title(part)), key=len, default="")


def _table(root: etree._Element) -> Iterator[tuple[str, str]]:
    """``label: value`` of short elements, and of a label with the value in the element behind it."""
    for element in root.iter("td", "th", "li", "p", "span", "div", "dt", "b", "strong"):
        text = _text(element).strip()
        match = _LABEL.fullmatch(text) if len(text) <= _LONGEST else None
        field = _STATED.get("".join(match.group(1).split()), "") if match else ""
        if not match or not field:
            continue
        if value := _value(match.group(2)):
            if len(text) > len(match.group(1)) + len(value) and ("：" in text or ":" in text):
                yield field, value
        else:
            yield field, _value(_behind(element))


def _behind(element: etree._Element) -> str:
    following = element.getnext()
    tail = as_characters(element.tail or "").strip()
    return tail if tail or following is None else _text(following)


def _text(element: etree._Element) -> str:
    """All text of an element, in the characters that are meant: 成⽂⽇期 would be no label."""
    return as_characters("".join(element.itertext(with_tail=False)))


def _value(text: str) -> str:
    value = " ".join(text.split())
    return "" if value in ("", "-", "—", "无", "/") or len(value) > _LONGEST else value
