from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from models.calendar.night_rule import NightRule
from models.calendar.periods import Period, compared_with
from models.calendar.week import week_hours
from models.incidents.filters import FilterError, HoursFilter, IncidentFilter
from models.incidents.selection import default_filter, months_to, select
from models.incidents.selection_notes import UntimedIncidents
from models.wording.categories import CATEGORIES
from tests.incident_rows import HOME, NEXT_DOOR, NOW, OUTSIDE, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.incidents.snapshot import Snapshot

WARDS = three_wards()
PLACES = {
    "home": (530_500.0, 180_500.0),
    "home east": (531_500.0, 180_500.0),
    "next door": (532_500.0, 180_500.0),
    "outside": OUTSIDE,
}
MAY = Period(date(2024, 5, 1), date(2024, 5, 31))


def snapshot_of(rows: Sequence[dict[str, Any]], folder: Path) -> Snapshot:
    settings = settings_in(folder)
    import_batches([batch(*rows)], settings=settings, wards=WARDS, name="a", now=NOW)
    return load(settings, wards=WARDS)


def london(*when: int) -> datetime:
    """Summer time in London, as UTC."""
    return datetime(*when, tzinfo=UTC) - timedelta(hours=1)  # type: ignore[misc]


def placed(key: str, place: str = "home", **values: object) -> dict[str, Any]:
    east, north = PLACES[place]
    return row(key, easting=east, northing=north, **values)


