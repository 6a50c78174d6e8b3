"""Runs of one command beside each other on one database, and one that wants to be alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databases import empty_schema
from sqlalchemy import create_engine, text

from copilot.store import Store


@pytest.fixture
def other(database_url: str) -> Iterator[Store]:
    """Another process, as far as the database can tell."""
    opened = Store(database_url)
    yield opened
    opened.close()


def test_runs_go_side_by_side_and_keep_out_the_one_that_must_be_alone(store: Store, other: Store) -> None:
    with store.reminder_mails.run(alone=False) as first, other.reminder_mails.run(alone=False) as second:
        assert (first, second) == (True, True)
        with other.reminder_mails.run(alone=True) as alone:
            assert not alone
    with other.reminder_mails.run(alone=True) as alone:
        assert alone


def fail_alone(store: Store, other: Store) -> None:
    with store.reminder_mails.run(alone=True) as first:
        assert first
        for alone in (True, False):
            with other.reminder_mails.run(alone=alone) as second:
                assert not second
        raise RuntimeError


def test_a_run_that_is_alone_keeps_the_others_out_until_it_ends_even_by_an_error(store: Store, other: Store) -> None:
    with pytest.raises(RuntimeError):
        fail_alone(store, other)
    with other.reminder_mails.run(alone=True) as later:
        assert later


@pytest.mark.parametrize("error", [OverflowError("9" * 30), UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogate")])
def test_what_goes_wrong_while_the_lock_is_held_is_not_said_of_the_lock(store: Store, error: Exception) -> None:
    with pytest.raises(type(error)) as raised, store.reminder_mails.run(alone=True):
        raise error
    assert raised.value is error


@pytest.mark.postgres
def test_a_server_that_ends_the_session_of_a_lock_changes_nothing_of_what_the_block_did() -> None:
    with empty_schema() as url:
        store = Store(url)
        with store.reminder_mails.run(alone=True) as had:
            assert had
            end_other_sessions(url)
        with store.reminder_mails.run(alone=True) as again:
            assert again
        store.close()


def end_other_sessions(url: str) -> None:
    """As a server does that is restarted: those of this schema alone, beside which other tests may run."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                " AND pid <> pg_backend_pid() AND classid::bigint = hashtext(current_schema())::bigint & 4294967295"
            )
        )
    engine.dispose()
