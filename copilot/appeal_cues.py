"""The words by which a citizen turns to another matter in the same call, or back to one named before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge_base.sounds import find_sound

_ORDINALS = {"一": 1, "头": 1, "二": 2, "两": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4, "五": 5, "5": 5, "1": 1}
_ASK = r"(?:问|咨询|反映|反应|投诉|举报|打听|了解|请教|表扬|建议|提|说)"
_TELL = r"(?:反映|反应|投诉|举报|表扬)"
_AFFAIR = r"(?:事情|事儿?|诉求)"
_MATTER = r"(?:事情|事儿?|问题|诉求)"
_ONE = r"(?:一|1)?(?:个|件|桩|点)"
_BEGINS = r"(?:^|(?<=[，。,.！!；;\s好嗯哦啊呢那]))"

_ORDINAL = re.compile(
    rf"第(?P<n>[二三四五2345])(?:(?:个|件|桩|点)?(?:{_MATTER}|就是|呢(?!绒)|[，,]|是(?:想|要|我))|(?:个|件|桩)$)"
)
# Said of another matter and hardly ever of the same one.
_SURE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_BEGINS}还有(?:呢|啊)?[，,\s]*(?:就是)?(?:另外)?{_ONE}{_AFFAIR}",
        rf"另外[，,\s]*(?:还有|就是|再|有)*{_ONE}{_AFFAIR}",
        rf"(?:再|还)(?:想|要)?(?:跟你|跟您)?(?:{_ASK})(?:一下)?(?:一|1)?(?:个|件)?(?:另外|别的|其他|其它)",
        rf"还(?:想|要)(?:再)?(?:跟你|跟您)?{_ASK}(?:一|1)?(?:个|件){_AFFAIR}",
        rf"(?:换|说|讲)(?:另外?一?|一)?(?:个|件)(?:别的|另外的)?(?:话题|{_MATTER})(?:啊|吧|，|,)",
        r"(?:下面|接下来)(?:我)?(?:再)?(?:说|讲|问|反映)(?:一?下)?(?:说|讲)?(?:下|另)一?(?:个|件)",
        rf"除了(?:这|那)(?:个|件)?{_MATTER}?(?:以外|之外|外)?[，,\s]*(?:我)?(?:还|另外)",
        rf"(?:还|另外)有(?:一个|个|一件)?(?:别的|其他的?|另外的?)(?:一个|一件)?{_MATTER}",
    )
)
# Said of another matter, and as often of a further question about the same one.
_MAYBE = tuple(
    re.compile(pattern)
    for pattern in (
        rf"对了[，,\s]*(?:我)?(?:顺便|再|还|另外)*(?:想|要)?(?:再)?{_ASK}",
        rf"(?:顺(?:便|带)|捎带)着?(?:再|还|也)?(?:想|跟你|跟您|请)?(?:再)?{_ASK}",
        r"顺[便变][^，,。]{1,3}一下",
        rf"{_BEGINS}(?:最后)?还有(?:呢|啊)?[，,\s]*(?:就是)?(?:另外)?{_ONE}(?:问题|情况|[，,])",
        rf"{_BEGINS}还有就是",
        rf"另外[，,\s]*(?:我)?(?:还|也|再)*(?:想|要)(?:再)?(?:跟你|跟您|请)?{_ASK}",
        rf"另外[，,\s]*(?:还有|就是|再|有)*{_ONE}(?:问题|情况)",
        rf"另外[，,\s]*(?:再|还)?(?:{_ASK})(?:一下|一个|个)",
        r"再(?:有)?一个(?:呢|就是|[，,]|事|问题)",
        r"再(?:一点|有)就是",
        rf"(?:还|再)(?:想|要)(?:再)?(?:跟你|跟您)?(?:{_ASK}(?:一|1)?(?:个|件)(?:问题|情况)|{_TELL})",
    )
)
# In what is written, 另外 at the head of a sentence does what a breath does in speech.
_WRITTEN = re.compile(r"(?:^|(?<=[。！？!?；;\n]))\s*(?:另外|此外|同时|还有)")
# Exactly these sounds, for a recogniser that writes 顺变问一下 or 第二个世情.
_SURE_SOUNDS = ("第二个事情", "第二件事情", "还有一件事", "还有个事情")
_MAYBE_SOUNDS = ("顺便问一下", "顺便问问", "另外还想问", "另外我想问", "另外帮我问", "另外问一下", "再有一个是")

# No other matter after all, a way to say "besides" within one, or a matter named before as one of several.
_NO_CUE = re.compile(
    rf"(?:没|没有|没什么|也没|不用)(?:了|有|什么)*(?:别的|其他|其它|另外)|(?:两|二|三|几)(?:个|件)(?:{_MATTER})要|"
    rf"(?:还有|有)(?:别的|其他|什么){_MATTER}吗|第[二三四五2345]个(?:孩子|小孩|月|人|单元|窗口|路口|星期|礼拜)|"
    r"(?:另外|还有|对了)[，,\s]*(?:我)?(?:再|还|要|想)*补充"
)
_BACK = re.compile(
    r"(?:刚才|刚刚|前面|之前|先前|上面)(?:我)?(?:说|讲|提|问|反映|反应|咨询)(?:的|过的|到的)?(?:那|这|第一|第1)?(?:个|件)?|"
    r"回(?:到|过头)|(?:前|上)(?:面)?(?:那)?(?:一)?(?:个|件)(?:事情?|问题)|"
    rf"(?:还是|再说|回到)?(?:那)?(?:第(?P<n>[一二三四五12345])|头一)(?:个|件|桩){_MATTER}"
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words at ``start`` of a sentence that tell of another matter; ``sure`` where they hardly mean anything else."""

    start: int
    words: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Return:
    """Words at ``start`` by which a citizen goes back; ``ordinal`` counts matters from 1, 0 where none is said."""

    start: int
    ordinal: int


