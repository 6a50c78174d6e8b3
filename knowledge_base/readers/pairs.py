"""Sheets as articles: questions with answers and lists of articles row by row, any other table as one document."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from knowledge_base.articles.fields import (
    article_text,
    field_of,
    header_score,
    is_row_number,
    is_state_secret,
    make_article,
    understand_fields,
)
from knowledge_base.policy import PolicyArticle
from knowledge_base.readers.document import Block, Document, LeftOut, Paragraph, Sheet, Table, Workbook, gathered, ink
from knowledge_base.readers.findings import Finding
from knowledge_base.readers.place import Surroundings, area_of, area_of_owner, owner_of
from knowledge_base.readers.reading import DocumentReading, Understood, left_out_findings, sorted_findings, tally
from knowledge_base.readers.understanding import understand_document

_SEARCHED = 15
_GENERIC = re.compile(r"(?:sheet|工作表|表)\s*\d*", re.IGNORECASE)
_NUMBER = re.compile(
    r"\s*(?:\d{1,4}\s*[.、\uff0e)）]|[（(]\d{1,4}[)）]|[Qq]\d{0,4}\s*[:：.]|问(?:题)?\s*\d{0,4}\s*[:：])\s*"
)
_ANSWER_MARK = re.compile(r"\s*(?:[Aa]\d{0,4}|答(?:案|复)?)\s*[:：]\s*")
_LISTED = 5
_ASKS = ("question", "title")
_SAYS_SOMETHING = ("article_id", "title", "document_number", "question", "answer", "text")


@dataclass(slots=True)
class _Rows:
    """The rows of one sheet under their head, made ready: ``names`` of its columns, ``rows`` with where they stand."""

    collection: str
    names: list[str] = field(default_factory=list)
    rows: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    unmarked: list[tuple[str, str]] = field(default_factory=list)
    preset: dict[str, str] = field(default_factory=dict)


def understand_workbook(
    workbook: Workbook, name: str, given: Mapping[str, str], surroundings: Surroundings, ignore: frozenset[str]
) -> DocumentReading:
    """The articles of all sheets, in order."""
    readings = [_understand_sheet(sheet, name, given, surroundings, ignore) for sheet in workbook.sheets]
    own = [*workbook.findings, *left_out_findings(workbook.left_out)]
    not_understood, warnings = sorted_findings(own)
    articles, doubled, faults = _each_once([a for one in readings for a in one.articles], name)
    warnings += doubled
    counts = [one.tally for one in readings]
    left: Counter[str] = Counter()
    for one in (*(c.left_out for c in counts), {o.code: o.characters for o in workbook.left_out}):
        left.update(one)
    total = replace(
        counts[0],
        read=workbook.characters,
        kept=sum(c.kept for c in counts),
        told=sum(c.told for c in counts),
        left_out=dict(left),
        unplaced=sum(c.unplaced for c in counts),
    )
    if not faults and not any(one.fields or one.faults for one in readings):
        faults = (f"{name} has the head of a table and no rows under it. Export the table again, with its rows.",)
    return DocumentReading(
        name=name,
        articles=articles,
        understood=tuple(u for one in readings for u in one.understood),
        # What holds for several sheets alike is said once.
        not_understood=tuple(dict.fromkeys((*not_understood, *(f for one in readings for f in one.not_understood)))),
        warnings=tuple(dict.fromkeys((*warnings, *(f for one in readings for f in one.warnings)))),
        faults=(*(f for one in readings for f in one.faults), *faults),
        fields=tuple(f for one in readings for f in one.fields),
        tally=total,
    )


def _understand_sheet(
    sheet: Sheet, name: str, given: Mapping[str, str], surroundings: Surroundings, ignore: frozenset[str]
) -> DocumentReading:
    scores = [header_score([cell for cell in row if cell]) for row in sheet.rows[:_SEARCHED]]
    best = max(range(len(scores)), key=lambda n: scores[n])
    if not scores[best]:
        return understand_document(_as_document(sheet, name), _sheet_name(sheet, name), given, surroundings)
    return _understand_rows(sheet, best, name, given, surroundings, ignore)


def _sheet_name(sheet: Sheet, name: str) -> str:
    return f"{name} [{sheet.name}]" if sheet.name else name


def _as_document(sheet: Sheet, name: str) -> Document:
    """A table that is no list of articles: its first lines are text, the rest rows."""
    rows = [row for row in sheet.rows if any(row)]
    top = 0
    while top < len(rows) - 1 and len({cell for cell in rows[top] if cell}) == 1:
        top += 1
    intro = [cell for cells in _as_held(sheet, rows[:top]) for cell in cells]
    title = intro[0] if intro else _collection(sheet, name)
    cells = list(sheet.cells)
    for line in intro:
        cells.remove(line)
    blocks: tuple[Block, ...] = (*map(Paragraph, intro), Table(tuple(rows[top:]), tuple(cells)))
    return Document(blocks, sum(map(ink, sheet.cells)), {"title": title})


def _as_held(sheet: Sheet, rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The different cells of each row, none more often than the file holds it: a merged one may cover several rows."""
    left = Counter(sheet.cells)
    held = []
    for row in rows:
        cells = [cell for cell in dict.fromkeys(filter(None, row)) if left[cell]]
        left -= Counter(cells)
        held.append(cells)
    return held


