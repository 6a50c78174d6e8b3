"""How near to a library an utterance comes that it does not answer: what a question's cosine is compared with.

Cosines of one library are not those of another: between short replies everything is a little nearer than between
statutes. So each base remembers what the same utterances, which hardly any library answers (greetings, other people's
affairs, matters of other cities), come to in it: *Z-norm* of speaker verification (Auckenthaler and others, "Score
normalization for text-independent speaker verification systems", Digital Signal Processing 10, 2000).
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from knowledge_base.calibration import TYPICAL, Background
from knowledge_base.files import sync
from knowledge_base.index.base import Base
from knowledge_base.index.index import Embedder
from knowledge_base.index.vector_search import Vector
from knowledge_base.words import strip_fillers

UTTERANCES = Path(__file__).with_name("no_answer.jsonl")
"""JSON lines with ``question``."""

_AT_ONCE = 65_536
_LEAST, _MOST = TYPICAL.deviation / 2, TYPICAL.deviation * 2
"""A library of a few passages, or one that half of the utterances are about, says little of how others spread."""


def measured(folder: Path, embedder: Embedder) -> Base:
    """Open the base that was just written into ``folder`` and write down what it comes to.

    Raises OSError; errors of the embedder pass.
    """
    base = Base(folder)
    base.background = background_of(base, embedder)
    if base.background is not None:
        told = folder / Base.BACKGROUND
        told.write_text(json.dumps(asdict(base.background)) + "\n", encoding="utf-8")
        sync(told)  # one that is cut off would pass for a base that was not measured
        sync(folder)
    return base


def background_of(base: Base, embedder: Embedder) -> Background | None:
    """Nothing where the base has no passage that is in force."""
    if not base.alive.any():
        return None
    nearest = _nearest(base, embedder.embed_queries(utterances()))
    return Background(float(nearest.mean()), float(np.clip(nearest.std(), _LEAST, _MOST)))


def utterances() -> list[str]:
    """As they are looked up; those that only greet ask nothing and are left out."""
    rows = [json.loads(line) for line in UTTERANCES.read_text(encoding="utf-8").splitlines()]
    return [asked for row in rows if (asked := strip_fillers(row["question"]))]


def _nearest(base: Base, asked: Vector) -> Vector:
    """The cosine of each of ``asked``, float32 ``[n, dimension]``, with the living passage nearest to it."""
    found = np.full(len(asked), -1, np.float32)
    for start in range(0, base.count, _AT_ONCE):
        stop = start + _AT_ONCE
        rows = np.asarray(base.vectors.rows[start:stop])[base.alive[start:stop]]
        if len(rows):
            found = np.maximum(found, (asked @ rows.T).max(axis=1))
    return found
