"""A router's folder as far as it can be known without loading it: its version, what it was made from, its figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import ModelProblem
from models.weights.prepared_folder import sha256_of

DESCRIPTION = "router.json"
FIGURES = "evaluation.json"
_VERSION_DIGITS = 12


@dataclass(frozen=True, slots=True)
class StoredRouter:
    """What ``router.json`` and ``evaluation.json`` of ``folder`` say. ``figures`` is empty where nothing was measured.

    ``files`` are the digests of the other files, by their path inside the folder.
    """

    folder: Path
    version: str
    created: str
    embedder: str
    files: Mapping[str, str]
    figures: Mapping[str, Any]

    def verify(self) -> None:
        """Read every byte. Raises ModelProblem naming the first file that is not what it was after training."""
        check_files(self.folder, self.files)


def check_files(folder: Path, files: Mapping[str, str]) -> None:
    """Hold the files of a router against their digests. Raises ModelProblem naming the first that is another one."""
    for name, digest in files.items():
        file = folder / name
        if not file.is_file() or sha256_of(file) != digest:
            raise ModelProblem(
                f"{name} of the router in {folder} is missing or is not what it was when it was trained. "
                "Copy the folder again, or train the router again."
            )


def version_of(folder: Path) -> str | None:
    """The version of the router in ``folder``; ``None`` where there is none."""
    try:
        return version_in((folder / DESCRIPTION).read_bytes())
    except OSError:
        return None


def version_in(description: bytes) -> str:
    """The version of the router that has this description: it holds the digests of all other files."""
    return hashlib.sha256(description).hexdigest()[:_VERSION_DIGITS]


def stored_router(folder: Path) -> StoredRouter:
    """Look at a router's folder. Raises ModelProblem where it is none."""
    try:
        raw = (folder / DESCRIPTION).read_bytes()
        said = json.loads(raw)
        embedder = said.get("embedder") or {}
        return StoredRouter(
            folder,
            version_in(raw),
            str(said.get("created", "")),
            str(embedder.get("fingerprint", "")),
            {str(name): str(digest) for name, digest in said["files"].items()},
            _figures(folder / FIGURES),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelProblem(
            f"There is no router in {folder} that could be read. Name a folder that hotline train routing has written."
        ) from error


def _figures(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
