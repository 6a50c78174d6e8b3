"""A service that speaks docs/wire.md from a script: what is "heard" depends only on how much sound has come.

It exists so that the desks can be tested in a browser without weights and to the word: interim text, emergencies,
superseded suggestions, abstention and broken sockets happen exactly where the script says. Run it to look at the desks:
``python tests/web/scripted_service.py 8099`` and log in as ``demo`` with any password.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "api" / "web"
SCRIPT = json.loads((Path(__file__).parent / "script.json").read_text(encoding="utf-8"))
SAMPLE = ROOT / "knowledge_base" / "sample"
RATE = 16000
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ACCOUNT = {"name": "demo", "display_name": "演示账号", "roles": ["agent", "dispatcher", "evaluator"]}
REQUIRED = ("department", "kind", "title", "summary")
SECURITY = {"Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'"}


class ScriptedCall:
    """The journal of one call, and the sockets that watch it."""

    def __init__(self, call_id: str, recording: str, area: str) -> None:
        self.call = {
            "call_id": call_id,
            "channel": "recording",
            "agent": "demo",
            "day": "2026-11-22",
            "area": area,
            "recording": recording,
        }
        self.steps: list[dict[str, Any]] = list(SCRIPT["recordings"][recording]["steps"])
        self.events: list[dict[str, Any]] = []
        self.watchers: list[WebSocket] = []
        self.heard = 0.0
        self.bytes = 0
        self.done = 0
        self.decided: set[str] = set()
        self.confirmed: dict[str, dict[str, Any]] = {}
        self.orders: list[dict[str, Any]] = []
        self.ended = False

    async def show(self, frame: dict[str, Any]) -> None:
        for socket in list(self.watchers):
            try:
                await socket.send_text(json.dumps(frame, ensure_ascii=False))
            except (RuntimeError, WebSocketDisconnect):
                self.watchers.remove(socket)

    async def record(self, name: str, data: dict[str, Any]) -> int:
        at = (NOW + timedelta(seconds=self.heard)).isoformat()
        event = {"type": "event", "seq": len(self.events) + 1, "at": at, "name": name, "data": data}
        self.events.append(event)
        await self.show(event)
        return len(self.events)

    async def hear(self, seconds: float) -> None:
        self.heard = max(self.heard, seconds)
        while self.done < len(self.steps) and self.steps[self.done]["at"] <= self.heard:
            step = self.steps[self.done]
            self.done += 1
            await self.play(step)

    async def play(self, step: dict[str, Any]) -> None:
        if step.get("break"):
            for socket in list(self.watchers):
                await socket.close(1012)
            self.watchers.clear()
        elif "interim" in step:
            await self.show({"type": "interim", **step["interim"]})
        elif "lag" in step:
            await self.show({"type": "lag", "seconds": step["lag"]})
        else:
            await self.record(step["name"], step["data"])

    async def hang_up(self) -> None:
        if not self.ended:
            self.ended = True
            await self.record("call_ended", {"seconds": round(self.heard, 1)})

    @property
    def heard_until(self) -> dict[str, float]:
        said = [e["data"]["utterance"] for e in self.events if e["name"] == "utterance_heard"]
        return {s: max((u["end"] for u in said if u["speaker"] == s), default=0.0) for s in ("citizen", "agent")}

    def suggestion(self, suggestion_id: str | None) -> dict[str, Any] | None:
        made = (e["data"] for e in self.events if e["name"] == "suggestion_made")
        return next((m for m in made if m["suggestion_id"] == suggestion_id), None)


CALLS: dict[str, ScriptedCall] = {}
ROUTINGS: dict[str, dict[str, Any]] = {}


def refused(status: int, kind: str, message: str) -> JSONResponse:
    return JSONResponse({"error": {"type": kind, "message": message}}, status)


async def begin(request: Request) -> JSONResponse:
    body = await request.json()
    area = "云川市" + (f"/{body['district']}" if body.get("district") else "")
    call = ScriptedCall(f"c{len(CALLS) + 1}", body["recording"], area)
    CALLS[call.call["call_id"]] = call
    await call.record("call_started", {"call": call.call})
    await call.record("appeal_opened", {"appeal_id": "1", "cue": ""})
    return JSONResponse(call.call, 201)


async def calls(_: Request) -> JSONResponse:
    rows = [{**c.call, "started_at": c.events[0]["at"], "ended_at": c.events[-1]["at"] if c.ended else None} for c in CALLS.values()]
    return JSONResponse({"calls": rows[::-1]})


async def events(request: Request) -> JSONResponse:
    call = CALLS.get(request.path_params["call_id"])
    if call is None:
        return refused(404, "not_found", "没有这个通话。请从列表中选择。")
    return JSONResponse({"events": call.events[int(request.query_params.get("after", 0)) :]})


async def decide(request: Request) -> JSONResponse:
    call = CALLS[request.path_params["call_id"]]
    body = await request.json()
    suggestion_id = body.get("suggestion_id")
    if suggestion_id in call.decided:
        return refused(409, "already_decided", "该建议已被处理。")
    made = call.suggestion(suggestion_id)
    value = body.get("value")
    if body["verdict"] == "accept" and made:
        value = made["suggestion"]["choices"][0]["value"]
    if suggestion_id:
        call.decided.add(suggestion_id)
    decision = {"reason": "", **body, "suggestion_id": suggestion_id, "value": value, "by": ACCOUNT["name"]}
    if body["verdict"] != "reject" and body["slot"] != "answer":
        given = {"value": value, "by": "demo", "at": NOW.isoformat()}
        call.confirmed.setdefault(body["appeal_id"], {})[body["slot"]] = given
    return JSONResponse({"seq": await call.record("suggestion_decided", {"decision": decision}), "decision": decision})


async def file(request: Request) -> JSONResponse:
    call = CALLS[request.path_params["call_id"]]
    body = await request.json()
    confirmed = call.confirmed.get(body["appeal_id"], {})
    if any(slot not in confirmed for slot in REQUIRED):
        return refused(409, "not_confirmed", "还有必填项未确认。")
    number = f"YC-20261122-{1 + sum(len(c.orders) for c in CALLS.values()):04d}"
    order = {
        "number": number,
        "call_id": call.call["call_id"],
        "appeal_id": body["appeal_id"],
        "filed_by": "demo",
        "filed_at": datetime.now(UTC).isoformat(),
        **confirmed,
    }
    call.orders.append(order)
    await call.record("work_order_filed", {"request_id": body["request_id"], "order": order})
    return JSONResponse(order, 201)


async def open_appeal(request: Request) -> JSONResponse:
    call = CALLS[request.path_params["call_id"]]
    number = str(1 + sum(e["name"] == "appeal_opened" for e in call.events))
    return JSONResponse({"appeal_id": number, "seq": await call.record("appeal_opened", {"appeal_id": number, "cue": ""})})


async def end(request: Request) -> JSONResponse:
    call = CALLS[request.path_params["call_id"]]
    await call.hang_up()
    return JSONResponse({"ended": True, "seq": len(call.events)})


async def live(socket: WebSocket) -> None:
    call = CALLS[socket.path_params["call_id"]]
    await socket.accept()
    hello = {"type": "hello", "call": call.call, "seq": len(call.events), "heard_until": call.heard_until}
    await socket.send_json({**hello, "ended": call.ended})
    for event in call.events[int(socket.query_params.get("after", 0)) :]:
        await socket.send_json(event)
    call.watchers.append(socket)
    try:
        await listen(socket, call)
    except (WebSocketDisconnect, RuntimeError, KeyError):
        pass
    finally:
        if socket in call.watchers:
            call.watchers.remove(socket)


async def listen(socket: WebSocket, call: ScriptedCall) -> None:
    begins = 0.0
    received = 0
    while True:
        message = await socket.receive()
        if message["type"] == "websocket.disconnect":
            return
        if message.get("bytes"):
            received += len(message["bytes"])
            call.bytes += len(message["bytes"])
            await call.hear(begins + received / 4 / RATE)
        elif (said := json.loads(message["text"]))["type"] == "listen":
            begins = min(said.get("from", {"citizen": 0.0}).values())
            received = 0
        elif said["type"] == "hang_up":
            await call.hang_up()


def listed_orders() -> list[dict[str, Any]]:
    return [described(order, call) for call in CALLS.values() for order in call.orders] + SCRIPT["orders"]


def described(order: dict[str, Any], call: ScriptedCall) -> dict[str, Any]:
    values = {slot: given["value"] for slot, given in order.items() if isinstance(given, dict)}
    data = [e["data"] for e in call.events]
    here = [d for d in data if d.get("appeal_id", order["appeal_id"]) == order["appeal_id"]]
    made = [d["suggestion"] for d in here if "suggestion" in d and d["suggestion"]["slot"] == "department"]
    said = [d["utterance"] for d in data if d.get("utterance", {}).get("appeal_id") == order["appeal_id"]]
    flagged = [d["category"] for d in here if "category" in d]
    plain = {key: order[key] for key in ("number", "call_id", "appeal_id", "filed_by", "filed_at")}
    missing = {"urgency": None, "place": None, "occurred": "", "co_departments": [], "status": "filed", "dispatched": None}
    ranking = made[-1] if made else None
    return {**missing, **plain, **values, "flagged": flagged, "ranking": ranking, "transcript": said, "order": order}


async def orders(request: Request) -> JSONResponse:
    wanted = request.query_params["status"]
    rows = [{**o, **ROUTINGS.get(o["number"], {})} for o in listed_orders()]
    return JSONResponse({"orders": [o for o in rows if o.get("status", "filed") == wanted]})


async def order(request: Request) -> JSONResponse:
    found = next(o for o in listed_orders() if o["number"] == request.path_params["number"])
    return JSONResponse({**found, **ROUTINGS.get(found["number"], {})})


async def route(request: Request) -> JSONResponse:
    number = request.path_params["number"]
    body = await request.json()
    found = next(o for o in listed_orders() if o["number"] == number)
    name = body.get("department") or found["department"]
    sent = {"department": name, "by": "demo", "at": NOW.isoformat(), "reason": body.get("reason", "")}
    ROUTINGS[number] = {"status": "dispatched", "dispatched": sent}
    return JSONResponse({**found, **ROUTINGS[number]})


async def audio(request: Request) -> Response:
    seconds = SCRIPT["recordings"][request.path_params["id"]]["seconds"]
    time = np.arange(int(seconds * RATE)) / RATE
    sound = 0.02 * np.stack([np.sin(2 * np.pi * 220 * time), np.sin(2 * np.pi * 330 * time)], axis=1)
    file = io.BytesIO()
    soundfile.write(file, sound, RATE, format="FLAC")
    return Response(file.getvalue(), media_type="audio/flac")


async def recordings(_: Request) -> JSONResponse:
    rows = [{"id": k, "title": r["title"], "seconds": r["seconds"]} for k, r in SCRIPT["recordings"].items()]
    return JSONResponse({"recordings": rows})


async def status(_: Request) -> JSONResponse:
    """What a test may ask: how much sound came, per call."""
    return JSONResponse({k: {"bytes": c.bytes, "heard": c.heard, "events": c.events} for k, c in CALLS.items()})


async def login(_: Request) -> JSONResponse:
    answer = JSONResponse(ACCOUNT)
    answer.set_cookie("session", "demo", httponly=True, samesite="strict")
    return answer


async def me(request: Request) -> JSONResponse:
    if request.cookies.get("session") != "demo":
        return refused(401, "not_logged_in", "请先登录。")
    return JSONResponse(ACCOUNT)


async def logout(_: Request) -> JSONResponse:
    answer = JSONResponse({})
    answer.delete_cookie("session")
    return answer


def sample(name: str) -> Any:
    return json.loads((SAMPLE / name).read_text(encoding="utf-8"))


def page(name: str) -> Any:
    async def show(_: Request) -> FileResponse:
        return FileResponse(WEB / name, headers=SECURITY)

    return show


async def departments(_: Request) -> JSONResponse:
    return JSONResponse(sample("departments.json"))


async def areas(_: Request) -> JSONResponse:
    return JSONResponse(sample("areas.json"))


async def evaluation(_: Request) -> JSONResponse:
    return JSONResponse(SCRIPT["evaluation"])


ROUTES = [
    Route("/", page("index.html")),
    *[Route(f"/{desk}", page(f"{desk}.html")) for desk in ("agent", "dispatcher", "evaluator")],
    Mount("/static", StaticFiles(directory=WEB)),
    Route("/api/login", login, methods=["POST"]),
    Route("/api/logout", logout, methods=["POST"]),
    Route("/api/me", me),
    Route("/api/calls", begin, methods=["POST"]),
    Route("/api/calls", calls),
    Route("/api/calls/{call_id}/events", events),
    Route("/api/calls/{call_id}/decisions", decide, methods=["POST"]),
    Route("/api/calls/{call_id}/work-orders", file, methods=["POST"]),
    Route("/api/calls/{call_id}/appeals", open_appeal, methods=["POST"]),
    Route("/api/calls/{call_id}/end", end, methods=["POST"]),
    WebSocketRoute("/api/calls/{call_id}/live", live),
    Route("/api/work-orders", orders),
    Route("/api/work-orders/{number}", order),
    Route("/api/work-orders/{number}/routing", route, methods=["POST"]),
    Route("/api/recordings", recordings),
    Route("/api/recordings/{id}/audio", audio),
    Route("/api/departments", departments),
    Route("/api/areas", areas),
    Route("/api/evaluation", evaluation),
    Route("/test/status", status),
]

app = Starlette(routes=ROUTES)

if __name__ == "__main__":
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
