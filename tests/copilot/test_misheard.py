from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from session_parts import CALL, NOON, QUIET, GasListener, Script, ScriptedSpeech, said

from copilot.appeal import Situation
from copilot.call import Part, Reading, Speaker, Utterance
from copilot.codec import from_payload, to_payload
from copilot.events import UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.misheard import MisheardNames
from copilot.ports import Copilot
from copilot.session import CallSession
from knowledge_base.sounds_alike.sound_correction import SoundCorrector


class Known(SoundCorrector):
    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        del said
        return ()


NAMES = MisheardNames(Known({"望湖街道": 5.0, "临湖区": 5.0}))
HEARD = "在林湖去，王湖街道。"


def utterance(text: str, **more: object) -> Utterance:
    said = Utterance("u1", Speaker.CITIZEN, text, 0.0, 1.0, "1", readings=NAMES.readings(text))
    return replace(said, **more)  # type: ignore[arg-type]


def test_the_words_stay_as_they_were_heard_and_what_they_are_read_as_stands_beside_them() -> None:
    said = utterance(HEARD)
    assert said.text == HEARD
    assert said.read_as == "在临湖区，望湖街道。"
    assert said.readings == (Reading(1, 4, "临湖区"), Reading(5, 9, "望湖街道"))


def test_each_appeal_keeps_the_readings_of_its_own_words() -> None:
    said = utterance(HEARD).allot([Part(0, 5, "1"), Part(5, 10, "2")])
    one, two = said.about("1"), said.about("2")
    assert one is not None
    assert two is not None
    assert (one.read_as, two.read_as) == ("在临湖区，", "望湖街道。")
    cut = utterance(HEARD).allot([Part(0, 7, "1"), Part(7, 10, "2")]).about("1")
    assert cut is not None
    assert cut.read_as == "在临湖区，王湖"  # half a name is not read as anything


def test_an_utterance_comes_back_from_the_journal_and_one_from_before_has_no_readings() -> None:
    event = UtteranceHeard(utterance(HEARD))
    payload = to_payload(event)
    assert from_payload("utterance_heard", payload) == event
    del payload["utterance"]["readings"]
    old = from_payload("utterance_heard", payload)
    assert isinstance(old, UtteranceHeard)
    assert old.utterance.readings == ()
    assert old.utterance.read_as == HEARD


def test_a_session_records_the_readings_of_what_it_hears_and_none_of_what_was_written() -> None:
    speech = ScriptedSpeech()
    copilot = Copilot(speech, (), GasListener(), corrector=NAMES)
    session = CallSession.begin(copilot, MemoryJournal(), CALL, NOON)
    session.listen(16_000)
    speech.of(Speaker.CITIZEN).pieces.append([said(HEARD)])
    session.hear(Speaker.CITIZEN, QUIET, NOON)
    session.read(HEARD, NOON)
    assert [u.read_as for u in session.state.utterances] == ["在临湖区，望湖街道。", HEARD]


def test_a_session_tells_its_recognisers_what_to_expect_as_the_talk_goes_on() -> None:
    told: list[tuple[str, ...]] = []

    class Eager(Script):
        def favour(self, names: Sequence[str]) -> None:
            told.append(tuple(names))

    class Engine(ScriptedSpeech):
        def recognizer(self, sample_rate: int, offset: float = 0.0) -> Script:
            script = Script() if self.made else Eager()  # the agent's recogniser cannot be told anything
            self.made.append((sample_rate, offset, script))
            return script

    class Echo:
        def names(self, said: Sequence[str]) -> tuple[str, ...]:
            return ("临湖区", *said)

    speech = Engine()
    copilot = Copilot(speech, (), GasListener(), corrector=NAMES, hotwords=Echo())
    session = CallSession.begin(copilot, MemoryJournal(), CALL, NOON)
    session.listen(16_000)
    speech.of(Speaker.CITIZEN).pieces.append([said(HEARD)])
    session.hear(Speaker.CITIZEN, QUIET, NOON)
    assert told == [("临湖区",), ("临湖区", "在临湖区，望湖街道。")]


def test_a_situation_can_be_read_both_ways() -> None:
    situation = Situation("1", (utterance(HEARD),), date(2026, 11, 2), "云川市")
    assert situation.citizen_text == HEARD
    assert situation.citizen_read_as == "在临湖区，望湖街道。"
