"""Errors in Chinese, for screens: each English sentence of the error tree has its translation in ``error_words.json``.

Whoever raises an error writes English only. A test reads every sentence that is raised where a screen can get it and
holds the list to it; for a sentence that is newer than the list, what the error's class means is said.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import islice
from pathlib import Path

from knowledge_base.fault_words import in_chinese as fault_in_chinese

_FILE = Path(__file__).with_name("error_words.json")
_PLACE = re.compile(r"\{(\w+)\}")
_LIST = re.compile(r", | or |、")
_WHERE = re.compile(r"^edition \d+: ")
_ENGLISH = re.compile(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}")
# Errors are answered on the event loop and may quote what was sent: longer ones are told by their class.
_LONGEST = 2000
_MOST_SENTENCES = 8
_MOST_FAULTS = 100


class _Words:
    """The list as it is used: longer sentences first, so that none is taken for one that merely ends like it."""

    def __init__(self, path: Path) -> None:
        read = json.loads(path.read_text(encoding="utf-8"))
        self.types: dict[str, str] = read["types"]
        self.terms: dict[str, str] = read["terms"]
        pairs: list[list[str]] = sorted(read["sentences"], key=lambda pair: -len(_PLACE.sub("", pair[0])))
        self.forms: list[tuple[re.Pattern[str], str]] = [(_form(english), chinese) for english, chinese in pairs]
        self.faults: list[tuple[re.Pattern[str], str]] = [
            (_form(english), chinese) for english, chinese in read["faults"]
        ]


def _form(english: str) -> re.Pattern[str]:
    parts = _PLACE.split(english)
    return re.compile(
        "".join(f"(?P<{part}>.*?)" if n % 2 else re.escape(part) for n, part in enumerate(parts)), re.DOTALL
    )


@cache
def _words() -> _Words:
    return _Words(_FILE)


def in_chinese(message: str, kind: str = "") -> str:
    """The Chinese for an error's ``message``; where it is not known, for what its ``kind`` on the wire means."""
    return sentence_in_chinese(message) or _faults(message) or type_in_chinese(kind)


def type_in_chinese(kind: str) -> str:
    """What an error of that kind means, without what was special about it."""
    types = _words().types
    return types.get(kind, types["hotline_error"])


def sentence_in_chinese(message: str) -> str:
    """The Chinese for one known sentence, or for several behind one another; empty where one is not known or long."""
    if len(message) > _LONGEST:
        return ""
    whole = _whole(message)
    if whole:
        return whole
    for space in islice(re.finditer(r"(?<=\.) ", message), _MOST_SENTENCES):
        begun = _whole(message[: space.start()])
        rest = sentence_in_chinese(message[space.end() :]) if begun else ""
        if rest:
            return begun + rest
    return ""


def _whole(message: str) -> str:
    for form, chinese in _words().forms:
        match = form.fullmatch(message)
        if match is None:
            continue
        said = chinese.format(**{name: _value(name, value) for name, value in match.groupdict().items()})
        if not _ENGLISH.search(said):
            return said
    return ""


def _value(name: str, text: str) -> str:
    """What stands in a sentence: a term of the hotline, several of them, another sentence, or a name as it is."""
    if name == "faults":
        return "；".join(_fault(part) for part in text.split("; "))
    terms = _words().terms
    if name == "where":
        return _place(text)
    parts = _LIST.split(text)
    if all(part in terms for part in parts):
        return "、".join(terms[part] for part in parts)
    return (sentence_in_chinese(text) if text.endswith(".") else "") or text


def _place(text: str) -> str:
    """``the rule 路灯, cues``: the field of a row of the catalogue."""
    row, comma, field = text.removeprefix("the rule ").partition(", ")
    return f"{row}，{_words().terms.get(field, field)}" if comma else row


def _fault(text: str) -> str:
    """What is wrong with one field of a request; the last of the list fits any."""
    match, chinese = next(
        (found, said) for form, said in _words().faults if (found := form.fullmatch(text)) is not None
    )
    told = match.groupdict()
    field = told["field"].rpartition(".")[2]
    return chinese.format_map({**told, "field": _words().terms.get(field, field)})


def people_in(message: str) -> list[str]:
    """The accounts that a known sentence names, in order: a screen calls them by their names."""
    forms = (form for form, _ in _words().forms if "who" in form.groupindex)
    match = next((found for form in forms if (found := form.fullmatch(message)) is not None), None)
    return [match["who"]] if match is not None and len(message) <= _LONGEST else []


def _faults(message: str) -> str:
    """The first faults of a library or a catalogue that are known, a line each."""
    written = (line for line in message.splitlines() if line.strip())
    lines = [_WHERE.sub("", line) for line in islice(written, _MOST_FAULTS)]
    said = [sentence_in_chinese(line) or fault_in_chinese(line) for line in lines]
    return "\n".join(new for new, old in zip(said, lines, strict=True) if new != old)
