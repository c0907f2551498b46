"""Writing the product's own files so that they are on the disk, whole, before anybody is told so.

A file is written under a temporary name in its own folder, brought to the disk, given its name in
one step, and the folder that holds the name is brought to the disk as well. Whatever happens on the
way, a reader finds the file as it was or as it is after; and what a caller was told is stored is
there after a power cut. Everything that the product keeps passes through here (a test holds that).

Files and folders are readable by their owner alone (0600 and 0700), whatever the umask says.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

OWNER_FOLDER: Final = 0o700
OWNER_FILE: Final = 0o600
_UNFINISHED: Final = re.compile(r"\.(?P<name>.+)\.[a-z0-9_]{8,12}\.part")
_ABANDONED_AFTER_S: Final = 86_400  # a younger one may belong to a process that is still writing
_NO_LINKS: Final = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def replacing(
    path: Path, *, new: bool = False, named: Callable[[IO[bytes]], str] | None = None
) -> Iterator[IO[bytes]]:
    """Give a file to write to; it takes its name, whole and on the disk, when the block ends.

    On an error inside the block nothing is left and the file of that name stays as it was.

    Parameters
    ----------
    path : Path
        Its folder is made where there is none.
    new : bool
        Whether a file of that name must not be there. Of several that write at once, one then
        succeeds.
    named : callable, optional
        Gives the file's name once it is written, from what it holds, instead of that of `path`.

    Raises
    ------
    FileExistsError
        If the file has to be new and is there; that file stays as it is.
    """
    make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "w+b") as file:
            os.fchmod(file.fileno(), OWNER_FILE)
            yield file
            file.flush()
            os.fsync(file.fileno())
            to = path if named is None else path.with_name(named(file))
            _remove_abandoned(path, younger=os.fstat(file.fileno()).st_mtime)
        _give_new_name(part, to) if new else part.replace(to)
        sync_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def continuing(path: Path, *, at: int) -> Iterator[IO[bytes]]:
    """Give a file to go on writing at a place, under a name that says that it is unfinished.

    What was written stays, whatever happens; at the end of the block it is on the disk. Give it its
    name with `move` when it is whole.

    Parameters
    ----------
    path : Path
        Made where there is none, and its folder.
    at : int
        Bytes that are right already; what lies beyond them is cut off.
    """
    make_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, OWNER_FILE)
    with os.fdopen(handle, "r+b") as file:
        file.truncate(at)
        file.seek(at)
        yield file
        file.flush()
        os.fsync(file.fileno())


def write_file(path: Path, content: bytes, *, new: bool = False) -> None:
    """Write a small file as `replacing` does.

    Raises
    ------
    FileExistsError
        If the file has to be new and is there; that file stays as it is.
    """
    with replacing(path, new=new) as file:
        file.write(content)


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it that are missing; one that is there stays as it is."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(mode=OWNER_FOLDER, exist_ok=True)
    sync_folder(folder.parent)


def remove_file(path: Path, *, missing_ok: bool = False) -> None:
    """Remove a file, so that it is gone after a power cut as well."""
    path.unlink(missing_ok=missing_ok)
    with suppress(FileNotFoundError):  # of the folder
        sync_folder(path.parent)


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it, so that it is gone after a power cut as well."""
    shutil.rmtree(folder)
    sync_folder(folder.parent)


def move(source: Path, to: Path) -> None:
    """Give a file or folder another name on the same disk, in one step; a file there is replaced.

    What is in it must be on the disk already.
    """
    source.replace(to)
    sync_folder(to.parent)
    if source.parent != to.parent:
        sync_folder(source.parent)


def sync_files(paths: Iterable[Path]) -> None:
    """Bring files that a library wrote to the disk, and the folders that hold their names."""
    folders: dict[Path, None] = {}
    for path in paths:
        _sync(path)
        folders[path.parent] = None
    for folder in folders:
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    try:
        _sync(folder)
    except OSError as problem:
        if problem.errno != errno.EINVAL:  # some network disks cannot; they write names at once
            raise


def is_unfinished(name: str) -> bool:
    """Tell whether a file's name is that of one that is being written, or was when it was cut."""
    return _UNFINISHED.fullmatch(name) is not None


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _give_new_name(part: Path, path: Path) -> None:
    """Name a file unless another has that name; a hard link is the one step that asks and names."""
    try:
        path.hardlink_to(part)
    except FileExistsError:
        raise
    except OSError as problem:
        if problem.errno not in _NO_LINKS:
            raise
        if path.exists():  # on a disk without links, such as a memory stick
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from problem
        part.rename(path)


def _remove_abandoned(path: Path, *, younger: float) -> None:
    """Remove what processes that were killed while writing the same file have left behind."""
    for each in path.parent.iterdir():
        match = _UNFINISHED.fullmatch(each.name)
        if match is None or match["name"] != path.name:
            continue
        with suppress(FileNotFoundError):
            if younger - each.stat().st_mtime > _ABANDONED_AFTER_S:
                each.unlink()
