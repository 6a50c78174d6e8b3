"""Personal data masked for screens, lists and exports (PIPL art. 51, GB/T 35273-2020 section 6).

Only digits and given names are covered, character by character, so a masked text is as long as the text and spans into
it stay right. Masking twice changes nothing.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from copilot.spoken_digits import AS_DIGITS, SAID

STAR = "*"
# The fewest digits of a local number, of a mobile one, of a bank card, and of a written run that is no amount.
_LOCAL_DIGITS, _MOBILE_DIGITS, _CARD_DIGITS, _NO_AMOUNT = 7, 11, 16, 9
_D = f"0-9{SAID}"
# A run of digits, said or written, with at most a small break between two of them.
_RUN = re.compile(rf"[{_D}](?:[\s\-－—,，、.·]{{0,2}}[{_D}]){{6,}}[Xx]?")
_BREAK = re.compile(r"[\s\-－—,，、.·]+")
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
)


def mask(text: str, *, addresses: bool = False) -> str:
    """``text`` with telephone, identity and card numbers and given names covered; house numbers too if asked.

    The result has the same length. A mobile number keeps 138****1234, a name its surname.
    """
    text = _LAST_FOUR.sub(lambda m: m[1] + m[2] + _cover(m[3]), text)
    text = _RUN.sub(lambda m: _mask_run(m[0]), text)
    text = _LOCAL.sub(lambda m: m[1] + _cover(m[2], tail=4), text)
    text = _SELF.sub(_cover_given, text)
    text = _TITLED.sub(_cover_given, text)
    return _HOUSE.sub(lambda m: STAR * len(m[1]), text) if addresses else text


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
