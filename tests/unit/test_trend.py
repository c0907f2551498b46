"""Counts by month and by hour of the week."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from models.indicators.trend import month_starts, monthly_counts, week_matrix


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


def test_the_week_matrix_starts_on_monday_and_leaves_unknown_hours_out() -> None:
    matrix = week_matrix(np.array([0, 0, 167, -1, 4 * 24 + 22], dtype=np.int16))
    assert matrix.shape == (7, 24)
    assert matrix[0, 0] == 2
    assert matrix[6, 23] == 1
    assert matrix[4, 22] == 1
    assert matrix.sum() == 4
