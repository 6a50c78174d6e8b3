from __future__ import annotations

import socket
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.cli import models, serve, users
from api.cli.serve import listen_on, prepare_service
from api.services import utc_now
from copilot.errors import BadInput, HotlineError, StorageProblem
from copilot.settings import Settings
from copilot.store import Role, Store
from knowledge_base.errors import KnowledgeError
from models.errors import ModelsError


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    url = f"sqlite:///{tmp_path / 'hotline.db'}"
    monkeypatch.setenv("HOTLINE_DATABASE_URL", url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return url


def _run(*arguments: str, typed: str = "") -> str:
    result = CliRunner().invoke(users.app, list(arguments), input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_an_account_is_made_with_a_password_that_is_shown_once(database):
    output = _run("add", "zuoxi02", "--role", "agent", "--role", "dispatcher", "--display-name", "二号", "--generate")
    password = output.split("Password: ")[1].split()[0]
    store = Store(database)
    account = store.accounts.get("zuoxi02")
    assert account.roles == {Role.AGENT, Role.DISPATCHER}
    assert store.accounts.check("zuoxi02", password, utc_now()).display_name == "二号"
    store.close()
    assert password not in _run("list")


def test_a_password_is_asked_for_and_not_repeated_on_the_screen(database):
    output = _run("add", "zuoxi03", "--role", "agent", typed="Lake-and-Cloud-7\nLake-and-Cloud-7\n")
    assert "Lake-and-Cloud-7" not in output


def test_an_account_can_be_shut_opened_and_given_other_roles(database):
    _run("add", "zuoxi04", "--role", "agent", "--generate")
    _run("disable", "zuoxi04")
    assert "disabled" in _run("list")
    _run("enable", "zuoxi04")
    assert "evaluator" in _run("roles", "zuoxi04", "--role", "evaluator")
    assert "Password: " in _run("password", "zuoxi04", "--generate")


@pytest.mark.parametrize(
    "arguments",
    [("add", "x1"), ("add", "x1", "--role", "king", "--generate"), ("disable", "nobody"), ("password", "nobody")],
)
def test_what_cannot_be_done_with_an_account_is_said_in_a_sentence(database, arguments):
    with pytest.raises(HotlineError, match=r"\.$"):
        _run(*arguments)


def test_a_taken_port_is_said_before_any_model_is_loaded(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = Settings(data_dir=tmp_path, port=taken.getsockname()[1], _env_file=None)
        with pytest.raises(BadInput, match="HOTLINE_PORT"), prepare_service(settings):
            pass


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(BadInput, match="HOTLINE_HOST"), listen_on("203.0.113.7", 0):
        pass


def test_a_broken_database_is_said_in_a_sentence(tmp_path):
    (tmp_path / "hotline.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(StorageProblem), prepare_service(Settings(data_dir=tmp_path, port=0, _env_file=None)):
        pass


def test_missing_weights_are_said_with_the_command_that_brings_them(tmp_path):
    settings = Settings(data_dir=tmp_path, port=0, _env_file=None)
    with pytest.raises((ModelsError, KnowledgeError, HotlineError), match="hotline "), prepare_service(settings):
        pass


def test_serve_is_a_command_with_help():
    app = typer.Typer()
    app.command()(serve.serve)
    help_text = CliRunner().invoke(app, ["--help"], env={"COLUMNS": "200"}).output
    assert "127.0.0.1" in help_text
    assert "-1" not in help_text


def test_who_serves_before_anything_is_built_is_told_the_one_command_that_builds_all(database):
    app = typer.Typer()
    app.command()(serve.serve)
    result = CliRunner().invoke(app, ["--port", "0"])
    assert isinstance(result.exception, ModelsError | KnowledgeError)
    assert "hotline build" in result.output


def test_a_precision_that_does_not_exist_is_refused_with_those_that_do(database):
    with pytest.raises(BadInput, match=r"no precision int3\. Take one of .*int8"):
        CliRunner().invoke(models.app, ["prepare", "some/encoder", "--precision", "int3"], catch_exceptions=False)
