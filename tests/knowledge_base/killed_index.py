"""Kill a process with SIGKILL at random moments while it changes an index, and look at what it leaves.

    python tests/knowledge_base/killed_index.py FOLDER ROUNDS [SEED]

The child says after each change which one it was; the index that is opened then must be of that change or the next one,
whole, and take further changes. Prints how many kills came while a base was being written.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import date
from pathlib import Path

from knowledge_base.index import keeper as index_keeper
from knowledge_base.index import vector_search
from knowledge_base.index.making import make_index
from knowledge_base.index.manifest import read_manifest
from knowledge_base.index.state import open_index
from knowledge_base.library import Library, make_library
from knowledge_base.library_in_force import LibraryInForce
from knowledge_base.policy import PolicyArticle
from models.baselines import HashingEmbedder

EMBEDDER = HashingEmbedder(64)
EDITIONS = 7


def library(number: int) -> Library:
    """Edition ``number``: one article that changes each time, some that come and go, one that stays."""
    names = ["stays", *(f"a{n}" for n in range(EDITIONS) if (number + n) % 3)]
    return make_library(
        [_article("changes", f"第{number}版的规定。"), *(_article(n, f"{n}事项的规定。") for n in names)]
    )


def _article(name: str, text: str) -> PolicyArticle:
    return PolicyArticle(name, name, "", "市政府", "市政府", "云川市", date(2025, 1, 1), None, text)


def change(folder: Path, number: int, told: int) -> None:
    """Apply one edition after another for ever, telling each that is done."""
    index_keeper.RECENT_ENOUGH = 12
    vector_search.LISTS_FROM = 5  # so that lists are written too
    force = LibraryInForce(library(number), folder, EMBEDDER)
    while True:
        number += 1
        force.replace(library(number))
        os.write(told, f"{number}\n".encode())
        if number % 4 == 0:
            force.settle()  # so that bases are finished too, however slow the machine is


def apart(work: Callable[[], str]) -> str:
    """What ``work`` says in a process of its own: this one opens no index, since a fork would inherit its locks."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        done = 1
        try:
            os.write(writing, work().encode())
            done = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(done)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    _, status = os.waitpid(child, 0)
    assert status == 0, "what was left could not be read; the reason is above"
    return said


def built(folder: Path) -> str:
    """The index of the first edition."""
    first = library(0)
    return make_index(folder, first.passages(), EMBEDDER, first.version, editions=first.editions).manifest.base


def main(folder: Path, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    apart(lambda: built(folder))
    number, making, bases = 0, 0, set()
    for _ in range(rounds):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                change(folder, number, writing)
            finally:
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading) as told:
            said = [told.readline() for _ in range(chance.randint(0, 9))]
            time.sleep(chance.uniform(0, 0.3))
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            assert os.WIFSIGNALED(status), "the child ended by itself"
            said += told.read().split()
        told_last = int(said[-1]) if said else number
        number = int(apart(lambda last=told_last: str(check(folder, last))))  # type: ignore[misc]
        making += len(list(folder.glob("base-*"))) > 1
        bases.add(read_manifest(folder).base)
    sys.stdout.write(f"{rounds} kills, {number} changes, {making} kills while a base was written, {len(bases)} bases\n")


def check(folder: Path, told: int) -> int:
    """Which edition the index is of: the last that was told, or the one after it."""
    index = open_index(folder, EMBEDDER)
    found = next((n for n in (told, told + 1) if library(n).version == index.manifest.library), None)
    assert found is not None, f"neither edition {told} nor the next"
    lives = [p for p, lives in zip(index.passages, index.living, strict=True) if lives]
    assert sorted(lives, key=lambda p: p.passage_id) == sorted(library(found).passages(), key=lambda p: p.passage_id)
    for text in (f"第{found}版的规定。", "stays事项的规定。"):
        allowed = index.allowed(date(2026, 1, 1), "云川市")
        [(position, cosine), *_] = index.nearest(EMBEDDER.embed_queries([f"{text}"])[0], allowed, 3)
        assert text in index.passages[position].text, "the vectors are not those of the passages"
        assert cosine > 0.5
        assert index.words.search([text[:2]], allowed, 3) is not None
    return found


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
