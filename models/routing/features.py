"""What the router sees of a text: TF-IDF of character n-grams inside words.

Words come from rjieba; n-grams do not cross words, so that every n-gram, and with it every weight, belongs to a word
that can be shown to a person. The weighting is scikit-learn's (sublinear term frequency, smoothed inverse document
frequency, unit length), written out here so that serving needs no scikit-learn.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from models.unit_vectors import unit

Floats = npt.NDArray[np.float32]
Ints32 = npt.NDArray[np.int32]

_DIGITS = re.compile(r"\d+")
_SPACE = re.compile(r"\s+")


def normalised(text: str) -> str:
    """Half-width, lower case, single spaces, any number as 0: numbers name a case, not a department."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return _SPACE.sub(" ", _DIGITS.sub("0", folded)).strip()


def words(text: str) -> list[str]:
    """The words of a normalised text in order, without spaces; joined they are the text without its spaces."""
    import rjieba  # noqa: PLC0415 - loads its dictionary

    return [word for word in rjieba.cut(text) if word.strip()]


def ngrams(word: str, longest: int) -> Iterator[str]:
    """The character n-grams of a word up to ``longest`` characters, a space marking its beginning and end."""
    yield from word
    padded = f" {word} "
    for size in range(2, longest + 1):
        yield from (padded[i : i + size] for i in range(len(padded) - size + 1))


@dataclass(frozen=True)
class WordGrams:
    """A fitted TF-IDF of n-grams inside words: ``places`` numbers the n-grams, ``idf`` has shape (n-grams,)."""

    places: dict[str, int]
    idf: Floats
    longest: int = 3

    @classmethod
    def fit(cls, texts: Sequence[str], *, longest: int = 3, fewest: int = 2) -> WordGrams:
        """Keep the n-grams that occur in at least ``fewest`` of ``texts`` (in any, where that would leave none)."""
        frequency: Counter[str] = Counter()
        for text in texts:
            frequency.update({gram for word in words(normalised(text)) for gram in ngrams(word, longest)})
        kept = sorted(g for g, count in frequency.items() if count >= fewest) or sorted(frequency)
        counts = np.array([frequency[gram] for gram in kept], dtype=np.float64)
        idf = np.log((1 + len(texts)) / (1 + counts)) + 1
        return cls({gram: place for place, gram in enumerate(kept)}, idf.astype(np.float32), longest)

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Rows of unit length (zero where nothing is known), shape ``(len(texts), n-grams)``, float32."""
        return self.of_words([words(normalised(text)) for text in texts])

    def of_words(self, texts: Sequence[Sequence[str]], *, unit_length: bool = True) -> sparse.csr_matrix:
        """As :meth:`transform`, for texts that are already words."""
        data: list[Floats] = []
        columns: list[Ints32] = []
        starts = [0]
        seen: dict[str, Ints32] = {}  # reasons ask for one text many times, each time without another word
        for text in texts:
            for word in text:
                if word not in seen:
                    seen[word] = self._places_of(word)
            row, values = self._row([seen[word] for word in text], unit_length)
            columns.append(row)
            data.append(values)
            starts.append(starts[-1] + len(row))
        flat = np.concatenate(data) if data else np.zeros(0, np.float32)
        places = np.concatenate(columns) if columns else np.zeros(0, np.int32)
        return sparse.csr_matrix((flat, places, starts), shape=(len(texts), len(self.places)))

    def _places_of(self, word: str) -> Ints32:
        known = (self.places.get(gram, -1) for gram in ngrams(word, self.longest))
        found = np.fromiter(known, dtype=np.int32)
        return found[found >= 0]

    def _row(self, text: Sequence[Ints32], unit_length: bool) -> tuple[Ints32, Floats]:
        found = np.concatenate(text) if text else np.zeros(0, np.int32)
        columns, counts = np.unique(found, return_counts=True)
        values = (1 + np.log(counts.astype(np.float32))) * self.idf[columns]
        length = float(np.sqrt(np.sum(values**2))) if unit_length else 1.0
        return columns, (values / (length or 1.0)).astype(np.float32)


def centred(vectors: Floats, mean: Floats) -> Floats:
    """Unit vectors (n, d) after ``mean`` (d,) is taken away: embeddings share a direction that says nothing."""
    return unit(vectors - mean)


def for_duties(vectors: Floats, plain: int) -> Floats:
    """Unit vectors that duties are compared in: the first ``plain`` numbers of ``vectors`` (n, d), 0 for all."""
    return unit(vectors[:, :plain]) if plain else vectors
