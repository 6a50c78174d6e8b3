from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from articles import article

from knowledge_base.calibration import FILE, SIGNALS, Calibration, Judged, Signals, fit, load
from knowledge_base.errors import KnowledgeError
from knowledge_base.index.index import Index
from knowledge_base.index.making import make_index
from knowledge_base.index.state import open_index
from knowledge_base.index.vector_search import Vector
from knowledge_base.library import make_library
from knowledge_base.policy import Passage
from knowledge_base.retriever import Example, Retriever
from knowledge_base.search.everyday_terms import EverydayTerms
from models.baselines import HashingEmbedder

TODAY = date(2026, 11, 22)
CITY = "云川市"


EASY = Calibration(weights=tuple(20.0 * (name == "coverage") for name in SIGNALS), bias=-1.0, threshold=0.5)


@pytest.fixture(scope="module")
def retriever(tmp_path_factory: pytest.TempPathFactory, passages: tuple[Passage, ...]) -> Retriever:
    embedder = HashingEmbedder()
    index = make_index(tmp_path_factory.mktemp("search") / "index", passages, embedder, "library-1")
    return Retriever(index, embedder, EASY)


def found(retriever: Retriever, query: str, day: date = TODAY, area: str | None = CITY) -> list[str]:
    return [hit.passage.article_id for hit in retriever.search(query, day=day, area=area)]


@pytest.mark.parametrize("said", ["你好", "嗯", "喂，您好", "谢谢你", "", "。"])
def test_a_greeting_finds_nothing(retriever: Retriever, said: str) -> None:
    assert found(retriever, said) == []


def test_fillers_around_a_question_change_nothing(retriever: Retriever) -> None:
    assert found(retriever, "哎，那个，嗯，我想问一下居住证怎么申领")[0] == "permit"


def test_only_what_is_in_force_on_the_day_is_found(retriever: Retriever) -> None:
    assert found(retriever, "居住证申领")[0] == "permit"
    assert "permit-old" in found(retriever, "居住证申领工本费", date(2025, 6, 1))
    assert "permit-old" not in found(retriever, "居住证申领工本费")
    assert "permit-next" not in found(retriever, "居住证网上申领")
    assert "permit-next" in found(retriever, "居住证网上申领", date(2027, 6, 1))


def test_who_asks_about_another_city_is_not_told_of_this_one(retriever: Retriever) -> None:
    assert found(retriever, "供暖补贴怎么申请", area="云川市/临湖区") == ["heating"]
    assert found(retriever, "沈阳供暖补贴怎么申请", area="云川市/临湖区") == []
    assert retriever.judge(Example("沈阳供暖补贴怎么申请", frozenset())) == []


def test_who_types_a_question_is_answered_from_this_library_whatever_city_it_names(retriever: Retriever) -> None:
    typed = retriever.search("沈阳供暖补贴怎么申请", day=TODAY, area="云川市/临湖区", typed=True)
    assert typed[0].passage.article_id == "heating"


def test_what_holds_in_one_district_is_found_there_only(retriever: Retriever) -> None:
    assert found(retriever, "供暖补贴怎么申请", area="云川市/临湖区") == ["heating"]
    assert "heating" not in found(retriever, "供暖补贴怎么申请", area="云川市/高新区")
    assert "heating" not in found(retriever, "供暖补贴怎么申请")


@pytest.mark.parametrize(
    "asked", ["公积金可以提取来付房租吗？", "我想问一下公积金可以提取来付房租吗", "住房公积金问答"]
)
def test_an_identical_question_is_found_first_and_nearly_certain(retriever: Retriever, asked: str) -> None:
    [first, *_] = retriever.search(asked, day=TODAY, area=CITY)
    assert first.passage.article_id == "fund"
    assert first.probability >= 0.99


def test_matching_words_are_highlighted_in_the_quotation(retriever: Retriever) -> None:
    [first, *_] = retriever.search("夜间施工噪声", day=TODAY, area=CITY)
    assert "".join(first.passage.text[a:b] for a, b in first.highlight) == "夜间施工噪声"


def test_below_the_threshold_nothing_is_shown(retriever: Retriever) -> None:
    strict = Retriever(retriever._source, HashingEmbedder(), Calibration((0.0,) * len(SIGNALS), -5.0, 0.5))
    assert found(strict, "居住证怎么申领") == []
    assert strict.rank("居住证怎么申领", day=TODAY, area=CITY)


