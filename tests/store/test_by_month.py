"""The months that the map plays are those that a month's own detection finds, and add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.services.detection import detect
from models.calendar.months import Month
from models.calendar.periods import Period, whole_month
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from models.incidents.by_month import NoMonthsError, surfaces_by_month

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings
    from models.incidents.filters import IncidentFilter


@pytest.fixture
def asked(demo_store: Store) -> IncidentFilter:
    return replace(demo_store.default_filter(), comparison="none", categories=("violence", "asb"))


def test_each_month_is_what_a_detection_of_that_month_draws(
    demo_store: Store, asked: IncidentFilter
) -> None:
    asked = replace(asked, period=Period(date(2026, 6, 1), date(2026, 8, 31)))
    found = surfaces_by_month(detect(demo_store, asked), None)
    assert [each.month.first for each in found] == [date(2026, n, 1) for n in (6, 7, 8)]
    for each in found:
        alone = detect(demo_store, replace(asked, period=whole_month(each.month.first)))
        assert each.incidents == alone.hotspots.incidents
        assert alone.hotspots.surface is not None
        assert each.surface.grid == alone.hotspots.surface.grid
        np.testing.assert_array_equal(each.surface.per_km2, alone.hotspots.surface.per_km2)


def test_the_months_of_a_period_add_up_to_it(demo_store: Store, asked: IncidentFilter) -> None:
    whole = detect(demo_store, asked)
    found = surfaces_by_month(whole, KdeSettings())
    assert len(found) == 12
    assert sum(each.incidents for each in found) == whole.hotspots.incidents
    assert all(each.complete for each in found)
    total = np.sum([each.surface.per_km2 for each in found], axis=0)
    assert whole.hotspots.surface is not None
    np.testing.assert_allclose(total, whole.hotspots.surface.per_km2, rtol=1e-9, atol=1e-9)


def test_months_that_the_period_only_begins_are_left_out(
    demo_store: Store, asked: IncidentFilter
) -> None:
    asked = replace(asked, period=Period(date(2026, 5, 20), date(2026, 8, 30)))
    found = surfaces_by_month(detect(demo_store, asked), None)
    assert [each.month for each in found] == [Month.of(date(2026, n, 1)) for n in (6, 7)]


def test_a_month_that_the_data_do_not_cover_is_marked(
    demo_store: Store, asked: IncidentFilter
) -> None:
    asked = replace(asked, period=Period(date(2023, 9, 1), date(2023, 12, 31)))
    found = surfaces_by_month(detect(demo_store, asked), None)
    assert [each.complete for each in found] == [False, False, True, True]
    assert [each.incidents == 0 for each in found] == [True, True, False, False]


@pytest.mark.parametrize(
    ("first", "last", "method", "said"),
    [
        (date(2026, 8, 1), date(2026, 8, 31), None, "this one has 1"),
        (date(2026, 8, 2), date(2026, 8, 30), None, "this one has 0"),
        (date(2024, 1, 1), date(2026, 1, 31), None, "this one has 25"),
        (date(2026, 6, 1), date(2026, 8, 31), DbscanSettings(), "the method Density"),
        (
            date(2026, 6, 1),
            date(2026, 8, 31),
            KdeSettings(bandwidth_rule="rule_of_thumb"),
            "a bandwidth as set",
        ),
    ],
)
def test_what_cannot_be_compared_by_month_is_refused_in_words(
    demo_store: Store,
    asked: IncidentFilter,
    first: date,
    last: date,
    method: MethodSettings | None,
    said: str,
) -> None:
    detection = detect(demo_store, replace(asked, period=Period(first, last)), method=method)
    with pytest.raises(NoMonthsError, match=said):
        surfaces_by_month(detection, method)
