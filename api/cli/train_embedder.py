"""``hotline train embedder``: an embedder adapted to the city's own articles and, if there are any, its questions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from api.cli.labels import Since, Until
from api.cli.output import console
from copilot.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from copilot.settings import Settings
    from evaluation.retrieval.confirmed_answers import ConfirmedAnswer
    from evaluation.retrieval.embedder_making import Asked
    from knowledge_base.policy import Passage
    from models.adapting.contrastive_gate import Gate
    from models.sentence_embedder import OnnxEmbedder, SentenceEmbedder

_NAME = "e5-small-adapted"
_REFUSED = 1
_ALL = 10_000_000
_STEPS = {
    "passages": "Reading the articles into vectors",
    "questions": "Reading questions made from them into vectors",
    "learning": "Learning which passage answers which question",
    "deciding": "Asking search with either embedder about held-out articles",
}


def embedder(
    *,
    out: Annotated[
        Path | None, typer.Option(help=f"Folder for the embedder; default {_NAME} in the models folder.")
    ] = None,
    library: Annotated[Path | None, typer.Option(help="Library folder; by default the one in use.")] = None,
    corpus: Annotated[
        Path | None, typer.Option(help="JSON lines instead of a library: doc_id, text and perhaps name.")
    ] = None,
    questions: Annotated[
        Path | None,
        typer.Option(help="JSON lines of questions with known answers: question, gold_doc_ids (articles or passages)."),
    ] = None,
    from_journal: Annotated[
        bool, typer.Option("--from-journal", help="Learn also from the cards that agents adopted in calls.")
    ] = False,
    since: Since = None,
    until: Until = None,
    regardless: Annotated[
        bool, typer.Option("--regardless", help="Keep it, to measure it, even if search is not better with it.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Another one parts the articles differently.")] = 0,
) -> None:
    """Make questions from the articles, learn which passage answers them, and keep what is better on held-out ones.

    Only a linear map on the vectors is learned, in a minute and without torch; nothing is embedded twice.
    """
    from api.cli.steps import steps
    from copilot.settings import load_settings
    from evaluation.retrieval.embedder_making import Making, make_embedder
    from models.adapting.map_fitting import FittingPlan

    if (since or until) and not from_journal:
        raise BadInput("--since and --until choose calls of the journal. Add --from-journal, or leave them out.")
    settings = load_settings()
    passages, name = _passages(settings, library, corpus)
    asked = _asked(settings, questions, (since, until) if from_journal else None, passages)
    folder = out or settings.models_dir / _NAME
    base, remembering = _untouched(settings)
    making = Making(passages, asked, name, datetime.now(UTC).date().isoformat(), FittingPlan(seed=seed), regardless)
    console.print(f"Learning from {len(passages)} passages and {len(asked)} questions with known answers.")
    with steps(_STEPS) as report:
        made = make_embedder(making, base, remembering, folder, report)
    console.print(_figures(made.served, "Search as served"))
    console.print(_figures(made.adapted.gate, "Vectors alone"))
    if not (made.served.passed or regardless):
        from models.adapting.adapted_folder import refusal

        console.print(refusal(made.served), style="yellow", markup=False)
        raise typer.Exit(_REFUSED)
    _conclude(folder, settings)


def _untouched(settings: Settings) -> tuple[OnnxEmbedder, SentenceEmbedder]:
    """The embedder in use or, where that is adapted, the one under it; and the same with its memory."""
    from api.cli.weights import fetched_embedder
    from models.embedding_cache import CachedEmbedder
    from models.sentence_embedder import MappedEmbedder, OnnxEmbedder

    used = fetched_embedder(settings)
    base = used.base if isinstance(used, MappedEmbedder) else used
    if not isinstance(base, OnnxEmbedder):
        raise BadInput(
            f"{base.fingerprint} cannot be adapted: it is not an exported embedder. Run `hotline models prepare` for "
            "your folder, and set HOTLINE_EMBEDDER to its result."
        )
    return base, CachedEmbedder(base, settings.data_dir / "cache" / "embeddings.db")


def _passages(settings: Settings, library: Path | None, corpus: Path | None) -> tuple[Sequence[Passage], str]:
    """What is learned from, and what it is called in the record."""
    if corpus is not None:
        from evaluation.retrieval.search import Fields, passages_of, read_corpus

        if library is not None:
            raise BadInput("--corpus stands in for a library. Give one of --library and --corpus.")
        return passages_of(read_corpus(corpus, Fields())), corpus.name
    from knowledge_base import sample
    from knowledge_base.library import load_library

    found = load_library(library or settings.library or sample.articles())
    return found.passages(), found.version


def _asked(
    settings: Settings,
    questions: Path | None,
    window: tuple[datetime | None, datetime | None] | None,
    passages: Sequence[Passage],
) -> list[Asked]:
    from evaluation.retrieval.embedder_making import Asked, of_journal

    found: list[Asked] = []
    if questions is not None:
        from evaluation.retrieval.search import Fields, read_questions

        found += [Asked(one.text, one.gold) for one in read_questions(questions, Fields()) if one.gold]
    if window is not None:
        adopted = of_journal(_adopted(settings, *window), passages)
        console.print(f"Agents adopted answers to {len(adopted)} questions.")
        found += adopted
    return found


def _adopted(settings: Settings, since: datetime | None, until: datetime | None) -> list[ConfirmedAnswer]:
    from api.cli.stores import opened_store
    from evaluation.retrieval.confirmed_answers import confirmed_answers

    with opened_store(settings) as store:
        calls = [
            call
            for call in store.queries.calls(limit=_ALL)
            if (since is None or call.day >= since.date()) and (until is None or call.day <= until.date())
        ]
        return [answer for call in calls for answer in confirmed_answers(store.journal.read(call.call_id))]


def _figures(gate: Gate, what: str) -> Table:
    table = Table(
        title=f"{what}, on {gate.questions} {gate.asked} questions of {gate.articles} articles held out",
        title_justify="left",
    )
    for column in ("", "MRR", "Hit@1"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("untouched", f"{gate.untouched_mrr:.3f}", f"{gate.untouched_hit1:.3f}")
    table.add_row("adapted", f"{gate.adapted_mrr:.3f}", f"{gate.adapted_hit1:.3f}")
    table.caption = f"paired sign-flip test by article: p = {gate.p:.4f}"
    return table


def _conclude(folder: Path, settings: Settings) -> None:
    named = folder.name if folder.parent.resolve() == settings.models_dir.resolve() else folder.resolve()
    console.print(f"The embedder is in {folder}; card.md says what it is.", markup=False)
    console.print("Next: measure it on questions that citizens asked, beside the one in use:")
    console.print(f"  hotline evaluate retrieval --corpus … --queries … --json FILE --embedder {folder}", markup=False)
    console.print(f"then serve it: set HOTLINE_EMBEDDER={named}, run hotline kb index, and start again.", markup=False)
