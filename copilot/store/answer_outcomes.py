"""What became of answer cards, week by week: shown, used, edited, refused and why, and how soon they came.

Beside them, what agents had to find by hand: adopted from a search, of which no card has a share.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select, text

from copilot.store.asked import talks
from copilot.store.tables import UNDONE, call, decision, journal, suggestion
from copilot.suggestion import Slot, Verdict

WEEKS = 12
MOST_TIMED = 2_000
_NOT_RELEVANT, _OUT_OF_DATE = "不相关", "已过期"
_FATES = ("adopted", "edited", "not_relevant", "out_of_date", "refused_otherwise", "taken_back", "untouched")
_LONGEST_DELAY = 60.0
_TAIL = 0.95


@dataclass(frozen=True, slots=True)
class AnswerWeek:
    """Cards of the calls of one week: ``calls`` had any, ``shown`` is the sum of ``adopted`` to ``untouched``.

    ``taken_back`` were replaced or withdrawn by the copilot before anybody decided, ``untouched`` nobody decided.
    What a person adopted and took out of the order again is ``refused_otherwise``.

    ``by_hand`` are answers that no card gave: adopted from a search by hand, and not taken back. Of these, ``missed``
    are those whose article no card of the appeal had shown by then: what the cards should have shown.
    """

    monday: date
    calls: int
    shown: int
    adopted: int
    edited: int
    not_relevant: int
    out_of_date: int
    refused_otherwise: int
    taken_back: int
    untouched: int
    by_hand: int = 0
    missed: int = 0


@dataclass(frozen=True, slots=True)
class Seconds:
    """The 50th and 95th percentile of ``n`` times in seconds, by nearest rank."""

    n: int
    p50: float
    p95: float


@dataclass(frozen=True, slots=True)
class AnswerOutcomes:
    """The last weeks that have cards or answers found by hand, the earliest first, and times of the latest cards.

    ``delay``: from the last words that the copilot had heard to the card, of calls heard live. ``decided_after``: from
    the card to the person's decision. Both are ``None`` where nothing was timed.
    """

    weeks: tuple[AnswerWeek, ...]
    delay: Seconds | None
    decided_after: Seconds | None


def count_answers(connection: Connection, today: date) -> AnswerOutcomes:
    """The answer cards of the last twelve weeks up to ``today``, the city's day."""
    since = monday_of(today) - timedelta(weeks=WEEKS - 1)
    fates: dict[date, Counter[str]] = defaultdict(Counter)
    calls: Counter[date] = Counter()
    for day, verdict, taken_back, undone, count in connection.execute(_by_fate(since)):
        fates[monday_of(day)]["refused_otherwise" if undone else _fate(verdict, taken_back)] += count
    for day, reason in _refusals(connection, since):
        fates[monday_of(day)][_refusal(reason)] += 1
    for day, count in connection.execute(_calls(since)):
        calls[monday_of(day)] += count
    for day, carded in _found_by_hand(connection, since):
        fates[monday_of(day)]["by_hand"] += 1
        fates[monday_of(day)]["missed"] += not carded
    weeks = tuple(_week(monday, calls[monday], fates[monday]) for monday in sorted(fates))
    return AnswerOutcomes(weeks, _seconds(_delays(connection, since)), _seconds(_waits(connection, since)))


def monday_of(day: date) -> date:
    """The Monday of the week that ``day`` is in."""
    return day - timedelta(days=day.weekday())


def _answers() -> ColumnElement[bool]:
    return suggestion.c.slot == Slot.ANSWER.value


def _decided() -> ColumnElement[bool]:
    return and_(decision.c.call_id == suggestion.c.call_id, decision.c.suggestion_id == suggestion.c.suggestion_id)


def _of_calls(since: date) -> Any:
    """Answer cards with their calls, and decisions where there are any."""
    return suggestion.join(
        call, and_(call.c.call_id == suggestion.c.call_id, call.c.day >= since, _answers())
    ).outerjoin(decision, _decided())


def _by_fate(since: date) -> Select[Any]:
    """Cards of each day by verdict, refused ones apart, and whether the copilot or a person took them back."""
    taken_back = suggestion.c.superseded_by.is_not(None)
    undone = func.coalesce(suggestion.c.superseded_by, "").like(f"{UNDONE}%").label("undone")
    accepted = or_(decision.c.verdict.is_(None), decision.c.verdict != Verdict.REJECT.value)
    wanted = select(call.c.day, decision.c.verdict, taken_back, undone, func.count()).select_from(_of_calls(since))
    return wanted.where(accepted).group_by(call.c.day, decision.c.verdict, taken_back, text("undone"))


