"""What was said, shown, searched and decided in one call, as far as it tells what citizens asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from copilot.masking import mask, mask_talk
from copilot.store.questions import (
    Asked,
    Decided,
    Found,
    Question,
    Said,
    Searched,
    name_the_matter,
    outcome,
    owner,
    question_in,
    settle,
)
from copilot.suggestion import Slot, Verdict

READ = (
    "utterance_heard",
    "appeals_rearranged",
    "suggestion_made",
    "cards_arranged",
    "case_chosen",
    "suggestion_decided",
    "library_searched",
    "answer_taken_back",
    "routing_decided",
)


@dataclass(slots=True)
class Talk:
    """One call, event by event; what belongs together is told when all of it was read, since words may be moved."""

    day: date
    said: dict[str, Said] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    article: dict[str, str] = field(default_factory=dict)  # of a card, as it was narrowed last
    cases: dict[str, dict[str, str]] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    decided: dict[str, Decided] = field(default_factory=dict)  # by decision
    searched: list[Searched] = field(default_factory=list)
    departments: dict[str, str] = field(default_factory=dict)

    def take(self, place: int, name: str, payload: dict[str, Any]) -> None:
        """Fold one event in."""
        match name:
            case "utterance_heard":
                self._hear(place, payload["utterance"])
            case "appeals_rearranged":
                self._move(payload["allotted"])
            case "suggestion_made":
                self._show(place, payload)
            case "cards_arranged":
                cards = tuple(payload.get("found", ()))
                self.found.append(Found(place, payload["appeal_id"], payload["heard_until"], cards))
            case "case_chosen":
                self._narrow(payload)
            case _:
                self._act(place, name, payload)

    def _act(self, place: int, name: str, payload: dict[str, Any]) -> None:
        """Something that a person did."""
        match name:
            case "suggestion_decided":
                self._decide(place, payload["decision"])
            case "library_searched":
                said, listed = mask(payload["query"], addresses=True), bool(payload["results"])
                self.searched.append(Searched(place, payload["appeal_id"], payload["search_id"], said, listed))
            case "answer_taken_back":
                self.decided.pop(payload["decision_id"], None)
            case "routing_decided":
                self.departments[str(payload["decision"]["appeal_id"])] = payload["department"]

    def _hear(self, place: int, said: dict[str, Any]) -> None:
        if said["speaker"] == "citizen":
            parts = _parts(said.get("parts", ())) or [(0, len(said["text"]), said["appeal_id"])]
            ever = {appeal for _, _, appeal in parts}
            self.said[said["utterance_id"]] = Said(said["text"], said["start"], place, parts, ever)

    def _move(self, allotted: Iterable[dict[str, Any]]) -> None:
        for one in allotted:
            said = self.said.get(one["utterance_id"])
            if said is not None:
                said.parts = _parts(one["parts"])
                said.ever |= {appeal for _, _, appeal in said.parts}

    def _show(self, place: int, made: dict[str, Any]) -> None:
        if made["suggestion"]["slot"] != Slot.ANSWER.value:
            return
        card, cited = made["suggestion_id"], made["suggestion"]["choices"][0]["value"]
        cases = (cited.get("follow_up") or {}).get("cases", ())
        self.article[card] = cited["article_id"]
        self.cases[card] = {case["label"]: case["citation"]["article_id"] for case in cases}
        self.cases[card][""] = cited["article_id"]
        self.shown[cited["article_id"]].add(made["appeal_id"])
        self.found.append(Found(place, made["appeal_id"], made["heard_until"], (card,)))

    def _narrow(self, choice: dict[str, Any]) -> None:
        card = choice["suggestion_id"]
        if card in self.article:
            self.article[card] = self.cases[card].get(choice["case"], self.article[card])
            self.shown[self.article[card]].add(choice["appeal_id"])

    def _decide(self, place: int, decision: dict[str, Any]) -> None:
        slot, verdict, appeal = decision["slot"], decision["verdict"], decision["appeal_id"]
        if slot == Slot.DEPARTMENT.value and verdict != Verdict.REJECT.value:
            self.departments.setdefault(appeal, decision["value"])
        if slot != Slot.ANSWER.value:
            return
        card, value = decision["suggestion_id"], decision["value"] or {}
        # Of a card that distinguishes cases, what was taken may be of another article than what was proposed.
        taken = value.get("article_id") or self.article.get(card or "", "")
        carded = appeal in self.shown.get(taken, ())
        search = value.get("search_id", "")
        self.decided[decision["decision_id"]] = Decided(place, appeal, card, verdict, taken, search, carded)
        if taken and card is not None:
            self.shown[taken].add(appeal)

    def questions(self) -> list[Asked]:
        """What was asked, with what became of it."""
        hidden = mask_talk([said.text for said in self.said.values()], addresses=True)
        asked = [
            Question(said, appeal, text)
            for said, words in zip(self.said.values(), hidden, strict=True)
            for start, end, appeal in said.parts
            if (text := question_in(words[start:end]))
        ]
        self._link(asked)
        owners: dict[str, Question] = {}  # by search
        acts: list[Decided | Searched] = [*self.decided.values(), *self.searched]
        for event in sorted(acts, key=lambda event: event.place):
            if isinstance(event, Searched):
                owners[event.search] = owner(asked, event)
            else:
                settle(asked, event, owners.get(event.search))
        name_the_matter(asked)
        return [Asked(q.text, self.day, outcome(q), self.departments.get(q.appeal, ""), q.found) for q in asked]

    def _link(self, asked: list[Question]) -> None:
        """Cards belong to the last question that the copilot had heard the beginning of when it found them."""
        for found in self.found:
            question = next((q for q in reversed(asked) if found.may_be_of(q)), None)
            if question is not None:
                question.cards = list(dict.fromkeys([*found.cards, *question.cards]))
                for card in found.cards:
                    question.since.setdefault(card, found.place)


def _parts(raw: Iterable[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(part["start"], part["end"], part["appeal_id"]) for part in raw]
