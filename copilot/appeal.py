"""An appeal: one thing that the citizen wants. A call may hold several; everything carries an ``appeal_id``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from copilot.call import Speaker, Utterance
from copilot.suggestion import Choice, Citation


class AppealKind(StrEnum):
    """诉求类型, as the work-order standards name them."""

    ENQUIRY = "咨询"
    HELP = "求助"
    COMPLAINT = "投诉"
    REPORT = "举报"
    PROPOSAL = "建议"
    PRAISE = "表扬"


class Urgency(StrEnum):
    """紧急程度. EMERGENCY (特急) is life or limb now and is handed over at once; URGENT (紧急) is hours."""

    NORMAL = "一般"
    URGENT = "紧急"
    EMERGENCY = "特急"


@dataclass(frozen=True, slots=True)
class Place:
    """事发地点. Empty strings stand for what was not said."""

    district: str = ""
    street: str = ""
    detail: str = ""

    def __str__(self) -> str:
        return self.district + self.street + self.detail


@dataclass(frozen=True, slots=True)
class Category:
    """事项分类: what an appeal is about, as the taxonomy had it when it was chosen; the broadest level first."""

    code: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "/".join(self.path)


@dataclass(frozen=True, slots=True)
class Situation:
    """What an advisor may look at: one appeal as far as it was heard, on the day and in the area of the call.

    ``passages`` are those put before the agent for this appeal so far, without the ones that the agent refused.
    ``topic`` is the title of the article on the first card, or of the answer that was taken last; empty without any.
    ``unfinished``: the last utterance is what is stable of a sentence that still goes on. ``category`` is what a person
    confirmed that the appeal is about; a guess never stands here.
    """

    appeal_id: str
    utterances: tuple[Utterance, ...]
    day: date
    area: str
    passages: tuple[Choice[Citation], ...] = ()
    topic: str = ""
    unfinished: bool = False
    category: Category | None = None

    @property
    def citizen_text(self) -> str:
        """What the citizen said about this appeal, one utterance a line."""
        return "\n".join(u.text for u in self.utterances if u.speaker is Speaker.CITIZEN)

    @property
    def citizen_read_as(self) -> str:
        """The same with the names that were misheard put right; see :attr:`copilot.call.Utterance.read_as`."""
        return "\n".join(u.read_as for u in self.utterances if u.speaker is Speaker.CITIZEN)
