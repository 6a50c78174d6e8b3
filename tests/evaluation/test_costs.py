from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from copilot.errors import BadInput
from evaluation.gate import missed, parse_demands
from evaluation.routing.costs import Costs, cost_figures, read_costs
from evaluation.routing.outcomes import Outcomes
from knowledge_base.errors import BadTable

LABELS = ("水务", "交警", "城管")


def outcomes() -> Outcomes:
    """Four orders: two right and sure, one wrong and unsure, one of which nothing was said."""
    ranked = np.array([[0, 1, 2], [1, 0, 2], [2, 0, 1], [-1, -1, -1]])
    return Outcomes(LABELS, np.array([0, 1, 0, 2]), ranked, np.array([0.9, 0.8, 0.4, 0.0]), 0.7)


def test_without_a_table_every_mistake_costs_one() -> None:
    found = cost_figures(outcomes(), Costs(), np.arange(4), rounds=100)
    assert found.everything == 0.5
    assert (found.at_threshold.questions, found.at_threshold.mistakes) == (0.5, 0.0)
    assert found.worth == pytest.approx(0.3)
    assert found.cheapest is None
    assert sum(row.cost for row in found.departments) == 2.0


def test_the_most_particular_cost_counts() -> None:
    costs = Costs(1.0, {("水务", "*"): 2.0, ("水务", "城管"): 5.0, ("*", "交警"): 3.0})
    assert costs.of("水务", "水务") == 0.0
    assert costs.of("水务", "城管") == 5.0
    assert costs.of("水务", "交警") == 2.0
    assert costs.of("城管", "交警") == 3.0
    assert costs.of("城管", "水务") == 1.0
    found = cost_figures(outcomes(), costs, np.arange(4), rounds=100)
    assert found.everything == pytest.approx((5 + 1) / 4)
    assert (found.departments[0].department, found.departments[0].dearest) == ("水务", "城管")


def test_with_a_price_for_questions_the_cheapest_threshold_is_found() -> None:
    found = cost_figures(outcomes(), Costs(question=0.1), np.arange(4), rounds=100)
    assert found.cheapest is not None
    assert found.cheapest.threshold == 0.8
    assert found.cheapest.total == pytest.approx(0.05)
    dear = cost_figures(outcomes(), Costs(question=10.0), np.arange(4), rounds=100).cheapest
    assert dear is not None
    assert dear.questions == 0.0


def test_costs_come_from_a_csv_in_either_language_or_from_json(tmp_path: Path) -> None:
    table = tmp_path / "costs.csv"
    table.write_text("\ufeff应派,误派,代价\n水务,交警,2.5\n*,*,0.5\n*,?,0.1\n", encoding="utf-8")
    found = read_costs(table)
    assert (found.of("水务", "交警"), found.default, found.question) == (2.5, 0.5, 0.1)
    plain = tmp_path / "costs.json"
    plain.write_text('{"default": 0.5, "question": 0.1, "pairs": {"水务": {"交警": 2.5}}}', encoding="utf-8")
    assert read_costs(plain) == found


@pytest.mark.parametrize("cost", ["-1", "许多", "nan", ""])
def test_a_cost_that_is_no_number_is_refused_with_its_row(tmp_path: Path, cost: str) -> None:
    table = tmp_path / "costs.csv"
    table.write_text(f"right,given,cost\n水务,交警,1\n水务,城管,{cost}\n", encoding="utf-8")
    with pytest.raises(BadTable, match="row 2"):
        read_costs(table)


@pytest.mark.parametrize("text", ["[]", "{", '{"pairs": {"水务": 3}}', '{"default": "many"}'])
def test_json_that_holds_no_costs_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "costs.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadTable):
        read_costs(path)


FIGURES = {
    "accuracy": 0.79,
    "ece": 0.02,
    "intervals": {"accuracy": [0.76, 0.82]},
    "leaks": {"leaked": 12},
    "costs": {"per_order_without_questions": 0.21},
}


def test_what_is_no_number_reaches_no_demand() -> None:
    unknown = {"accuracy": float("nan"), "ece": float("nan"), "intervals": {}}
    assert len(missed(parse_demands(["accuracy=0.1", "ece=0.9"]), unknown)) == 2


def test_the_precision_of_nothing_cannot_be_demanded() -> None:
    nothing = {"precision_at_threshold": None, "coverage_at_threshold": 0.0, "intervals": {}}
    with pytest.raises(BadInput, match="nothing was sure enough"):
        missed(parse_demands(["precision_at_threshold=0.95"]), nothing)


def test_a_gate_names_every_figure_that_is_missed() -> None:
    assert (
        missed(parse_demands(["accuracy=0.78", "ece=0.03", "leaked=20", "cost=0.3", "accuracy.low=0.75"]), FIGURES)
        == []
    )
    said = missed(parse_demands(["accuracy=0.8", "ece=0.01", "leaked=0", "accuracy.low=0.78"]), FIGURES)
    assert said == [
        "accuracy is 0.79, at least 0.8",
        "ece is 0.02, at most 0.01",
        "leaked is 12, at most 0",
        "accuracy.low is 0.76, at least 0.78",
    ]


@pytest.mark.parametrize("given", ["accuracy", "accuracy=high", "accuracy=nan", "beauty=1", "=1"])
def test_a_demand_that_cannot_be_understood_is_refused(given: str) -> None:
    with pytest.raises(BadInput):
        parse_demands([given])


def test_a_demand_on_what_was_not_counted_says_which_option_counts_it() -> None:
    with pytest.raises(BadInput, match="--train-data"):
        missed(parse_demands(["leaked=0"]), {"intervals": {}})
    with pytest.raises(BadInput, match="no interval"):
        missed(parse_demands(["ece.low=0.1"]), FIGURES)
