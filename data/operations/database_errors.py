"""Why the operations store cannot be opened, or a change is not kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.operations.audit.changes import AuditEntry

_FIELDS_SAID: Final = 3


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
            "running and that HOTSPOT_OPERATIONS_URL is right."
        )


class OperationsBusyError(PlainError, ValueError):
    """Other changes kept the operations database busy for longer than anybody should wait."""

    def __init__(self) -> None:
        super().__init__(
            "Your change was not saved: the store is busy with somebody else's change. Try again."
        )


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
