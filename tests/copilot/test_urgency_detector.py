from __future__ import annotations

import re
from pathlib import Path

import pytest
from emergency_sentences import EMERGENCIES, NO_EMERGENCIES, lines

from copilot.appeal import Urgency
from copilot.errors import BadInput
from copilot.urgency_detector import UrgencyDetector


@pytest.fixture(scope="module")
def detector() -> UrgencyDetector:
    return UrgencyDetector()


@pytest.mark.parametrize(("category", "said"), [(c, s) for c, text in EMERGENCIES.items() for s in lines(text)])
def test_an_emergency_is_heard_even_in_a_fragment(detector: UrgencyDetector, category: str, said: str) -> None:
    sign = detector.detect(said)
    assert sign is not None
    assert sign.category == category
    assert sign.phrase in said
    assert sign.urgency is Urgency.EMERGENCY
    assert re.search(r"\d{3}", sign.transfer_to)
    assert sign.advice


@pytest.mark.parametrize("said", lines(NO_EMERGENCIES))
def test_what_only_sounds_like_one_raises_no_banner(detector: UrgencyDetector, said: str) -> None:
    assert detector.detect(said) is None


def test_a_gas_smell_is_an_emergency_as_soon_as_it_is_named_in_interim_text(detector: UrgencyDetector) -> None:
    said = "喂喂我们楼道里有煤气味好浓啊"
    first = next(n for n in range(len(said) + 1) if detector.detect(said[:n]) is not None)
    assert said[:first].endswith(("煤气", "煤气味"))


def test_the_most_pressing_of_two_is_named(detector: UrgencyDetector) -> None:
    sign = detector.detect("电线断了。屋里还有很浓的煤气味")
    assert sign is not None
    assert sign.category == "燃气泄漏"


@pytest.mark.parametrize(
    ("said", "categories"),
    [
        ("我家有煤气味，我妈昏迷了", ["燃气泄漏", "危重伤病"]),
        ("有没气味，好浓，我爸没有意识了", ["燃气泄漏", "危重伤病"]),
        ("垃圾站的气味熏得我喘不过气来", []),
        ("里面有个老人喘不过气来了", ["危重伤病"]),
        ("他被压在下面，喘不过气来了", ["危重伤病", "被困"]),
        ("工作压力大，今天在车间晕倒了", ["危重伤病"]),
        ("房贷压得我们一家喘不过气来了", []),
        ("作业太多，孩子压力大，喘不过气来", []),
        ("楼下着火了，老人叫不醒", ["火灾", "危重伤病"]),
        ("有人拿刀砍人。地上的人没有呼吸了", ["危重伤病", "暴力伤害"]),
        ("着火了，我困在屋里出不来", ["火灾"]),  # the same service comes for both
        ("煤气中毒了", ["燃气泄漏"]),
        ("煤气味好浓啊，煤气味", ["燃气泄漏"]),
        ("今天天气不错", []),
    ],
)
def test_whoever_else_must_be_told_is_named_behind_the_most_pressing(
    detector: UrgencyDetector, said: str, categories: list[str]
) -> None:
    assert [sign.category for sign in detector.signs(said)] == categories


@pytest.mark.parametrize("said", [s for text in EMERGENCIES.values() for s in lines(text)])
def test_no_service_is_named_twice(detector: UrgencyDetector, said: str) -> None:
    services = [set(re.findall(r"\d{3,}", sign.transfer_to)) for sign in detector.signs(said)]
    for n, named in enumerate(services[1:], start=1):
        assert not named <= set().union(*services[:n])


def test_the_long_list_is_long_enough() -> None:
    assert sum(len(lines(text)) for text in EMERGENCIES.values()) + len(lines(NO_EMERGENCIES)) >= 120


def test_rules_that_cannot_be_read_are_refused_with_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "urgency.toml"
    broken.write_text("[guards]\nnegated = '('\n", encoding="utf-8")
    with pytest.raises(BadInput, match="Correct it"):
        UrgencyDetector(broken)
