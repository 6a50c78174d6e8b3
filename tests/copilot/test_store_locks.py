"""Runs of one command beside each other on one database, and one that wants to be alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

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
