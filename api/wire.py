"""The journal's events as screens get them: plain JSON, with what identifies a citizen masked.

Masking happens here and nowhere else, because the journal keeps what was said (an order needs the number to call back)
while a screen shows it only to whoever has reason to see it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from api.error_words import in_chinese
from copilot.call import Speaker, Utterance
from copilot.codec import to_payload, to_plain, type_name
from copilot.events import ChallengerRanked, Recorded, UtteranceHeard
from copilot.masking import STAR, mask, mask_talk, mask_telephone
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

_TOGETHER = ((Speaker.CITIZEN,), (Speaker.AGENT,), tuple(Speaker))
"""Who says a number: the citizen, the agent who repeats it, or the two in turns (13812。13812。345678)."""

_HALVES = 18
"""Sentences before one that may hold the rest of its number: an identity number, digit by digit."""


def moment(at: datetime) -> str:
    """ISO 8601 with its offset; the database's UTC where it gave none."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).isoformat()


def masked(value: Any) -> Any:
    """Domain values as JSON values, masked."""
    return _mask(to_plain(value))


def transcript(utterances: Sequence[Utterance]) -> list[dict[str, Any]]:
    """What was said, masked: also a number that was said in several sentences, by one of the two or in turns."""
    shown = {u.utterance_id: u.text for u in utterances}
    for speakers in _TOGETHER:
        heard = [u for u in utterances if u.speaker in speakers]
        for u, text in zip(heard, mask_talk([u.text for u in heard]), strict=True):
            shown[u.utterance_id] = _both_covered(shown[u.utterance_id], text)
    return [{**masked(u), "text": shown[u.utterance_id]} for u in utterances]


def event_frames(recorded: Iterable[Recorded], after: int = 0) -> Iterator[dict[str, Any]]:
    """The frames of a call's whole journal behind ``after``."""
    said: list[Utterance] = []
    for record in recorded:
        if record.seq > after:
            yield event_frame(record, said)
        if isinstance(record.event, UtteranceHeard):
            said.append(record.event.utterance)


def event_frame(record: Recorded, said: Iterable[Utterance] = ()) -> dict[str, Any]:
    """An event of the journal as a frame of the wire. What a challenger says is not for those who decide.

    ``said`` is what was said by then: a sentence may end a number that another began.
    """
    data = {} if isinstance(record.event, ChallengerRanked) else _mask(to_payload(record.event))
    if isinstance(record.event, UtteranceHeard):
        spoken = record.event.utterance
        data["utterance"]["text"] = _mask_next(spoken.text, spoken.speaker, _before(said, spoken))
    return {"type": "event", "seq": record.seq, "at": moment(record.at), "name": type_name(record.event), "data": data}


def interim_frame(interim: Interim, said: Iterable[Utterance] = ()) -> dict[str, Any]:
    """What is being said, to be shown in grey."""
    return {
        "type": "interim",
        "speaker": interim.speaker.value,
        "text": _mask_next(interim.text, interim.speaker, said),
        "start": round(interim.start, 2),
        "end": round(interim.end, 2),
    }


def _before(said: Iterable[Utterance], spoken: Utterance) -> Iterator[Utterance]:
    return takewhile(lambda one: one.utterance_id != spoken.utterance_id, said)


def _mask_next(text: str, speaker: Speaker, said: Iterable[Utterance]) -> str:
    before = list(said)
    for speakers in _TOGETHER:
        if speaker in speakers:
            heard = [one.text for one in before if one.speaker in speakers][-_HALVES:]
            text = _both_covered(text, mask_talk([*heard, text])[-1])
    return text


def _both_covered(one: str, other: str) -> str:
    return "".join(STAR if STAR in pair else pair[0] for pair in zip(one, other, strict=True))


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
