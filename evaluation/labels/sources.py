"""Decisions become labels: for each filed appeal the department that people settled on, and how far to believe it.

A department that sent an order back because the matter is not its own is a *negative*: what it stands for is known to
be wrong even where nobody has said yet what is right. What a source is worth is data with its reason
(``label_reliability.json``): weights of examples are how learning under labels of unequal noise is usually done
(Liu and Tao, "Classification with noisy labels by importance reweighting", IEEE TPAMI 38(3), 2016).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from copilot.appeal import Category
from copilot.store import DecidedAppeal, Review
from copilot.suggestion import Verdict


class LabelSource(StrEnum):
    """Who stands behind a label, the most reliable first."""

    REVIEWED = "reviewed"
    SETTLED_AFTER_RETURN = "settled_after_return"
    DISPATCHER_OVERRIDE = "dispatcher_override"
    AGENT_AND_DISPATCHER = "agent_and_dispatcher"
    ACCEPTED_UNCHANGED = "accepted_unchanged"
    AGENT_ONLY = "agent_only"


class Unlabelled(StrEnum):
    """Why a filed appeal gives no label."""

    RETURNED = "returned, and not settled yet"
    UNTELLABLE = "an evaluator said that nobody can tell"
    SILENT = "nothing was said or written down"
    ABOLISHED = "the department is not in the catalogue any more"


@dataclass(frozen=True, slots=True)
class Reliability:
    """What a source is worth (0 to 1) and why."""

    source: LabelSource
    chinese: str
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class LabelledAppeal:
    """A filed appeal and the department that people settled on.

    ``text`` is what the citizen said, masked: the form in which the served router gets it. ``title`` and ``summary``
    are for people who look at the label, and are learned from only where nothing was said: an agent's summary names the
    department often enough to give the answer away. ``not_departments`` are known to be wrong.
    """

    call_id: str
    appeal_id: str
    number: str
    text: str
    department: str
    source: LabelSource
    weight: float
    day: date
    title: str = ""
    summary: str = ""
    not_departments: tuple[str, ...] = ()
    category: Category | None = None


@dataclass(frozen=True)
class JournalLabels:
    """The labels of a time, and how many filed appeals gave none, by the reason."""

    labelled: tuple[LabelledAppeal, ...]
    unlabelled: Mapping[Unlabelled, int] = field(default_factory=dict)

    @property
    def by_source(self) -> dict[LabelSource, int]:
        """How many labels each source gave, the most reliable first; sources that gave none are left out."""
        counts = Counter(label.source for label in self.labelled)
        return {source: counts[source] for source in LabelSource if counts[source]}

    @property
    def notes(self) -> list[str]:
        """Where the labels came from, for the card of a model that learned from them."""
        if not self.labelled:
            return []
        days = [label.day for label in self.labelled]
        rows = [
            f"{count} {source.value} (weight {reliability()[source].weight})"
            for source, count in self.by_source.items()
        ]
        notes = [f"Labels of {len(days)} appeals of the journal, {min(days)} to {max(days)}: {', '.join(rows)}."]
        if self.unlabelled:
            left = ", ".join(f"{count} ({why.value})" for why, count in sorted(self.unlabelled.items()))
            notes.append(f"Filed appeals of the journal that gave no label: {left}.")
        return notes


@cache
def reliability() -> Mapping[LabelSource, Reliability]:
    """What each source is worth."""
    rows = json.loads(Path(__file__).with_name("label_reliability.json").read_text(encoding="utf-8"))
    found = [Reliability(LabelSource(row["source"]), row["chinese"], row["weight"], row["reason"]) for row in rows]
    return {row.source: row for row in found}


def journal_labels(
    decided: Iterable[DecidedAppeal], official: Callable[[str], str | None] = lambda name: name
) -> JournalLabels:
    """The label of each appeal, where there is one.

    ``official`` gives a department's name in the catalogue of today, ``None`` where it has no such department any more.
    """
    labelled: list[LabelledAppeal] = []
    without: Counter[Unlabelled] = Counter()
    for appeal in decided:
        found = label_of(appeal)
        if isinstance(found, Unlabelled):
            without[found] += 1
        elif (name := official(found.department)) is None:
            without[Unlabelled.ABOLISHED] += 1
        else:
            labelled.append(replace(found, department=name))
    return JournalLabels(tuple(labelled), dict(without))


def label_of(appeal: DecidedAppeal) -> LabelledAppeal | Unlabelled:
    """The department that people settled on and who stands behind it, or why there is none."""
    settled = _settled(appeal)
    if isinstance(settled, Unlabelled):
        return settled
    department, source = settled
    text = appeal.said.strip() or "\n".join(part for part in (appeal.title, appeal.summary) if part.strip())
    if not text.strip():
        return Unlabelled.SILENT
    return LabelledAppeal(
        call_id=appeal.call_id,
        appeal_id=appeal.appeal_id,
        number=appeal.number,
        text=text,
        department=department,
        source=source,
        weight=reliability()[source].weight,
        day=appeal.day,
        title=appeal.title,
        summary=appeal.summary,
        not_departments=tuple(name for name in _disputed(appeal) if name != department),
        category=appeal.category,
    )


def _settled(appeal: DecidedAppeal) -> tuple[str, LabelSource] | Unlabelled:
    review = _standing_review(appeal)
    if review is not None:
        return Unlabelled.UNTELLABLE if review.verdict is Verdict.REJECT else (review.department, LabelSource.REVIEWED)
    if not appeal.routings:
        return appeal.agent_department, LabelSource.AGENT_ONLY
    last = appeal.routings[-1]
    if last.returned is not None and last.returned.disputes_duty:
        return Unlabelled.RETURNED
    return last.department, _source(appeal, last.department)


def _source(appeal: DecidedAppeal, department: str) -> LabelSource:
    if _disputed(appeal):
        return LabelSource.SETTLED_AFTER_RETURN
    if department != appeal.agent_department:
        return LabelSource.DISPATCHER_OVERRIDE
    return LabelSource.ACCEPTED_UNCHANGED if appeal.accepted_unchanged else LabelSource.AGENT_AND_DISPATCHER


def _disputed(appeal: DecidedAppeal) -> tuple[str, ...]:
    """The departments that said that the matter is not theirs, in that order, each once."""
    disputes = (sent for sent in appeal.routings if sent.returned is not None and sent.returned.disputes_duty)
    return tuple(dict.fromkeys(sent.department for sent in disputes))


def _standing_review(appeal: DecidedAppeal) -> Review | None:
    """The evaluator's word, unless the order has moved since: then people have decided on more than was known."""
    review = appeal.review
    moves = [at for sent in appeal.routings for at in (sent.at, sent.returned.at if sent.returned else sent.at)]
    return review if review is not None and all(at <= review.at for at in moves) else None
