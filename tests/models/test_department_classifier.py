from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sample_orders import as_examples, orders

from models.baselines import HashingEmbedder
from models.errors import ModelProblem
from models.routers.files import load_router, save_router
from models.routers.stored import version_of
from models.routing.features import normalised, words
from models.training import routing
from models.training.examples import group_folds
from models.training.routing import Examples, Trained, train

DIMENSION = 128
DEPARTMENTS = 8
DUTIES = {"市水务局": ["停水抢修", "自来水水质"], "市气象局": ["天气预报查询", "台风预警信息"]}


def quiet(step: str, done: int, total: int) -> None:
    pass


def sample_examples() -> Examples:
    return as_examples(orders(DEPARTMENTS, "市水务局"))


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(sample_examples(), HashingEmbedder(DIMENSION), DUTIES, quiet, created="2026-01-01")


@pytest.fixture(scope="module")
def stored(trained: Trained, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("routers") / "router"
    save_router(trained.classifier, folder, evaluation={"accuracy": 0.5}, card="# card")
    return folder


def test_appeals_that_it_was_not_trained_on_are_mostly_routed_right(trained: Trained) -> None:
    held = trained.out_of_fold
    assert held is not None
    assert (held.probabilities.argmax(axis=1) == held.gold).mean() > 0.7
    assert held.probabilities.sum(axis=1) == pytest.approx(1.0)


def test_a_department_that_only_its_duties_are_known_of_is_ranked_by_them(trained: Trained) -> None:
    assert "市气象局" in trained.classifier.labels
    found = [choice.label for choice in trained.classifier.rank("想查询明天的天气预报和台风预警").choices]
    assert "市气象局" in found


def test_saying_which_words_weighed_is_faithful(trained: Trained) -> None:
    """Without the named words the score falls by more than without any as many others."""
    classifier = trained.classifier
    generator = np.random.default_rng(0)
    tried = 0
    for text in sample_examples().texts[::7]:
        first = classifier.rank(text).choices[0]
        place = classifier.labels.index(first.label)
        said = next((r.text for r in first.reasons if r.kind == "words"), "")
        tokens = words(normalised(text))
        named = {token for token in tokens if len(token) > 1 and token in said}
        others = sorted({token for token in tokens if len(token) > 1} - named)
        if not named or len(others) < len(named):
            continue
        tried += 1
        drawn = [set(generator.choice(others, len(named), replace=False)) for _ in range(20)]
        texts = [tokens, *([t for t in tokens if t not in gone] for gone in [named, *drawn])]
        scores = classifier.word_scores(texts)[:, place]
        losses = scores[0] - scores[1:]
        assert losses[0] > 0
        assert losses[0] >= losses[1:].max() - 1e-6
    assert tried >= 5


def test_the_reason_quotes_words_of_the_appeal(trained: Trained) -> None:
    ranking = trained.classifier.rank("我们小区停水三天了，没有人来修")
    reasons = {reason.kind: reason.text for reason in ranking.choices[0].reasons}
    assert "停水" in reasons["words"]
    assert reasons["duty"] == "停水抢修"


def test_a_department_that_is_hardly_possible_comes_without_reasons(trained: Trained) -> None:
    """The first always has some, however uncertain it is."""
    hardly = 0
    for text in sample_examples().texts[::9]:
        choices = trained.classifier.rank(text).choices
        assert choices[0].reasons
        unlikely = [choice for choice in choices if choice.probability < min(0.05, choices[0].probability / 2)]
        assert not any(choice.reasons for choice in unlikely)
        hardly += len(unlikely)
    assert hardly


def test_small_talk_is_not_recommended_anywhere(trained: Trained) -> None:
    assert trained.classifier.rank("喂你好").abstained


def test_a_blank_appeal_among_others_gets_no_choice(trained: Trained) -> None:
    blank, other = trained.classifier.rank_many(["", "停水了"])
    assert blank.choices == ()
    assert blank.abstained
    assert other.choices


def test_one_by_one_and_many_at_once_give_the_same(trained: Trained) -> None:
    texts = sample_examples().texts[:5]
    seen: list[int] = []
    many = trained.classifier.rank_many(texts, seen.append, reasons=True)
    assert seen == [5]
    for text, ranking in zip(texts, many, strict=True):
        alone = trained.classifier.rank(text)
        assert [c.label for c in alone.choices] == [c.label for c in ranking.choices]
        assert [c.probability for c in alone.choices] == pytest.approx([c.probability for c in ranking.choices])
        assert [c.reasons for c in alone.choices] == [c.reasons for c in ranking.choices]


def test_a_stored_router_knows_the_orders_that_it_learned_from(trained: Trained, stored: Path) -> None:
    loaded, table = load_router(stored, HashingEmbedder(DIMENSION)), sample_examples()
    assert loaded.seen is not None
    assert loaded.seen.among([*table.texts, "没有人说过的一句话"]).known == len(table.texts)
    assert trained.classifier.with_duties(DUTIES | {"市邮政局": ["邮件丢失"]}).seen is trained.classifier.seen


def test_what_is_loaded_ranks_as_what_was_saved(trained: Trained, stored: Path) -> None:
    loaded = load_router(stored, HashingEmbedder(DIMENSION))
    text = "路边烧烤摊半夜扰民"
    assert loaded.rank(text) == trained.classifier.rank(text)
    assert loaded.threshold == trained.classifier.threshold
    assert len(loaded.version) == 12


def test_a_stored_router_holds_no_pickle_and_no_appeal(stored: Path) -> None:
    assert {p.name for p in stored.iterdir()} == {
        "card.md",
        "duty_grams.json",
        "evaluation.json",
        "grams.json",
        "router.json",
        "weights.npz",
    }
    with np.load(stored / "weights.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype != object for name in arrays.files)
    texts = "".join(p.read_text(encoding="utf-8") for p in stored.glob("*.json"))
    assert not any(text in texts for text in sample_examples().texts)


def test_serving_needs_no_learning_library(stored: Path) -> None:
    """A service starts in seconds and small because of it."""
    code = (
        "import sys; from models.baselines import HashingEmbedder; import models.routers.files as r;"
        "from pathlib import Path;"
        "r.load_router(Path(sys.argv[1]), HashingEmbedder(int(sys.argv[2]))).rank('停水了');"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'sklearn', 'torch', 'pandas', 'matplotlib'}))"
    )
    command = [sys.executable, "-c", code, str(stored), str(DIMENSION)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_another_embedder_is_refused(stored: Path) -> None:
    with pytest.raises(ModelProblem, match="Train it again with this embedder"):
        load_router(stored, HashingEmbedder(DIMENSION * 2))


def test_a_missing_folder_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelProblem, match="hotline train routing"):
        load_router(tmp_path / "nothing", HashingEmbedder(DIMENSION))


