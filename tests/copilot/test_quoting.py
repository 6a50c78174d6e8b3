"""A card may lie on the desk longer than its article holds; then it is adopted no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from copilot.answering import citation_of
from copilot.deciding import check_source
from copilot.errors import Conflict
from copilot.quoting import QuotesInForce
from copilot.suggestion import Citation, Decision, Slot, Verdict
from knowledge_base.library import Library, make_library, overlaid
from knowledge_base.policy import PolicyArticle

DAY = date(2026, 11, 22)
PERMIT = PolicyArticle(
    "permit",
    "居住证办法",
    "云公规〔2025〕3号",
    "云川市公安局",
    "市公安局",
    "云川市",
    date(2025, 3, 1),
    None,
    "第一条 办证不收费。\n\n第二条 十五日内办结。",
)
FILES = make_library([PERMIT])


def card(library: Library = FILES) -> Citation:
    passage = library.passages_of("permit")[0]
    return replace(citation_of(passage), article_version=passage.version)


def says(library: Library, quoted: Citation, day: date = DAY) -> bool:
    return QuotesInForce(lambda: library).still_says(quoted, day)


def test_what_the_library_has_may_be_quoted() -> None:
    assert says(FILES, card())
    assert says(FILES, replace(card(), quote="办证不收费，请放心。", original=card().quote))


def test_what_was_withdrawn_is_quoted_no_more() -> None:
    assert not says(overlaid(FILES, [], ["permit"]), card())


def test_an_article_is_quoted_to_its_last_day() -> None:
    ending = make_library([replace(PERMIT, effective_to=DAY)])
    assert says(ending, card(ending), DAY)
    assert not says(ending, card(ending), date(2026, 11, 23))


def test_of_a_new_version_the_words_that_stayed_are_still_said() -> None:
    changed = overlaid(FILES, [replace(PERMIT, text="第一条 办证不收费。\n\n第二条 十日内办结。")])
    first, second = (replace(citation_of(p), article_version=p.version) for p in FILES.passages_of("permit"))
    assert says(changed, first)
    assert not says(changed, second)


def test_what_is_no_article_is_not_judged() -> None:
    assert says(FILES, replace(card(), article_id="rule", quote="请拨打110。"))


def test_a_withdrawn_answer_is_not_adopted_but_can_be_rejected() -> None:
    gone = QuotesInForce(lambda: overlaid(FILES, [], ["permit"]))
    adopt = Decision("d1", "1", Slot.ANSWER, Verdict.ACCEPT, "s1", card(), "li")
    with pytest.raises(Conflict, match="居住证办法 no longer says this"):
        check_source(adopt, gone, DAY)
    check_source(replace(adopt, verdict=Verdict.REJECT, value=None), gone, DAY)
    check_source(adopt, QuotesInForce(lambda: FILES), DAY)
    check_source(adopt, None, DAY)
