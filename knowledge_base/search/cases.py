"""The cases that an article distinguishes: what to ask before quoting, because the answer depends on it.

An article may state them in its field 分情形 (:mod:`knowledge_base.articles.stated_cases`): then these are all.
Otherwise they are found in the wording that Chinese regulations use for a condition, which stands first and ends in
的，: in one passage, in its items （一）（二）, or over the articles of one chapter; and in questions with answers
that are the same but for whom they are about. Two conditions make a distinction only where they have words in common:
断缴三个月以内补缴 and 断缴超过三个月 do, two unrelated ones do not. Whatever is found is quoted verbatim; nothing is
worded anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from knowledge_base.articles.stated_cases import BadCases, Part, located, stated
from knowledge_base.library import Library
from knowledge_base.policy import Passage

MOST_CASES = 6

_ITEM = r"(?:[（(][一二三四五六七八九十]{1,3}[)）]|\d{1,2}[.、．])\s*"  # noqa: RUF001 - full-width, as issuers type them
_LABEL = re.compile(rf"^\s*(?:第[一二三四五六七八九十百零〇\d]+条\s*)?(?:{_ITEM})?")
_CONDITION = re.compile(r"(?P<case>[^，。；：、,;:！？\s（）()]{3,26}?)的[，,]")
_UNIT = re.compile(rf"(?:(?<=[。；;\n])|^)\s*(?:{_ITEM})?[^。；;\n]+[。；;]?")
_ASKED = re.compile(r"^\s*(?:\d{1,3}[.、．])?\s*(?:问|[Qq])\d{0,3}[:：]\s*(?P<question>[^\n]+)")  # noqa: RUF001 - as above
_SHORTEST_COMMON = 2
_COMMON_QUESTION = 5
_LONGEST_WHO = 12


@dataclass(frozen=True, slots=True)
class Option:
    """One case: its condition as the article words it, the passage that it stands in, and the part that is quoted."""

    label: str
    passage: Passage
    quote: str


@dataclass(frozen=True, slots=True)
class Distinction:
    """What is to be found out, and the cases there are, in the order of the article."""

    question: str
    options: tuple[Option, ...]


class ArticleCases:
    """Looks a passage's cases up in the library that is in force; remembers them until that changes."""

    def __init__(self, library: Callable[[], Library]) -> None:
        self._library = library
        self._remembered: tuple[str, dict[str, Distinction | None]] = ("", {})

    def of(self, passage: Passage) -> Distinction | None:
        """What to ask before quoting ``passage``; ``None`` where it holds for everybody."""
        library = self._library()
        version, found = self._remembered
        if library.version != version:  # both at once: other calls ask in threads of their own
            found = {}
            self._remembered = library.version, found
        key = passage.passage_id
        if key not in found:
            article = library.find(passage.article_id)
            siblings = library.passages_of(passage.article_id)
            found[key] = distinction(passage, siblings, article.cases if article is not None else "")
        return found[key]


def distinction(passage: Passage, siblings: Sequence[Passage] = (), said: str = "") -> Distinction | None:
    """The cases that ``passage`` distinguishes by itself or together with ``siblings``, the passages of its article.

    ``said`` is the article's field 分情形. What it asks is asked where one of its answers stands, and nothing else is.
    """
    if said:
        return _stated(said, passage, siblings)
    options = _inside(passage) or _beside(passage, siblings) or _asked_alike(passage, siblings)
    if not _SHORTEST_COMMON <= len(options) <= MOST_CASES or len({option.label for option in options}) < len(options):
        return None
    return Distinction(_question(options), tuple(options))


def _stated(said: str, passage: Passage, siblings: Sequence[Passage]) -> Distinction | None:
    try:
        asked = [(one.question, located(one, siblings)) for one in stated(said)]
    except BadCases:  # the library is checked before it is served: only one that was put together by hand has such
        return None
    for question, answers in asked:
        options = tuple(Option(label, parts[0].passage, _quoted(parts)) for label, parts in answers)
        if any(part.passage.passage_id == passage.passage_id for _, parts in answers for part in parts):
            return Distinction(question, options)
    return None


def _quoted(parts: Sequence[Part]) -> str:
    return "\n".join(part.quote for part in parts)


def _inside(passage: Passage) -> list[Option]:
    """Sentences or items of one passage, each with a condition of its own."""
    text = passage.text
    units = [(m.start(), case) for m in _UNIT.finditer(text) if (case := _condition(m.group()))]
    units = [unit for unit in units if _contrasts(unit[1], [other for _, other in units])]
    ends = [*(start for start, _ in units[1:]), len(text)][: len(units)]
    before = text[: units[0][0]].strip() if units else ""
    lead = before.splitlines()[-1] + "\n" if before.endswith(("：", ":")) else ""
    return [
        Option(case, passage, lead + text[start:end].strip()) for (start, case), end in zip(units, ends, strict=True)
    ]


def _beside(passage: Passage, siblings: Sequence[Passage]) -> list[Option]:
    """Passages of one chapter that each begin with a condition."""
    if not _condition(passage.text):
        return []
    chapter = passage.heading.rpartition(" \u203a ")[0]
    found = [(p, _condition(p.text)) for p in siblings if p.heading.rpartition(" \u203a ")[0] == chapter]
    own = _condition(passage.text)
    alike = [(p, case) for p, case in found if case and (p == passage or _common(case, own) >= _SHORTEST_COMMON)]
    return [Option(case, p, p.text) for p, case in alike] if len(alike) > 1 else []


def _asked_alike(passage: Passage, siblings: Sequence[Passage]) -> list[Option]:
    """Questions with answers that differ only in whom they are about: 职工怎么参保 and 灵活就业人员怎么参保."""
    own = _asked(passage)
    if not own:
        return []
    options: list[Option] = []
    for sibling in siblings:
        asked = _asked(sibling)
        shared = _common_end(own, asked) if sibling != passage else _longest_common_end(own, passage, siblings)
        who = asked[: len(asked) - shared]
        if shared >= _COMMON_QUESTION and 0 < len(who) <= _LONGEST_WHO:
            options.append(Option(who, sibling, sibling.text))
    return options if len(options) > 1 else []


def _asked(passage: Passage) -> str:
    match = _ASKED.match(passage.text)
    return match["question"].strip(" ？?。") if match else ""


def _longest_common_end(own: str, passage: Passage, siblings: Sequence[Passage]) -> int:
    return max((_common_end(own, _asked(p)) for p in siblings if p != passage), default=0)


def _common_end(one: str, other: str) -> int:
    length = 0
    while length < min(len(one), len(other)) and one[-1 - length] == other[-1 - length]:
        length += 1
    return length


def _condition(text: str) -> str:
    """The condition that ``text`` begins with; empty where it begins otherwise."""
    match = _CONDITION.match(_LABEL.sub("", text, count=1).lstrip())
    return match["case"] if match else ""


def _contrasts(case: str, cases: Sequence[str]) -> bool:
    return any(other != case and _common(case, other) >= _SHORTEST_COMMON for other in cases)


def _common(one: str, other: str) -> int:
    """The length of the longest run of characters that both have."""
    longest = 0
    for start in range(len(one)):
        while one[start : start + longest + 1] in other and start + longest < len(one):
            longest += 1
    return longest


def _question(options: Sequence[Option]) -> str:
    return "请问属于哪种情形：" + "，还是".join(_short(options)) + "？"


def _short(options: Sequence[Option]) -> Iterator[str]:
    return (option.label for option in options)
