"""Phrases that give the answer away: an operator has written where the order goes ("请市水务局核实处理") into the text.

A router reads such an order instead of judging it, and live calls hold no such phrase: figures are given with and
without them. A citizen may name an authority too; that is why it is counted how often the named one is the right one.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evaluation.measures import Bools, Ints
from evaluation.routing.leaks import Share, share_of
from evaluation.routing.outcomes import Outcomes

# 有关部门 and 单位 give nothing away; 处理, 办理 and 委托 are verbs.
_AUTHORITY = (
    r"(?:局|委员会|委(?![托屈])|办公室|街道办?|办(?![理事法好完证])|处(?![理置罚分于])|镇|乡|政府|支队|大队|派出所)"
)
_NOBODY = r"(?![^。！？，；]{0,6}(?:相关|有关|职能))"
_HANDLE = r"(?:核实|处理|办理|核处|跟进|查处|调查|答复|回复|解决|处置|协调|受理|落实)"
# The operator's voice: "请 … 局核实处理", "转 … 局办理", "已派 … 局"; a few characters between, never over a full stop.
_ROUTING = (
    re.compile(rf"(?:请|烦请|望){_NOBODY}[^。！？，；]{{1,24}}?{_AUTHORITY}[^。！？]{{0,8}}?{_HANDLE}"),
    re.compile(
        rf"(?:转派|转由|转至|转给|派至|派往|派给|派发|交由|交办|转)[^。！？，；]{{1,24}}?{_AUTHORITY}(?:{_HANDLE}|$|[。，；])"
    ),
    re.compile(rf"请{_NOBODY}[^。！？，；]{{2,24}}?(?:核实处理|核实办理|核实后?处置|核处|跟进处理|调查处理)"),
    re.compile(r"(?:责任单位|承办单位|主办单位|处置单位|派单单位)[:：]"),
)
_SUFFIX = re.compile(rf"[\u4e00-\u9fff]{{1,9}}?(?:{_AUTHORITY}|所|街道)")
_LEVEL = re.compile(r"^(?:[\u4e00-\u9fff]{2,4}?市|市|省|区|县)")
_BRACKETS = re.compile(r"[（(].*?[）)]")
_SHORTEST, _LONGEST, _FEWEST_ORDERS, _MOST_PHRASES = 2, 10, 5, 20
_SHORTEST_NAME = 3
_NEARLY_ALWAYS = 0.7


@dataclass(frozen=True)
class Phrase:
    """An expression that names an authority: in how many orders (and groups), what it tells of the department, in bits.

    ``department`` is where most of its orders went, ``share`` how many of them.
    """

    text: str
    orders: int
    bits: float
    department: str
    share: float

    def as_json(self) -> dict[str, Any]:
        """Its fields."""
        return {
            "text": self.text,
            "orders": self.orders,
            "mutual_information_bits": self.bits,
            "department": self.department,
            "share": self.share,
        }


@dataclass(frozen=True)
class GiveawayFigures:
    """How many orders hold such a phrase, how often it is the right answer, and the figures with and without.

    ``routed``: an operator's routing phrase; ``named``: any known department by name; ``told``: the right one by name.
    An order counts as given away where it has a routing phrase or names the right department.
    """

    routed: int
    named: int
    told: int
    given_away: int
    every: Share
    without: Share
    only: Share
    phrases: tuple[Phrase, ...]

    def as_json(self) -> dict[str, Any]:
        """Counts and figures by name."""
        return {
            "with_a_routing_phrase": self.routed,
            "naming_a_department": self.named,
            "naming_the_right_department": self.told,
            "given_away": self.given_away,
            "with": self.every.as_json(),
            "without": self.without.as_json(),
            "given_away_only": self.only.as_json(),
            "telling_phrases": [phrase.as_json() for phrase in self.phrases],
        }


def giveaways(
    outcomes: Outcomes,
    texts: Sequence[str],
    labels: Sequence[str],
    groups: Ints,
    aliases: Mapping[str, Sequence[str]] | None = None,
) -> GiveawayFigures:
    """Look for them in ``texts``; ``aliases`` are further names of departments beside those derived from the labels."""
    names = {label: names_of(label, (aliases or {}).get(label, ())) for label in sorted({*labels, *(aliases or {})})}
    routed = np.array([has_routing_phrase(text) for text in texts], dtype=np.bool_)
    told = np.array([_names(text, names[label]) for text, label in zip(texts, labels, strict=True)], dtype=np.bool_)
    every = [name for own in names.values() for name in own]
    named = np.array([_names(text, every) for text in texts], dtype=np.bool_)
    gone: Bools = routed | told
    return GiveawayFigures(
        int(routed.sum()),
        int(named.sum()),
        int(told.sum()),
        int(gone.sum()),
        share_of(outcomes, np.ones(len(texts), dtype=np.bool_), groups),
        share_of(outcomes, ~gone, groups),
        share_of(outcomes, gone, groups),
        telling_phrases(texts, labels, groups),
    )


def has_routing_phrase(text: str) -> bool:
    """Whether somebody has written into ``text`` which authority is to handle it."""
    return any(pattern.search(text) for pattern in _ROUTING)


def names_of(label: str, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    """A department's name, without what stands in brackets, without its city or level, and its aliases."""
    plain = _BRACKETS.sub("", label).strip()
    found = {plain, _LEVEL.sub("", plain), *(alias.strip() for alias in aliases)}
    return tuple(sorted(name for name in found if len(name) >= _SHORTEST_NAME))


