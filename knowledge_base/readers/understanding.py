"""A document as an article: its fields by its own words, its text without its head, and a report of both."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from knowledge_base.articles.document_numbers import numbers_in, plain_number
from knowledge_base.articles.fields import HEADER, field_of, make_article
from knowledge_base.readers.document import Document, LeftOut, Table
from knowledge_base.readers.effect import Effect, effect_of, first_date, superseded_by_words
from knowledge_base.readers.findings import Finding
from knowledge_base.readers.headlines import Heads, read_heads
from knowledge_base.readers.place import Surroundings, area_of, area_of_owner, owner_of
from knowledge_base.readers.reading import DocumentReading, Understood, left_out_findings, sorted_findings, tally
from knowledge_base.readers.rendering import labels_of, table_lines, text_of_blocks
from knowledge_base.readers.stated_fields import Stated, plain_secrecy, state_secret, stated_fields

_NAME_OF = {field_of(name): name for name in HEADER}
_OPTION = {"issuer": "--issuer", "owner": "--owner", "area": "--area", "effective_from": "--from"}
_OPEN_LINKS = ("http://", "https://")


@dataclass(slots=True)
class _Facts:
    """Fields that were found, each with its words, and what there is to say about them."""

    values: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    """The places of lines that say nothing but a field."""

    def take(self, name: str, value: str, words: str) -> None:
        if value:
            self.values[name] = value
            self.words[name] = words


def understand_document(
    document: Document, name: str, given: Mapping[str, str], surroundings: Surroundings
) -> DocumentReading:
    """The article that a document makes. ``given`` are fields that a person gave: they outrank what is recognised.

    The article is a draft unless its status is given: what a program recognised, a person looks over.
    """
    heads = read_heads(document.paragraphs)
    lines = [p.text for p in document.paragraphs]
    heads.state_secret = heads.state_secret or state_secret(lines)
    stated = {known: line for known, line in stated_fields(lines, surroundings).items() if line.place not in heads.used}
    facts = _facts(document, heads, stated, name, surroundings, given)
    aside = _aside(document, heads, facts.values["title"]) | dict.fromkeys(facts.lines, "metadata")
    text = text_of_blocks(document.blocks, aside, heads.inner_title)
    fields = {**facts.values, "text": text}
    article, faults = make_article(name, fields)
    if heads.state_secret:
        faults = [f"{name} is marked '{heads.state_secret}'. State secrets have no place in a hotline's library."]
        article = None
    texts = [p.text for p in document.paragraphs]
    colophon = tuple(texts[n] for n, why in aside.items() if why == "colophon")
    labels = tuple(cell for block in document.blocks if isinstance(block, Table) for cell in labels_of(block))
    left_out = (
        *document.left_out,
        *(LeftOut(code, texts) for code, texts in (("colophon", colophon), ("labels", labels)) if texts),
    )
    told = [texts[n] for n, why in aside.items() if why == "metadata"]
    units = (Counter(document.units()) - Counter(colophon) - Counter(labels)).elements()
    added = sum(p.added for p in document.paragraphs)
    counted, lost = tally(document.characters + added, units, told, left_out, [text])
    not_understood, warnings = sorted_findings(
        (*document.findings, *left_out_findings(left_out), *facts.findings, *lost)
    )
    return DocumentReading(
        name=name,
        articles=(article,) if article else (),
        understood=(*_understood(facts), *_adopted(heads)),
        not_understood=not_understood,
        warnings=warnings,
        faults=tuple(faults),
        fields=() if heads.state_secret else (fields,),  # nor is a draft made of it
        tally=counted,
    )


def _facts(
    document: Document,
    heads: Heads,
    stated: Mapping[str, Stated],
    name: str,
    surroundings: Surroundings,
    given: Mapping[str, str],
) -> _Facts:
    facts = _Facts()
    _title(facts, document, heads, stated, name)
    told = document.told
    number = plain_number(told.get("document_number", "")) if numbers_in(told.get("document_number", "")) else ""
    facts.take("document_number", number or heads.number, number or heads.words.get("document_number", ""))
    facts.take(
        "issuer", told.get("issuer", "") or heads.issuer, told.get("issuer", "") or heads.words.get("issuer", "")
    )
    _fill(facts, stated, "document_number", "issuer")
    _dates(facts, document, heads, stated)
    _supersession(facts, document)
    facts.take("secrecy", heads.secrecy, heads.words.get("secrecy", ""))
    if told.get("source_link", "").startswith(_OPEN_LINKS):
        facts.take("source_link", told["source_link"], "")
    issuer = given.get("issuer") or facts.values.get("issuer", "")
    # Who owns a document and where it holds is guessed from others' names unless a line says it.
    _fill(facts, stated, "area", "owner", "secrecy", "supersedes", "effective_to")
    if "secrecy" not in facts.values:  # what the notice says of itself outranks the page around it
        facts.take("secrecy", plain_secrecy(told.get("secrecy", "")), told.get("secrecy", ""))
    if "area" not in facts.values:
        facts.take("area", *area_of(surroundings, issuer, facts.values["title"]))
    if "owner" not in facts.values:
        facts.take("owner", *owner_of(surroundings, heads.explained_by, issuer))
    owner = given.get("owner") or facts.values.get("owner", "")
    if not (facts.values.get("area") or given.get("area")) and (area := area_of_owner(surroundings, owner)):
        facts.take("area", area, owner)
        facts.findings.append(Finding("area-of-owner", 1, area))
    _set_aside(facts, stated, heads)
    _overrule(facts, given)
    _name_missing(facts)
    return facts


def _fill(facts: _Facts, stated: Mapping[str, Stated], *names: str) -> None:
    """Take what a line says of a field that is empty."""
    for name in names:
        if name in stated and not facts.values.get(name):
            facts.take(name, stated[name].value, stated[name].words)


def _set_aside(facts: _Facts, stated: Mapping[str, Stated], heads: Heads) -> None:
    """A line that says what its field says is no text; one that says something else stays, and is told."""
    for name, line in stated.items():
        taken = _iso(heads.issued) if name == "issued" else facts.values.get(name, "")
        if _bare(line.value) == _bare(taken):
            facts.lines.append(line.place)
        elif name != "issued":
            facts.findings.append(Finding("line-differs", 1, f"{line.words} ≠ {taken}"))


def _title(facts: _Facts, document: Document, heads: Heads, stated: Mapping[str, Stated], name: str) -> None:
    stem = PurePath(name).stem
    by_line = stated["title"].value if "title" in stated else ""
    written = document.told.get("title") or heads.title or by_line or _first_heading(document)
    title = written or stem
    facts.take("title", " ".join(title.split()), title if title != heads.title else heads.words["title"])
    if not written:
        facts.findings.append(Finding("title-from-name", 1, stem))


def _first_heading(document: Document) -> str:
    return next((p.text for p in document.paragraphs[:10] if p.level is not None or p.is_title), "")


def _dates(facts: _Facts, document: Document, heads: Heads, stated: Mapping[str, Stated]) -> None:
    told = document.told
    issued = first_date(told.get("issued", "")) or heads.issued
    published = first_date(told.get("published", ""))
    effect = effect_of(_lines(document), issued, published)
    line = stated.get("effective_from")
    if line is not None and (effect.first is None or effect.assumed):
        # Said in a line of its own, it need not be guessed.
        effect = replace(effect, first=first_date(line.value), first_words=line.words, assumed=False, rivals=())
    first = first_date(told.get("effective_from", "")) or effect.first
    last = first_date(told.get("effective_to", "")) or effect.last
    facts.take("effective_from", _iso(first), effect.first_words or heads.words.get("issued", ""))
    facts.take("effective_to", _iso(last), effect.last_words)
    facts.findings += _doubts(effect, first)


def _doubts(effect: Effect, first: date | None) -> Iterator[Finding]:
    if effect.rivals and first is None:
        yield Finding("several-dates", len(effect.rivals), "、".join(map(_iso, effect.rivals)))
    if effect.assumed and first == effect.first:
        yield Finding("assumed-effect", 1, _iso(first))


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _lines(document: Document) -> list[str]:
    lines: list[str] = []
    for block in document.blocks:
        lines += table_lines(block) if isinstance(block, Table) else block.text.splitlines()
    return lines


def _supersession(facts: _Facts, document: Document) -> None:
    numbers, unnamed = superseded_by_words(_lines(document), facts.values.get("document_number", ""))
    facts.take("supersedes", "、".join(numbers), "同时废止")
    if unnamed:
        facts.findings.append(Finding("unnamed-supersession", len(unnamed), "、".join(f"《{t}》" for t in unnamed)))


def _overrule(facts: _Facts, given: Mapping[str, str]) -> None:
    for name, value in given.items():
        before = facts.values.get(name, "")
        if before and before != value and name in _NAME_OF:
            facts.findings.append(Finding("overruled", 1, f"{_NAME_OF[name]}：{before} → {value}"))
        facts.take(name, value, "")
    facts.values.setdefault("status", "草稿")


def _name_missing(facts: _Facts) -> None:
    for name, option in _OPTION.items():
        rivals = any(f.code == "several-dates" for f in facts.findings)
        if not facts.values.get(name) and not (rivals and name == "effective_from"):
            facts.findings.append(Finding("no-field", 1, f"{_NAME_OF[name]}（{option}）"))
    if not facts.values.get("document_number"):
        facts.findings.append(Finding("no-number"))


def _aside(document: Document, heads: Heads, title: str) -> dict[int, str]:
    """The paragraphs that say nothing but what the fields say, and the colophon."""
    aside = dict(heads.used)
    if _bare(title) != _bare(heads.title):
        # Another title was taken: what looked like one is text.
        for place in heads.title_places:
            del aside[place]
    for place, paragraph in enumerate(document.paragraphs[:8]):
        if _bare(paragraph.text) == _bare(title):
            aside[place] = "metadata"
    return aside


def _adopted(heads: Heads) -> Iterator[Understood]:
    """题注 and the day of issue are no fields of an article: they are told, and left out of the passages."""
    if heads.adopted:
        yield Understood("题注", heads.adopted, heads.adopted)
    if heads.issued:
        yield Understood("成文日期", _iso(heads.issued), heads.words.get("issued", ""))


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _understood(facts: _Facts) -> Iterator[Understood]:
    for name, shown in _NAME_OF.items():
        if name and facts.values.get(name):
            yield Understood(shown, facts.values[name], facts.words.get(name, "") if name != "status" else "")
