"""What is on now for a team: where it is, what is on, what comes later, and how that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from models.tasking.duty import open_to_visits
from models.tasking.on_now import on_now_sentence, standing_label, standing_taskings
from models.tasking.tasking import TaskingHours
from models.tasking.team_plan import TeamPlan, TeamVisit
from tests.unit.test_duty import LONDON, tasking, visit


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


FRIDAY_NIGHTS = TaskingHours((4,), 22, 3)  # 20 November is a Friday


@pytest.mark.parametrize(
    ("now", "standing", "label"),
    [
        (at(20, 21, 59), "later", "Later, 22:00–03:00"),
        (at(20, 22), "now", "Now, 22:00–03:00"),
        (at(21, 2, 59), "now", "Now, 22:00–03:00"),  # Friday's night
        (at(21, 3), "another_day", "Not today: Friday, 22:00 to 03:00 the next day"),
        (at(19, 23), "another_day", "Not today: Friday, 22:00 to 03:00 the next day"),
    ],
)
def test_hours_decide_what_is_on_and_a_night_goes_on_after_midnight(
    now: datetime, standing: str, label: str
) -> None:
    (row,) = standing_taskings([tasking(hours=FRIDAY_NIGHTS)], there={}, now=now)
    assert (row.standing, standing_label(row)) == (standing, label)


@pytest.mark.parametrize(
    ("begin", "end", "hour", "standing", "until"),
    [
        (8, 16, 16, "over", at(20, 16)),
        (8, 0, 23, "now", at(21, 0)),
        (8, 24, 23, "now", at(21, 0)),
        (0, 24, 0, "now", at(21, 0)),
        (6, 6, 7, "now", at(21, 6)),
    ],
)
def test_hours_may_end_at_midnight_or_last_a_day(
    begin: int, end: int, hour: int, standing: str, until: datetime
) -> None:
    every = tasking(hours=TaskingHours((0, 1, 2, 3, 4, 5, 6), begin, end))
    (row,) = standing_taskings([every], there={}, now=at(20, hour))
    assert (row.standing, row.ends) == (standing, until)


def planned(*times: datetime) -> TeamPlan:
    visits = tuple(
        TeamVisit(date(2026, 11, 20), each, each + timedelta(minutes=15)) for each in times
    )
    return TeamPlan(1, "K-1", 1, "North", visits)


@pytest.mark.parametrize(
    ("now", "standing", "begins"),
    [
        (at(20, 20, 29), "later", at(20, 21)),
        (at(20, 20, 30), "now", at(20, 21)),  # half an hour early
        (at(20, 21, 14), "now", at(20, 21)),
        (at(20, 21, 15), "later", at(20, 23, 40)),
        (at(20, 23, 10), "now", at(20, 23, 40)),
        (at(20, 23, 55), "over", at(20, 23, 40)),
    ],
)
def test_a_plans_visits_are_on_around_their_times(
    now: datetime, standing: str, begins: datetime
) -> None:
    plan = planned(at(20, 21), at(20, 23, 40))
    own = tasking(
        team="North", team_plan=plan, starts_on=date(2026, 11, 20), ends_on=date(2026, 11, 20)
    )
    (row,) = standing_taskings([own], there={}, now=now)
    assert (row.standing, row.begins) == (standing, begins)


def test_where_the_team_is_comes_first_and_the_rest_by_time() -> None:
    now = at(20, 19)
    early, late = TaskingHours((4,), 8, 12), TaskingHours((4,), 21, 23)
    other = TaskingHours((0,), 8, 12)
    rows = standing_taskings(
        [
            tasking(1, hours=other),
            tasking(2, hours=early),
            tasking(3, hours=late),
            tasking(4),
            tasking(5, hours=replace(other, weekdays=(1,))),
        ],
        there={5: visit(20, 18, of=5)},
        now=now,
    )
    assert [(row.tasking.tasking_id, row.standing) for row in rows] == [
        (5, "there"),
        (4, "now"),
        (3, "later"),
        (2, "over"),
        (1, "another_day"),
    ]
    assert on_now_sentence(rows, team="North", now=now) == (
        "North has been at T-0005 Patrol since 18:10. 1 tasking is on now for North."
    )
    assert on_now_sentence(rows[2:], team="North", now=now) == (
        "Nothing is on now for North. Next is T-0003 Patrol, at 21:00."
    )
    assert on_now_sentence(rows[:2] + rows[1:2], team="", now=now).endswith(
        "2 taskings are on now for all teams."
    )
    assert on_now_sentence([], team="North", now=now) == "Nothing is on now for North."


def test_a_tasking_that_was_completed_is_offered_while_a_team_is_still_there() -> None:
    done = tasking(status="completed")
    now = at(20, 19)
    assert open_to_visits([done], now=now) == ()
    assert open_to_visits([done], now=now, there={1}) == (done,)
