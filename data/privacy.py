"""Who on the computer may read what the product writes: its owner alone.

The front doors run with a umask that gives nobody else anything, so that files of libraries (the
incident table, the database's log) are private too, and so is what the command line exports. A
store that an earlier version left readable is closed when it is opened.
"""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS: Final = 0o077
_OF_A_STORE: Final = (
    "operations.sqlite",
    "incidents",
    "imports",
    "bases",
    "places",
    "wards.parquet",
    "accounts.json",
    "caller_salt",
    "ward_figures.secret",
    "ward_figures.ledger",
    ".lock",
)


@contextmanager
def owner_alone() -> Iterator[None]:
    """Let every file that this process makes meanwhile be readable by its owner alone."""
    before = os.umask(_OTHERS)
    try:
        yield
    finally:
        os.umask(before)


def close_to_others(store: Path) -> str:
    """Take the rights of everybody but the owner from a store and all that is in it.

    A look at the folder and what lies directly in it decides whether anything has to be done, so
    that opening a store costs nothing.

    Returns
    -------
    str
        What was changed, in one sentence; nothing where nothing was.
    """
    if os.name != "posix" or not store.is_dir() or not _is_store(store):
        return ""
    if not any(map(_is_open, (store.resolve(), *store.iterdir()))):
        return ""
    not_ours = 0
    for folder, _, names in os.walk(store.resolve()):
        for path in (Path(folder), *(Path(folder) / name for name in names)):
            try:
                _close(path)
            except PermissionError:
                not_ours += 1
            except OSError:  # a disk that can only be read: whoever writes hears of it
                return ""
    told = (
        f"The store {store} could be read by other people with an account on this computer. From "
        "now on only its owner can read it."
    )
    if not_ours:
        told += (
            f" {counted(not_ours, 'file belongs', 'files belong')} to another account and could "
            "not be closed: have the owner or an administrator of the computer do the same."
        )
    return told


def _is_store(folder: Path) -> bool:
    """Tell a store from any other folder that was named by mistake: it holds what a store does."""
    return any((folder / name).exists() for name in _OF_A_STORE)


def _is_open(path: Path) -> bool:
    """Tell whether others may read a file or folder; what a link leads to is not the store's."""
    with suppress(FileNotFoundError):
        mode = path.lstat().st_mode
        return not stat.S_ISLNK(mode) and bool(mode & _OTHERS)
    return False


def _close(path: Path) -> None:
    with suppress(FileNotFoundError):  # it was another process's, for a moment
        if _is_open(path):
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & ~_OTHERS)
