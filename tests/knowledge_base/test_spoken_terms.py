from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import pytest

from knowledge_base.catalogue.catalogue import Department, Duty, ResponsibilityCatalogue
from knowledge_base.gazetteer import District, Gazetteer
from knowledge_base.library import Library, make_library
from knowledge_base.policy import Passage, PolicyArticle, Secrecy
from knowledge_base.sounds_alike.corrector_in_force import CorrectorInForce
from knowledge_base.sounds_alike.hotwords import Hotwords
from knowledge_base.sounds_alike.spoken_terms import phrases, spoken_terms

PLACES = Gazetteer("云川市", (District("临湖区", ("望湖街道",)),))
CATALOGUE = ResponsibilityCatalogue(
    "1", (Department("市公安局", (Duty("户籍", phrases=("居住证丢了",)),), "云川市", aliases=("派出所",)),)
)

SECRECIES = (Secrecy.PUBLIC, Secrecy.INTERNAL, Secrecy.RESTRICTED)


def article(title: str, **more: object) -> PolicyArticle:
    made = PolicyArticle(title, title, "1号", "市政府", "市公安局", "云川市", date(2020, 1, 1), None, "第一条 照办。")
    return replace(made, **more)  # type: ignore[arg-type]


def library(*articles: PolicyArticle) -> Library:
    return make_library(articles)


def test_words_and_the_phrases_they_make_are_terms() -> None:
    found = phrases("住房公积金租房提取规定")
    assert {"公积金", "住房公积金", "租房提取"} <= set(found)
    assert all(len(term) <= 8 for term in found)


def test_departments_places_titles_keywords_and_duties_are_spoken_of() -> None:
    made = library(article("老年人优待证办理", keywords=("敬老卡",)))
    terms = spoken_terms(made.passages(), CATALOGUE, PLACES)
    assert {"市公安局", "公安局", "派出所", "临湖区", "望湖街道", "敬老卡", "优待证", "居住证"} <= set(terms)


def test_a_new_article_brings_its_names_and_a_withdrawn_one_takes_them_away() -> None:
    shelf = [library(article("一号规定"))]
    corrector = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)
    assert corrector.misheard("敬老咖在哪里换") == ()
    shelf[0] = library(article("一号规定"), article("敬老卡办理"))
    corrector.settle()
    assert [m.term for m in corrector.misheard("敬老咖在哪里换")] == ["敬老卡"]
    shelf[0] = library(article("一号规定"))
    corrector.settle()
    assert corrector.misheard("敬老咖在哪里换") == ()


def test_names_of_restricted_articles_are_shown_to_nobody() -> None:
    secret = library(article("敬老卡办理", secrecy=Secrecy.RESTRICTED))
    corrector = CorrectorInForce(lambda: secret, lambda: CATALOGUE, PLACES)
    assert corrector.misheard("敬老咖在哪里换") == ()


def test_names_that_cannot_be_made_leave_those_that_there_are_until_the_library_is_another() -> None:
    class Broken:
        version = "broken"
        editions = MappingProxyType({"一号规定": "1"})

        def passages_of(self, article_id: str) -> tuple[object, ...]:
            raise OSError("the disk")

    shelf: list[object] = [Broken()]
    corrector = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)  # type: ignore[arg-type,return-value]
    assert corrector.misheard("敬老咖在哪里换") == ()
    shelf[0] = library(article("敬老卡办理"))
    corrector.settle()
    assert corrector.misheard("敬老咖在哪里换")
    shelf[0] = Broken()
    corrector.settle()
    assert corrector.misheard("敬老咖在哪里换")


def test_what_was_half_followed_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = [library(article("一号规定"))]
    corrector = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)
    corrector.settle()

    def out_of_memory(*_: object) -> Hotwords:
        raise MemoryError

    with monkeypatch.context() as broken:
        broken.setattr(Hotwords, "changed", out_of_memory)
        shelf[0] = library(article("敬老卡办理"))
        corrector.settle()
    assert corrector.misheard("敬老咖在哪里换") == ()
    shelf[0] = library(article("敬老卡办理"), article("一号规定"))
    corrector.settle()
    assert [m.term for m in corrector.misheard("敬老咖在哪里换")] == ["敬老卡"]


def test_calls_do_not_wait_while_the_next_corrector_is_made() -> None:
    gate, waiting = threading.Event(), threading.Event()
    first, second = library(article("敬老卡办理")), library(article("敬老卡办理"), article("灵活就业办理"))

    class Slow:
        version = second.version
        editions = second.editions

        def passages_of(self, article_id: str) -> tuple[object, ...]:
            waiting.set()
            gate.wait(10)
            return second.passages_of(article_id)

    shelf: list[object] = [first]
    corrector = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)  # type: ignore[arg-type,return-value]
    assert corrector.misheard("敬老咖在哪里换")
    shelf[0] = Slow()
    assert corrector.misheard("敬老咖在哪里换")
    assert waiting.wait(10)
    assert corrector.misheard("敬老咖在哪里换")
    gate.set()
    corrector.settle()
    assert corrector.misheard("零活就业怎么办")


def test_names_that_were_followed_are_those_that_would_be_made_from_nothing() -> None:
    chance = random.Random(5)
    titles = ["敬老卡办理", "灵活就业参保办理", "居住证管理办法", "公积金租房提取", "老年人优待证", "养犬登记规定"]
    said = ["敬老咖在哪里换", "零活就业怎么办", "旺湖街道的居注证", "养全登记", "优代证"]
    shelf = [library(article(titles[0]))]
    followed = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)
    for _ in range(25):
        articles = [
            article(
                title, keywords=tuple(chance.sample(titles, chance.randint(0, 2))), secrecy=chance.choice(SECRECIES)
            )
            for title in chance.sample(titles, chance.randint(0, len(titles)))
        ]
        shelf[0] = library(*articles)
        followed.settle()
        anew = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)
        assert [followed.misheard(text) for text in said] == [anew.misheard(text) for text in said]
        assert [followed.names([text]) for text in titles] == [anew.names([text]) for text in titles]


def test_only_articles_that_changed_are_read_again() -> None:
    known = [article(f"{number}号规定") for number in range(5)]
    read: list[str] = []

    class Watched:
        def __init__(self, *articles: PolicyArticle) -> None:
            self._library = library(*articles)
            self.version, self.editions = self._library.version, self._library.editions

        def passages_of(self, article_id: str) -> tuple[Passage, ...]:
            read.append(article_id)
            return self._library.passages_of(article_id)

    shelf = [Watched(*known)]
    corrector = CorrectorInForce(lambda: shelf[0], lambda: CATALOGUE, PLACES)
    corrector.settle()
    read.clear()
    shelf[0] = Watched(*known[1:], article("敬老卡办理"))
    corrector.settle()
    assert read == ["敬老卡办理"]
    assert [m.term for m in corrector.misheard("敬老咖在哪里换")] == ["敬老卡"]


def test_another_catalogue_brings_its_departments_without_reading_the_library_again() -> None:
    made, tables = library(article("一号规定")), [CATALOGUE]
    corrector = CorrectorInForce(lambda: made, lambda: tables[0], PLACES)
    assert corrector.misheard("我找数剧局") == ()
    tables[0] = ResponsibilityCatalogue("2", (Department("数据局", (), "云川市"),))
    corrector.settle()
    assert [m.term for m in corrector.misheard("我找数剧局")] == ["数据局"]
