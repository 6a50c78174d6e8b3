"""Articles as people keep them: Markdown with a plain header, JSON lines, or a table saved from Excel.

A Markdown article is one file, so that an editor can change it in any text editor and a reviewer can read the diff::

    ---
    编号: residence-permit
    标题: 云川市居住证办理规定
    文号: 云公规(2025)3号
    发布机关: 云川市公安局
    责任单位: 市公安局
    适用区域: 云川市
    施行日期: 2025-03-01
    失效日期:
    代替: 云公规(2021)5号
    状态: 已发布
    关键词: 暂住证、租房办证
    密级: 公开
    来源链接: https://www.example.org/2025/3.html
    ---
    第一条 ……

Every reader returns what it understood together with one sentence for everything it did not: nothing is dropped
silently.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from knowledge_base.errors import BadTable
from knowledge_base.policy import ArticleStatus, PolicyArticle, Secrecy
from knowledge_base.tables import read_csv, read_jsonl, read_text

SUFFIXES = (".md", ".jsonl", ".csv")

_NAMES: dict[str, tuple[str, ...]] = {
    "article_id": ("编号", "id", "doc_id", "知识编号"),
    "title": ("标题", "名称", "文件名称", "知识标题"),
    "document_number": ("文号", "发文字号", "number"),
    "issuer": ("发布机关", "发文机关", "制定机关"),
    "owner": ("责任单位", "承办单位", "维护单位", "department"),
    "area": ("适用区域", "区域", "适用范围"),
    "effective_from": ("施行日期", "生效日期", "实施日期", "from"),
    "effective_to": ("失效日期", "截止日期", "有效期至", "to"),
    "supersedes": ("代替", "替代", "废止文号"),
    "status": ("状态",),
    "keywords": ("关键词", "关键字"),
    "secrecy": ("密级", "公开属性", "保密级别"),
    "source_link": ("来源链接", "链接", "网址", "原文链接", "url"),
    "text": ("正文", "内容", "全文", "content"),
    "question": ("问题", "问"),
    "answer": ("答案", "答复", "回答", "答"),
}
_FIELD_OF = {alias: name for name, aliases in _NAMES.items() for alias in (name, *aliases)}
_HEADER = (
    *("编号", "标题", "文号", "发布机关", "责任单位", "适用区域", "施行日期", "失效日期"),
    *("代替", "状态", "关键词", "密级", "来源链接"),
)
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
_STATUS_WORD = {
    ArticleStatus.PUBLISHED: "已发布",
    ArticleStatus.DRAFT: "草稿",
    ArticleStatus.REVIEW: "待审核",
    ArticleStatus.WITHDRAWN: "已废止",
}
_SECRECY = {
    "": Secrecy.PUBLIC,
    "公开": Secrecy.PUBLIC,
    "主动公开": Secrecy.PUBLIC,
    "内部": Secrecy.INTERNAL,
    "内部使用": Secrecy.INTERNAL,
    "不予公开": Secrecy.INTERNAL,
    "依申请公开": Secrecy.INTERNAL,
    "限制": Secrecy.RESTRICTED,
    **{level.value: level for level in Secrecy},
}
_SECRECY_WORD = {Secrecy.PUBLIC: "公开", Secrecy.INTERNAL: "内部", Secrecy.RESTRICTED: "限制"}
_STATE_SECRET = re.compile(r"(绝密|机密|秘密)")
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_UNTIL_FURTHER_NOTICE = {"", "长期", "长期有效", "无", "/", "-", "null", "none"}
_BETWEEN = re.compile(r"[;；、，,|\n]+")
_GOOD_ID = re.compile(r"[0-9A-Za-z_\u4e00-\u9fff][0-9A-Za-z_.\-\u4e00-\u9fff]{0,79}")


@dataclass(frozen=True, slots=True)
class Sourced:
    """An article and where it was read: ``where`` is for people, ``path`` is the file."""

    article: PolicyArticle
    path: Path
    where: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: ``found`` in order, and one sentence for every ``fault``. ``unread`` are files of other kinds."""

    found: tuple[Sourced, ...]
    faults: tuple[str, ...]
    unread: tuple[Path, ...] = ()

    @property
    def articles(self) -> tuple[PolicyArticle, ...]:
        """The articles that were understood."""
        return tuple(s.article for s in self.found)


class _NotUnderstood(ValueError):
    """A value that cannot be turned into what its field needs; the message is the second half of a sentence."""


