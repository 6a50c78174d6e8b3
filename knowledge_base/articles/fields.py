"""The fields of an article as people write them: their many names, their values, and the article that they make.

Whatever is not understood is told in one sentence: nothing is dropped silently.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge_base.articles.document_numbers import plain_number, whole_number
from knowledge_base.articles.stated_cases import on_one_line
from knowledge_base.policy import NO_EVIDENCE, ArticleStatus, PolicyArticle, Secrecy

HEADER = (
    *("编号", "标题", "文号", "发布机关", "责任单位", "适用区域", "施行日期", "失效日期"),
    *("代替", "状态", "关键词", "密级", "来源链接", "分情形", "归口依据"),
)
"""The fields of an article but its text, under the name that each has in a Markdown header."""

_NAMES: dict[str, tuple[str, ...]] = {
    "article_id": ("编号", "id", "doc_id", "知识编号"),
    "title": ("标题", "名称", "文件名称", "知识标题"),
    "document_number": ("文号", "发文字号", "number"),
    "issuer": ("发布机关", "发文机关", "制定机关", "发布机构", "发布单位"),
    "owner": (
        *("责任单位", "承办单位", "维护单位", "department", "责任部门", "答复单位", "答复部门", "解答单位", "提供单位"),
        *("主管部门", "主管单位", "业务部门", "牵头单位", "牵头部门", "所属部门", "归口单位"),
        *("整理单位", "编制单位", "编写单位"),
    ),
    "area": ("适用区域", "区域", "适用范围", "适用地区"),
    "effective_from": ("施行日期", "生效日期", "实施日期", "生效时间", "实施时间", "from"),
    "effective_to": ("失效日期", "截止日期", "有效期至", "失效时间", "有效期截止", "to"),
    "supersedes": ("代替", "替代", "废止文号"),
    "status": ("状态",),
    "keywords": ("关键词", "关键字", "标签"),
    "secrecy": ("密级", "公开属性", "保密级别", "公开范围"),
    "source_link": ("来源链接", "链接", "网址", "原文链接", "链接地址", "url"),
    "cases": ("分情形", "分情形追问", "追问", "cases"),
    "ownership": ("归口依据", "ownership"),
    "text": ("正文", "内容", "全文", "content"),
    "question": (
        *("问题", "问", "提问", "咨询问题", "常见问题", "问题描述", "问题标题", "问题名称", "问题内容", "标准问"),
        *("标准问题", "标准问法", "用户问题", "群众问题", "市民问题", "企业问题", "咨询内容", "咨询事项", "热点问题"),
        *("高频问题", "题目", "q", "question"),
    ),
    "answer": (
        *("答案", "答复", "回答", "答", "解答", "回复", "标准答案", "标准答复", "参考答案", "参考答复", "答复内容"),
        *("回复内容", "解答内容", "回答内容", "答复口径", "解答口径", "标准口径", "政策口径", "口径", "政策解答"),
        *("官方答复", "官方解答", "处理意见", "答复要点", "a", "answer"),
    ),
    "similar": ("相似问", "相似问题", "相似问法", "扩展问", "扩展问题", "扩展问法", "同义问", "同义问法", "其他问法"),
    "category": (
        *("分类", "类别", "类型", "一级分类", "业务分类", "业务类型", "业务类别", "知识分类", "问题分类", "问题类别"),
        *("问题类型", "所属分类", "主题", "栏目", "大类", "一级目录", "一级类目", "事项", "事项名称", "category"),
    ),
    "subcategory": ("二级分类", "小类", "子类", "二级目录", "二级类目", "三级分类"),
    "section": ("章节", "板块", "专题"),
    "basis": ("依据", "政策依据", "文件依据", "法律依据", "法规依据", "依据文件", "政策文件", "政策来源", "答复依据"),
    "published": ("发布日期", "发布时间", "更新日期", "更新时间", "整理时间", "整理日期"),
}
_FIELD_OF = {alias: name for name, aliases in _NAMES.items() for alias in (name, *aliases)}
_ROW_NUMBER = {"序号", "no", "no."}
_STATUS = {
    "": ArticleStatus.PUBLISHED,
    "已发布": ArticleStatus.PUBLISHED,
    "发布": ArticleStatus.PUBLISHED,
    "有效": ArticleStatus.PUBLISHED,
    "草稿": ArticleStatus.DRAFT,
    "待审核": ArticleStatus.REVIEW,
    "审核中": ArticleStatus.REVIEW,
    "废止": ArticleStatus.WITHDRAWN,
    "已废止": ArticleStatus.WITHDRAWN,
    "撤回": ArticleStatus.WITHDRAWN,
    **{status.value: status for status in ArticleStatus},
}
STATUS_WORD = {
    ArticleStatus.PUBLISHED: "已发布",
    ArticleStatus.DRAFT: "草稿",
    ArticleStatus.REVIEW: "待审核",
    ArticleStatus.WITHDRAWN: "已废止",
}
_SECRECY = {
    "": Secrecy.PUBLIC,
    "公开": Secrecy.PUBLIC,
    "主动公开": Secrecy.PUBLIC,
    "对外公开": Secrecy.PUBLIC,
    "内部": Secrecy.INTERNAL,
    "内部使用": Secrecy.INTERNAL,
    "不予公开": Secrecy.INTERNAL,
    "不公开": Secrecy.INTERNAL,
    "依申请公开": Secrecy.INTERNAL,
    "限制": Secrecy.RESTRICTED,
    "限制使用": Secrecy.RESTRICTED,
    **{level.value: level for level in Secrecy},
}
SECRECY_WORD = {Secrecy.PUBLIC: "公开", Secrecy.INTERNAL: "内部", Secrecy.RESTRICTED: "限制"}
_STATE_SECRET = re.compile(r"(绝密|机密|秘密)")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_BETWEEN = re.compile(r"[;；、，,|\n]+")
_NOTHING = {"", "无", "/", "-", "—", "null", "none"}
_PAIR = re.compile(r"(?:#{1,6} .*\n)*问：.*\n答：")
_GOOD_ID = re.compile(r"[0-9A-Za-z_\u4e00-\u9fff][0-9A-Za-z_.\-\u4e00-\u9fff]{0,79}")


@dataclass(frozen=True, slots=True)
class Fields:
    """What one row or header says, by the names of :class:`PolicyArticle`'s fields and a few of a question's.

    ``left`` names the columns of a question and answer that are no field of an article; ``faults`` are sentences.
    """

    values: Mapping[str, str]
    faults: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class _NotUnderstood(ValueError):
    """A value that cannot be turned into what its field needs; the message is the second half of a sentence."""


def field_of(name: str) -> str | None:
    """The field that a column or header line of that name holds."""
    plain = re.sub(r"[\s*＊:：]+|[（(].*?[)）]", "", name)
    return _FIELD_OF.get(name.strip()) or _FIELD_OF.get(plain.lower())


def is_row_number(name: str) -> bool:
    """Whether a column of that name only counts its rows."""
    return "".join(name.split()).lower() in _ROW_NUMBER


def understand_fields(
    where: str, row: Mapping[str, str], ignore: frozenset[str], given: Mapping[str, str] | None = None
) -> Fields:
    """The fields of a row; ``given`` fills those that it leaves empty, ``ignore`` names columns to be left out."""
    fields: dict[str, str] = {}
    faults: list[str] = []
    unknown: list[str] = []
    for name, value in row.items():
        field = field_of(name)
        if name.strip() in ignore:
            continue
        if field is None:
            if value.strip() and not is_row_number(name):
                unknown.append(name)
        elif fields.get(field) and fields[field] != value.strip() and value.strip():
            faults.append(f"{where}: '{name}' is given twice with different values. Keep one of them.")
        else:
            fields[field] = fields.get(field) or value.strip()
    fields |= {field: value for field, value in (given or {}).items() if not fields.get(field)}
    is_pair = _as_pair(fields)
    if not is_pair:
        faults += [_unknown_field(where, name) for name in unknown]
    return Fields(fields, tuple(faults), tuple(unknown) if is_pair else ())


def make_article(where: str, fields: Mapping[str, str]) -> tuple[PolicyArticle | None, list[str]]:
    """The article that ``fields`` make, or ``None`` and a sentence for everything that is missing or wrong."""
    faults: list[str] = []
    text = article_text(fields)
    title = one_line(fields.get("title") or fields.get("question", ""))
    number = plain_number(fields.get("document_number", ""))
    name = f"{where} ({title})" if title else where
    values: dict[str, date | ArticleStatus | Secrecy | None] = {}
    for field, understand in _UNDERSTOOD:
        try:
            values[field] = understand(fields.get(field, ""))
        except _NotUnderstood as error:
            faults.append(f"{name}: {error}")
    article_id = fields.get("article_id", "") or derived_id(number, title, text)
    if not title:
        faults.append(f"{name}: no title. Fill in 标题.")
    if not text:
        # A question alone must not become an article that repeats it.
        lacks = "answer. Fill in 答案, or take the row out." if fields.get("question") else "text. Fill in 正文."
        faults.append(f"{name}: no {lacks}")
    if (article_id or title) and not _GOOD_ID.fullmatch(article_id):
        faults.append(f"{name}: '{article_id}' cannot be an id. Use letters, digits, '-', '_' and '.' for 编号.")
    ownership = evidence(fields.get("ownership", ""))
    if ownership is None:
        faults.append(f"{name}: 归口依据 is '{one_line(fields['ownership'])}'. Write 是 or 否, or leave it empty.")
    first, last, status, secrecy = (values.get(field) for field, _ in _UNDERSTOOD)
    if (
        faults
        or ownership is None
        or not (isinstance(first, date) and isinstance(status, ArticleStatus) and isinstance(secrecy, Secrecy))
    ):
        return None, faults
    article = PolicyArticle(
        article_id=article_id,
        title=title,
        document_number=number,
        issuer=one_line(fields.get("issuer", "")),
        owner=one_line(fields.get("owner", "")),
        area=one_line(fields.get("area", "")),
        effective_from=first,
        effective_to=last if isinstance(last, date) else None,
        text=text,
        supersedes=tuple(plain_number(part) for part in _parts(fields.get("supersedes", ""))),
        status=status,
        keywords=tuple(_parts(fields.get("keywords", ""))),
        secrecy=secrecy,
        source_link=one_line(fields.get("source_link", "")),
        cases=on_one_line(fields.get("cases", "")),
        ownership=ownership,
    )
    return article, faults


def evidence(value: str) -> str | None:
    """归口依据 as it is kept: 否, or empty for 是; ``None`` where it says neither."""
    return {"": "", "是": "", NO_EVIDENCE: NO_EVIDENCE}.get(one_line(value))


def one_line(value: str) -> str:
    """``value`` with every run of white space as one space."""
    return " ".join(value.split())


def _unknown_field(where: str, name: str) -> str:
    return (
        f"{where}: the field '{name}' is not known and has a value. "
        f"Rename it to one of {'、'.join(HEADER)}、正文, or leave it out with --ignore {name}."
    )


def _as_pair(fields: dict[str, str]) -> bool:
    """Make the fields of a question and its answer those of an article; whether they are such a pair.

    One number under 文号 is that of the document which the answer is from: it is shown as its source, and the answer
    ends with that document. Several, or the name of a law, are what the answer rests on.
    """
    answer = fields.get("answer", "")
    if fields.get("text"):
        return bool(fields.get("question") and answer)
    fields["question"] = fields.get("question") or (fields.get("title", "") if answer else "")
    if not fields["question"]:
        return False
    own = fields.pop("document_number", "")
    if whole_number(own):
        fields["document_number"], own = whole_number(own), ""
    basis = "、".join(part for part in (fields.pop("basis", ""), own) if part.lower() not in _NOTHING)
    if basis and answer:
        fields["answer"] = f"{answer}\n依据：{basis}"
    if similar := fields.pop("similar", ""):
        fields["keywords"] = "、".join(filter(None, (fields.get("keywords", ""), similar)))
    fields["effective_from"] = fields.get("effective_from") or fields.pop("published", "")
    return True


def is_pair(text: str) -> bool:
    """Whether a text is one question with its answer. Many of them may be from one document, and share its number."""
    return _PAIR.match(text) is not None and len(re.findall(r"^问：", text, re.MULTILINE)) == 1


def article_text(fields: Mapping[str, str]) -> str:
    """The text that ``fields`` make: running text, then a question with its answer under the titles above it."""
    question, answer = fields.get("question", ""), fields.get("answer", "")
    pair = f"问：{one_line(question)}\n答：{answer}" if question and answer else answer
    titles = [f"{'#' * level} {one_line(t)}" for level, t in enumerate(_titles(fields), start=1)] if pair else []
    blocks = [block for block in (fields.get("text", ""), *titles, pair) if block]
    # Every kind of line end becomes one, so that an article is the same again after it was written and read.
    return "\n".join(line.rstrip() for line in "\n".join(blocks).splitlines()).strip()


def _titles(fields: Mapping[str, str]) -> list[str]:
    """The titles above a question, from the widest on: of its table, its category and the one below."""
    return [t for name in ("collection", "section", "category", "subcategory") if (t := fields.get(name, "").strip())]


def _day(value: str) -> date:
    match = _DATE.fullmatch(value)
    if match is None:
        told = f"'{value}' is not a date" if value else "no date from which it holds"
        raise _NotUnderstood(f"{told}. Give 施行日期 as 2026-01-31.")
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError as error:
        raise _NotUnderstood(f"'{value}' is no day of the calendar. Correct the date.") from error


def _last_day(value: str) -> date | None:
    return None if value.lower() in (*_NOTHING, "长期", "长期有效") else _day(value)


def _status(value: str) -> ArticleStatus:
    if value.lower() not in _STATUS:
        raise _NotUnderstood(f"the status '{value}' is not known. Use 草稿, 待审核, 已发布 or 已废止.")
    return _STATUS[value.lower()]


def is_state_secret(value: str) -> bool:
    """Whether a field 密级 says 秘密, 机密 or 绝密, which no library may hold."""
    return _STATE_SECRET.match(value) is not None


def secrecy_of(value: str) -> Secrecy | None:
    """The level that a field 密级 names, public where it is empty; ``None`` where it is not known."""
    return _SECRECY.get(value.strip().lower())


def _secrecy(value: str) -> Secrecy:
    if is_state_secret(value):
        raise _NotUnderstood(f"'{value}' is a state secret and has no place in a hotline's library. Take the file out.")
    level = secrecy_of(value)
    if level is None:
        raise _NotUnderstood(f"the secrecy '{value}' is not known. Use 公开, 内部 or 限制.")
    return level


_UNDERSTOOD: tuple[tuple[str, Callable[[str], date | ArticleStatus | Secrecy | None]], ...] = (
    ("effective_from", _day),
    ("effective_to", _last_day),
    ("status", _status),
    ("secrecy", _secrecy),
)


def given_faults(given: Mapping[str, str]) -> list[str]:
    """What is wrong with fields that a person gave for all articles at once, one sentence each."""
    faults: list[str] = []
    for field, understand in _UNDERSTOOD:
        try:
            understand(given.get(field) or _HARMLESS.get(field, ""))
        except _NotUnderstood as error:
            faults.append(str(error)[0].upper() + str(error)[1:])
    return faults


_HARMLESS = {"effective_from": "2000-01-01"}


def _parts(value: str) -> Iterator[str]:
    return (one_line(part) for part in _BETWEEN.split(value) if part.strip())


def derived_id(number: str, title: str, text: str) -> str:
    """An id for an article that has none, empty where it has neither number nor title.

    What comes again without ids must meet its own articles: the id follows from the number or else the title, that of a
    question with its answer from the title, for its number is not its own.
    """
    known = title if is_pair(text) else number or title
    return f"kb-{hashlib.sha256(known.encode()).hexdigest()[:10]}" if known else ""


def header_score(names: Collection[str]) -> int:
    """How much a row looks like the head of a table of articles or questions: 0 where it does not."""
    fields = {field for name in names if (field := field_of(name))}
    if {"question", "answer"} <= fields or ({"title", "text"} <= fields):
        return len(fields)
    # 标题 over 答复 is a table of questions too.
    return len(fields) if {"title", "answer"} <= fields else 0
