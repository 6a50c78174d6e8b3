from __future__ import annotations

import pytest

from knowledge_base.near_names import nearest_name

NAMES = (
    "市公安局",
    "市住房和城乡建设局",
    "市住房公积金管理中心",
    "市城市管理局",
    "市人力资源和社会保障局",
    "市水务局",
    "医保局",
)


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("市住房城乡建设局", "市住房和城乡建设局"),
        ("住房和城乡建设委员会", "市住房和城乡建设局"),
        ("公积金中心", "市住房公积金管理中心"),
        ("市公安", "市公安局"),
        ("城市管理执法局", "市城市管理局"),
        ("市人力社保局", "市人力资源和社会保障局"),
        ("市水务集团", "市水务局"),
    ],
)
def test_the_department_that_was_meant_is_the_nearest(wanted: str, meant: str) -> None:
    assert nearest_name(wanted, NAMES) == meant


@pytest.mark.parametrize("wanted", ["", "市局", "市税务局", "市气象局", "市体育局"])
def test_a_name_like_none_has_no_nearest(wanted: str) -> None:
    assert nearest_name(wanted, NAMES) == ""


def test_without_names_there_is_none() -> None:
    assert nearest_name("市公安局", ()) == ""
