from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copilot.appeal import AppealKind, Category, Place, Urgency
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.codec import SLOT_TYPES, from_payload, slot_value, to_payload, to_plain, type_name
from copilot.errors import BadInput
from copilot.events import (
    AppealOpened,
    CallEnded,
    CallStarted,
    Event,
    Recorded,
    RoutingDecided,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.state import CallState
from copilot.suggestion import Choice, Citation, Confirmed, Decision, Reason, Slot, Suggestion, Verdict
from copilot.work_order import WorkOrder

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
STARTED = CallStarted(Call("c1", Channel.TELEPHONE, "agent.li", date(2026, 11, 2), "云川市"))

# A busy machine is not a fault.
_PATIENT = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

# -- any value, any event ---------------------------------------------------------------------------------------------

_texts = st.text(max_size=20)
_ids = st.text("abc123-", min_size=1, max_size=6)
_seconds = st.floats(0, 1e5)
_times = st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
_citations = st.builds(
    Citation,
    *[_texts] * 7,
    effective_from=st.dates(),
    effective_to=st.none() | st.dates(),
    quote=_texts,
    highlight=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=3).map(tuple),
)
_values: dict[Slot, st.SearchStrategy[Any]] = {
    Slot.ANSWER: _citations,
    Slot.KIND: st.sampled_from(AppealKind),
    Slot.URGENCY: st.sampled_from(Urgency),
    Slot.CATEGORY: st.builds(Category, _texts, st.lists(_texts, max_size=4).map(tuple)),
    Slot.PLACE: st.builds(Place, _texts, _texts, _texts),
    Slot.CO_DEPARTMENTS: st.lists(_texts, max_size=3).map(tuple),
}


def _value_of(slot: Slot) -> st.SearchStrategy[Any]:
    return _values.get(slot, _texts)


@st.composite
def _suggestions(draw: st.DrawFn, slot: Slot | None = None) -> Suggestion[Any]:
    slot = slot or draw(st.sampled_from(Slot))
    reasons = st.lists(st.builds(Reason, _texts, _texts, _texts), max_size=2).map(tuple)
    choices = st.lists(st.builds(Choice, _value_of(slot), st.floats(0, 1), reasons), min_size=1, max_size=3).map(tuple)
    return Suggestion(slot, draw(choices), draw(st.dictionaries(_texts, _texts, max_size=2)), draw(st.booleans()))


@st.composite
def _decisions(draw: st.DrawFn) -> Decision:
    slot, verdict = draw(st.sampled_from(Slot)), draw(st.sampled_from(Verdict))
    value = None if verdict is Verdict.REJECT else draw(_value_of(slot))
    suggestion_id = draw(_ids) if verdict is not Verdict.AMEND else draw(st.none() | _ids)
    return Decision(draw(_ids), draw(_ids), slot, verdict, suggestion_id, value, draw(_texts), draw(_texts))


def _confirmed(slot: Slot) -> st.SearchStrategy[Confirmed[Any]]:
    return st.builds(Confirmed, _value_of(slot), _ids, _texts, _times, st.none() | _ids)


