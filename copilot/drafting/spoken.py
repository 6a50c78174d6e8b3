"""Spoken Chinese made readable: greetings and fillers out, sentences apart, small numbers as digits.

Only what carries no meaning goes; nothing is put another way.
"""

from __future__ import annotations

import re

from copilot.spoken_digits import SAID
from knowledge_base.cardinals import one_by_one, value
from knowledge_base.sounds import find_sound

_GREETING = re.compile(
    r"^(?:[，,。！!\s]|喂|哎|唉|诶|嗯|呃|额|啊|哦|噢|嗨|为(?=[您你]好)|你好|您好|同志|姑娘|小姐|师傅|先生|热线|是热线吧|那个|就是说?|我跟(?:你|您)们?说|"
    r"好的?(?=[，,。！!\s好])|对了|行(?=[，,。]))+"
)
_FILLER = re.compile(
    r"(?<=[，,。！!？?\s])(?:嗯+|呃|额|啊+|哎+|那个|就是|这个|怎么说呢|你知道吧)(?=[，,、])[，,、]?|(?:嗯|呃|额)+[，,、]?"
)
_COURTESY = re.compile(
    r"^(?:(?:好|行|对|嗯|哦|是|没错|可以|好的|知道了|明白|清楚了|那就好|谢谢|谢谢你|谢谢您|麻烦你们?|麻烦您|再见|拜拜|辛苦了|感谢|"
    r"就这样|我知道了|就是这个号码|没有了|那行|太方便了|就这些|请讲|这样啊|不客气|我等你们的?消息|那我等你们的消息|"
    r"那麻烦你们快一点|那就麻烦你了?|姑娘|同志|啊|呀|吧|了|你|您|的|那|喂|你好|您好|哎)[，,、。！!\s]*)++$"
)
_PERSONAL = re.compile(
    r"(?:我)?的?(?:电话|手机|号码|联系方式)(?:号|号码)?(?:是|：|:)|后四位|我(?:叫|姓)|免贵|"
    rf"身份证(?:(?:号码?)?(?:就?是|为|[：:，,\s])*[0-9{SAID}]{{3}}|号码?(?:就?是|为|[：:]|[，,。]?$))|"
    r"(?<!\d)(?!20\d\d[-－]\d{1,2}[-－]\d{1,2}(?!\d))"
    rf"(?:[0-9{SAID}][-－\s]?){{7,}}"
)
_PARTICLE = re.compile(r"[啊呀哦噢喔诶欸]+(?=[，,。！!？?；;\s]|$)")
_ANNOUNCEMENT = re.compile(
    r"^(?:我?(?:今天)?(?:打电话)?(?:不是投诉|有(?:两|三|一|几)?个?(?:事情?|问题)|是?想?要?(?:表扬|投诉|举报|反映|咨询)(?:一个人|一下|一件事)?)|"
    r"好?第[一二三]个?(?:事情?|问题)?呢?|在|是|就是|好|哎|就)(?:啊|呢|吧|而已)*$"
)
_FURTHER = re.compile(
    r"^好?(?:第[一二三四五](?:个|件)?(?:事情?|问题)?(?:呢|啊)?[，,]|顺[便变][^，,。]{1,3}一下(?:[，,]|$))+"
)
_BESIDES = re.compile(
    r"^(?:(?:对了|然后|另外|顺便|再)[，,\s]*)*(?:我(?:这边|这儿|这里)?)?还?有(?:另外|别的)?(?:一|两)?[个件桩](?:别的)?(?:小)?"
    r"(?:事情?儿?|问题|情况)(?:[啊呢吧]|就?是)*(?:[，,：:\s]+|(?<=就是)|$)"
)
"""还有一件事，: that another matter follows. What stands in an order is that matter alone."""
_LEAD = re.compile(
    r"^(?:对了|顺便|另外|还有|我(?!们)|[，,\s])*(?:我(?!们)(?:今天|打电话来?|主要)?)?(?:是)?(?:想|要|来|就)?(?:再|跟你们?|跟您|向你们)?(?:说声|咨询|资讯|咨寻|请问|请教|问|打听|了解|投诉|举报|反映|反应|"
    r"表扬|建议|提|说|夸一?夸|求助)(?:一?下|一个|个|一件|问|点)*(?:事啊?|问题|情况|意见|建议|法律上的事|的事|污染的事)?(?:吧|啊|呢|，|,|就是|：|:|\s)*"
)
_LEADS = ("我想问问", "想问问", "我想问一下", "想问一下", "问一下", "我想咨询一下", "想咨询一下", "我想了解一下")
_NUMBER = re.compile(
    r"[零一二三四五六七八九十百两幺]+(?=号|栋|幢|单元|室|层)|"
    r"(?:(?<=单元)|(?<=号楼)|(?<=[栋幢]))[零一二三四五六七八九幺]{3,4}(?![零一二三四五六七八九十百千万幺多个户人])"
)
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its own mark; one utterance a line."""
    return [s.strip() for s in _SENTENCE.findall(text) if s.strip(" ，,。")]


def tidy(sentence: str) -> str:
    """A sentence without the greeting it begins with, without fillers, and without particles at the end of a clause."""
    sentence = _GREETING.sub("", sentence)
    return _PARTICLE.sub("", _GREETING.sub("", _FILLER.sub("", sentence))).strip(" ，,")


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence is only politeness or assent."""
    return _COURTESY.match(sentence.strip()) is not None


def is_personal(sentence: str) -> bool:
    """Whether a sentence says who is calling: it belongs in the fields for that, not in a summary."""
    return _PERSONAL.search(sentence) is not None


def is_announcement(sentence: str) -> bool:
    """Whether a clause only says that something is to come: 我有两个事情, 第二个呢, 我要投诉."""
    return _ANNOUNCEMENT.match(sentence.strip(" ，,。！!？?、")) is not None


def without_lead(sentence: str) -> str:
    """A clause without "我想问一下", "还有一件事" and the like, also misheard ones; empty where it is nothing else."""
    rest = _LEAD.sub("", _FURTHER.sub("", _BESIDES.sub("", sentence))).strip(" ，,")
    lead = next((phrase for phrase in _LEADS if find_sound(rest, phrase) == 0), "")
    return rest[len(lead) :].strip(" ，,")


def small_numbers(text: str) -> str:
    """Numbers up to 999 before 号, 栋, 单元 … as digits: 十八号 → 18号; 五六十号 stays as it is."""
    return _NUMBER.sub(lambda m: _value(m[0]), text)


def _value(said: str) -> str:
    if not set(said) & set("十百"):
        return one_by_one(said)
    number = value(said)
    return said if number is None else str(number)
