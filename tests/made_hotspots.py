"""A small ward layer, ranked hotspots and a surface, made by hand, for drawing and exporting."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from shapely import MultiPolygon, Point, Polygon, box

from geo.crs import BRITISH_NATIONAL_GRID
from geo.grid import Grid
from models.calendar.periods import Period
from models.hotspots.shape import HOTSPOT_COLUMNS, Hotspots, Surface, WardShare
from models.hotspots.temporal import PeakWindow

if TYPE_CHECKING:
    from collections.abc import Sequence

WEST, SOUTH = 534_000.0, 180_000.0  # by Whitechapel
WARD_M = 1_000.0


def made_wards(
    names: Sequence[str] = ("Weavers", "St Peter's", "Mile End", "Bow East"),
) -> gpd.GeoDataFrame:
    """Square wards of 1 km, four to a row, the first two rows in one borough, EPSG:27700."""
    squares = [
        box(
            WEST + column * WARD_M,
            SOUTH + row * WARD_M,
            WEST + (column + 1) * WARD_M,
            SOUTH + (row + 1) * WARD_M,
        )
        for row, column in (divmod(number, 4) for number in range(len(names)))
    ]
    boroughs = ["E09000030" if number < 8 else "E09000012" for number in range(len(names))]
    columns = {
        "ward_code": [f"E05{number:06d}" for number in range(len(names))],
        "ward_name": list(names),
        "borough_code": boroughs,
    }
    return gpd.GeoDataFrame(columns, geometry=squares, crs=BRITISH_NATIONAL_GRID)


def made_surface() -> Surface:
    """A bell over the middle of the first ward; bare (NaN) outside the first two wards."""
    grid = Grid.covering((WEST, SOUTH, WEST + 4 * WARD_M - 1, SOUTH + WARD_M - 1), cell_m=50.0)
    x, y = np.meshgrid(*grid.centres())
    distance = np.hypot(x - (WEST + 500.0), y - (SOUTH + 500.0))
    per_km2 = np.where(x < WEST + 2 * WARD_M, 600.0 * np.exp(-((distance / 250.0) ** 2)), np.nan)
    return Surface(grid, per_km2)


def made_hotspots(
    near: Sequence[str] = ("Brick Lane", "Bow Road", ""), *, with_surface: bool = True
) -> Hotspots:
    """Hotspots of 100 m radius along the middle of the wards, ranked from the west, EPSG:27700.

    The second has a hole and two parts; the third has no comparison, no hours and no harm.
    """
    rows = [_row(number, near=name) for number, name in enumerate(near)]
    frame = gpd.GeoDataFrame(
        {column: [row[column] for row in rows] for column in HOTSPOT_COLUMNS},
        geometry="geometry",
        crs=BRITISH_NATIONAL_GRID,
    )
    return Hotspots(
        frame=frame,
        method="kde",
        incidents=1_000,
        comparison_incidents=900,
        area_km2=4.0,
        explanation="Densest 2% of the area; quartic kernel of 200 m on 50 m cells.",
        surface=made_surface() if with_surface else None,
        notes=("Positions are anonymised map points.",),
        change_state="compared",
        expected_state="given",
        coming=Period(date(2026, 1, 1), date(2026, 1, 31)),
    )


def _row(number: int, *, near: str) -> dict[str, object]:
    x, y = WEST + 500.0 + 700.0 * (number % 5), SOUTH + 500.0 + 300.0 * (number // 5)
    disc = Point(x, y).buffer(100.0)
    shape: Polygon | MultiPolygon = disc
    if number == 1:
        shape = MultiPolygon([disc - Point(x, y).buffer(40.0), Point(x + 200, y).buffer(50.0)])
    bare = number == 2
    share = 0.2 / (number + 1)
    return {
        "hotspot_id": f"K-{int(x) // 100}-{int(y) // 100}",
        "method": "kde",
        "rank": number + 1,
        "near": near,
        "geometry": shape,
        "incidents": round(1_000 * share),
        "harm": math.nan if bare else 1234.5,
        "harm_known": 0 if bare else 10,
        "harm_rank": 0 if bare else number + 1,
        "area_km2": shape.area / 1e6,
        "share_of_incidents": share,
        "share_of_area": shape.area / 4e6,
        "pai": share / (shape.area / 4e6),
        "comparison_incidents": -1 if bare else 100,
        "change": math.nan if bare else 0.25 - 0.5 * number,
        "change_low": math.nan if bare else -0.1,
        "change_high": math.nan if bare else math.inf,
        "change_state": "not_asked" if bare else "compared",
        "peak_window": None if bare else PeakWindow(4, 2, 22, 4, incidents=20.0, share=0.4),
        "peak_share": math.nan if bare else 0.4,
        "hours_state": "not_known" if bare else "peak",
        "timed_incidents": 0 if bare else 50,
        "top_place_share": 0.1,
        "snapped_share": 1.0,
        "expected": math.nan if bare else 12.4,
        "expected_low": math.nan if bare else 7.0,
        "expected_high": math.nan if bare else 18.0,
        "hot_class": "",
        "z": math.nan,
        "p_value": math.nan,
        "wards": (
            WardShare("E05000000", "Weavers", 0.75),
            WardShare("E05000001", "St Peter's", 0.25),
        ),
        "reasons": (f"Ranked {number + 1}: most incidents", "Friday and Saturday nights"),
    }
