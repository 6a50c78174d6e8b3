"""Whether two stretches of talk are about one matter, by the departments that they would go to.

Two matters of one department look alike here; that is the side to err on, since a person can always split.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from hashlib import blake2b
from secrets import token_bytes

from copilot.ports import Comparison, Likeness
from copilot.routing import Classifier
from knowledge_base.words import strip_fillers

# Chosen on the development half of evaluation/sample/several_appeals.jsonl.
SURE = 0.5
UNLIKELY = 0.12

_LOOKED_AT = 6
_SHORTEST = 6
_REMEMBERED = 64


class DepartmentTopics:
    """Another matter is one whose best department the words before hardly allow, and the other way round."""

    def __init__(self, classifier: Classifier, sure: float = SURE, unlikely: float = UNLIKELY) -> None:
        self._classifier = classifier
        self._sure = sure
        self._unlikely = unlikely
        self._known: OrderedDict[bytes, dict[str, float]] = OrderedDict()
        self._secret = token_bytes(16)

    @property
    def versions(self) -> Mapping[str, str]:
        """The router's."""
        return {"router": self._classifier.version}

    def compare(self, before: str, after: str) -> Comparison:
        """UNSURE where either stretch is too short or sends the call nowhere in particular."""
        if min(len(strip_fillers(before)), len(strip_fillers(after))) < _SHORTEST:
            return Comparison(Likeness.UNSURE)
        first, then = self._rank(before), self._rank(after)
        if not first or not then:
            return Comparison(Likeness.UNSURE)
        was, now = next(iter(first)), next(iter(then))
        if was == now:
            return Comparison(Likeness.SAME, was, now)
        sure = min(first[was], then[now]) >= self._sure
        apart = max(first.get(now, 0.0), then.get(was, 0.0)) <= self._unlikely
        return Comparison(Likeness.OTHER if sure and apart else Likeness.UNSURE, was, now)

    def _rank(self, text: str) -> dict[str, float]:
        """Departments with their probabilities, best first. A growing call asks about the same words again.

        The words themselves are not kept, which are what a citizen said, nor the reasons that quote them.
        """
        asked = f"{self._classifier.version}\n{text}".encode()
        key = blake2b(asked, digest_size=16, key=self._secret).digest()
        # Calls share this, and another thread may put the oldest out at any moment: it is looked up once.
        known = self._known.get(key)
        if known is None:
            ranking = self._classifier.rank(text, limit=_LOOKED_AT)
            known = self._known[key] = {choice.label: choice.probability for choice in ranking.choices}
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return known
