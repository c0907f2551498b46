"""The files next to the two stores: wards, postcodes, bases, severity, profiles, rejected rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data import seals
from data.incidents.caller_salt import UNCHECKED_REMEDY
from data.incidents.damage import RESTORE, Damage
from data.incidents.integrity import seal_readable
from data.operations.backup.contents import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

REJECTED_REMEDY: Final = (
    "No figure is affected. Import the same file again to get its rejected rows."
)
_REMEDIES: Final = {
    "wards.parquet": "Load the wards again (`hotspots wards FILE`).",
    "postcodes.parquet": "Load the postcodes again (`hotspots postcodes FILE`).",
    "premises.parquet": "Load the premises again (`hotspots premises FILE`).",
    "context.parquet": "Load the population again (`hotspots context FILE`).",
    "severity.csv": "Load the severity table again (`hotspots severity FILE`).",
    "caller_salt.check": UNCHECKED_REMEDY,
    "bases": "Load the base again (`hotspots base FILE`).",
    "places": "Load the layer again (`hotspots places FILE --kind KIND`, the kind being its name).",
    "profiles": "Save the profile again on the page Import data.",
    "imports": REJECTED_REMEDY,
}
_SEALED_LATER: Final = ("caller_salt", "rejected.csv")


def kept_files(settings: Settings) -> Iterator[Path]:
    """Yield the files next to the two stores that have a seal or can be given one."""
    store = settings.store
    for folder, folders, names in os.walk(store, followlinks=True):
        here = Path(folder)
        if here == store:
            folders[:] = [each for each in folders if not LEFT_OUT.fullmatch(each)]
        if here == settings.incidents_path:
            folders.clear()  # log and data are looked at by what the log says
        of_seals = {path for each in names if (path := seals.sealed_path(here / each)) is not None}
        own = {
            here / each
            for each in names
            if not each.startswith(".") and (each.endswith(".parquet") or each in _SEALED_LATER)
        }
        yield from sorted(of_seals | own)


def kept_damage(path: Path, *, store: Path, full: bool) -> Damage | None:
    """Return what is wrong with such a file; None for a sound one.

    Parameters
    ----------
    path, store : Path
    full : bool
        Whether to read it and compare its digest. One without a seal then gets one if it can be
        read.
    """
    name = path.relative_to(store).as_posix()
    remedy = _REMEDIES.get(name, _REMEDIES.get(name.split("/")[0], RESTORE))
    try:
        if not full:
            fault = None if path.is_file() or seals.is_going(path) else "is missing"
        elif not seals.sealed(path):
            fault = _seal_if_readable(path)
        else:
            state = seals.state(path)
            faults = {"damaged": "does not hold what was stored", "missing": "is missing"}
            fault = faults.get(state)
    except OSError as problem:
        fault = f"cannot be read ({problem.strerror})"
    return None if fault is None else Damage(name, fault, remedy)


def _seal_if_readable(path: Path) -> str | None:
    if path.suffix == ".parquet":
        return seal_readable(path)
    seals.seal(path)
    return None
