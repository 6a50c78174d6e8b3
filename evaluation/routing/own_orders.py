"""Orders on which a router is measured although it learned from them: what their figures are worth, said in a note."""

from __future__ import annotations

from collections.abc import Sequence

from models.department_classifier import DepartmentClassifier
from models.routing.seen_orders import Seen
from models.training.examples import Examples

_MOSTLY = 0.5


def own_orders_note(
    classifier: DepartmentClassifier, texts: Sequence[str], labels: Sequence[str], name: str = ""
) -> str | None:
    """In Chinese and English, where the router learned from any of the orders; ``name`` tells it from another one."""
    seen = _seen(classifier, texts, labels)
    if not seen.known:
        return None
    chinese, english = (f"模型 {name} ", f"router {name}") if name else ("模型", "the router")
    how_many = f"{seen.known} of {seen.asked}"
    if seen.share < _MOSTLY:
        return (
            f"{seen.asked} 件中有 {seen.known} 件与{chinese}学过的工单逐字相同，数值因此偏高。 {how_many} orders are, "
            f"word for word, among those that {english} learned from, which flatters the figures."
        )
    return (
        f"这些正是{chinese}学过的工单（{seen.asked} 件中 {seen.known} 件）：在它们上的数值不能说明它对别的工单如何。 "
        f"These are the very orders that {english} learned from ({how_many}): figures on them say nothing about others."
    )


def mostly_own(classifier: DepartmentClassifier, texts: Sequence[str], labels: Sequence[str]) -> bool:
    """Whether the router learned from half of the orders or more, so that they are no evidence of how good it is."""
    return _seen(classifier, texts, labels).share >= _MOSTLY


def _seen(classifier: DepartmentClassifier, texts: Sequence[str], labels: Sequence[str]) -> Seen:
    if classifier.seen is not None:
        return classifier.seen.among(texts)
    # A router of an earlier release, or of duties alone, knows its whole table by one digest only.
    own = Examples(texts, labels).digest() == classifier.data_digest
    return Seen(len(texts), len(texts) if own else 0)
