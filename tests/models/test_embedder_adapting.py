from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_encoder import small_encoder

from models.adapting.adapted_folder import refusal, save_adapted
from models.adapting.contrastive_gate import judge, reciprocal_ranks
from models.adapting.contrastive_questions import Teaching
from models.adapting.embedder_adapting import Adapted, Confirmed, Curriculum, adapt
from models.adapting.map_fitting import FittingPlan, Lesson, fit_map
from models.baselines import HashingEmbedder
from models.embedding_cache import CachedEmbedder
from models.errors import ModelProblem
from models.sentence_embedder import MappedEmbedder, OnnxEmbedder, load_embedder
from models.unit_vectors import unit
from models.vector_map import VectorMap
from models.weights.manifest import Precision
from models.weights.onnx_export import export
from models.weights.prepared_folder import State, state_of

MATTERS = re.findall(
    r"\S+",
    "居住证 公交卡 育儿补贴 公积金贷款 养犬登记 燃气安检 水费阶梯 垃圾分类 电动车上牌 老年优待 残疾补助 婚姻登记 "
    "食品摊位 工地噪声 路灯报修 暖气投诉 校车路线 图书借阅 驾照换领 营业执照 生育登记 医保缴费 失业保险 社区食堂 "
    "农机补贴 林木采伐 河道采砂 渔船检验 殡葬减免 户外广告 旅游投诉 体育场馆 文物保护 地名变更 海绵城市 充电桩",
)


def silent(done: int, total: int) -> None:
    pass


def quiet(step: str, done: int, total: int) -> None:
    pass


def passages() -> list[Teaching]:
    """Two passages of each matter, all worded alike but for the matter."""
    forms = (
        "申请{}应当提交身份证和申请表。受理窗口五个工作日内办结，不收费。",
        "{}由区级主管部门负责。违反规定的，处二百元罚款。咨询电话见大厅公告。",
    )
    return [
        Teaching(matter, (f"{matter}管理办法",), form.format(matter), f"{matter}管理办法\n{form.format(matter)}")
        for matter in MATTERS
        for form in forms
    ]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> OnnxEmbedder:
    """A real exported embedder: one layer, these texts' characters as vocabulary, random weights."""
    folder = tmp_path_factory.mktemp("encoder")
    texts = [*(passage.embedded for passage in passages()), "怎么办要什么材料多少钱去哪里办谁管"]
    whole = small_encoder(folder, texts, width=64, layers=1, longest=48)
    (folder / "base").mkdir()
    export(whole, folder / "base", Precision.TABLE4, "base", silent)
    return OnnxEmbedder(folder / "base")


@pytest.fixture(scope="module")
def adapted(base: OnnxEmbedder) -> Adapted:
    return adapt(base, Curriculum(passages(), plan=FittingPlan(rate=3e-3)), quiet)


