"""事项分类: what appeals can be about, in up to four levels with codes. A table that a city imports.

The columns are 编码, 一级, 二级, 三级, 四级 and 说法 (or code, level1 … level4, phrases); the last four may lack. 说法
holds what citizens say, several apart by spaces. A row is a category that can be chosen; one whose deeper levels are
empty is a broad one. The codes and names are the city's own, or those of the standard that it follows: none is shipped
but the sample city's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knowledge_base.errors import BadTable
from knowledge_base.tables import first_row, read_numbered_csv

LEVELS = 4
_CHINESE = ("编码", "一级", "二级", "三级", "四级", "说法")
_ENGLISH = ("code", "level1", "level2", "level3", "level4", "phrases")
_NEEDED = 2  # the code and the first level
_SHOWN_FAULTS = 10


@dataclass(frozen=True, slots=True)
class MatterCategory:
    """One category: its code, the names of its levels from the broadest on, and what citizens call it."""

    code: str
    path: tuple[str, ...]
    phrases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its deepest level."""
        return self.path[-1]


@dataclass(frozen=True)
class Taxonomy:
    """The categories of a city in the order of their table. ``version`` is a digest of all of them."""

    categories: tuple[MatterCategory, ...]
    version: str = field(init=False)
    _by_code: Mapping[str, MatterCategory] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        said = repr([(c.code, c.path, c.phrases) for c in self.categories])
        object.__setattr__(self, "version", hashlib.sha256(said.encode()).hexdigest()[:12])
        object.__setattr__(self, "_by_code", {c.code: c for c in self.categories})

    def find(self, code: str) -> MatterCategory | None:
        """The category of that code."""
        return self._by_code.get(code.strip())


def load_taxonomy(path: Path) -> Taxonomy:
    """The categories in a CSV. Raises BadTable naming every line that cannot be used."""
    header = first_row(path)
    names = _ENGLISH if _ENGLISH[0] in header else _CHINESE
    found = [(line, _category(row, names)) for line, row in read_numbered_csv(path, names[:_NEEDED])]
    faults = [*_faults_alone(found), *_faults_together(found)]
    if faults:
        more = f" and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
        raise BadTable(
            f"{path} cannot be used as categories: {'; '.join(faults[:_SHOWN_FAULTS])}{more}. Correct these lines."
        )
    return Taxonomy(tuple(category for _, category in found))


def _category(row: Mapping[str, str], names: Sequence[str]) -> MatterCategory:
    levels = [(row.get(name) or "").strip() for name in names[1 : 1 + LEVELS]]
    while levels and not levels[-1]:
        levels.pop()
    phrases = (row.get(names[-1]) or "").replace("；", " ").replace("、", " ").split()
    return MatterCategory(row[names[0]].strip(), tuple(levels), tuple(dict.fromkeys(phrases)))


def _faults_alone(found: Sequence[tuple[int, MatterCategory]]) -> Iterable[str]:
    for line, category in found:
        if not category.code:
            yield f"line {line} has no code"
        if not all(category.path) or not category.path:
            yield f"line {line} leaves out a level above another"


def _faults_together(found: Sequence[tuple[int, MatterCategory]]) -> Iterable[str]:
    codes: dict[str, int] = {}
    paths: dict[tuple[str, ...], int] = {}
    for line, category in found:
        first = codes.setdefault(category.code, line)
        if category.code and first != line:
            yield f"line {line} has the code {category.code} of line {first}"
        first = paths.setdefault(category.path, line)
        if category.path and first != line:
            yield f"line {line} has the names of line {first}"
