"""Versions of articles in the database: maker and checker, one draft at a time, what counts on a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text

from copilot.errors import BadInput, Conflict, NotAllowed, NotFound
from copilot.store import Store, Version, VersionState
from knowledge_base.articles.content import changed_content, empty_content

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
TEXT = "第一条 申领居住证不收费。"


SMUGGLED = (
    "INSERT INTO article_version (article_id, number, state, origin, revision, content, digest, title, owner, note,"
    " publish_on, made_by, made_at, submitted_by, checked_by, reason) SELECT 'other', 1, 'published', 'edited', 0,"
    " content, digest, title, owner, note, publish_on, made_by, made_at, submitted_by, checked_by, reason"
    " FROM article_version"
)


def content(**fields: Any) -> dict[str, Any]:
    known = {
        "title": "居住证办理规定",
        "document_number": "云公规(2025)3号",
        "issuer": "云川市公安局",
        "owner": "市公安局",
        "area": "云川市",
        "effective_from": "2025-03-01",
        "text": TEXT,
    }
    return changed_content(empty_content(), {**known, **fields})


def published(store: Store, article_id: str = "permit", on: date = DAY, **fields: Any) -> Version:
    """A version that ``li`` made and ``wang`` checked."""
    made = store.articles.begin(article_id, content(**fields), "li", NOW)
    made = store.articles.submit(made.seen, "d" + str(made.number), on, "li", NOW)
    return store.articles.approve(made.seen, "wang", NOW, DAY)


def test_whoever_drafted_changed_or_submitted_a_version_may_not_approve_or_refuse_it(store: Store) -> None:
    articles = store.articles
    made = articles.begin("permit", content(), "li", NOW)
    made = articles.change(made.seen, content(text="改"), {"text": "改"}, "zhao", NOW)
    made = articles.submit(made.seen, "digest", DAY, "sun", NOW)
    for maker in ("li", "zhao", "sun"):
        with pytest.raises(NotAllowed, match=f"{maker} took part"):
            articles.approve(made.seen, maker, NOW, DAY)
        with pytest.raises(NotAllowed):
            articles.refuse(made.seen, maker, NOW, "不行")
    assert articles.approve(made.seen, "wang", NOW, DAY).checked_by == "wang"


@pytest.mark.parametrize("maker", ["li", "zhao", "sun"])
def test_the_database_itself_refuses_a_checker_who_is_a_maker(store: Store, maker: str) -> None:
    made = store.articles.begin("permit", content(), "li", NOW)
    made = store.articles.change(made.seen, content(text="改"), {"text": "改"}, "zhao", NOW)
    store.articles.submit(made.seen, "digest", DAY, "sun", NOW)
    with pytest.raises(Conflict), store._database.writing() as connection:
        connection.execute(
            text("UPDATE article_version SET state = 'published', open = NULL, checked_by = :by"), {"by": maker}
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE article_version SET content = '{}'",
        "UPDATE article_version SET state = 'draft', open = 1",
        "UPDATE article_version SET made_by = 'sun'",
        "UPDATE article_version SET checked_by = 'sun'",
        "DELETE FROM article_version",
        "UPDATE article_edit SET by = 'sun'",
        "DELETE FROM article_edit",
        SMUGGLED,
    ],
)
def test_what_is_published_is_neither_rewritten_nor_removed_nor_smuggled_in(store: Store, statement: str) -> None:
    made = store.articles.begin("permit", content(), "li", NOW)
    made = store.articles.change(made.seen, content(text="改"), {"text": "改"}, "li", NOW)
    made = store.articles.submit(made.seen, "digest", DAY, "li", NOW)
    store.articles.approve(made.seen, "wang", NOW, DAY)
    with pytest.raises(Conflict), store._database.writing() as connection:
        connection.execute(text(statement))


def test_a_draft_is_not_published_unseen_even_by_hand(store: Store) -> None:
    store.articles.begin("permit", content(), "li", NOW)
    with pytest.raises(Conflict), store._database.writing() as connection:
        connection.execute(
            text(
                "UPDATE article_version SET state = 'published', open = NULL, digest = 'd', publish_on = '2026-11-22',"
                " submitted_by = 'li', checked_by = 'wang'"
            )
        )


def test_of_an_article_one_draft_is_made_at_a_time_and_of_two_writers_the_second_is_told(store: Store) -> None:
    made = store.articles.begin("permit", content(), "li", NOW)
    with pytest.raises(Conflict, match="li works on permit already"):
        store.articles.begin("permit", content(), "zhao", NOW)
    store.articles.begin("other", content(), "zhao", NOW)
    store.articles.change(made.seen, content(text="甲"), {"text": "甲"}, "li", NOW)
    with pytest.raises(Conflict, match="li changed version 1 of permit meanwhile: it is at revision 1, you saw 0"):
        store.articles.change(made.seen, content(text="乙"), {"text": "乙"}, "zhao", NOW)
    assert [edit.by for edit in store.articles.edits("permit", 1)] == ["li"]
    assert {v.article_id for v in store.articles.being_made()} == {"permit", "other"}


def test_a_version_of_a_later_day_counts_from_that_day_on(store: Store) -> None:
    published(store)
    tomorrow = DAY + timedelta(1)
    published(store, on=tomorrow, text="第一条 改了。")
    before, after = store.articles.overlay(DAY), store.articles.overlay(tomorrow)
    assert [a.text for a in before.published] == [TEXT]
    assert [a.text for a in after.published] == ["第一条 改了。"]
    assert before.stamp != after.stamp
    assert [v.number for v in store.articles.coming(DAY)] == [2]
    with pytest.raises(BadInput, match="Take that day or a later one"):
        published(store, on=DAY)


def test_a_withdrawn_version_takes_the_article_with_it_and_another_version_brings_it_back(store: Store) -> None:
    first = published(store)
    stamp = store.articles.stamp(DAY)
    with pytest.raises(BadInput, match="Say why"):
        store.articles.withdraw("permit", 1, "li", NOW, DAY, " ")
    gone = store.articles.withdraw("permit", first.number, "li", NOW, DAY, "收费标准写错了")
    assert (gone.state, gone.reason, gone.withdrawn_on) == (VersionState.WITHDRAWN, "收费标准写错了", DAY)
    overlay = store.articles.overlay(DAY)
    assert (overlay.published, overlay.withdrawn) == ((), frozenset({"permit"}))
    assert overlay.stamp != stamp
    with pytest.raises(Conflict, match="is withdrawn, not published"):
        store.articles.withdraw("permit", 1, "li", NOW, DAY, "再来")
    published(store, text="第一条 收费二十元。")
    overlay = store.articles.overlay(DAY)
    assert ([a.text for a in overlay.published], overlay.withdrawn) == (["第一条 收费二十元。"], frozenset())


def test_a_coming_version_that_is_withdrawn_before_its_day_never_counts(store: Store) -> None:
    published(store)
    tomorrow = DAY + timedelta(1)
    published(store, on=tomorrow, text="改")
    store.articles.withdraw("permit", 2, "zhao", NOW, DAY, "不改了")
    overlay = store.articles.overlay(tomorrow)
    assert ([a.text for a in overlay.published], overlay.withdrawn) == ([TEXT], frozenset())
    assert store.articles.coming(DAY) == []


def test_a_version_whose_place_was_taken_is_not_withdrawn(store: Store) -> None:
    published(store)
    published(store, text="改")
    with pytest.raises(Conflict, match="Version 2 of permit has taken its place"):
        store.articles.withdraw("permit", 1, "li", NOW, DAY, "旧的")


def test_a_copy_of_a_refused_version_has_its_makers(store: Store) -> None:
    made = store.articles.begin("permit", content(), "li", NOW)
    made = store.articles.submit(made.seen, "d", DAY, "sun", NOW)
    refused = store.articles.refuse(made.seen, "wang", NOW, "依据不全")
    again = store.articles.begin("permit", content(), "zhao", NOW, copy_of=refused.number)
    again = store.articles.submit(again.seen, "d", DAY, "zhao", NOW)
    for helper in ("li", "sun", "zhao"):
        with pytest.raises(NotAllowed):
            store.articles.approve(again.seen, helper, NOW, DAY)
    assert store.articles.approve(again.seen, "wang", NOW, DAY).state is VersionState.PUBLISHED
    assert store.articles.of("permit")[1].reason == "依据不全"


def test_a_draft_is_taken_back_and_given_up_and_stays_readable(store: Store) -> None:
    made = store.articles.begin("permit", content(), "li", NOW)
    made = store.articles.submit(made.seen, "d", DAY, "li", NOW)
    made = store.articles.take_back(made.seen, "li", NOW)
    assert (made.state, made.submitted_by) == (VersionState.DRAFT, None)
    with pytest.raises(Conflict, match="is draft, not review any more"):
        store.articles.approve(made.seen, "wang", NOW, DAY)
    store.articles.discard(made.seen, "li", NOW)
    assert store.articles.being_made() == []
    assert store.articles.with_content("permit", 1)[1]["text"] == TEXT
    with pytest.raises(NotFound, match="no version 7"):
        store.articles.get("permit", 7)


def test_an_article_of_the_files_begins_its_history_once(store: Store) -> None:
    store.articles.adopt("permit", content(), "d", NOW, DAY)
    with pytest.raises(Conflict):
        store.articles.adopt("permit", content(), "d", NOW, DAY)
    overlay = store.articles.overlay(DAY)
    assert (overlay.published, overlay.withdrawn) == ((), frozenset())  # the file itself is served
    assert published(store, text="改").base == 1


def test_every_step_is_in_the_audit_and_the_chain_holds(store: Store) -> None:
    made = published(store)
    store.articles.withdraw("permit", made.number, "li", NOW, DAY, "过期")
    actions = [line.action for line in store.accounts.audit()]
    assert actions == ["article_begun", "article_submitted", "article_published", "article_withdrawn"]
    assert store.verify() == []


def test_a_list_reads_again_only_what_was_edited_since_whoever_edited_it(store: Store, database_url: str) -> None:
    read: list[str] = []

    def note(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        if "article_version.content" in statement:
            read.append(str(parameters))

    drafts = [store.articles.begin(f"d{n}", content(issuer=f"第{n}局"), "li", NOW) for n in range(3)]
    assert {key: one.issuer for key, one in store.articles.unlisted(DAY).items()} == {
        "d0": "第0局",
        "d1": "第1局",
        "d2": "第2局",
    }
    with store._database.reading() as connection:
        event.listen(connection.engine, "before_cursor_execute", note)
    assert store.articles.unlisted(DAY).keys() == {"d0", "d1", "d2"}
    assert read == []
    elsewhere = Store(database_url)  # another process
    elsewhere.articles.change(drafts[1].seen, content(issuer="新局"), {"issuer": "新局"}, "li", NOW)
    assert store.articles.unlisted(DAY)["d1"].issuer == "新局"
    elsewhere.close()
    assert [("d0" in of, "d1" in of) for of in read] == [(False, True)]
    store.articles.discard(drafts[2].seen, "li", NOW)
    assert store.articles.unlisted(DAY)["d0"].issuer == "第0局"
    assert len(read) == 1
