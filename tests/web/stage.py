"""The real service on a stage: its database, sockets and pages, with a recogniser and advisors that follow a script.

The sound of a sentence is a constant: samples of value ``n`` are somebody saying sentence ``n`` of the script, and
silence ends it. So a desk that mixed up channels, rates or bytes, or lost a frame, would be seen on its own transcript.

To look at the desks: ``python tests/web/stage.py FOLDER PORT``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import uvicorn
from stage_script import (
    CATALOGUE,
    FEES,
    GAZETTEER,
    MATERIALS,
    NOISE,
    SECONDS,
    SENTENCES,
    TAXONOMY,
    TITLES,
    TURNS,
    one,
)

from api.app import create_app
from api.services import Services
from copilot.appeal import Situation
from copilot.call import Call, Channel, Hypothesis, Speaker
from copilot.ports import Copilot
from copilot.session import CallSession
from copilot.settings import Settings
from copilot.store import Store
from copilot.suggestion import Slot, Suggestion
from copilot.urgency_detector import UrgentSign
from knowledge_base.catalogue.in_force import CatalogueInForce

# Tests have the script from here too.
__all__ = ["FEES", "MATERIALS", "TAXONOMY", "TURNS", "one"]

RATE = 16000
NAME, PASSWORD = "yanshi01", "Lake-and-Cloud-7"


class Recognizer:
    """Hears constants."""

    def __init__(self, rate: int, offset: float) -> None:
        self._rate, self._at = rate, offset
        self._value, self._start, self._end = 0, offset, offset

    def accept(self, samples: np.ndarray) -> list[Hypothesis]:
        edges = [0, *(np.flatnonzero(np.diff(samples)) + 1), len(samples)] if len(samples) else []
        heard: list[Hypothesis] = []
        for first, last in pairwise(edges):
            heard += self._run(int(samples[first]), (last - first) / self._rate)
        return heard

    def _run(self, value: int, seconds: float) -> list[Hypothesis]:
        begin, self._at = self._at, self._at + seconds
        ended = self.finish() if self._value not in (0, value) else []
        if value == 0:
            return ended
        if not self._value:
            self._value, self._start = value, begin
        self._end = self._at
        text = self._text
        spoken = min(1.0, (self._end - self._start) / 1.0)
        return [*ended, Hypothesis(text[: max(1, int(spoken * len(text)))], self._start, self._end, final=False)]

    @property
    def _text(self) -> str:
        turn = SENTENCES.get(self._value)
        return turn.text if turn else f"听不清（{self._value}）"

    def finish(self) -> list[Hypothesis]:
        if not self._value:
            return []
        nothing = self._value == NOISE
        text = "" if nothing else self._text
        said = Hypothesis(text, round(self._start, 3), round(self._end, 3), final=not nothing)
        self._value = 0
        return [said]


class Engine:
    version = "stage"

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Recognizer:
        return Recognizer(sample_rate, offset)


class Advisor:
    """Proposes what the script has for the sentences of the appeal; for a slot, the latest."""

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        answers: list[Suggestion[Any]] = []
        slots: dict[Slot, Suggestion[Any]] = {}
        turns = {turn.text: turn for turn in SENTENCES.values()}
        for utterance in situation.utterances:
            for suggestion in turns[utterance.text].suggestions if utterance.text in turns else ():
                if suggestion.slot is Slot.ANSWER:
                    answers.append(suggestion)
                else:
                    slots[suggestion.slot] = suggestion
        return [*slots.values(), *answers]


class Emergencies:
    def signs(self, text: str) -> list[UrgentSign]:
        advice = "请来电人立即关阀、开窗、离开室内，不要开关电器；保持通话并转接消防。"
        return [UrgentSign("煤气味", "燃气泄漏", "119", advice)] if "煤气味" in text else []


def write_recordings(folder: Path) -> Path:
    """The script as sound: stereo FLAC, left citizen, right agent."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, turns in TURNS.items():
        sound = np.zeros((int(SECONDS[name] * RATE), 2), dtype=np.int16)
        for turn in turns:
            column = 0 if turn.speaker is Speaker.CITIZEN else 1
            sound[int(turn.start * RATE) : int(turn.end * RATE), column] = turn.value
        soundfile.write(folder / f"{name}.flac", sound, RATE, format="FLAC")
        told = [{"speaker": t.speaker.value, "start": t.start, "end": t.end, "text": t.text} for t in turns]
        rows.append(
            {
                "id": name,
                "title": TITLES[name],
                "seconds": SECONDS[name],
                "audio_16k": f"{name}.flac",
                "turns": told,
                "gold": {"appeals": []},
            }
        )
    (folder / "calls.jsonl").write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return folder


