"""What requests about anything that one person makes and another checks have in common."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from api.schemas import Request

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Revision = Annotated[int, Field(ge=0, description="the revision that was on the screen; 409 where it moved on")]


def examples(*given: dict[str, Any]) -> ConfigDict:
    """A model's configuration with examples for the description of the service."""
    return ConfigDict(json_schema_extra={"examples": list(given)})


class Step(Request):
    """A step on it as it was seen."""

    model_config = examples({"revision": 3})

    revision: Revision