_orders = st.builds(
    WorkOrder,
    number=_ids,
    call_id=_ids,
    appeal_id=_ids,
    filed_by=_texts,
    filed_at=_times,
    answers=st.lists(_confirmed(Slot.ANSWER), max_size=2).map(tuple),
    **{slot.value: _confirmed(slot) for slot in (Slot.KIND, Slot.TITLE, Slot.SUMMARY, Slot.DEPARTMENT)},
    **{
        slot.value: st.none() | _confirmed(slot)
        for slot in (Slot.CO_DEPARTMENTS, Slot.PLACE, Slot.OCCURRED, Slot.TELEPHONE, Slot.URGENCY, Slot.CATEGORY)
    },
)
_utterances = st.builds(Utterance, _ids, st.sampled_from(Speaker), _texts, _seconds, _seconds, _ids)
_events: st.SearchStrategy[Event] = st.one_of(
    st.builds(CallStarted, st.builds(Call, _ids, st.sampled_from(Channel), _texts, st.dates(), _texts, _texts)),
    st.builds(AppealOpened, _ids, _texts),
    st.builds(UtteranceHeard, _utterances),
    st.builds(UrgencyFlagged, _ids, _texts, _texts, _texts, _texts, st.sampled_from(Speaker), _seconds),
    st.builds(SuggestionMade, _ids, _ids, _suggestions(), st.lists(_ids, max_size=2).map(tuple), _seconds),
    st.builds(SuggestionDecided, _decisions()),
    st.builds(WorkOrderFiled, _ids, _orders),
    st.builds(RoutingDecided, _decisions(), _ids, _texts),
    st.builds(CallEnded, _seconds),
)


@_PATIENT
@given(_events)
def test_any_event_survives_the_way_through_json(event: Event) -> None:
    text = json.dumps(to_payload(event), ensure_ascii=False, allow_nan=False)
    assert from_payload(type_name(event), json.loads(text)) == event


@_PATIENT
@given(st.sampled_from(Slot).flatmap(lambda slot: st.tuples(st.just(slot), _value_of(slot))))
def test_any_value_survives_the_way_through_a_form(pair: tuple[Slot, Any]) -> None:
    slot, value = pair
    assert slot_value(slot, json.loads(json.dumps(to_plain(value)))) == value


@pytest.mark.parametrize("slot", list(Slot))
@pytest.mark.parametrize("raw", [None, 7, [1], {"x": 1}, ["a", 2]])
def test_a_value_of_another_form_is_refused_with_what_the_field_takes(slot: Slot, raw: Any) -> None:
    with pytest.raises(BadInput, match=f"field {slot.value} "):
        slot_value(slot, raw)


def test_a_field_with_a_few_answers_names_them() -> None:
    with pytest.raises(BadInput, match="one of 咨询, 求助, 投诉, 举报, 建议, 表扬"):
        slot_value(Slot.KIND, "吐槽")
    with pytest.raises(BadInput, match="district, street, detail"):
        slot_value(Slot.PLACE, {"district": 5})


def test_every_slot_says_what_it_holds() -> None:
    assert set(SLOT_TYPES) == set(Slot)


# -- the fold ---------------------------------------------------------------------------------------------------------


def _recorded(*events: Event) -> list[Recorded]:
    return [Recorded("c1", n, NOON + timedelta(seconds=n), event) for n, event in enumerate(events, start=1)]


@st.composite
def _calls(draw: st.DrawFn) -> list[Recorded]:  # noqa: C901 - one branch for each thing that may happen
    """A call in which things happen in any order that the session allows."""
    events: list[Event] = [STARTED, AppealOpened("1", "")]
    appeals = ["1"]
    open_: dict[str, tuple[str, Suggestion[Any]]] = {}
    for n in range(draw(st.integers(0, 25))):
        appeal_id = draw(st.sampled_from(appeals))
        match draw(st.sampled_from(["hear", "appeal", "flag", "suggest", "judge", "fill"])):
            case "hear":
                said = Utterance(f"u{n}", draw(st.sampled_from(Speaker)), draw(_texts), n, n + 1, appeal_id)
                events.append(UtteranceHeard(said))
            case "appeal":
                appeals.append(str(len(appeals) + 1))
                events.append(AppealOpened(appeals[-1], "另外"))
            case "flag":
                events.append(UrgencyFlagged(appeal_id, draw(_texts), "", "119", "", Speaker.CITIZEN, n))
            case "suggest":
                made = draw(_suggestions())
                old = tuple(k for k, (a, s) in open_.items() if a == appeal_id and s.slot is made.slot)
                open_[f"s{n}"] = (appeal_id, made)
                events.append(SuggestionMade(f"s{n}", appeal_id, made, old, n))
            case "judge" if open_:
                key = draw(st.sampled_from(sorted(open_)))
                appeal_id, made = open_.pop(key)
                verdict = draw(st.sampled_from(Verdict))
                value = None if verdict is Verdict.REJECT else made.best.value
                events.append(SuggestionDecided(Decision(f"d{n}", appeal_id, made.slot, verdict, key, value, "li")))
            case "fill":
                slot = draw(st.sampled_from(Slot))
                value = draw(_value_of(slot))
                events.append(SuggestionDecided(Decision(f"d{n}", appeal_id, slot, Verdict.AMEND, None, value, "li")))
    if draw(st.booleans()):
        events.append(CallEnded(60.0))
    return _recorded(*events)


