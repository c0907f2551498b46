"""What a tasking is proposed with, how it is spoken of, and a comparison chosen by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from data.exports.taskings import tasking_table, visit_table
from models.hotspots.temporal import PeakWindow
from models.tasking.manual_comparison import ComparisonTooCloseError, manual_comparison
from models.tasking.proposal import (
    blank,
    from_draft,
    from_hotspot,
    from_priority,
    hours_label,
    hours_of_window,
)
from models.tasking.tasking import Finds, Tasking, TaskingHours, Visit
from models.tasking.wording import overdue_label
from models.wording.days import day_label, span_label
from tests.made_taskings import DECISION, DRAFT

SATURDAY = date(2026, 11, 21)
LONDON = ZoneInfo("Europe/London")
TASKING = Tasking(
    tasking_id=12,
    draft=DRAFT,
    decision=DECISION,
    status="active",
    version=1,
    ward_codes=("E05009335", "E1"),
    proposed_at=datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
)


@given(
    first_day=st.integers(0, 6),
    days=st.integers(1, 7),
    start_hour=st.integers(0, 23),
    hours=st.integers(1, 23),
)
def test_every_peak_window_gives_its_days_and_hours(
    first_day: int, days: int, start_hour: int, hours: int
) -> None:
    window = PeakWindow(first_day, days, start_hour, hours, incidents=9.0, share=0.5)
    read = hours_of_window(window)
    assert {day % 7 for day in range(first_day, first_day + days)} == set(read.weekdays)
    assert read.start_hour == start_hour
    assert read.end_hour == (start_hour + hours) % 24


def test_hours_are_said_in_plain_words() -> None:
    said = {
        "Friday and Saturday, 22:00 to 03:00 the next day": TaskingHours((4, 5), 22, 3),
        "Every day, 14:00 to 22:00": TaskingHours(tuple(range(7)), 14, 22),
        "Monday to Friday, 15:00 to 18:00": TaskingHours((0, 1, 2, 3, 4), 15, 18),
        "Sunday, 18:00 to 00:00": TaskingHours((6,), 18, 24),
        "Monday, Wednesday and Friday, 08:00 to 10:00": TaskingHours((0, 2, 4), 8, 10),
        "Tuesday, all day and night": TaskingHours((1,), 0, 24),
    }
    assert {hours_label(hours): hours for hours in said.values()} == said


def test_an_empty_form_begins_next_monday_for_four_weeks() -> None:
    start = blank(SATURDAY)
    assert (start.starts_on, start.ends_on) == (date(2026, 11, 23), date(2026, 12, 20))
    assert blank(date(2026, 11, 23)).starts_on == date(2026, 11, 30)


def test_a_hotspot_gives_title_objective_and_its_own_hours() -> None:
    start = from_hotspot(
        place="Brick Lane, Spitalfields",
        nearby="Brick Lane",
        incidents=1_200,
        period="October",
        window=PeakWindow(4, 2, 22, 4, incidents=9.0, share=0.5),
        today=SATURDAY,
    )
    assert start.title == "Patrol: Brick Lane, Spitalfields"
    assert start.objective == "Fewer incidents than the 1,200 of October"
    assert start.hours == TaskingHours((4, 5), 22, 2)
    unknown = from_hotspot(
        place="x" * 200, nearby="", incidents=3, period="May", window=None, today=SATURDAY
    )
    assert unknown.hours == blank(SATURDAY).hours
    assert len(unknown.title) == 120


def test_a_priority_and_a_tasking_give_their_own_words() -> None:
    asked = from_priority(title="Drugs at the gate", why="Residents ask", today=SATURDAY)
    assert (asked.title, asked.objective) == ("Drugs at the gate", "Residents ask")
    start = from_draft(DRAFT)
    for name in ("title", "objective", "team", "hours", "starts_on", "ends_on", "near", "tactic"):
        assert getattr(start, name) == getattr(DRAFT, name)


def test_days_and_spans_are_written_as_people_write_them() -> None:
    assert day_label(date(2026, 11, 3)) == "3 Nov 2026"
    assert span_label(date(2026, 11, 3), date(2026, 12, 3)) == "3 Nov to 3 Dec 2026"
    assert span_label(date(2026, 12, 30), date(2027, 1, 2)) == "30 Dec 2026 to 2 Jan 2027"
    assert span_label(date(2026, 12, 30), date(2026, 12, 30)) == "30 Dec 2026"


def test_what_is_overdue_is_said_for_each_stage_and_only_then() -> None:
    late = datetime(2027, 2, 1, 12, tzinfo=UTC)
    said = {
        status: overdue_label(replace(TASKING, status=status), now=late)
        for status in ("proposed", "approved", "active", "completed", "reviewed", "cancelled")
    }
    assert said == {
        "proposed": "Overdue: it was to start on 6 Nov 2026 and is not approved.",
        "approved": "Overdue: it was to start on 6 Nov 2026 and is not active.",
        "active": "Overdue: it was to end on 6 Dec 2026 and is not completed.",
        "completed": ("Overdue: it ended on 6 Dec 2026 and was to be reviewed within 28 days."),
        "reviewed": "",
        "cancelled": "",
    }
    assert overdue_label(TASKING, now=datetime(2026, 12, 6, 12, tzinfo=UTC)) == ""
    # Its last night, 22:00–03:00, is still on at 00:44 of the day after.
    assert overdue_label(TASKING, now=datetime(2026, 12, 7, 0, 44, tzinfo=UTC)) == ""
    assert overdue_label(TASKING, now=datetime(2026, 12, 7, 3, 0, tzinfo=UTC)) != ""


def test_the_list_of_taskings_says_all_in_words() -> None:
    table = tasking_table(
        [TASKING], ward_names={"E1": "Weavers"}, now=datetime(2026, 11, 21, 12, tzinfo=UTC)
    )
    row = table.iloc[0]
    assert row["Tasking"] == "T-0012"
    assert row["Status"] == "Active"
    assert row["Wards"] == "E05009335, Weavers"
    assert row["Hours"] == "Friday and Saturday, 22:00 to 03:00 the next day"
    assert row["Table version"] == 3
    assert tasking_table([], ward_names={}, now=datetime(2026, 11, 21, 12, tzinfo=UTC)).empty


def test_visits_are_listed_newest_first_in_local_time_on_both_sides_of_the_clock_change() -> None:
    summer = Visit(
        1,
        12,
        "Team 1",
        datetime(2026, 10, 24, 20, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 20, 14, tzinfo=UTC),
        Finds(needles=3),
    )
    winter = Visit(2, 12, "Team 1", datetime(2026, 10, 25, 20, 0, tzinfo=UTC), None)
    table = visit_table([summer, winter], timezone=LONDON)
    assert table["Visit"].tolist() == [2, 1]
    assert [f"{at:%H:%M}" for at in table["Arrived"]] == ["20:00", "21:00"]
    assert table["Minutes"].isna().tolist() == [True, False]
    assert table["Minutes"].iloc[1] == 14
    assert table["Needles"].tolist() == [0, 3]
    assert visit_table([], timezone=LONDON).empty


def test_a_comparison_by_hand_stands_apart_and_says_that_nobody_matched_it() -> None:
    treated, far = box(0, 0, 100, 100), box(1_000, 0, 1_100, 100)
    ground = box(-500, -500, 2_000, 1_000)
    fixed = manual_comparison(treated, far, ground=ground, chosen_by="A ward, by Amina")
    assert fixed.comparison.equals(far)
    assert not fixed.displacement.intersects(box(1, 1, 99, 99))
    assert fixed.displacement.area == pytest.approx(
        treated.buffer(150).area - treated.area, rel=0.01
    )
    assert fixed.displacement.disjoint(fixed.displacement_comparison)
    assert fixed.note.startswith("A ward, by Amina. Chosen by hand: it was not matched")
    with pytest.raises(ComparisonTooCloseError, match="lies 299 m from"):
        manual_comparison(treated, box(399, 0, 499, 100), ground=ground, chosen_by="")
