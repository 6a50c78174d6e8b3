"""What a person does to the appeals of a call: split one, merge two, move what was said, or leave all as it is.

Pure: a wish and the state of a call give the events that fulfil it, or a refusal that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from copilot.acts import known_appeal, refuse_other
from copilot.call import Part, Speaker, Utterance
from copilot.errors import BadInput, Conflict, NotFound
from copilot.events import (
    Allotment,
    AnotherMatterDeclined,
    AnotherMatterSuspected,
    AppealOpened,
    AppealsRearranged,
    Event,
    Rearrangement,
)
from copilot.state import AppealState, CallState
from copilot.suggestion import Slot

# A flag is raised while the sentence is going on: its second lies within the sentence, give or take rounding.
_ROUNDING_S = 0.5


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants. ``change_id`` is chosen by the client, so that sending it twice changes nothing.

    SPLIT and MOVE name the words: an utterance and a character in it (0 for its beginning). MOVE and MERGE name the
    appeal that receives them in ``into``, MERGE the one that is given up in ``appeal_id``. ``hint_id`` stands for the
    words that a hint named.
    """

    change_id: str
    act: Rearrangement
    by: str
    appeal_id: str = ""
    into: str = ""
    utterance_id: str = ""
    start: int = 0
    hint_id: str = ""


def rearranged(wish: Wish, state: CallState) -> list[Event]:
    """The events that fulfil ``wish``; none where it was fulfilled before. Raises NotFound, Conflict or BadInput."""
    known = state.changes.get(wish.change_id)
    if known is not None:
        refuse_other(not _is_same(wish, known), f"Change {wish.change_id}")
        return []
    match wish.act:
        case Rearrangement.SPLIT:
            return _split(state, _at_hint(state, wish))
        case Rearrangement.MERGE:
            return _merge(state, wish)
        case Rearrangement.MOVE:
            return _move(state, wish)


def declined(answer: AnotherMatterDeclined, state: CallState) -> list[AnotherMatterDeclined]:
    """That it is still the same matter, as an event; none where it was recorded before. Raises Conflict."""
    known = state.declined.get(answer.decision_id)
    if known is not None:
        refuse_other(known != answer, f"Decision {answer.decision_id}")
        return []
    _open_hint(answer.hint_id, state)
    return [answer]


def _open_hint(hint_id: str, state: CallState) -> AnotherMatterSuspected:
    hint = next((hint for hint in state.open_hints() if hint.hint_id == hint_id), None)
    if hint is None:
        raise Conflict("That question was answered before, or the words have gone elsewhere. Reload the call.")
    return hint


def _is_same(wish: Wish, change: AppealsRearranged) -> bool:
    """Whether ``change`` is what ``wish`` asks for; what the wish leaves open may be anything."""
    if (wish.act, wish.by, wish.hint_id) != (change.act, change.by, change.hint_id):
        return False
    words = wish.hint_id or (wish.utterance_id, wish.start) == (change.utterance_id, change.start)
    match wish.act:
        case Rearrangement.SPLIT:
            return bool(words)
        case Rearrangement.MOVE:
            return bool(words) and wish.into == change.into
        case Rearrangement.MERGE:
            return (wish.appeal_id, wish.into) == (change.appeal_id, change.into)


def _at_hint(state: CallState, wish: Wish) -> Wish:
    """The words that a hint is about, where the wish follows one."""
    if not wish.hint_id:
        return wish
    hint = _open_hint(wish.hint_id, state)
    return replace(wish, utterance_id=hint.utterance_id, start=hint.start)


def _split(state: CallState, wish: Wish) -> list[Event]:
    at, part = _words_at(state, wish)
    source, into = part.appeal_id, str(len(state.appeals) + 1)
    _refuse_closed(state, source)
    allotted = [
        Allotment(u.utterance_id, tuple(_cut(u, source, into, wish.start if n == at else 0)))
        for n, u in enumerate(state.utterances)
        if n >= at and source in u.appeals
    ]
    if not _would_keep(state, source, allotted):
        raise BadInput(f"Nothing would be left in appeal {source}. Split it behind the first sentence about it.")
    return [AppealOpened(into, cue=""), _change(state, wish, source, into, allotted)]


def _merge(state: CallState, wish: Wish) -> list[Event]:
    _refuse_closed(state, wish.appeal_id)
    _refuse_closed(state, wish.into)
    if wish.appeal_id == wish.into:
        raise BadInput("An appeal cannot be merged with itself. Name another one.")
    allotted = [
        Allotment(u.utterance_id, tuple(_cut(u, wish.appeal_id, wish.into, 0)))
        for u in state.utterances
        if wish.appeal_id in u.appeals
    ]
    change = _change(state, wish, wish.appeal_id, wish.into, allotted)
    kept, left_out = _confirmed_along(state.appeals[wish.appeal_id], state.appeals[wish.into])
    return [replace(change, kept=kept, left_out=left_out)]


