"""The journal's events as screens get them: plain JSON, with what identifies a citizen masked.

Masking happens here and nowhere else, because the journal keeps what was said (an order needs the number to call back)
while a screen shows it only to whoever has reason to see it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from api.error_words import in_chinese
from copilot.codec import to_payload, to_plain, type_name
from copilot.events import ChallengerRanked, Recorded
from copilot.masking import mask, mask_telephone
from copilot.overhearing import Interim
from copilot.suggestion import Slot

# Names, times and versions: whatever a machine compares must arrive as it was made.
_KEPT = frozenset(
    """call_id appeal_id suggestion_id utterance_id decision_id request_id number versions found recording day area at
    filed_at started_at ended_at agent by filed_by slot verdict speaker category transfer_to advice supersedes
    change_id hint_id into merged_into act withdrawn was now status return_id routing_id review_id code
    touch_id choice_id report_id article_version passage_id article_id owner case kept left_out path
    search_id take_back_id lapsed decisions passages changed kept_back""".split()  # noqa: SIM905 - names in a sentence are easier to read
)


def moment(at: datetime) -> str:
    """ISO 8601 with its offset; the database's UTC where it gave none."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def masked(value: Any) -> Any:
    """Domain values as JSON values, masked."""
    return _mask(to_plain(value))


def event_frame(record: Recorded) -> dict[str, Any]:
    """An event of the journal as a frame of the wire. What a challenger says is not for those who decide."""
    data = {} if isinstance(record.event, ChallengerRanked) else _mask(to_payload(record.event))
    return {"type": "event", "seq": record.seq, "at": moment(record.at), "name": type_name(record.event), "data": data}


def interim_frame(interim: Interim) -> dict[str, Any]:
    """What is being said, to be shown in grey."""
    return {
        "type": "interim",
        "speaker": interim.speaker.value,
        "text": mask(interim.text),
        "start": round(interim.start, 2),
        "end": round(interim.end, 2),
    }


def problem_frame(message: str, **more: Any) -> dict[str, Any]:
    """A sentence for the person at the screen, in both languages."""
    return {"type": "problem", "message": message, "chinese": in_chinese(message), **more}


def text_of(frame: dict[str, Any]) -> str:
    """A frame as the text that goes over the wire."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _mask(value: Any, on_value: Callable[[str], str] = mask) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list | tuple):
        return [_mask(item, on_value) for item in value]
    if isinstance(value, dict):
        return _mask_fields(value, on_value)
    return value


def _mask_fields(fields: dict[str, Any], on_value: Callable[[str], str]) -> dict[str, Any]:
    if "passage_id" in fields:  # a quotation of a public document is shown as it was published
        return fields
    if fields.get("kind") == "rule" and "source" in fields:  # so is a rule, and the number that it hands calls over to
        return fields
    on_value = _VALUE_MASKS.get(str(fields.get("slot")), on_value)
    return {key: _mask_field(key, item, on_value) for key, item in fields.items()}


def _mask_field(key: str, item: Any, on_value: Callable[[str], str]) -> Any:
    if key in _KEPT:
        return item
    on_value = _VALUE_MASKS.get(key, on_value)
    if isinstance(item, str) and (key == "value" or key in _VALUE_MASKS):
        return on_value(item)
    return _mask(item, on_value)


def _as_it_is(value: str) -> str:
    return value


# How the value of a slot is hidden, where it is not a sentence.
_VALUE_MASKS: dict[str, Callable[[str], str]] = {
    Slot.TELEPHONE: mask_telephone,
    Slot.DEPARTMENT: _as_it_is,
    Slot.KIND: _as_it_is,
    Slot.URGENCY: _as_it_is,
}
