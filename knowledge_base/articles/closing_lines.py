"""Passages that only say from when a document holds, what it abolishes or who explains it: the close of most documents.

「本办法自2026年3月1日起施行。」 has the document's title above it and few words of its own, so that it lies near what
the document is about, and answers none of it. It answers who asks since when, until when or by whom.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from knowledge_base.policy import Passage

IN_FORCE = r"(?:正式)?(?:施行|实施|执行|生效|试行|启用)"
THIS = (
    r"本(?:办法|规定|细则|通知|通告|公告|意见|方案|条例|决定|规则|制度|标准|指引|指南|措施|政策|文件|规程|预案|目录|清单|法|规范|章程"
    r"|暂行办法|暂行规定|实施细则|实施意见|实施办法|实施方案)"
)
_LONGEST = 240
_NUMBER = r"[一二三四五六七八九十百千零〇\d]"
_LABEL = re.compile(
    rf"^(?:第{_NUMBER}{{1,8}}条(?:之{_NUMBER})?|[（(]{_NUMBER}{{1,3}}[)）]|{_NUMBER}{{1,3}}[、.\uff0e])?\s*"
)
_SENTENCE = re.compile(r"[^。；;\n]+")
_TERM = r"(?:有效期|试行期|试行|执行至|施行至|实施至|至)[^，,]{1,24}"
_ENDS = r"(?:废止|失效|停止执行|不再执行)"
_BEHIND = rf"(?:[，,]{_TERM})?(?:[，,].{{0,120}}{_ENDS})?"
_CLOSING = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{THIS}(?:自|从|于)[^，,]{{2,40}}?{IN_FORCE}{_BEHIND}",
        rf"(?:自|从|于)(?:[^，,]{{2,40}}?施行|(?:印发|公布|发布|颁布|下发)[^，,]{{0,20}}?{IN_FORCE}){_BEHIND}",
        rf"{THIS}(?:的)?有效期(?:限)?(?:为|至|到|截至|截止到|自)?[^，,]{{1,30}}",
        rf".{{0,60}}《.{{2,80}}》.{{0,60}}{_ENDS}",
        rf".{{0,40}}(?:此前|以前|之前|以往|原有?|现行|有关|相关|同时).{{0,20}}(?:文件|规定|办法|通知).{{0,40}}{_ENDS}",
        rf"(?:{THIS}|具体(?:应用|执行)?(?:中)?(?:的)?(?:问题|工作|内容)?).{{0,10}}由[^，,]{{2,40}}解释",
        rf".{{0,6}}{THIS}.{{0,6}}解释权.{{2,40}}",
        rf".{{0,60}}与{THIS}.{{0,4}}(?:不一致|不符|相抵触)的?[，,]以{THIS}(?:规定)?为准",
    )
)
_SIGN = re.compile("施行|实施|执行|生效|试行|启用|有效期|废止|失效|解释|为准")
"""Each of those has one of these: most passages need no closer look."""

_SO_LONG = re.compile(r"(?:的)?有效期(?:限)?(?:为|至|到|截至|截止到|自)?[^，,]{1,30}")
"""Of the document behind a sentence that closes it; alone of a permit."""

_NEGLECTED = re.compile(r"逾期|未(?:按|在|经|办|年)|不(?:按|办|签)|原规定办理")
"""Papers that become void by what their holder does are no rules that were abolished."""

_RULES = "办法|规定|细则|政策|文件|通知|通告|公告|条例|法规|规则|标准|方案|意见|措施|制度"
_HOLDS = "实施|生效|起效|执行|试行|启用|实行|失效|作废|过期|到期|有效|管用"
_WHEN = "什么时候|啥时候|几时|何时|多会儿|哪天|哪年|哪一天|哪一年|哪个月|几月|几号|多久"
_ASKED = re.compile(
    rf"施行|废止|新规|解释权|负责解释|(?:谁|哪里?|哪个.{{1,4}}).{{0,4}}解释|(?:{_RULES})[^，。？?]{{0,10}}(?:{_HOLDS})"
    rf"|(?:办法|规定|政策|条例|细则)[^，。？?]{{0,6}}(?:{_WHEN})[^，。？?]{{0,4}}(?:开始|起)"
    rf"|(?:{_RULES}|补贴)[^，。？?]{{0,10}}(?:算数|作数|有用|结束|截止|到(?:{_WHEN}))"
    rf"|(?:{_WHEN})[^，。？?]{{0,6}}(?:实施|生效|起效|执行|试行|启用|实行)|(?:19|20)\d\d年\d{{1,2}}月\d{{1,2}}日"
)
"""Of when certificates, contracts and enrolments begin and end rules speak themselves, before they close."""


def only_closes(passage: Passage) -> bool:
    """Whether ``passage`` says no more than when its document holds, what ends with it or who explains it.

    Never the first passage of an article: a notice may have nothing else to say.
    """
    return not passage.passage_id.endswith("#1") and is_closing(passage.text)


def is_closing(text: str) -> bool:
    """Whether all sentences of ``text`` are such as close a document."""
    if len(text) > _LONGEST or not _SIGN.search(text):
        return False
    sentences = [_LABEL.sub("", sentence.strip()) for sentence in _SENTENCE.findall(text)]
    return _all_close(sentence for sentence in sentences if sentence)


def _all_close(sentences: Iterable[str]) -> bool:
    closed = False
    for sentence in ("".join(one.split()) for one in sentences):
        if _NEGLECTED.search(sentence):
            return False
        closes = any(pattern.fullmatch(sentence) for pattern in _CLOSING)
        if not closes and not (closed and _SO_LONG.fullmatch(sentence)):
            return False
        closed = True
    return closed


def asks_when_it_holds(question: str) -> bool:
    """Whether ``question`` may be about when a rule holds or who explains it, or names a day as rules do."""
    return _ASKED.search(question) is not None
