"""Drafts of the work order's fields: kind, title, content, place, time, telephone and urgency.

Everything is extracted by rules that are kept as data in ``rules/``; nothing is composed or guessed. Where the citizen
has said nothing to a slot, no suggestion is made for it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

from copilot.appeal import Situation
from copilot.call import Speaker
from copilot.drafting.kind import kind_rules, kinds
from copilot.drafting.occurred import times
from copilot.drafting.put_right import explained, heard_places, misheard_names, named_by_cards
from copilot.drafting.spoken import is_courtesy
from copilot.drafting.summary import matters, summaries
from copilot.drafting.telephone import telephones
from copilot.drafting.telephone_in_part import telephone_in_part
from copilot.drafting.title import titles
from copilot.drafting.urgency import urgencies, urgent_rules
from copilot.errors import BadInput
from copilot.suggestion import Choice, Slot, Suggestion
from copilot.urgency_detector import UrgencyDetector
from knowledge_base.gazetteer import Gazetteer

__all__ = ["DraftingAdvisor"]

# Below these the agent is asked rather than told.
_SURE = {Slot.KIND: 0.5, Slot.PLACE: 0.6, Slot.TELEPHONE: 0.5}


class DraftingAdvisor:
    """Fills in what the citizen has said, for one city's ``gazetteer``. Immutable, so any thread may ask.

    Raises BadInput where a rules file cannot be read as rules.
    """

    def __init__(self, gazetteer: Gazetteer, rules: Path | None = None) -> None:
        folder = rules or Path(str(files(__name__))) / "rules"
        self._gazetteer = gazetteer
        self._detector = UrgencyDetector()
        try:
            raw = {name: (folder / name).read_bytes() for name in ("kind.toml", "urgent.toml")}
            content = {name: tomllib.loads(text.decode("utf-8")) for name, text in raw.items()}
            self._kinds = kind_rules(content["kind.toml"])
            self._urgent = urgent_rules(content["urgent.toml"])
        except (OSError, ValueError, KeyError, TypeError, re.error) as error:
            raise BadInput(f"{folder} cannot be used as drafting rules ({error}). Correct or restore it.") from error
        digest = hashlib.sha256(b"".join(raw.values()) + self._detector.version.encode()).hexdigest()
        self.version = digest[:12]

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """One suggestion for each slot that the citizen has said something to."""
        named = named_by_cards(situation.utterances, [card.value for card in situation.passages])
        citizen = [u.read_as for u in named if u.speaker is Speaker.CITIZEN]
        heard = [u.text for u in situation.utterances if u.speaker is Speaker.CITIZEN]
        misheard = misheard_names(named)
        telling = [text for text in citizen if not is_courtesy(text)]
        kind_choices = kinds(self._kinds, telling)
        kind = kind_choices[0].value if kind_choices else None
        place_choices = heard_places(self._gazetteer, situation.utterances)
        place = place_choices[0].value if place_choices else None
        drafts: list[tuple[Slot, tuple[Choice[Any], ...]]] = [
            (Slot.KIND, kind_choices),
            (Slot.TITLE, explained(titles(citizen, kind, place), misheard)),
            (Slot.SUMMARY, explained(summaries(citizen, kind), misheard)),
            (Slot.PLACE, place_choices),
            (Slot.OCCURRED, times(telling, situation.day, enquiry=kind is not None and kind.value == "咨询")),
            (Slot.TELEPHONE, telephones(situation.utterances) or telephone_in_part(situation.utterances)),
            (Slot.URGENCY, urgencies(self._detector, self._urgent, heard) if matters(citizen) else ()),
        ]
        return [self._suggestion(slot, choices) for slot, choices in drafts if choices]

    def _suggestion(self, slot: Slot, choices: tuple[Choice[Any], ...]) -> Suggestion[Any]:
        unsure = choices[0].probability < _SURE.get(slot, 0.0)
        return Suggestion(slot, choices, {"drafting": self.version}, abstained=unsure)
