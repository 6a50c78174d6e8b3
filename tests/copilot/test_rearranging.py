from __future__ import annotations

from dataclasses import replace

import pytest
from session_parts import NOON, Desk, answer, make_desk, suggest

from copilot.call import Part, Speaker
from copilot.card_events import AnswerTakenBack
from copilot.codec import from_payload, to_payload, type_name
from copilot.errors import BadInput, Conflict, NotFound
from copilot.events import AnotherMatterDeclined, AnotherMatterSuspected, AppealsRearranged, Rearrangement
from copilot.rearranging import Wish
from copilot.session import CallSession
from copilot.state import CallState
from copilot.store import Store
from copilot.suggestion import Slot, Verdict

SPLIT, MERGE, MOVE = Rearrangement.SPLIT, Rearrangement.MERGE, Rearrangement.MOVE


def wish(act: Rearrangement, change_id: str = "c1", **more: object) -> Wish:
    return Wish(change_id, act, "agent.li", **more)  # type: ignore[arg-type]


def said(desk: Desk, appeal_id: str) -> list[str]:
    return [u.text for u in desk.session.state.words_of(appeal_id)]


@pytest.fixture
def talk() -> Desk:
    """Four sentences of the citizen and one of the agent, all in one appeal."""
    desk = make_desk()
    desk.hear("我家停水了")
    desk.hear("请问地址", Speaker.AGENT)
    desk.hear("滨河路三号")
    desk.hear("好的谢谢，路灯也不亮")
    desk.hear("有一个月了")
    return desk


