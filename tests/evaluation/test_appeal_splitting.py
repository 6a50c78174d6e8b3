from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copilot.errors import BadInput
from evaluation import sample
from evaluation.calls.appeal_splitting import boundaries, carried, compare, summarise, window_difference
from evaluation.calls.conversations import Hints, load_conversations, play

SHIPPED = sample.path("several_appeals.jsonl")


def test_names_of_appeals_do_not_matter_but_their_boundaries_do() -> None:
    found = compare(["1", "1", "2", "2"], ["a", "a", "b", "b"])
    assert (found.hits, found.false, found.missed, found.allotted) == (1, 0, 0, 4)
    assert found.window_difference == 0.0


def test_a_boundary_that_is_late_is_both_false_and_missed() -> None:
    found = compare(["1", "1", "2", "2"], ["1", "1", "1", "2"])
    assert (found.hits, found.false, found.missed, found.allotted) == (0, 1, 1, 3)


def test_a_return_is_a_boundary_but_no_further_appeal() -> None:
    found = compare(["1", "2", "1"], ["1", "2", "2"])
    assert (found.gold_appeals, found.found_appeals, found.hits, found.missed) == (2, 2, 1, 1)


def test_words_about_nothing_open_nothing() -> None:
    assert carried([None, "1", None, "2", None]) == ["1", "1", "1", "2", "2"]
    assert boundaries(carried([None, "1", None])) == set()
    found = compare(["1", None], ["1", "2"])
    assert (found.found_appeals, found.false, found.units) == (2, 1, 1)


def test_a_near_miss_costs_less_than_a_far_one() -> None:
    near, far = (window_difference({10}, {place}, 20) for place in (11, 18))
    assert 0.0 < near < far


def test_lengths_that_differ_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="2 units have gold labels and 1 found"):
        compare(["1", "2"], ["1"])


def test_many_conversations_are_summed_and_nothing_scored_is_no_number() -> None:
    whole = summarise([compare(["1", "1"], ["1", "1"]), compare(["1", "2"], ["1", "1"])])
    assert (whole["exact_number"], whole["one_matter"], whole["one_matter_left_whole"]) == (1, 1, 1)
    assert whole["boundary_precision"] is None
    assert whole["boundary_recall"] == 0.0
    assert summarise([])["boundary_f1"] is None


@settings(deadline=None)
@given(st.lists(st.sampled_from(["1", "2", None]), min_size=1, max_size=12))
def test_what_is_right_scores_full(labels: list[str | None]) -> None:
    found = compare(labels, carried(labels))
    assert (found.false, found.missed, found.allotted) == (0, 0, found.units)


def test_the_shipped_conversations_are_halved_and_half_have_one_matter() -> None:
    found = load_conversations(SHIPPED)
    for half in ("development", "test"):
        of_half = [c for c in found if c.half == half]
        assert len(of_half) == 30
        assert sum(len(c.departments) == 1 for c in of_half) == 15
    assert sum(c.half == "check" for c in found) == 12


def test_words_alone_leave_nearly_all_one_matter_conversations_whole_and_find_most_others() -> None:
    played = [play(c, None) for c in load_conversations(SHIPPED)]
    figures = summarise([splitting for splitting, _ in played])
    assert {hints for _, hints in played} == {Hints()}
    assert int(figures["one_matter_left_whole"] or 0) >= 27
    assert float(figures["boundary_f1"] or 0) >= 0.7


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = tmp_path / "talk.jsonl"
    path.write_text(json.dumps({"id": 1, "turns": [{"speaker": "nobody", "parts": []}]}), "utf-8")
    with pytest.raises(BadInput, match="conversation 1"):
        load_conversations(path)
