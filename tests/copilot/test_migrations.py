from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import copilot.migrations
from copilot.errors import StorageProblem
from copilot.store import Store
from copilot.store.schema import _config
from copilot.store.tables import metadata

ROOT = Path(__file__).resolve().parents[2]


def test_the_migrations_make_exactly_the_tables_that_the_code_expects(store: Store) -> None:
    with store._database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        inspector = inspect(connection)
        for table in metadata.tables.values():
            expected = {str(check.name) for check in table.constraints if check.name and "ck_" in str(check.name)}
            assert {check["name"] for check in inspector.get_check_constraints(table.name)} == expected


def test_upgrading_again_changes_nothing(store: Store) -> None:
    store.accounts.add("li.na", "李", ["agent"], "Lake-and-Cloud-7", datetime(2026, 11, 2, tzinfo=UTC))
    before = store.accounts.audit()
    store.upgrade()
    store.check()
    assert store.accounts.audit() == before != []


def test_processes_that_start_at_once_share_one_upgrade(database_url: str) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from copilot.store import Store; "
        "store = Store(sys.argv[1]); store.upgrade(); store.check(); store.close()"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", script, database_url], stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert [(process.communicate()[1], process.returncode) for process in started] == [("", 0)] * 3


def test_threads_that_start_at_once_share_one_upgrade(database_url: str) -> None:
    stores = [Store(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Store.upgrade, stores))
    for store in stores:
        store.check()
        store.close()


def test_a_database_of_a_newer_program_is_left_alone(store: Store) -> None:
    with store._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageProblem, match="newer version of this program"):
        store.upgrade()
    with pytest.raises(StorageProblem, match="revision 9999"):
        store.check()


def test_an_upgrade_that_fails_leaves_nothing_half_made(store: Store) -> None:
    with store._database.writing() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
    with pytest.raises(StorageProblem):
        store.upgrade()
    with store._database.reading() as connection:
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_there_is_one_line_of_migrations_and_it_is_inside_the_package() -> None:
    scripts = ScriptDirectory.from_config(_config())
    assert len(scripts.get_heads()) == 1
    assert Path(scripts.dir) == Path(str(copilot.migrations.__file__)).parent
