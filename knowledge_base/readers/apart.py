"""Reading in a process of its own, so that a hostile or huge file cannot take down the one that asked.

Checks before reading (:mod:`knowledge_base.readers.guard`) catch what is known to be hostile; what they do not know
ends here: the child may use so much memory and processor time, and is then stopped. Where memory runs out all the
same, the system is to take the child.
"""

from __future__ import annotations

import contextlib
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from knowledge_base.errors import BadDocument
from knowledge_base.readers.place import Surroundings
from knowledge_base.readers.reading import DocumentReading

log = logging.getLogger("hotline.readers")

MOST_SECONDS = 180
_CHILD = "from knowledge_base.readers.apart import main; main()"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What reading one file may take: processor time and waiting in seconds, memory in bytes."""

    seconds: int = field(default_factory=lambda: MOST_SECONDS)
    waiting: int = 600
    memory: int = 2 * 2**30


def read_apart(
    raw: bytes,
    name: str,
    surroundings: Surroundings | None = None,
    given: Mapping[str, str] | None = None,
    ignore: Iterable[str] = (),
    allowance: Allowance | None = None,
) -> DocumentReading:
    """As :func:`knowledge_base.readers.read_document`, in a process of its own.

    Raises BadDocument too where the file takes more than ``allowance``, or makes the reader break down.
    """
    may = allowance or Allowance()
    task = pickle.dumps((may, raw, name, dict(given or {}), surroundings, tuple(ignore)))
    try:
        done = subprocess.run(  # noqa: S603 - this program itself, with nothing of the file on its command line
            [sys.executable, "-c", _CHILD],
            input=task,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=may.waiting,
            check=False,
            # A reader needs to know no secret of the service's environment.
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise _stopped(name) from error
    except OSError as error:
        raise BadDocument(f"{name} could not be read: no process could be started for it. Try again later.") from error
    if done.returncode:
        log.warning("reading a file of %d bytes ended with status %d", len(raw), done.returncode)
        raise _stopped(name)
    # What the child writes is this program's own: a reader that was taken over could write anything, and is refused
    # nothing here that it could not do by itself.
    reading, refusal = pickle.loads(done.stdout)  # noqa: S301 - see above
    if refusal:
        raise BadDocument(refusal)
    found: DocumentReading = reading
    return found


def _stopped(name: str) -> BadDocument:
    return BadDocument(
        f"{name} takes too much time or memory to read and was stopped. Split it into several files, or save it anew "
        "from the program that made it."
    )


def main() -> None:
    """The child: reads its task from standard input, and writes a reading or a refusal to standard output."""
    from knowledge_base.readers import read_document  # noqa: PLC0415 - the parent imports this module from there

    may, raw, name, given, surroundings, ignore = pickle.load(sys.stdin.buffer)  # noqa: S301 - the parent's own
    _limit(may)
    result: tuple[DocumentReading | None, str]
    try:
        result = read_document(raw, name, given, surroundings, ignore), ""
    except BadDocument as error:
        result = None, str(error)
    except MemoryError:
        result = None, str(_stopped(name))
    sys.stdout.buffer.write(pickle.dumps(result))


def _limit(may: Allowance) -> None:
    import resource  # noqa: PLC0415 - only the child limits itself

    resource.setrlimit(resource.RLIMIT_CPU, (may.seconds, may.seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (may.memory, may.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
