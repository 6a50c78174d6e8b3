from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from copilot.errors import BadInput
from evaluation.calls.speech import (
    SILENCE_AFTER,
    a_law_round_trip,
    canonical,
    edits,
    hear,
    percentiles,
    read_manifest,
    score,
    summary,
    telephone,
)
from models.errors import BadAudio
from models.hearing.hypothesis import Hypothesis

RATE = 16_000


class Dictation:
    """Says ``words`` half a second after it has heard one second, an interim guess before."""

    def __init__(self, words: str, rate: int) -> None:
        self._words, self._rate, self._heard = words, rate, 0

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        before, self._heard = self._heard / self._rate, (self._heard + len(samples)) / self._rate
        now, self._heard = self._heard, round(self._heard * self._rate)
        said = [Hypothesis(self._words[:1], 0.0, 0.5, final=False)] if before < 0.5 <= now else []
        return said + ([Hypothesis(self._words, 0.0, 1.0, final=True)] if before < 1.5 <= now else [])

    def finish(self) -> list[Hypothesis]:
        return []


class Dictating:
    version = "dictation"

    def __init__(self, words: str) -> None:
        self._words = words
        self.rates: list[int] = []

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Dictation:
        self.rates.append(sample_rate)
        return Dictation(self._words, sample_rate)


