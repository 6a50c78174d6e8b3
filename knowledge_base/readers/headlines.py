"""The head and the foot of an official document: title, number, issuer, day of issue, secrecy.

The layout is that of 党政机关公文格式 (GB/T 9704-2012): red head, number, title, addressees, text, signature, date,
annexes, colophon; notices on web pages and in folders keep most of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from knowledge_base.articles.adoption_notes import note_length, plain_note
from knowledge_base.articles.document_numbers import numbers_in, whole_number
from knowledge_base.readers.document import Paragraph
from knowledge_base.readers.effect import first_date, whole_date

_HEAD = 25
_TITLE_LINE = 60
_KINDS = (
    "通知|办法|规定|细则|公告|通告|通报|意见|决定|决议|方案|条例|规则|指南|指引|标准|解读|问答|须知|流程|规程|规范|目录|清单|制度|预案"
    "|措施|政策|函|令|批复|公示|说明|提示|倡议书|公报|答复|计划|规划|纲要|要点|章程|守则|公约|手册|汇编|介绍|指导|简介|规约"
)
_TITLE = re.compile(rf"[^。；！？：:]{{2,120}}(?:{_KINDS})(?:[（(][^（）()]{{1,14}}[）)])?")
_PARENTHESIS = re.compile(r"[（(][^（）()]{1,120}[）)]")
_RED_HEAD = re.compile(r"([\u4e00-\u9fff\s]{4,40}?)\s*(?:文\s*件|办公室文件)")
_ORGANS = "政府|办公室|办公厅|委员会|局|委|厅|部|院|中心|会|处|所|公司|队|站|署|办|银行|大学"
_ORGAN = re.compile(rf"[\u4e00-\u9fff（）()\s、]{{2,60}}(?:{_ORGANS})")
_ISSUED_LINE = re.compile(r"(?:发布日期|发布时间|成文日期|印发日期|发文日期|日期|时间)\s*[:：]\s*(.+)")
_ISSUER_LINE = re.compile(r"(?:发布单位|发布机关|发布机构|发文机关|制定机关|解读单位|答复单位)\s*[:：]\s*(.{4,40})")
_COLOPHON = re.compile(r"抄\s*送\s*[:：].*|主\s*题\s*词\s*[:：].*|[\u4e00-\u9fff]{4,30}\s*\S{8,14}\s*印发")
_PUBLIC = re.compile(
    r"[（(]?\s*(?:公开属性|公开方式|信息公开选项)?\s*[:：]?\s*(此件[^）)]{0,12}|主动公开|依申请公开|不予公开|不公开)\s*[）)]?"
)
_SECRET = re.compile(r"(绝密|机密|秘密)\s*(?:★.*)?")
_INTERNAL = re.compile(
    r"[（(【]?\s*(?:内部(?:资料|文件|使用|参考)|注意保存|内部发行)[，,\s]*(?:注意保存|请勿外传|不得外传)?\s*[】）)]?"
)
_BY_RULE = re.compile(r"由\s*([\u4e00-\u9fff]{2,20}?)(?:会同[\u4e00-\u9fff、]{2,40})?负责(?:具体)?(?:解释|实施|说明)")


@dataclass(slots=True)
class Heads:
    """What head and foot say. ``used`` are the places of paragraphs that say nothing else, by index.

    ``words`` quotes, for each field, where it was found.
    """

    title: str = ""
    number: str = ""
    issuer: str = ""
    issued: date | None = None
    secrecy: str = ""
    state_secret: str = ""
    explained_by: str = ""
    inner_title: int | None = None
    title_places: tuple[int, ...] = ()
    adopted: str = ""
    used: dict[int, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


def reads_as_title(text: str) -> bool:
    """Whether one line has the form of a document's title."""
    return _reads_as_title(text, [text])


def read_heads(paragraphs: Sequence[Paragraph]) -> Heads:
    """The fields that the layout of ``paragraphs`` tells."""
    heads = Heads()
    texts = [p.text.strip() for p in paragraphs]
    _secrecy(texts, heads)
    _number(texts, heads)
    _title(paragraphs, texts, heads)
    _issue(texts, heads)
    _issuer(texts, heads)
    _colophon(texts, heads)
    _explainer(texts, heads)
    _inner_title(texts, heads)
    _adoption(paragraphs, texts, heads)
    return heads


