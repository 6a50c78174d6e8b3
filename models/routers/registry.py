"""The routers of a city on disk: the one in service, its challenger, and the former ones that can be gone back to.

The router in service stays where it always was (``<router>``); beside it ``<router>-registry`` holds ``former/`` and
``in_use.json``, which a running service polls, and the challenger lies in ``<router>-registry/challenger`` unless it is
kept elsewhere. A change of the router in service is written down first (``switch.json``) and then done by two renames,
so that a process which is killed in between leaves enough for the next one to finish it: :meth:`RouterRegistry.settle`.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from models.errors import ModelProblem
from models.routers.stored import StoredRouter, stored_router, version_of
from models.weights.prepared_folder import disk_faults
from models.weights.whole_folder import sync

KEPT = 5
_SWITCH, _IN_USE, _LOCK = "switch.json", "in_use.json", "lock"
_INCOMING, _GOING = ".incoming-", ".going-"


@dataclass(frozen=True, slots=True)
class InUse:
    """The versions that a service should run. ``serial`` grows with every change, so that a poll sees each.

    ``promotions`` grows only when the router in service was changed by this registry, not when one was trained into its
    place; ``served`` is the one that was put there last.
    """

    serial: int = 0
    promotions: int = 0
    served: str = ""
    challenger: str = ""


@dataclass(frozen=True, slots=True)
class _Switch:
    """A change that was begun: the router in ``incoming`` takes the place of the one in service, kept as ``former``."""

    incoming: Path
    former: Path
    drops_challenger: bool


class RouterRegistry:
    """The folders of one city. Processes may share it: those that change something take turns."""

    def __init__(self, served: Path, challenger: Path | None = None) -> None:
        self.served_folder = served.absolute()
        self.beside = self.served_folder.with_name(f"{served.name}-registry")
        self.challenger_folder = challenger.absolute() if challenger else self.beside / "challenger"

    # -- looking -------------------------------------------------------------------------------------------------------

    def served(self) -> StoredRouter:
        """The router in service. Raises ModelProblem where there is none."""
        self.settle()
        return stored_router(self.served_folder)

    def challenger(self) -> StoredRouter | None:
        """The challenger. Raises ModelProblem where its folder cannot be read."""
        return stored_router(self.challenger_folder) if self.challenger_folder.exists() else None

    def formers(self) -> list[StoredRouter]:
        """The routers that were in service before, the latest first; folders that cannot be read are left out."""
        found = sorted((self.beside / "former").glob("[0-9]*-*"), reverse=True)
        return [stored_router(folder) for folder in found if version_of(folder) is not None]

    def in_use(self) -> InUse:
        """What was last promoted, rolled back or set as challenger; nothing where that never happened."""
        try:
            return InUse(**json.loads((self.beside / _IN_USE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return InUse()

    # -- changing ------------------------------------------------------------------------------------------------------

    def challenge(self, source: Path) -> StoredRouter:
        """Copy the router in ``source`` to the challenger's place. Raises ModelProblem where it will not do.

        A process that is killed meanwhile leaves the old challenger, or none; the router in service is not touched.
        """
        with self._changing():
            found = stored_router(source)
            if found.version == version_of(self.served_folder):
                raise ModelProblem(f"The router {found.version} is in service already. Name another as its challenger.")
            copy = self._copied(found)
            self._discard(self.challenger_folder)
            self.challenger_folder.parent.mkdir(parents=True, exist_ok=True)
            copy.rename(self.challenger_folder)
            self._announce()
        return stored_router(self.challenger_folder)

    def withdraw(self) -> None:
        """Take the challenger away. Raises ModelProblem where there is none."""
        with self._changing():
            if not self.challenger_folder.exists():
                raise ModelProblem("There is no challenger to withdraw. Set one with hotline models challenge FOLDER.")
            self._discard(self.challenger_folder)
            self._announce()

    def promote(self, expected: str, sign: Callable[[str, str], None]) -> StoredRouter:
        """Put the challenger in service and keep the router that was. ``sign(old, new)`` notes it for ever before.

        Raises ModelProblem where the challenger is not, or no longer, the version ``expected``; nothing changes then.
        """
        with self._changing():
            found = self.challenger()
            if found is None or found.version != expected:
                raise ModelProblem(f"The challenger is not {expected} any more. Look again: hotline models routers.")
            copy = self._copied(found)
            self._replace(_Switch(copy, self._place_for_former(), drops_challenger=True), found.version, sign)
            self._forget_oldest()
        return stored_router(self.served_folder)

    def roll_back(self, version: str, sign: Callable[[str, str], None]) -> StoredRouter:
        """Put a former router in service again, the latest where ``version`` is empty; ``sign`` as in promote."""
        with self._changing():
            chosen = next((router for router in self.formers() if version in ("", router.version)), None)
            if chosen is None:
                wanted = version or "to go back to"
                raise ModelProblem(f"There is no former router {wanted}. See what there is: hotline models routers.")
            chosen.verify()
            self._replace(_Switch(chosen.folder, self._place_for_former(), False), chosen.version, sign)
        return stored_router(self.served_folder)

    def settle(self) -> bool:
        """Finish a change that a killed process had begun; whether there was one. Quick where there was none."""
        if not (self.beside / _SWITCH).exists():
            return False
        with self._changing():
            pass
        return True

    # -- how -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """One process at a time, on settled ground."""
        with disk_faults(self.beside):
            self.beside.mkdir(parents=True, exist_ok=True)
            with (self.beside / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                self._finish_switch()
                for left in (*self.beside.glob(f"{_INCOMING}*"), *self.beside.glob(f"{_GOING}*")):
                    shutil.rmtree(left, ignore_errors=True)
                yield

    def _replace(self, switch: _Switch, version: str, sign: Callable[[str, str], None]) -> None:
        sign(version_of(self.served_folder) or "", version)
        said = {
            "incoming": str(switch.incoming),
            "former": str(switch.former),
            "drops_challenger": switch.drops_challenger,
        }
        _write_whole(self.beside / _SWITCH, json.dumps(said))
        try:
            self._finish_switch()
        except OSError as error:
            if self.served_folder.exists() and switch.incoming.exists():
                (self.beside / _SWITCH).unlink()
            raise ModelProblem(
                f"The router in {self.served_folder} could not be replaced ({error.strerror}). Its folder must be one "
                "that can be renamed, not the root of a disk; the old router stays in service."
            ) from error

    def _finish_switch(self) -> None:
        """The two renames, as far as they are not done yet."""
        switch = self._begun()
        if switch is None:
            return
        if switch.incoming.exists():
            if self.served_folder.exists():
                switch.former.parent.mkdir(parents=True, exist_ok=True)
                # Somebody may have trained a router into the gap that a killed process had left.
                self.served_folder.rename(self._place_for_former() if switch.former.exists() else switch.former)
            switch.incoming.rename(self.served_folder)
            sync(self.served_folder.parent)
        if switch.drops_challenger and version_of(self.challenger_folder) == version_of(self.served_folder):
            self._discard(self.challenger_folder)
        self._announce(promoted=True)
        (self.beside / _SWITCH).unlink()

    def _begun(self) -> _Switch | None:
        try:
            said = json.loads((self.beside / _SWITCH).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return _Switch(Path(said["incoming"]), Path(said["former"]), bool(said["drops_challenger"]))

    def _copied(self, router: StoredRouter) -> Path:
        """A verified copy beside the router in service, on the disk to the last byte."""
        copy = self.beside / f"{_INCOMING}{router.version}"
        shutil.copytree(router.folder, copy)
        stored_router(copy).verify()
        for path in copy.rglob("*"):
            sync(path)
        sync(copy)
        return copy

    def _place_for_former(self) -> Path:
        numbers = [int(folder.name.split("-")[0]) for folder in (self.beside / "former").glob("[0-9]*-*")]
        version = version_of(self.served_folder) or "unknown"
        return self.beside / "former" / f"{max(numbers, default=0) + 1:04d}-{version}"

    def _forget_oldest(self) -> None:
        for router in self.formers()[KEPT:]:
            shutil.rmtree(router.folder, ignore_errors=True)

    def _discard(self, folder: Path) -> None:
        """Out of the way first, since deleting takes more than one step."""
        if folder.exists():
            going = folder.with_name(f"{_GOING}{folder.name}")
            shutil.rmtree(going, ignore_errors=True)  # left by a process that was killed, where a challenger lies apart
            folder.rename(going)
            shutil.rmtree(going, ignore_errors=True)

    def _announce(self, *, promoted: bool = False) -> None:
        now = self.in_use()
        said = InUse(
            now.serial + 1,
            now.promotions + promoted,
            (version_of(self.served_folder) or "") if promoted else now.served,
            version_of(self.challenger_folder) or "",
        )
        _write_whole(self.beside / _IN_USE, json.dumps(asdict(said)))


def _write_whole(path: Path, content: str) -> None:
    """There whole or not at all, whatever happens."""
    partial = path.with_name(f".{path.name}")
    with partial.open("w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync(path.parent)