def find_cue(sentence: str, appeals_so_far: int, *, written: bool = False) -> Cue | None:
    """The first words in ``sentence`` by which a further matter may begin, or ``None``.

    ``appeals_so_far`` counts the matters that were opened already: "第二个事情" opens nothing when there are two.
    """
    if _NO_CUE.search(sentence):
        return None
    ordinal = _ORDINAL.search(sentence)
    if ordinal is not None:
        further = _ORDINALS[ordinal["n"]] > appeals_so_far
        return Cue(ordinal.start(), ordinal[0].strip("，, "), sure="问题" not in ordinal[0]) if further else None
    found = _first(sentence, _SURE, sure=True) or _first(sentence, _MAYBE, sure=False)
    if found is None and written:
        found = _first(sentence, (_WRITTEN,), sure=False)
    return found or _by_sound(sentence, appeals_so_far)


def find_return(sentence: str) -> Return | None:
    """The words in ``sentence`` by which a citizen goes back to a matter named before, or ``None``."""
    found = _BACK.search(sentence)
    if found is None:
        return None
    number = found["n"] or ("头" if "头一" in found[0] else "")
    return Return(found.start(), _ORDINALS.get(number, 0))


def _first(sentence: str, patterns: tuple[re.Pattern[str], ...], *, sure: bool) -> Cue | None:
    """The earliest cue, since the matter begins with it; of those at one place that of the first pattern."""
    found = [match for pattern in patterns if (match := pattern.search(sentence)) is not None]
    first = min(found, key=lambda match: match.start(), default=None)
    return Cue(first.start(), first[0].strip("，, 。"), sure) if first is not None else None


def _by_sound(sentence: str, appeals_so_far: int) -> Cue | None:
    for phrase in (*_SURE_SOUNDS, *_MAYBE_SOUNDS):
        if phrase.startswith("第二") and appeals_so_far > 1:
            continue
        if (at := find_sound(sentence, phrase)) >= 0:
            return Cue(at, sentence[at : at + len(phrase)], phrase in _SURE_SOUNDS)
    return None
