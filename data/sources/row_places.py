"""The places of the rows of a layer's file: which columns give them, and where each row lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.sources.arrays import trimmed
from data.sources.positions import fill_from_postcodes, missing_positions, positions_of
from geo.crs import BRITISH_NATIONAL_GRID, WGS84
from geo.geocoding import Fault

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from data.sources.rows import Rows
    from data.sources.suggestion import Suggestion
    from geo.geocoding import Positions
    from geo.grid import Bounds
    from geo.postcodes import PostcodeTable

PLACE_ROLES: Final = ("easting", "northing", "longitude", "latitude", "postcode")
_PAIRS: Final = (
    ("easting", "northing", BRITISH_NATIONAL_GRID),
    ("longitude", "latitude", WGS84),
)


def place_columns(columns: tuple[str, ...], *, suggested: Suggestion) -> dict[str, str]:
    """Return the columns that say where things are: a whole pair, a postcode, or both."""
    roles = {role: name for role, name in suggested.columns.items() if name in columns}
    pair = next(((x, y) for x, y, _ in _PAIRS if x in roles and y in roles), ())
    return {role: roles[role] for role in (*pair, "postcode") if role in roles}


def coordinates(
    rows: Rows, columns: Mapping[str, str], *, metric_crs: str, region: Bounds | None = None
) -> Positions | None:
    """Return each row's position from its coordinates; None where no columns give a pair."""
    for x, y, crs in _PAIRS:
        if x in columns and y in columns:
            texts = (trimmed(rows.table, columns[role]) for role in (x, y))
            return positions_of(*texts, crs=crs, metric_crs=metric_crs, region=region)
    return None


def places_of(
    rows: Rows,
    columns: Mapping[str, str],
    *,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    region: Bounds | None,
) -> tuple[Positions, NDArray[np.object_]]:
    """Return each row's position, and why it has none; "" where it has one.

    Parameters
    ----------
    rows : Rows
    columns : mapping of str to str
        Columns by role (`PLACE_ROLES`); a row without coordinates lies at its postcode.
    metric_crs : str
        CRS the positions are wanted in.
    postcodes : PostcodeTable or None
    region : tuple of float or None
        Bounds of the wards, to recognise a swapped easting and northing.
    """
    places = coordinates(rows, columns, metric_crs=metric_crs, region=region)
    if places is None:
        places = missing_positions(len(rows.numbers), metric_crs=metric_crs)
    if "postcode" not in columns:
        return places, places.reasons()
    written = trimmed(rows.table, columns["postcode"])
    places, _, no_table = fill_from_postcodes(places, written, table=postcodes)
    reason = places.reasons()
    reason[no_table & (places.fault != Fault.NONE)] = (
        "it has only a postcode, and no postcode table is loaded"
    )
    return places, reason
