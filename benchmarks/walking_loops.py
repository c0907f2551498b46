"""The walking loops of a plan's hotspots: how long they take, and how near they are to the best.

Run as ``python -m benchmarks.walking_loops``: 25 areas of 100 to 220 m around crossings of the
demo's streets, incidents spread unevenly along them, visits of 15 minutes. The peer is the greedy
walk that the search begins with.
"""

from __future__ import annotations

import time

import numpy as np
import shapely

from benchmarks.measuring import print_table
from data.demo.place_layers import demo_place_layers
from geo.streets.local_streets import local_streets
from geo.streets.network import street_network
from models.tasking._loop_greedy import greedy_loop
from models.tasking._loop_search import best_loop

LOOPS, MINUTES, KMH = 25, 15, 4.0


def main() -> None:
    (layer,) = (each for each in demo_place_layers() if each.kind == "street")
    network = street_network(layer.frame)
    rng = np.random.default_rng(2)
    most_m = KMH * 1000 / 60 * MINUTES
    seconds, parts, shares, ratios = [], [], [], []
    for node in rng.choice(len(network.node_xy), LOOPS, replace=False):
        x, y = network.node_xy[node]
        area = shapely.Point(x, y).buffer(float(rng.uniform(100, 220)))
        streets = local_streets(network, area, (float(x), float(y)), most_m=most_m)
        if streets is None:
            continue
        busy = rng.gamma(0.4, 1.0, len(streets))
        worth = rng.poisson(streets.inside_m / 20 * busy).astype(np.float64)
        begun = time.perf_counter()
        found = best_loop(streets, worth, most_m=most_m)
        seconds.append(time.perf_counter() - begun)
        prize = np.rint(100 * worth).astype(np.int64)
        greedy = greedy_loop(streets, prize, most_m=most_m)
        by_greed = worth[sorted({each // 2 for each in greedy})].sum()
        parts.append(len(streets))
        shares.append(found.worth / found.bound if found.bound else 1.0)
        ratios.append(found.worth / by_greed if by_greed else 1.0)
    print_table(
        f"Walking loops of {len(seconds)} hotspots, {MINUTES} minutes at {KMH:g} km/h",
        [
            "all",
            "median",
            "longest",
            "parts",
            "proven best",
            "least of best",
            "to greedy",
        ],
        [
            [
                f"{sum(seconds):.1f} s",
                f"{np.median(seconds):.2f} s",
                f"{max(seconds):.1f} s",
                f"{min(parts)} to {max(parts)}",
                f"{sum(each >= 1 for each in shares)}",
                f"{min(shares):.0%}",
                f"{np.mean(ratios):.2f}×",
            ]
        ],
    )


if __name__ == "__main__":
    main()
