"""The articles' desk as requests use it: where steps are taken, and how articles are described on the wire."""

from __future__ import annotations

import asyncio
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends
from starlette.requests import HTTPConnection

from api.dependencies import ServicesDep, WorkersDep, has_role
from api.error_words import in_chinese as in_both
from api.errors import log_unforeseen
from api.services import Services
from copilot.articles.desk import ArticleDesk
from copilot.articles.shelf import Shelved, Standing
from copilot.codec import to_plain
from copilot.events import ReportKind
from copilot.store import Account, Outcome, PassageReports, Report, Role, Version
from knowledge_base.articles.content import plain_content
from knowledge_base.fault_words import in_chinese
from knowledge_base.library import Library

T = TypeVar("T")


class KnowledgeWatch(Protocol):
    """What keeps the library in force: :class:`api.knowledge_watch.KnowledgeWatch`."""

    @property
    def problem(self) -> str:
        """What keeps files or desk from being searched as they are now; empty where nothing does."""
        ...

    def base(self) -> Library:
        """The library of the files as they are now."""
        ...

    def look(self) -> bool:
        """Serve what counts today; whether that is something else than before."""
        ...

    def wake(self) -> None:
        """Something was published."""
        ...


def desk_for(services: Services, watch: KnowledgeWatch) -> ArticleDesk:
    """The desk of a service."""
    return ArticleDesk(services.store.articles, watch.base, lambda: services.catalogue, services.gazetteer)


def watch_of(connection: HTTPConnection) -> KnowledgeWatch:
    """What keeps the library in force."""
    found: KnowledgeWatch = connection.app.state.knowledge
    return found


def desk_of(connection: HTTPConnection) -> ArticleDesk:
    """The desk that all requests share."""
    found: ArticleDesk = connection.app.state.articles
    return found


WatchDep = Annotated[KnowledgeWatch, Depends(watch_of)]
DeskDep = Annotated[ArticleDesk, Depends(desk_of)]
KnowledgeEditor = Annotated[Account, Depends(has_role(Role.EDITOR, Role.ADMINISTRATOR))]


class ArticleCounter:
    """Takes steps in a thread and answers with the version as it is afterwards."""

    def __init__(self, services: ServicesDep, desk: DeskDep, watch: WatchDep, workers: WorkersDep) -> None:
        self.desk, self._services, self._watch, self._workers = desk, services, watch, workers

    @property
    def now(self) -> datetime:
        """When the step is taken."""
        return self._services.now()

    @property
    def today(self) -> date:
        """The day in the city."""
        return self._services.today

    @property
    def problem(self) -> dict[str, str] | None:
        """What keeps articles from being searched as the desk has them."""
        message = self._watch.problem
        return {"message": message, "chinese": in_both(message, "bad_library")} if message else None

    @property
    def reports(self) -> PassageReports:
        """What agents reported."""
        return self._services.store.reports

    async def ask(self, question: Callable[[], T]) -> T:
        """Look something up."""
        return await self._workers.quick(question)

    async def take(self, step: Callable[[], Version]) -> dict[str, Any]:
        """Do it."""
        return await self._workers.quick(lambda: self.in_full(step()))

    async def publish(self, step: Callable[[], Version]) -> dict[str, Any]:
        """Do it, and let searches find what it changed before it is answered."""
        answer = await self.take(step)
        # On a thread of its own: it may have to wait for a look that embeds many articles, and no call is to wait too.
        searchable = await asyncio.to_thread(self._look)
        self._watch.wake()
        return {**answer, "searchable": searchable}

    def _look(self) -> bool:
        try:
            self._watch.look()
        except Exception as error:
            # What was decided stands in the database; whoever keeps the library tries again in two seconds.
            log_unforeseen(error, "putting an article in force")
            return False
        return True

    def in_full(self, version: Version) -> dict[str, Any]:
        """A version with everything that an editor looks at."""
        key, number = version.article_id, version.number
        version, content = self.desk.articles.with_content(key, number)
        faults = self.desk.faults(key, content, self.today) if version.open else ()
        passages = self.desk.passages(key, content)
        return {
            "version": to_plain(version),
            "content": content,
            "faults": [{"message": fault, "chinese": in_chinese(fault)} for fault in faults],
            "concern": self._concern(key, number),
            "difference": to_plain(self.desk.difference(key, number)),
            "edits": [to_plain(edit) for edit in self.desk.articles.edits(key, number)],
            "passages": [{"passage_id": p.passage_id, "heading": p.heading, "text": p.text} for p in passages],
        }

    def _concern(self, article_id: str, number: int) -> dict[str, Any] | None:
        """What a draft has to be looked over for, with what agents had reported as wrong before it was withdrawn."""
        found = self.desk.concern(article_id, number)
        if found is None:
            return None
        reports = [r for r in self.reports.all(article_id=article_id) if _doubts(r) and r.at <= found.withdrawn_at]
        return {**to_plain(found), "reports": self.reported(reports)}

    def reported(self, reports: Sequence[Report]) -> list[dict[str, Any]]:
        """Reports with the version that the agent saw; ``None`` for a file's wording that was never edited here."""
        numbers = self.desk.articles.numbers_of([report.article_version for report in reports])
        return [{**to_plain(r), "version": numbers.get((r.article_id, r.article_version))} for r in reports]

    def titles(self, article_ids: Iterable[str]) -> dict[str, str]:
        """What articles are called today, by id; where there is none, its id."""
        library = self.desk.library(self.today)
        articles = {key: library.find(key) for key in article_ids}
        return {key: key if article is None else article.title for key, article in articles.items()}

    def described(self, article_id: str) -> dict[str, Any]:
        """An article with its versions. Raises NotFound."""
        row = self.desk.shelved(article_id, self.today)
        article = self.desk.article(article_id, self.today)
        return {
            "article": on_the_wire(row, self.reports.open_by("article_id")),
            "content": None if article is None else plain_content(article),
            "versions": [to_plain(version) for version in self.desk.articles.of(article_id)],
            "reports": self.reported(self.reports.all(article_id=article_id)),
        }


def _doubts(report: Report) -> bool:
    """Whether it says that a passage is wrong, and nobody found that it is right."""
    right = report.answer is not None and report.answer.outcome is Outcome.RIGHT
    return report.kind is ReportKind.WRONG and not right


ArticleCounterDep = Annotated[ArticleCounter, Depends()]


def on_the_wire(row: Shelved, reported: Mapping[str, int]) -> dict[str, Any]:
    """A line of the list; ``reports`` are those that nobody has answered."""
    return {**to_plain(row), "reports": reported.get(row.article_id, 0)}


def tallied(rows: list[Shelved]) -> dict[str, int]:
    """How many articles stand how; a draft of an article in force counts for both."""
    counted: Tally[str] = Tally()
    for row in rows:
        counted.update(standing.value for standing in Standing if row.is_in(standing))
    return dict(counted)
