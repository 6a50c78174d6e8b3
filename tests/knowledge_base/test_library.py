from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.errors import BadLibrary, BadTable
from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.library import check_library, digest, load_library, make_library, overlaid
from knowledge_base.policy import ArticleStatus, PolicyArticle

OLD = PolicyArticle(
    article_id="card-2021",
    title="居住证规定（2021年）",
    document_number="云公规〔2021〕5号",
    issuer="云川市公安局",
    owner="市公安局",
    area="云川市",
    effective_from=date(2021, 6, 1),
    effective_to=None,
    text="第一条 住满一年可以申请。",
)
NEW = replace(
    OLD,
    article_id="card",
    title="居住证规定",
    document_number="云公规〔2025〕3号",
    effective_from=date(2025, 3, 1),
    text="第一条 住满半年可以申请。",
    supersedes=("云公规〔2021〕5号",),
)
CATALOGUE = ResponsibilityCatalogue("1", (Department("市公安局", (Duty("户籍"),), "云川市", aliases=("公安局",)),))
GAZETTEER = Gazetteer("云川市", (District("临湖区", ("望湖街道",)),))


def only_fault(*articles: PolicyArticle) -> str:
    faults = check_library(articles, CATALOGUE, GAZETTEER)
    assert len(faults) == 1, faults
    return faults[0]


def test_a_superseded_article_ends_the_day_before_its_successor_begins() -> None:
    library = make_library([OLD, NEW])
    assert library.last_day(OLD) == date(2025, 2, 28)
    assert {p.article_id: p.effective_to for p in library.passages()} == {"card-2021": date(2025, 2, 28), "card": None}
    assert library.successor(OLD) == NEW


def test_of_several_successors_the_earliest_counts() -> None:
    later = replace(NEW, article_id="card-2027", document_number="云公规〔2027〕1号", effective_from=date(2027, 1, 1))
    assert make_library([OLD, later, NEW]).successor(OLD) == NEW
    assert make_library([OLD]).successor(OLD) is None


def test_no_day_has_both_an_article_and_its_successor_and_none_has_neither() -> None:
    library = make_library([OLD, NEW])
    for day, holds in ((date(2025, 2, 28), "card-2021"), (date(2025, 3, 1), "card")):
        assert [a.article_id for a in library.in_force(day)] == [holds]
        assert [p.article_id for p in library.passages() if p.holds(day, "云川市")] == [holds]


def test_an_article_that_ended_by_itself_is_not_prolonged_by_a_later_successor() -> None:
    library = make_library([replace(OLD, effective_to=date(2024, 12, 31)), NEW])
    assert library.last_day(library.articles[1]) == date(2024, 12, 31)


def test_the_earliest_successor_counts() -> None:
    later = replace(NEW, article_id="card-2027", document_number="云公规〔2027〕1号", effective_from=date(2027, 1, 1))
    assert make_library([OLD, later, NEW]).last_day(OLD) == date(2025, 2, 28)


@pytest.mark.parametrize("status", [ArticleStatus.DRAFT, ArticleStatus.REVIEW])
def test_what_is_not_published_yet_is_not_searched_and_replaces_nothing(status: ArticleStatus) -> None:
    library = make_library([OLD, replace(NEW, status=status)])
    assert {p.article_id for p in library.passages()} == {"card-2021"}
    assert library.last_day(OLD) is None


def test_withdrawing_an_article_does_not_bring_back_what_it_had_replaced() -> None:
    library = overlaid(make_library([OLD, NEW]), [], ["card"])
    assert library.last_day(OLD) == date(2025, 2, 28)
    assert library.in_force(date(2026, 1, 1)) == ()
    assert [a.article_id for a in library.in_force(date(2024, 1, 1))] == ["card-2021"]
    assert library.heirs == {}


def test_an_article_of_a_district_holds_there_and_not_for_a_caller_known_by_the_city_alone() -> None:
    library = make_library([replace(OLD, area="云川市/临湖区")])
    assert library.in_force(date(2026, 1, 1), "云川市/临湖区")
    assert not library.in_force(date(2026, 1, 1), "云川市/江北区")
    assert not library.in_force(date(2026, 1, 1), "云川市")
    assert library.in_force(date(2026, 1, 1))


def test_the_version_follows_the_content_and_not_the_order() -> None:
    assert make_library([OLD, NEW]).version == make_library([NEW, OLD]).version == digest([NEW, OLD])
    changed = replace(NEW, text=NEW.text + "不收费。")
    assert make_library([OLD, changed]).version != make_library([OLD, NEW]).version


def test_an_article_is_found_by_its_id() -> None:
    assert make_library([OLD, NEW]).find("card") == NEW
    assert make_library([OLD]).find("card") is None


def test_sound_articles_have_no_faults() -> None:
    assert check_library([OLD, NEW], CATALOGUE, GAZETTEER) == ()


def test_two_articles_with_one_number_are_a_fault() -> None:
    assert "have the number 云公规〔2021〕5号" in only_fault(OLD, replace(OLD, article_id="other"))


