"""The licensed premises of a store: where they are, what they are, and when they close.

They are kept as one Parquet file, in place of the last list loaded, with a title and the day whose
state of things it shows. A name and an address on the public licensing register are no secret, but
nearness to an incident is no blame either: what is shown of them says so. They are read from CSV by
`data.sources.premises_reading`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from data.sources.errors import DamagedFileError
from data.sources.parquet import replace_table, stored_table
from geo.crs import BRITISH_NATIONAL_GRID

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NO_HOUR: Final = -1  # `closes_minute` where no closing hour is known
NO_DAY: Final = -(10**6)  # `opened_day` where no day is known
NOON: Final = 720
_STORED: Final = ("name", "kind", "easting", "northing", "closes_minute", "opened_day")
_KEYS: Final = ("title", "shown_on", "metric_crs")
_WHAT: Final = "list of licensed premises"


@dataclass(frozen=True, slots=True, eq=False)
class Premises:
    """Licensed premises.

    Attributes
    ----------
    title : str
        What people call the list.
    shown_on : date
        The day whose state of things it shows.
    names, kinds : tuple of str
        Kind "" where the file says none.
    easting, northing : float64 arrays of shape (n,)
        Metres in `metric_crs`.
    closes_minute : int16 array of shape (n,)
        Minutes after noon at which they close, 0 to 1439, so that 02:00 comes after 23:00;
        `NO_HOUR` where that is not known.
    opened_day : int64 array of shape (n,)
        Days since 1970-01-01 since when they are licensed; `NO_DAY` where that is not known.
    metric_crs : str
    """

    title: str
    shown_on: date
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    closes_minute: NDArray[np.int16]
    opened_day: NDArray[np.int64]
    metric_crs: str

    def __len__(self) -> int:
        return len(self.names)

    @property
    def words(self) -> str:
        """Title and day: "Licensed premises of 1 Mar 2022"."""
        return f"{self.title} of {self.shown_on:%-d %b %Y}"

    @property
    def has_opening_days(self) -> bool:
        """Whether it is known of any since when it is licensed."""
        return bool((self.opened_day != NO_DAY).any())

    def closing(self, at: int) -> str:
        """Return when one closes: "02:30", or "" where that is not known."""
        minute = int(self.closes_minute[at])
        return "" if minute == NO_HOUR else clock_words(minute)


def clock_words(after_noon: int) -> str:
    """Return minutes after noon as a time of day: 870 is "02:30"."""
    hour, minute = divmod((after_noon + NOON) % 1440, 60)
    return f"{hour:02d}:{minute:02d}"


def save_premises(premises: Premises, path: Path) -> None:
    """Keep a list of premises in place of the last, in one step."""
    columns = (
        pa.array(premises.names, pa.string()),
        pa.array(premises.kinds, pa.string()),
        premises.easting,
        premises.northing,
        premises.closes_minute,
        premises.opened_day,
    )
    said = (premises.title, premises.shown_on.isoformat(), premises.metric_crs)
    about = {f"hotspot_{key}": text for key, text in zip(_KEYS, said, strict=True)}
    table = pa.table(dict(zip(_STORED, columns, strict=True)))
    replace_table(table.replace_schema_metadata(about), path)


def load_premises(path: Path, *, metric_crs: str = BRITISH_NATIONAL_GRID) -> Premises | None:
    """Read the list that `save_premises` kept; None where none was loaded.

    Raises
    ------
    DamagedFileError
        If the file is something else, or its positions are in another CRS.
    """
    if not path.is_file():
        return None
    table = stored_table(path, columns=_STORED, what=_WHAT)
    about = {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()}
    try:
        title, shown_on, crs = (about[f"hotspot_{key}"] for key in _KEYS)
        day = date.fromisoformat(shown_on)
    except (KeyError, ValueError) as fault:
        raise _unusable(found=f"no title or day ({fault})") from fault
    if crs != metric_crs:
        raise _unusable(found=f"positions in {crs}, the store is in {metric_crs}")
    return Premises(
        title=title,
        shown_on=day,
        names=tuple(table["name"].to_pylist()),
        kinds=tuple(table["kind"].to_pylist()),
        easting=table["easting"].to_numpy(),
        northing=table["northing"].to_numpy(),
        closes_minute=table["closes_minute"].to_numpy().astype(np.int16),
        opened_day=table["opened_day"].to_numpy().astype(np.int64),
        metric_crs=crs,
    )


def _unusable(*, found: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"The {_WHAT} of the store cannot be used.", found=found, do="Load it again."
    )
