"""What the city knows: departments, districts, and the policy articles in force."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api import wire
from api.dependencies import AnyAccount, ServicesDep, WorkersDep, answers
from api.errors import Unavailable
from copilot.codec import to_plain
from copilot.typed_search import Hit, find

router = APIRouter(prefix="/api", tags=["knowledge"])

_DEPARTMENT = {"name": "市公安局", "area": "云川市", "telephone": "", "aliases": [], "duties": [{"text": "居住证办理"}]}
_CATEGORY = {"code": "050201", "path": ["城市环境", "噪声", "夜间生活噪声"], "phrases": ["夜市太吵"]}
_PASSAGE = {
    "probability": 0.91,
    "highlight": [[4, 9]],
    "sentence": [0, 18],
    "passage": {"passage_id": "residence-permit#2", "title": "云川市居住证管理办法", "text": "申领居住证应当提交……"},
}


@router.get("/departments", summary="Where orders may go today", responses=answers({"departments": [_DEPARTMENT]}))
async def departments(_: AnyAccount, services: ServicesDep) -> dict[str, Any]:
    """The departments of the responsibility catalogue that are in force, with their duties."""
    catalogue = services.catalogue
    return {"version": catalogue.version, "departments": [to_plain(d) for d in catalogue.on(services.today)]}


@router.get("/taxonomy", summary="What appeals can be about", responses=answers({"categories": [_CATEGORY]}))
async def taxonomy(_: AnyAccount, services: ServicesDep) -> dict[str, Any]:
    """The categories that an appeal can be filed under, in the order of the city's table."""
    found = services.taxonomy
    return {"version": found.version, "categories": [to_plain(category) for category in found.categories]}


@router.get("/areas", summary="Districts and streets", responses=answers({"city": "云川市", "districts": []}))
async def areas(_: AnyAccount, services: ServicesDep) -> dict[str, Any]:
    """The city's districts with their streets and towns."""
    described: dict[str, Any] = to_plain(services.gazetteer)
    return described


@router.get(
    "/knowledge/search", summary="Search the policies", responses=answers({"passages": [_PASSAGE], "read_as": ""}, 503)
)
async def search(
    _: AnyAccount,
    services: ServicesDep,
    workers: WorkersDep,
    q: Annotated[str, Query(min_length=1, max_length=500)],
    day: Annotated[date | None, Query(description="in force on that day; default today")] = None,
    area: Annotated[str | None, Query(max_length=100, description="a district, or an area path")] = None,
    limit: Annotated[int, Query(ge=1, le=20)] = 5,
) -> dict[str, Any]:
    """Passages in force that answer ``q``, as a search by hand lists them; none where nothing is near enough.

    A passage without a probability merely has the words. ``sentence`` spans what answers in its text, where something
    does. ``read_as`` is what was looked up too: a name that was most likely meant, or what articles call it.
    """
    retriever = services.retriever
    if retriever is None:
        raise Unavailable("There is no search index. Build one with `hotline kb index`.")
    path = area if area is None or "/" in area or area == services.gazetteer.city else services.gazetteer.area(area)
    library = services.knowledge.current if services.knowledge is not None else None
    day, names = day or services.today, services.copilot.typed
    found = await workers.compute(partial(find, retriever, library, q, day=day, area=path, limit=limit, names=names))
    return {"passages": [_described(hit) for hit in found.passages], "read_as": wire.masked(found.read_as)}


def _described(hit: Hit) -> dict[str, Any]:
    return {
        "passage": to_plain(hit.passage),
        "probability": None if hit.probability is None else round(hit.probability, 4),
        "highlight": [list(span) for span in hit.highlight],
        "sentence": None if hit.sentence is None else list(hit.sentence),
    }
