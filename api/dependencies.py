"""What endpoints ask for: the service's parts, who is there, and whether that person may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Depends
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from api.error_words import in_chinese
from api.errors import NotLoggedIn
from api.metrics import Metrics
from api.precedent_keeping import PrecedentKeeper
from api.rooms import Rooms
from api.services import Services
from api.workers import Workers
from copilot.errors import NotAllowed
from copilot.store import Account, Role

COOKIE = "hotline_login"


def services_of(connection: HTTPConnection) -> Services:
    """The parts of the service."""
    found: Services = connection.app.state.services
    return found


def rooms_of(connection: HTTPConnection) -> Rooms:
    """The calls in memory."""
    found: Rooms = connection.app.state.rooms
    return found


def workers_of(connection: HTTPConnection) -> Workers:
    """The threads."""
    found: Workers = connection.app.state.workers
    return found


def precedents_of(connection: HTTPConnection) -> PrecedentKeeper:
    """What keeps the past orders; to be woken when an order goes out or comes back."""
    found: PrecedentKeeper = connection.app.state.precedents
    return found


def metrics_of(connection: HTTPConnection) -> Metrics:
    """The figures."""
    found: Metrics = connection.app.state.metrics
    return found


def token_of(connection: HTTPConnection) -> str:
    """The login that came along: a script's bearer token, else the browser's cookie, else the empty string."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else connection.cookies.get(COOKIE, "")


async def account_of(connection: HTTPConnection) -> Account:
    """Who is there. Raises NotLoggedIn."""
    token, services = token_of(connection), services_of(connection)
    found = None
    if token:
        found = await workers_of(connection).quick(lambda: services.store.accounts.session(token, services.now()))
    if found is None:
        raise NotLoggedIn("You are not logged in, or the login has ended. Log in again; nothing was lost.")
    return found


def refuse_foreign_page(connection: HTTPConnection) -> None:
    """Refuse what a page of another site sent in the name of whoever is logged in here (RFC 6455, 10.2)."""
    origin = connection.headers.get("origin")
    if origin is not None and _host_of(origin) != connection.headers.get("host", ""):
        raise NotAllowed("This came from a page of another site. Open the hotline's own page and do it there.")


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no browser sends such a one
        return None


def has_role(*roles: Role) -> Callable[[Account], Account]:
    """A dependency that lets pass whoever has one of ``roles``; an administrator is not automatically an agent."""

    def check(account: Annotated[Account, Depends(account_of)]) -> Account:
        if not account.roles.intersection(roles):
            wanted = " or ".join(role.value for role in roles)
            raise NotAllowed(f"This needs the role {wanted}. Ask an administrator for it, or log in as one who has it.")
        return account

    return check


READERS = (Role.AGENT, Role.DISPATCHER)

ServicesDep = Annotated[Services, Depends(services_of)]
RoomsDep = Annotated[Rooms, Depends(rooms_of)]
WorkersDep = Annotated[Workers, Depends(workers_of)]
PrecedentsDep = Annotated[PrecedentKeeper, Depends(precedents_of)]
AnyAccount = Annotated[Account, Depends(account_of)]
Agent = Annotated[Account, Depends(has_role(Role.AGENT))]
Reader = Annotated[Account, Depends(has_role(*READERS))]
Dispatcher = Annotated[Account, Depends(has_role(Role.DISPATCHER))]
OrderReader = Annotated[Account, Depends(has_role(Role.AGENT, Role.DISPATCHER))]
Evaluator = Annotated[Account, Depends(has_role(Role.EVALUATOR))]


class ErrorDetail(BaseModel):
    """``type`` is stable and for programs, ``message`` a sentence for people, ``chinese`` its Chinese.

    ``people`` are the accounts that it names, mostly none.
    """

    type: str
    message: str
    chinese: str
    people: list[str] | None = None


class ErrorBody(BaseModel):
    """The one form of every error."""

    error: ErrorDetail


_MEANINGS = {
    401: ("Not logged in", "not_logged_in", "You are not logged in, or the login has ended. Log in again."),
    403: ("The account may not do that", "not_allowed", "This needs the role agent. Ask an administrator for it."),
    404: ("No such thing", "not_found", "There is no call c-1. Start one first."),
    409: (
        "Right in itself, but not now",
        "not_confirmed",
        "Nobody has confirmed department yet. Accept it, then file.",
    ),
    422: ("It cannot be understood; nothing was changed", "bad_input", "The field title is empty. Fill it in."),
    503: ("Not ready, or the database refused", "storage_problem", "The disk is full. Free some space and try again."),
}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors of an endpoint, for OpenAPI."""
    return {status: _error(*_MEANINGS[status]) for status in (401, *statuses, 422)}


def _error(description: str, kind: str, message: str) -> dict[str, Any]:
    example = {"error": {"type": kind, "message": message, "chinese": in_chinese(message, kind)}}
    return {"model": ErrorBody, "description": description, "content": {"application/json": {"example": example}}}


def answers(example: Any, *statuses: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """The errors of an endpoint, and an example of its answer, which has ``status``, for OpenAPI."""
    return {status: {"content": {"application/json": {"example": example}}}, **errors(*statuses)}
