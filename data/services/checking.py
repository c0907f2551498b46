"""Whether the store is as it was stored: both stores and every file next to them.

The quick check looks whether everything is there, in its size, whether the log of the incident
table is whole, and whether every row of operations is what was stored. The full one reads every
byte and compares it with the digest of what was stored.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data import seals
from data.faults import FaultError
from data.incidents.caller_salt import UNCHECKED_REMEDY, salt_state
from data.incidents.damage import Damage
from data.incidents.data_files import expected_digests
from data.incidents.imports import imports
from data.incidents.integrity import NeededFile, file_damage, log_damage, table_files
from data.operations.database import Operations, address
from data.operations.database_errors import OperationsUnreachableError
from data.operations.integrity import operations_damage
from data.operations.kept_files import REJECTED_REMEDY, kept_damage, kept_files
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.settings import Settings


@dataclass(frozen=True, slots=True)
class StoreCheck:
    """What a check of the store found.

    Attributes
    ----------
    damage : tuple of Damage
        Nothing where the store is sound.
    files : int
        How many files were looked at.
    sealed_now : int
        How many of those had no digest, could be read, and have one from now on.
    """

    damage: tuple[Damage, ...]
    files: int
    sealed_now: int

    @property
    def summary(self) -> str:
        """What was found, in one line."""
        damaged = len({each.name for each in self.damage})
        found = f"{damaged:,} damaged" if damaged else "all are sound"
        later = (
            f" {self.sealed_now:,} of them, of an earlier version, had no digest; they could be "
            "read and have one from now on."
            if self.sealed_now
            else ""
        )
        return f"{counted(self.files, 'file')} checked: {found}.{later}"


def check_store(
    settings: Settings, *, full: bool, progress: Callable[[float], None] | None = None
) -> StoreCheck:
    """Check both stores and every file next to them.

    Parameters
    ----------
    settings : Settings
    full : bool
        Whether to read every file to its end, and every page and index of the operations.
    progress : callable, optional
        Told how much is done, 0 to 1.
    """
    table = table_files(settings.incidents_path)
    others = list(kept_files(settings))
    whole = len(table.needed) + len(others) + 1
    damage: list[Damage] = list(table.damage)
    sealed_now = 0
    work: list[NeededFile | Path] = [*table.needed, *others]
    for done, each in enumerate(work):
        path = each.path if isinstance(each, NeededFile) else each
        unsealed = full and not _has_digest(each)
        found = (
            file_damage(each, full=full)
            if isinstance(each, NeededFile)
            else kept_damage(each, store=settings.store, full=full)
        )
        damage += [] if found is None else [found]
        sealed_now += bool(unsealed and seals.sealed(path))
        if progress is not None:
            progress(done / whole)
    if full:
        damage += [found for each in table.log if (found := log_damage(each)) is not None]
        sealed_now += _seal_log(table.log)
    damage += _operations(settings, full=full)
    if not table.damage:
        damage += [*_lost_rejected_rows(settings), *_unchecked_secret(settings)]
    return StoreCheck(tuple(damage), files=len(work) + len(table.log) + 1, sealed_now=sealed_now)


def _has_digest(each: NeededFile | Path) -> bool:
    return bool(expected_digests(each.path if isinstance(each, NeededFile) else each))


def _seal_log(log: tuple[Path, ...]) -> int:
    """Seal the entries of earlier versions, which the library has just read."""
    unsealed = [each for each in log if not seals.sealed(each)]
    for each in unsealed:
        seals.seal(each)
    return len(unsealed)


def _lost_rejected_rows(settings: Settings) -> list[Damage]:
    """Return the rejected rows that the record of an import names and that are not there.

    One of which the seal is there is found without the record.
    """
    try:
        records = imports(settings)
    except PlainError:  # of a damaged file, which is named already
        return []
    paths = [each.rejected_file for each in records if each.rejected_file is not None]
    return [
        Damage(each.relative_to(settings.store).as_posix(), "is missing", REJECTED_REMEDY)
        for each in paths
        if not each.exists() and not seals.sealed(each)
    ]


def _unchecked_secret(settings: Settings) -> list[Damage]:
    """Return that nothing says whether the secret for callers is the one they were hashed with.

    Where the seal of what would say so is there, the file is missed without this.
    """
    check = settings.caller_check_path
    if check.exists() or seals.sealed(check):
        return []
    try:
        stands = salt_state(settings)
    except PlainError:  # of a damaged file, which is named already
        return []
    if stands.state != "unchecked" or not stands.hashed_callers:
        return []
    fault = "is missing, so nothing says whether the secret for callers is the right one"
    return [Damage(check.name, fault, UNCHECKED_REMEDY)]


def _operations(settings: Settings, *, full: bool) -> tuple[Damage, ...]:
    url = address(settings)
    name = (
        Path(url.database or "").name
        if url.get_backend_name() == "sqlite"
        else url.render_as_string(hide_password=True)
    )
    try:
        ops = Operations.open(settings)
    except (OperationsUnreachableError, FaultError) as problem:
        return (Damage(name, f"cannot be opened ({problem})"),)
    try:
        with ops.engine.connect() as connection:
            return operations_damage(connection, name=name, full=full)
    finally:
        ops.close()
