"""What is published, changed and withdrawn, searched as soon as it counts."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from index_parts import CITY, FUND, NOISE, PERMIT, TODAY, CountingEmbedder, article, found, made

from knowledge_base.errors import KnowledgeError
from knowledge_base.index import keeper as index_keeper
from knowledge_base.index import log as index_log
from knowledge_base.index.state import open_index
from knowledge_base.library import Library, make_library, overlaid
from knowledge_base.policy import ArticleStatus, Secrecy


def test_an_article_that_was_published_is_found_at_once(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(make_library([PERMIT, NOISE, FUND]))
    assert found(force, "公积金可以提取来付房租吗")[0] == FUND.text
    assert len(force.current.articles) == 3


def test_only_what_changed_is_embedded(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    changed = replace(PERMIT, text=PERMIT.text.replace("不收工本费", "收取工本费二十元"))
    force.replace(make_library([changed, NOISE]))
    assert embedder.embedded == ["permit办法 \u203a 第二条\n第二条 居住证收取工本费二十元。"]
    assert found(force, "居住证工本费")[0].endswith("居住证收取工本费二十元。")
    assert not any("不收" in text for text in found(force, "居住证不收工本费"))


def test_another_last_day_embeds_nothing(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(make_library([replace(PERMIT, effective_to=TODAY), NOISE]))
    assert embedder.embedded == []
    assert any("申领居住证" in text for text in found(force, "申领居住证"))
    assert not any("申领居住证" in text for text in found(force, "申领居住证", TODAY + timedelta(days=1)))


def test_a_successor_ends_the_article_that_it_replaces(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    heir = article("heir", "居住证全程网上申领。", supersedes=(PERMIT.document_number,), effective_from=TODAY)
    force.replace(make_library([PERMIT, NOISE, heir]))
    assert len(embedder.embedded) == 1
    assert found(force, "申领居住证")[0] == heir.text
    assert not any("半年" in text for text in found(force, "申领居住证"))
    assert any("半年" in text for text in found(force, "申领居住证", TODAY - timedelta(days=1)))


def test_a_withdrawn_article_is_gone_and_one_published_again_is_back(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    folder = force.current
    force.replace(overlaid(folder, [], ["noise"]))
    assert NOISE.text not in found(force, "夜间施工噪声")
    force.replace(overlaid(folder, [replace(NOISE, text="夜间施工噪声由生态环境部门查处。")], ["noise"]))
    assert found(force, "夜间施工噪声")[0] == "夜间施工噪声由生态环境部门查处。"


def test_drafts_and_articles_in_review_are_never_found(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    states = (ArticleStatus.DRAFT, ArticleStatus.REVIEW, ArticleStatus.WITHDRAWN)
    force.replace(make_library([PERMIT, *(replace(NOISE, article_id=s, document_number=s, status=s) for s in states)]))
    assert found(force, "夜间施工噪声扰民") == found(force, "夜间施工噪声扰民", clearance=Secrecy.RESTRICTED)
    assert NOISE.text not in found(force, "夜间施工噪声扰民")


def test_what_somebody_may_not_see_is_not_found(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    force.replace(
        make_library([PERMIT, replace(NOISE, secrecy=Secrecy.INTERNAL), replace(FUND, secrecy=Secrecy.RESTRICTED)])
    )
    assert found(force, "公积金房租", clearance=Secrecy.RESTRICTED)[0] == FUND.text
    assert FUND.text not in found(force, "公积金房租")
    assert NOISE.text in found(force, "夜间施工噪声")
    assert NOISE.text not in found(force, "夜间施工噪声", clearance=Secrecy.PUBLIC)


def test_an_article_that_expires_at_midnight_is_gone_at_midnight_without_any_change(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", replace(NOISE, effective_to=TODAY), PERMIT)
    assert NOISE.text in found(force, "夜间施工噪声扰民", TODAY)
    assert NOISE.text not in found(force, "夜间施工噪声扰民", TODAY + timedelta(days=1))
    assert NOISE.text in found(force, "夜间施工噪声扰民", TODAY)


def test_a_reader_keeps_the_library_that_it_took(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    before = force.snapshot
    texts = [p.text for p in before.passages]
    force.replace(make_library([FUND]))
    assert [p.text for p in before.passages[: len(texts)]] == texts
    assert int(before.allowed(TODAY, CITY).sum()) == 3
    assert int(force.snapshot.allowed(TODAY, CITY).sum()) == 1


def test_what_no_reader_holds_any_more_is_freed_at_once(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT, NOISE)
    gc.collect()
    gc.disable()  # a ring of references would keep every replaced index, and the files of its base, until it runs
    try:
        assert found(force, "居住证工本费")
        index, base = (weakref.ref(one) for one in (force.snapshot, force.snapshot._base))
        force.replace(make_library([FUND]))
        assert index() is None
        force.condense()
        assert base() is None
    finally:
        gc.enable()


def test_a_failed_embedding_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)

    def fail(texts: object) -> np.ndarray:
        raise RuntimeError("no memory")

    monkeypatch.setattr(embedder, "embed_passages", fail)
    with pytest.raises(RuntimeError, match="no memory"):
        force.replace(make_library([PERMIT, FUND]))
    assert force.current.find("fund") is None
    assert FUND.text not in found(force, "公积金")


def test_a_full_disk_changes_nothing_and_the_next_attempt_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    force, _ = made(tmp_path / "index", PERMIT)

    def half_written(path: Path, end: int, change: index_log.Change) -> int:
        with path.open("ab") as file:
            file.write(index_log._packed(change)[:50])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(index_keeper.index_log, "append", half_written)
        with pytest.raises(KnowledgeError, match="Free some space"):
            force.replace(make_library([PERMIT, FUND]))
    assert FUND.text not in found(force, "公积金")
    force.replace(make_library([PERMIT, FUND]))
    assert FUND.text in found(force, "公积金")
    again = open_index(tmp_path / "index", CountingEmbedder())
    assert again.manifest.passages == 3


def test_the_version_of_a_library_depends_on_its_content_alone() -> None:
    one, other = make_library([PERMIT, NOISE]), make_library([NOISE, PERMIT])
    assert one.version == other.version == one.base
    over: Library = overlaid(one, [FUND])
    assert over.version == make_library([PERMIT, NOISE, FUND]).version
    assert over.base == one.version
    assert overlaid(over, [FUND]).base == one.version