def _collection(sheet: Sheet, name: str) -> str:
    return PurePath(name).stem if not sheet.name or _GENERIC.fullmatch(sheet.name) else sheet.name


def _understand_rows(
    sheet: Sheet, head: int, name: str, given: Mapping[str, str], surroundings: Surroundings, ignore: frozenset[str]
) -> DocumentReading:
    ready = _ready(sheet, head, name)
    articles: list[PolicyArticle] = []
    fields: list[dict[str, str]] = []
    secret: list[str] = []
    faults: list[str] = []
    unused: Counter[str] = Counter()
    assumed: Counter[str] = Counter()
    placed: Counter[str] = Counter()
    for where, row in ready.rows:
        read = understand_fields(where, row, ignore, {**ready.preset, **given})
        values = {"collection": ready.collection, **read.values}
        _complete(values, surroundings, assumed, placed)
        article, more = make_article(where, values)
        faults += [*read.faults, *more]
        unused.update(read.left)
        fields.append(values)
        articles += [article] if article else []
        secret += [where] if is_state_secret(values.get("secrecy", "")) else []
    skipped = [*unused, *(name for name in ready.names if name in ignore)]
    left_out = _left_out(ready, skipped)
    counted, lost = tally(
        sum(map(ink, sheet.cells)),
        _units(sheet, ready, left_out),
        [*ready.told, *map(_named, sheet.rows[head]), *_metadata(fields, ready.rows)],
        left_out,
        [article_text(values) for values in fields],
    )
    findings = [*left_out_findings(left_out), *lost]
    if secret:
        findings.append(Finding("state-secrets", len(secret), "、".join(secret[:_LISTED])))
    if assumed:
        findings.append(Finding("issuer-is-owner", assumed.total(), "、".join(list(assumed)[:_LISTED])))
    if known := +Counter({area: count for area, count in placed.items() if area}):
        findings.append(Finding("area-of-owner", known.total(), "、".join(known)))
    not_understood, warnings = sorted_findings(findings)
    return DocumentReading(
        name=_sheet_name(sheet, name),
        articles=tuple(articles),
        understood=tuple(_understood(sheet, ready)),
        not_understood=not_understood,
        warnings=warnings,
        faults=tuple(faults),
        fields=tuple(one for one in fields if not is_state_secret(one.get("secrecy", ""))),  # nor is a draft made of it
        tally=counted,
    )


