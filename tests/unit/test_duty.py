"""What is on today, where it falls short, and what is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from shapely import box

from models.tasking.duty import duty
from models.tasking.tasking import Decision, Tasking, TaskingDraft, TaskingHours, Visit

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=LONDON)  # a Friday


def tasking(number: int = 1, *, status: str = "active", **said: object) -> Tasking:
    draft = TaskingDraft(
        title="Patrol",
        area=box(0, 0, 100, 100),
        objective="Fewer",
        tactic="patrol",
        hours=TaskingHours((0, 1, 2, 3, 4, 5, 6), 18, 2),
        starts_on=date(2026, 11, 9),
        ends_on=date(2026, 12, 6),
        origin="drawn",
        visits_per_week=7,
    )
    made = datetime(2026, 11, 1, tzinfo=UTC)
    return Tasking(
        tasking_id=number,
        draft=replace(draft, **said),  # type: ignore[arg-type]
        decision=Decision((), "", None, None, "A", made),
        status=status,  # type: ignore[arg-type]
        version=1,
        ward_codes=(),
        proposed_at=made,
    )


def visit(day: int, hour: int, *, of: int = 1) -> Visit:
    at = datetime(2026, 11, day, hour, 10, tzinfo=LONDON)
    return Visit(day * 100 + hour, of, "North", at, at + timedelta(minutes=15))


def every_night() -> list[Visit]:
    return [visit(day, 19) for day in range(9, 20)]


def test_a_tasking_with_its_visits_has_no_gap() -> None:
    (worked,) = duty([tasking()], every_night(), now=NOW, timezone=LONDON).active_taskings
    assert worked.today
    assert worked.dosage.planned_visits == pytest.approx(11)  # 9 to 19 November, one a day
    assert worked.gaps == ()


def test_the_day_that_has_just_begun_is_not_behind() -> None:
    first_day = tasking(starts_on=date(2026, 11, 20))
    (worked,) = duty([first_day], [], now=NOW, timezone=LONDON).active_taskings
    assert worked.gaps == ()


def test_a_tasking_nobody_went_to_says_since_when() -> None:
    (worked,) = duty([tasking()], [], now=NOW, timezone=LONDON).active_taskings
    assert worked.gaps == ("no visit yet in 11 days", "0 of 11 planned visits made")


def test_a_tasking_that_was_left_says_for_how_long() -> None:
    (worked,) = duty([tasking()], every_night()[:7], now=NOW, timezone=LONDON).active_taskings
    assert worked.gaps == ("no visit for 5 days",)


def test_a_visit_after_midnight_belongs_to_the_night_before() -> None:
    early = [*every_night(), visit(20, 1)]
    (worked,) = duty([tasking()], early, now=NOW, timezone=LONDON).active_taskings
    assert worked.dosage.visits == 12


def test_todays_taskings_come_first_and_those_with_gaps_before_the_others() -> None:
    weekend = tasking(1, hours=TaskingHours((5, 6), 18, 2))
    fine, gap = tasking(2), tasking(3)
    visits = [replace(each, tasking_id=2) for each in every_night()]
    found = duty([weekend, fine, gap], visits, now=NOW, timezone=LONDON)
    assert [each.tasking.tasking_id for each in found.active_taskings] == [3, 2, 1]
    assert found.gaps == 2  # the weekend's had none of its visits either


@pytest.mark.parametrize("status", ["proposed", "approved", "completed", "reviewed", "cancelled"])
def test_only_active_taskings_are_worked(status: str) -> None:
    assert duty([tasking(status=status)], [], now=NOW, timezone=LONDON).active_taskings == ()


@pytest.mark.parametrize(
    ("status", "ends_on", "said"),
    [
        ("proposed", date(2026, 12, 6), "was to start on 9 Nov 2026 and is not approved"),
        ("approved", date(2026, 12, 6), "was to start on 9 Nov 2026 and is not active"),
        ("active", date(2026, 11, 19), "ended on 19 Nov 2026 and is not completed"),
        ("completed", date(2026, 10, 22), "ended on 22 Oct 2026 and is not reviewed"),
    ],
)
def test_what_is_late_says_what_should_have_happened(status: str, ends_on: date, said: str) -> None:
    late = tasking(status=status, starts_on=min(date(2026, 11, 9), ends_on), ends_on=ends_on)
    ((found, words),) = duty([late], [], now=NOW, timezone=LONDON).overdue
    assert (found, words) == (late, said)


def test_a_review_is_not_late_within_four_weeks() -> None:
    ended = tasking(status="completed", starts_on=date(2026, 10, 1), ends_on=date(2026, 10, 23))
    assert duty([ended], [], now=NOW, timezone=LONDON).overdue == ()
