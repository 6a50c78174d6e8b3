"""From orders to a stored router: what its figures count."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from evaluation import sample
from evaluation.homophones import Homophones
from evaluation.routing.router_making import MadeRouter, make_router
from models.baselines import HashingEmbedder
from models.training.routing import Examples

DEPARTMENTS = 5
RATE = 0.3


def quiet(step: str, done: int, total: int) -> None:
    pass


def orders() -> Examples:
    with sample.appeals().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [label for label, _ in Counter(row["dept_label"] for row in rows).most_common(DEPARTMENTS)]
    chosen = [row for row in rows if row["dept_label"] in kept]
    return Examples(
        [row["text"] for row in chosen], [row["dept_label"] for row in chosen], [row["dup_group"] for row in chosen]
    )


def made_in(folder: Path, examples: Examples) -> MadeRouter:
    return make_router(folder, examples, None, HashingEmbedder(64), quiet, created="2026-01-01", rounds=20)


@pytest.fixture(scope="module")
def with_copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A router that has learned from each order twice: as written, and misheard."""
    plain, folder = orders(), tmp_path_factory.mktemp("made") / "router"
    count = len(plain.texts)
    sounds = Homophones(plain.texts)
    examples = Examples(
        [*plain.texts, *(sounds.misheard(text, RATE, 1) for text in plain.texts)],
        [*plain.labels] * 2,
        [*plain.groups] * 2,
        misheard=[0.0] * count + [RATE] * count,
    )
    made_in(folder, examples)
    return folder


def test_a_misheard_copy_is_no_further_order(with_copies: Path) -> None:
    found = json.loads((with_copies / "evaluation.json").read_text(encoding="utf-8"))
    count = len(orders().texts)
    assert found["n"] == count
    assert sum(row["support"] for row in found["per_class"].values()) == count
    assert all(sum(part["n"] for part in one["parts"]) == count for one in found["slices"])


def test_what_is_written_and_what_is_misheard_are_compared_on_the_same_orders(with_copies: Path) -> None:
    found = json.loads((with_copies / "evaluation.json").read_text(encoding="utf-8"))
    spoken = found["spoken"]
    assert spoken["written"]["n"] == spoken["misheard"]["n"] == len(orders().texts)
    assert spoken["written"]["accuracy"] == pytest.approx(found["accuracy"])
    assert spoken["characters_misheard"] == pytest.approx(RATE)
    change = spoken["misheard"]["accuracy"] - spoken["written"]["accuracy"]
    assert spoken["accuracy_change"] == pytest.approx(change)
    assert change < 0
    card = (with_copies / "card.md").read_text(encoding="utf-8")
    assert f"labelled orders: {len(orders().texts)}" in card
    assert "30% of their characters misheard" in card


def test_a_router_without_copies_says_nothing_of_mishearing(tmp_path: Path) -> None:
    made_in(tmp_path / "router", orders())
    found = json.loads((tmp_path / "router" / "evaluation.json").read_text(encoding="utf-8"))
    assert "spoken" not in found
    assert "misheard" not in (tmp_path / "router" / "card.md").read_text(encoding="utf-8")
