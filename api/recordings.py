"""Recordings that can be played through the same path as a live call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse

from api.dependencies import Agent, ServicesDep, WorkersDep, answers
from copilot.errors import NotFound

if TYPE_CHECKING:
    from evaluation.calls.gold_calls import GoldCall

router = APIRouter(prefix="/api/recordings", tags=["around"])

_RECORDING = {"id": "1", "title": "居住证办理材料咨询", "seconds": 75.7, "sample_rate": 16000}


def _calls(folder: Path) -> list[GoldCall]:
    from evaluation.calls.gold_calls import load_calls  # noqa: PLC0415 - only where recordings are played

    listing = folder / "calls.jsonl"
    return load_calls(listing) if listing.is_file() else []


def find_recording(folder: Path, recording_id: str) -> GoldCall:
    """The recording of that id. Raises NotFound."""
    found = next((call for call in _calls(folder) if str(call.call_id) == recording_id), None)
    if found is None:
        raise NotFound("There is no such recording. Choose one of GET /api/recordings.")
    return found


@router.get("", summary="Recordings that can be played", responses=answers({"recordings": [_RECORDING]}, 403))
async def recordings(_: Agent, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """Stereo: left citizen, right agent."""
    found = await workers.quick(lambda: _calls(services.recordings))
    listed = [{"id": str(c.call_id), "title": c.title, "seconds": c.seconds, "sample_rate": 16_000} for c in found]
    return {"recordings": listed}


@router.get("/{recording_id}/audio", summary="The sound of a recording", response_class=FileResponse)
async def audio(
    recording_id: str,
    _: Agent,
    services: ServicesDep,
    workers: WorkersDep,
    telephone: Annotated[bool, Query(description="the 8 kHz version, as over a telephone")] = False,
) -> FileResponse:
    """FLAC, stereo; byte ranges are answered."""
    path = await workers.quick(lambda: find_recording(services.recordings, recording_id).recording(telephone))
    if not path.is_file():
        raise NotFound("The sound of this recording is not there. Install the project again, or choose another.")
    return FileResponse(path, media_type="audio/flac")
