"""The library: every policy article of a city, checked as a whole, with one version.

What one article says about another is settled here: an article that is superseded ends on the day before its successor
begins, so that nobody is quoted last year's figure.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cached_property
from operator import attrgetter
from pathlib import Path

from knowledge_base.articles.fields import is_pair
from knowledge_base.articles.file import read_articles
from knowledge_base.articles.splitting import split
from knowledge_base.articles.stated_cases import BadCases, located, stated
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.near_names import nearest_name
from knowledge_base.policy import ArticleStatus, Passage, PolicyArticle
from knowledge_base.validity import covers

_ISSUED = (ArticleStatus.PUBLISHED, ArticleStatus.WITHDRAWN)
_FIELDS = tuple(known.name for known in fields(PolicyArticle))


@dataclass(frozen=True)
class Library:
    """知识库: the articles of a city; ``version`` changes with every change of their content, and with nothing else.

    ``base`` is the version of the folder's library where articles of the desk are over it, and otherwise its own.
    """

    articles: tuple[PolicyArticle, ...]
    version: str
    base: str
    digests: Mapping[str, str] = field(repr=False, compare=False)

    def find(self, article_id: str) -> PolicyArticle | None:
        """The article of that id, in whatever state it is."""
        return self._by_id.get(article_id)

    def called(self, name: str) -> Sequence[PolicyArticle]:
        """The articles whose document number or title is ``name``, in the order of their ids."""
        return self._by_name.get(name, ())

    def last_day(self, article: PolicyArticle) -> date | None:
        """The last day on which an article holds: its own, or the day before its successor begins.

        A successor that was withdrawn ends it too: nobody is told what a later document had replaced.
        """
        return min(filter(None, (article.effective_to, self._replaced_on.get(article.document_number))), default=None)

    def successor(self, article: PolicyArticle) -> PolicyArticle | None:
        """The published article that replaces this one, the earliest where there are several."""
        return self.heirs.get(article.document_number)

    @cached_property
    def heirs(self) -> Mapping[str, PolicyArticle]:
        """By document number the published article that supersedes it, the earliest where there are several."""
        found: dict[str, PolicyArticle] = {}
        for heir in _published(a for a in self.articles if a.supersedes):
            for number in heir.supersedes:
                known = found.get(number)
                if known is None or heir.effective_from < known.effective_from:
                    found[number] = heir
        return found

    def passages(self) -> tuple[Passage, ...]:
        """The passages of every published article, past and future ones too: search filters by day and area."""
        return self._passages

    def in_force(self, day: date, area: str | None = None) -> tuple[PolicyArticle, ...]:
        """The published articles that hold on ``day`` and, where ``area`` is given, in it."""
        return tuple(a for a in self.articles if self.holds(a, day) and (area is None or covers(a.area, area)))

    def holds(self, article: PolicyArticle, day: date) -> bool:
        """Whether one of its articles is published and holds on ``day``, by its dates and by what supersedes it."""
        if article.status is not ArticleStatus.PUBLISHED or day < article.effective_from:
            return False
        last = self.last_day(article)
        return last is None or day <= last

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of one published article; none of any other."""
        article = self.find(article_id)
        published = article is not None and article.status is ArticleStatus.PUBLISHED
        return self._split(article) if article is not None and published else ()

    @cached_property
    def editions(self) -> Mapping[str, str]:
        """Of each published article what its passages depend on: its content, and the day on which it ends."""
        replaced = self._replaced_on
        # Of 20,000 articles few are replaced; asking each of them for its last day takes most of an update.
        lasts = ((a, self.last_day(a) if a.document_number in replaced else a.effective_to) for a in self.articles)
        return {
            a.article_id: f"{self.digests[a.article_id]}/{last or ''}"
            for a, last in lasts
            if a.status is ArticleStatus.PUBLISHED
        }

    @cached_property
    def _passages(self) -> tuple[Passage, ...]:
        return tuple(p for a in _published(self.articles) for p in self._split(a))

    def version_of(self, article: PolicyArticle) -> str:
        """Of one of its articles: what all passages of it are marked with."""
        return _digest_of_all([self.digests[article.article_id]])

    def _split(self, article: PolicyArticle) -> tuple[Passage, ...]:
        return split(article, self.last_day(article), version=self.version_of(article))

    @cached_property
    def _by_id(self) -> Mapping[str, PolicyArticle]:
        return {a.article_id: a for a in self.articles}

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[PolicyArticle]]:
        found: dict[str, list[PolicyArticle]] = {}
        for a in self.articles:
            for name in {a.document_number, a.title} - {""}:
                found.setdefault(name, []).append(a)
        return found

    @cached_property
    def _replaced_on(self) -> Mapping[str, date]:
        # Taking an article out of the library does not put back in force what it had replaced.
        issued = (a for a in self.articles if a.supersedes and a.status in _ISSUED)
        ends: dict[str, date] = {}
        for heir in issued:
            last = heir.effective_from - timedelta(days=1)
            for number in heir.supersedes:
                ends[number] = min(last, ends.get(number, last))
        return ends


