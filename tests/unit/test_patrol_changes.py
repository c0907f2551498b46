"""Which visits a changed table locks, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

import pytest

from models.calendar.clock_changes import NO_CHANGES, clock_changes
from models.tasking.patrol_plan import PlannedVisit
from models.tasking.patrol_request import LockedVisit
from models.tasking.teams import wall_minute
from pages.tasking.plan_parts.plan_changes import lock_of
from tests.patrols import MONDAY

VISIT = PlannedVisit(
    team="Late",
    hotspot_id="K-1",
    day=MONDAY,
    half=1,
    starts=wall_minute(MONDAY, 23 * 60 + 50),
    at=datetime(2026, 11, 23, 23, 50),
    minutes=15,
)


def row(**changes: object) -> dict[str, object]:
    return {"Keep": False, "Team": "Late", "Time": time(23, 50), **changes}


def test_a_visit_left_alone_is_not_locked_and_a_ticked_one_stays_as_it_is() -> None:
    assert lock_of(VISIT, row(), changes=NO_CHANGES) is None
    assert lock_of(VISIT, row(Keep=True), changes=NO_CHANGES) == LockedVisit(
        "Late", "K-1", VISIT.starts
    )


@pytest.mark.parametrize(
    ("chosen", "minutes"), [(time(23, 20), -30), (time(0, 10), 20), (time(22, 0), -110)]
)
def test_a_moved_visit_stays_in_its_night(chosen: time, minutes: int) -> None:
    moved = lock_of(VISIT, row(Time=chosen), changes=NO_CHANGES)
    assert moved == LockedVisit("Late", "K-1", VISIT.starts + minutes)


def test_a_visit_given_to_another_team_is_locked_there() -> None:
    moved = lock_of(VISIT, row(Team="Early"), changes=NO_CHANGES)
    assert moved == LockedVisit("Early", "K-1", VISIT.starts)


def test_a_moved_visit_in_summer_is_meant_in_summer_time() -> None:
    day = MONDAY.replace(month=7, day=6)
    changes = clock_changes("Europe/London", first=day, last=day)
    begins = wall_minute(day, 15 * 60) - 60  # UTC
    visit = replace(VISIT, day=day, starts=begins, at=datetime(2026, 7, 6, 15, 0))
    moved = lock_of(visit, row(Time=time(15, 30)), changes=changes)
    assert moved == LockedVisit("Late", "K-1", begins + 30)
