"""``hotline transcribe FILE``: a recorded call as a transcript of two speakers, growing as it is understood."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.text import Text

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from copilot.ports import SpeechEngine
    from models.hearing.audio import Recording
    from models.hearing.hypothesis import Hypothesis

_CHUNK_SECONDS = 0.2
_NAMES = {"citizen": "来电人", "agent": "座席"}
_COLOURS = {"citizen": "cyan", "agent": "green"}


class Who(StrEnum):
    """Who is heard in a file with one channel."""

    CITIZEN = "citizen"
    AGENT = "agent"


def transcribe(
    file: Annotated[Path, typer.Argument(help="WAV, FLAC, OGG or MP3; left is the citizen, right the agent.")],
    mono: Annotated[Who | None, typer.Option(help="Who is heard in a file with one channel.")] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Also write the transcript here.")] = None,
) -> None:
    """Write down a recorded call, speaker by speaker, with times."""
    from models.hearing.audio import by_speaker, read_recording

    recording = read_recording(file)
    by_speaker(recording, mono)

    from api.cli.weights import prepared_speech
    from copilot.settings import load_settings

    engine = prepared_speech(load_settings())
    finals: list[tuple[str, Hypothesis]] = []
    interim: dict[str, Hypothesis] = {}
    with Live(console=console, transient=True, auto_refresh=False) as live:
        for speaker, hypothesis in _listen(engine, recording, mono):
            if hypothesis.final:
                finals.append((speaker, hypothesis))
                interim.pop(speaker, None)
                live.console.print(_line(speaker, hypothesis))
            else:
                interim[speaker] = hypothesis
            live.update(Group(*(_line(who, said) for who, said in interim.items() if said.text)), refresh=True)
    if not finals:
        console.print("No speech was found in the recording.")
    write_json(json, _as_json(file, recording, engine.version, finals))


def _listen(engine: SpeechEngine, recording: Recording, mono: str | None) -> Iterator[tuple[str, Hypothesis]]:
    """Both channels side by side in short chunks, as a live call brings them."""
    from models.hearing.audio import by_speaker

    rate = recording.sample_rate
    step = int(_CHUNK_SECONDS * rate)
    channels = by_speaker(recording, mono)
    recognizers = {speaker: engine.recognizer(rate) for speaker in channels}
    for at in range(0, len(recording.samples), step):
        for speaker, samples in channels.items():
            for hypothesis in recognizers[speaker].accept(samples[at : at + step]):
                yield speaker, hypothesis
    for speaker, recognizer in recognizers.items():
        for hypothesis in recognizer.finish():
            yield speaker, hypothesis


def _line(speaker: str, said: Hypothesis) -> Text:
    name = _NAMES[speaker] + "　" * (3 - len(_NAMES[speaker]))
    times = Text(f"{_clock(said.start)}–{_clock(said.end)}  ", style="dim")
    return (
        times + Text(name + " ", style=_COLOURS[speaker]) + Text(said.text, style="" if said.final else "bright_black")
    )


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


def _as_json(file: Path, recording: Recording, version: str, finals: list[tuple[str, Hypothesis]]) -> dict[str, object]:
    ordered = sorted(finals, key=lambda each: (each[1].start, each[0]))
    return {
        "file": file.name,
        "seconds": round(recording.seconds, 2),
        "engine": version,
        "utterances": [
            {"speaker": who, "start": round(said.start, 2), "end": round(said.end, 2), "text": said.text}
            for who, said in ordered
        ],
    }
