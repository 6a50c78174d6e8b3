"""What citizens call a thing, and what articles call it: 养狗 → 养犬. A general table, which a city extends.

A column of what is said and one of the official words, several of them apart by spaces. What was asked is read twice:
as it was put, and with the official words in the place of the citizen's; a passage is found by whichever it has more of
(so a synonym does not count twice: Pirkola, "The effects of query structure and dictionary setups in dictionary-based
cross-language information retrieval", SIGIR 1998). So the table need not fit every sense of a word. What is cut out of
words, the end of one and the beginning of the next (买房 in 购买房屋, 政审 in 行政审批), was not said. The tables in
``knowledge_base/everyday`` know everyday Chinese and what statutes, notices and service guides write; they were written
for this project, from no corpus and for none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, zip_longest
from pathlib import Path

from knowledge_base import everyday
from knowledge_base.errors import BadTable
from knowledge_base.tables import read_numbered_csv
from knowledge_base.words import normalise, whole_words, words

_SAID, _OFFICIAL = "口语", "规范用语"


@dataclass(frozen=True, slots=True)
class EverydayTerms:
    """What is said → the official words for it."""

    table: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _reach: int = field(init=False, default=0, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_reach", max(map(len, self.table), default=0))

    def official(self, asked: str) -> tuple[str, ...]:
        """The official words for what ``asked`` calls otherwise, those that it has itself left out."""
        text = normalise(asked)
        said = self._said(text)
        return tuple(dict.fromkeys(word for one in said for word in self.table[one.name] if word not in text))

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
        known, done, put = set(words(text)), 0, []
        for one in self._said(text):
            begins = max(done, _after_its_word(text, one, known))
            put += [text[done:begins], " ", " ".join(self.table[one.name]), " "]
            done = one.end
        return " ".join("".join([*put, text[done:]]).split())

    def _said(self, text: str) -> list[_Said]:
        """What the table has of ``text``, in order; of two of which one is part of the other, the longer.

        What ``text`` has the official words for was not called otherwise (身份证 in 居民身份证).
        """
        said = self._found(text)
        if not said:
            return []
        cut = _Cut.of(text)
        said = _longest([one for one in said if not (cut.begins_within(one) and cut.ends_within(one))])
        meant = [one for one, after in zip_longest(said, said[1:]) if not self._read_into(one, after, cut)]
        return [one for one in meant if not self._is_official(text, one)]

    def _is_official(self, text: str, one: _Said) -> bool:
        """Whether ``text`` has all the official words for ``one``, or one of them in its place (中小微企业)."""
        official = self.table[one.name]
        begins = [(word, one.start - word.find(one.name)) for word in official if one.name in word]
        here = any(at >= 0 and text.startswith(word, at) for word, at in begins)
        return here or all(word in text for word in official)

    def _found(self, text: str) -> list[_Said]:
        places = ((at, end) for at in range(len(text)) for end in range(at + 1, min(at + self._reach, len(text)) + 1))
        return [_Said(at, end, name) for at, end in places if (name := text[at:end]) in self.table]

    def _read_into(self, one: _Said, after: _Said | None, cut: _Cut) -> bool:
        """Whether the end of ``one`` belongs to the name ``after`` it: 停电 in 停电动车, 身份证 in 身份证明."""
        if after is None or after.start >= one.end:
            return False
        return set(self.table[after.name]) == {after.name} or (cut.ends_within(one) and cut.whole(after))


@dataclass(frozen=True, slots=True)
class _Said:
    """``name`` at ``[start, end)`` of a text."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class _Cut:
    """Where the words of a text begin and end."""

    borders: frozenset[int]

    @classmethod
    def of(cls, text: str) -> _Cut:
        return cls(frozenset((0, *accumulate(map(len, whole_words(text))))))

    def begins_within(self, one: _Said) -> bool:
        return one.start not in self.borders

    def ends_within(self, one: _Said) -> bool:
        return one.end not in self.borders

    def whole(self, one: _Said) -> bool:
        return not self.begins_within(one) and not self.ends_within(one)


def _longest(said: Sequence[_Said]) -> list[_Said]:
    """Those of ``said`` that stand in no longer one, in order."""
    return [one for one in said if not any(_stands_in(one, other) for other in said)]


def _stands_in(one: _Said, other: _Said) -> bool:
    return other.start <= one.start and one.end <= other.end and one != other


def _after_its_word(text: str, one: _Said, known: Set[str]) -> int:
    """Where ``one`` begins; where it begins in the end of one of the ``known`` words, behind the longest of them."""
    ends = [
        (len(word), one.start + at)
        for at in range(1, len(one.name))
        for word in known
        if len(word) > at and text.endswith(word, 0, one.start + at)
    ]
    return max(ends, default=(0, one.start))[1]


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
