"""What is said on the stage, and what is proposed for it: a city of four departments, and calls sentence by sentence.

The sound of a sentence is a constant, its ``value``: see :mod:`stage`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from copilot.appeal import AppealKind, Place, Urgency
from copilot.call import Speaker
from copilot.suggestion import Choice, Citation, Reason, Slot, Suggestion
from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.taxonomy import MatterCategory, Taxonomy

POLICE = Department(
    "市公安局", (Duty("负责居住证、身份证等人口管理事项。", "人口服务管理办法第四条", ("居住证",)),), "云川市"
)
HOUSING = Department("市住房和城乡建设局", (Duty("负责房屋租赁合同备案。", phrases=("租房合同",)),), "云川市")
LAMPS = Department("市城市管理局", (Duty("负责城市道路照明设施的维护。", phrases=("路灯",)),), "云川市")
WATER = Department("市水务局", (Duty("负责城市供水的监督管理。", phrases=("停水",)),), "云川市", aliases=("水务局",))
CATALOGUE = ResponsibilityCatalogue("stage", (POLICE, HOUSING, LAMPS, WATER))
GAZETTEER = Gazetteer("云川市", (District("临湖区", ("望湖街道", "翠堤街道")), District("江北区", ("滨江街道",))))
TAXONOMY = Taxonomy(
    (
        MatterCategory("010101", ("证件户籍", "身份与户口", "居住证"), ("办居住证",)),
        MatterCategory("010103", ("证件户籍", "身份与户口", "户口迁移与登记"), ("上户口",)),
        MatterCategory("050401", ("城市环境", "公共设施", "路灯"), ("路灯不亮",)),
    )
)


@dataclass(frozen=True)
class Turn:
    """``value`` is the sound of ``text``."""

    value: int
    speaker: Speaker
    start: float
    end: float
    text: str
    suggestions: tuple[Suggestion[Any], ...] = ()


def citation(number: str, quote: str, *words: str) -> Citation:
    """Of the permit's article ``number``, with ``words`` marked."""
    spans = sorted((quote.index(word), quote.index(word) + len(word)) for word in words)
    return Citation(
        passage_id=f"permit#{number}",
        article_id="permit",
        title="云川市居住证办理规定",
        heading=f"云川市居住证办理规定 > 第{number}条",
        document_number="云公规〔2025〕3号",
        issuer="云川市公安局",
        owner="市公安局",
        effective_from=date(2025, 5, 1),
        effective_to=None,
        quote=quote,
        highlight=tuple(spans),
    )


def routing(
    *ranked: tuple[str, float, tuple[Reason, ...]], abstained: bool = False, likely: tuple[str, ...] = ()
) -> Suggestion[str]:
    choices = tuple(Choice(n, p, r) for n, p, r in ranked)
    return Suggestion(Slot.DEPARTMENT, choices, {"router": "stage"}, abstained, likely)


def one(slot: Slot, value: Any, probability: float = 0.9) -> Suggestion[Any]:
    """A suggestion with one choice."""
    return Suggestion(slot, (Choice(value, probability),))


_DUTY = Reason("duty", "负责居住证、身份证等人口管理事项。", "《人口服务管理办法》第四条")
_PRECEDENTS = (
    Reason("similar", "市民在滨江街道租房八个月，咨询办理居住证需要的材料，电话138****5678。", "YC-20261103-0012"),
    Reason("similar", "外来人员没有租房合同，咨询住宿证明能否用于申领居住证。", "YC-20261019-0147"),
    Reason("similar", "市民咨询居住证到期后如何签注，签注需要哪些材料。", "YC-20260930-0003"),
)
_PERMIT = (_DUTY, Reason("words", "居住证、租房、材料"), *_PRECEDENTS)
MATERIALS = citation(
    "六", "租房居住满半年的，凭身份证原件和租房合同申领居住证；没有合同的，可以提交房东书写的住宿证明。", "租房合同"
)
FEES = citation("九", "首次申领居住证不收取费用，自受理之日起十五个工作日内制发。", "不收取费用")

TURNS: dict[str, tuple[Turn, ...]] = {
    "permit": (
        Turn(1, Speaker.AGENT, 0.1, 0.6, "您好，云川市12345热线，请问有什么可以帮您？"),
        Turn(
            2,
            Speaker.CITIZEN,
            0.7,
            1.5,
            "你好，我想问一下，办居住证都要带什么材料啊？",
            (
                routing(("市公安局", 0.44, _PERMIT), ("市住房和城乡建设局", 0.31, ()), abstained=True),
                Suggestion(Slot.KIND, (Choice(AppealKind.ENQUIRY, 0.91), Choice(AppealKind.HELP, 0.06))),
                one(Slot.TITLE, "咨询居住证办理材料"),
                one(Slot.ANSWER, MATERIALS),
            ),
        ),
        Turn(
            3,
            Speaker.CITIZEN,
            2.0,
            2.8,
            "我租的房子，在临湖区望湖街道，我电话是13812341234。",
            (
                routing(
                    ("市公安局", 0.62, _PERMIT),
                    ("市住房和城乡建设局", 0.21, (Reason("words", "租房"),)),
                    ("市水务局", 0.05, ()),
                    likely=("市公安局", "市住房和城乡建设局", "市城市管理局"),
                ),
                one(Slot.SUMMARY, "市民在临湖区望湖街道租房，咨询办理居住证需要的材料。"),
                one(Slot.PLACE, Place("临湖区", "望湖街道")),
                one(Slot.TELEPHONE, "13812341234"),
                one(Slot.URGENCY, Urgency.NORMAL),
            ),
        ),
        Turn(4, Speaker.CITIZEN, 3.2, 3.7, "办证要不要钱？要多久才能拿到？", (one(Slot.ANSWER, FEES),)),
        Turn(5, Speaker.AGENT, 3.8, 4.3, "第一次办理是免费的，十五个工作日您就能拿到。"),
    ),
    "gas": (  # nobody waits for its end: what is in the middle of it stays so
        Turn(
            6,
            Speaker.CITIZEN,
            0.2,
            60.0,
            "我家里有好浓的煤气味，不知道怎么办！",
            (one(Slot.URGENCY, Urgency.EMERGENCY), one(Slot.KIND, AppealKind.HELP)),
        ),
    ),
    "noise": (Turn(9, Speaker.CITIZEN, 0.2, 1.6, "嗯"),),
}
PAUSE = 6.0
TURNS["pause"] = tuple(
    replace(turn, start=turn.start + PAUSE, end=turn.end + PAUSE) if turn.value > 2 else turn
    for turn in TURNS["permit"]
)
"""The same with time to do something after the citizen's first sentence."""
SECONDS = {"permit": 4.8, "gas": 61.0, "noise": 60.0, "pause": 4.8 + PAUSE}
NOISE = 9  # sounds like words at first, and is none
TITLES = {"permit": "居住证办理材料咨询", "gas": "浓烈煤气味", "noise": "没有说话", "pause": "说到一半"}
SENTENCES = {turn.value: turn for turns in TURNS.values() for turn in turns}
