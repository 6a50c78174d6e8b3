"""What changed since the base was written, one record after another: a record that is not whole does not count.

A change is written behind the last whole one and put on the disk for certain before anybody searches it. A process
that is killed while it writes leaves a torn end, which readers ignore and the next writer cuts off. Records name
articles and not rows, so they can be read again over any later base.
"""

from __future__ import annotations

import json
import os
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge_base.index.stored_passages import line_of, passage_of
from knowledge_base.index.vector_search import Vector
from knowledge_base.policy import Passage

_HEAD = struct.Struct("<4sIII")  # mark, bytes of JSON, bytes of vectors, CRC-32 of both
_MARK = b"HKB1"


@dataclass(frozen=True)
class Change:
    """From one library to the next.

    ``removed`` articles are gone; of each in ``articles`` (id to edition and number of passages) the passages in
    ``passages``, in the same order, take the place of whatever there was.
    ``vectors``: float32 ``[passages, dimension]``.
    """

    library: str
    source: str
    removed: Sequence[str]
    articles: Mapping[str, tuple[str, int]]
    passages: Sequence[Passage]
    vectors: Vector


def append(path: Path, end: int, change: Change) -> int:
    """Write ``change`` at ``end``, where the last whole record ended; returns where it ends itself.

    Raises OSError where the disk refuses; the change then does not count.
    """
    record = _packed(change)
    with path.open("r+b") as file:
        file.truncate(end)
        file.seek(end)
        file.write(record)
        file.flush()
        os.fsync(file.fileno())
    return end + len(record)


def create(path: Path, content: bytes = b"") -> None:
    """A new log with the whole records in ``content``, on the disk for certain."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def changes(path: Path, dimension: int, after: int = 0) -> Iterator[tuple[Change, int]]:
    """Every whole record from the byte ``after`` on, where one ends, in order, and where in the file it ends itself."""
    with path.open("rb") as file:
        file.seek(after)
        content = file.read()
    at = 0
    while at + _HEAD.size <= len(content):
        mark, told, vectors, checked = _HEAD.unpack_from(content, at)
        end = at + _HEAD.size + told + vectors
        body = content[at + _HEAD.size : end]
        if mark != _MARK or len(body) != told + vectors or zlib.crc32(body) != checked:
            return
        yield _unpacked(body[:told], body[told:], dimension), after + end
        at = end


def _packed(change: Change) -> bytes:
    told = {
        "library": change.library,
        "source": change.source,
        "removed": list(change.removed),
        "articles": {article: list(edition) for article, edition in change.articles.items()},
        "passages": [line_of(passage) for passage in change.passages],
    }
    text = json.dumps(told, ensure_ascii=False).encode()
    numbers = np.ascontiguousarray(change.vectors, "<f4").tobytes()
    return _HEAD.pack(_MARK, len(text), len(numbers), zlib.crc32(text + numbers)) + text + numbers


def _unpacked(text: bytes, numbers: bytes, dimension: int) -> Change:
    told = json.loads(text)
    return Change(
        library=told["library"],
        source=told["source"],
        removed=told["removed"],
        articles={article: (edition, int(count)) for article, (edition, count) in told["articles"].items()},
        passages=[passage_of(line) for line in told["passages"]],
        vectors=np.frombuffer(numbers, "<f4").reshape(-1, dimension),
    )
