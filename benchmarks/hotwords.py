"""What it brings to tell a recogniser which names a call may bring up next.

    python -m benchmarks.hotwords [--calls FILE] [--rate 8k|16k] [--speech MANIFEST]

Each call is replayed twice through a session without advisors: as the recogniser hears by itself, and told the names
that :class:`knowledge_base.sounds_alike.hotwords.Hotwords` expects. Prints character errors, the names (as in
``benchmarks.sound_correction``) that stand in the text as heard and as read, and the number of utterances: words that
come from nowhere make utterances. ``--speech``: recordings on other subjects (TSV with ``file`` and ``text``), every
second one as a telephone delivers it, heard with one fixed list of names, of which none should be heard.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from copilot.assembly import City, assemble_city, assemble_corrector, assemble_speech
from copilot.call import Speaker
from copilot.ports import Copilot, Favouring, SpeechEngine
from copilot.settings import load_settings
from copilot.urgency_detector import UrgencyDetector
from evaluation import sample
from evaluation.calls.gold_calls import GoldCall, load_calls
from evaluation.calls.heard_names import Names
from evaluation.calls.replay import Replay, replay
from evaluation.calls.speech import TELEPHONE_RATE, canonical, edits, read_manifest, telephone
from knowledge_base.sounds_alike.hotwords import Hotwords
from knowledge_base.sounds_alike.sound_correction import SoundCorrector
from knowledge_base.sounds_alike.spoken_terms import spoken_terms
from models.hearing.audio import read_recording

DAY = date(2026, 11, 22)
SAID = ("我在{district}，想问一下公积金租房提取",)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=Path, default=sample.path("calls/calls.jsonl"))
    parser.add_argument("--rate", choices=["8k", "16k"], default="8k")
    parser.add_argument("--speech", type=Path)
    given = parser.parse_args()
    settings = load_settings()
    city, speech = assemble_city(settings), assemble_speech(settings)
    names = assemble_corrector(city)
    told = Copilot(speech, (), UrgencyDetector(), corrector=names, hotwords=names)
    alone = Copilot(speech, (), UrgencyDetector(), corrector=names)
    for title, copilot in (("alone", alone), ("told", told)):
        show(title, copilot, load_calls(given.calls), city, telephone_sound=given.rate == "8k")
    if given.speech:
        others(speech, given.speech, city)


def show(title: str, copilot: Copilot, calls: Sequence[GoldCall], city: City, *, telephone_sound: bool) -> None:
    terms = spoken_terms(city.library.passages(), city.catalogue, city.gazetteer)
    corrector, names = SoundCorrector(terms), Names()
    errors, length, utterances, busy, seconds = 0, 0, 0, 0.0, 0.0
    for call in calls:
        recording = read_recording(call.recording(telephone_sound))
        heard: Replay = replay(copilot, call, recording, DAY, city.gazetteer.city)
        busy, seconds = busy + heard.compute_s, seconds + 2 * recording.seconds
        for speaker in Speaker:
            texts = [utterance.text for utterance in heard.heard(speaker)]
            gold = canonical(call.said_by(speaker))
            errors, length = errors + edits(gold, canonical("".join(texts))).errors, length + len(gold)
            utterances += len(texts)
            names.add(call.said_by(speaker), texts, corrector, terms)
    print(f"{title:6} character errors {errors / length:.3f} of {length}  utterances {utterances}  {names.line()}")
    print(f"{title:6} real-time factor {busy / seconds:.3f} over {seconds:.0f} s of both channels", flush=True)


def others(speech: SpeechEngine, manifest: Path, city: City) -> None:
    hotwords = Hotwords(city.library.passages(), city.gazetteer)
    names = hotwords.names([said.format(district=city.gazetteer.districts[0].name) for said in SAID])
    errors, length, inserted, clips = {"alone": 0, "told": 0}, 0, 0, 0
    for clip in read_manifest(manifest)[::2]:
        recording = read_recording(clip.path)
        sound = telephone(recording.samples[:, 0], recording.sample_rate)
        gold, clips = canonical(clip.text), clips + 1
        length += len(gold)
        for way in errors:
            recognizer = speech.recognizer(TELEPHONE_RATE)
            if way == "told" and isinstance(recognizer, Favouring):
                recognizer.favour(names)
            silence = np.zeros(int(1.5 * TELEPHONE_RATE), np.int16)
            said = [*recognizer.accept(np.concatenate([sound, silence])), *recognizer.finish()]
            text = "".join(hypothesis.text for hypothesis in said if hypothesis.final)
            errors[way] += edits(gold, canonical(text)).errors
            inserted += way == "told" and any(name in text and name not in clip.text for name in names)
    rates = "  ".join(f"{way} {count / length:.3f}" for way, count in errors.items())
    print(f"other subjects: character errors {rates} of {length};  names heard from nowhere in {inserted} of {clips}")


if __name__ == "__main__":
    main()
