"""Terms in tantivy: BM25 (Robertson and Zaragoza, 2009; k1 = 1.2, b = 0.75) over words or over syllables."""

from __future__ import annotations

import math
import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knowledge_base.index.passage_columns import Mask
from knowledge_base.index.term_scores import Statistics

_FIELD = "terms"
_POSITION = "position"
_ANALYZER = "by_space"
_MEMORY = 50_000_000  # bytes that the writer may use
_SPARE = 1.3  # more than the share that is allowed lets expect, so that one look mostly suffices
_NAMED = 8  # hits that are passed over cost as much as naming one text that is allowed
_CHANGING = ("meta.json", ".managed.json")  # every other file of tantivy is written once
_LOCKS = ".lock"


class TermIndex:
    """A tantivy folder, open for reading; may be shared between threads."""

    def __init__(self, index: Any, average_length: float) -> None:
        self._index = index
        self._schema = index.schema
        self._searcher = index.searcher()
        self._documents = int(self._searcher.num_docs)
        self.average_length = average_length

    @staticmethod
    def build(folder: Path, texts: Iterable[Sequence[str]]) -> float:
        """Index ``texts``, each a list of terms without spaces, in order into the new ``folder``.

        Returns how many terms a text has on average. Raises OSError where the disk refuses.
        """
        import tantivy  # noqa: PLC0415 - only search needs it

        builder = tantivy.SchemaBuilder()
        builder.add_text_field(_FIELD, stored=False, tokenizer_name=_ANALYZER, index_option="freq")
        builder.add_unsigned_field(_POSITION, stored=False, indexed=True, fast=True)
        folder.mkdir()
        index = tantivy.Index(builder.build(), str(folder))
        counts = _write(index, (), enumerate(texts))
        return sum(counts) / max(1, len(counts))

    def extended(
        self, folder: Path, before: Path, gone: Iterable[int], texts: Iterable[tuple[int, Sequence[str]]]
    ) -> float:
        """Index in the new ``folder`` what this one in ``before`` has, without the texts at ``gone``, and ``texts``.

        ``before`` is not changed: tantivy writes a file once, so both folders share those that stay. Returns how many
        terms a text has on average. Raises OSError where the disk refuses.
        """
        import tantivy  # noqa: PLC0415 - only search needs it

        folder.mkdir()
        for file in before.iterdir():
            if file.name in _CHANGING:
                shutil.copyfile(file, folder / file.name)
            elif file.suffix != _LOCKS:
                _share(file, folder / file.name)
        counts = _write(tantivy.Index.open(str(folder)), gone, texts)
        return (self.average_length * self._documents + sum(counts)) / max(1, self._documents + len(counts))

    @staticmethod
    def open(folder: Path, average_length: float) -> TermIndex:
        """The index in ``folder``. Raises ValueError where it cannot be read."""
        import tantivy  # noqa: PLC0415 - only search needs it

        index = tantivy.Index.open(str(folder))
        _register(index)
        index.reload()
        return TermIndex(index, average_length)

    def search(self, wanted: Sequence[str], allowed: Mask, limit: int) -> list[tuple[int, float]]:
        """Positions and scores of allowed texts with some of ``wanted``, best first.

        The mask is applied before the cut: where too few of the first are allowed, more are looked at; where few are
        allowed at all, tantivy looks at no others.
        """
        import tantivy  # noqa: PLC0415 - loaded when the index was opened

        unique = list(dict.fromkeys(wanted))
        count = int(np.count_nonzero(allowed))
        if not unique or not count:
            return []
        terms = [tantivy.Query.term_query(self._schema, _FIELD, word, index_option="freq") for word in unique]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        depth = math.ceil(_SPARE * limit * len(allowed) / count)
        while depth <= _NAMED * count:
            hits = self._hits(query, depth)
            kept = [(at, score) for at, score in hits if allowed[at]]
            if len(kept) >= limit or len(hits) < depth:
                return kept[:limit]
            depth *= 4
        return self._hits(self._only(query, np.flatnonzero(allowed).tolist()), limit)

    def _hits(self, query: Any, depth: int) -> list[tuple[int, float]]:
        hits = self._searcher.search(query, depth, count=False).hits
        positions = self._searcher.fast_field_values(_POSITION, [address for _, address in hits])
        return [(int(at), float(score)) for at, (score, _) in zip(positions, hits, strict=True)]

    def _only(self, query: Any, positions: list[int]) -> Any:
        """``query`` among the texts at ``positions``; scores stay as they are."""
        import tantivy  # noqa: PLC0415 - loaded when the index was opened

        there = tantivy.Query.term_set_query(self._schema, _POSITION, positions)
        return tantivy.Query.boolean_query(
            [(tantivy.Occur.Must, query), (tantivy.Occur.Must, tantivy.Query.const_score_query(there, 0.0))]
        )

    def statistics(self, word: str) -> Statistics:
        """How many texts there are, and how many of them have ``word``."""
        return Statistics(self._documents, int(self._searcher.doc_freq(_FIELD, word)))


def _write(index: Any, gone: Iterable[int], texts: Iterable[tuple[int, Sequence[str]]]) -> list[int]:
    import tantivy  # noqa: PLC0415 - only search needs it

    _register(index)
    writer = index.writer(_MEMORY, 1)
    for position in gone:
        writer.delete_documents_by_term(_POSITION, position)
    lengths = []
    for position, text in texts:
        document = tantivy.Document()
        document.add_text(_FIELD, " ".join(text))
        document.add_unsigned(_POSITION, position)
        try:
            writer.add_document(document)
        except ValueError as error:  # how tantivy reports a disk that refuses
            raise OSError(str(error)) from error
        lengths.append(len(text))
    try:
        writer.commit()
        writer.wait_merging_threads()
    except (RuntimeError, ValueError) as error:  # as above
        raise OSError(str(error)) from error
    return lengths


def _share(file: Path, into: Path) -> None:
    """The same file under another name; a copy where the disk knows no second names (exFAT, many network shares)."""
    try:
        os.link(file, into)
    except OSError:
        shutil.copyfile(file, into)


def _register(index: Any) -> None:
    import tantivy  # noqa: PLC0415 - only search needs it

    analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
    index.register_tokenizer(_ANALYZER, analyzer)
