"""Suggestions and what people made of them.

A :class:`Suggestion` is inert: nothing downstream accepts one. Only :func:`Decision.confirmed` turns a value into the
:class:`Confirmed` that a work order is made of, and a decision always names the person who took it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Span = tuple[int, int]
"""The characters ``[start, end)`` of a text."""


class Slot(StrEnum):
    """工单要素: the questions that a work order asks."""

    ANSWER = "answer"
    DEPARTMENT = "department"
    CO_DEPARTMENTS = "co_departments"
    KIND = "kind"
    TITLE = "title"
    SUMMARY = "summary"
    PLACE = "place"
    OCCURRED = "occurred"
    TELEPHONE = "telephone"
    URGENCY = "urgency"
    CATEGORY = "category"


class Verdict(StrEnum):
    """采纳 / 改采 / 驳回."""

    ACCEPT = "accept"
    AMEND = "amend"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a choice is offered.

    ``kind`` is one of ``duty``, ``words``, ``similar``, ``history``, ``policy``, ``rule``, ``quote``.
    """

    kind: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage quoted verbatim, with all that an agent needs to trust it: the value of an ANSWER suggestion.

    ``highlight`` holds ``[start, end)`` character spans of ``quote`` that match what the citizen asked, ``sentence`` is
    the one sentence that answers it. ``secrecy`` is ``public`` where it may be read out, else ``internal``.
    ``follow_up`` is what to ask the citizen where the article distinguishes cases; ``case`` names the one that the
    quote was narrowed to. ``original`` is the quote as the library has it where a person edited it. ``search_id`` names
    the search by hand that found it; empty where the copilot proposed it.
    """

    passage_id: str
    article_id: str
    title: str
    heading: str
    document_number: str
    issuer: str
    owner: str
    effective_from: date
    effective_to: date | None
    quote: str
    highlight: tuple[Span, ...] = ()
    sentence: Span | None = None
    area: str = ""
    secrecy: str = "public"
    source_link: str = ""
    article_version: str = ""
    follow_up: FollowUp | None = None
    case: str = ""
    original: str = ""
    search_id: str = ""

    def is_same_passage(self, other: Citation) -> bool:
        """Whether both quote one passage. Passages are numbered anew with each version: between two, words tell."""
        if self.article_version == other.article_version:
            return self.passage_id == other.passage_id
        return self.article_id == other.article_id and (self.original or self.quote) == (other.original or other.quote)


@dataclass(frozen=True, slots=True)
class Case:
    """One of the cases that an article distinguishes, and the passage that holds in it."""

    label: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class FollowUp:
    """追问: what to ask the citizen, because the answer depends on it. ``cases`` are the answers there are."""

    question: str
    cases: tuple[Case, ...]

    def of(self, label: str) -> Case | None:
        """The case of that label."""
        return next((case for case in self.cases if case.label == label), None)


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One possible value, how likely it is to be the right one (0 to 1), and why."""

    value: T
    probability: float
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[T]):
    """系统建议: the best values for one slot, best first, with the versions of everything behind them.

    ``abstained`` says that the copilot does not dare to recommend: the choices are shown as a question.
    ``versions`` maps a component (``router``, ``index``, ``catalogue``, …) to the version that was used. ``likely`` are
    departments among which the right one is in 95 of 100 appeals, the first choice leading; often none are offered.
    """

    slot: Slot
    choices: tuple[Choice[T], ...]
    versions: Mapping[str, str] = field(default_factory=dict)
    abstained: bool = False
    likely: tuple[str, ...] = ()

    @property
    def best(self) -> Choice[T]:
        """The first choice. A suggestion without choices is not made, so there always is one."""
        return self.choices[0]


@dataclass(frozen=True, slots=True)
class Confirmed(Generic[T]):
    """采纳/改采: a value that a person answers for."""

    value: T
    decision_id: str
    by: str
    at: datetime
    suggestion_id: str | None


@dataclass(frozen=True, slots=True)
class Rejected(Generic[T]):
    """驳回: a suggestion that a person refused, with the reason given."""

    decision_id: str
    by: str
    at: datetime
    suggestion_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about one slot of one appeal.

    ``decision_id`` is chosen by the client, so that sending it twice changes nothing. ``suggestion_id`` is ``None``
    where the person filled the slot without, or after, a suggestion. ``value`` is ``None`` for a rejection.
    """

    decision_id: str
    appeal_id: str
    slot: Slot
    verdict: Verdict
    suggestion_id: str | None
    value: Any
    by: str
    reason: str = ""

    def confirmed(self, at: datetime) -> Confirmed[Any]:
        """The confirmed value; only for ACCEPT and AMEND. Raises ValueError for a rejection."""
        if self.verdict is Verdict.REJECT:
            raise ValueError("a rejection confirms nothing")
        return Confirmed(self.value, self.decision_id, self.by, at, self.suggestion_id)
