"""Who asks about one paper is not told about another."""

from __future__ import annotations

from pathlib import Path

import pytest
from articles import CITY, article
from index_parts import EAGER, TODAY, made

from knowledge_base.retriever import Example, Retriever
from knowledge_base.search.everyday_terms import EverydayTerms
from knowledge_base.search.papers import AskedPapers

NO_TERMS = EverydayTerms()
TERMS = EverydayTerms({"房本": ("不动产权证",), "准生证": ("生育登记",)})
WEDDING = article("wedding", "第一条 结婚证丢失的，带身份证到登记处补办，丢失了当场补办。")


def asked(question: str, terms: EverydayTerms = NO_TERMS) -> AskedPapers:
    return AskedPapers.of(question, terms)


def test_a_question_names_its_papers_and_most_name_none() -> None:
    assert asked("居住证丢失了怎么补办").names == (("居住证",),)
    assert not asked("公积金怎么提取")
    assert not asked("充值卡余额怎么退")
    assert not asked("办证在哪里")


def test_a_paper_is_named_by_its_longer_name_and_by_what_articles_call_it() -> None:
    assert asked("身份证丢了").share("居民身份证遗失的，到派出所补领。") == 1
    assert asked("居民身份证丢了").share("身份证遗失的，到派出所补领。") == 1
    assert asked("准生证怎么办", TERMS).share("生育登记在网上办理。") == 1
    assert asked("准生证怎么办").share("生育登记在网上办理。") == 0
    assert asked("居住证和驾驶证").share("驾驶证到期换证。") == 0.5


def test_a_text_is_about_another_paper_only_where_it_names_one_and_not_the_one_asked_about() -> None:
    papers = asked("居住证丢失了怎么补办")
    assert papers.another("结婚证丢失的，带身份证补领。")
    assert not papers.another("居住证补办时带身份证。")
    assert not papers.another("首次办理不收费。")
    assert not asked("丢失了怎么补办").another("结婚证丢失的，补领。")


def test_what_names_the_paper_comes_a_little_before_what_does_not() -> None:
    texts = {4: "结婚证丢失的，带身份证补办。", 7: "居住证遗失的，收工本费二十元。", 9: "犬证丢失的，补办。"}
    fused = {4: 0.97, 7: 0.87, 9: 0.5}
    assert list(asked("居住证丢失了怎么补办").first(fused, texts.__getitem__)) == [7, 4, 9]
    far = {4: 0.97, 7: 0.57, 9: 0.5}
    assert list(asked("居住证丢失了怎么补办").first(far, texts.__getitem__)) == [4, 7, 9]


def test_a_passage_of_another_paper_is_no_card_but_is_listed_for_who_searches_by_hand(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", WEDDING)
    retriever = Retriever(force, embedder, EAGER)
    question = "健康证丢失了怎么补办"
    assert retriever.search(question, day=TODAY, area=CITY) == []
    assert retriever.judge(Example(question, frozenset(), TODAY, CITY)) == []
    (listed,) = retriever.search(question, day=TODAY, area=CITY, typed=True)
    assert listed.passage.article_id == "wedding"
    assert retriever.search("结婚证丢失了怎么补办", day=TODAY, area=CITY) != []


@pytest.mark.parametrize(
    "question", ["结婚照能在登记处拍吗", "劳动仲裁谁举证", "证人出庭作证有补贴吗", "无证无照经营", "被吊销执照了"]
)
def test_what_ends_like_a_paper_and_is_none_asks_for_none(question: str) -> None:
    assert not asked(question)
    assert asked("工作证丢了").names == (("工作证",),)  # ends as 作证 does


@pytest.mark.parametrize("heard", ["身分证", "接婚证", "结昏证"])
def test_a_paper_that_was_misheard_is_the_one_that_sounds_so(heard: str) -> None:
    text = "结婚证、身份证丢失的，补领。"
    assert asked(f"{heard}丢了怎么补").share(text) == 1
    assert not asked(f"{heard}丢了怎么补").another(text)


def test_of_a_name_that_is_no_word_nobody_knows_that_it_is_anothers() -> None:
    assert asked("养犬证怎么办")
    assert not asked("养犬证怎么办").another("养犬实行登记，带身份证和房产证。")
    assert asked("健康证怎么办").another("养犬实行登记，带身份证和房产证。")


def test_the_card_of_a_misheard_paper_is_not_taken_away(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", WEDDING)
    retriever = Retriever(force, embedder, EAGER)
    for question in ("接婚证丢失了怎么补办", "结婚照在登记处能拍吗"):
        assert retriever.search(question, day=TODAY, area=CITY) != []
