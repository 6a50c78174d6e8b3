"""The whole way round: call, order, dispatch, return, another department, label, training, a router that learned."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_parts import told as run
from sample_orders import orders

from copilot.appeal import AppealKind
from copilot.call import Call, Channel, Speaker, Utterance
from copilot.dispatch import Routing, decide_routing
from copilot.errors import BadInput
from copilot.events import AppealOpened, CallStarted, SuggestionDecided, SuggestionMade, UtteranceHeard, WorkOrderFiled
from copilot.label_review import LabelReview, review_label
from copilot.returns import OrderReturn, record_return
from copilot.store import Store
from copilot.suggestion import Choice, Confirmed, Decision, Slot, Suggestion, Verdict
from copilot.work_order import WorkOrder
from knowledge_base import sample as city
from knowledge_base.catalogue.file import load_catalogue, load_gazetteer
from models.routers.files import load_router
from models.sentence_embedder import load_embedder

NOON = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
DAY = date(2026, 11, 2)
CATALOGUE = load_catalogue(city.departments(), load_gazetteer(city.areas()))
PHONE = "13812345678"
_EACH = 14


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOTLINE_EMBEDDER", "hashing")
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{tmp_path / 'hotline.db'}")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def said() -> dict[str, list[str]]:
    """What citizens said to four departments, one text of each group of near-duplicates."""
    rows = {row["dup_group"]: row for row in orders()}
    found: dict[str, list[str]] = {}
    for row in rows.values():
        found.setdefault(row["dept_label"], []).append(row["text"])
    often = sorted(found, key=lambda name: -len(found[name]))[:3]
    return {name: found[name][:_EACH] for name in often}


def file_order(store: Store, call_id: str, text: str, suggested: str, chosen: str | None = None) -> WorkOrder:
    """A call in which a citizen said ``text``; the agent took ``suggested``, or ``chosen`` instead."""
    call = Call(call_id, Channel.RECORDING, "agent.li", DAY, "云川市")
    heard = Utterance("u1", Speaker.CITIZEN, text, 0.0, 2.0, "1")
    greeting = Utterance("u2", Speaker.AGENT, "您好，请问有什么可以帮您？", 2.0, 3.0, "1")
    ranking = Suggestion(Slot.DEPARTMENT, (Choice(suggested, 0.8),), {"router": "old"})
    department = chosen or suggested
    verdict = Verdict.ACCEPT if department == suggested else Verdict.AMEND
    values: dict[Slot, Any] = {Slot.KIND: AppealKind.HELP, Slot.TITLE: "标题", Slot.SUMMARY: f"请{department}处理。"}
    decisions = [Decision("d-department", "1", Slot.DEPARTMENT, verdict, "s1", department, "agent.li")]
    decisions += [Decision(f"d-{s}", "1", s, Verdict.AMEND, None, value, "agent.li") for s, value in values.items()]
    confirmed: dict[str, Confirmed[Any]] = {d.slot.value: d.confirmed(NOON) for d in decisions}
    store.journal.append(
        call_id,
        [
            CallStarted(call),
            AppealOpened("1", ""),
            UtteranceHeard(heard),
            UtteranceHeard(greeting),
            SuggestionMade("s1", "1", ranking, (), 2.0),
            *(SuggestionDecided(decision) for decision in decisions),
        ],
        NOON,
    )
    number = store.journal.next_order_number(DAY)
    order = WorkOrder(number, call_id, "1", filed_by="agent.li", filed_at=NOON, **confirmed)
    store.journal.append(call_id, [WorkOrderFiled(f"r-{call_id}", order)], NOON)
    return order


def send(store: Store, order: WorkOrder, routing_id: str, department: str = "", reason: str = "") -> None:
    verdict = Verdict.AMEND if department else Verdict.ACCEPT
    routing = Routing(routing_id, verdict, "disp.wu", department, reason)
    decide_routing(store.journal, CATALOGUE, order.call_id, order.number, routing, NOON, DAY)


def send_back(store: Store, order: WorkOrder, routing_id: str, code: str = "not_our_duty") -> None:
    given = OrderReturn(f"b-{routing_id}", routing_id, code, "disp.wu")
    record_return(store.journal, order.call_id, order.number, given, NOON + timedelta(days=1))


def work_of_a_day(store: Store, said: dict[str, list[str]], skip: Sequence[str] = ()) -> None:
    """Orders of each department but ``skip`` that the agent and the dispatcher agreed on."""
    for name, texts in said.items():
        for n, text in enumerate(texts if name not in skip else []):
            send(store, file_order(store, f"{name}-{n}", text, name), "r1")


def test_a_router_learns_where_returned_orders_went_in_the_end(
    store: Store, said: dict[str, list[str]], tmp_path: Path
) -> None:
    wrong, *_, right = said
    work_of_a_day(store, said, skip=[right])
    for n, text in enumerate(said[right]):
        order = file_order(store, f"moved-{n}", f"{text}{PHONE if n == 0 else ''}", wrong)
        send(store, order, "r1")
        send_back(store, order, "r1")
        send(store, order, "r2", right, "三定方案")
    printed = run("train", "routing", "--from-journal", "--out", tmp_path / "router", "--issues", tmp_path / "i.csv")
    assert "settled_after_return" in printed
    router = load_router(tmp_path / "router", load_embedder("hashing", tmp_path, 1))
    ranked = [router.rank(f"你好，{text}麻烦了").choices[0].label for text in said[right]]
    assert ranked.count(right) >= _EACH - 1, ranked
    assert wrong not in ranked
    card = (tmp_path / "router" / "card.md").read_text(encoding="utf-8")
    assert f"{_EACH} settled_after_return (weight 0.95)" in card
    assert "accepted_unchanged (weight 0.5)" in card
    for path in (tmp_path / "router").iterdir():
        assert PHONE.encode() not in path.read_bytes()


def test_labels_are_exported_masked_with_who_stands_behind_them(
    store: Store, said: dict[str, list[str]], tmp_path: Path
) -> None:
    first, second, third = said
    agreed = file_order(store, "agreed", f"路灯不亮，我叫王小明，电话{PHONE}", second, chosen=first)
    send(store, agreed, "r1")
    overridden = file_order(store, "overridden", "=公交车不停站", first)
    send(store, overridden, "r1", second, "属交通")
    moved = file_order(store, "moved", "小区停水", first)
    send(store, moved, "r1")
    send_back(store, moved, "r1")
    send(store, moved, "r2", third, "属水务")
    upheld = file_order(store, "upheld", "广场太吵", first)
    send(store, upheld, "r1")
    send_back(store, upheld, "r1")
    send(store, upheld, "r2", first, "异议不成立")
    waiting = file_order(store, "waiting", "垃圾没人收", first)
    send(store, waiting, "r1")
    send_back(store, waiting, "r1")
    incomplete = file_order(store, "incomplete", "有人乱停车", first)
    send(store, incomplete, "r1")
    send_back(store, incomplete, "r1", "incomplete")
    file_order(store, "only", "想问公积金", first)
    printed = run("labels", "export", "--out", tmp_path / "labels.csv", "--since", "2026-11-01")
    assert "6 labels" in printed
    raw = (tmp_path / "labels.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = {row["call_id"]: row for row in csv.DictReader(raw.decode("utf-8-sig").splitlines())}
    assert {name: (row["dept_label"], row["source"], row["not_departments"]) for name, row in rows.items()} == {
        "agreed": (first, "agent_and_dispatcher", ""),
        "overridden": (second, "dispatcher_override", ""),
        "moved": (third, "settled_after_return", first),
        "upheld": (first, "settled_after_return", ""),
        "incomplete": (first, "accepted_unchanged", ""),
        "only": (first, "agent_only", ""),
    }
    assert rows["agreed"]["text"] == "路灯不亮，我叫王**，电话138****5678"
    assert rows["overridden"]["text"].startswith("'=")
    assert "您好" not in rows["only"]["text"]
    assert "0 labels" in run("labels", "export", "--out", tmp_path / "none.csv", "--until", "2026-11-01")


def test_too_few_labels_are_refused_and_the_router_stays(store: Store, tmp_path: Path) -> None:
    send(store, file_order(store, "c1", "小区停水两天", CATALOGUE.departments[0].name), "r1")
    (tmp_path / "router").mkdir()
    with pytest.raises(BadInput, match=r"1 labels of 1 departments.*Add a labelled table with --data"):
        run("train", "routing", "--from-journal", "--out", tmp_path / "router")
    assert list((tmp_path / "router").iterdir()) == []


def test_a_window_without_the_journal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="Add --from-journal"):
        run("train", "routing", "--duties", city.departments(), "--since", "2026-01-01", "--out", tmp_path / "router")


@pytest.fixture
def table(said: dict[str, list[str]], tmp_path: Path) -> Callable[..., Path]:
    """A labelled table of the sample's appeals; ``wrong`` rows are given the next department."""

    def write(wrong: int = 0) -> Path:
        names = list(said)
        rows = [(text, name) for name in names for text in said[name]]
        for row in range(wrong):
            text, name = rows[row * _EACH]
            rows[row * _EACH] = (text, names[(names.index(name) + 1) % len(names)])
        path = tmp_path / "table.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([("text", "dept_label"), *rows])
        return path

    return write