def test_a_split_gives_all_that_follows_to_a_further_appeal(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    assert said(talk, "1") == ["我家停水了", "请问地址", "滨河路三号"]
    assert said(talk, "2") == ["好的谢谢，路灯也不亮", "有一个月了"]
    assert talk.session.state.current_appeal == "2"
    talk.hear("一直黑着")
    assert said(talk, "2")[-1] == "一直黑着"


def test_an_utterance_can_be_split_in_the_middle_and_keeps_its_identity(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4", start=5), NOON)
    utterance = talk.session.state.utterances[3]
    assert (utterance.utterance_id, utterance.text) == ("u4", "好的谢谢，路灯也不亮")
    assert utterance.parts == (Part(0, 5, "1"), Part(5, 10, "2"))
    assert talk.session.state.situation("1").citizen_text.endswith("好的谢谢，")
    assert talk.session.state.situation("2").citizen_text == "路灯也不亮\n有一个月了"


def test_a_part_is_moved_alone_and_neighbours_of_one_appeal_become_one(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4", start=5), NOON)
    talk.session.rearrange(wish(MOVE, "c2", utterance_id="u4", start=7, into="1"), NOON)
    assert talk.session.state.utterances[3].parts == ()
    assert said(talk, "2") == ["有一个月了"]
    assert talk.session.state.current_appeal == "2"
    talk.session.rearrange(wish(MOVE, "c3", utterance_id="u5", into="1"), NOON)
    assert talk.session.state.current_appeal == "1"


def test_what_both_appeals_quote_is_in_the_merged_one_once_though_its_article_was_renumbered_between(
    talk: Desk,
) -> None:
    first, again, other = (
        replace(answer(name).best.value, quote=quote, article_version=version)
        for name, quote, version in (("p1", "要照片。", "v1"), ("p2", "要照片。", "v2"), ("p1", "先要预约。", "v2"))
    )
    talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    for appeal_id, citation in (("1", first), ("2", again), ("2", other)):
        talk.decide(Slot.ANSWER, Verdict.AMEND, None, citation, appeal_id=appeal_id)
    talk.session.rearrange(wish(MERGE, "c2", appeal_id="2", into="1"), NOON)
    assert [taken.value.quote for taken in talk.session.state.appeals["1"].answers.values()] == [
        "要照片。",
        "先要预约。",
    ]


def test_what_a_stale_screen_takes_back_from_an_appeal_that_was_merged_stays_in_the_other(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    talk.decide(Slot.ANSWER, Verdict.AMEND, None, answer("p1").best.value, "d1", appeal_id="2")
    talk.session.rearrange(wish(MERGE, "c2", appeal_id="2", into="1"), NOON)
    with pytest.raises(Conflict, match="Appeal 2 was merged into 1"):
        talk.session.take_back(AnswerTakenBack("b1", "2", "d1", "agent.li"), NOON)
    assert set(talk.session.state.appeals["1"].answers) == {"d1"}
    talk.session.take_back(AnswerTakenBack("b2", "1", "d1", "agent.li"), NOON)
    assert talk.session.state.appeals["1"].answers == {}


def test_a_merged_appeal_is_not_worked_on_any_more(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    talk.fill(Slot.TITLE, "路灯", "2")
    talk.session.rearrange(wish(MERGE, "c2", appeal_id="2", into="1"), NOON)
    assert len(said(talk, "1")) == 5
    assert talk.session.state.live_appeals() == ["1"]
    assert talk.session.state.current_appeal == "1"
    for attempt in (
        lambda: talk.fill(Slot.TITLE, "路灯", "2"),
        lambda: talk.session.file("2", "r1", "agent.li", NOON),
        lambda: talk.session.rearrange(wish(MOVE, "c3", utterance_id="u1", into="2"), NOON),
    ):
        with pytest.raises(Conflict, match="Appeal 2 was merged into 1"):
            attempt()
    talk.session.open_appeal(NOON)
    assert talk.session.state.live_appeals() == ["1", "3"]


def merged(talk: Desk, first: dict[Slot, object], second: dict[Slot, object]) -> AppealsRearranged:
    """The change by which appeal 2, of which a person said ``second``, becomes part of appeal 1."""
    talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    for appeal_id, values in (("1", first), ("2", second)):
        for slot, value in values.items():
            talk.fill(slot, value, appeal_id)
    (change,) = [r.event for r in talk.session.rearrange(wish(MERGE, "c2", appeal_id="2", into="1"), NOON)]
    assert isinstance(change, AppealsRearranged)
    return change


def test_what_a_person_confirmed_goes_along_unless_the_other_says_otherwise(talk: Desk) -> None:
    change = merged(talk, {Slot.TITLE: "停水"}, {Slot.TITLE: "路灯不亮", Slot.OCCURRED: "一个月前"})
    confirmed = talk.session.state.appeals["1"].confirmed
    assert {slot: one.value for slot, one in confirmed.items()} == {Slot.TITLE: "停水", Slot.OCCURRED: "一个月前"}
    assert change.left_out == (Slot.TITLE,)
    assert change.kept == (confirmed[Slot.OCCURRED].decision_id,)


@pytest.mark.parametrize(
    ("first", "second", "goes_along"),
    [
        ({}, {Slot.DEPARTMENT: "市住建局"}, True),
        ({Slot.DEPARTMENT: "市住建局"}, {Slot.DEPARTMENT: "市住建局"}, True),
        ({Slot.DEPARTMENT: "市水务局"}, {Slot.DEPARTMENT: "市住建局"}, False),
        ({Slot.DEPARTMENT: "市水务局"}, {}, False),
    ],
)
def test_helpers_go_along_only_with_the_department_that_they_help(
    talk: Desk, first: dict[Slot, object], second: dict[Slot, object], goes_along: bool
) -> None:
    change = merged(talk, first, {**second, Slot.CO_DEPARTMENTS: ("市城管局",)})
    assert (Slot.CO_DEPARTMENTS in talk.session.state.appeals["1"].confirmed) is goes_along
    assert (Slot.CO_DEPARTMENTS in change.left_out) is not goes_along


def test_undecided_suggestions_of_both_are_withdrawn_and_made_again_on_the_new_words(talk: Desk) -> None:
    talk.advisor.suggestions = [suggest(Slot.TITLE, "停水和路灯"), suggest(Slot.DEPARTMENT, "市水务局"), answer("p1")]
    talk.advise("都一个月了")
    talk.decide(Slot.DEPARTMENT, Verdict.ACCEPT, "s2")
    (_, change) = talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    assert isinstance(change.event, AppealsRearranged)
    assert change.event.withdrawn == ("s1", "s3")
    appeals = talk.session.state.appeals
    assert appeals["1"].open == {}
    assert appeals["1"].confirmed[Slot.DEPARTMENT].value == "市水务局"
    assert talk.session.state.situation("1").passages == ()
    made = talk.session.advise_on("2", 6.0, NOON) + talk.session.advise_on("1", 6.0, NOON)
    assert len(made) == 7  # the department of the first is settled; each appeal's card comes with how it is placed
    assert talk.advisor.seen[-2].citizen_text == "好的谢谢，路灯也不亮\n有一个月了\n都一个月了"
    assert talk.advisor.seen[-1].citizen_text == "我家停水了\n滨河路三号"


def test_the_same_change_sent_twice_changes_nothing(talk: Desk) -> None:
    assert len(talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)) == 2
    before = talk.journal.read("c1")
    assert talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON) == []
    assert talk.journal.read("c1") == before
    for other in (wish(SPLIT, utterance_id="u5"), wish(MERGE, appeal_id="2", into="1")):
        with pytest.raises(Conflict, match="already used for another one"):
            talk.session.rearrange(other, NOON)


def test_the_words_of_a_filed_order_stay_with_it(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4"), NOON)
    talk.fill_all("1")
    number = talk.session.file("1", "r1", "agent.li", NOON).number
    before = talk.journal.read("c1")
    for refused in (
        wish(SPLIT, "c2", utterance_id="u3"),
        wish(MERGE, "c2", appeal_id="2", into="1"),
        wish(MERGE, "c2", appeal_id="1", into="2"),
        wish(MOVE, "c2", utterance_id="u5", into="1"),
    ):
        with pytest.raises(Conflict, match=f"was filed as {number}, so its words stay with it"):
            talk.session.rearrange(refused, NOON)
    assert talk.journal.read("c1") == before


@pytest.mark.parametrize(
    ("refused", "error", "sentence"),
    [
        (wish(SPLIT, utterance_id="u1"), BadInput, "Nothing would be left in appeal 1"),
        (wish(SPLIT, utterance_id="u9"), NotFound, "no utterance u9"),
        (wish(SPLIT, utterance_id="u4", start=99), BadInput, "no character 99"),
        (wish(MOVE, utterance_id="u4", into="7"), NotFound, "no appeal 7"),
        (wish(MOVE, utterance_id="u4", into="1"), BadInput, "belongs to appeal 1 already"),
        (wish(MERGE, appeal_id="1", into="1"), BadInput, "cannot be merged with itself"),
        (wish(SPLIT, hint_id="h1"), Conflict, "Reload the call"),
    ],
)
def test_what_cannot_be_done_is_refused_with_what_to_do(
    talk: Desk, refused: Wish, error: type[Exception], sentence: str
) -> None:
    before = talk.journal.read("c1")
    with pytest.raises(error, match=sentence):
        talk.session.rearrange(refused, NOON)
    assert talk.journal.read("c1") == before


def test_an_emergency_goes_along_with_the_words_that_told_of_it() -> None:
    desk = make_desk()
    desk.hear("我家停水了")
    desk.hear("楼道里有煤气味")
    desk.session.rearrange(wish(SPLIT, utterance_id="u2"), NOON)
    assert desk.session.state.flags["燃气"].appeal_id == "2"
    desk.session.rearrange(wish(MERGE, "c2", appeal_id="2", into="1"), NOON)
    assert desk.session.state.flags["燃气"].appeal_id == "1"


def test_rearranged_appeals_are_the_same_after_a_crash_and_in_the_orders_table(store: Store) -> None:
    desk = make_desk()
    session = CallSession.begin(desk.copilot, store.journal, desk.session.call, NOON)
    desk.session = session
    session.listen(16000)
    for text in ("我家停水了", "楼道里有煤气味", "一个月了"):
        desk.advisor.suggestions = [suggest(Slot.TITLE, text)]
        desk.advise(text)
    session.rearrange(wish(SPLIT, utterance_id="u2", start=4), NOON)
    session.rearrange(wish(MOVE, "c2", utterance_id="u3", into="1"), NOON)
    assert CallSession.resume(desk.copilot, store.journal, "c1").state == session.state
    desk.fill_all("2")
    order = session.file("2", "r1", "agent.li", NOON)
    detail = store.queries.work_order(order.number)
    assert [u.text for u in detail.transcript] == ["煤气味"]
    assert [flag.category for flag in detail.flags] == ["燃气"]
    assert detail.row.flagged == ("燃气",)
    assert store.queries.suggestion_outcomes().by_slot[Slot.TITLE].superseded == 3
    late = AppealsRearranged("c9", MERGE, "agent.li", "1", "2", "", 0, (), ())
    with pytest.raises(Conflict, match="is filed"):
        store.journal.append("c1", [late], NOON)


def test_a_hint_is_followed_declined_and_overtaken() -> None:
    desk = make_desk()
    for text in ("我家停水了", "路灯不亮", "公交太少", "噪声太大"):
        desk.hear(text)
    hints = [AnotherMatterSuspected(f"h{n}", "1", f"u{n}", 0, "甲", "乙", "", 9.0, {"router": "r"}) for n in (2, 3, 4)]
    for record in desk.journal.append("c1", hints, NOON):
        desk.session.state.apply(record)
    declined = AnotherMatterDeclined("d1", "h2", "agent.li")
    assert len(desk.session.decline(declined, NOON)) == 1
    assert desk.session.decline(declined, NOON) == []
    with pytest.raises(Conflict, match="answered before"):
        desk.session.decline(AnotherMatterDeclined("d2", "h2", "agent.li"), NOON)
    with pytest.raises(Conflict, match="already used"):
        desk.session.decline(AnotherMatterDeclined("d1", "h3", "agent.li"), NOON)
    desk.session.rearrange(wish(SPLIT, hint_id="h3"), NOON)
    assert said(desk, "2") == ["公交太少", "噪声太大"]
    assert desk.session.state.open_hints() == []  # what the last one asked about has gone along
    assert desk.session.rearrange(wish(SPLIT, hint_id="h3"), NOON) == []
    assert CallState.of(desk.journal.read("c1")) == desk.session.state


def test_the_new_events_survive_the_journal(talk: Desk) -> None:
    talk.session.rearrange(wish(SPLIT, utterance_id="u4", start=5), NOON)
    events = [record.event for record in talk.journal.read("c1")]
    events.append(AnotherMatterSuspected("h1", "1", "u2", 3, "甲", "乙", "另外", 2.0, {"router": "r"}))
    events.append(AnotherMatterDeclined("d1", "h1", "agent.li"))
    assert [from_payload(type_name(event), to_payload(event)) for event in events] == events
