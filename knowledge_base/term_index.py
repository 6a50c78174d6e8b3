"""Terms in tantivy: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over words or over syllables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FIELD = "terms"
_POSITION = "position"
_ANALYZER = "by_space"
_MEMORY = 50_000_000  # bytes that the writer may use
_SPARE = 1.3  # more than the share that is allowed lets expect, so that one look mostly suffices
_LARGEST_TF = 2.2  # k1 + 1: what BM25's term frequency part tends to


class TermIndex:
    """A tantivy folder, open for reading; may be shared between threads."""

    def __init__(self, index: Any) -> None:
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()
        self._documents = max(1, self._searcher.num_docs)

    @staticmethod
    def build(folder: Path, texts: Iterable[Sequence[str]]) -> None:
        """Index ``texts``, each a list of terms without spaces, in order into the new ``folder``."""
        import tantivy  # noqa: PLC0415 - only search needs it

        builder = tantivy.SchemaBuilder()
        builder.add_text_field(_FIELD, stored=False, tokenizer_name=_ANALYZER, index_option="freq")
        builder.add_unsigned_field(_POSITION, stored=True, indexed=False)
        folder.mkdir()
        index = tantivy.Index(builder.build(), str(folder))
        _register(index)
        writer = index.writer(_MEMORY, 1)
        for position, text in enumerate(texts):
            document = tantivy.Document()
            document.add_text(_FIELD, " ".join(text))
            document.add_unsigned(_POSITION, position)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()

    @staticmethod
    def open(folder: Path) -> TermIndex:
        """The index in ``folder``."""
        import tantivy  # noqa: PLC0415 - only search needs it

        index = tantivy.Index.open(str(folder))
        _register(index)
        index.reload()
        return TermIndex(index)

    def search(self, wanted: Sequence[str], allowed: NDArray[np.bool_], limit: int) -> list[tuple[int, float]]:
        """Positions and scores of allowed texts with some of ``wanted``, best first.

        The mask is applied before the cut: where too few of the first are allowed, more are looked at.
        """
        import tantivy  # noqa: PLC0415 - loaded when the index was opened

        unique = list(dict.fromkeys(wanted))
        if not unique or not allowed.any():
            return []
        terms = [tantivy.Query.term_query(self._schema, _FIELD, word, index_option="freq") for word in unique]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        depth = math.ceil(_SPARE * limit * len(allowed) / int(allowed.sum()))
        while True:
            hits = self._searcher.search(query, depth, count=False).hits
            found = [(self._position(address), float(score)) for score, address in hits]
            kept = [hit for hit in found if allowed[hit[0]]]
            if len(kept) >= limit or len(hits) < depth:
                return kept[:limit]
            depth *= 4

    def best_possible(self, wanted: Sequence[str]) -> float:
        """The score of a text that has every one of ``wanted`` very often."""
        return sum(self._rarity(word) * _LARGEST_TF for word in dict.fromkeys(wanted))

    def _rarity(self, word: str) -> float:
        having = self._searcher.doc_freq(_FIELD, word)
        return math.log(1 + (self._documents - having + 0.5) / (having + 0.5))

    def _position(self, address: Any) -> int:
        return int(self._searcher.doc(address)[_POSITION][0])


def _register(index: Any) -> None:
    import tantivy  # noqa: PLC0415 - only search needs it

    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYZER, analyzer)
