"""Why the operations store cannot be opened, or a change is not kept."""

from __future__ import annotations

from sqlite3 import Error as SqliteError
from typing import TYPE_CHECKING, Final

from data.faults import (
    DamagedError,
    DiskFullError,
    MachineFaultError,
    OutOfMemoryError,
    PermissionRefusedError,
    ReadOnlyDiskError,
    short_message,
)
from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from sqlalchemy.exc import DBAPIError

    from data.operations.audit.changes import AuditEntry

_FIELDS_SAID: Final = 3
_STORE: Final = "The operations database"
# By SQLite's primary result codes (sqlite.org/rescode.html) and PostgreSQL's SQLSTATEs.
_BUSY: Final = (5, 6, "40001", "40P01", "55P03", "53300", "57P03")
_FULL: Final = (13, "53100")
_READ_ONLY: Final = (8, "25006")
_REFUSED: Final = (3, 23, "42501")
_DAMAGED: Final = (11, 26, "XX001", "XX002")
_MEMORY: Final = (7, "53200")
_DISK: Final = (10, "58030")


class OperationsAddressError(PlainError, ValueError):
    """HOTSPOT_OPERATIONS_URL is not the address of a database that can be used."""

    def __init__(self, fault: str) -> None:
        super().__init__(
            f"HOTSPOT_OPERATIONS_URL does not name a database that can be used ({fault}). Give "
            "postgresql://user:password@host/database, or leave it out for a file in the store."
        )


class OperationsUnreachableError(PlainError, LookupError):
    """The operations database does not answer, or is not one."""

    def __init__(self, address: str, *, reason: str) -> None:
        super().__init__(
            f"The operations database at {address} cannot be opened: {reason}. Check that it is "
            "there and running, that the account that runs Hotspot Tasking may read and write it, "
            "and that HOTSPOT_OPERATIONS_URL is right."
        )


class OperationsBusyError(PlainError, ValueError):
    """Other changes kept the operations database busy for longer than anybody should wait."""

    def __init__(self, *, reading: bool = False) -> None:
        what = "The operations could not be read" if reading else "Your change was not saved"
        super().__init__(f"{what}: the store is busy with somebody else's change. Try again.")


class ChangedMeanwhileError(PlainError, ValueError):
    """Somebody else changed the same thing first; nothing of this change was kept.

    Attributes
    ----------
    change : data.operations.audit.changes.AuditEntry or None
        The other change, as the audit trail has it.
    """

    def __init__(self, change: AuditEntry | None, *, timezone: ZoneInfo) -> None:
        self.change = change
        other = "Somebody else changed this"
        if change is not None:
            at = change.at.astimezone(timezone)
            other = f"{change.person} {change.action} this at {at:%H:%M on} {day_label(at)}"
            other += f" ({said})" if (said := _what_changed(change)) else ""
        super().__init__(
            f"{other}, after you opened it. Nothing of your change was saved. Open it again, and "
            "make your change to what it says now."
        )


def database_fault(problem: DBAPIError, *, address: str, reading: bool = False) -> PlainError:
    """Return what a database refused or failed at, as a plain error of its family.

    Parameters
    ----------
    problem : DBAPIError
        As the database's driver told it.
    address : str
        Of the database, without its password.
    reading : bool
        Whether it was only being opened or read.
    """
    code = _code(problem)
    if code in _BUSY or "database is locked" in str(problem.orig):
        return OperationsBusyError(reading=reading)
    found = short_message(problem.orig) if problem.orig else "it does not answer"
    for codes, kind, fault, do in _FAULTS:
        if code in codes:
            return kind(what=f"{_STORE} {fault} ({address}).", found=found, do=do)
    return OperationsUnreachableError(address, reason=found)


def damaged_database(problem: Exception, *, address: str) -> DamagedError:
    """Return that what a database holds makes no sense."""
    return DamagedError(
        what=f"{_STORE} is damaged, or is none ({address}).",
        found=short_message(problem),
        do=_RESTORE,
    )


_RESTORE: Final = "Restore the newest backup (`hotspots restore`) into a new store."
_FAULTS: Final = (
    (
        _FULL,
        DiskFullError,
        "cannot be written: the disk is full",
        "Free some space, then do this again; what was stored before is unchanged.",
    ),
    (
        _READ_ONLY,
        ReadOnlyDiskError,
        "can be read and not written",
        "Give the account that runs Hotspot Tasking the right to write the file and its folder, "
        "or have the disk made writeable.",
    ),
    (
        _REFUSED,
        PermissionRefusedError,
        "refuses the account that runs Hotspot Tasking",
        "Give that account the right to it.",
    ),
    (_DAMAGED, DamagedError, "is damaged, or is none", _RESTORE),
    (
        _MEMORY,
        OutOfMemoryError,
        "needs more memory than there is",
        "Run it on a machine with more memory.",
    ),
    (
        _DISK,
        MachineFaultError,
        "cannot be read or written: the disk is full or gave an error",
        "Have the disk and the system's log looked at, then do this again.",
    ),
)


def _code(problem: DBAPIError) -> int | str | None:
    """Return SQLite's primary result code, or PostgreSQL's SQLSTATE."""
    if isinstance(problem.orig, SqliteError):
        code = getattr(problem.orig, "sqlite_errorcode", None)
        return None if code is None else int(code) & 0xFF
    state: str | None = getattr(problem.orig, "sqlstate", None)
    return state


def _what_changed(change: AuditEntry) -> str:
    """Say in a few words what a change changed."""
    before, after = change.before or {}, change.after or {}
    if change.action != "changed":
        return ""
    fields = [each for each in after if each != "version"]
    said = [
        f"{each.replace('_', ' ')}: {_short(before.get(each))} to {_short(after[each])}"
        for each in fields[:_FIELDS_SAID]
    ]
    more = len(fields) - len(said)
    return "; ".join([*said, *([f"and {more} more"] if more > 0 else [])])


def _short(value: object, *, longest: int = 40) -> str:
    words = "nothing" if value in (None, "") else str(value)
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
