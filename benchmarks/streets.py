"""The method Streets against spaghetti and SciPy, on the streets of a made-up borough.

Run as ``python -m benchmarks.streets``. Three questions: which street an incident lies on
(spaghetti, which puts points on a network), density along the streets (SciPy's Dijkstra from each
incident, the kernel summed at 10 m pieces), and the whole method on 600,000 incidents once streets
and their grounds are known. spaghetti is no part of this project: name the interpreter of an
environment that has it in ``STREETS_PEER_PYTHON``; without it its row is left out. pynkdv has no
build for Linux and R's spNetwork needs R, so neither is run. Peers take a part of the incidents,
and their time is scaled up: "about".
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.measuring import (
    ROOT,
    Used,
    in_own_process,
    print_table,
    tell,
    used_by,
    wanted,
)
from geo.streets.network import street_network
from geo.streets.segments import Segments, segments_of
from models.hotspots.inputs import Incidents, StudyArea
from models.hotspots.methods import method_result
from models.hotspots.network_density import network_density
from models.hotspots.streets import StreetSettings

TARGET_MS: Final = 300.0
BANDWIDTH_M: Final = 100.0
PEER: Final = "STREETS_PEER_PYTHON"
_ACROSS, _BLOCK_M, _CORNER = 75, 65.0, np.array([533_000.0, 181_000.0])
_PIECE_M: Final = 10.0
_SPAGHETTI: Final = """
import sys, time, warnings
warnings.simplefilter("ignore")
import geopandas, spaghetti
streets, points = (geopandas.read_file(name) for name in sys.argv[1:])
network = spaghetti.Network(in_data=streets)
begun = time.perf_counter()
network.snapobservations(points, "incidents")
print(time.perf_counter() - begun)
"""


@cache
def streets() -> Segments:
    """Return bent blocks over 5 km, about 11,000 segments."""
    at = np.arange(_ACROSS + 1) * _BLOCK_M
    bent = np.random.default_rng(7).uniform(-20, 20, (2, _ACROSS + 1, _ACROSS + 1))
    x, y = np.round(np.stack(np.meshgrid(at, at)) + bent + _CORNER[:, None, None], 1)
    ways = (*zip(x, y, strict=True), *zip(x.T, y.T, strict=True))
    lines = [shapely.LineString(np.column_stack(each)) for each in ways]
    frame = gpd.GeoDataFrame(
        {"name": [f"Street {n}" for n in range(len(lines))], "place_class": "local"},
        geometry=lines,
        crs="EPSG:27700",
    )
    return segments_of(street_network(frame))


def positions(n: int) -> np.ndarray:
    """Return incidents along streets unlike one another, up to 15 m off."""
    rng, net = np.random.default_rng(3), streets().network
    rates = net.length_m * rng.lognormal(0, 1.2, len(net.length_m))
    segment = rng.choice(len(rates), n, p=rates / rates.sum())
    on = shapely.line_interpolate_point(net.lines[segment], rng.random(n), normalized=True)
    return np.round(shapely.get_coordinates(on) + rng.uniform(-15, 15, (n, 2)), 1)


def place(n: int) -> Used:
    xy = positions(n)
    return used_by(
        lambda: str((~streets().place(*xy.T).off_street).sum()),
        runs=5,
        warm_up=lambda: streets().place(*xy.T),
    )


def density(n: int) -> Used:
    places = streets().place(*positions(n).T)

    def call() -> str:
        return f"{network_density(streets(), places, bandwidth_m=BANDWIDTH_M).sum():.3f}"

    return used_by(call, runs=5, warm_up=call)


def scipy_density(n: int) -> Used:
    """Sum a kernel over network distances from each incident to the middles of 10 m pieces."""
    net = streets().network
    graph = csr_array((net.length_m, (net.start, net.end)), shape=(len(net.node_xy),) * 2)
    places = streets().place(*positions(n).T)
    on = np.flatnonzero(places.segment >= 0)
    segment, along = places.segment[on], places.along_m[on]
    pieces = np.maximum(np.round(net.length_m / _PIECE_M), 1).astype(int)
    of = np.repeat(np.arange(len(pieces)), pieces)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    at = (nth + 0.5) / pieces[of] * net.length_m[of]

    def call() -> str:
        total = np.zeros(len(of))
        for s, a in zip(segment, along, strict=True):
            ends = [net.start[s], net.end[s]]
            far = dijkstra(graph, directed=False, indices=ends, limit=BANDWIDTH_M)
            near = np.minimum(far[0] + a, far[1] + net.length_m[s] - a)
            walked = np.minimum(near[net.start[of]] + at, near[net.end[of]] + net.length_m[of] - at)
            walked[of == s] = np.abs(at[of == s] - a)
            u = np.minimum(walked / BANDWIDTH_M, 1)
            total += 15 / 16 / BANDWIDTH_M * (1 - u * u) ** 2
        return f"{total.sum() * _PIECE_M:.0f}"

    return used_by(call, runs=1)


def spaghetti(n: int) -> float | None:
    """Return the seconds in which spaghetti puts n points on the streets; None without it."""
    python = os.environ.get(PEER)
    if not python:
        return None
    with tempfile.TemporaryDirectory() as folder:
        lines, points = (Path(folder) / name for name in ("lines.gpkg", "points.gpkg"))
        net = streets().network
        gpd.GeoDataFrame(geometry=net.lines, crs="EPSG:27700").to_file(lines)
        gpd.GeoDataFrame(geometry=shapely.points(positions(n)), crs="EPSG:27700").to_file(points)
        command = [python, "-c", _SPAGHETTI, str(lines), str(points)]
        done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout.splitlines()[-1])


def whole(n: int, weighting: str) -> Used:
    """Time the method from incidents to outlines, after its first answer."""
    xy = positions(n)
    land = shapely.box(*_CORNER, *(_CORNER + _ACROSS * _BLOCK_M))
    one = np.array([True])
    area = StudyArea(land, ("E05000001",), ("Ward",), one, observed=land, crs="EPSG:27700")
    incidents = Incidents(
        easting=xy[:, 0].copy(),
        northing=xy[:, 1].copy(),
        starts_minute=np.arange(n, dtype=np.int64),
        hour_of_week=np.zeros(n, dtype=np.int16),
        category=np.zeros(n, dtype=np.int8),
        ward=np.where(shapely.contains_xy(land, xy), 0, -1).astype(np.int16),
        harm=np.ones(n, dtype=np.float32),
        snapped=np.zeros(n, dtype=np.bool_),
        street=np.full(n, -1, dtype=np.int32),
    )
    settings = StreetSettings(weighting="density" if weighting == "density" else "count")

    def call() -> str:
        found = method_result(incidents, area, settings=settings, streets=streets())
        return f"{len(found.polygons)} stretches"

    return used_by(call, runs=7, warm_up=call)


def main() -> None:
    """Print the table of each question."""
    header = ["question", "incidents", "ours", "peer", "faster"]
    rows = []
    n, few = 600_000, 2_000
    our = in_own_process("benchmarks.streets", "place", str(n))
    peer = spaghetti(few)
    if peer is None:
        print(f"spaghetti is left out: name an interpreter that has it in {PEER}.")
    else:
        seconds = peer * n / few
        ratio = wanted(seconds / our.seconds, 10)
        ours = f"{our.seconds * 1000:,.0f} ms"
        rows.append(["on which street", f"{n:,}", ours, f"about {seconds:,.0f} s", ratio])
    our = in_own_process("benchmarks.streets", "density", str(n))
    slow = in_own_process("benchmarks.streets", "scipy_density", "1000").seconds * n / 1000
    ratio = wanted(slow / our.seconds, 10)
    ours = f"{our.seconds * 1000:,.0f} ms"
    rows.append(["density, 100 m", f"{n:,}", ours, f"about {slow:,.0f} s", ratio])
    for weighting in ("count", "density"):
        our = in_own_process("benchmarks.streets", "whole", str(n), weighting)
        met = "met" if our.median * 1000 <= TARGET_MS else "MISSED"
        ours = f"{our.seconds * 1000:,.0f} ms, median {our.median * 1000:,.0f} ms"
        limit = f"wanted {TARGET_MS:g} ms: {met}"
        rows.append([f"all of it, by {weighting}", f"{n:,}", ours, our.answer, limit])
    print_table(f"Streets, {len(streets()):,} segments", header, rows)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["place", count]:
            tell(place(int(count)))
        case ["density", count]:
            tell(density(int(count)))
        case ["scipy_density", count]:
            tell(scipy_density(int(count)))
        case ["whole", count, by]:
            tell(whole(int(count), by))
        case _:
            main()
