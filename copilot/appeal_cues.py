"""The words by which a citizen turns to another matter in the same call."""

from __future__ import annotations

import re

from knowledge_base.sounds import find_sound

_ORDINALS = {"二": 2, "两": 2, "2": 2, "三": 3, "3": 3, "四": 4, "4": 4, "五": 5, "5": 5}
_ASK = r"(?:问|咨询|反映|反应|投诉|举报|打听|了解|请教|表扬|建议|提|说)"
_MATTER = r"(?:事情|事儿?|问题|诉求)"
_ONE = r"(?:一|1)?(?:个|件|桩|点)"

_ORDINAL = re.compile(
    rf"第(?P<n>[二三四五2345])(?:(?:个|件|桩|点)?(?:{_MATTER}|就是|呢(?!绒)|[，,]|是(?:想|要|我))|(?:个|件|桩)$)"
)
_CUES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"对了[，,\s]*(?:我)?(?:顺便|再|还|另外)*(?:想|要)?(?:再)?{_ASK}",
        rf"顺(?:便|带)(?:再|还|也)?(?:想|跟你|跟您|请)?(?:再)?{_ASK}",
        r"顺[便变][^，,。]{1,3}一下",
        rf"(?:^|(?<=[，。,.！!\s好嗯哦啊呢那]))还有(?:呢|啊)?[，,\s]*(?:就是)?(?:另外)?{_ONE}{_MATTER}",
        rf"另外[，,\s]*(?:我)?(?:还|也|再)*(?:想|要)(?:再)?(?:跟你|跟您|请)?{_ASK}",
        rf"另外[，,\s]*(?:还有|就是|再|有)*{_ONE}{_MATTER}",
        rf"另外[，,\s]*(?:再|还)?(?:{_ASK})(?:一下|一个|个)",
        r"再(?:有)?一个(?:呢|就是|[，,]|事|问题)",
        r"再(?:一点|有)就是",
        rf"(?:再|还)(?:想|要)?(?:跟你|跟您)?(?:{_ASK})(?:一下)?(?:一|1)?(?:个|件)?(?:另外|别的|其他|其它)",
        rf"还(?:想|要)(?:再)?(?:跟你|跟您)?{_ASK}(?:一|1)?(?:个|件){_MATTER}",
        rf"(?:换|说|讲)(?:另外?一?|一)?(?:个|件)(?:别的|另外的)?(?:话题|{_MATTER})(?:啊|吧|，|,)",
        rf"除了(?:这|那)(?:个|件)?{_MATTER}?(?:以外|之外|外)?[，,\s]*(?:我)?(?:还|另外)",
        rf"(?:还|另外)有(?:一个|个|一件)?(?:别的|其他的?|另外的?)(?:一个|一件)?{_MATTER}",
    )
)
# Exactly these sounds, for a recogniser that writes 顺变问一下 or 第二个世情.
_SOUNDS = ("顺便问一下", "顺便问问", "第二个事情", "第二件事情", "还有一件事", "还有个事情", "另外还想问", "另外我想问")

# No other matter after all, a way to say "besides" within one, or a matter named before as one of several.
_NO_CUE = re.compile(
    rf"(?:没|没有|没什么|也没|不用)(?:了|有|什么)*(?:别的|其他|其它|另外)|(?:两|二|三|几)(?:个|件)(?:{_MATTER})要|"
    rf"(?:还有|有)(?:别的|其他|什么){_MATTER}吗|第[二三四五2345]个(?:孩子|小孩|月|人|单元|窗口|路口|星期|礼拜)"
)
_BOUNDARY = re.compile(r"[。！？!?\n]")


def opens_new_appeal(text: str, appeals_so_far: int) -> str | None:
    """The words in a citizen's sentence by which a further matter begins, or ``None``.

    ``appeals_so_far`` counts the matters that were opened already: "第二个事情" opens nothing when there are two.
    The first matter of a call needs no cue.
    """
    for sentence in _BOUNDARY.split(text):
        cue = None if _NO_CUE.search(sentence) else _cue(sentence, appeals_so_far)
        if cue is not None:
            return cue
    return None


def _cue(sentence: str, appeals_so_far: int) -> str | None:
    ordinal = _ORDINAL.search(sentence)
    if ordinal is not None:
        return ordinal[0].strip("，, ") if _ORDINALS[ordinal["n"]] > appeals_so_far else None
    for cue in _CUES:
        if (found := cue.search(sentence)) is not None:
            return found[0].strip("，, 。")
    return _by_sound(sentence, appeals_so_far)


def _by_sound(sentence: str, appeals_so_far: int) -> str | None:
    for phrase in _SOUNDS:
        if phrase.startswith("第二") and appeals_so_far > 1:
            continue
        if (at := find_sound(sentence, phrase)) >= 0:
            return sentence[at : at + len(phrase)]
    return None
