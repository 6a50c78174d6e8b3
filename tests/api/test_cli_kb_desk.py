"""``hotline kb desk`` and ``hotline evaluate coverage`` as an operator uses them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from command_parts import told

from api.services import utc_now
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.city_time import city_day
from copilot.errors import BadInput, NotAllowed
from copilot.events import AppealOpened, CallStarted, PassageReported, ReportKind, UtteranceHeard
from copilot.store import Accounts, Store

PASSWORD = "Lake-and-Cloud-7"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SIGNED = f"{PASSWORD}\n"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    opened = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    opened.upgrade()
    for name, role in (("li", "editor"), ("wang", "administrator"), ("zuo", "agent")):
        Accounts(opened._database, CHEAP).add(name, name, (role,), PASSWORD, utc_now())
    return opened


def run(*arguments: str | Path, typed: str = "", group: tuple[str, ...] = ("kb", "desk")) -> str:
    return told(*group, *arguments, typed=typed)


def call(store: Store, call_id: str = "c1", days_ago: int = 0) -> None:
    day = city_day(utc_now()) - timedelta(days_ago)
    started = Call(call_id, Channel.TELEPHONE, "zuo", day, "云川市")
    said = UtteranceHeard(Utterance("u1", Speaker.CITIZEN, "共享单车乱停放归谁管？", 0.0, 2.0, "1"))
    store.journal.append(call_id, [CallStarted(started), AppealOpened("1", ""), said], datetime.now(UTC))


def test_an_article_is_edited_by_one_account_and_published_by_another(store: Store) -> None:
    said = run("edit", "street-light", "keywords=路灯、灯不亮", "--as", "li", typed=SIGNED)
    assert "Version 2 of street-light is a draft, revision 1" in said
    assert "keywords" in run("diff", "street-light")
    run("submit", "street-light", "--as", "li", "--note", "说法", typed=SIGNED)
    assert "review" in run("list", "street-light", "--standing", "review")
    with pytest.raises(NotAllowed, match="li took part"):
        run("approve", "street-light", "--as", "li", "--yes", typed=SIGNED)
    said = run("approve", "street-light", "--as", "wang", typed=f"y\n{PASSWORD}\n")
    assert "Version 2 of street-light is published" in said
    shown = run("show", "street-light")
    assert "in_force" in shown
    assert "路灯、灯不亮" in shown
    run("withdraw", "street-light", "--as", "li", "--reason", "写错了", typed=SIGNED)
    assert "withdrawn" in run("show", "street-light")
    with pytest.raises(NotAllowed, match="editor or administrator"):
        run("withdraw", "river", "--as", "zuo", "--reason", "x", typed=SIGNED)


def test_a_refused_draft_and_a_field_that_is_none(store: Store) -> None:
    run("edit", "river", "keywords=河水", "--as", "li", typed=SIGNED)
    run("submit", "river", "--as", "li", typed=SIGNED)
    run("refuse", "river", "--as", "wang", "--reason", "不必要", typed=SIGNED)
    assert "不必要" in run("show", "river")
    with pytest.raises(BadInput, match="FIELD=VALUE"):
        run("edit", "river", "keywords", "--as", "li", typed=SIGNED)
    with pytest.raises(BadInput, match="no standing"):
        run("list", "--standing", "gone")


def test_a_file_becomes_a_draft_with_its_faults(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "单车.md"
    file.write_text(
        "---\n标题: 云川市共享单车管理办法\n责任单位: 市城市管理局\n---\n第一条 停放在划定的区域。\n", "utf-8"
    )
    said = run("draft", file, "--as", "li", typed=SIGNED)
    assert "云川市共享单车管理办法): new version 1" in said
    assert "has no 施行日期" in said


def test_reports_and_reminders_are_listed(store: Store) -> None:
    call(store)
    report = PassageReported("r1", "1", "", "river#1", "river", "市水务局", ReportKind.WRONG, "电话不对", "zuo")
    store.journal.append("c1", [report], datetime.now(UTC))
    said = run("reports")
    assert "river#1" in said
    assert "1 reports" in said
    assert "0 reports" in run("reports", "--owner", "市公安局")
    assert "what follows" in run("reminders")


def test_reports_come_in_pages_and_say_how_many_there_are(store: Store) -> None:
    call(store)
    told = [
        PassageReported(f"r{n}", "1", "", f"river#{n}", "river", "市水务局", ReportKind.WRONG, "", "zuo")
        for n in range(1, 6)
    ]
    store.journal.append("c1", told, datetime.now(UTC))
    first, last = run("reports", "--page-size", "2"), run("reports", "--page-size", "2", "--page", "3")
    assert "1 to 2 of 5 reports, page 1 of 3. Show others with --page 2." in first
    assert "5 to 5 of 5 reports, page 3 of 3." in last
    assert [f"river#{n}" in first + last for n in range(1, 6)] == [True, True, False, False, True]
    assert "None of 5 reports, page 4 of 3. Show others with --page 1." in run(
        "reports", "--page-size", "2", "--page", "4"
    )
    assert "5 reports" in run("reports")


def test_coverage_is_told_and_written(store: Store, tmp_path: Path) -> None:
    call(store)
    call(store, "c2")
    figures, page = tmp_path / "coverage.json", tmp_path / "coverage.html"
    said = run("coverage", "--by-words", "--json", figures, "--report", page, group=("evaluate",))
    assert "2 calls, 2 questions" in said
    assert "    2  共享单车乱停放归谁管？  (silent 2)" in said
    assert json.loads(figures.read_text())["clusters"][0]["size"] == 2
    assert "<svg" in page.read_text()
    with pytest.raises(BadInput, match="before it begins"):
        run("coverage", "--by-words", "--from", "2026-12-01", "--to", "2026-11-01", group=("evaluate",))


def test_ninety_days_are_looked_at_today_included(store: Store, tmp_path: Path) -> None:
    for call_id, days_ago in (("c1", 0), ("c2", 89), ("c3", 90)):
        call(store, call_id, days_ago)
    figures = tmp_path / "coverage.json"
    run("coverage", "--by-words", "--json", figures, group=("evaluate",))
    assert json.loads(figures.read_text())["calls"] == 2
