"""Gi* against esda's analytic one: time on 160 × 160 cells, and how far the two lie apart.

Run as ``python -m benchmarks.gi_star``. Both are given the counts; esda needs a table of neighbours
as well, which is timed apart, since it can be kept between runs and ours needs none.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, TypeVar

import libpysal
import numpy as np
import shapely
from esda import G_Local

from benchmarks.measuring import positions, print_table, wanted
from geo.grid import Grid
from models.hotspots.cells import Cells
from models.hotspots.gi_star import adjusted_in, gi_star, hot_test
from models.hotspots.inputs import Incidents

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

Answer = TypeVar("Answer")
SIDE = 160
CELL_M = 50.0


def best(call: Callable[[], Answer], *, runs: int) -> tuple[float, Answer]:
    """Return the shortest time of some runs and the last answer."""
    seconds = math.inf
    for _ in range(runs):
        started = time.perf_counter()
        answer = call()
        seconds = min(seconds, time.perf_counter() - started)
    return seconds, answer


def incidents_on_grid() -> tuple[Cells, Incidents]:
    """Return 60,000 made-up incidents and 160 × 160 cells that hold them."""
    easting, northing = (
        (each - each.min()) / np.ptp(each) * (SIDE * CELL_M - 1) for each in positions(60_000)
    )
    grid = Grid(left=0.0, bottom=0.0, cell_m=CELL_M, columns=SIDE, rows=SIDE)
    every = np.ones(grid.shape, dtype=np.bool_)
    land = shapely.box(0, 0, SIDE * CELL_M, SIDE * CELL_M)
    n = len(easting)
    incidents = Incidents(
        easting=easting,
        northing=northing,
        starts_minute=np.arange(n, dtype=np.int64),
        hour_of_week=np.full(n, -1, dtype=np.int16),
        category=np.zeros(n, dtype=np.int8),
        ward=np.zeros(n, dtype=np.int16),
        harm=np.full(n, np.nan, dtype=np.float32),
        snapped=np.zeros(n, dtype=np.bool_),
        street=np.full(n, -1, dtype=np.int32),
    )
    return Cells(grid, every, every, np.ones(grid.shape), land), incidents


def neighbours() -> libpysal.weights.W:
    weights = libpysal.weights.lat2W(SIDE, SIDE, rook=False)
    return libpysal.weights.fill_diagonal(weights, 1.0)


def main() -> None:
    cells, incidents = incidents_on_grid()
    counts = cells.grid.counts(incidents.easting, incidents.northing)
    everywhere = cells.member
    gi_star(counts, everywhere)

    def tested() -> NDArray[np.float64]:
        p = hot_test(incidents, cells).p
        return adjusted_in(p, everywhere, control="benjamini_hochberg")

    ours, z = best(lambda: gi_star(counts, everywhere), runs=50)
    with_p, _ = best(tested, runs=20)
    table, weights = best(neighbours, runs=2)

    def theirs() -> G_Local:
        return G_Local(counts.ravel(), weights, transform="B", star=True, permutations=0)

    first, peer = best(theirs, runs=1)  # it also sums up the table, once
    again, peer = best(theirs, runs=5)
    apart = float(np.abs(peer.Zs.reshape(counts.shape) - z).max())
    rows = [
        ["ours, z", f"{ours * 1000:,.3f} ms", ""],
        ["ours from incidents: z, both tails, adjusted p", f"{with_p * 1000:,.3f} ms", ""],
        [
            "esda, its table of neighbours and z",
            f"{(table + first) * 1000:,.0f} ms",
            wanted((table + first) / ours, 100.0),
        ],
        ["esda, z, first time", f"{first * 1000:,.1f} ms", f"{first / ours:,.0f}×"],
        ["esda, z, table kept", f"{again * 1000:,.1f} ms", f"{again / ours:,.0f}×"],
    ]
    print_table(f"Gi*, {SIDE} × {SIDE} cells", ["way", "time", "ours is faster"], rows)
    print(f"  largest difference of z: {apart:.1e}")


if __name__ == "__main__":
    main()
