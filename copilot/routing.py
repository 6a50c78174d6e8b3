"""Which department should handle an appeal: the classifier's ranking and the catalogue's rules, in day and place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, runtime_checkable

from copilot.appeal import Category, Situation
from copilot.dispatch_rules import (
    CERTAIN,
    Finding,
    findings,
    helpers_suggestion,
    in_jurisdiction,
    is_legal_way,
    legal_way_card,
    may_go_to,
    ruled,
)
from copilot.drafting.put_right import heard_places
from copilot.likely_departments import likely_departments
from copilot.precedents import PrecedentFinder
from copilot.suggestion import Choice, Citation, Reason, Slot, Suggestion
from knowledge_base.catalogue.catalogue import Department, ResponsibilityCatalogue
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import Library

# More than are offered are looked at, since the catalogue of the day may lack some.
_LOOKED_AT = 6
_OFFERED = 3
_OPENING = 2
_SHORTEST = 4
_MORE_LIKELY_THAN_NOT = 0.5
# What speaks for a department that is hardly possible is noise, and what it has handled before costs a search.
_HARDLY = 0.05
_HALF = 0.5  # of the first one's probability: where all is uncertain, no department is hardly possible
# A place that was heard less clearly is asked for, not acted on.
_SURE_OF_PLACE = 0.6
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

    @property
    def likely(self) -> Sequence[str]:
        """Those among which the right one is in 95 of 100 appeals; none where nothing is promised."""
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


@runtime_checkable
class HeedsCategory(Protocol):
    """A classifier that knows what became of orders of the same category."""

    def rank(self, text: str, limit: int = 3, category: Sequence[str] = ()) -> Ranking:
        """The most likely departments for ``text`` of an appeal whose category, a path of names, was confirmed."""
        ...

    def heeds(self, category: Sequence[str]) -> bool:
        """Whether that category changes anything."""
        ...


@dataclass(frozen=True, slots=True)
class _View:
    """All that one suggestion is made from: one edition of the catalogue, whatever takes its place meanwhile."""

    catalogue: ResponsibilityCatalogue
    day: date
    area: str
    found: Sequence[Finding]
    rankings: Sequence[Ranking]
    owned: Mapping[str, Choice[Citation]]
    told: Mapping[str, str]

    def department(self, name: str) -> Department | None:
        """Who of the catalogue takes the orders of ``name`` on the day and in the place of the appeal, if anybody."""
        department = self.catalogue.find(name)
        if department is None or not department.in_force_on(self.day):
            return None
        department = in_jurisdiction(self.catalogue, department, self.day, self.area)
        return department if department is not None and may_go_to(department, self.found) else None

    def official(self, name: str) -> str | None:
        """The name of that department."""
        department = self.department(name)
        return department.name if department is not None else None


class RoutingAdvisor:
    """Top three departments of the catalogue, each with the reason for it, and who should help.

    A citizen names the matter first and then answers questions about it, so the opening counts as much as all that was
    said: the probabilities of the two are averaged. Otherwise an appeal about a residence permit would drift to the
    housing office as soon as the talk comes to the tenancy agreement. Who owns the passages that answer is evidence of
    its own, and the only one left where a recogniser has misheard the words that the router knows. A rule of the
    catalogue whose matter was named has the last word, as far as its weight goes. ``gazetteer`` lets offices of the
    place that was heard be found; ``precedents`` adds past orders to the reasons. Rankings are not
    remembered, since they hold the citizen's words; the embedder remembers what is costly about them. ``library`` says
    which articles are no evidence of ownership (the hotline's own procedure).
    """

    def __init__(
        self,
        classifier: Classifier,
        catalogue: CatalogueInForce,
        owner_weight: float = OWNER_WEIGHT,
        gazetteer: Gazetteer | None = None,
        precedents: PrecedentFinder | None = None,
        library: Callable[[], Library] | None = None,
    ) -> None:
        self._classifier = classifier
        self._heeding = classifier if isinstance(classifier, HeedsCategory) else None
        self._catalogue = catalogue
        self._owner_weight = owner_weight
        self._gazetteer = gazetteer
        self._precedents = precedents
        self._library = library

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """The departments with up to three choices, the helpers, and the legal way of what is out of scope.

        Nothing while too little has been said to tell anything.
        """
        said = situation.citizen_read_as.splitlines()
        if len("".join(said)) < _SHORTEST:
            return []
        view = self._view(situation, said)
        choices = self._choices(view, situation.citizen_read_as)
        version = view.catalogue.version
        suggestions: list[Suggestion[Any] | None] = []
        if choices:
            versions = {"router": self._classifier.version, "catalogue": version, **view.told}
            shown = [choice.value for choice in choices]
            likely = likely_departments([r.likely for r in view.rankings], view.official, shown)
            suggestions.append(Suggestion(Slot.DEPARTMENT, choices, versions, _is_question(view, choices), likely))
        first = view.found[0] if view.found else None
        if first is not None and first.out_of_scope:
            suggestions.append(legal_way_card(first, version))
        elif first is not None and choices and first.lead is not None and first.lead.name == choices[0].value:
            suggestions.append(helpers_suggestion(first, version))
        return [suggestion for suggestion in suggestions if suggestion is not None]

    def _view(self, situation: Situation, said: Sequence[str]) -> _View:
        catalogue = self._catalogue.current
        texts = list(dict.fromkeys(["\n".join(said[:_OPENING]), "\n".join(said)]))
        area = self._area(situation, catalogue)
        heeded = self._heeded(situation)
        told: dict[str, Any] = {"category": heeded.path} if heeded is not None else {}
        return _View(
            catalogue,
            situation.day,
            area,
            findings(catalogue, texts, situation.day, area),
            [self._classifier.rank(text, limit=_LOOKED_AT, **told) for text in texts],
            _owned(situation, self._library() if self._library is not None else None),
            {"category": heeded.code} if heeded is not None else {},
        )

    def _heeded(self, situation: Situation) -> Category | None:
        """The confirmed category, where the classifier knows what became of its orders."""
        category = situation.category
        known = category is not None and self._heeding is not None and self._heeding.heeds(category.path)
        return category if known else None

    def _area(self, situation: Situation, catalogue: ResponsibilityCatalogue) -> str:
        """The path of the place that the citizen named, as far as it was heard clearly; else the area of the call."""
        if self._gazetteer is None or not catalogue.knows_places:
            return situation.area
        named = heard_places(self._gazetteer, situation.utterances)
        if not named or named[0].probability < _SURE_OF_PLACE or not (named[0].value.district or named[0].value.street):
            return situation.area
        return self._gazetteer.area(named[0].value.district or None, named[0].value.street)

    def _choices(self, view: _View, text: str) -> tuple[Choice[str], ...]:
        """The first three, each department once with all the probability of the names that stand for it."""
        owners = [(name, passage.probability) for name, passage in view.owned.items()]
        ranked = ruled(_official(blended(_mean(view.rankings), owners, self._owner_weight), view), view.found)
        total: dict[str, float] = {}
        for name, probability in ranked:
            department = view.department(name)
            if department is not None:
                total[department.name] = total.get(department.name, 0.0) + probability
        first = sorted(total.items(), key=lambda item: -item[1])[:_OFFERED]
        why = _reasons(view)
        least = min(_HARDLY, _HALF * first[0][1]) if first else 0.0
        nobody = [r for f in view.found[:1] if f.out_of_scope and f.lead is None for r in f.reasons()]
        return tuple(
            Choice(
                name,
                probability,
                (
                    *(() if rank else nobody),
                    *self._why(view, name, why.get(name, ()) if probability >= least else ()),
                    *(self._handled(name, text) if probability >= least else ()),
                ),
            )
            for rank, (name, probability) in enumerate(first)
        )

    def _handled(self, name: str, text: str) -> list[Reason]:
        if self._precedents is None:
            return []
        return [Reason("similar", past.text, past.number) for past in self._precedents.similar(text, name)]

    def _why(self, view: _View, name: str, learned: Sequence[RankingReason]) -> tuple[Reason, ...]:
        department = view.catalogue.find(name)
        reasons = [reason for f in view.found if f.lead is not None and f.lead.name == name for reason in f.reasons()]
        reasons += [Reason(r.kind, r.text, _basis(department, r) or _source(r)) for r in learned]
        owned = view.owned.get(name)
        if owned is not None:
            reasons.append(Reason("policy", f"《{owned.value.title}》", owned.value.document_number))
        return tuple(reasons)


def _is_question(view: _View, choices: Sequence[Choice[str]]) -> bool:
    """Whether a person must judge: out of scope, or nothing sure speaks for the first choice."""
    first, best = view.found[0] if view.found else None, choices[0]
    if first is not None and first.out_of_scope:
        return True
    ruled_so = first is not None and first.lead is not None and first.lead.name == best.value
    if first is not None and first.lead is not None and first.weight >= CERTAIN:
        return not ruled_so
    if ruled_so and best.probability >= CERTAIN and all(_first(view, r) == best.value for r in view.rankings):
        return False
    agreed = best.value in view.owned and best.probability >= _MORE_LIKELY_THAN_NOT
    return not agreed and any(r.abstained or _first(view, r) != best.value for r in view.rankings)


def _first(view: _View, ranking: Ranking) -> str | None:
    """The official name of what the router would recommend by itself, whether or not it is still in force."""
    if not ranking.choices:
        return None
    label = ranking.choices[0].label
    department = view.department(label) or view.catalogue.find(label)
    return department.name if department is not None else label


def _official(ranked: Sequence[tuple[str, float]], view: _View) -> list[tuple[str, float]]:
    """Each department once, by the name that the catalogue has for it."""
    total: dict[str, float] = {}
    for name, probability in ranked:
        department = view.catalogue.find(name)
        official = department.name if department is not None else name
        total[official] = total.get(official, 0.0) + probability
    return list(total.items())


def _basis(department: Department | None, reason: RankingReason) -> str:
    """The legal basis of the duty that a reason names."""
    if reason.kind != "duty" or department is None:
        return ""
    return next((d.legal_basis for d in department.duties if reason.text in (d.text, *d.phrases)), "")


def _source(reason: RankingReason) -> str:
    """How many past orders of the category a reason counts; other reasons say nothing of where they come from."""
    return str(getattr(reason, "source", "")) if reason.kind == "history" else ""


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


def _owned(situation: Situation, library: Library | None) -> dict[str, Choice[Citation]]:
    """The surest passage of each department among those found for the appeal so far that speak for their owners."""

    def speaks(citation: Citation) -> bool:
        article = library.find(citation.article_id) if library is not None else None
        return not is_legal_way(citation) and (article is None or article.speaks_for_owner)

    quoted = (passage for passage in situation.passages if speaks(passage.value))
    return {passage.value.owner: passage for passage in sorted(quoted, key=lambda passage: passage.probability)}


def _mean(rankings: Sequence[Ranking]) -> list[tuple[str, float]]:
    """The mean probability of each department; one that a ranking does not have counts nothing there."""
    total: dict[str, float] = {}
    for choice in (choice for ranking in rankings for choice in ranking.choices):
        total[choice.label] = total.get(choice.label, 0.0) + choice.probability / len(rankings)
    return list(total.items())


def _reasons(view: _View) -> dict[str, Sequence[RankingReason]]:
    """For each department the reasons of the ranking that was surest of it."""
    by_sureness = sorted((c for ranking in view.rankings for c in ranking.choices), key=lambda c: c.probability)
    known = ((view.department(choice.label), choice) for choice in by_sureness)
    return {department.name: choice.reasons for department, choice in known if department is not None}
