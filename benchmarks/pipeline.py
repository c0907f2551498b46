"""From a filter to ranked polygons: ten years of a borough's incidents, 600,000 of them.

Run as ``python -m benchmarks.pipeline [POINTS]``. A snapshot is made in memory as the store makes
it; then the page's own two calls are timed: `select` and `detect`, comparison period included.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime

import numpy as np

from benchmarks.measuring import demo_wards, positions, print_table
from geo.polygon_index import PolygonIndex
from models.calendar.night_rule import NightRule
from models.calendar.periods import Period
from models.calendar.week import hours_of_week
from models.hotspots.inputs import Incidents
from models.hotspots.methods import METHODS, MethodSettings, detect
from models.hotspots.study_area import study_area
from models.incidents.coverage import coverages
from models.incidents.filters import IncidentFilter
from models.incidents.selection import select
from models.incidents.snapshot import Snapshot

CRS = "EPSG:27700"
HOME = "E09000030"
LAST = date(2025, 12, 31)
TARGET_MS = 100.0
PERIODS = (
    ("a month", Period(date(2025, 12, 1), LAST)),
    ("a year", Period(date(2025, 1, 1), LAST)),
    ("five years", Period(date(2021, 1, 1), LAST)),
    ("ten years", Period(date(2016, 1, 1), LAST)),
)


def made_up_snapshot(n: int, *, repeated: bool) -> Snapshot:
    """Return a snapshot of `n` incidents, evenly over ten years, in the demo's wards."""
    rng = np.random.default_rng(2)
    wards = demo_wards()
    boroughs = tuple(sorted(wards["borough_code"].unique()))
    easting, northing = positions(n, repeated=repeated)
    ward = PolygonIndex.of(list(wards.geometry)).locate(easting, northing).astype(np.int16)
    ward_boroughs = np.searchsorted(boroughs, wards["borough_code"]).astype(np.int16)
    borough = np.append(ward_boroughs, np.int16(-1))[ward]
    starts = np.sort(rng.integers(*Period(date(2016, 1, 1), LAST).minutes, n))
    source = np.zeros(n, dtype=np.int16)
    unknown = np.full(n, -1, dtype=np.int8)
    incidents = Incidents(
        easting=easting,
        northing=northing,
        starts_minute=starts,
        hour_of_week=hours_of_week(starts),
        category=rng.integers(0, 11, n).astype(np.int8),
        ward=ward,
        harm=np.full(n, np.nan, dtype=np.float32),
        snapped=np.full(n, repeated),
        street=rng.integers(0, 5000, n).astype(np.int32),
        streets=tuple(f"Street {i}" for i in range(5000)),
    )
    return Snapshot(
        incidents=incidents,
        source=source,
        time_precision=np.zeros(n, dtype=np.int8),
        place_precision=np.zeros(n, dtype=np.int8),
        borough=borough,
        injury=unknown,
        domestic=unknown,
        nte=unknown,
        sensitive=np.zeros(n, dtype=np.bool_),
        ward_snapped=np.zeros(n, dtype=np.bool_),
        version=1,
        committed_at=datetime(2026, 1, 1, tzinfo=UTC),
        sources=("made_up",),
        ward_codes=tuple(wards["ward_code"]),
        ward_names=tuple(wards["ward_name"]),
        ward_boroughs=ward_boroughs,
        borough_codes=boroughs,
        borough_names=boroughs,
        coverage=coverages(
            starts,
            source=source,
            borough=borough,
            month_only=np.zeros(n, dtype=np.bool_),
            sources=("made_up",),
            boroughs=boroughs,
        ),
        timezone="Europe/London",
    )


def timed(snapshot: Snapshot, period: Period, settings: MethodSettings) -> list[str]:
    """Return the cells of a row: incidents, hotspots, milliseconds of filter and of all."""
    wards = demo_wards()
    chosen = IncidentFilter(period=period, comparison="last_year")
    everywhere = (snapshot.incidents.easting, snapshot.incidents.northing)
    home = [code for code, b in zip(wards.ward_code, wards.borough_code, strict=True) if b == HOME]
    area = study_area(wards, ward_codes=home, buffer=everywhere, crs=CRS)
    filtering, whole = [], []
    for _ in range(9):
        started = time.perf_counter()
        selection = select(snapshot, chosen, night=NightRule(), home_borough=HOME)
        filtering.append(time.perf_counter() - started)
        found = detect(
            selection.incidents,
            area,
            settings=settings,
            comparison=selection.comparison,
            period=period,
        )
        whole.append(time.perf_counter() - started)
    taken = len(selection.incidents) + len(selection.comparison or ())
    best, median = min(whole) * 1000, float(np.median(whole)) * 1000
    return [
        f"{taken:,}",
        str(len(found.frame)),
        f"{min(filtering) * 1000:,.1f} ms",
        f"{best:,.1f} ms",
        f"{median:,.1f} ms",
        "met" if median <= TARGET_MS else "over",
    ]


def main(n: int) -> None:
    rows = []
    for places, repeated in (("exact", False), ("repeated", True)):
        snapshot = made_up_snapshot(n, repeated=repeated)
        for method in METHODS.values():
            if method.by_base or method.by_streets:  # not the path from a filter alone
                continue
            if method.most_incidents is not None:  # refuses so many
                continue
            for name, period in PERIODS:
                cells = timed(snapshot, period, method.defaults)
                rows.append([method.name, places, name, *cells])
    header = ["method", "places", "period", "incidents with comparison", "hotspots", "filter"]
    print_table(
        f"Filter to ranked polygons, {n:,} incidents held (wanted: under {TARGET_MS:g} ms)",
        [*header, "all, best", "median", ""],
        rows,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 600_000)
