"""Written-down conversations of one or several matters, played through a call session, to judge how they are split."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.call import Call, Channel, Hypothesis, Speaker, Utterance
from copilot.errors import BadInput
from copilot.events import AnotherMatterDeclined, AnotherMatterSuspected, Rearrangement, Recorded, UtteranceHeard
from copilot.journal import MemoryJournal
from copilot.ports import Copilot, Topics
from copilot.rearranging import Wish
from copilot.session import CallSession
from copilot.urgency_detector import UrgentSign
from evaluation.calls.appeal_splitting import Splitting, boundaries, carried, compare
from knowledge_base.tables import read_jsonl

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_CLAUSE = re.compile(r"[^，。！？；,;!?、：:\s]+[，。！？；,;!?、：:\s]*")
_SILENCE = np.zeros(1, np.int16)


@dataclass(frozen=True, slots=True)
class GoldPart:
    """Some words and the appeal that they are about; ``None`` for words about nothing, such as thanks."""

    text: str
    appeal: str | None


@dataclass(frozen=True, slots=True)
class GoldSentence:
    """What one speaker said in one breath."""

    speaker: Speaker
    parts: tuple[GoldPart, ...]

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Conversation:
    """``half`` is ``development``, ``test`` or, of those written last, ``check``; ``written``: the citizen typed it."""

    conversation_id: str
    half: str
    feature: str
    written: bool
    departments: tuple[str, ...]
    sentences: tuple[GoldSentence, ...]


@dataclass(frozen=True, slots=True)
class Hints:
    """How often the agent was asked whether it is another matter, and how often it was."""

    raised: int = 0
    right: int = 0


@dataclass(slots=True)
class _Told:
    """A recogniser that hears what it is told."""

    waiting: deque[Hypothesis] = field(default_factory=deque)

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        del samples
        heard = list(self.waiting)
        self.waiting.clear()
        return heard

    def finish(self) -> list[Hypothesis]:
        return []


class _ToldSpeech:
    version = "told"

    def __init__(self) -> None:
        self.made: list[_Told] = []

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> _Told:
        del sample_rate, offset
        self.made.append(_Told())
        return self.made[-1]


class _Calm:
    def signs(self, text: str) -> tuple[UrgentSign, ...]:
        del text
        return ()


def load_conversations(path: Path) -> list[Conversation]:
    """Read a JSON line for each conversation. Raises BadTable or BadInput with the line at fault."""
    return [_conversation(row, path, n) for n, row in enumerate(read_jsonl(path, ("id", "turns")), start=1)]


def _conversation(row: dict[str, Any], path: Path, number: int) -> Conversation:
    try:
        sentences = tuple(
            GoldSentence(
                Speaker(turn["speaker"]),
                tuple(GoldPart(part["text"], part["appeal"] or None) for part in turn["parts"]),
            )
            for turn in row["turns"]
        )
        written = bool(row.get("written", False))
        departments = tuple(row.get("departments", ()))
        return Conversation(
            str(row["id"]), row.get("half", ""), row.get("feature", ""), written, departments, sentences
        )
    except (KeyError, ValueError, TypeError) as error:
        raise BadInput(
            f"{path}, conversation {number}: {type(error).__name__} at {error}. Compare it with a shipped one."
        ) from error


def play(conversation: Conversation, topics: Topics | None, *, follow: bool = False) -> tuple[Splitting, Hints]:
    """Let a session hear a conversation, and judge how it split it.

    ``follow`` adds an agent who says rightly, whenever asked, whether it is another matter.
    """
    speech = _ToldSpeech()
    copilot = Copilot(speech, (), _Calm(), topics)
    call = Call(conversation.conversation_id, Channel.RECORDING, "replay", date(2000, 1, 1), "")
    session = CallSession.begin(copilot, MemoryJournal(), call, _EPOCH)
    session.listen(16_000)
    ears = dict(zip(Speaker, speech.made, strict=True))
    hints = Hints()
    for second, sentence in enumerate(conversation.sentences):
        for hint in _say(session, ears, sentence, float(second), written=conversation.written):
            right = _is_boundary(conversation, session, hint)
            hints = Hints(hints.raised + 1, hints.right + right)
            if follow:
                _answer(session, hint, right=right)
    gold = [label for s in _said_by_citizen(conversation) for label, _ in _gold_units(s)]
    return compare(gold, list(_found(conversation, session))), hints


def _say(
    session: CallSession, ears: dict[Speaker, _Told], sentence: GoldSentence, second: float, *, written: bool
) -> list[AnotherMatterSuspected]:
    shown: list[Any]
    if written and sentence.speaker is Speaker.CITIZEN:
        shown = list(session.read(sentence.text, _EPOCH))
    else:
        ears[sentence.speaker].waiting.append(Hypothesis(sentence.text, second, second + 0.9, final=True))
        shown = list(session.hear(sentence.speaker, _SILENCE, _EPOCH))
    told = [r.event.utterance for r in shown if isinstance(r, Recorded) and isinstance(r.event, UtteranceHeard)]
    made = [record.event for utterance in told for record in session.advise(utterance, _EPOCH)]
    return [event for event in made if isinstance(event, AnotherMatterSuspected)]


def _answer(session: CallSession, hint: AnotherMatterSuspected, *, right: bool) -> None:
    if right:
        wish = Wish(f"c-{hint.hint_id}", Rearrangement.SPLIT, "replay", hint_id=hint.hint_id)
        session.rearrange(wish, _EPOCH)
    else:
        session.decline(AnotherMatterDeclined(f"d-{hint.hint_id}", hint.hint_id, "replay"), _EPOCH)


def _said_by_citizen(conversation: Conversation) -> list[GoldSentence]:
    return [sentence for sentence in conversation.sentences if sentence.speaker is Speaker.CITIZEN]


def _gold_units(sentence: GoldSentence) -> Iterator[tuple[str | None, int]]:
    """Each clause's appeal and the middle of it, in characters of the sentence."""
    start = 0
    for part in sentence.parts:
        for clause in _CLAUSE.finditer(part.text):
            yield part.appeal, start + (clause.start() + clause.end()) // 2
        start += len(part.text)


def _utterances(session: CallSession) -> list[Utterance]:
    return [u for u in session.state.utterances if u.speaker is Speaker.CITIZEN]


def _found(conversation: Conversation, session: CallSession) -> Iterator[str]:
    for sentence, utterance in zip(_said_by_citizen(conversation), _utterances(session), strict=True):
        for _, middle in _gold_units(sentence):
            yield next(part.appeal_id for part in utterance.allotted if part.start <= middle < part.end)


def _is_boundary(conversation: Conversation, session: CallSession, hint: AnotherMatterSuspected) -> bool:
    """Whether a further matter, and not an earlier one, is taken up at the clause that the hint names."""
    places = list(_places(conversation, _utterances(session)))
    at = next((n for n, (key, _, m) in enumerate(places) if key == hint.utterance_id and m >= hint.start), None)
    labels = carried([label for _, label, _ in places])
    return at is not None and at in boundaries(labels) and labels[at] not in labels[:at]


def _places(conversation: Conversation, utterances: Sequence[Utterance]) -> Iterator[tuple[str, str | None, int]]:
    for sentence, utterance in zip(_said_by_citizen(conversation), utterances, strict=False):
        for label, middle in _gold_units(sentence):
            yield utterance.utterance_id, label, middle
