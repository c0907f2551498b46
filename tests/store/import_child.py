"""A process that imports made-up rows and, when told to, is killed on the way.

Run as ``python -m tests.store.import_child STORE FIRST COUNT [STAGE DELAY_MS]``: rows FIRST to
FIRST + COUNT; killed DELAY_MS after the import reaches STAGE (at once for 0). With STAGE ``wait``
it waits for the file STORE/go before it reads, so that two such processes start together.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from data.incidents.ingest import Progress, import_batches
from tests.incident_rows import NOW, batch, hourly_rows, rejected_row, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Callable


def killer(stage: str, delay_ms: float) -> Callable[[Progress], None]:
    def die() -> None:
        time.sleep(delay_ms / 1000)
        os.kill(os.getpid(), signal.SIGKILL)

    def told(progress: Progress) -> None:
        if progress.stage == stage:
            if delay_ms:
                threading.Thread(target=die, daemon=True).start()
            else:
                os.kill(os.getpid(), signal.SIGKILL)

    return told


def main(folder: Path, first: int, count: int, *, stage: str = "", delay_ms: float = 0) -> None:
    rows = hourly_rows(first + count)[first:]
    batches = [
        batch(*rows[start : start + 1000], rejected=[rejected_row(start)], done=start / count)
        for start in range(0, count, 1000)
    ]
    if stage == "wait":
        (folder / f"ready-{os.getpid()}").touch()
        while not (folder / "go").exists():
            time.sleep(0.001)
    record = import_batches(
        batches,
        settings=settings_in(folder),
        wards=three_wards(),
        name=f"rows {first} to {first + count}",
        now=NOW,
        progress=killer(stage, delay_ms),
    )
    sys.stdout.write(f"{record.rows_added} {record.rows_changed} {record.counts.total}\n")


if __name__ == "__main__":
    store_folder, first_row, row_count, *point = sys.argv[1:]
    at, delay = point if len(point) == 2 else ((point or [""])[0], "0")
    main(Path(store_folder), int(first_row), int(row_count), stage=at, delay_ms=float(delay))
