"""The walking loops of a plan's hotspots: how long they take, and how near they are to the best.

Run as ``python -m benchmarks.walking_loops``: 25 areas of 100 to 220 m around crossings of the
demo's streets, incidents spread unevenly along them, visits of 15 minutes; the same around the
streets of Newport, where `../shared/data` is there. The peer is the greedy walk that the search
begins with. Then whether loops for the hours of a visit pass more of later months' incidents than
loops for all hours, see `benchmarks.loop_hours`.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from benchmarks import loop_hours
from benchmarks.measuring import print_table
from data.demo.place_layers import demo_place_layers
from geo.street_classes import street_class
from geo.streets.local_streets import local_streets
from geo.streets.network import street_network
from models.tasking._loop_greedy import greedy_loop
from models.tasking._loop_prizes import of_parts
from models.tasking._loop_search import best_loop

if TYPE_CHECKING:
    from geo.streets.network import StreetNetwork

NEWPORT: Final = (
    Path(__file__).resolve().parents[2] / "shared/data/layers/streets_newport_wales.gpkg"
)
LOOPS, MINUTES, KMH = 25, 15, 4.0


def main() -> None:
    (layer,) = (each for each in demo_place_layers() if each.kind == "street")
    rows = [measured("demo", street_network(layer.frame))]
    if NEWPORT.is_file():
        frame = gpd.read_file(NEWPORT)
        frame["place_class"] = frame["class"].map(street_class)
        rows.append(measured("Newport", street_network(frame)))
    print_table(
        f"Walking loops of {LOOPS} hotspots, {MINUTES} minutes at {KMH:g} km/h",
        [
            "streets",
            "all",
            "median",
            "longest",
            "parts",
            "proven best",
            "least of best",
            "to greedy",
            "outside",
        ],
        rows,
    )
    loop_hours.main()


def measured(name: str, network: StreetNetwork) -> list[str]:
    """Return the row of one network."""
    rng = np.random.default_rng(2)
    most_m = KMH * 1000 / 60 * MINUTES
    seconds, parts, shares, ratios, outside = [], [], [], [], []
    largest = np.flatnonzero(network.component == 0)
    for node in rng.choice(largest, LOOPS, replace=False):
        x, y = network.node_xy[node]
        area = shapely.Point(x, y).buffer(float(rng.uniform(100, 220)))
        streets = local_streets(network, area, (float(x), float(y)), most_m=most_m)
        if streets is None:
            continue
        busy = rng.gamma(0.4, 1.0, len(streets))
        worth = rng.poisson(streets.inside_m / 20 * busy).astype(np.float64)
        prizes = of_parts(worth)
        begun = time.perf_counter()
        found = best_loop(streets, prizes, most_m=most_m)
        seconds.append(time.perf_counter() - begun)
        prize = np.rint(100 * worth).astype(np.int64)
        greedy = greedy_loop(streets, prize, prizes.reached, most_m=most_m)
        by_greed = worth[sorted({each // 2 for each in greedy})].sum()
        parts.append(len(streets))
        shares.append(found.worth / found.bound if found.bound else 1.0)
        ratios.append(found.worth / by_greed if by_greed else 1.0)
        walked = list(found.parts)
        outside.append((streets.length_m[walked] - streets.inside_m[walked]).sum() > 0)
    return [
        name,
        f"{sum(seconds):.1f} s",
        f"{np.median(seconds):.2f} s",
        f"{max(seconds):.1f} s",
        f"{min(parts)} to {max(parts)}",
        f"{sum(each >= 1 for each in shares)} of {len(shares)}",
        f"{min(shares):.0%}",
        f"{np.mean(ratios):.2f}×",
        f"{sum(outside)}",
    ]


if __name__ == "__main__":
    main()
