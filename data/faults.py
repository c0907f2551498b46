"""Foreseeable faults of the machine and of files, by family, each as one sentence.

A disk is full, a file is damaged, a database is busy: the libraries tell of it with exceptions of
their own, by the dozen. This is the one list of them. Whoever opens a file, or reads or writes the
store, does it inside `plain_faults`, which knows what is being done; what reaches a front door all
the same is put into words there (`families`, `plain_fault`). An exception of no family is a fault
of ours, and stays one.
"""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LONGEST: Final = 200
# How the libraries that are not written in Python tell the number of a fault of the system.
_NUMBERED: Final = re.compile(r"(?:os error |\[?errno |errno: )(\d+)", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"(?:file://)?/(?:[^\s'\"/]+/)+")

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_REFUSED: Final = (errno.EACCES, errno.EPERM)
_MISSING: Final = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)
_BUSY: Final = (errno.EBUSY, errno.ETXTBSY, errno.EAGAIN, errno.EDEADLK, errno.ENOLCK)
_NAMES: Final = (errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP, errno.EILSEQ)
_LIMITS: Final = (errno.EMFILE, errno.ENFILE)
# As some libraries raise them, without a number.
_BARE: Final = {
    FileNotFoundError: errno.ENOENT,
    PermissionError: errno.EACCES,
    IsADirectoryError: errno.EISDIR,
    NotADirectoryError: errno.ENOTDIR,
    BlockingIOError: errno.EAGAIN,
}

# What a parser raises that believes whatever stands in its file. Only for the one call of it.
CARELESS: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NameError,
    RuntimeError,
    TypeError,
    ValueError,
)


class FaultError(PlainError, ValueError):
    """A fault of the machine, the disk or a file: what is wrong, what was found, what to do."""

    def __init__(self, *, what: str, found: str, do: str) -> None:
        super().__init__(f"{what} Found: {found}. {do}")


class DiskFullError(FaultError):
    """No more can be written: the disk, a quota or the largest size of a file is reached."""


class ReadOnlyDiskError(FaultError):
    """The disk can be read and not written."""


class PermissionRefusedError(FaultError):
    """The account that runs this may not read or write there."""


class MissingFileError(FaultError):
    """A file is not there, or no longer."""


class NotAFileError(FaultError):
    """A folder, a pipe or a device stands where a file is needed."""


class DamagedError(FaultError):
    """A file can be opened, and its content makes no sense."""


class BusyError(FaultError):
    """Somebody else is using it just now."""


class OutOfMemoryError(FaultError):
    """The machine's memory does not suffice."""


class MachineFaultError(FaultError):
    """The disk or the system gave an error of another kind."""


@contextmanager
def plain_faults(
    what: str,
    *,
    do: str = "Get a whole copy of it and do this again.",
    damaged: Callable[[str], PlainError] | None = None,
    also: tuple[type[Exception], ...] = (),
) -> Iterator[None]:
    """Turn the foreseeable faults of what is done inside into plain errors.

    It can decorate a function as well; of a generator, only what makes it.

    Parameters
    ----------
    what : str
        What is read or written, to begin a sentence with: "The ward layer (wards.parquet)".
    do : str
        What to do where it is missing or damaged.
    damaged : callable, optional
        Makes the error of a damaged file from what was found; `DamagedError` without it.
    also : tuple of exception classes
        What tells of damage here, and need not elsewhere; see `CARELESS`.

    Raises
    ------
    FaultError
        By subclass; or what `damaged` returns.
    """
    try:
        yield
    except (PlainError, SystemExit, KeyboardInterrupt):  # nothing has to be looked up
        raise
    except (*families(), *also) as problem:
        raise plain_fault(problem, what=what, do=do, damaged=damaged) from problem


@cache
def families() -> tuple[type[Exception], ...]:
    """Return the exceptions that foreseeable faults arrive as, whoever raises them.

    What a library raises is looked up when it is asked for, so that a command starts without them.
    """
    from sqlite3 import Error as SqliteError

    from sqlalchemy.exc import SQLAlchemyError

    return (OSError, MemoryError, RecursionError, SqliteError, SQLAlchemyError, *damage())


@cache
def damage() -> tuple[type[Exception], ...]:
    """Return the exceptions that tell of a damaged or misnamed file, by the library they are of."""
    import csv
    import json
    import lzma
    import tomllib
    import zipfile
    import zlib
    from xml.etree.ElementTree import ParseError

    import pyarrow as pa
    from deltalake.exceptions import DeltaError
    from openpyxl.utils.exceptions import InvalidFileException
    from pyogrio.errors import DataLayerError, DataSourceError
    from pyproj.exceptions import ProjError
    from shapely.errors import ShapelyError

    text = (UnicodeError, csv.Error, json.JSONDecodeError, tomllib.TOMLDecodeError)
    packed = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError)
    office = (ParseError, InvalidFileException)
    tables = (pa.ArrowException, DeltaError)
    maps = (DataSourceError, DataLayerError, ShapelyError, ProjError)
    return (*text, *packed, *office, *tables, *maps)


