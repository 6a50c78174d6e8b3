"""What putting misheard names right brings, and how often it changes what was right.

    python -m benchmarks.sound_correction [--calls FILE] [--kept FOLDER | --no-recogniser]
                                          [--clean FILE FIELD] [--more-names FILE FIELD]

* Names that callers said (terms of three characters and more of the library, catalogue and gazetteer in force) and that
  stand in the text: as the recogniser heard the calls at 16 and 8 kHz, and as it is read. A correction is right where
  the speaker really said that name.
* The same for questions of the sample with 10, 20 and 35 % of their characters replaced by homophones.
* Places of the calls' appeals that are drafted, from what was heard and from what it is read as.
* Departments of the sample's appeals, ranked by character TF-IDF and a linear SVM (five folds by near-duplicate group),
  as written, misheard, and with the names put right.
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
from dataclasses import replace
from pathlib import Path

import numpy as np

from copilot.assembly import City, assemble_city, assemble_speech
from copilot.call import Reading, Speaker, Utterance
from copilot.drafting.put_right import heard_places
from copilot.settings import Settings, load_settings
from evaluation import sample
from evaluation.calls.gold_calls import GoldCall, load_calls
from evaluation.calls.heard_names import Names
from evaluation.calls.speech import hear
from evaluation.homophones import Homophones
from knowledge_base.sounds_alike.sound_correction import SoundCorrector
from knowledge_base.sounds_alike.spoken_terms import named_weight, spoken_terms
from knowledge_base.tables import read_csv, read_jsonl
from models.hearing.audio import by_speaker, read_recording

RATES = (0.1, 0.2, 0.35)
SEEDS = (0, 1, 2)
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=Path, default=sample.path("calls/calls.jsonl"))
    parser.add_argument("--clean", nargs=2, action="append", default=[], metavar=("FILE", "FIELD"))
    parser.add_argument("--kept", type=Path, default=Path("var/cache/heard"))
    parser.add_argument("--more-names", nargs=2, metavar=("FILE", "FIELD"), help="names of a larger city")
    parser.add_argument("--no-recogniser", action="store_true")
    given = parser.parse_args()
    settings = load_settings()
    city = assemble_city(settings)
    terms = spoken_terms(city.library.passages(), city.catalogue, city.gazetteer)
    if given.more_names:
        more = set(_column(Path(given.more_names[0]), given.more_names[1]))
        terms |= dict.fromkeys(more, named_weight(len(more)))
    began = time.process_time()
    corrector = SoundCorrector(terms)
    print(f"{len(terms)} terms, made in {time.process_time() - began:.1f} s of processor time")
    if not given.no_recogniser:
        for telephone in (False, True):
            calls(settings, given.calls, given.kept, city, corrector, terms, telephone=telephone)
    simulated(city, corrector, terms)
    routed(city, corrector)
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
    return [
        replace(utterance, readings=tuple(Reading(m.start, m.end, m.term) for m in corrector.misheard(utterance.text)))
        for utterance in said
    ]


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
    misheard = [homophones.misheard(text, RATES[1], seed=9) for text in texts]
    began = time.process_time()
    for text in misheard:
        corrector.misheard(text)
    each = (time.process_time() - began) / len(misheard) * 1000
    print(f"questions, {RATES[1]:.0%} misheard  {each:.2f} ms of processor time each")


def routed(city: City, corrector: SoundCorrector) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 - with its model
    from sklearn.model_selection import GroupKFold  # noqa: PLC0415 - as above
    from sklearn.svm import LinearSVC  # noqa: PLC0415 - as above

    rows = read_csv(sample.appeals(), ["text", "dept_label", "dup_group"])
    texts, labels = [row["text"] for row in rows], np.array([row["dept_label"] for row in rows])
    folds = list(GroupKFold(5).split(texts, labels, [row["dup_group"] for row in rows]))
    homophones = Homophones([*texts, *(article.text for article in city.library.articles)])
    for rate in RATES:
        heard = [homophones.misheard(text, rate, seed=7) for text in texts]
        ways = {"written": texts, "heard": heard, "read": [corrector.read(text) for text in heard]}
        right = {way: np.zeros(len(texts), np.bool_) for way in ways}
        for train, test in folds:
            grams = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
            model = LinearSVC().fit(grams.fit_transform([texts[i] for i in train]), labels[train])
            for way, said in ways.items():
                right[way][test] = model.predict(grams.transform([said[i] for i in test])) == labels[test]
        better, worse = int((right["read"] & ~right["heard"]).sum()), int((right["heard"] & ~right["read"]).sum())
        shares = "  ".join(f"{way} {found.mean():.3f}" for way, found in right.items())
        print(f"department, {rate:.0%} misheard  {shares}  of {len(texts)} appeals;  better {better}, worse {worse}")


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


if __name__ == "__main__":
    main()
