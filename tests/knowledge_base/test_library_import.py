from __future__ import annotations

import json
from pathlib import Path

import pytest
from articles import ROW
from library_imports import import_articles

from knowledge_base import files, sample
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.importing import Imported
from knowledge_base.library import load_library

GAZETTEER = load_gazetteer(sample.areas())
CATALOGUE = load_catalogue(sample.departments(), GAZETTEER)
OTHER = {**ROW, "编号": "dog", "标题": "养犬规定", "文号": "云公规〔2025〕5号", "正文": "第一条 养犬要登记。"}


def given(path: Path, *rows: dict[str, str]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def bring(source: Path, into: Path) -> Imported:
    return import_articles([source], into, CATALOGUE, GAZETTEER)


def content(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text(encoding="utf-8") for p in folder.iterdir()} if folder.is_dir() else {}


def test_articles_are_written_one_file_each_and_load_as_a_library(tmp_path: Path) -> None:
    done = bring(given(tmp_path / "in.jsonl", ROW, OTHER), tmp_path / "library")
    assert done.new == ("card", "dog")
    assert sorted(content(tmp_path / "library")) == ["card.md", "dog.md"]
    assert load_library(tmp_path / "library", CATALOGUE, GAZETTEER).version == done.library.version


def test_odd_line_ends_and_cells_with_breaks_are_the_same_article_after_writing_and_reading(tmp_path: Path) -> None:
    odd = {
        **ROW,
        "发布机关": "云川市\n公安局",
        "关键词": "暂住证\u2028租房、办证",
        "正文": "第一条 甲。\r\n第二条 乙。\u2028丙\x0b丁\x85戊 \t\n",
    }
    done = bring(given(tmp_path / "in.jsonl", odd), tmp_path / "library")
    loaded = load_library(tmp_path / "library", CATALOGUE, GAZETTEER)
    assert loaded.articles == done.library.articles
    assert loaded.articles[0].text == "第一条 甲。\n第二条 乙。\n丙\n丁\n戊"


def test_importing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    source = given(tmp_path / "in.jsonl", ROW, OTHER)
    first = bring(source, tmp_path / "library")
    again = bring(source, tmp_path / "library")
    assert (again.new, again.changed, again.unchanged) == ((), (), ("card", "dog"))
    assert again.library.version == first.library.version


def test_a_changed_article_replaces_its_own_file_wherever_it_is(tmp_path: Path) -> None:
    library = tmp_path / "library"
    bring(given(tmp_path / "in.jsonl", ROW), library)
    (library / "公安").mkdir()
    (library / "card.md").rename(library / "公安" / "居住证.md")
    done = bring(given(tmp_path / "in.jsonl", {**ROW, "正文": "第一条 改了。"}), library)
    assert done.changed == ("card",)
    assert "改了" in (library / "公安" / "居住证.md").read_text(encoding="utf-8")
    assert not (library / "card.md").exists()


@pytest.mark.parametrize(
    "bad",
    [
        {**OTHER, "施行日期": ""},
        {**OTHER, "文号": ROW["文号"]},
        {**OTHER, "责任单位": "市梦想局"},
        {**OTHER, "适用区域": "云川市/月球区"},
        {**OTHER, "失效日期": "2020-01-01"},
        {**OTHER, "代替": "云公规〔1999〕1号"},
        {**OTHER, "编号": "card"},
        {**OTHER, "正文": ""},
        {**OTHER, "批注": "未处理"},
    ],
)
def test_one_fault_and_nothing_at_all_is_imported(tmp_path: Path, bad: dict[str, str]) -> None:
    with pytest.raises(BadLibrary):
        bring(given(tmp_path / "in.jsonl", ROW, bad), tmp_path / "library")
    assert content(tmp_path / "library") == {}


def test_what_arrives_is_checked_together_with_what_is_there(tmp_path: Path) -> None:
    library = tmp_path / "library"
    bring(given(tmp_path / "in.jsonl", ROW), library)
    before = content(library)
    with pytest.raises(BadLibrary, match="have the number"):
        bring(given(tmp_path / "in.jsonl", {**OTHER, "文号": ROW["文号"]}), library)
    assert content(library) == before


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    with pytest.raises(BadLibrary) as caught:
        import_articles(
            [tmp_path / "missing.csv", given(tmp_path / "in.jsonl", {**ROW, "标题": ""}, {**OTHER, "施行日期": "?"})],
            tmp_path / "library",
        )
    assert len(caught.value.faults) == 3


def test_an_article_kept_in_a_table_is_not_written_twice(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    given(library / "all.jsonl", ROW, OTHER)
    with pytest.raises(BadLibrary, match="is kept in"):
        bring(given(tmp_path / "in.jsonl", {**ROW, "正文": "改了。"}), library)
    assert sorted(content(library)) == ["all.jsonl"]


def test_a_file_of_another_article_is_not_overwritten(tmp_path: Path) -> None:
    library = tmp_path / "library"
    bring(given(tmp_path / "in.jsonl", OTHER), library)
    (library / "dog.md").rename(library / "card.md")
    with pytest.raises(BadLibrary, match="holds an article of another id"):
        bring(given(tmp_path / "in.jsonl", ROW), library)
    assert "养犬规定" in (library / "card.md").read_text(encoding="utf-8")


def test_an_empty_folder_brings_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadLibrary, match="no article in what was given"):
        bring(tmp_path / "empty", tmp_path / "library")


def test_where_the_folder_cannot_be_made_nothing_is_lost_and_a_sentence_says_so(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file", encoding="utf-8")
    with pytest.raises(BadTable, match="nothing was changed"):
        bring(given(tmp_path / "in.jsonl", ROW), blocked / "library")


def test_when_one_of_several_files_cannot_be_written_none_is(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file", encoding="utf-8")
    with pytest.raises(BadTable):
        files.write_whole({tmp_path / "good" / "a.md": "甲", blocked / "b.md": "乙"})
    assert content(tmp_path / "good") == {}


def test_a_full_disk_leaves_the_old_file_and_no_rubbish() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("needs /dev/full, which only Linux has")
    with pytest.raises(BadTable, match="nothing was changed"):
        files.write_whole({full / "a.md": "甲"})
