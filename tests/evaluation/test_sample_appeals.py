from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from copilot.appeal import AppealKind
from copilot.masking import mask
from evaluation import sample
from knowledge_base import sample as city
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.tables import read_csv

COLUMNS = ("rid", "text", "dept_label", "dup_group", "kind", "district", "street", "month")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return read_csv(sample.appeals(), COLUMNS)


def test_excel_reads_the_appeals_as_utf_8() -> None:
    assert sample.appeals().read_bytes().startswith(b"\xef\xbb\xbf")


def test_there_are_enough_appeals_for_every_department_of_the_catalogue(rows: list[dict[str, str]]) -> None:
    count = Counter(row["dept_label"] for row in rows)
    assert len(rows) >= 300
    assert set(count) == {d.name for d in load_catalogue(city.departments()).departments if d.duties}
    assert min(count.values()) >= 8


def test_every_appeal_is_of_a_known_kind_and_all_kinds_occur(rows: list[dict[str, str]]) -> None:
    assert {row["kind"] for row in rows} == {kind.value for kind in AppealKind}


def test_places_are_those_of_the_city(rows: list[dict[str, str]]) -> None:
    streets = {d.name: {*d.streets, ""} for d in load_gazetteer(city.areas()).districts}
    assert [row["rid"] for row in rows if row["street"] not in streets.get(row["district"], set())] == []


def test_numbers_and_texts_are_unique_and_groups_agree_on_their_department(rows: list[dict[str, str]]) -> None:
    assert len({row["rid"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    groups = defaultdict(list)
    for row in rows:
        groups[row["dup_group"]].append(row)
    twins = [group for group in groups.values() if len(group) > 1]
    assert len(twins) >= 15
    assert all(len({row["dept_label"] for row in group}) == 1 for group in twins)


def test_the_appeals_hold_no_personal_data(rows: list[dict[str, str]]) -> None:
    assert [row["rid"] for row in rows if mask(row["text"]) != row["text"]] == []
