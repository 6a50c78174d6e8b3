"""What requests about answer cards look like."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from api.schemas import Id, Reason, Request
from copilot.card_events import CardAct
from copilot.events import ReportKind

Query = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class NewTouch(Request):
    """A person takes a card in hand: from then on the copilot neither moves nor withdraws it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"touch_id": "t-1", "appeal_id": "1", "act": "edit"}]})

    touch_id: Id
    appeal_id: Id
    act: CardAct


class NewCase(Request):
    """Which of a card's cases is the citizen's; an empty ``case`` takes the choice back."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"choice_id": "k-1", "appeal_id": "1", "case": "断缴超过三个月"}]}
    )

    choice_id: Id
    appeal_id: Id
    case: Annotated[str, StringConstraints(max_length=100)] = ""


class NewReport(Request):
    """A passage is out of date or wrong: its card goes, and its owner's list gets the report."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"report_id": "r-1", "appeal_id": "1", "kind": "outdated", "note": "窗口已搬到江北区"}]
        }
    )

    report_id: Annotated[Id, StringConstraints(max_length=56)]
    appeal_id: Id
    kind: ReportKind
    note: Reason = ""


class NewSearch(Request):
    """What a person looks up in the library; ``search_id`` is chosen by the client."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"search_id": "q-1", "appeal_id": "1", "query": "居住证 工本费"}]}
    )

    search_id: Id
    appeal_id: Id
    query: Query


class NewLookup(Request):
    """What somebody looks up in the library without a call."""

    query: Query


class NewTakeBack(Request):
    """An adopted answer leaves the work order; ``edited`` says that wording of a person's own goes too."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"take_back_id": "b-1", "appeal_id": "1", "edited": False}]}
    )

    take_back_id: Id
    appeal_id: Id
    edited: bool = False
