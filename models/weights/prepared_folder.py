"""A prepared folder: made beside its place and marked with every file's digest before it is put there whole."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from models.errors import ModelProblem
from models.weights.whole_folder import replacing

MARK = "prepared.json"


class State(StrEnum):
    """What stands at a weight's place."""

    READY = "ready"
    MISSING = "missing"
    DAMAGED = "damaged"
    GIVEN = "given by hand"


@dataclass(frozen=True, slots=True)
class Mark:
    """What :data:`MARK` says: the weight's name, one digest over all files, and each file's digest and bytes."""

    name: str
    digest: str
    files: dict[str, tuple[str, int]]


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_mark(folder: Path) -> Mark | None:
    """The mark of a prepared folder; ``None`` where there is none that can be read."""
    try:
        content = json.loads((folder / MARK).read_text(encoding="utf-8"))
        files = {path: (str(sha), int(size)) for path, (sha, size) in content["files"].items()}
        return Mark(content["name"], content["digest"], files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def state_of(folder: Path) -> State:
    """Look at sizes only, which is quick; :func:`verify` reads everything."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return State.MISSING
    mark = read_mark(folder)
    if mark is None:
        return State.DAMAGED if (folder / MARK).exists() else State.GIVEN
    for path, (_, size) in mark.files.items():
        file = folder / path
        if not file.is_file() or file.stat().st_size != size:
            return State.DAMAGED
    return State.READY


def verify(folder: Path) -> tuple[str, ...]:
    """The files of a prepared folder that are not what its mark says. Raises ModelProblem where there is no mark."""
    mark = read_mark(folder)
    if mark is None:
        raise ModelProblem(f"{folder} has no {MARK}, so it cannot be verified. Run `hotline models prepare` again.")
    return tuple(
        path
        for path, (sha, _) in mark.files.items()
        if not (folder / path).is_file() or sha256_of(folder / path) != sha
    )


def write_mark(folder: Path, name: str) -> Mark:
    """Digest every file of ``folder`` and write the mark."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != MARK)
    files = {path.relative_to(folder).as_posix(): (sha256_of(path), path.stat().st_size) for path in paths}
    whole = hashlib.sha256("\n".join(f"{sha} {path}" for path, (sha, _) in files.items()).encode()).hexdigest()
    content = {"name": name, "digest": whole, "files": files}
    (folder / MARK).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return Mark(name, whole, files)


@contextmanager
def making(target: Path) -> Iterator[Path]:
    """An empty folder beside ``target``; at the end of a clean block it is marked and takes ``target``'s place.

    On any error what stood at ``target`` stays. Raises ModelProblem where the disk refuses.
    """
    with disk_faults(target.parent), replacing(target) as folder:
        yield folder
        _open_to_readers(folder)
        write_mark(folder, target.name)


def _open_to_readers(folder: Path) -> None:
    """Whatever the umask of whoever prepares: the service reads it under an account of its own."""
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


@contextmanager
def disk_faults(place: Path) -> Iterator[None]:
    """Turn a refusal of the disk into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelProblem(
                f"The disk of {place} is full. Free some space and run the same command again: what was done is kept."
            ) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise ModelProblem(
                f"{place} cannot be written to. Give a models folder that this account may write."
            ) from error
        raise
