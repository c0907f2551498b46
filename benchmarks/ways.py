"""The ways between 40 hotspots along the demo's streets, against SciPy from each end by itself.

Run as ``python -m benchmarks.ways``: wanted under 200 ms for each way of travelling. The peer is
SciPy's Dijkstra, run once from each end of each hotspot's piece of street over the same network,
as one does it without a node for the places themselves.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from benchmarks.measuring import print_table
from data.demo.place_layers import demo_place_layers
from geo.streets.network import street_network
from geo.streets.ways import TRAVELS, may_use, standing, way_matrix

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork
    from geo.streets.ways import Travel

HOTSPOTS, WANTED_MS, RUNS = 40, 200.0, 5


def plain(network: StreetNetwork, xy: NDArray[np.float64], *, travel: Travel) -> None:
    """Run SciPy from both ends of each hotspot's piece."""
    used = may_use(network, travel=travel)
    start, end, metres = network.start[used], network.end[used], network.length_m[used]
    nodes = len(network.node_xy)
    graph = csr_array((metres, (start, end)), shape=(nodes, nodes))
    piece = standing(network, xy, travel=travel).piece
    for node in np.concatenate([network.start[piece], network.end[piece]]).tolist():
        dijkstra(graph, directed=False, indices=node)


def best_ms(call: Callable[[], object]) -> float:
    took = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - begun))
    return min(took)


def main() -> None:
    (streets,) = (each for each in demo_place_layers() if each.kind == "street")
    network = street_network(streets.frame)
    ends = network.node_xy
    rng = np.random.default_rng(1)
    xy = ends[rng.choice(len(ends), HOTSPOTS, replace=False)] + rng.normal(0, 20, (HOTSPOTS, 2))
    rows = []
    for travel in TRAVELS:
        own = best_ms(partial(way_matrix, network, xy, travel=travel, detour=1.3))
        peer = best_ms(partial(plain, network, xy, travel=travel))
        met = "met" if own < WANTED_MS else "MISSED"
        rows.append([travel, f"{own:.0f} ms", f"{peer:.0f} ms", f"{own / peer:.2f}×", met])
    print_table(
        f"Ways between {HOTSPOTS} hotspots on {len(network):,} pieces of street; wanted: "
        f"{WANTED_MS:.0f} ms",
        ["travel", "all ways", "SciPy from each end", "ratio", ""],
        rows,
    )


if __name__ == "__main__":
    main()
