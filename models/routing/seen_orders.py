"""Which orders a router learned from, as fingerprints of their words: nobody is to be measured on what he has seen.

A fingerprint is 64 bits of a digest of the text as the router reads it (case, width and numbers aside). Of a long table
those with the smallest fingerprints are kept, a sample that is the same whatever order the rows are in, and whatever
stands beside them (bottom-k sketch: Cohen and Kaplan, PODC 2007).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.routing.features import normalised

MOST = 8192
"""Fingerprints that are kept: 64 KB."""
_BYTES = 8

Fingerprints = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Seen:
    """Of ``asked`` orders whose fingerprint would have been kept, those that the router learned from."""

    asked: int
    known: int

    @property
    def share(self) -> float:
        """How many of the orders it learned from; 0 where none could be looked up."""
        return self.known / self.asked if self.asked else 0.0


@dataclass(frozen=True, eq=False)
class SeenOrders:
    """The orders that a router learned from: ``fingerprints`` (k,), ascending and all different."""

    fingerprints: Fingerprints

    @classmethod
    def of(cls, texts: Sequence[str]) -> SeenOrders:
        """Remember these, however often each occurs."""
        return cls(np.array(sorted(set(_fingerprints(texts)))[:MOST], dtype=np.uint64))

    def among(self, texts: Sequence[str]) -> Seen:
        """How many of ``texts``, each counted as often as it occurs, are known word for word."""
        asked = np.fromiter(_fingerprints(texts), dtype=np.uint64)
        if len(self.fingerprints) >= MOST:
            asked = asked[asked <= self.fingerprints[-1]]
        return Seen(len(asked), int(np.isin(asked, self.fingerprints).sum()))


def _fingerprints(texts: Sequence[str]) -> Iterable[int]:
    for text in texts:
        digest = hashlib.blake2b(normalised(text).encode(), digest_size=_BYTES).digest()
        yield int.from_bytes(digest, "little")
