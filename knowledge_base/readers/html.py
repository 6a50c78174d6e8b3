"""Web pages of authorities: the notice itself, what the page states about it, and none of the navigation around it.

What a government page must state about a notice in its head (ArticleTitle, PubDate, ContentSource …) is fixed by
政府网站发展指引 (国办发〔2017〕47号, annex 2); the table of 索引号, 发文机关, 文号, 成文日期 above it is that of the
catalogues of open information. Where a page has no part that is known by name, its main text is the part in which most
characters stand in paragraphs that are no links (after the idea of Readability).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from knowledge_base.errors import BadDocument
from knowledge_base.readers.document import Document, gathered, ink
from knowledge_base.readers.encodings import decoded
from knowledge_base.readers.findings import Finding
from knowledge_base.readers.html_blocks import Flow, text_of
from knowledge_base.readers.html_facts import facts

if TYPE_CHECKING:
    from lxml import etree

_NO_TEXT = ("script", "style", "noscript", "template", "svg", "select", "textarea", "option")
_STRUCK = ("s", "strike", "del")
_FURNITURE = ("nav", "aside", "form", "button", "footer")
_BODIES = re.compile(
    r"(?:trs_editor|trs_ueditor|ucap-?content|pages_content|article-?content|articlecontent|article-?body|news-?content"
    r"|newscontent|detail-?content|content-?detail|zwgk-?content|info-?content|infocontent|text-?content|zoom|xl_con"
    r"|v_news_content|wp_articlecontent|ewb-article-info|conTxt|main-?text|xxgk_content|article_con|nr_content)",
    re.IGNORECASE,
)
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|menu|footer|foot|header|breadcrumb|crumb|location|position|share|sidebar|related|pager"
    r"|copyright|toolbar|search|login|friendlink|qrcode|bdshare|print|fontsize|dqwz|weizhi)(?:$|[\s_-])",
    re.IGNORECASE,
)
_FILES = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|7z|pptx?|txt|csv)(?:$|[?#])", re.IGNORECASE)
_ENOUGH = 40
_MOST_FURNITURE = 600
_LISTED = 5


def read_html(raw: bytes, name: str) -> Document:
    """The main text of a web page. Raises BadDocument where it has none."""
    from lxml import etree, html  # noqa: PLC0415 - only web pages need it

    text, findings = decoded(raw)
    # lxml refuses text that also declares an encoding.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    parser = html.HTMLParser(huge_tree=False, remove_comments=True)
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise BadDocument(f"{name} is not a web page. Open it in a browser and save it as a complete page.") from error
    if any("xcessive depth" in entry.message for entry in parser.error_log):  # what lies deeper was dropped
        raise BadDocument(
            f"{name} is nested deeper than a page that people wrote. Open it in a browser, copy the text into a .docx, "
            "and import that."
        )
    told = facts(root, text)
    hidden = list(_cleared(root, _NO_TEXT, keep_text=False))
    everything = text_of(root)
    hidden += (("deleted-text", text) for _, text in _cleared(root, _STRUCK, keep_text=True))
    hidden += _furniture(root)
    main = _main(root)
    if main is None or ink(text_of(main)) < _ENOUGH:
        raise BadDocument(
            f"{name} holds no text of its own: it may be put together by scripts. Open it in a browser, copy the text "
            "into a .docx, and import that."
        )
    flow = Flow()
    blocks = tuple(flow.blocks(main))
    around = ink(everything) - ink(text_of(main))
    left = [("navigation", _around(root, main))] if around else []
    return Document(
        blocks=blocks,
        characters=ink(everything),
        told=told,
        left_out=gathered([*left, *hidden]),
        findings=(*findings, *_findings(main), *_cut_short(text)),
    )


def _cut_short(text: str) -> Iterator[Finding]:
    lower = text.lower()
    if "<body" in lower and "</body" not in lower and "</html" not in lower:
        yield Finding("cut-short", 1, text.strip()[-20:])


def _cleared(root: etree._Element, tags: tuple[str, ...], *, keep_text: bool) -> Iterator[tuple[str, str]]:
    """Take elements out of the tree, and yield what text went with them where it is text of the page."""
    for element in list(root.iter(*tags)):
        if any(above.tag in tags for above in element.iterancestors()):
            continue  # it goes with that one
        if keep_text:
            yield "navigation", text_of(element)
        element.drop_tree()


def _furniture(root: etree._Element) -> Iterator[tuple[str, str]]:
    yield from _cleared(root, _FURNITURE, keep_text=True)
    body = root.find("body")
    for element in list(root.iter("div", "ul", "ol", "table", "p", "span", "section", "header")):
        if element.getparent() is None or not _attached(element, root):
            continue
        style = "".join(str(element.get("style", "")).split()).lower()
        if "display:none" in style or element.get("hidden") is not None:
            yield "hidden-text", text_of(element)
            element.drop_tree()
        elif _is_furniture(element) and element is not body:
            yield "navigation", text_of(element)
            element.drop_tree()


def _attached(element: etree._Element, root: etree._Element) -> bool:
    up: etree._Element | None = element
    while up is not None:
        if up is root:
            return True
        up = up.getparent()
    return False


def _is_furniture(element: etree._Element) -> bool:
    named = f"{element.get('class', '')} {element.get('id', '')}"
    if not _FURNITURE_NAMES.search(named) or _BODIES.search(named):
        return False
    # A page may call all that it has "header": what holds the main text stays.
    return ink(text_of(element)) < _MOST_FURNITURE and not any(map(_named_body, element.iter("div", "td", "article")))


def _named_body(element: etree._Element) -> bool:
    return bool(_BODIES.search(f"{element.get('class', '')} {element.get('id', '')}"))


def _main(root: etree._Element) -> etree._Element | None:
    named = [e for e in root.iter("div", "td", "article", "section", "main") if _named_body(e)]
    longest = max(named, key=lambda e: ink(text_of(e)), default=None)
    if longest is not None and ink(text_of(longest)) >= _ENOUGH:
        return longest
    for tag in ("article", "main"):
        only = list(root.iter(tag))
        if len(only) == 1 and ink(text_of(only[0])) >= _ENOUGH:
            return only[0]
    return _densest(root)


def _densest(root: etree._Element) -> etree._Element | None:
    """The element that holds most unlinked text near to itself."""
    weights: dict[etree._Element, float] = {}
    for element in root.iter("p", "div", "td", "li", "h1", "h2", "h3", "h4", "span"):
        own = ink(element.text or "") + sum(ink(child.tail or "") for child in element)
        own += sum(ink(text_of(c)) for c in element if c.tag in ("span", "strong", "b", "font", "em", "u"))
        if own < 5:  # noqa: PLR2004 - menus are made of shorter pieces
            continue
        linked = sum(ink(text_of(a)) for a in element.iter("a"))
        worth = max(own - 2 * linked, 0)
        parent, share = element if element.tag in ("div", "td") else element.getparent(), 1.0
        for _ in range(3):
            if parent is None:
                break
            weights[parent] = weights.get(parent, 0) + worth * share
            parent, share = parent.getparent(), share / 2
    best = max(weights, key=lambda e: weights[e], default=None)
    if best is None:
        return root.find("body")
    # Rows and cells are parts of a table, and a table without what stands before it is half a notice.
    while best.tag in ("tr", "tbody", "thead", "table", "ul", "ol", "p", "span") and best.getparent() is not None:
        best = best.getparent()
    return best


def _around(root: etree._Element, main: etree._Element) -> str:
    tail, parent = main.tail, main.getparent()
    if parent is None:
        return ""
    place = parent.index(main)
    main.tail = None
    parent.remove(main)
    around = text_of(root)
    parent.insert(place, main)
    main.tail = tail
    return f"{around}\n{tail or ''}"


def _findings(main: etree._Element) -> Iterator[Finding]:
    pictures = [str(e.get("alt") or e.get("src", "")).rpartition("/")[2][:30] for e in main.iter("img")]
    if pictures:
        yield Finding("images", len(pictures), "、".join(filter(None, pictures[:_LISTED])))
    links = [e for e in main.iter("a") if _FILES.search(str(e.get("href", "")))]
    if links:
        named = [text_of(e).strip() or str(e.get("href")).rpartition("/")[2] for e in links[:_LISTED]]
        yield Finding("attachments", len(links), "、".join(named))
    frames = list(main.iter("iframe", "embed", "object"))
    if frames:
        yield Finding("frames", len(frames), "、".join(str(e.get("src", ""))[:60] for e in frames[:_LISTED]))
