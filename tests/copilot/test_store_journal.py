from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import exc, text

from copilot.call import Call, Channel, Speaker, Utterance
from copilot.errors import AlreadyDecided, BadInput, Conflict, NotFound
from copilot.events import AppealOpened, CallStarted, Event, SuggestionDecided, SuggestionMade, UtteranceHeard
from copilot.store import Store
from copilot.suggestion import Choice, Decision, Slot, Suggestion, Verdict

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)


def _started(call_id: str = "c1") -> list[Event]:
    return [CallStarted(Call(call_id, Channel.TELEPHONE, "agent.li", DAY, "云川市")), AppealOpened("1", "")]


def _heard(utterance_id: str, said: str = "我家停水了") -> UtteranceHeard:
    return UtteranceHeard(Utterance(utterance_id, Speaker.CITIZEN, said, 0.0, 1.0, "1"))


def _suggested(suggestion_id: str = "s1") -> SuggestionMade:
    return SuggestionMade(suggestion_id, "1", Suggestion(Slot.TITLE, (Choice("停水", 0.9),)), (), 1.0)


def _decided(decision_id: str, suggestion_id: str | None = "s1", value: Any = "停水") -> SuggestionDecided:
    return SuggestionDecided(Decision(decision_id, "1", Slot.TITLE, Verdict.AMEND, suggestion_id, value, "agent.li"))


def _run(store: Store, *statements: str) -> None:
    """What somebody with the database's password could try."""
    with store._database._writer.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def _is_sqlite(store: Store) -> bool:
    return store._database.is_sqlite


# -- append-only ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET payload = '{}' WHERE seq = 1",
        "DELETE FROM journal",
        "DELETE FROM journal WHERE call_id = 'c1' AND seq = 2",
        "UPDATE audit SET by = 'somebody else'",
        "DELETE FROM audit",
    ],
)
def test_the_database_refuses_to_change_or_delete_what_was_recorded(store: Store, statement: str) -> None:
    store.journal.append("c1", _started(), NOON)
    store.accounts.add("li.na", "李娜", ["agent"], "a long sentence 1", NOON)
    before = store.journal.read("c1")
    with pytest.raises(exc.IntegrityError, match="append-only"):
        _run(store, statement.replace(" by ", ' "by" '))
    assert store.journal.read("c1") == before
    assert store.verify() == []


def test_the_database_refuses_to_truncate_the_journal(store: Store) -> None:
    if _is_sqlite(store):
        pytest.skip("SQLite has no TRUNCATE; its DELETE is refused")
    with pytest.raises(exc.IntegrityError, match="append-only"):
        _run(store, "TRUNCATE journal CASCADE")


@pytest.mark.parametrize("seq", [1, 2, 4])
def test_sqlite_refuses_a_row_in_the_place_of_another_or_after_a_gap(sqlite_url: str, seq: int) -> None:
    store = Store(sqlite_url)
    store.upgrade()
    store.journal.append("c1", _started(), NOON)
    with pytest.raises(exc.IntegrityError, match="append-only"):
        _run(
            store,
            "INSERT OR REPLACE INTO journal (call_id, seq, at, name, payload, previous_hash, hash) "
            f"VALUES ('c1', {seq}, '2026-11-02 04:00:00', 'call_ended', '{{}}', '', '')",
        )
    assert store.verify() == []
    store.close()


def _disarm(store: Store) -> None:
    """A database administrator takes the guards away; what is done then has to be visible all the same."""
    if _is_sqlite(store):
        _run(store, "DROP TRIGGER journal_refuses_update", "DROP TRIGGER journal_refuses_delete")
        with store._database._engine.connect() as connection:
            connection.exec_driver_sql("ROLLBACK")
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("BEGIN")
    else:
        _run(store, "DROP TRIGGER journal_is_append_only ON journal")


@pytest.mark.parametrize(
    ("statement", "seq", "what"),
    [
        ("UPDATE journal SET payload = replace(payload, '停水', '停电') WHERE seq = 3", 3, "not what was recorded"),
        ("UPDATE journal SET at = '2026-11-02 03:00:00' WHERE seq = 3", 3, "not what was recorded"),
        ("DELETE FROM journal WHERE seq = 3", 4, "Event 3 is missing"),
        ("DELETE FROM journal WHERE seq = 5", 5, "the journal ends with 4"),
        ("UPDATE journal SET previous_hash = hash WHERE seq = 4", 4, "does not follow"),
        ("DELETE FROM appeal; DELETE FROM call", 0, "call itself was taken out"),
    ],
)
def test_verify_finds_what_was_changed_behind_its_back(store: Store, statement: str, seq: int, what: str) -> None:
    store.journal.append("c1", [*_started(), _heard("u1"), _heard("u2"), _heard("u3")], NOON)
    store.journal.append("c2", _started("c2"), NOON)
    assert store.verify() == []
    _disarm(store)
    _run(store, *statement.split(";"))
    faults = [fault for fault in store.verify() if fault.call_id == "c1"]
    assert any(fault.seq == seq and what in fault.message for fault in faults), faults


def test_verify_finds_a_changed_line_of_the_audit(store: Store) -> None:
    store.accounts.add("li.na", "李娜", ["agent"], "a long sentence 1", NOON)
    _run(
        store,
        "DROP TRIGGER audit_refuses_update" if _is_sqlite(store) else "DROP TRIGGER audit_is_append_only ON audit",
        "UPDATE audit SET action = 'nothing'",
    )
    assert [fault.message for fault in store.verify()] == ["Audit line 1 is not what was recorded at first."]


