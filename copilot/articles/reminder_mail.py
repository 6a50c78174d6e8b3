"""Reminders by mail: who is told of which articles that end, and in which words.

Pure: :mod:`api` reads the clock and talks to the mail server. A mail holds titles, numbers and days of articles, and
nothing that a citizen said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from copilot.articles.reminders import Reminder
from copilot.store.contacts import Contact
from copilot.store.reminder_mails import Due

_STATES = {"draft": "草稿", "review": "待审核"}


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told in one mail: articles of their departments, the most pressing first."""

    to: Contact
    items: tuple[tuple[Due, Reminder], ...]

    @property
    def dues(self) -> tuple[Due, ...]:
        """What the letter settles."""
        return tuple(due for due, _ in self.items)


@dataclass(frozen=True, slots=True)
class Plan:
    """``letters`` to send; ``unreachable``: departments that nobody with an address keeps, with their articles.

    ``unsure``: reminders that an earlier run claimed and did not finish; whether they arrived is not known.
    """

    letters: tuple[Letter, ...]
    unreachable: Mapping[str, tuple[Reminder, ...]]
    unsure: tuple[Due, ...]


def plan(
    ending: Iterable[Reminder],
    people: Sequence[Contact],
    known: Mapping[Due, datetime | None],
    stages: Sequence[int],
) -> Plan:
    """Of the articles that end without anything after them, what is to be told to whom now.

    ``stages`` are days before the end. Of stages that passed while nobody looked only the latest is told.
    """
    staged = [(stage, reminder) for reminder in ending if (stage := stage_of(reminder, stages)) is not None]
    kept = {department for person in people for department in person.departments}
    unreachable = {
        owner: tuple(reminder for _, reminder in staged if reminder.owner == owner)
        for owner in sorted({reminder.owner for _, reminder in staged} - kept)
    }
    letters = [Letter(person, tuple(_of(person, staged))) for person in people]
    fresh = (Letter(letter.to, tuple(item for item in letter.items if item[0] not in known)) for letter in letters)
    unsure = tuple(due for letter in letters for due in letter.dues if due in known and known[due] is None)
    return Plan(tuple(letter for letter in fresh if letter.items), unreachable, unsure)


def _of(person: Contact, staged: Iterable[tuple[int, Reminder]]) -> Iterator[tuple[Due, Reminder]]:
    for stage, reminder in staged:
        if reminder.owner in person.departments:
            yield Due(reminder.article_id, reminder.last_day, stage, person.name), reminder


def stage_of(reminder: Reminder, stages: Sequence[int]) -> int | None:
    """The stage that an article has reached: the fewest days that are still enough; ``None`` where nothing is due."""
    if not reminder.needs_work:
        return None
    return min((days for days in stages if reminder.days_left <= days), default=None)


def letter_message(letter: Letter, sender: str, stages: Sequence[int], at: datetime) -> EmailMessage:
    """The letter as it is sent. Its id follows from what it says, so that a mail server knows it again.

    No header holds a word that somebody typed at a desk: addresses are checked, the subject counts and dates.
    """
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.to.address
    message["Subject"] = f"知识库到期提醒：{len(letter.items)} 条，最早 {min(r.last_day for _, r in letter.items)}"
    message["Date"] = format_datetime(at)
    message["Message-ID"] = _message_id(letter, sender)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers it
    message.set_content(letter_text(letter, stages), charset="utf-8")
    return message


def letter_text(letter: Letter, stages: Sequence[int]) -> str:
    """What the person reads."""
    told = "\n\n".join(f"{n}. {_item(reminder)}" for n, (_, reminder) in enumerate(letter.items, start=1))
    days = "、".join(str(day) for day in sorted(stages, reverse=True))
    return (
        f"{_line(letter.to.display_name)}，您好：\n\n"
        "您负责的下列政策条目即将到期或已到期，之后没有已发布的内容接续：\n\n"
        f"{told}\n\n"
        "请在“知识维护”页面延长有效期、发布新版本，或确认到期后不再使用。到期之后，座席不会再看到这些条目。\n\n"
        f"本邮件由热线知识库自动发出，每条在到期前 {days} 天各提醒一次，请勿回复。\n"
    )


def _item(reminder: Reminder) -> str:
    number = f"（{reminder.document_number}）" if reminder.document_number else ""
    return (
        f"《{_line(reminder.title)}》{_line(number)}\n"
        f"   责任单位：{_line(reminder.owner)}　编号：{_line(reminder.article_id)}\n"
        f"   最后有效日：{reminder.last_day}（{_left(reminder.days_left)}）\n"
        f"   后续：{_follows(reminder)}"
    )


def _left(days: int) -> str:
    if days < 0:
        return f"已到期 {-days} 天"
    return f"还有 {days} 天" if days else "今天到期"


def _follows(reminder: Reminder) -> str:
    if reminder.follows_on is not None:
        title = _line(reminder.successor_title) or "同一条目的新版本"
        return f"{title}自 {_day(reminder.follows_on)} 起，中间有空档"
    if reminder.draft is not None:
        state = _STATES.get(reminder.draft.state.value, reminder.draft.state.value)
        return f"第 {reminder.draft.number} 版{state}（{_line(reminder.draft.made_by)}），尚未发布"
    return "无"


def _day(day: date) -> str:
    return day.isoformat()


def _line(text: str) -> str:
    """A title in one line: what it says must not look like another line of the letter."""
    return " ".join(text.split())


def _message_id(letter: Letter, sender: str) -> str:
    told = "\n".join(f"{due.article_id} {due.last_day} {due.stage} {due.name}" for due in letter.dues)
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return f"<reminder-{hashlib.sha256(told.encode()).hexdigest()[:32]}@{domain}>"
