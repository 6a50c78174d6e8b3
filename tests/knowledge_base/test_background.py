"""What a library does not answer, measured in it: kept with the base, and followed by the default for cards."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from articles import article
from index_parts import FUND, NOISE, PERMIT, CountingEmbedder, found, made

from knowledge_base.calibration import TYPICAL, Background, Calibration, Signals, default
from knowledge_base.index.background import utterances
from knowledge_base.library import make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.retriever import Retriever

FEE = article("fee", "第一条 今天天气怎么样，帮我订个外卖，你是机器人吗。")


def measured(force: LibraryInForce) -> Background:
    background = force.snapshot.background
    assert background is not None
    return background


def by_hand(force: LibraryInForce) -> float:
    index = force.snapshot
    living = index.rows(np.flatnonzero(index.living).tolist())
    return float((CountingEmbedder().embed_queries(utterances()) @ living.T).max(axis=1).mean())


def logit(calibrated: Calibration, nearest: float) -> float:
    probability = calibrated.probability(Signals(nearest, 0.0, 0.0, 0.0, 0.0, 0.0, 2.0, 0.0))
    return float(np.log(probability / (1 - probability)))


def test_an_index_knows_how_near_the_utterances_come_that_it_does_not_answer(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, FUND, NOISE)
    assert measured(force).mean == pytest.approx(by_hand(force), abs=1e-5)
    assert 0.5 <= measured(force).deviation / TYPICAL.deviation <= 2.0 + 1e-4


def test_the_next_base_is_measured_by_what_is_in_force_of_it(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, FEE)
    before = measured(force).mean
    force.replace(make_library([PERMIT, NOISE]))
    assert measured(force).mean == before  # as the base is
    force.condense()
    assert measured(force).mean == pytest.approx(by_hand(force), abs=1e-5)
    assert measured(force).mean < before


def test_a_library_that_has_doubled_is_measured_again_by_itself(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    before = measured(force).mean
    many = [article(f"a{n}", f"第{n}条 本市{n}路公交车首末班时间为早{n}点。") for n in range(120)]
    force.replace(make_library([PERMIT, FEE, *many]))
    force.settle()
    assert measured(force).mean > before


def test_the_first_articles_of_a_library_are_measured_beside_those_that_follow(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", NOISE)
    few = [article(f"a{n}", f"第{n}条 本市{n}路公交车首末班时间为早{n}点。") for n in range(8)]
    force.replace(make_library([NOISE, FEE, *few]))
    force.settle()
    assert measured(force).mean == pytest.approx(by_hand(force), abs=1e-5)


def test_an_embedder_that_fails_while_the_next_base_is_written_leaves_the_one_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)
    before = force.snapshot.manifest.number
    few = [article(f"a{n}", f"第{n}条 本市{n}路公交车首末班时间为早{n}点。") for n in range(8)]

    def refuse(_: object) -> None:
        raise RuntimeError("out of memory")

    with monkeypatch.context() as failing:
        failing.setattr(embedder, "embed_queries", refuse)
        force.replace(make_library([PERMIT, *few]))
        force.settle()
    assert "The next base of the index was not written (RuntimeError)" in caplog.text
    assert force.snapshot.manifest.number == before
    assert found(force, "居住证")
    force.replace(make_library([PERMIT, FEE, *few]))
    force.settle()
    assert measured(force).mean == pytest.approx(by_hand(force), abs=1e-5)


def test_what_was_measured_is_known_though_the_base_was_tidied_away_meanwhile(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    (tmp_path / "index" / force.snapshot.manifest.base / "background.json").unlink()
    assert force.snapshot.background is not None


def test_an_index_of_an_earlier_release_is_measured_when_a_service_first_looks_at_the_library(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, FEE)
    (tmp_path / "index" / force.snapshot.manifest.base / "background.json").unlink()
    embedder = CountingEmbedder()
    again = LibraryInForce(force.current, tmp_path / "index", embedder)
    retriever = Retriever(again, embedder)
    again.replace(force.current)
    again.settle()
    assert measured(again) == measured(force)
    assert embedder.embedded == []  # no passage was embedded again
    retriever.search("居住证", day=PERMIT.effective_from, area=None)
    assert retriever.calibration == default(measured(force))


def test_an_index_that_cannot_be_measured_is_not_tried_at_every_look(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)
    (tmp_path / "index" / force.snapshot.manifest.base / "background.json").unlink()
    again = LibraryInForce(force.current, tmp_path / "index", embedder)

    def refuse(_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(embedder, "embed_queries", refuse)
    for _ in range(3):
        again.replace(force.current)
        again.settle()
    assert caplog.text.count("was not written (RuntimeError)") == 1


def test_the_default_asks_for_the_same_distance_from_what_is_unanswered_in_every_library() -> None:
    near, far = Background(0.90, 0.01), Background(0.80, 0.02)
    assert logit(default(near), 0.93) == pytest.approx(logit(default(far), 0.86))
    assert logit(default(near), 0.93) < logit(default(far), 0.93)
    assert default() == default(TYPICAL)


def test_a_search_without_a_fitted_calibration_goes_with_the_base(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, FEE)
    retriever = Retriever(force, embedder)
    assert retriever.calibration == default(measured(force))
    force.replace(make_library([PERMIT, NOISE]))
    force.condense()
    retriever.search("居住证", day=PERMIT.effective_from, area=None)
    assert retriever.calibration == default(measured(force))


def test_an_index_that_was_not_measured_or_is_empty_gets_the_usual_one(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "empty")
    assert force.snapshot.background is None
    assert Retriever(force, embedder).calibration == default()
    force, embedder = made(tmp_path / "index", PERMIT)
    (tmp_path / "index" / force.snapshot.manifest.base / "background.json").unlink()
    again = LibraryInForce(force.current, tmp_path / "index", embedder)
    assert Retriever(again, embedder).calibration == default()


def test_greetings_ask_nothing_and_are_not_among_the_utterances() -> None:
    asked = utterances()
    assert len(asked) > 200
    assert all(asked)
    assert "你好" not in asked
