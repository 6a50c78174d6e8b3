from __future__ import annotations

from pathlib import Path

import pytest
from drafting_parts import CITY, best, drafts, situation

from copilot.appeal import AppealKind, Place, Urgency
from copilot.drafting import DraftingAdvisor
from copilot.drafting.spoken import is_personal, small_numbers, without_lead
from copilot.errors import BadInput
from copilot.suggestion import Slot
from knowledge_base.gazetteer import District, Gazetteer


@pytest.fixture(scope="module")
def advisor() -> DraftingAdvisor:
    return DraftingAdvisor(CITY)


COMPLAINT = (
    "座席：您好，请问您要反映什么问题？",
    "嗯，你好，我要投诉，我们楼上那家天天半夜拖桌子，吵得没法睡觉。",
    "座席：请问在什么位置？",
    "石桥区老城街道，梧桐巷二十六号，三单元。",
    "座席：好的，梧桐巷二十六号。留个电话吧。",
    "幺三五零零零零四三二幺，我姓周。",
    "好的，谢谢。",
)


def test_a_whole_complaint_fills_every_field(advisor: DraftingAdvisor) -> None:
    found = drafts(advisor, *COMPLAINT)
    assert set(found) == {
        Slot.KIND,
        Slot.TITLE,
        Slot.SUMMARY,
        Slot.PLACE,
        Slot.OCCURRED,
        Slot.TELEPHONE,
        Slot.URGENCY,
    }
    assert found[Slot.KIND].best.value is AppealKind.COMPLAINT
    assert found[Slot.PLACE].best.value == Place("石桥区", "老城街道", "梧桐巷26号3单元")
    assert found[Slot.TELEPHONE].best.value == "13500004321"
    assert found[Slot.URGENCY].best.value is Urgency.NORMAL
    assert found[Slot.OCCURRED].best.value == "天天半夜"
    assert found[Slot.TITLE].best.value.startswith("石桥区老城街道：")


def test_every_draft_says_why_and_by_which_rules(advisor: DraftingAdvisor) -> None:
    for suggestion in drafts(advisor, *COMPLAINT).values():
        assert suggestion.versions == {"drafting": advisor.version}
        assert suggestion.best.reasons
        assert all(0 < c.probability <= 1 for c in suggestion.choices)
        ranked = [c.probability for c in suggestion.choices]
        assert ranked == sorted(ranked, reverse=True)


@pytest.mark.parametrize(
    "said", [(), ("喂，你好。",), ("好的，谢谢。",), ("座席：您好，石桥区老城街道吗？13500004321",)]
)
def test_nothing_said_is_nothing_drafted(advisor: DraftingAdvisor, said: tuple[str, ...]) -> None:
    assert advisor.advise(situation(*said)) == []


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("我想问一下，办老年卡要带什么", AppealKind.ENQUIRY),
        ("咨询个事，周末你们开门吗", AppealKind.ENQUIRY),
        ("我们小区停水了，从早上到现在都没有水", AppealKind.HELP),
        ("门口的路灯坏了一个月了没人修", AppealKind.COMPLAINT),
        ("我要举报一家饭店用过期的肉", AppealKind.REPORT),
        ("我不是举报，我就是投诉他们服务态度不好", AppealKind.COMPLAINT),
        ("这回不是投诉，我想表扬一位师傅", AppealKind.PRAISE),
        ("第二个事情呢，我想温文那个老年卡怎么办", AppealKind.ENQUIRY),
        ("我要投赎楼下的烧烤摊", AppealKind.COMPLAINT),
        ("我提个建议，公交站能不能多放几把椅子", AppealKind.PROPOSAL),
        ("我奶奶今年九十二了，高龄补贴一个月多少", AppealKind.ENQUIRY),
        ("孩子户口在县里的老家，能去市里上初中吗", AppealKind.ENQUIRY),
        ("快递到了我们乡镇还要另外收两块钱取件费，不是说不能二次收费吗", AppealKind.COMPLAINT),
    ],
)
def test_the_kind_is_what_the_citizen_wants(advisor: DraftingAdvisor, said: str, kind: AppealKind) -> None:
    assert best(advisor, Slot.KIND, said) is kind


