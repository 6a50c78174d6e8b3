"""How well and how soon a recogniser hears, measured through the same streaming path that a call takes.

Error rates are counted in characters after one normalisation of both texts: NFKC, traditional → simplified, numerals as
digits, punctuation and spaces off. Times are virtual: each chunk arrives when a paced caller would send it, what the
recogniser does with it takes as long as it really takes, and late work delays what follows.
"""

from __future__ import annotations

import csv
import re
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from copilot.errors import BadInput
from copilot.ports import SpeechEngine
from models.errors import BadAudio
from models.hearing.audio import Recording, Samples, by_speaker, read_recording, resampled
from models.hearing.hypothesis import Hypothesis
from models.hearing.spoken_numbers import DIGIT_OF, digits
from models.hearing.spoken_text import simplified

TELEPHONE_RATE = 8000
CHUNK_SECONDS = 0.1
SILENCE_AFTER = 1.5


@dataclass(frozen=True, slots=True)
class Edits:
    """The cheapest way from the reference (of ``length`` characters) to what was heard."""

    length: int
    substitutions: int
    deletions: int
    insertions: int

    @property
    def errors(self) -> int:
        """All edits."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def rate(self) -> float:
        """Errors a reference character; 0 where the reference is empty and nothing was heard."""
        return self.errors / self.length if self.length else float(self.errors > 0)


@dataclass(frozen=True, slots=True)
class Heard:
    """One recording through the streaming path. Seconds."""

    text: str
    seconds: float
    busy: float
    busy_cpu: float
    first_update: tuple[float, ...]
    final_after_stop: tuple[float, ...]
    lag: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the manifest."""

    file: str
    path: Path
    text: str


@dataclass(frozen=True, slots=True)
class Scored:
    """One recording's result."""

    file: str
    edits: Edits
    heard: Heard = field(repr=False)


def canonical(text: str) -> str:
    """The characters that count: NFKC, simplified, lower case, numerals as digits, no punctuation, no spaces."""
    text = digits(simplified(unicodedata.normalize("NFKC", text)).replace(" ", ""))
    text = re.sub(r"(\d+)(万|亿)", lambda match: str(int(match[1]) * (10**4 if match[2] == "万" else 10**8)), text)
    text = "".join({**DIGIT_OF, "十": "10"}.get(character, character) for character in text)
    return "".join(character for character in text.casefold() if character.isalnum())


def edits(reference: str, heard: str) -> Edits:
    """Levenshtein alignment of two canonical texts; among the cheapest, the one with most substitutions."""
    row = [(j, 0, 0, j) for j in range(len(heard) + 1)]
    for i, wanted in enumerate(reference, start=1):
        before, row = row, [(i, 0, i, 0)]
        for j, got in enumerate(heard, start=1):
            cost, s, d, n = before[j - 1]
            same = (cost, s, d, n) if wanted == got else (cost + 1, s + 1, d, n)
            up, left = before[j], row[j - 1]
            gone = (up[0] + 1, up[1], up[2] + 1, up[3])
            added = (left[0] + 1, left[1], left[2], left[3] + 1)
            row.append(min(same, gone, added, key=lambda each: (each[0], -each[1])))
    _, s, d, n = row[-1]
    return Edits(len(reference), s, d, n)


def telephone(samples: Samples, rate: int) -> Samples:
    """The recording as a telephone delivers it: 300–3400 Hz, 8 kHz, G.711 A-law there and back (ITU-T G.711)."""
    from scipy.signal import butter, sosfiltfilt  # noqa: PLC0415 - half a second of imports

    narrow = resampled(samples, rate, TELEPHONE_RATE).astype(np.float64)
    band = butter(4, [300, 3400], "bandpass", fs=TELEPHONE_RATE, output="sos")
    passed = sosfiltfilt(band, narrow) if len(narrow) > 64 else narrow  # noqa: PLR2004 - the filter's own run-in
    return a_law_round_trip(np.clip(np.rint(passed), -32768, 32767).astype(np.int16))


