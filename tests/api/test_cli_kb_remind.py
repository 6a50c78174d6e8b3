"""``hotline kb remind``: mails before articles end, over a real connection to a mail server on loopback."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from command_parts import told
from library_parts import put
from mail_server import MailServer, mail_server

from api.services import utc_now
from copilot.city_time import city_day
from copilot.errors import BadInput, Conflict, MailProblem, NotFound
from copilot.settings import load_settings
from copilot.store import Accounts, Due, Store

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "Lake-and-Cloud-7"
POLICE, WATER = "市公安局", "市水务局"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A library in which a permit ends in 20 days, a rule on noise in 200."""
    made = tmp_path / "library"
    made.mkdir()
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_LIBRARY", str(made))
    ends(made, 20)
    put(made, "夜间不得施工。", 编号="noise", 标题="噪声规定", 文号="", 失效日期=in_days(200))
    return made


@pytest.fixture
def store(folder: Path) -> Store:
    opened = Store(f"sqlite:///{folder.parent / 'hotline.db'}")
    opened.upgrade()
    for name, role in (("li", "editor"), ("wang", "editor"), ("zhao", "administrator")):
        Accounts(opened._database, CHEAP).add(name, f"{name}老师", (role,), PASSWORD, utc_now())
    return opened


def in_days(days: int) -> str:
    return (city_day(utc_now()) + timedelta(days)).isoformat()


def ends(folder: Path, days: int, **fields: str) -> None:
    put(folder, "第一条 办证不收费。", 失效日期=in_days(days), **fields)


def configure(monkeypatch: pytest.MonkeyPatch, server: MailServer, **more: str) -> None:
    given = {"host": "127.0.0.1", "port": str(server.port), "from": "hotline@example.org", "tls": "none", **more}
    for name, value in given.items():
        monkeypatch.setenv(f"HOTLINE_SMTP_{name.upper()}", value)


def keeps(name: str, *departments: str) -> None:
    for_ = [part for department in departments for part in ("--for", department)]
    told("users", "address", name, f"{name}@example.org", *for_)


def audited(store: Store, action: str) -> list[str]:
    return [f"{line.account}: {line.detail}" for line in store.accounts.audit() if line.action == action]


