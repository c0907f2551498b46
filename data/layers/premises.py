"""The licensed premises of a store: where they are, what they are, and when they close.

They are kept as one Parquet file, in place of the last list loaded, with a title and the day whose
state of things it shows. A name and an address on the public licensing register are no secret, but
being near an incident puts no blame on anyone: every view of them says so. They are read from CSV
by `data.sources.premises_reading`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from data.layers.parquet import replace_table, stored_table, whole
from data.rows.errors import DamagedFileError
from geo.crs import BRITISH_NATIONAL_GRID
from models.nights.premises import Premises

if TYPE_CHECKING:
    from pathlib import Path


_STORED: Final = ("name", "kind", "easting", "northing", "closes_minute", "opened_day")
_KEYS: Final = ("title", "shown_on", "metric_crs")
_WHAT: Final = "list of licensed premises"


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
    texts = (premises.title, premises.shown_on.isoformat(), premises.metric_crs)
    about = {f"hotspot_{key}": text for key, text in zip(_KEYS, texts, strict=True)}
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
    try:
        about = {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()}
        title, shown_on, crs = (about[f"hotspot_{key}"] for key in _KEYS)
        day = date.fromisoformat(shown_on)
    except (KeyError, ValueError) as fault:
        raise _unusable(found=f"no title or day ({fault})") from fault
    if crs != metric_crs:
        raise _unusable(found=f"positions in {crs}, the store is in {metric_crs}")
    with whole(_WHAT, path):
        return Premises(
            title=title,
            shown_on=day,
            names=tuple(table["name"].to_pylist()),
            kinds=tuple(table["kind"].to_pylist()),
            easting=np.asarray(table["easting"].to_numpy(), dtype=np.float64),
            northing=np.asarray(table["northing"].to_numpy(), dtype=np.float64),
            closes_minute=table["closes_minute"].to_numpy().astype(np.int16),
            opened_day=table["opened_day"].to_numpy().astype(np.int64),
            metric_crs=crs,
        )


def _unusable(*, found: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"The {_WHAT} of the store cannot be used.", found=found, do="Load it again."
    )
