"""The responsibility catalogue and the gazetteer as JSON files: read, checked, written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path

from knowledge_base.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.files import write_whole
from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.tables import read_text

_DEPARTMENT_FIELDS = {"name", "aliases", "telephone", "area", "duties", "effective_from", "effective_to"}
_DUTY_FIELDS = {"text", "legal_basis", "phrases"}


def load_catalogue(path: Path, gazetteer: Gazetteer | None = None) -> ResponsibilityCatalogue:
    """The catalogue in a JSON file: a list of departments, or an object with ``departments``.

    ``duties`` is a list of ``{text, legal_basis, phrases}`` or one text. Raises BadTable where the file cannot be read,
    BadLibrary with every fault where its content cannot be used.
    """
    return read_catalogue(_json(path), str(path), gazetteer)


def read_catalogue(content: object, where: str, gazetteer: Gazetteer | None = None) -> ResponsibilityCatalogue:
    """The same from JSON that was read already, such as a stored edition; each fault begins with ``where``."""
    rows = _rows(content, where, "departments")
    faults: list[str] = []
    departments = [d for n, row in enumerate(rows, start=1) if (d := _department(row, n, faults)) is not None]
    faults += check_catalogue(departments, gazetteer)
    if faults:
        raise BadLibrary([f"{where}: {fault}" for fault in faults])
    return ResponsibilityCatalogue(digest(departments), tuple(departments))


def save_catalogue(catalogue: ResponsibilityCatalogue, path: Path) -> None:
    """Write a catalogue so that :func:`load_catalogue` reads the same. The old file stays until then."""
    write_whole({path: json.dumps(plain_catalogue(catalogue), ensure_ascii=False, indent=2) + "\n"})


def plain_catalogue(catalogue: ResponsibilityCatalogue) -> dict[str, object]:
    """The JSON object that :func:`read_catalogue` reads as the same catalogue."""
    return {"departments": [_row(d) for d in catalogue.departments]}


def check_catalogue(departments: Iterable[Department], gazetteer: Gazetteer | None = None) -> tuple[str, ...]:
    """Every fault of the departments taken together, one sentence each."""
    known = tuple(departments)
    faults = [] if known else ["there are no departments. Add at least one."]
    faults += [fault for d in known for fault in _own_faults(d)]
    faults += _doubled_names(known)
    if gazetteer is not None:
        areas = {gazetteer.city, *(gazetteer.area(d.name) for d in gazetteer.districts)}
        faults += [
            f"{d.name} answers for {d.area}, which is not in the gazetteer. Use one of {'、'.join(sorted(areas))}."
            for d in known
            if d.area and d.area not in areas
        ]
    return tuple(faults)


def digest(departments: Iterable[Department]) -> str:
    """Twelve hexadecimal digits of the SHA-256 of the departments' content, in their order."""
    rows = [json.dumps(_row(d), ensure_ascii=False, sort_keys=True, separators=(",", ":")) for d in departments]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:12]


def load_gazetteer(path: Path) -> Gazetteer:
    """The gazetteer in a JSON file ``{"city", "districts": [{"name", "streets": [...]}]}``.

    Raises BadTable where the file cannot be read, BadLibrary with every fault where its content cannot be used.
    """
    content = _json(path)
    city = content.get("city") if isinstance(content, Mapping) else None
    if not isinstance(city, str) or not city.strip():
        raise BadLibrary([f'{path}: no city. Write {{"city": "…", "districts": […]}}.'])
    faults: list[str] = []
    rows = _rows(content, path, "districts")
    districts = [d for n, row in enumerate(rows, start=1) if (d := _district(row, n, faults)) is not None]
    names = [d.name for d in districts]
    faults += [f"the district {name} is there twice. Keep one." for name in sorted(set(names)) if names.count(name) > 1]
    if faults:
        raise BadLibrary([f"{path}: {fault}" for fault in faults])
    return Gazetteer(city.strip(), tuple(districts))


