"""Fields of a row of a JSON file: read as what they should be, every fault told in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

Term = TypeVar("Term", bound=StrEnum)


def as_text(value: object) -> str:
    """A text without blanks around it; empty for anything else."""
    return value.strip() if isinstance(value, str) else ""


def as_texts(value: object, where: str, faults: list[str]) -> Iterator[str]:
    """The texts of a list, blank ones left out."""
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        faults.append(f'{where}: not a list of texts. Write it as ["…", "…"].')
        return
    yield from (v.strip() for v in value if v.strip())


def as_date(value: object, where: str, faults: list[str]) -> date | None:
    """A day; ``None`` where nothing is written."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        faults.append(f"{where}: '{value}' is not a date. Write it as 2026-01-31.")
        return None


def as_term(value: object, usual: Term, where: str, faults: list[str]) -> Term:
    """One of the terms that ``usual`` belongs to; ``usual`` where nothing is written."""
    if value is None or value == "":
        return usual
    terms = {term.value: term for term in type(usual)}
    if isinstance(value, str) and value in terms:
        return terms[value]
    faults.append(f"{where}: '{value}' is not known. Use one of {', '.join(terms)}.")
    return usual


def as_share(value: object, usual: float, where: str, faults: list[str]) -> float:
    """A number above 0 and not above 1; ``usual`` where nothing is written."""
    if value is None or value == "":
        return usual
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= 1:
        return float(value)
    faults.append(f"{where}: '{value}' is not a number above 0 and up to 1. Write it as 0.7.")
    return usual


def unknown_fields(row: Mapping[object, object], known: Iterable[str], where: str) -> list[str]:
    """A fault for every field that nobody reads."""
    unknown = sorted(set(map(str, row)) - set(known))
    return [f"{where} has a field '{field}' that is not known. Remove or rename it." for field in unknown]


def plain_date(day: date | None) -> str:
    """A day as files have it: empty for one that is open."""
    return "" if day is None or day == date.min else day.isoformat()