def test_a_question_late_in_a_complaint_leaves_it_a_complaint(advisor: DraftingAdvisor) -> None:
    said = ("老板欠我们三个月工资一直不给。", "十二个人，二十一万。", "没签合同。", "那能要回来吗？要带什么材料？")
    assert best(advisor, Slot.KIND, *said) is AppealKind.COMPLAINT


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("在林湖区忘湖街道这边", Place("临湖区", "望湖街道")),
        ("在临胡区，望湖街道", Place("临湖区", "望湖街道")),
        ("石桥区新花街道的红星小区，二号楼，三单元", Place("石桥区", "新华街道", "红星小区2号楼3单元")),
        ("高新区可院街道", Place("高新区", "科苑街道")),
        ("就在老城接到那边", Place("石桥区", "老城街道")),
        ("云溪县清石镇", Place("云溪县", "青石镇")),
        ("望湖街道荷花路，从三十二号到五十号那一段", Place("临湖区", "望湖街道", "荷花路32号至50号")),
        ("临湖区的", Place("临湖区")),
        ("在荷花路四十六号", Place("", "", "荷花路46号")),
        ("临湖区柳岸小区3栋2单元501", Place("临湖区", "", "柳岸小区3栋2单元501")),
        ("红星小区二号楼三单元幺零二，楼上漏水", Place("", "", "红星小区2号楼3单元102")),
        ("红星小区3栋502室", Place("", "", "红星小区3栋502室")),
        ("红星小区3栋200户都停水了", Place("", "", "红星小区3栋")),
    ],
)
def test_a_place_is_known_by_its_sound(advisor: DraftingAdvisor, said: str, place: Place) -> None:
    assert best(advisor, Slot.PLACE, said) == place


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        ("和花路32号到50号的路灯都不亮", "和花路32号到50号"),
        ("在临湖区望湖街道和平路十八号", "和平路18号"),
        ("在和谐家园3号楼", "和谐家园3号楼"),
        ("地点是望湖街道和顺小区", "和顺小区"),
        ("两处都停了，和建设大道交叉口", "建设大道"),
        ("垃圾桶和建设路的围挡", "建设路"),
    ],
)
def test_a_name_that_begins_with_and_is_one_where_it_begins_the_place(
    advisor: DraftingAdvisor, said: str, detail: str
) -> None:
    assert best(advisor, Slot.PLACE, said).detail == detail


@pytest.mark.parametrize("said", ["我和老街坊吵起来了", "噪音和修路的事", "我和王村的人都去了"])
def test_and_makes_no_name_of_what_is_none(advisor: DraftingAdvisor, said: str) -> None:
    assert best(advisor, Slot.PLACE, said) is None


@pytest.mark.parametrize(
    "said",
    ["我高兴去看看", "我们门口那条路", "整个小区都停了", "过马路的时候", "东西都坏了，这个区域", "孩子今年上小学"],
)
def test_no_place_is_guessed_where_none_was_named(advisor: DraftingAdvisor, said: str) -> None:
    assert best(advisor, Slot.PLACE, said) is None


def test_a_place_by_sound_shows_what_was_heard_and_is_less_sure(advisor: DraftingAdvisor) -> None:
    sure, unsure = drafts(advisor, "临湖区")[Slot.PLACE].best, drafts(advisor, "林湖区")[Slot.PLACE].best
    assert unsure.probability < sure.probability
    assert any("音近“临湖区”" in r.text for r in unsure.reasons)


def test_what_the_agent_repeats_makes_the_house_number_surer(advisor: DraftingAdvisor) -> None:
    said = "老城街道槐树巷十八号楼下"
    alone = drafts(advisor, said)[Slot.PLACE].best
    repeated = drafts(advisor, said, "座席：好的，槐树巷十八号。")[Slot.PLACE].best
    assert repeated.value == alone.value == Place("石桥区", "老城街道", "槐树巷18号")
    assert repeated.probability > alone.probability


