"""Which department should handle an appeal: the classifier's ranking, held against the catalogue of the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Protocol

from copilot.appeal import Situation
from copilot.suggestion import Choice, Citation, Reason, Slot, Suggestion
from knowledge_base.catalogue import Department
from knowledge_base.catalogue_in_force import CatalogueInForce

# More than are offered are looked at, since the catalogue of the day may lack some.
_LOOKED_AT = 6
_OFFERED = 3
_OPENING = 2
_SHORTEST = 4
_MORE_LIKELY_THAN_NOT = 0.5
# Measured by benchmarks/spoken_routing.py; see docs/decisions/0004-spoken-routing.md.
OWNER_WEIGHT = 0.5


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
    housing office as soon as the talk comes to the tenancy agreement. Who owns the passages that answer is evidence of
    its own, and the only one left where a recogniser has misheard the words that the router knows.
    """

    def __init__(
        self,
        classifier: Classifier,
        catalogue: CatalogueInForce,
        owner_weight: float = OWNER_WEIGHT,
    ) -> None:
        self._classifier = classifier
        self._catalogue = catalogue
        self._owner_weight = owner_weight

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """One suggestion with up to three choices; none while too little has been said to tell anything."""
        said = situation.citizen_text.splitlines()
        if len("".join(said)) < _SHORTEST:
            return []
        texts = list(dict.fromkeys(["\n".join(said[:_OPENING]), "\n".join(said)]))
        rankings = [self._classifier.rank(text, limit=_LOOKED_AT) for text in texts]
        owned = _owned(situation)
        ranked = blended(
            _mean(rankings), [(name, passage.probability) for name, passage in owned.items()], self._owner_weight
        )
        why = _reasons(rankings)
        choices = [
            Choice(department.name, probability, self._why(department, why.get(name, ()), owned.get(name)))
            for name, probability in ranked
            if (department := self._in_force(name, situation.day)) is not None
        ][:_OFFERED]
        if not choices:
            return []
        agreed = choices[0].value in owned and choices[0].probability >= _MORE_LIKELY_THAN_NOT
        unsure = not agreed and any(r.abstained or self._first(r) != choices[0].value for r in rankings)
        return [Suggestion(Slot.DEPARTMENT, tuple(choices), self._versions(), unsure)]

    def _versions(self) -> dict[str, str]:
        return {"router": self._classifier.version, "catalogue": self._catalogue.current.version}

    def _first(self, ranking: Ranking) -> str | None:
        """The official name of what the router would recommend by itself, whether or not it is still in force."""
        if not ranking.choices:
            return None
        label = ranking.choices[0].label
        department = self._catalogue.current.find(label)
        return department.name if department is not None else label

    def _in_force(self, name: str, day: date) -> Department | None:
        """A department that the catalogue no longer has is not offered, whatever the classifier learned."""
        department = self._catalogue.current.find(name)
        return department if department is not None and department.in_force_on(day) else None

    def _why(
        self, department: Department, learned: Sequence[RankingReason], owned: Choice[Citation] | None
    ) -> tuple[Reason, ...]:
        reasons = [Reason(r.kind, r.text, self._basis(department, r)) for r in learned]
        if owned is not None:
            reasons.append(Reason("policy", f"《{owned.value.title}》", owned.value.document_number))
        return tuple(reasons)

    @staticmethod
    def _basis(department: Department, reason: RankingReason) -> str:
        """The legal basis of the duty that a reason names."""
        if reason.kind != "duty":
            return ""
        return next((d.legal_basis for d in department.duties if reason.text in (d.text, *d.phrases)), "")


def blended(
    ranked: Sequence[tuple[str, float]], owners: Sequence[tuple[str, float]], weight: float
) -> list[tuple[str, float]]:
    """Departments with probabilities, best first: what the router says, and who owns the passages that answer.

    ``owners`` are (department, probability that its passage is the right one); the surest of each department counts
    ``weight`` times as much as the router. The sum of all that was given stays what it was.
    """
    surest: dict[str, float] = {}
    for name, probability in owners:
        surest[name] = max(probability, surest.get(name, 0.0))
    total = dict(ranked)
    scale = 1.0 + weight * sum(surest.values())
    for name, probability in surest.items():
        total[name] = total.get(name, 0.0) + weight * probability
    return sorted(((name, value / scale) for name, value in total.items()), key=lambda item: -item[1])


def _owned(situation: Situation) -> dict[str, Choice[Citation]]:
    """The surest passage of each department among those found for the appeal so far."""
    by_sureness = sorted(situation.passages, key=lambda passage: passage.probability)
    return {passage.value.owner: passage for passage in by_sureness}


def _mean(rankings: Sequence[Ranking]) -> list[tuple[str, float]]:
    """The mean probability of each department; one that a ranking does not have counts nothing there."""
    total: dict[str, float] = {}
    for choice in (choice for ranking in rankings for choice in ranking.choices):
        total[choice.label] = total.get(choice.label, 0.0) + choice.probability / len(rankings)
    return list(total.items())


def _reasons(rankings: Sequence[Ranking]) -> dict[str, Sequence[RankingReason]]:
    """For each department the reasons of the ranking that was surest of it."""
    by_sureness = sorted((c for ranking in rankings for c in ranking.choices), key=lambda c: c.probability)
    return {choice.label: choice.reasons for choice in by_sureness}
