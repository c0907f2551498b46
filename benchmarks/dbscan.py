"""DBSCAN against scikit-learn's: time, memory, and that the labels are the same.

Run as ``python -m benchmarks.dbscan [POINTS ...]``. Each measurement is a process of its own.
scikit-learn needs about 11 GB for 600,000 points and is held to 14 GB; where that is not enough, or
for more points, only ours is measured.
"""

from __future__ import annotations

import hashlib
import math
import sys

import numpy as np

from benchmarks.measuring import (
    Used,
    in_own_process,
    limit_memory,
    positions,
    print_table,
    tell,
    used_by,
    wanted,
)
from models.hotspots.clustering import cluster
from models.hotspots.dbscan import DbscanSettings, default_min_samples

AREA_KM2 = 39.0
PEER_MOST = 600_000
PEER_GIGABYTES = 14.0
TARGETS = {60_000: (20.0, 1.0), 600_000: (100.0, 20.0)}


def ours(n: int, *, repeated: bool) -> Used:
    easting, northing = positions(n, repeated=repeated)
    least = default_min_samples(n, area_km2=AREA_KM2, settings=DbscanSettings())

    def call() -> str:
        return _digest(cluster(easting, northing, eps_m=100, min_samples=least).labels)

    def warm_up() -> None:
        cluster(easting[:500], northing[:500], eps_m=100, min_samples=5)

    return used_by(call, runs=7 if n <= 1_000_000 else 2, warm_up=warm_up)


def scikit_learn(n: int, *, repeated: bool) -> Used:
    from sklearn.cluster import DBSCAN

    limit_memory(PEER_GIGABYTES)
    points = np.column_stack(positions(n, repeated=repeated))
    least = default_min_samples(n, area_km2=AREA_KM2, settings=DbscanSettings())

    def call() -> str:
        return _digest(DBSCAN(eps=100, min_samples=int(least)).fit(points).labels_)

    try:
        return used_by(call, runs=3 if n <= 100_000 else 1)
    except MemoryError:
        return Used(seconds=math.inf, median=math.inf, megabytes=math.inf, answer="out of memory")


def _digest(labels: np.ndarray) -> str:
    return hashlib.sha256(labels.astype(np.int64).tobytes()).hexdigest()


def main(sizes: list[int]) -> None:
    rows = []
    for n in sizes:
        for kind in ("exact", "repeated"):
            our = in_own_process("benchmarks.dbscan", "ours", str(n), kind)
            row = [f"{n:,}", kind, f"{our.seconds * 1000:,.1f} ms", f"{our.megabytes:,.0f} MB"]
            if n <= PEER_MOST:
                row += _against_peer(n, kind, our)
            rows.append(row + ["–"] * (9 - len(row)))
    header = ["points", "places", "ours", "added", "scikit-learn", "added", "faster", "smaller"]
    print_table("DBSCAN, eps 100 m", [*header, "labels"], rows)


def _against_peer(n: int, kind: str, our: Used) -> list[str]:
    peer = in_own_process("benchmarks.dbscan", "scikit_learn", str(n), kind)
    if math.isinf(peer.seconds):
        return [f"over {PEER_GIGABYTES:g} GB"]
    faster, smaller = TARGETS.get(n, (1.0, 1.0))
    return [
        f"{peer.seconds:,.2f} s",
        f"{peer.megabytes:,.0f} MB",
        wanted(peer.seconds / our.seconds, faster),
        wanted(peer.megabytes / max(our.megabytes, 1.0), smaller),
        "same" if peer.answer == our.answer else "DIFFERENT",
    ]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", count, kind]:
            tell(ours(int(count), repeated=kind == "repeated"))
        case ["scikit_learn", count, kind]:
            tell(scikit_learn(int(count), repeated=kind == "repeated"))
        case []:
            main([60_000, 600_000])
        case counts:
            main([int(count) for count in counts])