# -- all or nothing, one at a time ------------------------------------------------------------------------------------


def test_of_events_that_contradict_each_other_none_is_recorded(store: Store) -> None:
    store.journal.append("c1", _started(), NOON)
    with pytest.raises(AlreadyDecided):
        store.journal.append("c1", [_heard("u1"), _suggested(), _decided("d1"), _decided("d2")], NOON)
    assert len(store.journal.read("c1")) == 2
    assert store.queries.suggestion_outcomes().by_slot[Slot.TITLE].made == 0
    assert [record.seq for record in store.journal.append("c1", [_heard("u1")], NOON)] == [3]


def test_a_second_decision_on_one_suggestion_is_refused_whoever_sends_it(store: Store) -> None:
    store.journal.append("c1", [*_started(), _suggested(), _decided("d1")], NOON)
    with pytest.raises(AlreadyDecided, match="by hand"):
        store.journal.append("c1", [_decided("d2")], NOON)


def test_a_decision_on_a_suggestion_that_never_was_is_refused(store: Store) -> None:
    store.journal.append("c1", _started(), NOON)
    with pytest.raises(NotFound, match="s9"):
        store.journal.append("c1", [_decided("d1", "s9")], NOON)


def test_an_event_of_a_call_that_never_began_is_refused(store: Store) -> None:
    with pytest.raises(NotFound, match="Start one first"):
        store.journal.append("c1", [_heard("u1")], NOON)
    assert store.journal.read("c1") == []


def test_a_call_begins_once(store: Store) -> None:
    store.journal.append("c1", _started(), NOON)
    with pytest.raises(Conflict, match="begun already"):
        store.journal.append("c1", _started(), NOON)
    assert len(store.journal.read("c1")) == 2


def test_words_that_cannot_be_stored_are_refused_with_a_sentence(store: Store) -> None:
    store.journal.append("c1", _started(), NOON)
    with pytest.raises(BadInput, match="again"):
        store.journal.append("c1", [_heard("u1", "half \ud83d")], NOON)
    with pytest.raises(BadInput, match="finite"):
        store.journal.append("c1", [UtteranceHeard(Utterance("u", Speaker.AGENT, "", float("nan"), 0.0, "1"))], NOON)
    assert len(store.journal.read("c1")) == 2


def test_threads_that_append_to_one_call_never_share_a_number(store: Store) -> None:
    store.journal.append("c1", _started(), NOON)

    def speak(thread: int) -> list[int]:
        taken = []
        for n in range(10):
            recorded = store.journal.append("c1", [_heard(f"u{thread}-{n}-a"), _heard(f"u{thread}-{n}-b")], NOON)
            assert recorded[1].seq == recorded[0].seq + 1
            taken += [record.seq for record in recorded]
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [seq for seqs in pool.map(speak, range(6)) for seq in seqs]
    assert sorted(taken) == list(range(3, 123))
    assert [record.seq for record in store.journal.read("c1")] == list(range(1, 123))
    assert store.verify() == []


def test_two_processes_that_resume_one_call_cannot_both_decide(store: Store, database_url: str) -> None:
    store.journal.append("c1", [*_started(), _suggested()], NOON)
    other = Store(database_url)

    def decide(which: tuple[Store, str]) -> bool:
        try:
            which[0].journal.append("c1", [_decided(which[1])], NOON)
        except AlreadyDecided:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, [(store, "d1"), (other, "d2")])) == [False, True]
    other.close()


def test_an_order_number_is_never_given_twice(store: Store, database_url: str) -> None:
    other = Store(database_url)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: (store, other)[n % 2].journal.next_order_number(DAY), range(80)))
    other.close()
    assert sorted(numbers) == [f"YC-20261102-{n:04d}" for n in range(1, 81)]


def test_order_numbers_begin_with_the_letters_of_the_city(sqlite_url: str) -> None:
    store = Store(sqlite_url, order_prefix="HK")
    store.upgrade()
    assert store.journal.next_order_number(DAY) == "HK-20261102-0001"
    store.close()
    with pytest.raises(BadInput, match="two to four capital letters"):
        Store(sqlite_url, order_prefix="云川")


_WRITER = """
import sys
from datetime import UTC, datetime, date
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.events import AppealOpened, CallStarted, UtteranceHeard
from copilot.store import Store

store = Store(sys.argv[1])
now = datetime(2026, 11, 2, tzinfo=UTC)
call = Call("k", Channel.TELEPHONE, "li", date(2026, 11, 2), "")
store.journal.append("k", [CallStarted(call), AppealOpened("1", "")], now)
for n in range(100000):
    store.journal.append("k", [UtteranceHeard(Utterance(f"u{n}", Speaker.CITIZEN, "喂", n, n + 1, "1"))], now)
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()
"""


def test_a_killed_process_loses_nothing_that_was_acknowledged(store: Store, database_url: str, tmp_path: Path) -> None:
    script = tmp_path / "writer.py"
    script.write_text(_WRITER, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script), database_url], stdout=subprocess.PIPE, text=True, env=environment
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(25)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
    said = [r.event.utterance.utterance_id for r in store.journal.read("k") if isinstance(r.event, UtteranceHeard)]
    assert said[: len(acknowledged)] == [f"u{n}" for n in acknowledged]
    assert len(said) <= len(acknowledged) + 1
    assert store.verify() == []
    store.journal.append("k", [_heard("u-after")], NOON)
