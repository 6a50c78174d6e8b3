"""Logging in and out. Every decision names a person, so nothing of a call is shown to nobody."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.dependencies import COOKIE, AnyAccount, ServicesDep, WorkersDep, answers, token_of
from api.errors import NotLoggedIn
from api.schemas import Login
from copilot.errors import NotAllowed
from copilot.store import Account

router = APIRouter(prefix="/api", tags=["login"])

_ME = {"name": "zuoxi01", "display_name": "一号座席", "roles": ["agent"]}

_MOST_NAMES = 50
_PEOPLE = {"people": {"zuoxi01": "一号座席", "paidan01": "一号派单员"}}


def described(account: Account) -> dict[str, Any]:
    """An account on the wire."""
    return {
        "name": account.name,
        "display_name": account.display_name,
        "roles": sorted(role.value for role in account.roles),
    }


@router.post("/login", summary="Log in", responses=answers({**_ME, "token": "…"}, 403))
async def login(
    wanted: Login, request: Request, response: Response, services: ServicesDep, workers: WorkersDep
) -> dict[str, Any]:
    """Sets an HttpOnly, SameSite=Strict cookie; scripts send ``token`` as ``Authorization: Bearer`` instead.

    Five failures lock the account for a quarter of an hour.
    """
    accounts, settings, now = services.store.accounts, services.settings, services.now()
    try:
        # Hashing takes tens of megabytes on purpose, so only a few at a time.
        async with request.app.state.hashing:
            account = await workers.quick(lambda: accounts.check(wanted.name, wanted.password, now))
    except NotAllowed as error:
        raise NotLoggedIn(str(error)) from error
    token = await workers.quick(lambda: accounts.open_session(account, now, settings.login_hours))
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(settings.login_hours * 3600),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return {**described(account), "token": token}


@router.get("/me", summary="Who is logged in", responses=answers(_ME))
async def me(account: AnyAccount) -> dict[str, Any]:
    """Name, shown name and roles."""
    return described(account)


@router.get("/people", summary="How those who signed something are called", responses=answers(_PEOPLE))
async def people(
    _: AnyAccount,
    services: ServicesDep,
    workers: WorkersDep,
    name: Annotated[list[str], Query(max_length=_MOST_NAMES, description="what they signed with")],
) -> dict[str, Any]:
    """Shown names of those accounts, also of shut ones: what they decided stays signed. Nobody gets a list of all."""
    found = await workers.quick(services.store.accounts.all)
    shown = {account.name: account.display_name for account in found if account.display_name}
    return {"people": {one: shown[one] for one in name if one in shown}}


@router.post("/logout", summary="Log out", responses=answers({}))
async def logout(request: Request, response: Response, services: ServicesDep, workers: WorkersDep) -> dict[str, Any]:
    """Ends the login on the server as well. Without a login it does nothing."""
    token = token_of(request)
    if token:
        await workers.quick(lambda: services.store.accounts.close_session(token, services.now()))
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return {}