def write_evaluation(folder: Path) -> None:
    """Figures of a router, in the form in which ``hotline evaluate routing`` writes them."""
    folder.mkdir(parents=True, exist_ok=True)
    bins = [
        {"low": i / 10, "high": (i + 1) / 10, "count": 10 + i * i, "promised": i / 10 + 0.05, "observed": i / 10 + 0.03}
        for i in range(1, 10)
    ]
    curve = [
        {"coverage": i / 50, "precision": 1 - 0.138 * (i / 50) ** 3, "threshold": 1 - i / 50} for i in range(1, 51)
    ]
    classes = {
        department.name: {"support": 20 + 9 * i, "predicted": 20, "precision": 0.9, "recall": 0.8, "f1": 0.7 + 0.06 * i}
        for i, department in enumerate(CATALOGUE.departments)
    }
    report = {
        "n": 1180,
        "accuracy": 0.862,
        "macro_f1": 0.831,
        "top3": 0.957,
        "ece": 0.031,
        "coverage_at_95": 0.712,
        "precision_at_that_coverage": 0.95,
        "intervals": {"accuracy": [0.842, 0.881], "macro_f1": [0.8, 0.86], "top3": [0.944, 0.969], "ece": [0.02, 0.05]},
        "per_class": classes,
        "confusion": {"labels": [d.name for d in CATALOGUE.departments], "matrix": [[9, 2, 0, 1]] * 4},
        "reliability": bins,
        "coverage_curve": curve,
    }
    (folder / "evaluation.json").write_text(json.dumps(report, ensure_ascii=False), "utf-8")


def make_services(folder: Path) -> Services:
    """Everything under ``folder``; one account that has every desk."""
    store = Store(f"sqlite:///{folder / 'hotline.db'}")
    store.upgrade()
    store.accounts.add(NAME, "演示账号", ("agent", "dispatcher", "evaluator"), PASSWORD, datetime.now(UTC))
    settings = Settings(data_dir=folder, workers=2, _env_file=None)
    write_evaluation(settings.router_dir)
    return Services(
        settings=settings,
        store=store,
        copilot=Copilot(Engine(), (Advisor(),), Emergencies()),
        catalogue_in_force=CatalogueInForce(CATALOGUE),
        gazetteer=GAZETTEER,
        taxonomy=TAXONOMY,
        recordings=write_recordings(folder / "recordings"),
    )


def finished_call(services: Services, call_id: str = "c1", turns: int | None = None) -> str:
    """A call in which ``permit`` was said, advised on and hung up, without waiting for the sound; all ``turns`` of it,
    or the first ones alone.
    """
    call = Call(call_id, Channel.RECORDING, NAME, services.today, "云川市/临湖区", "permit")
    session = CallSession.begin(services.copilot, services.store.journal, call, services.now())
    session.listen(RATE)
    told = 0
    for turn in TURNS["permit"][:turns]:
        for speaker in Speaker:
            sound = np.zeros(RATE, dtype=np.int16)
            sound[:8000] = turn.value if speaker is turn.speaker else 0
            session.hear(speaker, sound, services.now())
        for utterance in session.state.utterances[told:]:
            session.advise(utterance, services.now())
        told = len(session.state.utterances)
    session.hang_up(5.0, services.now())
    return call_id


def unfinished_call(services: Services, call_id: str = "live1") -> str:
    """A call by telephone in which nothing was said yet."""
    call = Call(call_id, Channel.TELEPHONE, NAME, services.today, "云川市/临湖区")
    CallSession.begin(services.copilot, services.store.journal, call, services.now())
    return call_id


class Stage:
    """The running service, and what a test may do to it."""

    def __init__(self, services: Services, port: int = 0) -> None:
        self.services = services
        self.app = create_app(services)
        self.server = uvicorn.Server(
            uvicorn.Config(self.app, "127.0.0.1", port, log_level="warning", ws="websockets-sansio")
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    def break_sockets(self) -> int:
        """Cut every socket, as a network does; how many there were."""
        rooms = [call.room for call in self.app.state.rooms._open.values()]
        watchers = [watcher for room in rooms for watcher in room.watchers]
        for watcher in watchers:
            self.loop.call_soon_threadsafe(watcher.drop, "")
        return len(watchers)

    def say(self, call_id: str, text: str) -> None:
        """Let the citizen of a call that somebody looks at write something, in its turn."""
        room = self.app.state.rooms._open[call_id].room
        said = room.at_desk(lambda: room.session.read(text, self.services.now()))
        asyncio.run_coroutine_threadsafe(said, self.loop).result(60)

    def run(self, ready: threading.Event) -> None:
        async def serve() -> None:
            self.loop = asyncio.get_running_loop()
            serving = asyncio.ensure_future(self.server.serve())
            while not self.server.started and not serving.done():
                await asyncio.sleep(0.01)
            ready.set()
            await serving

        asyncio.run(serve())


@contextmanager
def staged(folder: Path, port: int = 0, furnish: Callable[[Services], Services] | None = None) -> Iterator[Stage]:
    """The service in a thread of this process until the block ends; ``furnish`` puts other parts on the stage."""
    services = make_services(folder)
    services = furnish(services) if furnish is not None else services
    stage = Stage(services, port)
    ready = threading.Event()
    thread = threading.Thread(target=stage.run, args=(ready,))
    thread.start()
    try:
        assert ready.wait(120)
        assert stage.server.started
        yield stage
    finally:
        stage.server.should_exit = True
        thread.join(120)
        services.store.close()


if __name__ == "__main__":
    with staged(Path(sys.argv[1]), int(sys.argv[2])) as shown:
        sys.stdout.write(f"{shown.url} {NAME} {PASSWORD}\n")
        sys.stdout.flush()
        threading.Event().wait()
