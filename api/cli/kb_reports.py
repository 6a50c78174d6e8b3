"""How ``hotline kb import`` and ``hotline kb check`` tell what was understood of a document, and what was not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from api.cli.output import console

if TYPE_CHECKING:
    from knowledge_base.readers import DocumentReading, Tally, Understood

_QUOTED = 44
_LISTED = 12


def show_reading(reading: DocumentReading) -> None:
    """One document: its fields with the words that say so, what was not understood, and where its characters went."""
    many = f"{len(reading.articles)} articles" if len(reading.articles) != 1 else "1 article"
    console.print(f"{reading.name}: {many}, {len_of_passages(reading)} passages", style="bold", markup=False)
    for line in reading.understood[:_LISTED]:
        console.print(f"  {_field(line)}", markup=False)
    if len(reading.understood) > _LISTED:
        console.print(f"  … and {len(reading.understood) - _LISTED} more fields")
    for finding in reading.not_understood:
        console.print(f"  ! {finding}", style="yellow", markup=False)
    for finding in reading.warnings:
        console.print(f"  · {finding}", style="dim", markup=False)
    console.print(f"  {_account(reading.tally)}", markup=False)


def len_of_passages(reading: DocumentReading) -> int:
    """The number of passages of a document's articles."""
    from knowledge_base.articles.splitting import sections

    return sum(len(sections(article.text)) for article in reading.articles)


def given_fields(**fields: str) -> Mapping[str, str]:
    """The fields that were given on the command line. Raises BadInput where one of them cannot be right."""
    from copilot.errors import BadInput
    from knowledge_base.articles.fields import given_faults

    given = {name: value for name, value in fields.items() if value}
    if faults := given_faults(given):
        raise BadInput(" ".join(faults))
    return given


def _field(one: Understood) -> str:
    words = " ".join(one.words.split())
    words = words if len(words) <= _QUOTED else words[:_QUOTED] + "…"
    return f"{one.field}: {one.value}" + (f"  ← {words}" if words and words != one.value else "")


def _account(tally: Tally) -> str:
    parts = [f"{tally.kept:,} in passages"]
    if tally.told:
        parts.append(f"{tally.told:,} as fields")
    parts += [f"{count:,} left out ({code})" for code, count in tally.left_out.items() if count]
    parts.append(f"{tally.unplaced:,} nowhere" if tally.unplaced else "none lost")
    return f"{tally.read:,} characters read: {', '.join(parts)}."
