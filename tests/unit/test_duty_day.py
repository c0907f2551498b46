"""A night belongs to the day it began on, whatever asks: a day, a duty list, a page for visits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from shapely import box

from models.calendar.duty_day import duty_day, passes_midnight, within_hours
from models.reviews.time_of_day import _worked_hours
from models.tasking.dosage import day_of, inside_hours, own_day
from models.tasking.duty import duty, open_to_visits
from models.tasking.tasking import Decision, Tasking, TaskingDraft, TaskingHours
from models.tasking.team_plan import TeamPlan, TeamVisit
from models.tasking.wording import today_label, when_label

LONDON = ZoneInfo("Europe/London")
FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)
WEEKEND = TaskingDraft(
    title="Weekend nights",
    area=box(0, 0, 100, 100),
    objective="Fewer",
    tactic="patrol",
    hours=TaskingHours((4, 5), 21, 3),
    starts_on=FRIDAY,
    ends_on=SATURDAY,
    origin="drawn",
    team="North",
)
MADE = datetime(2026, 11, 1, tzinfo=UTC)
TASKING = Tasking(
    tasking_id=1,
    draft=WEEKEND,
    decision=Decision((), "", None, None, "A", MADE),
    status="active",
    version=1,
    ward_codes=(),
    proposed_at=MADE,
)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


@pytest.mark.parametrize(
    ("hour", "hours", "day", "inside"),
    [
        (0, (21, 3), SATURDAY, True),
        (2, (21, 3), SATURDAY, True),
        (3, (21, 3), SUNDAY, False),
        (21, (21, 3), SUNDAY, True),
        (0, (18, 0), SUNDAY, False),
        (0, (18, 24), SUNDAY, False),
        (5, (6, 6), SATURDAY, True),
        (6, (6, 6), SUNDAY, True),
        (14, (8, 16), SUNDAY, True),
    ],
)
def test_a_moment_belongs_to_the_day_on_which_its_hours_began(
    hour: int, hours: tuple[int, int], day: date, inside: bool
) -> None:
    start, end = hours
    moment = at(SUNDAY, hour, 44)
    assert duty_day(moment, start_hour=start, end_hour=end) == day
    assert within_hours(moment, start_hour=start, end_hour=end) is inside


def test_hours_that_end_at_midnight_do_not_pass_it() -> None:
    assert [
        passes_midnight(start_hour=start, end_hour=end)
        for start, end in ((21, 3), (18, 0), (18, 24), (6, 6), (8, 16))
    ] == [True, False, False, True, False]


@pytest.mark.parametrize("moment", [at(SATURDAY, 23), at(SUNDAY, 0, 44), at(SUNDAY, 2, 59)])
def test_a_weekend_night_is_on_after_midnight(moment: datetime) -> None:
    (worked,) = duty([TASKING], (), now=moment, timezone=LONDON).active_taskings
    assert (worked.today, worked.day) == (True, SATURDAY)
    assert worked.dosage.planned_visits == pytest.approx(7)  # Friday's half of 14 a week
    assert duty([TASKING], (), now=moment, timezone=LONDON).overdue == ()
    assert open_to_visits([TASKING], now=moment) == (TASKING,)


@pytest.mark.parametrize("moment", [at(SUNDAY, 3), at(SUNDAY, 12)])
def test_it_is_over_and_overdue_once_its_last_night_is(moment: datetime) -> None:
    found = duty([TASKING], (), now=moment, timezone=LONDON)
    assert found.active_taskings == ()
    assert [each.tasking_id for each, _ in found.overdue] == [1]
    assert open_to_visits([TASKING], now=moment) == ()


def test_only_what_runs_is_offered_for_a_visit_and_where_somebody_is_still_there() -> None:
    later = replace(TASKING, tasking_id=2, draft=replace(WEEKEND, ends_on=date(2026, 12, 31)))
    early = replace(
        TASKING,
        tasking_id=3,
        draft=replace(WEEKEND, starts_on=date(2026, 12, 4), ends_on=date(2026, 12, 31)),
    )
    done = replace(later, tasking_id=4, status="completed")
    daily = replace(
        later, tasking_id=5, draft=replace(later.draft, hours=TaskingHours((6,), 8, 20))
    )
    everything = (TASKING, later, early, done, daily)
    noon = at(SUNDAY, 12)
    assert [each.tasking_id for each in open_to_visits(everything, now=noon)] == [5, 2]
    there = open_to_visits(everything, now=noon, there={1})
    assert [each.tasking_id for each in there] == [1, 5, 2]


def test_a_planned_visit_after_midnight_is_of_its_shift_whatever_the_hours_say() -> None:
    """A night on Friday, and on Saturday a shift from 00:00: hours alone could not tell them."""
    visits = (
        TeamVisit(FRIDAY, at(FRIDAY, 23), at(FRIDAY, 23, 15)),
        TeamVisit(FRIDAY, at(SATURDAY, 1), at(SATURDAY, 1, 15)),
        TeamVisit(SUNDAY, at(SUNDAY, 2), at(SUNDAY, 2, 15)),
    )
    draft = replace(
        WEEKEND,
        hours=TaskingHours((4, 6), 23, 3),
        ends_on=SUNDAY,
        team_plan=TeamPlan(1, "K-1", 1, "North", visits),
    )
    assert day_of(at(SATURDAY, 0, 50), draft, LONDON) == FRIDAY
    assert day_of(at(SUNDAY, 1, 50), draft, LONDON) == SUNDAY
    assert own_day(draft, at(SUNDAY, 2, 5)) == SUNDAY
    (worked,) = duty(
        [replace(TASKING, draft=draft)], (), now=at(SUNDAY, 2, 5), timezone=LONDON
    ).active_taskings
    assert (worked.today, worked.dosage.planned_visits) == (True, 2)


def test_a_plans_night_far_from_its_visits_is_still_of_the_day_before() -> None:
    """Of Saturday's shift, 01:10 on Sunday: at 01:10 a day earlier it is Friday's night."""
    sunday = datetime(2026, 11, 22, 1, 10, tzinfo=UTC)
    only = TeamPlan(1, "K-1", 1, "North", (TeamVisit(SATURDAY, sunday, sunday.replace(minute=25)),))
    draft = replace(WEEKEND, hours=TaskingHours((6,), 1, 2), origin="plan", team_plan=only)
    days = [
        (at(SATURDAY, 1, 10), FRIDAY),
        (at(SATURDAY, 6), SATURDAY),
        (at(SATURDAY, 23), SATURDAY),
        (at(SUNDAY, 5, 59), SATURDAY),
        (at(SUNDAY, 6), SUNDAY),
    ]
    for moment, day in days:
        assert own_day(draft, moment) == day, moment
    kept = replace(TASKING, draft=draft)
    on = [
        bool(given.active_taskings) and given.active_taskings[0].today
        for moment, _ in days
        for given in [duty([kept], [], now=moment, timezone=LONDON)]
    ]
    assert on == [False, True, True, True, False]


def test_between_two_planned_nights_the_nearer_one_counts() -> None:
    late, early = at(SATURDAY, 2), at(SATURDAY, 5)
    plan = TeamPlan(
        1,
        "K-1",
        1,
        "North",
        (
            TeamVisit(FRIDAY, late, late.replace(minute=15)),
            TeamVisit(SATURDAY, early, early.replace(minute=15)),
        ),
    )
    assert plan.day_of(at(SATURDAY, 3)) == FRIDAY
    assert plan.day_of(at(SATURDAY, 4)) == SATURDAY


def test_no_hour_between_two_shifts_of_a_day_is_named_or_counted() -> None:
    visits = tuple(
        TeamVisit(SATURDAY, begins, begins + timedelta(minutes=15))
        for begins in (at(SATURDAY, 10), at(SATURDAY, 12), at(SATURDAY, 19), at(SUNDAY, 0, 10))
    )
    plan = TeamPlan(1, "K-1", 1, "North", visits)
    draft = replace(WEEKEND, origin="plan", team_plan=plan)
    assert when_label(draft) == "Sat 21 Nov 10:00–12:15 and 19:00–19:15 and 00:10 (Sun)–00:25 (Sun)"
    assert today_label(draft, day=SATURDAY) == when_label(draft).removeprefix("Sat 21 Nov ")
    assert plan.inside(at(SATURDAY, 11))
    assert not plan.inside(at(SATURDAY, 16))
    assert all(plan.inside(each.starts_at) for each in visits)
    assert plan.day_of(at(SATURDAY, 16)) == SATURDAY


@pytest.mark.parametrize(("start", "end"), [(6, 6), (0, 0), (0, 24), (21, 3), (9, 17), (18, 24)])
def test_a_review_counts_the_hours_in_which_a_visit_is_inside(start: int, end: int) -> None:
    hours = TaskingHours((5,), start, end)
    worked = _worked_hours(hours)
    for hour in range(48):
        moment = at(SATURDAY, 0, 30) + timedelta(hours=hour)
        expected = inside_hours(moment, hours, LONDON)
        assert worked[24 * moment.weekday() + moment.hour] == expected, moment
