"""Make what a service needs, once: weights, the search index, the router. What is ready is left alone."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.progress import Progress

from api.cli.output import console
from api.cli.weights import prepare_weights, uses_vosk

if TYPE_CHECKING:
    from pathlib import Path

    from copilot.assembly import City
    from copilot.settings import Settings
    from knowledge_base.index.index import Index
    from knowledge_base.library import Library
    from knowledge_base.retriever import Retriever
    from models.sentence_embedder import SentenceEmbedder
    from models.training.examples import Examples
    from models.weights.prepared_folder import Mark

# About what the default recogniser mishears on the telephone.
_MISHEARD = 0.2
# The part of the articles that an index must have already, for the rest to be added to it.
_LIKE_ENOUGH = 0.5
_STAMP = "built.json"


def build() -> None:
    """Prepare the models, index the library and train the sample city's router, as far as that is not done yet."""
    from copilot.settings import load_settings

    settings = load_settings()
    build_city(settings)
    console.print(f"Models, index and router are ready in {settings.data_dir}.")


def build_apart(settings: Settings) -> None:
    """Build, where anything is missing, in a process of its own: the service never holds what only building needs.

    Raises ModelProblem where it failed; the child has said why.
    """
    import subprocess
    import sys

    from models.errors import ModelProblem

    if is_built(settings):
        return
    done = subprocess.run([sys.executable, "-m", "api.cli", "build"], check=False)
    if done.returncode:
        raise ModelProblem("The sample city could not be built; the reason is above. Correct it and start again.")


def is_built(settings: Settings) -> bool:
    """Whether index and router were made from the library, catalogue, appeals and weights that these settings name."""
    from copilot.assembly import assemble_city

    made_from = _recipe(settings, assemble_city(settings))
    there = (settings.index_dir / "manifest.json").is_file() and settings.router_dir.is_dir()
    return there and _read_recipe(settings) == made_from and (settings.library is not None or _is_calibrated(settings))


def build_city(settings: Settings) -> None:
    """Prepare the weights that serving needs, index the library, train the router on the sample city's appeals."""
    from copilot.assembly import assemble_city, assemble_embedder

    prepare_weights(settings)
    city = assemble_city(settings)
    embedder = assemble_embedder(settings)
    build_index(settings, city, embedder)
    build_router(settings, city, embedder)
    _write_recipe(settings, _recipe(settings, city))


def _recipe(settings: Settings, city: City) -> dict[str, str]:
    """Digests of everything that index and router are made from. Rules and offices without duties are not learned."""
    from evaluation import sample
    from knowledge_base.catalogue.file import digest
    from knowledge_base.index.manifest import FORMAT
    from models.routing.usual_matters import USUAL_MATTERS
    from models.weights.manifest import DEFAULT_EMBEDDER, DEFAULT_RECOGNIZER
    from models.weights.prepared_folder import read_mark, sha256_of

    marks = {name: read_mark(settings.models_dir / name) for name in (DEFAULT_EMBEDDER, DEFAULT_RECOGNIZER)}
    return {
        "library": city.library.version,
        "index": f"format {FORMAT}",
        "catalogue": digest(d for d in city.catalogue.departments if d.duties),
        **_digests(sample.appeals()),
        **_learned_from(settings),
        "usual matters": sha256_of(USUAL_MATTERS),
        "embedder": settings.embedder or _digest(marks[DEFAULT_EMBEDDER]),
        "speech": _vosk_folder(settings) or str(settings.whisper_model or _digest(marks[DEFAULT_RECOGNIZER])),
    }


def _learned_from(settings: Settings) -> dict[str, str]:
    """What the calibration of the sample city hangs on: how passages are ranked, everyday words, and its questions."""
    from copilot.assembly import assemble_terms
    from knowledge_base.calibration import RANKING

    terms = json.dumps(sorted(assemble_terms(settings).table.items()), ensure_ascii=False)
    return {
        "ranking": RANKING,
        "everyday words": hashlib.sha256(terms.encode()).hexdigest(),
        **_digests(*_asked()),
    }


