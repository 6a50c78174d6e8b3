"""A recogniser and advisors that follow a script, so that a whole call can be told in numbers.

The sound of a sentence is a constant: a run of samples of value ``n`` is somebody saying ``SENTENCES[n]``, and 0.3 s of
silence ends it. So bytes that slip by one, channels that are mixed up and offsets that are wrong are heard as such.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from copilot.appeal import AppealKind, Situation
from copilot.call import Hypothesis
from copilot.suggestion import Choice, Citation, Reason, Slot, Suggestion
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.gazetteer import District, Gazetteer

SENTENCES = {
    1: "您好云川市热线",
    2: "我想问办居住证要带什么材料",
    3: "我的电话是13812345678",
    4: "我家里闻到煤气味",
    5: "还有一件事路灯坏了",
    60: "这句话让识别器出错",
    61: "这句话让建议出错",
}
UNKNOWN = "听不清"
SILENCE_S = 0.3


class ScriptedRecognizer:
    def __init__(self, engine: ScriptedEngine, rate: int, offset: float) -> None:
        self._engine = engine
        self._rate = rate
        self._at = offset
        self._saying = 0
        self._start = self._end = offset
        self._silent = 0.0

    def accept(self, samples: np.ndarray) -> list[Hypothesis]:
        self._engine.open_door.wait(20)
        heard: list[Hypothesis] = []
        edges = [0, *(np.flatnonzero(np.diff(samples)) + 1), len(samples)] if len(samples) else []
        for first, last in pairwise(edges):
            heard += self._run(int(samples[first]), (last - first) / self._rate)
        return heard

    def _run(self, value: int, seconds: float) -> list[Hypothesis]:
        begin, self._at = self._at, self._at + seconds
        if value == 60:
            raise RuntimeError(SENTENCES[60])
        if value == 0:
            self._silent += seconds
            return self.finish() if self._saying and self._silent >= SILENCE_S else []
        heard = self.finish() if self._saying not in (0, value) else []
        if not self._saying:
            self._saying, self._start = value, begin
        self._silent, self._end = 0.0, self._at
        text = SENTENCES.get(value, UNKNOWN)
        return [*heard, Hypothesis(text[:-1], self._start, self._end, final=False)]

    def finish(self) -> list[Hypothesis]:
        if not self._saying:
            return []
        said = Hypothesis(SENTENCES.get(self._saying, UNKNOWN), round(self._start, 3), round(self._end, 3), final=True)
        self._saying, self._silent = 0, 0.0
        return [said]


class ScriptedEngine:
    version = "scripted 1"

    def __init__(self) -> None:
        self.open_door = threading.Event()
        self.open_door.set()
        self.made: list[tuple[int, float]] = []

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> ScriptedRecognizer:
        self.made.append((sample_rate, offset))
        return ScriptedRecognizer(self, sample_rate, offset)


CITATION = Citation(
    passage_id="residence#2",
    article_id="residence",
    title="云川市居住证办理规定",
    heading="第二条",
    document_number="云政发〔2024〕12号",
    issuer="云川市人民政府",
    owner="市公安局",
    effective_from=date(2024, 1, 1),
    effective_to=None,
    quote="申领居住证应当提交身份证和住所证明，咨询电话057112345678。",
    highlight=((0, 5),),
)


class ScriptedAdvisor:
    """Knows residence permits and telephone numbers."""

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        text = situation.citizen_text
        if SENTENCES[61] in text:
            raise RuntimeError(text)
        made: list[Suggestion[Any]] = []
        if "居住证" in text or "路灯" in text:
            police = Choice("市公安局", 0.83, (Reason("words", "居住证"),))
            other = Choice("市城管局", 0.1, (Reason("duty", "路灯"),))
            made.append(Suggestion(Slot.DEPARTMENT, (police, other), {"router": "scripted"}))
            made.append(Suggestion(Slot.KIND, (Choice(AppealKind.ENQUIRY, 0.9),)))
            made.append(Suggestion(Slot.TITLE, (Choice("咨询居住证", 0.9),)))
            made.append(Suggestion(Slot.SUMMARY, (Choice(text, 0.9),)))
            made.append(Suggestion(Slot.ANSWER, (Choice(CITATION, 0.9),)))
        if "13812345678" in text:
            made.append(Suggestion(Slot.TELEPHONE, (Choice("13812345678", 0.99),)))
        return made


@dataclass(frozen=True)
class Sign:
    phrase: str
    category: str
    transfer_to: str
    advice: str


class ScriptedEmergencies:
    def signs(self, text: str) -> list[Any]:
        return [Sign("煤气", "燃气", "119", "请打开门窗")] if "煤" in text else []


class ScriptedRetriever:
    def __init__(self) -> None:
        self.versions = {"index": "scripted", "library": "1"}

    def search(
        self, query: str, *, day: date, area: str | None, limit: int = 3, typed: bool = False, marking: str = ""
    ) -> list[Any]:
        return []


class ScriptedClassifier:
    version = "scripted router"


CATALOGUE = ResponsibilityCatalogue(
    "catalogue-1",
    (
        Department("市公安局", (Duty("居住证"),), "云川市", aliases=("公安局",)),
        Department("市城管局", (Duty("路灯"),), "云川市"),
        Department("旧城建局", (Duty("城建"),), "云川市", effective_to=date(2020, 1, 1)),
    ),
)
GAZETTEER = Gazetteer("云川市", (District("临湖区", ("望湖街道",)),))


def sound(*runs: tuple[int, float], rate: int = 8000) -> np.ndarray:
    """One channel: (what is said, for how many seconds) one after another; 0 is silence."""
    return np.concatenate([np.full(int(seconds * rate), value, dtype="<i2") for value, seconds in runs])


def stereo(citizen: np.ndarray, agent: np.ndarray | None = None) -> bytes:
    """Interleaved bytes, the shorter channel filled up with silence."""
    agent = np.zeros(0, dtype="<i2") if agent is None else agent
    length = max(len(citizen), len(agent))
    both = np.zeros((length, 2), dtype="<i2")
    both[: len(citizen), 0] = citizen
    both[: len(agent), 1] = agent
    return both.tobytes()
