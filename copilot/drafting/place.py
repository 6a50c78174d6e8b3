"""事发地点: districts and streets of the gazetteer by sound, and the road, estate and house number around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from copilot.appeal import Place
from copilot.drafting.spoken import small_numbers
from copilot.suggestion import Choice, Reason
from knowledge_base.gazetteer import Gazetteer
from knowledge_base.sounds import likeness

# How alike a name must sound when its 区/街道/镇 was heard as written, and each character when that was heard wrongly.
_ALIKE, _HOMOPHONE = 0.74, 0.95
# The most that is believed of a name that stands in the text only because it was put right.
_PUT_RIGHT = 0.95
# Before the end of a clause, 去 is 区 more often than it is "to go": 在高兴去 is 在高新区, but 很高兴去 is not.
_WHERE, _FOLDED = re.compile(r"(?:在|再|住|位于|就是)$"), 0.9
# With more streets than this, trying each by its sound takes too long: an index has put right what was misheard.
_FEW = 400
# A second reading of the same name must be this much worse to be left out.
_CLEARLY = 0.08
_SUFFIX = re.compile(r"(?:街道|区|县|镇|乡)$")
_BREAKS = re.compile(r"[，,、\s]+")

_NOT_IN_NAME = (
    r"的在那这条个到从是了我你他她它们有和住叫去来往一就跟离也都还整哪每家说过边口给把被让走出进没不想问办着带要看很又再能用好听租第各破"
    r"，,。、！？!?\s"
)
_NAME = rf"[^{_NOT_IN_NAME}]"
_KINDS = (
    "路|街|大道|巷|胡同|小区|花园|家园|苑|新村|公寓|大厦|广场|市场|工业园|科技园|公园|中学|小学|幼儿园|"
    "医院|饭店|超市|商场|政务服务大厅|政务大厅|火车站|汽车站|地铁站|村"
)
_DOOR = r"(?:[0-9]{3,4}室?(?![0-9多来余个户人平米元块万天年月号栋幢座单]))?+"
"""501 behind a building or a staircase; hardly anybody says 室."""
_NUMBERED = (
    rf"[0-9]+号楼(?![下上道梯顶里]){_DOOR}|[0-9]+号|[0-9]+(?:[栋幢座]|单元){_DOOR}|[0-9]{{3,4}}室|[0-9一二三四]期"
)
_SPOT = re.compile(
    rf"(?P<and>和)?(?P<name>{_NAME}{{1,6}}(?:{_KINDS}))(?P<more>(?:(?:从|到|至|，|,)?(?:{_NUMBERED}))*)|(?P<house>[0-9]+号楼(?:[，,]?[0-9]+单元)?{_DOOR})"
)
_NO_SPOT = re.compile(
    r"^(?:过?马|公|铁|道|线|管|半|迷|修|电|网|铺|问|思|土|公交线|十字|回|高速|水|退|后|沿|上班|放学|下班)路$|"
    r"^(?:逛|上|沿|大|步行|扫)街$|"
    r"^(?:农贸|菜|人才|海鲜|二手车交易|早|夜)市场$|^(?:农|全|本|隔壁|老)村$|^老(?:街|路|巷|公园|医院|市场|公寓)$|^(?:老旧?|高层|附近|隔壁|县城|新)小区$|"
    r"^(?:大|市|小)?(?:医院|公园|超市|商场|饭店)$|"
    r"[上读念考](?:小学|中学|幼儿园)$|^.{0,2}(?:省|县|市|社区|私人)医院$|^(?:门口|对面|旁边|楼下|外面|外)"
)
_LIVED_IN = "路|街|大道|巷|胡同|小区|花园|家园|苑|新村|公寓|大厦|村"
_ROAD = rf"和?{_NAME}{{1,6}}(?:{_LIVED_IN})"
_INSIDE = rf"[0-9]+(?:(?:号(?:楼|院|门)|[栋幢座]|单元){_DOOR}|室)"
_ADDRESS = re.compile(
    r"(?:我们?|家|住|在|是|就|地址|位置|地点|位于|那个|这个|[嗯啊哦对好呃哎：:])*"
    rf"(?:和?{_NAME}{{1,6}}?(?:市|区|县|街道|镇|乡|社区)的?){{0,4}}"
    rf"(?P<spot>{_ROAD}(?:[和与跟]{_ROAD}|(?:从|到|至)?{_NUMBERED}|{_INSIDE}){{0,5}}|(?:{_INSIDE})+)?"
    r"(?:的|交叉口|路口|门口|附近|旁边|对面|楼下|里面|[东南西北]门|[这那](?:里|边|儿|个地方)|[啊呀吧嘛呢])*"
)
"""Repeats that may be read in several ways are counted: 区区区…, typed a hundred times, would keep a call waiting."""
_BLANK = "\u3000"
"""Stands for each character of a district's or street's name that was taken out of a text."""
_EDGE = re.compile(r"^(?:楼下|门口|旁边|对面|后门|附近|外面|马路|公司|单位|学校|区|县|街道)+")


@dataclass(frozen=True, slots=True)
class _Match:
    name: str
    heard: str
    start: int
    end: int
    likeness: float


def places(
    gazetteer: Gazetteer,
    citizen: Sequence[str],
    agent: Sequence[str] = (),
    misheard: Mapping[str, str] | None = None,
) -> tuple[Choice[Place], ...]:
    """Where the matter is, best first; empty where no place was named.

    ``citizen`` and ``agent`` are utterances in order. What the agent repeats only makes the citizen's words likelier.
    ``misheard`` says what was heard where a name was put right.
    """
    readings = _administrative(gazetteer, citizen, misheard or {})
    spot, source = _spot(gazetteer, citizen)
    if not readings and not spot:
        return ()
    repeated = bool(spot) and any(spot in small_numbers(_BREAKS.sub("", said)) for said in agent)
    choices = []
    for district, street, score, reasons in readings or [("", "", 0.6, ())]:
        extra = (Reason("quote", f"说了“{source}”", "详细位置"),) if spot else ()
        confirmed = (Reason("quote", "座席复述过", "核对"),) if repeated else ()
        probability = min(0.97, score + (0.05 if repeated else 0.0))
        choices.append(Choice(Place(district, street, spot), probability, (*reasons, *extra, *confirmed)))
    return tuple(choices[:3])


def is_address(text: str) -> bool:
    """Whether a sentence names a place and says nothing else: 和花路32号, 我家住临湖区望湖街道.

    A public building is none: who names a hall or a hospital may want to know something of it.
    """
    plain = small_numbers(_BREAKS.sub("", text)).strip("。！？!?…；;")
    found = _ADDRESS.fullmatch(plain)
    if found is None:
        return False
    if found["spot"]:
        return not _NO_SPOT.search(found["spot"]) and len(found["spot"]) > 2  # noqa: PLR2004 - 修路, 老街
    return re.search(r"(?:区|县|街道|镇|乡|社区)", plain) is not None


def _administrative(
    gazetteer: Gazetteer, citizen: Sequence[str], misheard: Mapping[str, str]
) -> list[tuple[str, str, float, tuple[Reason, ...]]]:
    """(district, street, probability, reasons) of every reading, best first."""
    districts = _as_heard(_best([d.name for d in gazetteer.districts], citizen), misheard)
    streets = _as_heard(_best(_streets(gazetteer, citizen), citizen), misheard)
    found = []
    some: tuple[list[_Match | None], list[_Match | None]] = ([*districts] or [None], [*streets] or [None])
    for district, street in product(*some):
        reading = _reading(gazetteer, district, street)
        if reading is not None:
            found.append(reading)
    if not found and districts:
        found = [r for d in districts if (r := _reading(gazetteer, d, None)) is not None]
    return sorted(found, key=lambda r: -r[2])


def _streets(gazetteer: Gazetteer, citizen: Sequence[str]) -> list[str]:
    """The streets that may have been named: all of a few, of many those that were heard as they are written."""
    if gazetteer.streets <= _FEW:
        return sorted({s for d in gazetteer.districts for s in d.streets})
    return gazetteer.streets_in("\n".join(_BREAKS.sub("", said) for said in citizen))


def _as_heard(matches: Sequence[_Match], misheard: Mapping[str, str]) -> list[_Match]:
    """The matches with what was really heard, where the name was put right before."""
    return [
        replace(m, heard=misheard[m.heard], likeness=min(m.likeness, _PUT_RIGHT)) if m.heard in misheard else m
        for m in matches
    ]


def _reading(
    gazetteer: Gazetteer, district: _Match | None, street: _Match | None
) -> tuple[str, str, float, tuple[Reason, ...]] | None:
    heard = [m for m in (district, street) if m is not None]
    if not heard:
        return None
    name = district.name if district is not None else ""
    if street is not None:
        home = gazetteer.district_of(street.name)
        known = any(d.name == name and street.name in d.streets for d in gazetteer.districts)
        if name and not known:
            return None
        name = name or home or ""
    worst = min(m.likeness for m in heard)
    probability = 0.95 if worst == 1.0 else 0.95 * (worst - 0.2) / 0.8
    return name, street.name if street is not None else "", probability, tuple(_reason(m) for m in heard)


def _reason(match: _Match) -> Reason:
    said = f"说了“{match.heard}”"
    return Reason("words", said if match.heard == match.name else f"{said}，音近“{match.name}”", "地名表")


def _best(names: Sequence[str], utterances: Sequence[str]) -> list[_Match]:
    """The names that were heard, best first; close rivals stay in, and of equals the one said last is first."""
    found: dict[str, tuple[float, int, _Match]] = {}
    for position, said in enumerate(utterances):
        text = _BREAKS.sub("", said)
        for name in names:
            for match in _heard(text, name):
                if name not in found or match.likeness >= found[name][0]:
                    found[name] = (match.likeness, position, match)
    ranked = sorted(found.values(), key=lambda f: (-f[0], -f[1]))
    return [m for likely, _, m in ranked if likely >= ranked[0][0] - _CLEARLY]


def _heard(text: str, name: str) -> Iterator[_Match]:
    """Every stretch of ``text`` that is, or sounds like, ``name``."""
    suffix = _SUFFIX.search(name)
    core = name[: suffix.start()] if suffix else name
    tail = name[len(core) :]
    for start in range(len(text) - len(name) + 1):
        window = text[start : start + len(name)]
        if likeness(window[-1], name[-1]) < _HOMOPHONE:
            continue
        score = _alike(window[: len(core)], core)
        ending = _alike(window[len(core) :], tail) if tail else 1.0
        if ending == 1.0:
            known = score >= _ALIKE
        else:
            where = _WHERE.search(text[:start]) and start + len(name) == len(text.rstrip("。！？!?"))
            least = _FOLDED if where else _HOMOPHONE
            known = ending >= _HOMOPHONE and all(likeness(h, m) >= least for h, m in zip(window, core, strict=False))
        if known and set(window) & set(name):
            yield _Match(name, window, start, start + len(name), (score * len(core) + ending * len(tail)) / len(name))


def _alike(heard: str, meant: str) -> float:
    return sum(likeness(h, m) for h, m in zip(heard, meant, strict=True)) / len(meant) if meant else 1.0


def _spot(gazetteer: Gazetteer, citizen: Sequence[str]) -> tuple[str, str]:
    """The most exact road, estate or house that was named, and the words it was taken from."""
    best, source, best_score = "", "", 0
    names = [d.name for d in gazetteer.districts] + _streets(gazetteer, citizen)
    for said in citizen:
        text, named = _without_names(small_numbers(said), names)
        for spot, start, whole in _spots(text):
            score = len(spot) + 6 * bool(re.search(r"\d", spot)) + 4 * (named >= 0 and start >= named)
            if score > best_score:
                best, source, best_score = spot, whole, score
    return best, source


def _spots(text: str) -> Iterator[tuple[str, int, str]]:
    previous = ""
    for match in _SPOT.finditer(text):
        name = _EDGE.sub("", _whole_name(match))
        if match["house"]:
            previous = previous + match["house"] if previous else match["house"]
            yield _BREAKS.sub("", previous), match.start(), match[0]
        elif len(name) > 2 and not _NO_SPOT.search(name):  # noqa: PLR2004 - one character and its kind is no name
            more = match["more"] or _range(text[match.end() :])
            previous = name + _BREAKS.sub("", more)
            yield previous, match.start(), match[0] if name.startswith("和") else match[0].removeprefix("和")


def _whole_name(match: re.Match[str]) -> str:
    """The name of a road or an estate, with the 和 before it where that begins the name: 在和平路, not 我和平安路."""
    name = match["name"] or ""
    if not match["and"] or _NO_SPOT.search(name):
        return name
    before = match.string[: match.start()]
    begins = not before or before[-1] in f"{_BLANK}在住到于是"
    too_short = len(name) <= 2 and not before[-1:].isalnum()  # noqa: PLR2004 - one character and its kind is no name
    return f"和{name}" if begins or too_short else name


def _range(after: str) -> str:
    found = re.match(r"[，,]?(从)?([0-9]+号)到([0-9]+号)", after)
    return f"{found[2]}至{found[3]}" if found else ""


def _without_names(text: str, names: Sequence[str]) -> tuple[str, int]:
    """``text`` with the gazetteer's names blanked out, and where the last of them ended (-1: there was none)."""
    last = -1
    for name in names:
        for match in _heard(text, name):
            text = text[: match.start] + _BLANK * len(name) + text[match.end :]
            last = max(last, match.end)
    return text, last
