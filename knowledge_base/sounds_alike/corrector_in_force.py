"""Names by their sound, and hotwords, of what is in force: followed beside the calls, article by article."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.policy import Passage, Secrecy
from knowledge_base.sounds_alike.hotwords import Hotwords, told_by
from knowledge_base.sounds_alike.sound_correction import MisheardTerm, SoundCorrector
from knowledge_base.sounds_alike.spoken_terms import WrittenTerms, table_terms, written

_log = logging.getLogger(__name__)
_Texts = frozenset[str]


class _Library(Protocol):
    @property
    def version(self) -> str: ...

    @property
    def editions(self) -> Mapping[str, str]:
        """Of each published article what its passages depend on."""
        ...

    def passages_of(self, article_id: str) -> Sequence[Passage]: ...


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
        self._library, self._catalogue = library, catalogue
        self._names = _Names(gazetteer)
        self._made: tuple[SoundCorrector, Hotwords] | None = None
        self._of: tuple[str, str] | None = None
        self._starting = threading.Lock()
        self._making = self._begin()

    def misheard(self, text: str) -> tuple[MisheardTerm, ...]:
        """The stretches of ``text`` that were most likely one of the city's names; see :class:`SoundCorrector`."""
        made = self._current()
        return made[0].misheard(text) if made is not None else ()

    def miswritten(self, text: str) -> tuple[MisheardTerm, ...]:
        """The same of what somebody typed."""
        made = self._current()
        return made[0].miswritten(text) if made is not None else ()

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
        while self._of != self._now():
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
            self._made = self._names.follow(library, catalogue)
        except Exception as error:  # names are heard as before, and the next library or catalogue is tried
            _log.warning("The names by their sound were not made (%s); those that there are stay", type(error).__name__)
        self._of = library.version, catalogue.version


class _Names:
    """What is known of the names, so that the next corrector costs what changed. For one thread at a time."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._forget()

    def _forget(self) -> None:
        self._editions: dict[str, str] = {}
        self._written = WrittenTerms()
        self._tables: dict[str, float] = {}
        self._catalogue = ""
        self._weights: dict[str, float] = {}
        self._corrector = SoundCorrector({})
        self._hotwords = Hotwords((), self._gazetteer)

    def follow(self, library: _Library, catalogue: ResponsibilityCatalogue) -> tuple[SoundCorrector, Hotwords]:
        """The names of ``library`` and ``catalogue``. What is read is read before anything changes."""
        editions = dict(library.editions)
        changed = [article for article, edition in editions.items() if self._editions.get(article) != edition]
        texts = {article: _texts(library.passages_of(article)) for article in changed}
        texts |= {article: (frozenset(), frozenset()) for article in self._editions.keys() - editions.keys()}
        try:
            self._take(texts, catalogue)
        except BaseException:
            self._forget()  # part of it has changed, and would not be seen to change again: the next makes all
            raise
        self._editions = editions
        return self._corrector, self._hotwords

    def _take(self, texts: Mapping[str, tuple[_Texts, _Texts]], catalogue: ResponsibilityCatalogue) -> None:
        other: set[str] = self._tabulate(catalogue)
        for article, (named, _) in texts.items():
            other |= self._written.put(article, named)
        self._hotwords = self._hotwords.changed({article: told for article, (_, told) in texts.items()})
        self._weigh(other)

    def _tabulate(self, catalogue: ResponsibilityCatalogue) -> set[str]:
        """Take over what the catalogue names; the terms that may weigh otherwise now."""
        if catalogue.version == self._catalogue:
            return set()
        before, self._tables = self._tables, table_terms(catalogue, self._gazetteer)
        self._catalogue = catalogue.version
        return before.keys() | self._tables.keys()

    def _weigh(self, terms: set[str]) -> None:
        if not terms:
            return
        weights = self._weights.copy()  # the one that there is belongs to those who read
        for term in terms:
            weight = self._written[term] + self._tables.get(term, 0.0)
            if weight:
                weights[term] = weight
            else:
                weights.pop(term, None)
        self._corrector = self._corrector.changed(weights, terms)
        self._weights = weights


def _texts(passages: Sequence[Passage]) -> tuple[_Texts, _Texts]:
    """What may be spoken of and what is told of one article; nothing of what is not shown to every agent."""
    shown = [passage for passage in passages if passage.visible_to(Secrecy.INTERNAL)]
    return written(shown), frozenset(text for passage in shown for text in told_by(passage))
