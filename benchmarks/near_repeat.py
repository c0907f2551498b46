"""The Knox table and its permutations against a count in NumPy and SciPy.

Run as ``python -m benchmarks.near_repeat``. The peer lists the near pairs once with SciPy's k-d
tree and counts them again for each permutation of the dates. Where that would take long it makes
fewer permutations, and its time is scaled up: "about".
"""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from benchmarks.measuring import (
    Used,
    in_own_process,
    positions,
    print_table,
    tell,
    used_by,
    wanted,
)
from models.hotspots.near_repeat import NearRepeatSettings, knox

LIMIT_S = 60.0
DAYS = 1096
PEER_PERMUTATIONS = {5_000: 999, 50_000: 19}


def _incidents(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    easting, northing = positions(n)
    return easting, northing, np.random.default_rng(3).integers(0, DAYS, n)


def ours(n: int) -> Used:
    easting, northing, day = _incidents(n)
    settings = NearRepeatSettings()

    def call(count: int = n, permutations: int = 999) -> str:
        table = knox(
            easting[:count],
            northing[:count],
            day=day[:count],
            settings=replace(settings, permutations=permutations),
            rng=np.random.default_rng(1),
        )
        return str(table.observed[:-1].tolist())

    return used_by(call, runs=2, warm_up=lambda: call(500, 19))


def numpy_and_scipy(n: int) -> Used:
    easting, northing, day = _incidents(n)
    settings = NearRepeatSettings()
    space, time = np.array(settings.space_edges_m[1:-1]), np.array(settings.time_edges_days[1:-1])
    rng = np.random.default_rng(1)

    def call() -> str:
        points = np.column_stack([easting, northing])
        pairs = cKDTree(points).query_pairs(space[-1], p=1, output_type="ndarray")
        first, second = pairs.T
        far = np.abs(points[first] - points[second]).sum(axis=1)
        band = np.searchsorted(space, far, side="right")
        kept = band < len(space)  # the tree takes in what is exactly at the last edge
        first, second, band = first[kept], second[kept], band[kept]

        def table(days: np.ndarray) -> np.ndarray:
            late = np.searchsorted(time, np.abs(days[first] - days[second]), side="right")
            bins = len(time) + 1
            return np.bincount(band * bins + late, minlength=len(space) * bins).reshape(-1, bins)

        observed = table(day)
        for _ in range(PEER_PERMUTATIONS[n]):
            table(rng.permutation(day))
        return str(observed.tolist())

    return used_by(call, runs=1)


def main() -> None:
    rows = []
    for n, permutations in PEER_PERMUTATIONS.items():
        our = in_own_process("benchmarks.near_repeat", "ours", str(n))
        peer = in_own_process("benchmarks.near_repeat", "numpy_and_scipy", str(n))
        seconds = peer.seconds * 1000 / (permutations + 1)
        within = "met" if our.seconds < LIMIT_S else "MISSED"
        rows.append(
            [
                f"{n:,}",
                f"{our.seconds:.2f} s (wanted under {LIMIT_S:g} s: {within})",
                f"{our.megabytes:,.0f} MB",
                f"{'' if permutations == 999 else 'about '}{seconds:,.1f} s",
                f"{peer.megabytes:,.0f} MB",
                wanted(seconds / our.seconds, 1.0),
                "same" if our.answer == peer.answer else "DIFFERENT",
            ]
        )
    header = ["incidents", "ours", "added", "NumPy, SciPy", "added", "faster", "table"]
    print_table(f"Knox, 6 × 5 bands, 999 permutations, {DAYS:,} days", header, rows)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", count]:
            tell(ours(int(count)))
        case ["numpy_and_scipy", count]:
            tell(numpy_and_scipy(int(count)))
        case _:
            main()
