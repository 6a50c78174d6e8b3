"""Hotwords of one call: the few names that its recogniser should expect now.

A recogniser favours what it is told to expect, rightly or wrongly: many names, or names without their kind (望湖 for
望湖街道), are heard where nobody said them. So the table is short, its names are whole, and it follows the talk: the
districts, the streets of the district that was named, and the names of the articles that the talk seems to be about.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from knowledge_base.gazetteer import Gazetteer
from knowledge_base.policy import Passage
from knowledge_base.spoken_terms import phrases
from knowledge_base.words import words

_HAN = re.compile("[\u4e00-\u9fff]+")
_DISTRICTS, _STREETS, _MATTERS = 8, 8, 10
_ARTICLES = 2
_SHORTEST = 3
_COMMON = 0.2
"""What a fifth of all articles speak of tells nothing about one."""


class Hotwords:
    """Names by what was said so far; for one library. Immutable, so any thread may ask."""

    def __init__(self, passages: Iterable[Passage], gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        told: dict[str, set[str]] = defaultdict(set)
        for passage in passages:
            told[passage.article_id].update((passage.title, *passage.keywords))
        self._told = {article: tuple(_names(texts)) for article, texts in told.items()}
        self._names = {article: {n for text in texts for n in phrases(text)} for article, texts in told.items()}
        articles = Counter(name for found in self._names.values() for name in found)
        total = max(1, len(self._names))
        self._rarity = {n: math.log(total / count) for n, count in articles.items() if count <= max(1, _COMMON * total)}
        by_name: dict[str, list[str]] = defaultdict(list)
        for article, found in self._names.items():
            for name in found:
                if name in self._rarity:
                    by_name[name].append(article)
        self._articles = {name: tuple(found) for name, found in by_name.items()}

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        """What to expect next after ``said``, the sentences of both speakers as they are read, the last one last."""
        text = "\n".join(said)
        districts = [d.name for d in self._gazetteer.districts][:_DISTRICTS]
        here = max(self._gazetteer.districts, key=lambda d: text.rfind(d.name), default=None)
        streets = here.streets[:_STREETS] if here is not None and here.name in text else ()
        return tuple(dict.fromkeys([*districts, *streets, *self._matters(text)]))

    def _matters(self, text: str) -> list[str]:
        score: dict[str, float] = defaultdict(float)
        for name in set(phrases(text)) & self._articles.keys():
            for article in self._articles[name]:
                score[article] += self._rarity[name] * len(name)
        names = [
            name for article in sorted(score, key=lambda a: (-score[a], a))[:_ARTICLES] for name in self._told[article]
        ]
        return list(dict.fromkeys(names))[:_MATTERS]


def _names(texts: Iterable[str]) -> list[str]:
    """The longer words of ``texts``. Whole phrases (居住证用处) would be heard where nobody said them."""
    names: list[str] = []
    for text in sorted(texts, key=len):
        for run in _HAN.findall(text):
            names += [run] if len(run) == _SHORTEST else [w for w in words(run) if len(w) >= _SHORTEST]
    return list(dict.fromkeys(names))
