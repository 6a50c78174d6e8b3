"""Files written as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from knowledge_base.errors import BadTable


def write_whole(texts: Mapping[Path, str]) -> None:
    """Write several UTF-8 files together: each is complete on the disk under another name before the first is replaced.

    Raises BadTable where the disk or a folder refuses; the files are then as they were.
    """
    staged: list[tuple[Path, Path]] = []
    path = Path()
    try:
        for path, text in texts.items():
            staged.append((_staged(path, text), path))
        for temporary, path in staged:
            temporary.replace(path)
    except OSError as error:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)
        raise BadTable(
            f"{path} could not be written ({error.strerror}); nothing was changed. "
            "Make room or choose a folder that you may write to, then try again."
        ) from error


def sync_tree(folder: Path) -> None:
    """Put every file below ``folder``, and the folders, on the disk for certain. Raises OSError where it refuses."""
    for path in (*folder.rglob("*"), folder):
        sync(path)


def sync(path: Path) -> None:
    """Put a file, or the names in a folder, on the disk for certain. Raises OSError where it refuses."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _staged(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, prefix=".", delete=False) as file:
        temporary = Path(file.name)
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    return temporary
