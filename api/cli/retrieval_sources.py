"""What ``hotline evaluate retrieval`` searches: a corpus that is indexed for it, or the library in force."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from api.cli.bars import Bars
    from copilot.settings import Settings
    from evaluation.retrieval.search import Fields, Question, Row
    from knowledge_base.index.index import Index
    from knowledge_base.retriever import Retriever

# What hotline train embedder leaves beside what it made (models.adapting.adapted_folder, whose import brings training
# along).
_ADAPTED = "adaptation.json"

SAMPLE_NOTE = (
    "卡片的概率和门限正是用这些问题（及其误听）拟合的：卡片的数值略偏乐观，排序的数值不受影响。 "
    "The probabilities and the threshold were fitted on these very questions (and on the same misheard): "
    "figures of cards are a little flattered here, figures of ranking are not."
)


@dataclass(frozen=True)
class Searched:
    """``index`` is what is searched: by ``asking``, which shows every card and remembers embeddings, and ``serving``.

    ``threshold`` is the served one.

    ``texts`` are what is searched, ``about`` what figures depend on, ``notes`` cautions.
    """

    index: Index
    asking: Retriever
    serving: Retriever
    threshold: float
    questions: Sequence[Question]
    texts: Sequence[str]
    about: Mapping[str, Any]
    notes: tuple[str, ...] = ()


@contextmanager
def corpus_searched(
    path: Path, queries: Path, names: Fields, slices: Sequence[str], spec: str, bars: Bars
) -> Iterator[Searched]:
    """The corpus of a file, indexed in a scratch folder. Raises BadTable or ModelProblem."""
    from api.cli.weights import fetched_embedder
    from copilot.assembly import assemble_terms
    from copilot.settings import load_settings
    from evaluation.retrieval.asking import without_threshold
    from evaluation.retrieval.search import passages_of, read_corpus, read_questions
    from knowledge_base.index.making import make_index
    from knowledge_base.retriever import Retriever
    from models.embedding_cache import CachedEmbedder

    rows, questions = read_corpus(path, names), read_questions(queries, names, slices)
    settings = load_settings()
    used = fetched_embedder(settings, spec)
    cached = CachedEmbedder(used, settings.data_dir / "cache" / "embeddings.db")
    with TemporaryDirectory(prefix="hotline-retrieval-") as scratch:
        bars.step(f"Reading and embedding {len(rows)} rows")
        passages = passages_of(rows)
        index = make_index(Path(scratch) / "index", passages, cached, "evaluation", bars.advance)
        terms = assemble_terms(settings)
        asking, serving = (
            Retriever(index, one, precision=settings.card_precision, terms=terms) for one in (cached, used)
        )
        about = {**_about(rows, questions), "passages": len(passages), "embedder": used.fingerprint, "data": path.name}
        about["everyday_terms"] = len(terms.table)
        threshold, texts = without_threshold(asking), [f"{row.title}{row.text}" for row in rows]
        about |= training_of(settings, spec)
        yield Searched(index, asking, serving, threshold, questions, texts, about, _left_out(queries, questions))


def library_searched(queries: Path, names: Fields, slices: Sequence[str], *, sample: bool) -> Searched:
    """The library in force, its index brought up to date first. Raises BadTable, BadInput or ModelProblem."""
    from api.cli.building import build_index
    from api.cli.weights import fetched_embedder
    from copilot.assembly import assemble_city, assemble_knowledge, assemble_terms
    from copilot.settings import load_settings
    from evaluation.retrieval.asking import without_threshold
    from evaluation.retrieval.search import read_questions
    from knowledge_base.retriever import Retriever
    from knowledge_base.search.elsewhere import own_places
    from models.embedding_cache import CachedEmbedder

    settings = load_settings()
    _only_of_the_sample(settings, sample)
    city = assemble_city(settings)
    used = fetched_embedder(settings)
    cached = CachedEmbedder(used, settings.data_dir / "cache" / "embeddings.db")
    build_index(settings, city, cached)
    knowledge = assemble_knowledge(settings, city, cached)
    questions = read_questions(queries, replace(names, day="day", area="area"), slices)
    asked = placed_all(questions)
    terms, places = assemble_terms(settings), own_places(city.gazetteer)
    asking, serving = (
        Retriever(knowledge, one, precision=settings.card_precision, terms=terms, places=places)
        for one in (cached, used)
    )
    index = knowledge.snapshot
    passages = [passage for passage, alive in zip(index.passages, index.living, strict=True) if alive]
    known = {passage.article_id for passage in passages}
    about = {
        "documents": len(known),
        "passages": len(passages),
        "gold_not_in_corpus": sum(not question.gold & known for question in asked),
        "embedder": used.fingerprint,
        "everyday_terms": len(terms.table),
        "library": knowledge.current.version,
        "data": "sample" if sample else queries.name,
        "measured_on": datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat(),
    }
    threshold, texts = without_threshold(asking), [passage.text for passage in passages]
    notes = (*((SAMPLE_NOTE,) if sample else ()), *_left_out(queries, questions))
    return Searched(index, asking, serving, threshold, asked, texts, about | training_of(settings, ""), notes)


def training_of(settings: Settings, spec: str) -> dict[str, Any]:
    """What the embedder ``spec`` was adapted to, lest its figures be taken for zero-shot; nothing for another."""
    named = spec or settings.embedder
    if not named:
        return {}
    for folder in (settings.models_dir / named, Path(named)):
        try:
            record = json.loads((folder / _ADAPTED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return {"adapted": {name: record.get(name) for name in ("library", "passages", "created", "learned_from")}}
    return {}


def placed_all(questions: Sequence[Question]) -> list[Question]:
    """The questions with today and the configured city where they name no day and no area."""
    from copilot.settings import load_settings
    from knowledge_base import sample
    from knowledge_base.catalogue.file import load_gazetteer

    city = load_gazetteer(load_settings().gazetteer or sample.areas()).city
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return [replace(each, day=each.day or today, area=each.area or city) for each in questions]


def _about(rows: Sequence[Row], questions: Sequence[Question]) -> dict[str, Any]:
    known = {row.doc_id for row in rows}
    missing = sum(not question.gold & known for question in questions)
    return {"documents": len(known), "gold_not_in_corpus": missing}


def _left_out(queries: Path, questions: Sequence[Question]) -> tuple[str, ...]:
    """That rows of ``queries`` were left out, where some were: nothing is lost in silence."""
    from knowledge_base.tables import read_jsonl

    left = sum(1 for _ in read_jsonl(queries)) - len(questions)
    words = f"{left} 行没有问题或没有答案，未计入。 Left out for lack of a question or an answer: {left} of the rows."
    return (words,) if left else ()


def _only_of_the_sample(settings: Settings, sample: bool) -> None:
    from copilot.errors import BadInput

    if sample and settings.library is not None:
        raise BadInput(
            "--sample asks the sample city's questions, and HOTLINE_LIBRARY names another library. Unset it, or ask "
            "your own questions of your library: hotline evaluate retrieval --queries FILE"
        )
