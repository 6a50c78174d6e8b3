"""A wording that was withdrawn as wrong must not come back unseen: what was wrong, and who says it was put right.

The reason of such a withdrawal begins with fixed words, as those of refused answer cards do. A draft that began from
the version, or has its text, is submitted and published only after one of its makers said what was changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from copilot.store.article_rows import ArticleEdit, Version, VersionState
from knowledge_base.articles.content import Content

CONFIRMED = "withdrawal_answered"
"""The name under which a confirmation stands among the fields of an edit."""

_COLON = "：:"


class WithdrawnAs(StrEnum):
    """内容有误, 已过期, or for any other reason."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    OTHER = "other"


_WORDS = {WithdrawnAs.WRONG: "内容有误", WithdrawnAs.OUTDATED: "已过期"}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A maker of the draft says what was changed, or why the wording had been right after all."""

    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Concern:
    """Version ``number`` was withdrawn as wrong, and a draft rests on it.

    ``same_text`` says that the draft still has its text, ``confirmed`` who answers for the draft; ``None`` while nobody
    does.
    """

    number: int
    reason: str
    withdrawn_by: str
    withdrawn_at: datetime
    same_text: bool
    confirmed: Confirmation | None = None


def reason_of(because: WithdrawnAs, said: str) -> str:
    """The reason as it is kept."""
    word = _WORDS.get(because, "")
    plain = said.strip()
    return plain if not word or _begins(plain, word) else f"{word}：{plain}"


def withdrawn_as(version: Version) -> WithdrawnAs | None:
    """Why a version was withdrawn; ``None`` where it was not."""
    if version.state is not VersionState.WITHDRAWN:
        return None
    return next((kind for kind, word in _WORDS.items() if _begins(version.reason, word)), WithdrawnAs.OTHER)


def concern(
    draft: tuple[Version, Content],
    base: tuple[Version, Content] | None,
    edits: Sequence[ArticleEdit],
    withdrawn: Sequence[tuple[Version, Content]],
) -> Concern | None:
    """What a draft has to be looked over for; ``withdrawn`` are the versions withdrawn as wrong, the latest first.

    A text that is published now was answered for when it came back.
    """
    version_made, content = draft
    if base is not None and base[0].state is VersionState.PUBLISHED and _bare(base[1]) == _bare(content):
        return None
    for version, before in withdrawn:
        same = _bare(before) == _bare(content)
        if same or version.number == version_made.base:
            return Concern(
                number=version.number,
                reason=version.reason,
                withdrawn_by=version.withdrawn_by or "",
                withdrawn_at=version.withdrawn_at or version_made.made_at,
                same_text=same,
                confirmed=_confirmed(edits, version.number, same),
            )
    return None


def _confirmed(edits: Sequence[ArticleEdit], number: int, same_text: bool) -> Confirmation | None:
    """The last answer for version ``number``; one given for another text does not hold for the wrong text itself."""
    for edit in reversed(edits):
        told = edit.fields.get(CONFIRMED)
        if told and told["version"] == number:
            return Confirmation(edit.by, edit.at, str(told["note"]))
        if same_text and "text" in edit.fields:
            return None
    return None


def _begins(reason: str, word: str) -> bool:
    return reason == word or (reason.startswith(word) and reason[len(word)] in _COLON)


def _bare(content: Content) -> str:
    return "".join(str(content.get("text", "")).split())
