"""Every suggestion says which router, index and catalogue were in use when it was made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from copilot.appeal import Situation
from copilot.ports import Advisor
from copilot.suggestion import Suggestion


class SigningAdvisor:
    """Another advisor's suggestions, with the versions in use added to those that it names itself.

    A suggestion may depend on parts that its advisor does not know: routing weighs the owners of passages that the
    index found. ``versions`` is asked before the advisor is.
    """

    def __init__(self, advisor: Advisor, versions: Callable[[], Mapping[str, str]]) -> None:
        self._advisor = advisor
        self._versions = versions

    def advise(self, situation: Situation) -> Sequence[Suggestion[Any]]:
        """See :class:`copilot.ports.Advisor`."""
        in_use = self._versions()
        made = self._advisor.advise(situation)
        return [replace(suggestion, versions={**in_use, **suggestion.versions}) for suggestion in made]
