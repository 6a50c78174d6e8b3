"""A running service takes up what was promoted: real small routers in a real registry on disk."""

from __future__ import annotations

import gc
import json
import weakref
from datetime import date
from pathlib import Path

import pytest

from copilot.appeal import Situation
from copilot.assembly import assemble_advisors, assemble_city, assemble_retriever, assemble_routers
from copilot.call import Speaker, Utterance
from copilot.router_keeper import RouterKeeper
from copilot.settings import Settings
from knowledge_base.catalogue.in_force import CatalogueInForce
from knowledge_base.index.making import make_index
from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import save_router
from models.routers.registry import RouterRegistry
from models.training.routing import train_from_duties

EMBEDDER = HashingEmbedder(64)


def made(folder: Path, created: str, *departments: str) -> str:
    def quiet(step: str, done: int, total: int) -> None:
        pass

    duties = {name: [name] for name in departments or ("市公安局", "市水务局")}
    return save_router(train_from_duties(duties, EMBEDDER, quiet, created=created).classifier, folder).version


def unsigned(old: str, new: str) -> None:
    pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made(tmp_path / "router", "2026-01-01")
    made(tmp_path / "trained", "2026-02-02")
    return Settings(data_dir=tmp_path, _env_file=None)


def keeper_of(settings: Settings) -> RouterKeeper:
    city = assemble_city(settings)
    return assemble_routers(settings, city, CatalogueInForce(city.catalogue), EMBEDDER)


def test_a_service_that_starts_asks_the_challenger_that_was_set(settings: Settings, tmp_path: Path) -> None:
    new = RouterRegistry(tmp_path / "router").challenge(tmp_path / "trained").version
    now = keeper_of(settings).routers.now
    assert now.challenger is not None
    assert (now.challenger.version, now.served.version != new) == (new, True)


def test_a_promotion_is_taken_up_while_the_service_runs(settings: Settings, tmp_path: Path) -> None:
    keeper, registry = keeper_of(settings), RouterRegistry(tmp_path / "router")
    old = keeper.routers.version
    assert not keeper.look()
    new = registry.challenge(tmp_path / "trained").version
    assert keeper.look()
    rival = keeper.routers.now.challenger
    assert rival is not None
    assert (keeper.routers.version, rival.version) == (old, new)
    registry.promote(new, unsigned)
    assert keeper.look()
    assert (keeper.routers.version, keeper.routers.now.challenger) == (new, None)
    registry.roll_back("", unsigned)
    assert keeper.look()
    assert keeper.routers.version == old
    assert not keeper.look()


def test_a_router_that_was_replaced_leaves_the_memory(settings: Settings, tmp_path: Path) -> None:
    keeper, registry = keeper_of(settings), RouterRegistry(tmp_path / "router")
    first = weakref.ref(keeper.routers.current)
    registry.promote(registry.challenge(tmp_path / "trained").version, unsigned)
    keeper.look()
    gc.collect()
    assert first() is None


def test_a_promotion_that_a_kill_left_half_done_is_finished_by_the_next_look(
    settings: Settings, tmp_path: Path
) -> None:
    keeper, registry = keeper_of(settings), RouterRegistry(tmp_path / "router")
    new = registry.challenge(tmp_path / "trained").version
    keeper.look()
    # As it is after the first of the two renames.
    incoming, former = registry.beside / f".incoming-{new}", registry.beside / "former" / "0001-old"
    registry.challenger_folder.rename(incoming)
    former.parent.mkdir()
    registry.served_folder.rename(former)
    switch = {"incoming": str(incoming), "former": str(former), "drops_challenger": True}
    (registry.beside / "switch.json").write_text(json.dumps(switch))
    assert keeper.look()
    assert keeper.routers.version == new
    assert registry.served().version == new


def test_a_router_that_was_merely_trained_into_its_place_waits_for_a_restart(
    settings: Settings, tmp_path: Path
) -> None:
    keeper = keeper_of(settings)
    old = keeper.routers.version
    retrained = made(tmp_path / "router", "2026-05-05")
    RouterRegistry(tmp_path / "router").challenge(tmp_path / "trained")
    keeper.look()
    assert keeper.routers.version == old
    assert keeper_of(settings).routers.version == retrained


def test_a_challenger_that_cannot_be_loaded_does_not_keep_a_service_from_starting(
    settings: Settings, tmp_path: Path
) -> None:
    made(tmp_path / "alien", "2026-02-02", "外星局", "海底局")
    RouterRegistry(tmp_path / "router").challenge(tmp_path / "alien")
    keeper = keeper_of(settings)
    assert keeper.routers.now.challenger is None
    assert "another city's" in keeper.problem


def test_a_promoted_router_that_cannot_be_loaded_leaves_the_old_one_answering(
    settings: Settings, tmp_path: Path
) -> None:
    keeper, registry = keeper_of(settings), RouterRegistry(tmp_path / "router")
    old = keeper.routers.version
    new = registry.challenge(tmp_path / "trained").version
    registry.promote(new, unsigned)  # before a look: nothing of the challenger is in memory
    (tmp_path / "router" / "weights.npz").write_bytes(b"short")
    assert not keeper.look()
    assert keeper.routers.version == old
    assert "weights.npz" in keeper.problem
    with pytest.raises(ModelProblem):
        keeper_of(settings)


def test_the_challenger_may_be_named_in_the_settings(settings: Settings, tmp_path: Path) -> None:
    now = keeper_of(settings.model_copy(update={"challenger": tmp_path / "trained"})).routers.now
    assert now.challenger is not None
    assert now.challenger.version != now.served.version


def test_every_suggestion_of_an_assembled_copilot_names_router_index_and_catalogue(
    settings: Settings, tmp_path: Path
) -> None:
    city = assemble_city(settings)
    passages = city.library.passages()[:40]
    make_index(settings.index_dir, passages, EMBEDDER, city.library.version)
    retriever = assemble_retriever(settings, city, EMBEDDER)
    advisors = assemble_advisors(city, CatalogueInForce(city.catalogue), retriever, keeper_of(settings).routers)
    said = Utterance("u1", Speaker.CITIZEN, f"我想投诉，{passages[0].text[:40]}，市公安局", 0.0, 2.0, "1")
    situation = Situation("1", (said,), date(2026, 11, 2), city.catalogue.departments[0].area)
    made = [suggestion for advisor in advisors for suggestion in advisor.advise(situation)]
    assert {s.slot.value for s in made} >= {"department", "kind"}
    assert all({"router", "index", "catalogue"} <= s.versions.keys() and all(s.versions.values()) for s in made)