def test_without_a_day_everything_is_ranked(retriever: Retriever, passages: tuple[Passage, ...]) -> None:
    ranked = [c.passage.article_id for c in retriever.rank("居住证工本费", limit=6)]
    assert set(ranked) == {p.article_id for p in passages}
    assert len(ranked) == len(passages)


def test_versions_name_the_library_and_the_embedder(retriever: Retriever) -> None:
    assert retriever.versions == {"index": "library-1", "embedder": HashingEmbedder().fingerprint}


def test_a_fitted_calibration_is_stored_and_separates_questions_from_small_talk(
    tmp_path: Path, passages: tuple[Passage, ...]
) -> None:
    embedder = HashingEmbedder()
    retriever = Retriever(make_index(tmp_path / "index", passages, embedder, "library-1"), embedder)
    questions = [
        ("居住证怎么申领", "permit"),
        ("夜间施工太吵", "noise"),
        ("公积金付房租", "fund"),
        ("申领居住证要住多久", "permit"),
    ]
    examples = [Example(asked, frozenset({name}), TODAY, CITY) for asked, name in questions]
    made = retriever.calibrate(examples, ["今天天气不错", "我再想想吧", "听不清楚", "你大声一点"])
    assert load(tmp_path / "index") == made
    assert found(retriever, "居住证怎么申领")[:1] == ["permit"]
    assert found(retriever, "你大声一点") == []


def test_calibration_refuses_what_it_cannot_learn_from() -> None:
    with pytest.raises(KnowledgeError, match="right and wrong"):
        fit([Judged(Signals(0.9, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0, 0.0), right=True)])


def test_the_sentence_that_answers_is_named(retriever: Retriever) -> None:
    [first, *_] = retriever.search("夜间施工噪声", day=TODAY, area=CITY)
    assert first.sentence is not None
    start, end = first.sentence
    assert "夜间施工" in first.passage.text[start:end]


def fees(tmp_path: Path, passages: tuple[Passage, ...]) -> Retriever:
    """Of an article whose first passage has most of the words, and its second what is asked for."""
    texts = ("敬老卡补办敬老卡到便民服务中心，补办要登记。", "丢失的，收工本费十五元。")
    own = [
        replace(passages[0], passage_id=f"card#{n}", article_id="card", heading="敬老卡补办", title="敬老卡", text=text)
        for n, text in enumerate(texts, start=1)
    ]
    embedder = HashingEmbedder()
    return Retriever(make_index(tmp_path / "index", own, embedder, "library-1"), embedder, EASY)


def test_the_passage_whose_sentence_answers_comes_before_the_others_of_its_article(
    tmp_path: Path, passages: tuple[Passage, ...]
) -> None:
    retriever = fees(tmp_path, passages)
    ranked = [candidate.passage.passage_id for candidate in retriever.rank("丢失补办敬老卡", day=TODAY, area=CITY)]
    hits = retriever.search("丢失补办敬老卡", day=TODAY, area=CITY, marking="丢失的收工本费多少")
    assert ranked == ["card#1", "card#2"]
    assert [hit.passage.passage_id for hit in hits][:1] == ["card#2"]
    assert hits[0].sentence == (0, len(hits[0].passage.text))
    assert all(hit.sentence is None for hit in hits[1:])  # one of the article is marked, or none
    plain = retriever.search("丢失补办敬老卡", day=TODAY, area=CITY, marking="补办敬老卡到哪里")
    assert plain[0].passage.passage_id == "card#1"
    assert plain[0].probability == hits[0].probability  # how sure a card is goes with the place


def test_everyday_words_find_what_official_ones_name(retriever: Retriever) -> None:
    terms = EverydayTerms({"工地吵": ("夜间施工", "噪声")})
    told = Retriever(retriever._source, HashingEmbedder(), EASY, terms=terms)
    assert told.search("隔壁工地吵", day=TODAY, area=CITY)[0].passage.article_id == "noise"


def test_official_words_that_a_passage_lacks_take_nothing_from_what_it_has(retriever: Retriever) -> None:
    said = "夜间施工噪声怎么举报"
    plain = retriever.rank(said, limit=1)[0]
    told = Retriever(retriever._source, HashingEmbedder(), EASY, terms=EverydayTerms({"施工": ("房屋建造",)}))
    assert told.rank(said, limit=1)[0].signals.coverage == plain.signals.coverage


