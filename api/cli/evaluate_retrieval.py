"""``hotline evaluate retrieval``: the right document found, through the retriever that is served."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from api.cli.output import console, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from api.cli.bars import Bars


def retrieval(
    *,
    corpus: Annotated[Path, typer.Option(help="JSON lines, one document or part of one a line")],
    queries: Annotated[Path, typer.Option(help="JSON lines, one question a line")],
    output: Annotated[Path, typer.Option("--json", help="where the figures are written")],
    doc_id: Annotated[str, typer.Option(help="field of the corpus: id; rows of one id are parts of it")] = "doc_id",
    doc_text: Annotated[str, typer.Option(help="field of the corpus: text")] = "text",
    doc_title: Annotated[str, typer.Option(help="field of the corpus: title, may be absent")] = "name",
    query_id: Annotated[str, typer.Option(help="field of the questions: id, may be absent")] = "qid",
    query_text: Annotated[str, typer.Option(help="field of the questions: text")] = "question",
    gold: Annotated[
        str, typer.Option(help="field of the questions: id or ids of the right documents")
    ] = "gold_doc_ids",
    embedder: Annotated[str, typer.Option(help="embedder to use; default: the configured one")] = "",
) -> None:
    """Ask every question and measure hit@1/5/10, MRR@10, nDCG@10 and latency. Embeddings are remembered on disk."""
    from api.cli.bars import Bars
    from api.cli.weights import fetched_embedder
    from copilot.settings import load_settings
    from evaluation.retrieval import Fields, evaluate, read_corpus, read_questions
    from models.embedding_cache import CachedEmbedder

    names = Fields(doc_id, doc_text, doc_title, query_id, query_text, gold)
    rows, questions = read_corpus(corpus, names), read_questions(queries, names)
    settings = load_settings()
    used = fetched_embedder(settings, embedder)
    with Bars() as bars, tempfile.TemporaryDirectory() as scratch:
        cached = CachedEmbedder(used, settings.data_dir / "cache" / "embeddings.db")
        bars.step(f"Reading and embedding {len(rows)} rows")
        figures = evaluate(rows, questions, used, cached, Path(scratch), bars.advance, _asking(bars))
    write_json(output, figures)
    console.print(_table(figures))
    if figures["gold_not_in_corpus"]:
        console.print(f"{figures['gold_not_in_corpus']} questions name documents that the corpus does not have.")


def _asking(bars: Bars) -> Callable[[int, int], None]:
    """A report that begins its own step at the first question."""

    def report(done: int, total: int) -> None:
        if done == 1:
            bars.step(f"Asking {total} questions")
        bars.advance(done, total)

    return report


def _table(figures: Mapping[str, Any]) -> Table:
    table = Table(title=f"{figures['n']} questions, {figures['documents']} documents, {figures['embedder']}")
    measures = [name for name in figures if "@" in name]
    for name in (*measures, "p50 ms", "p95 ms"):
        table.add_column(name, justify="right")
    times = figures["latency_ms"]
    table.add_row(*(f"{figures[name]:.3f}" for name in measures), f"{times['p50']:.0f}", f"{times['p95']:.0f}")
    return table