def make_library(articles: Iterable[PolicyArticle], base: Library | None = None) -> Library:
    """A library of articles that were checked before. With ``base``, over which they are, only what differs is read."""
    ordered = tuple(sorted(articles, key=attrgetter("article_id")))
    digests = {
        (name := a.article_id): base.digests[name] if base and base.find(name) is a else digest_of(a) for a in ordered
    }
    version = _digest_of_all(digests.values())
    return Library(ordered, version, base.base if base else version, digests)


def overlaid(base: Library, published: Iterable[PolicyArticle], withdrawn: Iterable[str] = ()) -> Library:
    """``base`` with what was done at the desk since: an article takes the place of the one with its id.

    ``withdrawn`` names articles that were taken back; nothing of them is searched any more. An id that is in
    ``published`` too stays published: it was published again.
    """
    ours = {article.article_id: article for article in published}
    gone = set(withdrawn) - ours.keys()
    kept = (a for a in base.articles if a.article_id not in ours)
    taken = (replace(a, status=ArticleStatus.WITHDRAWN) if a.article_id in gone else a for a in kept)
    return make_library([*taken, *ours.values()], base)


def load_library(
    path: Path, catalogue: ResponsibilityCatalogue | None = None, gazetteer: Gazetteer | None = None
) -> Library:
    """The library in a file or folder.

    Raises BadTable where ``path`` is missing or empty, BadLibrary with every fault where the articles cannot be read or
    contradict themselves; with ``catalogue`` and ``gazetteer``, owners and areas are checked too.
    """
    reading = read_articles(path)
    faults = reading.faults + check_library(reading.articles, catalogue, gazetteer)
    if faults:
        raise BadLibrary(faults)
    if not reading.articles:
        raise BadLibrary(
            [f"{path} holds no articles. Put Markdown, JSONL or CSV files there with 'hotline kb import'."]
        )
    return make_library(reading.articles)


def digest(articles: Iterable[PolicyArticle]) -> str:
    """Twelve hexadecimal digits of the SHA-256 of the articles' content; their order does not matter."""
    return _digest_of_all(digest_of(a) for a in articles)


def digest_of(article: PolicyArticle) -> str:
    """The SHA-256 of one article's content, in hexadecimal digits."""
    content = {name: getattr(article, name) for name in _FIELDS}  # asdict copies, and takes five times as long
    for later in ("cases", "ownership"):
        if not content[later]:  # versions that were published before there was this field keep their digests
            del content[later]
    row = json.dumps(content, ensure_ascii=False, sort_keys=True, default=_iso, separators=(",", ":"))
    return hashlib.sha256(row.encode("utf-8", "replace")).hexdigest()


def _digest_of_all(digests: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:12]


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"an article holds no {type(value).__name__}")


def check_library(
    articles: Iterable[PolicyArticle],
    catalogue: ResponsibilityCatalogue | None = None,
    gazetteer: Gazetteer | None = None,
) -> tuple[str, ...]:
    """Every fault of the articles taken together, one sentence each; empty where there is none."""
    known = tuple(articles)
    faults = [fault for a in known for fault in _own_faults(a)]
    faults += _doubled(known)
    faults += _supersession_faults(known)
    if catalogue is not None:
        faults += [fault for a in known for fault in _owner_faults(a, catalogue)]
    if gazetteer is not None:
        faults += [fault for a in known for fault in _area_faults(a, gazetteer)]
    return tuple(faults)


def _published(articles: Iterable[PolicyArticle]) -> Iterator[PolicyArticle]:
    return (a for a in articles if a.status is ArticleStatus.PUBLISHED)


def _name(article: PolicyArticle) -> str:
    return f"{article.article_id} ({article.title})"


def _own_faults(a: PolicyArticle) -> Iterator[str]:
    if not a.text.strip():
        yield f"{_name(a)} has no text. Fill in 正文 or remove the article."
    if not a.owner:
        yield f"{_name(a)} has no owner. Fill in 责任单位: somebody must keep it right."
    if not a.issuer:
        yield f"{_name(a)} has no issuer. Fill in 发布机关: a quotation needs its source."
    if not a.area:
        yield f"{_name(a)} has no area. Fill in 适用区域, such as the city's name."
    if a.effective_to is not None and a.effective_to < a.effective_from:
        yield f"{_name(a)} ends on {a.effective_to}, before it begins on {a.effective_from}. Correct one of the dates."
    if a.document_number and a.document_number in a.supersedes:
        yield f"{_name(a)} supersedes itself. Correct 代替."
    if a.cases and (fault := _fault_of_cases(a)):
        yield f"{_name(a)}: {fault}"


