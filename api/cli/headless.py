"""A whole call through the running service, from a terminal: sound up, events down, the file's gold as the person."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
from rich.console import Console
from rich.markup import escape
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from copilot.codec import from_payload, to_plain
from copilot.errors import Conflict, StorageProblem
from copilot.events import AppealOpened, SuggestionMade, UrgencyFlagged, UtteranceHeard
from copilot.filing import REQUIRED
from copilot.suggestion import Decision, Slot, Verdict
from evaluation.calls.gold_calls import GoldCall
from evaluation.calls.gold_person import GoldPerson
from models.hearing.audio import Recording

FRAME_S = 0.2
QUIET_S = 2.0
_SERVER_FAULT = 500
_NAMES = {"citizen": "来电人", "agent": "座  席"}


@dataclass(slots=True)
class Heard:
    """What came down the socket."""

    appeals: list[str] = field(default_factory=list)
    open: dict[str, SuggestionMade] = field(default_factory=dict)
    ended: bool = False


@dataclass(slots=True)
class HeadlessDemo:
    """Plays one shipped recording as an agent's screen would and files its orders; ``base`` is the service's URL."""

    base: str
    name: str
    password: str
    out: Console

    async def run(self, gold: GoldCall, recording: Recording) -> list[str]:
        """The numbers of the orders filed and dispatched.

        Raises Conflict where the service refuses, or cannot hear at the speed of speech; StorageProblem where it fails.
        """
        async with httpx.AsyncClient(base_url=self.base, timeout=60) as http:
            login = await self._post(http, "/api/login", {"name": self.name, "password": self.password})
            http.headers["Authorization"] = f"Bearer {login['token']}"
            call = await self._post(http, "/api/calls", {"channel": "recording", "recording": gold.call_id})
            heard = await self._talk(call["call_id"], login["token"], recording)
            person = GoldPerson(gold)
            self.out.print("\n[bold]以下决定取自文件的标准答案，并非真人作出[/] (decisions taken from the file's gold)")
            numbers = [await self._file(http, call["call_id"], appeal, heard, person) for appeal in heard.appeals]
            return [await self._dispatch(http, number) for number in numbers]

    async def _talk(self, call_id: str, token: str, recording: Recording) -> Heard:
        url = self.base.replace("http", "ws", 1) + f"/api/calls/{call_id}/live?after=0"
        headers = {"Authorization": f"Bearer {token}"}
        async with connect(url, additional_headers=headers, max_size=None) as socket:
            sending = asyncio.create_task(self._send(socket, recording))
            try:
                return await self._listen(socket)
            finally:
                sending.cancel()
                await asyncio.gather(sending, return_exceptions=True)

    async def _listen(self, socket: ClientConnection) -> Heard:
        """All frames; what is advised on the last sentence comes after the end of the call."""
        heard = Heard()
        while True:
            try:
                frame = await asyncio.wait_for(socket.recv(), QUIET_S if heard.ended else None)
            except TimeoutError:
                return heard
            except ConnectionClosed as error:
                if heard.ended:
                    return heard
                raise Conflict(
                    "The service hung up in the middle of the call. See above why, and play it again."
                ) from error
            self._receive(json.loads(frame), heard)

    async def _send(self, socket: ClientConnection, recording: Recording) -> None:
        """Send the sound at the speed at which it was spoken."""
        await socket.send(json.dumps({"type": "listen", "sample_rate": recording.sample_rate}))
        clock = asyncio.get_running_loop().time
        began = clock()
        step = int(FRAME_S * recording.sample_rate)
        for start in range(0, len(recording.samples), step):
            frame = recording.samples[start : start + step]
            await asyncio.sleep(max(0.0, began + (start + len(frame)) / recording.sample_rate - clock()))
            await socket.send(np.ascontiguousarray(frame, dtype="<i2").tobytes())
        await socket.send(json.dumps({"type": "hang_up"}))

    def _receive(self, frame: dict[str, Any], heard: Heard) -> None:
        if frame["type"] == "problem":
            self._complain(frame)
        if frame["type"] != "event":
            return
        if frame["name"] == "call_ended":
            heard.ended = True
            return
        event = from_payload(frame["name"], frame["data"])
        match event:
            case UtteranceHeard(u):
                self.out.print(f"[dim]{u.start:6.1f}s[/] {_NAMES[u.speaker.value]}  {escape(u.text)}")
            case AppealOpened(appeal_id):
                heard.appeals.append(appeal_id)
            case UrgencyFlagged():
                alarm = f" 紧急 {event.category}：{event.phrase} → {event.transfer_to} "
                self.out.print(alarm, style="bold white on red", markup=False)
            case SuggestionMade():
                self._suggested(event, heard)

    def _complain(self, frame: dict[str, Any]) -> None:
        """Sound that was refused is missing from the call, so it cannot be filed as if it had been heard."""
        if "from" in frame:
            raise Conflict(
                "This machine is too slow to hear the call in real time, so a part of it was refused. "
                "Stop other programs, give it more processors, or configure a faster recogniser."
            )
        self.out.print(frame["message"], style="red", markup=False)

    def _suggested(self, made: SuggestionMade, heard: Heard) -> None:
        for old in made.supersedes:
            heard.open.pop(old, None)
        heard.open[made.suggestion_id] = made
        suggestion = made.suggestion
        if suggestion.slot is Slot.ANSWER:
            cite = suggestion.best.value
            words = f"《{cite.title}》{cite.document_number}：{cite.quote[:60]}"
        elif suggestion.slot is Slot.DEPARTMENT:
            words = "  ".join(f"{c.value} {c.probability:.0%}" for c in suggestion.choices)
        elif suggestion.slot is Slot.TELEPHONE and suggestion.abstained:
            words = f"{suggestion.best.value}（没听全）"
        else:
            words = str(suggestion.best.value)
        self.out.print(f"        [cyan]建议 {suggestion.slot.value}[/] {escape(words)}")

    async def _file(
        self, http: httpx.AsyncClient, call_id: str, appeal_id: str, heard: Heard, person: GoldPerson
    ) -> str:
        made = [m for m in heard.open.values() if m.appeal_id == appeal_id]
        for suggestion in made:
            await self._decide(http, call_id, person.on(suggestion.suggestion_id, appeal_id, suggestion.suggestion))
        decided = {m.suggestion.slot for m in made}
        for slot in REQUIRED:
            if slot not in decided:
                await self._decide(http, call_id, person.by_hand(appeal_id, slot))
        request = {"request_id": f"{call_id}-{appeal_id}", "appeal_id": appeal_id}
        order = await self._post(http, f"/api/calls/{call_id}/work-orders", request)
        self.out.print(f"[green]工单 {order['number']} 已提交[/] (filed)")
        return str(order["number"])

    async def _decide(self, http: httpx.AsyncClient, call_id: str, decision: Decision) -> None:
        body = {key: value for key, value in to_plain(decision).items() if key != "by" and value is not None}
        await self._post(
            http, f"/api/calls/{call_id}/decisions", {**body, "decision_id": f"{call_id}-{decision.decision_id}"}
        )
        words = {Verdict.ACCEPT: "采纳", Verdict.AMEND: "改采", Verdict.REJECT: "驳回"}[decision.verdict]
        self.out.print(f"        [gold] {words} {decision.slot.value}", style="dim", markup=False)

    async def _dispatch(self, http: httpx.AsyncClient, number: str) -> str:
        body = {"decision_id": f"{number}-routing", "verdict": Verdict.ACCEPT.value}
        await self._post(http, f"/api/work-orders/{number}/routing", body)
        self.out.print(f"[green]工单 {number} 已派单[/] (routing confirmed)")
        return number

    async def _post(self, http: httpx.AsyncClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await http.post(path, json=body)
        except httpx.HTTPError as error:
            raise StorageProblem(f"The service did not answer {path}. Start it again and repeat the call.") from error
        if answer.is_error:
            kind = StorageProblem if answer.status_code >= _SERVER_FAULT else Conflict
            raise kind(f"{path} was refused ({answer.status_code}): {answer.json()['error']['message']}")
        result: dict[str, Any] = answer.json()
        return result
