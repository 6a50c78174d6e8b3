"""Why a department is ranked where it is: the words that weighed most, found by taking them away.

Occlusion (Zeiler and Fergus 2014): a word counts as much as the score falls without it. Two scores serve: what the
words bring by themselves is cheap, so every likely word is deleted from it; the probability that is shown also rests on
an encoder that reads the text as a whole, so a few deletions of that one are paid for, of the words that the cheap
score finds weightiest. :mod:`evaluation.routing.faithfulness` measures what comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest

import numpy as np
import numpy.typing as npt

from models.routing.empty_words import says_something

Scores = Callable[[Sequence[Sequence[str]]], npt.NDArray[np.float64]]
"""From texts as words to scores of shape ``(n, labels)``."""

BUDGET = 8
_SHORTLIST = 8
_LEAST_SHARE = 0.1
_NEVER = 1e-6  # probabilities are kept this far from 0 and 1


def weighty_words(
    words: Sequence[str],
    scores: Scores,
    guesses: Scores,
    labels: Sequence[int],
    most: int = 3,
    *,
    served: Scores | None = None,
    budget: int = BUDGET,
) -> list[tuple[str, ...]]:
    """For each of ``labels`` up to ``most`` words without which its score falls furthest, the weightiest first.

    Each named word was deleted and the text scored again; a word whose loss does not matter is not named. ``guesses``
    scores single words without regard to length and chooses what is worth deleting from ``scores``, the words' own
    part. With ``served``, which gives the probabilities that are shown, ``budget`` of those words are deleted from that
    in one batch of ``budget + 1`` texts, and only their losses count. Neighbours in the text are named as one phrase.
    Words that say nothing (:mod:`models.routing.empty_words`) are never named, whatever they weigh.
    """
    distinct = [word for word in dict.fromkeys(words) if says_something(word)]
    if not distinct or not labels:
        return [() for _ in labels]
    guessed = guesses([[word] for word in distinct])[:, labels]
    likely = [distinct[i] for i in sorted({int(i) for c in guessed.T for i in np.argsort(-c)[:_SHORTLIST]})]
    losses = _losses(words, likely, scores, labels)
    if served is not None:
        likely = _weightiest(likely, losses, budget)
        losses = _losses(words, likely, lambda texts: _log_odds(served(texts)), labels)
    return [_named(words, likely, column, most) for column in losses.T]


def _losses(
    words: Sequence[str], deleted: Sequence[str], scores: Scores, labels: Sequence[int]
) -> npt.NDArray[np.float64]:
    """How far the score of each label falls without each word, shape ``(deleted, labels)``."""
    found = scores([words, *([w for w in words if w != gone] for gone in deleted)])[:, labels]
    return np.asarray(found[0] - found[1:])


def _log_odds(probabilities: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A word that takes 99.9 % to 99 % weighs as much as one that takes 1 % to 0.1 %."""
    inside = np.clip(probabilities, _NEVER, 1 - _NEVER)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _weightiest(likely: Sequence[str], losses: npt.NDArray[np.float64], budget: int) -> list[str]:
    """As many words as may be deleted: each label's weightiest by turns, the first label having two turns."""
    best = [[likely[i] for i in np.argsort(-column)] for column in losses.T]
    turns = [column for column in zip_longest(best[0][::2], best[0][1::2], *best[1:]) for column in column if column]
    return list(dict.fromkeys(turns))[:budget]


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