def _calls(since: date) -> Select[Any]:
    """How many calls of each day had a card."""
    counted = func.count(suggestion.c.call_id.distinct())
    return select(call.c.day, counted).select_from(_of_calls(since)).group_by(call.c.day)


def _fate(verdict: str | None, taken_back: bool) -> str:
    if verdict is None:
        return "taken_back" if taken_back else "untouched"
    return "adopted" if verdict == Verdict.ACCEPT.value else "edited"


def _refusal(reason: str) -> str:
    known = {_NOT_RELEVANT: "not_relevant", _OUT_OF_DATE: "out_of_date"}
    return next((name for words, name in known.items() if reason.startswith(words)), "refused_otherwise")


def _week(monday: date, calls: int, fates: Mapping[str, int]) -> AnswerWeek:
    return AnswerWeek(
        monday=monday,
        calls=calls,
        shown=sum(fates[name] for name in _FATES),
        adopted=fates["adopted"],
        edited=fates["edited"],
        not_relevant=fates["not_relevant"],
        out_of_date=fates["out_of_date"],
        refused_otherwise=fates["refused_otherwise"],
        taken_back=fates["taken_back"],
        untouched=fates["untouched"],
        by_hand=fates["by_hand"],
        missed=fates["missed"],
    )


def _found_by_hand(connection: Connection, since: date) -> Iterator[tuple[date, bool]]:
    """The day of each answer that was adopted from a search by hand, and whether a card had shown its article."""
    by_hand = (decision.c.slot == Slot.ANSWER.value, decision.c.suggestion_id.is_(None))
    calls = select(decision.c.call_id).where(*by_hand)
    for talk in talks(connection, call.c.day >= since, call.c.call_id.in_(calls)):
        yield from ((talk.day, one.carded) for one in talk.decided.values() if one.card is None)


def _refusals(connection: Connection, since: date) -> list[tuple[date, str]]:
    """The day and the reason of each refusal: the table of decisions does not keep reasons, the journal does."""
    wanted = (
        select(call.c.day, journal.c.payload)
        .select_from(_of_calls(since))
        .join(journal, and_(journal.c.call_id == decision.c.call_id, journal.c.seq == decision.c.seq))
        .where(decision.c.verdict == Verdict.REJECT.value)
    )
    return [(row.day, str(json.loads(row.payload)["decision"].get("reason", ""))) for row in connection.execute(wanted)]


def _delays(connection: Connection, since: date) -> list[float]:
    """Seconds from what was heard to the card. A recording is heard faster than it was spoken, and left out."""
    wanted = (
        select(suggestion.c.made_at, call.c.started_at, journal.c.payload)
        .join(call, call.c.call_id == suggestion.c.call_id)
        .join(journal, and_(journal.c.call_id == suggestion.c.call_id, journal.c.seq == suggestion.c.seq))
        .where(_answers(), call.c.day >= since)
        .order_by(suggestion.c.made_at.desc())
        .limit(MOST_TIMED)
    )
    found = [
        (row.made_at - row.started_at).total_seconds() - float(json.loads(row.payload)["heard_until"])
        for row in connection.execute(wanted)
    ]
    return [delay for delay in found if 0 <= delay <= _LONGEST_DELAY]


def _waits(connection: Connection, since: date) -> list[float]:
    """Seconds from a card to what a person decided about it."""
    wanted = (
        select(suggestion.c.made_at, decision.c.at)
        .join(decision, _decided())
        .join(call, call.c.call_id == suggestion.c.call_id)
        .where(_answers(), call.c.day >= since)
        .order_by(suggestion.c.made_at.desc())
        .limit(MOST_TIMED)
    )
    return [max(0.0, (row.at - row.made_at).total_seconds()) for row in connection.execute(wanted)]


def _seconds(values: Iterable[float]) -> Seconds | None:
    ordered = sorted(values)
    if not ordered:
        return None
    p50, p95 = (ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, _TAIL))
    return Seconds(len(ordered), round(p50, 2), round(p95, 2))
