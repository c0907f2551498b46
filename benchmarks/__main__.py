"""All benchmarks, one after the other: ``python -m benchmarks``. Each also runs by itself."""

from __future__ import annotations

import subprocess
import sys

from benchmarks.measuring import ROOT

for name in (
    "ward_join",
    "names",
    "kde",
    "dbscan",
    "gi_star",
    "near_repeat",
    "streets",
    "pipeline",
    "ingest",
    "patrol_plan",
    "ways",
    "walking_loops",
    "operations",
    "ward_figures",
    "first_map",
    "screen",
):
    print(f"\n==> {name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], cwd=ROOT, check=True)
