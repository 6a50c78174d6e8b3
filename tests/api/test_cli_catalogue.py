"""``hotline catalogue`` as an operator uses it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from command_parts import told

from api.services import utc_now
from copilot.errors import NotAllowed, NotFound
from copilot.store import Accounts, Store
from knowledge_base import sample
from knowledge_base.catalogue.file import load_catalogue, plain_catalogue

PASSWORD = "Lake-and-Cloud-7"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    opened = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    opened.upgrade()
    for name, role in (("li", "editor"), ("wang", "dispatcher"), ("zuo", "agent")):
        Accounts(opened._database, CHEAP).add(name, name, (role,), PASSWORD, utc_now())
    return opened


@pytest.fixture
def adopted(store: Store) -> Store:
    catalogue = load_catalogue(sample.departments())
    store.catalogue.adopt(
        plain_catalogue(catalogue), catalogue.version, "departments.json", utc_now(), date(2026, 1, 1)
    )
    return store


def run(*arguments: str | Path, typed: str = "", status: int = 0) -> str:
    return told("catalogue", *arguments, typed=typed, status=status)


def with_data_office(folder: Path, **more: object) -> Path:
    document = json.loads(sample.departments().read_text(encoding="utf-8"))
    row = {"name": "市大数据局", "area": "云川市", "duties": [{"text": "政务网站", "phrases": ["网站打不开"]}], **more}
    document["departments"].append(row)
    path = folder / "new.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_file_is_imported_by_one_account_and_approved_by_another(adopted: Store, tmp_path: Path) -> None:
    said = run("import", with_data_office(tmp_path), "--as", "li", "--submit", typed=f"{PASSWORD}\n")
    assert "+ department added: 市大数据局" in said
    assert "hotline catalogue approve 2" in said
    with pytest.raises(NotAllowed, match="li took part in making edition 2"):
        run("approve", "2", "--as", "li", "--yes", typed=f"{PASSWORD}\n")
    said = run("approve", "2", "--as", "wang", typed=f"y\n{PASSWORD}\n")
    assert "Edition 2 is in force from" in said
    assert "in force" in run("list")
    assert "市大数据局" in run("show")
    assert "3 changes" in run("diff", "2")
    run("export", tmp_path / "out.json")
    assert load_catalogue(tmp_path / "out.json").find("市大数据局") is not None
    assert adopted.verify() == []


def test_the_password_and_the_role_of_the_account_are_asked_for(adopted: Store, tmp_path: Path) -> None:
    file = with_data_office(tmp_path)
    with pytest.raises(NotAllowed, match="name or the password"):
        run("import", file, "--as", "li", typed="wrong\n")
    with pytest.raises(NotAllowed, match="dispatcher or editor"):
        run("import", file, "--as", "zuo", typed=f"{PASSWORD}\n")
    assert adopted.catalogue.being_made() is None


def test_a_file_with_faults_becomes_a_draft_with_its_faults_listed(adopted: Store, tmp_path: Path) -> None:
    said = run("import", with_data_office(tmp_path, area="别处"), "--as", "li", typed=f"{PASSWORD}\n", status=2)
    assert "not in the gazetteer" in said
    assert "Edition 2 is a draft" in said
    assert "not in the gazetteer" in run("show", "2")


def test_a_refused_edition_says_why(adopted: Store, tmp_path: Path) -> None:
    run("import", with_data_office(tmp_path), "--as", "li", "--submit", typed=f"{PASSWORD}\n")
    run("refuse", "2", "--as", "wang", "--reason", "缺法律依据", typed=f"{PASSWORD}\n")
    assert "refused" in run("list").replace("\n", "")
    assert adopted.catalogue.get(2).reason == "缺法律依据"


def test_before_the_first_edition_it_is_said_where_it_comes_from(store: Store) -> None:
    assert store.catalogue.all() == []
    assert "The service imports the configured file" in run("list")
    with pytest.raises(NotFound, match="No edition is in force yet"):
        run("show")
