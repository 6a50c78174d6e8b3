from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select, text

from copilot.errors import BadInput, Conflict, NotAllowed, NotFound
from copilot.store import Account, Accounts, Role, Store
from copilot.store.tables import account, login

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
PASSWORD = "crossing the river 7"


@pytest.fixture
def accounts(store: Store) -> Iterator[Accounts]:
    """The real accounts, but hashing quickly."""
    return Accounts(store._database, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def li(accounts: Accounts) -> Account:
    return accounts.add("li.na", "李娜", [Role.AGENT], PASSWORD, NOON)


def _fail(accounts: Accounts, times: int, at: datetime = NOON) -> None:
    for _ in range(times):
        with pytest.raises(NotAllowed):
            accounts.check("li.na", "wrong password 1", at)


def _actions(accounts: Accounts) -> list[str]:
    return [line.action for line in accounts.audit()]


# -- people -----------------------------------------------------------------------------------------------------------


def test_nobody_can_log_in_to_a_new_database(accounts: Accounts) -> None:
    assert accounts.all() == []
    for name, password in (("admin", "admin"), ("admin", ""), ("", ""), ("root", "password")):
        with pytest.raises(NotAllowed, match="name or the password is wrong"):
            accounts.check(name, password, NOON)


def test_a_person_logs_in_with_the_right_password_only(accounts: Accounts, li: Account) -> None:
    assert accounts.check("li.na", PASSWORD, NOON) == li
    with pytest.raises(NotAllowed, match="name or the password is wrong"):
        accounts.check("li.na", PASSWORD + " ", NOON)


def test_a_name_is_one_however_it_is_typed(accounts: Accounts, li: Account) -> None:
    assert accounts.check(" \uff2c\uff49.NA ", PASSWORD, NOON) == li
    with pytest.raises(Conflict, match="already"):
        accounts.add("LI.na", "another", ["agent"], PASSWORD, NOON)


def test_the_password_is_kept_as_an_argon2id_hash_only(store: Store) -> None:
    store.accounts.add("li.na", "李娜", ["agent"], PASSWORD, NOON)
    with store._database.reading() as connection:
        (row,) = connection.execute(select(account)).all()
    assert row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert PASSWORD not in str(row)


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("", "10 to 256 characters"),
        ("short 1", "10 to 256 characters"),
        ("x1" * 200, "10 to 256 characters"),
        ("aaaaaaaaaaaa", "one kind of character"),
        ("my li.na password 1", "contains the account's name"),
    ],
)
def test_a_weak_password_is_refused_with_what_to_do(accounts: Accounts, password: str, what: str) -> None:
    with pytest.raises(BadInput, match=what):
        accounts.add("li.na", "李娜", ["agent"], password, NOON)
    assert accounts.all() == []


def test_a_chinese_sentence_is_a_password(accounts: Accounts) -> None:
    accounts.add("wang", "王芳", ["agent"], "今天的云川市天气很好 1", NOON)
    assert accounts.check("wang", "今天的云川市天气很好 1", NOON).display_name == "王芳"


@pytest.mark.parametrize("name", ["", "x", "two words", "a" * 65, "semi;colon", "new\nline"])
def test_a_name_of_another_form_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(BadInput, match="2 to 64 letters"):
        accounts.add(name, "", ["agent"], PASSWORD, NOON)


def test_a_role_that_does_not_exist_is_refused(accounts: Accounts) -> None:
    with pytest.raises(BadInput, match="agent, dispatcher, evaluator, editor, administrator"):
        accounts.add("li.na", "李娜", ["boss"], PASSWORD, NOON)
    with pytest.raises(BadInput, match="without a role"):
        accounts.add("li.na", "李娜", [], PASSWORD, NOON)


def test_an_account_is_held_to_its_roles(accounts: Accounts, li: Account) -> None:
    li.require(Role.AGENT)
    with pytest.raises(NotAllowed, match=r"role dispatcher\. Ask an administrator"):
        li.require(Role.DISPATCHER)
    both = accounts.set_roles("li.na", ["agent", "dispatcher"], NOON, by="chen")
    both.require(Role.DISPATCHER)
    assert accounts.get("li.na") == both


