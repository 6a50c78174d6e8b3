"""What was found for every question, kept so that two configurations can be compared in pairs afterwards.

Questions are named by id and by a digest of what was asked and what answers it; their text is not in the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copilot.errors import BadInput
from evaluation.retrieval.rank_measures import first_right
from evaluation.retrieval.search import Card, Judgement, Question

_FORMAT = "hotline retrieval, questions one by one, 1"
_DIGITS = 16


@dataclass(frozen=True)
class Results:
    """One configuration on one set of questions: ``keys`` are digests of the questions, in the order of ``judged``.

    ``label`` is the name of its column, such as ``zero-shot``; ``about`` what the figures depend on; ``threshold`` the
    probability from which a card is shown.
    """

    label: str
    about: Mapping[str, Any]
    threshold: float
    keys: tuple[str, ...]
    judged: tuple[Judgement, ...]

    def as_json(self) -> dict[str, Any]:
        """As in the file."""
        return {
            "format": _FORMAT,
            "label": self.label,
            "about": dict(self.about),
            "threshold": self.threshold,
            "questions": [_row(*pair) for pair in zip(self.keys, self.judged, strict=True)],
        }


def key_of(question: Question) -> str:
    """A digest of what was asked, when and where, and of what answers it."""
    said = json.dumps([question.text, str(question.day), question.area, sorted(question.gold)], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def results_of(
    label: str, about: Mapping[str, Any], threshold: float, questions: Sequence[Question], judged: Sequence[Judgement]
) -> Results:
    """What was found for ``questions``, in their order."""
    return Results(label, about, threshold, tuple(key_of(question) for question in questions), tuple(judged))


def read_results(path: Path) -> Results:
    """What ``hotline evaluate retrieval --per-question`` wrote. Raises BadInput where it is something else."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        rows = {_FORMAT: found["questions"]}[found["format"]]
        keys, judged = tuple(str(row["key"]) for row in rows), tuple(_judgement(row) for row in rows)
        return Results(str(found["label"]), found["about"], float(found["threshold"]), keys, judged)
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(
            f"{path} holds no results question by question. Give what hotline evaluate retrieval --per-question wrote."
        ) from error


def _row(key: str, judgement: Judgement) -> dict[str, Any]:
    return {
        "id": judgement.query_id,
        "key": key,
        "rank": first_right(judgement.gold, judgement.ranked),
        "gold": sorted(judgement.gold),
        "ranked": list(judgement.ranked),
        "cards": [[card.doc_id, card.probability] for card in judgement.cards],
    }


def _judgement(row: Mapping[str, Any]) -> Judgement:
    cards = tuple(Card(str(name), float(probability)) for name, probability in row["cards"])
    return Judgement(str(row["id"]), tuple(map(str, row["ranked"])), frozenset(map(str, row["gold"])), cards)