def telling_phrases(texts: Sequence[str], labels: Sequence[str], groups: Ints) -> tuple[Phrase, ...]:
    """Expressions that end in 局, 委, 办, 街道 … by their mutual information with the department, most telling first.

    Only those of at least five groups of near-duplicates: rarer ones say nothing, and might say who called.
    """
    holders: dict[str, set[int]] = defaultdict(set)
    for row, text in enumerate(texts):
        for candidate in _candidates(text):
            holders[candidate].add(row)
    common = {text: sorted(rows) for text, rows in holders.items() if len(rows) >= _FEWEST_ORDERS}
    kept = {text: rows for text, rows in common.items() if len({int(groups[i]) for i in rows}) >= _FEWEST_ORDERS}
    sizes = Counter(labels)
    found = [_phrase(text, Counter(labels[i] for i in rows), sizes) for text, rows in kept.items()]
    found = [phrase for phrase in found if not any(_is_ending(phrase, other) for other in found)]
    found.sort(key=lambda phrase: (-phrase.bits, -len(phrase.text), phrase.text))
    return tuple(_without_parts(found)[:_MOST_PHRASES])


def _candidates(text: str) -> set[str]:
    """All endings of at least two characters of every expression that names an authority."""
    found = set()
    for match in _SUFFIX.finditer(text):
        whole = text[max(0, match.end() - _LONGEST) : match.end()]
        whole = re.split(r"[^\u4e00-\u9fff]", whole)[-1]
        found |= {whole[start:] for start in range(len(whole) - _SHORTEST + 1)}
    return found


def _phrase(text: str, inside: Counter[str], sizes: Counter[str]) -> Phrase:
    cases, own = sum(sizes.values()), sum(inside.values())
    bits = 0.0
    for label, size in sizes.items():
        bits += _term(inside[label], own, size, cases) + _term(size - inside[label], cases - own, size, cases)
    department, most = inside.most_common(1)[0]
    return Phrase(text, own, bits, department, most / own)


def _term(joint: int, first: int, second: int, cases: int) -> float:
    return joint / cases * float(np.log2(joint * cases / (first * second))) if joint else 0.0


def _is_ending(phrase: Phrase, other: Phrase) -> bool:
    """Whether ``phrase`` is nearly always said as the end of ``other``, which reads better then."""
    longer = len(other.text) > len(phrase.text) and other.text.endswith(phrase.text)
    return longer and other.orders >= _NEARLY_ALWAYS * phrase.orders


def _without_parts(phrases: Sequence[Phrase]) -> list[Phrase]:
    """Without expressions that are part of a more telling one, or longer forms of it."""
    kept: list[Phrase] = []
    for phrase in phrases:
        if not any(phrase.text in other.text or other.text in phrase.text for other in kept):
            kept.append(phrase)
    return kept


def _names(text: str, names: Sequence[str]) -> bool:
    return any(name in text for name in names)
