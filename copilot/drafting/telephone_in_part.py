"""A telephone number of which not all digits were heard: it cannot be called, so the agent is told to ask again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from copilot.call import Speaker, Utterance
from copilot.drafting.telephone import (
    RUN,
    answers_another,
    counts,
    digits_from,
    digits_written,
    is_answer,
    is_asked,
    is_number,
    only_digits,
    said_of_another,
)
from copilot.suggestion import Choice, Reason

_MOBILE = re.compile(r"1[3-9]\d{5,11}")
"""How a mobile number begins, so far in that no year or price looks like it; up to two digits too many."""

_NAMED = re.compile(r"(?:电话|手机|号码|座机|固话|联系方式)(?:号码?)?\D{0,6}$")
_AMOUNT = re.compile(
    r"(?:损失|花|卖|买|付|扣|欠|涨|赔|价|费|钱|工资|款)(?!.*(?:电话|手机|号码|座机|固话|联系方式)).{0,4}$"
)
_WORD = re.compile(r"[\s,，、.。]+\d$")
"""A digit behind a comma that is the beginning of a word: 欠了我150000，一直不给."""

_FEWEST, _MOST = 4, 13
_NOBODYS = re.compile(r"1[0-2]\d{0,3}|9\d{2,4}|0\d{2,3}12345|100\d{2,}|[48]00\d*|20[0-3]\d[01]\d[0-3]\d.*")
"""Numbers that everybody knows (110, 12345, 95598, 10086, 400, 800) and days: nobody leaves one to be called back."""


def telephone_in_part(utterances: Sequence[Utterance]) -> tuple[Choice[str], ...]:
    """The digits that were heard last of a number that is not whole; nothing where no number was left.

    ``utterances`` are both speakers', in order. The choice has a probability of 0: it is shown, never taken over.
    """
    said = [(u.speaker, digits_written(u.text)) for u in utterances]
    heard = [digits for position in range(len(said)) for digits in _parts(said, position)]
    if not heard:
        return ()
    return (Choice(heard[-1], 0.0, (Reason("quote", f"听到 {len(heard[-1])} 位，不是完整号码", "来电人留下的号码"),)),)


def _parts(said: Sequence[tuple[Speaker, str]], position: int) -> Iterator[str]:
    """What the sentence at that place says of a number, with what the next ones add to it."""
    who, text = said[position]
    if who is not Speaker.CITIZEN or answers_another(said, position):
        return
    asked = is_asked(said[:position])
    for run in RUN.finditer(text):
        before, behind = text[: run.start()], text[run.end() :]
        if said_of_another(text, run.start()) or counts(behind) or _AMOUNT.search(before):
            continue
        named = _NAMED.search(before) is not None or (asked and is_answer(before))
        digits = only_digits(_WORD.sub("", run[0]) if behind else run[0])
        if not behind.strip("，,。 "):
            digits = _longer(digits, digits_from(said[position:]))
        if _is_part(digits, named=named):
            yield digits


def _longer(digits: str, joined: str) -> str:
    """With what the next sentences add, unless that is more than any number has: then it was said anew."""
    return joined if len(joined) <= _MOST else digits


def _is_part(digits: str, *, named: bool) -> bool:
    if is_number(digits) or _NOBODYS.fullmatch(digits):
        return False
    return _MOBILE.fullmatch(digits) is not None or (named and _FEWEST <= len(digits) <= _MOST)
