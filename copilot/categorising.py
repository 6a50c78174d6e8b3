"""事项分类: what an appeal is about, put before the agent as up to three categories of the city's taxonomy.

A taxonomy has hundreds of entries and two people often choose differently, so this is always a question: on one city's
orders the first was right in two of five where it looked surest (docs/decisions/0013). What it is good for is that the
agent picks from three instead of searching among hundreds; and what was picked is confirmed like every field, filed,
and then tells the router what became of such orders before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from copilot.appeal import Category, Situation
from copilot.drafting.spoken import is_courtesy
from copilot.suggestion import Choice, Reason, Slot, Suggestion
from knowledge_base.category_finder import CategoryFinder, FoundCategory, Vote

# A citizen names the matter first; answers to the agent's questions are about its circumstances.
_OPENING = 3
_SHORTEST = 4
# Below this a category is hardly likelier than any other, and three of them would be noise.
_LEAST = 0.1
_VOTERS = 20


class CategorisedOrders(Protocol):
    """Past orders whose category a person confirmed."""

    def votes(self, text: str, limit: int) -> Sequence[Vote]:
        """The ``limit`` orders that are most like ``text``, whichever department had them."""
        ...


class CategoryAdvisor:
    """Suggests categories with the phrase and the past orders that speak for them. Any thread may ask."""

    def __init__(self, finder: CategoryFinder, orders: CategorisedOrders | None = None) -> None:
        self._finder = finder
        self._orders = orders

    def advise(self, situation: Situation) -> list[Suggestion[Any]]:
        """One suggestion of up to three categories; none until something tells what it is about."""
        said = [line for line in situation.citizen_read_as.splitlines() if not is_courtesy(line)][:_OPENING]
        text = "\n".join(said)
        if situation.category is not None or len(text) < _SHORTEST:
            return []
        votes = self._orders.votes(text, _VOTERS) if self._orders is not None else ()
        found = [one for one in self._finder.rank(text, votes) if one.probability >= _LEAST]
        if not found:
            return []
        choices = tuple(Choice(_as_value(one), one.probability, _reasons(one)) for one in found)
        versions = {"taxonomy": self._finder.taxonomy.version}
        return [Suggestion(Slot.CATEGORY, choices, versions, abstained=True)]


def _as_value(found: FoundCategory) -> Category:
    return Category(found.category.code, found.category.path)


def _reasons(found: FoundCategory) -> tuple[Reason, ...]:
    named = "/".join(found.category.path)
    reasons = [Reason("quote", f"说了“{found.phrase}”" if found.said else f"接近“{found.phrase}”", named)]
    if found.orders:
        reasons.append(Reason("similar", f"{len(found.orders)} 件类似工单归入此类", "、".join(found.orders[:3])))
    return tuple(reasons)
