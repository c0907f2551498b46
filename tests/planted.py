"""Small made-up incidents and study areas for tests of what is found on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from models.hotspots.inputs import Incidents, StudyArea
from models.hotspots.study_area import study_area

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

WEST, SOUTH = 533_000.0, 181_000.0
CORNER = np.array([WEST, SOUTH])


def incidents_at(easting: ArrayLike, northing: ArrayLike, **columns: ArrayLike) -> Incidents:
    """Make incidents in ward 0 with a known place and nothing else, but for the given columns."""
    n = len(easting)
    given = {
        "starts_minute": np.arange(n, dtype=np.int64),
        "hour_of_week": np.full(n, -1, dtype=np.int16),
        "category": np.zeros(n, dtype=np.int8),
        "ward": np.zeros(n, dtype=np.int16),
        "harm": np.full(n, np.nan, dtype=np.float32),
        "snapped": np.zeros(n, dtype=np.bool_),
        "street": np.full(n, -1, dtype=np.int32),
    }
    given.update({name: np.asarray(values) for name, values in columns.items() if name in given})
    made = Incidents(
        easting=np.asarray(easting, dtype=np.float64),
        northing=np.asarray(northing, dtype=np.float64),
        streets=tuple(columns.get("streets", ())),
        **given,
    )
    for name in (*given, "easting", "northing"):
        getattr(made, name).setflags(write=False)
    return made


def square_wards(*, across: int = 2, side_m: float = 2000.0) -> gpd.GeoDataFrame:
    """Make `across` × `across` square wards from (`WEST`, `SOUTH`), row by row from the south."""
    boxes = [
        shapely.box(
            WEST + column * side_m,
            SOUTH + row * side_m,
            WEST + (column + 1) * side_m,
            SOUTH + (row + 1) * side_m,
        )
        for row in range(across)
        for column in range(across)
    ]
    names = [f"Ward {i}" for i in range(len(boxes))]
    codes = [f"E0500000{i}" for i in range(len(boxes))]
    return gpd.GeoDataFrame(
        {"ward_code": codes, "ward_name": names}, geometry=boxes, crs="EPSG:27700"
    )


def square_area(
    *, chosen: Sequence[int] | None = None, across: int = 2, side_m: float = 2000.0
) -> StudyArea:
    """Make the study area of some of the square wards; all of them are observed."""
    wards = square_wards(across=across, side_m=side_m)
    picked = list(wards["ward_code"]) if chosen is None else [f"E0500000{i}" for i in chosen]
    return study_area(wards, ward_codes=picked, buffer=None, crs="EPSG:27700")


def ward_of(
    easting: ArrayLike, northing: ArrayLike, *, across: int = 2, side_m: float = 2000.0
) -> np.ndarray:
    """Return the square ward of each point, −1 outside."""
    column = np.floor((np.asarray(easting) - WEST) / side_m).astype(int)
    row = np.floor((np.asarray(northing) - SOUTH) / side_m).astype(int)
    inside = (column >= 0) & (column < across) & (row >= 0) & (row < across)
    return np.where(inside, row * across + column, -1).astype(np.int16)
