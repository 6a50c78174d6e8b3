"""Recorded calls with what a person says is right about them: turns, appeals, departments, policy facts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.appeal import AppealKind, Place
from copilot.call import Speaker
from copilot.errors import BadInput
from knowledge_base.tables import read_jsonl


@dataclass(frozen=True, slots=True)
class GoldTurn:
    """What was really said; ``start`` and ``end`` in seconds.

    ``appeal`` counts the call's gold appeals from 1; empty for small talk, ``None`` where nobody has said.
    """

    speaker: Speaker
    start: float
    end: float
    text: str
    appeal: str | None = None


@dataclass(frozen=True, slots=True)
class GoldAppeal:
    """What the citizen really wanted and who handles it."""

    kind: AppealKind
    subject: str
    department: str
    co_departments: tuple[str, ...]
    place: Place
    summary: str


@dataclass(frozen=True, slots=True)
class GoldCall:
    """One recorded call. ``audio`` maps ``16k`` and ``8k`` to stereo files, left citizen, right agent."""

    call_id: str
    title: str
    audio: dict[str, Path]
    seconds: float
    turns: tuple[GoldTurn, ...]
    appeals: tuple[GoldAppeal, ...]
    facts: tuple[str, ...]
    urgent: bool

    def recording(self, telephone: bool) -> Path:
        """The sound file; the 8 kHz one for ``telephone``. Raises BadInput where the call has none."""
        wanted = "8k" if telephone else "16k"
        if wanted not in self.audio:
            raise BadInput(f"Call {self.call_id} has no audio_{wanted}. Add the field, or replay the other version.")
        return self.audio[wanted]

    def said_by(self, speaker: Speaker) -> str:
        """All that one speaker said."""
        return "".join(turn.text for turn in self.turns if turn.speaker is speaker)


def load_calls(path: Path) -> list[GoldCall]:
    """Read ``calls.jsonl``; its sound files lie beside it. Raises BadTable or BadInput with the line at fault."""
    return [_call(row, path, number) for number, row in enumerate(read_jsonl(path, ("id", "turns", "gold")), start=1)]


def _call(row: dict[str, Any], path: Path, number: int) -> GoldCall:
    try:
        gold = row["gold"]
        return GoldCall(
            call_id=str(row["id"]),
            title=str(row.get("title", row["id"])),
            audio={key: path.parent / row[f"audio_{key}"] for key in ("16k", "8k") if row.get(f"audio_{key}")},
            seconds=float(row.get("seconds", row["turns"][-1]["end"])),
            turns=tuple(
                GoldTurn(Speaker(t["speaker"]), float(t["start"]), float(t["end"]), t["text"], t.get("appeal"))
                for t in row["turns"]
            ),
            appeals=tuple(_appeal(appeal) for appeal in gold["appeals"]),
            facts=tuple(gold.get("policy_facts", ())),
            urgent=bool(gold.get("urgent", False)),
        )
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise BadInput(
            f"{path}, call {number}: {type(error).__name__} at {error}. Compare it with a shipped call."
        ) from error


def _appeal(raw: dict[str, Any]) -> GoldAppeal:
    return GoldAppeal(
        kind=AppealKind(raw["kind"]),
        subject=raw["subject"],
        department=raw["department"],
        co_departments=tuple(raw.get("co_departments", ())),
        place=Place(raw.get("district", ""), raw.get("street", "")),
        summary=raw.get("summary", raw["subject"]),
    )
