"""Hears life and limb in what a citizen says, however short or unfinished the sentence is.

Rules only, from ``copilot/rules/urgency.toml``: a phrase by its characters or by its sound, unless the sentence denies
it, supposes it, tells of the past, of a lesson or of a claim, or is known to mean something else. It errs towards
speaking up: an agent dismisses a banner in a second.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from copilot.appeal import Urgency
from copilot.errors import BadInput
from knowledge_base.sounds import find_sound

_SENTENCE = re.compile(r"[^。！？!?\n]+")
_CLAUSE_END = re.compile(r"[，,；;：:、]")
_SERVICE = re.compile(r"\d{3,}")
_GUARDS = ("negated", "supposed", "past", "present", "taught", "claimed", "solved", "unsolved")


@dataclass(frozen=True, slots=True)
class UrgentSign:
    """An emergency in the citizen's own words, to whom the call goes, and what to tell the citizen until then."""

    phrase: str
    category: str
    transfer_to: str
    advice: str
    urgency: Urgency = Urgency.EMERGENCY


@dataclass(frozen=True, slots=True)
class _Category:
    name: str
    transfer_to: str
    advice: str
    patterns: tuple[re.Pattern[str], ...]
    sounds: tuple[str, ...]
    sound_unless: re.Pattern[str] | None
    unless: re.Pattern[str] | None


class UrgencyDetector:
    """Emergency phrases of one rules file; without ``rules``, the file that ships. Immutable, so any thread may ask.

    Raises BadInput where the file cannot be read as rules.
    """

    def __init__(self, rules: Path | None = None) -> None:
        source = rules or Path(str(files("copilot"))) / "rules" / "urgency.toml"
        try:
            raw = source.read_bytes()
            content = tomllib.loads(raw.decode("utf-8"))
            self._guards = {name: re.compile(content["guards"][name]) for name in _GUARDS}
            self._categories = tuple(_category(row) for row in content["category"])
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise BadInput(f"{source} cannot be used as urgency rules ({error}). Correct it or restore it.") from error
        self.version = hashlib.sha256(raw).hexdigest()[:12]

    def detect(self, text: str) -> UrgentSign | None:
        """The most pressing emergency in ``text``, or ``None``. Cheap enough for every interim hypothesis."""
        return next(iter(self.signs(text)), None)

    def signs(self, text: str) -> list[UrgentSign]:
        """The most pressing emergency in ``text`` and, behind it, those of which another service must be told.

        Who smells gas and says that somebody is unconscious needs the fire brigade and a doctor. What the same service
        comes for is one emergency: on fire and shut in is a fire.
        """
        signs: list[UrgentSign] = []
        told: set[str] = set()
        found = (pair for sentence in _SENTENCE.finditer(text) for pair in self._signs(sentence[0].strip()))
        for _, sign in sorted(found, key=lambda pair: pair[0]):
            services = set(_SERVICE.findall(sign.transfer_to))
            if not signs or not services <= told:
                signs.append(sign)
                told |= services
        return signs

    def _signs(self, sentence: str) -> Iterator[tuple[int, UrgentSign]]:
        """Each category in words of its own, with its rank: 煤气中毒 names one emergency."""
        if self._told_of(sentence):
            return
        named: list[str] = []
        for rank, category in enumerate(self._categories):
            phrase = self._phrase(sentence, category)
            if phrase is not None and not any(phrase in other or other in phrase for other in named):
                named.append(phrase)
                yield rank, UrgentSign(phrase, category.name, category.transfer_to, category.advice)

    def _told_of(self, sentence: str) -> bool:
        """Whether the sentence is about a lesson, a claim, something over, or something of another day."""
        has = {name: guard.search(sentence) is not None for name, guard in self._guards.items()}
        over = has["solved"] and not has["unsolved"]
        long_ago = has["past"] and not has["present"]
        return has["taught"] or has["claimed"] or over or long_ago

    def _phrase(self, sentence: str, category: _Category) -> str | None:
        if category.unless is not None and category.unless.search(sentence):
            return None
        spans = (*_written(sentence, category), *_heard(sentence, category))
        return next((sentence[start:end] for start, end in spans if not self._denied(sentence, start)), None)

    def _denied(self, sentence: str, start: int) -> bool:
        before = _CLAUSE_END.split(sentence[:start])[-1]
        return any(self._guards[name].search(before) for name in ("negated", "supposed"))


def _written(sentence: str, category: _Category) -> Iterator[tuple[int, int]]:
    for pattern in category.patterns:
        for match in pattern.finditer(sentence):
            yield match.span()


def _heard(sentence: str, category: _Category) -> Iterator[tuple[int, int]]:
    if category.sound_unless is not None and category.sound_unless.search(sentence):
        return
    for phrase in category.sounds:
        if (start := find_sound(sentence, phrase)) >= 0:
            yield start, start + len(phrase)


def _category(row: Mapping[str, Any]) -> _Category:
    def optional(name: str) -> re.Pattern[str] | None:
        return re.compile(row[name]) if name in row else None

    return _Category(
        row["name"],
        row["transfer_to"],
        row["advice"],
        tuple(re.compile(pattern) for pattern in row["patterns"]),
        tuple(row.get("sounds", ())),
        optional("sound_unless"),
        optional("unless"),
    )
