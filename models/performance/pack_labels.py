"""What a row of the quarterly performance compares, and its target, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.calendar.quarters import a_year_before, months_label
from models.indicators.performance import signed

if TYPE_CHECKING:
    from models.performance.pack import IndicatorRow, Pack


def comparison_label(row: IndicatorRow) -> str:
    """Return the months compared in words: "Jul to Sep 2026 with Jul to Sep 2025"."""
    if not row.compared:
        return "not compared"
    earlier = tuple(a_year_before(month) for month in row.compared)
    return f"{months_label(row.compared)} with {months_label(earlier)}"


def allowance_label(pack: Pack) -> str:
    """Say what the intervals of counts allow for beyond chance; "" where none is compared."""
    changes = [row.change for row in pack.rows if row.change is not None]
    times = [each.dispersion for each in changes if not each.points]
    if not times:
        return ""
    low, high = f"{min(times):.1f}", f"{max(times):.1f}"
    by = f"{low} times" if low == high else f"{low} to {high} times"
    return (
        "The intervals of counts allow for months that vary by more than chance, as where one "
        f"event makes several reports: for {by} the variance of independent incidents, measured on "
        "each indicator's own months before the quarter and on those of the others."
    )


def target_label(row: IndicatorRow) -> str:
    """Return a target in words: "−5 %", "+2 points", "none"."""
    if row.target is None or row.indicator.direction == "neither":
        return "none"
    return f"{signed(row.target)}{' points' if row.indicator.unit == 'per cent' else ' %'}"
