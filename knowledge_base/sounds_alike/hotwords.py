"""Hotwords of one call: the few names that its recogniser should expect now.

A recogniser favours what it is told to expect, rightly or wrongly: many names, or names without their kind (望湖 for
望湖街道), are heard where nobody said them. So the table is short, its names are whole, and it follows the talk: the
districts, the streets of the district that was named, and the names of the articles that the talk seems to be about.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge_base.gazetteer import Gazetteer
from knowledge_base.policy import Passage
from knowledge_base.sounds_alike.groups import regrouped
from knowledge_base.sounds_alike.spoken_terms import phrases
from knowledge_base.words import words

_HAN = re.compile("[\u4e00-\u9fff]+")
_DISTRICTS, _STREETS, _MATTERS = 8, 8, 10
_ARTICLES = 2
_SHORTEST = 3
_COMMON = 0.2
"""What a fifth of all articles speak of tells nothing about one."""


@dataclass(frozen=True, slots=True)
class _Told:
    """Titles and keywords of each article, and the articles by the phrases of them."""

    texts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    articles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def changed(self, articles: Mapping[str, frozenset[str]]) -> _Told:
        if not articles:
            return self
        before = {article: self.texts.get(article, frozenset[str]()) for article in articles}
        gone = ((name, article) for article, texts in before.items() for name in _phrases(texts))
        new = ((name, article) for article, texts in articles.items() for name in _phrases(texts))
        kept = {**self.texts, **articles}
        for article, texts in articles.items():
            if not texts:
                del kept[article]
        return _Told(kept, regrouped(self.articles, gone, new))


class Hotwords:
    """Names by what was said so far; for one library. Immutable, so any thread may ask."""

    def __init__(self, passages: Iterable[Passage], gazetteer: Gazetteer, told: _Told | None = None) -> None:
        """``told`` is what there is besides ``passages``."""
        more: dict[str, frozenset[str]] = {}
        for passage in passages:
            more[passage.article_id] = more.get(passage.article_id, frozenset[str]()).union(told_by(passage))
        self._gazetteer = gazetteer
        self._told = (told or _Told()).changed(more)

    def changed(self, articles: Mapping[str, frozenset[str]]) -> Hotwords:
        """The same with other titles and keywords (:func:`told_by`) of these articles; without those that have none."""
        return Hotwords((), self._gazetteer, self._told.changed(articles))

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """What to expect next after ``said``, the sentences of both speakers as they are read, the last one last."""
        text = "\n".join(said)
        districts = [d.name for d in self._gazetteer.districts][:_DISTRICTS]
        here = max(self._gazetteer.districts, key=lambda d: text.rfind(d.name), default=None)
        streets = here.streets[:_STREETS] if here is not None and here.name in text else ()
        return tuple(dict.fromkeys([*districts, *streets, *self._matters(text)]))

    def _matters(self, text: str) -> list[str]:
        score: dict[str, float] = defaultdict(float)
        total = len(self._told.texts)
        for name in set(phrases(text)) & self._told.articles.keys():
            having = self._told.articles[name]
            if len(having) <= max(1, _COMMON * total):
                for article in having:
                    score[article] += math.log(total / len(having)) * len(name)
        best = sorted(score, key=lambda a: (-score[a], a))[:_ARTICLES]
        names = [name for article in best for name in _names(self._told.texts[article])]
        return list(dict.fromkeys(names))[:_MATTERS]


def told_by(passage: Passage) -> tuple[str, ...]:
    """What an article says that it is about: its title and keywords."""
    return passage.title, *passage.keywords


def _phrases(texts: Iterable[str]) -> set[str]:
    return {name for text in texts for name in phrases(text)}


def _names(texts: Iterable[str]) -> list[str]:
    """The longer words of ``texts``. Whole phrases (居住证用处) would be heard where nobody said them."""
    names: list[str] = []
    for text in sorted(texts, key=lambda t: (len(t), t)):
        for run in _HAN.findall(text):
            names += [run] if len(run) == _SHORTEST else [w for w in words(run) if len(w) >= _SHORTEST]
    return list(dict.fromkeys(names))
