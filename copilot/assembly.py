"""The only place that names concrete parts.

The service, the command line and the evaluation all get theirs from here, so what is evaluated is what is served.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from copilot.answering import AnsweringAdvisor
from copilot.categorising import CategoryAdvisor
from copilot.drafting import DraftingAdvisor
from copilot.misheard import MisheardNames, MiswrittenNames
from copilot.ports import Advisor, Copilot, SpeechEngine
from copilot.precedents import Precedents
from copilot.quoting import QuotesInForce
from copilot.router_keeper import RouterKeeper
from copilot.routers_in_use import RoutersInUse
from copilot.routing import Classifier, RoutingAdvisor
from copilot.settings import Settings
from copilot.signing import SigningAdvisor
from copilot.topics import DepartmentTopics
from copilot.urgency_detector import UrgencyDetector
from knowledge_base import sample
from knowledge_base.calibration import Calibration
from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.category_finder import CategoryFinder
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.library import Library, load_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.precedents import PastOrders
from knowledge_base.retriever import Retriever
from knowledge_base.search.cases import ArticleCases
from knowledge_base.search.elsewhere import own_places
from knowledge_base.search.everyday_terms import EverydayTerms, general_terms, load_terms
from knowledge_base.sounds_alike.corrector_in_force import CorrectorInForce
from knowledge_base.taxonomy import Taxonomy, load_taxonomy
from models.department_classifier import DepartmentClassifier, Embedder
from models.embedding_cache import CachedEmbedder
from models.errors import ModelProblem
from models.recent_embeddings import RecentEmbeddings
from models.routers.files import load_router
from models.routers.registry import RouterRegistry
from models.sentence_embedder import OnnxEmbedder, SentenceEmbedder, load_embedder
from models.weights.manifest import DEFAULT_RECOGNIZER


@dataclass(frozen=True, slots=True)
class City:
    """What is written: articles, catalogue, places, and what appeals can be about."""

    library: Library
    catalogue: ResponsibilityCatalogue
    gazetteer: Gazetteer
    taxonomy: Taxonomy = field(default_factory=lambda: Taxonomy(()))


@dataclass(frozen=True, slots=True)
class Assembly:
    """A copilot and the parts that screens and measurements look at by themselves."""

    settings: Settings
    city: City
    copilot: Copilot
    retriever: Retriever
    knowledge: LibraryInForce
    router_keeper: RouterKeeper
    catalogue_in_force: CatalogueInForce
    precedents: Precedents
    embedder: SentenceEmbedder

    @property
    def router(self) -> RoutersInUse:
        """The router in service and its challenger, as they are now."""
        return self.router_keeper.routers

    @property
    def catalogue(self) -> ResponsibilityCatalogue:
        """Departments and duties, as in force now."""
        return self.catalogue_in_force.current

    @property
    def gazetteer(self) -> Gazetteer:
        """Districts and streets."""
        return self.city.gazetteer

    @property
    def versions(self) -> dict[str, str]:
        """What a figure measured with this copilot depends on."""
        return {
            "speech": self.copilot.speech.version,
            "router": self.router.version,
            "catalogue": self.catalogue.version,
            "taxonomy": self.city.taxonomy.version,
            **self.retriever.versions,
        }


def assemble(settings: Settings) -> Assembly:
    """Everything a call needs. Raises ModelProblem or IndexMismatch, saying which command makes what is missing."""
    city = assemble_city(settings)
    embedder = RecentEmbeddings(assemble_embedder(settings))
    knowledge = assemble_knowledge(settings, city, embedder)
    retriever = _searching(settings, city, knowledge, embedder)
    catalogue = CatalogueInForce(city.catalogue)
    precedents = assemble_precedents(settings, embedder)
    keeper = assemble_routers(settings, city, catalogue, embedder, precedents, lambda: knowledge.current)
    categories = assemble_categories(settings, city, embedder, precedents)
    advisors = assemble_advisors(city, catalogue, retriever, keeper.routers, lambda: knowledge.current, categories)
    sounds = assemble_sounds(city, lambda: knowledge.current, catalogue)
    names = MisheardNames(sounds)
    copilot = Copilot(
        speech=assemble_speech(settings),
        advisors=advisors,
        while_speaking=advisors[:1],
        emergencies=UrgencyDetector(),
        topics=DepartmentTopics(keeper.routers),
        corrector=names,
        hotwords=names if settings.hotwords else None,
        sources=QuotesInForce(lambda: knowledge.current, ArticleCases(lambda: knowledge.current)),
        typed=MiswrittenNames(sounds, assemble_terms(settings)),
    )
    return Assembly(settings, city, copilot, retriever, knowledge, keeper, catalogue, precedents, embedder)


def assemble_advisors(
    city: City,
    catalogue: CatalogueInForce,
    retriever: Retriever,
    routers: RoutersInUse,
    library: Callable[[], Library] | None = None,
    categories: CategoryAdvisor | None = None,
) -> tuple[Advisor, ...]:
    """Everybody who proposes something, in the order in which they are asked; each signs with the versions in use."""
    cases = ArticleCases(library or (lambda: city.library))

    def in_use() -> dict[str, str]:
        return {"router": routers.version, "catalogue": catalogue.current.version, **retriever.versions}

    advisors: list[Advisor] = [AnsweringAdvisor(retriever, cases=cases), routers, DraftingAdvisor(city.gazetteer)]
    if categories is not None:
        advisors.append(categories)
    return tuple(SigningAdvisor(advisor, in_use) for advisor in advisors)


def assemble_categories(
    settings: Settings, city: City, embedder: SentenceEmbedder, precedents: Precedents | None = None
) -> CategoryAdvisor | None:
    """Who suggests the category; nobody where the city has no taxonomy. Vectors of its phrases are kept on disk."""
    if not city.taxonomy.categories:
        return None
    remembering = _kept_on_disk(embedder, settings.data_dir / "cache" / "taxonomy.db")
    finder = CategoryFinder(city.taxonomy, embedder, remembering)
    finder.warm()
    return CategoryAdvisor(finder, precedents)


def _kept_on_disk(embedder: SentenceEmbedder, path: Path) -> SentenceEmbedder:
    """As ``embedder``, with a memory; a disk that refuses costs time at the next start, no more."""
    with contextlib.suppress(ModelProblem):
        return CachedEmbedder(embedder, path)
    return embedder


def assemble_corrector(city: City) -> MisheardNames:
    """The names of the city as they are misheard."""
    return MisheardNames(assemble_sounds(city))


def assemble_typed_names(settings: Settings, city: City) -> MiswrittenNames:
    """The names of the city as they are mistyped, and what articles call what people call otherwise."""
    return MiswrittenNames(assemble_sounds(city), assemble_terms(settings))


def assemble_sounds(
    city: City, library: Callable[[], Library] | None = None, catalogue: CatalogueInForce | None = None
) -> CorrectorInForce:
    """The names of the city by their sound, following the library and the catalogue where they change."""
    catalogue = catalogue or CatalogueInForce(city.catalogue)
    in_force = library or (lambda: city.library)
    return CorrectorInForce(in_force, lambda: catalogue.current, city.gazetteer)


def assemble_registry(settings: Settings) -> RouterRegistry:
    """The routers on disk: the one in service, its challenger, the former ones."""
    return RouterRegistry(settings.router_dir, settings.challenger)


def assemble_routers(
    settings: Settings,
    city: City,
    catalogue: CatalogueInForce,
    embedder: SentenceEmbedder,
    precedents: Precedents | None = None,
    library: Callable[[], Library] | None = None,
) -> RouterKeeper:
    """The router in service, and its challenger where there is one that can be loaded. Raises ModelProblem."""

    def load(folder: Path) -> Classifier:
        classifier = load_router(folder.resolve(), embedder)
        check_router(classifier, catalogue.current, folder)
        # The router's own encoder, if it has one: the calls' words go through it again and again.
        return replace(classifier, embedder=_remembering(classifier.embedder))

    def speak(classifier: Classifier) -> RoutingAdvisor:
        explaining = _explaining(classifier, settings.reason_deletions)
        return RoutingAdvisor(explaining, catalogue, gazetteer=city.gazetteer, precedents=precedents, library=library)

    def be_silent(classifier: Classifier) -> RoutingAdvisor:
        """Nobody reads its reasons, so past orders are not searched for it."""
        return RoutingAdvisor(classifier, catalogue, gazetteer=city.gazetteer, library=library)

    registry = assemble_registry(settings)
    registry.settle()
    seen = registry.in_use()
    keeper = RouterKeeper(registry, load, RoutersInUse(speak, load(settings.router_dir), be_silent=be_silent), seen)
    keeper.look()
    return keeper


def _remembering(embedder: Embedder) -> Embedder:
    return RecentEmbeddings(embedder) if isinstance(embedder, OnnxEmbedder) else embedder


def _explaining(classifier: Classifier, deletions: int) -> Classifier:
    """The same router, its reasons tried on the probability that is shown: only where a person reads them."""
    return replace(classifier, deletions=deletions) if isinstance(classifier, DepartmentClassifier) else classifier


def check_router(classifier: DepartmentClassifier, catalogue: ResponsibilityCatalogue, folder: Path) -> None:
    """Raise ModelProblem for another city's router: it would be loaded and then never recommend anybody."""
    known = sum(catalogue.find(label) is not None for label in classifier.labels)
    if known < len(classifier.labels) / 2:
        raise ModelProblem(
            f"The router in {folder} is another city's: the catalogue has {known} of the "
            f"{len(classifier.labels)} departments that it knows. Train one with hotline train routing "
            "and name it in HOTLINE_ROUTER."
        )


