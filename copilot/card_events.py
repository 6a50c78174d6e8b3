"""What happens to the answer cards of an appeal, beside being proposed and decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from copilot.suggestion import Citation, Span


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
    ``lapsed`` are those that went because the library no longer backs them; the others made room for surer ones.
    ``one_article`` says that an emergency was heard, so that cards of one article alone are shown; ``kept_back`` are
    the articles that were found for what was said just then and are not shown for it.
    """

    appeal_id: str
    shown: tuple[ShownCard, ...]
    withdrawn: tuple[str, ...]
    heard_until: float
    while_speaking: bool = False
    found: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    one_article: bool = False
    kept_back: tuple[str, ...] = ()


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


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A passage that a search by hand brought, and how likely it answers.

    ``probability`` is ``None`` where the words that were looked for stand in it, and nothing is known beyond that.
    """

    citation: Citation
    probability: float | None = None


@dataclass(frozen=True, slots=True)
class LibrarySearched:
    """检索知识库: a person looked something up by hand. ``results`` is what was shown, best first; often nothing.

    ``search_id`` makes it idempotent. ``versions`` are those of the parts that found it. ``read_as`` is what was
    looked up too: the query with mistyped names put right, or with what articles call a thing; empty where nothing was.
    """

    search_id: str
    appeal_id: str
    query: str
    results: tuple[LookedUp, ...]
    by: str
    versions: Mapping[str, str]
    read_as: str = ""


@dataclass(frozen=True, slots=True)
class ResultsLapsed:
    """What the library no longer backs of what a search by hand had brought; nothing where it backs all of it again.

    ``passages`` are all of them, by id; ``changed`` are those in whose place the library says something else.
    """

    appeal_id: str
    search_id: str
    passages: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerTakenBack:
    """撤回采用: an answer that a person had adopted is in the work order no more; ``decision_id`` had adopted it.

    ``take_back_id`` makes it idempotent.
    """

    take_back_id: str
    appeal_id: str
    decision_id: str
    by: str


@dataclass(frozen=True, slots=True)
class AnswersOutdated:
    """What was adopted by these ``decisions`` is backed by the library no more; the order is not filed yet.

    They stay in it, for the citizen was told so: a person decides whether they are taken back.
    """

    appeal_id: str
    decisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswersBackedAgain:
    """What was adopted by these ``decisions`` had lost its backing and has it again: there is nothing left to check."""

    appeal_id: str
    decisions: tuple[str, ...]


CardEvent = (
    CardsArranged
    | CardTouched
    | CaseChosen
    | LibrarySearched
    | ResultsLapsed
    | AnswerTakenBack
    | AnswersOutdated
    | AnswersBackedAgain
)
