"""What happens to the answer cards of an appeal, beside being proposed and decided."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from copilot.suggestion import Span


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card on the screen: how sure the copilot is of it now, and the sentence that answers what is asked now."""

    suggestion_id: str
    probability: float
    sentence: Span | None = None


@dataclass(frozen=True, slots=True)
class CardsArranged:
    """The open answer cards of an appeal from the top, and those that the copilot took back.

    ``while_speaking`` says that the citizen had not finished the sentence; ``heard_until`` is seconds into the call.
    ``found`` are the cards, open or decided, whose passages were found for what was asked just then, the surest first:
    they tell afterwards which of several questions a card was an answer to.
    """

    appeal_id: str
    shown: tuple[ShownCard, ...]
    withdrawn: tuple[str, ...]
    heard_until: float
    while_speaking: bool = False
    found: tuple[str, ...] = ()


class CardAct(StrEnum):
    """What a person did with a card without deciding on it: read it closely, opened it for editing, closed it."""

    READ = "read"
    EDIT = "edit"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class CardTouched:
    """A person took a card in hand: the copilot neither moves nor withdraws it any more. ``touch_id`` is idempotent."""

    touch_id: str
    appeal_id: str
    suggestion_id: str
    act: CardAct
    by: str


@dataclass(frozen=True, slots=True)
class CaseChosen:
    """Which of the cases that an article distinguishes is the citizen's; the card narrows to its passage.

    ``case`` is the label of one of the card's cases, empty where a person took the choice back. ``by`` is empty where
    the copilot heard it in the words of ``utterance_id``.
    """

    choice_id: str
    appeal_id: str
    suggestion_id: str
    case: str
    by: str
    utterance_id: str = ""


CardEvent = CardsArranged | CardTouched | CaseChosen
