"""Errors as answers: the error class gives the status, its sentence goes to the person at the screen.

What was not foreseen is answered with an id that is also in the log. The log holds the class of the error and the lines
of code it came through, never its message: a message may quote what a citizen said.
"""

from __future__ import annotations

import contextlib
import logging
import re
import traceback
import uuid
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.websockets import WebSocket, WebSocketDisconnect

from api.error_words import in_chinese, people_in
from api.pages import missing
from copilot.errors import (
    EXPECTED,
    BadInput,
    Conflict,
    HotlineError,
    NotAllowed,
    NotFound,
    StorageProblem,
)
from knowledge_base.errors import BadDocument, BadLibrary, BadTable, IndexMismatch, KnowledgeError
from models.errors import BadAudio, ModelProblem, ModelsError

log = logging.getLogger("hotline.api")


class NotLoggedIn(HotlineError):
    """No login, or one that has ended."""


class Unavailable(HotlineError):
    """A part of the service is not ready or not there."""


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotLoggedIn, 401),
    (Unavailable, 503),
    (BadInput, 422),
    (NotFound, 404),
    (Conflict, 409),
    (NotAllowed, 403),
    (StorageProblem, 503),
    (BadAudio, 422),
    (BadTable, 422),
    (BadDocument, 422),
    (BadLibrary, 422),
    (ModelProblem, 503),
    (IndexMismatch, 503),
    (HotlineError, 400),
    (ModelsError, 400),
    (KnowledgeError, 400),
)

HTTP_SENTENCES: dict[int, tuple[str, str]] = {
    400: ("bad_input", "The body cannot be read. Send it as JSON in UTF-8."),
    401: ("not_logged_in", "Log in first."),
    403: ("not_allowed", "Your account may not do that."),
    404: ("not_found", "There is nothing at this address. Check it against the documentation."),
    405: ("method_not_allowed", "This address does not take that method. See the documentation."),
    413: ("bad_input", "The request is too large. Shorten its texts and send it again."),
    415: ("bad_input", "Send the body as application/json."),
}

_BODY = "the body"
_NO_JSON = "json_invalid"
_SAFE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,40}")


def status_of(error: Exception) -> int:
    """The HTTP status of a foreseen error."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def type_of(error: Exception) -> str:
    """``NotConfirmed`` → ``not_confirmed``: the stable name on the wire."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(error).__name__).lower()


def body(kind: str, message: str, **more: str) -> dict[str, Any]:
    """The one form that errors have on the wire, in both languages of the screens."""
    said: dict[str, Any] = {"type": kind, "message": message, "chinese": in_chinese(message, kind), **more}
    people = people_in(message)
    return {"error": {**said, "people": people} if people else said}


def body_of(error: Exception) -> dict[str, Any]:
    """A foreseen error on the wire."""
    return body(type_of(error), told_to_anybody(error))


def told_to_anybody(error: Exception) -> str:
    """A foreseen error's sentence. Which database it is, is nothing for those who are not logged in: that is logged."""
    if not isinstance(error, StorageProblem):
        return str(error)
    log.error("%s", error)
    return error.sentence


def log_unforeseen(error: BaseException, doing: str) -> str:
    """Log where an unforeseen error came from, without its message; the id under which it is in the log."""
    incident = uuid.uuid4().hex[:12]
    log.error("incident %s while %s: %s", incident, doing, _path_of(error))
    return incident


def _path_of(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    steps = " > ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames[-8:])
    cause = error.__cause__ or error.__context__
    origin = f" caused by {type(cause).__name__}" if cause is not None else ""
    return f"{type(error).__name__}{origin} at {steps or 'an unknown place'}"


def sentence_of(faults: Sequence[Any]) -> str:
    """What is wrong with a request, without repeating what was in it."""
    parts = [f"{_field(fault)}: {_complaint(fault)}" for fault in faults[:5]]
    return f"The request cannot be understood: {'; '.join(parts)}. Correct it and send it again."


def _field(fault: Any) -> str:
    # Where JSON is broken off, the place counts characters and names no field.
    names = [] if fault["type"] == _NO_JSON else [str(part) for part in fault["loc"][1:]]
    return ".".join(name if _SAFE_NAME.fullmatch(name) or name.isdigit() else "a field" for name in names) or _BODY


def _complaint(fault: Any) -> str:
    known = {_NO_JSON: "not valid JSON", "missing": "is missing", "extra_forbidden": "is not known here"}
    message = known.get(fault["type"], str(fault["msg"]))
    return message[:1].lower() + message[1:]


async def _foreseen(request: Request, error: Exception) -> JSONResponse:
    status = status_of(error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:  # not the asker's fault: whoever watches the machine sees it
        request.app.state.metrics.error("answering", error)
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, NotLoggedIn) else {}
    return JSONResponse(body_of(error), status, headers=headers)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    return JSONResponse(body("bad_input", sentence_of(faults)), 422)


async def _invalid_handshake(socket: WebSocket, error: Exception) -> None:
    faults = error.errors() if isinstance(error, WebSocketRequestValidationError) else []
    with contextlib.suppress(RuntimeError, WebSocketDisconnect):
        await socket.send_denial_response(JSONResponse(body("bad_input", sentence_of(faults)), 422))


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    page = missing(request) if status == HTTPStatus.NOT_FOUND else None
    if page is not None:
        return page
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse(
        body(*HTTP_SENTENCES.get(status, ("bad_input", "The request was refused."))), status, headers=headers
    )


def unforeseen_answer(error: BaseException, doing: str) -> JSONResponse:
    """500 with an id that an administrator finds in the log."""
    incident = log_unforeseen(error, doing)
    message = f"Something unforeseen happened; nothing was changed. Tell your administrator the number {incident}."
    return JSONResponse(body("unforeseen", message, id=incident), 500)


def install(app: FastAPI) -> None:
    """Answer every error in the one form."""
    for kind in EXPECTED:
        app.add_exception_handler(kind, _foreseen)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(WebSocketRequestValidationError, _invalid_handshake)
    app.add_exception_handler(HTTPException, _http)
