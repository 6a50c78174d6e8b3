"""Which department should handle an appeal: the classifier's ranking, held against the catalogue of the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from copilot.appeal import Situation
from copilot.suggestion import Choice, Reason, Slot, Suggestion
from knowledge_base.catalogue import Department, ResponsibilityCatalogue


class RankingReason(Protocol):
    """Why a department is ranked where it is."""

    @property
    def kind(self) -> str:
        """``duty``, ``words`` or ``similar``."""
        ...

    @property
    def text(self) -> str:
        """The duty phrase, or the words that weighed."""
        ...


class RankedLabel(Protocol):
    """One department with its calibrated probability."""

    @property
    def label(self) -> str:
        """The department's name."""
        ...

    @property
    def probability(self) -> float:
        """How likely it is the right one."""
        ...

    @property
    def reasons(self) -> Sequence[RankingReason]:
        """Why."""
        ...


class Ranking(Protocol):
    """Departments, best first."""

    @property
    def choices(self) -> Sequence[RankedLabel]:
        """Best first."""
        ...

    @property
    def abstained(self) -> bool:
        """Whether the first is too uncertain to recommend."""
        ...


class Classifier(Protocol):
    """Ranks departments for an appeal."""

    @property
    def version(self) -> str:
        """The digest of the trained model."""
        ...

    def rank(self, text: str, limit: int = 3) -> Ranking:
        """The most likely departments for ``text``."""
        ...


class RoutingAdvisor:
    """Top three departments of the catalogue, each with the reason for it."""

    def __init__(self, classifier: Classifier, catalogue: ResponsibilityCatalogue, shortest: int = 4) -> None:
        self._classifier = classifier
        self._catalogue = catalogue
        self._shortest = shortest

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """One suggestion with up to three choices; none while too little has been said to tell anything."""
        text = situation.citizen_text
        if len(text) < self._shortest:
            return []
        ranking = self._classifier.rank(text, limit=6)
        choices = [choice for ranked in ranking.choices if (choice := self._choice(ranked, situation.day))][:3]
        if not choices:
            return []
        versions = {"router": self._classifier.version, "catalogue": self._catalogue.version}
        return [Suggestion(Slot.DEPARTMENT, tuple(choices), versions, ranking.abstained)]

    def _choice(self, ranked: RankedLabel, day: date) -> Choice[str] | None:
        """A department that the catalogue no longer has is not offered, whatever the classifier learned."""
        department = self._catalogue.find(ranked.label)
        if department is None or not department.in_force_on(day):
            return None
        reasons = tuple(Reason(r.kind, r.text, self._basis(department, r)) for r in ranked.reasons)
        return Choice(department.name, ranked.probability, reasons)

    @staticmethod
    def _basis(department: Department, reason: RankingReason) -> str:
        """The legal basis of the duty that a reason names."""
        if reason.kind != "duty":
            return ""
        return next((d.legal_basis for d in department.duties if reason.text in (d.text, *d.phrases)), "")
