"""Coverage and uploads at the knowledge desk, in a browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from copilot.call import Call, Channel, Speaker, Utterance
from copilot.events import AppealOpened, CallStarted, UtteranceHeard

pytestmark = pytest.mark.browser

DOCUMENT = """---
标题: 云川市共享单车管理办法
文号: 云政规(2026)9号
发布机关: 云川市人民政府
适用区域: 云川市
施行日期: 2026-01-01
---
第一条 共享单车应当停放在划定的区域。
第二条 乱停放的，责令改正。
"""
ASKED = ("共享单车乱停放归谁管？", "小区门口共享单车乱停放谁来管？", "共享单车乱停放找谁？", "老人优待证去哪里办？")


def ask(stage: Any, number: int, text: str) -> None:
    """A call in which a citizen asked, and no card was shown."""
    services = stage.services
    call = Call(f"q{number}", Channel.TELEPHONE, "zuoxi01", services.today, "云川市")
    said = UtteranceHeard(Utterance("u1", Speaker.CITIZEN, text, 0.0, 2.0, "1"))
    services.store.journal.append(call.call_id, [CallStarted(call), AppealOpened("1", ""), said], datetime.now(UTC))


def test_questions_without_a_good_answer_lead_to_a_draft(editor: Page, stage: Any, tmp_path: Path) -> None:
    for number, text in enumerate(ASKED):
        ask(stage, number, text)
    editor.keyboard.press("Alt+4")
    gaps = editor.locator(".gaps > li")
    expect(gaps).to_have_count(2)
    expect(gaps.first).to_contain_text("3 次")
    expect(gaps.first).to_contain_text("无建议 3")
    expect(editor.locator("#wide")).to_contain_text("4 通来电，市民提问 4 次")
    starts = {meter.bounding_box()["x"] for meter in editor.locator(".gaps meter").all()}  # type: ignore[index]
    assert len(starts) == 1, "bars that are compared begin on one line"
    gaps.first.locator("summary").click()
    editor.screenshot(path=str(tmp_path / "coverage.png"))
    gaps.first.locator("text=起草条目").click()
    expect(editor.locator("#banner .about")).to_contain_text("草稿：第 1 版")
    expect(editor.locator("[data-key='title']")).to_have_value(re.compile("共享单车乱停放"))


def test_an_uploaded_file_says_what_it_was_read_as_before_drafts_are_made(
    editor: Page, open_desk: Callable[[str], Page], tmp_path: Path
) -> None:
    del open_desk  # it fails the test if a script of the page fails
    file = tmp_path / "单车.md"
    file.write_text(DOCUMENT, encoding="utf-8")
    editor.set_input_files("input[type=file]", str(file))
    expect(editor.locator("#sheet h3")).to_contain_text("单车.md：读出 1 条")
    expect(editor.locator("#sheet")).to_contain_text("没有责任单位")
    editor.screenshot(path=str(tmp_path / "upload.png"))
    expect(editor.locator("[data-key='apply']")).to_be_focused()
    editor.keyboard.press("Enter")
    expect(editor.locator("#sheet h3")).to_contain_text("已处理 1 条")
    editor.click("#sheet .history >> text=云川市共享单车管理办法")
    expect(editor.locator("#banner .about")).to_contain_text("草稿：第 1 版")
    expect(editor.locator("#banner .faults")).to_contain_text("没有责任单位")
    expect(editor.locator("[data-key='document_number']")).to_have_value("云政规〔2026〕9号")
