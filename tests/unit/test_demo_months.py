"""The months after the three years: up to yesterday, and the same on whichever day one looks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import pandas as pd
import pyarrow as pa
import pytest

from data.demo.build import demo_days
from data.demo.rates import streams
from data.demo.simulate import simulate
from data.demo.truth import PLANTED
from models.calendar.periods import Period
from tests.demo_incidents import inside

LONDON = "Europe/London"
SEED = 11
ONE_YEAR = date(2025, 11, 1)  # one year is enough: it ends where the three years of the demo do


@cache
def built_on(day: date) -> pa.Table:
    return simulate(seed=SEED, first=ONE_YEAR, years=1, until=day)


def local(table: pa.Table) -> pd.Series:
    times: pd.Series = table.column("starts_at").to_pandas()
    return times.dt.tz_convert(LONDON)


def up_to(table: pa.Table, day: date) -> pa.Table:
    """Keep what starts before the end of a local day, in order of its number."""
    kept = table.filter(pa.array(local(table).dt.date <= day))
    return kept.sort_by("incident_id")


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (date(2026, 11, 21), date(2026, 11, 29)),
        (date(2026, 11, 21), date(2027, 1, 1)),
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2027, 3, 28), date(2027, 3, 29)),  # the clocks go forward on the 28th
        (date(2027, 10, 31), date(2027, 11, 1)),  # and back on the 31st
        (date(2028, 2, 29), date(2028, 3, 1)),
    ],
)
def test_demos_of_two_days_agree_on_everything_before_the_earlier_one(
    day: date, later: date
) -> None:
    eve = date.fromordinal(day.toordinal() - 1)
    before, after = built_on(day), built_on(later)
    assert up_to(after, eve).equals(up_to(before, eve))
    assert up_to(before, eve).num_rows == before.num_rows
    assert after.num_rows > before.num_rows


def test_the_years_before_are_as_they_are_without_months() -> None:
    years = simulate(seed=SEED, first=ONE_YEAR, years=1)
    assert built_on(date(2027, 1, 1)).slice(0, years.num_rows).equals(years)
    assert built_on(date(2026, 11, 1)).equals(years)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 21),
        date(2027, 1, 1),
        date(2027, 3, 28),
        date(2027, 3, 29),
        date(2027, 10, 31),
        date(2028, 2, 29),
    ],
)
def test_it_reaches_the_day_before_it_is_built_from_every_source(day: date) -> None:
    table = built_on(day)
    times = pd.DataFrame({"at": local(table), "source": table.column("source").to_pandas()})
    eve = date.fromordinal(day.toordinal() - 1)
    assert set(times.groupby("source")["at"].max().dt.date) == {eve}
    midnight = pd.Timestamp(day, tz=LONDON)
    assert table.column("ends_at").to_pandas().max() <= midnight
    last = times[times["at"].dt.date == eve]
    assert 150 < len(last) < 450


def test_no_number_is_given_twice_and_none_is_left_out() -> None:
    numbers = built_on(date(2027, 1, 1)).column("incident_id").to_pandas().str.split(":")
    frame = pd.DataFrame(numbers.to_list(), columns=["source", "number"])
    for _, of_source in frame["number"].astype(int).groupby(frame["source"]):
        assert sorted(of_source) == list(range(1, len(of_source) + 1))


def test_each_month_keeps_the_level_of_its_season() -> None:
    frame = built_on(date(2028, 2, 29)).to_pandas()
    month = frame["starts_at"].dt.tz_convert(LONDON).dt.strftime("%Y-%m")
    sizes = frame.groupby(month).size()
    for name in ("11", "12"):
        assert sizes[f"2026-{name}"] == pytest.approx(sizes[f"2025-{name}"], rel=0.06)
    for name in ("01", "04", "07", "08", "10"):
        assert sizes[f"2027-{name}"] == pytest.approx(sizes[f"2026-{name}"], rel=0.06)
    young = frame[(frame["youth"] == True) & (frame["category"] == "violence")]  # noqa: E712
    planted = next(each for each in PLANTED if each.place_id == "mile-end")
    of_august = young["starts_at"].dt.strftime("%Y-%m") == "2027-08"
    assert (of_august & ~inside(young, planted)).sum() == 0


def test_what_was_planted_to_the_end_goes_on_and_summers_come_again() -> None:
    frame = built_on(date(2028, 2, 29)).to_pandas()
    at = frame["starts_at"].dt.tz_convert(LONDON).dt.tz_localize(None)
    offence = {stream.key: stream.offence for stream in streams()}

    def weekly(place_id: str, first: str, last: str) -> float:
        place = next(each for each in PLANTED if each.place_id == place_id)
        mine = inside(frame, place) & frame["offence"].isin(
            [offence[key] for key in place.offences]
        )
        days = (pd.Timestamp(last) - pd.Timestamp(first)).days
        return float((mine & at.between(first, last)).sum() * 7 / days)

    assert weekly("hackney-wick", "2026-11-01", "2027-11-01") > 20
    assert weekly("hackney-central", "2026-11-01", "2027-11-01") > 13
    assert weekly("bethnal-green", "2026-11-01", "2027-11-01") < 9
    assert weekly("limehouse", "2026-11-01", "2027-11-01") < 3
    assert weekly("london-fields", "2027-05-01", "2027-09-15") > 13
    assert weekly("london-fields", "2026-11-01", "2027-03-31") < 4


def test_the_saturday_night_on_which_october_ends_is_whole() -> None:
    """The three years are cut at midnight; the morning after belongs to November."""
    frame = built_on(date(2026, 11, 21)).to_pandas()
    at = frame["starts_at"].dt.tz_convert(LONDON).dt.tz_localize(None)
    place = next(each for each in PLANTED if each.place_id == "hackney-wick")
    morning = inside(frame, place) & at.between("2026-11-01 00:00", "2026-11-01 03:59")
    assert morning.sum() >= 3


def test_months_follow_only_years_that_end_with_a_month() -> None:
    with pytest.raises(ValueError, match="begin on the first of a month; 2024-02-29 does not"):
        simulate(first=date(2024, 2, 29), years=1, until=date(2025, 4, 1))


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 21, 9, 0, tzinfo=UTC), date(2026, 11, 20)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), date(2026, 12, 30)),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), date(2027, 3, 27)),
        (datetime(2027, 3, 28, 23, 30, tzinfo=UTC), date(2027, 3, 28)),  # 00:30 of the 29th
        (datetime(2027, 10, 30, 23, 30, tzinfo=UTC), date(2027, 10, 30)),  # 00:30 of the 31st
        (datetime(2027, 10, 31, 23, 30, tzinfo=UTC), date(2027, 10, 30)),
        (datetime(2028, 2, 29, 12, 0, tzinfo=UTC), date(2028, 2, 28)),
        (datetime(2025, 6, 1, 12, 0, tzinfo=UTC), date(2026, 10, 31)),  # a clock that is behind
    ],
)
def test_the_demo_ends_on_the_local_day_before_it_is_built(now: datetime, last: date) -> None:
    assert demo_days(now, timezone=LONDON) == Period(date(2023, 11, 1), last)
