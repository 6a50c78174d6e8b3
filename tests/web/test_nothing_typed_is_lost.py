"""What is typed at the knowledge desk and not taken, being too long or the service away, stays to be saved."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from held_back import HeldBack
from playwright.sync_api import Page, Route, expect

from copilot.store import Seen

pytestmark = pytest.mark.browser

MORE = {"issuer": "云川市人民政府", "owner": "市公安局", "area": "云川市", "effective_from": "2026-01-01"}


@pytest.fixture
def editor(editor: Page) -> Page:
    """With a new draft."""
    editor.keyboard.press("Alt+n")
    editor.keyboard.type("云川市共享单车管理办法")
    editor.keyboard.press("Enter")
    expect(editor.locator("[data-key='document_number']")).to_be_focused()
    return editor


def send(page: Page, field: str, value: str) -> None:
    page.fill(f"[data-key='{field}']", value)
    page.locator(f"[data-key='{field}']").blur()


def test_a_title_that_is_too_long_stays_to_be_shortened(editor: Page) -> None:
    title = editor.locator("[data-key='new-title']")
    editor.keyboard.press("Alt+n")
    title.fill("办" * 301)
    title.press("Enter")
    expect(editor.locator("#problem")).to_contain_text("标题有 301 字，最多 300 字")
    expect(title).to_have_value("办" * 301)
    title.fill("云川市停车管理办法")
    title.press("Enter")
    expect(title).to_be_hidden()
    expect(editor.locator("[data-key='title']")).to_have_value("云川市停车管理办法")


def test_a_field_that_was_refused_keeps_what_was_typed_until_it_is_saved_or_given_up(
    editor: Page, tmp_path: Path
) -> None:
    send(editor, "issuer", "局" * 301)
    mark = editor.locator("[data-unsaved='issuer']")
    expect(mark).to_contain_text("未保存")
    expect(mark).to_have_attribute("title", "发布机关有 301 字，最多 300 字。请缩短，说明性内容写入正文。")
    send(editor, "owner", "市交通运输局")
    expect(editor.locator("#banner .about")).to_contain_text("已改 1 次")
    expect(editor.locator("[data-key='issuer']")).to_have_value("局" * 301)
    editor.screenshot(path=str(tmp_path / "unsaved.png"))
    mark.locator("text=放弃改动").click()
    expect(mark).to_have_count(0)
    expect(editor.locator("[data-key='issuer']")).to_have_value("")
    send(editor, "issuer", "局" * 301)
    expect(mark).to_be_visible()
    send(editor, "issuer", "云川市交通运输局")
    expect(mark).to_have_count(0)
    expect(editor.locator("#banner .about")).to_contain_text("已改 2 次")


def test_a_text_that_could_not_be_sent_is_saved_by_one_press(editor: Page, tmp_path: Path) -> None:
    editor.route("**/edits", lambda route: route.abort())
    send(editor, "text", "第一条 停放在划定的区域。")
    mark = editor.locator("[data-unsaved='text']")
    expect(mark).to_be_visible()
    editor.unroute("**/edits")
    for times, (field, value) in enumerate(MORE.items(), start=1):
        send(editor, field, value)
        expect(editor.locator("#banner .about")).to_contain_text(f"已改 {times} 次")
    expect(editor.locator("[data-key='text']")).to_have_value("第一条 停放在划定的区域。")
    editor.screenshot(path=str(tmp_path / "text.png"))
    mark.locator("text=再次保存").click()
    expect(mark).to_have_count(0)
    expect(editor.locator("#banner .about")).to_contain_text("已改 5 次")


def test_a_note_that_is_too_long_says_so_and_is_not_cut(editor: Page) -> None:
    for field, value in {**MORE, "text": "第一条 停放在划定的区域。"}.items():
        send(editor, field, value)
    editor.click("#banner >> text='提交审核'")
    editor.fill("#step-text", "新" * 600)
    editor.keyboard.press("Enter")
    said = editor.locator("#step-text").evaluate("(field) => field.validationMessage")
    assert said == "共 600 字，最多 500 字，请缩短"
    expect(editor.locator("#step-text")).to_have_value("新" * 600)
    editor.fill("#step-text", "新" * 500)
    editor.keyboard.press("Enter")
    expect(editor.locator("#banner")).to_contain_text("须由另一人审核")


def test_what_was_typed_while_somebody_else_was_first_stays_beside_what_they_wrote(editor: Page, stage: Any) -> None:
    desk = stage.app.state.articles
    (row,) = desk.shelf(stage.services.today)
    editor.fill("[data-key='issuer']", "云川市交通运输局")  # nothing is loaded anew while somebody types
    desk.edit(Seen(row.article_id, 1, 0), {"area": "云川市"}, "li", datetime.now(UTC))
    editor.locator("[data-key='issuer']").blur()
    mark = editor.locator("[data-unsaved='issuer']")
    expect(mark).to_be_visible()
    expect(editor.locator("[data-key='area']")).to_have_value("云川市")
    expect(editor.locator("[data-key='issuer']")).to_have_value("云川市交通运输局")
    mark.locator("text=再次保存").click()
    expect(mark).to_have_count(0)
    expect(editor.locator("#banner .about")).to_contain_text("已改 2 次")


def test_a_value_that_is_put_back_while_the_other_is_on_its_way_is_the_one_that_stays(editor: Page) -> None:
    send(editor, "issuer", "云川市公安局")
    expect(editor.locator("#banner .about")).to_contain_text("已改 1 次")
    held: list[Route] = []
    editor.route("**/edits", lambda route: held.append(route), times=1)  # noqa: PLW0108 - playwright marks it
    with editor.expect_request("**/edits"):
        send(editor, "issuer", "云川市交通运输局")
    send(editor, "issuer", "云川市公安局")
    held.pop().continue_()
    expect(editor.locator("#banner .about")).to_contain_text("已改 3 次")
    expect(editor.locator("[data-key='issuer']")).to_have_value("云川市公安局")


def test_saving_again_sends_what_stands_in_the_field_now(editor: Page) -> None:
    send(editor, "issuer", "局" * 301)
    mark = editor.locator("[data-unsaved='issuer']")
    expect(mark).to_be_visible()
    editor.fill("[data-key='issuer']", "云川市公安局")
    mark.locator("text=再次保存").click()  # leaves the field, which sends it, and presses
    expect(editor.locator("#banner .about")).to_contain_text("已改 1 次")
    send(editor, "owner", "市交通运输局")  # behind all that was sent
    expect(editor.locator("#banner .about")).to_contain_text("已改 2 次")
    expect(mark).to_have_count(0)
    expect(editor.locator("[data-key='issuer']")).to_have_value("云川市公安局")


def test_giving_up_while_the_save_is_on_its_way_leaves_what_was_there_before(editor: Page) -> None:
    send(editor, "issuer", "云川市公安局")
    expect(editor.locator("#banner .about")).to_contain_text("已改 1 次")
    send(editor, "issuer", "局" * 301)
    mark = editor.locator("[data-unsaved='issuer']")
    expect(mark).to_be_visible()
    held = HeldBack(editor, "**/edits")
    editor.fill("[data-key='issuer']", "云川市交通运输局")
    mark.locator("text=放弃改动").click()  # leaves the field, which sends it, and presses
    on_its_way = held.request()
    assert "云川市交通运输局" in (on_its_way.request.post_data or "")
    on_its_way.continue_()
    expect(editor.locator("#banner .about")).to_contain_text("已改 3 次")  # the other, and back again behind it
    expect(mark).to_have_count(0)
    expect(editor.locator("[data-key='issuer']")).to_have_value("云川市公安局")


def leaves_only_when_told(page: Page) -> None:
    """Close the page; it asks, and stays."""
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()


def test_the_page_asks_before_it_is_left_with_something_unsaved_and_not_once_that_is_given_up(editor: Page) -> None:
    send(editor, "issuer", "局" * 301)
    mark = editor.locator("[data-unsaved='issuer']")
    expect(mark).to_be_visible()
    leaves_only_when_told(editor)
    expect(editor.locator("[data-key='issuer']")).to_have_value("局" * 301)
    mark.locator("text=放弃改动").click()
    expect(mark).to_have_count(0)
    with editor.expect_event("close"):  # a page that asks again stays open
        editor.close(run_before_unload=True)


def test_the_page_asks_before_it_is_left_while_a_save_is_on_its_way_and_not_once_it_arrived(editor: Page) -> None:
    held = HeldBack(editor, "**/edits")
    send(editor, "issuer", "云川市公安局")
    on_its_way = held.request()
    leaves_only_when_told(editor)
    on_its_way.continue_()
    expect(editor.locator("#banner .about")).to_contain_text("已改 1 次")
    with editor.expect_event("close"):
        editor.close(run_before_unload=True)
