"""What drawing hotspots on the present counts adds to their change, and what is left of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from benchmarks.null_worlds.changes import (
    LAST_YEAR,
    YEAR,
    Sort,
    drawn_year,
    place_rates,
    square,
)
from models.calendar.periods import Period
from models.hotspots.kde import KdeSettings
from models.hotspots.method_result import MethodResult
from models.hotspots.methods import detect
from models.hotspots.redrawn import Redrawing, moved_into, picking, together
from models.statistics.rates import rate_ratio

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents
    from models.hotspots.shape import Hotspots


def two_years(factor: float, *, seed: int = 4) -> tuple[Incidents, Incidents, tuple[float, float]]:
    """Return a year and the year before it, in which one busy place had `factor` times as many."""
    rng = np.random.default_rng(seed)
    rates = place_rates(rng, Sort())
    rates[16, 16] = 60.0
    before = rates.copy()
    before[16, 16] *= factor
    now = drawn_year(rng, rates, period=YEAR)
    at = 16.5 * 5000 / 33
    return now, drawn_year(rng, before, period=LAST_YEAR), (533_000 + at, 181_000 + at)


def compared(now: Incidents, before: Incidents) -> Hotspots:
    return detect(
        now,
        square(),
        settings=KdeSettings(),
        comparison=before,
        period=YEAR,
        comparison_period=LAST_YEAR,
    )


@pytest.mark.parametrize(("factor", "way"), [(0.3, "rose"), (2.5, "fell")])
def test_a_real_change_is_still_said(factor: float, way: str) -> None:
    now, before, (x, y) = two_years(factor)
    frame = compared(now, before).frame
    spot = frame[frame.geometry.buffer(60).intersects(shapely.Point(x, y))].iloc[0]
    assert spot["change_low"] > 0 if way == "rose" else spot["change_high"] < 0


def test_the_change_is_less_than_the_counts_say_and_the_counts_are_as_they_are() -> None:
    now, before, _ = two_years(1.0)
    result = compared(now, before)
    alone = detect(now, square(), settings=KdeSettings())
    assert result.frame["incidents"].tolist() == alone.frame["incidents"].tolist()
    assert result.frame.geometry.geom_equals(alone.frame.geometry).all()
    both_counts = result.frame[result.frame["comparison_incidents"] > 0]
    bare = [
        rate_ratio(int(row.incidents), int(row.comparison_incidents)).ratio - 1
        for row in both_counts.itertuples()
    ]
    assert (both_counts["change"] < np.array(bare)).all()
    assert (both_counts["change"] >= both_counts["change_low"]).all()
    assert "allows for that" in result.notes[-1]


def test_the_same_incidents_give_the_same_change() -> None:
    now, before, _ = two_years(1.0)
    columns = ["change", "change_low", "change_high"]
    one, other = (compared(now, before).frame[columns] for _ in range(2))
    assert one.equals(other)


def test_each_drawing_is_of_about_as_many_incidents_and_of_all_of_both() -> None:
    now, before, _ = two_years(0.5)
    drawn: list[int] = []

    def draw(both: Incidents, one: np.ndarray, other: np.ndarray) -> MethodResult:
        assert np.array_equal(np.union1d(one, other), np.arange(len(both)))
        assert len(one) + len(other) == len(both) == len(now) + len(before)
        drawn.append(len(one))
        return MethodResult(polygons=(), explanation="")

    how = Redrawing(most=3)
    rng = np.random.default_rng(1)
    learnt = picking(now, before, square(), draw=draw, share=0.5, rng=rng, how=how)
    assert len(drawn) == 3
    assert np.allclose(drawn, len(now), atol=4 * np.sqrt(len(now)))
    assert learnt.share == pytest.approx(len(now) / (len(now) + len(before)))


def test_a_comparison_period_without_incidents_leaves_every_hotspot_new() -> None:
    now, before, _ = two_years(1.0)
    frame = compared(now, before.take(slice(0, 0))).frame
    assert (frame["change_state"] == "new").all()
    assert np.isinf(frame["change_high"]).all()


def test_both_periods_together_are_in_order_of_time_and_complete() -> None:
    now, before, _ = two_years(1.0)
    both = together(now, before)
    assert len(both) == len(now) + len(before)
    assert (np.diff(both.starts_minute) >= 0).all()
    assert both.easting.sum() == pytest.approx(now.easting.sum() + before.easting.sum())


def test_what_is_known_by_month_alone_is_set_into_the_like_month() -> None:
    _, before, _ = two_years(1.0)
    months = np.arange("2024-01", "2025-01", dtype="datetime64[M]")
    starts = months.astype("datetime64[m]").astype(np.int64)
    some = replace(
        before.take(slice(0, 12)), starts_minute=starts, ends_minute=np.full(12, -1, dtype=np.int64)
    )
    moved = moved_into(some, LAST_YEAR, period=YEAR)
    expected = np.arange("2025-01", "2026-01", dtype="datetime64[M]").astype("datetime64[m]")
    assert (moved.starts_minute == expected.astype(np.int64)).all()
    assert (moved.ends_minute == -1).all()


def test_a_period_that_begins_on_another_day_is_set_by_days_and_never_past_the_end() -> None:
    _, before, _ = two_years(1.0)
    period = Period(date(2025, 3, 10), date(2025, 4, 8))
    earlier = Period(date(2025, 2, 8), date(2025, 3, 9))
    first, end = earlier.minutes
    starts = np.array([first, first + 5, end - 1])
    some = replace(before.take(slice(0, 3)), starts_minute=starts, ends_minute=starts)
    moved = moved_into(some, earlier, period=period)
    assert moved.starts_minute.tolist() == [
        period.minutes[0],
        period.minutes[0] + 5,
        period.minutes[1] - 1,
    ]
    late = replace(some, starts_minute=starts + 9 * 1440, ends_minute=starts + 9 * 1440)
    assert moved_into(late, earlier, period=period).starts_minute.max() == period.minutes[1] - 1
