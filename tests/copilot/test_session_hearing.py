from __future__ import annotations

import pytest
from session_parts import DAY, NOON, QUIET, Desk, events, make_desk, said, suggest

from copilot.call import Speaker, Utterance
from copilot.errors import CallIsOver, Conflict
from copilot.events import AppealOpened, Recorded, UrgencyFlagged
from copilot.overhearing import Interim
from copilot.session import CallSession
from copilot.suggestion import Slot, Verdict

# -- hearing -----------------------------------------------------------------------------------------------------------


def test_a_call_begins_with_one_appeal_and_nothing_said(desk: Desk) -> None:
    assert list(desk.session.state.appeals) == ["1"]
    assert desk.session.state.utterances == []
    assert [record.seq for record in desk.journal.read("c1")] == [1, 2]


def test_interim_text_is_shown_and_not_recorded(desk: Desk) -> None:
    assert desk.hear("我家停", final=False) == [Interim(Speaker.CITIZEN, "我家停", 0.0, 1.0)]
    assert len(desk.journal.read("c1")) == 2


def test_a_finished_sentence_is_recorded_before_it_is_shown(desk: Desk) -> None:
    shown = desk.hear("我家停水了")
    assert shown == desk.journal.read("c1", after=2)
    assert desk.session.state.utterances == [Utterance("u1", Speaker.CITIZEN, "我家停水了", 0.0, 1.0, "1")]


def test_each_speaker_is_heard_by_a_recogniser_of_their_own(desk: Desk) -> None:
    desk.hear("您好", Speaker.AGENT)
    desk.hear("我家停水了")
    assert len(desk.speech.made) == 2
    assert [u.speaker for u in desk.session.state.utterances] == [Speaker.AGENT, Speaker.CITIZEN]


def test_a_recogniser_takes_up_where_its_channel_was_left(desk: Desk) -> None:
    desk.session.listen(8000, {Speaker.CITIZEN: 12.5})
    made = dict(zip(Speaker, desk.speech.made[-2:], strict=True))
    assert made[Speaker.CITIZEN][:2] == (8000, 12.5)
    assert made[Speaker.AGENT][:2] == (8000, 0.0)


def test_sound_before_its_format_is_refused() -> None:
    desk = make_desk()
    session = CallSession.resume(desk.copilot, desk.journal, "c1")
    with pytest.raises(Conflict, match="Send the audio format first"):
        session.hear(Speaker.CITIZEN, QUIET, NOON)


def test_what_was_said_last_is_kept_when_somebody_hangs_up(desk: Desk) -> None:
    desk.speech.of(Speaker.CITIZEN).last = [said("谢谢")]
    shown = events(desk.session.hang_up(61.5, NOON))
    assert [type(record.event).__name__ for record in shown] == ["UtteranceHeard", "CallEnded"]
    assert desk.session.state.ended
    assert desk.session.hang_up(61.5, NOON) == []


def test_after_the_call_nothing_is_heard_but_deciding_and_filing_go_on(desk: Desk) -> None:
    desk.advisor.suggestions = [suggest(Slot.TITLE, "停水")]
    desk.advise()
    desk.session.hang_up(10.0, NOON)
    for attempt in (
        lambda: desk.session.hear(Speaker.CITIZEN, QUIET, NOON),
        lambda: desk.session.listen(16000),
        lambda: desk.session.open_appeal(NOON),
    ):
        with pytest.raises(CallIsOver, match="can still be decided"):
            attempt()
    desk.decide(Slot.TITLE, Verdict.ACCEPT, "s1")
    desk.fill_all()
    assert desk.session.file("1", "r1", "agent.li", NOON).number == "YC-20261102-0001"


# -- emergencies -------------------------------------------------------------------------------------------------------


def test_an_emergency_is_flagged_on_interim_text_and_once(desk: Desk) -> None:
    first, interim = desk.hear("有煤气味", final=False)
    assert isinstance(first, Recorded)
    assert isinstance(first.event, UrgencyFlagged)
    assert (first.event.category, first.event.transfer_to, first.event.heard_at) == ("燃气", "119", 1.0)
    assert isinstance(interim, Interim)
    later = desk.hear("有煤气味很浓", final=False) + desk.hear("家里有煤气味") + desk.hear("还是煤气味")
    assert not any(isinstance(record.event, UrgencyFlagged) for record in events(later))


def test_a_second_kind_of_emergency_is_flagged_too(desk: Desk) -> None:
    desk.hear("有煤气味", final=False)
    shown = events(desk.hear("着火了"))
    assert [type(record.event).__name__ for record in shown] == ["UrgencyFlagged", "UtteranceHeard"]
    assert desk.session.state.urgent == {"燃气", "火灾"}


def test_two_emergencies_in_one_sentence_are_both_flagged_though_one_was_known(desk: Desk) -> None:
    desk.hear("有煤气味", final=False)
    shown = events(desk.hear("有煤气味，我妈昏迷了"))
    flagged = [record.event for record in shown if isinstance(record.event, UrgencyFlagged)]
    assert [(flag.category, flag.transfer_to) for flag in flagged] == [("伤病", "120")]


def test_an_agent_who_names_an_emergency_does_not_raise_one(desk: Desk) -> None:
    shown = desk.hear("您是闻到煤气味吗", Speaker.AGENT)
    assert not any(isinstance(record.event, UrgencyFlagged) for record in events(shown))


def test_an_emergency_in_the_sentence_that_opens_another_matter_belongs_to_that_matter(desk: Desk) -> None:
    desk.hear("我家停水了")
    shown = desk.hear("还有一件事，有煤气味", final=False)
    opened, flag = events(shown)
    assert isinstance(opened.event, AppealOpened)
    assert isinstance(flag.event, UrgencyFlagged)
    assert flag.event.appeal_id == opened.event.appeal_id == "2"
    desk.hear("还有一件事，有煤气味很浓")
    assert list(desk.session.state.appeals) == ["1", "2"]
    assert desk.session.state.utterances[-1].appeal_id == "2"


# -- several appeals ---------------------------------------------------------------------------------------------------


def test_a_citizen_who_turns_to_another_matter_opens_an_appeal(desk: Desk) -> None:
    desk.hear("我家停水了")
    shown = events(desk.hear("还有一件事，路灯不亮"))
    assert [type(record.event).__name__ for record in shown] == ["AppealOpened", "UtteranceHeard"]
    assert desk.session.state.utterances[-1].appeal_id == "2"
    assert desk.session.state.current_appeal == "2"


def test_the_first_matter_of_a_call_needs_no_cue(desk: Desk) -> None:
    desk.hear("还有一件事，路灯不亮")
    assert list(desk.session.state.appeals) == ["1"]


def test_an_advisor_sees_one_appeal_only(desk: Desk) -> None:
    desk.hear("我家停水了")
    desk.hear("请讲", Speaker.AGENT)
    desk.advise("还有一件事，路灯不亮")
    situation = desk.advisor.seen[-1]
    assert situation.citizen_text == "还有一件事，路灯不亮"
    assert (situation.day, situation.area) == (DAY, "云川市")


def test_an_agent_may_open_an_appeal_by_hand(desk: Desk) -> None:
    desk.session.open_appeal(NOON)
    desk.hear("路灯不亮")
    assert desk.session.state.utterances[-1].appeal_id == "2"
