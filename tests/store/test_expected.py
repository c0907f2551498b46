"""What to expect at each hotspot of the demo next month, and when nothing is to be expected."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.exports.hotspots import export
from data.exports.labels import expected_description, expected_heading, expected_label
from data.services.detection import detect
from geo.polygon_index import PolygonIndex
from models.calendar.months import Month
from models.calendar.periods import Period, whole_month
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.study_area import in_study_area
from models.incidents.coming import Stretches

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.shape import Hotspots
    from models.incidents.filters import IncidentFilter

LAST = date(2026, 10, 31)


def year_to(last: date) -> Period:
    month = Month.of(last)
    return Period(month.later(-11).first, month.last)


def hotspots_of(store: Store, period: Period, *, categories: tuple[str, ...] = ()) -> Hotspots:
    chosen = replace(store.default_filter(), period=period, categories=categories)
    return detect(store, chosen).hotspots


def next_counts(store: Store, hotspots: Hotspots, chosen: IncidentFilter) -> np.ndarray:
    """Count each hotspot's incidents in the month after the period."""
    coming = whole_month(Month.of(chosen.period.last).later(1).first)
    incidents = store.select(replace(chosen, period=coming, comparison="none")).incidents
    wards = store.select(chosen).ward_codes
    incidents = incidents.take(in_study_area(incidents, store.area(wards)))
    inside = PolygonIndex.of(hotspots.frame.geometry.tolist(), cell_m=25.0).locate(
        incidents.easting, incidents.northing
    )
    return np.bincount(inside[inside >= 0], minlength=len(hotspots.frame))


def with_columns(store: Store, **columns: object) -> Store:
    """Return a store whose snapshot has other columns."""
    snapshot = store.snapshot
    given = {each.name: getattr(snapshot, each.name) for each in fields(snapshot) if each.init}
    return replace(store, snapshot=type(snapshot)(**(given | columns)))


def test_nine_in_ten_of_the_demos_months_lie_in_their_intervals(demo_store: Store) -> None:
    inside: list[bool] = []
    expected, came = 0.0, 0
    for settings in (KdeSettings(), DbscanSettings()):
        for category in ("asb", "violence", "burglary"):
            for back in (1, 3, 5):
                chosen = replace(
                    demo_store.default_filter(),
                    period=year_to(Month.of(LAST).later(-back).last),
                    categories=(category,),
                    comparison="none",
                )
                hotspots = detect(demo_store, chosen, method=settings).hotspots
                counts = next_counts(demo_store, hotspots, chosen)
                frame = hotspots.frame
                inside += list(
                    (counts >= frame["expected_low"]) & (counts <= frame["expected_high"])
                )
                expected, came = expected + frame["expected"].sum(), came + counts.sum()
    assert len(inside) > 150
    assert 0.86 <= np.mean(inside) <= 0.97  # the demo is steadier than a borough
    assert expected / came == pytest.approx(1.0, abs=0.08)


def test_a_large_steady_hotspot_is_expected_to_keep_its_level_within_a_narrow_range(
    demo_store: Store,
) -> None:
    """The demo's first hotspot, compared with one that is new."""
    first = hotspots_of(demo_store, year_to(LAST)).frame.iloc[0]
    assert first["incidents"] > 900
    assert first["expected"] == pytest.approx(first["incidents"] / 12, rel=0.1)
    assert first["expected_high"] - first["expected_low"] < 45


def test_what_comes_after_the_period_is_not_looked_at(demo_store: Store) -> None:
    period = year_to(date(2026, 6, 30))
    later = demo_store.snapshot.incidents.starts_minute >= period.minutes[1]
    moved = replace(
        demo_store.snapshot.incidents,
        easting=np.where(later, 1.0, demo_store.snapshot.incidents.easting),
    )
    other = with_columns(demo_store, incidents=moved)
    columns = ["expected", "expected_low", "expected_high"]
    one = hotspots_of(demo_store, period).frame[columns]
    assert one.notna().all(axis=None)
    assert one.equals(hotspots_of(other, period).frame[columns])


def test_every_file_and_the_reasons_say_what_to_expect(demo_store: Store) -> None:
    picture = detect(demo_store, demo_store.default_filter())
    hotspots = picture.hotspots
    first = hotspots.frame.iloc[0]
    assert hotspots.coming == whole_month(date(2026, 11, 1))
    assert expected_heading(hotspots) == "Expected in Nov 2026"
    assert first["expected_low"] <= first["expected"] <= first["expected_high"]
    label = expected_label(first, hotspots=hotspots)
    assert expected_description(hotspots).startswith("Expected in Nov 2026: the count to plan for")
    assert first["reasons"][-1] == f"expected in Nov 2026: {label} (90 % interval)"
    for ending in (".csv", ".geojson"):
        now = datetime(2026, 11, 21, tzinfo=UTC)
        written = export(demo_store, picture, method=KdeSettings(), now=now, ending=ending)
        words = written.decode()
        assert label in words
        assert "expected_low" in words
        assert "Nov 2026" in words


def test_without_three_months_before_the_period_nothing_is_expected(demo_store: Store) -> None:
    begins = min(each.first for each in demo_store.snapshot.coverage)
    hotspots = hotspots_of(demo_store, year_to(Month.of(begins).later(12).last))
    assert hotspots.expected_state == "too_short"
    assert hotspots.frame["expected"].isna().all()
    assert not any("expected in" in each for each in hotspots.frame["reasons"].iloc[0])
    assert expected_label(hotspots.frame.iloc[0], hotspots=hotspots) == "history too short"
    assert "three months before the period" in expected_description(hotspots)


def test_a_period_past_the_data_has_nothing_to_expect(demo_store: Store) -> None:
    hotspots = hotspots_of(demo_store, Period(date(2026, 2, 1), date(2027, 1, 31)))
    assert hotspots.expected_state == "not_covered"
    assert expected_label(hotspots.frame.iloc[0], hotspots=hotspots) == "not covered"


def test_a_period_that_ends_within_a_month_is_followed_by_28_days(demo_store: Store) -> None:
    hotspots = hotspots_of(demo_store, Period(date(2026, 3, 10), date(2026, 9, 20)))
    assert hotspots.coming == Period(date(2026, 9, 21), date(2026, 10, 18))
    assert hotspots.expected_state == "given"
    assert expected_heading(hotspots) == "Expected in 21 Sep 2026 to 18 Oct 2026"


def test_where_days_are_not_known_28_days_cannot_be_counted(demo_store: Store) -> None:
    months = np.full_like(demo_store.snapshot.time_precision, 3)
    other = with_columns(demo_store, time_precision=months)
    hotspots = hotspots_of(other, Period(date(2026, 3, 10), date(2026, 9, 20)))
    assert hotspots.expected_state == "days_not_known"
    assert "known by month alone" in expected_description(hotspots)
    assert hotspots_of(other, year_to(LAST)).expected_state == "given"


def test_stretches_are_months_or_28_days_without_gaps() -> None:
    for last, year in ((LAST, 12), (date(2026, 10, 20), 13)):
        stretches = Stretches.before_the_end_of(Period(date(2026, 1, 1), last))
        spans = (*stretches.past, stretches.coming)
        assert stretches.year == year
        assert stretches.past[-1].last == last
        assert all((b.first - a.last).days == 1 for a, b in pairwise(spans))
