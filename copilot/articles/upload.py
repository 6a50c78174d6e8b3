"""Documents become drafts: what was read of a file, held against what there is, for a person to complete and check."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, count
from pathlib import Path, PurePath
from typing import Any

from copilot.articles.desk import ArticleDesk
from copilot.articles.known import KnownArticles
from copilot.store.article_rows import Version, VersionState
from knowledge_base.articles.content import FIELDS, Content, changed_content, empty_content, new_id, plain_content
from knowledge_base.articles.fields import article_text, field_of, is_pair, is_state_secret, secrecy_of
from knowledge_base.articles.file import read_articles
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.importing import without_absent
from knowledge_base.policy import Secrecy
from knowledge_base.readers import Surroundings
from knowledge_base.readers.apart import read_apart
from knowledge_base.readers.reading import DocumentReading
from knowledge_base.sources import is_own_form
from knowledge_base.tables import read_text

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})")
_BETWEEN = re.compile(r"[;；、，,|\n]+")
_LISTS = ("supersedes", "keywords")
_DATES = ("effective_from", "effective_to")
_OWN_FORMS = (".md", ".csv", ".jsonl")
_DRAFTED = ("new", "changed", "redraft")
_OFFERED = (*_DRAFTED, "withdrawn")


def read_upload(content: bytes, name: str, desk: ArticleDesk, day: date) -> DocumentReading:
    """Whatever a file holds: a document of an office, a table, or articles in this project's own form.

    A document abolishes others that no library needs to have: such numbers end nothing, and are told, as
    ``hotline kb import`` does. Raises BadDocument, BadTable or BadLibrary where the file cannot be read at all.
    """
    reading = _read(content, name, desk.surroundings)
    return without_absent(reading, {article.document_number for article in desk.library(day).articles})


def _read(content: bytes, name: str, surroundings: Surroundings) -> DocumentReading:
    suffix = PurePath(name).suffix.lower()
    if suffix not in _OWN_FORMS:  # whatever else stands behind the dot is no part of a path here
        return read_apart(content, name, surroundings)
    with tempfile.TemporaryDirectory(prefix="hotline-upload-") as folder:
        path = Path(folder) / f"upload{suffix}"
        path.write_bytes(content)
        try:
            own = _own_form(path, name)
        except BadTable as error:
            raise BadTable(str(error).replace(str(path), name)) from error
    return own or read_apart(content, name, surroundings)


def _own_form(path: Path, name: str) -> DocumentReading | None:
    """What a file in this project's own form says, called ``name``; ``None`` where it is a document or a table."""
    if not is_own_form(path):
        return None
    if path.suffix == ".md":
        fields = _header_fields(read_text(path))
        if is_state_secret(mark := fields.get("secrecy", "")):
            refusal = f"{name} is marked '{mark}'. State secrets have no place in a hotline's library."
            return DocumentReading(name, (), (), (), (), (refusal,))
        return DocumentReading(name, (), (), (), (), fields=(fields,))
    own = read_articles(path)
    faults = tuple(fault.replace(str(path), name) for fault in own.faults)
    if own.articles:
        return DocumentReading(name, own.articles, (), (), (), faults)
    if path.suffix == ".jsonl":
        raise BadLibrary(faults)
    return None


def _header_fields(text: str) -> dict[str, str]:
    """The fields of a Markdown article, complete or not."""
    parts = f"\n{text.lstrip()}".split("\n---", 2)
    header, body = (parts[1], parts[2]) if len(parts) > 2 else ("", text)  # noqa: PLR2004 - the two rules of the header
    fields = {"text": body.strip()}
    for line in header.splitlines():
        name, *rest = re.split("[:：]", line, maxsplit=1)
        value = rest[0] if rest else ""
        if (field := field_of(name.strip())) and value.strip():
            fields[field] = value.strip()
    return fields


@dataclass(frozen=True, slots=True)
class Arrived:
    """One article of a file.

    ``standing`` is ``new``, ``changed``, ``unchanged``, ``redraft`` where who uploads drafts it alone and the draft
    is to follow the file, ``busy`` where it is another's draft or in review, or ``withdrawn`` where somebody took it
    back for ``reason``: it can be put back, as a further version of its own. ``number`` is the version that was
    drafted, ``None`` where none was; ``faults`` keep that from being submitted.
    """

    article_id: str
    title: str
    document_number: str
    owner: str
    effective_from: str
    passages: int
    standing: str
    number: int | None
    faults: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Upload:
    """Who uploads which file, when. ``put_back``: articles of the file that were withdrawn become drafts too."""

    name: str
    by: str
    at: datetime
    day: date
    apply: bool
    put_back: bool = False


def arrivals(
    desk: ArticleDesk,
    reading: DocumentReading,
    by: str,
    at: datetime,
    day: date,
    *,
    apply: bool,
    put_back: bool = False,
) -> list[Arrived]:
    """Every article of ``reading``, complete or not; with ``apply`` those that are new or changed become drafts.

    What a file leaves empty stays as it is in an article that there is already. An article that was withdrawn becomes a
    draft only where somebody wants to ``put_back`` what was taken from the agents.
    """
    known = KnownArticles.of(desk, day)
    upload = Upload(reading.name, by, at, day, apply, put_back)
    return [_arrive(desk, known, content, key, upload) for key, content in _contents(reading)]