def _asked() -> tuple[Path, Path]:
    """What cards of the sample city are calibrated on."""
    from evaluation import sample

    return sample.path("questions.jsonl"), sample.no_answer()


def _digests(*paths: Path) -> dict[str, str]:
    from models.weights.prepared_folder import sha256_of

    return {path.name: sha256_of(path) for path in paths}


def _vosk_folder(settings: Settings) -> str:
    return str(settings.vosk_model or "the prepared Vosk model") if uses_vosk(settings) else ""


def _digest(mark: Mark | None) -> str:
    return mark.digest if mark else "not prepared"


def _read_recipe(settings: Settings) -> dict[str, str]:
    try:
        recipe = json.loads((settings.data_dir / _STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return recipe if isinstance(recipe, dict) else {}


def _write_recipe(settings: Settings, recipe: dict[str, str]) -> None:
    """Write it beside its place and then put it there. Raises StorageProblem where the disk refuses."""
    from copilot.errors import StorageProblem

    stamp = settings.data_dir / _STAMP
    partial = stamp.with_name(f".{_STAMP}")
    try:
        partial.write_text(json.dumps(recipe, indent=1) + "\n")
        partial.replace(stamp)
    except OSError as error:
        raise StorageProblem(
            f"{stamp} cannot be written ({error.strerror}). Free some space or make the folder writable, then run "
            "hotline build again; what was built is kept."
        ) from error


def build_index(settings: Settings, city: City, embedder: SentenceEmbedder, *, anew: bool = False) -> None:
    """Index the library unless the index there is of the same library and embedder; calibrate it when to be silent.

    Where most of the library is as it was, only what differs is indexed; an index of an earlier release is measured by
    what no library answers. The sample library's index is calibrated, kept or not, where that was not done yet or its
    questions are others now.
    """
    from copilot.assembly import assemble_terms
    from knowledge_base.calibration import DEFAULT
    from knowledge_base.errors import IndexMismatch
    from knowledge_base.index.state import open_index
    from knowledge_base.retriever import Retriever
    from knowledge_base.search.elsewhere import own_places

    try:
        index = None if anew else open_index(settings.index_dir, embedder, city.library.version)
    except IndexMismatch:
        index = None
    kept = index is not None
    if index is not None and index.background is None and index.living.any():
        index = _measured(settings, embedder)
    learned = _has_learned(settings)
    index = index or (None if anew else _levelled(settings, city, embedder)) or _indexed(settings, city, embedder)
    if settings.library is None and not (kept and _is_calibrated(settings)):
        terms, places = assemble_terms(settings), own_places(city.gazetteer)
        _calibrate(Retriever(index, embedder, DEFAULT, terms=terms, places=places), city.library)
    elif learned and not _has_learned(settings):
        console.print(
            "What the city's own questions had taught about cards belonged to the index that is gone: until "
            "hotline kb calibrate is run again, the default says which cards are shown."
        )


def _has_learned(settings: Settings) -> bool:
    from knowledge_base.calibration import FILE

    return (settings.index_dir / FILE).exists()


def _levelled(settings: Settings, city: City, embedder: SentenceEmbedder) -> Index | None:
    """The index that is there, made one of the library now; nothing where it is hardly of the same library."""
    from knowledge_base.errors import IndexMismatch
    from knowledge_base.index.keeper import IndexKeeper

    try:
        keeper = IndexKeeper(settings.index_dir, embedder)
    except IndexMismatch:
        return None
    if keeper.likeness(city.library) < _LIKE_ENOUGH:
        return None
    console.print("Indexing what changed in the library …")
    keeper.level(city.library)
    keeper.settle()
    return keeper.snapshot


def _measured(settings: Settings, embedder: SentenceEmbedder) -> Index:
    """The index that is there, with what it comes to for what no library answers."""
    from knowledge_base.index.keeper import IndexKeeper

    console.print("Measuring how near the library lies to what it does not answer …")
    keeper = IndexKeeper(settings.index_dir, embedder)
    keeper.make_next()
    return keeper.snapshot


def _indexed(settings: Settings, city: City, embedder: SentenceEmbedder) -> Index:
    from knowledge_base.index.making import make_index

    passages = city.library.passages()
    console.print(f"Indexing {len(passages)} passages of {len(city.library.articles)} articles …")
    with Progress(console=console) as bars:
        bar = bars.add_task("Reading the passages into vectors", total=len(passages))
        return make_index(
            settings.index_dir,
            passages,
            embedder,
            city.library.version,
            lambda done, total: bars.update(bar, completed=done, total=total),
            source=city.library.base,
            editions=city.library.editions,
        )


def _is_calibrated(settings: Settings) -> bool:
    """Whether the index has a calibration of today's kind, made with the ranking, words and questions of now."""
    from knowledge_base.calibration import DEFAULT, load
    from knowledge_base.errors import IndexMismatch

    before, now = _read_recipe(settings), _learned_from(settings)
    try:
        return load(settings.index_dir) is not DEFAULT and all(before.get(part) == now[part] for part in now)
    except IndexMismatch:
        return False


def _calibrate(retriever: Retriever, library: Library) -> None:
    """Learn from the sample city's questions, and from what has no answer, when a card is worth showing.

    Each question is also asked as a recogniser may mishear it, since that is how questions arrive in a call: with
    homophones alone, and with all the faults that a real one makes.
    """
    from dataclasses import replace

    from evaluation.homophones import Homophones
    from evaluation.mishearing import RecogniserFaults
    from evaluation.retrieval.sample_questions import examples

    console.print("Calibrating when to show a card and when to be silent …")
    asked = [example for path in _asked() for example in examples(path)]
    texts = [article.text for article in library.articles]
    channels = (Homophones(texts), RecogniserFaults(texts))
    misheard = [replace(e, question=c.misheard(e.question, _MISHEARD, seed=1)) for c in channels for e in asked]
    fitted = retriever.calibrate([*asked, *misheard])
    console.print(f"  a card is shown from a probability of {fitted.threshold:.2f} on")


def build_router(settings: Settings, city: City, embedder: SentenceEmbedder) -> None:
    """Train the router on the sample city's labelled appeals, unless the one there came from the same."""
    from api.cli.steps import steps
    from api.cli.train_routing import read_examples
    from copilot.errors import BadInput
    from evaluation import sample
    from evaluation.routing.router_making import duties_of, make_router

    if settings.router is not None or settings.catalogue is not None:
        if settings.router_dir.is_dir():
            return
        raise BadInput(f"{settings.router_dir} holds no router for your city. Train one: hotline train routing --help")
    examples = _also_misheard(read_examples(sample.appeals(), "text", "dept_label", "dup_group"), city.library)
    before, now = _read_recipe(settings), _recipe(settings, city)
    parts = ("appeals.csv", "catalogue", "usual matters", "embedder")
    if settings.router_dir.is_dir() and all(before.get(part) == now[part] for part in parts):
        return
    console.print(f"Training the router on {len(examples.texts) // 2} labelled appeals, as written and as misheard …")
    with steps() as report:
        created = datetime.now(UTC).date().isoformat()
        made = make_router(settings.router_dir, examples, duties_of(city.catalogue), embedder, report, created=created)
    if made.figures is not None:
        console.print(f"  first department right on held-back appeals: {made.figures.as_json()['accuracy']:.1%}")


def _also_misheard(examples: Examples, library: Library) -> Examples:
    """Each appeal a second time as a recogniser may mishear it, in the same group, since appeals arrive by voice."""
    from evaluation.homophones import Homophones
    from models.training.examples import Examples

    homophones = Homophones([*examples.texts, *(article.text for article in library.articles)])
    misheard = [homophones.misheard(text, _MISHEARD, seed=1) for text in examples.texts]
    note = f"It learned from a copy of each order too, with {_MISHEARD:.0%} of its characters misheard."
    orders = len(examples.texts)
    return Examples(
        [*examples.texts, *misheard],
        [*examples.labels] * 2,
        [*examples.groups] * 2,
        [*examples.notes, note],
        misheard=[0.0] * orders + [_MISHEARD] * orders,
    )
