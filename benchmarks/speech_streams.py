"""How many telephone calls can this machine hear at once, and what memory do they take?

Every stream is one speaker of a shipped call at 8 kHz, sent as fast as it is understood; a stream that needs a tenth of
real time leaves room for ten. The number of streams grows within one run, so the ratios do not depend on what else the
machine did.

    python -m benchmarks.speech_streams --model FOLDER [--engine vosk] [--streams 1 2 4 8]
"""

from __future__ import annotations

import argparse
import os
import threading
import time
from pathlib import Path

import numpy as np

from copilot.ports import SpeechEngine
from evaluation import sample
from models.hearing.audio import Samples, by_speaker, read_recording
from models.vosk_recognizer import VoskEngine
from models.whisper_recognizer import WhisperEngine

RATE = 8000


def megabytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def voices(seconds: float) -> list[Samples]:
    """Citizens and agents in turn: each speaks about half of the time, as on a real line."""
    calls = sorted(sample.path("calls").glob("*.8k.flac"))
    found = [voice for path in calls for voice in by_speaker(read_recording(path)).values()]
    return [np.resize(voice, int(seconds * RATE)) for voice in found]


def listen(engine: SpeechEngine, voice: Samples) -> None:
    recognizer = engine.recognizer(RATE)
    for at in range(0, len(voice), RATE // 10):
        recognizer.accept(voice[at : at + RATE // 10])
    recognizer.finish()


def together(engine: SpeechEngine, sounds: list[Samples]) -> tuple[float, float]:
    """Wall and CPU seconds for all streams side by side."""
    threads = [threading.Thread(target=listen, args=(engine, sound)) for sound in sounds]
    began, began_cpu = time.perf_counter(), time.process_time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began, time.process_time() - began_cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--engine", choices=["whisper", "vosk"], default="whisper")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each stream")
    given = parser.parse_args()
    before = megabytes()
    cores = os.cpu_count() or 1
    engine = WhisperEngine(given.model, workers=cores) if given.engine == "whisper" else VoskEngine(given.model)
    print(f"{engine.version}: {megabytes() - before} MB to load, {cores} cores, {given.seconds:.0f} s a stream")
    print("streams   wall s    CPU s  CPU s a stream second  streams a core  memory MB")
    sounds = voices(given.seconds)
    for count in given.streams:
        wall, cpu = together(engine, [sounds[i % len(sounds)] for i in range(count)])
        factor = cpu / (count * given.seconds)
        print(f"{count:7d} {wall:8.1f} {cpu:8.1f} {factor:22.3f} {1 / factor:15.1f} {megabytes():10d}")


if __name__ == "__main__":
    main()
