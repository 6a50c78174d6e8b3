from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge_base.catalogue.catalogue import DepartmentKind
from knowledge_base.catalogue.dispatch_rules import USUAL_WEIGHT, Level, Route
from knowledge_base.catalogue.file import load_catalogue, plain_catalogue, read_catalogue, save_catalogue
from knowledge_base.errors import BadLibrary
from knowledge_base.gazetteer import District, Gazetteer

GAZETTEER = Gazetteer("云川市", (District("临湖区", ("望湖街道",)),))
CITY_MANAGEMENT = {"name": "市城市管理局", "aliases": ["城管局"], "area": "云川市", "duties": "负责市容。"}
ENVIRONMENT = {"name": "市生态环境局", "area": "云川市", "duties": "负责环境。"}
STREET = {"name": "望湖街道办事处", "kind": "street", "area": "云川市/临湖区/望湖街道"}
RULE = {
    "name": "施工噪声",
    "cues": ["工地 吵"],
    "lead": "市城市管理局",
    "co_departments": ["市生态环境局"],
    "legal_basis": "《中华人民共和国噪声污染防治法》第八条",
}
OUTSIDE = {
    "name": "劳动争议",
    "cues": ["劳动仲裁"],
    "route": "out_of_scope",
    "way": "申请劳动仲裁",
    "script": "请您向劳动人事争议仲裁委员会申请。",
    "legal_basis": "《中华人民共和国劳动争议调解仲裁法》第五条",
}


def content(*rules: dict[str, Any], departments: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"departments": [CITY_MANAGEMENT, ENVIRONMENT, STREET, *departments], "rules": list(rules)}


def faults(*rules: dict[str, Any], departments: tuple[dict[str, Any], ...] = ()) -> str:
    with pytest.raises(BadLibrary) as caught:
        read_catalogue(content(*rules, departments=departments), "the catalogue", GAZETTEER)
    return "\n".join(caught.value.faults)


def test_departments_and_rules_are_one_document() -> None:
    rule = {**RULE, "level": "district", "helped_by": "street", "weight": 0.9, "effective_from": "2026-01-01"}
    catalogue = read_catalogue(content(rule, OUTSIDE), "the catalogue", GAZETTEER)
    noise, dispute = catalogue.rules
    assert (noise.level, noise.helped_by, noise.weight) == (Level.DISTRICT, Level.STREET, 0.9)
    assert noise.effective_from == date(2026, 1, 1)
    assert (dispute.route, dispute.lead, dispute.weight) == (Route.OUT_OF_SCOPE, "", USUAL_WEIGHT)
    assert catalogue.departments[2].kind is DepartmentKind.STREET


def test_rules_that_are_saved_are_read_back_the_same(tmp_path: Path) -> None:
    catalogue = read_catalogue(content(RULE, {**OUTSIDE, "effective_to": "2026-12-31"}), "the catalogue")
    save_catalogue(catalogue, tmp_path / "c.json")
    assert load_catalogue(tmp_path / "c.json") == catalogue
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8")) == plain_catalogue(catalogue)
    assert read_catalogue(plain_catalogue(catalogue), "the catalogue") == catalogue


def test_a_catalogue_from_before_there_were_rules_is_read_as_it_was() -> None:
    old = read_catalogue([CITY_MANAGEMENT], "the catalogue")
    assert old.rules == ()
    assert set(plain_catalogue(old)) == {"departments"}
    assert not {"kind", "part_of"} & set(plain_catalogue(old)["departments"][0])  # type: ignore[index]


