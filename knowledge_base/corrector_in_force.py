"""Names by their sound, and hotwords, of what is in force: made anew, beside the calls, when it changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from knowledge_base.catalogue import ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.hotwords import Hotwords
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.sound_correction import MisheardTerm, SoundCorrector
from knowledge_base.spoken_terms import spoken_terms

_log = logging.getLogger(__name__)


class _Library(Protocol):
    @property
    def version(self) -> str: ...

    def passages(self) -> Iterable[Passage]: ...


class CorrectorInForce:
    """Follows ``library`` and ``catalogue``, which give what is in force now. May be shared between threads.

    Names of restricted articles are left out: what is read as a name is shown to every agent. While a new corrector is
    made, the old one is asked; only before the first is ready does a question wait.
    """

    def __init__(
        self,
        library: Callable[[], _Library],
        catalogue: Callable[[], ResponsibilityCatalogue],
        gazetteer: Gazetteer,
    ) -> None:
        self._library, self._catalogue, self._gazetteer = library, catalogue, gazetteer
        self._made: tuple[SoundCorrector, Hotwords] | None = None
        self._of: tuple[str, str] | None = None
        self._starting = threading.Lock()
        self._making = self._begin()

    def misheard(self, text: str) -> tuple[MisheardTerm, ...]:
        """The stretches of ``text`` that were most likely one of the city's names; see :class:`SoundCorrector`."""
        made = self._current()
        return made[0].misheard(text) if made is not None else ()

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """What a recogniser should expect after the sentences ``said``; see :class:`Hotwords`."""
        made = self._current()
        return made[1].names(said) if made is not None else ()

    def _current(self) -> tuple[SoundCorrector, Hotwords] | None:
        if self._made is None:
            self._making.join()
        if self._of != self._now() and not self._making.is_alive():
            with self._starting:
                if not self._making.is_alive():
                    self._making = self._begin()
        return self._made

    def settle(self) -> None:
        """Wait until the corrector is that of what is in force."""
        self._current()
        self._making.join()

    def _now(self) -> tuple[str, str]:
        return self._library().version, self._catalogue().version

    def _begin(self) -> threading.Thread:
        thread = threading.Thread(target=self._make, name="names-by-sound", daemon=True)
        thread.start()
        return thread

    def _make(self) -> None:
        library, catalogue = self._library(), self._catalogue()
        try:
            shown = [passage for passage in library.passages() if passage.visible_to(Secrecy.INTERNAL)]
            corrector = SoundCorrector(spoken_terms(shown, catalogue, self._gazetteer))
            self._made = corrector, Hotwords(shown, self._gazetteer)
        except Exception as error:  # names are heard as before, and the next library or catalogue is tried
            _log.warning("The names by their sound were not made (%s); those that there are stay", type(error).__name__)
        self._of = library.version, catalogue.version
