"""The board's reads of a store with 5,000 taskings and 100,000 visits: twenty years of a borough.

Run as ``python -m benchmarks.operations [postgresql://…]``; a SQLite file of its own without one.
The database that is named must be empty.
"""

from __future__ import annotations

import random
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from shapely import box
from sqlalchemy import insert

from benchmarks.measuring import print_table
from data.operations.database import MappedRow, Operations
from data.operations.tables import TaskingRow, TaskingWardRow, VisitRow
from data.operations.taskings.rows import decision_values, draft_values
from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from data.settings import Settings
from models.tasking.lifecycle import OPEN
from models.tasking.tasking import Decision, TaskingDraft, TaskingHours

if TYPE_CHECKING:
    from collections.abc import Callable

TASKINGS, VISITS_EACH = 5_000, 20
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def main(url: str | None) -> None:
    with TemporaryDirectory() as folder:
        chosen = Settings(store=Path(folder), operations_url=url, _env_file=None)  # type: ignore[arg-type, call-arg]
        ops = Operations.open(chosen)
        fill(ops)
        week = (date(2024, 1, 1), date(2024, 1, 7))
        reads: dict[str, Callable[[], tuple[object, ...]]] = {
            "all taskings": lambda: taskings(ops),
            "open taskings": lambda: taskings(ops, statuses=OPEN),
            "taskings of two wards": lambda: taskings(ops, wards=("E03", "E04")),
            "overdue taskings": lambda: taskings(ops, overdue_at=NOON),
            "visits of one tasking": lambda: visits(ops, tasking_id=2_500),
            "visits of a week": lambda: visits(ops, period=week),
            "all visits": lambda: visits(ops),
        }
        rows = []
        for name, read in reads.items():
            ops.seen_taskings.clear()
            first, found = timed(read)
            again = min(timed(read)[0] for _ in range(5))
            rows.append([name, f"{found:,}", f"{first * 1e3:,.1f} ms", f"{again * 1e3:,.1f} ms"])
        kind = ops.engine.dialect.name
        ops.close()
    print_table(f"Operations on {kind}", ["read", "rows", "the first time", "again"], rows)


def timed(read: Callable[[], tuple[object, ...]]) -> tuple[float, int]:
    """Return seconds and how many rows were found."""
    started = time.perf_counter()
    found = len(read())
    return time.perf_counter() - started, found


def fill(ops: Operations) -> None:
    """Write made-up rows past the audit trail, which is not what is measured."""
    now = datetime(2026, 11, 21, 9, tzinfo=UTC)
    area = box(534_000, 181_000, 534_150, 181_150)
    draft = TaskingDraft(
        title="Made up",
        area=area.buffer(40),
        objective="To be timed",
        tactic="patrol",
        hours=TaskingHours((4, 5), 22, 3),
        starts_on=TODAY,
        ends_on=TODAY,
        origin="drawn",
    )
    decision = Decision((("method", "kde"),), "kde-1", 3, None, "Nobody", now)
    stamps = ("approved", "activated", "completed", "reviewed", "cancelled")
    base: dict[str, Any] = {
        **draft_values(draft),
        **decision_values(decision),
        **{f"{name}_at": None for name in stamps},
        "version": 1,
        "fixed_note": "",
        "reason": "",
        "proposed_at": now,
        **dict.fromkeys(("displacement", "comparison", "displacement_comparison"), area),
    }
    chance = random.Random(7)  # noqa: S311 - made-up rows
    kinds = ["reviewed", "cancelled", "completed", "active", "approved", "proposed"]
    made, wards, seen = [], [], []
    for number in range(1, TASKINGS + 1):
        first = date(2006, 1, 1) + timedelta(days=number * 3 // 2)
        status = chance.choices(kinds, [80, 8, 4, 4, 2, 2])[0]
        days = {"starts_on": first, "ends_on": first + timedelta(days=28)}
        made.append({**base, **days, "tasking_id": number, "status": status, "team": "Team 1"})
        wards += [
            {"tasking_id": number, "ward_code": f"E{(number + at) % 20:02d}", "position": at}
            for at in range(2)
        ]
        begins = datetime(first.year, first.month, first.day, 22, tzinfo=UTC)
        for at in range(VISITS_EACH):
            arrived = begins + timedelta(days=at, seconds=number)
            left = arrived + timedelta(minutes=15)
            seen.append(
                {
                    "version": 1,
                    "tasking_id": number,
                    "team": f"Team {number}",
                    "arrived_at": arrived,
                    "left_at": left,
                    "note": "",
                    **dict.fromkeys(
                        ("notices", "dispersed", "arrests", "referrals", "needles", "weapons"), 0
                    ),
                }
            )
    with ops.engine.begin() as connection:
        tables: tuple[tuple[type[MappedRow], list[dict[str, Any]]], ...] = (
            (TaskingRow, made),
            (TaskingWardRow, wards),
            (VisitRow, seen),
        )
        for row, values in tables:
            connection.execute(insert(row), values)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
