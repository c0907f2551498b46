"""What every benchmark needs: time, memory in a process of its own, made-up places, a table."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
WARDS = ROOT / "data/demo/wards.geojson"


@dataclass(frozen=True, slots=True)
class Used:
    """What a call took: the best of some runs, its spread, and the memory it added at its peak."""

    seconds: float
    median: float
    megabytes: float
    answer: str = ""


def used_by(
    call: Callable[[], str], *, runs: int, warm_up: Callable[[], object] | None = None
) -> Used:
    """Time `call`; memory is what this process's peak rose by, so ask it in a fresh process."""
    if warm_up is not None:
        warm_up()
    before = _peak_megabytes()
    seconds = []
    answer = ""
    for _ in range(runs):
        started = time.perf_counter()
        answer = call()
        seconds.append(time.perf_counter() - started)
    return Used(
        seconds=min(seconds),
        median=float(np.median(seconds)),
        megabytes=_peak_megabytes() - before,
        answer=answer,
    )


def in_own_process(module: str, *arguments: str) -> Used:
    """Run ``python -m module arguments`` and read the `Used` that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return Used(**json.loads(done.stdout.splitlines()[-1]))


def limit_memory(gigabytes: float) -> None:
    """Let this process fail rather than bring the machine down."""
    limit = int(gigabytes * 1024**3)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def tell(used: Used) -> None:
    """Print it for the process that asked."""
    print(json.dumps(asdict(used)))


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table with columns as wide as they need to be."""
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    print(f"\n{title}")
    for row in [header, *rows]:
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        print("  " + "  ".join(cells).rstrip())


def wanted(ratio: float, target: float) -> str:
    """Return a ratio and whether it is what was wanted."""
    return f"{ratio:,.1f}× (wanted {target:,g}×: {'met' if ratio >= target else 'MISSED'})"


def demo_wards() -> gpd.GeoDataFrame:
    """Return the demo's wards, metric."""
    return gpd.read_file(WARDS)


def positions(
    n: int, *, repeated: bool = False, seed: int = 1
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return made-up places over two boroughs: clumps of all sizes on an even background.

    A point of 600,000 has about 1,800 others within 100 m, as in a borough's ten years. With
    `repeated`, all lie on 6,000 map points, as police.uk's do; else each has its own place,
    to a tenth of a metre, as in a call log.
    """
    rng = np.random.default_rng(seed)
    west, south, east, north = demo_wards().total_bounds
    spread = np.array([east - west, north - south])
    clumps = rng.uniform(size=(800, 2)) * spread + (west, south)
    size = rng.pareto(1.5, 800) + 0.1
    count = 6000 if repeated else n
    clump = rng.choice(800, count, p=size / size.sum())
    points = clumps[clump] + rng.normal(0, 70, (count, 2))
    background = rng.random(count) < 0.45
    points[background] = rng.uniform(size=(int(background.sum()), 2)) * spread + (west, south)
    if repeated:
        busy = rng.pareto(3.0, count) + 0.5
        points = points[rng.choice(count, n, p=busy / busy.sum())]
    easting, northing = np.round(points, 1).T
    return np.ascontiguousarray(easting), np.ascontiguousarray(northing)


def _peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
