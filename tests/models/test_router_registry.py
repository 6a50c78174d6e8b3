from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import load_router, save_router
from models.routers.registry import KEPT, RouterRegistry
from models.routers.stored import stored_router
from models.training.routing import train_from_duties

ROOT = Path(__file__).resolve().parents[2]
EMBEDDER = HashingEmbedder(64)
DUTIES = {"市水务局": ["停水抢修", "自来水水质"], "市气象局": ["天气预报查询", "台风预警信息"]}


def made(folder: Path, created: str) -> str:
    """A small real router; its version."""

    def quiet(step: str, done: int, total: int) -> None:
        pass

    trained = train_from_duties(DUTIES, EMBEDDER, quiet, created=created)
    return save_router(trained.classifier, folder, evaluation={"accuracy": 0.5}).version


def unsigned(old: str, new: str) -> None:
    pass


@pytest.fixture
def registry(tmp_path: Path) -> RouterRegistry:
    made(tmp_path / "router", "2026-01-01")
    made(tmp_path / "trained", "2026-02-02")
    return RouterRegistry(tmp_path / "router")


def serves(registry: RouterRegistry) -> str:
    """The version that a service which starts now would load."""
    registry.settle()
    return load_router(registry.served_folder, EMBEDDER).version


def test_what_a_folder_says_is_what_is_loaded_from_it(registry: RouterRegistry) -> None:
    looked_at = registry.served()
    assert looked_at.version == serves(registry)
    assert (looked_at.created, looked_at.embedder) == ("2026-01-01", EMBEDDER.fingerprint)
    assert looked_at.figures == {"accuracy": 0.5}


def test_a_challenger_is_copied_and_the_router_in_service_stays(registry: RouterRegistry, tmp_path: Path) -> None:
    before = serves(registry)
    challenger = registry.challenge(tmp_path / "trained")
    assert serves(registry) == before
    assert challenger.version == stored_router(tmp_path / "trained").version
    assert (tmp_path / "trained").is_dir()
    assert registry.in_use().challenger == challenger.version


def test_a_promoted_challenger_is_served_and_the_former_one_can_be_gone_back_to(
    registry: RouterRegistry, tmp_path: Path
) -> None:
    old = serves(registry)
    new = registry.challenge(tmp_path / "trained").version
    signed: list[tuple[str, str]] = []
    registry.promote(new, lambda was, is_now: signed.append((was, is_now)))
    assert serves(registry) == new
    assert signed == [(old, new)]
    assert registry.challenger() is None
    assert [former.version for former in registry.formers()] == [old]
    registry.roll_back("", lambda was, is_now: signed.append((was, is_now)))
    assert serves(registry) == old
    assert signed[-1] == (new, old)
    assert [former.version for former in registry.formers()] == [new]
    registry.roll_back(new, unsigned)
    assert serves(registry) == new


def test_each_change_is_one_that_a_running_service_can_see(registry: RouterRegistry, tmp_path: Path) -> None:
    serials = [registry.in_use().serial]
    new = registry.challenge(tmp_path / "trained").version
    serials.append(registry.in_use().serial)
    registry.promote(new, unsigned)
    serials.append(registry.in_use().serial)
    assert serials == sorted(set(serials))
    assert registry.in_use().served == new
    assert registry.in_use().challenger == ""


_KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from models.routers.registry import RouterRegistry

left, rename = int(sys.argv[4]), Path.rename

def rename_unless_killed(self, target):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    return rename(self, target)

