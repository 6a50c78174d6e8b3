from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from copilot.call import Call, Channel, Speaker, Utterance
from copilot.errors import BadInput, StorageProblem
from copilot.events import AppealOpened, CallStarted, UtteranceHeard
from copilot.store import Store
from copilot.work_order import WorkOrder

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
SECRET = "我的身份证号码是"


def _begin(store: Store, call_id: str = "c1") -> None:
    call = Call(call_id, Channel.TELEPHONE, "agent.li", date(2026, 11, 2), "云川市")
    store.journal.append(call_id, [CallStarted(call), AppealOpened("1", "")], NOON)


def _say(store: Store, utterance_id: str, said: str = SECRET) -> None:
    store.journal.append("c1", [UtteranceHeard(Utterance(utterance_id, Speaker.CITIZEN, said, 0, 1, "1"))], NOON)


def test_a_full_disk_loses_nothing_that_was_acknowledged(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    store.upgrade()
    _begin(store)
    with store._database._engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 4}")
    acknowledged = 2
    with pytest.raises(StorageProblem, match=r"disk of the database is full\. Free some space") as refusal:  # noqa: PT012 - until it is full
        while True:
            _say(store, f"u{acknowledged}", SECRET * 200)
            acknowledged += 1
    assert acknowledged > 2
    assert SECRET not in str(refusal.value)
    assert len(store.journal.read("c1")) == acknowledged
    assert store.verify() == []
    with store._database._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 100000")
    _say(store, "after")
    assert len(store.journal.read("c1")) == acknowledged + 1
    store.close()


def test_a_database_that_may_only_be_read_says_so(sqlite_url: str, tmp_path: Path) -> None:
    writable = Store(sqlite_url)
    writable.upgrade()
    _begin(writable)
    store = Store(f"sqlite:///file:{tmp_path / 'hotline.db'}?mode=ro&uri=true")
    assert len(store.journal.read("c1")) == 2
    for attempt in (lambda: _say(store, "u1"), store.check):
        with pytest.raises(StorageProblem, match=r"cannot be written\. Give the service write access"):
            attempt()
    store.close()
    writable.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(StorageProblem, match=r"file/hotline\.db cannot be written .*HOTLINE_DATABASE_URL"):
        Store(f"sqlite:///{tmp_path / 'file' / 'hotline.db'}")


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list " * 100, encoding="utf-8")
    store = Store(f"sqlite:///{path}")
    with pytest.raises(StorageProblem, match=r"is no database\. Stop the service, keep the file, and restore"):
        store.upgrade()
    assert path.read_text(encoding="utf-8") == "shopping list " * 100
    store.close()


def test_a_damaged_database_is_told_from_an_empty_one(sqlite_url: str, tmp_path: Path) -> None:
    store = Store(sqlite_url)
    store.upgrade()
    _begin(store)
    for n in range(200):
        _say(store, f"u{n}", SECRET * 50)
    store.close()
    path = tmp_path / "hotline.db"
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xa5" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    with pytest.raises(StorageProblem, match="damaged"):
        store.verify()
    store.close()


def test_a_locked_database_asks_to_try_again(sqlite_url: str, tmp_path: Path) -> None:
    store = Store(f"{sqlite_url}?timeout=0.05")
    store.upgrade()
    _begin(store)
    other = sqlite3.connect(tmp_path / "hotline.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageProblem, match=r"busy with another writer\. Try again"):
        _say(store, "u1")
    assert len(store.journal.read("c1")) == 2
    other.execute("ROLLBACK")
    other.close()
    _say(store, "u1")
    store.close()


def test_a_database_without_tables_says_how_to_make_them(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    with pytest.raises(StorageProblem, match="lacks its tables"):
        store.journal.read("c1")
    with pytest.raises(StorageProblem, match="Restart the service"):
        store.check()
    store.upgrade()
    store.check()
    store.close()


def test_a_server_that_is_away_is_told_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        store = Store(f"postgresql://hotline:geheim@127.0.0.1:{taken.getsockname()[1]}/hotline")
        with pytest.raises(StorageProblem, match=r"cannot be opened\. Check that it is running") as refusal:
            store.upgrade()
    assert "geheim" not in str(refusal.value)
    store.close()


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("mysql://root@localhost/hotline", "Use sqlite or postgresql"),
        ("sqlite://", "Name a file"),
        ("sqlite:///:memory:", "Name a file"),
        ("not a url", "cannot be read"),
    ],
)
def test_a_url_of_another_kind_is_refused(url: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        Store(url)


def test_only_the_service_itself_may_read_the_file(sqlite_url: str, tmp_path: Path) -> None:
    store = Store(sqlite_url)
    store.upgrade()
    assert (tmp_path / "hotline.db").stat().st_mode & 0o077 == 0
    beside = {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("hotline.db-*")}
    assert beside == {"hotline.db-shm": 0, "hotline.db-wal": 0}
    store.close()


def test_sqlite_keeps_every_commit_on_the_disk(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    with store._database.reading() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 10_000
    assert pragmas == {"journal_mode": "wal", "synchronous": 2}
    store.close()


def test_no_error_of_the_database_repeats_what_was_said(store: Store, take_call: Callable[..., WorkOrder]) -> None:
    take_call(store.journal)
    with store._database._writer.begin() as connection:
        connection.exec_driver_sql("DROP TABLE urgency_flag")
    with pytest.raises(StorageProblem) as refusal:
        take_call(store.journal, "c2", flagged=True)
    error: BaseException | None = refusal.value
    while error is not None:
        assert "停水" not in str(error)
        error = error.__cause__