def random_rows(count: int, *, seed: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    start = datetime(2023, 1, 1, tzinfo=UTC)
    precisions = ["minute", "hour", "day", "month", "interval"]
    return [
        placed(
            f"i{n}",
            str(rng.choice(list(PLACES))),
            source=str(rng.choice(["cad", "crime"])),
            category=str(rng.choice(CATEGORIES)),
            starts_at=(began := start + timedelta(minutes=int(rng.integers(0, 900_000)))),
            time_precision=(precision := str(rng.choice(precisions))),
            ends_at=began + timedelta(hours=5) if precision == "interval" else None,
            nte=[None, True, False][rng.integers(0, 3)],
            domestic=[None, True, False][rng.integers(0, 3)],
        )
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    with tempfile.TemporaryDirectory() as folder:
        yield snapshot_of(random_rows(1500, seed=7), Path(folder))


FILTERS = st.builds(
    IncidentFilter,
    period=st.tuples(st.dates(date(2022, 12, 1), date(2024, 10, 1)), st.integers(0, 700)).map(
        lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
    ),
    comparison=st.sampled_from(["last_year", "before", "none"]),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=4).map(tuple),
    hours=st.sampled_from(
        [
            HoursFilter(),
            HoursFilter("clock", 22, 3, (4, 5)),
            HoursFilter("clock", 9, 17),
            HoursFilter("clock", 18, 24, (6,)),
            HoursFilter("nights"),
            HoursFilter("nights", weekdays=(0, 6)),
            HoursFilter("nte"),
            HoursFilter("nte", window="levy"),
            HoursFilter("nte", window="peak"),
            HoursFilter("nights", window="levy"),
            HoursFilter("nights", weekdays=(0, 6), window="peak"),
        ]
    ),
    wards=st.lists(st.sampled_from(["E05000001", "E05000002", "E05000003"])).map(tuple),
    sources=st.lists(st.sampled_from(["cad", "crime"])).map(tuple),
)


select_by = partial(select, night=NightRule())


def naive_hours(snapshot: Snapshot, at: int, hours: HoursFilter, rule: NightRule) -> bool | None:
    """Tell row by row whether it lies in the hours; None where that cannot be known."""
    incidents = snapshot.incidents
    if hours.kind == "all":
        return True
    if hours.kind == "nte":
        marked = snapshot.nte[at] == 1
        if marked and hours.window == "night":
            return True
        if CATEGORIES[incidents.category[at]] not in rule.categories and not marked:
            return False
    if incidents.hour_of_week[at] < 0:
        return None
    day, hour = divmod(int(incidents.hour_of_week[at]), 24)
    if hours.kind == "clock":
        start, end, days = hours.start_hour, hours.end_hour, hours.weekdays or range(7)
    else:
        start, end = {"night": (18, 6), "levy": (0, 6), "peak": (22, 3)}[hours.window]
        days = range(7) if hours.kind == "nte" else hours.weekdays or rule.review_nights
    if hours.window == "levy":  # of Saturday night: on Sunday
        return hour < end and (day - 1) % 7 in days
    if end > start:
        return start <= hour < end and day in days
    return (hour >= start and day in days) or (hour < end and (day - 1) % 7 in days)


@given(chosen=FILTERS, home=st.sampled_from([HOME, NEXT_DOOR, "E09000001", None]))
@hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_selection_is_what_a_row_by_row_filter_selects(
    snapshot: Snapshot, chosen: IncidentFilter, home: str | None
) -> None:
    rule = NightRule()
    selection = select(snapshot, chosen, home_borough=home, night=rule)
    home_wards = {HOME: (0, 1), NEXT_DOOR: (2,)}.get(str(home), (0, 1, 2))
    wards = [int(code[-1]) - 1 for code in chosen.wards] or list(home_wards)
    assert np.flatnonzero(selection.chosen_wards).tolist() == sorted(wards)
    for part, period in (
        (selection.now, chosen.period),
        (selection.before, compared_with(chosen.period, how=chosen.comparison)),
    ):
        if period is None:
            assert part is None
            assert selection.comparison is None
            continue
        assert part is not None
        first, last = period.minutes
        incidents = snapshot.incidents
        kept, unknown = [], dict.fromkeys(("month", "day", "interval"), 0)
        for at in range(len(incidents)):
            if not first <= incidents.starts_minute[at] < last:
                continue
            if chosen.categories and CATEGORIES[incidents.category[at]] not in chosen.categories:
                continue
            if chosen.sources and snapshot.sources[snapshot.source[at]] not in chosen.sources:
                continue
            inside = naive_hours(snapshot, at, chosen.hours, rule)
            if inside:
                kept.append(at)
            elif inside is None and incidents.ward[at] in wards:
                names = ("minute", "hour", "day", "month", "interval")
                unknown[names[snapshot.time_precision[at]]] += 1
        placed = [at for at in kept if not snapshot.sensitive[at]]
        np.testing.assert_array_equal(part.incidents.easting, incidents.easting[placed])
        np.testing.assert_array_equal(part.incidents.starts_minute, incidents.starts_minute[placed])
        everything = part.all_incidents
        np.testing.assert_array_equal(everything.starts_minute, incidents.starts_minute[kept])
        np.testing.assert_array_equal(np.arange(len(snapshot))[part.rows], placed)
        np.testing.assert_array_equal(np.arange(len(snapshot))[part.all_rows], kept)
        assert np.isfinite(part.incidents.easting).all()
        sensitive = [at for at in kept if snapshot.sensitive[at] and incidents.ward[at] in wards]
        assert part.sensitive == len(sensitive)
        assert part.untimed == UntimedIncidents(**unknown)
        ward = incidents.ward[kept]
        assert part.outside == (ward < 0).sum()
        assert part.in_wards == np.isin(ward, wards).sum()
        assert part.in_wards + part.in_other_wards + part.outside == len(everything)


def test_a_period_holds_its_first_and_its_last_minute_in_local_time(tmp_path: Path) -> None:
    snapshot = snapshot_of(
        [
            placed("before", starts_at=london(2024, 4, 30, 23, 59)),
            placed("first", starts_at=london(2024, 5, 1, 0, 0)),
            placed("last", starts_at=london(2024, 5, 31, 23, 59)),
            placed("after", starts_at=london(2024, 6, 1, 0, 0)),
        ],
        tmp_path,
    )
    selection = select_by(snapshot, IncidentFilter(MAY, comparison="none"))
    first, last = MAY.minutes
    assert selection.incidents.starts_minute.tolist() == [first, last - 1]


def test_friday_night_runs_into_saturday_and_no_further(tmp_path: Path) -> None:
    times = {
        "fri 17:59": london(2024, 5, 3, 17, 59),
        "fri 18:00": london(2024, 5, 3, 18, 0),
        "sat 05:59": london(2024, 5, 4, 5, 59),
        "sat 06:00": london(2024, 5, 4, 6, 0),
        "sun 02:00": london(2024, 5, 5, 2, 0),
        "mon 02:00": london(2024, 5, 6, 2, 0),
    }
    snapshot = snapshot_of([placed(key, starts_at=time) for key, time in times.items()], tmp_path)

    def hours(chosen: HoursFilter) -> list[int]:
        found = select_by(snapshot, IncidentFilter(MAY, comparison="none", hours=chosen))
        return found.incidents.hour_of_week.tolist()

    fri, sat, sun = 4 * 24, 5 * 24, 6 * 24
    assert hours(HoursFilter("nights")) == [fri + 18, sat + 5, sun + 2]
    assert hours(HoursFilter("nights", weekdays=(4,))) == [fri + 18, sat + 5]
    assert hours(HoursFilter("nights", weekdays=(6,))) == [2]
    assert hours(HoursFilter("clock", 5, 7, (5,))) == [sat + 5, sat + 6]


def test_nte_incidents_follow_the_rule_and_say_whom_it_cannot_judge(tmp_path: Path) -> None:
    night, noon = london(2024, 5, 3, 23, 0), london(2024, 5, 3, 12, 0)
    snapshot = snapshot_of(
        [
            placed("asb at night", starts_at=night),
            placed("asb at noon", starts_at=noon),
            placed("marked at noon", starts_at=noon, nte=True),
            placed("burglary at night", category="burglary", starts_at=night),
            placed("asb some day", time_precision="day", starts_at=noon),
            placed("burglary some day", category="burglary", time_precision="day", starts_at=noon),
            placed("marked some month", time_precision="month", starts_at=noon, nte=True),
        ],
        tmp_path,
    )
    part = select_by(snapshot, IncidentFilter(MAY, comparison="none", hours=HoursFilter("nte"))).now
    assert len(part.incidents) == 3
    assert part.untimed == UntimedIncidents(day=1)


def test_incidents_left_out_are_counted_in_the_note(tmp_path: Path) -> None:
    snapshot = snapshot_of(
        [
            *(placed(f"t{n}", starts_at=london(2024, 5, n + 1, 20, 0)) for n in range(31)),
            placed("m", time_precision="month", starts_at=london(2024, 5, 1, 0, 0)),
            placed("d", time_precision="day", starts_at=london(2024, 5, 2, 0, 0)),
            placed("d2", time_precision="day", starts_at=london(2024, 5, 2, 0, 0)),
            placed("far", "outside", time_precision="day", starts_at=london(2024, 5, 2, 0, 0)),
        ],
        tmp_path,
    )
    chosen = IncidentFilter(MAY, comparison="none", hours=HoursFilter("clock", 18, 24))
    selection = select_by(snapshot, chosen, home_borough=HOME)
    assert selection.now.untimed == UntimedIncidents(month=1, day=2)
    assert selection.notes == (
        "3 incidents of the chosen wards are left out, as their hour is not known: 1 say only the "
        "month, 2 say only the day.",
    )
    assert (
        select_by(snapshot, IncidentFilter(MAY, comparison="none"), home_borough=HOME).notes == ()
    )


def test_a_comparison_the_data_do_not_cover_is_said(tmp_path: Path) -> None:
    rows = [
        placed(
            f"h{n}",
            source="police_uk",
            starts_at=london(2023 + n // 12, n % 12 + 1, 1, 1),
            time_precision="month",
        )
        for n in range(24)
    ]
    rows += [
        placed(
            f"n{n}",
            "next door",
            source="police_uk",
            starts_at=london(2024, n + 1, 1, 1),
            time_precision="month",
        )
        for n in range(12)
    ]
    snapshot = snapshot_of(rows, tmp_path)
    year = Period(date(2024, 1, 1), date(2024, 12, 31))
    home = select_by(snapshot, IncidentFilter(year), home_borough=HOME)
    assert home.before is not None
    assert home.before.complete
    assert home.notes == ()
    away = select_by(snapshot, IncidentFilter(year, wards=("E05000003",)))
    assert away.now.complete
    assert away.before is not None
    assert not away.before.complete
    assert away.notes == (
        "The comparison period (1 Jan 2023 to 31 Dec 2023) is not covered by the data of police_uk "
        "for Next door: there are none in it, they run from 1 Jan 2024 to 31 Dec 2024.",
        "No change is given: the data do not cover both periods in the same way, so it would be "
        "one of the data and not of the place. Choose months that are complete in both.",
    )


def test_a_source_with_nothing_in_the_chosen_wards_is_said(tmp_path: Path) -> None:
    snapshot = snapshot_of([placed("a"), placed("b", "next door", source="crime")], tmp_path)
    selection = select_by(snapshot, IncidentFilter(MAY, sources=("crime",)), home_borough=HOME)
    assert not selection.now.complete
    assert selection.notes == (
        "The chosen sources hold no incident in the boroughs of the chosen wards.",
    )


def test_the_first_view_is_the_last_twelve_complete_months(tmp_path: Path) -> None:
    days = [date(2022, 1, 1) + timedelta(days=n) for n in range(900)]  # to 18 June 2024
    snapshot = snapshot_of(
        [placed(f"{n}", starts_at=london(d.year, d.month, d.day, 14)) for n, d in enumerate(days)],
        tmp_path,
    )
    chosen = default_filter(snapshot, home_borough=HOME)
    assert chosen == IncidentFilter(Period(date(2023, 6, 1), date(2024, 5, 31)))


def test_the_first_view_waits_for_every_source_that_has_begun_the_month(tmp_path: Path) -> None:
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(179)]  # to 27 June
    rows = [placed(f"{d}", starts_at=london(d.year, d.month, d.day, 14)) for d in days]
    rows += [  # every fourth day: three days of silence at the end are nothing unusual
        placed(f"n{d}", source="noise", starts_at=london(d.year, d.month, d.day, 1))
        for d in days[::-4]
    ]
    snapshot = snapshot_of(rows, tmp_path)
    complete = {each.source: each.last_complete_month for each in snapshot.coverage}
    assert complete["noise"] == date(2024, 6, 1)  # by itself it would seem so
    assert default_filter(snapshot, home_borough=HOME).period.last == date(2024, 5, 31)


def test_the_first_view_of_a_few_days_is_all_of_them(tmp_path: Path) -> None:
    snapshot = snapshot_of([placed("a", starts_at=london(2024, 5, 7, 12))], tmp_path)
    assert default_filter(snapshot).period == Period(date(2024, 5, 7), date(2024, 5, 7))


@pytest.mark.parametrize(
    ("month", "months", "period"),
    [
        (date(2024, 12, 1), 12, Period(date(2024, 1, 1), date(2024, 12, 31))),
        (date(2024, 2, 1), 1, Period(date(2024, 2, 1), date(2024, 2, 29))),
        (date(2024, 1, 15), 3, Period(date(2023, 11, 1), date(2024, 1, 31))),
    ],
)
def test_months_to_ends_with_the_month_named(month: date, months: int, period: Period) -> None:
    assert months_to(month, months=months) == period


def test_hours_of_the_week_wrap_round_sunday() -> None:
    hours = np.flatnonzero(week_hours(22, 2, weekdays=(6,)))
    assert hours.tolist() == [0, 1, 6 * 24 + 22, 6 * 24 + 23]
    assert week_hours(0, 24).all()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (IncidentFilter(MAY, wards=("E05999999",)), "Unknown ward 'E05999999'"),
        (IncidentFilter(MAY, sources=("fax",)), "Unknown source 'fax'; the store has cad"),
    ],
)
def test_a_ward_or_source_there_is_not_is_refused(
    tmp_path: Path, chosen: IncidentFilter, said: str
) -> None:
    with pytest.raises(FilterError, match=said):
        select_by(snapshot_of([placed("a")], tmp_path), chosen)


