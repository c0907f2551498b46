"""Time of an import, and files and bytes of the incident table, after many imports.

Run as ``python -m benchmarks.upkeep [IMPORTS]``. Each import brings 1,000 incidents spread over
four years, a tenth of which an earlier import brought too with another offence; each is made a day
after the last. It is done twice: as it is, and without upkeep, which is what versions before 0.2
did.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa

from benchmarks.ingest import WARDS
from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.incidents.upkeep import folder_size, is_due, upkeep
from data.rows.contract import REJECTED_COLUMNS, SOURCE_SCHEMA, Checked
from data.settings import Settings
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer

if TYPE_CHECKING:
    from geo.wards import WardLayer

ROWS: Final = 1_000
AGAIN: Final = 100
YEARS: Final = 4
FIRST: Final = datetime(2022, 1, 1, tzinfo=UTC)
SAID: Final = (1, 10, 50, 100)
_TIMED: Final = 3  # imports of which the time is averaged


def incidents(number: int) -> Checked:
    """Return the rows of one import; the same for each run."""
    rng = np.random.default_rng(number)
    ids = [f"b:{number}-{row}" for row in range(ROWS)]
    if number:
        ids[:AGAIN] = [f"b:{number - 1}-{row}" for row in range(ROWS - AGAIN, ROWS)]
    hours = rng.integers(0, YEARS * 365 * 24, ROWS)
    rows: list[dict[str, Any]] = [
        {
            "incident_id": each,
            "source": "benchmark",
            "category": "asb",
            "offence": f"Rowdy behaviour {number % 7}",
            "starts_at": FIRST + timedelta(hours=int(hour)),
            "time_precision": "minute",
            "easting": float(easting),
            "northing": float(northing),
            "place_precision": "street",
            "place": f"Street {int(easting) % 900}",
        }
        for each, hour, easting, northing in zip(
            ids,
            hours,
            rng.uniform(533_000, 538_000, ROWS),
            rng.uniform(180_000, 184_000, ROWS),
            strict=True,
        )
    ]
    return Checked(
        file=f"{number}.csv",
        accepted=pa.Table.from_pylist(rows, schema=SOURCE_SCHEMA),
        rejected=pd.DataFrame(columns=list(REJECTED_COLUMNS)).astype("str"),
        fraction_done=1.0,
    )


def run(folder: Path, *, wards: WardLayer, imports: int, with_upkeep: bool) -> None:
    """Make the imports and print a line after some of them."""
    settings = Settings(store=folder, _env_file=None)  # type: ignore[call-arg]
    begun = settings.present() + timedelta(days=1)  # what is written today is old by then
    took: list[float] = []
    keeping = 0.0
    for number in range(imports):
        now, batch = begun + timedelta(days=number), incidents(number)
        started = time.perf_counter()
        import_batches([batch], settings=settings, wards=wards, name=batch.file, now=now)
        took.append(time.perf_counter() - started)
        if with_upkeep and is_due(settings):
            started = time.perf_counter()
            # The imports are days apart, so nobody is still reading what the last one replaced.
            upkeep(settings, now=now, youngest=timedelta(0))
            keeping += time.perf_counter() - started
        if number + 1 in SAID:
            started = time.perf_counter()
            load(settings, wards=wards)
            opening = time.perf_counter() - started
            files, size = folder_size(settings.incidents_path)
            print(
                f"{number + 1:>8} {1000 * float(np.mean(took[-_TIMED:])):>10,.0f} ms "
                f"{1000 * keeping / (number + 1):>10,.0f} ms {1000 * opening:>8,.0f} ms "
                f"{files:>7,} {size / 1e6:>8,.1f} MB"
            )


def main(imports: int) -> None:
    """Compare."""
    wards = ward_layer(gpd.read_file(WARDS), metric_crs=BRITISH_NATIONAL_GRID)
    for with_upkeep in (False, True):
        print("With upkeep when due" if with_upkeep else "Without upkeep")
        print(
            f"{'imports':>8} {'an import':>13} {'its upkeep':>13} {'opening':>11}   files     size"
        )
        with tempfile.TemporaryDirectory() as folder:
            run(Path(folder) / "var", wards=wards, imports=imports, with_upkeep=with_upkeep)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else SAID[-1])