def tone(seconds: float = 1.0, hertz: float = 440.0, loudness: float = 8000) -> NDArray[np.int16]:
    return (loudness * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.int16)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("请问，办居住证要什么材料？", "请问办居住证要什么材料"),
        ("請問辦居住證", "请问办居住证"),
        ("一二三四五热线", "12345 热线"),
        ("幺三八零零零零幺二三四", "138 0000 1234"),
        ("十五个工作日", "15个工作日"),
        ("三百万", "3000000"),
        ("百分之二十", "20%"),
        ("三个月", "3个月"),
        ("ＡＢＣ", "abc"),  # noqa: RUF001
    ],
)
def test_two_ways_of_writing_the_same_words_count_as_equal(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


def test_different_words_stay_different() -> None:
    assert canonical("便民热线") != canonical("变名热线")
    assert canonical("十五") != canonical("五十")


def test_each_kind_of_error_is_counted() -> None:
    found = edits("便民热线", "变名热线")
    assert (found.substitutions, found.deletions, found.insertions, found.length) == (2, 0, 0, 4)
    assert edits("便民热线", "热线").deletions == 2
    assert edits("热线", "便民热线").insertions == 2
    assert edits("", "").rate == 0
    assert edits("", "啊").rate == 1
    assert edits("热线", "").rate == 1


@given(st.text("甲乙", max_size=6), st.text("甲乙丙", max_size=6))
def test_among_the_cheapest_ways_none_has_more_substitutions(one: str, other: str) -> None:
    found = edits(one, other)
    assert (found.errors, found.substitutions, found.deletions, found.insertions) == best_edits(one, other)


def best_edits(one: str, other: str) -> tuple[int, int, int, int]:
    """Errors, substitutions, deletions and insertions of the best alignment, looked for among all."""
    if not one or not other:
        return len(one) + len(other), 0, len(one), len(other)
    same = one[0] == other[0]
    e, s, d, i = best_edits(one[1:], other[1:])
    ways = [(e, s, d, i) if same else (e + 1, s + 1, d, i)]
    e, s, d, i = best_edits(one[1:], other)
    ways.append((e + 1, s, d + 1, i))
    e, s, d, i = best_edits(one, other[1:])
    ways.append((e + 1, s, d, i + 1))
    return min(ways, key=lambda way: (way[0], -way[1]))


@given(st.text("甲乙丙", max_size=12), st.text("甲乙丙", max_size=12))
def test_edits_are_a_distance(one: str, other: str) -> None:
    there, back = edits(one, other), edits(other, one)
    assert there.errors == back.errors
    assert (there.errors == 0) == (one == other)
    assert abs(len(one) - len(other)) <= there.errors <= max(len(one), len(other))
    assert len(one) - there.deletions + there.insertions == len(other)


def test_a_telephone_keeps_the_voice_and_loses_what_is_outside_its_band() -> None:
    voice, rumble, hiss = (telephone(tone(hertz=hertz), RATE) for hertz in (1000, 50, 3900))
    assert len(voice) == 8000
    assert np.abs(voice[2000:6000]).max() == pytest.approx(8000, rel=0.05)
    assert np.abs(rumble[2000:6000]).max() < 80
    assert np.abs(hiss[2000:6000]).max() < 1600


@given(st.integers(-32_768, 32_767))
def test_a_law_is_coarse_in_proportion_to_loudness(sample: int) -> None:
    heard = int(a_law_round_trip(np.array([sample], np.int16))[0])
    assert abs(heard - sample) <= max(16, abs(sample) / 31)


def test_a_law_knows_no_more_than_256_values() -> None:
    assert len(np.unique(a_law_round_trip(np.arange(-32_768, 32_768).astype(np.int16)))) <= 256


def test_hearing_goes_through_the_stream_and_measures_from_the_end_of_speech() -> None:
    heard = hear(Dictating("您好"), tone(), RATE)
    assert heard.text == "您好"
    assert heard.seconds == 1.0
    assert heard.first_update == (pytest.approx(0.5, abs=0.05),)
    assert heard.final_after_stop == (pytest.approx(0.5, abs=0.05),)
    assert len(heard.lag) == round((1 + SILENCE_AFTER) / 0.1) + 1


def manifest(folder: Path, *rows: str, head: str = "file\ttext\tsource", encoding: str = "utf-8") -> Path:
    soundfile.write(folder / "a.flac", tone(), RATE)
    path = folder / "t.tsv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding=encoding)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_manifest_is_read_whatever_excel_made_of_it(tmp_path: Path, encoding: str) -> None:
    (sample,) = read_manifest(manifest(tmp_path, "a.flac\t您好\tx", encoding=encoding))
    assert (sample.file, sample.text, sample.path) == ("a.flac", "您好", tmp_path / "a.flac")


def test_a_manifest_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no column text"):
        read_manifest(manifest(tmp_path, "a.flac\t您好", head="file\twords"))
    with pytest.raises(BadInput, match="names no recording"):
        read_manifest(manifest(tmp_path))
    with pytest.raises(BadInput, match=r"1 of 2 recordings .* missing, first b\.flac"):
        read_manifest(manifest(tmp_path, "a.flac\t您好", "b.flac\t您好"))
    with pytest.raises(BadInput, match="no manifest"):
        read_manifest(tmp_path / "nothing.tsv")


def test_recordings_are_scored_as_they_are_or_as_a_telephone_delivers_them(tmp_path: Path) -> None:
    samples = read_manifest(manifest(tmp_path, "a.flac\t您好啊", "a.flac\t您好"))
    engine = Dictating("您好")
    assert [each.edits.errors for each in score(engine, samples)] == [1, 0]
    assert [each.edits.errors for each in score(engine, samples, as_telephone=True)] == [1, 0]
    assert engine.rates == [RATE, RATE, 8000, 8000]


def test_a_damaged_recording_stops_the_measurement_with_a_sentence(tmp_path: Path) -> None:
    samples = read_manifest(manifest(tmp_path, "a.flac\t您好"))
    (tmp_path / "a.flac").write_bytes(b"fLaC" + b"\0" * 100)
    with pytest.raises(BadAudio, match=r"^a\.flac: "):
        list(score(Dictating("您好"), samples))


def test_a_call_in_a_manifest_of_single_voices_is_refused_by_name_and_without_a_hint_that_does_not_exist(
    tmp_path: Path,
) -> None:
    samples = read_manifest(manifest(tmp_path, "a.flac\t您好"))
    soundfile.write(tmp_path / "a.flac", np.stack([tone(hertz=440), tone(hertz=700)], axis=1), RATE)
    with pytest.raises(BadAudio, match=r"^a\.flac: The file has two different channels") as told:
        list(score(Dictating("您好"), samples))
    assert "--mono" not in str(told.value)


def test_one_recording_has_no_interval(tmp_path: Path) -> None:
    figures = summary(list(score(Dictating("您好"), read_manifest(manifest(tmp_path, "a.flac\t您好")))))
    assert (figures["cer"], figures["cer_ci95"]) == (0.0, None)


def test_the_summary_counts_characters_not_recordings(tmp_path: Path) -> None:
    samples = read_manifest(manifest(tmp_path, "a.flac\t您好啊你好吗", "a.flac\t您好"))
    figures = summary(list(score(Dictating("您好"), samples)))
    assert figures["n"] == 2
    assert figures["characters"] == 8
    assert figures["cer"] == 0.5
    low, high = figures["cer_ci95"]  # type: ignore[misc]
    assert 0 <= low <= 0.5 <= high <= 1
    assert {"real_time_factor", "first_update", "final_after_stop"} <= figures.keys()


def test_percentiles_of_nothing_are_not_zero() -> None:
    assert percentiles([]) == {"p50": None, "p95": None}