class _Counting(HashingEmbedder):
    """Remembers how many texts were embedded."""

    embedded = 0

    def embed_queries(self, texts: Sequence[str]) -> Vector:
        self.embedded += len(texts)
        return super().embed_queries(texts)


def test_a_question_is_embedded_once_however_it_calls_things(retriever: Retriever) -> None:
    embedder = _Counting()
    told = Retriever(retriever._source, embedder, EASY, terms=EverydayTerms({"工地吵": ("夜间施工", "噪声")}))
    told.rank("隔壁工地吵")
    assert embedder.embedded == 1  # half of what a search costs


def test_how_a_question_is_put_does_not_decide_what_it_is_about(tmp_path: Path) -> None:
    texts = {
        "card": "问：社保卡丢了怎么补？\n答：先挂失，再到服务网点补卡。",
        "senior": "第三条 老年证遗失补领的，到社区服务中心办理，不收费。",
    }
    known = make_library(article(name, text, title=f"{name}办法") for name, text in texts.items())
    index = make_index(tmp_path / "index", known.passages(), HashingEmbedder(), "library-1")
    ranked = Retriever(index, HashingEmbedder()).rank("老年证丢了怎么补", limit=2)
    assert ranked[0].passage.article_id == "senior"


def test_a_stricter_wish_shows_fewer_cards(retriever: Retriever) -> None:
    promising = replace(EASY, promises=((0.7, 0.0), (0.9, 0.999)))
    eager = Retriever(retriever._source, HashingEmbedder(), promising, precision=0.7)
    strict = Retriever(retriever._source, HashingEmbedder(), promising, precision=0.9)
    assert found(eager, "居住证要多少钱")
    assert not found(strict, "居住证要多少钱")


def test_what_no_passage_knows_does_not_crowd_out_what_one_does(retriever: Retriever) -> None:
    asked = "".join(chr(0x4E00 + n) for n in range(1000)) + "居住证申领"
    signals = {c.passage.article_id: c.signals for c in retriever.rank(asked, day=TODAY, area=CITY)}
    assert signals["permit"].coverage > signals["noise"].coverage
    assert signals["permit"].coverage < 0.05


def test_a_calibration_that_another_process_writes_holds_from_the_next_search_on(
    retriever: Retriever, tmp_path: Path
) -> None:
    folder = shutil.copytree(retriever._source.snapshot.folder, tmp_path / "index")
    EASY.save(folder)
    served = Retriever(open_index(folder, HashingEmbedder()), HashingEmbedder())
    assert found(served, "居住证怎么申领")
    Calibration((0.0,) * len(SIGNALS), -5.0, 0.5).save(folder)
    os.utime(folder / FILE, ns=(1, 1))
    assert found(served, "居住证怎么申领") == []
    (folder / FILE).write_text("{}")
    assert found(served, "居住证怎么申领") == []
    (folder / FILE).unlink()
    assert found(served, "居住证怎么申领") == []


def test_a_search_stays_with_the_library_that_it_began_with(retriever: Retriever) -> None:
    class Counted:
        taken = 0

        @property
        def snapshot(self) -> Index:
            self.taken += 1
            return retriever._source.snapshot

    source = Counted()
    served = Retriever(source, HashingEmbedder(), EASY)
    source.taken = 0
    assert found(served, "居住证怎么申领")
    assert source.taken == 1


def test_who_types_is_shown_also_what_is_nearly_as_near_as_the_first_however_unlikely(tmp_path: Path) -> None:
    married = article("married", title="婚姻登记", text="结婚证丢失的，带身份证到登记处补领。")
    lost = article("lost", title="身份证办理", text="身份证丢了的，带户口本到派出所补领。")
    others = [article(f"other{n}", title="图书馆", text="图书馆每周一闭馆整理图书。") for n in range(3)]
    passages = make_library([married, lost, *others]).passages()
    embedder = HashingEmbedder()
    index = make_index(tmp_path / "index", passages, embedder, "library-1")
    first_only = Calibration(weights=tuple(-200.0 * (name == "behind") for name in SIGNALS), bias=2.0, threshold=0.5)
    retriever = Retriever(index, embedder, first_only)

    typed = retriever.search("身份证丢失", day=TODAY, area=CITY, limit=8, typed=True)

    assert [hit.passage.article_id for hit in typed] == ["married", "lost"]
    assert typed[1].probability < 0.1
    assert found(retriever, "身份证丢失") == ["married"]
