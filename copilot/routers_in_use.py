"""The router that suggestions come from now, and the challenger beside it: replaced whole while calls go on.

Both follow the catalogue: a department is ranked from the day it is in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

from copilot.appeal import Situation
from copilot.ports import Advisor
from copilot.routing import Classifier, Ranking
from copilot.suggestion import Suggestion
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue

Duties = Mapping[str, Sequence[str]]


@runtime_checkable
class FollowsDuties(Classifier, Protocol):
    """A classifier that ranks by the text of duties too."""

    @property
    def learned(self) -> Sequence[str]:
        """The departments that labelled orders taught it."""
        ...

    def with_duties(self, duties: Duties) -> Self:
        """The same with other duties, department → phrases. Takes seconds: new phrases are embedded."""
        ...


@dataclass(frozen=True, slots=True)
class InService:
    """Two routers, each with the advisor that speaks for it; ``challenger`` and its advisor are there or not, both."""

    served: Classifier
    advisor: Advisor
    challenger: Classifier | None = None
    silent: Advisor | None = None


class RoutersInUse:
    """An advisor that stays while the routers behind it are replaced; it passes for the served classifier too.

    Each suggestion is made by one router from beginning to end, since the pair is taken once; replacing it is a single
    assignment, so readers need no lock. ``speak`` makes the advisor of a router in service, ``be_silent`` that of a
    challenger: the same but for what only a reader of the screen needs.
    """

    def __init__(
        self,
        speak: Callable[[Classifier], Advisor],
        served: Classifier,
        challenger: Classifier | None = None,
        be_silent: Callable[[Classifier], Advisor] | None = None,
    ) -> None:
        self._speak = speak
        self._be_silent = be_silent or speak
        self._changing = threading.Lock()
        self._followed: tuple[ResponsibilityCatalogue, Duties] | None = None
        self._now = self._pair(served, challenger)

    @property
    def now(self) -> InService:
        """The pair; whoever needs both takes it once."""
        return self._now

    @property
    def current(self) -> Classifier:
        """The router in service."""
        return self._now.served

    @property
    def version(self) -> str:
        """The version of the router in service."""
        return self.current.version

    def rank(self, text: str, limit: int = 3) -> Ranking:
        """As :meth:`copilot.routing.Classifier.rank`, by the router in service."""
        return self.current.rank(text, limit=limit)

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        """The suggestions of the router in service. See :class:`copilot.ports.Advisor`."""
        return self._now.advisor.advise(situation)

    def replace(self, classifier: Classifier, challenger: Classifier | None = None) -> None:
        """From the next suggestion on these two are in use, with the duties of the catalogue that is followed.

        Takes seconds where duties have to be read into a router that is new here; calls go on with the old ones.
        """
        with self._changing:
            self._now = self._pair(self._fitted_once(classifier) or classifier, self._fitted_once(challenger))

    def follow(self, catalogue: ResponsibilityCatalogue, duties: Duties) -> bool:
        """Rank by ``duties``, those of ``catalogue`` by department, from now on; whether the served router can.

        Both routers and those that come after them. The old ones serve until the new ones are ready. What orders taught
        of a department stays with it when it is renamed: its duties go to the name under which it was learned.
        """
        with self._changing:
            self._followed = (catalogue, duties)
            now = self._now
            self._now = self._pair(self._fitted(now.served) or now.served, self._fitted(now.challenger))
            return isinstance(now.served, FollowsDuties)

    def _fitted_once(self, router: Classifier | None) -> Classifier | None:
        here = router is self._now.served or router is self._now.challenger
        return router if here else self._fitted(router)

    def _fitted(self, router: Classifier | None) -> Classifier | None:
        if self._followed is None or not isinstance(router, FollowsDuties):
            return router
        catalogue, duties = self._followed
        return router.with_duties(_under_learned_names(router.learned, catalogue, duties))

    def _pair(self, served: Classifier, challenger: Classifier | None) -> InService:
        silent = self._be_silent(challenger) if challenger is not None else None
        return InService(served, self._speak(served), challenger, silent)


def _under_learned_names(
    learned: Sequence[str], catalogue: ResponsibilityCatalogue, duties: Duties
) -> dict[str, Sequence[str]]:
    """``duties`` with each department called as in ``learned``, where that has one of its names or aliases."""
    known = set(learned)
    found: dict[str, Sequence[str]] = {}
    for name, phrases in duties.items():
        department = catalogue.find(name)
        names = (name, *department.aliases) if department is not None else (name,)
        found[next((n for n in names if n in known), name)] = phrases
    return found
