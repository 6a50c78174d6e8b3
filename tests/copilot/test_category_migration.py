"""A database with orders in it gets the category, and keeps everything that points to an order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from copilot.store import Store
from copilot.store.schema import _config
from copilot.work_order import OrderStatus

AT = "2026-11-02 04:00:00"
NUMBER = "YC-20261102-0001"
SLOTS = ("kind", "title", "summary", "department")
POINTING = ("work_order_answer", "order_routing", "order_return", "label_review", "label_issue")


def _insert(connection: Any, table: str, **values: Any) -> None:
    columns, places = ", ".join(f'"{name}"' for name in values), ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({places})"), values)


def _fill(connection: Any) -> None:
    """An order that went out, came back and was reviewed, as revision 0006 keeps it."""
    of_call = {"call_id": "c1", "seq": 2}
    for seq in (1, 2):
        row = {"call_id": "c1", "seq": seq, "at": AT, "name": "x", "payload": json.dumps({})}
        _insert(connection, "journal", **row, previous_hash="", hash="")
    call = {"call_id": "c1", "channel": "telephone", "agent": "agent.li", "day": "2026-11-02", "area": ""}
    _insert(connection, "call", **call, recording="", started_at=AT, last_seq=2, last_hash="")
    _insert(connection, "appeal", call_id="c1", appeal_id="1", opened_at=AT)
    for slot, role in [(slot, "agent") for slot in (*SLOTS, "answer", "category")] + [("routing", "dispatcher")]:
        made = {"decision_id": f"d-{slot}", "appeal_id": "1", "slot": slot, "verdict": "accept", "by": "agent.li"}
        _insert(connection, "decision", **of_call, **made, role=role, at=AT)
    order = {
        "number": NUMBER, "appeal_id": "1", "request_id": "r1", "kind": "求助", "title": "停水",
        "summary": "停水两天", "department": "市水务局", "filed_by": "agent.li", "filed_at": AT, "status": "returned",
        "dispatched_department": "市住建局", "routing_decision_id": "d-routing", "routing_reason": "属住建",
        "dispatched_by": "disp.wu", "dispatched_at": AT, **{f"{slot}_decision_id": f"d-{slot}" for slot in SLOTS},
    }  # fmt: skip
    _insert(connection, "work_order", **of_call, **order)
    answered = {"number": NUMBER, "position": 1, "call_id": "c1", "decision_id": "d-answer"}
    _insert(connection, "work_order_answer", **answered, passage_id="p1", article_id="a1")
    sent = {"decision_id": "d-routing", "number": NUMBER, "department": "市住建局", "reason": "", "by": "disp.wu"}
    _insert(connection, "order_routing", **of_call, **sent, at=AT)
    back = {"return_id": "b1", "routing_id": "d-routing", "code": "x", "disputes_duty": True, "reason": ""}
    _insert(connection, "order_return", **of_call, **back, by="disp.wu", at=AT)
    review = {"review_id": "v1", "number": NUMBER, "verdict": "accept", "department": "市水务局", "reason": ""}
    _insert(connection, "label_review", **of_call, **review, by="eva.sun", at=AT)
    doubt = {"number": NUMBER, "position": 1, "given": "甲", "likelier": "乙", "self_confidence": 0.1}
    _insert(connection, "label_issue", **doubt, likelier_probability=0.8, alike="[]", router="r", found_at=AT)


@pytest.fixture
def upgraded(database_url: str) -> Any:
    store = Store(database_url)
    with store._database.writing() as connection:
        command.upgrade(_config(connection), "0006")
        _fill(connection)
    store.upgrade()
    yield store
    store.close()


def test_orders_and_all_that_points_to_them_are_kept(upgraded: Store) -> None:
    upgraded.check()
    (row,) = upgraded.queries.work_orders(OrderStatus.RETURNED)
    assert (row.number, row.title, row.category) == (NUMBER, "停水", None)
    with upgraded._database.reading() as connection:
        for table in POINTING:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 1, table
        if upgraded._database.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
            assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


@pytest.mark.parametrize("decision", [None, "d-nobody"])
def test_the_database_refuses_a_category_that_nobody_decided(upgraded: Store, decision: str | None) -> None:
    change = text("UPDATE work_order SET category = '{}', category_decision_id = :decision")
    with pytest.raises(IntegrityError), upgraded._database._engine.begin() as connection:
        connection.execute(change, {"decision": decision})


def test_a_category_that_a_person_decided_is_kept_with_the_order(upgraded: Store) -> None:
    value = json.dumps({"code": "0101", "path": ["供水", "停水"]}, ensure_ascii=False)
    with upgraded._database.writing() as connection:
        connection.execute(
            text("UPDATE work_order SET category = :value, category_decision_id = 'd-category'"), {"value": value}
        )
    (row,) = upgraded.queries.work_orders(OrderStatus.RETURNED)
    assert row.category is not None
    assert row.category.path == ("供水", "停水")


def test_an_order_still_cannot_go_while_others_point_to_it(upgraded: Store) -> None:
    with pytest.raises(IntegrityError), upgraded._database._engine.begin() as connection:
        connection.execute(text("DELETE FROM work_order"))
