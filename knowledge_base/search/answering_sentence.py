"""The sentence of an article that answers: where an agent looks first, and what is read out.

All sentences of an article compete, since most articles answer a dozen questions in a dozen sentences. For one of them
speak

* the sounds of the question at its beginning: a rule names its case first (丢失补办的，收工本费十五元);
* how well its passage was found, in the fused score and in the cosine of the meanings;
* the question that the passage repeats right before it;
* whether it has what was asked for, an amount, a time, a place (:mod:`knowledge_base.search.answer_kinds`);
* whether it holds for what happened: lost, run out, for the first time (:mod:`knowledge_base.search.circumstances`),
  and for how long or how old something is (:mod:`knowledge_base.search.bounds`);
* a little, its length: a longer one says more.

What speaks for each is turned into shares of one (softmax of a listwise regression: Cao et al., "Learning to Rank: From
Pairwise Approach to Listwise Approach", ICML 2007). One sentence is marked where it has most of that to itself, two
neighbours where they have it together; otherwise none is, because a wrong sentence that is read out is worse than none.
What only closes the document (本办法自…起施行，有效期五年) does not say how long a permit is valid.
Weights and bounds: ``docs/decisions/0009-retrieval-quality.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import exp

from knowledge_base.articles.closing_lines import asks_when_it_holds, is_closing
from knowledge_base.search.answer_kinds import Wanted, wanted_in
from knowledge_base.search.bounds import Quantity, told_quantities, within
from knowledge_base.search.circumstances import condition_of, fit, told_in
from knowledge_base.sounds import sound_terms

Span = tuple[int, int]

ALONE = 0.6
"""Share from which on a sentence is marked by itself."""

TOGETHER = 0.7
"""Share from which on two neighbours are marked as one."""

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[\u201d\u2019」』）)]*")
_ASKING = re.compile(r"[？?][\u201d\u2019」』）)]*$|^\s*(?:\d{1,3}[.、]\s*)?(?:问|[Qq])\d{0,3}[:：]")
_LABEL = re.compile(r"(?:第[一二三四五六七八九十百\d]+条|[（(]?[一二三四五六七八九十\d]+[)）、.]|[答问][:：])\s*")
_FADING = 0.7  # of the question that a passage repeats, with each sentence behind it
_BEGINNING = 20
_NO_RULE = 5  # letters, with the full stop
_LONG = 100

_SOUNDS, _SCORE, _COSINE, _REPEATED, _NAMED, _LOOSE, _LENGTH = 8.0, 5.0, 14.0, 2.5, 2.0, 1.0, 3.0
_CASE, _BOUND = 4.0, 3.0


@dataclass(frozen=True, slots=True)
class Part:
    """A passage of the article: its text, its fused score and its centred cosine with the question."""

    text: str
    score: float = 0.0
    cosine: float = 0.0


@dataclass(frozen=True, slots=True)
class Pointed:
    """``share``: how much of what speaks for any sentence of the article speaks for this passage's, 0 to 1.

    ``sentence``: ``[start, end)`` of what is to be marked in its text; ``None`` where nothing leads clearly.
    """

    share: float
    sentence: Span | None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What of a question speaks for a sentence: its sounds, the kinds of things it asks for, what it says happened."""

    sounds: frozenset[str]
    kinds: Wanted
    told: frozenset[int]
    quantities: frozenset[Quantity]


@dataclass(frozen=True, slots=True)
class _Sentence:
    part: int
    span: Span
    worth: float


