"""The postcode table in use, kept in the store as Parquet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from data.layers.parquet import replace_table, stored_table, whole
from geo.crs import BRITISH_NATIONAL_GRID
from geo.postcodes import PostcodeTable

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

_METRIC_CRS: Final = b"hotspot_metric_crs"
_STORED: Final = ("postcode", "easting", "northing", "ward_code")
_ENDED: Final = "ended"  # not in tables that were stored before it was read


def save_postcodes(postcodes: PostcodeTable, path: Path) -> None:
    """Keep a postcode table as Parquet, in one step: a reader sees the old one or the new one."""
    arrays = (postcodes.postcodes, postcodes.easting, postcodes.northing, postcodes.ward_codes)
    table = pa.table(dict(zip(_STORED, arrays, strict=True)))
    if postcodes.ended is not None:
        table = table.append_column(_ENDED, pa.array(postcodes.ended))
    crs = {_METRIC_CRS: postcodes.metric_crs.encode()}
    replace_table(table.replace_schema_metadata(crs), path)


def load_postcodes(path: Path) -> PostcodeTable:
    """Read the postcode table that `save_postcodes` kept.

    Raises
    ------
    NoSuchFileError
        If none was ever kept there.
    DamagedFileError
        If the file is something else.
    """
    table = stored_table(path, columns=_STORED, what="postcode table")
    crs = (table.schema.metadata or {}).get(_METRIC_CRS, BRITISH_NATIONAL_GRID.encode())
    with whole("postcode table", path):
        return PostcodeTable(  # kept sorted and tidy
            postcodes=table["postcode"].combine_chunks(),
            easting=np.asarray(table["easting"].to_numpy(), dtype=np.float64),
            northing=np.asarray(table["northing"].to_numpy(), dtype=np.float64),
            ward_codes=table["ward_code"].combine_chunks(),
            metric_crs=crs.decode(),
            ended=table[_ENDED].to_numpy() if _ENDED in table.column_names else None,
        )


def postcodes_in_use(settings: Settings) -> PostcodeTable | None:
    """Return the postcode table of the store; None where none was loaded."""
    return load_postcodes(settings.postcodes_path) if settings.postcodes_path.exists() else None