def assemble_city(settings: Settings) -> City:
    """The articles, departments and places of the configured city. Raises BadLibrary or BadTable with every fault."""
    gazetteer = load_gazetteer(settings.gazetteer or sample.areas())
    catalogue = load_catalogue(settings.catalogue or sample.departments(), gazetteer)
    library = load_library(settings.library or sample.articles(), catalogue, gazetteer)
    return City(library, catalogue, gazetteer, load_taxonomy(settings.taxonomy or sample.taxonomy()))


def assemble_speech(settings: Settings) -> SpeechEngine:
    """Vosk where a Vosk model is configured, else Whisper, unless the settings insist on one."""
    if settings.speech_engine == "vosk" or (settings.speech_engine == "auto" and settings.vosk_model):
        from models.vosk_recognizer import VoskEngine  # noqa: PLC0415 - one of the two native libraries is enough

        return VoskEngine(settings.vosk_model or settings.models_dir / "vosk-model")
    from models.whisper_recognizer import WhisperEngine  # noqa: PLC0415 - as above

    return WhisperEngine(settings.whisper_model or settings.models_dir / DEFAULT_RECOGNIZER, settings.speech_threads)


def assemble_embedder(settings: Settings) -> SentenceEmbedder:
    """The configured embedder, else the prepared one."""
    return load_embedder(settings.embedder, settings.models_dir, settings.embedding_threads)


