"""Time and memory of importing a million police.uk rows, and the same file again.

Run as ``python -m benchmarks.ingest [ROWS]``. The file is made up but has the form of a real one:
64-digit Crime IDs, none for a quarter of the rows (anti-social behaviour), 20,000 map points over
two boroughs, 60 months. Each import is a process of its own, from the CSV to the commit, so that
its peak memory is its own; start-up is in its time.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.csv

from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.settings import Settings
from data.sources import police_uk
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.wards import ward_layer
from models.incidents.selection import default_filter, select

ROOT = Path(__file__).resolve().parents[1]
WARDS = ROOT / "data/demo/wards.geojson"
NOW = datetime(2026, 11, 21, tzinfo=UTC)
TARGETS = {"import": (20.0, 2.0), "again": (10.0, 2.0), "corrected": (20.0, 2.0)}
TYPES = (
    ("Anti-social behaviour", 0.25),
    ("Violence and sexual offences", 0.25),
    ("Other theft", 0.2),
    ("Vehicle crime", 0.12),
    ("Burglary", 0.1),
    ("Drugs", 0.08),
)


def write_street_file(path: Path, *, rows: int, seed: int = 1) -> None:
    """Write a street file of made-up rows."""
    rng = np.random.default_rng(seed)
    points = 20_000
    longitude, latitude = transform(
        rng.uniform(531_500, 539_500, points),
        rng.uniform(178_500, 188_500, points),
        source=BRITISH_NATIONAL_GRID,
        target=WGS84,
    )
    point = rng.integers(0, points, rows)
    kind = rng.choice(len(TYPES), rows, p=[share for _, share in TYPES])
    words = rng.integers(0, 2**63, (rows, 4))
    ids = ["".join(f"{word:016x}" for word in row) for row in words.tolist()]
    months = [f"{2021 + n // 12}-{n % 12 + 1:02d}" for n in range(60)]
    month = np.sort(rng.integers(0, 60, rows))
    names = [name for name, _ in TYPES]
    force = pa.array(["Metropolitan Police Service"] * rows)
    table = pa.table(
        {
            "Crime ID": pa.array(["" if k == 0 else i for k, i in zip(kind, ids, strict=True)]),
            "Month": pa.array(months).take(pa.array(month)),
            "Reported by": force,
            "Falls within": force,
            "Longitude": np.round(longitude, 6)[point],
            "Latitude": np.round(latitude, 6)[point],
            "Location": pa.array([f"On or near Street {n}" for n in range(points)]).take(
                pa.array(point)
            ),
            "LSOA code": pa.array(["E01004222"] * rows),
            "LSOA name": pa.array(["Tower Hamlets 001A"] * rows),
            "Crime type": pa.array(names).take(pa.array(kind)),
            "Last outcome category": pa.array(["Under investigation"] * rows),
            "Context": pa.array([""] * rows),
        }
    )
    pa.csv.write_csv(table, path)


def bring(store: Path, file: Path) -> None:
    """Import one file into a store and print what it took, as JSON."""
    started = time.perf_counter()
    wards = ward_layer(gpd.read_file(WARDS), metric_crs=BRITISH_NATIONAL_GRID)
    settings = Settings(store=store, _env_file=None)  # type: ignore[call-arg]
    batches = police_uk.read(
        police_uk.download_of(open_source(file)), metric_crs=BRITISH_NATIONAL_GRID, now=NOW
    )
    record = import_batches(batches, settings=settings, wards=wards, name=file.name, now=NOW)
    _print_usage(started, rows=record.rows_read, counts=str(record.counts))


def open_store(store: Path) -> None:
    """Load the snapshot and apply the default filter; print what it took, as JSON."""
    wards = ward_layer(gpd.read_file(WARDS), metric_crs=BRITISH_NATIONAL_GRID)
    settings = Settings(store=store, _env_file=None)  # type: ignore[call-arg]
    started = time.perf_counter()
    snapshot = load(settings, wards=wards)
    loaded = time.perf_counter()
    chosen = default_filter(snapshot, home_borough=settings.borough_code)
    select(snapshot, chosen, night=settings.night_rule, home_borough=settings.borough_code)
    again = time.perf_counter()
    selection = select(
        snapshot, chosen, night=settings.night_rule, home_borough=settings.borough_code
    )
    took = time.perf_counter() - again
    _print_usage(
        started,
        rows=len(snapshot),
        counts=f"snapshot {loaded - started:.2f} s; filter {took * 1000:.1f} ms for "
        f"{len(selection.incidents):,} incidents",
    )


def main(rows: int) -> None:
    """Make the files, import them in processes of their own, and print a table."""
    with tempfile.TemporaryDirectory() as folder:
        store, file, corrected = (
            Path(folder) / "var",
            Path(folder) / "a.csv",
            Path(folder) / "b.csv",
        )
        write_street_file(file, rows=rows)
        text = file.read_text(encoding="utf-8")
        corrected.write_text(text.replace('-01","Metro', '-02","Metro'), encoding="utf-8")
        print(f"{rows:,} rows, {len(text) / 1e6:,.0f} MB")
        del text
        for name, source in (("import", file), ("again", file), ("corrected", corrected)):
            used = _child("bring", str(store), str(source))
            seconds, gigabytes = TARGETS[name]
            met = used["seconds"] <= seconds and used["gigabytes"] <= gigabytes
            print(
                f"{name:>10}: {used['seconds']:5.1f} s (target {seconds:.0f}), "
                f"{used['gigabytes']:4.2f} GB (target {gigabytes:.0f}) "
                f"{'met' if met else 'MISSED'}  {used['counts']}"
            )
        used = _child("open_store", str(store))
        print(
            f"{'open':>10}: {used['seconds']:5.2f} s, {used['gigabytes']:4.2f} GB  {used['counts']}"
        )


def _child(*arguments: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ingest", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    used: dict[str, float] = json.loads(done.stdout)
    return used


def _print_usage(started: float, *, rows: int, counts: str) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "gigabytes": peak, "rows": rows, "counts": counts}))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["bring", store_folder, street_file]:
            bring(Path(store_folder), Path(street_file))
        case ["open_store", store_folder]:
            open_store(Path(store_folder))
        case [count]:
            main(int(count))
        case _:
            main(1_000_000)
