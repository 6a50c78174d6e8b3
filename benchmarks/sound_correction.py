"""What putting misheard names right brings, and how often it changes what was right.

    python -m benchmarks.sound_correction [--calls FILE] [--clean FILE FIELD] [--kept FOLDER] [--no-recogniser]

* Names that callers said (terms of three characters and more of the library, catalogue and gazetteer in force) and that
  stand in the text: as the recogniser heard the calls at 16 and 8 kHz, and as it is read. A correction is right where
  the speaker really said that name.
* The same for questions of the sample with 10, 20 and 35 % of their characters replaced by homophones.
* Places of the calls' appeals that are drafted, from what was heard and from what it is read as.
* False corrections: sentences of correct texts in which anything is changed, of the sample and of ``--clean`` files
  (JSON lines or CSV with that field; several times).

What the recogniser hears is kept in ``--kept``, so that it listens once.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from copilot.assembly import City, assemble_city, assemble_speech
from copilot.call import Speaker, Utterance
from copilot.drafting.put_right import heard_places
from copilot.misheard import MisheardNames
from copilot.settings import Settings, load_settings
from evaluation import sample
from evaluation.gold_calls import GoldCall, load_calls
from evaluation.homophones import Homophones
from evaluation.speech import hear
from knowledge_base.sound_correction import SoundCorrector
from knowledge_base.spoken_terms import spoken_terms
from knowledge_base.tables import read_csv, read_jsonl
from models.audio import by_speaker, read_recording

RATES = (0.1, 0.2, 0.35)
SEEDS = (0, 1, 2)
_HAN = re.compile("[\u4e00-\u9fff]+")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_SHORTEST, _LONGEST = 3, 12


@dataclass
class Names:
    """Names that were said, found in the text as heard and as read; corrections that were right and others."""

    said: int = 0
    heard: int = 0
    read: int = 0
    right: int = 0
    other: int = 0
    places: Counter[str] = field(default_factory=Counter)

    def add(self, gold: str, texts: Sequence[str], corrector: SoundCorrector, terms: Mapping[str, float]) -> None:
        """Count one speaker's words against what they really said."""
        heard, read = "\n".join(texts), "\n".join(corrector.read(text) for text in texts)
        for term, count in Counter(_terms_in(gold, terms)).items():
            self.said += count
            self.heard += min(count, heard.count(term))
            self.read += min(count, read.count(term))
        changed = [found.term for text in texts for found in corrector.misheard(text)]
        self.right += sum(term in gold for term in changed)
        self.other += sum(term not in gold for term in changed)

    def line(self) -> str:
        """The shares with what they are of."""
        return (
            f"heard {self.heard / self.said:.3f}  read {self.read / self.said:.3f}  of {self.said} names;  "
            f"corrections right {self.right}, other {self.other}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=Path, default=sample.path("calls/calls.jsonl"))
    parser.add_argument("--clean", nargs=2, action="append", default=[], metavar=("FILE", "FIELD"))
    parser.add_argument("--kept", type=Path, default=Path("var/cache/heard"))
    parser.add_argument("--no-recogniser", action="store_true")
    given = parser.parse_args()
    settings = load_settings()
    city = assemble_city(settings)
    terms = spoken_terms(city.library.passages(), city.catalogue, city.gazetteer)
    began = time.process_time()
    corrector = SoundCorrector(terms)
    print(f"{len(terms)} terms, made in {time.process_time() - began:.1f} s of processor time")
    if not given.no_recogniser:
        for telephone in (False, True):
            calls(settings, given.calls, given.kept, city, corrector, terms, telephone=telephone)
    simulated(city, corrector, terms)
    for name, texts in clean(given.calls, given.clean):
        false(name, texts, corrector)


def calls(
    settings: Settings,
    path: Path,
    kept: Path,
    city: City,
    corrector: SoundCorrector,
    terms: Mapping[str, float],
    *,
    telephone: bool,
) -> None:
    names, rate = Names(), "8 kHz" if telephone else "16 kHz"
    placed: Counter[str] = Counter()
    for call, said in _heard(settings, path, kept, telephone=telephone):
        for speaker in Speaker:
            names.add(call.said_by(speaker), [u.text for u in said if u.speaker is speaker], corrector, terms)
        for way, utterances in (("heard", said), ("read", _read(said, corrector))):
            placed.update(_placed(call, utterances, city, way))
    print(f"calls at {rate:6}  {names.line()}")
    for part in ("district", "street"):
        if total := placed[f"{part} said"]:
            found = " ".join(f"{way} {placed[f'{part} {way}'] / total:.3f}" for way in ("heard", "read"))
            print(f"calls at {rate:6}  {part} drafted: {found}  of {total} appeals")


def _placed(call: GoldCall, utterances: Sequence[Utterance], city: City, way: str) -> Iterator[str]:
    choices = heard_places(city.gazetteer, utterances)
    first = choices[0].value if choices else None
    for appeal in call.appeals:
        for part in ("district", "street"):
            wanted = getattr(appeal.place, part)
            if wanted and way == "heard":
                yield f"{part} said"
            if wanted and first is not None and getattr(first, part) == wanted:
                yield f"{part} {way}"


def _read(said: Sequence[Utterance], corrector: SoundCorrector) -> list[Utterance]:
    names = MisheardNames(corrector)
    return [replace(utterance, readings=names.readings(utterance.text)) for utterance in said]


def _heard(
    settings: Settings, path: Path, kept: Path, *, telephone: bool
) -> Iterator[tuple[GoldCall, list[Utterance]]]:
    kept.mkdir(parents=True, exist_ok=True)
    speech = None
    for call in load_calls(path):
        file = kept / f"{path.parent.name}-{call.call_id}-{'8k' if telephone else '16k'}.json"
        if not file.is_file():
            speech = speech or assemble_speech(settings)
            recording = read_recording(call.recording(telephone))
            sounds = by_speaker(recording)
            said = {who: hear(speech, sounds[who], recording.sample_rate).text for who in sounds}
            file.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        told = json.loads(file.read_text(encoding="utf-8"))
        yield (
            call,
            [
                Utterance(f"{who}{n}", Speaker(who), text, 0.0, 0.0, "1")
                for who in told
                for n, text in enumerate(re.findall(r"[^。！？]+[。！？]?", told[who]))
            ],
        )


def simulated(city: City, corrector: SoundCorrector, terms: Mapping[str, float]) -> None:
    texts = [row["question"] for row in read_jsonl(sample.path("questions.jsonl"), ["question"])]
    homophones = Homophones([*texts, *(article.text for article in city.library.articles)])
    for rate in RATES:
        names = Names()
        for seed in SEEDS:
            for text in texts:
                names.add(text, [homophones.misheard(text, rate, seed)], corrector, terms)
        print(f"questions, {rate:.0%} misheard  {names.line()}")


def clean(calls_file: Path, files: Sequence[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    """Correct texts by name."""
    yield "sample questions", [r["question"] for r in read_jsonl(sample.path("questions.jsonl"), ["question"])]
    yield "sample appeals", [row["text"] for row in read_csv(sample.appeals(), ["text"])]
    yield "turns of the calls", [turn.text for call in load_calls(calls_file) for turn in call.turns]
    for file, name in files:
        yield file, list(_column(Path(file), name))


def _column(path: Path, name: str) -> Iterator[str]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from (row[name] for row in csv.DictReader(file))
    else:
        yield from (str(row[name]) for row in read_jsonl(path, [name]))


def false(name: str, texts: Sequence[str], corrector: SoundCorrector) -> None:
    sentences = [s for text in texts for s in _SENTENCE.findall(text)]
    began = time.process_time()
    changed = sum(bool(corrector.misheard(sentence)) for sentence in sentences)
    each = (time.process_time() - began) / len(sentences) * 1000
    print(
        f"changed {changed} of {len(sentences)} sentences ({changed / len(sentences):.2%}), {each:.2f} ms each: {name}"
    )


def _terms_in(text: str, terms: Mapping[str, float]) -> Iterator[str]:
    """The longest terms of three characters and more, from left to right."""
    for run in _HAN.findall(text):
        at = 0
        while at < len(run):
            lengths = range(min(_LONGEST, len(run) - at), _SHORTEST - 1, -1)
            length = next((n for n in lengths if run[at : at + n] in terms), 0)
            if length:
                yield run[at : at + length]
            at += length or 1


if __name__ == "__main__":
    main()
