"""Counts by month."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from models.calendar.months import month_starts, monthly_counts


def minute(text: str) -> int:
    return int((datetime.fromisoformat(text) - datetime(1970, 1, 1)).total_seconds() // 60)


def test_months_end_with_the_month_asked_for_and_cross_the_year() -> None:
    assert month_starts(date(2026, 2, 28), months=3) == (
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    )


def test_a_month_holds_its_first_minute_and_not_that_of_the_next() -> None:
    months = (date(2025, 12, 1), date(2026, 1, 1))
    starts = np.array(
        [minute(t) for t in ("2025-12-01T00:00", "2025-12-31T23:59", "2026-01-31T23:59")]
        + [minute("2026-02-01T00:00"), minute("2025-11-30T23:59")],
        dtype=np.int64,
    )
    assert monthly_counts(starts, months).tolist() == [2, 1]
    assert monthly_counts(starts[:0], months).tolist() == [0, 0]
