"""Which label a history of decisions gives, and what it is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from copilot.errors import BadInput
from copilot.store import DecidedAppeal, Returned, Review, SentOut
from copilot.suggestion import Verdict
from evaluation.labels.examples import journal_examples, table_and_journal
from evaluation.labels.sources import JournalLabels, LabelSource, Unlabelled, journal_labels, label_of, reliability
from models.training.examples import Examples

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
APPEAL = DecidedAppeal("c1", "1", "YC-1", date(2026, 11, 2), "小区停水", "停水", "停水两天", "水务", False, (), None)


def _sent(department: str, hours: int, *, back: str = "", disputes: bool = True) -> SentOut:
    returned = Returned("b", department, back, disputes, "", "wu", NOON + timedelta(hours=hours + 1)) if back else None
    return SentOut(department, f"r{hours}", "", "wu", NOON + timedelta(hours=hours), returned)


def _review(verdict: Verdict, department: str, hours: int) -> Review:
    return Review(verdict, department, "", "sun", NOON + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("appeal", "expected"),
    [
        (APPEAL, ("水务", LabelSource.AGENT_ONLY, ())),
        (replace(APPEAL, routings=(_sent("水务", 1),)), ("水务", LabelSource.AGENT_AND_DISPATCHER, ())),
        (
            replace(APPEAL, accepted_unchanged=True, routings=(_sent("水务", 1),)),
            ("水务", LabelSource.ACCEPTED_UNCHANGED, ()),
        ),
        (replace(APPEAL, routings=(_sent("住建", 1),)), ("住建", LabelSource.DISPATCHER_OVERRIDE, ())),
        (
            replace(APPEAL, routings=(_sent("水务", 1, back="x"), _sent("城管", 3, back="x"), _sent("住建", 5))),
            ("住建", LabelSource.SETTLED_AFTER_RETURN, ("水务", "城管")),
        ),
        (
            replace(APPEAL, routings=(_sent("水务", 1, back="x"), _sent("水务", 3))),
            ("水务", LabelSource.SETTLED_AFTER_RETURN, ()),
        ),
        (
            replace(APPEAL, routings=(_sent("水务", 1, back="x", disputes=False),)),
            ("水务", LabelSource.AGENT_AND_DISPATCHER, ()),
        ),
        (
            replace(APPEAL, routings=(_sent("水务", 1),), review=_review(Verdict.AMEND, "住建", 2)),
            ("住建", LabelSource.REVIEWED, ()),
        ),
    ],
)
def test_a_label_is_what_people_settled_on_last(
    appeal: DecidedAppeal, expected: tuple[str, LabelSource, tuple[str, ...]]
) -> None:
    label = label_of(appeal)
    assert not isinstance(label, Unlabelled)
    assert (label.department, label.source, label.not_departments) == expected
    assert label.weight == reliability()[label.source].weight


@pytest.mark.parametrize(
    ("appeal", "why"),
    [
        (replace(APPEAL, routings=(_sent("水务", 1, back="x"),)), Unlabelled.RETURNED),
        (replace(APPEAL, review=_review(Verdict.REJECT, "", 2)), Unlabelled.UNTELLABLE),
        (replace(APPEAL, said=" ", title="", summary=""), Unlabelled.SILENT),
    ],
)
def test_what_nobody_has_settled_is_no_label(appeal: DecidedAppeal, why: Unlabelled) -> None:
    assert label_of(appeal) is why
    assert journal_labels([appeal]).unlabelled == {why: 1}


def test_a_review_counts_until_the_order_moves_again() -> None:
    review = _review(Verdict.ACCEPT, "水务", 2)
    moved = (_sent("水务", 1, back="x"), _sent("住建", 5))
    label = label_of(replace(APPEAL, routings=moved, review=review))
    assert not isinstance(label, Unlabelled)
    assert (label.department, label.source) == ("住建", LabelSource.SETTLED_AFTER_RETURN)


def test_a_summary_is_learned_from_only_where_nothing_was_said() -> None:
    heard, written = label_of(APPEAL), label_of(replace(APPEAL, said=""))
    assert not isinstance(heard, Unlabelled)
    assert not isinstance(written, Unlabelled)
    assert (heard.text, written.text) == ("小区停水", "停水\n停水两天")


def test_a_renamed_department_has_its_new_name_and_an_abolished_one_no_label() -> None:
    names = {"水务": "水利和湖泊局"}
    found = journal_labels([APPEAL, replace(APPEAL, agent_department="旧局")], names.get)
    assert [label.department for label in found.labelled] == ["水利和湖泊局"]
    assert found.unlabelled == {Unlabelled.ABOLISHED: 1}


def test_reliability_falls_from_a_reviewed_label_to_one_that_only_the_agent_saw() -> None:
    weights = [reliability()[source].weight for source in LabelSource]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] == 1.0
    assert all(0 < weight <= 1 for weight in weights)
    assert all(row.reason.endswith(".") for row in reliability().values())


def test_the_notes_say_where_labels_came_from() -> None:
    labels = journal_labels([APPEAL, replace(APPEAL, routings=(_sent("水务", 1, back="x"),))])
    assert labels.notes == [
        "Labels of 1 appeals of the journal, 2026-11-02 to 2026-11-02: 1 agent_only (weight 0.3).",
        "Filed appeals of the journal that gave no label: 1 (returned, and not settled yet).",
    ]


def test_journal_labels_alone_are_examples_with_weights_and_numbers() -> None:
    examples = journal_examples(journal_labels([APPEAL]))
    assert (list(examples.texts), list(examples.weights), list(examples.keys)) == (["小区停水"], [0.3], ["YC-1"])


def test_a_table_s_rows_weigh_one_and_groups_join_what_says_nearly_the_same() -> None:
    table = Examples(
        ["小区停水两天了没有人管", "公交车不停站", "公交车总是不停站"], ["水务", "交通", "交通"], ["a", "b", "b"]
    )
    alike = replace(APPEAL, said="小区停水两天了没有人管")
    other = replace(APPEAL, said="广场舞太吵", number="YC-2")
    joined = table_and_journal(table, journal_labels([alike, other]))
    assert list(joined.weights) == [1.0, 1.0, 1.0, 0.3, 0.3]
    assert list(joined.keys) == ["row 2", "row 3", "row 4", "YC-1", "YC-2"]
    groups = joined.groups
    assert groups[0] == groups[3]
    assert groups[1] == groups[2]
    assert len(set(groups)) == 3


def test_a_table_beside_an_empty_journal_is_left_as_it_is() -> None:
    table = Examples(["小区停水"], ["水务"])
    assert table_and_journal(table, JournalLabels(())) is table


def test_a_journal_with_too_few_labels_says_what_to_do() -> None:
    with pytest.raises(BadInput, match=r"1 labels of 1 departments.*the router in service stays as it is"):
        table_and_journal(None, journal_labels([APPEAL]))