def _confirmed_along(source: AppealState, into: AppealState) -> tuple[tuple[str, ...], tuple[Slot, ...]]:
    """The decisions on ``source`` that hold for ``into`` too, and the fields that both filled in differently.

    Helpers belong to the department that they help, so they go along only with it.
    """
    both = {slot for slot in source.confirmed if slot in into.confirmed}
    left_out = {slot for slot in both if source.confirmed[slot].value != into.confirmed[slot].value}
    along = {slot: own.decision_id for slot, own in source.confirmed.items() if slot not in both}
    lead, other = (appeal.confirmed.get(Slot.DEPARTMENT) for appeal in (source, into))
    helps_another = other is not None and (lead is None or lead.value != other.value)
    if helps_another and along.pop(Slot.CO_DEPARTMENTS, None) is not None:
        left_out.add(Slot.CO_DEPARTMENTS)
    told = [answer.value for answer in into.answers.values()]
    new = (key for key, own in source.answers.items() if not any(own.value.is_same_passage(one) for one in told))
    return (*along.values(), *new), tuple(slot for slot in source.confirmed if slot in left_out)


def _move(state: CallState, wish: Wish) -> list[Event]:
    at, part = _words_at(state, wish)
    _refuse_closed(state, part.appeal_id)
    _refuse_closed(state, wish.into)
    if part.appeal_id == wish.into:
        raise BadInput(f"That belongs to appeal {wish.into} already. Name another one.")
    utterance = state.utterances[at]
    parts = tuple(replace(p, appeal_id=wish.into) if p == part else p for p in utterance.allotted)
    return [_change(state, wish, part.appeal_id, wish.into, [Allotment(utterance.utterance_id, parts)])]


def _words_at(state: CallState, wish: Wish) -> tuple[int, Part]:
    """Where the utterance stands, and the part of it that the character is in."""
    for n, utterance in enumerate(state.utterances):
        if utterance.utterance_id != wish.utterance_id:
            continue
        for part in utterance.allotted:
            if part.start <= wish.start < max(part.end, 1):
                return n, part
        raise BadInput(f"Utterance {wish.utterance_id} has no character {wish.start}. Reload the call.")
    raise NotFound(f"There is no utterance {wish.utterance_id} in this call. Reload the call.")


def _refuse_closed(state: CallState, appeal_id: str) -> None:
    appeal = known_appeal(appeal_id, state)
    if appeal.order is not None:
        raise Conflict(
            f"Appeal {appeal_id} was filed as {appeal.order.number}, so its words stay with it. "
            "Ask the dispatcher to change the order."
        )


def _cut(utterance: Utterance, source: str, into: str, start: int) -> Iterator[Part]:
    """The parts of ``utterance`` with what is about ``source`` from ``start`` on given to ``into``."""
    for part in utterance.allotted:
        if part.appeal_id != source:
            yield part
        elif part.start >= start:
            yield replace(part, appeal_id=into)
        elif part.end > start:
            yield replace(part, end=start)
            yield Part(start, part.end, into)
        else:
            yield part


def _would_keep(state: CallState, source: str, allotted: Sequence[Allotment]) -> bool:
    new = {allotment.utterance_id: allotment.parts for allotment in allotted}
    said = (u for u in state.words_of(source) if u.speaker is Speaker.CITIZEN)
    kept = [p for u in said for p in new.get(u.utterance_id, u.allotted)]
    return any(part.appeal_id == source and part.end > part.start for part in kept)


def _change(state: CallState, wish: Wish, source: str, into: str, allotted: Sequence[Allotment]) -> AppealsRearranged:
    both = [state.appeals[key] for key in (source, into) if key in state.appeals]
    return AppealsRearranged(
        change_id=wish.change_id,
        act=wish.act,
        by=wish.by,
        appeal_id=source,
        into=into,
        utterance_id=wish.utterance_id,
        start=wish.start,
        allotted=tuple(allotted),
        withdrawn=tuple(key for appeal in both for key in appeal.open),
        flags=tuple(_flags_along(state, source, into, allotted, all_of_it=wish.act is Rearrangement.MERGE)),
        hint_id=wish.hint_id,
    )


def _flags_along(
    state: CallState, source: str, into: str, allotted: Sequence[Allotment], *, all_of_it: bool
) -> Iterator[str]:
    """The emergencies of ``source`` that were told of by words which now go to ``into``."""
    spoken = {u.utterance_id: u for u in state.utterances}
    for category, flag in state.flags.items():
        if flag.appeal_id != source:
            continue
        moved = (spoken[a.utterance_id].allot(a.parts) for a in allotted)
        words = (u.about(into) for u in moved if u.start - _ROUNDING_S <= flag.heard_at <= u.end + _ROUNDING_S)
        if all_of_it or any(part is not None and flag.phrase in part.text for part in words):
            yield category