PAIR = replace(
    OLD,
    article_id="faq-1",
    title="住满多久？",
    text="# 问答\n问：住满多久？\n答：一年。",
    effective_from=date(2025, 6, 1),
)


def test_questions_answered_from_one_document_share_its_number_and_end_with_it() -> None:
    other = replace(
        PAIR, article_id="faq-2", title="哪里办？", text="问：哪里办？\n答：窗口。", effective_from=date(2022, 1, 1)
    )
    assert check_library([OLD, PAIR, other], CATALOGUE, GAZETTEER) == ()
    assert check_library([PAIR, other, NEW], CATALOGUE, GAZETTEER) == ()
    library = make_library([OLD, PAIR, other, NEW])
    assert {library.last_day(a) for a in (OLD, PAIR, other)} == {date(2025, 2, 28)}
    assert not library.holds(PAIR, date(2025, 7, 1))


def test_a_district_cannot_end_answers_that_hold_in_the_whole_city() -> None:
    assert "Widen its area" in only_fault(PAIR, replace(NEW, area="云川市/临湖区"))


def test_articles_are_known_by_their_number_and_by_their_title() -> None:
    library = make_library([OLD, NEW, PAIR])
    assert list(library.called(OLD.document_number)) == [OLD, PAIR]
    assert list(library.called(PAIR.title)) == [PAIR]
    assert list(library.called("")) == []


def test_articles_without_a_number_may_be_many() -> None:
    unnumbered = replace(OLD, document_number="")
    assert check_library([unnumbered, replace(unnumbered, article_id="other")], CATALOGUE, GAZETTEER) == ()


def test_two_articles_with_one_id_are_a_fault() -> None:
    assert "2 articles have the id card-2021" in only_fault(OLD, replace(OLD, document_number="云公规〔2021〕6号"))


@pytest.mark.parametrize(
    ("article", "told"),
    [
        (replace(OLD, effective_to=date(2020, 1, 1)), "before it begins"),
        (replace(OLD, text="  "), "has no text"),
        (replace(OLD, owner=""), "has no owner"),
        (replace(OLD, issuer=""), "has no issuer"),
        (replace(OLD, area=""), "has no area"),
        (replace(OLD, owner="市梦想局"), "no such department"),
        (replace(OLD, owner="公安局"), "the catalogue calls it 市公安局"),
        (replace(OLD, area="云川市/月球区"), "not in the gazetteer"),
        (replace(OLD, supersedes=("云公规〔1999〕1号",)), "which no article has"),
        (replace(OLD, supersedes=("云公规〔2021〕5号",)), "supersedes itself"),
    ],
)
def test_a_fault_is_told_in_a_sentence_that_names_the_article(article: PolicyArticle, told: str) -> None:
    fault = only_fault(article)
    assert told in fault
    assert "card-2021" in fault


def test_a_successor_that_begins_before_what_it_replaces_is_a_fault() -> None:
    assert "not after it" in only_fault(OLD, replace(NEW, effective_from=date(2021, 6, 1)))


def test_a_district_cannot_end_what_holds_in_the_whole_city() -> None:
    assert "holds in 云川市/临湖区 only" in only_fault(OLD, replace(NEW, area="云川市/临湖区"))


def test_a_ring_of_successors_is_a_fault() -> None:
    first = replace(OLD, supersedes=(NEW.document_number,))
    faults = check_library([first, NEW], CATALOGUE, GAZETTEER)
    assert sum("in a ring" in fault for fault in faults) == 1


def test_a_long_chain_of_successors_is_no_ring() -> None:
    chain = [
        replace(
            OLD,
            article_id=f"a{n}",
            document_number=f"云公规〔{n}〕1号",
            effective_from=date(1000 + n, 1, 1),
            supersedes=(f"云公规〔{n - 1}〕1号",) if n else (),
        )
        for n in range(1500)
    ]
    assert check_library(chain) == ()


def test_every_fault_is_listed_not_only_the_first() -> None:
    faults = check_library([replace(OLD, owner="", text=""), replace(OLD, area="")], CATALOGUE, GAZETTEER)
    assert len(faults) == 5


def test_a_library_that_contradicts_itself_is_refused_with_every_fault(tmp_path: Path) -> None:
    table = tmp_path / "a.csv"
    table.write_text(
        "编号,标题,文号,发布机关,责任单位,适用区域,施行日期,正文\n"
        "a,甲,云公规〔2025〕1号,云川市公安局,市公安局,云川市,,正文一\n"
        "b,乙,云公规〔2025〕2号,云川市公安局,市公安局,云川市,2025-01-01,正文二\n"
        "c,丙,云公规〔2025〕2号,云川市公安局,市梦想局,云川市,2025-01-01,正文三\n",
        encoding="utf-8-sig",
    )
    with pytest.raises(BadLibrary) as caught:
        load_library(table, CATALOGUE, GAZETTEER)
    assert len(caught.value.faults) == 3
    assert "row 1 (甲): no date from which it holds" in caught.value.faults[0]


def test_a_missing_or_empty_library_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadTable, match="does not exist"):
        load_library(tmp_path / "nowhere.jsonl")
    with pytest.raises(BadLibrary, match="holds no articles"):
        load_library(tmp_path)