def read_articles(path: Path, ignore: Iterable[str] = ()) -> Reading:
    """The articles of a file, or of every Markdown, JSONL and CSV file of a folder, in the order of their paths.

    ``ignore`` names columns that may be left out. Raises BadTable where ``path`` itself cannot be read at all.
    """
    skipped = frozenset(name.strip() for name in ignore)
    if not path.is_dir():
        return _read_file(path, skipped)
    inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
    readable = [p for p in inside if p.suffix.lower() in SUFFIXES and p.name.lower() != "readme.md"]
    found: list[Sourced] = []
    faults: list[str] = []
    for file in readable:
        try:
            reading = _read_file(file, skipped)
        except BadTable as error:
            faults.append(str(error))
            continue
        found += reading.found
        faults += reading.faults
    return Reading(tuple(found), tuple(faults), tuple(p for p in inside if p not in readable))


def to_markdown(article: PolicyArticle) -> str:
    """The Markdown file of an article; :func:`read_articles` reads exactly the same article from it."""
    values = (
        article.article_id,
        article.title,
        article.document_number,
        article.issuer,
        article.owner,
        article.area,
        article.effective_from.isoformat(),
        article.effective_to.isoformat() if article.effective_to else "",
        "、".join(article.supersedes),
        _STATUS_WORD[article.status],
        "、".join(article.keywords),
        _SECRECY_WORD[article.secrecy],
        article.source_link,
    )
    header = "\n".join(f"{name}: {value}".rstrip() for name, value in zip(_HEADER, values, strict=True))
    return f"---\n{header}\n---\n{article.text}\n"


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)


def _read_file(path: Path, ignore: frozenset[str]) -> Reading:
    suffix = path.suffix.lower()
    if suffix == ".md":
        return _understand(path, [(f"{path}", _front_matter(path))], ignore)
    if suffix == ".jsonl":
        rows = enumerate(read_jsonl(path), start=1)
        return _understand(path, [(f"{path}, record {n}", _plain(row, path, n)) for n, row in rows], ignore)
    if suffix == ".csv":
        table = enumerate(read_csv(path, ()), start=1)
        return _understand(path, [(f"{path}, row {n}", row) for n, row in table], ignore)
    raise BadTable(f"{path} is not a Markdown (.md), JSON lines (.jsonl) or CSV (.csv) file. Save it as one of these.")


def _front_matter(path: Path) -> dict[str, str]:
    lines = read_text(path).splitlines()
    ends = [n for n, line in enumerate(lines) if line.strip() == "---"]
    if len(ends) < 2 or any(line.strip() for line in lines[: ends[0]]):  # noqa: PLR2004 - the two rules of the header
        raise BadTable(
            f"{path} has no header. Begin the file with a line '---', lines such as '标题: …', and a second line '---'."
        )
    row: dict[str, str] = {}
    for number, line in enumerate(lines[ends[0] + 1 : ends[1]], start=ends[0] + 2):
        if not line.strip():
            continue
        name, colon, value = _header_line(line)
        if not colon or name in row:
            raise BadTable(f"{path}, line {number}: not 'name: value', or a name given twice. Correct that line.")
        row[name] = value
    row["正文"] = "\n".join(lines[ends[1] + 1 :])
    return row


def _header_line(line: str) -> tuple[str, str, str]:
    at = min((n for n in (line.find(":"), line.find("：")) if n > 0), default=0)
    return line[:at].strip(), line[at : at + 1] if at else "", line[at + 1 :].strip()


def _plain(row: Mapping[str, object], path: Path, number: int) -> dict[str, str]:
    if not isinstance(row, Mapping):
        raise BadTable(f"{path}, record {number}: not a JSON object. Each line must be one object with named fields.")
    return {str(name): _as_text(value) for name, value in row.items()}


def _as_text(value: object) -> str:
    if value is None:
        return ""
    return "、".join(str(v) for v in value) if isinstance(value, list | tuple) else str(value)


def _understand(path: Path, rows: Iterable[tuple[str, Mapping[str, str]]], ignore: frozenset[str]) -> Reading:
    found: list[Sourced] = []
    faults: list[str] = []
    for where, row in rows:
        fields, wrong = _fields(where, row, ignore)
        article, more = _article(where, fields)
        faults += wrong + more
        if article is not None:
            found.append(Sourced(article, path, where))
    return Reading(tuple(found), tuple(faults))


