"""What changed between two editions of the catalogue, so that whoever approves one reads what they approve.

Works on documents (:data:`knowledge_base.catalogue.edits.Document`), since a draft may still have faults.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from knowledge_base.catalogue.edits import Document

# Two duties of one department with less in common are not one that was reworded.
_REWORDED = 0.4


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``subject`` is the duty, field or rule it is about; texts are empty where there is nothing to say.

    Kinds: ``department_added``, ``department_removed``, ``department_renamed``, ``field_changed``, ``duty_added``,
    ``duty_removed``, ``duty_changed``, ``basis_changed``, ``phrase_added``, ``phrase_removed``, ``rule_added``,
    ``rule_removed``, ``rule_changed``, ``part_changed``.
    """

    kind: str
    department: str = ""
    subject: str = ""
    before: str = ""
    after: str = ""


def difference(before: Document, after: Document) -> tuple[Change, ...]:
    """Every change from ``before`` to ``after``, departments first in the order of ``after``, then rules."""
    return (*_departments(before, after), *_rules(before, after), *_other_parts(before, after))


def _departments(before: Document, after: Document) -> Iterator[Change]:
    old = {row["name"]: row for row in before.get("departments", [])}
    new = {row["name"]: row for row in after.get("departments", [])}
    came_from = _renamed(old, new)
    for name, row in new.items():
        origin = old.get(came_from.get(name, name))
        if origin is None:
            yield Change("department_added", name, after=_plain(row.get("area")))
            yield from _duties(name, [], row.get("duties") or [])
        else:
            yield from _changed(origin, row)
    gone = old.keys() - new.keys() - set(came_from.values())
    yield from (Change("department_removed", name) for name in old if name in gone)


def _renamed(old: dict[str, Document], new: dict[str, Document]) -> dict[str, str]:
    """New name → old name: a department that is gone and is an alias of one that came, or has its duties."""
    gone = [row for name, row in old.items() if name not in new]
    found: dict[str, str] = {}
    for name, row in new.items():
        if name in old:
            continue
        aliases, duties = row.get("aliases") or [], _texts(row)
        match = next((o for o in gone if o["name"] in aliases or (duties and _texts(o) == duties)), None)
        if match is not None:
            found[name] = match["name"]
            gone.remove(match)
    return found


def _texts(row: Document) -> list[str]:
    return [duty.get("text", "") for duty in row.get("duties") or []]


def _changed(old: Document, new: Document) -> Iterator[Change]:
    name = new["name"]
    if old["name"] != name:
        yield Change("department_renamed", name, before=old["name"], after=name)
    aside = {"name", "duties"}
    for field in sorted((old.keys() | new.keys()) - aside):
        was, now = _plain(old.get(field)), _plain(new.get(field))
        if was != now:
            yield Change("field_changed", name, field, was, now)
    yield from _duties(name, old.get("duties") or [], new.get("duties") or [])


def _duties(department: str, old: Sequence[Document], new: Sequence[Document]) -> Iterator[Change]:
    pairs = _paired(old, new)
    for place, duty in enumerate(new):
        text = duty.get("text", "")
        was = old[pairs[place]] if place in pairs else None
        if was is None:
            yield Change("duty_added", department, text, after=duty.get("legal_basis", ""))
        elif was.get("text", "") != text:
            yield Change("duty_changed", department, text, was.get("text", ""), text)
        if was is not None and was.get("legal_basis", "") != duty.get("legal_basis", ""):
            yield Change("basis_changed", department, text, was.get("legal_basis", ""), duty.get("legal_basis", ""))
        yield from _phrases(department, text, (was or {}).get("phrases") or [], duty.get("phrases") or [])
    left = set(range(len(old))) - set(pairs.values())
    yield from (Change("duty_removed", department, old[place].get("text", "")) for place in sorted(left))


def _paired(old: Sequence[Document], new: Sequence[Document]) -> dict[int, int]:
    """Place of a new duty → place of the old one it comes from: the same text first, then the most alike."""
    pairs: dict[int, int] = {}
    for place, duty in enumerate(new):
        same = [n for n, was in enumerate(old) if was.get("text") == duty.get("text") and n not in pairs.values()]
        if same:
            pairs[place] = same[0]
    alike = sorted(
        (
            (_likeness(was, duty), place, n)
            for place, duty in enumerate(new)
            if place not in pairs
            for n, was in enumerate(old)
            if n not in pairs.values()
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    for likeness, place, n in alike:
        if likeness >= _REWORDED and place not in pairs and n not in pairs.values():
            pairs[place] = n
    return pairs


def _likeness(old: Document, new: Document) -> float:
    said, says = set(old.get("phrases") or []), set(new.get("phrases") or [])
    shared = len(said & says) / len(said | says) if said | says else 0.0
    return max(shared, SequenceMatcher(None, old.get("text", ""), new.get("text", ""), autojunk=False).ratio())


def _phrases(department: str, duty: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    yield from (Change("phrase_added", department, duty, after=p) for p in new if p not in old)
    yield from (Change("phrase_removed", department, duty, before=p) for p in old if p not in new)


def _rules(before: Document, after: Document) -> Iterator[Change]:
    old, new = _by_name(before.get("rules") or []), _by_name(after.get("rules") or [])
    for name, rule in new.items():
        if name not in old:
            yield Change("rule_added", subject=name, after=_plain(rule))
        elif old[name] != rule:
            fields = [f for f in {**old[name], **rule} if old[name].get(f) != rule.get(f)]
            was, now = ({f: side.get(f) for f in fields} for side in (old[name], rule))
            yield Change("rule_changed", subject=name, before=_plain(was), after=_plain(now))
    yield from (Change("rule_removed", subject=name) for name in old if name not in new)


def _by_name(rules: Iterable[Document]) -> dict[str, Document]:
    return {str(rule.get("name", "")): rule for rule in rules}


def _other_parts(before: Document, after: Document) -> Iterator[Change]:
    for part in sorted((before.keys() | after.keys()) - {"departments", "rules"}):
        was, now = _plain(before.get(part)), _plain(after.get(part))
        if was != now:
            yield Change("part_changed", subject=part, before=was, after=now)


def _plain(value: Any) -> str:
    """A value as a person reads it. What is not there and what is empty are the same."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "、".join(value)
    if isinstance(value, dict):
        return "；".join(f"{key}：{_plain(inner)}" for key, inner in value.items() if _plain(inner))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