def _secrecy(texts: Sequence[str], heads: Heads) -> None:
    for place, text in enumerate(texts[:_HEAD]):
        if _SECRET.fullmatch(text):
            heads.state_secret = text
        elif _INTERNAL.fullmatch(text):
            heads.secrecy, heads.used[place], heads.words["secrecy"] = "内部", "metadata", text
    for place, text in enumerate(texts):
        if match := _PUBLIC.fullmatch(text):
            closed = any(word in match.group(1) for word in ("不", "依申请"))
            heads.secrecy = heads.secrecy or ("内部" if closed else "公开")
            heads.used[place] = "colophon"
            heads.words.setdefault("secrecy", text)


def _number(texts: Sequence[str], heads: Heads) -> None:
    for place, text in enumerate(texts[:_HEAD]):
        if number := whole_number(text):
            heads.number, heads.used[place], heads.words["document_number"] = number, "metadata", text
            return
        # （2025年1月10日云川市人民政府令第58号公布 自…起施行）
        if _PARENTHESIS.fullmatch(text) and re.search("公布|发布|印发", text) and (found := numbers_in(text)):
            heads.number, heads.words["document_number"] = re.sub(r"^.*日", "", found[0]), text
            heads.issued = first_date(text)
            return


def _title(paragraphs: Sequence[Paragraph], texts: Sequence[str], heads: Heads) -> None:
    marked = [n for n, p in enumerate(paragraphs[:_HEAD]) if p.is_title and not _is_red_head(texts[n])]
    if marked:
        run = [n for k, n in enumerate(marked) if n == marked[0] + k and n not in heads.used]
        if run:
            _take_title(texts, run, heads)
            return
    for start in range(min(_HEAD, len(texts))):
        if start in heads.used or _is_red_head(texts[start]):
            continue
        for length in (1, 2, 3, 4):
            run = list(range(start, min(start + length, len(texts))))
            joined = "".join(texts[n] for n in run)
            if len(run) == length and _reads_as_title(joined, [texts[n] for n in run]):
                _take_title(texts, _with_parenthesis(texts, run), heads)
                return
        if texts[start][-1:] in "。；":
            return


def _reads_as_title(joined: str, lines: Sequence[str]) -> bool:
    if any(len(line) > _TITLE_LINE for line in lines) or not _TITLE.fullmatch(joined):
        return False
    return "，" not in joined or "关于" in joined


def _with_parenthesis(texts: Sequence[str], run: list[int]) -> list[int]:
    after = run[-1] + 1
    follows = after < len(texts) and len(texts[after]) <= 20 and _PARENTHESIS.fullmatch(texts[after])  # noqa: PLR2004
    return [*run, after] if follows and not whole_number(texts[after]) else run


def _take_title(texts: Sequence[str], run: Sequence[int], heads: Heads) -> None:
    heads.title = " ".join("".join(texts[n] for n in run).split())
    heads.used |= dict.fromkeys(run, "metadata")
    heads.title_places = tuple(run)
    heads.words["title"] = heads.title


def _is_red_head(text: str) -> bool:
    return bool(_RED_HEAD.fullmatch(text))


def _adoption(paragraphs: Sequence[Paragraph], texts: Sequence[str], heads: Heads) -> None:
    """题注: in brackets below a title or a heading: who adopted the document or changed it, and when."""
    found: list[str] = []
    for start in _note_places(paragraphs, texts, heads):
        if length := note_length(texts, start):
            run = range(start, start + length)
            found.append(plain_note([texts[n] for n in run]))
            heads.used |= dict.fromkeys(run, "metadata")
    heads.adopted = "；".join(found)


def _note_places(paragraphs: Sequence[Paragraph], texts: Sequence[str], heads: Heads) -> list[int]:
    """Where a note may begin: the first line below the title that says something else, and below each heading."""
    start = max(heads.title_places, default=-1) + 1
    below = next((n for n in range(start, len(texts)) if texts[n] and n not in heads.used), len(texts))
    under = [n + 1 for n, p in enumerate(paragraphs) if p.level is not None or p.is_title or n == heads.inner_title]
    return sorted({n for n in (below, *under) if n < len(texts) and texts[n]})


