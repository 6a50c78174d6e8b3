from __future__ import annotations

import numpy as np
import pytest

from models.baselines import HashingEmbedder
from models.routing.cold_start import DutyMatcher, duty_phrases
from models.routing.features import normalised, words
from models.routing.matter_transfer import MatterTransfer, usual_phrases
from models.routing.usual_matters import usual_matters

DUTIES = {
    "青石市公安局交通警察支队": ["交通违章处理", "驾驶证换证"],
    "青石市公安局": ["户口迁移", "治安"],
    "青石市供水集团": ["停水抢修"],
    "青石市住房公积金管理中心": ["公积金提取"],
    "其他单位": ["其他事项"],
}


@pytest.fixture(scope="module")
def embedder() -> HashingEmbedder:
    return HashingEmbedder(256)


@pytest.fixture(scope="module")
def matcher(embedder: HashingEmbedder) -> DutyMatcher:
    usual = embedder.embed_queries(list(usual_phrases()))
    return DutyMatcher.fit(DUTIES, embedder.embed_queries(list(duty_phrases(DUTIES))), usual)


def first(matcher: DutyMatcher, embedder: HashingEmbedder, text: str) -> str:
    scores = matcher.scores([words(normalised(text))], embedder.embed_queries([text]))
    return matcher.labels[int(scores[0].argmax())]


def test_every_kind_that_a_matter_names_is_known_and_no_phrase_is_blank_or_said_twice_in_a_matter() -> None:
    matters = usual_matters()
    assert {kind for kinds in matters.kinds for kind in kinds} <= set(matters.named)
    assert all(phrase.strip() for phrase in matters.phrases)
    said = list(zip(matters.matter.tolist(), matters.phrases, strict=True))
    assert len(said) == len(set(said))
    assert (np.diff(matters.matter) >= 0).all()


def test_a_name_gives_its_kind_away_and_a_longer_name_is_not_mistaken_for_a_shorter() -> None:
    kinds_of = usual_matters().kinds_of
    assert kinds_of("市公安局交通警察支队") == ("traffic_police",)
    assert kinds_of("市公安局") == ("police",)
    assert kinds_of("数字城管指挥监督中心") == ("urban_command",)
    assert kinds_of("云川市政务服务中心") == ("government_service",)
    assert kinds_of("石桥镇人民政府") == ("town",)
    assert kinds_of("没有听说过的单位") == ()


def test_shares_of_a_matter_add_up_to_one_or_to_nothing() -> None:
    without = usual_matters().shares(["市公安局", "市供电公司"]).sum(axis=1)
    assert all(total == pytest.approx(0) or total == pytest.approx(1) for total in without)
    assert (without == 0).any()


def test_matters_that_no_department_answers_for_go_to_the_department_for_all_other_things() -> None:
    shares = usual_matters().shares(["市公安局", "市供电公司", "其他单位"])
    assert shares.sum(axis=1) == pytest.approx(1)
    assert shares[:, 2].any()


def test_the_next_kind_in_line_answers_where_a_city_has_not_the_usual_one() -> None:
    matters = usual_matters()
    place = next(i for i, kinds in enumerate(matters.kinds) if kinds[:2] == ("water_supply", "water"))
    assert matters.shares(["市供水集团", "市水务局"])[place].tolist() == pytest.approx([0.8, 0.2])
    assert matters.shares(["市公安局", "市水务局"])[place].tolist() == pytest.approx([0, 1])


def test_what_no_duty_speaks_of_is_routed_by_what_is_usual(matcher: DutyMatcher, embedder: HashingEmbedder) -> None:
    assert first(matcher, embedder, "有人用车把我的车堵住了，请联系车主挪车") == "青石市公安局交通警察支队"
    assert first(matcher, embedder, "楼上邻居半夜打麻将吵得人睡不着") == "青石市公安局"
    assert first(matcher, embedder, "水龙头流出来的水浑浊发黄") == "青石市供水集团"


def test_the_citys_own_duties_move_a_matter_to_where_they_put_it(embedder: HashingEmbedder) -> None:
    duties = {"甲中心": ["公积金提取", "公积金贷款", "公积金缴存"], "乙中心": ["路灯不亮", "路灯维修"]}
    usual = embedder.embed_queries(list(usual_phrases()))
    matcher = DutyMatcher.fit(duties, embedder.embed_queries(list(duty_phrases(duties))), usual)
    assert first(matcher, embedder, "我们这条街路灯不亮") == "乙中心"
    assert first(matcher, embedder, "公积金怎么提取") == "甲中心"


def test_other_duties_are_followed_without_the_usual_phrases_being_embedded_again(
    matcher: DutyMatcher, embedder: HashingEmbedder
) -> None:
    more = {**DUTIES, "青石市燃气公司": ["燃气报修"]}
    own = embedder.embed_queries(list(duty_phrases(more)))
    afresh = DutyMatcher.fit(more, own, embedder.embed_queries(list(usual_phrases())))
    followed = DutyMatcher.fit(more, own, matcher.usual)
    text = "闻到煤气味，怀疑燃气管道漏气"
    tokens, vectors = [words(normalised(text))], embedder.embed_queries([text])
    assert followed.scores(tokens, vectors) == pytest.approx(afresh.scores(tokens, vectors), abs=1e-6)
    assert first(followed, embedder, text) == "青石市燃气公司"


def test_stored_arrays_need_no_pickle_and_give_the_same_scores(matcher: DutyMatcher, embedder: HashingEmbedder) -> None:
    assert matcher.usual is not None
    stored = matcher.usual.arrays()
    assert all(not array.dtype.hasobject for array in stored.values())
    again = MatterTransfer.from_arrays(stored)
    text = "一下雨小区门口就积水"
    tokens, vectors = [words(normalised(text))], embedder.embed_queries([text])
    for before, after in zip(matcher.usual.scores(tokens, vectors), again.scores(tokens, vectors), strict=True):
        assert np.array_equal(before, after)


def test_probabilities_add_up_and_never_claim_certainty(matcher: DutyMatcher, embedder: HashingEmbedder) -> None:
    for text in ("公积金提取公积金提取", "停水了", "你好"):
        scores = matcher.scores([words(normalised(text))], embedder.embed_queries([text]))
        chosen = matcher.probabilities(scores)[0]
        assert chosen.sum() == pytest.approx(1)
        assert chosen.max() < 0.95
        assert chosen.argmax() == scores[0].argmax()


def test_words_that_only_the_usual_matters_know_bring_something(matcher: DutyMatcher) -> None:
    found = matcher.word_scores([words("请联系车主挪车"), []])
    assert matcher.labels[int(found[0].argmax())] == "青石市公安局交通警察支队"
    assert not found[1].any()
