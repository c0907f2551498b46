"""One lock for a store: what must not happen twice at once happens one after the other.

The lock is the operating system's, on a file in the store. It ends with the process that holds it,
however that ends, so a kill or a power cut never leaves a store locked. What replaces things whole
(a restore, the demo, a ward layer) holds it alone; imports and backups, which get on with each
other, share it.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from data.durable import OWNER_FILE, make_folder
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

STORE_LOCK: Final = ".lock"
APP_LOCK: Final = ".app.lock"  # shared by every app that runs on the store
WAIT_S: Final = 600.0  # longer than the demo takes to build on a slow machine
_TRIED_EVERY_S: Final = 0.05
_LONGEST_NOTE: Final = 200
# What this thread of work holds, by file: true where it holds it alone.
_HELD: Final[ContextVar[Mapping[str, bool] | None]] = ContextVar("held_locks", default=None)


class StoreLockedError(PlainError, ValueError):
    """Something else uses the store, and took too long to wait for."""

    def __init__(self, *, what: str, holder: str) -> None:
        by = f" by {holder}" if holder else ""
        super().__init__(
            f"Not done: {what}. The store is in use{by}. Nothing was changed. Wait until that has "
            "ended, or end it, then try again."
        )


@contextmanager
def locked(
    store: Path,
    what: str,
    *,
    shared: bool = False,
    name: str = STORE_LOCK,
    wait_s: float = WAIT_S,
) -> Iterator[None]:
    """Hold the lock of a store; whoever holds it already goes straight on.

    Parameters
    ----------
    store : Path
        Its folder; made where there is none.
    what : str
        What is done meanwhile, for the message to whoever waits, such as ``"restoring a backup"``.
    shared : bool
        Whether others that share it may go on at the same time.
    name : str
        Of the lock's file in the folder.
    wait_s : float
        Seconds to wait for others.

    Raises
    ------
    StoreLockedError
        If others hold it for longer than that.
    """
    path = store.resolve() / name
    held = _HELD.get() or {}
    if str(path) in held:
        if not shared and not held[str(path)]:
            message = f"{what}: the lock is shared here already and cannot be held alone"
            raise RuntimeError(message)
        yield
        return
    handle = _acquired(path, what=what, shared=shared, wait_s=wait_s)
    token = _HELD.set({**held, str(path): not shared})
    note = f"{what} (process {os.getpid()})"
    try:
        _write_note(handle, note)
        yield
    finally:
        _HELD.reset(token)
        if _note(path) == note:
            _write_note(handle, "")
        os.close(handle)


def _acquired(path: Path, *, what: str, shared: bool, wait_s: float) -> int:
    """Return an open file that is locked, and that still is the one of this name."""
    until = time.monotonic() + wait_s
    while True:
        make_folder(path.parent)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_FILE)
        try:
            if _try_lock(handle, shared=shared) and _is_named(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        if time.monotonic() >= until:
            raise StoreLockedError(what=what, holder=_note(path))
        time.sleep(_TRIED_EVERY_S)


def _is_named(handle: int, path: Path) -> bool:
    """Tell whether the file was not removed, or another put in its place, while it was opened."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _note(path: Path) -> str:
    """Return who wrote last that it holds the lock; nothing where nobody says so."""
    try:
        return path.read_text(encoding="utf-8", errors="replace")[:_LONGEST_NOTE].strip()
    except OSError:
        return ""


def _write_note(handle: int, note: str) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, note.encode())


if sys.platform == "win32":
    import msvcrt

    _FAR: Final = 1 << 30  # past the note, which others read

    def _try_lock(handle: int, *, shared: bool) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int, *, shared: bool) -> bool:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
