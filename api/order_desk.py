"""Where people take steps on orders that were filed: in their turn among whatever else happens in the order's call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Depends

from api.dependencies import RoomsDep, ServicesDep, WorkersDep
from copilot.events import Recorded
from copilot.store import OrderDetail

Shown = TypeVar("Shown")


class OrderDesk:
    """Looks orders up and takes steps on them, in a thread."""

    def __init__(self, services: ServicesDep, rooms: RoomsDep, workers: WorkersDep) -> None:
        self.services = services
        self._rooms, self._workers = rooms, workers

    async def look(self, number: str, show: Callable[[OrderDetail], Shown]) -> Shown:
        """What ``show`` makes of the order in full. Raises NotFound."""
        return await self._workers.quick(lambda: show(self.services.store.queries.work_order(number)))

    async def take(self, number: str, step: Callable[[str], list[Recorded]]) -> None:
        """Do ``step``, which is given the id of the order's call and records in its journal. Raises NotFound."""
        call_id = await self.look(number, lambda detail: detail.row.call_id)
        async with self._rooms.call(call_id) as call:
            await call.room.at_desk(lambda: step(call_id), from_outside=True)


OrderDeskDep = Annotated[OrderDesk, Depends()]