def test_the_journal_s_labels_are_added_to_a_table(
    store: Store, said: dict[str, list[str]], table: Callable[..., Path], tmp_path: Path
) -> None:
    name = next(iter(said))
    send(store, file_order(store, "c1", "小区停水两天了没人管", name), "r1")
    known, router = table(), tmp_path / "router"
    printed = run("train", "routing", "--from-journal", "--data", known, "--out", router)
    assert f"Learning from {3 * _EACH + 1} labelled orders" in printed
    again = run("evaluate", "routing", "--model", router, "--data", known, "--rounds", "100")
    assert "These are the very orders" in again
    assert "1 accepted_unchanged" in (tmp_path / "router" / "card.md").read_text(encoding="utf-8")


def test_wrong_labels_are_listed_for_people(table: Callable[..., Path], tmp_path: Path) -> None:
    run("train", "routing", "--data", table(wrong=2), "--out", tmp_path / "router", "--issues", tmp_path / "issues.csv")
    with (tmp_path / "issues.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["key"]: row for row in csv.DictReader(file)}
    assert {"row 2", f"row {_EACH + 2}"} <= rows.keys()
    assert len(rows) < 20
    assert rows["row 2"]["likelier"] != rows["row 2"]["dept_label"]


def test_what_an_evaluator_reviewed_is_the_label_and_is_not_asked_again(
    store: Store, said: dict[str, list[str]], tmp_path: Path
) -> None:
    wrong, *_, right = said
    work_of_a_day(store, said)
    mislabelled = file_order(store, "wrong", said[right][-1] + "，请尽快", wrong)
    send(store, mislabelled, "r1")
    run("train", "routing", "--from-journal", "--out", tmp_path / "router")
    raised = {issue.issue.number: issue for issue in store.labels.open_issues()}
    assert raised[mislabelled.number].issue.alike[0].endswith(right)
    review = LabelReview("v1", Verdict.AMEND, "eval.sun", right, "看错了")
    now = datetime.now(UTC)
    review_label(store.journal, CATALOGUE, "wrong", mislabelled.number, review, now)
    assert mislabelled.number not in {issue.issue.number for issue in store.labels.open_issues()}
    run("train", "routing", "--from-journal", "--out", tmp_path / "router")
    assert mislabelled.number not in {issue.issue.number for issue in store.labels.open_issues()}
    assert "1 reviewed (weight 1.0)" in (tmp_path / "router" / "card.md").read_text(encoding="utf-8")