def test_a_changed_rule_changes_what_night_and_night_time_economy_are(tmp_path: Path) -> None:
    """On Saturday 1 June 2024 a theft at 20:00, robberies at 23:30 and at 02:00."""
    rows = [
        placed("theft", category="theft", starts_at=datetime(2024, 6, 1, 19, tzinfo=UTC)),
        placed("robbery", category="robbery", starts_at=datetime(2024, 6, 1, 22, 30, tzinfo=UTC)),
        placed("late", category="robbery", starts_at=datetime(2024, 6, 2, 1, tzinfo=UTC)),
    ]
    snapshot = snapshot_of(rows, tmp_path)
    june = Period(date(2024, 6, 1), date(2024, 6, 30))

    def counted(rule: NightRule, hours: HoursFilter) -> int:
        asked = IncidentFilter(june, comparison="none", hours=hours)
        return len(select(snapshot, asked, night=rule).now.all_incidents)

    nte, saturday = HoursFilter("nte"), HoursFilter("nights", weekdays=(5,))
    assert counted(NightRule(), nte) == 3
    assert counted(NightRule(categories=("robbery",)), nte) == 2
    assert counted(NightRule(start_hour=21), nte) == 2
    assert counted(NightRule(end_hour=1), nte) == 2
    assert counted(NightRule(start_hour=0, end_hour=6), saturday) == 1
    assert [
        counted(NightRule(), HoursFilter("nights", weekdays=(5,), window=window))
        for window in ("night", "levy", "peak")
    ] == [3, 1, 2]
    assert counted(NightRule(levy_start_hour=3), HoursFilter("nte", window="levy")) == 0
    assert counted(NightRule(peak_start_hour=0), HoursFilter("nte", window="peak")) == 1


def test_a_filter_for_night_time_economy_says_the_rule_in_force(tmp_path: Path) -> None:
    snapshot = snapshot_of([placed("a")], tmp_path)
    rule = NightRule(start_hour=20, categories=("robbery", "theft"))
    asked = IncidentFilter(MAY, comparison="none", hours=HoursFilter("nte"))
    assert select(snapshot, asked, night=rule).notes[-1] == (
        "A night-time-economy incident is one its source marks so, or one of robbery, other theft "
        "between 20:00 and 06:00. A night belongs to the day on which it starts."
    )
    levy = IncidentFilter(MAY, comparison="none", hours=HoursFilter("nte", window="levy"))
    assert select(snapshot, levy, night=rule).notes[-1].startswith("Late Night Levy, 00:00 to")
    early = replace(rule, start_hour=0)
    said = select(snapshot, asked, night=early).notes[-1]
    assert said.endswith("A night belongs to the day before, as it starts after midnight.")
