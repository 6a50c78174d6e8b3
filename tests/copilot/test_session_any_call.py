from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from session_parts import NOON, answer, make_desk, suggest

from copilot.appeal import AppealKind, Place, Urgency
from copilot.errors import BadInput, Conflict, NotFound
from copilot.events import Rearrangement, UrgencyFlagged
from copilot.rearranging import Wish
from copilot.session import CallSession
from copilot.state import CallState
from copilot.suggestion import Decision, Slot, Verdict

_SAID = ["我家停水了", "还有一件事，路灯不亮", "有煤气味", "着火了", "停水的事呢。第三件事，公交太少"]
_SLOTS = st.sampled_from(list(Slot))
_VALUES: dict[Slot, Callable[[int], Any]] = {
    Slot.ANSWER: lambda n: answer(f"p{n}").best.value,
    Slot.KIND: lambda n: list(AppealKind)[n % 6],
    Slot.URGENCY: lambda n: list(Urgency)[n % 3],
    Slot.PLACE: lambda n: Place("江北区", detail=f"{n}号"),
    Slot.CO_DEPARTMENTS: lambda n: tuple(f"部门{k}" for k in range(n % 3)),
}


def _value(slot: Slot, n: int) -> Any:
    return _VALUES.get(slot, lambda k: f"{slot.value}-{k}")(n)


class AnyCall(RuleBasedStateMachine):
    """Citizens, agents and the copilot in any order; refusals are part of it."""

    @initialize()
    def begin(self) -> None:
        self.desk = make_desk()
        self.session = self.desk.session

    def _try(self, act: Callable[[], object]) -> None:
        before = self.desk.journal.read("c1")
        try:
            act()
        except (BadInput, Conflict, NotFound):
            assert self.desk.journal.read("c1") == before

    @precondition(lambda self: not self.session.state.ended)
    @rule(
        text=st.sampled_from(
            ["我家停水了", "还有一件事，路灯不亮", "有煤气味", "着火了", "停水的事呢。第三件事，公交太少"]
        ),
        slots=st.lists(st.tuples(_SLOTS, st.integers(0, 9)), max_size=6),
        final=st.booleans(),
    )
    def speak(self, text: str, slots: list[tuple[Slot, int]], final: bool) -> None:
        self.desk.advisor.suggestions = [suggest(slot, _value(slot, n)) for slot, n in slots]
        self.desk.hear(text, final=final)
        if final:
            self.session.advise(self.session.state.utterances[-1], NOON)

    @rule(slot=_SLOTS, n=st.integers(0, 9), appeal=st.integers(1, 3), name=st.integers(0, 30))
    def fill(self, slot: Slot, n: int, appeal: int, name: int) -> None:
        decision = Decision(f"d{name}", str(appeal), slot, Verdict.AMEND, None, _value(slot, n), "agent.li")
        self._try(lambda: self.session.decide(decision, NOON))

    @rule(pick=st.integers(0, 30), verdict=st.sampled_from(Verdict), name=st.integers(0, 30))
    def judge(self, pick: int, verdict: Verdict, name: int) -> None:
        made = list(self.session.state.suggestions.values())
        if not made:
            return
        chosen = made[pick % len(made)]
        slot = chosen.suggestion.slot
        decision = Decision(
            f"d{name}", chosen.appeal_id, slot, verdict, chosen.suggestion_id, _value(slot, pick), "agent.li"
        )
        self._try(lambda: self.session.decide(decision, NOON))

    @rule(appeal=st.integers(1, 3), request=st.integers(0, 3))
    def file(self, appeal: int, request: int) -> None:
        self._try(lambda: self.session.file(str(appeal), f"r{request}", "agent.li", NOON))

    @rule(appeal=st.integers(1, 2))
    def fill_everything(self, appeal: int) -> None:
        for slot in (Slot.DEPARTMENT, Slot.KIND, Slot.TITLE, Slot.SUMMARY):
            self.fill(slot, 1, appeal, 100 + 10 * appeal + list(Slot).index(slot))

    @rule(
        act=st.sampled_from(Rearrangement),
        name=st.integers(0, 9),
        appeal=st.integers(1, 3),
        into=st.integers(1, 3),
        utterance=st.integers(1, 6),
        start=st.integers(0, 8),
    )
    def rearrange(self, act: Rearrangement, name: int, appeal: int, into: int, utterance: int, start: int) -> None:
        wish = Wish(f"c{name}", act, "agent.li", str(appeal), str(into), f"u{utterance}", start)
        self._try(lambda: self.session.rearrange(wish, NOON))

    @rule()
    def hang_up(self) -> None:
        self.session.hang_up(60.0, NOON)

    @rule()
    def crash(self) -> None:
        self.session = self.desk.session = CallSession.resume(self.desk.copilot, self.desk.journal, "c1")
        if not self.session.state.ended:
            self.session.listen(16000)

    @invariant()
    def resuming_gives_an_equal_state(self) -> None:
        assert CallState.of(self.desk.journal.read("c1")) == self.session.state

    @invariant()
    def every_character_belongs_to_one_appeal(self) -> None:
        state = self.session.state
        for utterance in state.utterances:
            parts = utterance.allotted
            assert [parts[0].start, *(p.end for p in parts)] == [*(p.start for p in parts), len(utterance.text)]
            assert set(utterance.appeals) <= set(state.live_appeals())

    @invariant()
    def at_most_three_answer_cards_are_open(self) -> None:
        for appeal in self.session.state.appeals.values():
            assert len(appeal.open_for(Slot.ANSWER)) <= 3

    @invariant()
    def a_settled_slot_is_not_open(self) -> None:
        for appeal in self.session.state.appeals.values():
            assert not {suggestion.slot for suggestion in appeal.open.values()} & appeal.confirmed.keys()

    @invariant()
    def an_emergency_is_flagged_once(self) -> None:
        events = [record.event for record in self.desk.journal.read("c1")]
        flags = [event.category for event in events if isinstance(event, UrgencyFlagged)]
        assert len(flags) == len(set(flags))

    @invariant()
    def every_filed_value_has_its_decision(self) -> None:
        for filed in self.session.state.orders.values():
            for slot in ("department", "kind", "title", "summary"):
                confirmed = getattr(filed.order, slot)
                assert self.session.state.decisions[confirmed.decision_id].value == confirmed.value


def test_whatever_people_do_the_call_stays_in_order() -> None:
    run_state_machine_as_test(
        AnyCall,
        settings=settings(
            max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )
