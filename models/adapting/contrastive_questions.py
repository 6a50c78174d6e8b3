"""Questions made from a city's own articles, without a language model: what an embedder is adapted on.

Each way of making them helps a little and errs in its own manner, so they are mixed: titles with how people
ask (:mod:`models.adapting.question_shapes`), statements with the answer left out, and a sentence asked of its own
passage (inverse cloze: Lee, Chang and Toutanova, 2019, arXiv:1906.00300; words are dropped from it, and the passage
keeps it, since its vector is the index's). Official words are said as people say them, and characters misheard: so
questions arrive.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.adapting.question_shapes import FACETS, SPOKEN, STATEMENTS
from models.routing.features import words

Mishear = Callable[[str, float, int], str]
"""A text, the share of its characters to be misheard, a seed; such as ``Homophones.misheard``."""


class Kind(StrEnum):
    """How a question came about."""

    TITLE = "title"
    FAQ = "faq"
    FACET = "facet"
    STATEMENT = "statement"
    CLOZE = "cloze"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Teaching:
    """One passage to learn from.

    ``article`` is the document it belongs to, ``titles`` those above it, ``text`` what is quoted, ``embedded`` what the
    index embeds, ``keywords`` the article's everyday words.
    """

    article: str
    titles: tuple[str, ...]
    text: str
    embedded: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the number of the passage that answers it."""

    question: str
    passage: int
    kind: Kind


_CLOZE_SHARE = 0.4
_TITLE_SHARE = 0.4
_NOISY = 0.4
_SPOKEN = 0.5
_DROPPED = 0.15
_MISHEARD = 0.15
_SHORTEST, _LONGEST = 4, 60
_MATTER = 24
_OPENING = 90
_ABOUT = re.compile(
    r"关于(?:印发|发布|公布|转发|调整|做好|开展|进一步|切实|继续|全面|加强|加快|实施|落实|完善|规范|征求|的)*"
    r"(?P<t>[^。；\n]{3,40}?)(?:工作)?(?:有关(?:事项|问题))?的(?:通知|公告|通告|意见|决定|函|批复|复函|说明|办法|规定|实施意见)"
)
_QUOTED = re.compile(r"《(?P<t>[^》]{3,40})》")
_FORM = re.compile(
    r"(?:\d{4}年度?|[（(][^）)]*[）)]|管理|暂行|试行|实施|工作|办法|规定|细则|条例|方案|指南|指引|通知|公告|须知|问答|政策"
    r"|解读|若干措施|措施|有关事项|意见|标准|服务)+$"
)
_NUMBER = re.compile(
    r"^(?:#{1,6}\s*)?(?:第[一二三四五六七八九十百零\d]+[编章节条]|[（(]?[一二三四五六七八九十\d]{1,3}[）)、.\uff0e])\s*"
)
_ASKED = re.compile(r"^\s*(?:\d{1,3}[.、]\s*)?(?:问|[Qq])?\d{0,3}[:：]?\s*(?P<q>[^\n？?]{4,60}[？?])")
_SENTENCE = re.compile(r"[^。！？；\n]+[。！？；]?")
_BARE = re.compile(r"[\W_]+")


def made_pairs(passages: Sequence[Teaching], seed: int, mishear: Mishear | None = None) -> list[Pair]:
    """Questions for every passage that allows any, at most seven each; the same for the same ``seed``."""
    matters = _matters(passages)
    pairs: list[Pair] = []
    for number, passage in enumerate(passages):
        chance = random.Random(f"{seed}:{number}:{passage.text[:40]}")
        found = _unlike(_chosen(passage, matters[number], chance))
        pairs += [Pair(_as_said(text, kind, chance, mishear), number, kind) for text, kind in found]
    return [pair for pair in pairs if len(_BARE.sub("", pair.question)) >= _SHORTEST]


_Candidate = tuple[str, Kind]


def _chosen(passage: Teaching, matters: tuple[str, ...], chance: random.Random) -> Iterator[_Candidate]:
    """A few of each kind; titles seldom, since all passages of an article have the same."""
    yield from ((text, Kind.FAQ) for text in _asked(passage))
    yield from _some(_statements(passage, matters, chance), Kind.STATEMENT, 2, chance)
    yield from _some(_facets(passage, matters, chance), Kind.FACET, 2, chance)
    if chance.random() < _TITLE_SHARE:
        yield from _some(_titles(passage, matters), Kind.TITLE, 1, chance)
    if chance.random() < _CLOZE_SHARE:
        yield from ((text, Kind.CLOZE) for text in _clozes(passage, chance))


