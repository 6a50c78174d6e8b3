"""The weights that a command needs, fetched and converted first where they are missing. Serving never does this."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cli.output import console
from copilot.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path

    from copilot.ports import SpeechEngine
    from copilot.settings import Settings
    from models.sentence_embedder import SentenceEmbedder
    from models.training.examples import Examples

_FEWEST_TO_TUNE = 1000


def prepare_weights(settings: Settings) -> None:
    """Fetch and convert the weights by name that these settings make necessary."""
    _prepare(settings, [*_embedder_weights(settings.embedder), *_speech_weights(settings)])


def uses_vosk(settings: Settings) -> bool:
    """Whether speech is Vosk's: the condition of copilot.assembly.assemble_speech, which must be changed with it."""
    return settings.speech_engine == "vosk" or (settings.speech_engine == "auto" and settings.vosk_model is not None)


def prepared_speech(settings: Settings) -> SpeechEngine:
    """The configured recogniser, its weights fetched first where they are missing."""
    from copilot.assembly import assemble_speech

    _prepare(settings, _speech_weights(settings))
    return assemble_speech(settings)


def prepared_embedder(settings: Settings) -> SentenceEmbedder:
    """The configured embedder, its weights fetched first where they are missing, remembering what it embedded."""
    from models.embedding_cache import CachedEmbedder

    return CachedEmbedder(fetched_embedder(settings), settings.data_dir / "cache" / "embeddings.db")


def fetched_embedder(settings: Settings, spec: str = "") -> SentenceEmbedder:
    """The embedder ``spec``, else the configured one, its weights fetched first where they are missing."""
    from models.sentence_embedder import load_embedder

    chosen = spec or settings.embedder
    _prepare(settings, _embedder_weights(chosen))
    return load_embedder(chosen, settings.models_dir, settings.embedding_threads)


def encoder_to_tune(settings: Settings, examples: Examples | None, given: Path | None, light: bool) -> Path | None:
    """The folder whose encoder a router is to be tuned from, fetched first where it is missing; ``None`` for none.

    Raises BadInput where ``given`` contradicts the rest. Few orders teach an encoder nothing that linear heads miss.
    """
    if given is not None and (light or examples is None):
        raise BadInput("--encoder names what to tune on labelled orders. Leave it out, or give --data without --light.")
    if given is not None:
        return given
    if light or settings.embedder == "hashing" or examples is None or len(examples.texts) < _FEWEST_TO_TUNE:
        return None
    return prepared_encoder(settings)


def prepared_encoder(settings: Settings) -> Path:
    """The sentence-transformers folder that training starts from, fetched first where it is missing."""
    from models.weights.manifest import TUNED_ENCODER

    _prepare(settings, [TUNED_ENCODER])
    return settings.models_dir / TUNED_ENCODER


def _embedder_weights(spec: str) -> list[str]:
    from models.weights.manifest import DEFAULT_EMBEDDER, WEIGHTS

    name = spec or DEFAULT_EMBEDDER
    return [name] if name in {weight.name for weight in WEIGHTS} else []


def _speech_weights(settings: Settings) -> list[str]:
    from models.weights.manifest import DEFAULT_RECOGNIZER

    return [] if uses_vosk(settings) or settings.whisper_model else [DEFAULT_RECOGNIZER]


def _prepare(settings: Settings, wanted: list[str]) -> None:
    from api.cli.bars import Bars
    from models.weights.preparation import State, prepare, state_of

    missing = [name for name in wanted if state_of(settings.models_dir / name) not in (State.READY, State.GIVEN)]
    if not missing:
        return
    console.print(f"Preparing the models {', '.join(missing)}, once (hundreds of MB to fetch, a minute or two) …")
    with Bars(console) as bars:
        prepare(missing, settings.models_dir, bars)
