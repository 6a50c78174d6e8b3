"""联系电话: the number that a citizen leaves, said or written, in one sentence or in two."""

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
_RUN = re.compile(r"\d(?:[\s\-－—,，、.。]{0,2}(?:嗯|呃|啊|哦)?[\s,，]?\d)*")
_ID = re.compile(r"身份证|后四位|工号|尾号|卡号|订单|单号")
_AGREED = re.compile(r"^(?:[，,。\s]|对|是的?|没错|嗯|好|啊|呀|就是(?:这个)?(?:号码)?)+")
_COMMON_DIGITS = 8
_WHOLE = 11


def telephones(utterances: Sequence[Utterance]) -> tuple[Choice[str], ...]:
    """The number to call back, at most two readings, best first; digits only.

    ``utterances`` are both speakers', in order. A number that only the agent said counts where the citizen agreed to it
    at once and had said most of its digits.
    """
    said = [(u.speaker, digits_written(u.text)) for u in utterances]
    whole = list(_complete([text for who, text in said if who is Speaker.CITIZEN]))
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
    for run in _RUN.finditer(text):
        if _ID.search(text[max(0, run.start() - 6) : run.start()]):
            continue
        digits = re.sub(r"\D", "", run[0]).removeprefix("86") if run[0].startswith("86") else re.sub(r"\D", "", run[0])
        for shape in (_MOBILE, _LANDLINE):
            if (found := shape.fullmatch(digits)) is not None:
                yield found[0]
    yield from (m[1] for m in _LOCAL.finditer(text))


def _complete(citizen: Sequence[str]) -> Iterator[tuple[str, str, bool]]:
    """(number, why, whether it was said in two sentences) in the order in which they were left."""
    for position, text in enumerate(citizen):
        found = list(_numbers(text))
        yield from ((number, "说了完整的号码", False) for number in found)
        if not found and position + 1 < len(citizen):
            joined = _joined(text, citizen[position + 1])
            if joined:
                yield joined, "号码分两句说完", True


def _joined(first: str, second: str) -> str:
    """A number whose halves end one sentence and begin the next."""
    head = re.search(rf"(?P<run>{_RUN.pattern})[，,。\s]*$", first)
    tail = re.match(rf"\D{{0,4}}(?P<run>{_RUN.pattern})", second)
    if head is None or tail is None or _ID.search(first[: head.start()][-6:]):
        return ""
    digits = re.sub(r"\D", "", head["run"] + tail["run"])
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else ""


def _agreed(said: Sequence[tuple[Speaker, str]]) -> str:
    """A whole number of the agent's that the citizen had said almost, and then agreed to."""
    heard = ""
    for position, (who, text) in enumerate(said):
        if who is Speaker.CITIZEN:
            heard = max([heard, *(re.sub(r"\D", "", r[0]) for r in _RUN.finditer(text))], key=len)
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