Path.rename = rename_unless_killed
registry = RouterRegistry(Path(sys.argv[2]))
action = registry.roll_back if sys.argv[5] == "back" else registry.promote
action(sys.argv[3], lambda old, new: print("signed", flush=True))
"""


def killed_after(renames: int, registry: RouterRegistry, version: str, action: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _KILLED, str(ROOT), str(registry.served_folder), version, str(renames), action],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("renames", [0, 1, 2])
def test_a_promotion_killed_between_its_renames_leaves_a_router_that_loads(
    renames: int, registry: RouterRegistry, tmp_path: Path
) -> None:
    old = serves(registry)
    new = registry.challenge(tmp_path / "trained").version
    done = killed_after(renames, registry, new, "promote")
    assert done.returncode == 9, done.stderr
    assert done.stdout == "signed\n"
    assert serves(registry) == new, "what was signed is finished"
    assert [former.version for former in registry.formers()] == [old]
    assert registry.in_use().served == new
    assert not list(registry.beside.glob(".incoming-*"))


@pytest.mark.parametrize("renames", [0, 1])
def test_going_back_killed_between_its_renames_leaves_a_router_that_loads(
    renames: int, registry: RouterRegistry, tmp_path: Path
) -> None:
    old = serves(registry)
    new = registry.challenge(tmp_path / "trained").version
    registry.promote(new, unsigned)
    assert killed_after(renames, registry, old, "back").returncode == 9
    assert serves(registry) == old
    assert [former.version for former in registry.formers()] == [new]


def test_a_router_trained_into_the_gap_that_a_killed_promotion_left_is_not_lost(
    registry: RouterRegistry, tmp_path: Path
) -> None:
    new = registry.challenge(tmp_path / "trained").version
    killed_after(1, registry, new, "promote")
    between = made(registry.served_folder, "2026-03-03")
    assert serves(registry) == new
    assert between in [former.version for former in registry.formers()]


def test_a_promotion_that_nobody_could_sign_changes_nothing(registry: RouterRegistry, tmp_path: Path) -> None:
    old = serves(registry)
    new = registry.challenge(tmp_path / "trained").version

    def refuse(was: str, is_now: str) -> None:
        raise ConnectionError(was, is_now)

    with pytest.raises(ConnectionError):
        registry.promote(new, refuse)
    assert serves(registry) == old
    assert registry.challenger() is not None


def test_a_challenger_that_was_replaced_meanwhile_is_not_promoted(registry: RouterRegistry, tmp_path: Path) -> None:
    shown = registry.challenge(tmp_path / "trained").version
    made(tmp_path / "newer", "2026-04-04")
    registry.challenge(tmp_path / "newer")
    with pytest.raises(ModelProblem, match=r"not .* any more"):
        registry.promote(shown, unsigned)


def test_a_damaged_challenger_is_refused_and_the_old_one_stays(registry: RouterRegistry, tmp_path: Path) -> None:
    first = registry.challenge(tmp_path / "trained").version
    made(tmp_path / "newer", "2026-04-04")
    (tmp_path / "newer" / "weights.npz").write_bytes(b"short")
    with pytest.raises(ModelProblem, match=r"weights\.npz"):
        registry.challenge(tmp_path / "newer")
    assert registry.in_use().challenger == first
    kept = registry.challenger()
    assert kept is not None
    kept.verify()


def test_the_router_in_service_is_not_its_own_challenger(registry: RouterRegistry) -> None:
    with pytest.raises(ModelProblem, match="in service already"):
        registry.challenge(registry.served_folder)


def test_a_folder_that_is_no_router_is_named(registry: RouterRegistry, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelProblem, match=r"There is no router in .*empty"):
        registry.challenge(tmp_path / "empty")


def test_a_challenger_can_be_withdrawn_once(registry: RouterRegistry, tmp_path: Path) -> None:
    registry.challenge(tmp_path / "trained")
    registry.withdraw()
    assert registry.challenger() is None
    with pytest.raises(ModelProblem, match="no challenger to withdraw"):
        registry.withdraw()


def test_without_a_former_router_there_is_nothing_to_go_back_to(registry: RouterRegistry) -> None:
    with pytest.raises(ModelProblem, match="no former router"):
        registry.roll_back("", unsigned)


def test_only_the_latest_former_routers_are_kept(registry: RouterRegistry, tmp_path: Path) -> None:
    served = [serves(registry)]
    for day in range(1, KEPT + 3):
        made(tmp_path / "next", f"2026-05-{day:02d}")
        new = registry.challenge(tmp_path / "next").version
        registry.promote(new, unsigned)
        served.append(new)
    assert [former.version for former in registry.formers()] == served[-2 : -2 - KEPT : -1]


def test_the_challenger_may_be_kept_elsewhere(tmp_path: Path) -> None:
    made(tmp_path / "router", "2026-01-01")
    made(tmp_path / "trained", "2026-02-02")
    registry = RouterRegistry(tmp_path / "router", tmp_path / "elsewhere" / "challenger")
    new = registry.challenge(tmp_path / "trained").version
    assert (tmp_path / "elsewhere" / "challenger" / "router.json").is_file()
    registry.promote(new, unsigned)
    assert serves(registry) == new
    assert not (tmp_path / "elsewhere" / "challenger").exists()


def test_a_challenger_kept_elsewhere_is_replaced_although_a_killed_process_left_half_of_another(tmp_path: Path) -> None:
    made(tmp_path / "router", "2026-01-01")
    made(tmp_path / "elsewhere" / "challenger", "2026-02-02")
    version = made(tmp_path / "trained", "2026-03-03")
    left = tmp_path / "elsewhere" / ".going-challenger"
    left.mkdir()
    (left / "weights.npz").write_bytes(b"half")
    registry = RouterRegistry(tmp_path / "router", tmp_path / "elsewhere" / "challenger")
    assert registry.challenge(tmp_path / "trained").version == version
    assert not left.exists()
