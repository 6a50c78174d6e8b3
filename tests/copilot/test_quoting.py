"""Whether the library still says what a card quotes, and what it says instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from articles import article

from copilot.answering import citation_of
from copilot.quoting import QuotesInForce
from copilot.suggestion import Citation
from knowledge_base.library import Library, make_library, overlaid
from knowledge_base.policy import Secrecy
from knowledge_base.search.cases import ArticleCases

DAY = date(2026, 11, 22)
PERMIT = article("permit", "第一条 办证不收费。\n\n第二条 十五日内办结。", owner="市公安局")
FILES = make_library([PERMIT])


def card(library: Library = FILES, passage: int = 0) -> Citation:
    found = library.passages_of("permit")[passage]
    return replace(citation_of(found), article_version=found.version)


def says(library: Library, quoted: Citation, day: date = DAY) -> bool:
    return QuotesInForce(lambda: library).still_says(quoted, day)


def instead(library: Library, quoted: Citation, day: date = DAY) -> str | None:
    now = QuotesInForce(lambda: library).says_now(quoted, day)
    return now.quote if now is not None else None


def test_what_the_library_has_may_be_quoted() -> None:
    assert says(FILES, card())
    assert says(FILES, replace(card(), quote="办证不收费，请放心。", original=card().quote))


def test_what_was_withdrawn_is_quoted_no_more() -> None:
    assert not says(overlaid(FILES, [], ["permit"]), card())
    assert instead(overlaid(FILES, [], ["permit"]), card()) is None


def test_an_article_whose_file_is_gone_is_quoted_no_more() -> None:
    other = make_library(
        [replace(PERMIT, article_id="noise", title="噪声办法", document_number="", text="夜间不施工。")]
    )
    for library in (make_library([]), other):
        assert not says(library, card())
        assert instead(library, card()) is None


def test_an_article_is_quoted_to_its_last_day() -> None:
    ending = make_library([replace(PERMIT, effective_to=DAY)])
    assert says(ending, card(ending), DAY)
    assert not says(ending, card(ending), date(2026, 11, 23))


def test_of_a_new_version_the_words_that_stayed_are_still_said_and_the_others_have_a_successor() -> None:
    changed = overlaid(FILES, [replace(PERMIT, text="第一条 办证不收费。\n\n第二条 十日内办结。")])
    assert says(changed, card())
    assert not says(changed, card(passage=1))
    assert instead(changed, card(passage=1)) == "第二条 十日内办结。"


def test_a_sentence_that_the_new_version_left_out_is_said_no_more_though_the_rest_stayed() -> None:
    before = make_library([replace(PERMIT, text="第一条 办证不收费。\n\n第二条 十五日内办结。加急的五日内办结。")])
    now = overlaid(before, [replace(PERMIT, text="第一条 办证不收费。\n\n第二条 十五日内办结。")])
    assert says(now, card(before))
    assert not says(now, card(before, passage=1))
    assert instead(now, card(before, passage=1)) == "第二条 十五日内办结。"


def test_a_case_that_was_put_together_from_two_places_is_said_as_long_as_both_stay() -> None:
    changed = overlaid(FILES, [replace(PERMIT, text=PERMIT.text + "\n\n第三条 本办法由市公安局解释。")])
    both = replace(card(), quote="办证不收费。\n十五日内办结。")
    assert says(changed, both)
    assert not says(changed, replace(both, quote="办证不收费。\n十日内办结。"))


def test_a_clause_that_another_was_put_before_is_followed_to_its_new_number() -> None:
    text = "第一条 办证不收费。\n\n第二条 先在网上预约。\n\n第三条 十五日内办结。"
    assert instead(make_library([replace(PERMIT, text=text)]), card(passage=1)) == "第三条 十五日内办结。"


def test_another_answer_from_the_same_document_does_not_take_the_place_of_one_that_is_gone() -> None:
    end = "答：带身份证和本人近期照片，到户籍所在地派出所办理，二十元。"
    first, other = (
        replace(PERMIT, article_id=title, title=title, text=f"问：{title}\n{end}")
        for title in ("居住证换领要带什么？", "居住证补领要带什么？")
    )
    (passage,) = make_library([first]).passages_of(first.article_id)
    quoted = replace(citation_of(passage), article_version=passage.version)
    assert instead(make_library([other]), quoted) is None
    renamed = replace(first, article_id="faq-7")
    assert instead(make_library([other, renamed]), quoted) == passage.text


def test_words_that_moved_to_another_article_are_what_stands_in_their_place() -> None:
    renamed = make_library([replace(PERMIT, article_id="permit-2025")])
    assert not says(renamed, card())
    assert instead(renamed, card()) == "第一条 办证不收费。"
    unnumbered = replace(PERMIT, document_number="")
    old = make_library([unnumbered])
    assert instead(make_library([replace(unnumbered, article_id="other")]), card(old)) == "第一条 办证不收费。"


def test_of_the_article_that_replaced_it_the_passage_that_is_most_like_it_stands_in_its_place() -> None:
    heir = replace(
        PERMIT,
        article_id="permit-2026",
        document_number="云公规〔2026〕9号",
        effective_from=DAY,
        supersedes=(PERMIT.document_number,),
        text="第一条 申请人应当年满十六周岁。\n\n第二条 受理后十日内办结。\n\n第三条 本市办证不收费。",
    )
    both = make_library([PERMIT, heir])
    assert not says(both, card())
    assert instead(both, card()) == "第三条 本市办证不收费。"
    unlike = make_library([PERMIT, replace(heir, text="第一条 申请人应当年满十六周岁。")])
    assert instead(unlike, card()) is None


def test_the_same_words_for_fewer_places_or_people_are_not_the_same() -> None:
    district = overlaid(FILES, [replace(PERMIT, area="云川市/临湖区")])
    assert not says(district, card())
    assert instead(district, card()) is None
    restricted = overlaid(FILES, [replace(PERMIT, secrecy=Secrecy.RESTRICTED)])
    assert not says(restricted, card())
    assert instead(restricted, card()) is None
    internal = overlaid(FILES, [replace(PERMIT, secrecy=Secrecy.INTERNAL)])
    assert not says(internal, card())
    now = QuotesInForce(lambda: internal).says_now(card(), DAY)
    assert now is not None
    assert now.secrecy == "internal"


def test_what_stands_in_its_place_asks_what_the_article_asks() -> None:
    text = "第一条 本市户口的，办证不收费。\n\n第二条 外地户口的，办证收费二十元。"
    library = overlaid(FILES, [replace(PERMIT, text=text)])
    now = QuotesInForce(lambda: library, ArticleCases(lambda: library)).says_now(card(), DAY)
    assert now is not None
    assert now.follow_up is not None
    assert [case.citation.article_version for case in now.follow_up.cases] == [now.article_version] * 2


def test_as_long_as_an_article_is_what_it_was_it_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    quoted = card()
    monkeypatch.setattr(Library, "passages_of", lambda *_: pytest.fail("a long article would be split at each look-up"))
    assert says(FILES, quoted)
