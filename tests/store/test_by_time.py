"""Weeks, parts of the week and two periods: each is its own detection, and they add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.services.detection import detect
from models.calendar.periods import Period
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.study_area import in_study_area
from models.incidents.by_month import NoMonthsError
from models.incidents.by_time import (
    compared_surfaces,
    surfaces_by_part_of_week,
    surfaces_by_week,
)
from models.incidents.filters import HoursFilter

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.incidents.filters import IncidentFilter

JUNE = Period(date(2026, 6, 1), date(2026, 6, 28))  # four weeks, Monday to Sunday


@pytest.fixture
def asked(demo_store: Store) -> IncidentFilter:
    """Violence, which has times in the demo."""
    return replace(demo_store.default_filter(), comparison="none", categories=("violence",))


def test_each_week_is_what_a_detection_of_that_week_draws(
    demo_store: Store, asked: IncidentFilter
) -> None:
    longer = Period(date(2026, 5, 30), date(2026, 6, 29))  # begins on a Saturday, ends on a Monday
    found = surfaces_by_week(detect(demo_store, replace(asked, period=longer)), None)
    assert [each.label for each in found.parts] == [
        "1 Jun 2026 to 7 Jun 2026",
        "8 Jun 2026 to 14 Jun 2026",
        "15 Jun 2026 to 21 Jun 2026",
        "22 Jun 2026 to 28 Jun 2026",
    ]
    for number, each in enumerate(found.parts):
        week = Period(date(2026, 6, 1 + 7 * number), date(2026, 6, 7 + 7 * number))
        alone = detect(demo_store, replace(asked, period=week))
        assert alone.hotspots.surface is not None
        assert each.incidents == alone.hotspots.incidents
        np.testing.assert_allclose(
            each.surface.per_km2, alone.hotspots.surface.per_km2, rtol=1e-12, atol=1e-12
        )


def test_the_parts_of_the_week_and_those_without_an_hour_add_up_to_the_period(
    demo_store: Store, asked: IncidentFilter
) -> None:
    for categories in (("violence",), ("asb",)):
        whole = detect(demo_store, replace(asked, period=JUNE, categories=categories))
        found = surfaces_by_part_of_week(whole, KdeSettings())
        assert len(found.parts) == 56
        counted = sum(each.incidents for each in found.parts)
        assert counted + found.left_out == whole.hotspots.incidents
        incidents = whole.selection.incidents
        no_hour = incidents.take(np.flatnonzero(incidents.hour_of_week < 0))
        assert found.left_out == int(in_study_area(no_hour, whole.area).sum())
    assert found.parts[0].label == "Monday 00:00 to 03:00"
    assert found.parts[39].label == "Friday 21:00 to 24:00"


def test_a_part_of_the_week_is_what_a_filter_of_those_hours_draws(
    demo_store: Store, asked: IncidentFilter
) -> None:
    asked = replace(asked, period=JUNE)
    (friday_night,) = surfaces_by_part_of_week(detect(demo_store, asked), None).parts[39:40]
    hours = HoursFilter("clock", start_hour=21, end_hour=24, weekdays=(4,))
    alone = detect(demo_store, replace(asked, hours=hours))
    assert friday_night.incidents == alone.hotspots.incidents > 0
    assert alone.hotspots.surface is not None
    np.testing.assert_allclose(
        friday_night.surface.per_km2, alone.hotspots.surface.per_km2, rtol=1e-12, atol=1e-12
    )


def test_two_periods_are_drawn_alike_and_their_difference_is_that_of_their_incidents(
    demo_store: Store, asked: IncidentFilter
) -> None:
    asked = replace(asked, comparison="last_year")
    found = detect(demo_store, replace(asked, period=Period(date(2026, 6, 1), date(2026, 8, 31))))
    both = compared_surfaces(found, None)
    assert both.before.label == "1 Jun 2025 to 31 Aug 2025"
    assert both.now.surface.grid == both.before.surface.grid
    earlier = detect(
        demo_store,
        replace(asked, period=Period(date(2025, 6, 1), date(2025, 8, 31)), comparison="none"),
    )
    assert earlier.hotspots.surface is not None
    assert both.before.incidents == earlier.hotspots.incidents
    np.testing.assert_allclose(both.before.surface.per_km2, earlier.hotspots.surface.per_km2)
    assert found.hotspots.surface is not None
    np.testing.assert_allclose(
        both.change_per_km2, found.hotspots.surface.per_km2 - earlier.hotspots.surface.per_km2
    )


@pytest.mark.parametrize(
    ("days", "method", "said"),
    [
        ((date(2026, 6, 2), date(2026, 6, 14)), None, "this one has 1"),
        ((date(2024, 1, 1), date(2025, 12, 31)), None, "this one has 104"),
        ((date(2026, 6, 1), date(2026, 6, 28)), DbscanSettings(), "Week by week is drawn for"),
    ],
)
def test_weeks_that_cannot_be_compared_are_refused_in_words(
    demo_store: Store,
    asked: IncidentFilter,
    days: tuple[date, date],
    method: DbscanSettings | None,
    said: str,
) -> None:
    found = detect(demo_store, replace(asked, period=Period(*days)), method=method)
    with pytest.raises(NoMonthsError, match=said):
        surfaces_by_week(found, method)


def test_two_periods_are_refused_where_there_is_none_or_the_data_do_not_cover_both(
    demo_store: Store, asked: IncidentFilter
) -> None:
    with pytest.raises(NoMonthsError, match="no second period"):
        compared_surfaces(detect(demo_store, replace(asked, period=JUNE)), None)
    early = Period(date(2023, 11, 1), date(2024, 1, 31))
    found = detect(demo_store, replace(asked, period=early, comparison="last_year"))
    with pytest.raises(NoMonthsError, match="do not cover this and the comparison period"):
        compared_surfaces(found, None)
    by_dbscan = DbscanSettings()
    asked = replace(asked, period=JUNE, comparison="last_year")
    with pytest.raises(NoMonthsError, match="the method Density"):
        compared_surfaces(detect(demo_store, asked, method=by_dbscan), by_dbscan)
