"""Drafts with names that were misheard: the name is put right, and what was heard is said with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from copilot.appeal import Place
from copilot.call import Speaker, Utterance
from copilot.drafting.place import places
from copilot.suggestion import Choice, Reason
from knowledge_base.gazetteer import Gazetteer


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
