from __future__ import annotations

import json
import shutil
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sample_orders import as_examples, orders_of_the_busiest
from small_encoder import small_encoder

from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import load_router, save_router
from models.sentence_embedder import OnnxEmbedder
from models.training.encoder_tuning import EncoderTuner, SoftRows, TuningPlan
from models.training.routing import Examples, Trained, train
from models.training.tuned_training import Tuning
from models.weights.manifest import Precision
from models.weights.onnx_export import GRAPH, SETTINGS, TOKENIZER, export, quantise
from models.weights.processor import best_device, computes_halves, ends_well

DEPARTMENTS = 4
DUTIES = {"市气象局": ["天气预报查询", "台风预警信息"], "市公安局": ["居住证办理"]}
QUICK = TuningPlan(epochs=20, tuned_layers=1, rate=1e-3, head_rate=2e-3, batch=16, longest=32, dropout_inside=0.0)


def quiet(step: str, done: int, total: int) -> None:
    pass


def silent(done: int, total: int) -> None:
    pass


def examples() -> Examples:
    return as_examples(orders_of_the_busiest(DEPARTMENTS))


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_encoder(tmp_path_factory.mktemp("encoder"), examples().texts, width=192, layers=2, longest=32)


@pytest.fixture(scope="module")
def trained(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    tuning = Tuning(encoder, tmp_path_factory.mktemp("scratch"), QUICK)
    return train(examples(), HashingEmbedder(64), DUTIES, quiet, created="2026-01-01", tuning=tuning)


def test_a_tuned_encoder_tells_departments_apart_that_it_had_never_seen(trained: Trained) -> None:
    held = trained.out_of_fold
    assert held is not None
    largest = np.bincount(held.gold).max() / len(held.gold)
    encoder_alone = held.scores[1].argmax(axis=1) == held.gold
    assert encoder_alone.mean() > largest + 0.15
    assert held.probabilities.sum(axis=1) == pytest.approx(1.0)


def test_tuning_goes_beyond_what_a_linear_probe_reads_from_the_untouched_encoder(encoder: Path) -> None:
    rows = examples()
    labels = sorted(set(rows.labels))
    gold = np.array([labels.index(label) for label in rows.labels], dtype=np.int64)
    tuner = EncoderTuner(encoder, rows.texts, QUICK, silent)
    learned, held = np.flatnonzero(np.arange(len(gold)) % 3 > 0), np.flatnonzero(np.arange(len(gold)) % 3 == 0)
    even = np.ones(len(gold))
    tuned = tuner.tune(learned, gold, len(labels), even, silent)
    plain = EncoderTuner(encoder, rows.texts, TuningPlan(epochs=0, tuned_layers=1, rate=0.0), silent)
    probed = plain.tune(learned, gold, len(labels), even, silent)
    right = [(t.scores(m, held).argmax(axis=1) == gold[held]).mean() for t, m in ((tuner, tuned), (plain, probed))]
    assert right[0] > right[1]


def test_what_a_teacher_says_of_unlabelled_appeals_is_learned(encoder: Path) -> None:
    """The teacher takes every appeal for another department's than it is: the encoder comes to say so too."""
    rows = examples()
    labels = sorted(set(rows.labels))
    gold = np.array([labels.index(label) for label in rows.labels], dtype=np.int64)
    known, appeals = np.arange(40), np.arange(40, len(gold))
    claimed = (gold[appeals] + 1) % len(labels)
    shares = np.full((len(appeals), len(labels)), 0.1 / (len(labels) - 1))
    shares[np.arange(len(appeals)), claimed] = 0.9
    tuner = EncoderTuner(encoder, rows.texts, QUICK, silent)
    agreed = []
    for soft in (None, SoftRows(appeals, shares)):
        tuned = tuner.tune(known, gold[known], len(labels), np.ones(len(known)), silent, soft)
        agreed.append((tuner.scores(tuned, appeals).argmax(axis=1) == claimed).mean())
    assert agreed[0] < 0.4
    assert agreed[1] > agreed[0] + 0.2


def test_a_router_learns_from_unlabelled_appeals_and_says_how_many(encoder: Path, tmp_path: Path) -> None:
    rows = examples()
    known = [i for i in range(len(rows.texts)) if i % 3 < 2]
    texts, labels, groups = ([column[i] for i in known] for column in (rows.texts, rows.labels, rows.groups))
    labelled = Examples(texts, labels, groups)
    appeals = [f"{text}，请尽快处理" for i, text in enumerate(rows.texts) if i % 3 == 2] * 8
    steps: set[str] = set()
    tuning = Tuning(encoder, tmp_path, replace(QUICK, epochs=2))
    found = train(
        labelled,
        HashingEmbedder(64),
        DUTIES,
        lambda step, done, total: steps.add(step),
        created="2026-01-01",
        tuning=tuning,
        unlabelled=appeals,
    )
    assert {"unlabelled", "teaching", "tuning", "appeals"} <= steps
    assert any("taught the encoder" in note for note in found.notes)
    assert found.classifier.data_digest != labelled.usable().digest()
    assert found.out_of_fold is not None
    assert len(found.out_of_fold.gold) == len(known)


def test_the_same_seed_tunes_the_same_encoder(encoder: Path) -> None:
    rows = examples()
    gold = np.arange(len(rows.texts), dtype=np.int64) % 3
    every, even = np.arange(len(gold)), np.ones(len(gold))
    plan = TuningPlan(epochs=1, tuned_layers=1, longest=32)
    scores = []
    for _ in range(2):
        tuner = EncoderTuner(encoder, rows.texts, plan, silent)
        scores.append(tuner.scores(tuner.tune(every, gold, 3, even, silent), every))
    assert scores[0] == pytest.approx(scores[1], abs=1e-5)


def test_a_router_takes_its_encoder_along_and_needs_no_other(trained: Trained, tmp_path: Path) -> None:
    stored = save_router(trained.classifier, tmp_path / "router", card="# card")
    loaded = load_router(tmp_path / "router", HashingEmbedder(8))
    assert loaded.version == stored.version
    assert loaded.embedder.fingerprint.startswith("tuned/block8-table4/")
    for text in examples().texts[:20]:
        before, after = trained.classifier.rank(text), loaded.rank(text)
        assert [choice.label for choice in before.choices] == [choice.label for choice in after.choices]
        assert before.choices[0].probability == pytest.approx(after.choices[0].probability, abs=1e-6)


@pytest.fixture(scope="module")
def exported(encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Precision, OnnxEmbedder]:
    """The same encoder in several precisions, exported once."""
    folder = tmp_path_factory.mktemp("exported")
    export(encoder, folder, Precision.FP32, "small", silent)
    made = {}
    for precision in (Precision.TABLE4, Precision.INT8_TABLE4, Precision.BLOCK8_TABLE4):
        own = folder / precision
        own.mkdir()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a row of zeros, the padding's, has no scale
            quantise(folder / GRAPH, own / GRAPH, precision)
        shutil.copy(folder / TOKENIZER, own)
        settings = json.loads((folder / SETTINGS).read_text()) | {"precision": precision}
        (own / SETTINGS).write_text(json.dumps(settings))
        made[precision] = OnnxEmbedder(own)
    return made


@pytest.mark.parametrize("precision", [Precision.BLOCK8_TABLE4, Precision.INT8_TABLE4])
def test_an_appeal_is_read_alike_alone_and_among_others(
    exported: dict[Precision, OnnxEmbedder], precision: Precision
) -> None:
    """8-bit arithmetic scales what it reads; the scale of one appeal must not hang on another."""
    embedder = exported[precision]
    texts = [*examples().texts[:20], "水", "修" * 400]
    alone = np.concatenate([embedder.embed_queries([text]) for text in texts])
    assert np.abs(embedder.embed_queries(texts) - alone).max() < 1e-6


def test_eight_bits_in_blocks_stay_near_the_arithmetic_that_the_folds_were_scored_in(
    exported: dict[Precision, OnnxEmbedder],
) -> None:
    texts = examples().texts[:50]
    full, blocks, whole = (
        exported[precision].embed_queries(texts)
        for precision in (Precision.TABLE4, Precision.BLOCK8_TABLE4, Precision.INT8_TABLE4)
    )
    assert (full * blocks).sum(axis=1).min() > 0.999
    assert np.abs(full - blocks).mean() < 0.8 * np.abs(full - whole).mean()


def test_the_exported_encoder_agrees_with_the_folds_it_was_checked_on(trained: Trained) -> None:
    """Eight bits and another runtime change nothing: on its own training orders it is nearly always right."""
    rows = examples()
    ranked = trained.classifier.rank_many(rows.texts)
    right = [found.choices[0].label == label for found, label in zip(ranked, rows.labels, strict=True)]
    assert np.mean(right) > 0.9


def test_a_department_without_orders_is_ranked_by_its_duties_in_a_tuned_router_too(trained: Trained) -> None:
    assert "市气象局" in trained.classifier.labels


def test_a_router_whose_encoder_was_touched_is_refused(trained: Trained, tmp_path: Path) -> None:
    save_router(trained.classifier, tmp_path / "router")
    with (tmp_path / "router" / "encoder" / "model.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelProblem, match=r"encoder/model\.onnx"):
        load_router(tmp_path / "router", HashingEmbedder(8))


def test_an_exported_graph_says_nothing_of_the_machine_that_made_it(trained: Trained) -> None:
    assert trained.classifier.encoder_folder is not None
    graph = (trained.classifier.encoder_folder / GRAPH).read_bytes()
    assert b"stack_trace" not in graph
    assert str(Path(__file__).parents[2]).encode() not in graph


def test_a_folder_that_is_no_encoder_is_refused_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match=r"modules\.json"):
        EncoderTuner(tmp_path, ["停水"], QUICK, silent)


def test_what_the_processor_can_do_is_found_out_beside_this_process() -> None:
    assert best_device() in {"cpu", "cuda"}
    assert computes_halves("cpu") in {True, False}


def test_a_trial_that_dies_or_hangs_is_one_that_failed() -> None:
    assert ends_well("pass")
    assert not ends_well("import os; os.abort()")
    assert not ends_well("import time; time.sleep(600)", patience=0.2)
