"""What citizens asked and what became of the answers that were shown: read from the journal, masked at once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import ColumnElement, Connection, func, select

from copilot.store.engine import Database
from copilot.store.questions import Asked
from copilot.store.tables import call, journal
from copilot.store.talk import READ, Talk
from copilot.suggestion import Verdict


@dataclass(frozen=True, slots=True)
class ArticleUse:
    """In how many appeals an article was on a card, and what agents did with it; of cases, the one that was chosen.

    ``by_hand`` are adoptions of what agents had searched for by hand, of which no card has a share; in ``missed`` of
    them no card of the appeal had shown the article by then.
    """

    shown: int = 0
    adopted: int = 0
    edited: int = 0
    rejected: int = 0
    by_hand: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class AskedInPeriod:
    """All of a period, the earliest questions first; ``uses`` by article id."""

    calls: int
    questions: tuple[Asked, ...]
    uses: dict[str, ArticleUse]


class AskedQuestions:
    """Reads the journal of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def between(self, first: date, last: date) -> AskedInPeriod:
        """The calls of these days, both included."""
        inside = (call.c.day >= first, call.c.day <= last)
        questions: list[Asked] = []
        uses = _Uses()
        with self._database.reading() as connection:
            calls = connection.execute(select(func.count()).select_from(call).where(*inside)).scalar_one()
            for talk in talks(connection, *inside):
                questions += talk.questions()
                uses.count(talk)
        return AskedInPeriod(calls, tuple(questions), uses.by_article())


def talks(connection: Connection, *which: ColumnElement[bool]) -> Iterator[Talk]:
    """The calls of which ``which`` holds, the earliest first.

    One call after another: a city's hotline has more of them in a quarter than memory should hold.
    """
    wanted = (
        select(journal.c.call_id, journal.c.seq, journal.c.name, journal.c.payload, call.c.day)
        .join(call, call.c.call_id == journal.c.call_id)
        .where(*which, journal.c.name.in_(READ))
        .order_by(call.c.day, journal.c.call_id, journal.c.seq)
    )
    rows = connection.execute(wanted.execution_options(yield_per=1000))
    for (_, day), of_call in groupby(rows, key=lambda row: (row.call_id, row.day)):
        talk = Talk(day)
        for row in of_call:
            talk.take(row.seq, row.name, json.loads(row.payload))
        yield talk


class _Uses:
    """Adds up over the calls what became of each article."""

    def __init__(self) -> None:
        self._shown: Counter[str] = Counter()
        self._decided: Counter[tuple[str, str]] = Counter()
        self._by_hand: Counter[str] = Counter()
        self._missed: Counter[str] = Counter()

    def count(self, talk: Talk) -> None:
        """Add a call that is over."""
        for article, appeals in talk.shown.items():
            self._shown[article] += len(appeals)
        known = [one for one in talk.decided.values() if one.article]
        self._decided.update((one.article, one.verdict) for one in known if one.card is not None)
        self._by_hand.update(one.article for one in known if one.card is None)
        self._missed.update(one.article for one in known if one.card is None and not one.carded)

    def by_article(self) -> dict[str, ArticleUse]:
        """The sums."""
        return {
            article: ArticleUse(
                self._shown[article],
                self._decided[article, Verdict.ACCEPT.value],
                self._decided[article, Verdict.AMEND.value],
                self._decided[article, Verdict.REJECT.value],
                self._by_hand[article],
                self._missed[article],
            )
            for article in {**self._shown, **self._by_hand}
        }
