"""What a meeting has before it: the counts add up, and each item is told by its own times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from models.hotspots.temporal import PeakWindow
from models.tasking.duty import duty
from models.tasking.lifecycle import OPEN
from models.tasking.meeting import DecisionDraft, Meeting, MeetingDecision, MeetingDraft
from models.tasking.tasking import Decision, Tasking, TaskingDraft, TaskingHours
from models.tasking.wording import overdue_at
from models.today.since_last import (
    MeetingGround,
    MeetingView,
    meeting_record,
    of_meeting,
    part_label,
    since_last,
    summary,
    sums,
)

if TYPE_CHECKING:
    from models.tasking.meeting import MeetingKind

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SINCE = NOW - timedelta(days=14)
AREA = box(534_000, 181_000, 534_150, 181_150)
VIEW = (("category", "violence,robbery"),)


def tasking(number: int, status: str = "proposed", /, view: Any = VIEW, **times: Any) -> Tasking:  # noqa: ANN401
    draft = TaskingDraft(
        title=f"Place {number}",
        area=AREA,
        objective="Fewer",
        tactic="patrol",
        hours=TaskingHours((4, 5), 22, 3),
        starts_on=times.pop("starts_on", date(2026, 12, 1)),
        ends_on=times.pop("ends_on", date(2026, 12, 20)),
        origin="drawn",
        team="Team 1",
    )
    return Tasking(
        tasking_id=number,
        draft=draft,
        decision=Decision(view, "", 3, None, "Amina Khan", NOW),
        status=status,  # type: ignore[arg-type]
        version=1,
        ward_codes=(),
        proposed_at=times.pop("proposed_at", SINCE - timedelta(days=1)),
        **times,
    )


def meeting(kind: MeetingKind = "tasking") -> Meeting:
    return Meeting(
        meeting_id=1,
        draft=MeetingDraft(kind, NOW.date()),
        status="open",
        since=SINCE,
        opened_at=NOW,
        opened_by="Amina Khan",
        closed_at=None,
        closed_by="",
        reason="",
        minutes=None,
        version=1,
    )


def view(*taskings: Tasking, kind: MeetingKind = "tasking", **more: Any) -> MeetingView:  # noqa: ANN401
    ground = MeetingGround(
        taskings=taskings,
        work=duty(taskings, (), now=NOW, timezone=LONDON),
        reviews=more.pop("reviews", ()),
        **more,
    )
    return since_last(meeting(kind), ground, today=NOW.date(), timezone=LONDON)


AFTER, BEFORE = NOW - timedelta(days=2), SINCE - timedelta(days=2)


def test_each_tasking_is_listed_under_what_happened_to_it_since() -> None:
    found = view(
        tasking(1),
        tasking(2, proposed_at=AFTER),
        tasking(3, "completed", completed_at=AFTER),
        tasking(4, "cancelled", cancelled_at=AFTER, reason="No team"),
        tasking(5, "completed", completed_at=BEFORE),
        tasking(6, starts_on=date(2026, 11, 10)),
        tasking(7, starts_on=date(2026, 11, 3)),
        compared=True,
    )
    assert [(each.part, each.reference) for each in found.items] == [
        ("slipped", "T-0006"),
        ("slipped", "T-0007"),
        ("done", "T-0003"),
        ("cancelled", "T-0004"),
        ("new", "T-0002"),
    ]
    details = {each.reference: each.detail for each in found.items}
    assert details["T-0004"] == "Cancelled on 19 Nov 2026: No team"
    assert details["T-0006"].endswith("(since the last meeting)")
    assert details["T-0007"].endswith("(before the last meeting already)")
    assert sums(found) == (
        "Open: 5 at the end of the last meeting, 1 proposed since, 1 completed, 1 cancelled: "
        "4 now.",
        "To be reviewed: 1 at the end of the last meeting, 1 completed since, 0 reviewed: 2 now.",
        "Slipped: 2 overdue, and 0 active with too few visits.",
    )


@st.composite
def lives(draw: st.DrawFn) -> list[Tasking]:
    """Draw taskings that went any way at any times."""
    drawn = []
    for number in range(draw(st.integers(0, 8))):
        proposed = NOW - timedelta(hours=draw(st.integers(1, 900)))
        steps = [NOW - timedelta(hours=draw(st.integers(0, 800))) for _ in range(2)]
        ended, reviewed = sorted(max(each, proposed) for each in steps)
        status = draw(st.sampled_from((*OPEN, "completed", "reviewed", "cancelled")))
        times: dict[str, datetime] = {}
        if status in ("completed", "reviewed"):
            times["completed_at"] = ended
        if status == "reviewed":
            times["reviewed_at"] = reviewed
        if status == "cancelled":
            times["cancelled_at"] = ended
        starts = NOW.date() - timedelta(days=draw(st.integers(-20, 60)))
        dates = {"starts_on": starts, "ends_on": starts + timedelta(days=20)}
        drawn.append(tasking(number + 1, status, proposed_at=proposed, **times, **dates))
    return drawn


@given(lives())
def test_the_counts_add_up_whatever_happened(taskings: list[Tasking]) -> None:
    found = view(*taskings)
    count = found.counts.get
    reviewed = sum(
        each.status == "reviewed" and each.reviewed_at is not None and each.reviewed_at > SINCE
        for each in taskings
    )
    moved = count("new", 0) - count("done", 0) - count("cancelled", 0)
    assert found.open_before + moved == found.open_now
    assert found.open_now == sum(each.status in OPEN for each in taskings)
    assert found.waiting_before + count("done", 0) - reviewed == found.waiting_now
    assert found.waiting_now == sum(each.status == "completed" for each in taskings)
    assert found.overdue == sum(overdue_at(each, NOW.astimezone(LONDON)) for each in taskings)
    assert count("slipped", 0) == found.overdue + found.short
    assert len({each.key for each in found.items}) == len(found.items)


@pytest.mark.parametrize(
    ("category", "tactic", "mine"),
    [
        ("violence", "patrol", True),
        ("asb,robbery", "patrol", True),
        ("theft_person", "patrol", False),
        ("", "patrol", False),
        ("", "weapons_sweep", True),
    ],
)
def test_a_violence_meeting_has_what_was_chosen_on_violence(
    category: str, tactic: str, *, mine: bool
) -> None:
    one = tasking(1, view=(("category", category),) if category else ())
    one = replace(one, draft=replace(one.draft, tactic=tactic))  # type: ignore[arg-type]
    assert of_meeting("violence", one) is mine
    assert of_meeting("tasking", one)
    found = view(one, kind="violence")
    assert (found.open_now, found.left_out) == (int(mine), int(not mine))
    assert any("left to the tasking meeting" in line for line in sums(found)) is not mine


def test_the_first_meeting_speaks_of_no_last_one() -> None:
    found = view(tasking(1, starts_on=date(2026, 11, 3)), tasking(2, proposed_at=AFTER))
    assert summary(found).startswith("Since 7 Nov 2026: 1 new, 0 done, 1 slipped and 0 reviewed.")
    assert sums(found)[0].startswith("Open: 1 on 7 Nov 2026, 1 proposed since")
    assert found.items[0].detail.endswith("(before 7 Nov 2026 already)")
    assert part_label("new", found) == "Proposed since 7 Nov 2026"
    assert part_label("slipped", found) == "Slipped"


def test_an_active_tasking_without_its_visits_has_slipped_as_today_says() -> None:
    late = tasking(1, "active", starts_on=date(2026, 11, 6), ends_on=date(2026, 12, 6))
    found = view(late)
    assert (found.overdue, found.short) == (0, 1)
    assert found.items[0].detail.startswith("No visit yet in 15 days")


def hotspots() -> pd.DataFrame:
    ward = type("Ward", (), {"name": "Weavers"})()
    rows = [
        (f"kde-{at}", at, box(at * 1000, 0, at * 1000 + 100, 100), 40 - at, "the market")
        for at in (1, 2)
    ]
    frame = pd.DataFrame(rows, columns=["hotspot_id", "rank", "geometry", "incidents", "near"])
    busiest = PeakWindow(first_day=4, days=2, start_hour=22, hours=4, share=0.4, incidents=10)
    return frame.assign(
        wards=[(ward,)] * 2, hours_state=["even", "peak"], peak_window=[None, busiest]
    )


def test_a_hotspot_says_whether_the_last_meeting_had_it_on_its_list() -> None:
    given = {"hotspots": hotspots(), "hotspots_of": "all kinds, Nov 2026"}
    first = view(**given)
    assert first.items[0].detail == "39 incidents, rank 1 of all kinds, Nov 2026."
    assert ("Busiest", "Fri–Sat 22:00–02:00") in first.items[1].facts
    assert all(isinstance(text, str) for each in first.items for _, text in each.facts)
    centres = {"kde-1": (1050.0, 50.0)}
    kept = meeting_record(meeting(), first, centres=centres)
    assert [each.centre for each in kept.items] == [(1050.0, 50.0), None]
    second = view(**given, listed_before=[(1050.0, 50.0)], compared=True)
    assert [each.detail.rpartition("; ")[2] for each in second.items] == [
        "on the last meeting's list too.",
        "not on the last meeting's list.",
    ]


def test_an_action_says_its_owner_and_whether_it_is_late() -> None:
    draft = DecisionDraft("Lock the gates", "Parks", date(2026, 11, 20))
    action = MeetingDecision(
        7, 1, 2, draft, "open", BEFORE, "Amina Khan", corrected=False, closed_at=None, outcome="",
        moved="", version=1,
    )  # fmt: skip
    (found,) = view(carried=[action]).items
    assert (found.part, found.title) == ("action", "Lock the gates")
    assert found.detail == "Overdue: it was due on 20 Nov 2026."
    assert found.facts == (("Owner", "Parks"), ("Due", "20 Nov 2026"), ("Decided", "M-0001/2"))
    done = replace(action, status="done", outcome="Locked", closed_at=AFTER)
    assert view(carried=[done]).items[0].detail == "Done: Locked"