def test_a_disabled_account_is_out_at_once_but_stays(accounts: Accounts, li: Account) -> None:
    token = accounts.open_session(li, NOON, 10)
    accounts.disable("li.na", NOON, by="chen")
    assert accounts.session(token, NOON) is None
    with pytest.raises(NotAllowed, match="wrong"):
        accounts.check("li.na", PASSWORD, NOON)
    assert [found.disabled for found in accounts.all()] == [True]
    accounts.enable("li.na", NOON)
    assert not accounts.check("li.na", PASSWORD, NOON).disabled


def test_the_last_administrator_cannot_be_lost(accounts: Accounts) -> None:
    accounts.add("chen", "陈", ["administrator"], PASSWORD, NOON)
    for lose in (lambda: accounts.disable("chen", NOON), lambda: accounts.set_roles("chen", ["agent"], NOON)):
        with pytest.raises(Conflict, match="last administrator"):
            lose()
    accounts.add("zhou", "周", ["administrator"], PASSWORD, NOON)
    accounts.disable("chen", NOON)


def test_a_new_password_ends_every_login_of_the_old(accounts: Accounts, li: Account) -> None:
    token = accounts.open_session(li, NOON, 10)
    accounts.change_password("li.na", "another river 8", NOON)
    assert accounts.session(token, NOON) is None
    assert accounts.check("li.na", "another river 8", NOON) == li
    with pytest.raises(NotAllowed):
        accounts.check("li.na", PASSWORD, NOON)


def test_an_account_that_does_not_exist_is_named(accounts: Accounts) -> None:
    for attempt in (
        lambda: accounts.disable("nobody", NOON),
        lambda: accounts.change_password("nobody", PASSWORD, NOON),
        lambda: accounts.set_roles("nobody", ["agent"], NOON),
        lambda: accounts.get("nobody"),
    ):
        with pytest.raises(NotFound, match="no account nobody"):
            attempt()


def test_an_old_hash_is_renewed_at_the_next_login(store: Store, accounts: Accounts, li: Account) -> None:
    stronger = Accounts(store._database, PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert stronger.check("li.na", PASSWORD, NOON) == li
    with store._database.reading() as connection:
        assert "m=16,t=2" in connection.execute(select(account.c.password_hash)).scalar_one()
    assert stronger.check("li.na", PASSWORD, NOON) == li


# -- lock-out ---------------------------------------------------------------------------------------------------------


def test_five_failures_lock_the_account_for_a_quarter_of_an_hour(accounts: Accounts, li: Account) -> None:
    _fail(accounts, 5)
    with pytest.raises(NotAllowed, match=r"locked after 5 failures\. Try again in 15 min"):
        accounts.check("li.na", PASSWORD, NOON)
    with pytest.raises(NotAllowed, match="Try again in 1 min"):
        accounts.check("li.na", PASSWORD, NOON + timedelta(minutes=14, seconds=59))
    assert accounts.check("li.na", PASSWORD, NOON + timedelta(minutes=15)) == li


def test_a_login_in_time_forgets_the_failures(accounts: Accounts, li: Account) -> None:
    _fail(accounts, 4)
    accounts.check("li.na", PASSWORD, NOON)
    _fail(accounts, 4)
    assert accounts.check("li.na", PASSWORD, NOON) == li


def test_attempts_during_the_lock_do_not_lengthen_it(accounts: Accounts, li: Account) -> None:
    _fail(accounts, 8)
    assert accounts.check("li.na", PASSWORD, NOON + timedelta(minutes=15)) == li


def test_one_persons_failures_lock_nobody_else(accounts: Accounts, li: Account) -> None:
    accounts.add("wang", "王", ["agent"], PASSWORD, NOON)
    _fail(accounts, 5)
    accounts.check("wang", PASSWORD, NOON)


def test_an_administrator_lifts_the_lock(accounts: Accounts, li: Account) -> None:
    _fail(accounts, 5)
    accounts.enable("li.na", NOON, by="chen")
    assert accounts.check("li.na", PASSWORD, NOON) == li


def test_failures_sent_at_once_are_all_counted(accounts: Accounts, li: Account) -> None:
    def fail(_: int) -> None:
        with pytest.raises(NotAllowed):
            accounts.check("li.na", "wrong password 1", NOON)

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(fail, range(5)))
    with pytest.raises(NotAllowed, match="locked"):
        accounts.check("li.na", PASSWORD, NOON)


