"""Where each row lies: from its coordinates, or from its postcode where it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from data.sources.arrays import is_blank, numbers
from geo.geocoding import Fault, Positions, fault_description, metric_positions

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from data.rows.validation import Faults
    from geo.grid import Bounds
    from geo.postcodes import PostcodeTable


def positions_of(
    x: pa.Array, y: pa.Array, *, crs: str, metric_crs: str, region: Bounds | None = None
) -> Positions:
    """Return metric positions of coordinates given as trimmed text.

    Parameters
    ----------
    x, y : string array of shape (n,)
        Easting and northing, or longitude and latitude, in `crs`.
    crs, metric_crs : str
    region : tuple of float, optional
        Where incidents are expected (see `geo.geocoding.metric_positions`).

    Returns
    -------
    Positions
    """
    positions = metric_positions(
        numbers(x), numbers(y), crs=crs, metric_crs=metric_crs, region=region
    )
    missing = positions.fault == Fault.MISSING
    if not missing.any():
        return positions
    no_x, no_y = is_blank(x), is_blank(y)
    wrong = (np.isnan(numbers(x)) & ~no_x) | (np.isnan(numbers(y)) & ~no_y)
    fault = np.where(missing & wrong, np.uint8(Fault.NOT_A_NUMBER), positions.fault)
    return Positions(positions.easting, positions.northing, fault, metric_crs)


def fill_from_postcodes(
    coordinates: Positions, postcodes: pa.Array, *, table: PostcodeTable | None
) -> tuple[Positions, NDArray[np.bool_], NDArray[np.bool_]]:
    """Give the rows without coordinates the position of their postcode.

    Coordinates that are 0 count as none. Wrong coordinates do not: such a row is left for its owner
    to correct, whatever its postcode says.

    Parameters
    ----------
    coordinates : Positions
        From the coordinates.
    postcodes : string array of shape (n,)
    table : PostcodeTable or None
        None where no table is loaded.

    Returns
    -------
    tuple of Positions, bool array, bool array
        The positions; which rows were looked up; which could not be for want of a table.
    """
    without = (coordinates.fault == Fault.MISSING) | (coordinates.fault == Fault.ZERO)
    looked_up = without & ~is_blank(postcodes)
    if table is None or not looked_up.any():
        return (
            coordinates,
            np.zeros_like(looked_up) if table is None else looked_up,
            (looked_up if table is None else np.zeros_like(looked_up)),
        )
    positions = table.positions(postcodes.to_pylist())
    merged = Positions(
        np.where(looked_up, positions.easting, coordinates.easting),
        np.where(looked_up, positions.northing, coordinates.northing),
        np.where(looked_up, positions.fault, coordinates.fault).astype(np.uint8),
        coordinates.metric_crs,
    )
    return merged, looked_up, np.zeros_like(looked_up)


def missing_positions(rows: int, *, metric_crs: str) -> Positions:
    """Return that no row has coordinates."""
    nowhere = np.full(rows, np.nan)
    return Positions(nowhere, nowhere, np.full(rows, Fault.MISSING, dtype=np.uint8), metric_crs)


def add_position_faults(
    faults: Faults, positions: Positions, *, columns: Sequence[str], rows: NDArray[np.bool_]
) -> None:
    """Note every row among `rows` that has no position, with the reason."""
    for fault in Fault:
        if fault is not Fault.NONE:
            text = fault_description(fault, metric_crs=positions.metric_crs)
            reason = text[:1].upper() + text[1:]
            faults.add(rows & (positions.fault == fault), columns=columns, reason=reason)
