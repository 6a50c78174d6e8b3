"""Why a department is ranked where it is: the words that weighed most, found by taking them away."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

WordScores = Callable[[Sequence[Sequence[str]]], npt.NDArray[np.float64]]
"""From texts as words to scores of shape ``(n, labels)``: the part of the score that words bring."""

_SHORTLIST = 8
_SHORTEST = 2  # characters: a single one tells a reader nothing
_LEAST_SHARE = 0.1


def weighty_words(
    words: Sequence[str], scores: WordScores, guesses: WordScores, labels: Sequence[int], most: int = 3
) -> list[tuple[str, ...]]:
    """For each of ``labels`` up to ``most`` words without which its score falls furthest, the weightiest first.

    Faithful by construction (occlusion, Zeiler and Fergus 2014): each named word was deleted and the text scored again;
    a word whose loss does not matter is not named. ``guesses`` scores single words without regard to length and only
    chooses what is worth deleting. Neighbours in the text are named as one phrase.
    """
    distinct = [word for word in dict.fromkeys(words) if len(word) >= _SHORTEST and any(c.isalpha() for c in word)]
    if not distinct:
        return [() for _ in labels]
    wanted = sorted(
        {
            int(i)
            for column in guesses([[word] for word in distinct])[:, labels].T
            for i in np.argsort(-column)[:_SHORTLIST]
        }
    )
    texts = [words, *([w for w in words if w != distinct[i]] for i in wanted)]
    found = scores(texts)[:, labels]
    losses = found[0] - found[1:]
    return [_named(words, [distinct[i] for i in wanted], column, most) for column in losses.T]


def _named(
    words: Sequence[str], candidates: Sequence[str], losses: npt.NDArray[np.float64], most: int
) -> tuple[str, ...]:
    order = np.argsort(-losses)[:most]
    floor = max(1e-6, _LEAST_SHARE * float(losses.max()))
    chosen = {candidates[i]: float(losses[i]) for i in order if losses[i] >= floor}
    phrases: dict[str, float] = {}
    run: list[str] = []
    for word in [*words, ""]:
        if word in chosen:
            run.append(word)
        elif run:
            phrases.setdefault("".join(run), sum(chosen[w] for w in set(run)))
            run = []
    longest = [p for p in phrases if not any(p != other and p in other for other in phrases)]
    return tuple(sorted(longest, key=lambda phrase: -phrases[phrase]))
