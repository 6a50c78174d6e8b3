"""What to look up: queries built from a conversation, not from its last sentence alone.

A short sentence ("那要带些什么呢？") means nothing without the matter, which was named first; an answer ("灵活就业的",
"对") means nothing without the agent's question. But what is said later may be a question of its own, so it is asked by
itself too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from copilot.appeal import Situation
from copilot.call import Speaker, Utterance
from copilot.drafting.place import is_address
from copilot.matters import has_matter, is_question
from knowledge_base.words import strip_fillers, without_asking, words

OPENING = 2
"""Sentences with which a citizen names the matter."""

SHORT = 8
"""Characters: an answer as short as that leans on what was asked."""

ALONE = 4
"""Characters that a question needs to be one by itself."""

_ASKS = re.compile(
    r"[？?]|[吗呢么]|什么|啥|怎么|咋|怎样|如何|多少|多久|多长|几[个天点月次号年]|哪|谁|为何|"
    r"能不能|可不可以|要不要|行不行|是不是|有没有|用不用|需不需要|算不算|该不该|可以.{0,6}[啊吧]|[行成]不$"
)


@dataclass(frozen=True, slots=True)
class Talk:
    """What counts of a conversation for the next look-up; ``asked`` is the question that is being answered, if any."""

    matter: tuple[str, ...]
    asked: str
    last: str

    @property
    def asks(self) -> bool:
        """Whether the citizen wants to know something, or answers so that something can be told."""
        return bool(self.asked) or bool(_ASKS.search(self.last))

    @property
    def says_which(self) -> bool:
        """Whether the last words can choose among the passages of an article; 怎么办 fits any of them."""
        return bool(self.asked) or _says_of_what(self.last)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look up. Empty strings stand for what is not worth it.

    ``alone`` is what was just said; ``whole`` the matter together with it; ``within`` chooses among the passages of the
    article that the whole talk is about. ``marking`` are the citizen's words in the whole that the sentence to be
    marked must answer: what the agent asked wants no answer from an article.
    """

    alone: str = ""
    whole: str = ""
    within: str = ""
    marking: str = ""


def wanted(situation: Situation) -> Wanted:
    """What the citizen wants to know now.

    Where an article is on the screen already and the citizen goes on telling, only what was just said is looked up: the
    whole matter would bring the same passages again, and their neighbours.
    """
    talk = talk_of(situation.utterances)
    if talk is None or not (_stands_alone(talk.last) or talk.asks):
        return Wanted()  # greetings, thanks, "好的", an address that nobody asked for
    alone = talk.last if _stands_alone(talk.last) else ""
    if not talk.asks and situation.topic:
        return Wanted(alone)
    whole = _joined(*talk.matter, talk.asked, talk.last)
    within = _joined(talk.asked, talk.last) if talk.asks and talk.matter and talk.says_which else ""
    marking = talk.last if _ASKS.search(talk.last) and _says_of_what(talk.last) else _joined(*talk.matter, talk.last)
    if whole == alone or not strip_fillers(whole):
        return Wanted(alone, within=within)
    return Wanted(alone, whole, within, marking)


def _stands_alone(text: str) -> bool:
    """Whether a sentence can be looked up by itself. An address finds whatever happened in places of such names."""
    return len(strip_fillers(text)) >= ALONE and not is_address(text)


def _says_of_what(text: str) -> bool:
    """Whether a question has anything beyond the words that ask it."""
    return bool(words(without_asking(text)))


def _joined(*parts: str) -> str:
    return " ".join(dict.fromkeys(part for part in parts if part))


def talk_of(utterances: Sequence[Utterance]) -> Talk | None:
    """The parts of a conversation that matter now; ``None`` where the citizen has said nothing."""
    said = [n for n, u in enumerate(utterances) if u.speaker is Speaker.CITIZEN]
    if not said:
        return None
    last = utterances[said[-1]].text
    asked = _question_before(utterances, said[-1]) if len(strip_fillers(last)) <= SHORT else ""
    return Talk(_opening(utterances[: said[-1]]), asked, last)


def _opening(before: Sequence[Utterance]) -> tuple[str, ...]:
    """The sentences that name the matter: the first that say anything, up to the agent's next words."""
    named: list[str] = []
    for utterance in before:
        if utterance.speaker is Speaker.CITIZEN and has_matter(utterance.text):
            named.append(utterance.text)
        elif utterance.speaker is Speaker.AGENT and named:
            break
    return tuple(named[:OPENING])


def _question_before(utterances: Sequence[Utterance], at: int) -> str:
    """What the agent asked right before; empty where it was no question about the matter."""
    run: list[str] = []
    for utterance in reversed(utterances[:at]):
        if utterance.speaker is not Speaker.AGENT:
            break
        run.append(utterance.text)
    asked = "".join(reversed(run))
    return asked if is_question(asked) else ""
