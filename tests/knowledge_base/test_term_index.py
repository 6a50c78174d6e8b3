"""Terms among many texts of which a filter leaves few: the same texts with the same scores, however they are found."""

from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge_base.index import term_index
from knowledge_base.index.term_index import TermIndex

TEXTS = 3000
WORDS = [f"w{number}" for number in range(200)]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> TermIndex:
    chance = random.Random(7)
    folder = tmp_path_factory.mktemp("terms") / "words"
    length = TermIndex.build(folder, [chance.choices(WORDS, k=chance.randint(5, 30)) for _ in range(TEXTS)])
    return TermIndex.open(folder, length)


@pytest.mark.parametrize("allowed", [12, 60, 170, 900])
def test_the_few_that_are_allowed_have_the_scores_that_they_have_among_all(
    index: TermIndex, allowed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    mask = np.zeros(TEXTS, np.bool_)
    mask[random.Random(allowed).sample(range(TEXTS), allowed)] = True
    wanted = [*WORDS[:6], WORDS[0], "unknown"]
    found = index.search(wanted, mask, TEXTS)
    assert found
    assert all(mask[position] for position, _ in found)
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    everything = dict(index.search(wanted, np.ones(TEXTS, np.bool_), TEXTS))
    assert dict(found) == pytest.approx({at: score for at, score in everything.items() if mask[at]}, rel=1e-5)
    monkeypatch.setattr(term_index, "_NAMED", TEXTS * TEXTS)  # passing over what is not allowed
    best = index.search(wanted, mask, 20)
    monkeypatch.setattr(term_index, "_NAMED", 0)  # naming what is
    named = index.search(wanted, mask, 20)
    assert [score for _, score in named] == pytest.approx([score for _, score in best], rel=1e-5)
