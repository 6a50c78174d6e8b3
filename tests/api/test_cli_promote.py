"""Two small real routers, from the table to the service: compared, set as challenger, promoted, gone back from."""

from __future__ import annotations

import csv
import json
import os
import select
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from command_parts import told
from sample_orders import as_examples, orders

from copilot.errors import BadInput, Conflict, NotAllowed, NotFound
from copilot.store import Accounts, Store
from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import save_router
from models.routers.registry import RouterRegistry
from models.training.routing import Examples, train, train_from_duties

NOW = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "Lake-and-Cloud-7"
PATIENCE = 120.0  # seconds without a sign of life
COLUMNS = ("--text", "诉求", "--label", "承办单位", "--group", "组")


def quiet(step: str, done: int, total: int) -> None:
    pass


def run(*arguments: str | Path, typed: str = f"{PASSWORD}\n") -> str:
    return told(*arguments, typed=typed)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``good`` has learned from ``learned.csv``, ``poor`` from it mixed up; ``held_out.csv`` is new to both."""
    folder = tmp_path_factory.mktemp("made")
    rows = orders(8)
    held = set(sorted({row["dup_group"] for row in rows})[::3])
    learned = [row for row in rows if row["dup_group"] not in held]
    examples = as_examples(learned)
    embedder = HashingEmbedder()
    save_router(train(examples, embedder, None, quiet, created="2026-02-02").classifier, folder / "good")
    names = sorted(set(examples.labels))
    mixed_up = [names[names.index(label) - 1] for label in examples.labels]
    wrong = Examples(examples.texts, mixed_up, examples.groups)
    save_router(train(wrong, embedder, None, quiet, created="2026-01-01").classifier, folder / "poor")
    for name, seen in (("held_out.csv", False), ("learned.csv", True)):
        with (folder / name).open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["诉求", "承办单位", "组", "编号"])
            writer.writerows(
                [r["text"], r["dept_label"], r["dup_group"], f"K{i}"]
                for i, r in enumerate(rows)
                if (r["dup_group"] in held) != seen
            )
    return folder


@pytest.fixture
def city(tmp_path: Path, made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose router in service is ``poor``, with an evaluator and an agent."""
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    RouterRegistry(tmp_path / "router").challenge(made / "poor")
    (tmp_path / "router-registry" / "challenger").rename(tmp_path / "router")
    with_accounts = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    with_accounts.upgrade()
    accounts = Accounts(with_accounts._database, CHEAP)
    accounts.add("pinggu01", "评估员", ["evaluator"], PASSWORD, NOW)
    accounts.add("zuoxi01", "座席", ["agent"], PASSWORD, NOW)
    with_accounts.close()
    return tmp_path


def audited(city: Path) -> list[tuple[str, str, str]]:
    store = Store(f"sqlite:///{city / 'hotline.db'}")
    try:
        assert store.verify() == []
        lines = [line for line in store.accounts.audit() if line.action.startswith("router")]
        return [(line.by, line.action, line.detail) for line in lines]
    finally:
        store.close()


def served(city: Path) -> str:
    return RouterRegistry(city / "router").served().version


