"""Edits of a catalogue document, and what they are read as afterwards."""

from __future__ import annotations

import copy
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base import sample
from knowledge_base.catalogue.difference import Change, difference
from knowledge_base.catalogue.edits import (
    AddDepartment,
    AddDuty,
    AddPhrase,
    ChangeDepartment,
    ChangeDuty,
    Document,
    Edit,
    EndDepartment,
    PutRule,
    RemoveDepartment,
    RemoveDuty,
    RemovePhrase,
    RemoveRule,
    RenameDepartment,
    ReplaceDocument,
    as_document,
    described,
    edited,
)
from knowledge_base.catalogue.file import load_catalogue, plain_catalogue, read_catalogue
from knowledge_base.errors import BadTable

BASE: Document = {
    "departments": [
        {
            "name": "市公安局",
            "aliases": ["公安局"],
            "area": "云川市",
            "telephone": "0999-6001001",
            "duties": [
                {"text": "负责居住证的办理。", "legal_basis": "第四条", "phrases": ["居住证", "暂住证"]},
                {"text": "维护社会治安。", "legal_basis": "第六条", "phrases": ["打架"]},
            ],
        },
        {
            "name": "市城管局",
            "area": "云川市",
            "duties": [{"text": "路灯", "legal_basis": "", "phrases": ["路灯不亮"]}],
        },
    ],
    "rules": [
        {
            "name": "燃气泄漏",
            "cues": ["煤气味"],
            "legal_basis": "第一条",
            "lead": "市城管局",
            "co_departments": ["市公安局"],
        }
    ],
    "remark": {"kept": True},
}


def after(*edits: Edit, document: Document = BASE) -> Document:
    for edit in edits:
        document = edited(document, edit, BASE)
    return document


def changes(*edits: Edit) -> list[tuple[str, str, str, str, str]]:
    found = difference(BASE, after(*edits))
    return [(c.kind, c.department, c.subject, c.before, c.after) for c in found]


def test_a_new_department_with_its_duties_is_one_that_the_catalogue_reads() -> None:
    document = after(
        AddDepartment("市大数据局", "云川市", effective_from="2026-12-01"),
        AddDuty("市大数据局", "负责政务服务平台。", "第五条", ("政务网站打不开",)),
    )
    del document["remark"]
    found = read_catalogue(document, "edition 2").find("市大数据局")
    assert found is not None
    assert found.effective_from == date(2026, 12, 1)
    assert found.duties[0].phrases == ("政务网站打不开",)
    assert [d["name"] for d in BASE["departments"]] == ["市公安局", "市城管局"]  # the one given stays


def test_a_department_that_is_renamed_keeps_its_old_name_as_an_alias_and_rules_follow() -> None:
    document = after(RenameDepartment("市城管局", "市城市管理局"))
    row, rule = document["departments"][1], document["rules"][0]
    assert (row["name"], row["aliases"]) == ("市城市管理局", ["市城管局"])
    assert rule["lead"] == "市城市管理局"
    assert changes(RenameDepartment("市城管局", "市城市管理局"))[0][:4] == (
        "department_renamed",
        "市城市管理局",
        "",
        "市城管局",
    )
    again = after(RenameDepartment("市城市管理局", "市城管局"), document=document)
    assert again["departments"][1]["aliases"] == ["市城市管理局"]


def test_what_is_not_named_by_an_edit_stays_as_it_is() -> None:
    assert after(AddPhrase("市城管局", 1, "灯坏了"))["remark"] == {"kept": True}


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (
            EndDepartment("市城管局", date(2026, 12, 31)),
            ("field_changed", "市城管局", "effective_to", "", "2026-12-31"),
        ),
        (
            ChangeDepartment("市公安局", {"telephone": "110"}),
            ("field_changed", "市公安局", "telephone", "0999-6001001", "110"),
        ),
        (ChangeDepartment("市公安局", {"aliases": None}), ("field_changed", "市公安局", "aliases", "公安局", "")),
        (AddDuty("市城管局", "停车收费"), ("duty_added", "市城管局", "停车收费", "", "")),
        (RemoveDuty("市公安局", 2), ("duty_removed", "市公安局", "维护社会治安。", "", "")),
        (AddPhrase("市城管局", 1, " 灯坏了 "), ("phrase_added", "市城管局", "路灯", "", "灯坏了")),
        (RemovePhrase("市公安局", 1, "暂住证"), ("phrase_removed", "市公安局", "负责居住证的办理。", "暂住证", "")),
        (
            ChangeDuty("市公安局", 1, legal_basis="第五条"),
            ("basis_changed", "市公安局", "负责居住证的办理。", "第四条", "第五条"),
        ),
        (
            ChangeDuty("市公安局", 1, text="负责居住证的办理和解释。"),
            ("duty_changed", "市公安局", "负责居住证的办理和解释。", "负责居住证的办理。", "负责居住证的办理和解释。"),
        ),
        (RemoveRule("燃气泄漏"), ("rule_removed", "", "燃气泄漏", "", "")),
        (PutRule({"name": "噪音", "cues": ["吵"]}), ("rule_added", "", "噪音", "", "name：噪音；cues：吵")),
    ],
    ids=lambda value: getattr(value, "do", ""),
)
def test_an_edit_is_seen_in_the_difference_as_one_change(edit: Edit, change: tuple[str, ...]) -> None:
    assert changes(edit) == [change]


