"""The desks: plain files that ship with the service, and the reference of its API as one page without scripts."""

from __future__ import annotations

import html
import json
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.staticfiles import StaticFiles

from api.services import Services
from copilot.errors import NotFound

router = APIRouter(include_in_schema=False)

_DESKS = ("agent", "dispatcher", "catalogue", "knowledge", "evaluator")
_PAGES = {"/": "index.html", **{f"/{name}": f"{name}.html" for name in _DESKS}}


def install(app: FastAPI, services: Services) -> None:
    """Serve the desks at their addresses and everything they load under ``/static/``.

    A page knows which desk it is by its address: its file leads there.
    """
    for address, name in _PAGES.items():
        app.add_api_route(address, _page(services, name), methods=["GET"], include_in_schema=False)
        app.add_api_route(f"/static/{name}", _moved_to(address), methods=["GET"], include_in_schema=False)
    app.add_api_route("/static/missing.html", _moved_to("/"), methods=["GET"], include_in_schema=False)
    app.mount("/static", StaticFiles(directory=services.web, check_dir=False), name="static")
    app.include_router(router)


def _page(services: Services, name: str) -> Any:
    async def page() -> FileResponse:
        path = services.web / name
        if not path.is_file():
            raise NotFound(f"The page {name} is not installed. Install the project again.")
        return FileResponse(path, media_type="text/html; charset=utf-8")

    return page


def _moved_to(address: str) -> Any:
    async def moved() -> RedirectResponse:
        return RedirectResponse(address)

    return moved


def missing(request: Request) -> FileResponse | None:
    """The page for a browser at an address where nothing is; ``None`` for programs, who are told in JSON."""
    services: Services = request.app.state.services
    page = services.web / "missing.html"
    wants_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if not wants_page or request.url.path.startswith("/api/") or not page.is_file():
        return None
    return FileResponse(page, 404, media_type="text/html; charset=utf-8")


@router.get("/favicon.ico")
async def favicon() -> RedirectResponse:
    """Browsers ask for it unasked."""
    return RedirectResponse("/static/favicon.svg")


@router.get("/docs")
async def docs(request: Request) -> HTMLResponse:
    """The API in words and examples. The usual page loads scripts from elsewhere, which an intranet does not have."""
    return HTMLResponse(_reference(request.app.openapi()))


def _reference(schema: dict[str, Any]) -> str:
    sections = "".join(
        _section(method, path, operation)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    )
    title = html.escape(schema["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><body><h1>{title}</h1>'
        f"<p>{html.escape(schema['info']['description'])}</p>"
        f'<p>For machines: <a href="/openapi.json">/openapi.json</a></p>{sections}</body></html>'
    )


def _section(method: str, path: str, operation: dict[str, Any]) -> str:
    parts = [
        f"<h2><code>{method.upper()} {html.escape(path)}</code></h2>",
        f"<p><strong>{html.escape(operation.get('summary', ''))}.</strong>",
        f"{html.escape(operation.get('description', ''))}</p>",
    ]
    parameters = operation.get("parameters", [])
    parts += [f"<p><code>{html.escape(given['name'])}</code> ({given['in']})</p>" for given in parameters]
    for status, answer in operation.get("responses", {}).items():
        example = answer.get("content", {}).get("application/json", {}).get("example")
        shown = f"<pre>{html.escape(json.dumps(example, ensure_ascii=False, indent=1))}</pre>" if example else ""
        parts.append(f"<p>{status} {html.escape(answer.get('description', ''))}</p>{shown}")
    return "".join(parts)
