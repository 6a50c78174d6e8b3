"""Personal data masked for screens, lists and exports (PIPL art. 51, GB/T 35273-2020 section 6).

Only digits and given names are covered, character by character, so a masked text is as long as the text and spans into
it stay right. Masking twice changes nothing. A number said in several sentences (电话是13812。嗯，345678) is covered
where its digits together are one by their shape, and its beginning where it is called one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from copilot.spoken_digits import AS_DIGITS, SAID

STAR = "*"
# The fewest digits of a local number, of a mobile one, of a bank card, and of a written run that is no amount.
_LOCAL_DIGITS, _MOBILE_DIGITS, _CARD_DIGITS, _NO_AMOUNT = 7, 11, 16, 9
_MOST_PIECES = 18  # an identity number, digit by digit
_D = f"0-9{SAID}"
# A run of digits, said or written, with at most a small break between two of them.
_RUN = re.compile(rf"[{_D}](?:[\s\-－—,，、.·]{{0,2}}[{_D}]){{6,}}[Xx]?")
_BREAK = re.compile(r"[\s\-－—,，、.·]+")
# Between two sentences of one person; white space for every rule.
_BORDER = "\x1e"
_PAUSE = r"[\s\-－—,，、.·。！!？?；;…]{0,4}"
# What may stand between two halves of a number, sentences' ends and all.
_SMALL_WORD = r"嗯|啊|呃|额|哦|诶|那个?|然后|后面是?|再|是[吧吗]?|对[吧的]?|好的?|[您你][说讲]|继续"
_BETWEEN = rf"{_PAUSE}(?:(?:{_SMALL_WORD}){_PAUSE}){{0,3}}"
_HALVES = re.compile(rf"[{_D}]+(?:(?![{_D}Xx]){_BETWEEN}[{_D}Xx]+)+")
# Stricter than of a number in one piece: a date behind an amount has as many digits.
_WHOLE = re.compile(
    r"(?:86)?1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}|\d{6}(?:19|20)\d{2}(?:0[1-9]|1[0-2])[0-3]\d{4}[\dXx]"
)
_STOPPED = re.compile(rf"[^{_D}Xx \t\-－—,，、.·]")
_DIGITS = re.compile(rf"[{_D}Xx]+")
_BEGUN = re.compile(
    rf"(?P<lead>(?:(?P<identity>身份证)|电话|手机号|手机是|号码|联系方式)(?:号?码?|就?是|为|[，,：:\s]){{0,4}})"
    rf"(?P<digits>[{_D}](?:[\s,，-]?[{_D}]){{3,9}})(?=[\s,，。.…]*$)"
)
_MOBILE = re.compile(r"1[3-9]")
_DATE = re.compile(r"(?:19|20)\d{2}[-.]\d{1,2}[-.]\d{1,2}")
_LAST_FOUR = re.compile(rf"((?:后|末|最后)[四4]位|尾号)([^{_D}]{{0,8}})([{_D}](?:[\s,，、]?[{_D}]){{3}})")
_LOCAL = re.compile(rf"((?:电话|座机|号码|手机)[^{_D}]{{0,6}})([{_D}]{{7,8}})(?![{_D}])")

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤方俞任袁"
    "柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛狄米贝明臧计成戴宋庞熊纪"
    "舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓洪包左石崔吉"
    "龚程邢裴陆荣翁荀羊惠曲封储靳段焦巴侯宁仇武刘景龙叶司黎白蒲赖卓乔谭聂曾沙关游盖肖岳涂覃佟言闫邰简"
)
_SURNAME = rf"(?:欧阳|上官|司马|诸葛|司徒|东方|夏侯|皇甫|尉迟|[{_SURNAMES}])"
_GIVEN_END = r"(?=[，。,.、；;！!？?\s]|$|先生|女士|同志|师傅|电话|手机|号码|身份|后四|今年|住|家|我|是|的|在|对)"
# What follows "我叫" and is no name: "我叫他来", "我叫了车".
_NO_NAME = r"(?!(?:何必|应该|物业|安排|于是|路人|支持|关系|家人|和他|管理|时候|平时|房东|计程))"
_SELF = re.compile(
    rf"(?P<lead>我(?:的)?(?:名字)?(?:叫做?|是叫)|(?:名字|姓名)(?:叫|是|[：:])?|本人(?:叫)?|名叫|"
    rf"我姓(?P<own>{_SURNAME})[，, ]?(?:叫|名字是)?(?=(?P=own)))"
    rf"(?P<gap>[，,\s]?){_NO_NAME}(?P<sur>{_SURNAME})(?P<given>[一-龥]{{1,2}}?{_GIVEN_END}|[一-龥]{{2}})"
)
_TITLED = re.compile(
    rf"(?P<sur>{_SURNAME})(?P<given>(?:(?![的了着过个位这那些所是有])[一-龥]){{1,2}})(?=先生|女士|小姐|同志|师傅|大爷|大妈|阿姨)"
)
_HOUSE = re.compile(
    r"(?<![月第0-9一二三四五六七八九十百零])([0-9一二三四五六七八九十百零两]{1,5})"
    r"(?=号楼|号院|号(?!窗口|线|文|令|公告|之前|以前|以后|柜)|栋|幢|单元|室|弄|座)"
    # 3栋2单元501: the door, which hardly anybody calls 室
    r"|(?:(?<=单元)|(?<=号楼)|(?<=[栋幢座]))([0-9零一二三四五六七八九幺]{3,4})(?![0-9零一二三四五六七八九幺十百千万多来余个户人平米元块天年月])"
)


def mask(text: str, *, addresses: bool = False) -> str:
    """``text`` with telephone, identity and card numbers and given names covered; house numbers too if asked.

    The result has the same length. A mobile number keeps 138****1234, a name its surname.
    """
    while (covered := _masked_once(text)) != text:  # of three halves, two may be a number, and what stays of them too
        text = covered
    return _HOUSE.sub(lambda m: STAR * len(m[0]), text) if addresses else text


def mask_talk(sentences: Sequence[str], *, addresses: bool = False) -> list[str]:
    """:func:`mask` of what one person said, in order: also where one sentence begins a number and the next ends it."""
    together = _halves_covered(_BORDER.join(one.replace(_BORDER, " ") for one in sentences))
    return [mask(one, addresses=addresses) for one in together.split(_BORDER)] if sentences else []


def _masked_once(text: str) -> str:
    text = _halves_covered(text)
    text = _LAST_FOUR.sub(lambda m: m[1] + m[2] + _cover(m[3]), text)
    text = _RUN.sub(lambda m: _mask_run(m[0]), text)
    text = _LOCAL.sub(lambda m: m[1] + _cover(m[2], tail=4), text)
    text = _BEGUN.sub(_cover_begun, text)
    text = _SELF.sub(_cover_given, text)
    return _TITLED.sub(_cover_given, text)


def restore(edited: str, original: str) -> str:
    """``edited``, a corrected form of ``mask(original)``, with what is still masked in it as it was in ``original``."""
    masked = mask(original)
    restored = list(edited)
    matcher = SequenceMatcher(None, masked, edited, autojunk=False)
    for block in matcher.get_matching_blocks():
        restored[block.b : block.b + block.size] = original[block.a : block.a + block.size]
    return "".join(restored)


def mask_telephone(number: str) -> str:
    """A number that is known to be a telephone: 138****1234, 0571-****1234; only stars where it is too short.

    Of a number that was heard in part, no more is left uncovered than of the whole: 138****12, 0571****.
    """
    plain = "".join(re.findall(r"\d", number.translate(AS_DIGITS)))
    digits = len(plain)
    if digits < _LOCAL_DIGITS:
        return _cover(number)
    if plain.startswith("0") and not plain.startswith("00"):
        head = _area_code(number)
        return _cover(number, head=head, tail=4 if digits - head >= _LOCAL_DIGITS else max(0, digits - head - 4))
    if digits < _MOBILE_DIGITS and _MOBILE.match(plain):
        return _cover(number, head=3, tail=digits - _LOCAL_DIGITS)
    if re.fullmatch(r"(?:00)?861[3-9]\d{9}", plain):
        return _cover(number, head=digits - 8, tail=4)
    return _cover(number, head=3 if digits >= _MOBILE_DIGITS else 0, tail=4)


def _cover(text: str, head: int = 0, tail: int = 0) -> str:
    """``text`` with its digits covered but for the first ``head`` and the last ``tail`` of them."""
    where = [i for i, c in enumerate(text) if c in "Xx" or re.match(rf"[{_D}]", c)]
    hidden = set(where[head : len(where) - tail])
    return "".join(STAR if i in hidden else c for i, c in enumerate(text))


def _area_code(number: str) -> int:
    """How many digits the area code has: what stands before a break, else three for the big cities, else four."""
    plain = number.translate(AS_DIGITS).strip(" +()（）")
    first = re.split(rf"{_BREAK.pattern}|[()（）]", plain)[0]
    if first != plain and len(first) in {3, 4}:
        return len(first)
    return 3 if first[1:2] in {"1", "2"} else 4


def _mask_run(run: str) -> str:
    digits = _BREAK.sub("", run).translate(AS_DIGITS)
    if _DATE.match(run.translate(AS_DIGITS)):
        return run
    shaped = _by_shape(run, digits)
    if shaped is not None:
        return shaped
    pieces = _BREAK.split(run)
    if len(pieces) > 1 and any(len(piece) > 1 for piece in pieces):
        return "".join(_plain(piece) for piece in re.split(rf"({_BREAK.pattern})", run))
    return _plain(run)


def _halves_covered(text: str) -> str:
    """``text`` with the numbers covered that are told in several pieces and are one by their shape."""
    return _HALVES.sub(lambda run: _pieces_covered(run[0]), text)


def _pieces_covered(run: str) -> str:
    for start, end in _joined_pieces(run):
        digits = "".join(_DIGITS.findall(run[start:end])).translate(AS_DIGITS)
        if _WHOLE.fullmatch(digits) and (shaped := _by_shape(run[start:end], digits)) is not None:
            return run[:start] + shaped + _halves_covered(run[end:])
    return run


def _joined_pieces(run: str) -> Iterator[tuple[int, int]]:
    """``[start, end)`` of neighbouring pieces of digits with a stop among them (no list: 101、102、103), most first."""
    pieces = [found.span() for found in _DIGITS.finditer(run)]
    for count in range(min(len(pieces), _MOST_PIECES), 1, -1):
        spans = ((pieces[at][0], pieces[at + count - 1][1]) for at in range(len(pieces) - count + 1))
        yield from (span for span in spans if _STOPPED.search(run[slice(*span)]))


def _cover_begun(match: re.Match[str]) -> str:
    """Of a number that somebody began to say no more is left than of the whole."""
    digits = match["digits"]
    if match["identity"]:
        return match["lead"] + _cover(digits, head=3)
    if not _MOBILE.match(digits.translate(AS_DIGITS)):
        return match[0]  # 12345 and 10086 are everybody's
    return match["lead"] + _cover(digits, head=3, tail=max(0, len(re.findall(rf"[{_D}]", digits)) - _LOCAL_DIGITS))


def _by_shape(run: str, digits: str) -> str | None:
    """The run masked as what its digits say it is, or None where they say nothing."""
    if re.fullmatch(r"\d{17}[\dXx]", digits):
        return _cover(run, head=3)
    if re.fullmatch(r"(?:86)?1[3-9]\d{9}", digits):
        return _cover(run, head=len(digits) - 8, tail=4)
    if re.fullmatch(r"0\d{9,11}", digits):
        return mask_telephone(run)
    return None


def _plain(run: str) -> str:
    """A run that is no telephone number by its shape: covered where it is too long to be a year or an amount."""
    count = len(_BREAK.sub("", run))
    spelled = len(run) > count or re.search(r"[^\dXx]", run) is not None
    if count < (_LOCAL_DIGITS if spelled else _NO_AMOUNT):
        return run
    return _cover(run, tail=4 if count >= _CARD_DIGITS else 2)


def _cover_given(match: re.Match[str]) -> str:
    whole, start = match[0], match.start("given") - match.start()
    return whole[:start] + STAR * len(match["given"]) + whole[start + len(match["given"]) :]
