"""What a version of an article changes: field by field, and the text paragraph by paragraph, sentence by sentence.

Paragraphs are aligned by their longest common runs (Ratcliff and Obershelp 1988, as in :mod:`difflib`); where some were
replaced, the most alike are taken for one another and compared by sentence, and within a sentence by character. A
sentence that shares little with its successor is shown as taken out and put in whole: a patchwork of single characters
cannot be read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from knowledge_base.articles.content import FIELDS, Content

_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;]+[”」』）)]*|[^。！？!?；;\n]+$")
# Below it, two paragraphs are not versions of one another, and two sentences are not compared by character.
_ALIKE = 0.5
_SHORTEST_SAME = 2
# Comparing costs the square of what is compared, and an editor waits: paragraphs are looked for near their place, and
# longer texts are compared by sentence alone.
_NEAR = 30
_LONGEST = 1500


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of characters. The SAME and DELETED pieces make the old text, the SAME and INSERTED ones the new."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of either text, or two that are versions of one another.

    ``mark`` is SAME for the latter too: their pieces say what changed.
    """

    mark: Mark
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether anything in it is new or gone."""
        return any(piece.mark is not Mark.SAME for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field other than the text that has another value, lists joined by 、."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """All that is different; ``paragraphs`` hold the whole text, changed or not."""

    fields: tuple[FieldChange, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def changes(self) -> int:
        """How many fields and paragraphs changed."""
        return len(self.fields) + sum(paragraph.changed for paragraph in self.paragraphs)


def difference(before: Content, after: Content) -> Difference:
    """What ``after`` changes in ``before``, which is empty for an article's first version."""
    changed = tuple(
        FieldChange(name, old, new)
        for name in FIELDS
        if name != "text" and (old := _said(before.get(name))) != (new := _said(after.get(name)))
    )
    return Difference(changed, tuple(paragraphs(str(before.get("text", "")), str(after.get("text", "")))))


def _said(value: Any) -> str:
    return "、".join(value) if isinstance(value, list) else str(value or "")


def paragraphs(before: str, after: str) -> Iterator[Paragraph]:
    """The paragraphs of both texts in order, what is the same once."""
    old, new = before.splitlines(), after.splitlines()
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (_whole(Mark.SAME, line) for line in old[a1:a2])
        else:
            yield from _replaced(old[a1:a2], new[b1:b2])


def _whole(mark: Mark, text: str) -> Paragraph:
    return Paragraph(mark, (Piece(mark, text),) if text else ())


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    """Paragraphs that were replaced: pairs of alike ones in order, what is between them taken out and put in."""
    pairs = list(_pairs(old, new))
    a, b = 0, 0
    for i, j in [*pairs, (len(old), len(new))]:
        yield from (_whole(Mark.DELETED, line) for line in old[a:i])
        yield from (_whole(Mark.INSERTED, line) for line in new[b:j])
        if i < len(old):
            yield Paragraph(Mark.SAME, tuple(_pieces(old[i], new[j])))
        a, b = i + 1, j + 1


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """For each old paragraph the most alike new one after those that are taken, near where it would be expected."""
    first = 0
    for i, line in enumerate(old):
        expected = max(first, i * len(new) // len(old))
        start = max(first, expected - _NEAR)
        near = enumerate(new[start : expected + _NEAR], start)
        rated = [(alike(line, other), -j) for j, other in near if other and line]
        best, place = max(rated, default=(0.0, 0))
        if best >= _ALIKE:
            yield i, -place
            first = -place + 1


def alike(one: str, other: str) -> float:
    """0 for nothing in common, 1 for the same: the share of characters in common runs, of long texts anywhere."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < _ALIKE or (quick := matcher.quick_ratio()) < _ALIKE:
        return 0.0
    return quick if _is_long(one, other) else matcher.ratio()


def _is_long(one: str, other: str) -> bool:
    return max(len(one), len(other)) > _LONGEST


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """The pieces of two versions of a paragraph."""
    before, after = sentences(old), sentences(new)
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(Mark.SAME, "".join(before[a1:a2]))
        else:
            yield from _characters("".join(before[a1:a2]), "".join(after[b1:b2]))


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; joined, they are the paragraph."""
    found = _SENTENCE.findall(text)
    return found if "".join(found) == text else [text]


def _characters(old: str, new: str) -> Iterator[Piece]:
    if _is_long(old, new) or alike(old, new) < _ALIKE:
        yield from _swap(old, new)
        return
    gone, come = "", ""
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        # A single character in common between two changes is chance: 二 of 二十 and 十二.
        if tag == "equal" and (a2 - a1 >= _SHORTEST_SAME or a1 == 0 or a2 == len(old)):
            yield from _swap(gone, come)
            gone, come = "", ""
            yield Piece(Mark.SAME, old[a1:a2])
        else:
            gone, come = gone + old[a1:a2], come + new[b1:b2]
    yield from _swap(gone, come)


def _swap(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece(Mark.DELETED, old)
    if new:
        yield Piece(Mark.INSERTED, new)
