"""Errors of what is written. The whole tree is drawn in :mod:`copilot.errors`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class KnowledgeError(Exception):
    """The root of this floor. ``str(error)`` is a sentence for a person."""


class BadTable(KnowledgeError):
    """A CSV, JSON or JSONL file that lacks what is asked of it."""


class BadDocument(KnowledgeError):
    """A file of a document that is damaged, protected, of another kind, or too large to be read."""


class BadLibrary(KnowledgeError):
    """Articles or a catalogue that contradict themselves; ``faults`` lists every fault, one sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class IndexMismatch(KnowledgeError):
    """An index made with another embedder, precision or library than the one in use."""


class OtherFiles(IndexMismatch):
    """An index that another process keeps level with other files of a library: ``theirs`` and not ``ours``."""

    def __init__(self, folder: Path, theirs: str, ours: str) -> None:
        super().__init__(
            f"Another process keeps the index in {folder} level with other library files ({theirs}, here {ours}). "
            "Let both read the same files, or give each an index of its own (HOTLINE_INDEX); until then what was "
            "searched before is searched on."
        )
