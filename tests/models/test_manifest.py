from __future__ import annotations

import re

import pytest

from models.errors import ModelProblem
from models.weights.manifest import DEFAULT_EMBEDDER, SERVING, WEIGHTS, Recipe, find


def test_every_fetched_file_and_wheel_has_a_digest() -> None:
    digests = [file.sha256 for weight in WEIGHTS for file in weight.files]
    digests += [package.sha256 for weight in WEIGHTS for package in weight.packages]
    assert digests
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest in digests)


def test_every_weight_says_its_licence_and_where_it_comes_from() -> None:
    for weight in WEIGHTS:
        assert weight.licence
        assert weight.files or weight.needs
        assert weight.packages or weight.hub or weight.needs or weight.recipe is Recipe.ARCHIVE


def test_members_of_packages_make_exactly_the_files() -> None:
    for weight in WEIGHTS:
        if weight.packages:
            targets = {target for package in weight.packages for _, target in package.members}
            assert targets == {file.path for file in weight.files}


def test_what_serving_needs_is_known() -> None:
    assert DEFAULT_EMBEDDER in SERVING
    assert all(find(name).name == name for name in SERVING)


def test_an_unknown_name_is_refused_with_the_command_that_lists_them() -> None:
    with pytest.raises(ModelProblem, match="hotline models list"):
        find("e5-huge")
