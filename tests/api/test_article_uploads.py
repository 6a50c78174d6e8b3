"""Files that an editor uploads over the wire: what they say becomes drafts, and nothing of them is lost silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from article_desk_parts import Watch, editor_at

from api.services import Services

DOCUMENT = """---
标题: 云川市居住证办理规定
文号: 云公规(2025)3号
发布机关: 云川市公安局
责任单位: 市公安局
适用区域: 云川市
施行日期: 2025-03-01
---
第一条 首次申领居住证不收费。
第二条 补领不收工本费。
"""


@pytest.fixture
def editor(service: Callable[..., Any], services: Services) -> Any:
    return editor_at(service, services, Watch())


def send(desk: Any, name: str, content: bytes, *, apply: bool = False, status: int = 200) -> Any:
    headers = {**desk.headers, "Content-Type": "application/octet-stream"}
    address = f"/api/article-uploads?name={name}&apply={str(apply).lower()}"
    answer = desk.client.post(address, content=content, headers=headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_file_becomes_a_draft_of_the_article_that_it_is_about(editor: Any, service: Any) -> None:
    seen = send(editor, "规定.md", DOCUMENT.encode())
    assert [(a["article_id"], a["standing"], a["number"]) for a in seen["articles"]] == [
        ("residence-permit", "changed", None)
    ]
    assert editor.get("/api/articles/residence-permit")["versions"] == []
    done = send(editor, "规定.md", DOCUMENT.encode(), apply=True)
    assert done["articles"][0]["number"] == 2
    draft = editor.get("/api/articles/residence-permit/versions/2")
    assert "第二条 补领不收工本费" in draft["content"]["text"]
    assert draft["version"]["made_by"] == "bianji01"
    again = send(editor, "规定.md", DOCUMENT.encode(), apply=True)
    assert (again["articles"][0]["standing"], again["articles"][0]["number"]) == ("unchanged", None)
    other = send(service("guanli01"), "规定.md", DOCUMENT.replace("不收", "收").encode(), apply=True)
    assert (other["articles"][0]["standing"], other["articles"][0]["number"]) == ("busy", None)
    corrected = send(editor, "规定.md", DOCUMENT.replace("不收", "收").encode(), apply=True)
    assert (corrected["articles"][0]["standing"], corrected["articles"][0]["number"]) == ("redraft", 2)
    send(service("zuoxi01"), "规定.md", DOCUMENT.encode(), status=403)


def test_what_a_file_does_not_say_is_left_for_a_person_to_fill_in(editor: Any) -> None:
    table = "标题,正文\n共享单车停放,应当停放在划定的区域内，乱停放的由市城管局责令改正。\n".encode()
    done = send(editor, "单车.csv", table, apply=True)
    (arrived,) = done["articles"]
    assert (arrived["standing"], arrived["number"]) == ("new", 1)
    said = " ".join(fault["chinese"] for fault in arrived["faults"])
    assert "没有施行日期" in said
    draft = editor.get(f"/api/articles/{arrived['article_id']}/versions/1")
    assert draft["content"]["title"] == "共享单车停放"
    assert draft["version"]["origin"] == "uploaded"


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(editor: Any) -> None:
    assert send(editor, "坏.docx", b"PK\x03\x04broken", status=422)["error"]["type"] == "bad_document"
    assert "empty" in send(editor, "空.docx", b"", status=422)["error"]["message"]
    for name in ("规定.%00", f"规定.{'长' * 150}", "规定.md/../../规定"):
        assert send(editor, name, b"x", status=422)["error"]["type"] == "bad_document"
    answer = editor.client.post("/api/article-uploads?name=x.md", json={}, headers=editor.headers)
    assert answer.status_code == 415


def test_a_row_of_a_table_that_makes_no_article_is_named_and_not_lost_silently(editor: Any) -> None:
    head = "标题,文号,发布机关,责任单位,适用区域,施行日期,正文\n"
    row = "{0}办法,云{0}号,云川市,市公安局,云川市,{1},第一条 内容。\n"
    rows = row.format("甲", "2026-01-01") + row.format("乙", "某日")
    seen = send(editor, "办法.csv", (head + rows).encode())
    assert "甲办法" in [a["title"] for a in seen["articles"]]
    told = [f["message"] for f in seen["findings"]] + [a["title"] for a in seen["articles"]]
    assert any("乙办法" in sentence for sentence in told)


def test_a_header_that_does_not_end_is_text(editor: Any) -> None:
    seen = send(editor, "无尾.md", "\n---\n标题: 甲\n第一条 内容\n".encode())
    assert [a["title"] for a in seen["articles"]] == ["无尾"]
