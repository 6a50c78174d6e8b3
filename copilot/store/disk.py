"""Whether there is room left where the service writes: a database that only reads does not notice a full disk."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from copilot.errors import StorageProblem

ROOM = 64 * 2**20
"""Bytes below which somebody has to look: some hundred calls."""

_PROBE = b"\0" * 4096


def check_room(folder: Path) -> None:
    """Write a little in ``folder`` to see that it can be done; it is gone at once.

    Raises StorageProblem where it cannot, or less than :data:`ROOM` is left.
    """
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(_PROBE)
            probe.flush()
            os.fsync(probe.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StorageProblem(
            f"Nothing can be written where the service keeps its data ({error.strerror}). "
            "Free some space, or give the service write access.",
            str(folder),
        ) from error
    if free < ROOM:
        raise StorageProblem(
            "The disk on which the service keeps its data is nearly full. "
            "Free some space before calls can no longer be recorded.",
            f"{folder}, {free >> 20} MiB free",
        )
