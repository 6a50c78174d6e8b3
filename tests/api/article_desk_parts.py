"""An editor's desk over a library of one file, whose index nobody keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from api.services import Services
from copilot.store import Accounts
from knowledge_base.library import Library, make_library
from knowledge_base.policy import PolicyArticle

FILE = PolicyArticle(
    "residence-permit",
    "云川市居住证办理规定",
    "云公规〔2025〕3号",
    "云川市公安局",
    "市公安局",
    "云川市",
    date(2025, 3, 1),
    None,
    "第一条 首次申领居住证不收费。补领收取工本费二十元。",
)


class Watch:
    """A library of one file, and how often somebody asked to serve what changed."""

    def __init__(self) -> None:
        self.library: Library = make_library([FILE])
        self.looks = 0
        self.failing = False
        self.problem = ""

    def base(self) -> Library:
        return self.library

    def look(self) -> bool:
        self.looks += 1
        if self.failing:
            raise RuntimeError("the embedder")
        return True

    def wake(self) -> None:
        pass


def editor_at(service: Callable[..., Any], services: Services, watch: Watch) -> Any:
    """The desk of an editor, at the service with the library of ``watch``."""
    accounts: Accounts = services.store.accounts
    accounts.add("bianji01", "编辑", ("editor",), "Lake-and-Cloud-7", services.now())
    desk = service("bianji01")
    desk.client.app.state.knowledge = watch
    desk.client.app.state.articles._base = watch.base
    return desk
