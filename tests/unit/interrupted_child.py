"""A process that is interrupted while it reads a file, and says how often it noticed."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

from pyarrow import csv as arrow_csv

from data.sources.delimited import layout_of, read_delimited
from data.sources.files import Limits, file_part
from data.sources.text import text_head

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from pathlib import Path


def interrupt_each_reading(path: Path, times: int, told: Connection) -> None:
    """Read a file so many times, interrupted while Arrow is at a malformed row of it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    real: Any = arrow_csv.ParseOptions

    def parse_options(
        *, invalid_row_handler: Callable[[arrow_csv.InvalidRow], str], **options: object
    ) -> arrow_csv.ParseOptions:
        def interrupted(row: arrow_csv.InvalidRow) -> str:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
            return invalid_row_handler(row)

        return real(**options, invalid_row_handler=interrupted)

    arrow_csv.ParseOptions = parse_options  # type: ignore[misc, assignment]
    layout = layout_of(text_head(file_part(path, limits=Limits())))
    noticed = 0
    for _ in range(times):
        try:
            list(read_delimited(layout))
        except KeyboardInterrupt:
            noticed += 1
    told.send(noticed)
