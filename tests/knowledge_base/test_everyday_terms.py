from __future__ import annotations

from pathlib import Path

import pytest

from knowledge_base import everyday
from knowledge_base.errors import BadTable
from knowledge_base.search.everyday_terms import EverydayTerms, general_terms, load_terms


def table(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def test_what_was_asked_is_read_as_it_was_put_and_as_articles_put_it() -> None:
    terms = EverydayTerms({"养狗": ("养犬",)})
    assert terms.readings("养狗要办证吗") == ("养狗要办证吗", "养犬 要办证吗")
    assert terms.readings("小区里能养猫吗") == ("小区里能养猫吗",)
    assert terms.official("小区里能养猫吗") == ()


def test_a_word_that_was_said_already_is_not_added() -> None:
    assert EverydayTerms({"养狗": ("养犬", "犬只")}).official("养狗就是养犬吧") == ("犬只",)


def test_what_has_its_official_name_already_is_not_put_otherwise() -> None:
    terms = EverydayTerms({"身份证": ("居民身份证",)})
    assert terms.readings("居民身份证怎么换") == ("居民身份证怎么换",)
    assert terms.put_into("居民身份证怎么换") == "居民身份证怎么换"
    terms = EverydayTerms({"小微企业": ("小型微型企业", "中小微企业")})
    assert terms.readings("中小微企业有补贴吗") == ("中小微企业有补贴吗",)
    assert terms.official("小微企业有补贴吗") == ("小型微型企业", "中小微企业")


def test_a_city_s_own_words_go_before_the_general_ones() -> None:
    general = EverydayTerms({"打车": ("出租汽车",), "养狗": ("养犬",)})
    terms = EverydayTerms({"打车": ("打车",), "小黄车": ("共享单车",)}).beside(general)
    assert terms.official("打车难") == ()  # the city's line says that it is called so
    assert terms.official("养狗骑小黄车") == ("养犬", "共享单车")


def test_of_two_entries_the_longer_one_is_meant() -> None:
    terms = EverydayTerms({"租房": ("房屋租赁",), "公积金租房": ("住房公积金提取",)})
    assert terms.official("公积金租房怎么办") == ("住房公积金提取",)


def test_official_words_take_the_place_of_what_was_said_where_nothing_else_is_found() -> None:
    terms = EverydayTerms({"户口簿": ("户口本",), "租房": ("房屋租赁",), "公积金租房": ("住房公积金提取", "租房")})
    assert terms.put_into("户口簿丢了") == "户口本 丢了"
    assert terms.put_into("公积金租房") == "住房公积金提取 租房"
    assert terms.put_into("共享单车") == "共享单车"


def test_a_word_of_which_only_the_end_is_called_otherwise_stays_whole() -> None:
    terms = EverydayTerms({"证丢了": ("遗失", "补领")})
    assert terms.put_into("健康证丢了") == "健康证 遗失 补领"
    assert terms.put_into("健康证丢了，工作证丢了") == "健康证 遗失 补领 ,工作证 遗失 补领"
    assert terms.put_into("什么证丢了") == "什么 遗失 补领"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("购买房屋要交什么税", "买房"),
        ("行政审批要多久", "政审"),
        ("早上学校门口太挤", "上学"),
        ("国家暴雨预警什么时候发", "家暴"),
        ("电话13812996345", "299"),
    ],
)
def test_what_is_cut_out_of_words_was_not_said(asked: str, said: str) -> None:
    terms = EverydayTerms({said: ("别的",)})
    assert terms.official(asked) == ()
    assert terms.put_into(asked) == asked


def test_of_two_entries_that_share_a_character_the_one_that_is_a_word_is_meant() -> None:
    terms = EverydayTerms(
        {"停电": ("中断供电",), "电动车": ("电动自行车",), "打车": ("出租汽车",), "车管所": ("车辆管理所",)}
    )
    assert terms.put_into("楼道里停电动车") == "楼道里停 电动自行车"
    assert terms.put_into("拨打车管所电话") == "拨打 车辆管理所 电话"


def test_of_two_entries_that_share_a_character_both_count_where_both_are_words() -> None:
    terms = EverydayTerms({"暂住证": ("居住证",), "证丢了": ("遗失", "补领")})
    assert terms.official("暂住证丢了") == ("居住证", "遗失", "补领")
    assert terms.put_into("暂住证丢了") == "居住证 遗失 补领"


def test_an_entry_is_looked_for_at_each_of_its_places() -> None:
    terms = EverydayTerms({"电动车": ("电动自行车",), "电动车上牌": ("电动自行车登记",)})
    assert terms.put_into("电动车上牌以后电动车丢了") == "电动自行车登记 以后 电动自行车 丢了"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_city_keeps_its_table_in_a_spreadsheet(tmp_path: Path, encoding: str) -> None:
    file = table(tmp_path / "terms.csv", "口语,规范用语\n狗证,养犬登记 犬证\n狗证,养犬许可\n", encoding)
    assert load_terms(file).table == {"狗证": ("养犬登记", "犬证", "养犬许可")}


@pytest.mark.parametrize("text", ["口语,书面\n狗,犬\n", "口语,规范用语\n狗,\n", ""])
def test_a_table_that_cannot_be_used_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadTable):
        load_terms(table(tmp_path / "terms.csv", text))


def test_everyday_words_are_known_in_any_city() -> None:
    terms = general_terms()
    assert "养犬" in terms.official("养狗要办什么证")
    assert "出租人" in terms.official("房东不让住了怎么办")


def test_no_word_is_said_in_two_of_the_general_tables() -> None:
    said = [name for path in everyday.tables() for name in load_terms(path).table]
    assert len(said) == len(set(said)) > 1000
    assert all(len(name) > 1 for name in said)  # one character is in everything


def test_a_general_entry_says_something_else_or_keeps_another_from_being_read_into_a_word() -> None:
    table = general_terms().table
    same = [name for name, official in table.items() if set(official) <= {name}]
    assert all(any(_is_read_into(other, name) for other in table if other != name) for name in same)


def _is_read_into(other: str, name: str) -> bool:
    return other in name or any(other.endswith(name[:at]) for at in range(1, min(len(name), len(other))))


@pytest.mark.parametrize(
    ("asked", "never"),
    [
        ("仲裁员怎么选", "裁减人员"),
        ("退役的士兵有补贴吗", "出租汽车"),
        ("离开公司以后工资没发", "企业登记"),
        ("残疾证明怎么开", "残疾人证"),
        ("春运加班车几点开", "加班工资"),
        ("物业停电梯一个星期了", "停止供电"),
        ("刮强暴雨的天气怎么办", "强奸"),
        ("家里有小三轮车能上路吗", "有配偶者与他人同居"),
        ("断供暖了找谁", "逾期贷款"),
        ("赔我996元", "延长工作时间"),
        ("被电子警察拍了", "人民警察"),
        ("教学区能进吗", "施教区"),
        ("女儿墙漏水", "子女"),
    ],
)
def test_the_general_tables_read_nothing_into_other_words(asked: str, never: str) -> None:
    assert never in {word for official in general_terms().table.values() for word in official}
    assert never not in general_terms().put_into(asked)


def test_a_faulty_line_is_named_as_the_spreadsheet_counts(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="Line 5 "):
        load_terms(table(tmp_path / "terms.csv", "口语,规范用语\n狗证,养犬登记\n\n\n狗,\n"))


def test_who_lost_a_permit_is_told_of_what_was_lost() -> None:
    terms = general_terms()
    assert terms.official("居住证丢了怎么补") == ("遗失", "补领")
    assert terms.official("身份证丢了") == ("居民身份证补领",)
