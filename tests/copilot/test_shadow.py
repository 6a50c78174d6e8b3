"""A challenger in the shadow: what it is asked, what is recorded, and that a call never notices it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from routers import Label, Order

from copilot.appeal import Situation
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.challenge import RankedDepartment, RouterRanking
from copilot.codec import from_payload, to_payload, type_name
from copilot.events import (
    AppealOpened,
    CallStarted,
    ChallengerRanked,
    Event,
    Recorded,
    SuggestionDecided,
    SuggestionMade,
    UtteranceHeard,
)
from copilot.routers_in_use import RoutersInUse
from copilot.shadow import Shadow
from copilot.signing import SigningAdvisor
from copilot.state import CallState
from copilot.suggestion import Choice, Decision, Slot, Suggestion, Verdict

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)


@dataclass(frozen=True)
class Says:
    """A router with one opinion; none at all where it names nobody."""

    version: str
    department: str = ""

    def rank(self, text: str, limit: int = 3) -> Order:
        return Order((Label(self.department, 0.7),) if self.department else ())


class Raises:
    version = "broken"

    def rank(self, text: str, limit: int = 3) -> Order:
        raise RuntimeError(text)


class Speaks:
    """The department of its router, nothing where that names nobody; remembers what it was asked."""

    def __init__(self, router: Says | Raises) -> None:
        self.router = router
        self.seen: list[Situation] = []

    def advise(self, situation: Situation) -> Sequence[Suggestion[str]]:
        self.seen.append(situation)
        choices = tuple(Choice(c.label, c.probability) for c in self.router.rank(situation.citizen_text).choices)
        return [Suggestion(Slot.DEPARTMENT, choices, {"router": self.router.version})] if choices else []


def state_after(*events: Event) -> CallState:
    heard = Utterance("u1", Speaker.CITIZEN, "我家停水了", 0.0, 2.0, "1")
    call = Call("c1", Channel.TELEPHONE, "agent.li", DAY, "云川市")
    told = [CallStarted(call), AppealOpened("1", ""), UtteranceHeard(heard), *events]
    return CallState.of(Recorded("c1", seq, NOON, event) for seq, event in enumerate(told, start=1))


SHOWN = SuggestionMade(
    "s1", "1", Suggestion(Slot.DEPARTMENT, (Choice("市公安局", 0.6),), {"router": "old"}, abstained=True), (), 2.0
)


def routers(challenger: Says | Raises | None) -> RoutersInUse:
    return RoutersInUse(Speaks, Says("old", "市公安局"), challenger)  # type: ignore[arg-type]


def test_what_the_challenger_says_is_recorded_beside_what_was_shown() -> None:
    shadow = Shadow(routers(Says("new", "市水务局")))
    glance = shadow.glance(state_after(SHOWN), "1", 2.0)
    assert glance is not None
    assert shadow.rank(glance) == ChallengerRanked(
        "1",
        RouterRanking("old", (RankedDepartment("市公安局", 0.6),), abstained=True),
        RouterRanking("new", (RankedDepartment("市水务局", 0.7),), abstained=False),
        2.0,
    )


def test_silence_is_recorded_too_on_either_side() -> None:
    shadow = Shadow(routers(Says("new")))
    glance = shadow.glance(state_after(), "1", 2.0)
    assert glance is not None
    ranked = shadow.rank(glance)
    assert ranked is not None
    assert ranked.served == RouterRanking("old", (), abstained=True)
    assert ranked.challenger == RouterRanking("new", (), abstained=True)


def test_nothing_is_asked_without_a_challenger() -> None:
    assert Shadow(routers(None)).glance(state_after(SHOWN), "1", 2.0) is None


def test_once_a_person_has_decided_there_is_nothing_to_compare_any_more() -> None:
    decided = SuggestionDecided(Decision("d1", "1", Slot.DEPARTMENT, Verdict.ACCEPT, "s1", "市公安局", "agent.li"))
    assert Shadow(routers(Says("new", "市水务局"))).glance(state_after(SHOWN, decided), "1", 2.0) is None


def test_one_that_was_promoted_in_between_is_not_compared_with_itself() -> None:
    both = routers(Says("new", "市水务局"))
    glance = Shadow(both).glance(state_after(SHOWN), "1", 2.0)
    assert glance is not None
    both.replace(Says("newest", "市水务局"), Says("old", "市公安局"))
    assert Shadow(both).rank(glance) is None
    both.replace(Says("new", "市水务局"))
    assert Shadow(both).rank(glance) is None


def test_a_challenger_that_raises_is_for_its_caller_to_count() -> None:
    shadow = Shadow(routers(Raises()))
    glance = shadow.glance(state_after(SHOWN), "1", 2.0)
    assert glance is not None
    with pytest.raises(RuntimeError):
        shadow.rank(glance)


def test_a_suggestion_is_made_by_one_router_from_beginning_to_end() -> None:
    """The router is replaced between the two questions that an advisor asks it."""
    both: RoutersInUse

    class AsksTwice:
        def __init__(self, router: Says) -> None:
            self.router = router

        def advise(self, situation: Situation) -> Sequence[Suggestion[str]]:
            first = self.router.rank("a").choices[0]
            both.replace(Says("new", "市水务局"))
            second = self.router.rank("b").choices[0]
            choices = (Choice(first.label, 0.5), Choice(second.label, 0.5))
            return [Suggestion(Slot.DEPARTMENT, choices, {"router": self.router.version})]

    both = RoutersInUse(AsksTwice, Says("old", "市公安局"))  # type: ignore[arg-type]
    situation = state_after().situation("1")
    (before,), (after,) = both.advise(situation), both.advise(situation)
    assert ([c.value for c in before.choices], before.versions["router"]) == (["市公安局"] * 2, "old")
    assert ([c.value for c in after.choices], after.versions["router"]) == (["市水务局"] * 2, "new")
    assert both.version == "new"


def test_the_event_comes_back_from_the_journal_as_it_was() -> None:
    event = ChallengerRanked(
        "1",
        RouterRanking("old", (RankedDepartment("市公安局", 0.6), RankedDepartment("市水务局", 0.2)), abstained=False),
        RouterRanking("new", (), abstained=True),
        2.5,
    )
    assert from_payload(type_name(event), to_payload(event)) == event


def test_what_a_challenger_says_changes_nothing_in_the_call() -> None:
    ranked = ChallengerRanked("1", RouterRanking("old", (), True), RouterRanking("new", (), True), 2.0)
    before, after = state_after(SHOWN), state_after(SHOWN, ranked)
    assert after.seq == before.seq + 1
    after.seq = before.seq
    assert after == before


def test_every_suggestion_is_signed_with_router_index_and_catalogue() -> None:
    signing = SigningAdvisor(
        Speaks(Says("its own", "市公安局")), lambda: {"router": "r1", "index": "i1", "catalogue": "c1"}
    )
    (made,) = signing.advise(state_after().situation("1"))
    assert made.versions == {"router": "its own", "index": "i1", "catalogue": "c1"}
