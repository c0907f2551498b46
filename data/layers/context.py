"""Population and deprivation by small area (LSOA), kept in the store, and read by ward.

A small area is assigned to a ward by the best evidence: its outline, if boundaries were loaded
with it (the ward that holds the most of it), else its centre, if the file has one. An area with
neither, or outside every ward, is kept and counted as not placed, so that a ward's population is
never quietly too small. Read from CSV by `data.sources.context_reading`.

Residents and the ambient population (people present, workers and visitors included) are summed;
the deprivation score is the mean over residents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import shapely

from data.layers.parquet import replace_table, stored_table, whole
from data.rows.errors import DamagedFileError
from models.indicators.small_areas import Context

if TYPE_CHECKING:
    from pathlib import Path


_NUMBERS: Final = ("residents", "ambient", "deprivation", "easting", "northing")
_STORED: Final = ("code", *_NUMBERS, "outline")
_KEYS: Final = ("title", "metric_crs")
_WHAT: Final = "population by small area"


def save_context(context: Context, path: Path) -> None:
    """Keep the small areas, in place of those before, in one step."""
    table = pa.table(
        {
            "code": pa.array(context.code, pa.string()),
            **{name: pa.array(getattr(context, name), pa.float64()) for name in _NUMBERS},
            "outline": pa.array(
                [None if each is None else shapely.to_wkb(each) for each in context.outline],
                pa.binary(),
            ),
        }
    )
    about = {f"hotspot_{key}": getattr(context, key) for key in _KEYS}
    replace_table(table.replace_schema_metadata(about), path)


def load_context(path: Path, *, metric_crs: str) -> Context:
    """Read what `save_context` kept.

    Raises
    ------
    NoSuchFileError
        If nothing is kept.
    DamagedFileError
        If the file is something else, or in another CRS.
    """
    table = stored_table(path, columns=_STORED, what=_WHAT)
    with whole(_WHAT, path):
        about = {key.decode(): text.decode() for key, text in (table.schema.metadata or {}).items()}
    title, crs = (about.get(f"hotspot_{key}", "") for key in _KEYS)
    if crs != metric_crs:
        raise DamagedFileError(
            what=f"The {_WHAT} of the store cannot be used.",
            found=f"positions in {crs or 'no stated coordinate system'}",
            do="Load it again.",
        )
    with whole(_WHAT, path):
        shapes = [
            None if each is None else shapely.from_wkb(each)
            for each in table["outline"].to_pylist()
        ]
        outline = np.array(shapes, dtype=object)
        values = {name: np.asarray(table[name].to_numpy(), dtype=np.float64) for name in _NUMBERS}
        return Context(
            title, tuple(table["code"].to_pylist()), outline=outline, metric_crs=crs, **values
        )
