"""What the digests of rows cost: a write with and without them, and looking at all of them.

Run as ``python -m benchmarks.row_digests``: 5,000 taskings, 100,000 visits, 250,000 entries of the
audit trail and 500,000 of the access log, more than a borough has after five years. The peers
are the same database with the triggers and the hook off, and SQLite's ``PRAGMA integrity_check``.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, insert

from benchmarks.measuring import print_table
from benchmarks.operations import fill
from data.access import Person
from data.operations.actor import Actor
from data.operations.audit.access import AccessRow, Exported, record_export
from data.operations.audit.changes import AuditRow
from data.operations.database import Operations
from data.operations.row_digests.faults import noted_faults, row_faults
from data.operations.row_digests.keeping import keep_digests, renew
from data.operations.row_digests.schema import driver, drop_triggers
from data.operations.taskings.comments import comment
from data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

_AT: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_AMINA: Final = Person("Amina Khan", "administrator")
_WRITES: Final = 60
_AT_ONCE: Final = 1000


def main() -> None:
    """Fill a store, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        ops = Operations.open(Settings(store=Path(folder), operations_url=None, _env_file=None))  # type: ignore[call-arg]
        rows = _fill(ops)
        with ops.engine.begin() as connection:
            upgrade = _timed(lambda: renew(connection))
        with ops.engine.connect() as connection:
            own = _timed(lambda: row_faults(connection))
            peer = _timed(lambda: connection.exec_driver_sql("PRAGMA integrity_check").all())
            noted = _timed(lambda: noted_faults(connection))
        lines = [
            ["every row compared", f"{own:.2f} s", f"{peer:.2f} s", f"{own / peer:.1f}"],
            ["what is noted asked for, at opening", f"{noted * 1e3:.2f} ms", "", ""],
            ["all digests made, by an upgrade", f"{upgrade:.1f} s", "", ""],
            *_writes(ops),
        ]
        ops.close()
    print_table(f"{rows:,} rows", ["", "with digests", "without, or SQLite's", "ratio"], lines)


def _fill(ops: Operations) -> int:
    fill(ops)
    audit: dict[str, Any] = {
        "at": _AT, "person": "Amina Khan", "role": "officer", "action": "changed",
        "table_name": "taskings", "row_key": "12", "subject": "taskings/12",
        "before": {"status": "proposed", "version": 1},
        "after": {"status": "approved", "version": 2},
    }  # fmt: skip
    seen: dict[str, Any] = {
        "at": _AT, "person": "Amina Khan", "role": "officer", "action": "viewed",
        "what": "Hotspots", "kind": "", "period": "", "filters": "category=asb&hours=nights",
        "rows": None, "table_version": None,
    }  # fmt: skip
    with ops.engine.begin() as connection:
        for _ in range(5):
            connection.execute(insert(AuditRow), [audit] * 50_000)
            connection.execute(insert(AccessRow), [seen] * 100_000)
    with ops.engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM row_digests").scalar_one())


def _writes(ops: Operations) -> list[list[str]]:
    """Return what one comment, one entry of the access log and a thousand of them take."""
    actor = Actor(ops, _AMINA, _AT)
    row = {
        "at": _AT + timedelta(days=1), "person": "Cy", "role": "officer", "action": "viewed",
        "what": "Today", "kind": "", "period": "", "filters": "",
    }  # fmt: skip

    def many() -> None:
        with actor.session() as session:
            session.connection().execute(insert(AccessRow), [row] * _AT_ONCE)

    work: dict[str, tuple[Callable[[], object], int]] = {
        "a comment": (lambda: comment(actor, 1, text="Seen"), _WRITES),
        "an entry of the access log": (
            lambda: record_export(actor, "Today", about=Exported()),
            _WRITES,
        ),
        f"{_AT_ONCE:,} rows at once": (many, 9),
    }
    measured = {name: _times(do, times) for name, (do, times) in work.items()}
    event.remove(ops.engine, "commit", keep_digests)
    with ops.engine.begin() as connection:
        drop_triggers(driver(connection))
    without = {name: _times(do, times) for name, (do, times) in work.items()}
    return [
        [
            name,
            f"{measured[name] * 1e3:.1f} ms",
            f"{without[name] * 1e3:.1f} ms",
            f"{measured[name] / without[name]:.2f}",
        ]
        for name in work
    ]


def _times(work: Callable[[], object], times: int) -> float:
    return median(_timed(work) for _ in range(times))


def _timed(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


if __name__ == "__main__":
    main()
