"""The figures of answer cards that an evaluator reads, counted from real journals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from copilot.call import Call, Channel
from copilot.card_events import AnswerTakenBack
from copilot.events import AppealOpened, CallStarted, Event, SuggestionDecided, SuggestionMade
from copilot.store import Store
from copilot.store.answer_outcomes import AnswerWeek, Seconds, monday_of
from copilot.suggestion import Choice, Citation, Decision, Slot, Suggestion, Verdict

NOON = datetime(2026, 11, 16, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 18)
CITATION = Citation(
    "p#1",
    "p",
    "居住证办理规定",
    "第一条",
    "云公规〔2025〕3号",
    "市公安局",
    "市公安局",
    date(2025, 5, 1),
    None,
    "凭身份证原件申领。",
)


def card(number: str, heard_until: float, supersedes: tuple[str, ...] = ()) -> SuggestionMade:
    return SuggestionMade(number, "1", Suggestion(Slot.ANSWER, (Choice(CITATION, 0.8),)), supersedes, heard_until)


def decided(number: str, verdict: Verdict, reason: str = "") -> SuggestionDecided:
    value = None if verdict is Verdict.REJECT else CITATION
    return SuggestionDecided(Decision(f"d-{number}", "1", Slot.ANSWER, verdict, number, value, "agent.li", reason))


def take(store: Store, call_id: str, day: date, *moments: tuple[float, Event]) -> None:
    """A call answered at noon; each event happens so many seconds later."""
    call = Call(call_id, Channel.TELEPHONE, "agent.li", day, "云川市")
    store.journal.append(call_id, [CallStarted(call), AppealOpened("1", "")], NOON)
    for seconds, event in moments:
        store.journal.append(call_id, [event], NOON + timedelta(seconds=seconds))


def test_every_card_of_a_week_has_one_fate(store: Store) -> None:
    take(
        store, "c1", date(2026, 11, 16),
        (5.0, card("s1", 4.0)), (9.0, card("s2", 8.5, ("s1",))), (12.0, card("s3", 11.0)),
        (15.0, decided("s2", Verdict.ACCEPT)), (16.0, decided("s3", Verdict.REJECT, "不相关：说的是居留许可")),
    )  # fmt: skip
    take(
        store, "c2", date(2026, 11, 22),
        (5.0, card("s1", 3.0)), (6.0, card("s2", 5.5)), (7.0, card("s3", 6.0)), (8.0, card("s4", 7.0)),
        (9.0, decided("s1", Verdict.AMEND)), (10.0, decided("s2", Verdict.REJECT, "已过期")),
        (11.0, decided("s3", Verdict.REJECT, "另有原因")),
    )  # fmt: skip
    take(store, "c3", date(2026, 11, 9), (5.0, card("s1", 4.0)))
    found = store.queries.answer_outcomes(date(2026, 11, 22))
    assert found.weeks == (
        AnswerWeek(date(2026, 11, 9), 1, 1, 0, 0, 0, 0, 0, 0, 1),
        AnswerWeek(
            date(2026, 11, 16), calls=2, shown=7, adopted=1, edited=1, not_relevant=1, out_of_date=1,
            refused_otherwise=1, taken_back=1, untouched=1,
        ),
    )  # fmt: skip


def test_times_are_from_what_was_heard_to_the_card_and_from_the_card_to_the_decision(store: Store) -> None:
    take(
        store, "c1", date(2026, 11, 16),
        (5.0, card("s1", 4.0)), (9.0, card("s2", 8.5)), (12.0, card("s3", 10.0)),
        (15.0, decided("s1", Verdict.ACCEPT)), (16.0, decided("s2", Verdict.ACCEPT)),
    )  # fmt: skip
    found = store.queries.answer_outcomes(TODAY)
    assert found.delay == Seconds(3, 1.0, 2.0)
    assert found.decided_after == Seconds(2, 7.0, 10.0)


def test_a_recording_that_is_heard_faster_than_it_was_spoken_has_no_delay(store: Store) -> None:
    take(store, "c1", date(2026, 11, 16), (5.0, card("s1", 90.0)))
    found = store.queries.answer_outcomes(TODAY)
    assert found.weeks[0].shown == 1
    assert found.delay is None


def test_other_slots_and_weeks_long_past_are_left_out(store: Store) -> None:
    made = SuggestionMade("s1", "1", Suggestion(Slot.TITLE, (Choice("停水", 0.9),)), (), 2.0)
    take(store, "c1", date(2026, 11, 16), (3.0, made))
    take(store, "c2", date(2026, 8, 30), (5.0, card("s1", 4.0)))
    take(store, "c3", date(2026, 8, 31), (5.0, card("s1", 4.0)))
    found = store.queries.answer_outcomes(TODAY)
    assert [week.monday for week in found.weeks] == [date(2026, 8, 31)]


def from_search(n: int, article: str) -> SuggestionDecided:
    value = replace(CITATION, article_id=article, passage_id=f"{article}#1", search_id=f"q{n}")
    return SuggestionDecided(Decision(f"h{n}", "1", Slot.ANSWER, Verdict.AMEND, None, value, "agent.li"))


def test_answers_that_agents_found_by_hand_are_counted_beside_the_cards(store: Store) -> None:
    take(
        store, "c1", date(2026, 11, 16),
        (5.0, card("s1", 4.0)), (9.0, decided("s1", Verdict.REJECT, "不相关")), (12.0, from_search(1, "p")),
        (13.0, from_search(2, "fees")), (14.0, from_search(3, "hours")),
        (15.0, AnswerTakenBack("b1", "1", "h3", "agent.li")),
    )  # fmt: skip
    take(store, "c2", date(2026, 11, 9), (5.0, from_search(1, "fees")))
    take(store, "c3", date(2026, 8, 30), (5.0, from_search(1, "fees")))
    before, week = store.queries.answer_outcomes(TODAY).weeks
    assert before == AnswerWeek(date(2026, 11, 9), 0, 0, 0, 0, 0, 0, 0, 0, 0, by_hand=1, missed=1)
    assert (week.calls, week.shown, week.not_relevant, week.adopted) == (1, 1, 1, 0)
    assert (week.by_hand, week.missed) == (2, 1)


def test_nothing_happened_yet(store: Store) -> None:
    found = store.queries.answer_outcomes(TODAY)
    assert (found.weeks, found.delay, found.decided_after) == ((), None, None)
    assert monday_of(date(2026, 11, 22)) == date(2026, 11, 16)


def test_what_a_person_adopted_and_took_back_was_not_adopted(store: Store) -> None:
    take(
        store, "c1", date(2026, 11, 16),
        (5.0, card("s1", 4.0)), (9.0, card("s2", 8.5)),
        (15.0, decided("s1", Verdict.ACCEPT)), (16.0, decided("s2", Verdict.ACCEPT)),
        (17.0, AnswerTakenBack("b1", "1", "d-s1", "agent.li")),
    )  # fmt: skip
    (week,) = store.queries.answer_outcomes(TODAY).weeks
    assert (week.shown, week.adopted, week.refused_otherwise, week.taken_back) == (2, 1, 1, 0)
    of_slot = store.queries.suggestion_outcomes().by_slot[Slot.ANSWER]
    assert (of_slot.made, of_slot.accepted, of_slot.rejected, of_slot.superseded) == (2, 1, 1, 0)
