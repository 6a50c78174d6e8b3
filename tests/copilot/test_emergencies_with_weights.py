"""With real search over the sample city: what stands before an agent while somebody's life is at stake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from emergency_sentences import EMERGENCIES, lines

from copilot.assembly import Assembly, assemble
from copilot.call import Call, Channel
from copilot.city_time import city_day
from copilot.journal import MemoryJournal
from copilot.session import CallSession
from copilot.settings import Settings
from copilot.suggestion import Citation, Slot

pytestmark = pytest.mark.weights

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
WHAT_NOW = "我该怎么办啊"


@pytest.fixture(scope="module")
def assembly(built_city: Path, models_dir: Path) -> Assembly:
    return assemble(Settings(data_dir=built_city, models_folder=models_dir, _env_file=None))


def boards(assembly: Assembly, *said: str) -> Iterator[list[Citation]]:
    """The cards of a call after each of its sentences."""
    call = Call("c1", Channel.RECORDING, "agent.li", city_day(NOON), assembly.gazetteer.city)
    session = CallSession.begin(assembly.copilot, MemoryJournal(), call, NOON)
    for sentence in said:
        session.read(sentence, NOON)
        session.advise(session.state.utterances[-1], NOON)
        yield [card.best.value for card in session.state.appeals["1"].open_for(Slot.ANSWER).values()]


def test_no_emergency_brings_cards_of_two_articles(assembly: Assembly) -> None:
    seen = 0
    for sentence in (one for text in EMERGENCIES.values() for one in lines(text)):
        for cards in boards(assembly, sentence, WHAT_NOW):
            assert len({card.article_id for card in cards}) <= 1, sentence
            seen += bool(cards)
    assert seen > 50


@pytest.mark.parametrize("smell", ["楼道里煤气味好大", "喂喂我们楼道里有煤气", "屋里一股煤气味，我头晕"])
def test_whoever_smells_gas_is_told_first_not_to_go_back(assembly: Assembly, smell: str) -> None:
    *_, cards = boards(assembly, smell, WHAT_NOW)
    assert "不要返回" in cards[0].quote
