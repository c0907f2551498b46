"""Dosage: what was planned and what was done, worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.tasking.dosage import WeekDosage, dosage, inside_hours, night_of
from models.tasking.tasking import Finds, Tasking, TaskingHours, Visit
from tests.made_taskings import DECISION, DRAFT, NOW

LONDON = ZoneInfo("Europe/London")
NIGHTS = TaskingHours((4, 5), 22, 3)  # Friday and Saturday, 22:00 to 03:00
DAYS = TaskingHours((0, 1, 2, 3, 4), 9, 17)


def tasking(**changes: object) -> Tasking:
    draft = replace(DRAFT, visits_per_week=6, minutes_per_visit=15, **changes)  # type: ignore[arg-type]
    return Tasking(
        tasking_id=1,
        draft=draft,
        decision=DECISION,
        status="active",
        version=1,
        ward_codes=(),
        proposed_at=NOW,
    )


def visit(
    number: int, *, begins: datetime, minutes: float | None = 10, finds: Finds | None = None
) -> Visit:
    ends = None if minutes is None else begins + timedelta(minutes=minutes)
    return Visit(number, 1, "Team 1", begins, ends, finds or Finds())


def test_planned_and_done_by_the_calendar_week_worked_by_hand() -> None:
    # Friday 6 Nov to Saturday 14 Nov 2026: two weekends, four nights of three visits each.
    done = dosage(
        tasking(starts_on=date(2026, 11, 6), ends_on=date(2026, 11, 14)),
        [
            visit(2, begins=datetime(2026, 11, 8, 1, 30, tzinfo=UTC), minutes=20),  # Saturday's
            visit(
                1,
                begins=datetime(2026, 11, 6, 22, 0, tzinfo=UTC),
                minutes=12.9,
                finds=Finds(notices=1),
            ),
            visit(3, begins=datetime(2026, 11, 11, 12, 0, tzinfo=UTC)),  # Wednesday at noon
            visit(
                4,
                begins=datetime(2026, 11, 14, 23, 0, tzinfo=UTC),
                minutes=None,
                finds=Finds(notices=2, weapons=1),
            ),
        ],
        until=date(2026, 11, 30),
        timezone=LONDON,
    )
    assert (done.planned_visits, done.planned_minutes) == (12, 180)
    assert (done.visits, done.minutes, done.inside_hours) == (4, 42, 3)
    assert done.share == pytest.approx(4 / 12)
    assert done.finds == Finds(notices=3, weapons=1)
    assert done.last_arrival == datetime(2026, 11, 14, 23, 0, tzinfo=UTC)
    assert done.weeks == (
        WeekDosage(date(2026, 11, 2), 6, 2, 32),
        WeekDosage(date(2026, 11, 9), 6, 2, 10),
    )


def test_only_what_was_due_by_the_day_is_counted() -> None:
    kept = tasking(starts_on=date(2026, 11, 6), ends_on=date(2026, 12, 6))
    early = visit(1, begins=datetime(2026, 11, 6, 22, 0, tzinfo=UTC))
    late = visit(2, begins=datetime(2026, 11, 7, 22, 0, tzinfo=UTC))
    first_night = dosage(kept, [early, late], until=date(2026, 11, 6), timezone=LONDON)
    assert (first_night.planned_visits, first_night.visits) == (3, 1)
    before = dosage(kept, [early, late], until=date(2026, 11, 5), timezone=LONDON)
    assert (before.planned_visits, before.visits, before.share, before.weeks) == (0, 0, None, ())


@pytest.mark.parametrize(
    ("at", "hours", "night", "inside"),
    [
        (datetime(2026, 11, 7, 2, 59, tzinfo=UTC), NIGHTS, date(2026, 11, 6), True),
        (datetime(2026, 11, 7, 3, 0, tzinfo=UTC), NIGHTS, date(2026, 11, 7), False),
        (datetime(2026, 11, 6, 22, 0, tzinfo=UTC), NIGHTS, date(2026, 11, 6), True),
        (datetime(2026, 11, 6, 21, 59, tzinfo=UTC), NIGHTS, date(2026, 11, 6), False),
        (datetime(2026, 11, 6, 1, 0, tzinfo=UTC), NIGHTS, date(2026, 11, 5), False),
        (datetime(2026, 7, 3, 21, 30, tzinfo=UTC), NIGHTS, date(2026, 7, 3), True),  # 22:30 BST
        (datetime(2026, 11, 6, 9, 0, tzinfo=UTC), DAYS, date(2026, 11, 6), True),
        (datetime(2026, 11, 6, 17, 0, tzinfo=UTC), DAYS, date(2026, 11, 6), False),
        (datetime(2026, 11, 7, 12, 0, tzinfo=UTC), DAYS, date(2026, 11, 7), False),
    ],
)
def test_a_moment_after_midnight_belongs_to_the_night_before(
    at: datetime, hours: TaskingHours, night: date, inside: bool
) -> None:
    assert night_of(at, hours, LONDON) == night
    assert inside_hours(at, hours, LONDON) is inside


@given(
    begins=st.lists(
        st.datetimes(datetime(2026, 10, 1), datetime(2027, 1, 31)), max_size=20, unique=True
    ),
    length=st.integers(0, 60),
    until=st.dates(date(2026, 10, 1), date(2027, 2, 28)),
    weekdays=st.sets(st.integers(0, 6), min_size=1),
    wraps=st.booleans(),
)
def test_the_weeks_add_up_to_the_whole_and_the_order_of_visits_does_not_matter(
    begins: list[datetime], length: int, until: date, weekdays: set[int], wraps: bool
) -> None:
    kept = tasking(
        starts_on=date(2026, 11, 6),
        ends_on=date(2026, 11, 6) + timedelta(days=length),
        hours=TaskingHours(tuple(sorted(weekdays)), 22 if wraps else 9, 3 if wraps else 17),
    )
    made = [visit(n, begins=at.replace(tzinfo=UTC)) for n, at in enumerate(begins)]
    done = dosage(kept, made, until=until, timezone=LONDON)
    assert done == dosage(kept, made[::-1], until=until, timezone=LONDON)
    assert sum(week.visits for week in done.weeks) == done.visits
    assert sum(week.minutes for week in done.weeks) == done.minutes == 10 * done.visits
    assert sum(week.planned_visits for week in done.weeks) == pytest.approx(done.planned_visits)
    mondays = [week.monday for week in done.weeks]
    assert all(b - a == timedelta(weeks=1) for a, b in pairwise(mondays))
    assert all(monday.weekday() == 0 for monday in mondays)


def test_hours_that_end_when_they_start_are_a_whole_day_from_then() -> None:
    friday = TaskingHours((4,), 22, 22)
    for at, night in (
        (datetime(2026, 11, 6, 21, 59, tzinfo=UTC), date(2026, 11, 5)),
        (datetime(2026, 11, 6, 22, 0, tzinfo=UTC), date(2026, 11, 6)),
        (datetime(2026, 11, 7, 21, 59, tzinfo=UTC), date(2026, 11, 6)),
    ):
        assert night_of(at, friday, LONDON) == night
        assert inside_hours(at, friday, LONDON) is (night == date(2026, 11, 6))


def test_the_first_monday_of_a_tasking_is_a_week_of_its_own() -> None:
    kept = tasking(
        starts_on=date(2026, 11, 2),
        ends_on=date(2026, 11, 8),
        hours=TaskingHours((0, 1, 2, 3, 4, 5), 9, 17),
    )
    done = dosage(kept, [], until=date(2026, 11, 2), timezone=LONDON)
    assert done.weeks == (WeekDosage(date(2026, 11, 2), 1, 0, 0),)