def plain_fault(
    problem: Exception,
    *,
    what: str = "What was asked for",
    do: str = "Get a whole copy of it and do this again.",
    damaged: Callable[[str], PlainError] | None = None,
) -> PlainError:
    """Return a foreseeable fault as a plain error; parameters as `plain_faults`."""
    if isinstance(problem, PlainError):
        return problem
    if isinstance(problem, RecursionError):
        return DamagedError(what=f"{what} is damaged.", found="too deep a nesting", do=do)
    if isinstance(problem, MemoryError):
        return OutOfMemoryError(
            what=f"{what} needs more memory than there is.",
            found=short_message(problem),
            do="Give it in smaller pieces, or run this on a machine with more memory.",
        )
    number = _system_number(problem)
    if number is not None:
        return _system_fault(number, problem, what=what, do=do)
    if damaged is not None:
        return damaged(short_message(problem))
    return DamagedError(what=f"{what} is damaged.", found=short_message(problem), do=do)


def short_message(problem: BaseException) -> str:
    """Return what an exception says as one short line, without the folders of this machine."""
    if isinstance(problem, UnicodeDecodeError):
        return f"characters that are not {problem.encoding}, from byte {problem.start + 1:,} on"
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    text = _ADDRESS.sub("", lines[0] if lines else type(problem).__name__)
    return text[:_LONGEST].rstrip(" .:")


def refuse_no_file(path: Path) -> None:
    """Refuse what is there and no file, before it is opened: reading a pipe would never end.

    Raises
    ------
    NotAFileError, MissingFileError, PermissionRefusedError
    """
    with plain_faults(path.name, do="Check the name."):
        path.stat()
    if path.is_file():
        return
    kind = "a folder" if path.is_dir() else "a pipe or a device"
    raise NotAFileError(what=f"{path.name} is no file.", found=kind, do="Give the name of a file.")


def _system_number(problem: Exception) -> int | None:
    """Return the system's own number of a fault; None where the fault is in the content."""
    if isinstance(problem, OSError) and problem.errno:
        # To seek to nowhere is what a broken archive leads to.
        is_nowhere = problem.errno == errno.EINVAL and problem.filename is None
        return None if is_nowhere else problem.errno
    for kind, number in _BARE.items():
        if isinstance(problem, kind):
            return number
    if isinstance(problem, (UnicodeError, SyntaxError)):
        return None  # what they quote is the file's
    written = _NUMBERED.search(str(problem))
    return int(written[1]) if written else None


def _system_fault(number: int, problem: Exception, *, what: str, do: str) -> FaultError:
    name = getattr(problem, "filename", None)
    at = f" ({os.path.basename(name)})" if isinstance(name, str) and name else ""  # noqa: PTH119
    kind, fault, remedy = _meaning(number, do=do)
    return kind(what=f"{what}: {fault}.", found=f"{os.strerror(number)}{at}", do=remedy)


def _meaning(number: int, *, do: str) -> tuple[type[FaultError], str, str]:
    """Return the error of a fault's number, what is wrong, and what to do about it."""
    if number in _FULL:
        free = "Free some space, then do this again; what was stored before is unchanged."
        return DiskFullError, "the disk is full", free
    if number == errno.EROFS:
        mend = "Have it made writeable, or use another folder, then do this again."
        return ReadOnlyDiskError, "the disk can be read and not written", mend
    if number in _REFUSED:
        allow = "Give the account that runs Hotspot Tasking the right to it, then do this again."
        return PermissionRefusedError, "permission is refused", allow
    if number in _MISSING:
        return MissingFileError, "a file is not there", do
    if number in _BUSY:
        return BusyError, "it is busy", "Wait a little, then do this again."
    if number == errno.ENOMEM:
        more = "Give it in smaller pieces, or run this on a machine with more memory."
        return OutOfMemoryError, "the memory does not suffice", more
    other = {
        errno.EISDIR: (NotAFileError, "a folder stands where a file is needed", "Name a file."),
        **dict.fromkeys(
            _NAMES, (MachineFaultError, "the name cannot be used", "Use a shorter, plainer name.")
        ),
        **dict.fromkeys(
            _LIMITS, (MachineFaultError, "too many files are open", "Do this again a little later.")
        ),
    }
    check = "Have the disk and the system's log looked at, then do this again."
    return other.get(number, (MachineFaultError, "the disk or the system gave an error", check))
