"""Errors of what is written. The whole tree is drawn in :mod:`copilot.errors`."""

from __future__ import annotations

from collections.abc import Sequence


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
