"""Papers that an office issues: who asks about 居住证 is not told about 结婚证.

What one does about a paper reads much alike whichever it is, and few characters tell one from another: to
居住证丢失了怎么补办 the nearest passage was 结婚证丢失的，…补领. So passages that name the paper come a little before
others, and one that names another instead is no card. Of a name that is no word (养犬证, what was misheard) nobody
knows that it is another's; 身分证 and 接婚证 mean what they sound like. Cards are sold as well as issued (充值卡), and
left alone; what ends like a paper and is none (举证, 证件照, 吊销执照) asks for none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from knowledge_base.search.everyday_terms import EverydayTerms
from knowledge_base.search.word_odds import general_count
from knowledge_base.sounds import parts
from knowledge_base.words import words

_ISSUED = ("证", "执照", "护照", "驾照", "牌照", "户口簿", "户口名簿", "登记簿")
_MATTERS = ("认证", "验证", "保证", "论证", "庭作证", "举证", "查取证", "照存证", "无从查证", "物证", "凭证")
_NOT_ITSELF = ("吊销", "考驾")
_SHORTEST = 3

_NAMED = 0.2
"""Added to the score of a passage that names the paper; more costs right answers of other sets (decision 0009)."""

_READ = 30
"""Passages of an order that are read for it."""


@dataclass(frozen=True, slots=True)
class AskedPapers:
    """The papers that a question names, each with what articles call it."""

    names: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, asked: str, terms: EverydayTerms) -> AskedPapers:
        """Those of ``asked``; falsy where there is none."""
        return cls(tuple((paper, *terms.official(paper)) for paper in _papers(asked)))

    def __bool__(self) -> bool:
        return bool(self.names)

    def share(self, text: str) -> float:
        """Which part of them ``text`` names, 0 to 1."""
        return sum(any(_names(text, name) for name in names) for names in self.names) / len(self.names)

    def first(self, fused: Mapping[int, float], text_of: Callable[[int], str]) -> dict[int, float]:
        """Position to score, best first: the foremost of ``fused`` that name the papers put forward."""
        scores = dict(fused)
        for position in list(fused)[:_READ]:
            scores[position] += _NAMED * self.share(text_of(position))
        return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))

    def another(self, text: str) -> bool:
        """Whether ``text`` names a paper, and none of these, which all are words that are known."""
        known = bool(self) and all(general_count(paper) for paper, *_ in self.names)
        return known and not self.share(text) and bool(_papers(text))


def _names(text: str, name: str) -> bool:
    """身份证 is named by 居民身份证, and the other way round; 接婚证 by 结婚证, which it sounds like."""
    return name in text or any(_sounds(name)[-len(paper) :] == _sounds(paper) for paper in _papers(text))


def _sounds(name: str) -> list[tuple[str, str]]:
    return [parts(character) for character in name]


@lru_cache(maxsize=2048)  # each passage near the top is asked twice a search, and again by the next question alike
def _papers(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words(text) if _is_paper(word)))


def _is_paper(word: str) -> bool:
    named = len(word) >= _SHORTEST and word.endswith(_ISSUED)
    return named and not word.endswith(_MATTERS) and not word.startswith(_NOT_ITSELF)
