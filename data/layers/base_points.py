"""The bases of opportunity of a store: weighted points that incidents are compared with.

Licensed premises, residents, doors: what relative risk (`models.hotspots.relative_risk`) divides
by. Each base is kept under a name of its own as one Parquet file, with its title and the day that
it shows. They are read from CSV by `data.sources.base_reading`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from data.layers.parquet import replace_table, stored_table, whole
from data.rows.errors import DamagedFileError
from geo.crs import BRITISH_NATIONAL_GRID
from geo.errors import PlainError
from models.hotspots.risk_surface import OWN_BASES
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_STORED: Final = ("easting", "northing", "weight")
_KEYS: Final = ("title", "shown_on", "weight_column", "metric_crs")
_WHAT: Final = "base of opportunity"


class BaseNameError(PlainError, ValueError):
    """A base cannot be kept under this name."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Unusable base name {name[:60]!r}. Use small letters, digits and _, beginning "
            f"with a letter, at most 40, and neither {' nor '.join(OWN_BASES)}."
        )


class UnknownBaseError(PlainError, LookupError):
    """The store has no base of this name."""

    def __init__(self, name: str, *, loaded: Sequence[str]) -> None:
        known = f"loaded are {', '.join(loaded)}" if loaded else "none is loaded"
        super().__init__(
            f"Unknown base {name!r}: {known}. Load it on the page Import "
            f"data or with `hotspots base FILE --name {name}`, or compare with something else."
        )


@dataclass(frozen=True, slots=True, eq=False)
class BasePoints:
    """A base of opportunity.

    Attributes
    ----------
    name, title : str
        Its name in links and commands, and its title for people.
    shown_on : date
        The day whose state it shows.
    easting, northing : float64 array of shape (n,)
        Metres in `metric_crs`.
    weight : float64 array of shape (n,)
        At least 0, not all 0.
    weight_column : str
        Column of the weights; "" where each point counts as one.
    metric_crs : str
    """

    name: str
    title: str
    shown_on: date
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    weight: NDArray[np.float64]
    weight_column: str
    metric_crs: str

    def __len__(self) -> int:
        return len(self.easting)

    @property
    def label(self) -> str:
        """Title and day: "Licensed premises of 1 Mar 2022"."""
        return f"{self.title} of {day_label(self.shown_on)}"


def checked_name(name: str) -> str:
    """Return the name of a base.

    Raises
    ------
    BaseNameError
        If it cannot be one.
    """
    if not _NAME.fullmatch(name) or name in OWN_BASES:
        raise BaseNameError(name)
    return name


def save_base(base: BasePoints, folder: Path) -> None:
    """Keep a base in a folder, in place of one of the same name, in one step."""
    arrays = (base.easting, base.northing, base.weight)
    texts = (base.title, base.shown_on.isoformat(), base.weight_column, base.metric_crs)
    table = pa.table(dict(zip(_STORED, arrays, strict=True)))
    about = {f"hotspot_{key}": text for key, text in zip(_KEYS, texts, strict=True)}
    replace_table(table.replace_schema_metadata(about), base_path(base.name, folder))


def base_path(name: str, folder: Path) -> Path:
    """Return where a base is kept.

    Raises
    ------
    BaseNameError
        If it cannot be the name of one.
    """
    return folder / f"{checked_name(name)}.parquet"


def load_base(name: str, folder: Path, *, metric_crs: str = BRITISH_NATIONAL_GRID) -> BasePoints:
    """Read a base that `save_base` kept.

    Raises
    ------
    BaseNameError
        If it cannot be the name of one.
    UnknownBaseError
        If none of that name is kept.
    DamagedFileError
        If the file is something else, or its positions are in another CRS.
    """
    path = base_path(name, folder)
    if not path.is_file():
        raise UnknownBaseError(name, loaded=base_names(folder))
    table = stored_table(path, columns=_STORED, what=_WHAT)
    try:
        about = {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()}
        title, shown_on, weight_column, crs = (about[f"hotspot_{key}"] for key in _KEYS)
        day = date.fromisoformat(shown_on)
    except (KeyError, ValueError) as fault:
        raise _unusable(name, found=f"no title or day ({fault})") from fault
    if crs != metric_crs:
        raise _unusable(name, found=f"positions in {crs}, the store is in {metric_crs}")
    with whole(_WHAT, path):
        easting, northing, weight = (_numbers(table[column]) for column in _STORED)
    return BasePoints(name, title, day, easting, northing, weight, weight_column, crs)


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def base_names(folder: Path) -> tuple[str, ...]:
    """Return the names of the bases kept in a folder, in alphabetical order."""
    return tuple(sorted(p.stem for p in folder.glob("*.parquet") if _NAME.fullmatch(p.stem)))


def _unusable(name: str, *, found: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"The base {name} of the store cannot be used.", found=found, do="Load it again."
    )