def a_law_round_trip(samples: Samples) -> Samples:
    """What G.711 A-law leaves of 16-bit samples: 13 bits, in segments whose steps double."""
    magnitude = np.minimum(np.abs(samples.astype(np.int32)) >> 4, 2047)
    segment = np.maximum(0, np.floor(np.log2(np.maximum(magnitude, 1))).astype(np.int32) - 4)
    step = np.left_shift(1, segment)
    decoded = magnitude // step * step * 16 + step * 8
    heard: Samples = np.where(samples < 0, -decoded, decoded).astype(np.int16)
    return heard


def hear(engine: SpeechEngine, samples: Samples, rate: int, *, chunk: float = CHUNK_SECONDS) -> Heard:
    """Send one speaker's channel through the streaming path in paced chunks, with silence after it as in a call."""
    recognizer = engine.recognizer(rate)
    silent = np.zeros(int(SILENCE_AFTER * rate), np.int16)
    stream = np.concatenate([samples, silent])
    size = max(1, int(chunk * rate))
    arrived = [stream[at : at + size] for at in range(0, len(stream), size)]
    seen = _Timeline()
    for index, piece in enumerate(arrived):
        seen.run(min((index + 1) * size, len(stream)) / rate, lambda piece=piece: recognizer.accept(piece))  # type: ignore[misc]
    seen.run(len(stream) / rate, recognizer.finish)
    return Heard(
        "".join(seen.finals),
        len(samples) / rate,
        seen.busy,
        seen.busy_cpu,
        tuple(seen.first_update),
        tuple(seen.final_after_stop),
        tuple(seen.lag),
    )


class _Timeline:
    """The virtual clock of one stream and what was read off it."""

    def __init__(self) -> None:
        self.finals: list[str] = []
        self.first_update: list[float] = []
        self.final_after_stop: list[float] = []
        self.lag: list[float] = []
        self.busy = self.busy_cpu = self._free_at = 0.0
        self._updated = False

    def run(self, arrival: float, work: Callable[[], list[Hypothesis]]) -> None:
        began, began_cpu = time.perf_counter(), time.process_time()
        said = work()
        took = time.perf_counter() - began
        self.busy += took
        self.busy_cpu += time.process_time() - began_cpu
        self._free_at = max(self._free_at, arrival) + took
        self.lag.append(self._free_at - arrival)
        for hypothesis in said:
            self._note(hypothesis)

    def _note(self, hypothesis: Hypothesis) -> None:
        if not self._updated:
            self.first_update.append(self._free_at - hypothesis.start)
        self._updated = not hypothesis.final
        if hypothesis.final:
            self.finals.append(hypothesis.text)
            self.final_after_stop.append(self._free_at - hypothesis.end)


def read_manifest(path: Path) -> list[Sample]:
    """Rows of a TSV with the columns ``file`` (relative to the manifest) and ``text``; other columns are ignored.

    Raises:
        BadInput: no such file, no such column, no row, or a recording that is not there.
    """
    if not path.is_file():
        raise BadInput(f"There is no manifest {path}. Give a TSV file with the columns file and text.")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        lines = path.read_text(encoding="gb18030", errors="replace").splitlines()
    rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [name for name in ("file", "text") if name not in (rows.fieldnames or [])]
    if missing:
        raise BadInput(
            f"The manifest {path} has no column {' and no column '.join(missing)}. "
            "Its first line must name them, tabs between."
        )
    samples = [Sample(row["file"], path.parent / row["file"], row["text"] or "") for row in rows if row["file"]]
    if not samples:
        raise BadInput(f"The manifest {path} names no recording. Add a row for each file.")
    gone = [sample.file for sample in samples if not sample.path.is_file()]
    if gone:
        raise BadInput(
            f"{len(gone)} of {len(samples)} recordings of the manifest are missing, first {gone[0]}. "
            "Paths are relative to it."
        )
    return samples


