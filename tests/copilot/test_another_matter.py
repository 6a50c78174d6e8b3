"""One utterance about two matters, and a turn that nobody announced, through a whole session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from session_parts import CALL, DAY, NOON, Desk, GasListener, ScriptedAdvisor, ScriptedSpeech, make_desk

from copilot.call import Part, Speaker
from copilot.errors import BadInput
from copilot.events import AnotherMatterDeclined, AnotherMatterSuspected, AppealOpened, Recorded, UrgencyFlagged
from copilot.journal import MemoryJournal
from copilot.ports import Copilot, Likeness
from copilot.session import CallSession
from copilot.topics import DepartmentTopics


@dataclass(frozen=True)
class Ranked:
    label: str
    probability: float
    reasons: Sequence[object] = ()


@dataclass(frozen=True)
class Ranking:
    choices: Sequence[Ranked]
    abstained: bool = False
    likely: tuple[str, ...] = ()


class WordRouter:
    """Counts the words of each department."""

    version = "words"

    def __init__(self) -> None:
        self.words = {"市水务局": "水", "市城市管理局": "灯", "市交通运输局": "公交"}
        self.asked: list[str] = []

    def rank(self, text: str, limit: int = 3) -> Ranking:
        self.asked.append(text)
        counts = {name: text.count(word) for name, word in self.words.items() if word in text}
        total = sum(counts.values())
        ranked = [Ranked(name, n / total) for name, n in sorted(counts.items(), key=lambda item: -item[1])]
        return Ranking(ranked[:limit])


@pytest.fixture
def desk() -> Desk:
    speech, advisor, journal = ScriptedSpeech(), ScriptedAdvisor(), MemoryJournal()
    copilot = Copilot(speech, (advisor,), GasListener(), DepartmentTopics(WordRouter()))
    session = CallSession.begin(copilot, journal, CALL, NOON)
    session.listen(16000)
    return Desk(session, speech, advisor, journal, copilot)


def hints(desk: Desk, *said: str) -> list[AnotherMatterSuspected]:
    """What the copilot asks after each sentence of the citizen."""
    found: list[AnotherMatterSuspected] = []
    for text in said:
        desk.hear(text)
        made = desk.session.advise(desk.session.state.utterances[-1], NOON)
        found += [r.event for r in made if isinstance(r.event, AnotherMatterSuspected)]
    return found


LAMPS = ("我们楼下的路灯坏了好几盏", "晚上黑得很，灯一盏都不亮")


def test_one_utterance_about_two_matters_is_advised_on_for_both(desk: Desk) -> None:
    desk.hear("我有两件事，一是我家停水两天了，二是楼下的路灯不亮")
    (utterance,) = desk.session.state.utterances
    assert utterance.parts == (Part(0, 16, "1"), Part(16, 25, "2"))
    desk.session.advise(utterance, NOON)
    assert [s.citizen_text for s in desk.advisor.seen] == ["我有两件事，一是我家停水两天了，", "二是楼下的路灯不亮"]
    assert [(s.appeal_id, s.day) for s in desk.advisor.seen] == [("1", DAY), ("2", DAY)]
    assert desk.session.state.current_appeal == "2"


def test_a_written_message_is_taken_apart_as_well(desk: Desk) -> None:
    desk.session.read("1、我家停水两天了，没有人修。2、楼下的路灯不亮，晚上很黑。", NOON)
    assert desk.session.state.live_appeals() == ["1", "2"]
    with pytest.raises(BadInput, match="message is empty"):
        desk.session.read("  ", NOON)


def test_a_citizen_goes_back_to_the_first_matter_and_stays_there(desk: Desk) -> None:
    desk.hear("我家停水两天了")
    desk.hear("还有一件事，楼下的路灯不亮")
    desk.hear("刚才说的停水，什么时候来修")
    desk.hear("家里有老人")
    assert [u.appeal_id for u in desk.session.state.utterances] == ["1", "2", "1", "1"]
    desk.hear("有三盏都不亮")
    desk.hear("第三件事，公交太少")
    assert desk.session.state.utterances[-1].appeal_id == "3"


def test_an_emergency_in_the_second_half_belongs_to_the_second_matter(desk: Desk) -> None:
    desk.hear("我家停水两天了")
    desk.hear("停水的事快一点。还有一件事，楼道里有煤气味", final=False)
    assert desk.session.state.flags["燃气"].appeal_id == "2"
    desk.hear("停水的事快一点。还有一件事，楼道里有煤气味很浓")
    assert desk.session.state.live_appeals() == ["1", "2"]
    assert [p.appeal_id for p in desk.session.state.utterances[-1].parts] == ["1", "2"]


def test_who_still_names_a_thing_of_the_matter_has_not_turned_to_another(desk: Desk) -> None:
    assert hints(desk, "我家停水两天了，我是外地户口", "没有户口路灯管不管", "灯一盏都不亮，黑得很") == []


def test_a_turn_that_nobody_announced_is_asked_about_when_it_has_lasted(desk: Desk) -> None:
    assert hints(desk, "我家停水两天了", "水压也很低", LAMPS[0]) == []
    (hint,) = hints(desk, LAMPS[1])
    assert (hint.appeal_id, hint.utterance_id, hint.start, hint.cue) == ("1", "u3", 0, "")
    assert (hint.was, hint.now, hint.versions) == ("市水务局", "市城市管理局", {"router": "words"})
    assert desk.session.state.live_appeals() == ["1"]  # a person says so first
    assert hints(desk, "路灯是公家的吧") == []  # asked once


def test_a_question_that_was_answered_is_not_put_again(desk: Desk) -> None:
    (hint,) = hints(desk, "我家停水两天了", *LAMPS)
    desk.session.decline(AnotherMatterDeclined("d1", hint.hint_id, "agent.li"), NOON)
    assert hints(desk, "路灯一直没人修", "灯杆也歪了") == []


def test_who_answers_a_question_has_not_turned(desk: Desk) -> None:
    desk.hear("我家停水两天了")
    desk.hear("门口的路灯亮不亮？", Speaker.AGENT)
    assert hints(desk, *LAMPS) == []
    assert hints(desk, "灯也不知道怎么了") == []


@pytest.mark.parametrize("last", ["谢谢你啊", "水也是黑的"])
def test_a_single_sentence_or_one_that_comes_back_is_no_turn(desk: Desk, last: str) -> None:
    assert hints(desk, "我家停水两天了", LAMPS[0], last) == []


def test_words_that_may_announce_a_matter_are_asked_about_at_once(desk: Desk) -> None:
    desk.hear("我家停水两天了，水压也低，公交也停了")
    (hint,) = hints(desk, "好的，另外我还想问一下，灯和水和公交和灯的事")
    assert (hint.utterance_id, hint.start, hint.cue) == ("u2", 3, "另外我还想问")


def test_nothing_is_suspected_about_a_filed_appeal(desk: Desk) -> None:
    desk.hear("我家停水两天了")
    desk.fill_all()
    desk.session.file("1", "r1", "agent.li", NOON)
    assert hints(desk, *LAMPS) == []


def test_without_topics_nothing_is_suspected() -> None:
    desk = make_desk()
    assert hints(desk, "我家停水两天了", *LAMPS) == []


def test_departments_tell_topics_apart_only_where_both_are_sure() -> None:
    router = WordRouter()
    topics = DepartmentTopics(router)
    assert topics.compare("我家停水两天了", "楼下的路灯不亮").likeness is Likeness.OTHER
    assert topics.compare("我家停水两天了", "水压一直很低").likeness is Likeness.SAME
    assert topics.compare("我家停水两天了", "水和灯都有问题，灯坏了").likeness is Likeness.UNSURE
    assert topics.compare("我家停水两天了", "你好").likeness is Likeness.UNSURE
    assert topics.compare("我家停水两天了", "一件别的事情啊").likeness is Likeness.UNSURE
    assert router.asked.count("我家停水两天了") == 1


def test_the_opening_of_an_appeal_is_recorded_with_its_words(desk: Desk) -> None:
    desk.hear("我家停水两天了")
    shown = desk.hear("另外我要反映一下，楼下的路灯不亮")
    opened = [r.event for r in shown if isinstance(r, Recorded) and isinstance(r.event, AppealOpened)]
    assert [(event.appeal_id, event.cue) for event in opened] == [("2", "另外我要反映")]
    assert not any(isinstance(r.event, UrgencyFlagged) for r in shown if isinstance(r, Recorded))


def test_who_says_his_name_and_number_has_not_turned_to_another_matter(desk: Desk) -> None:
    turned = ("我们家水龙头水很黄", "水一直是黄的，水也不能喝")
    assert hints(desk, *LAMPS, "我姓水，水利的水", "我叫水生，电话13800001234，水生") == []
    assert len(hints(desk, *turned)) == 1
