"""An adapted embedder as a folder like any other embedder's, and beside it what it was made from."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from models.embedder_adapting import Adapted
from models.errors import ModelProblem
from models.manifest import Precision
from models.onnx_export import export_model
from models.prepared_folder import making

RECORD = "adaptation.json"
CARD = "card.md"


def save_adapted(
    adapted: Adapted,
    folder: Path,
    precision: Precision,
    made_from: Mapping[str, Any],
    report: Callable[[int, int], None],
) -> None:
    """Write the folder whole or not at all; what stood there stays where it fails.

    ``made_from`` says whose passages and which encoder. Raises ModelProblem where the gate was not passed.
    """
    gate = adapted.gate
    if not gate.passed:
        raise ModelProblem(refusal(adapted))
    record = {**made_from, "learned_from": adapted.learned, "gate": gate.as_json()}
    with making(folder) as made:
        export_model(adapted.model, made, precision, folder.name, report)
        (made / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (made / CARD).write_text(_card(adapted, record), encoding="utf-8")


def refusal(adapted: Adapted) -> str:
    """Why the adapted embedder is not kept, and what to do."""
    gate = adapted.gate
    return (
        f"The adapted embedder is not kept: on {gate.questions} {gate.asked} questions of {gate.articles} held-out "
        f"articles its mean reciprocal rank is {gate.adapted_mrr:.3f}, the untouched one's {gate.untouched_mrr:.3f} "
        f"(p = {gate.p:.3f}). Go on with the untouched one, or give questions that people confirmed."
    )


def _card(adapted: Adapted, record: Mapping[str, Any]) -> str:
    gate = adapted.gate
    kinds = "、".join(f"{kind} {count}" for kind, count in adapted.learned.items())
    lines = [
        "# Embedder adapted to a city",
        "",
        "Vectors of questions and passages of one city's knowledge base. An index belongs to one embedder: after",
        "setting it with `HOTLINE_EMBEDDER`, run `hotline kb index`.",
        "",
        f"- encoder that it was made from: {record.get('encoder', '')}",
        f"- knowledge base: {record.get('library', '')}, {record.get('passages', '')} passages",
        f"- made on: {record.get('created', '')}",
        f"- learned from pairs of question and passage: {kinds}",
        "",
        f"## On {gate.questions} {gate.asked} questions of {gate.articles} articles that it never learned from",
        "",
        "| vectors alone | MRR | Hit@1 |",
        "|---|---|---|",
        f"| untouched | {gate.untouched_mrr:.3f} | {gate.untouched_hit1:.3f} |",
        f"| adapted | {gate.adapted_mrr:.3f} | {gate.adapted_hit1:.3f} |",
        "",
        f"Paired sign-flip test by article, one-sided: p = {gate.p:.4f}.",
        "",
        *_DOUBTS[gate.asked],
        "",
        "It holds no text of the knowledge base, but what it was adapted on can be told from it: treat it as you treat",
        "the questions that it learned from. Not for another city: measure there first.",
    ]
    return "\n".join(lines) + "\n"


_DOUBTS = {
    "made": (
        "These questions were made from the articles as those were that it learned from, so the gain among citizens is",
        "smaller: measure it with `hotline evaluate retrieval` on questions that citizens asked.",
    ),
    "confirmed": ("These questions were asked by citizens, and people confirmed the passage.",),
}
