"""A small city, and what is drafted of something said there."""

from __future__ import annotations

from datetime import date
from typing import Any

from copilot.appeal import Situation
from copilot.call import Speaker, Utterance
from copilot.drafting import DraftingAdvisor
from copilot.suggestion import Slot, Suggestion
from knowledge_base.gazetteer import District, Gazetteer

CITY = Gazetteer(
    "云川市",
    (
        District("临湖区", ("望湖街道", "翠堤街道")),
        District("石桥区", ("老城街道", "新华街道")),
        District("高新区", ("科苑街道",)),
        District("云溪县", ("青石镇",)),
    ),
)
FRIDAY = date(2026, 11, 20)


def situation(*said: str) -> Situation:
    """Utterances in order; those that begin with "座席：" are the agent's."""
    utterances = [
        Utterance(
            str(i),
            Speaker.AGENT if text.startswith("座席：") else Speaker.CITIZEN,
            text.removeprefix("座席："),
            float(i),
            i + 0.9,
            "1",
        )
        for i, text in enumerate(said)
    ]
    return Situation("1", tuple(utterances), FRIDAY, "云川市")


def drafts(advisor: DraftingAdvisor, *said: str) -> dict[Slot, Suggestion[Any]]:
    return {s.slot: s for s in advisor.advise(situation(*said))}


def best(advisor: DraftingAdvisor, slot: Slot, *said: str) -> Any:
    found = drafts(advisor, *said).get(slot)
    return None if found is None else found.best.value
