"""Editions of the catalogue in a real database: who may do what, and what the database itself refuses."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from copilot.errors import BadInput, Conflict, HotlineError, NotAllowed, NotFound
from copilot.store import CatalogueEditions, Edition, EditionState, Store

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
POLICE = {"name": "市公安局", "area": "云川市", "duties": [{"text": "居住证", "legal_basis": "", "phrases": []}]}
DATA = {"name": "市大数据局", "area": "云川市", "duties": [{"text": "政务网站", "legal_basis": "", "phrases": []}]}


@pytest.fixture
def editions(store: Store) -> CatalogueEditions:
    store.catalogue.adopt({"departments": [POLICE]}, "d1", "departments.json", NOON, DAY)
    return store.catalogue


def draft(editions: CatalogueEditions, *people: str) -> Edition:
    """A draft on which each of ``people`` made one edit; the first began it."""
    edition = editions.begin(people[0], NOON)
    for number, by in enumerate(people):
        document = {"departments": [POLICE, {**DATA, "telephone": str(number)}]}
        edition = editions.change(edition.number, edition.revision, document, [{"do": "add"}], by, NOON)
    return edition


def submitted(editions: CatalogueEditions, *people: str, day: date = DAY) -> Edition:
    made = draft(editions, *people)
    return editions.submit(made.number, made.revision, "d2", day, people[-1], NOON)


def test_the_configured_file_is_the_first_edition_and_is_recorded_as_imported(store: Store) -> None:
    first = store.catalogue.adopt({"departments": [POLICE]}, "d1", "departments.json", NOON, DAY)
    assert (first.number, first.state, first.origin, first.digest) == (1, EditionState.APPROVED, "imported", "d1")
    assert store.catalogue.in_force(DAY) == first
    assert store.catalogue.in_force(DAY - timedelta(1)) is None
    (line,) = store.accounts.audit()
    assert (line.action, line.by, line.detail) == ("catalogue_imported", "console", "edition 1, d1")


def test_a_file_is_not_adopted_over_what_people_made(editions: CatalogueEditions) -> None:
    made = submitted(editions, "li")
    editions.approve(made.number, made.revision, "wang", NOON, DAY)
    with pytest.raises(Conflict, match="edited in the database already"):
        editions.adopt({"departments": [POLICE]}, "d9", "departments.json", NOON, DAY)


def test_an_edition_goes_from_draft_to_being_in_force_and_each_step_is_audited(store: Store, editions: Any) -> None:
    made = submitted(editions, "li")
    assert editions.in_force(DAY).number == 1
    done = editions.approve(made.number, made.revision, "wang", NOON, DAY)
    assert (done.state, done.checked_by, done.effective_from) == (EditionState.APPROVED, "wang", DAY)
    assert editions.in_force(DAY) == done
    assert editions.being_made() is None
    assert editions.document(2)["departments"][1]["name"] == "市大数据局"
    actions = [line.action.removeprefix("catalogue_") for line in store.accounts.audit()]
    assert actions == ["imported", "begun", "edited", "submitted", "approved"]
    assert store.verify() == []


def test_nobody_who_took_part_in_making_an_edition_may_check_it(editions: CatalogueEditions) -> None:
    made = submitted(editions, "li", "zhao")
    for maker in ("li", "zhao"):
        with pytest.raises(NotAllowed, match=f"{maker} took part in making edition 2. Another person"):
            editions.approve(made.number, made.revision, maker, NOON, DAY)
        with pytest.raises(NotAllowed):
            editions.refuse(made.number, made.revision, maker, NOON, "nein")
    assert editions.approve(made.number, made.revision, "wang", NOON, DAY).checked_by == "wang"


def test_the_second_of_two_people_who_edited_the_same_revision_gets_a_clear_conflict(
    editions: CatalogueEditions,
) -> None:
    seen = draft(editions, "li")
    changed = editions.change(seen.number, seen.revision, {"departments": [POLICE]}, [], "li", NOON)
    with pytest.raises(Conflict, match="li changed edition 2 meanwhile: it is at revision 2, you saw 1"):
        editions.change(seen.number, seen.revision, {"departments": [POLICE, DATA]}, [], "zhao", NOON)
    assert editions.document(2) == {"departments": [POLICE]}
    with pytest.raises(Conflict):
        editions.submit(seen.number, seen.revision, "d2", DAY, "zhao", NOON)
    assert [line.by for line in editions.edits(2)] == ["li", "li"]
    assert editions.get(2) == changed


def test_there_is_one_draft_at_a_time(editions: CatalogueEditions) -> None:
    draft(editions, "li")
    with pytest.raises(Conflict, match="Edition 2 is being made already by li"):
        editions.begin("zhao", NOON)


def test_an_edition_of_a_later_day_comes_into_force_on_that_day(editions: CatalogueEditions) -> None:
    later = DAY + timedelta(30)
    made = submitted(editions, "li", day=later)
    editions.approve(made.number, made.revision, "wang", NOON, DAY)
    numbers = {day: found.number for day in (DAY, later, later + timedelta(1)) if (found := editions.in_force(day))}
    assert numbers == {DAY: 1, later: 2, later + timedelta(1): 2}


def test_an_edition_that_was_checked_late_comes_into_force_on_the_day_it_was_approved(
    editions: CatalogueEditions,
) -> None:
    made = submitted(editions, "li")
    assert editions.approve(2, made.revision, "wang", NOON, DAY + timedelta(3)).effective_from == DAY + timedelta(3)


def test_no_edition_overtakes_one_that_was_approved_before_it(editions: CatalogueEditions) -> None:
    later = DAY + timedelta(30)
    made = submitted(editions, "li", day=later)
    editions.approve(made.number, made.revision, "wang", NOON, DAY)
    urgent = draft(editions, "li")
    with pytest.raises(BadInput, match=r"Edition 2 comes into force on 2026-12-02\. Take that day or a later one"):
        editions.submit(urgent.number, urgent.revision, "d3", DAY, "li", NOON)
    with pytest.raises(Conflict, match="Edition 3 began from edition 2"):
        editions.withdraw(2, made.revision, "wang", NOON, DAY)
    editions.discard(urgent.number, urgent.revision, "li", NOON)
    assert editions.withdraw(2, made.revision, "wang", NOON, DAY).state is EditionState.WITHDRAWN
    found = editions.in_force(later)
    assert found is not None
    assert found.number == 1


def test_an_edition_in_force_is_not_withdrawn(editions: CatalogueEditions) -> None:
    with pytest.raises(Conflict, match="Make another edition that corrects it"):
        editions.withdraw(1, 0, "wang", NOON, DAY)


def test_a_refusal_needs_a_reason_and_its_maker_can_begin_again_from_it(editions: CatalogueEditions) -> None:
    made = submitted(editions, "li")
    with pytest.raises(BadInput, match="Say why"):
        editions.refuse(made.number, made.revision, "wang", NOON, " ")
    refused = editions.refuse(made.number, made.revision, "wang", NOON, "电话缺")
    assert (refused.state, refused.reason) == (EditionState.REFUSED, "电话缺")
    again = editions.begin("zhao", NOON, copy_of=2)
    assert editions.document(again.number) == editions.document(2)
    assert (again.base, [line.by for line in editions.edits(again.number)]) == (1, ["li"])
    sent = editions.submit(again.number, again.revision, "d2", DAY, "zhao", NOON)
    with pytest.raises(NotAllowed, match="li took part"):  # it is still li's work
        editions.approve(sent.number, sent.revision, "li", NOON, DAY)


def test_a_submitted_edition_is_not_edited_until_it_is_taken_back(editions: CatalogueEditions) -> None:
    made = submitted(editions, "li")
    with pytest.raises(Conflict, match="Edition 2 is submitted, not draft any more"):
        editions.change(2, made.revision, {"departments": []}, [], "li", NOON)
    assert editions.take_back(2, made.revision, "li", NOON).state is EditionState.DRAFT
    assert editions.change(2, made.revision, {"departments": [DATA]}, [], "li", NOON).digest == ""


def test_an_edition_that_there_is_not_is_said_to_be_so(editions: CatalogueEditions) -> None:
    with pytest.raises(NotFound, match="no edition 9"):
        editions.get(9)
    with pytest.raises(NotFound):
        editions.document(9)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE catalogue_edition SET checked_by = 'li' WHERE number = 2",
        "UPDATE catalogue_edition SET checked_by = 'zhao' WHERE number = 2",
        "UPDATE catalogue_edition SET state = 'approved', open = NULL WHERE number = 2",
        "UPDATE catalogue_edition SET document = '{}' WHERE number = 1",
        "UPDATE catalogue_edition SET document = '{}' WHERE number = 2",
        "UPDATE catalogue_edition SET state = 'refused' WHERE number = 2",
        "DELETE FROM catalogue_edition WHERE number = 2",
        "UPDATE catalogue_edit SET \"by\" = 'wang'",
        "DELETE FROM catalogue_edit",
    ],
)
def test_the_database_itself_refuses_what_must_never_happen(store: Store, editions: Any, statement: str) -> None:
    submitted(editions, "li", "zhao")
    with pytest.raises(HotlineError), store._database.writing() as connection:
        connection.execute(text(statement))


def test_the_database_itself_refuses_to_change_an_edition_that_was_refused(store: Store, editions: Any) -> None:
    made = submitted(editions, "li")
    editions.refuse(2, made.revision, "wang", NOON, "电话缺")
    with pytest.raises(HotlineError), store._database.writing() as connection:
        connection.execute(text("UPDATE catalogue_edition SET reason = '' WHERE number = 2"))


def test_whoever_sent_an_edition_that_was_refused_may_not_check_its_copy(editions: CatalogueEditions) -> None:
    made = draft(editions, "li")
    sent = editions.submit(made.number, made.revision, "d2", DAY, "chen", NOON)
    refused = editions.refuse(sent.number, sent.revision, "wang", NOON, "Which telephone?")
    again = editions.begin("zhao", NOON, copy_of=refused.number)
    again = editions.submit(again.number, again.revision, "d3", DAY, "zhao", NOON)
    for maker in ("li", "chen", "zhao"):
        with pytest.raises(NotAllowed, match=f"{maker} took part"):
            editions.approve(again.number, again.revision, maker, NOON, DAY)
    assert editions.edits(again.number)[0].edits == ({"do": "add"},)
    assert editions.approve(again.number, again.revision, "wang", NOON, DAY).checked_by == "wang"
