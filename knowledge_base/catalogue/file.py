"""The responsibility catalogue and the gazetteer as JSON files: read, checked, written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path

from knowledge_base.catalogue.catalogue import Department, DepartmentKind, Duty, ResponsibilityCatalogue
from knowledge_base.catalogue.dispatch_rule_file import rule_faults, rule_of, rule_row
from knowledge_base.catalogue.dispatch_rules import DispatchRule, Level
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.files import write_whole
from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.json_fields import as_date, as_term, as_text, as_texts, plain_date, unknown_fields
from knowledge_base.tables import read_text

_DEPARTMENT_FIELDS = tuple(field.name for field in fields(Department))
_DUTY_FIELDS = {"text", "legal_basis", "phrases"}


def load_catalogue(path: Path, gazetteer: Gazetteer | None = None) -> ResponsibilityCatalogue:
    """The catalogue in a JSON file: a list of departments, or an object with ``departments`` and ``rules``.

    ``duties`` is a list of ``{text, legal_basis, phrases}`` or one text. Raises BadTable where the file cannot be read,
    BadLibrary with every fault where its content cannot be used.
    """
    return read_catalogue(_json(path), str(path), gazetteer)


def read_catalogue(content: object, where: str, gazetteer: Gazetteer | None = None) -> ResponsibilityCatalogue:
    """The same from JSON that was read already, such as a stored edition; each fault begins with ``where``."""
    faults: list[str] = []
    department_rows = _rows(content, where, "departments")
    rule_rows = (
        _rows(content, where, "rules") if isinstance(content, Mapping) and content.get("rules") is not None else []
    )
    departments = [
        d for n, row in enumerate(department_rows, start=1) if (d := _department(row, n, faults)) is not None
    ]
    rules = [r for n, row in enumerate(rule_rows, start=1) if (r := rule_of(row, n, faults)) is not None]
    faults += check_catalogue(departments, gazetteer, rules)
    if faults:
        raise BadLibrary([f"{where}: {fault}" for fault in faults])
    return ResponsibilityCatalogue(digest(departments, rules), tuple(departments), tuple(rules))


def save_catalogue(catalogue: ResponsibilityCatalogue, path: Path) -> None:
    """Write a catalogue so that :func:`load_catalogue` reads the same. The old file stays until then."""
    write_whole({path: json.dumps(plain_catalogue(catalogue), ensure_ascii=False, indent=2) + "\n"})


def plain_catalogue(catalogue: ResponsibilityCatalogue) -> dict[str, object]:
    """The JSON object that :func:`read_catalogue` reads as the same catalogue."""
    rules = {"rules": [rule_row(rule) for rule in catalogue.rules]} if catalogue.rules else {}
    return {"departments": [_row(d) for d in catalogue.departments], **rules}


def check_catalogue(
    departments: Iterable[Department], gazetteer: Gazetteer | None = None, rules: Sequence[DispatchRule] = ()
) -> tuple[str, ...]:
    """Every fault of the departments and rules taken together, one sentence each."""
    known = tuple(departments)
    faults = [] if known else ["there are no departments. Add at least one."]
    faults += [fault for d in known for fault in _own_faults(d)]
    faults += _doubled_names(known)
    faults += _part_faults(known)
    if gazetteer is not None:
        faults += [fault for d in known for fault in _area_faults(d, gazetteer)]
    return (*faults, *rule_faults(rules, known, gazetteer))


def digest(departments: Iterable[Department], rules: Iterable[DispatchRule] = ()) -> str:
    """Twelve hexadecimal digits of the SHA-256 of the departments' and rules' content, in their order."""
    rows = [*(_row(d) for d in departments), *(rule_row(rule) for rule in rules)]
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) for row in rows]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def load_gazetteer(path: Path) -> Gazetteer:
    """The gazetteer in a JSON file ``{"city", "districts": [{"name", "streets": [...]}]}``.

    Raises BadTable where the file cannot be read, BadLibrary with every fault where its content cannot be used.
    """
    content = _json(path)
    city = content.get("city") if isinstance(content, Mapping) else None
    if not isinstance(city, str) or not city.strip():
        raise BadLibrary([f'{path}: no city. Write {{"city": "…", "districts": […]}}.'])
    faults: list[str] = []
    rows = _rows(content, str(path), "districts")
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


def _rows(content: object, where: str, name: str) -> list[object]:
    rows = content.get(name) if isinstance(content, Mapping) else content
    if not isinstance(rows, list):
        raise BadLibrary([f"{where}: no list of {name}. Write them under '{name}'."])
    return rows


def _department(row: object, number: int, faults: list[str]) -> Department | None:
    if not isinstance(row, Mapping) or not isinstance(row.get("name"), str) or not row["name"].strip():
        faults.append(f"department {number} has no name. Give it one.")
        return None
    name = row["name"].strip()
    faults += unknown_fields(row, _DEPARTMENT_FIELDS, name)
    first, last = (as_date(row.get(field), f"{name}, {field}", faults) for field in ("effective_from", "effective_to"))
    return Department(
        name=name,
        duties=tuple(_duties(row.get("duties"), name, faults)),
        area=as_text(row.get("area")),
        telephone=as_text(row.get("telephone")),
        effective_from=first or date.min,
        effective_to=last,
        aliases=tuple(as_texts(row.get("aliases"), f"{name}, aliases", faults)),
        kind=as_term(row.get("kind"), DepartmentKind.FUNCTIONAL, f"{name}, kind", faults),
        part_of=as_text(row.get("part_of")),
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
            phrases = tuple(as_texts(row.get("phrases"), f"{name}, phrases", faults))
            yield Duty(as_text(row.get("text")), as_text(row.get("legal_basis")), phrases)
        else:
            faults.append(f"{name} has a duty that is not {{text, legal_basis, phrases}}. Correct it.")


def _district(row: object, number: int, faults: list[str]) -> District | None:
    if not isinstance(row, Mapping) or not as_text(row.get("name")):
        faults.append(f"district {number} has no name. Give it one.")
        return None
    name = as_text(row.get("name"))
    streets = tuple(as_texts(row.get("streets"), f"{name}, streets", faults))
    if len(set(streets)) < len(streets):
        faults.append(f"{name} has a street twice. Keep one.")
    return District(name, streets)


def _own_faults(d: Department) -> Iterator[str]:
    local = d.part_of or d.kind is DepartmentKind.STREET
    if not local and not any(duty.text for duty in d.duties):
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


def _part_faults(departments: tuple[Department, ...]) -> Iterator[str]:
    known = {name: d for d in departments for name in (d.name, *d.aliases)}
    for d in departments:
        superior = known.get(d.part_of)
        if d.part_of and superior is None:
            yield f"{d.name} is part of {d.part_of}, which is not in the catalogue. Name the department it belongs to."
        elif superior is not None and (superior.name != d.part_of or superior.part_of or superior is d):
            yield f"{d.name} is part of {d.part_of}. Write the full name of a department that is itself part of none."


def _area_faults(d: Department, gazetteer: Gazetteer) -> Iterator[str]:
    if not d.area:
        return
    if not gazetteer.has(d.area):
        areas = (gazetteer.city, *(gazetteer.area(district.name) for district in gazetteer.districts))
        yield (
            f"{d.name} answers for {d.area}, which is not in the gazetteer. Use one of {'、'.join(sorted(areas))}, "
            "or one of their streets."
        )
        return
    depth = d.area.removeprefix(gazetteer.city).count("/")
    if d.kind.level is not Level.CITY and depth != d.kind.level.depth:
        yield f"{d.name} is a {d.kind.value} office but answers for {d.area}. Correct its kind or its area."


def _row(d: Department) -> dict[str, object]:
    """Kind and superior are left out where they are as usual, so that a catalogue without them keeps its version."""
    row: dict[str, object] = {**asdict(d), "aliases": list(d.aliases)}
    row["duties"] = [{**asdict(duty), "phrases": list(duty.phrases)} for duty in d.duties]
    row["effective_from"], row["effective_to"] = plain_date(d.effective_from), plain_date(d.effective_to)
    if d.kind is DepartmentKind.FUNCTIONAL:
        del row["kind"]
    if not d.part_of:
        del row["part_of"]
    return row