def _fault_of_cases(a: PolicyArticle) -> str:
    try:
        passages = split(a, None)
        for question in stated(a.cases):
            located(question, passages)
    except BadCases as error:
        return str(error)
    return ""


def _doubled(articles: tuple[PolicyArticle, ...]) -> Iterator[str]:
    for article_id, count in Counter(a.article_id for a in articles).items():
        if count > 1:
            yield f"{count} articles have the id {article_id}. Give each its own 编号."
    numbers: dict[str, list[str]] = {}
    for a in articles:
        if a.document_number and not is_pair(a.text):
            numbers.setdefault(a.document_number, []).append(a.article_id)
    for number, ids in numbers.items():
        if len(ids) > 1:
            yield f"{len(ids)} articles have the number {number}: {'、'.join(ids)}. Correct 文号 in all but one."


def _supersession_faults(articles: tuple[PolicyArticle, ...]) -> Iterator[str]:
    by_number: dict[str, list[PolicyArticle]] = {}
    for a in articles:
        by_number.setdefault(a.document_number, []).append(a)
    for heir in articles:
        for number in heir.supersedes:
            if number not in by_number:
                yield f"{_name(heir)} supersedes {number}, which no article has. Add that article or correct 代替."
            for replaced in by_number.get(number, ()):
                yield from _heir_faults(heir, replaced)
    for ring in _rings({number: _older(ones) for number, ones in by_number.items()}):
        yield f"These articles supersede one another in a ring: {' → '.join(ring)}. Correct 代替 in one of them."


def _heir_faults(heir: PolicyArticle, replaced: PolicyArticle) -> Iterator[str]:
    if replaced is heir:
        return  # its own fault says so
    # An answer is dated when it was written down: it may cite a document that had ended, and is not shown then.
    if heir.effective_from <= replaced.effective_from and not is_pair(replaced.text):
        yield (
            f"{_name(heir)} supersedes {replaced.document_number} but begins on {heir.effective_from}, not after it "
            f"({replaced.effective_from}). Correct one of the dates."
        )
    if not covers(heir.area, replaced.area):
        yield (
            f"{_name(heir)} holds in {heir.area} only, but supersedes {replaced.document_number}, which holds in "
            f"{replaced.area}. Widen its area, or end the older article by its own 失效日期."
        )


def _older(articles: Iterable[PolicyArticle]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for a in articles for number in a.supersedes))


def _rings(superseded: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    settled: set[str] = set()
    for start in superseded:
        trail: list[str] = []
        ring = _ring_from(start, superseded, trail, settled)
        settled.update(trail)
        if ring and len(set(ring)) > 1:
            yield ring


def _ring_from(
    number: str, superseded: Mapping[str, tuple[str, ...]], trail: list[str], settled: set[str]
) -> tuple[str, ...]:
    """The first ring reached from ``number`` by a walk that keeps its own stack: chains may be long."""
    stack = [(number, 0)]
    while stack:
        current, branch = stack[-1]
        if branch == 0:
            trail.append(current)
        older = superseded[current]
        if branch >= len(older):
            settled.add(current)
            stack.pop()
            continue
        stack[-1] = (current, branch + 1)
        path = [n for n, _ in stack]
        if older[branch] in path:
            return (*path[path.index(older[branch]) :], older[branch])
        if older[branch] in superseded and older[branch] not in settled:
            stack.append((older[branch], 0))
    return ()


def _owner_faults(a: PolicyArticle, catalogue: ResponsibilityCatalogue) -> Iterator[str]:
    if a.owner and not any(d.name == a.owner for d in catalogue.departments):
        known = catalogue.find(a.owner)
        told = f"the catalogue calls it {known.name}" if known else _unknown(a.owner, catalogue)
        yield f"{_name(a)} is owned by {a.owner}: {told}. Correct 责任单位 or the catalogue."


def _unknown(owner: str, catalogue: ResponsibilityCatalogue) -> str:
    names = {name: d.name for d in catalogue.departments for name in (d.name, *d.aliases)}
    near = nearest_name(owner, names)
    return f"the catalogue has no such department{f', the nearest is {names[near]}' if near else ''}"


def _area_faults(a: PolicyArticle, gazetteer: Gazetteer) -> Iterator[str]:
    areas = {gazetteer.city, *(gazetteer.area(d.name) for d in gazetteer.districts)}
    if a.area and a.area not in areas:
        yield f"{_name(a)} holds in {a.area}, which is not in the gazetteer. Use one of {'、'.join(sorted(areas))}."
