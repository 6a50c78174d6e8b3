"""What a reading of one file brought: articles, what was understood, what was not, and where every character went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge_base.articles.splitting import sections
from knowledge_base.policy import PolicyArticle
from knowledge_base.readers.document import LeftOut, ink, squeezed
from knowledge_base.readers.findings import Finding

_LISTED = 3
_QUOTED = 24


@dataclass(frozen=True, slots=True)
class Understood:
    """One field that was found: its name as in a Markdown header, its value, and the words of the file that say so."""

    field: str
    value: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Characters without white space, and where they went.

    Of those ``read`` from the file, ``kept`` are in passages, ``told`` became fields of the article, ``left_out`` are
    so by reason, and ``unplaced`` are nowhere.
    """

    read: int = 0
    kept: int = 0
    told: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    unplaced: int = 0


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """The reading of one file.

    ``articles`` are those that are complete; ``fields`` has the fields of every article, complete or not, by their
    names in :class:`PolicyArticle`, for a person to complete.

    ``faults`` are sentences: what is missing or wrong, for which an article was not made. ``not_understood`` was looked
    for and not found, or could not be read; ``warnings`` was read and is worth a look.
    """

    name: str
    articles: tuple[PolicyArticle, ...]
    understood: tuple[Understood, ...]
    not_understood: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    faults: tuple[str, ...] = ()
    fields: tuple[Mapping[str, str], ...] = ()
    tally: Tally = field(default_factory=Tally)

    @property
    def lost(self) -> tuple[str, ...]:
        """The faults of what becomes no draft; where there are fields, the draft made of them says what it lacks."""
        return () if self.fields else self.faults


_WORTH_A_LOOK = frozenset(
    (
        *("inserted-text", "text-boxes", "columns", "notes", "formulas", "hidden-rows", "nested-tables", "encoding"),
        *("page-margins", "contents", "navigation", "colophon", "labels", "assumed-effect", "title-from-name"),
        *("empty-pages", "unread-sheet", "no-number", "same-pairs", "issuer-is-owner", "area-of-owner", "look-alikes"),
    )
)


def sorted_findings(findings: Iterable[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """``(not understood, warnings)``."""
    known = tuple(findings)
    return (
        tuple(f for f in known if f.code not in _WORTH_A_LOOK),
        tuple(f for f in known if f.code in _WORTH_A_LOOK),
    )


def left_out_findings(left_out: Sequence[LeftOut]) -> list[Finding]:
    """What was left out, each with its first words and its number of characters."""
    return [
        Finding(
            left.code,
            len(left.texts),
            f"{left.characters} 字：" + "、".join(f"“{_short(t)}”" for t in list(dict.fromkeys(left.texts))[:_LISTED]),
        )
        for left in left_out
    ]


def tally(
    read: int, units: Iterable[str], told: Iterable[str], left_out: Sequence[LeftOut], texts: Iterable[str]
) -> tuple[Tally, tuple[Finding, ...]]:
    """Where every character went, by looking for each unit of text in the passages made of ``texts``.

    ``told`` are the units that became fields of the article. What is nowhere is a finding.
    """
    passages = squeezed("\n".join("".join(s.opened) + s.text for text in texts for s in sections(text)))
    aside = set(told)
    kept = known = 0
    missing: list[str] = []
    for unit in units:
        size = ink(unit)
        if all(squeezed(line) in passages for line in unit.splitlines()):
            kept += size
        elif unit in aside:
            known += size
        elif size:
            missing.append(unit)
    left: Counter[str] = Counter()
    for one in left_out:
        left[one.code] += one.characters
    lost = sum(map(ink, missing))
    unplaced = max(lost, read - kept - known - sum(left.values()))
    findings = (
        (Finding("unplaced", unplaced, "、".join(f"“{_short(t)}”" for t in missing[:_LISTED])),) if unplaced else ()
    )
    return Tally(read, kept, known, dict(left), unplaced), findings


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _QUOTED else plain[:_QUOTED] + "…"
