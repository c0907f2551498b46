"""A process that imports made-up rows and, when told to, is killed on the way.

Rows `first` to `first` + `count`; killed `delay_ms` after the import reaches `stage` (at once for
0). With a connection it says there that it is ready and begins when it is told to.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from data.incidents.ingest import Progress, import_batches
from tests.incident_rows import NOW, batch, hourly_rows, rejected_row, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path


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


def bring(folder: Path, first: int, count: int, told: Connection) -> None:
    told.send("ready")
    told.recv()
    bring_until(folder, first, count, "", 0)
    told.send("brought")


def bring_until(folder: Path, first: int, count: int, stage: str, delay_ms: float) -> None:
    rows = hourly_rows(first + count)[first:]
    batches = [
        batch(*rows[start : start + 1000], rejected=[rejected_row(start)], done=start / count)
        for start in range(0, count, 1000)
    ]
    import_batches(
        batches,
        settings=settings_in(folder),
        wards=three_wards(),
        name=f"rows {first} to {first + count}",
        now=NOW,
        progress=killer(stage, delay_ms),
    )
