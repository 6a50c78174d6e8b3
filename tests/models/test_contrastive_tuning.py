from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from models.adapted_folder import save_adapted
from models.contrastive_gate import Gate, judge, reciprocal_ranks
from models.contrastive_questions import Teaching
from models.contrastive_tuning import ContrastivePlan, ContrastiveTuner, Lesson
from models.embedder_adapting import Adapted, Confirmed, Curriculum, adapt
from models.errors import ModelProblem
from models.manifest import Precision
from models.onnx_export import load_sentence_transformer
from models.prepared_folder import State, state_of
from models.sentence_embedder import load_embedder

MATTERS = re.findall(
    r"\S+",
    "居住证 公交卡 育儿补贴 公积金贷款 养犬登记 燃气安检 水费阶梯 垃圾分类 电动车上牌 老年优待 残疾补助 婚姻登记 "
    "食品摊位 工地噪声 路灯报修 暖气投诉 校车路线 图书借阅 驾照换领 营业执照 生育登记 医保缴费 失业保险 社区食堂 "
    "农机补贴 林木采伐 河道采砂 渔船检验 殡葬减免 户外广告 旅游投诉 体育场馆 文物保护 地名变更 海绵城市 充电桩",
)
SAYINGS = {"居住证": "暂住的本子", "养犬登记": "遛狗上户口", "水费阶梯": "自来水涨价"}
PLAN = ContrastivePlan(
    epochs=12, tuned_layers=1, rate=2e-3, batch=16, temperature=0.1, memory=64, longest=48, looks=4, dropout_inside=0.0
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


def confirmed() -> list[Confirmed]:
    own = passages()
    return [
        Confirmed(f"我家那个{said}怎么弄", tuple(n for n, passage in enumerate(own) if passage.article == matter))
        for matter, said in SAYINGS.items()
    ]


@pytest.fixture(scope="module")
def small_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real sentence-transformers folder: two layers, these texts' characters as vocabulary, random weights."""
    import torch  # noqa: PLC0415 - ten seconds, for these tests alone
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - as above
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer  # noqa: PLC0415 - as above
    from transformers import BertConfig, BertModel, BertTokenizerFast  # noqa: PLC0415 - as above

    folder = tmp_path_factory.mktemp("encoder")
    texts = [*(passage.embedded for passage in passages()), *SAYINGS.values(), "怎么办要什么材料多少钱去哪里办谁管"]
    characters = sorted({character for text in texts for character in text if character.strip()})
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *characters]
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        intermediate_size=128,
        max_position_embeddings=64,
        initializer_range=0.08,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder / "plain")
    BertTokenizerFast(vocab={piece: number for number, piece in enumerate(pieces)}).save_pretrained(folder / "plain")
    transformer = Transformer(str(folder / "plain"), max_seq_length=48)
    SentenceTransformer(modules=[transformer, Pooling(64)], device="cpu").save(str(folder / "whole"))
    return folder / "whole"


@pytest.fixture(scope="module")
def adapted(small_encoder: Path) -> Adapted:
    return adapt(small_encoder, Curriculum(passages(), confirmed(), plan=PLAN), quiet)


def test_an_adapted_embedder_finds_articles_sooner_that_it_never_learned_from(adapted: Adapted) -> None:
    assert adapted.gate.adapted_mrr > adapted.gate.untouched_mrr + 0.05
    assert adapted.gate.p < 0.05
    assert adapted.gate.passed


def test_it_says_how_many_questions_of_each_kind_it_learned_from(adapted: Adapted) -> None:
    assert adapted.learned["facet"] > 20
    assert adapted.learned["statement"] > 10


def test_an_adapted_folder_is_an_embedder_like_any_other(adapted: Adapted, tmp_path: Path) -> None:
    save_adapted(adapted, tmp_path / "own", Precision.TABLE4, {"encoder": "small", "library": "v1"}, silent)
    embedder = load_embedder("own", tmp_path)
    assert state_of(tmp_path / "own") is State.READY
    assert embedder.fingerprint.startswith("own/table4/")
    record = json.loads((tmp_path / "own" / "adaptation.json").read_text())
    assert record["gate"]["passed"] is True
    assert record["library"] == "v1"
    card = (tmp_path / "own" / "card.md").read_text()
    assert "hotline kb index" in card
    assert f"{adapted.gate.adapted_mrr:.3f}" in card
    texts = [passage.embedded for passage in passages()]
    ours = adapted.model.encode(texts, normalize_embeddings=True, convert_to_numpy=True)
    assert (embedder.embed_passages(texts) * ours).sum(axis=1).min() > 0.98


def test_what_is_not_better_is_not_kept_and_what_was_there_stays(adapted: Adapted, tmp_path: Path) -> None:
    worse = Gate(200, 20, 0.6, 0.6, 0.5, 0.5, 0.4, "made")
    kept = tmp_path / "own"
    kept.mkdir()
    (kept / "file").write_text("as it was")
    with pytest.raises(ModelProblem, match="not kept"):
        save_adapted(Adapted(adapted.model, worse, {}), kept, Precision.TABLE4, {}, silent)
    assert (kept / "file").read_text() == "as it was"


def test_too_few_articles_are_refused_before_anything_is_learned(small_encoder: Path) -> None:
    with pytest.raises(ModelProblem, match="too few"):
        adapt(small_encoder, Curriculum(passages()[:10], plan=PLAN), quiet)


def test_layers_that_measure_no_better_are_given_back_untouched(small_encoder: Path) -> None:
    own = passages()
    model = load_sentence_transformer(small_encoder)
    rows = np.arange(len(own))
    tuner = ContrastiveTuner(model, [p.titles[0] for p in own], [p.embedded for p in own], PLAN, silent)
    lesson = Lesson(rows // 2, rows, ((rows + 2) % len(rows))[:, None])
    found = tuner.tune(lesson, rows, lambda layers: 0.5, silent)
    before, after = (tuner.of_passages(layers, rows) for layers in (tuner.untouched(), found))
    assert after == pytest.approx(before)


def test_the_same_seed_adapts_alike(small_encoder: Path) -> None:
    plan = ContrastivePlan(epochs=1, tuned_layers=1, batch=16, longest=48, looks=1)
    gates = [adapt(small_encoder, Curriculum(passages(), plan=plan), quiet).gate for _ in range(2)]
    assert gates[0].adapted_mrr == pytest.approx(gates[1].adapted_mrr, abs=1e-6)


def test_a_tie_counts_against_the_question_so_that_a_constant_embedder_gains_nothing() -> None:
    same = np.ones((3, 2), np.float32)
    ranks = reciprocal_ranks(same[:1], same, [0], np.array([0, 1, 2]))
    assert ranks.tolist() == [1 / 3]


def test_several_passages_of_a_wrong_article_count_once() -> None:
    told = np.array([[1, 0], [1, 0], [0.6, 0.8]], np.float32)
    asked = np.array([[1, 0]], np.float32)
    assert reciprocal_ranks(asked, told, [frozenset({1})], np.array([0, 0, 1])).tolist() == [0.5]


def test_a_gain_in_one_article_alone_is_not_believed() -> None:
    before = np.full(60, 0.5)
    after = before.copy()
    after[:5] = 1.0
    lucky = judge(before, after, np.arange(60) // 5, "made")
    assert not lucky.passed
    steady = judge(before, before + 0.1, np.arange(60) // 5, "made")
    assert steady.passed


def test_few_questions_prove_nothing() -> None:
    assert not judge(np.zeros(20), np.ones(20), np.arange(20), "confirmed").passed
