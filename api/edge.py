"""The edge of the service, around every request: size, origin, security headers, and what nobody foresaw.

Plain ASGI instead of a decorated function, because that would read whole bodies and hold up sockets.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import refuse_foreign_page
from api.errors import HTTP_SENTENCES, body, body_of, log_unforeseen, status_of, unforeseen_answer
from api.metrics import Metrics
from copilot.errors import HotlineError

MOST_BODY_BYTES = 1_000_000
# Files come as they are: a browser asks before it sends such a type to another site, as it does for JSON.
UPLOADS = {"/api/article-uploads": 20_000_000}

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self' blob:; "
        "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self)",
}


class Edge:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                _add_headers(scope["path"], MutableHeaders(scope=message))
            await send(message)

        refusal = _refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send_with_headers)
            return
        try:
            await self._app(scope, _bounded(receive, _most_bytes(scope)), send_with_headers)
        except Exception as error:  # the last line before the server's own log
            self._metrics.error("answering", error)
            answer = unforeseen_answer(error, f"answering {scope['method']}")
            if not started:
                await answer(scope, receive, send_with_headers)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:  # as above
            self._metrics.error("live", error)
            log_unforeseen(error, "serving a socket")
            await send({"type": "websocket.close", "code": 1011})


def _refusal(scope: Scope) -> JSONResponse | None:
    """Unsafe methods: only from our own pages, only as JSON, only of a sane size."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return None
    headers = Headers(scope=scope)
    try:
        refuse_foreign_page(HTTPConnection(scope))
    except HotlineError as error:
        return JSONResponse(body_of(error), status_of(error))
    wanted = "application/octet-stream" if scope["path"] in UPLOADS else "application/json"
    if headers.get("content-type", "").partition(";")[0].strip().lower() != wanted:
        return JSONResponse(body("bad_input", f"Send the body as Content-Type: {wanted}."), 415)
    length = headers.get("content-length", "0")
    return _too_large() if not length.isdecimal() or int(length) > _most_bytes(scope) else None


def _most_bytes(scope: Scope) -> int:
    return UPLOADS.get(scope["path"], MOST_BODY_BYTES)


def _too_large() -> JSONResponse:
    return JSONResponse(body(*HTTP_SENTENCES[413]), 413)


def _bounded(receive: Receive, most: int) -> Receive:
    seen = 0

    async def receive_bounded() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise HTTPException(413)
        return message

    return receive_bounded


def _add_headers(path: str, headers: MutableHeaders) -> None:
    for name, value in _HEADERS.items():
        headers[name] = value
    if path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")
    else:
        headers.setdefault("Cache-Control", "no-cache")