def point(parts: Sequence[Part], asked: str, before: str = "") -> tuple[Pointed, ...]:
    """Where in the passages of one article ``asked`` is answered; one for each of ``parts``.

    ``before`` is the talk that the question stands in: what happened may have been told there (丢了。要多少钱？).
    """
    question = _Asked(
        frozenset(sound_terms(asked)),
        wanted_in(asked),
        told_in(asked) or told_in(before),
        told_quantities(asked) or told_quantities(before),
    )
    sentences = [found for n, part in enumerate(parts) for found in _sentences(n, part, question)]
    if not asks_when_it_holds(asked):
        sentences = list(_without_closing(parts, sentences))
    shares = _shares([sentence.worth for sentence in sentences]) if question.sounds else [0.0] * len(sentences)
    marked = _marked(sentences, shares)
    return tuple(
        Pointed(
            sum(share for share, sentence in zip(shares, sentences, strict=True) if sentence.part == n),
            marked[1] if marked is not None and marked[0] == n else None,
        )
        for n in range(len(parts))
    )


def _without_closing(parts: Sequence[Part], sentences: Iterable[_Sentence]) -> Iterator[_Sentence]:
    """有效期五年 is the document's behind a sentence that closes it; elsewhere it is how long a permit is valid."""
    closing = -1, 0
    for one in sentences:
        start, end = one.span
        begun = closing[1] if closing[0] == one.part else start
        if is_closing(parts[one.part].text[begun:end]):
            closing = one.part, begun
        else:
            closing = -1, 0
            yield one


def _sentences(number: int, part: Part, asked: _Asked) -> list[_Sentence]:
    """The sentences of a passage that could answer: those that ask are worth something for what follows them."""
    found: list[_Sentence] = []
    repeated = 0.0
    for start, end in _bounds(part.text):
        sentence = part.text[start:end]
        if _ASKING.search(sentence):
            repeated = _common(asked.sounds, sentence)
        elif sentence:
            found.append(_Sentence(number, (start, end), _worth(sentence, part, repeated, asked)))
            repeated *= _FADING
    return found


def _bounds(text: str) -> list[Span]:
    """Where sentences begin and end. A bare yes or no (不会。) is one with the sentence that says why."""
    found: list[Span] = []
    begun: int | None = None
    for match in _SENTENCE.finditer(text):
        start, end = _trimmed(text, *match.span())
        start = start if begun is None else begun
        begun = start if len(_said(text[start:end])) <= _NO_RULE and match.end() < len(text) else None
        if begun is None:
            found.append((start, end))
    return found


def _said(sentence: str) -> str:
    """A sentence without 第三条, （二） or 答： before it."""
    return _LABEL.sub("", sentence, count=1) if _LABEL.match(sentence) else sentence


def _worth(sentence: str, part: Part, repeated: float, asked: _Asked) -> float:
    named, loose = asked.kinds.has(sentence)
    said = _said(sentence)
    return (
        _SOUNDS * _common(asked.sounds, said[:_BEGINNING])
        + _SCORE * part.score
        + _COSINE * part.cosine
        + _REPEATED * repeated
        + _NAMED * named
        + _LOOSE * loose
        + _CASE * fit(asked.told, said)
        + _BOUND * within(asked.quantities, condition_of(said))
        + _LENGTH * min(1.0, len(sentence) / _LONG)
    )


def _common(sounds: frozenset[str], text: str) -> float:
    """Which part of the question's sounds ``text`` has."""
    return len(sounds.intersection(sound_terms(text))) / max(1, len(sounds))


def _shares(worths: Sequence[float]) -> list[float]:
    most = max(worths, default=0.0)
    raised = [exp(worth - most) for worth in worths]
    total = sum(raised)
    return [one / total for one in raised]


def _marked(sentences: Sequence[_Sentence], shares: Sequence[float]) -> tuple[int, Span] | None:
    """The passage's number and what to mark in it."""
    if not sentences:
        return None
    best = max(range(len(shares)), key=shares.__getitem__)
    if shares[best] >= ALONE:
        return sentences[best].part, sentences[best].span
    beside = [n for n in (best - 1, best + 1) if 0 <= n < len(shares) and sentences[n].part == sentences[best].part]
    other = max(beside, key=shares.__getitem__, default=None)
    if other is None or shares[best] + shares[other] < TOGETHER:
        return None
    first, last = sorted((sentences[best].span, sentences[other].span))
    return sentences[best].part, (first[0], last[1])


def _trimmed(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
