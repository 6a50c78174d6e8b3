"""What every department classifier keeps, and every fake that stands in for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import pytest

from copilot.routing import Classifier
from models.baselines import HashingEmbedder
from models.department_classifier import RankedLabel, Ranking, RoutingReason
from models.training.routing import Examples, train, train_from_duties

DUTIES = {"水务局": ["停水抢修", "自来水水质"], "交警支队": ["违章停车", "红绿灯故障"], "公积金中心": ["公积金提取"]}
WATER = ["停水了没人修", "水管爆裂在冒水", "自来水很浑浊", "家里没有水", "水压太低洗不了澡", "水表一直在走"]
TRAFFIC = ["路边车乱停", "红绿灯坏了", "路口天天堵车", "电动车闯红灯", "被拍了违章不服", "停车位被占了"]


class Contracted(Classifier, Protocol):
    """The port, and what evaluation asks in addition."""

    @property
    def labels(self) -> Sequence[str]: ...

    def rank_many(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Sequence[Ranking]: ...


@dataclass(frozen=True)
class KeywordClassifier:
    """The fake that tests of other rooms may use: the department whose keyword is said."""

    version: str = "fake"
    labels: tuple[str, ...] = ("水务局", "交警支队", "公积金中心")
    keywords: tuple[str, ...] = ("水", "车", "公积金")
    threshold: float = 0.5

    def rank(self, text: str, limit: int = 3) -> Ranking:
        if not text.strip():
            return Ranking((), abstained=True)
        hits = [1.0 + 9 * (keyword in text) for keyword in self.keywords]
        choices = [
            RankedLabel(label, hit / sum(hits), (RoutingReason("words", keyword),) if keyword in text else ())
            for label, keyword, hit in zip(self.labels, self.keywords, hits, strict=True)
        ]
        best = tuple(sorted(choices, key=lambda choice: -choice.probability))[:limit]
        return Ranking(best, abstained=best[0].probability < self.threshold)

    def rank_many(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[Ranking]:
        found = [self.rank(text) for text in texts]
        if progress:
            progress(len(found))
        return found


def quiet(step: str, done: int, total: int) -> None:
    pass


def learned(duties: dict[str, list[str]] | None) -> Contracted:
    examples = Examples([*WATER, *TRAFFIC], ["水务局"] * len(WATER) + ["交警支队"] * len(TRAFFIC))
    return train(examples, HashingEmbedder(64), duties, quiet, created="2026-01-01").classifier


MAKERS: dict[str, Callable[[], Contracted]] = {
    "labelled": lambda: learned(None),
    "labelled with duties": lambda: learned(DUTIES),
    "cold start": lambda: train_from_duties(DUTIES, HashingEmbedder(64), quiet, created="2026-01-01").classifier,
    "fake": KeywordClassifier,
}


@pytest.fixture(scope="module", params=list(MAKERS))
def classifier(request: pytest.FixtureRequest) -> Contracted:
    return MAKERS[request.param]()


def test_it_names_its_version(classifier: Contracted) -> None:
    assert classifier.version


def test_choices_come_best_first_from_its_labels_without_repeats(classifier: Contracted) -> None:
    choices = classifier.rank("家里停水了，水管也坏了").choices
    names = [choice.label for choice in choices]
    assert names[0] == "水务局"
    assert len(set(names)) == len(names)
    assert set(names) <= set(classifier.labels)
    likely = [choice.probability for choice in choices]
    assert likely == sorted(likely, reverse=True)


def test_no_more_choices_than_asked_for(classifier: Contracted) -> None:
    assert len(classifier.rank("路边车乱停", limit=1).choices) == 1
    assert len(classifier.rank("路边车乱停").choices) <= 3


def test_probabilities_of_all_labels_add_up_to_one(classifier: Contracted) -> None:
    choices = classifier.rank("红绿灯坏了", limit=99).choices
    assert len(choices) == len(classifier.labels)
    assert sum(choice.probability for choice in choices) == pytest.approx(1.0)


def test_reasons_are_of_the_kinds_that_screens_know(classifier: Contracted) -> None:
    for choice in classifier.rank("路边车乱停，红绿灯也坏了").choices:
        assert {reason.kind for reason in choice.reasons} <= {"duty", "words", "similar"}
        assert all(reason.text for reason in choice.reasons)


def test_a_blank_text_gets_nothing(classifier: Contracted) -> None:
    for blank in ("", " ", "\n"):
        ranking = classifier.rank(blank)
        assert (tuple(ranking.choices), ranking.abstained) == ((), True)


@pytest.mark.parametrize("text", ["。", "😀", "a" * 5000, "水" * 3000, "\u200b", "\ufdfa" * 10, "\uff11\uff12"])
def test_no_text_upsets_it(classifier: Contracted, text: str) -> None:
    ranking = classifier.rank(text)
    assert all(0 <= choice.probability <= 1 for choice in ranking.choices)


def test_asking_twice_gives_the_same(classifier: Contracted) -> None:
    assert classifier.rank("自来水很浑浊") == classifier.rank("自来水很浑浊")


def test_many_at_once_keep_their_order_and_tell_how_far_they_are(classifier: Contracted) -> None:
    seen: list[int] = []
    texts = ["停水了", "车乱停", "水管爆裂"]
    rankings = classifier.rank_many(texts, seen.append)
    assert [r.choices[0].label for r in rankings] == [classifier.rank(t).choices[0].label for t in texts]
    assert seen[-1] == len(texts)