def _contents(reading: DocumentReading) -> list[tuple[str, Content]]:
    """Each once. Two questions alike with different answers are two: which of them is right, a person says."""
    found = [(article.article_id, plain_content(article)) for article in reading.articles]
    known = {_mark(content) for _, content in found}
    keys = {key for key, _ in found}
    for key, content in (_partial(fields, reading.name) for fields in reading.fields):
        if _mark(content) in known:
            continue
        own = next(k for k in chain((key,), (f"{key}-{n}" for n in count(2))) if k not in keys)
        found.append((own, content))
        known.add(_mark(content))
        keys.add(own)
    return found


def _mark(content: Content) -> tuple[str, str]:
    return content["title"], "".join(content["text"].rpartition("答：")[2].split())


def _partial(fields: Mapping[str, str], name: str) -> tuple[str, Content]:
    """What was understood of an article that is not complete. Without a title it is called as its file is."""
    content = empty_content()
    for field in FIELDS:
        value = fields.get(field, "").strip()
        if value:
            content[field] = _value(field, value)
    question = fields.get("question", "").strip()
    content["title"] = content["title"] or " ".join(question.split()) or name.rpartition(".")[0] or name
    content["text"] = article_text(fields)
    cleaned = changed_content(empty_content(), content)
    return fields.get("article_id", "").strip() or new_id(cleaned), cleaned


def _value(field: str, value: str) -> Any:
    if field in _LISTS:
        return [part for part in _BETWEEN.split(value) if part.strip()]
    if field == "secrecy":
        return (secrecy_of(value) or Secrecy.RESTRICTED).value  # what nobody understands is not opened
    if field not in _DATES:
        return value
    found = _DAY.search(value)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def _arrive(desk: ArticleDesk, known: KnownArticles, content: Content, key: str, upload: Upload) -> Arrived:
    number = "" if is_pair(content["text"]) else content["document_number"]
    article_id = known.find(key, number) or key
    own = _own_draft(desk, known, article_id, upload.by)
    before = _before(desk, known, article_id, own)
    given = {field: value for field, value in content.items() if value and not _is_default(field, value)}
    after = changed_content(before, given)
    standing = _standing(known, article_id, changed=after != before, own=own is not None)
    wanted = standing in _DRAFTED or (standing == "withdrawn" and upload.put_back)
    number = _draft(desk, article_id, after, before, upload, standing, own) if upload.apply and wanted else None
    if number is not None:
        known.drafted(article_id)
    return Arrived(
        article_id=article_id,
        title=after["title"],
        document_number=after["document_number"],
        owner=after["owner"],
        effective_from=after["effective_from"],
        passages=len(desk.passages(article_id, after)),
        standing=standing,
        number=number,
        faults=desk.faults(article_id, after, upload.day, known.library) if standing in _OFFERED or own else (),
        reason=_reason(desk, article_id) if standing == "withdrawn" else "",
    )


def _own_draft(desk: ArticleDesk, known: KnownArticles, article_id: str, by: str) -> Version | None:
    """The draft that who uploads made and nobody else touched: a corrected file is meant for it."""
    draft = known.draft(article_id)
    if draft is None or draft.state is not VersionState.DRAFT or draft.made_by != by:
        return None
    return draft if all(edit.by == by for edit in desk.articles.edits(article_id, draft.number)) else None


def _before(desk: ArticleDesk, known: KnownArticles, article_id: str, own: Version | None) -> Content:
    if own is not None:
        return desk.articles.with_content(article_id, own.number)[1]
    return desk.beginning(article_id) if known.counts(article_id) else empty_content()


def _standing(known: KnownArticles, article_id: str, *, changed: bool, own: bool) -> str:
    if own:
        return "redraft" if changed else "unchanged"
    if known.is_busy(article_id):
        return "busy"
    if known.withdrawn(article_id):
        return "withdrawn"
    if not known.counts(article_id):
        return "new"
    return "changed" if changed else "unchanged"


def _reason(desk: ArticleDesk, article_id: str) -> str:
    return next((v.reason for v in desk.articles.of(article_id) if v.state is VersionState.WITHDRAWN), "")


def _is_default(field: str, value: Any) -> bool:
    """A file that says nothing of secrecy does not open what was kept closed."""
    return field == "secrecy" and value == Secrecy.PUBLIC.value


def _draft(
    desk: ArticleDesk,
    article_id: str,
    after: Content,
    before: Content,
    upload: Upload,
    standing: str,
    own: Version | None,
) -> int:
    by, at = upload.by, upload.at
    said = f"重新上架：{upload.name}" if standing == "withdrawn" else f"上传 {upload.name}"
    if standing == "new":  # or its only draft was given up
        return desk.articles.begin(article_id, after, by, at, origin="uploaded", said=said).number
    version = own or desk.begin(article_id, by, at, upload.day, said=said)
    changed = {field: value for field, value in after.items() if before.get(field) != value}
    if not changed:
        return version.number
    try:
        return desk.take_over(version.seen, changed, by, at).number
    except BadTable:
        return version.number
