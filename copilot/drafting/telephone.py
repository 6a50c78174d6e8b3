"""联系电话: the number that a citizen leaves, said or written, in one sentence or in several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from copilot.call import Speaker, Utterance
from copilot.spoken_digits import AS_DIGITS
from copilot.suggestion import Choice, Reason

# What recognisers write for digits in the middle of a number.
_MISHEARD = {
    **dict.fromkeys("要腰妖邀么夭", "1"),
    **dict.fromkeys("林领灵凌玲临令", "0"),
    "吧": "8",
    "把": "8",
    "久": "9",
    "溜": "6",
}
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_LOCAL = re.compile(r"(?:座机|固话|家里电话|电话|号码)\D{0,6}([2-8]\d{6,7})(?!\d)")
_GAP = r"[\s\-－—,，、.。]"
# Each gap can be read in one way only: in two, a list of thirty numbers would be tried in all combinations.
RUN = re.compile(rf"\d(?:(?:{_GAP}{{0,2}}(?:(?:嗯|呃|啊|哦)[\s,，]?)?|{_GAP}{{2}}[\s,，])\d)*")
_GOES_ON = re.compile(rf"\D{{0,4}}(?P<run>{RUN.pattern})[，,。\s]*(?P<rest>.*)", re.DOTALL)
_PHONE = "电话|手机|座机|固话|联系方式"
_OTHER = "身份证|后四位|工号|尾号|卡号|订单|单号|[账帐户证表案]号|编号|合同号|车牌|门牌|房间号|房号"
_ID = re.compile(rf"(?:{_OTHER})(?!.*(?:{_PHONE}))")
_ID_ASKED = re.compile(rf"{_OTHER}|金额|多少钱|地址")
_ID_LEFT_OPEN = re.compile(rf"(?:{_OTHER})[号码是为呢嘛吧：:，,。\s]*$")
_PHONE_NAMED = re.compile(_PHONE)
_NODS = 6
"""Characters of a sentence that asks for nothing new: 嗯, 好的，您说."""
_UNIT = re.compile(
    r"\s*(?:[个多]?[块元年月日天点分秒岁人个位平米万千百亿次栋幢层楼室弄座吨度斤里倍%]|单元|小时|星期|礼拜|号(?!码))"
)
_ASKS = re.compile(
    r"(?:电话|手机|号码|联系方式).{0,12}(?:多少|几号|吗|[?？]|留|报|再|说|讲|提供|告诉)|"
    r"(?:留|报|提供|告诉|再说|重复).{0,12}(?:电话|手机|号码|联系方式)|再[说报念讲][一1][遍下次]|没听清|"
    r"(?:电话|手机号?|号码|联系方式)呢"
)
_ANSWER = re.compile(r"[嗯呃啊哦好的，,。、\s是我]{0,8}")
_LOCAL_NUMBER = re.compile(r"[2-8]\d{6,7}")
_LOCAL_ANSWER = re.compile(rf"{_ANSWER.pattern}([2-8]\d{{6,7}})(?!\d)")
_AGREED = re.compile(r"^(?:[，,。\s]|对|是的?|没错|嗯|好|啊|呀|就是(?:这个)?(?:号码)?)+")
_COMMON_DIGITS = 8


def telephones(utterances: Sequence[Utterance]) -> tuple[Choice[str], ...]:
    """The number to call back, at most two readings, best first; digits only.

    ``utterances`` are both speakers', in order. A number that only the agent said counts where the citizen agreed to it
    at once and had said most of its digits.
    """
    said = [(u.speaker, digits_written(u.text)) for u in utterances]
    whole = list(_complete(said))
    repeated = [n for who, text in said if who is Speaker.AGENT for n in _numbers(text)]
    own = _own(whole[-1], repeated) if whole else None
    agreed_to = _agreed(said)
    if not agreed_to or (own is not None and own.value in repeated):
        return () if own is None else (own,)
    agreed = Choice(agreed_to, 0.7, (Reason("quote", "座席复述，来电人确认", "核对"),))
    return (agreed,) if own is None else (agreed, replace(own, probability=0.25))


def _own(left: tuple[str, str, bool], repeated: Sequence[str]) -> Choice[str]:
    number, source, split = left
    again = number in repeated
    reasons = (
        Reason("quote", source, "来电人留下的号码"),
        *((Reason("quote", "座席复述过", "核对"),) if again else ()),
    )
    return Choice(number, (0.75 if split else 0.85) + (0.12 if again else 0.0), reasons)


def digits_written(text: str) -> str:
    """``text`` with spoken digits as digits, also misheard ones that stand between digits."""
    plain = text.translate(AS_DIGITS)
    characters = list(plain)
    for i, c in enumerate(plain):
        if c in _MISHEARD and _among_digits(plain, i):
            characters[i] = _MISHEARD[c]
    return "".join(characters)


def _among_digits(text: str, at: int) -> bool:
    """Whether three digits touch this character, on both sides unless it may be the one that begins a mobile number."""
    before, after = re.search(r"\d*$", text[:at]), re.match(r"\d*", text[at + 1 :])
    left, right = len(before[0] if before else ""), len(after[0] if after else "")
    return left + right >= 3 and right > 0 and (left > 0 or _MISHEARD[text[at]] == "1")  # noqa: PLR2004 - as said


def _numbers(text: str) -> Iterator[str]:
    for run in RUN.finditer(text):
        if said_of_another(text, run.start()):
            continue
        digits = only_digits(run[0]).removeprefix("86")
        for shape in (_MOBILE, _LANDLINE):
            if (found := shape.fullmatch(digits)) is not None:
                yield found[0]
    yield from (m[1] for m in _LOCAL.finditer(text) if not said_of_another(text, m.start(1)))


def _complete(said: Sequence[tuple[Speaker, str]]) -> Iterator[tuple[str, str, bool]]:
    """(number, why, whether it was said in several sentences) in the order in which they were left."""
    for position, (who, text) in enumerate(said):
        if who is not Speaker.CITIZEN:
            continue
        found = list(_numbers(text)) or _local_answer(said, position)
        yield from ((number, "说了完整的号码", False) for number in found)
        if not found and (joined := _joined(said, position)):
            yield joined, "号码分几句说完", True


def _joined(said: Sequence[tuple[Speaker, str]], position: int) -> str:
    digits = digits_from(said[position:])
    whole = is_number(digits) or (_LOCAL_NUMBER.fullmatch(digits) is not None and _answers(said, position))
    return digits if whole and not answers_another(said, position) else ""


def _answers(said: Sequence[tuple[Speaker, str]], position: int) -> bool:
    """Whether the sentence there begins with digits, and the agent asked for a number."""
    first = RUN.search(said[position][1])
    return first is not None and is_answer(said[position][1][: first.start()]) and is_asked(said[:position])


def _local_answer(said: Sequence[tuple[Speaker, str]], position: int) -> list[str]:
    """A number of the city alone, which only the agent's question tells from any other."""
    found = _LOCAL_ANSWER.match(said[position][1]) if is_asked(said[:position]) else None
    return [] if found is None or counts(said[position][1][found.end() :]) else [found[1]]