def _fields(where: str, row: Mapping[str, str], ignore: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    fields: dict[str, str] = {}
    faults: list[str] = []
    for name, value in row.items():
        field = _FIELD_OF.get(name.strip()) or _FIELD_OF.get(name.strip().lower())
        if field is None:
            if value.strip() and name.strip() not in ignore:
                faults.append(
                    f"{where}: the field '{name}' is not known and has a value. "
                    f"Rename it to one of {'、'.join(_HEADER)}、正文, or leave it out with --ignore {name}."
                )
        elif field in fields and fields[field] != value.strip():
            faults.append(f"{where}: '{name}' is given twice with different values. Keep one of them.")
        else:
            fields[field] = value.strip()
    return fields, faults


def _article(where: str, fields: dict[str, str]) -> tuple[PolicyArticle | None, list[str]]:
    faults: list[str] = []
    text = _body(fields)
    title = _one_line(fields.get("title") or fields.get("question", ""))
    number = "".join(fields.get("document_number", "").split())
    name = f"{where} ({title})" if title else where
    values: dict[str, date | ArticleStatus | Secrecy | None] = {}
    for field, understand in _UNDERSTOOD:
        try:
            values[field] = understand(fields.get(field, ""))
        except _NotUnderstood as error:
            faults.append(f"{name}: {error}")
    article_id = fields.get("article_id", "") or _derived_id(number or title)
    if not title:
        faults.append(f"{name}: no title. Fill in 标题.")
    if not text:
        faults.append(f"{name}: no text. Fill in 正文.")
    if not _GOOD_ID.fullmatch(article_id):
        faults.append(f"{name}: '{article_id}' cannot be an id. Use letters, digits, '-', '_' and '.' for 编号.")
    first, last, status, secrecy = (values.get(field) for field, _ in _UNDERSTOOD)
    if faults or not (isinstance(first, date) and isinstance(status, ArticleStatus) and isinstance(secrecy, Secrecy)):
        return None, faults
    article = PolicyArticle(
        article_id=article_id,
        title=title,
        document_number=number,
        issuer=_one_line(fields.get("issuer", "")),
        owner=_one_line(fields.get("owner", "")),
        area=_one_line(fields.get("area", "")),
        effective_from=first,
        effective_to=last if isinstance(last, date) else None,
        text=text,
        supersedes=tuple("".join(part.split()) for part in _parts(fields.get("supersedes", ""))),
        status=status,
        keywords=tuple(_parts(fields.get("keywords", ""))),
        secrecy=secrecy,
        source_link=_one_line(fields.get("source_link", "")),
    )
    return article, faults


def _body(fields: Mapping[str, str]) -> str:
    question, answer = fields.get("question", ""), fields.get("answer", "")
    pair = f"问：{question}\n答：{answer}" if question and answer else answer or question
    blocks = [block for block in (fields.get("text", ""), pair) if block]
    # Every kind of line end becomes one, so that an article is the same again after it was written and read.
    return "\n".join(line.rstrip() for line in "\n".join(blocks).splitlines()).strip()


def _one_line(value: str) -> str:
    return " ".join(value.split())


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
    return None if value.lower() in _UNTIL_FURTHER_NOTICE else _day(value)


def _status(value: str) -> ArticleStatus:
    if value.lower() not in _STATUS:
        raise _NotUnderstood(f"the status '{value}' is not known. Use 草稿, 待审核, 已发布 or 已废止.")
    return _STATUS[value.lower()]


def _secrecy(value: str) -> Secrecy:
    if _STATE_SECRET.match(value):
        raise _NotUnderstood(f"'{value}' is a state secret and has no place in a hotline's library. Take the file out.")
    if value.lower() not in _SECRECY:
        raise _NotUnderstood(f"the secrecy '{value}' is not known. Use 公开, 内部 or 限制.")
    return _SECRECY[value.lower()]


_UNDERSTOOD: tuple[tuple[str, Callable[[str], date | ArticleStatus | Secrecy | None]], ...] = (
    ("effective_from", _day),
    ("effective_to", _last_day),
    ("status", _status),
    ("secrecy", _secrecy),
)


def _parts(value: str) -> Iterator[str]:
    return (_one_line(part) for part in _BETWEEN.split(value) if part.strip())


def _derived_id(known: str) -> str:
    # A table without ids, imported again, must meet its own articles: the id follows from the number or the title.
    return f"kb-{hashlib.sha256(known.encode()).hexdigest()[:10]}" if known else ""
