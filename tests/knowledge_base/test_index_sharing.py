"""An index that several processes keep, and that outlives each of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from index_parts import FUND, NOISE, PERMIT, CountingEmbedder, found, made

from knowledge_base.errors import IndexMismatch, OtherFiles
from knowledge_base.index.making import make_index
from knowledge_base.index.state import open_index
from knowledge_base.library import make_library, overlaid
from knowledge_base.library_in_force import LibraryInForce


def test_an_index_opens_again_as_it_was_left(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    library = make_library([NOISE, FUND])
    force.replace(library)
    again = LibraryInForce(library, tmp_path / "index", CountingEmbedder())
    assert found(again, "公积金") == found(force, "公积金")
    assert again.snapshot.manifest.passages == 2
    embedder.embedded.clear()
    again.replace(library)
    assert embedder.embedded == []


def test_an_index_with_articles_of_the_desk_is_one_of_the_folder_too(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    folder = force.current
    force.replace(overlaid(folder, [FUND]))
    assert open_index(tmp_path / "index", embedder, folder.version).manifest.passages == 4
    with pytest.raises(IndexMismatch, match="hotline kb index"):
        open_index(tmp_path / "index", embedder, make_library([FUND]).version)


def test_articles_of_the_desk_that_were_withdrawn_while_nobody_served_are_gone(tmp_path: Path) -> None:
    force, _ = made(tmp_path / "index", PERMIT)
    files = force.current
    force.replace(overlaid(files, [FUND]))
    again = LibraryInForce(files, tmp_path / "index", CountingEmbedder())
    assert again.current.version != files.version
    again.replace(again.files)
    assert FUND.text not in found(again, "公积金")


def test_a_change_of_another_process_is_noticed(tmp_path: Path) -> None:
    mine, _ = made(tmp_path / "index", PERMIT)
    theirs = LibraryInForce(mine.current, tmp_path / "index", CountingEmbedder())
    both = make_library([PERMIT, FUND])
    theirs.replace(both)
    assert not theirs.look()
    size = (tmp_path / "index" / "changes-000001.log").stat().st_size
    mine.replace(both)  # what they wrote is read, not written again
    assert (tmp_path / "index" / "changes-000001.log").stat().st_size == size
    assert found(mine, "公积金") == found(theirs, "公积金")


def test_of_what_another_process_changes_only_what_is_new_is_read(tmp_path: Path) -> None:
    mine, _ = made(tmp_path / "index", PERMIT)
    theirs = LibraryInForce(mine.current, tmp_path / "index", CountingEmbedder())
    theirs.replace(make_library([PERMIT, NOISE]))
    mine.replace(make_library([PERMIT, NOISE]))
    log = tmp_path / "index" / "changes-000001.log"
    with log.open("r+b") as file:
        file.write(bytes(log.stat().st_size))  # who read it need not read it again
    theirs.replace(make_library([PERMIT, NOISE, FUND]))
    mine.replace(make_library([PERMIT, NOISE, FUND]))
    assert found(mine, "公积金") == found(theirs, "公积金")
    assert NOISE.text in found(mine, "夜间施工噪声")


def test_an_index_that_was_built_anew_by_another_process_is_brought_level(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT, NOISE)
    force.replace(overlaid(force.current, [FUND]))
    folder = make_library([PERMIT, NOISE])
    make_index(tmp_path / "index", folder.passages(), embedder, folder.version, editions=folder.editions)
    assert force.look()
    assert FUND.text in found(force, "公积金")


def test_the_next_base_of_who_has_not_looked_is_made_of_what_another_process_put_in_force(tmp_path: Path) -> None:
    mine, _ = made(tmp_path / "index", PERMIT)
    theirs = LibraryInForce(mine.current, tmp_path / "index", CountingEmbedder())
    theirs.replace(overlaid(mine.files, [FUND]))
    theirs.condense()
    mine.condense()
    assert FUND.text in found(mine, "公积金")
    assert open_index(tmp_path / "index", CountingEmbedder()).manifest.passages == 3
    assert theirs.look()
    assert FUND.text in found(theirs, "公积金")


def test_a_damaged_end_of_the_log_does_not_count(tmp_path: Path) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)
    force.replace(make_library([PERMIT, NOISE]))
    log = tmp_path / "index" / "changes-000001.log"
    whole = log.read_bytes()
    force.replace(make_library([PERMIT, NOISE, FUND]))
    longer = log.read_bytes()
    for cut in range(len(whole), len(longer), 97):
        log.write_bytes(longer[:cut])
        assert open_index(tmp_path / "index", embedder).manifest.passages == 3
    log.write_bytes(longer[:-1] + b"?")
    assert open_index(tmp_path / "index", embedder).manifest.passages == 3


def test_who_reads_new_files_first_moves_the_index_and_who_has_not_yet_does_not_move_it_back(tmp_path: Path) -> None:
    first, _ = made(tmp_path / "index", PERMIT, NOISE)
    second = LibraryInForce(first.current, tmp_path / "index", CountingEmbedder())
    newer = make_library([PERMIT, FUND])
    first.replace(newer)
    for _ in range(2):
        with pytest.raises(OtherFiles, match="HOTLINE_INDEX"):
            second.look()
    assert NOISE.text in found(second, "夜间施工噪声")
    assert not first.look()
    assert FUND.text in found(first, "公积金")
    second.replace(newer)
    assert not second.look()
    assert found(second, "公积金") == found(first, "公积金")


def test_two_services_of_different_files_do_not_write_an_index_to_and_fro(tmp_path: Path) -> None:
    mine, embedder = made(tmp_path / "index", PERMIT)
    theirs = make_library([NOISE])
    make_index(tmp_path / "index", theirs.passages(), embedder, theirs.version, editions=theirs.editions)
    other = LibraryInForce(theirs, tmp_path / "index", CountingEmbedder())
    with pytest.raises(OtherFiles):
        mine.look()
    with pytest.raises(OtherFiles):
        mine.replace(overlaid(mine.files, [FUND]))
    assert not other.look()
    assert PERMIT.article_id in {hit.article_id for hit in mine.snapshot.passages}
    assert found(other, "夜间施工噪声") == [NOISE.text]
    make_index(tmp_path / "index", mine.files.passages(), embedder, mine.files.version, editions=mine.files.editions)
    assert mine.look()
    mine.replace(overlaid(mine.files, [FUND]))
    assert FUND.text in found(mine, "公积金")


def test_files_that_could_not_be_embedded_are_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    force, embedder = made(tmp_path / "index", PERMIT)

    def fail(texts: object) -> None:
        raise RuntimeError("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(embedder, "embed_passages", fail)
        with pytest.raises(RuntimeError, match="no memory"):
            force.replace(make_library([PERMIT, FUND]))
    force.replace(make_library([PERMIT, FUND]))
    assert FUND.text in found(force, "公积金")
