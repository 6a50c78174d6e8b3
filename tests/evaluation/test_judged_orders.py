from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evaluation.routing.judged_orders import Columns, read_orders
from knowledge_base.errors import BadTable

COLUMNS = Columns("诉求", "单位", "组", "编号", "日期")


def table(folder: Path, *rows: str) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join(["编号,诉求,单位,组,日期,区", *rows]) + "\n", encoding="utf-8-sig")
    return path


def test_rows_keep_their_numbers_and_columns_when_others_are_left_out(tmp_path: Path) -> None:
    path = table(
        tmp_path, "A1,停水,水务,1,2026-01-05,江北区", "A2,,水务,2,2026-01-06,", "A3,堵车,交警,1,2026-02-01,临湖区"
    )
    found = read_orders(path, COLUMNS)
    assert found.ids == ("A1", "A3")
    assert found.months == ("2026-01", "2026-02")
    assert found.columns["区"] == ("江北区", "临湖区")
    assert found.groups[0] == found.groups[1]
    assert found.notes == ("1 rows without a text or a department were left out.",)
    later = found.at(np.array([1]))
    assert (later.ids, later.texts, later.columns["区"]) == (("A3",), ("堵车",), ("临湖区",))


def test_without_an_id_column_a_row_is_named_by_its_place_in_the_table(tmp_path: Path) -> None:
    path = table(tmp_path, "A1,,水务,1,2026-01-05,", ",停水,水务,,2026-01-06,", ",堵车,交警,,2026-01-07,")
    assert read_orders(path, Columns("诉求", "单位")).ids == ("#2", "#3")
    found = read_orders(path, COLUMNS)
    assert found.ids == ("#2", "#3")
    assert found.groups[0] != found.groups[1]  # an empty cell is a group of its own


@pytest.mark.parametrize(
    "written", ["2026-03", "2026/3", "202603", "20260315", "2026-03-15 08:30:00", "2026年3月15日", "2026/3/15 8:30"]
)
def test_months_are_read_as_halls_write_them(tmp_path: Path, written: str) -> None:
    assert read_orders(table(tmp_path, f"A1,停水,水务,1,{written},"), COLUMNS).months == ("2026-03",)


@pytest.mark.parametrize("written", ["", "三月", "2026", "2026-13", "15/03/2026"])
def test_what_is_no_month_is_refused_with_its_row(tmp_path: Path, written: str) -> None:
    with pytest.raises(BadTable, match=r"row 1.*日期"):
        read_orders(table(tmp_path, f"A1,停水,水务,1,{written},"), COLUMNS)


def test_a_table_without_a_usable_row_or_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="no row"):
        read_orders(table(tmp_path, "A1,,水务,1,2026-01,"), COLUMNS)
    with pytest.raises(BadTable, match="街道"):
        read_orders(table(tmp_path, "A1,停水,水务,1,2026-01,"), COLUMNS, ["街道"])
