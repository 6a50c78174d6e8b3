"""A recogniser's typical fault, simulated: characters replaced by others that sound the same.

Mandarin recognisers err by homophones; the confused pairs (zh/z, ch/c, sh/s, n/l, ng/n) are taken for the same, as
:mod:`knowledge_base.sounds` does. Replacements come from the characters of given texts, so they are ordinary ones.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable

from knowledge_base.sounds import parts


class Homophones:
    """Replaces characters by homophones that occur in ``texts``."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._alike: dict[tuple[str, str], list[str]] = defaultdict(list)
        for character in sorted({c for text in texts for c in text if "\u4e00" <= c <= "\u9fff"}):
            self._alike[parts(character)].append(character)

    def misheard(self, text: str, rate: float, seed: int) -> str:
        """``text`` with about ``rate`` of its Han characters replaced; the same for the same ``seed``."""
        chance = random.Random(f"{seed}:{text}")
        return "".join(self._other(c, chance) if chance.random() < rate else c for c in text)

    def _other(self, character: str, chance: random.Random) -> str:
        if not "\u4e00" <= character <= "\u9fff":
            return character
        others = [c for c in self._alike[parts(character)] if c != character]
        return chance.choice(others) if others else character
