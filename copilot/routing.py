"""Which department should handle an appeal: the classifier's ranking, held against the catalogue of the day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from copilot.appeal import Situation
from copilot.suggestion import Choice, Reason, Slot, Suggestion
from knowledge_base.catalogue import Department, ResponsibilityCatalogue

# More than are offered are looked at, since the catalogue of the day may lack some.
_LOOKED_AT = 6
_OFFERED = 3


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
    """Top three departments of the catalogue, each with the reason for it.

    A citizen names the matter first and then answers questions about it, so the opening counts as much as all that was
    said: the probabilities of the two are averaged. Otherwise an appeal about a residence permit would drift to the
    housing office as soon as the talk comes to the tenancy agreement.
    """

    def __init__(
        self, classifier: Classifier, catalogue: ResponsibilityCatalogue, shortest: int = 4, opening: int = 2
    ) -> None:
        self._classifier = classifier
        self._catalogue = catalogue
        self._shortest = shortest
        self._opening = opening

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """One suggestion with up to three choices; none while too little has been said to tell anything."""
        said = situation.citizen_text.splitlines()
        if len("".join(said)) < self._shortest:
            return []
        texts = list(dict.fromkeys(["\n".join(said[: self._opening]), "\n".join(said)]))
        rankings = [self._classifier.rank(text, limit=_LOOKED_AT) for text in texts]
        choices = [choice for label in _merged(rankings) if (choice := self._choice(label, situation.day))][:_OFFERED]
        if not choices:
            return []
        versions = {"router": self._classifier.version, "catalogue": self._catalogue.version}
        abstained = any(ranking.abstained for ranking in rankings)
        return [Suggestion(Slot.DEPARTMENT, tuple(choices), versions, abstained)]

    def _choice(self, merged: _Merged, day: date) -> Choice[str] | None:
        """A department that the catalogue no longer has is not offered, whatever the classifier learned."""
        department = self._catalogue.find(merged.label)
        if department is None or not department.in_force_on(day):
            return None
        reasons = tuple(Reason(r.kind, r.text, self._basis(department, r)) for r in merged.reasons)
        return Choice(department.name, merged.probability, reasons)

    @staticmethod
    def _basis(department: Department, reason: RankingReason) -> str:
        """The legal basis of the duty that a reason names."""
        if reason.kind != "duty":
            return ""
        return next((d.legal_basis for d in department.duties if reason.text in (d.text, *d.phrases)), "")


@dataclass(frozen=True, slots=True)
class _Merged:
    label: str
    probability: float
    reasons: Sequence[RankingReason]


def _merged(rankings: Sequence[Ranking]) -> list[_Merged]:
    """The mean probability of each department, best first, with the reasons of the ranking that was surer of it."""
    seen: dict[str, list[RankedLabel]] = {}
    for ranking in rankings:
        for choice in ranking.choices:
            seen.setdefault(choice.label, []).append(choice)
    merged = [
        _Merged(
            label,
            sum(choice.probability for choice in choices) / len(rankings),
            max(choices, key=lambda choice: choice.probability).reasons,
        )
        for label, choices in seen.items()
    ]
    return sorted(merged, key=lambda choice: -choice.probability)
