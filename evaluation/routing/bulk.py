"""Ranking very many orders: one process by default, many with joblib, many machines with Ray.

An evaluator replays a year of orders; the largest cities have twenty million. Texts go out in blocks, each process
opens the router once, and only numbers come back.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copilot.errors import BadInput

if TYPE_CHECKING:
    from models.department_classifier import DepartmentClassifier

BLOCK = 1024


class Engine(StrEnum):
    """What runs the processes: LOKY on this machine, RAY on this one or on a cluster that is already running."""

    LOKY = "loky"
    RAY = "ray"


@dataclass(frozen=True, slots=True)
class BulkLabel:
    """A department by name, and its probability."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class BulkRanking:
    """The first three departments of one order, and those among which the right one nearly always is."""

    choices: tuple[BulkLabel, ...]
    likely: tuple[str, ...] = ()


@dataclass(frozen=True)
class BulkRanker:
    """A stored router that ranks in ``processes`` processes; every machine must find ``folder`` under that path."""

    folder: Path
    processes: int
    engine: Engine = Engine.LOKY
    block: int = BLOCK
    labels: Sequence[str] = field(init=False)
    threshold: float = field(init=False)

    def __post_init__(self) -> None:
        if self.processes < 1:
            raise BadInput("At least one process is needed. Give --processes 1 or more.")
        router = _router(self.folder)
        object.__setattr__(self, "labels", router.labels)
        object.__setattr__(self, "threshold", router.threshold)

    def rank_many(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[BulkRanking]:
        """The first three departments of each text, in order. ``progress`` hears how many are done."""
        done: list[BulkRanking] = []
        for rows in self._blocks([texts[i : i + self.block] for i in range(0, len(texts), self.block)]):
            done += [self._named(row) for row in rows]
            if progress:
                progress(len(done))
        return done

    def _named(self, row: _Row) -> BulkRanking:
        first, likely = row
        choices = tuple(BulkLabel(self.labels[place], probability) for place, probability in first)
        return BulkRanking(choices, tuple(self.labels[place] for place in likely))

    def _blocks(self, blocks: Sequence[Sequence[str]]) -> Iterator[_Rows]:
        if self.engine is Engine.RAY:
            with _ray_pool(self.processes) as pool:
                yield from pool.imap(partial(_rank_block, self.folder), blocks)
        elif self.processes == 1:
            yield from (_rank_block(self.folder, block) for block in blocks)
        else:
            from joblib import Parallel, delayed  # noqa: PLC0415 - only where processes are wanted

            parallel = Parallel(n_jobs=self.processes, return_as="generator")
            yield from parallel(delayed(_rank_block)(self.folder, block) for block in blocks)


_Row = tuple[list[tuple[int, float]], list[int]]
_Rows = list[_Row]


@contextmanager
def _ray_pool(processes: int) -> Iterator[Any]:
    """A pool on the cluster that Ray is connected to, else on this machine alone. Raises BadInput without Ray."""
    try:
        import ray  # noqa: PLC0415 - an extra that few need
        from ray.util.multiprocessing import Pool  # noqa: PLC0415 - as above
    except ImportError as error:
        raise BadInput("Ray is not installed. Install the extra 'bulk', or leave out --engine ray.") from error
    own = not ray.is_initialized()
    if own:
        ray.init(
            num_cpus=processes,
            include_dashboard=False,
            logging_level=logging.ERROR,
            log_to_driver=False,
            _node_ip_address="127.0.0.1",
        )
    pool: Any = Pool(processes)
    try:
        yield pool
    finally:
        pool.close()
        pool.join()
        if own:
            ray.shutdown()


def _rank_block(folder: Path, texts: Sequence[str]) -> _Rows:
    router = _router(folder)
    places = {label: place for place, label in enumerate(router.labels)}
    found = router.rank_many(texts)
    return [([(places[c.label], c.probability) for c in r.choices], [places[name] for name in r.likely]) for r in found]


@lru_cache(maxsize=1)
def _router(folder: Path) -> DepartmentClassifier:
    """The router of this process. One thread each: the processes share the machine."""
    from copilot.assembly import assemble_embedder  # noqa: PLC0415 - a worker imports what it runs
    from copilot.settings import load_settings  # noqa: PLC0415 - as above
    from models.routers.files import load_router  # noqa: PLC0415 - as above

    return load_router(folder, assemble_embedder(load_settings()))
