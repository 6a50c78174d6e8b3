"""A database of the first version, with orders in it, is brought to the version in which orders come back."""

from __future__ import annotations

import json
from typing import Any

from alembic import command
from sqlalchemy import text

from copilot.store import Store
from copilot.store.schema import _config
from copilot.work_order import OrderStatus

AT = "2026-11-02 04:00:00"
SLOTS = ("kind", "title", "summary", "department")


def _fill(connection: Any) -> None:
    """One dispatched order with an answer, as the first version kept it."""
    for seq, name in enumerate(("call_started", "suggestion_decided"), start=1):
        connection.execute(
            text("INSERT INTO journal VALUES ('c1', :seq, :at, :name, :payload, '', '')"),
            {"seq": seq, "at": AT, "name": name, "payload": json.dumps({})},
        )
    connection.execute(
        text("INSERT INTO call VALUES ('c1', 'telephone', 'agent.li', '2026-11-02', '', '', :at, NULL, NULL, 2, '')"),
        {"at": AT},
    )
    connection.execute(text("INSERT INTO appeal VALUES ('c1', '1', :at)"), {"at": AT})
    decisions = [(slot, "agent") for slot in (*SLOTS, "answer")] + [("routing", "dispatcher")]
    for slot, role in decisions:
        connection.execute(
            text(
                "INSERT INTO decision VALUES ('c1', :id, 2, '1', :slot, 'accept', NULL, NULL, 'agent.li', :role, :at)"
            ),
            {"id": f"d-{slot}", "slot": "department" if slot == "routing" else slot, "role": role, "at": AT},
        )
    values = {
        "number": "YC-20261102-0001", "call_id": "c1", "appeal_id": "1", "seq": 2, "request_id": "r1", "kind": "求助",
        "title": "停水", "summary": "停水两天", "department": "市水务局", "filed_by": "agent.li", "filed_at": AT,
        "status": "dispatched", "dispatched_department": "市住建局", "routing_decision_id": "d-routing",
        "routing_reason": "属住建", "dispatched_by": "disp.wu", "dispatched_at": AT,
        **{f"{slot}_decision_id": f"d-{slot}" for slot in SLOTS},
    }  # fmt: skip
    columns = ", ".join(values)
    places = ", ".join(f":{name}" for name in values)
    connection.execute(text(f"INSERT INTO work_order ({columns}) VALUES ({places})"), values)
    connection.execute(
        text("INSERT INTO work_order_answer VALUES ('YC-20261102-0001', 1, 'c1', 'd-answer', 'p1', 'a1')")
    )


def test_orders_of_the_first_version_are_kept_with_how_they_went_out(database_url: str) -> None:
    store = Store(database_url)
    with store._database.writing() as connection:
        command.upgrade(_config(connection), "0001")
        _fill(connection)
    store.upgrade()
    store.check()
    (row,) = store.queries.work_orders(OrderStatus.DISPATCHED)
    assert row.dispatched is not None
    assert (row.title, row.dispatched.department, row.dispatched.by) == ("停水", "市住建局", "disp.wu")
    with store._database.writing() as connection:
        kept = connection.execute(text("SELECT number, department, reason FROM order_routing")).all()
        assert [tuple(found) for found in kept] == [("YC-20261102-0001", "市住建局", "属住建")]
        assert connection.execute(text("SELECT count(*) FROM work_order_answer")).scalar_one() == 1
        connection.execute(text("UPDATE work_order SET status = 'returned'"))
        if store._database.is_sqlite:
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    store.close()
