"""Passages on disk, read when they are shown: a service holds none of 100,000 in memory.

``passages.jsonl`` has one passage a line, ``offsets.npy`` where each line begins (int64 ``[passages + 1]``).
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from knowledge_base.policy import Passage, Secrecy

_LINES = "passages.jsonl"
_OFFSETS = "offsets.npy"
_KEPT = 4096
_FIELDS = tuple(field.name for field in fields(Passage))


def write_passages(folder: Path, passages: Iterable[Passage], before: Path | None = None) -> None:
    """Write ``passages`` into ``folder``, behind those that ``before`` has. Raises OSError where the disk refuses."""
    starts = [0]
    with (folder / _LINES).open("wb") as file:
        if before is not None:
            _copy(before / _LINES, file)
        at = file.tell()
        for passage in passages:
            at += file.write(line_of(passage).encode() + b"\n")
            starts.append(at)
    offsets = np.array(starts, np.int64)
    if before is not None:
        offsets = np.concatenate([np.load(before / _OFFSETS), offsets[1:]])
    np.save(folder / _OFFSETS, offsets)


def _copy(source: Path, file: Any) -> None:
    with source.open("rb") as reading:
        while block := reading.read(1 << 22):
            file.write(block)


class StoredPassages(Sequence[Passage]):
    """The passages of one folder. The last ones that were shown are kept; may be shared between threads."""

    def __init__(self, folder: Path) -> None:
        self._offsets: NDArray[np.int64] = np.load(folder / _OFFSETS, mmap_mode="r")
        with (folder / _LINES).open("rb") as file:
            size = file.seek(0, 2)
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        if int(self._offsets[-1]) != size:
            raise ValueError("the lines are not those that were counted")
        self._read = lru_cache(_KEPT)(partial(_stored, self._lines, self._offsets))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, position: int) -> Passage: ...

    @overload
    def __getitem__(self, position: slice) -> Sequence[Passage]: ...

    def __getitem__(self, position: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(position, slice):
            return [_stored(self._lines, self._offsets, at) for at in range(*position.indices(len(self)))]
        if not 0 <= position < len(self):
            raise IndexError(position)
        return self._read(int(position))


def _stored(lines: mmap.mmap | bytes, offsets: NDArray[np.int64], position: int) -> Passage:
    return passage_of(lines[offsets[position] : offsets[position + 1]])


def line_of(passage: Passage) -> str:
    """A passage as one line of JSON."""
    content = {name: getattr(passage, name) for name in _FIELDS}  # asdict copies, and takes five times as long
    return json.dumps(content, ensure_ascii=False, default=date.isoformat)


def passage_of(line: str | bytes) -> Passage:
    """The passage that :func:`line_of` wrote. Raises ValueError, KeyError or TypeError where it is none."""
    row = json.loads(line)
    last = row["effective_to"]
    return Passage(
        **{
            **row,
            "effective_from": date.fromisoformat(row["effective_from"]),
            "effective_to": None if last is None else date.fromisoformat(last),
            "keywords": tuple(row["keywords"]),
            "secrecy": Secrecy(row["secrecy"]),
        }
    )
