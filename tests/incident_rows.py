"""Checked rows made up for the tests of the store: a small square borough next to another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
from shapely.geometry import box

from data.rows.contract import REJECTED_COLUMNS, SOURCE_SCHEMA, Checked
from data.settings import Settings
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from geo.wards import WardLayer

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
HOME, NEXT_DOOR = "E09000030", "E09000012"
# One kilometre a side, in a row from west to east; the third lies in the other borough.
WARDS = {
    "E05000001": (530_000, HOME),
    "E05000002": (531_000, HOME),
    "E05000003": (532_000, NEXT_DOOR),
}
INSIDE = (530_500.0, 180_500.0)  # in the first ward
OUTSIDE = (530_500.0, 190_000.0)  # kilometres from any ward


def settings_in(folder: Path) -> Settings:
    return Settings(store=folder / "var", _env_file=None)


def three_wards(*, shift_m: float = 0.0) -> WardLayer:
    frame = gpd.GeoDataFrame(
        {
            "ward_code": list(WARDS),
            "ward_name": [f"Ward {code[-1]}" for code in WARDS],
            "borough_code": [borough for _, borough in WARDS.values()],
            "borough_name": ["Home" if b == HOME else "Next door" for _, b in WARDS.values()],
        },
        geometry=[
            box(left + shift_m, 180_000, left + shift_m + 1000, 181_000)
            for left, _ in WARDS.values()
        ],
        crs=BRITISH_NATIONAL_GRID,
    )
    return ward_layer(frame, metric_crs=BRITISH_NATIONAL_GRID)


def row(incident_id: str, **values: object) -> dict[str, Any]:
    """One accepted row: a street-level ASB call in the first ward, at noon on 5 June 2024."""
    return {
        "incident_id": incident_id,
        "source": "cad",
        "category": "asb",
        "offence": "Rowdy behaviour",
        "starts_at": datetime(2024, 6, 5, 11, 0, tzinfo=UTC),
        "time_precision": "minute",
        "easting": INSIDE[0],
        "northing": INSIDE[1],
        "place_precision": "street",
        "place": "Brick Lane",
    } | values


def rows_table(rows: Sequence[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SOURCE_SCHEMA)


def batch(
    *rows: dict[str, Any],
    rejected: Sequence[dict[str, Any]] = (),
    file: str = "calls.csv",
    done: float = 1.0,
) -> Checked:
    frame = (
        pd.DataFrame(list(rejected)) if rejected else pd.DataFrame(columns=list(REJECTED_COLUMNS))
    )
    return Checked(
        file=file, accepted=rows_table(rows), rejected=frame.astype("str"), fraction_done=done
    )


def rejected_row(number: int, **own: str) -> dict[str, str]:
    return {
        "rejected_file": "calls.csv",
        "rejected_row": str(number),
        "rejected_field": "easting",
        "rejected_value": "",
        "rejected_reason": "There is no location",
    } | own


def hourly_rows(count: int, *, prefix: str = "i") -> list[dict[str, Any]]:
    """`count` rows an hour apart from 1 January 2024, going round the three wards and outside."""
    places = [*((left + 500.0, 180_500.0) for left, _ in WARDS.values()), OUTSIDE]
    return [
        row(
            f"{prefix}{number}",
            starts_at=datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=number),
            easting=places[number % 4][0],
            northing=places[number % 4][1],
        )
        for number in range(count)
    ]
