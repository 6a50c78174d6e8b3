"""Which part of what a citizen just said is about which matter. Precision first: what is not clear stays together.

A wrong split costs the agent two orders to mend, a missed one a keystroke. So a further matter is opened only by words
that hardly mean anything else, by a list that is announced as one of several matters, or by words that may mean it
where the talk before and after would go to different departments.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copilot.appeal_cues import Cue, find_cue, find_return
from copilot.enumerations import Listing, find_listing
from copilot.ports import Likeness, Topics
from knowledge_base.words import nouns, strip_fillers, words

NEW = ""

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")
_PAUSE = re.compile(r"[，,、：:\s]")
# Lists go on over what is announced before them: 还有两件事.
_FURTHER = re.compile(r"还有|另外|再")
# 街道 and 小区 stand in every address: an office or a place that is named says nothing of which matter it is.
_NOT_A_TOPIC = frozenset(
    "事情 问题 刚才 时候 现在 地方 这个 那个 电话 情况 时间 好的 一下 可以 我们 他们 什么 街道 小区 社区".split()  # noqa: SIM905
)
_TOPIC_MARK = re.compile(r"^.{0,8}?(?:那个|那件|那边|的事|的问题|这块)")
_PREVIOUS = re.compile(r"[前上](?:面)?(?:那)?一?(?:个|件)")
# A recogniser ends a question with a full stop as often as not.
_QUESTION = re.compile(
    r"[？?]\s*$|(?:吗|呢|哪里?|多少|多久|多长|几[点个号]|什么(?:时候|名字|地方|位置|情况)?)[^，。！]{0,4}[。！]?\s*$|"
    r"还是[^，。！]{1,10}[。！]?\s*$"
)
_ANYTHING_ELSE = re.compile(
    r"还有(?:什么|没有|别的|其他|其它)|(?:别的|其他|其它)(?:的)?(?:事|问题|诉求|需要)|什么可以帮"
)
_SHORTEST_MATTER = 4
_CHARACTERS_OF_A_TOPIC = 2
_TWO = 2


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters ``[start, end)``; ``appeal_id`` is ``NEW`` where they open a further matter by ``cue``."""

    start: int
    end: int
    appeal_id: str
    cue: str = ""


@dataclass(frozen=True, slots=True)
class SoFar:
    """What was said before.

    ``said`` has the citizen's words of each matter, in the order of the matters; ``current`` is the one that is talked
    about; ``asked`` what the agent said since the citizen's last sentence.
    """

    said: dict[str, str]
    current: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class _Turn:
    """A place where the talk turns, or may turn: back to ``appeal_id``, or by ``cue`` to a further matter."""

    start: int
    appeal_id: str = NEW
    cue: Cue | None = None


def allot(text: str, so_far: SoFar, topics: Topics | None = None, *, written: bool = False) -> list[Piece]:
    """The pieces of ``text`` in order, without gap. ``written`` is what was typed, where punctuation can be trusted."""
    listing = find_listing(text)
    if listing is not None:
        listed = _listed(text, listing, so_far, topics)
        if len(listed) > 1:
            return listed
    return _joined(text, list(_turns(text, so_far, topics, written=written)))


def _joined(text: str, turns: Sequence[_Turn]) -> list[Piece]:
    ends = [turn.start for turn in turns[1:]] + [len(text)]
    pieces = [
        Piece(turn.start, end, turn.appeal_id, turn.cue.words if turn.cue else "")
        for turn, end in zip(turns, ends, strict=True)
    ]
    joined: list[Piece] = []
    for piece in pieces:
        if joined and piece.appeal_id != NEW and joined[-1].appeal_id == piece.appeal_id:
            joined[-1] = replace(joined[-1], end=piece.end)
        elif piece.end > piece.start:
            joined.append(piece)
    return joined or pieces[:1]


# -- sentence by sentence ---------------------------------------------------------------------------------------------


def _turns(text: str, so_far: SoFar, topics: Topics | None, *, written: bool) -> Iterator[_Turn]:
    """Where the talk turns for good, the beginning included."""
    running = _answered(text, so_far) or so_far.current
    yield _Turn(0, running)
    found = list(_candidates(text, so_far, written=written))
    begun = 0
    for n, turn in enumerate(found):
        end = found[n + 1].start if n + 1 < len(found) else len(text)
        before = (so_far.said.get(running, "") if running != NEW else "") + "\n" + text[begun : turn.start]
        if turn.cue is None:
            if turn.appeal_id == running:
                continue
        elif not _is_further(before, text[turn.start : end], turn.cue, topics):
            continue
        running, begun = turn.appeal_id, turn.start
        yield turn


def _candidates(text: str, so_far: SoFar, *, written: bool) -> Iterator[_Turn]:
    further = 0
    for match in _SENTENCE.finditer(text):
        sentence, at = match[0], match.start()
        back = _back(sentence, so_far)
        if back is not None:
            yield _Turn(at + cue_position(sentence, back.start), back.appeal_id)
            continue
        cue = find_cue(sentence, len(so_far.said) + further, written=written)
        if cue is not None:
            start = at + cue_position(sentence, cue.start)
            further += 1
            yield _Turn(0 if not strip_fillers(text[:start]) else start, NEW, cue)


