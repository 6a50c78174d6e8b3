"""Events as plain JSON and back: the form in which the journal keeps them and the wire carries them."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from typing import Any, get_origin

import cattrs
from cattrs.gen import make_dict_structure_fn
from cattrs.preconf.json import make_converter

from copilot.appeal import AppealKind, Category, Place, Urgency
from copilot.card_events import (
    AnswersBackedAgain,
    AnswersOutdated,
    AnswerTakenBack,
    CardsArranged,
    CardTouched,
    CaseChosen,
    LibrarySearched,
    ResultsLapsed,
)
from copilot.errors import BadInput
from copilot.events import (
    AnotherMatterDeclined,
    AnotherMatterSuspected,
    AppealOpened,
    AppealsRearranged,
    CallEnded,
    CallStarted,
    ChallengerRanked,
    Event,
    LabelReviewed,
    OrderReturned,
    PassageReported,
    RoutingDecided,
    SuggestionDecided,
    SuggestionMade,
    UrgencyFlagged,
    UtteranceHeard,
    WorkOrderFiled,
)
from copilot.suggestion import Choice, Citation, Decision, Slot, Suggestion

NAMES: dict[str, type[Event]] = {
    "call_started": CallStarted,
    "appeal_opened": AppealOpened,
    "utterance_heard": UtteranceHeard,
    "urgency_flagged": UrgencyFlagged,
    "suggestion_made": SuggestionMade,
    "suggestion_decided": SuggestionDecided,
    "work_order_filed": WorkOrderFiled,
    "routing_decided": RoutingDecided,
    "order_returned": OrderReturned,
    "label_reviewed": LabelReviewed,
    "challenger_ranked": ChallengerRanked,
    "appeals_rearranged": AppealsRearranged,
    "another_matter_suspected": AnotherMatterSuspected,
    "another_matter_declined": AnotherMatterDeclined,
    "passage_reported": PassageReported,
    "cards_arranged": CardsArranged,
    "card_touched": CardTouched,
    "case_chosen": CaseChosen,
    "library_searched": LibrarySearched,
    "results_lapsed": ResultsLapsed,
    "answer_taken_back": AnswerTakenBack,
    "answers_outdated": AnswersOutdated,
    "answers_backed_again": AnswersBackedAgain,
    "call_ended": CallEnded,
}
_TYPE_NAMES = {event: name for name, event in NAMES.items()}

# What a slot holds, so that a value read back from the journal has its type again.
SLOT_TYPES: dict[Slot, Any] = {
    Slot.ANSWER: Citation,
    Slot.DEPARTMENT: str,
    Slot.CO_DEPARTMENTS: tuple[str, ...],
    Slot.KIND: AppealKind,
    Slot.TITLE: str,
    Slot.SUMMARY: str,
    Slot.PLACE: Place,
    Slot.OCCURRED: str,
    Slot.TELEPHONE: str,
    Slot.URGENCY: Urgency,
    Slot.CATEGORY: Category,
}
_JSON_TYPES: dict[Slot, type] = {Slot.CO_DEPARTMENTS: list, Slot.PLACE: dict, Slot.ANSWER: dict, Slot.CATEGORY: dict}
_PLACE_PARTS = tuple(part.name for part in fields(Place))
_JSON_NAMES: dict[type, str] = {str: "string", list: "list of strings", dict: "object"}


def _is_suggestion(kind: Any) -> bool:
    return get_origin(kind) is Suggestion


def _choice_of(slot: Slot) -> Any:
    return Choice.__class_getitem__(SLOT_TYPES[slot])  # type: ignore[attr-defined]


def _make_converter() -> cattrs.Converter:
    converter = make_converter()

    def structure_suggestion(raw: dict[str, Any], _: Any) -> Suggestion[Any]:
        slot = Slot(raw["slot"])
        choices = tuple(converter.structure(choice, _choice_of(slot)) for choice in raw["choices"])
        likely = tuple(raw.get("likely", ()))
        return Suggestion(slot, choices, dict(raw["versions"]), bool(raw["abstained"]), likely)

    def structure_decision(raw: dict[str, Any], _: Any) -> Decision:
        value = None if raw["value"] is None else converter.structure(raw["value"], SLOT_TYPES[Slot(raw["slot"])])
        return structure_fields({**raw, "value": value}, Decision)

    structure_fields = make_dict_structure_fn(Decision, converter)
    converter.register_structure_hook_func(_is_suggestion, structure_suggestion)
    converter.register_structure_hook(Decision, structure_decision)
    return converter


_CONVERTER = _make_converter()


def slot_value(slot: Slot, raw: Any) -> Any:
    """A plain JSON value as the type that ``slot`` holds. Raises BadInput where it does not fit."""
    expected = _JSON_TYPES.get(slot, str)
    if not isinstance(raw, expected) or not _texts_only(slot, raw):
        raise BadInput(f"The field {slot.value} takes a JSON {_JSON_NAMES[expected]}{_choices(slot)}. Send one.")
    try:
        return _CONVERTER.structure(raw, SLOT_TYPES[slot])
    except (cattrs.BaseValidationError, ValueError, TypeError, KeyError) as error:
        raise BadInput(
            f"The field {slot.value} takes a JSON {_JSON_NAMES[expected]}{_choices(slot)}, and that one does not fit. "
            "Correct it and send it again."
        ) from error


def _texts_only(slot: Slot, raw: Any) -> bool:
    """The converter would turn any part into a text; what a person confirms is kept as it was sent, or refused."""
    if slot is Slot.CO_DEPARTMENTS:
        return all(isinstance(part, str) for part in raw)
    if slot is Slot.PLACE:
        return raw.keys() <= set(_PLACE_PARTS) and all(isinstance(part, str) for part in raw.values())
    if slot is Slot.CATEGORY:
        return raw.keys() <= {"code", "path"} and isinstance(raw.get("code"), str) and _is_path(raw.get("path", []))
    return True


def _is_path(raw: Any) -> bool:
    return isinstance(raw, list) and all(isinstance(part, str) for part in raw)


def _choices(slot: Slot) -> str:
    """What may be said, where that is a short list."""
    if slot is Slot.PLACE:
        return f" of texts ({', '.join(_PLACE_PARTS)})"
    if slot is Slot.CATEGORY:
        return " with the code of a category and the path of its names"
    held = SLOT_TYPES[slot]
    return f", one of {', '.join(held)}" if isinstance(held, type) and issubclass(held, StrEnum) else ""


def type_name(event: Event) -> str:
    """The name of an event in the journal and on the wire."""
    return _TYPE_NAMES[type(event)]


def to_payload(event: Event) -> dict[str, Any]:
    """The event as plain JSON values (dates in ISO 8601)."""
    payload: dict[str, Any] = _CONVERTER.unstructure(event)
    return payload


def from_payload(name: str, payload: dict[str, Any]) -> Event:
    """The event that :func:`to_payload` took apart."""
    event: Event = _CONVERTER.structure(payload, NAMES[name])
    return event


def to_plain(value: Any) -> Any:
    """Any domain value as plain JSON values."""
    return _CONVERTER.unstructure(value)
