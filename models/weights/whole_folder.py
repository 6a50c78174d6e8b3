"""A folder that is replaced whole: whoever looks, and whatever is killed when, sees the old one or the new one.

The new folder is made beside its place, brought down to the disk, and the two change places in one step of the kernel
(``renameat2`` with ``RENAME_EXCHANGE``, Linux 3.15). Where the file system cannot do that (some network shares), the
old one steps aside first: a process that is killed between the two steps leaves it there, and :func:`settle` puts it
back.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2
_CANNOT = (errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP)


@contextmanager
def replacing(folder: Path, exchange: Callable[[Path, Path], bool] | None = None) -> Iterator[Path]:
    """An empty folder to fill; at the end of a clean block it stands at ``folder``, which need not exist yet.

    Processes that replace the same folder take turns. On an error ``folder`` stays as it was. Raises OSError.
    ``exchange`` is :func:`exchanged` unless another way to swap two folders is given.
    """
    folder = folder.absolute()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock(folder).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _put_back(folder)
        for left in folder.parent.glob(f".{escape(folder.name)}-making-*"):  # by a process that was killed
            shutil.rmtree(left, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-making-"))
        try:
            fresh = scratch / folder.name
            fresh.mkdir()
            yield fresh
            for path in (*fresh.rglob("*"), fresh):
                sync(path)
            _put(fresh, folder, exchange or exchanged)
            sync(folder.parent)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def settle(folder: Path) -> None:
    """Put back what stepped aside for a replacement that never came, because its process was killed.

    Nothing happens while a replacement is going on, or where this account may not write.
    """
    folder = folder.absolute()
    if not _aside(folder).exists():
        return
    with contextlib.suppress(OSError), _lock(folder).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        _put_back(folder)


def exchanged(first: Path, second: Path) -> bool:
    """Let two folders of one file system change places in one step; whether it can. Raises OSError where it may not."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(first), _AT_FDCWD, os.fsencode(second), _RENAME_EXCHANGE) == 0:
        return True
    fault = ctypes.get_errno()
    if fault in _CANNOT:
        return False
    raise OSError(fault, os.strerror(fault), str(second))


def sync(path: Path) -> None:
    """A file or a folder, down to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.lock")


def _put_back(folder: Path) -> None:
    aside = _aside(folder)
    if folder.exists():
        shutil.rmtree(aside, ignore_errors=True)
    elif aside.exists():
        aside.rename(folder)


def _put(fresh: Path, folder: Path, exchange: Callable[[Path, Path], bool]) -> None:
    if not folder.exists():
        fresh.rename(folder)
    elif not exchange(fresh, folder):
        folder.rename(_aside(folder))
        try:
            fresh.rename(folder)
        finally:
            _put_back(folder)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-before")
