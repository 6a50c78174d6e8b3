"""A recogniser's faults, simulated in the shares in which a real one makes them.

Counted on Whisper base (int8, beam 5) through the streaming path over 90 Mandarin recordings: 1,743 characters, 16 % of
them wrong. Of the faults 53 % were homophones, 5 % homophones once zh/z, ch/c, sh/s, n/l, ng/n are one, 14 % shared an
onset or a rhyme, 8 % nothing; 10 % were characters dropped, 3 % added, the rest were numbers and Latin letters. Two
faults in five are followed by another at once, since words are misheard rather than characters. What is heard instead
is common: a recogniser's own language model prefers what is often said. Numbers are written in digits.

:class:`evaluation.homophones.Homophones` is the simpler channel, of homophones alone and one character at a time; it is
what "20 % homophone errors" means. This one is for what a call really brings: counted in the same way, at 16 % its
own faults are 57 % homophones, 2 % folded, 15 % near, 11 % far, 9 % dropped, 3 % added, 1.5 in a run (heard: 1.7).
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from enum import StrEnum

from knowledge_base.sounds import parts, syllable
from models.hearing.spoken_numbers import digits

# Numbers and Latin letters apart, the shares above; the remaining faults are shared out in proportion.
SHARES = {"homophone": 0.57, "folded": 0.055, "near": 0.155, "far": 0.09, "dropped": 0.1, "added": 0.03}
FOLLOWED = 0.4

_Heard = Mapping[object, list[str]]


class ChannelName(StrEnum):
    """Ways to mishear: homophones alone, or as a recogniser does."""

    HOMOPHONES = "homophones"
    RECOGNISER = "recogniser"


class RecogniserFaults:
    """Mishears texts as a recogniser does; what is heard instead comes from ``texts``, the commoner the likelier."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._often = Counter(character for text in texts for character in text if _is_han(character))
        by: dict[str, dict[object, list[str]]] = {kind: defaultdict(list) for kind in ("homophone", "folded", "onset")}
        for character in sorted(self._often):
            onset, rhyme = parts(character)
            by["homophone"][syllable(character)].append(character)
            by["folded"][onset, rhyme].append(character)
            by["onset"]["onset", onset].append(character)
            by["onset"]["rhyme", rhyme].append(character)
        self._by: Mapping[str, _Heard] = by
        self._every = sorted(self._often)

    def misheard(self, text: str, rate: float, seed: int) -> str:
        """``text`` with about ``rate`` of its Han characters wrong and numbers in digits; the same for a ``seed``.

        A rate of 0 gives ``text`` as it is.
        """
        if rate <= 0:
            return text
        chance = random.Random(f"{seed}:{text}")
        heard, wrong = [], False
        # A run of faults is FOLLOWED on average; so that rate holds in all, one begins less often.
        begins = min(1.0, rate * (1 - FOLLOWED) / max(1e-9, 1 - rate))
        for character in digits(text):
            wrong = _is_han(character) and chance.random() < (FOLLOWED if wrong else begins)
            heard.append(self._instead(character, chance) if wrong else character)
        return "".join(heard)

    def _instead(self, character: str, chance: random.Random) -> str:
        fault = chance.choices(list(SHARES), list(SHARES.values()))[0]
        if fault == "dropped":
            return ""
        if fault == "added":
            return character + self._one_of(self._every, "", chance)
        heard = self._one_of(self._alike(character, fault, chance), character, chance)
        return heard if heard != character else self._one_of(self._every, character, chance)

    def _alike(self, character: str, fault: str, chance: random.Random) -> list[str]:
        """The characters that ``fault`` may turn ``character`` into; homophones where it has none."""
        onset, rhyme = parts(character)
        found: list[str] = []
        if fault == "far":
            found = self._every
        elif fault == "near":
            found = self._by["onset"].get(chance.choice([("onset", onset), ("rhyme", rhyme)]), [])
        elif fault == "folded":
            found = [c for c in self._by["folded"].get((onset, rhyme), []) if syllable(c) != syllable(character)]
        return found or self._by["homophone"].get(syllable(character), [])

    def _one_of(self, characters: list[str], but: str, chance: random.Random) -> str:
        others = [character for character in characters if character != but]
        return chance.choices(others, [self._often[each] for each in others])[0] if others else but


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