def _json(path: Path) -> object:
    try:
        content: object = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise BadTable(f"{path}, line {error.lineno}: not JSON ({error.msg}). Correct that line.") from error
    return content


def _rows(content: object, where: object, name: str) -> list[object]:
    rows = content.get(name) if isinstance(content, Mapping) else content
    if not isinstance(rows, list):
        raise BadLibrary([f"{where}: no list of {name}. Write them under '{name}'."])
    return rows


def _department(row: object, number: int, faults: list[str]) -> Department | None:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or not row["name"].strip():
        faults.append(f"department {number} has no name. Give it one.")
        return None
    name = row["name"].strip()
    unknown = sorted(set(map(str, row)) - _DEPARTMENT_FIELDS)
    faults += [f"{name} has a field '{field}' that is not known. Remove or rename it." for field in unknown]
    first, last = (_date(row.get(field), f"{name}, {field}", faults) for field in ("effective_from", "effective_to"))
    return Department(
        name=name,
        duties=tuple(_duties(row.get("duties"), name, faults)),
        area=_text(row.get("area")),
        telephone=_text(row.get("telephone")),
        effective_from=first or date.min,
        effective_to=last,
        aliases=tuple(_texts(row.get("aliases"), f"{name}, aliases", faults)),
    )


def _duties(value: object, name: str, faults: list[str]) -> Iterator[Duty]:
    if isinstance(value, str):
        yield Duty(value.strip())
        return
    if not isinstance(value, list):
        return
    for row in value:
        if isinstance(row, str):
            yield Duty(row.strip())
        elif isinstance(row, Mapping) and set(map(str, row)) <= _DUTY_FIELDS:
            phrases = tuple(_texts(row.get("phrases"), f"{name}, phrases", faults))
            yield Duty(_text(row.get("text")), _text(row.get("legal_basis")), phrases)
        else:
            faults.append(f"{name} has a duty that is not {{text, legal_basis, phrases}}. Correct it.")


def _district(row: object, number: int, faults: list[str]) -> District | None:
    if not isinstance(row, Mapping) or not _text(row.get("name")):
        faults.append(f"district {number} has no name. Give it one.")
        return None
    name = _text(row.get("name"))
    streets = tuple(_texts(row.get("streets"), f"{name}, streets", faults))
    if len(set(streets)) < len(streets):
        faults.append(f"{name} has a street twice. Keep one.")
    return District(name, streets)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: object, where: str, faults: list[str]) -> Iterator[str]:
    if value is None:
        return
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        faults.append(f'{where}: not a list of texts. Write it as ["…", "…"].')
        return
    yield from (v.strip() for v in value if v.strip())


def _date(value: object, where: str, faults: list[str]) -> date | None:
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        faults.append(f"{where}: '{value}' is not a date. Write it as 2026-01-31.")
        return None


def _own_faults(d: Department) -> Iterator[str]:
    if not any(duty.text for duty in d.duties):
        yield f"{d.name} has no duties. Add what it answers for."
    if not d.area:
        yield f"{d.name} has no area. Add the city or district it answers for."
    if d.effective_to is not None and d.effective_to < d.effective_from:
        yield f"{d.name} ends on {d.effective_to}, before it begins on {d.effective_from}. Correct one of the dates."


def _doubled_names(departments: tuple[Department, ...]) -> Iterator[str]:
    owner: dict[str, str] = {}
    for d in departments:
        for name in dict.fromkeys((d.name, *d.aliases)):
            if name in owner:
                yield f"the name {name} stands for both {owner[name]} and {d.name}. Keep it for one of them."
            owner[name] = d.name


def _row(d: Department) -> dict[str, object]:
    row = asdict(d)
    row["effective_from"] = "" if d.effective_from == date.min else d.effective_from.isoformat()
    row["effective_to"] = d.effective_to.isoformat() if d.effective_to else ""
    return row
