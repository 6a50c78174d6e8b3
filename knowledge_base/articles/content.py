"""An article as the plain JSON object in which it is drafted: its fields but for id and status, unfinished if need be.

Dates are ISO texts, ``""`` where there is none yet; lists are lists of texts. A draft may lack what an article must
have; :func:`read_content` says what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import date
from typing import Any

from knowledge_base.articles.document_numbers import plain_number
from knowledge_base.articles.fields import derived_id, evidence, one_line
from knowledge_base.articles.stated_cases import on_one_line
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.policy import PolicyArticle, Secrecy

# A JSON object: texts, and lists of texts.
Content = dict[str, Any]

_APART = ("article_id", "status")
_NEEDED = {"title": "标题", "text": "正文", "effective_from": "施行日期"}
# An article can be made without them; the library's check asks for them.
_ASKED = {"issuer": "发布机关", "owner": "责任单位", "area": "适用区域"}
_DATES = ("effective_from", "effective_to")
_LISTS = ("supersedes", "keywords")
_FIELDS: dict[str, Field[Any]] = {f.name: f for f in fields(PolicyArticle) if f.name not in _APART}
FIELDS: tuple[str, ...] = tuple(_FIELDS)


def plain_content(article: PolicyArticle) -> Content:
    """The content of an article that is whole."""
    return {name: _plain(getattr(article, name)) for name in _FIELDS}


def empty_content() -> Content:
    """A draft in which nothing is filled in."""
    return {name: _default(name) for name in _FIELDS}


def changed_content(content: Content, given: Mapping[str, Any]) -> Content:
    """``content`` with other values of some fields; the one given stays as it was.

    Raises BadTable where a field is not known or its value is of another kind than the field's.
    """
    return {**empty_content(), **_known(content), **{name: _value(name, value) for name, value in given.items()}}


def read_content(article_id: str, content: Content) -> PolicyArticle:
    """The published article that a content makes. Raises BadLibrary with every fault, each a sentence."""
    name = f"{article_id} ({content.get('title', '')})"
    faults = [f"{name} has no {word}. Fill in {word}." for key, word in _NEEDED.items() if not content.get(key)]
    values: dict[str, Any] = {}
    for key, value in _known(content).items():
        try:
            values[key] = _understood(key, value)
        except ValueError:
            faults.append(f"{name}: '{value}' is no day of the calendar. Give the date as 2026-01-31.")
    if faults:
        lacking = [word for key, word in _ASKED.items() if not content.get(key)]
        raise BadLibrary([*faults, *(f"{name} has no {word}. Fill in {word}." for word in lacking)])
    return PolicyArticle(article_id=article_id, **values)


def new_id(content: Content) -> str:
    """An id for a new article, which follows from its number or else its title, as for a table that is imported.

    Raises BadTable where it has neither.
    """
    found = derived_id(*(str(content.get(name) or "") for name in ("document_number", "title", "text")))
    if not found:
        raise BadTable("A new article needs at least a title. Fill in 标题.")
    return found


def _known(content: Mapping[str, Any]) -> Content:
    """What a later version of the program may have added is left out."""
    return {name: value for name, value in content.items() if name in _FIELDS}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else "" if value is None else str(value)


def _default(name: str) -> Any:
    default = _FIELDS[name].default
    return [] if name in _LISTS else "" if default is MISSING else _plain(default)


def _value(name: str, value: Any) -> Any:
    if name not in _FIELDS:
        raise BadTable(f"An article has no field {name}. Use one of {', '.join(_FIELDS)}.")
    if name in _LISTS:
        if not isinstance(value, list | tuple) or not all(isinstance(part, str) for part in value):
            raise BadTable(f"The field {name} takes a list of texts. Send one.")
        clean = plain_number if name == "supersedes" else one_line
        return [clean(part) for part in value if part.strip()]
    if not isinstance(value, str):
        raise BadTable(f"The field {name} takes a text. Send one.")
    return _CLEANERS.get(name, one_line)(value)


def _body(value: str) -> str:
    return "\n".join(line.rstrip() for line in value.splitlines()).strip()


def _secrecy(value: str) -> str:
    if value not in tuple(Secrecy):
        raise BadTable(f"'{value}' is no level of secrecy. Use one of {', '.join(Secrecy)}.")
    return value


def _ownership(value: str) -> str:
    kept = evidence(value)
    if kept is None:
        raise BadTable(f"归口依据 is '{one_line(value)}'. Write 是 or 否, or leave it empty.")
    return kept


_CLEANERS: dict[str, Callable[[str], str]] = {
    "text": _body,
    "document_number": plain_number,
    "secrecy": _secrecy,
    "cases": on_one_line,
    "ownership": _ownership,
}


def _understood(name: str, value: Any) -> Any:
    if name in _DATES:
        return date.fromisoformat(value) if value else None
    if name == "secrecy":
        return Secrecy(value)
    return tuple(value) if name in _LISTS else value
