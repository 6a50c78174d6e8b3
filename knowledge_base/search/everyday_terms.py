"""What citizens call a thing, and what articles call it: 养狗 → 养犬. A general table, which a city extends.

A column of what is said and one of the official words, several of them apart by spaces. What was asked is read twice:
as it was put, and with the official words in the place of the citizen's; a passage is found by whichever it has more of
(so a synonym does not count twice: Pirkola, "The effects of query structure and dictionary setups in dictionary-based
cross-language information retrieval", SIGIR 1998). So the table need not fit every sense of a word. The tables in
``knowledge_base/everyday`` know everyday Chinese and what statutes, notices and service guides write; they were written
for this project, from no corpus and for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from knowledge_base import everyday
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

    def readings(self, asked: str) -> tuple[str, ...]:
        """``asked``, and behind it, where it calls something otherwise than articles do, how they put it."""
        return (asked, self.put_into(asked)) if self.official(asked) else (asked,)

    def beside(self, general: EverydayTerms) -> EverydayTerms:
        """These and the ``general`` ones; what both have is as these say (打车,打车: as it was said)."""
        return EverydayTerms({**general.table, **self.table})

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
        """What the table has of ``text``; of two of which one is part of the other, the longer.

        What ``text`` has the official words for was not called otherwise (身份证 in 居民身份证).
        """
        said = [name for name in self.table if name in text]
        longest = [name for name in said if not any(name in other and name != other for other in said)]
        return [name for name in longest if not all(word in text for word in self.table[name])]


def _begun(text: str, name: str) -> list[tuple[str, str]]:
    """The words of ``text`` that end with the beginning of ``name``, longest first, each with what is left of it."""
    ends = ((word, at) for word in set(words(text)) for at in range(1, len(name)) if word.endswith(name[:at]))
    found = [(word, name[at:]) for word, at in ends if len(word) > at and word + name[at:] in text]
    return sorted(found, key=lambda pair: (-len(pair[0]), pair))


@lru_cache(maxsize=1)
def general_terms() -> EverydayTerms:
    """What everyday Chinese calls a thing and official texts call it, in any city."""
    terms = EverydayTerms()
    for path in everyday.tables():
        terms = load_terms(path).beside(terms)
    return terms


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