def test_who_keeps_an_article_that_ends_is_told_once_for_each_stage(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps("li", POLICE, WATER)
    with mail_server() as server:
        configure(monkeypatch, server)
        assert "1 mail with 1 reminder sent" in told("kb", "remind")
        assert "Nothing is due" in told("kb", "remind")
        ends(folder, 5)  # its last day was moved
        assert "1 mail with 1 reminder sent" in told("kb", "remind")
        assert "Nothing is due" in told("kb", "remind")
    first, second = server.mails
    assert first["To"] == "li@example.org"
    assert first["From"] == "hotline@example.org"
    assert first["Subject"] == f"知识库到期提醒：1 条，最早 {in_days(20)}"
    assert first["Message-ID"] != second["Message-ID"]
    text = first.get_content()
    assert "li老师，您好" in text
    assert "《居住证办理规定》（云公规〔2025〕3号）" in text
    assert "还有 20 天" in text
    assert "还有 5 天" in second.get_content()
    assert "噪声" not in text
    assert audited(store, "reminder_sent") == [
        f"li: permit ends {in_days(20)}, 30 days before",
        f"li: permit ends {in_days(5)}, 7 days before",
    ]
    assert store.verify() == []


def test_of_the_stages_that_passed_while_nobody_looked_only_the_latest_is_told(
    store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps("li", POLICE)
    ends(folder, -2)
    with mail_server() as server:
        configure(monkeypatch, server)
        told("kb", "remind")
        told("kb", "remind")
    (mail,) = server.mails
    assert "已到期 2 天" in mail.get_content()
    assert [due.stage for due in store.reminder_mails.known()] == [1]


def test_a_dry_run_shows_the_mails_and_neither_sends_nor_keeps_anything(store: Store) -> None:
    keeps("li", POLICE)
    said = told("kb", "remind", "--dry-run")
    assert "To li <li@example.org>:" in said
    assert "《居住证办理规定》" in said
    assert "1 mail with 1 reminder would be sent" in said
    assert store.reminder_mails.known() == {}


def test_departments_that_nobody_keeps_are_named(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(folder, "停水先通知。", 编号="water", 标题="供水规定", 文号="", 责任单位=WATER, 失效日期=in_days(3))
    keeps("li", WATER)
    with mail_server() as server:
        configure(monkeypatch, server)
        said = told("kb", "remind")
    assert f"Nobody with an address keeps the articles of {POLICE}: 居住证办理规定 (permit, {in_days(20)})." in said
    assert len(server.mails) == 1
    store.accounts.disable("li", utc_now())
    assert f"the articles of {WATER}" in told("kb", "remind", "--dry-run")


def test_an_article_that_has_a_successor_is_nobodys_worry(store: Store, folder: Path) -> None:
    keeps("li", POLICE)
    put(
        folder,
        "第一条 办证不收费。",
        编号="permit-next",
        文号="云公规(2026)9号",
        施行日期=in_days(21),
        代替="云公规(2025)3号",
    )
    assert "0 mails" in told("kb", "remind", "--dry-run")


def test_a_mail_that_is_refused_is_told_and_sent_by_the_next_run_and_the_others_go_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps("li", POLICE)
    keeps("wang", POLICE)
    with mail_server(refused={"li@example.org"}) as server:
        configure(monkeypatch, server)
        said = told("kb", "remind", status=1)
        assert "Not sent to li (li@example.org): The mail server refused this mail: 550 no such user." in said
        assert "Sent to wang" in said
        server.refused = set()
        told("kb", "remind")
    assert server.recipients == ["wang@example.org", "li@example.org"]
    assert len(audited(store, "reminder_failed")) == 1
    assert len(audited(store, "reminder_sent")) == 2


def test_a_server_that_is_away_costs_nothing_but_a_message(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keeps("li", POLICE)
    with mail_server() as server:
        configure(monkeypatch, server)
    with pytest.raises(MailProblem, match=r"cannot be reached.*Nothing was sent"):
        told("kb", "remind")
    assert store.reminder_mails.known() == {}


def test_a_mail_that_broke_off_is_not_sent_again_unless_that_is_meant(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps("li", POLICE)
    keeps("wang", POLICE)
    with mail_server(most=0) as server:
        configure(monkeypatch, server)
        said = told("kb", "remind", status=1)
        assert "Not known whether it arrived, li" in said
        assert "Not sent to wang" in said
        server.most = 9
        said = told("kb", "remind")
        assert "Not known whether li was reminded of permit" in said
        assert server.recipients == ["wang@example.org"]
        assert "1 mail" in told("kb", "remind", "--again", "--dry-run")
        told("kb", "remind", "--again")
        told("kb", "remind", "--again")
    assert server.recipients == ["wang@example.org", "li@example.org"]


def test_two_runs_at_once_share_the_mails(store: Store) -> None:
    due = Due("permit", city_day(utc_now()), 7, "li")
    other = Store(f"sqlite:///{load_settings().data_dir / 'hotline.db'}")
    assert store.reminder_mails.claim([due], utc_now()) == (due,)
    assert other.reminder_mails.claim([due], utc_now()) == ()
    store.reminder_mails.sent([due], utc_now())
    other.reminder_mails.release([due], utc_now())
    assert other.reminder_mails.known()[due] is not None
    other.close()


def test_what_another_run_is_just_sending_is_not_sent_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    keeps("li", POLICE)
    due = Due("permit", city_day(utc_now()) + timedelta(20), 30, "li")
    with mail_server() as server:
        configure(monkeypatch, server)
        with store.reminder_mails.run(alone=False) as may:
            assert may
            assert store.reminder_mails.claim([due], utc_now()) == (due,)
            with pytest.raises(Conflict, match="Another run of 'hotline kb remind' is still at work"):
                told("kb", "remind", "--again")
            assert "Not known whether li was reminded" in told("kb", "remind")
            assert "1 mail" in told("kb", "remind", "--again", "--dry-run")
        assert server.mails == []
        with store.reminder_mails.run(alone=True), pytest.raises(Conflict, match="Another run"):
            told("kb", "remind")
        assert "1 mail with 1 reminder sent" in told("kb", "remind", "--again")
    assert len(server.mails) == 1


@pytest.mark.parametrize("other_may", [True, False])
def test_a_run_that_was_killed_keeps_nobody_waiting(store: Store, tmp_path: Path, *, other_may: bool) -> None:
    held = "import sys; from copilot.store import Store; s = Store(sys.argv[1])\n"
    held += "with s.reminder_mails.run(alone=True): sys.stdout.write('held\\n'); sys.stdout.flush(); sys.stdin.read()"
    url = f"sqlite:///{tmp_path / 'hotline.db'}"
    with subprocess.Popen(
        [sys.executable, "-c", held, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        if other_may:
            other.kill()
            other.wait()
        with store.reminder_mails.run(alone=True) as may:
            assert may is other_may
        other.kill()


def test_a_server_that_does_not_encrypt_gets_neither_password_nor_mail(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps("li", POLICE)
    with mail_server(wants_login=True) as server:
        configure(monkeypatch, server, tls="starttls", user="li", password="secret")
        with pytest.raises(MailProblem, match=r"STARTTLS.*Nothing was sent"):
            told("kb", "remind")
    assert (server.logins, server.mails) == ([], [])
    monkeypatch.setenv("HOTLINE_SMTP_TLS", "none")
    monkeypatch.setenv("HOTLINE_SMTP_HOST", "mail.example.org")
    with pytest.raises(BadInput, match="readably"):
        told("kb", "remind")


def test_a_mail_goes_encrypted_and_after_a_login_to_a_server_whose_certificate_is_known(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeps("li", POLICE)
    certificate, key = certified(tmp_path)
    with mail_server(certificate=certificate, key=key, wants_login=True) as server:
        configure(monkeypatch, server, tls="starttls", user="li", password="secret", host="localhost")
        with pytest.raises(MailProblem, match="certificate"):
            told("kb", "remind")
        monkeypatch.setenv("HOTLINE_SMTP_CA", str(certificate))
        monkeypatch.setenv("HOTLINE_SMTP_PASSWORD", "wrong")
        with pytest.raises(MailProblem, match=r"535 5\.7\.8 wrong password"):
            told("kb", "remind")
        monkeypatch.setenv("HOTLINE_SMTP_PASSWORD", "secret")
        assert "1 mail" in told("kb", "remind")
    assert server.encrypted == [True]


def certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that nobody but this test trusts."""
    certificate, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return certificate, key


def test_what_is_wrong_with_an_address_or_a_setting_is_said(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadInput, match="no department 市太空局"):
        told("users", "address", "li", "li@example.org", "--for", "市太空局")
    with pytest.raises(BadInput, match="no mail address"):
        told("users", "address", "li", "li@example.org\nBcc: x@example.org", "--for", POLICE)
    with pytest.raises(BadInput, match="--for DEPARTMENT"):
        told("users", "address", "li", "li@example.org")
    with pytest.raises(NotFound, match="no account qian"):
        told("users", "address", "qian", "q@example.org", "--for", POLICE)
    with pytest.raises(BadInput, match="HOTLINE_SMTP_HOST"):
        told("kb", "remind")
    monkeypatch.setenv("HOTLINE_REMINDER_DAYS", "90")
    with pytest.raises(BadInput, match=r"HOTLINE_REMINDER_DAYS.*1 to 60"):
        told("kb", "remind", "--dry-run")
    monkeypatch.setenv("HOTLINE_REMINDER_DAYS", "3, 14")
    assert load_settings().reminder_days == (14, 3)


@pytest.mark.parametrize("sender", ["12345热线", "热线@example.org", "hotline@example.org\nBcc: x@example.org"])
def test_a_sender_that_no_mail_can_carry_is_refused_before_anything_is_claimed(
    store: Store, monkeypatch: pytest.MonkeyPatch, sender: str
) -> None:
    keeps("li", POLICE)
    with mail_server() as server:
        configure(monkeypatch, server, **{"from": sender})
        with pytest.raises(BadInput, match="HOTLINE_SMTP_FROM"):
            told("kb", "remind")
        assert store.reminder_mails.known() == {}
        configure(monkeypatch, server, **{"from": "12345热线 <hotline@example.org>"})
        assert "1 mail with 1 reminder sent" in told("kb", "remind")


def test_an_address_is_listed_changed_and_taken_away(store: Store) -> None:
    keeps("li", POLICE)
    assert POLICE in told("users", "address", "li")
    keeps("li", "水务局")  # another name of the catalogue for it
    (contact,) = store.contacts.all()
    assert contact.departments == (WATER,)
    assert "gets no mail" in told("users", "address", "li", "--none")
    with pytest.raises(NotFound, match="has no address"):
        told("users", "address", "li", "--none")
    assert audited(store, "address_set") == [f"li: {POLICE}", f"li: {WATER}"]
