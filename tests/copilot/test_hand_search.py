"""What a person who looks something up by hand is listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hand_search_parts import LIBRARY, PERMIT, Finder
from session_parts import DAY

from copilot.hand_search import MOST, Listed, look_up
from copilot.misheard import MiswrittenNames
from copilot.quoting import QuotesInForce
from copilot.suggestion import FollowUp
from knowledge_base.library import make_library
from knowledge_base.policy import Passage
from knowledge_base.search.everyday_terms import EverydayTerms
from knowledge_base.sounds_alike.sound_correction import SoundCorrector
from knowledge_base.sounds_alike.spoken_terms import spoken_terms


def found(query: str, *sure: str, area: str = "云川市", day: date = DAY) -> list[tuple[str, float | None]]:
    shown = look_up(Finder(LIBRARY, *sure), LIBRARY, query, day=day, area=area).results
    return [(one.citation.passage_id, one.probability) for one in shown]


def test_what_the_search_is_sure_of_comes_first_and_what_merely_has_the_words_has_no_probability() -> None:
    first, second = (p.passage_id for p in LIBRARY.passages_of("permit"))
    assert found("居住证 收", second) == [(second, 0.9), (first, None)]
    (shown,) = look_up(Finder(LIBRARY), LIBRARY, "工本费", day=DAY, area="云川市").results
    marked = [shown.citation.quote[start:end] for start, end in shown.citation.highlight]
    assert marked == ["工本费"]


def test_an_article_is_found_by_its_title_and_by_its_number_however_the_brackets_are_written() -> None:
    of_permit = [(p.passage_id, None) for p in LIBRARY.passages_of("permit")]
    assert found("居住证办理规定") == of_permit
    assert found("云公规(2025)3号") == found("云公规[2025]3号") == of_permit


def test_a_document_whose_whole_number_was_typed_comes_before_what_is_near_to_its_characters() -> None:
    other = replace(
        PERMIT, article_id="other", title="育儿补贴办法", document_number="云卫规〔2026〕1号", text="每年三千元。"
    )
    library = make_library([PERMIT, other])
    guessed, (first, second) = library.passages_of("other")[0].passage_id, library.passages_of("permit")

    def listed(query: str, *sure: str) -> list[str]:
        shown = look_up(Finder(library, *sure), library, query, day=DAY, area="云川市").results
        return [one.citation.passage_id for one in shown]

    assert listed("云公规[2025]3号", guessed) == [first.passage_id, second.passage_id, guessed]
    assert listed("云公规〔2025〕3号补领多少钱", guessed, second.passage_id)[:2] == [
        second.passage_id,
        first.passage_id,
    ]
    assert listed("2025年的育儿补贴", guessed) == [guessed]


def test_who_types_nothing_but_a_documents_number_is_shown_the_whole_document_in_its_order() -> None:
    text = "\n\n".join(f"第{n}条 居住证的第{n}项规定。" for n in "一二三四五")
    library = make_library([replace(PERMIT, text=text)])
    passages = [p.passage_id for p in library.passages_of("permit")]
    for typed in ("云公规〔2025〕3号", " 云公规 [2025] 3 号"):
        shown = look_up(Finder(library, passages[3]), library, typed, day=DAY, area="云川市").results
        assert [one.citation.passage_id for one in shown] == passages


def test_nothing_is_listed_that_does_not_hold_there_or_then_or_that_staff_may_not_see() -> None:
    assert found("停车") == []
    assert [name for name, _ in found("停车", area="云川市/临湖区")] == [LIBRARY.passages_of("lake")[0].passage_id]
    assert found("居住证", day=date(2024, 1, 1)) == []


@pytest.mark.parametrize("query", ["你好", "的", "，", "共享单车停放"])
def test_small_talk_and_what_stands_nowhere_find_nothing(query: str) -> None:
    assert found(query) == []


class Names(SoundCorrector):
    """Knows names by their sound and expects none."""

    def names(self, said: Sequence[str]) -> tuple[str, ...]:
        return ()


def listed(query: str, names: MiswrittenNames | None) -> Listed:
    return look_up(Finder(), LIBRARY, query, day=DAY, area="云川市", names=names)


def test_a_name_typed_with_another_character_of_the_same_sound_is_looked_up_as_it_was_meant_too() -> None:
    names = MiswrittenNames(Names(spoken_terms(LIBRARY.passages_of("permit"))))
    mistyped, right = listed("居主证 工本费", names), listed("居住证 工本费", names)
    assert [one.citation.passage_id for one in mistyped.results] == [LIBRARY.passages_of("permit")[1].passage_id]
    assert mistyped.results == right.results
    assert (mistyped.read_as, right.read_as) == ("居住证 工本费", "")
    assert listed("居主证 工本费", None) == Listed(())


def test_what_articles_call_otherwise_is_looked_up_where_nothing_else_is_found_and_said() -> None:
    names = MiswrittenNames(Names({}), EverydayTerms({"暂住证": ("居住证",), "工本费": ("费用",)}))
    found = listed("暂住证 收取", names)
    assert (len(found.results), found.read_as) == (1, "居住证 收取")
    assert listed("工本费", names).read_as == ""  # it stands in an article as it was typed
    assert listed("暂住证停车", names) == Listed(())  # found neither way: nothing is said to have been read otherwise


def test_what_is_not_listed_is_not_looked_into() -> None:
    many = make_library([replace(PERMIT, article_id=f"permit-{n}", document_number="") for n in range(40)])
    asked: list[str] = []

    class Asking(QuotesInForce):
        def asks_first(self, passage: Passage) -> FollowUp | None:
            asked.append(passage.article_id)
            return super().asks_first(passage)

    listed = look_up(Finder(many), many, "居住证", day=DAY, area="云川市", sources=Asking(lambda: many))
    assert [one.citation.article_id for one in listed.results] == asked
    assert len(asked) == MOST
