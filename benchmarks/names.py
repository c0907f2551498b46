"""Naming hotspots from the ground, against finding their nearest streets with geopandas.

Run as ``python -m benchmarks.names [HOTSPOTS ...]``, over the demo's streets and places. Each
hotspot has 60 incidents along a street. The peer, `geopandas.sjoin_nearest` of the same incidents
and the same named streets, says which street each incident is nearest to, and gives no name yet.
"""

from __future__ import annotations

import sys
import time

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.measuring import print_table
from data.demo.place_layers import demo_place_layers
from geo.naming.evidence import ON_STREET_M, Place
from geo.naming.gazetteer import gazetteer
from geo.naming.names import names_together
from geo.streets.network import street_network

_INCIDENTS = 60


def main(sizes: list[int]) -> None:
    layers = {layer.kind: layer for layer in demo_place_layers()}
    started = time.perf_counter()
    network = street_network(layers["street"].frame)
    cut = time.perf_counter() - started
    started = time.perf_counter()
    held = gazetteer(network=network, layers=tuple(layers.values()))
    built = time.perf_counter() - started
    named = network.name != ""
    streets = gpd.GeoDataFrame(geometry=network.lines[named], crs=network.crs)
    rows = []
    for n in sizes:
        xy = _incidents(network.lines[named], hotspots=n)
        for claims in (True, False):
            places = [Place(shapely.MultiPoint(each).convex_hull, each, claims) for each in xy]
            seconds = []
            for _ in range(9):
                started = time.perf_counter()
                names = names_together(held, places)
                seconds.append(time.perf_counter() - started)
            points = gpd.GeoDataFrame(geometry=shapely.points(np.concatenate(xy)), crs=network.crs)
            peer = np.inf
            for _ in range(3):
                started = time.perf_counter()
                points.sjoin_nearest(streets, max_distance=ON_STREET_M)
                peer = min(peer, time.perf_counter() - started)
            rows.append(
                [
                    f"{n:,}",
                    "streets" if claims else "around",
                    f"{min(seconds) * 1000:,.1f} ms",
                    f"{np.median(seconds) * 1000:,.1f} ms",
                    f"{peer * 1000:,.0f} ms",
                    f"{peer / min(seconds):,.1f}×",
                    f"{len({name.casefold() for name in names}):,}",
                    f"{np.median([len(name) for name in names]):.0f}, {max(map(len, names))}",
                ]
            )
    header = [
        "hotspots", "claims", "ours, best of 9", "median", "sjoin_nearest, best of 3", "faster",
        "different names", "length: median, most",
    ]  # fmt: skip
    title = (
        f"Names, {named.sum():,} pieces of named street (network cut in {cut * 1000:,.0f} ms, "
        f"gazetteer built in {built * 1000:,.0f} ms)"
    )
    print_table(title, header, rows)


def _incidents(lines: np.ndarray, *, hotspots: int) -> list[np.ndarray]:
    rng = np.random.default_rng(3)
    long = np.flatnonzero(shapely.length(lines) > 60)
    chosen = rng.choice(long, hotspots, replace=False)
    along = rng.random((hotspots, _INCIDENTS))
    found = [
        shapely.get_coordinates(
            shapely.line_interpolate_point(lines[piece], share, normalized=True)
        )
        for piece, share in zip(chosen, along, strict=True)
    ]
    return [each + rng.normal(0, 6, each.shape) for each in found]


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or [10, 100, 400])
