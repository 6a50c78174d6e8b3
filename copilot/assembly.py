"""The only place that names concrete parts.

The service, the command line and the evaluation all get theirs from here, so what is evaluated is what is served.
"""

from __future__ import annotations

from dataclasses import dataclass

from copilot.answering import AnsweringAdvisor
from copilot.drafting import DraftingAdvisor
from copilot.ports import Copilot, SpeechEngine
from copilot.routing import RoutingAdvisor
from copilot.settings import Settings
from copilot.urgency_detector import UrgencyDetector
from knowledge_base import sample
from knowledge_base.catalogue import ResponsibilityCatalogue
from knowledge_base.catalogue_file import load_catalogue, load_gazetteer
from knowledge_base.catalogue_in_force import CatalogueInForce
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.index import Index
from knowledge_base.library import Library, load_library
from knowledge_base.retriever import Retriever
from models.department_classifier import DepartmentClassifier
from models.errors import ModelProblem
from models.manifest import DEFAULT_RECOGNIZER
from models.sentence_embedder import SentenceEmbedder, load_embedder


@dataclass(frozen=True, slots=True)
class City:
    """What is written: articles, catalogue, places."""

    library: Library
    catalogue: ResponsibilityCatalogue
    gazetteer: Gazetteer


@dataclass(frozen=True, slots=True)
class Assembly:
    """A copilot and the parts that screens and measurements look at by themselves."""

    settings: Settings
    city: City
    copilot: Copilot
    retriever: Retriever
    classifier: DepartmentClassifier
    catalogue_in_force: CatalogueInForce

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
            "router": self.classifier.version,
            "catalogue": self.catalogue.version,
            **self.retriever.versions,
        }


def assemble(settings: Settings) -> Assembly:
    """Everything a call needs. Raises ModelProblem or IndexMismatch, saying which command makes what is missing."""
    city = assemble_city(settings)
    embedder = assemble_embedder(settings)
    retriever = assemble_retriever(settings, city, embedder)
    classifier = DepartmentClassifier.load(settings.router_dir, embedder)
    _check_router(classifier, city.catalogue, settings)
    catalogue = CatalogueInForce(city.catalogue)
    copilot = Copilot(
        speech=assemble_speech(settings),
        advisors=(
            AnsweringAdvisor(retriever),
            RoutingAdvisor(classifier, catalogue),
            DraftingAdvisor(city.gazetteer),
        ),
        emergencies=UrgencyDetector(),
    )
    return Assembly(settings, city, copilot, retriever, classifier, catalogue)


def _check_router(classifier: DepartmentClassifier, catalogue: ResponsibilityCatalogue, settings: Settings) -> None:
    """A router of another city would be loaded without a word and then never recommend anybody."""
    known = sum(catalogue.find(label) is not None for label in classifier.labels)
    if known < len(classifier.labels) / 2:
        raise ModelProblem(
            f"The router in {settings.router_dir} is another city's: the catalogue has {known} of the "
            f"{len(classifier.labels)} departments that it knows. Train one with hotline train routing "
            "and name it in HOTLINE_ROUTER."
        )


def assemble_city(settings: Settings) -> City:
    """The articles, departments and places of the configured city. Raises BadLibrary or BadTable with every fault."""
    gazetteer = load_gazetteer(settings.gazetteer or sample.areas())
    catalogue = load_catalogue(settings.catalogue or sample.departments(), gazetteer)
    return City(load_library(settings.library or sample.articles(), catalogue, gazetteer), catalogue, gazetteer)


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


def assemble_retriever(
    settings: Settings, city: City | None = None, embedder: SentenceEmbedder | None = None
) -> Retriever:
    """Search over the index of the configured library. Raises IndexMismatch where it is another library's."""
    city = city or assemble_city(settings)
    embedder = embedder or assemble_embedder(settings)
    return Retriever(Index.open(settings.index_dir, embedder, city.library.version), embedder)