def test_a_folder_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelProblem, match="is not a router"):
        load_router(tmp_path, HashingEmbedder(DIMENSION))
    (tmp_path / "router.json").write_text(json.dumps({"format": "another"}))
    with pytest.raises(ModelProblem, match="another kind"):
        load_router(tmp_path, HashingEmbedder(DIMENSION))


@pytest.mark.parametrize("name", ["weights.npz", "grams.json"])
def test_a_damaged_file_is_noticed(stored: Path, tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(stored, tmp_path / "router")
    (copy / name).write_bytes((copy / name).read_bytes()[:-3])
    with pytest.raises(ModelProblem, match=name):
        load_router(copy, HashingEmbedder(DIMENSION))
    (copy / name).unlink()
    with pytest.raises(ModelProblem, match=f"{name} .* is missing"):
        load_router(copy, HashingEmbedder(DIMENSION))


@pytest.mark.parametrize("part", ["threshold", "files", "embedder"])
def test_a_description_without_its_parts_is_refused(stored: Path, tmp_path: Path, part: str) -> None:
    copy = shutil.copytree(stored, tmp_path / "router")
    description = json.loads((copy / "router.json").read_text(encoding="utf-8"))
    del description[part]
    (copy / "router.json").write_text(json.dumps(description))
    with pytest.raises(ModelProblem, match="cannot be read"):
        load_router(copy, HashingEmbedder(DIMENSION))


def test_a_router_that_is_replaced_while_it_is_read_is_not_loaded_in_parts(trained: Trained, tmp_path: Path) -> None:
    folder = tmp_path / "router"
    other = replace(trained.classifier, threshold=0.5)
    save_router(trained.classifier, folder)

    class Replacing(HashingEmbedder):
        """Somebody trains a router into the same place while this one is compared with its embedder."""

        def __getattribute__(self, name: str) -> object:
            if name == "fingerprint" and not (tmp_path / "replaced").exists():
                (tmp_path / "replaced").touch()
                save_router(other, folder)
            return super().__getattribute__(name)

    loaded = load_router(folder, Replacing(DIMENSION))

    assert loaded.threshold == 0.5
    assert loaded.version == version_of(folder)


def test_a_folder_with_other_things_is_never_overwritten(trained: Trained, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me")
    with pytest.raises(ModelProblem, match="is not a router"):
        save_router(trained.classifier, tmp_path)
    assert (tmp_path / "letter.txt").read_text() == "keep me"


def test_a_disk_that_refuses_leaves_the_old_router(trained: Trained, tmp_path: Path) -> None:
    folder = tmp_path / "router"
    version = save_router(trained.classifier, folder).version
    with pytest.raises(ModelProblem, match="could not be written"):
        save_router(trained.classifier, tmp_path / "router" / "router.json" / "inside")
    assert load_router(folder, HashingEmbedder(DIMENSION)).version == version


def test_saving_again_replaces_the_old_router(trained: Trained, tmp_path: Path) -> None:
    save_router(trained.classifier, tmp_path / "router", card="old")
    save_router(trained.classifier, tmp_path / "router", card="new")
    assert (tmp_path / "router" / "card.md").read_text() == "new"
    assert [p.name for p in tmp_path.iterdir() if p.suffix != ".lock"] == ["router"]


def test_departments_with_one_order_do_not_stop_training_and_are_named() -> None:
    texts = [
        "停水了没人修",
        "家里又停水",
        "水管爆了",
        "自来水浑浊",
        "违章停车堵路",
        "红绿灯坏了",
        "路口很堵",
        "公积金怎么提",
    ]
    labels = ["水务"] * 4 + ["交警"] * 3 + ["公积金"]
    made = train(Examples(texts, labels), HashingEmbedder(DIMENSION), None, quiet, created="")
    assert any("公积金" in note for note in made.notes)
    assert made.classifier.rank("停水", limit=5).choices[0].label == "水务"


def test_rows_without_text_or_department_are_left_out_and_counted() -> None:
    texts = ["停水了", "", "违章停车", "家里停水", "红绿灯坏了", "有人乱停车"]
    labels = ["水务", "水务", "交警", "水务", "交警", " "]
    made = train(Examples(texts, labels), HashingEmbedder(DIMENSION), None, quiet, created="")
    assert any(note.startswith("2 rows") for note in made.notes)


def test_orders_of_one_department_are_refused() -> None:
    with pytest.raises(ModelProblem, match="nothing to choose between"):
        train(Examples(["停水", "漏水"], ["水务", "水务"]), HashingEmbedder(DIMENSION), None, quiet, created="")


def test_misheard_copies_make_no_other_table() -> None:
    plain = Examples(["停水了", "路灯坏了"], ["水务", "城管"], weights=[1.0, 0.5], categories=[("水",), ("灯",)])
    copied = Examples(
        [*plain.texts, "停税了", "露灯坏了"],
        [*plain.labels] * 2,
        weights=[*plain.weights] * 2,
        categories=[*plain.categories] * 2,
        misheard=[0.0, 0.0, 0.2, 0.2],
    )
    assert copied.as_written().digest() == plain.digest() != copied.digest()
    assert plain.as_written() is plain


def test_a_router_s_table_is_known_again_whether_it_learned_from_misheard_copies_or_not() -> None:
    plain, appeals = Examples(["停水了", "路灯坏了"], ["水务", "城管"]), ["共享单车乱停"]
    copied = Examples([*plain.texts, "停税了"], [*plain.labels, "水务"], misheard=[0.0, 0.0, 0.2])
    assert routing._digest(copied, []) == plain.digest()
    assert routing._digest(copied, appeals) == routing._digest(plain, appeals) != plain.digest()


def test_too_few_different_orders_are_refused() -> None:
    examples = Examples(["停水了没有人修"] * 9 + ["乱停车没有人管"] * 9, ["水务"] * 9 + ["交警"] * 9)
    with pytest.raises(ModelProblem, match="only 2 different orders"):
        train(examples, HashingEmbedder(DIMENSION), None, quiet, created="")


def test_folds_keep_groups_whole_and_labels_spread() -> None:
    generator = np.random.default_rng(0)
    groups = generator.integers(0, 120, 400)
    gold = (groups * 7) % 4
    folds = group_folds(gold, groups, 5)
    assert all(len(set(folds[groups == group])) == 1 for group in np.unique(groups))
    for label in range(4):
        counts = np.bincount(folds[gold == label], minlength=5)
        assert counts.min() > 0.5 * counts.mean()


def test_the_same_table_trains_the_same_router(tmp_path: Path) -> None:
    examples = Examples(*(list(column) for column in zip(*_tiny(), strict=True)))
    versions = [
        save_router(
            train(examples, HashingEmbedder(DIMENSION), None, quiet, created="2026-01-01").classifier,
            tmp_path / str(attempt),
        ).version
        for attempt in range(2)
    ]
    assert versions[0] == versions[1]


def _tiny() -> list[tuple[str, str]]:
    water = ["停水了", "水管爆裂", "自来水很浑", "水费太高", "家里没水", "水压太低"]
    cars = ["车乱停", "红绿灯坏了", "路口堵车", "电动车闯红灯", "违章拍照", "停车位被占"]
    return [(text, "水务") for text in water] + [(text, "交警") for text in cars]
