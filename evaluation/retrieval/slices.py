"""Search figures of parts of the questions: by length, by how many documents answer, by columns of the file.

As in :mod:`evaluation.routing.slices`, a part is marked only where its whole interval lies below the overall figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from copilot.errors import BadInput
from evaluation.measures import Bools, Floats, Interval, wilson_interval
from evaluation.retrieval.abstention import Cards, at_threshold, cards_of
from evaluation.retrieval.search import Question
from evaluation.routing.slices import FEW, band, in_order

CUSTOMARY = (
    "kind",
    "appeal_type",
    "诉求类型",
    "type",
    "category",
    "district",
    "区县",
    "area",
    "channel",
    "spoken",
    "口语",
)
_LENGTHS = (8, 15, 25, 40)
_DOCUMENTS = (1, 3)
_EMPTY = "（空）"
_REST = "（其余）"


@dataclass(frozen=True)
class QuestionPart:
    """Questions that share a value. ``shown`` and ``first_right`` are what happens at the served threshold."""

    value: str
    n: int
    hit1: float
    interval: Interval
    hit5: float
    mrr: float
    shown: float
    first_right: float | None
    below: bool
    few: bool

    @property
    def accuracy(self) -> float:
        """Hit@1: the share whose first document is right."""
        return self.hit1

    def as_json(self) -> dict[str, Any]:
        """Its figures by name."""
        return {**asdict(self), "interval": list(self.interval)}


@dataclass(frozen=True)
class QuestionSlice:
    """All parts of one column."""

    name: str
    parts: tuple[QuestionPart, ...]

    def as_json(self) -> dict[str, Any]:
        """Its name and parts."""
        return {"name": self.name, "parts": [part.as_json() for part in self.parts]}


def refuse_unknown(names: Sequence[str], questions: Sequence[Question]) -> None:
    """Raise BadInput where no question has a field that somebody wants to slice by, lest it be left out in silence."""
    known = {name for question in questions for name in question.columns}
    if gone := [name for name in names if name not in known]:
        raise BadInput(f"No question has a field {', '.join(gone)} to slice by. Check --slice against the file.")


def question_slices(
    questions: Sequence[Question], values: Mapping[str, Floats], cards: Cards, served: float
) -> tuple[QuestionSlice, ...]:
    """A slice per column with more than one value; ``values`` and ``cards`` are of the same questions."""
    found = []
    for name, column in _columns(questions).items():
        named = np.array([value or _EMPTY for value in column])
        order = in_order(named.tolist())
        if len(order) > 1:
            rows = [(value, named == value) for value in order]
            rest = ~np.isin(named, order)
            rows += [(_REST, rest)] if rest.any() else []
            found.append(
                QuestionSlice(name, tuple(_part(value, inside, values, cards, served) for value, inside in rows))
            )
    return tuple(found)


def _columns(questions: Sequence[Question]) -> dict[str, list[str]]:
    """The files' own columns, and what every file has."""
    names = dict.fromkeys(name for question in questions for name in question.columns)
    return {
        **{name: [question.columns.get(name, "") for question in questions] for name in names},
        "字数 characters": [band(len(question.text), _LENGTHS) for question in questions],
        "答案文件数 documents that answer": [band(len(question.gold), _DOCUMENTS) for question in questions],
    }


def _part(value: str, inside: Bools, values: Mapping[str, Floats], cards: Cards, served: float) -> QuestionPart:
    hits = values["hit@1"][inside]
    kept = at_threshold(cards.at(inside), cards_of(()), served)
    interval = wilson_interval(float(hits.sum()), len(hits))
    return QuestionPart(
        value,
        len(hits),
        float(hits.mean()),
        interval,
        float(values["hit@5"][inside].mean()),
        float(values["mrr@10"][inside].mean()),
        kept.shown,
        kept.first_right,
        interval[1] < float(values["hit@1"].mean()),
        len(hits) < FEW,
    )