# -- logins -----------------------------------------------------------------------------------------------------------


def test_a_token_is_valid_until_it_expires(accounts: Accounts, li: Account) -> None:
    token = accounts.open_session(li, NOON, hours=10)
    assert accounts.session(token, NOON) == li
    assert accounts.session(token, NOON + timedelta(hours=10, seconds=-1)) == li
    assert accounts.session(token, NOON + timedelta(hours=10)) is None


def test_a_closed_login_is_closed(accounts: Accounts, li: Account) -> None:
    token, other = accounts.open_session(li, NOON, 10), accounts.open_session(li, NOON, 10)
    accounts.close_session(token, NOON)
    accounts.close_session(token, NOON)
    assert accounts.session(token, NOON) is None
    assert accounts.session(other, NOON) == li


@pytest.mark.parametrize("token", ["", "guess", "\x00", "\ud800"])
def test_a_token_that_was_never_given_opens_nothing(accounts: Accounts, token: str) -> None:
    assert accounts.session(token, NOON) is None


def test_the_database_does_not_know_the_tokens(store: Store, accounts: Accounts, li: Account) -> None:
    tokens = {accounts.open_session(li, NOON, 10) for _ in range(5)}
    assert len(tokens) == 5
    assert all(len(token) == 43 for token in tokens)
    with store._database.reading() as connection:
        stored = set(connection.execute(select(login.c.token_hash)).scalars())
    assert not tokens & stored
    assert all(accounts.session(digest, NOON) is None for digest in stored)


def test_expired_logins_are_cleared_away(store: Store, accounts: Accounts, li: Account) -> None:
    accounts.open_session(li, NOON, 1)
    accounts.open_session(li, NOON + timedelta(hours=2), 1)
    with store._database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM login")).scalar_one() == 1


# -- the audit --------------------------------------------------------------------------------------------------------


def test_the_audit_says_who_did_what_to_which_account(accounts: Accounts) -> None:
    accounts.add("chen", "陈", ["administrator"], PASSWORD, NOON)
    accounts.add("li.na", "李娜", ["dispatcher", "agent"], PASSWORD, NOON, by="chen")
    lines = accounts.audit()
    assert [(line.by, line.action, line.account, line.detail) for line in lines] == [
        ("console", "account_added", "chen", "administrator"),
        ("chen", "account_added", "li.na", "agent,dispatcher"),
    ]
    assert accounts.audit(after=1) == lines[1:]


def test_logins_failures_and_locks_are_in_the_audit(store: Store, accounts: Accounts, li: Account) -> None:
    accounts.close_session(accounts.open_session(accounts.check("li.na", PASSWORD, NOON), NOON, 1), NOON)
    _fail(accounts, 6)
    assert _actions(accounts) == [
        "account_added",
        "login",
        "logout",
        *["login_failed"] * 5,
        "account_locked",
        "login_refused",
    ]
    assert store.verify() == []


def test_a_password_typed_into_the_name_field_is_not_written_down(accounts: Accounts, li: Account) -> None:
    with pytest.raises(NotAllowed):
        accounts.check(PASSWORD, "", NOON)
    with pytest.raises(NotAllowed):
        accounts.check("crossing-the-river-7", PASSWORD, NOON)
    assert _actions(accounts)[1:] == ["login_failed", "login_failed"]
    assert "river" not in str(accounts.audit())
