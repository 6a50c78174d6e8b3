"""Drafts with names that were misheard: the name is put right, and what was heard is said with it.

A draft may read more than the transcript does (:attr:`copilot.call.Utterance.readings`): it is a suggestion, which says
what was heard, and a person reads it before it is filed. So it also believes the cards on the screen: what sounds
exactly like a name in the title of a passage that was found for these very words is that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from copilot.appeal import Place
from copilot.call import Reading, Speaker, Utterance
from copilot.drafting.place import places
from copilot.suggestion import Choice, Citation, Reason
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.search.word_odds import general_count
from knowledge_base.sounds import find_sound
from knowledge_base.words import lone, words

_LONG = 3
"""Characters that a name must have to be known by its sound alone."""

_OTHER = 2
"""Characters that must have been heard as others. One (是政府 for 市政府) may be a word of its own."""

_VERBS = {**dict.fromkeys("班般扮半", "办"), **dict.fromkeys("教焦", "交")}
"""What stands right before the name of a paper or of a due, where one of these was heard: 班居住证, 教医保."""


def named_by_cards(utterances: Sequence[Utterance], cards: Sequence[Citation]) -> tuple[Utterance, ...]:
    """The same utterances, read also by the names in the titles of ``cards`` and by the verbs that go with a name.

    What was heard stays beside every name as it does with any reading.
    """
    names = [name for card in cards for name in words(f"{card.title} {card.heading}") if len(name) >= _LONG]
    names = sorted(set(names), key=lambda name: (-len(name), name))  # 住房公积金 before 公积金
    return tuple(_named(u, names) if u.speaker is Speaker.CITIZEN else u for u in utterances)


def _named(utterance: Utterance, names: Sequence[str]) -> Utterance:
    text = utterance.text
    read = list(utterance.readings)
    for new in (Reading(start, start + len(name), name) for name in names for start in _heard_at(text, name)):
        if _may_be(text[new.start : new.end], new.term) and not any(_overlap(new, old) for old in read):
            read.append(new)
    with_verbs = _with_verbs(text, sorted(read, key=lambda reading: reading.start))
    return replace(utterance, readings=tuple(r for r in with_verbs if text[r.start : r.end] != r.term))


def _heard_at(text: str, name: str) -> Iterator[int]:
    """Every place where ``text`` sounds like ``name``."""
    at = find_sound(text, name, folded=True)
    while at >= 0:
        yield at
        behind = at + len(name)
        more = find_sound(text[behind:], name, folded=True)
        at = behind + more if more >= 0 else -1


def _may_be(heard: str, name: str) -> bool:
    """Whether what sounds like ``name`` is that, and no word of its own (采石场 beside 菜市场).

    A name that was heard as it is may be one, too: what is put right then is the verb before it, if anything.
    """
    differs = sum(a != b for a, b in zip(heard, name, strict=True))
    return not differs or (differs >= _OTHER and not general_count(heard))


def _with_verbs(text: str, read: Sequence[Reading]) -> Iterator[Reading]:
    alone = lone(text.replace("一下", "，，")) if read else []  # 问一下班居住证 has no 下班 in it
    read_until = 0
    for reading in read:
        before = reading.start - 1
        verb = _VERBS.get(text[before]) if before >= read_until else None
        if verb is not None and alone[before]:
            yield Reading(before, reading.end, verb + reading.term)
        else:
            yield reading
        read_until = reading.end


def _overlap(a: Reading, b: Reading) -> bool:
    return a.start < b.end and b.start < a.end


def misheard_names(utterances: Sequence[Utterance], speaker: Speaker = Speaker.CITIZEN) -> dict[str, str]:
    """Names that were put right in what one speaker said, with what was heard in their place the last time."""
    return {r.term: u.text[r.start : r.end] for u in utterances if u.speaker is speaker for r in u.readings}


def heard_places(gazetteer: Gazetteer, utterances: Sequence[Utterance]) -> tuple[Choice[Place], ...]:
    """Where the matter is, in what both speakers said as it is read; see :func:`copilot.drafting.place.places`.

    A name that was heard as it is somewhere was not misheard.
    """
    said = {who: [u.read_as for u in utterances if u.speaker is who] for who in Speaker}
    plain = "\n".join(u.text for u in utterances if u.speaker is Speaker.CITIZEN)
    misheard = {name: heard for name, heard in misheard_names(utterances).items() if name not in plain}
    return places(gazetteer, said[Speaker.CITIZEN], said[Speaker.AGENT], misheard)


def explained(choices: tuple[Choice[str], ...], misheard: Mapping[str, str]) -> tuple[Choice[str], ...]:
    """``choices`` with a reason for each name in them that was put right: those are not the very words any more."""
    return tuple(
        replace(
            choice,
            reasons=(
                *choice.reasons,
                *(
                    Reason("words", f"听到“{heard}”，按读音理解为“{name}”", "读音改正")
                    for name, heard in misheard.items()
                    if name in choice.value
                ),
            ),
        )
        for choice in choices
    )