def test_two_routers_are_compared_side_by_side_with_orders_named_by_id(city: Path, made: Path) -> None:
    data = ("--data", made / "held_out.csv", *COLUMNS, "--id", "编号")
    said = run(
        "evaluate", "compare", "--model", made / "poor", "--model", made / "good", *data,
        "--json", city / "out" / "compare.json", "--report", city / "out" / "compare.html", "--rounds", "200",
    )  # fmt: skip
    assert "Better: accuracy +" in said
    figures = json.loads((city / "out" / "compare.json").read_text())
    assert figures["verdict"] == "better"
    assert figures["differences"]["accuracy"]["difference"] > 0.2
    assert figures["mcnemar"]["p"] < 0.05
    assert figures["routers"]["second"]["created"] == "2026-02-02"
    assert figures["disagreements"]
    assert all(row["order"].startswith("K") for row in figures["disagreements"])
    page = (city / "out" / "compare.html").read_text()
    with (made / "held_out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert not any(row["诉求"] in page for row in csv.DictReader(file))
    assert "更好" in page
    assert page.count("<svg ") == 2


def test_orders_that_a_router_learned_from_are_no_evidence_for_it(city: Path, made: Path) -> None:
    models, data = ("--model", made / "poor", "--model", made / "good"), ("--data", made / "learned.csv", *COLUMNS)
    page, figures = city / "compare.html", city / "compare.json"
    said = run("evaluate", "compare", *models, *data, "--rounds", "100", "--report", page, "--json", figures)
    assert "These are the very orders that router A learned from" in said
    assert "These are the very orders that router B learned from" in said
    assert len(json.loads(figures.read_text("utf-8"))["notes"]) == 2
    assert page.read_text("utf-8").count("These are the very orders") == 2
    run("models", "challenge", made / "good")
    before = served(city)
    with pytest.raises(BadInput, match=r"learned\.csv is no evidence"):
        run("models", "promote", "--by", "pinggu01", *data, "--yes")
    assert served(city) == before


def test_two_models_must_be_named(city: Path, made: Path) -> None:
    with pytest.raises(BadInput, match="Two routers are compared"):
        run("evaluate", "compare", "--model", made / "good", "--data", made / "held_out.csv", *COLUMNS)


def test_a_router_that_needs_another_embedder_is_refused_by_name(city: Path, made: Path, tmp_path: Path) -> None:
    duties = {"市公安局": ["户籍"], "市水务局": ["停水"]}
    other = train_from_duties(duties, HashingEmbedder(64), quiet, created="2026-03-03").classifier
    save_router(other, tmp_path / "other")
    arguments = ("--model", made / "good", "--model", tmp_path / "other", "--data", made / "held_out.csv", *COLUMNS)
    with pytest.raises(ModelProblem, match="trained with the embedder hashing/3-grams/64"):
        run("evaluate", "compare", *arguments)


def test_a_challenger_runs_in_the_shadow_until_a_person_promotes_it(city: Path, made: Path) -> None:
    before = served(city)
    assert "is the challenger of" in run("models", "challenge", made / "good")
    assert served(city) == before
    assert "challenger" in run("models", "routers")
    evidence = ("--by", "pinggu01", "--data", made / "held_out.csv", *COLUMNS)
    with pytest.raises(Conflict, match="Nobody agreed"):
        run("models", "promote", *evidence)
    assert served(city) == before
    assert audited(city) == []
    with pytest.raises(NotAllowed, match="password"):
        run("models", "promote", *evidence, "--yes", typed="somebody-else-7\n")
    assert served(city) == before
    said = run("models", "promote", *evidence, typed=f"{PASSWORD}\ny\n")
    assert said.index("Better: accuracy +") < said.index("Put router")
    assert served(city) != before
    ((by, action, detail),) = audited(city)
    assert (by, action) == ("pinggu01", "router_promoted")
    assert detail.startswith(f"{before} -> {served(city)}. held_out.csv: Better")
    table = run("models", "routers")
    assert "in service" in table
    assert before in table


def test_one_that_is_worse_is_promoted_only_with_open_eyes(city: Path, made: Path) -> None:
    run("models", "challenge", made / "good")
    run("models", "promote", "--by", "pinggu01", "--data", made / "held_out.csv", *COLUMNS, "--yes")
    good = served(city)
    run("models", "challenge", made / "poor")
    evidence = ("--by", "pinggu01", "--data", made / "held_out.csv", *COLUMNS)
    with pytest.raises(Conflict, match="is worse"):
        run("models", "promote", *evidence)
    with pytest.raises(Conflict, match="is worse"):
        run("models", "promote", *evidence, "--even-if-worse")
    assert served(city) == good
    run("models", "promote", *evidence, "--even-if-worse", "--reason", "演练切换流程", "--yes")
    assert served(city) != good
    assert "演练切换流程" in audited(city)[-1][2]


def test_a_reason_alone_does_not_take_the_place_of_a_comparison(city: Path, made: Path) -> None:
    run("models", "challenge", made / "good")
    before = served(city)
    refused = ((), ("--reason", "首次训练，尚无通话"), ("--without-comparison",), ("--yes", "--reason", "急"))
    for given in refused:
        with pytest.raises(Conflict, match="Nothing compares"):
            run("models", "promote", "--by", "pinggu01", *given)
    assert served(city) == before
    run("models", "promote", "--by", "pinggu01", "--without-comparison", "--reason", "首次训练，尚无通话")
    ((_, _, detail),) = audited(city)
    assert "Promoted without any comparison" in detail
    assert "首次训练，尚无通话" in detail


def test_a_handful_of_orders_is_no_comparison(city: Path, made: Path) -> None:
    run("models", "challenge", made / "good")
    few = city / "few.csv"
    few.write_text("".join(made.joinpath("held_out.csv").read_text("utf-8").splitlines(keepends=True)[:9]), "utf-8")
    with pytest.raises(Conflict, match="Only 8 orders compare"):
        run("models", "promote", "--by", "pinggu01", "--data", few, *COLUMNS, "--yes")


@pytest.mark.parametrize("by", ["zuoxi01", "nobody"])
def test_only_an_evaluator_or_an_administrator_promotes(by: str, city: Path, made: Path) -> None:
    run("models", "challenge", made / "good")
    before = served(city)
    with pytest.raises(NotAllowed):
        run("models", "promote", "--by", by, "--reason", "因为")
    assert served(city) == before
    assert audited(city) == []


def test_an_evaluator_goes_back_and_says_why(city: Path, made: Path) -> None:
    before = served(city)
    run("models", "challenge", made / "good")
    run("models", "promote", "--by", "pinggu01", "--without-comparison", "--reason", "首次训练")
    run("models", "rollback", "--by", "pinggu01", "--reason", "投诉增多")
    assert served(city) == before
    assert [action for _, action, _ in audited(city)] == ["router_promoted", "router_rolled_back"]
    with pytest.raises(BadInput, match="needs a reason"):
        run("models", "rollback", "--by", "pinggu01", "--reason", " ")


def test_there_must_be_a_challenger_to_promote(city: Path) -> None:
    with pytest.raises(NotFound, match="no challenger to promote"):
        run("models", "promote", "--by", "pinggu01", "--reason", "因为")


def test_another_citys_router_is_not_let_into_the_shadow(city: Path, tmp_path: Path) -> None:
    duties = {"外星局": ["飞碟"], "海底局": ["潜艇"]}
    save_router(
        train_from_duties(duties, HashingEmbedder(), quiet, created="2026-03-03").classifier, tmp_path / "alien"
    )
    with pytest.raises(ModelProblem, match="another city's"):
        run("models", "challenge", tmp_path / "alien")


def test_the_challenger_can_be_taken_away(city: Path, made: Path) -> None:
    run("models", "challenge", made / "good")
    run("models", "challenge", "--withdraw")
    assert RouterRegistry(city / "router").challenger() is None
    with pytest.raises(BadInput, match="Name the folder"):
        run("models", "challenge")


def test_a_stream_without_a_challenger_says_what_to_do(city: Path) -> None:
    with pytest.raises(NotFound, match="hotline models challenge"):
        run("evaluate", "stream")


def at_a_terminal(*arguments: str | Path, answers: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """The command on a terminal of its own, each answer typed once its question stands there: status, and all shown."""
    spawn = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    command = [sys.executable, "-c", spawn, sys.executable, "-m", "api.cli", *(str(a) for a in arguments)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        shown = b""
        for question, answer in answers:
            # The last space comes with the terminal that echoes no more: what is typed before it is thrown away.
            while not shown.endswith(f"{question} ".encode()):
                waiting, _, _ = select.select([terminal.stdout], [], [], PATIENCE)
                piece = os.read(terminal.stdout.fileno(), 4096) if waiting else b""
                if not piece:
                    terminal.kill()
                    pytest.fail(f"{question!r} was not asked: {shown.decode()}")
                shown += piece
            terminal.stdin.write(f"{answer}\n".encode())
            terminal.stdin.flush()
        shown += terminal.stdout.read()
        return terminal.wait(), shown.decode()


def test_at_a_terminal_the_password_is_asked_for_unseen_and_then_the_decision(city: Path, made: Path) -> None:
    run("models", "challenge", made / "good")
    before = served(city)
    promote = ("models", "promote", "--by", "pinggu01", "--data", made / "held_out.csv", *COLUMNS)
    status, shown = at_a_terminal(*promote, answers=[("Password of pinggu01:", "wrong-one-9")])
    assert status == 2
    assert "wrong-one-9" not in shown
    assert served(city) == before
    status, shown = at_a_terminal(*promote, answers=[("Password of pinggu01:", PASSWORD), ("[y/N]:", "y")])
    assert status == 0, shown
    assert PASSWORD not in shown
    assert "is in service" in shown
    assert served(city) != before


def test_at_a_terminal_a_new_password_is_typed_twice(city: Path) -> None:
    add = ("users", "add", "pinggu02", "--role", "evaluator")
    answers = [("Password:", PASSWORD), ("Repeat for confirmation:", PASSWORD)]
    status, shown = at_a_terminal(*add, answers=answers)
    assert status == 0, shown
    assert PASSWORD not in shown
    assert "Account pinggu02 is ready: evaluator." in shown