def _some(texts: Sequence[str], kind: Kind, most: int, chance: random.Random) -> Iterator[_Candidate]:
    return ((text, kind) for text in chance.sample(texts, min(most, len(texts))))


def _matters(passages: Sequence[Teaching]) -> list[tuple[str, ...]]:
    """What each passage is about: its headings and keywords, its article's title or what that opens with."""
    opened: dict[str, str] = {}
    for passage in passages:
        opened.setdefault(passage.article, passage.text[:_OPENING])
    found = []
    for passage in passages:
        title = passage.titles[0] if passage.titles else ""
        named = [matter(title) or _about(opened[passage.article]), *map(matter, passage.titles[1:]), *passage.keywords]
        found.append(tuple(dict.fromkeys(name for name in named if len(name) > 1)))
    return found


def matter(title: str) -> str:
    """What a title is about: without its number, 关于…的通知, quotation marks and the kind of document."""
    plain = _NUMBER.sub("", title.strip())
    inner = _QUOTED.search(plain) or _ABOUT.search(plain)
    bare = inner["t"] if inner else plain
    shorter = _FORM.sub("", bare)
    return (shorter if len(shorter) > 1 else bare).strip(" 《》「」“”的")[:_MATTER]


def _about(opening: str) -> str:
    """The matter of an article without a title: what its first lines say that they are about."""
    named = _ABOUT.search(opening) or _QUOTED.search(opening)
    return matter(named["t"]) if named else ""


def _asked(passage: Teaching) -> list[str]:
    found = _ASKED.match(passage.text)
    return [found["q"]] if found else []


def _titles(passage: Teaching, matters: tuple[str, ...]) -> list[str]:
    return [*(_NUMBER.sub("", title) for title in passage.titles[:1]), *matters[:2]]


def _facets(passage: Teaching, matters: tuple[str, ...], chance: random.Random) -> list[str]:
    found = []
    for cue, asked in FACETS:
        if matters and cue.search(passage.text):
            found.append(chance.choice(asked).format(t=chance.choice(matters)))
    return found


def _statements(passage: Teaching, matters: tuple[str, ...], chance: random.Random) -> list[str]:
    found = []
    for sentence in _SENTENCE.findall(passage.text):
        for said, asked in STATEMENTS:
            stated = said.search(sentence)
            if stated:
                question = chance.choice(asked).format_map(_clean(stated.groupdict()))
                about = chance.choice(matters) if matters and chance.random() < _SPOKEN else ""
                found.append(about + question if about not in question else question)
    return [question for question in found if len(question) <= _LONGEST]


def _clean(groups: dict[str, str]) -> dict[str, str]:
    return {name: _NUMBER.sub("", value) for name, value in groups.items()}


def _clozes(passage: Teaching, chance: random.Random) -> list[str]:
    sentences = [s.strip() for s in _SENTENCE.findall(passage.text) if 2 * _SHORTEST <= len(s.strip()) <= 2 * _LONGEST]
    return [chance.choice(sentences)] if len(sentences) > 1 else []


def _unlike(candidates: Iterator[_Candidate]) -> Iterator[_Candidate]:
    """Each wording once."""
    seen: set[str] = set()
    for candidate in candidates:
        key = _BARE.sub("", candidate[0])
        if key not in seen:
            seen.add(key)
            yield candidate


def _as_said(text: str, kind: Kind, chance: random.Random, mishear: Mishear | None) -> str:
    """The question as it may be heard: everyday words, some words missing, some characters misheard."""
    said = text
    if chance.random() < _SPOKEN:
        for official, spoken in SPOKEN:
            said = said.replace(official, spoken)
    if kind is Kind.CLOZE or chance.random() < _NOISY:
        said = _dropped(said, chance)
    if mishear is not None and chance.random() < _NOISY:
        said = mishear(said, _MISHEARD, chance.randrange(1 << 30))
    return said.strip()


def _dropped(text: str, chance: random.Random) -> str:
    kept = [word for word in words(text) if chance.random() >= _DROPPED]
    return "".join(kept) or text
