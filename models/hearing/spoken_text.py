"""From a recogniser's raw words to text that a person reads and the advisors search: one place for every engine."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from models.hearing.spoken_numbers import digits

if TYPE_CHECKING:
    from collections.abc import Callable

_HAN = "\u3400-\u9fff"
_SPACE_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}，。？！、])\s+|\s+(?=[{_HAN}，。？！、])")
_MARKS = str.maketrans({",": "，", "?": "？", "!": "！", ";": "；", ":": "："})
_MARK_BESIDE_HAN = re.compile(rf"(?<=[{_HAN}])[,?!;:]|[,?!;:](?=[{_HAN}])")
_REPEATED = re.compile(r"(.{3,}?)\1")
_DOUBLED = re.compile(r"(.{3,}?)[，。？！,.?! ]*\1[，。？！,.?! ]*")
_LOOP = re.compile(r"(.{2,}?)(?:[，。？！,.?! ]*\1){2,}")
_STUTTER = re.compile(r"(\D)\1{4,}")
_QUESTION = re.compile(
    r"(?:吗|呢|么|没有|是不是|行不行|可不可以|能不能|怎么办|多少钱|多少|哪里|哪儿|为什么|什么)(?:啊|呀|呢)?$"
)
_CLOSING = "。？！….?!"
# What Whisper was taught by subtitles and says on silence or noise; nobody says these to a hotline.
_SUBTITLE_TALK = re.compile(
    r"字幕(?:由|by|志愿者|制作|提供|组)|(?:谢谢|感谢)(?:大家)?(?:的)?(?:收看|观看)|(?:请不吝)?点赞.{0,3}订阅|订阅.{0,6}频道|打赏支持|明镜与点点|"
    r"Amara\.org|优优独播剧场|YoYo Television|下集(?:再见|预告)|(?:本|此)?视频(?:由|来自)",
    re.IGNORECASE,
)


def readable(text: str, *, final: bool) -> str:
    """Raw recogniser output as text for a person.

    Simplified characters, NFKC with Chinese punctuation kept, no spaces beside Chinese characters (Korean and Latin
    words keep theirs), numbers in digits, loops cut; a final text ends with a mark. Returns "" for nothing said.
    """
    text = digits(tidy(text))
    if not final or not text or text[-1] in _CLOSING:
        return text
    text = text.rstrip("，、,；;：: ")
    if not text or not re.search(rf"[{_HAN}]", text):
        return text
    return text + ("？" if _QUESTION.search(text) else "。")


def tidy(text: str) -> str:
    """Everything of :func:`readable` except numbers and the closing mark."""
    text = unicodedata.normalize("NFKC", text.replace("\ufffd", "")).strip()
    text = _SPACE_BESIDE_HAN.sub("", text)
    text = _MARK_BESIDE_HAN.sub(lambda match: match[0].translate(_MARKS), text)
    return without_loops(simplified(text))


def simplified(text: str) -> str:
    """Traditional characters → simplified, character by character phrases (OpenCC t2s)."""
    return _converter()(text)


def without_loops(text: str) -> str:
    """A text that is exactly doubled once, a phrase said three times or more in a row once, a stutter of five cut."""
    text = _LOOP.sub(lambda match: match[0] if match[1].isdigit() else match[1], text)
    doubled = _DOUBLED.fullmatch(text)
    if doubled and bare(doubled[1]).strip("0123456789"):
        text = doubled[1]
    return _STUTTER.sub(r"\1\1", text)


def repeats(text: str) -> bool:
    """Whether three or more characters follow themselves, which a decoder does far more often than a person."""
    found = _REPEATED.search(text)
    return found is not None and not found[1].isdigit()


def is_subtitle_talk(text: str) -> bool:
    """Whether the text is what a decoder makes of silence: credits and thanks for watching."""
    return bool(_SUBTITLE_TALK.search(text)) and len(text) <= 40  # noqa: PLR2004 - in a long sentence the words are meant


def bare(text: str) -> str:
    """Letters and digits only: what remains to compare or count."""
    return "".join(character for character in text if character.isalnum())


@lru_cache(maxsize=1)
def _converter() -> Callable[[str], str]:
    import opencc  # noqa: PLC0415 - loads dictionaries

    convert: Callable[[str], str] = opencc.OpenCC("t2s").convert
    return convert
