"""Past orders that people settled, searched by meaning within one department.

The index lives in memory only and is filled from the journal's tables, so there is nothing on disk that could
contradict them. Vectors are kept at half precision and compared one by one (exact): 100,000 orders of 180 characters
take 160 MB with an embedder of 384 dimensions, half of it for the vectors, and a search of all of them 3 ms of one
core. Orders may be added and removed while others search.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge_base.embedding import QueryEmbedder
from knowledge_base.words import normalise, strip_fillers

# Cosine under multilingual-e5-small, on the sample city's 557 appeals: of 50 pairs that say the same in other words
# 92 % lie above; of the closest appeals of the two likeliest wrong departments, the hardest there are, 80 % lie below.
LEAST_SIMILAR = 0.92
# Jaccard index of character pairs from which on two texts say the same to a reader.
_SAME = 0.6
_LOOKED_AT = 8  # times as many as are wanted: some of them say the same
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order with what the citizen wanted, the department that people settled on, and the day of that.

    ``category`` is the code of the category that a person confirmed, empty where nobody did.
    """

    number: str
    text: str
    department: str
    day: date
    category: str = ""


class PastOrders:
    """Past orders by department. May be shared between threads. ``text`` must be masked before it comes here.

    ``for_orders`` embeds the orders, as ``embedder`` does what is asked: it may be one that remembers on disk.
    """

    def __init__(
        self, embedder: QueryEmbedder, least_similar: float = LEAST_SIMILAR, for_orders: QueryEmbedder | None = None
    ) -> None:
        self._embedder = embedder
        self._for_orders = for_orders or embedder
        self._least_similar = least_similar
        self._lock = Lock()
        self._shelves: dict[str, _Shelf] = {}
        self._departments: dict[str, str] = {}
        self._categorised = 0

    def __len__(self) -> int:
        return len(self._departments)

    @property
    def departments(self) -> Mapping[str, str]:
        """Order number → department, of every order that is here."""
        with self._lock:
            return dict(self._departments)

    def add(self, orders: Sequence[PastOrder]) -> None:
        """Make ``orders`` findable at once; one whose number is here already takes the place of the old."""
        for start in range(0, len(orders), _AT_ONCE):
            some = orders[start : start + _AT_ONCE]
            vectors = self._for_orders.embed_queries([_asked(order.text) for order in some])
            with self._lock:
                for order, vector in zip(some, vectors, strict=True):
                    self._take_away(order.number)
                    self._shelf(order.department).add(order, vector)
                    self._departments[order.number] = order.department
                    self._categorised += bool(order.category)

    def remove(self, numbers: Iterable[str]) -> None:
        """Show these orders no more; a number that is not here is passed over."""
        with self._lock:
            for number in numbers:
                self._take_away(number)

    def similar(self, text: str, department: str, limit: int = 3) -> list[PastOrder]:
        """Up to ``limit`` orders of ``department``, the most similar first, of those that say the same only one.

        None where no order is similar enough: an order that merely went to the same department explains nothing.
        """
        if department not in self._shelves or not text.strip():
            return []
        vector = self._embedded(_asked(text))
        with self._lock:
            shelf = self._shelves.get(department)
            found = shelf.nearest(vector, _LOOKED_AT * limit) if shelf is not None else []
        return _told_once((order for order, cosine in found if cosine >= self._least_similar), limit)

    def like(self, text: str, limit: int) -> list[tuple[PastOrder, float]]:
        """The ``limit`` orders with a category that are most like ``text``, of any department, with their cosines."""
        if not text.strip() or not self._categorised:
            return []
        vector = self._embedded(_asked(text))
        with self._lock:
            found = [hit for shelf in self._shelves.values() for hit in shelf.nearest_told(vector, limit)]
        return sorted(found, key=lambda hit: -hit[1])[:limit]

    def _embedded(self, text: str) -> NDArray[np.float32]:
        """Each department of a ranking asks for the same text: an embedder that remembers what it was asked pays."""
        vector: NDArray[np.float32] = self._embedder.embed_queries([text])[0]
        return vector

    def _shelf(self, department: str) -> _Shelf:
        return self._shelves.setdefault(department, _Shelf(self._embedder.dimension))

    def _take_away(self, number: str) -> None:
        department = self._departments.pop(number, None)
        if department is None:
            return
        shelf = self._shelves[department]
        self._categorised -= bool(shelf.remove(number).category)
        if not shelf.orders:
            del self._shelves[department]


class _Shelf:
    """The orders of one department. Not locked: its owner does that."""

    def __init__(self, dimension: int) -> None:
        faiss = _faiss()
        half = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        self._index = faiss.IndexIDMap(half)
        self._next = 0
        self._keys: dict[str, int] = {}
        self._told: set[int] = set()  # those with a category
        self.orders: dict[int, PastOrder] = {}

    def add(self, order: PastOrder, vector: NDArray[np.float32]) -> None:
        self._index.add_with_ids(vector[None, :].astype(np.float32), np.array([self._next], np.int64))
        self.orders[self._next], self._keys[order.number] = order, self._next
        if order.category:
            self._told.add(self._next)
        self._next += 1

    def remove(self, number: str) -> PastOrder:
        key = self._keys.pop(number)
        self._index.remove_ids(np.array([key], np.int64))
        self._told.discard(key)
        return self.orders.pop(key)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[PastOrder, float]]:
        return self._found(*self._index.search(vector[None, :], min(limit, len(self.orders))))

    def nearest_told(self, vector: NDArray[np.float32], limit: int) -> list[tuple[PastOrder, float]]:
        """Of those with a category alone: a city that has just begun to file it has few among many."""
        if not self._told:
            return []
        faiss = _faiss()
        among = faiss.SearchParameters(sel=faiss.IDSelectorBatch(np.fromiter(self._told, np.int64)))
        return self._found(*self._index.search(vector[None, :], min(limit, len(self._told)), params=among))

    def _found(self, cosines: NDArray[np.float32], keys: NDArray[np.int64]) -> list[tuple[PastOrder, float]]:
        return [(self.orders[int(k)], float(c)) for k, c in zip(keys[0], cosines[0], strict=True) if k >= 0]


def _asked(text: str) -> str:
    """The matter without greetings; a text that is nothing else stays as it is."""
    return "\n".join(line for said in text.splitlines() if (line := strip_fillers(said))) or text


def _told_once(orders: Iterable[PastOrder], limit: int) -> list[PastOrder]:
    """The first ``limit`` of those that do not say the same as one before them."""
    told: list[PastOrder] = []
    seen: list[frozenset[str]] = []
    for order in orders:
        pairs = _pairs(order.text)
        if len(told) == limit:
            break
        if not any(len(pairs & others) >= _SAME * len(pairs | others) for others in seen):
            told.append(order)
            seen.append(pairs)
    return told


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(c for c in normalise(text) if c.isalnum())
    return frozenset(plain[i : i + 2] for i in range(max(1, len(plain) - 1)))


def _faiss() -> Any:
    """FAISS, without the types it ships: they miss half of what it has."""
    import faiss  # noqa: PLC0415 - a second of loading that only search needs

    return faiss
