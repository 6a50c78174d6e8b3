"""Which appeal what was just heard belongs to, and whether the talk may have turned without anybody saying so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from copilot.appeal_cues import find_cue
from copilot.call import Part, Speaker, Utterance
from copilot.drafting.spoken import is_personal, sentences
from copilot.events import AnotherMatterSuspected, AppealOpened
from copilot.matters import NEW, Piece, SoFar, allot, cue_position, has_matter, is_question
from copilot.ports import Comparison, Likeness, Topics
from copilot.state import CallState
from knowledge_base.words import nouns

# A topic must have been left for as many turns before anybody is asked; looking back further finds nothing new.
_STAYS_SO = 2
_LOOKS_BACK = 3


def heard_parts(
    state: CallState, speaker: Speaker, text: str, topics: Topics | None, *, written: bool = False
) -> tuple[list[AppealOpened], tuple[Part, ...]]:
    """The parts of ``text`` with their appeals, and the appeals that are opened by it."""
    current = state.current_appeal
    if speaker is not Speaker.CITIZEN or not text:
        return [], (Part(0, len(text), current),)
    awaited = _awaited(state)
    pieces = allot(text, _so_far(state, awaited), topics, written=written)
    if awaited and all(piece.appeal_id != NEW for piece in pieces):
        return [], (Part(0, len(text), awaited),)  # opened while the sentence went on, whose end tells nothing else
    return _opened(state, pieces, awaited)


def _awaited(state: CallState) -> str:
    """An appeal that a cue in an unfinished sentence has opened already: the sentence itself is still to come."""
    current = state.current_appeal
    return current if state.appeals[current].cue and not _said(state, current) else ""


def _so_far(state: CallState, awaited: str) -> SoFar:
    said = {key: _said(state, key) for key in state.live_appeals() if key != awaited}
    last = next((u.appeal_id for u in reversed(state.utterances) if u.speaker is Speaker.CITIZEN), next(iter(said)))
    return SoFar(said, last if awaited else state.current_appeal, asked_last(state))


def _opened(state: CallState, pieces: Sequence[Piece], awaited: str) -> tuple[list[AppealOpened], tuple[Part, ...]]:
    opened: list[AppealOpened] = []
    parts: list[Part] = []
    for piece in pieces:
        appeal_id = piece.appeal_id
        if appeal_id == NEW and awaited:
            appeal_id, awaited = awaited, ""
        elif appeal_id == NEW:
            appeal_id = str(len(state.appeals) + len(opened) + 1)
            opened.append(AppealOpened(appeal_id, piece.cue))
        parts.append(Part(piece.start, piece.end, appeal_id))
    return opened, tuple(parts)


def _said(state: CallState, appeal_id: str) -> str:
    return "\n".join(u.text for u in state.words_of(appeal_id) if u.speaker is Speaker.CITIZEN)


def asked_last(state: CallState) -> str:
    """What the agent said since the citizen's last sentence."""
    asked: list[str] = []
    for utterance in reversed(state.utterances):
        if utterance.speaker is Speaker.CITIZEN:
            break
        asked.append(utterance.text)
    return "".join(reversed(asked))


# -- a turn that nobody announced -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What the citizen said about one appeal in one utterance, from character ``start`` of it.

    ``told`` is what of it is about the matter, with the names that were misheard put right: who says who he is and how
    he can be reached has not turned to the office that looks after telephones.
    """

    utterance_id: str
    start: int
    text: str
    told: str
    end_s: float
    is_reply: bool


def suspect(state: CallState, appeal_id: str, topics: Topics) -> AnotherMatterSuspected | None:
    """A hint that the last turns of an appeal are about another matter; ``None`` where it is not that clear.

    The departments of the words before and after must differ surely, and must have done so for more than one turn,
    unless words announced it that may mean it. A question that was answered once is not put again.
    """
    appeal = state.appeals[appeal_id]
    if appeal.order is not None or appeal.merged_into or any(h.appeal_id == appeal_id for h in state.open_hints()):
        return None
    spoken = list(_spoken(state, appeal_id))
    for at, cue, start in _places(spoken, len(state.live_appeals())):
        before = "\n".join(s.told for s in spoken[:at])
        found = _turned(before, [s.told for s in spoken[at:]], topics, announced=bool(cue))
        if found is not None and not _asked_before(state, appeal_id, found):
            return AnotherMatterSuspected(
                hint_id=f"h{len(state.suspected) + 1}",
                appeal_id=appeal_id,
                utterance_id=spoken[at].utterance_id,
                start=spoken[at].start + start,
                was=found.was,
                now=found.now,
                cue=cue,
                heard_until=spoken[-1].end_s,
                versions=dict(topics.versions),
            )
    return None


def _spoken(state: CallState, appeal_id: str) -> Iterator[_Spoken]:
    asked = ""
    for utterance in state.utterances:
        if utterance.speaker is not Speaker.CITIZEN:
            asked = utterance.text
            continue
        for part in utterance.allotted:
            if part.appeal_id == appeal_id:
                text = utterance.text[part.start : part.end]
                is_reply = part.start == 0 and is_question(asked)
                yield _Spoken(utterance.utterance_id, part.start, text, _told(utterance, part), utterance.end, is_reply)
        asked = ""


def _told(utterance: Utterance, part: Part) -> str:
    readings = tuple(r for r in utterance.readings if part.start <= r.start and r.end <= part.end)
    cut = replace(utterance, text=utterance.text[: part.end], readings=readings)
    return "".join(sentence for sentence in sentences(cut.read_as[part.start :]) if not is_personal(sentence))


def _places(spoken: Sequence[_Spoken], appeals: int) -> Iterator[tuple[int, str, int]]:
    """Where the talk may have turned: which utterance, the words that may say so, and where in it they begin."""
    for at in range(max(1, len(spoken) - _LOOKS_BACK), len(spoken)):
        text = spoken[at].text
        cue = find_cue(text, appeals)
        if cue is None and spoken[at].is_reply:
            continue  # who answers a question about a matter is still at it
        if cue is not None:
            yield at, cue.words, cue_position(text, cue.start)
        elif len(spoken) - at >= _STAYS_SO:
            yield at, "", 0


def _turned(before: str, after: Sequence[str], topics: Topics, *, announced: bool) -> Comparison | None:
    if not has_matter(before):
        return None
    whole = topics.compare(before, "\n".join(after))
    if announced and whole.likeness is not Likeness.SAME and whole.now != whole.was:
        return whole
    if announced or whole.likeness is not Likeness.OTHER:
        return None
    if _names_again(before, after[0]):
        return None
    first, rest = topics.compare(before, after[0]), topics.compare(before, "\n".join(after[1:]))
    stays_so = first.likeness is rest.likeness is Likeness.OTHER and first.now == rest.now == whole.now
    return whole if stays_so else None


def _names_again(before: str, after: str) -> bool:
    """Whether a thing of the matter is still named: 租房子能取公积金吗 … 要不要交租房合同 is one matter."""
    return any(noun in before for noun in nouns(after))


def _asked_before(state: CallState, appeal_id: str, found: Comparison) -> bool:
    return any(h.appeal_id == appeal_id and h.now == found.now for h in state.suspected.values())
