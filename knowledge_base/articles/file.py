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
    分情形: 您住在哪里？租的房=第三条；单位宿舍=住在单位宿舍的
    归口依据:
    ---
    第一条 ……

Every reader returns what it understood together with one sentence for everything it did not: nothing is dropped
silently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.articles.fields import HEADER, SECRECY_WORD, STATUS_WORD, make_article, understand_fields
from knowledge_base.errors import BadTable
from knowledge_base.policy import PolicyArticle
from knowledge_base.tables import read_jsonl, read_text, read_whole_csv

SUFFIXES = (".md", ".jsonl", ".csv")


@dataclass(frozen=True, slots=True)
class Sourced:
    """An article and where it was read: ``where`` is for people, ``path`` is the file."""

    article: PolicyArticle
    path: Path
    where: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: ``found`` in order, and one sentence for every ``fault``. ``unread`` are files of other kinds.

    ``notes`` tell what was left out of questions and answers, which are good without it.
    """

    found: tuple[Sourced, ...]
    faults: tuple[str, ...]
    unread: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def articles(self) -> tuple[PolicyArticle, ...]:
        """The articles that were understood."""
        return tuple(s.article for s in self.found)


def read_articles(path: Path, ignore: Iterable[str] = (), given: Mapping[str, str] | None = None) -> Reading:
    """The articles of a file, or of every Markdown, JSONL and CSV file of a folder, in the order of their paths.

    ``ignore`` names columns that may be left out, ``given`` fields for articles that lack them. Raises
    BadTable where ``path`` itself cannot be read at all.
    """
    skipped = frozenset(name.strip() for name in ignore)
    if not path.is_dir():
        return _read_file(path, skipped, given)
    inside = sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
    readable = [p for p in inside if p.suffix.lower() in SUFFIXES and p.name.lower() != "readme.md"]
    found: list[Sourced] = []
    faults: list[str] = []
    notes: list[str] = []
    for file in readable:
        try:
            reading = _read_file(file, skipped, given)
        except BadTable as error:
            faults.append(str(error))
            continue
        found += reading.found
        faults += reading.faults
        notes += reading.notes
    return Reading(tuple(found), tuple(faults), tuple(p for p in inside if p not in readable), tuple(notes))


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
        STATUS_WORD[article.status],
        "、".join(article.keywords),
        SECRECY_WORD[article.secrecy],
        article.source_link,
        article.cases,
        article.ownership,
    )
    header = "\n".join(f"{name}: {value}".rstrip() for name, value in zip(HEADER, values, strict=True))
    return f"---\n{header}\n---\n{article.text}\n"


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(root).parts)


def _read_file(path: Path, ignore: frozenset[str], given: Mapping[str, str] | None) -> Reading:
    suffix = path.suffix.lower()
    if suffix == ".md":
        return understand_rows(path, [(f"{path}", _front_matter(path))], ignore, given)
    if suffix == ".jsonl":
        rows = enumerate(read_jsonl(path), start=1)
        return understand_rows(path, [(f"{path}, record {n}", _plain(row, path, n)) for n, row in rows], ignore, given)
    if suffix == ".csv":
        table = enumerate(read_whole_csv(path), start=1)
        return understand_rows(path, [(f"{path}, row {n}", row) for n, row in table], ignore, given)
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


def understand_rows(
    path: Path,
    rows: Iterable[tuple[str, Mapping[str, str]]],
    ignore: frozenset[str],
    given: Mapping[str, str] | None = None,
) -> Reading:
    """The articles of rows, each with where it stands for people; ``given`` fills the fields that a row lacks."""
    found: list[Sourced] = []
    faults: list[str] = []
    left: list[str] = []
    for where, row in rows:
        fields = understand_fields(where, row, ignore, given)
        article, more = make_article(where, fields.values)
        faults += [*fields.faults, *more]
        left += fields.left
        if article is not None:
            found.append(Sourced(article, path, where))
    notes = tuple(
        f"{path}: the column '{name}' of {left.count(name)} rows is not used." for name in dict.fromkeys(left)
    )
    return Reading(tuple(found), tuple(faults), notes=notes)