@pytest.mark.parametrize(
    "said",
    [
        ("电话是幺三八零零零零幺二三四",),
        ("13800001234",),
        ("1-3-8-0-0-0-0-1-2-3-4，我姓周",),
        ("我的手机138 0000 1234",),
        ("幺三八，嗯，零零零零，幺二三四",),
        ("幺三八零零零零", "座席：嗯您说。", "幺二三四"),
        ("我的电话是幺三八", "零零零零，", "座席：嗯。", "然后是幺二三四，我姓周"),
        ("要三八零零林零幺二三四",),
        ("138零零零零幺二三四，身份证后四位是3615",),
        ("13800001235，哦不对，是13800001234",),
        ("一三八零零零幺二三四", "座席：我重复一下，幺三八零零零零幺二三四，对吗？", "对，没错。"),
    ],
)
def test_a_number_is_understood_however_it_is_said(advisor: DraftingAdvisor, said: tuple[str, ...]) -> None:
    assert best(advisor, Slot.TELEPHONE, "我要投诉楼上太吵", *said) == "13800001234"


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("家里座机0571-88881234", "057188881234"),
        ("打家里电话88881234吧", "88881234"),
        ("身份证后四位三六幺五", None),
        ("一共欠了120000块", None),
        ("你们12345没人接", None),
    ],
)
def test_landlines_count_and_other_numbers_do_not(advisor: DraftingAdvisor, said: str, number: str | None) -> None:
    assert best(advisor, Slot.TELEPHONE, said) == number


def test_a_local_number_needs_no_word_for_it_where_the_agent_asked(advisor: DraftingAdvisor) -> None:
    asked = "座席：请留一个您的联系电话。"
    assert best(advisor, Slot.TELEPHONE, "我要投诉楼上太吵", asked, "好的，8888幺二三四") == "88881234"
    assert best(advisor, Slot.TELEPHONE, "我要投诉楼上太吵", "8888幺二三四") is None
    assert best(advisor, Slot.TELEPHONE, "我要投诉楼上太吵", asked, "一共2000000块") is None


def test_of_two_readings_the_one_that_was_agreed_to_comes_first_and_both_are_shown(advisor: DraftingAdvisor) -> None:
    said = ("我要投诉，电话是13800001345", "座席：我重复一下，幺三八零零零零幺二三四，对吗？", "对，没错。")
    choices = drafts(advisor, *said)[Slot.TELEPHONE].choices
    assert [c.value for c in choices] == ["13800001234", "13800001345"]


def test_a_number_of_the_agents_alone_is_not_the_citizens(advisor: DraftingAdvisor) -> None:
    assert best(advisor, Slot.TELEPHONE, "我要投诉", "座席：您可以打13800001234", "好的") is None


@pytest.mark.parametrize(
    ("said", "when"),
    [
        ("昨天晚上八点多就开始吵", "昨天晚上八点多（2026-11-19）"),
        ("上个礼拜五看到的，他们用过期的肉", "上个礼拜五（2026-11-13）"),
        ("路灯坏了，快半个月了吧", "快半个月"),
        ("一个多月了，说过他根本不理", "一个多月"),
        ("晚上八点多到凌晨两三点一直吵", "晚上八点多到凌晨两三点"),
        ("从早上六点多就没水了", "从早上六点多"),
        ("我要投诉，你们五个工作日能不能处理", None),
        ("楼上太吵了", None),
    ],
)
def test_the_time_is_in_the_citizens_words_and_a_day_has_its_date(
    advisor: DraftingAdvisor, said: str, when: str | None
) -> None:
    assert best(advisor, Slot.OCCURRED, said) == when


def test_how_long_somebody_lives_here_is_no_time_of_an_enquiry(advisor: DraftingAdvisor) -> None:
    assert best(advisor, Slot.OCCURRED, "我想问一下办居住证要带什么", "住了大概七个月吧") is None


def test_a_summary_quotes_and_leaves_politeness_and_personal_data_out(advisor: DraftingAdvisor) -> None:
    summary = best(advisor, Slot.SUMMARY, *COMPLAINT)
    assert summary.startswith("市民反映：")
    assert "天天半夜拖桌子" in summary
    assert "梧桐巷26号" in summary
    for absent in ("谢谢", "幺三五", "我姓", "嗯"):
        assert absent not in summary


@pytest.mark.parametrize("number", ["1-3-7-0-2-4-6-8-5-6-8", "137 0246 8568", "幺三拐洞两四六八五六八"])
def test_a_number_however_it_was_said_or_written_stays_out_of_the_summary(number: str) -> None:
    assert is_personal(f"{number}，住在荷花路")
    assert not is_personal("从2026-11-20起就没水了")


@pytest.mark.parametrize(
    ("said", "written"),
    [("一百零五号十八栋", "105号18栋"), ("幺零二室", "102室"), ("五六十号人", "五六十号人"), ("十分感谢", "十分感谢")],
)
def test_the_number_of_a_house_is_written_in_digits_and_a_guess_is_not(said: str, written: str) -> None:
    assert small_numbers(said) == written


