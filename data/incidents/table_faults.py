"""The foreseeable faults of the incident table, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.faults import plain_faults

if TYPE_CHECKING:
    from contextlib import _GeneratorContextManager


def table_faults(*, also: tuple[type[Exception], ...] = ()) -> _GeneratorContextManager[None]:
    """Say in a plain error why the incident table cannot be read or written.

    Parameters
    ----------
    also : tuple of exception classes
        What tells of damage here, and need not elsewhere.

    Raises
    ------
    data.faults.FaultError
    """
    return plain_faults(
        "The incident table of the store",
        do="Restore the newest backup (`hotspots restore`) into a new store.",
        also=also,
    )