def cue_position(sentence: str, at: int) -> int:
    """Where the clause of that character begins; the sentence's beginning where there is only small talk before it."""
    pauses = [pause.end() for pause in _PAUSE.finditer(sentence, 0, at)]
    start = pauses[-1] if pauses and at - pauses[-1] <= _SHORTEST_MATTER else at
    return 0 if not strip_fillers(sentence[:start]) else start


def _is_further(before: str, after: str, cue: Cue, topics: Topics | None) -> bool:
    if not has_matter(before):
        return False
    if cue.sure or topics is None:
        return True
    return topics.compare(before, after).likeness is Likeness.OTHER


def has_matter(text: str) -> bool:
    """Whether anything but greetings and small talk was said."""
    return sum(len(strip_fillers(line)) for line in text.splitlines()) >= _SHORTEST_MATTER


# -- back to a matter named before ------------------------------------------------------------------------------------


def _back(sentence: str, so_far: SoFar) -> _Turn | None:
    """The earlier matter to which a sentence goes back, by saying so or by naming it as something known."""
    if len(so_far.said) < _TWO:
        return None
    said_so = find_return(sentence)
    if said_so is not None:
        target = _named(said_so.ordinal, sentence, so_far)
        return _Turn(said_so.start, target) if target else None
    as_known = _TOPIC_MARK.match(sentence)
    target = mentioned_matter(as_known[0], so_far) if as_known else None
    return _Turn(0, target) if target else None


def _named(ordinal: int, sentence: str, so_far: SoFar) -> str | None:
    matters = list(so_far.said)
    if ordinal:
        return matters[ordinal - 1] if ordinal <= len(matters) else None
    target = mentioned_matter(sentence, so_far)
    if target or not _PREVIOUS.search(sentence):
        return target
    at = matters.index(so_far.current) if so_far.current in matters else 0
    return matters[at - 1] if at else None


def _answered(text: str, so_far: SoFar) -> str | None:
    """The earlier matter that the agent asked about, or that a reply begins with."""
    if len(so_far.said) < _TWO or not so_far.said.get(so_far.current):  # an appeal opened by hand waits for words
        return None
    if is_question(so_far.asked):  # who answers a question about a matter is still at it
        return mentioned_matter(so_far.asked, so_far)
    if mentioned(text, so_far.said[so_far.current]):
        return None
    return mentioned_matter(_PAUSE.split(text)[0], so_far, nouns)


def is_question(text: str) -> bool:
    """Whether the agent asks about the matter; "还有什么可以帮您" asks for another one."""
    return bool(_QUESTION.search(text)) and not _ANYTHING_ELSE.search(text)


def mentioned_matter(text: str, so_far: SoFar, words_of: Callable[[str], Iterable[str]] = words) -> str | None:
    """The one matter, not the current one, that alone has words of ``text``; ``None`` where it is not clear which."""
    others = {key: said for key, said in so_far.said.items() if key != so_far.current}
    spoken = [word for word in mentioned(text, text, words_of) if word not in so_far.said.get(so_far.current, "")]
    if len(spoken) < len(mentioned(text, text, words_of)):
        return None
    holders = {tuple(key for key, said in others.items() if word in said) for word in spoken}
    clear = {found[0] for found in holders if len(found) == 1}
    return clear.pop() if len(clear) == 1 else None


def mentioned(text: str, said: str, words_of: Callable[[str], Iterable[str]] = words) -> set[str]:
    """The words of ``text`` that tell of a topic and stand in ``said``."""
    found = (word for word in words_of(text) if len(word) >= _CHARACTERS_OF_A_TOPIC and word not in _NOT_A_TOPIC)
    return {word for word in found if word in said}


# -- lists ------------------------------------------------------------------------------------------------------------


def _listed(text: str, listing: Listing, so_far: SoFar, topics: Topics | None) -> list[Piece]:
    """One piece for each item that is a matter of its own; one piece in all where the items belong together."""
    known = so_far.said.get(so_far.current, "")
    if len(so_far.said) >= len(listing.starts) > 1:
        return []  # a summary of what is open already
    intro = text[: listing.starts[0]]
    opens = has_matter(known) and bool(_FURTHER.search(intro))
    pieces = [Piece(0, len(text), NEW if opens else so_far.current, intro.strip()[:12] if opens else "")]
    for n, start in enumerate(listing.starts[1:], start=1):
        end = (*listing.starts, len(text))[n + 1]
        item = text[max(pieces[-1].start, listing.starts[0]) : start]
        if _is_apart(listing, item, text[start:end], topics):
            pieces[-1] = replace(pieces[-1], end=start)
            pieces.append(Piece(start, len(text), NEW, text[start : start + 3].strip("，,、 ")))
    return pieces


def _is_apart(listing: Listing, item: str, following: str, topics: Topics | None) -> bool:
    if listing.affairs:
        return True
    if topics is None:
        return listing.issues
    likeness = topics.compare(item, following).likeness
    return likeness is Likeness.OTHER or (listing.issues and likeness is Likeness.UNSURE)
