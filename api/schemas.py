"""What requests look like. Answers are the domain's own dataclasses as JSON (:mod:`api.wire`)."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from copilot.call import Channel
from copilot.events import Rearrangement
from copilot.suggestion import Slot, Verdict

Id = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:-]+$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class Request(BaseModel):
    """A body that is refused where it holds something unknown: a misspelt field must not be lost silently."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Login(Request):
    """A name and its password."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "zuoxi01", "password": "…"}]})

    name: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class NewCall(Request):
    """What is known before anybody speaks. ``district`` is a district of the city; empty: the whole city."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "telephone"}, {"channel": "recording", "recording": "call01"}]}
    )

    channel: Channel = Channel.TELEPHONE
    district: Annotated[str, StringConstraints(max_length=40)] = ""
    recording: Annotated[str, StringConstraints(max_length=100)] = ""


class NewDecision(Request):
    """A person accepts, amends or rejects a suggestion, or fills a slot by hand (``amend`` without suggestion).

    ``decision_id`` is chosen by the client (a UUID), so that sending it twice changes nothing. ``value`` is needed for
    ``amend``; its form depends on the slot: a string; a list of strings for ``co_departments``; an object
    ``{"district", "street", "detail"}`` for ``place``; ``{"code"}`` for ``category``; a citation for ``answer``.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "decision_id": "0d0c3b5e-6f0f-4a56-8a0e-3f6a5f2d5c11",
                    "appeal_id": "1",
                    "slot": "department",
                    "verdict": "accept",
                    "suggestion_id": "s4",
                },
                {
                    "decision_id": "7a1f4f1c-3a3f-4f57-9f0c-5e2f6f5f1c22",
                    "appeal_id": "1",
                    "slot": "title",
                    "verdict": "amend",
                    "suggestion_id": "s2",
                    "value": "咨询居住证办理材料",
                },
                {
                    "decision_id": "c2b7a9de-1d1b-4c8b-9f3a-4a5b6c7d8e33",
                    "appeal_id": "1",
                    "slot": "answer",
                    "verdict": "reject",
                    "suggestion_id": "s3",
                    "reason": "不相关",
                },
            ]
        }
    )

    decision_id: Id
    appeal_id: Id
    slot: Slot
    verdict: Verdict
    suggestion_id: Id | None = None
    value: Any = None
    reason: Reason = ""


class NewWorkOrder(Request):
    """File the order of one appeal. The same ``request_id`` gives the same order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"request_id": "8b3c0f5a", "appeal_id": "1"}]})

    request_id: Id
    appeal_id: Id


class NewRearrangement(Request):
    """A person says what belongs to which appeal. ``change_id`` is chosen by the client, as a decision's id is.

    ``split`` gives what was said from a character of an utterance on to a further appeal; ``hint_id`` stands for the
    words that a hint named. ``move`` gives that part alone to the appeal ``into``. ``merge`` gives all of ``appeal_id``
    to ``into``.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"change_id": "4b1c", "act": "split", "utterance_id": "u5"},
                {"change_id": "4b1d", "act": "split", "hint_id": "h1"},
                {"change_id": "4b1e", "act": "move", "utterance_id": "u6", "start": 8, "into": "1"},
                {"change_id": "4b1f", "act": "merge", "appeal_id": "2", "into": "1"},
            ]
        }
    )

    change_id: Id
    act: Rearrangement
    appeal_id: Id | Literal[""] = ""
    into: Id | Literal[""] = ""
    utterance_id: Id | Literal[""] = ""
    start: Annotated[int, Field(ge=0, le=100_000)] = 0
    hint_id: Id | Literal[""] = ""

    @model_validator(mode="after")
    def _names_what_it_is_about(self) -> Self:
        needs, given = {
            Rearrangement.SPLIT: ("utterance_id or hint_id", self.utterance_id or self.hint_id),
            Rearrangement.MOVE: ("utterance_id and into", self.utterance_id and self.into),
            Rearrangement.MERGE: ("appeal_id and into", self.appeal_id and self.into),
        }[self.act]
        if not given:
            raise PydanticCustomError("incomplete", f"a {self.act.value} needs {needs}")
        return self


class StillTheSame(Request):
    """The talk has not turned to another matter."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"decision_id": "5c2d"}]})

    decision_id: Id


class NewRouting(Request):
    """The dispatcher keeps the agent's department (``accept``) or names another of the catalogue and says why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"decision_id": "r-1", "verdict": "accept"},
                {"decision_id": "r-2", "verdict": "amend", "department": "市公安局", "reason": "属公安户籍业务"},
            ]
        }
    )

    decision_id: Id
    verdict: Literal["accept", "amend"]
    department: Annotated[str, StringConstraints(max_length=100)] = ""
    reason: Reason = ""


class NewReturn(Request):
    """A department sent the order back. ``routing_id`` is the ``decision_id`` with which it had gone out.

    ``return_id`` is chosen by the client, so that sending it twice changes nothing; ``code`` is one of the list of
    return reasons.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"return_id": "b-1", "routing_id": "r-1", "code": "not_our_duty", "reason": "属住建部门职责"}]
        }
    )

    return_id: Id
    routing_id: Id
    code: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    reason: Reason = ""


class NewLabelReview(Request):
    """An evaluator's last word on a label: ``department`` was right (``accept``), or should have been it (``amend``).

    ``reject``: nobody can tell, and no department is named.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"review_id": "v-1", "verdict": "amend", "department": "市水务局", "reason": "供水管网"}]
        }
    )

    review_id: Id
    verdict: Verdict
    department: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    reason: Reason = ""


class Listen(Request):
    """The first text frame of a sender: how its sound is made, and from which second of the call on it comes."""

    type: Literal["listen"]
    sample_rate: int
    begins: Annotated[
        dict[Literal["citizen", "agent"], Annotated[float, Field(ge=0, le=86_400)]], Field(alias="from")
    ] = Field(default_factory=dict)
    channels: Literal[2] = 2


class HangUp(Request):
    """The call is over."""

    type: Literal["hang_up"]
