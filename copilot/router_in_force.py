"""The router that suggestions ask now. It follows the catalogue: a department is ranked from the day it is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, Self, runtime_checkable

from copilot.routing import Classifier, Ranking
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue


@runtime_checkable
class FollowsDuties(Classifier, Protocol):
    """A classifier that ranks by the text of duties too."""

    @property
    def learned(self) -> Sequence[str]:
        """The departments that labelled orders taught it."""
        ...

    def with_duties(self, duties: Mapping[str, Sequence[str]]) -> Self:
        """The same with other duties, department → phrases. Takes seconds: new phrases are embedded."""
        ...


class RouterInForce:
    """A :class:`copilot.routing.Classifier` that another one can be put in the place of, while calls go on.

    Replacing it is a single assignment, so threads need no lock; a ranking is made by one router throughout.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._current = classifier

    @property
    def current(self) -> Classifier:
        """The router itself."""
        return self._current

    @property
    def version(self) -> str:
        """The version of the router that ranks now."""
        return self.current.version

    def rank(self, text: str, limit: int = 3) -> Ranking:
        """As :meth:`copilot.routing.Classifier.rank`."""
        return self.current.rank(text, limit=limit)

    def replace(self, classifier: Classifier) -> None:
        """From now on ``classifier`` ranks."""
        self._current = classifier

    def follow(self, catalogue: ResponsibilityCatalogue, duties: Mapping[str, Sequence[str]]) -> bool:
        """Rank by ``duties``, those of ``catalogue`` by department; ``False`` where the router knows labels only.

        The old router serves until the new one is ready. What orders taught of a department stays with it when it is
        renamed: its duties go to the name under which it was learned.
        """
        current = self._current
        if not isinstance(current, FollowsDuties):
            return False
        self.replace(current.with_duties(under_learned_names(current.learned, catalogue, duties)))
        return True


def under_learned_names(
    learned: Sequence[str], catalogue: ResponsibilityCatalogue, duties: Mapping[str, Sequence[str]]
) -> dict[str, Sequence[str]]:
    """``duties`` with each department called as in ``learned``, where that has one of its names or aliases."""
    known = set(learned)
    found: dict[str, Sequence[str]] = {}
    for name, phrases in duties.items():
        department = catalogue.find(name)
        names = (name, *department.aliases) if department is not None else (name,)
        found[next((n for n in names if n in known), name)] = phrases
    return found
