"""The names that callers use and recognisers miss: matters, departments and places, and how often each occurs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge_base.catalogue import ResponsibilityCatalogue
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
    counted: Counter[str] = Counter()
    for text in _written(passages):
        counted.update(phrases(text))
    weights: dict[str, float] = dict(counted)
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


def phrases(text: str) -> list[str]:
    """Words of ``text``, and two or three neighbouring ones as a phrase, of Han characters only, each as it stands."""
    found: list[str] = []
    for run in _HAN.findall(normalise(text)):
        found += _phrases_of(run)
    return found


@lru_cache(maxsize=65536)
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


def _written(passages: Iterable[Passage]) -> Iterable[str]:
    seen: set[str] = set()
    for passage in passages:
        for text in (passage.title, *passage.heading.split("\u203a"), *passage.keywords):
            if text and text.strip() not in seen:
                seen.add(text.strip())
                yield text


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


__all__ = ["phrases", "spoken_terms"]
