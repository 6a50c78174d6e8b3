"""Words of Chinese text, the same for what is searched and for what is asked; and questions without their padding.

Segmentation is jieba's (search mode: long words give their parts too), here in its Rust form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set

# What a caller says before, between and after the matter itself. Longer phrases stand before those they begin with.
_FILLERS = re.compile(
    r"(?:"
    r"^(?:[嗨嘿喂哎诶唉啊嗯呀哈，,。！!\s]|你好|您好|同志|师傅|姑娘|小姐|先生|女士)*(?:你好|您好|喂)[啊呀哈]*"
    r"|(?:你好|您好|喂)[啊呀哈]?(?=$|[，,。！!？?\s]|我|请|想)"
    r"|(?:我(?:就是|是)?(?:想|要|来)?(?:再)?(?:问|咨询|资讯|咨寻|了解|请教|反映|打听)(?:一下|下|个事儿?|一个问题|个问题)?(?:关于)?(?:说)?)"
    r"|(?:请问|麻烦(?:你|您)?(?:帮我)?(?:问|查|看)?(?:一下|下)?|(?:帮我|给我)(?:问|查|看)(?:一下|下))(?:一下)?"
    r"|^(?:那个|这个|就是|然后)+(?![月人事]|礼拜|星期|周)|(?:那个|这个)(?=[，,、\s]|我|那个|这个|就是|嗯|呃)|(?:就是说|就是|然后|反正|怎么说呢|是这样的?|对吧|是吧|是不是啊)(?=[，,、。\s])"
    r"|(?:谢谢|多谢|感谢)(?:你|您|了|啊)*|不好意思"
    r"|[嗯呃额哎唉欸诶哦噢喔哼啊呀嘛哈]+(?=$|[，,、。！!？?\s…]|[嗯呃额哎唉欸诶哦噢喔那这我你您请就想])"
    r")"
)
_LOOSE = re.compile(r"^[\s，,、。！!？?；;…~—-]+|(?<=[，,、。！!？?；;\s])[\s，,、。！!？?；;…]+")
_WORD = re.compile(r"\w", re.UNICODE)
_RUN = re.compile(r"\w+", re.UNICODE)
_STOP = frozenset(
    re.findall(
        r"\w+",
        "的 了 吗 呢 吧 啊 呀 嘛 么 和 与 及 或 等 是 在 有 就 也 都 还 又 我 你 您 他 她 它 我们 你们 他们 这 "
        "那 这个 那个 一个 一下 请问 什么 怎么 如何 怎样 哪些 哪 多少 几 可以 能 能够 能不能 可不可以 需要 要 想 "
        "问 咨询 进行 对 被 把 给 从 到 由 为 以 于 之 其 该 并 而 但 因为 所以 如果 的话 个",
    )
)

_ASKING = frozenset(
    re.findall(
        r"\w+",
        "什么 怎么 怎么办 怎么样 咋 咋办 如何 怎样 哪些 哪 多少 几 能不能 可不可以 请问 一下 问 咨询 想 要 如果 的话 "
        "了 吗 呢 吧 啊 呀 嘛 么 "
        "我 你 您 我们 你们 这个 那个",
    )
)
"""What any question may be put in, whatever it is about. 是, 有, 可以 and the like are not: they say what is asked."""


def normalise(text: str) -> str:
    """Half-width, lower-case, without surrounding space: NFKC, as Unicode Annex 15 defines it."""
    return unicodedata.normalize("NFKC", text).lower().strip()


def strip_fillers(query: str) -> str:
    """The question inside a spoken sentence: greetings, hesitation, "我想问一下" and thanks removed.

    Gives the empty string where nothing else was said.
    """
    text = _FILLERS.sub("", query.strip())
    text = _LOOSE.sub("", text).strip()
    return text if _WORD.search(text) else ""


def words(text: str) -> list[str]:
    """The words of ``text`` in order, repeated ones repeated; punctuation and words that say nothing left out."""
    return [word for word in _cut(normalise(text)) if word not in _STOP and _WORD.search(word)]


def pairs(text: str) -> list[str]:
    """What the index of words has of ``text``, each once: every two neighbouring characters; of a lone one itself.

    They find what a dictionary cuts differently in a question and in an article, or does not know at all (Kwok,
    "Comparing representations in Chinese information retrieval", SIGIR 1997).
    """
    return list(dict.fromkeys(pair for run in _RUN.findall(normalise(text)) for pair in _pairs(run)))


def asked_pairs(text: str) -> list[str]:
    """The pairs of a question, each once, without the words that say nothing: "都要带什么材料啊" is about 带 and 材料.

    In spoken questions such words are half of all; official texts that have them would be found for their sake. A
    question of nothing else keeps them.
    """
    return pairs(_without(_STOP, text)) or pairs(text)


def without_asking(text: str) -> str:
    """``text``, normalised, with a blank for each character of a word that asks: 居住证丢了怎么补 is 居住证丢   补."""
    return _without(_ASKING, text)


def _without(left_out: Set[str], text: str) -> str:
    return "".join(" " * len(word) if word in left_out else word for word in whole_words(normalise(text)))


def lone(text: str) -> list[bool]:
    """Of each character of ``text``, whether it stands alone: in no word of two characters that the dictionary has."""
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    return [len(word) == 1 for word in rjieba.cut(text, hmm=False) for _ in word]


def whole_words(text: str) -> Sequence[str]:
    """The words of ``text`` as it is, one behind the other: joined, they are ``text``; long ones are not cut again."""
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    found: list[str] = rjieba.cut(text)
    return found


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


def nouns(text: str) -> list[str]:
    """The nouns of ``text`` in order, those of one character left out, as jieba tags them."""
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    return [word for word, tag in rjieba.tag(normalise(text)) if tag.startswith("n") and len(word) > 1]


def _cut(text: str) -> Sequence[str]:
    import rjieba  # noqa: PLC0415 - its dictionary takes a moment to load

    found: list[str] = rjieba.cut_for_search(text)
    return found


def spans_of(text: str, wanted: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """``[start, end)`` spans of ``text`` where one of ``wanted`` stands, merged where they touch."""
    return merged(span for word in set(wanted) if len(word) > 1 or word.isdigit() for span in _places(text, word))


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """``spans`` in order, those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _places(text: str, word: str) -> Iterator[tuple[int, int]]:
    lowered = text.lower()
    if len(lowered) != len(text):  # a character that grows when lowered would shift the spans
        lowered = text
    at = lowered.find(word)
    while at >= 0:
        yield at, at + len(word)
        at = lowered.find(word, at + len(word))