@_PATIENT
@given(_calls(), st.integers(0, 30))
def test_a_state_taken_up_half_way_ends_where_the_whole_does(recorded: list[Recorded], cut: int) -> None:
    state = CallState.of(recorded[:cut])
    for record in recorded[cut:]:
        state.apply(record)
    assert state == CallState.of(recorded)


@_PATIENT
@given(_calls())
def test_a_state_from_the_written_journal_is_the_state_that_was(recorded: list[Recorded]) -> None:
    read = [
        Recorded(r.call_id, r.seq, r.at, from_payload(type_name(r.event), json.loads(json.dumps(to_payload(r.event)))))
        for r in recorded
    ]
    assert CallState.of(read) == CallState.of(recorded)


@_PATIENT
@given(_calls())
def test_what_is_open_was_suggested_and_is_not_decided(recorded: list[Recorded]) -> None:
    state = CallState.of(recorded)
    for appeal in state.appeals.values():
        assert appeal.open.keys() <= state.suggestions.keys() - state.decided.keys()


@_PATIENT
@given(_calls())
def test_every_confirmed_value_is_that_of_its_decision(recorded: list[Recorded]) -> None:
    state = CallState.of(recorded)
    for appeal in state.appeals.values():
        for confirmed in (*appeal.confirmed.values(), *appeal.answers.values()):
            decision = state.decisions[confirmed.decision_id]
            assert (decision.value, decision.by) == (confirmed.value, confirmed.by)
            assert decision.verdict is not Verdict.REJECT


def test_a_state_of_nothing_is_empty() -> None:
    assert CallState.of([]) == CallState()
    with pytest.raises(LookupError):
        CallState().situation("1")


def test_the_state_knows_the_last_event_it_holds() -> None:
    assert CallState.of(_recorded(STARTED, AppealOpened("1", ""))).seq == 2


def test_a_dispatchers_decision_is_known_to_the_call() -> None:
    routed = Decision("d9", "1", Slot.DEPARTMENT, Verdict.AMEND, None, "市住建局", "disp.wu", "小区管网")
    state = CallState.of(
        _recorded(STARTED, AppealOpened("1", ""), RoutingDecided(routed, "YC-20261102-0001", "市住建局"))
    )
    assert state.dispatched == {"YC-20261102-0001": "市住建局"}
    assert state.decisions == {"d9": routed}
    assert state.appeals["1"].confirmed == {}


def test_filling_a_field_by_hand_settles_what_was_open_for_it() -> None:
    title = Suggestion(Slot.TITLE, (Choice("停水", 0.9),))
    place = Suggestion(Slot.PLACE, (Choice(Place("江北区"), 0.9),))
    filled = Decision("d1", "1", Slot.TITLE, Verdict.AMEND, None, "停水两天", "agent.li")
    state = CallState.of(
        _recorded(
            STARTED,
            AppealOpened("1", ""),
            SuggestionMade("s1", "1", title, (), 1.0),
            SuggestionMade("s2", "1", place, (), 1.0),
            SuggestionDecided(filled),
        )
    )
    assert list(state.appeals["1"].open) == ["s2"]
    assert "s1" not in state.decided