def _ready(sheet: Sheet, head: int, name: str) -> _Rows:
    above = [cells for cells in _as_held(sheet, sheet.rows[:head]) if cells]
    ready = _Rows(collection=above[0][0] if above else _collection(sheet, name))
    ready.told.append(ready.collection)
    for note in [cell for cells in above for cell in cells][1:]:
        label, colon, value = note.replace(":", "：").partition("：")
        known = field_of(label) if colon else None
        if known:
            ready.preset[known] = value.strip()
            ready.told.append(note)
        else:
            ready.left.append(("preamble", note))
    top = sheet.rows[head]
    ready.names = _names(_both(top, sheet.rows[head + 1]) if _is_head_of(top, sheet.rows, head + 1) else top)
    section = ""
    last: dict[str, str] = {}
    for number, line in enumerate(sheet.rows[head + 1 :], start=head + 2):
        if _is_head_of(top, sheet.rows, number - 1):
            ready.left += [("labels", cell) for cell, above in zip(line, top, strict=True) if cell and cell != above]
            continue
        row = {name: cell for name, cell in zip(ready.names, line, strict=True) if name}
        if not any(row.values()):
            continue
        different = {cell for cell in row.values() if cell}
        if len(different) == 1 and _is_title(row, len(top)):
            section = next(iter(different))
            continue
        _take_row(ready, _place(sheet, name, number), row, last, section)
        last = ready.rows[-1][1] if ready.rows else {}
    return ready


