"""A person whose decisions are read from a file: for demonstrations and measurements, and always named as such."""

from __future__ import annotations

from typing import Any

from copilot.appeal import Urgency
from copilot.suggestion import Citation, Decision, Slot, Suggestion, Verdict
from evaluation.calls.facts import states
from evaluation.calls.gold_calls import GoldAppeal, GoldCall

NAME = "gold"
_WHY_REJECTED = {Slot.ANSWER: "states none of the file's facts", Slot.CATEGORY: "the file names no category"}


class GoldPerson:
    """Decides as the file's gold says."""

    def __init__(self, call: GoldCall) -> None:
        self._call = call

    def appeal(self, appeal_id: str) -> GoldAppeal:
        """The gold of an appeal, in the order in which they were opened; the last for any beyond."""
        return self._call.appeals[min(int(appeal_id), len(self._call.appeals)) - 1]

    def on(self, suggestion_id: str, appeal_id: str, suggestion: Suggestion[Any]) -> Decision:
        """Accept what is right, correct what is wrong, reject a passage that states none of the facts."""
        right = self.value(appeal_id, suggestion.slot)
        proposed = suggestion.best.value
        if suggestion.slot is Slot.ANSWER:
            verdict = Verdict.ACCEPT if self._answers(proposed) else Verdict.REJECT
        elif suggestion.slot is Slot.CATEGORY:
            verdict = Verdict.REJECT  # the files have none, and a guess must not be told to the router as confirmed
        elif suggestion.slot is Slot.TELEPHONE and suggestion.abstained:
            verdict = Verdict.REJECT  # a number of which a part was heard cannot be called
        elif right is None or right == proposed:
            verdict = Verdict.ACCEPT
        else:
            verdict = Verdict.AMEND
        value = right if verdict is Verdict.AMEND else proposed if verdict is Verdict.ACCEPT else None
        reason = _WHY_REJECTED.get(suggestion.slot, "") if verdict is Verdict.REJECT else ""
        return Decision(
            f"{NAME}-{suggestion_id}", appeal_id, suggestion.slot, verdict, suggestion_id, value, NAME, reason
        )

    def by_hand(self, appeal_id: str, slot: Slot) -> Decision:
        """Fill a slot for which nothing was suggested."""
        value = self.value(appeal_id, slot)
        return Decision(f"{NAME}-{appeal_id}-{slot.value}", appeal_id, slot, Verdict.AMEND, None, value, NAME)

    def value(self, appeal_id: str, slot: Slot) -> Any:
        """What the file says is right for a slot; ``None`` where it says nothing."""
        gold = self.appeal(appeal_id)
        return {
            Slot.DEPARTMENT: gold.department,
            Slot.KIND: gold.kind,
            Slot.TITLE: gold.subject,
            Slot.SUMMARY: gold.summary,
            Slot.CO_DEPARTMENTS: gold.co_departments or None,
            Slot.PLACE: gold.place if str(gold.place) else None,
            Slot.URGENCY: Urgency.EMERGENCY if self._call.urgent else None,
        }.get(slot)

    def _answers(self, citation: Citation) -> bool:
        return any(states(citation.quote, fact) for fact in self._call.facts)