def is_asked(before: Sequence[tuple[Speaker, str]]) -> bool:
    """Whether the agent has asked for a number since the citizen spoke last."""
    for who, text in reversed(before):
        if who is Speaker.CITIZEN:
            return False
        if _ASKS.search(text):
            return not _is_of_another(text)
    return False


def answers_another(said: Sequence[tuple[Speaker, str]], position: int) -> bool:
    """Whether the sentence there begins with digits that the sentences before it call something else.

    People say 快递单号是 and pause, or are asked for their 身份证号; nods and other groups of digits lie between.
    """
    first = RUN.search(said[position][1])
    if first is None or not is_answer(said[position][1][: first.start()]):
        return False
    for who, text in reversed(said[:position]):
        named = RUN.sub("", text)
        if _is_of_another(text) and (who is Speaker.AGENT or _ID_LEFT_OPEN.search(named)):
            return True
        if len(named) > _NODS or _PHONE_NAMED.search(text):
            return False
    return False


def _is_of_another(text: str) -> bool:
    """Whether a sentence speaks of a number that is none of a telephone."""
    return _ID_ASKED.search(text) is not None and _PHONE_NAMED.search(text) is None


def is_answer(before: str) -> bool:
    """Whether what stands before some digits is nothing but the beginning of an answer."""
    return _ANSWER.fullmatch(before) is not None


def is_number(digits: str) -> bool:
    """Whether these are all digits of a mobile number, or of one with its area code."""
    return _MOBILE.fullmatch(digits) is not None or _LANDLINE.fullmatch(digits) is not None


def digits_from(said: Sequence[tuple[Speaker, str]]) -> str:
    """The digits that end the citizen's sentence at the head, with those that the citizen's next ones go on with.

    Between two groups of a number people pause for so long that a recogniser ends the sentence, and agents say 嗯 or
    repeat what they wrote down. Sentences are joined until their digits are a number, or something else is said.
    """
    first, *others = (text for who, text in said if who is Speaker.CITIZEN)
    head = re.search(rf"(?P<run>{RUN.pattern})[，,。\s]*$", first)
    if head is None or said_of_another(first, head.start()):
        return ""
    digits = only_digits(head["run"])
    for text in others:
        tail = _GOES_ON.match(text)
        if tail is None or is_number(digits) or counts(tail["rest"]):
            break
        digits += only_digits(tail["run"])
        if tail["rest"]:
            break
    return digits


def said_of_another(text: str, at: int) -> bool:
    """Whether what is said before these digits says that they are no telephone number."""
    return _ID.search(text[max(0, at - 6) : at]) is not None


def counts(behind: str) -> bool:
    """Whether what stands behind these digits says that they count something, or are a day or the number of a house."""
    return _UNIT.match(behind) is not None


def only_digits(text: str) -> str:
    """The digits of a text, the others left out."""
    return re.sub(r"\D", "", text)


def _agreed(said: Sequence[tuple[Speaker, str]]) -> str:
    """A whole number of the agent's that the citizen had said almost, and then agreed to."""
    heard = ""
    for position, (who, text) in enumerate(said):
        if who is Speaker.CITIZEN:
            heard = max([heard, *(only_digits(r[0]) for r in RUN.finditer(text))], key=len)
            continue
        after = next((t for w, t in said[position + 1 :] if w is Speaker.CITIZEN), "")
        for number in _numbers(text):
            if _AGREED.match(after) and _common(number, heard) >= _COMMON_DIGITS:
                return number
    return ""


def _common(a: str, b: str) -> int:
    """The length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        last = row
        row = [0]
        for j, y in enumerate(b):
            row.append(last[j] + 1 if x == y else max(row[j], last[j + 1]))
    return row[-1]
