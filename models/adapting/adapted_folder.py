"""An adapted embedder as a folder like any other exported one: the graph of its base, its map, and its card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.adapting.contrastive_gate import Gate
from models.adapting.embedder_adapting import Adapted
from models.errors import ModelProblem
from models.sentence_embedder import OnnxEmbedder
from models.vector_map import MAP
from models.weights.onnx_export import GRAPH, SETTINGS, TOKENIZER
from models.weights.prepared_folder import making

RECORD = "adaptation.json"
CARD = "card.md"


def save_adapted(
    adapted: Adapted,
    served: Gate,
    base: OnnxEmbedder,
    folder: Path,
    made_from: Mapping[str, Any],
    *,
    regardless: bool = False,
) -> None:
    """Write the folder whole or not at all; what stood there stays where that fails.

    ``served`` is the gate with everything else that search is made of, ``made_from`` says whose passages taught it.
    Raises ModelProblem where that gate was not passed, unless ``regardless`` of it, and where the disk refuses.
    """
    if not (served.passed or regardless):
        raise ModelProblem(refusal(served))
    settings = json.loads((base.folder / SETTINGS).read_text(encoding="utf-8"))
    own = settings | {"name": folder.name, "base": base.fingerprint}
    record = {
        **made_from,
        "embedder": base.fingerprint,
        "learned_from": adapted.questions,
        "vectors_alone": adapted.gate.as_json(),
        "served": served.as_json(),
    }
    with making(folder) as made:
        for name in (GRAPH, TOKENIZER):
            shutil.copyfile(base.folder / name, made / name)
        adapted.learned.save(made / MAP)
        (made / SETTINGS).write_text(json.dumps(own, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (made / RECORD).write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (made / CARD).write_text(_card(served, adapted.gate, record), encoding="utf-8")


def refusal(gate: Gate) -> str:
    """Why the adapted embedder is not kept, and what to do."""
    return (
        f"The adapted embedder is not kept: on {gate.questions} {gate.asked} questions of {gate.articles} held-out "
        f"articles search reaches a mean reciprocal rank of {gate.adapted_mrr:.3f} with it, with the untouched one "
        f"{gate.untouched_mrr:.3f} (p = {gate.p:.3f}). Go on with the untouched one, or give questions that people "
        "confirmed."
    )


def _card(gate: Gate, alone: Gate, record: Mapping[str, Any]) -> str:
    kinds = "、".join(f"{kind} {count}" for kind, count in record["learned_from"].items())
    lines = [
        "# Embedder adapted to a city",
        "",
        "A linear map on the vectors of another embedder, learned from one city's knowledge base. An index belongs to",
        "one embedder: after setting it with `HOTLINE_EMBEDDER`, run `hotline kb index`, which maps the vectors that",
        "are remembered and embeds nothing twice.",
        "",
        f"- embedder under the map: {record['embedder']}",
        f"- knowledge base: {record.get('library', '')}, {record.get('passages', '')} passages",
        f"- made on: {record.get('created', '')}",
        f"- learned from pairs of question and passage: {kinds}",
        "",
        f"## On {gate.questions} {gate.asked} questions of {gate.articles} articles that it never learned from",
        "",
        "| | MRR, search as served | Hit@1 | MRR, vectors alone | Hit@1 |",
        "|---|---|---|---|---|",
        (
            f"| untouched | {gate.untouched_mrr:.3f} | {gate.untouched_hit1:.3f} "
            f"| {alone.untouched_mrr:.3f} | {alone.untouched_hit1:.3f} |"
        ),
        (
            f"| adapted | {gate.adapted_mrr:.3f} | {gate.adapted_hit1:.3f} "
            f"| {alone.adapted_mrr:.3f} | {alone.adapted_hit1:.3f} |"
        ),
        "",
        *(
            []
            if gate.passed
            else ["**Search is not better with it: it was kept to be measured, not to be served.**", ""]
        ),
        f"Paired sign-flip test by article, one-sided: p = {gate.p:.4f} as served, {alone.p:.4f} for vectors alone.",
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
