from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.catalogue.file import check_catalogue, load_catalogue, load_gazetteer, save_catalogue
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.gazetteer import District, Gazetteer

POLICE = {
    "name": "市公安局",
    "aliases": ["公安局"],
    "telephone": "0999-6001001",
    "area": "云川市",
    "duties": [{"text": "负责户籍。", "legal_basis": "《云川市人口服务管理办法》第四条", "phrases": ["居住证"]}],
}
GAZETTEER = Gazetteer("云川市", (District("临湖区", ("望湖街道",)),))


def given(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "c.json"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def faults_of(tmp_path: Path, *rows: object) -> tuple[str, ...]:
    with pytest.raises(BadLibrary) as caught:
        load_catalogue(given(tmp_path, {"departments": list(rows)}), GAZETTEER)
    return caught.value.faults


def test_a_catalogue_is_read_with_duties_dates_and_aliases(tmp_path: Path) -> None:
    row = {**POLICE, "effective_from": "2025-01-01", "effective_to": "2026-12-31"}
    catalogue = load_catalogue(given(tmp_path, [row]), GAZETTEER)
    police = catalogue.find("公安局")
    assert police is not None
    assert police.duties[0].phrases == ("居住证",)
    assert police.duties[0].legal_basis == "《云川市人口服务管理办法》第四条"
    assert catalogue.on(date(2026, 12, 31)) == (police,)
    assert catalogue.on(date(2027, 1, 1)) == ()


def test_duties_may_be_one_text(tmp_path: Path) -> None:
    catalogue = load_catalogue(given(tmp_path, [{**POLICE, "duties": "负责户籍。维护治安。"}]))
    assert catalogue.departments[0].duties[0].text == "负责户籍。维护治安。"


def test_what_is_saved_is_read_back_the_same(tmp_path: Path) -> None:
    row = {**POLICE, "effective_from": "2025-01-01"}
    catalogue = load_catalogue(given(tmp_path, [row, {**POLICE, "name": "市税务局", "aliases": []}]))
    save_catalogue(catalogue, tmp_path / "saved" / "c.json")
    assert load_catalogue(tmp_path / "saved" / "c.json") == catalogue


def test_the_version_follows_the_content(tmp_path: Path) -> None:
    one = load_catalogue(given(tmp_path, [POLICE])).version
    assert load_catalogue(given(tmp_path, {"departments": [POLICE]})).version == one
    assert load_catalogue(given(tmp_path, [{**POLICE, "telephone": "0999-6001002"}])).version != one


def test_every_fault_is_told_in_a_sentence(tmp_path: Path) -> None:
    assert any("has no name" in f for f in faults_of(tmp_path, {"duties": "x"}))
    assert any("has no duties" in f for f in faults_of(tmp_path, {**POLICE, "duties": []}))
    assert any("has no area" in f for f in faults_of(tmp_path, {**POLICE, "area": ""}))
    assert any("not in the gazetteer" in f for f in faults_of(tmp_path, {**POLICE, "area": "云川市/月球区"}))
    assert any("'电话' that is not known" in f for f in faults_of(tmp_path, {**POLICE, "电话": "1"}))
    assert any("is not a date" in f for f in faults_of(tmp_path, {**POLICE, "effective_from": "春天"}))
    assert any("a duty that is not" in f for f in faults_of(tmp_path, {**POLICE, "duties": [{"职责": "x"}]}))
    assert any("not a list of texts" in f for f in faults_of(tmp_path, {**POLICE, "aliases": "公安局"}))
    backwards = {**POLICE, "effective_from": "2026-01-01", "effective_to": "2025-01-01"}
    assert any("before it begins" in f for f in faults_of(tmp_path, backwards))
    doubled = faults_of(tmp_path, POLICE, {**POLICE, "name": "市公安二局", "duties": ""})
    assert len(doubled) == 2
    assert any("stands for both 市公安局 and 市公安二局" in f for f in doubled)


def test_a_catalogue_without_departments_is_refused(tmp_path: Path) -> None:
    assert check_catalogue([]) == ("there are no departments. Add at least one.",)
    with pytest.raises(BadLibrary, match="no list of departments"):
        load_catalogue(given(tmp_path, {"city": "云川市"}))


def test_a_file_that_is_not_json_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text('{"departments": [\n}', encoding="utf-8")
    with pytest.raises(BadTable, match="line 2: not JSON"):
        load_catalogue(path)


def test_a_catalogue_that_cannot_be_written_says_what_to_do(tmp_path: Path) -> None:
    catalogue = load_catalogue(given(tmp_path, [POLICE]))
    with pytest.raises(BadTable, match="nothing was changed"):
        save_catalogue(catalogue, tmp_path / "c.json" / "under-a-file.json")


def test_a_gazetteer_is_read_and_knows_the_district_of_a_street(tmp_path: Path) -> None:
    content = {"city": "云川市", "districts": [{"name": "临湖区", "streets": ["望湖街道"]}]}
    assert load_gazetteer(given(tmp_path, content)) == GAZETTEER
    assert GAZETTEER.district_of("望湖街道") == "临湖区"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ({"districts": []}, "no city"),
        ({"city": "云川市"}, "no list of districts"),
        ({"city": "云川市", "districts": [{}]}, "district 1 has no name"),
        ({"city": "云川市", "districts": [{"name": "临湖区", "streets": ["甲", "甲"]}]}, "a street twice"),
        ({"city": "云川市", "districts": [{"name": "临湖区"}, {"name": "临湖区"}]}, "is there twice"),
        ({"city": "云川市", "districts": [{"name": "临湖区", "streets": "望湖街道"}]}, "not a list of texts"),
    ],
)
def test_a_gazetteer_that_cannot_be_used_says_why(tmp_path: Path, content: object, told: str) -> None:
    with pytest.raises(BadLibrary, match=told):
        load_gazetteer(given(tmp_path, content))
