"""What citizens call a thing, and what articles call it: 养狗 → 养犬. A table that a city keeps and extends.

A column of what is said and one of the official words, several of them apart by spaces. The words are added to what was
asked: the table need not fit every sense of a word, and the citizen's own words keep counting. Only a search by hand
that found nothing is made once more with them in the place of what was typed, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge_base.errors import BadTable
from knowledge_base.tables import read_numbered_csv
from knowledge_base.words import normalise, words

_SAID, _OFFICIAL = "口语", "规范用语"


@dataclass(frozen=True, slots=True)
class EverydayTerms:
    """What is said → the official words for it."""

    table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def official(self, asked: str) -> tuple[str, ...]:
        """The official words for what ``asked`` calls otherwise, those that it has itself left out."""
        text = normalise(asked)
        said = self._said(text)
        return tuple(dict.fromkeys(word for name in said for word in self.table[name] if word not in text))

    def put_to(self, asked: str) -> str:
        """``asked`` with the official words behind it."""
        return " ".join((asked, *self.official(asked)))

    def put_into(self, asked: str) -> str:
        """``asked`` with the official words in the place of what it calls otherwise.

        A word of which only the end is called otherwise stays whole: 健康证丢了 is 健康证 遗失, not 健康 遗失.
        """
        text = normalise(asked)
        for name in self._said(text):
            official = f" {' '.join(self.table[name])} "
            for word, rest in _begun(text, name):
                text = text.replace(word + rest, word + official)
            text = text.replace(name, official)
        return " ".join(text.split())

    def _said(self, text: str) -> list[str]:
        """What the table has of ``text``; of two of which one is part of the other, the longer."""
        said = [name for name in self.table if name in text]
        return [name for name in said if not any(name in other and name != other for other in said)]


def _begun(text: str, name: str) -> list[tuple[str, str]]:
    """The words of ``text`` that end with the beginning of ``name``, longest first, each with what is left of it."""
    ends = ((word, at) for word in set(words(text)) for at in range(1, len(name)) if word.endswith(name[:at]))
    found = [(word, name[at:]) for word, at in ends if len(word) > at and word + name[at:] in text]
    return sorted(found, key=lambda pair: (-len(pair[0]), pair))


def load_terms(path: Path) -> EverydayTerms:
    """The table in a CSV file. Raises BadTable where it cannot be read or a line has only one of the two."""
    table: dict[str, tuple[str, ...]] = {}
    for number, row in read_numbered_csv(path, (_SAID, _OFFICIAL)):
        said, official = normalise(row[_SAID]), tuple(normalise(row[_OFFICIAL]).split())
        if bool(said) != bool(official):
            raise BadTable(f"Line {number} of {path} has only one of {_SAID} and {_OFFICIAL}. Fill in the other.")
        if said:
            table[said] = (*table.get(said, ()), *official)
    return EverydayTerms(table)