def test_a_rule_that_changed_shows_only_what_changed_in_it() -> None:
    rule = {**BASE["rules"][0], "lead": "市公安局"}
    assert changes(PutRule(rule)) == [("rule_changed", "", "燃气泄漏", "lead：市城管局", "lead：市公安局")]


def test_a_department_that_was_in_force_is_ended_and_not_removed() -> None:
    with pytest.raises(BadTable, match="市城管局 has been in force: orders point to it"):
        after(RemoveDepartment("市城管局"))
    assert after(AddDepartment("新局", "云川市"), RemoveDepartment("新局")) == BASE


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (AddDuty("市水务局", "供水"), "no department 市水务局"),
        (AddDepartment("公安局", "云川市"), "stands for 市公安局 already"),
        (AddDepartment(" ", "云川市"), "The name is empty"),
        (RenameDepartment("市城管局", "市公安局"), "stands for 市公安局 already"),
        (ChangeDuty("市城管局", 2, text="x"), "has no duty number 2"),
        (RemoveDuty("市城管局", 0), "has no duty number 0"),
        (AddPhrase("市城管局", 1, "路灯不亮"), "there already"),
        (RemovePhrase("市城管局", 1, "没有"), "has no such phrase"),
        (ChangeDepartment("市城管局", {"name": "x"}), "rename it instead"),
        (ChangeDepartment("市城管局", {"aliases": "x"}), "the aliases of 市城管局 are not of the form"),
        (RemoveRule("没有"), "no rule 没有"),
        (PutRule({"cues": []}), "The rule has no name"),
        (ReplaceDocument({"departments": [1]}), "This is no catalogue"),
        (ReplaceDocument({"departments": [{"name": "x", "duties": [1]}]}), "neither a text nor a JSON object"),
        (ReplaceDocument({"departments": [], "rules": [1]}), "the rules are not of the form"),
    ],
)
def test_an_edit_that_does_not_fit_is_refused_with_a_sentence(edit: Edit, sentence: str) -> None:
    with pytest.raises(BadTable, match=sentence):
        after(edit)


def test_a_whole_document_takes_the_place_of_the_draft_in_every_form_that_files_have() -> None:
    rows: list[Any] = [
        {"name": "甲", "duties": "一件事"},
        {"name": "乙", "duties": ["两件", {"text": "三件"}]},
        {"name": "丙"},
    ]
    found = as_document(rows)
    duties = [[duty["text"] for duty in row["duties"]] for row in found["departments"]]
    assert duties == [["一件事"], ["两件", "三件"], []]
    assert rows[0]["duties"] == "一件事"


def test_an_edit_is_described_in_a_few_words() -> None:
    assert described(AddPhrase("市公安局", 1, "x")) == "add_phrase 市公安局"
    assert described(PutRule({"name": "噪音"})) == "put_rule 噪音"
    assert described(ReplaceDocument({})) == "replace_document"


def sample_document() -> Document:
    document: Document = json.loads(json.dumps(plain_catalogue(load_catalogue(sample.departments()))))
    return document


def test_the_sample_city_goes_through_the_document_unchanged() -> None:
    document = sample_document()
    assert as_document(document) == document
    assert read_catalogue(as_document(document), "edition 1") == load_catalogue(sample.departments())
    assert difference(document, as_document(document)) == ()


def test_a_department_that_came_with_the_duties_of_one_that_went_was_renamed() -> None:
    new = copy.deepcopy(BASE)
    new["departments"][1]["name"] = "市城市管理局"
    assert difference(BASE, new)[0] == Change("department_renamed", "市城市管理局", "", "市城管局", "市城市管理局")


def test_a_department_that_is_gone_and_one_that_is_new_are_said_to_be_so() -> None:
    new = copy.deepcopy(BASE)
    new["departments"][1] = {"name": "市税务局", "area": "云川市", "duties": [{"text": "发票", "phrases": ["开票"]}]}
    assert [(c.kind, c.department) for c in difference(BASE, new)] == [
        ("department_added", "市税务局"),
        ("duty_added", "市税务局"),
        ("phrase_added", "市税务局"),
        ("department_removed", "市城管局"),
    ]


TEXTS = st.text(st.sampled_from("甲乙丙丁"), min_size=1, max_size=3)
DUTIES = st.lists(st.fixed_dictionaries({"text": TEXTS, "legal_basis": TEXTS, "phrases": st.lists(TEXTS, unique=True)}))
DOCUMENTS = st.lists(st.fixed_dictionaries({"name": TEXTS, "duties": DUTIES}), unique_by=lambda d: d["name"]).map(
    lambda rows: {"departments": rows}
)


@given(DOCUMENTS, DOCUMENTS)
def test_there_is_a_difference_exactly_where_the_content_differs(one: Document, other: Document) -> None:
    def content(document: Document) -> Any:
        return sorted(
            (d["name"], sorted((x["text"], x["legal_basis"], tuple(sorted(x["phrases"]))) for x in d["duties"]))
            for d in document["departments"]
        )

    assert (difference(one, other) == ()) == (content(one) == content(other))
    assert difference(one, one) == ()
