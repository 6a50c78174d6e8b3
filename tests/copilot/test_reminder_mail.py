"""Who is told of what by mail, as the days go by."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from copilot.articles.reminder_mail import letter_message, letter_text, plan
from copilot.articles.reminders import Reminder, reminders
from copilot.store import Contact, Due
from knowledge_base.library import make_library
from knowledge_base.policy import PolicyArticle

LAST = date(2026, 12, 31)
STAGES = (30, 7, 1)
NOW = datetime(2026, 12, 1, tzinfo=UTC)
LI = Contact("li", "李老师", "li@example.org", ("市公安局",))
PERMIT = PolicyArticle(
    "permit", "居住证办法", "", "市公安局", "市公安局", "云川市", date(2025, 1, 1), LAST, "第一条 办证不收费。"
)


def ending(days_left: int, *articles: PolicyArticle) -> list[Reminder]:
    return reminders(make_library(articles or [PERMIT]), LAST - timedelta(days_left), [], [])


def test_each_stage_is_told_once_as_the_days_go_by() -> None:
    known: dict[Due, datetime | None] = {}
    told: list[tuple[int, int]] = []
    for days_left in range(60, -31, -1):
        for letter in plan(ending(days_left), [LI], known, STAGES).letters:
            told += [(days_left, due.stage) for due in letter.dues]
            known.update(dict.fromkeys(letter.dues, NOW))
    assert told == [(30, 30), (7, 7), (1, 1)]


@pytest.mark.parametrize(("days_left", "stage"), [(29, 30), (6, 7), (0, 1), (-20, 1)])
def test_a_stage_that_nobody_was_there_for_is_made_up_for(days_left: int, stage: int) -> None:
    (letter,) = plan(ending(days_left), [LI], {}, STAGES).letters
    assert letter.dues == (Due("permit", LAST, stage, "li"),)


def test_one_person_gets_one_mail_and_two_keepers_get_one_each() -> None:
    other = replace(PERMIT, article_id="other", title="其他办法", owner="市水务局")
    both = replace(LI, name="both", departments=("市公安局", "市水务局"))
    made = plan(ending(5, PERMIT, other), [LI, both], {}, STAGES)
    assert [(letter.to.name, len(letter.items)) for letter in made.letters] == [("li", 1), ("both", 2)]
    assert made.unreachable == {}


def test_what_was_claimed_and_never_finished_is_neither_sent_nor_forgotten() -> None:
    due = Due("permit", LAST, 7, "li")
    made = plan(ending(5), [LI], {due: None}, STAGES)
    assert (made.letters, made.unsure) == ((), (due,))


def test_a_letter_is_the_same_letter_however_often_it_is_written_and_its_lines_are_its_own() -> None:
    forged = replace(PERMIT, title="居住证办法\n\n2. 《假的》\nBcc: x@example.org")
    (letter,) = plan(ending(5, forged), [LI], {}, STAGES).letters
    first, second = (letter_message(letter, "热线 <hotline@example.org>", STAGES, NOW + timedelta(n)) for n in (0, 1))
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")
    assert "1. 《居住证办法 2. 《假的》 Bcc: x@example.org》" in letter_text(letter, STAGES)
    assert first["Bcc"] is None


def test_a_name_of_several_lines_is_one_line_of_the_letter_and_in_no_header() -> None:
    forged = replace(LI, display_name="李老师，您好：\n\n请回电\r\nBcc: x@example.org")
    (letter,) = plan(ending(5), [forged], {}, STAGES).letters
    message = letter_message(letter, "热线 <hotline@example.org> (夜班)", STAGES, NOW)
    assert message.get_content().splitlines()[0] == "李老师，您好： 请回电 Bcc: x@example.org，您好："
    assert {name: value for name, value in message.items() if "Bcc" in name + value} == {}
    assert message["Message-ID"].endswith("@example.org>")
