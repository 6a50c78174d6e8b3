"""What a recogniser made of recorded calls, and the time it took: heard once, replayed as often as advisors change.

Recognition is most of the cost of a replay and the same for two configurations of all that comes after it. Kept beside
the figures, it makes comparing advisors a matter of seconds, and paired: both hear the same words at the same time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from copilot.call import Hypothesis
from copilot.errors import BadInput
from copilot.ports import Copilot, Favouring, Recognizer, SpeechEngine

Stopwatch = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Piece:
    """What one piece of sound made known, and the ``seconds`` of work that it took."""

    seconds: float
    heard: tuple[Hypothesis, ...]


@dataclass(slots=True)
class Hearing:
    """One call as it was heard: for each recogniser, in the order in which they were made, what each piece brought."""

    version: str
    ears: list[list[Piece]] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), ensure_ascii=False), encoding="utf-8")


def load_hearing(path: Path) -> Hearing:
    """Read what :meth:`Hearing.save` wrote. Raises BadInput where it is something else."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        return Hearing(raw["version"], [[_piece(piece) for piece in ear] for ear in raw["ears"]])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path} holds no hearing of a call. Remove it, and it is made anew.") from error


def _piece(raw: dict[str, Any]) -> Piece:
    return Piece(float(raw["seconds"]), tuple(Hypothesis(**said) for said in raw["heard"]))


class Listening:
    """A speech engine that writes down what another one hears, into ``hearing``."""

    def __init__(self, engine: SpeechEngine, stopwatch: Stopwatch) -> None:
        self._engine = engine
        self._stopwatch = stopwatch
        self.version = engine.version
        self.hearing = Hearing(engine.version)

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Recognizer:
        """See :class:`copilot.ports.SpeechEngine`."""
        pieces: list[Piece] = []
        self.hearing.ears.append(pieces)
        return _Writing(self._engine.recognizer(sample_rate, offset), pieces, self._stopwatch)


@dataclass(slots=True)
class _Writing:
    recognizer: Recognizer
    pieces: list[Piece]
    stopwatch: Stopwatch

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        began = self.stopwatch()
        return self._kept(self.recognizer.accept(samples), began)

    def finish(self) -> list[Hypothesis]:
        began = self.stopwatch()
        return self._kept(self.recognizer.finish(), began)

    def favour(self, names: Sequence[str]) -> None:
        if isinstance(self.recognizer, Favouring):
            self.recognizer.favour(names)

    def _kept(self, heard: list[Hypothesis], began: float) -> list[Hypothesis]:
        self.pieces.append(Piece(self.stopwatch() - began, tuple(heard)))
        return heard


class Remembering:
    """A speech engine that hears again what was heard before; ``owed`` seconds of work it saved so far."""

    def __init__(self, hearing: Hearing) -> None:
        self.version = hearing.version
        self._ears = iter(hearing.ears)
        self.owed = 0.0

    def recognizer(self, sample_rate: int, offset: float = 0.0) -> Recognizer:
        """See :class:`copilot.ports.SpeechEngine`."""
        del sample_rate, offset
        return _Reading(self, iter(next(self._ears, [])))


@contextmanager
def heard_through(copilot: Copilot, path: Path | None, stopwatch: Stopwatch) -> Iterator[tuple[Copilot, Stopwatch]]:
    """``copilot`` and a stopwatch for one call: its words come from ``path`` where they are kept, else are kept there.

    What was heard with another recogniser is heard anew. Without a path nothing is kept.
    """
    if path is None:
        yield copilot, stopwatch
        return
    kept = load_hearing(path) if path.is_file() else None
    if kept is not None and kept.version == copilot.speech.version:
        remembering = Remembering(kept)
        yield replace(copilot, speech=remembering), lambda: stopwatch() + remembering.owed
        return
    listening = Listening(copilot.speech, stopwatch)
    yield replace(copilot, speech=listening), stopwatch
    listening.hearing.save(path)


@dataclass(slots=True)
class _Reading:
    engine: Remembering
    pieces: Any

    def accept(self, samples: NDArray[np.int16]) -> list[Hypothesis]:
        del samples
        return self.finish()

    def finish(self) -> list[Hypothesis]:
        piece: Piece | None = next(self.pieces, None)
        if piece is None:
            return []
        self.engine.owed += piece.seconds
        return list(piece.heard)