def _is_head_of(top: Sequence[str], rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether a row is the lower part of the head, or the head printed anew on a further page.

    Where the cell under 问题 or 标题 says 问题 or 标题, that is no question.
    """
    line = rows[place] if place < len(rows) else ()
    return any(cell == above and field_of(_named(cell)) in _ASKS for cell, above in zip(line, top, strict=False))


def _both(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """The names of the columns in a head of two rows: that below counts under a name that stands over several."""
    return [sub if sub and top.count(name) > 1 else name for name, sub in zip(top, below, strict=True)]


def _place(sheet: Sheet, name: str, number: int) -> str:
    return f"{_sheet_name(sheet, name)}, row {number}"


def _names(head: Sequence[str]) -> list[str]:
    """The names of the columns, a second one of the same name with its number; a column without one is no field."""
    seen: Counter[str] = Counter()
    names = []
    for place, cell in enumerate(head):
        name = _named(cell)
        seen[name] += 1
        names.append(name if name and seen[name] == 1 else f"{name or '无名列'} {place + 1}")
    return names


def _named(cell: str) -> str:
    return " ".join(cell.split())


def _is_title(row: Mapping[str, str], width: int) -> bool:
    """Whether one text stands alone in its row, in the first column or across all: a title between the rows.

    A question that nobody has answered yet is none.
    """
    filled = [name for name, cell in row.items() if cell]
    if field_of(filled[0]) == "question" and len(filled) == 1 and row[filled[0]][-1] in "?？":
        return False
    return width > 1 and (len(filled) > 1 or (filled[0] == next(iter(row)) and field_of(filled[0]) != "answer"))


def _take_row(ready: _Rows, where: str, row: dict[str, str], last: dict[str, str], section: str) -> None:
    by_field = {field_of(name): name for name in row if field_of(name)}
    for name, cell in list(row.items()):
        if is_row_number(name):
            ready.left.append(("labels", cell))
            del row[name]
    if not any(row[name] for kind, name in by_field.items() if kind in _SAYS_SOMETHING):
        ready.left += [("odd-rows", cell) for cell in row.values() if cell]
        return
    question, answer = by_field.get("question") or by_field.get("title"), by_field.get("answer")
    if question and answer:
        if last and row[answer] and row[question] in ("", last.get(question)):
            # A merged question, or an answer that goes on in the next row.
            if row[answer] not in last[answer].splitlines():
                last[answer] += f"\n{row[answer]}"
            return
        row[question] = _unmarked(ready, _NUMBER, row[question])
        row[answer] = _unmarked(ready, _ANSWER_MARK, row[answer])
    _inherit(row, by_field, last, section)
    ready.rows.append((where, row))


def _inherit(row: dict[str, str], by_field: Mapping[str | None, str], last: Mapping[str, str], section: str) -> None:
    """The titles over a row: its own category, or that of the row above, under the title that stands between rows."""
    for kind in ("category", "subcategory"):
        column = by_field.get(kind)
        if column and not row[column]:
            row[column] = last.get(column, "")
    if section and not row.get(by_field.get("section", ""), ""):
        row[by_field.get("section", "章节")] = section


def _unmarked(ready: _Rows, mark: re.Pattern[str], text: str) -> str:
    match = mark.match(text)
    if match is None or match.end() == len(text):
        return text
    ready.left.append(("labels", match.group(0)))
    ready.unmarked.append((text, text[match.end() :]))
    return text[match.end() :]


def _complete(values: dict[str, str], surroundings: Surroundings, assumed: Counter[str], placed: Counter[str]) -> None:
    """Fill what follows from other fields: the catalogue's name of the owner, the issuer, the area."""
    owner = values.get("owner", "")
    catalogue = surroundings.catalogue
    if owner and catalogue is not None and not any(d.name == owner for d in catalogue.departments):
        values["owner"] = owner_of(surroundings, "", owner)[0] or owner
    if not owner and values.get("issuer"):
        values["owner"] = owner_of(surroundings, "", values["issuer"])[0]
    if not values.get("issuer") and owner:
        values["issuer"] = owner
        assumed[owner] += 1
    if not values.get("area"):
        values["area"] = area_of(surroundings, values.get("issuer", ""), values.get("collection", ""))[0]
    if not values.get("area"):
        values["area"] = area_of_owner(surroundings, values.get("owner", ""))
        placed[values["area"]] += 1


def _units(sheet: Sheet, ready: _Rows, left_out: Sequence[LeftOut]) -> Iterator[str]:
    """The cells of the sheet that should be in an article, each as often as it stands there."""
    cells = Counter(sheet.cells)
    cells.subtract(text for one in left_out for text in one.texts if text in cells)
    for before, after in ready.unmarked:
        cells[before] -= 1
        cells[after] += 1
    yield from cells.elements()


def _metadata(fields: Sequence[Mapping[str, str]], rows: Sequence[tuple[str, dict[str, str]]]) -> Iterator[str]:
    """The cells that became fields of their article."""
    for values, (_, row) in zip(fields, rows, strict=True):
        known = set(values.values())
        for column, cell in row.items():
            field = field_of(column)
            if cell in known or (field and field not in ("question", "answer", "text")):
                yield cell


def _left_out(ready: _Rows, skipped: Sequence[str]) -> tuple[LeftOut, ...]:
    columns = (
        LeftOut("unused-columns", (column, *(row[column] for _, row in ready.rows if row.get(column))))
        for column in skipped
    )
    return (*gathered(ready.left), *columns)


def _understood(sheet: Sheet, ready: _Rows) -> Iterator[Understood]:
    title = sheet.name or "表"
    yield Understood("表格", ready.collection, f"{title}：{len(ready.rows)} 行")
    for column in ready.names:
        if known := field_of(column):
            filled = sum(1 for _, row in ready.rows if row.get(column))
            yield Understood(_SHOWN.get(known, known), column, f"{title}：{filled} 行")


_SHOWN = {
    "question": "问题",
    "answer": "答案",
    "similar": "关键词",
    "category": "分类",
    "subcategory": "分类",
    "basis": "依据",
    "published": "施行日期",
    "text": "正文",
    "title": "标题",
    "owner": "责任单位",
    "issuer": "发布机关",
    "area": "适用区域",
    "effective_from": "施行日期",
    "effective_to": "失效日期",
    "keywords": "关键词",
    "source_link": "来源链接",
    "cases": "分情形",
    "ownership": "归口依据",
    "document_number": "文号",
    "secrecy": "密级",
    "status": "状态",
    "supersedes": "代替",
    "article_id": "编号",
}


def _each_once(
    articles: Sequence[PolicyArticle], name: str
) -> tuple[tuple[PolicyArticle, ...], tuple[Finding, ...], tuple[str, ...]]:
    """Articles of one id: once where they say the same, a fault where they do not."""
    by_id: dict[str, PolicyArticle] = {}
    same: list[str] = []
    faults: list[str] = []
    for article in articles:
        before = by_id.setdefault(article.article_id, article)
        if before is article:
            continue
        if before.text.rpartition("答：")[2] == article.text.rpartition("答：")[2]:
            same.append(article.title)
        else:
            faults.append(
                f"{name}: '{article.title}' stands twice with different answers. Keep one, or give each its own 编号."
            )
    found = (Finding("same-pairs", len(same), "、".join(same[:_LISTED])),) if same else ()
    return tuple(by_id.values()), found, tuple(faults)
