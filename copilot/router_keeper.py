"""Keeps a running service at what was promoted: the registry on disk is looked at, and its routers are taken up.

A router is loaded beside the one in service and takes its place when it is ready, so that no call waits. One that
cannot be loaded changes nothing: the service goes on with what it has, and :attr:`RouterKeeper.problem` says why.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from copilot.routers_in_use import InService, RoutersInUse
from copilot.routing import Classifier
from models.errors import ModelsError
from models.routers.registry import InUse, RouterRegistry
from models.routers.stored import version_of


class RouterKeeper:
    """``load`` reads a router's folder and checks that it is this city's; it raises ModelProblem where it is not.

    ``seen`` is what the registry said before the router in service was loaded; the first look loads a challenger.
    """

    def __init__(
        self,
        registry: RouterRegistry,
        load: Callable[[Path], Classifier],
        routers: RoutersInUse,
        seen: InUse,
    ) -> None:
        self.registry = registry
        self.routers = routers
        self.problem = ""
        self._load = load
        self._seen = replace(seen, serial=-1)
        self._turn = threading.Lock()

    def look(self) -> bool:
        """Take up what was promoted, rolled back or set as challenger since the last look; whether anything was.

        Quick where nothing was. A router that cannot be loaded is tried again when the registry changes again.
        """
        with self._turn:
            self.registry.settle()
            said = self.registry.in_use()
            if said == self._seen:
                return False
            promoted = said.promotions != self._seen.promotions
            self._seen = said
            return self._take_up(promoted)

    def _take_up(self, promoted: bool) -> bool:
        before = self.routers.now
        self.problem, served = "", before.served
        try:
            # A router that was merely trained into its place waits for a restart: nobody has promoted it.
            if promoted:
                served = self._wanted(self.registry.served_folder, before)
        except ModelsError as error:
            self.problem = str(error)
        challenger = self._challenger(before, served)
        if served is before.served and challenger is before.challenger:
            return False
        self.routers.replace(served, challenger)
        return True

    def _challenger(self, before: InService, served: Classifier) -> Classifier | None:
        folder = self.registry.challenger_folder
        if version_of(folder) in (None, served.version):
            return None
        try:
            return self._wanted(folder, before)
        except ModelsError as error:
            self.problem = self.problem or str(error)
            return None

    def _wanted(self, folder: Path, before: InService) -> Classifier:
        """The router in ``folder``, which may be loaded already: a challenger is, when it is promoted."""
        version = version_of(folder)
        here = [router for router in (before.served, before.challenger) if router is not None]
        return next((router for router in here if router.version == version), None) or self._load(folder)