def _issue(texts: Sequence[str], heads: Heads) -> None:
    """The day of issue: that of the first signature, else the line that is called so, else of the colophon."""
    for place, text in enumerate(texts):
        organ, day = _signature(texts, place)
        if day:
            if organ and heads.issued in (None, day):
                # It says who issued the document and when, and nothing that a citizen asks.
                alone = whole_date(text) is not None
                heads.used |= dict.fromkeys((place - 1, place) if alone else (place,), "metadata")
            heads.issued = heads.issued or day
            if organ and not heads.issuer:
                heads.issuer, heads.words["issuer"] = organ, f"{organ} {text}"
            heads.words.setdefault("issued", text)
            return
    for text in texts:
        match = _ISSUED_LINE.fullmatch(text) if len(text) < 40 else None  # noqa: PLR2004 - a line of its own
        if match and (day := first_date(match.group(1))):
            heads.issued = heads.issued or day
            heads.words.setdefault("issued", text)
            return


def _signature(texts: Sequence[str], place: int) -> tuple[str, date | None]:
    """``(organ, day)`` where a paragraph is the date under a signature; the organ stands above it or before it."""
    text = texts[place]
    if day := whole_date(text):
        above = texts[place - 1] if place else ""
        return (_organ(above), day)
    parts = re.fullmatch(r"([\u4e00-\u9fff（）()\s、]{4,40}?)\s+(\S.{6,14}日)", text)
    if parts and (day := whole_date(parts.group(2))) and (organ := _organ(parts.group(1))):
        return organ, day
    return "", None


def _organ(text: str) -> str:
    plain = " ".join(text.split())
    return plain if _ORGAN.fullmatch(plain) and len(plain) <= 60 else ""  # noqa: PLR2004 - joint issuers included


def _issuer(texts: Sequence[str], heads: Heads) -> None:
    for place, text in enumerate(texts[:_HEAD]):
        if match := _RED_HEAD.fullmatch(text):
            heads.used[place] = "metadata"
            if not heads.issuer:
                heads.issuer, heads.words["issuer"] = "".join(match.group(1).split()), text
    stated = ((match.group(1), text) for text in texts if (match := _ISSUER_LINE.fullmatch(text)))
    organ, words = next(((organ, text) for name, text in stated if (organ := _organ(name))), ("", ""))
    if not heads.issuer and organ:
        heads.issuer, heads.words["issuer"] = organ, words
    if not heads.issuer:
        _issuer_by_name(heads)
    if not heads.issuer:
        _issuer_at_the_end(texts, heads)


def _issuer_by_name(heads: Heads) -> None:
    """The issuer before "关于" in the title, or before "令" in the number."""
    about = re.match(r"([\u4e00-\u9fff、\s]{4,60}?)关于", heads.title)
    if about and (organ := _organ(about.group(1))):
        heads.issuer, heads.words["issuer"] = organ, heads.title
        return
    decree = re.match(r"([\u4e00-\u9fff]{4,20}?)(?:令|公告|通告)", heads.number)
    if decree:
        heads.issuer, heads.words["issuer"] = decree.group(1), heads.number


def _issuer_at_the_end(texts: Sequence[str], heads: Heads) -> None:
    """A signature without a date: the last line, where it is an organ's name and nothing else."""
    last = next((text for text in reversed(texts) if text), "")
    if len(texts) > 1 and len(last) <= _TITLE_LINE and (organ := _organ(last)):
        heads.issuer, heads.words["issuer"] = organ, last


def _colophon(texts: Sequence[str], heads: Heads) -> None:
    for place in range(max(len(texts) // 2, len(texts) - 12), len(texts)):
        if _COLOPHON.fullmatch(texts[place]) and len(texts[place]) <= 200:  # noqa: PLR2004 - no paragraph of text
            heads.used[place] = "colophon"
            heads.issued = heads.issued or first_date(texts[place])


def _explainer(texts: Sequence[str], heads: Heads) -> None:
    for text in texts:
        if match := _BY_RULE.search(text):
            heads.explained_by, heads.words["owner"] = match.group(1), match.group(0)


def _inner_title(texts: Sequence[str], heads: Heads) -> None:
    """The title of what a notice issues (关于印发《…》的通知), where it stands above the issued text."""
    match = re.search(r"(?:印发|公布|发布)\s*《?(.{3,60}?)》?\s*的(?:通知|公告|通告|决定)", heads.title)
    if match is None:
        return
    wanted = _bare(match.group(1))
    for place, text in enumerate(texts):
        if place not in heads.used and _bare(text) == wanted:
            heads.inner_title = place
            return


def _bare(text: str) -> str:
    return re.sub(r"[\s《》〈〉]+|[（(].*?[)）]", "", text)
