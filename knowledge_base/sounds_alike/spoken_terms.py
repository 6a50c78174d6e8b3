"""The names that callers use and recognisers miss: matters, departments and places, and how often each occurs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from knowledge_base.catalogue.catalogue import ResponsibilityCatalogue
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.policy import Passage
from knowledge_base.words import normalise

_HAN = re.compile("[\u4e00-\u9fff]+")
_LONGEST_PHRASE = 8
_SHORTEST_PHRASE = 3
_NAMED, _ALL_NAMED = 5.0, 2000.0
"""A department or place counts as often as this many mentions: it is in the tables because it is spoken of."""
_NAMING = frozenset("证卡费金险税号牌照券票款局站处厅院校馆所区县镇乡村路街巷桥园场店厂库车房屋权法书表")
"""Characters that end a name though they are a word of their own: 敬老|卡."""


def spoken_terms(
    passages: Iterable[Passage],
    catalogue: ResponsibilityCatalogue | None = None,
    gazetteer: Gazetteer | None = None,
) -> dict[str, float]:
    """Term to weight: words and phrases of titles, headings, keywords and duties; departments, districts, streets."""
    weights: dict[str, float] = dict(Counter(term for text in written(passages) for term in phrases(text)))
    for term, weight in table_terms(catalogue, gazetteer).items():
        weights[term] = weights.get(term, 0.0) + weight
    return weights


def table_terms(catalogue: ResponsibilityCatalogue | None, gazetteer: Gazetteer | None) -> dict[str, float]:
    """Term to weight of what catalogue and gazetteer name, without any article."""
    weights: dict[str, float] = {}
    for phrase in _duties(catalogue):
        for term in phrases(phrase):
            weights[term] = weights.get(term, 0.0) + 1.0
    named = set(_departments(catalogue)) | set(_places(gazetteer))
    for name in named:
        weights[name] = weights.get(name, 0.0) + named_weight(len(named))
    return weights


def named_weight(count: int) -> float:
    """How often each of ``count`` departments and places counts: all of them together are spoken of so often, no more.

    Of tens of thousands of names some sound like anything, so that each needs better evidence.
    """
    return min(_NAMED, _ALL_NAMED / max(1, count))


def written(passages: Iterable[Passage]) -> frozenset[str]:
    """The titles, headings and keywords of ``passages``, each once: they name what callers ask for."""
    texts = (text.strip() for p in passages for text in (p.title, *p.heading.split("\u203a"), *p.keywords))
    return frozenset(filter(None, texts))


class WrittenTerms:
    """How often the articles of a library write each term, every text once; articles come and go one by one.

    Not for several threads at once.
    """

    def __init__(self) -> None:
        self._texts: dict[str, frozenset[str]] = {}
        self._having: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def __getitem__(self, term: str) -> int:
        return self._counts[term]

    def put(self, article: str, texts: frozenset[str]) -> set[str]:
        """Let ``article`` write ``texts``, which :func:`written` gives, and nothing else: the terms counted anew."""
        before = self._texts.pop(article, frozenset())
        if texts:
            self._texts[article] = texts
        self._having.update(texts - before)
        self._having.subtract(before - texts)
        new = [text for text in texts - before if self._having[text] == 1]
        gone = [text for text in before - texts if not self._having[text]]
        for text in gone:
            del self._having[text]
        return self._count(new, 1) | self._count(gone, -1)

    def _count(self, texts: Iterable[str], times: int) -> set[str]:
        counted: set[str] = set()
        for text in texts:
            for term in phrases(text):
                self._counts[term] += times
                counted.add(term)
                if not self._counts[term]:
                    del self._counts[term]
        return counted


def phrases(text: str) -> list[str]:
    """Words of ``text``, and two or three neighbouring ones as a phrase, of Han characters only, each as it stands."""
    found: list[str] = []
    for run in _HAN.findall(normalise(text)):
        found += _phrases_of(run)
    return found


def _phrases_of(run: str) -> tuple[str, ...]:
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    words: Sequence[str] = rjieba.cut(run, False)
    joined = [
        phrase
        for size in (2, 3)
        for i in range(len(words) - size + 1)
        if _SHORTEST_PHRASE <= len(phrase := "".join(words[i : i + size])) <= _LONGEST_PHRASE
        and len(words[i]) > 1
        and (len(words[i + size - 1]) > 1 or words[i + size - 1] in _NAMING)
    ]
    whole = [run] if _SHORTEST_PHRASE <= len(run) <= _LONGEST_PHRASE and run not in words and run not in joined else []
    return (*words, *joined, *whole)


def _departments(catalogue: ResponsibilityCatalogue | None) -> Iterable[str]:
    for department in catalogue.departments if catalogue else ():
        for name in (department.name, *department.aliases):
            yield name
            if name.startswith("市") and len(name) > _SHORTEST_PHRASE:
                yield name[1:]


def _duties(catalogue: ResponsibilityCatalogue | None) -> Iterable[str]:
    return (p for d in (catalogue.departments if catalogue else ()) for duty in d.duties for p in duty.phrases)


def _places(gazetteer: Gazetteer | None) -> Iterable[str]:
    if gazetteer is None:
        return
    yield gazetteer.city
    for district in gazetteer.districts:
        yield district.name
        yield from district.streets


__all__ = ["WrittenTerms", "phrases", "spoken_terms", "table_terms", "written"]
