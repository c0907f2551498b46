"""Meetings on both databases: kept as they are made, frozen when closed, carried forward."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.database import ChangedMeanwhileError, Operations
from data.operations.meetings.decisions import (
    carried_forward,
    correct_decision,
    decisions,
    end_action,
    open_again,
    record_decision,
    trail,
    withdraw_decision,
)
from data.operations.meetings.errors import (
    DecisionsMadeError,
    EarlierMeetingError,
    MeetingClosedError,
    MeetingNotClosedError,
    MeetingOpenError,
    SettledDecisionError,
)
from data.operations.meetings.meetings import (
    add_addendum,
    addenda,
    begin_meeting,
    call_off,
    close_meeting,
    meeting,
    meetings,
    minutes_of,
    set_attendance,
)
from data.operations.retention.schedule import Schedule
from data.operations.taskings.errors import NotReadyError
from data.operations.taskings.taskings import tasking
from data.services.one_person import about_staff, erase_staff
from data.services.retention import retain
from models.tasking.lifecycle import IllegalMoveError
from models.tasking.meeting import (
    DecisionDraft,
    MeetingDraft,
    MeetingError,
    MeetingKind,
    Subject,
    TaskingMove,
)
from models.tasking.meeting_minutes import MeetingRecord, MinutesFigure, MinutesItem
from tests.incident_rows import settings_in
from tests.made_taskings import AREA, NOW, made
from tests.store.test_one_person import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings
    from models.tasking.meeting import Meeting

TODAY = NOW.date()
RECORD = MeetingRecord(
    summary="Since the last meeting: 1 new.",
    sums=("Open: 0, 1 now.",),
    figures=(MinutesFigure("New", 1),),
    items=(MinutesItem("New", "T-0001", "Knives", "Proposed", None),),
)
CHAIR = "Chair, Safer Neighbourhoods"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def begun(actor: Actor, kind: MeetingKind = "tasking", on: date = TODAY) -> Meeting:
    return begin_meeting(actor, MeetingDraft(kind, on, CHAIR))


def closed(actor: Actor, kept: Meeting) -> Meeting:
    now = meeting(actor.ops, kept.meeting_id)
    return close_meeting(actor, kept.meeting_id, record=RECORD, version=now.version)


def later(actor: Actor, days: int = 14) -> Actor:
    return actor.at(actor.now + timedelta(days=days))


ACTION = DecisionDraft("Lock the gates", "Parks", TODAY + timedelta(days=7))


def test_a_meeting_looks_back_to_the_end_of_the_last_one_of_its_kind(actor: Actor) -> None:
    first = begun(actor)
    assert first.since == datetime(2026, 11, 7, tzinfo=UTC)
    assert begun(actor, "violence").since == datetime(2026, 11, 14, tzinfo=UTC)
    ended = later(actor, 1)
    closed(ended, first)
    second = begun(later(actor), on=TODAY + timedelta(days=14))
    assert second.since == ended.now
    off = call_off(later(actor, 15), second.meeting_id, reason="Snow", version=second.version)
    assert (off.status, off.reason) == ("called_off", "Snow")
    assert begun(later(actor, 16), on=TODAY + timedelta(days=16)).since == ended.now


def test_one_meeting_of_a_kind_is_open_at_a_time_and_none_before_the_last(actor: Actor) -> None:
    first = begun(actor)
    with pytest.raises(MeetingOpenError, match="A tasking meeting is open already"):
        begun(actor)
    closed(actor, first)
    with pytest.raises(EarlierMeetingError, match=r"20 Nov 2026 is before .* 21 Nov 2026"):
        begun(later(actor), on=TODAY - timedelta(days=1))


def test_each_decision_is_kept_when_it_is_made_by_whoever_makes_it(
    actor: Actor, operations: Operations
) -> None:
    held = begun(actor)
    other = replace(actor, person=Person("Idris Ali", "officer"))
    kept = record_decision(actor, held.meeting_id, ACTION)
    noted = record_decision(other, held.meeting_id, DecisionDraft("The market is quiet."))
    assert [each.reference for each in (kept, noted)] == ["M-0001/1", "M-0001/2"]
    assert [each.status for each in (kept, noted)] == ["open", "noted"]
    assert decisions(operations, held.meeting_id) == (kept, noted)
    assert noted.recorded_by == "Idris Ali"


def test_decisions_of_several_people_at_once_are_all_kept_under_numbers_of_their_own(
    actor: Actor, operations: Operations
) -> None:
    held = begun(actor)

    def decide(at: int) -> int:
        acting = replace(actor, person=Person(f"Officer {at}", "officer"))
        return record_decision(acting, held.meeting_id, DecisionDraft(f"Decision {at}")).number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(decide, range(12)))
    assert sorted(numbers) == list(range(1, 13))
    kept = decisions(operations, held.meeting_id)
    assert {each.draft.text for each in kept} == {f"Decision {at}" for at in range(12)}


@pytest.mark.parametrize(
    ("text", "owner", "due", "fault"),
    [
        (" ", "", None, "no text"),
        ("Gates", "Parks", None, "an owner and no day"),
        ("Gates", "", TODAY, "a day and no owner"),
        ("x" * 1001, "", None, "1,001 characters"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(
    text: str, owner: str, due: date | None, fault: str
) -> None:
    with pytest.raises(MeetingError, match=fault):
        DecisionDraft(text, owner, due)


def test_a_correction_and_a_withdrawal_leave_their_trail(
    actor: Actor, operations: Operations
) -> None:
    held = begun(actor)
    kept = record_decision(actor, held.meeting_id, ACTION)
    better = replace(ACTION, text="Lock the north gate")
    number = kept.decision_id
    changed = correct_decision(actor, number, draft=better, version=kept.version)
    assert (changed.draft.text, changed.corrected) == ("Lock the north gate", True)
    with pytest.raises(ChangedMeanwhileError, match="Amina Khan"):
        correct_decision(actor, number, draft=ACTION, version=kept.version)
    with pytest.raises(MeetingError, match="no reason"):
        withdraw_decision(actor, number, reason=" ", version=changed.version)
    gone = withdraw_decision(actor, number, reason="Misheard", version=changed.version)
    assert (gone.status, gone.outcome) == ("withdrawn", "Misheard")
    with pytest.raises(SettledDecisionError, match="M-0001/1 is withdrawn"):
        correct_decision(actor, number, draft=ACTION, version=gone.version)
    found = [
        (each.before, each.after)
        for each in trail(operations, held.meeting_id)
        if each.table == "meeting_decisions" and each.action == "changed"
    ]
    assert found[0][0]["text"] == "Lock the gates"  # type: ignore[index]
    assert found[1][1]["outcome"] == "Misheard"  # type: ignore[index]
    assert [each.status for each in decisions(operations, held.meeting_id)] == ["withdrawn"]


def test_a_decision_moves_its_tasking_by_the_table_of_moves_or_is_not_kept(
    actor: Actor, operations: Operations
) -> None:
    held, approved = begun(actor), made(actor, status="approved")
    about = replace(ACTION, subject=Subject(approved.tasking_id, area=AREA))
    with pytest.raises(IllegalMoveError):
        record_decision(
            actor, held.meeting_id, about, move=TaskingMove("completed", approved.version)
        )
    assert decisions(operations, held.meeting_id) == ()
    start = TaskingMove("active", approved.version)
    kept = record_decision(actor, held.meeting_id, about, move=start)
    assert kept.moved == "Approved → Active"
    assert tasking(operations, approved.tasking_id).status == "active"
    with pytest.raises(ChangedMeanwhileError):
        record_decision(actor, held.meeting_id, about, move=start)
    proposed = made(actor)
    move = TaskingMove("approved", proposed.version)
    with pytest.raises(NotReadyError, match="no displacement and comparison areas"):
        record_decision(
            actor, held.meeting_id, replace(ACTION, subject=Subject(proposed.tasking_id)), move=move
        )
    stop = TaskingMove("cancelled", proposed.version)
    no_longer = DecisionDraft("No team for it", subject=Subject(proposed.tasking_id))
    record_decision(actor, held.meeting_id, no_longer, move=stop)
    assert tasking(operations, proposed.tasking_id).reason == "No team for it"


def test_an_action_comes_up_until_it_is_done(actor: Actor, operations: Operations) -> None:
    first = begun(actor)
    kept = record_decision(actor, first.meeting_id, ACTION)
    dropped = record_decision(actor, first.meeting_id, replace(ACTION, text="Ask again"))
    record_decision(actor, first.meeting_id, DecisionDraft("Nobody's task"))
    closed(actor, first)
    at_second = later(actor)
    second = begun(at_second, on=TODAY + timedelta(days=14))
    begun(at_second, "violence", on=TODAY + timedelta(days=14))
    assert carried_forward(operations, second) == (kept, dropped)
    assert kept.overdue(TODAY + timedelta(days=8))
    assert not kept.overdue(TODAY + timedelta(days=7))
    done = end_action(
        at_second, kept.decision_id, status="done", outcome="Locked", version=kept.version
    )
    assert [each.status for each in carried_forward(operations, second)] == ["done", "open"]
    again = open_again(at_second, kept.decision_id, version=done.version)
    assert (again.status, again.outcome, again.closed_at) == ("open", "", None)
    end_action(at_second, kept.decision_id, status="done", outcome="Yes", version=again.version)
    closed(at_second, second)
    third = begun(later(at_second), on=TODAY + timedelta(days=28))
    assert [each.draft.text for each in carried_forward(operations, third)] == ["Ask again"]


def test_closed_minutes_stay_whatever_happens_later(actor: Actor, operations: Operations) -> None:
    held = begun(actor)
    kept = record_decision(actor, held.meeting_id, ACTION)
    over = closed(actor, held)
    assert over.minutes is not None
    assert over.minutes.attendance == (CHAIR,)
    assert [each.state for each in over.minutes.decisions] == ["To do"]
    for change in (
        lambda: record_decision(actor, held.meeting_id, ACTION),
        lambda: correct_decision(actor, kept.decision_id, draft=ACTION, version=kept.version),
        lambda: withdraw_decision(actor, kept.decision_id, reason="No", version=kept.version),
        lambda: set_attendance(actor, held.meeting_id, attendance="x", was=CHAIR),
        lambda: closed(actor, held),
    ):
        with pytest.raises(MeetingClosedError, match="M-0001 is over"):
            change()
    end_action(actor, kept.decision_id, status="done", outcome="Locked", version=kept.version)
    written = add_addendum(later(actor), held.meeting_id, text="The fire brigade was there too.")
    after = meeting(operations, held.meeting_id)
    assert after == over
    assert minutes_of(operations, after, record=RECORD) == over.minutes
    assert addenda(operations, held.meeting_id) == (written,)


def test_what_was_decided_by_another_meanwhile_is_seen_before_the_minutes_are_frozen(
    actor: Actor,
) -> None:
    held = begun(actor)
    record_decision(replace(actor, person=Person("Idris Ali", "officer")), held.meeting_id, ACTION)
    with pytest.raises(ChangedMeanwhileError, match="Idris Ali"):
        close_meeting(actor, held.meeting_id, record=RECORD, version=held.version)
    assert len(closed(actor, held).minutes.decisions) == 1  # type: ignore[union-attr]


def test_of_two_lists_of_those_present_the_second_is_refused(actor: Actor) -> None:
    held = begun(actor)
    record_decision(actor, held.meeting_id, ACTION)  # changes the version, not the list
    set_attendance(actor, held.meeting_id, attendance=f"{CHAIR}\nASB team", was=CHAIR)
    with pytest.raises(ChangedMeanwhileError):
        set_attendance(actor, held.meeting_id, attendance=f"{CHAIR}\nLicensing", was=CHAIR)


def test_a_meeting_is_not_closed_without_anybody_and_not_called_off_with_a_decision(
    actor: Actor,
) -> None:
    held = begin_meeting(actor, MeetingDraft("tasking", TODAY))
    with pytest.raises(MeetingError, match="Nobody is written down"):
        closed(actor, held)
    with pytest.raises(MeetingNotClosedError):
        add_addendum(actor, held.meeting_id, text="Early")
    record_decision(actor, held.meeting_id, ACTION)
    version = meeting(actor.ops, held.meeting_id).version
    with pytest.raises(DecisionsMadeError, match="1 decision that stands"):
        call_off(actor, held.meeting_id, reason="Snow", version=version)


def test_a_panel_changes_nothing(operations: Operations, actor: Actor) -> None:
    held, panel = begun(actor), Actor(operations, Person("A resident", "panel"), NOW)
    kept = record_decision(actor, held.meeting_id, ACTION)
    for change in (
        lambda: begun(panel, "violence"),
        lambda: record_decision(panel, held.meeting_id, ACTION),
        lambda: correct_decision(panel, kept.decision_id, draft=ACTION, version=kept.version),
        lambda: withdraw_decision(panel, kept.decision_id, reason="No", version=kept.version),
        lambda: end_action(
            panel, kept.decision_id, status="done", outcome="x", version=kept.version
        ),
        lambda: open_again(panel, kept.decision_id, version=kept.version),
        lambda: set_attendance(panel, held.meeting_id, attendance="x", was=CHAIR),
        lambda: closed(panel, held),
        lambda: call_off(panel, held.meeting_id, reason="No", version=held.version),
        lambda: add_addendum(panel, held.meeting_id, text="x"),
    ):
        with pytest.raises(NotAllowedError, match="Ward panel"):
            change()
    assert [each.status for each in meetings(operations)] == ["open"]


def test_a_meeting_goes_whole_with_its_time_and_stays_while_an_action_is_open(
    actor: Actor, operations: Operations, settings: Settings
) -> None:
    first = begun(actor)
    kept = record_decision(actor, first.meeting_id, ACTION)
    closed(actor, first)
    add_addendum(actor, first.meeting_id, text="And the gates of the school.")
    keeper = Actor(operations, Person("Ines Rocha", "administrator"), later(actor, 800).now)
    stays = retain(Schedule(meetings=12), keeper, settings=settings)
    assert stays.removed["meetings"] == 0
    assert stays.kept["meetings"].startswith("1 meeting stays")
    end_action(actor, kept.decision_id, status="done", outcome="Locked", version=kept.version)
    assert retain(Schedule(meetings=12), keeper, settings=settings).removed["meetings"] == 3
    assert meetings(operations) == ()
    entries = trail(operations, first.meeting_id)
    assert entries
    assert {(each.before, each.after) for each in entries} == {(None, None)}


def test_an_owner_is_found_and_erased_in_decisions_and_in_frozen_minutes(
    actor: Actor, operations: Operations, settings: Settings
) -> None:
    held = begin_meeting(actor, MeetingDraft("tasking", TODAY, "Zoë Marker, ASB team"))
    record_decision(actor, held.meeting_id, replace(ACTION, owner="Zoë Marker"))
    closed(actor, held)
    add_addendum(actor, held.meeting_id, text="zoë marker took the keys.")
    keeper = Actor(operations, Person("Ines Rocha", "administrator"), NOW)
    told, rows, _ = unpacked(about_staff(keeper, "Zoë Marker", settings=settings))
    assert {"meetings", "meeting_decisions", "meeting_addenda"} < set(rows)
    assert "decisions of meetings that the person recorded, owns or is named in" in told
    erase_staff(keeper, "Zoë Marker", pseudonym="Officer 7", settings=settings)
    after = meeting(operations, held.meeting_id)
    assert after.minutes is not None
    assert after.minutes.attendance == ("Officer 7, ASB team",)
    assert [each.owner for each in after.minutes.decisions] == ["Officer 7"]
    assert [each.draft.owner for each in decisions(operations, held.meeting_id)] == ["Officer 7"]
    assert addenda(operations, held.meeting_id)[0].text == "Officer 7 took the keys."