@pytest.fixture(scope="module")
def kept(adapted: Adapted, base: OnnxEmbedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "own"
    save_adapted(adapted, adapted.gate, base, folder, {"library": "v1", "passages": 72, "created": "2026-11-22"})
    return folder


def test_an_adapted_embedder_finds_articles_sooner_that_it_never_learned_from(adapted: Adapted) -> None:
    assert adapted.gate.adapted_mrr > adapted.gate.untouched_mrr + 0.05
    assert adapted.gate.passed
    assert adapted.gate.asked == "made"


def test_it_says_how_many_questions_of_each_kind_it_learned_from(adapted: Adapted) -> None:
    assert adapted.questions["facet"] > 20
    assert adapted.questions["statement"] > 10


def test_an_adapted_folder_is_an_embedder_like_any_other(kept: Path, base: OnnxEmbedder, adapted: Adapted) -> None:
    embedder = load_embedder("own", kept.parent)
    assert isinstance(embedder, MappedEmbedder)
    assert state_of(kept) is State.READY
    assert embedder.fingerprint.startswith("own/base-table4-")
    assert embedder.base.fingerprint == base.fingerprint
    vectors = embedder.embed_queries(["居住证怎么办", "养犬登记多少钱"])
    assert vectors.shape == (2, embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-5)
    assert json.loads((kept / "adaptation.json").read_text())["served"]["passed"] is True
    card = (kept / "card.md").read_text()
    assert "hotline kb index" in card
    assert f"{adapted.gate.adapted_mrr:.3f}" in card


def test_pairs_are_as_near_as_they_were_so_that_thresholds_keep_their_meaning(
    adapted: Adapted, base: OnnxEmbedder
) -> None:
    own = MappedEmbedder(base, adapted.learned, "own")
    texts = [passage.embedded for passage in passages()]
    titles = [passage.titles[0] for passage in passages()]
    before = (base.embed_queries(titles) * base.embed_passages(texts)).sum(axis=1).mean()
    after = (own.embed_queries(titles) * own.embed_passages(texts)).sum(axis=1).mean()
    assert after == pytest.approx(before, abs=0.1)


def test_what_the_base_embedded_is_remembered_for_the_adapted(kept: Path, base: OnnxEmbedder, tmp_path: Path) -> None:
    texts = [passage.embedded for passage in passages()[:3]]
    CachedEmbedder(base, tmp_path / "cache.db").embed_passages(texts)
    own = load_embedder("own", kept.parent)
    assert isinstance(own, MappedEmbedder)
    silenced = MappedEmbedder(Silenced(base), own.map, "own")
    remembering = CachedEmbedder(silenced, tmp_path / "cache.db")
    assert remembering.embed_passages(texts) == pytest.approx(own.embed_passages(texts))
    assert remembering.fingerprint == silenced.fingerprint
    assert remembering.dimension == own.dimension


class Silenced:
    """An embedder that must not be asked."""

    def __init__(self, base: OnnxEmbedder) -> None:
        self.dimension, self.fingerprint = base.dimension, base.fingerprint

    def embed_queries(self, texts: object) -> NDArray[np.float32]:
        raise AssertionError("it was embedded again")

    def embed_passages(self, texts: object) -> NDArray[np.float32]:
        raise AssertionError("it was embedded again")


def test_what_is_not_better_is_not_kept_and_what_was_there_stays(
    adapted: Adapted, base: OnnxEmbedder, tmp_path: Path
) -> None:
    same = judge(np.full(60, 0.5), np.full(60, 0.5), np.arange(60), "confirmed")
    there = tmp_path / "own"
    there.mkdir()
    (there / "file").write_text("as it was")
    with pytest.raises(ModelProblem, match="not kept"):
        save_adapted(adapted, same, base, there, {})
    assert (there / "file").read_text() == "as it was"
    assert "60 confirmed questions" in refusal(same)
    save_adapted(adapted, same, base, tmp_path / "measured", {}, regardless=True)
    assert "not better" in (tmp_path / "measured" / "card.md").read_text()
    assert not list(tmp_path.glob(".making*"))


def test_a_map_that_was_touched_is_refused(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "map.npz").write_bytes((kept / "map.npz").read_bytes()[:100])
    with pytest.raises(ModelProblem, match="hotline train embedder"):
        VectorMap.load(tmp_path / "map.npz", 64)
    with pytest.raises(ModelProblem, match="not for vectors of 32 numbers"):
        VectorMap.load(kept / "map.npz", 32)


def test_too_few_articles_are_refused(base: OnnxEmbedder) -> None:
    with pytest.raises(ModelProblem, match="too few"):
        adapt(base, Curriculum(passages()[:10]), quiet)


def test_an_adapted_embedder_is_not_adapted_again(adapted: Adapted, base: OnnxEmbedder) -> None:
    with pytest.raises(ModelProblem, match="adapted already"):
        adapt(MappedEmbedder(base, adapted.learned, "own"), Curriculum(passages()), quiet)


def test_the_same_seed_adapts_alike_and_confirmed_questions_decide_where_there_are_enough() -> None:
    own = passages()
    known = [Confirmed(f"我想办{own[n].article}", (n, n + 1)) for n in range(0, len(own), 2) for _ in range(6)]
    found = [adapt(HashingEmbedder(64), Curriculum(own, known), quiet) for _ in range(2)]
    assert found[0].learned.digest == found[1].learned.digest
    assert found[0].gate.asked == "confirmed"


def test_a_fit_undoes_a_turn_of_the_questions_that_passages_did_not_make() -> None:
    generator = np.random.default_rng(0)
    told = unit(generator.normal(size=(300, 16)).astype(np.float32))
    noise = np.zeros((300, 16), np.float32)
    noise[:, :8] = 1.5 * generator.normal(size=(300, 8))
    asked = unit(told + noise)
    articles, every = np.arange(300), np.arange(300)
    lesson = Lesson(asked, told, articles, every, np.ones(300))

    def measured(own: VectorMap) -> float:
        held = every[200:]
        gold = [frozenset({int(n)}) for n in held]
        return float(reciprocal_ranks(own.of_queries(asked[held]), own.of_passages(told), gold, articles).mean())

    plan = FittingPlan(rate=3e-3, decay=0.0, candidates=300)
    learned = fit_map(lesson, every[:200], measured, plan, silent)
    assert measured(learned) > measured(VectorMap.centring(asked, told)) + 0.1


def test_the_gradient_is_that_of_the_loss() -> None:
    """Small steps along it lower the loss: held against numbers, since it is written by hand."""
    from models.adapting import map_fitting  # noqa: PLC0415 - looks inside

    generator = np.random.default_rng(1)
    asked, told = (unit(generator.normal(size=(n, 6)).astype(np.float32)) for n in (5, 9))
    lesson = Lesson(asked, told, np.arange(9), np.arange(5), np.ones(5))
    centred = map_fitting._Centred(asked, told)
    matrix = (np.eye(6) + 0.1 * generator.normal(size=(6, 6))).astype(np.float32)

    def loss(at: NDArray[np.float64]) -> float:
        question = asked @ at / np.linalg.norm(asked @ at, axis=1, keepdims=True)
        passage = told @ at / np.linalg.norm(told @ at, axis=1, keepdims=True)
        logits = question @ passage.T / 0.5
        chosen = logits[np.arange(5), np.arange(5)]
        return float((np.log(np.exp(logits).sum(axis=1)) - chosen).mean())

    found = map_fitting._gradient(lesson, centred, np.arange(5), np.arange(9), matrix, 0.5)
    for row, column in ((0, 0), (2, 3), (5, 1)):
        nudge = np.zeros((6, 6))
        nudge[row, column] = 1e-4
        expected = (loss(matrix + nudge) - loss(matrix - nudge)) / 2e-4
        assert found[row, column] == pytest.approx(expected, abs=2e-3)


def test_a_tie_counts_against_the_question_so_that_a_constant_embedder_gains_nothing() -> None:
    same = np.ones((3, 2), np.float32)
    assert reciprocal_ranks(same[:1], same, [frozenset({0})], np.array([0, 1, 2])).tolist() == [1 / 3]


def test_several_passages_of_a_wrong_article_count_once() -> None:
    told = np.array([[1, 0], [1, 0], [0.6, 0.8]], np.float32)
    asked = np.array([[1, 0]], np.float32)
    assert reciprocal_ranks(asked, told, [frozenset({1})], np.array([0, 0, 1])).tolist() == [0.5]


def test_a_gain_in_one_article_alone_is_not_believed() -> None:
    before = np.full(60, 0.5)
    after = before.copy()
    after[:5] = 1.0
    assert not judge(before, after, np.arange(60) // 5, "made").passed
    assert judge(before, before + 0.1, np.arange(60) // 5, "made").passed


def test_few_questions_prove_nothing() -> None:
    assert not judge(np.zeros(20), np.ones(20), np.arange(20), "confirmed").passed
