"""What is new: counted back from the last day that the data cover, and never more than is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from shapely import box

from models.calendar.days import MINUTES_PER_DAY
from models.tasking.tasking import Decision, Tasking, TaskingDraft, TaskingHours
from models.today.news import news, untasked
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from data.incidents.store import Store

TODAY = date(2026, 11, 21)
LAST = date(2026, 11, 20)  # the demo reaches the day before it is built


def counted(store: Store, category: str, first: date, last: date) -> int:
    """Count the home borough's incidents of a kind that began in some days, by hand."""
    held = store.snapshot.incidents
    home = store.snapshot.borough_codes.index(store.settings.borough_code)
    begin = (first - date(1970, 1, 1)).days * MINUTES_PER_DAY
    end = ((last - date(1970, 1, 1)).days + 1) * MINUTES_PER_DAY
    return int(
        (
            (held.starts_minute >= begin)
            & (held.starts_minute < end)
            & (store.snapshot.borough == home)
            & (held.category == CATEGORIES.index(category))
            & (held.ends_minute - held.starts_minute <= 7 * MINUTES_PER_DAY)
        ).sum()
    )


def test_what_is_new_is_counted_back_from_the_last_day_of_data(demo_store: Store) -> None:
    found = news(demo_store, today=TODAY)
    assert (found.as_of, found.days_old) == (LAST, 1)
    asb = next(each for each in found.kinds if each.category == "asb")
    assert asb.day == counted(demo_store, "asb", LAST, LAST)
    assert asb.week == counted(demo_store, "asb", LAST - timedelta(6), LAST)
    assert asb.week_before == counted(demo_store, "asb", LAST - timedelta(13), LAST - timedelta(7))
    year = timedelta(364)
    assert asb.week_last_year == counted(demo_store, "asb", LAST - timedelta(6) - year, LAST - year)
    same_weekday = [
        counted(demo_store, "asb", LAST - timedelta(7 * n), LAST - timedelta(7 * n))
        for n in range(1, 9)
    ]
    assert asb.usual_day == pytest.approx(np.mean(same_weekday))


def test_late_data_are_counted_back_from_their_last_day(demo_store: Store) -> None:
    late = news(demo_store, today=date(2026, 12, 11))
    assert (late.as_of, late.days_old) == (LAST, 21)
    assert late.kinds == news(demo_store, today=TODAY).kinds
    assert {each.source: each.days_old for each in late.freshness} == {
        "SIMULATED CAD": 21,
        "SIMULATED council ASB": 21,
        "SIMULATED crime": 21,
        "SIMULATED noise": 21,
    }


def test_today_itself_is_never_taken_for_a_whole_day(demo_store: Store) -> None:
    found = news(demo_store, today=date(2026, 3, 10))
    assert (found.as_of, found.days_old) == (date(2026, 3, 9), 1)


def test_only_runs_beyond_chance_are_listed_the_most_surprising_first(demo_store: Store) -> None:
    found = news(demo_store, today=TODAY)
    assert all(each.run.run.stands_out for each in found.runs)
    chances = [each.run.run.chance for each in found.runs]
    assert chances == sorted(chances)
    assert found.runs_by_chance > 0


def test_a_hotspot_is_a_gap_until_a_tasking_covers_a_fifth_of_it(a_tasking: Tasking) -> None:
    # The tasking is a square of 100 m; the first hotspot shares a fifth with it, the second less.
    shapes = [box(80, 0, 180, 100), box(81, 0, 181, 100), box(500, 500, 600, 600)]
    hotspots = gpd.GeoDataFrame({"rank": [1, 2, 3]}, geometry=shapes, crs="EPSG:27700")
    assert untasked(hotspots, [a_tasking])["rank"].tolist() == [2, 3]
    assert untasked(hotspots, [])["rank"].tolist() == [1, 2, 3]


@pytest.fixture
def a_tasking() -> Tasking:
    when = datetime(2026, 11, 1, tzinfo=UTC)
    return Tasking(
        tasking_id=1,
        draft=TaskingDraft(
            title="Patrol",
            area=box(0, 0, 100, 100),
            objective="Fewer",
            tactic="patrol",
            hours=TaskingHours((4, 5), 22, 3),
            starts_on=date(2026, 11, 1),
            ends_on=date(2026, 11, 28),
            origin="drawn",
        ),
        decision=Decision((), "", None, None, "A", when),
        status="active",
        version=1,
        ward_codes=(),
        proposed_at=when,
    )