def assemble_precedents(settings: Settings, embedder: SentenceEmbedder) -> Precedents:
    """None yet: a service takes them in from its store. Vectors of masked orders are kept for the next start."""
    remembering = _kept_on_disk(embedder, settings.data_dir / "cache" / "precedents.db")
    return Precedents(PastOrders(embedder, settings.precedent_similarity, remembering), settings.precedents)


def assemble_knowledge(settings: Settings, city: City, embedder: SentenceEmbedder) -> LibraryInForce:
    """The configured library and its index. Raises IndexMismatch where the index is another library's."""
    return LibraryInForce(city.library, settings.index_dir, embedder)


def assemble_retriever(
    settings: Settings,
    city: City | None = None,
    embedder: SentenceEmbedder | None = None,
    calibrated: Calibration | None = None,
) -> Retriever:
    """Search over the index of the configured library; by default calibrated as was learned for it.

    Raises IndexMismatch where the index is another library's, or what was learned cannot be read.
    """
    city = city or assemble_city(settings)
    embedder = embedder or assemble_embedder(settings)
    return _searching(settings, city, assemble_knowledge(settings, city, embedder), embedder, calibrated)


def _searching(
    settings: Settings,
    city: City,
    knowledge: LibraryInForce,
    embedder: SentenceEmbedder,
    calibrated: Calibration | None = None,
) -> Retriever:
    return Retriever(
        knowledge,
        embedder,
        calibrated,
        precision=settings.card_precision,
        terms=assemble_terms(settings),
        places=own_places(city.gazetteer),
    )


def assemble_terms(settings: Settings) -> EverydayTerms:
    """What citizens call a thing and what articles call it, the city's own words before what is general.

    Raises BadTable where the city's table cannot be read.
    """
    general = general_terms() if settings.general_terms else EverydayTerms()
    return load_terms(settings.terms).beside(general) if settings.terms else general
