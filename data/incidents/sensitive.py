"""Positions of stored incidents, without those of domestic and sexual ones.

Everything that works with places reads the positions of the incident table here, so a domestic or
sexual incident has none anywhere beyond it: NaN, which lies in no polygon, no cell and no window. A
new reader cannot forget to leave them out, as there is nothing to draw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.incidents.columns import flag_codes, matches
from data.incidents.matching import mix
from models.wording.sensitive import is_sensitive_offence

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

SENSITIVE_COLUMNS: Final = ("offence", "domestic")  # what decides it; see models.wording.sensitive
_POSITION: Final = ("easting", "northing")
PLACE_COLUMNS: Final = (*SENSITIVE_COLUMNS, *_POSITION)


def sensitive_rows(rows: pa.Table) -> NDArray[np.bool_]:
    """Tell which rows are domestic or sexual.

    Parameters
    ----------
    rows : Table
        With `SENSITIVE_COLUMNS`; `offence` as a dictionary.
    """
    marked = flag_codes(rows["domestic"]) == 1
    return np.asarray(marked | matches(rows["offence"], is_sensitive_offence))


def positions(
    rows: pa.Table, *, sensitive: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return easting and northing in metres; NaN where a row is domestic or sexual.

    Parameters
    ----------
    rows : Table
        With `PLACE_COLUMNS`.
    sensitive : bool array of shape (n,)
        From `sensitive_rows`.
    """
    easting, northing = (np.where(sensitive, np.nan, rows[name].to_numpy()) for name in _POSITION)
    return easting, northing


def shared_points(rows: pa.Table) -> NDArray[np.int64]:
    """Return a number for each row: the same for the same exact coordinates, and no place.

    The points are numbered in the order in which the rows name them, those of sensitive rows too,
    so that a source's quality can be judged over all its rows.
    """
    content = np.zeros(len(rows), dtype=np.uint64)
    for name in _POSITION:
        content = mix(content ^ rows[name].to_numpy().view(np.uint64))
    return np.asarray(pd.factorize(content)[0], dtype=np.int64)
