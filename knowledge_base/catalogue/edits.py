"""Small edits of a catalogue document: what a person changes in the next edition of the responsibility catalogue.

They work on the document, the JSON object of :mod:`knowledge_base.catalogue.file`, and leave everything alone that they
do not name. An edit is refused where it names what is not there; whether the whole can be used is checked at the end by
:func:`knowledge_base.catalogue.file.read_catalogue`, so that a draft may be unfinished for a while.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from knowledge_base.errors import BadTable

# A JSON object: its values are of any kind that JSON has.
Document = dict[str, Any]

_NOT_A_FIELD_TO_SET = {"name": "rename it instead", "duties": "edit its duties one by one"}


@dataclass(frozen=True, slots=True)
class AddDepartment:
    """A new department; its duties are added after it."""

    department: str
    area: str
    telephone: str = ""
    effective_from: str = ""
    do: Literal["add_department"] = "add_department"


@dataclass(frozen=True, slots=True)
class RenameDepartment:
    """The old name stays as an alias, so that labels and orders of before still find the department."""

    department: str
    name: str
    do: Literal["rename_department"] = "rename_department"


@dataclass(frozen=True, slots=True)
class EndDepartment:
    """``on`` is the last day on which orders go to it."""

    department: str
    on: date
    do: Literal["end_department"] = "end_department"


@dataclass(frozen=True, slots=True)
class ChangeDepartment:
    """Set fields of a department (telephone, area, aliases, dates …); ``null`` takes a field away."""

    department: str
    fields: Mapping[str, Any]
    do: Literal["change_department"] = "change_department"


@dataclass(frozen=True, slots=True)
class RemoveDepartment:
    """Only for one that this draft has added: a department that was in force is ended, not forgotten."""

    department: str
    do: Literal["remove_department"] = "remove_department"


@dataclass(frozen=True, slots=True)
class AddDuty:
    """One more matter that a department answers for."""

    department: str
    text: str
    legal_basis: str = ""
    phrases: tuple[str, ...] = ()
    do: Literal["add_duty"] = "add_duty"


@dataclass(frozen=True, slots=True)
class ChangeDuty:
    """Another wording of duty number ``duty``, counted from 1; ``None`` leaves a part as it is."""

    department: str
    duty: int
    text: str | None = None
    legal_basis: str | None = None
    phrases: tuple[str, ...] | None = None
    do: Literal["change_duty"] = "change_duty"


@dataclass(frozen=True, slots=True)
class RemoveDuty:
    """The department does not answer for that any more."""

    department: str
    duty: int
    do: Literal["remove_duty"] = "remove_duty"


@dataclass(frozen=True, slots=True)
class AddPhrase:
    """One more way in which citizens speak of a duty."""

    department: str
    duty: int
    phrase: str
    do: Literal["add_phrase"] = "add_phrase"


@dataclass(frozen=True, slots=True)
class RemovePhrase:
    """A phrase that misleads."""

    department: str
    duty: int
    phrase: str
    do: Literal["remove_phrase"] = "remove_phrase"


@dataclass(frozen=True, slots=True)
class PutRule:
    """Add a rule of dispatch, or put it in the place of the one with its name."""

    rule: Mapping[str, Any]
    do: Literal["put_rule"] = "put_rule"


@dataclass(frozen=True, slots=True)
class RemoveRule:
    """The rule of that name binds no more."""

    name: str
    do: Literal["remove_rule"] = "remove_rule"


@dataclass(frozen=True, slots=True)
class ReplaceDocument:
    """Another whole document in the place of this one."""

    document: Mapping[str, Any]
    do: Literal["replace_document"] = "replace_document"


Edit = (
    AddDepartment
    | RenameDepartment
    | EndDepartment
    | ChangeDepartment
    | RemoveDepartment
    | AddDuty
    | ChangeDuty
    | RemoveDuty
    | AddPhrase
    | RemovePhrase
    | PutRule
    | RemoveRule
    | ReplaceDocument
)


def edited(document: Document, edit: Edit, base: Document) -> Document:
    """``document`` with ``edit``; the one given stays as it was. ``base`` is the edition that the draft began from.

    Raises BadTable where the edit names a department, duty, phrase or rule that is not there, or one that is already.
    """
    if isinstance(edit, ReplaceDocument):
        return as_document(edit.document)
    changed = copy.deepcopy(document)
    match edit:
        case AddDepartment() | RenameDepartment() | RemoveDepartment() | EndDepartment() | ChangeDepartment():
            _edit_department(changed, edit, base)
        case PutRule() | RemoveRule():
            _edit_rule(changed, edit)
        case _:
            _edit_duty(_department(changed, edit.department), edit)
    return as_document(changed)


def as_document(content: object) -> Document:
    """A copy of a whole document, duties in their long form. Raises BadTable where its parts are not of their kind.

    A bare list is a list of departments.
    """
    found = {"departments": content} if isinstance(content, list) else content
    rows = found.get("departments") if isinstance(found, Mapping) else None
    if not isinstance(found, Mapping) or not isinstance(rows, list) or not all(_is_named(row) for row in rows):
        raise BadTable('This is no catalogue. Give a JSON object {"departments": [{"name": "…", …}]}.')
    document = copy.deepcopy(dict(found))
    for row in document["departments"]:
        row["duties"] = list(_duties(row.get("duties"), row["name"]))
        _refuse_unless(_are_texts(row.get("aliases")), f"the aliases of {row['name']}")
    rules = document.get("rules")
    _refuse_unless(rules is None or (isinstance(rules, list) and all(_is_named(rule) for rule in rules)), "the rules")
    return document


def described(edit: Edit) -> str:
    """What the edit does, in a few words for the record: ``add_phrase 市公安局``."""
    plain = asdict(edit)
    subject = plain.get("department") or plain.get("name") or plain.get("rule", {}).get("name", "")
    return f"{edit.do} {subject}".strip()


def _is_named(row: object) -> bool:
    return isinstance(row, Mapping) and isinstance(row.get("name"), str)


def _duties(value: object, department: str) -> Iterator[Document]:
    """A file may also give one text, or texts."""
    for given in value if isinstance(value, list) else [value] if value else []:
        row = {"text": given} if isinstance(given, str) else given
        if not isinstance(row, Mapping):
            raise BadTable(f"A duty of {department} is neither a text nor a JSON object. Correct it.")
        duty = {"text": "", "legal_basis": "", "phrases": [], **row}
        texts = isinstance(duty["text"], str) and isinstance(duty["legal_basis"], str) and _are_texts(duty["phrases"])
        _refuse_unless(texts, f"a duty of {department}")
        yield duty


def _are_texts(value: object) -> bool:
    return value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value))


def _refuse_unless(right: bool, what: str) -> None:
    if not right:
        raise BadTable(f"In this catalogue {what} are not of the form of the catalogue's JSON. Correct them.")


def _names(row: Document) -> list[str]:
    return [row["name"], *(row.get("aliases") or [])]


def _department(document: Document, name: str) -> Document:
    found: Document | None = next((row for row in document["departments"] if row["name"] == name), None)
    if found is None:
        raise BadTable(f"The draft has no department {name}. Load the draft again and choose one of its list.")
    return found


def _refuse_taken(document: Document, name: str, but: Document | None = None) -> str:
    name = name.strip()
    if not name:
        raise BadTable("The name is empty. Give the department a name.")
    owner = next((row["name"] for row in document["departments"] if row is not but and name in _names(row)), None)
    if owner is not None:
        raise BadTable(f"The name {name} stands for {owner} already. Choose another name.")
    return name


def _edit_department(
    document: Document,
    edit: AddDepartment | RenameDepartment | RemoveDepartment | EndDepartment | ChangeDepartment,
    base: Document,
) -> None:
    if isinstance(edit, AddDepartment):
        name = _refuse_taken(document, edit.department)
        row = {"name": name, "area": edit.area, "telephone": edit.telephone, "effective_from": edit.effective_from}
        document["departments"].append({**row, "duties": []})
        return
    row = _department(document, edit.department)
    match edit:
        case RenameDepartment():
            _rename(document, row, edit.name)
        case EndDepartment():
            row["effective_to"] = edit.on.isoformat()
        case ChangeDepartment():
            _set_fields(row, edit.fields)
        case RemoveDepartment():
            if any(edit.department in _names(known) for known in base["departments"]):
                raise BadTable(f"{edit.department} has been in force: orders point to it. End it on a day instead.")
            document["departments"].remove(row)


def _rename(document: Document, row: Document, wanted: str) -> None:
    """What else in the document names the department follows, wherever it stands."""
    old, name = row["name"], _refuse_taken(document, wanted, but=row)
    aliases = [alias for alias in (*(row.get("aliases") or []), old) if alias != name]
    row.update(name=name, aliases=list(dict.fromkeys(aliases)))
    for part in document:
        document[part] = _renamed(document[part], old, name)


# Fields of departments and rules that hold names of departments.
_NAMING = ("part_of", "lead", "co_departments")


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _pointed(inner, old, new) if key in _NAMING else inner for key, inner in value.items()}


def _pointed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [new if item == old else item for item in value]
    return new if value == old else value


def _set_fields(row: Document, fields: Mapping[str, Any]) -> None:
    for field, value in fields.items():
        if field in _NOT_A_FIELD_TO_SET:
            raise BadTable(f"The field {field} is not set like this: {_NOT_A_FIELD_TO_SET[field]}.")
        if value is None:
            row.pop(field, None)
        else:
            row[field] = value


def _edit_duty(row: Document, edit: AddDuty | ChangeDuty | RemoveDuty | AddPhrase | RemovePhrase) -> None:
    duties = row["duties"]
    if isinstance(edit, AddDuty):
        duties.append({"text": edit.text, "legal_basis": edit.legal_basis, "phrases": list(edit.phrases)})
        return
    if not 1 <= edit.duty <= len(duties):
        raise BadTable(f"{edit.department} has no duty number {edit.duty}. Load the draft again and choose one.")
    duty = duties[edit.duty - 1]
    match edit:
        case ChangeDuty():
            wanted = {"text": edit.text, "legal_basis": edit.legal_basis, "phrases": edit.phrases}
            duty.update({k: list(v) if k == "phrases" else v for k, v in wanted.items() if v is not None})
        case RemoveDuty():
            duties.remove(duty)
        case AddPhrase() | RemovePhrase():
            _edit_phrase(duty, edit)


def _edit_phrase(duty: Document, edit: AddPhrase | RemovePhrase) -> None:
    phrases, phrase = list(duty.get("phrases") or []), edit.phrase.strip()
    if isinstance(edit, AddPhrase):
        if not phrase or phrase in phrases:
            raise BadTable(f"That phrase of {edit.department} is empty or there already. Add another one.")
        phrases.append(phrase)
    elif phrase not in phrases:
        raise BadTable(f"{edit.department} has no such phrase. Load the draft again and choose one of its list.")
    else:
        phrases.remove(phrase)
    duty["phrases"] = phrases


def _edit_rule(document: Document, edit: PutRule | RemoveRule) -> None:
    rules = list(document.get("rules") or [])
    name = edit.rule.get("name") if isinstance(edit, PutRule) else edit.name
    if not isinstance(name, str) or not name.strip():
        raise BadTable("The rule has no name. Give it one.")
    place = next((n for n, rule in enumerate(rules) if rule.get("name") == name), None)
    if isinstance(edit, RemoveRule):
        if place is None:
            raise BadTable(f"The draft has no rule {name}. Load the draft again and choose one of its list.")
        del rules[place]
    elif place is None:
        rules.append(dict(edit.rule))
    else:
        rules[place] = dict(edit.rule)
    document["rules"] = rules
