"""How many orders a second a stored router ranks, in one process and in several, and what a million orders cost.

    python -m benchmarks.bulk_routing --model ROUTER --data ORDERS.csv [--orders 4000] [--processes 1 2] [--engine ray]

Evaluators replay a year: twenty million orders in the largest city. Each line repeats the table's orders up to
``--orders``; ratios hold within one run only, the machine may be shared.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import time
from pathlib import Path

from evaluation.routing.bulk import BulkRanker, Engine
from knowledge_base.tables import read_csv

LARGEST_CITY = 20_000_000


def main() -> None:
    options = _options()
    rows = read_csv(options.data, [options.text])
    texts = list(itertools.islice(itertools.cycle([row[options.text] for row in rows]), options.orders))
    print(f"{len(texts)} orders of {sum(map(len, texts)) / len(texts):.0f} characters, {os.cpu_count()} processors")
    print("| engine | processes | orders a second | CPU hours a million | hours for 20 million | speed-up |")
    print("|---|---|---|---|---|---|")
    first = 0.0
    for engine, processes in [(Engine.LOKY, 1), *((options.engine, n) for n in options.processes)]:
        ranker = BulkRanker(options.model, processes, engine, options.block)
        ranker.rank_many(texts[: options.block * processes])  # every process opens the router
        began, spent = time.perf_counter(), _cpu()
        ranker.rank_many(texts)
        seconds, cpu = time.perf_counter() - began, _cpu() - spent
        rate = len(texts) / seconds
        first = first or rate
        hours = cpu / 3600 * 1_000_000 / len(texts)
        year = LARGEST_CITY / rate / 3600
        print(f"| {engine} | {processes} | {rate:.0f} | {hours:.2f} | {year:.0f} | {rate / first:.2f} |", flush=True)


def _cpu() -> float:
    """Processor seconds of this process and of every one under it so far, as Linux counts them."""
    spent: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # one that has ended meanwhile
            # The name in brackets may hold spaces; after it: state, parent, and as 12th and 13th the ticks spent.
            fields = stat.read_text().rpartition(")")[2].split()
            spent[int(stat.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    own, found = 0, {os.getpid()}
    while found:
        own += sum(spent[pid][1] for pid in found)
        found = {pid for pid, (parent, _) in spent.items() if parent in found}
    return own / os.sysconf("SC_CLK_TCK")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--text", default="text")
    parser.add_argument("--orders", type=int, default=4000)
    parser.add_argument("--processes", type=int, nargs="*", default=[2])
    parser.add_argument("--engine", type=Engine, choices=list(Engine), default=Engine.LOKY)
    parser.add_argument("--block", type=int, default=256)
    return parser.parse_args()


if __name__ == "__main__":
    main()
