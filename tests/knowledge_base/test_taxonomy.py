"""The table of categories that a city imports, and finding the ones that an appeal may belong to."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base import sample
from knowledge_base.category_finder import CategoryFinder, Vote
from knowledge_base.errors import BadTable
from knowledge_base.taxonomy import MatterCategory, Taxonomy, load_taxonomy
from models.baselines import HashingEmbedder

TAXONOMY = Taxonomy(
    (
        MatterCategory("0101", ("水电气热", "停水抢修"), ("停水了", "没水了")),
        MatterCategory("0102", ("水电气热", "水费"), ("水费太高",)),
        MatterCategory("0201", ("城市环境", "路灯"), ("路灯不亮",)),
        MatterCategory("0301", ("证件", "居住证"), ("办居住证",)),
    )
)


def table(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "taxonomy.csv"
    path.write_text("\n".join(lines), encoding="utf-8-sig")
    return path


def test_a_table_of_four_levels_is_read_with_what_citizens_say(tmp_path: Path) -> None:
    found = load_taxonomy(
        table(tmp_path, "编码,一级,二级,三级,四级,说法", "010101,民生,供水,停水,抢修,停水了 没水了", "02,其他,,,,")
    )

    assert found.categories == (
        MatterCategory("010101", ("民生", "供水", "停水", "抢修"), ("停水了", "没水了")),
        MatterCategory("02", ("其他",)),
    )
    assert found.find(" 02 ") == found.categories[1]
    assert found.find("03") is None


def test_english_headers_and_fewer_columns_do_as_well(tmp_path: Path) -> None:
    found = load_taxonomy(table(tmp_path, "code,level1,level2", "A1,Water,Supply", "A2,Water,Bills"))

    assert [category.path for category in found.categories] == [("Water", "Supply"), ("Water", "Bills")]


def test_another_table_is_another_version(tmp_path: Path) -> None:
    first = load_taxonomy(table(tmp_path, "编码,一级", "01,供水"))
    second = load_taxonomy(table(tmp_path, "编码,一级", "01,供电"))

    assert first.version != second.version


def test_every_line_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    lines = ("编码,一级,二级", "01,供水,停水", ",供水,水费", "01,供电,停电", "03,,路灯", "04,供水,停水")

    with pytest.raises(BadTable) as refused:
        load_taxonomy(table(tmp_path, *lines))

    said = str(refused.value)
    assert "line 3 has no code" in said
    assert "line 4 has the code 01 of line 2" in said
    assert "line 5 leaves out a level" in said
    assert "line 6 has the names of line 2" in said


def test_a_blank_line_counts_where_a_line_is_named(tmp_path: Path) -> None:
    lines = ("编码,一级,说法", "01,供水,", "", '02,供电,"停电了', '没电了"', "", ",燃气,")

    with pytest.raises(BadTable, match="line 7 has no code"):
        load_taxonomy(table(tmp_path, *lines))


def test_the_sample_citys_categories_can_be_read_and_name_no_department() -> None:
    found = load_taxonomy(sample.taxonomy())

    assert len(found.categories) > 60
    assert all(len(category.path) == 3 for category in found.categories)
    names = "".join("".join(category.path) for category in found.categories)
    assert not any(office in names for office in ("局", "委员会", "支队", "中心"))


def test_what_was_said_word_for_word_is_found_with_its_phrase() -> None:
    first, *_ = CategoryFinder(TAXONOMY, HashingEmbedder()).rank("你好我们小区路灯不亮三天了")

    assert (first.category.code, first.phrase, first.said) == ("0201", "路灯不亮", True)
    assert 0.25 < first.probability < 1


def test_past_orders_outvote_the_phrases_and_are_named() -> None:
    finder = CategoryFinder(TAXONOMY, HashingEmbedder())
    votes = [Vote("0102", 0.99, "YC-1"), Vote("0102", 0.98, "YC-2"), Vote("0301", 0.8, "YC-3"), Vote("9999", 1.0, "?")]

    first, *_ = finder.rank("水管的事想问问", votes)

    assert first.category.code == "0102"
    assert first.orders == ("YC-1", "YC-2")
    assert first.probability > finder.rank("水管的事想问问", [Vote("0102", 0.8)])[0].probability


def test_probabilities_are_shares_of_one_whole() -> None:
    finder = CategoryFinder(TAXONOMY, HashingEmbedder())

    for votes in ([], [Vote("0101", 0.97)]):
        found = finder.rank("家里停水了", votes, limit=10)
        assert len(found) == 4
        assert sum(one.probability for one in found) == pytest.approx(1.0)


def test_nothing_is_found_for_nothing_said_or_without_a_taxonomy() -> None:
    assert CategoryFinder(TAXONOMY, HashingEmbedder()).rank("  ") == []
    assert CategoryFinder(Taxonomy(()), HashingEmbedder()).rank("停水了") == []
