"""The challenger in the shadow of the served router: asked the same, recorded beside it, and heard by nobody.

Nothing here is on the way of a suggestion. When one was made, :meth:`Shadow.glance` notes under the call's turn what
both may know; :meth:`Shadow.rank` asks the challenger later, on a thread that calls do not wait for.

What people decide is compared with both afterwards (:mod:`evaluation.routing.stream`). They have seen the served
suggestion and not the challenger's, so their agreement flatters the served one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from copilot.appeal import Situation
from copilot.challenge import RankedDepartment, RouterRanking
from copilot.events import ChallengerRanked
from copilot.routers_in_use import RoutersInUse
from copilot.state import CallState
from copilot.suggestion import Slot, Suggestion

_FIRST = 3


@dataclass(frozen=True, slots=True)
class Glance:
    """One appeal at one moment: what was said, and the department suggestion that stood then (``None``: none)."""

    situation: Situation
    shown: Suggestion[Any] | None
    heard_until: float


class Shadow:
    """Asks the challenger of the routers in use, where there is one. Threads may share it."""

    def __init__(self, routers: RoutersInUse) -> None:
        self._routers = routers

    def glance(self, state: CallState, appeal_id: str, heard_until: float) -> Glance | None:
        """What is to be ranked; ``None`` without a challenger, or once a person has decided the department.

        Quick: no router is asked. After the decision there is nothing to compare any more: the served router is silent
        then, and a challenger that goes on listening would know more.
        """
        appeal = state.appeals[appeal_id]
        if self._routers.now.challenger is None or appeal.order is not None or Slot.DEPARTMENT in appeal.confirmed:
            return None
        shown = [
            made.suggestion
            for made in state.suggestions.values()
            if made.appeal_id == appeal_id and made.suggestion.slot is Slot.DEPARTMENT
        ]
        return Glance(state.situation(appeal_id), shown[-1] if shown else None, heard_until)

    def rank(self, glance: Glance) -> ChallengerRanked | None:
        """What the challenger makes of it, through the same advisor that speaks for the served router.

        ``None`` where there is no challenger any more, or it has become the served one. Raises what a router raises.
        """
        pair = self._routers.now
        if pair.challenger is None or pair.silent is None:
            return None
        served = _ranking(glance.shown, pair.served.version)
        if served.router == pair.challenger.version:
            return None
        found = [s for s in pair.silent.advise(glance.situation) if s.slot is Slot.DEPARTMENT]
        challenger = _ranking(found[0] if found else None, pair.challenger.version)
        return ChallengerRanked(glance.situation.appeal_id, served, challenger, glance.heard_until)


def _ranking(suggestion: Suggestion[Any] | None, router: str) -> RouterRanking:
    """``router`` is named where there is no suggestion that names it."""
    if suggestion is None:
        return RouterRanking(router, (), abstained=True)
    choices = tuple(RankedDepartment(choice.value, choice.probability) for choice in suggestion.choices[:_FIRST])
    return RouterRanking(suggestion.versions.get("router", router), choices, suggestion.abstained)
