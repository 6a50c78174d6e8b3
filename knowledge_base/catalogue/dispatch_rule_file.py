"""The rules of dispatch as rows of the catalogue's JSON file: read, checked, written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import date
from enum import StrEnum
from itertools import combinations

from knowledge_base.catalogue.catalogue import Department, DepartmentKind
from knowledge_base.catalogue.dispatch_rules import USUAL_WEIGHT, DispatchRule, Level, Route
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.json_fields import as_date, as_share, as_term, as_text, as_texts, plain_date, unknown_fields

_FIELDS = tuple(field.name for field in fields(DispatchRule))
# One character alone is in every other sentence.
_SHORTEST_CUE = 2


def rule_of(row: object, number: int, faults: list[str]) -> DispatchRule | None:
    """The rule in one row; ``None`` where it has no name."""
    if not isinstance(row, Mapping) or not as_text(row.get("name")):
        faults.append(f"rule {number} has no name. Name its matter.")
        return None
    name = f"the rule {as_text(row.get('name'))}"
    faults += unknown_fields(row, _FIELDS, name)
    first, last = (as_date(row.get(field), f"{name}, {field}", faults) for field in ("effective_from", "effective_to"))
    cues, unless, helpers = (
        tuple(as_texts(row.get(field), f"{name}, {field}", faults)) for field in ("cues", "unless", "co_departments")
    )
    return DispatchRule(
        name=as_text(row.get("name")),
        cues=cues,
        lead=as_text(row.get("lead")),
        co_departments=helpers,
        legal_basis=as_text(row.get("legal_basis")),
        route=as_term(row.get("route"), Route.ORDER, f"{name}, route", faults),
        level=as_term(row.get("level"), Level.CITY, f"{name}, level", faults),
        helped_by=as_term(row.get("helped_by"), Level.CITY, f"{name}, helped_by", faults),
        weight=as_share(row.get("weight"), USUAL_WEIGHT, f"{name}, weight", faults),
        unless=unless,
        area=as_text(row.get("area")),
        way=as_text(row.get("way")),
        script=as_text(row.get("script")),
        hand_over=as_text(row.get("hand_over")),
        note=as_text(row.get("note")),
        effective_from=first or date.min,
        effective_to=last,
    )


def rule_row(rule: DispatchRule) -> dict[str, object]:
    """The row that :func:`rule_of` reads as the same rule; what is as usual is left out."""
    row: dict[str, object] = {}
    for field in fields(rule):
        value = getattr(rule, field.name)
        if field.default is MISSING or value != field.default:
            row[field.name] = _plain(value)
    return row


def rule_faults(
    rules: Sequence[DispatchRule], departments: Iterable[Department], gazetteer: Gazetteer | None = None
) -> list[str]:
    """Every fault of the rules taken together and held against the departments, one sentence each."""
    named = {name: d for d in departments for name in (d.name, *d.aliases)}
    faults = [fault for rule in rules for fault in _own_faults(rule)]
    faults += [fault for rule in rules for fault in _department_faults(rule, named)]
    faults += _clashes(rules)
    if gazetteer is not None:
        faults += [
            f"the rule {rule.name} holds in {rule.area}, which is not in the gazetteer. Correct its area."
            for rule in rules
            if rule.area and not gazetteer.has(rule.area)
        ]
    return faults


def _plain(value: object) -> object:
    if isinstance(value, date) or value is None:
        return plain_date(value)
    if isinstance(value, tuple):
        return list(value)
    return value.value if isinstance(value, StrEnum) else value


def _own_faults(rule: DispatchRule) -> Iterator[str]:
    name = f"the rule {rule.name}"
    yield from _cue_faults(rule, name)
    if not rule.legal_basis:
        yield f"{name} has no legal basis. Say which clause it rests on."
    if rule.route is Route.OUT_OF_SCOPE and not (rule.way and rule.script):
        yield f"{name} is out of scope without its legal way and a script. Add what the citizen can do."
    if rule.route is Route.ORDER and not rule.lead:
        yield f"{name} has no lead department. Name who handles it."
    if rule.effective_to is not None and rule.effective_to < rule.effective_from:
        yield f"{name} ends on {rule.effective_to}, before it begins on {rule.effective_from}. Correct one of them."


def _cue_faults(rule: DispatchRule, name: str) -> Iterator[str]:
    if not rule.cues:
        yield f"{name} has no cues. Add the words by which its matter is recognised."
    for cue in (*rule.cues, *rule.unless):
        words = [part.split("/") for part in cue.split()]
        if any("" in alternatives for alternatives in words):
            yield f"{name}: the cue '{cue}' has an empty alternative. Write words between the strokes."
        elif cue in rule.cues and sum(min(map(len, alternatives)) for alternatives in words) < _SHORTEST_CUE:
            yield f"{name}: the cue '{cue}' would be found in any sentence. Add a word that must be heard beside it."


def _department_faults(rule: DispatchRule, named: Mapping[str, Department]) -> Iterator[str]:
    name = f"the rule {rule.name}"
    for wanted in filter(None, (rule.lead, *rule.co_departments)):
        department = named.get(wanted)
        if department is None:
            yield f"{name} names {wanted}, which is not in the catalogue. Add the department or name another."
        elif _outlives(rule, department):
            yield (
                f"{name} goes on after {department.name} ends on {department.effective_to}. "
                "End the rule or name its successor."
            )
    official = [named[n].name if n in named else n for n in (rule.lead, *rule.co_departments) if n]
    for twice in sorted({n for n in official if official.count(n) > 1}):
        yield f"{name} names {twice} twice. Keep it once, as lead or as helper."
    lead = named.get(rule.lead)
    if lead is not None and lead.kind is DepartmentKind.STREET and rule.level is not Level.STREET:
        yield f"{name} is led by {lead.name} though it may not go down to a street. Correct its level or its lead."


def _outlives(rule: DispatchRule, department: Department) -> bool:
    last = department.effective_to
    return last is not None and (rule.effective_to is None or rule.effective_to > last)


def _clashes(rules: Sequence[DispatchRule]) -> Iterator[str]:
    """Two rules of one name, or with one cue, that bind in the same place at the same time."""
    by_key: dict[tuple[str, str], list[DispatchRule]] = {}
    for rule in rules:
        for key in {("name", rule.name), *(("cue", " ".join(cue.split())) for cue in rule.cues)}:
            by_key.setdefault(key, []).append(rule)
    for (what, shown), same in sorted(by_key.items(), key=lambda item: item[0]):
        for one, other in combinations(same, 2):
            if one.area == other.area and _overlap(one, other):
                if what == "name":
                    yield f"the rule {shown} is there twice for the same time and place. End one of them."
                elif one.name != other.name:
                    yield f"the cue '{shown}' belongs to both {one.name} and {other.name}. Keep it for one of them."


def _overlap(one: DispatchRule, other: DispatchRule) -> bool:
    last_start = max(one.effective_from, other.effective_from)
    return all(rule.effective_to is None or last_start <= rule.effective_to for rule in (one, other))