def test_the_version_follows_the_rules() -> None:
    def version(*rules: dict[str, Any]) -> str:
        return read_catalogue(content(*rules), "the catalogue").version

    assert len({version(), version(RULE), version({**RULE, "note": "先行围挡"}), version(RULE, OUTSIDE)}) == 4


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"cues": []}, "has no cues"),
        ({"cues": ["吵"]}, "would be found in any sentence"),
        ({"cues": ["工地/ 吵"]}, "has an empty alternative"),
        ({"legal_basis": ""}, "has no legal basis"),
        ({"lead": ""}, "has no lead department"),
        ({"lead": "市火星局"}, "names 市火星局, which is not in the catalogue"),
        ({"co_departments": ["城管局"]}, "names 市城市管理局 twice"),
        ({"lead": "望湖街道办事处"}, "may not go down to a street"),
        ({"level": "村"}, "'村' is not known. Use one of city, district, street"),
        ({"weight": 1.5}, "'1.5' is not a number above 0 and up to 1"),
        ({"effective_from": "2026-02-01", "effective_to": "2026-01-01"}, "before it begins"),
        ({"effective_from": "春天"}, "is not a date"),
        ({"area": "月球区"}, "holds in 月球区, which is not in the gazetteer"),
        ({"牵头": "市城管局"}, "a field '牵头' that is not known"),
        ({"cues": "工地"}, "not a list of texts"),
        ({"route": "out_of_scope"}, "out of scope without its legal way and a script"),
    ],
)
def test_a_fault_of_a_rule_is_told_in_a_sentence(change: dict[str, Any], told: str) -> None:
    assert told in faults({**RULE, **change})


def test_every_fault_is_told_at_once() -> None:
    told = faults({"cues": ["x"]}, {**RULE, "lead": "市火星局", "weight": 0}, departments=({"name": "空", "area": ""},))
    assert all(word in told for word in ("rule 1 has no name", "市火星局", "'0' is not a number", "空 has no duties"))


def test_two_rules_for_one_matter_or_one_cue_are_told_unless_they_never_bind_together() -> None:
    other = {**RULE, "name": "夜间施工"}
    assert "the cue '工地 吵' belongs to both 施工噪声 and 夜间施工" in faults(RULE, other)
    assert "is there twice for the same time and place" in faults(RULE, {**RULE, "cues": ["施工 吵"]})
    ended, next_one = {**RULE, "effective_to": "2025-12-31"}, {**RULE, "effective_from": "2026-01-01"}
    own = {**next_one, "area": "云川市/临湖区"}
    assert len(read_catalogue(content(ended, next_one, own), "the catalogue", GAZETTEER).rules) == 3


def test_a_rule_may_not_outlive_its_department() -> None:
    gone = {**ENVIRONMENT, "name": "市粮食局", "effective_to": "2025-12-31"}
    assert "goes on after 市粮食局 ends on 2025-12-31" in faults({**RULE, "lead": "市粮食局"}, departments=(gone,))


@pytest.mark.parametrize(
    ("department", "told"),
    [
        ({**STREET, "name": "湖滨办事处", "area": "云川市/临湖区"}, "is a street office but answers for 云川市/临湖区"),
        ({**STREET, "name": "月球办事处", "area": "云川市/月球区"}, "not in the gazetteer"),
        (
            {"name": "临湖区城管局", "kind": "district", "part_of": "市火星局", "area": "云川市/临湖区"},
            "is part of 市火星局, which is not in the catalogue",
        ),
        (
            {"name": "临湖区城管局", "kind": "district", "part_of": "城管局", "area": "云川市/临湖区"},
            "Write the full name",
        ),
        ({**ENVIRONMENT, "name": "市海洋局", "kind": "海"}, "'海' is not known"),
    ],
)
def test_an_office_stands_where_it_belongs(department: dict[str, Any], told: str) -> None:
    assert told in faults(departments=(department,))


def test_a_branch_needs_no_duties_of_its_own() -> None:
    branch = {"name": "临湖区城管局", "kind": "district", "part_of": "市城市管理局", "area": "云川市/临湖区"}
    catalogue = read_catalogue(content(departments=(branch,)), "the catalogue", GAZETTEER)
    assert catalogue.find("临湖区城管局") is not None