def score(engine: SpeechEngine, samples: Iterable[Sample], *, as_telephone: bool = False) -> Iterator[Scored]:
    """Hear each recording (one channel) and compare it with its text. Raises BadAudio naming the file at fault."""
    for sample in samples:
        try:
            scored = _score_one(engine, sample, as_telephone=as_telephone)
        except BadAudio as error:
            raise BadAudio(f"{sample.file}: {error}") from error
        yield scored


def _score_one(engine: SpeechEngine, sample: Sample, *, as_telephone: bool) -> Scored:
    recording = read_recording(sample.path)
    sound, rate = _only_voice(recording), recording.sample_rate
    if as_telephone:
        sound, rate = telephone(sound, rate), TELEPHONE_RATE
    heard = hear(engine, sound, rate)
    return Scored(sample.file, edits(canonical(sample.text), canonical(heard.text)), heard)


def _only_voice(recording: Recording) -> Samples:
    """The channel of a recording of one speaker, who may be on both channels. Raises BadAudio where two differ."""
    try:
        return by_speaker(recording, "citizen")["citizen"]
    except BadAudio as error:  # its advice is for a command with --mono
        raise BadAudio(
            "The file has two different channels, and one text says what one speaker said. "
            "Export the channel that the text belongs to."
        ) from error


def summary(scored: Sequence[Scored], *, seed: int = 0, resamples: int = 1000) -> dict[str, object]:
    """All recordings together: error rate with its 95 % bootstrap interval over recordings, and the times.

    Of a single recording the interval is ``None``: nobody knows how others would differ. Raises BadInput without sound.
    """
    errors = np.array([each.edits.errors for each in scored], float)
    lengths = np.array([each.edits.length for each in scored], float)
    draws = np.random.default_rng(seed).integers(0, len(scored), (resamples, len(scored)))
    rates = errors[draws].sum(axis=1) / np.maximum(1.0, lengths[draws].sum(axis=1))
    seconds = sum(each.heard.seconds for each in scored)
    if not seconds:
        raise BadInput("None of these recordings holds any sound, so there is nothing to measure. Check the files.")
    return {
        "n": len(scored),
        "seconds": round(seconds, 1),
        "characters": int(lengths.sum()),
        "cer": round(float(errors.sum() / max(1.0, lengths.sum())), 4),
        "cer_ci95": [round(float(each), 4) for each in np.quantile(rates, [0.025, 0.975])] if len(scored) > 1 else None,
        "substitutions": sum(each.edits.substitutions for each in scored),
        "deletions": sum(each.edits.deletions for each in scored),
        "insertions": sum(each.edits.insertions for each in scored),
        "real_time_factor": round(sum(each.heard.busy for each in scored) / seconds, 3),
        "cpu_real_time_factor": round(sum(each.heard.busy_cpu for each in scored) / seconds, 3),
        "first_update": percentiles(each for one in scored for each in one.heard.first_update),
        "final_after_stop": percentiles(each for one in scored for each in one.heard.final_after_stop),
        "lag": percentiles(each for one in scored for each in one.heard.lag),
    }


def rows(scored: Sequence[Scored]) -> list[dict[str, object]]:
    """A line a recording, without what was said."""
    return [
        {
            "file": each.file,
            "cer": round(each.edits.rate, 4),
            **asdict(each.edits),
            "seconds": round(each.heard.seconds, 2),
        }
        for each in scored
    ]


def percentiles(values: Iterable[float]) -> dict[str, float | None]:
    """Median and 95th percentile in seconds; None where nothing was measured."""
    known: NDArray[np.float64] = np.array(list(values), float)
    if len(known) == 0:
        return {"p50": None, "p95": None}
    return {"p50": round(float(np.quantile(known, 0.5)), 3), "p95": round(float(np.quantile(known, 0.95)), 3)}
