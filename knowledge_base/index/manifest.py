"""Whose index it is, and the files that it is made of. Replacing the manifest replaces the index, at once and whole."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from knowledge_base.errors import IndexMismatch
from knowledge_base.files import sync

FORMAT = 6
"""Raised with every change that an older or a newer program would misread, and with every change of how words and
syllables are cut. Files that merely save time are none: a base without ``lists.faiss`` is compared row by row.
"""

REBUILD = "Build it again with `hotline kb index`."
FILE = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """``library`` is what is indexed; ``source`` the folder's library under it, where articles of the desk are over it.

    ``passages`` counts those that are searched. ``number`` names base and log.
    """

    embedder: str
    dimension: int
    library: str
    passages: int
    source: str
    number: int
    format: int = FORMAT

    @property
    def base(self) -> str:
        """The folder of the base."""
        return f"base-{self.number:06}"

    @property
    def log(self) -> str:
        """The file of what came since."""
        return f"changes-{self.number:06}.log"


def read_manifest(folder: Path) -> Manifest:
    """Raises IndexMismatch where there is none, or it is of another version of this program or cannot be read."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise IndexMismatch(f"The index in {folder} is of another version of this program. {REBUILD}")
        return Manifest(**{field.name: content[field.name] for field in fields(Manifest)})
    except FileNotFoundError as error:
        raise IndexMismatch(f"There is no search index in {folder}. Build one with `hotline kb index`.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexMismatch(f"The index in {folder} cannot be read. {REBUILD}") from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put ``manifest`` in force. Raises OSError where the disk refuses; the old one then stays."""
    partial = folder / f".{FILE}"
    with partial.open("w", encoding="utf-8") as file:
        file.write(json.dumps(asdict(manifest), indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / FILE)
    sync(folder)


def check(folder: Path, manifest: Manifest, embedder: str, dimension: int, library: str | None) -> None:
    """Raise IndexMismatch for an index of another embedder or library (``None``: any) than the one in use."""
    if (manifest.embedder, manifest.dimension) != (embedder, dimension):
        raise IndexMismatch(
            f"The index in {folder} was made with {manifest.embedder}, and {embedder} is in use. "
            f"{REBUILD[:-1]}, or set the embedder that made it."
        )
    if library is not None and library not in (manifest.library, manifest.source):
        raise IndexMismatch(
            f"The index in {folder} is of library {manifest.source or manifest.library}, and the library is now "
            f"{library}. {REBUILD}"
        )