def test_a_misheard_wish_to_ask_is_no_part_of_the_title() -> None:
    assert without_lead("我想资讯一下医保怎么交") == "医保怎么交"


@pytest.mark.parametrize(
    "said",
    ["还有一件事，路灯坏了", "另外还有个事，路灯坏了", "对了，还有个问题就是路灯坏了", "我这边还有个情况：路灯坏了"],
)
def test_that_another_matter_follows_is_no_part_of_its_title_or_content(advisor: DraftingAdvisor, said: str) -> None:
    assert best(advisor, Slot.TITLE, said) == "路灯坏了（投诉）"
    assert best(advisor, Slot.SUMMARY, said) == "市民反映：路灯坏了。"


@pytest.mark.parametrize("said", ["还有两件衣服没退给我", "还有人半夜在楼下唱歌", "有一个问题很严重"])
def test_more_of_the_same_matter_is_kept(said: str) -> None:
    assert without_lead(said) == said


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("我家厨房煤气味很重，怎么办", "我家厨房煤气味很重"),
        ("我妈在家里突然昏迷了", "我妈在家里突然昏迷了"),
        ("我们家水管爆了没人来修", "我们家水管爆了没人来修"),
        ("我的身份证在车站丢了", "身份证在车站丢了"),
        ("我们小区的路灯坏了一个月", "小区的路灯坏了一个月"),
        ("我是本地户口想办转学", "本地户口想办转学"),
    ],
)
def test_whose_family_it_is_stays_in_the_title(advisor: DraftingAdvisor, said: str, named: str) -> None:
    assert best(advisor, Slot.TITLE, said).startswith(named)


@pytest.mark.parametrize("said", ["我身份证丢了怎么补", "身份证快到期了要带什么去换", "我身份证是不是过期了"])
def test_whoever_asks_about_an_identity_card_gets_a_title_and_a_content(advisor: DraftingAdvisor, said: str) -> None:
    assert "身份证" in best(advisor, Slot.TITLE, said)
    assert "身份证" in best(advisor, Slot.SUMMARY, said)


@pytest.mark.parametrize(
    "said", ["身份证号是110101", "我身份证是一一零一零一一九九零", "身份证号码：110101", "身份证，110101"]
)
def test_the_number_of_an_identity_card_is_personal(said: str) -> None:
    assert is_personal(said)


def test_a_very_long_call_still_makes_a_short_summary(advisor: DraftingAdvisor) -> None:
    said = [f"第{i}点，楼上每天晚上都在{'吵' * (i % 7 + 3)}，已经{i}个月了没人管。" for i in range(60)]
    assert len(best(advisor, Slot.SUMMARY, *said)) < 220


def test_urgency_has_three_degrees(advisor: DraftingAdvisor) -> None:
    assert best(advisor, Slot.URGENCY, "楼道里有煤气味好浓") is Urgency.EMERGENCY
    assert best(advisor, Slot.URGENCY, "我们整个小区都停水了") is Urgency.URGENT
    assert best(advisor, Slot.URGENCY, "我想问一下居住证怎么办理") is Urgency.NORMAL


def test_rules_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="drafting rules"):
        DraftingAdvisor(CITY, tmp_path)


def test_a_district_is_heard_where_its_last_word_was_taken_for_to_go(advisor: DraftingAdvisor) -> None:
    assert best(advisor, Slot.PLACE, "我单位在高兴去。", "你好，交了差不多一年了。").district == "高新区"
    assert best(advisor, Slot.PLACE, "我们很高兴去参加。") is None


def test_among_tens_of_thousands_of_streets_the_one_that_was_named_is_found() -> None:
    many = tuple(f"{a}{b}街道" for a in "东南西北上下前后左右" for b in "阳山水林湖泉桥田村庄城门口岸坡沟湾岭河溪" * 3)
    streets = tuple(dict.fromkeys((*many, *(f"第{n}街道" for n in range(30_000)), "望湖街道")))
    city = DraftingAdvisor(Gazetteer("云川市", (District("临湖区", streets),)))
    place = best(city, Slot.PLACE, "我在望湖街道，建设路12号的路灯坏了。")
    assert (place.district, place.street, place.detail) == ("临湖区", "望湖街道", "建设路12号")
