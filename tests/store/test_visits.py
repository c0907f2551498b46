"""Visits: arrived, left, what was found; what cannot have been is refused, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.database import ChangedMeanwhileError
from data.operations.taskings.history import history
from data.operations.taskings.taskings import UnknownTaskingError, move
from data.operations.visits.visits import (
    AlreadyLeftError,
    FutureTimeError,
    NegativeFindsError,
    NewVisit,
    NotActiveError,
    NoTeamGivenError,
    OutsideDatesError,
    OverlapError,
    TooLongError,
    UnknownVisitError,
    VisitError,
    WrongOrderError,
    arrive,
    correct_visit,
    leave,
    log_visit,
    visits,
)
from models.tasking.tasking import Finds
from tests.made_taskings import NOW as MADE
from tests.made_taskings import made

if TYPE_CHECKING:
    from data.operations.database import Operations
    from models.tasking.lifecycle import Status

pytestmark = pytest.mark.clock
NOW = datetime(2026, 11, 15, 1, 0, tzinfo=UTC)  # the small hours of Sunday: Saturday's night
BEGAN = datetime(2026, 11, 14, 22, 30, tzinfo=UTC)
SEEN = Finds(notices=2, dispersed=5, arrests=1, referrals=3, needles=4, weapons=1)


@pytest.fixture
def actor(operations: Operations, officer: Person) -> Actor:
    return Actor(operations, officer, NOW)


def told(**changes: object) -> NewVisit:
    visit = NewVisit(1, "Team 1", BEGAN, BEGAN + timedelta(minutes=15), SEEN, "Quiet by 23:00")
    return replace(visit, **changes)  # type: ignore[arg-type]


def test_a_visit_on_the_phone_is_arrived_left_and_what_was_found(
    actor: Actor, operations: Operations
) -> None:
    made(actor.at(MADE), status="active")
    begun = arrive(actor.at(BEGAN), 1, team=" Team 1 ")
    assert (begun.team, begun.arrived_at, begun.left_at, begun.finds) == (
        "Team 1",
        BEGAN,
        None,
        Finds(),
    )
    assert visits(operations, tasking_id=1) == (begun,)
    over = leave(actor, begun.visit_id, finds=SEEN, note=" Calm ")
    assert (over.left_at, over.finds, over.note, over.version) == (NOW, SEEN, "Calm", 2)
    assert visits(operations, tasking_id=1) == (over,)


def test_times_can_be_given_afterwards(actor: Actor) -> None:
    made(actor.at(MADE), status="active")
    begun = arrive(actor, 1, team="Team 1", at=BEGAN)
    gone = BEGAN + timedelta(minutes=12)
    over = leave(actor, begun.visit_id, finds=Finds(), at=gone)
    assert (over.arrived_at, over.left_at) == (BEGAN, gone)


def test_a_visit_can_be_told_in_one_go(actor: Actor, operations: Operations) -> None:
    made(actor.at(MADE), status="active")
    kept = log_visit(actor, told())
    assert visits(operations) == (kept,)
    assert (kept.finds, kept.note, kept.tasking_id) == (SEEN, "Quiet by 23:00", 1)
    assert history(operations, 1)[-1].what == "Visit logged"


@pytest.mark.parametrize(
    ("changes", "error", "field"),
    [
        ({"left_at": BEGAN - timedelta(minutes=1)}, WrongOrderError, "left"),
        ({"left_at": BEGAN}, WrongOrderError, "left"),
        ({"left_at": NOW + timedelta(seconds=1)}, FutureTimeError, "left"),
        (
            {"arrived_at": NOW + timedelta(hours=1), "left_at": NOW + timedelta(hours=2)},
            FutureTimeError,
            "arrived",
        ),
        (
            {"arrived_at": NOW - timedelta(hours=12, seconds=1), "left_at": NOW},
            TooLongError,
            "left",
        ),
        ({"team": "  "}, NoTeamGivenError, "team"),
        ({"finds": Finds(arrests=-1)}, NegativeFindsError, "arrests"),
        (
            {
                "arrived_at": datetime(2026, 11, 5, 23, 59, tzinfo=UTC),
                "left_at": datetime(2026, 11, 6, 0, 5, tzinfo=UTC),
            },
            OutsideDatesError,
            "arrived",
        ),
    ],
)
def test_what_cannot_have_been_is_refused_and_leaves_nothing(
    actor: Actor,
    operations: Operations,
    changes: dict[str, object],
    error: type[VisitError],
    field: str,
) -> None:
    made(actor.at(MADE), status="active")
    with pytest.raises(error) as refused:
        log_visit(actor, told(**changes))
    assert refused.value.field == field
    assert visits(operations) == ()


def test_a_visit_of_just_twelve_hours_is_kept(actor: Actor) -> None:
    made(actor.at(MADE), status="active")
    long = told(arrived_at=NOW - timedelta(hours=12), left_at=NOW)
    assert log_visit(actor, long).left_at == NOW


def test_the_night_after_the_last_day_still_belongs_to_it(actor: Actor) -> None:
    made(actor.at(MADE), status="active", ends_on=date(2026, 11, 14))
    night = told(arrived_at=NOW - timedelta(minutes=30), left_at=NOW)
    assert log_visit(actor, night).left_at == NOW
    morning = datetime(2026, 11, 15, 3, 0, tzinfo=UTC)
    with pytest.raises(OutsideDatesError, match="15 Nov 2026 is not a day of T-0001"):
        arrive(actor.at(morning), 1, team="Team 2")


@pytest.mark.parametrize("status", ["proposed", "approved", "completed", "reviewed", "cancelled"])
def test_only_an_active_tasking_is_visited(actor: Actor, status: Status) -> None:
    made(actor.at(BEGAN - timedelta(days=1)), status=status)
    with pytest.raises(NotActiveError, match=f"it is {status}"):
        arrive(actor.at(BEGAN), 1, team="Team 1")
    with pytest.raises(NotActiveError):
        log_visit(actor, told())


def test_what_was_done_before_its_completion_can_be_told_until_it_is_reviewed(actor: Actor) -> None:
    kept = made(actor, status="completed")
    log_visit(actor.at(NOW + timedelta(days=2)), told())
    after = told(
        arrived_at=NOW + timedelta(minutes=1), left_at=NOW + timedelta(minutes=9), team="Team 2"
    )
    with pytest.raises(NotActiveError):
        log_visit(actor.at(NOW + timedelta(days=2)), after)
    move(actor, 1, to="reviewed", version=kept.version)
    with pytest.raises(NotActiveError, match="it is reviewed"):
        log_visit(actor.at(NOW + timedelta(days=2)), told(team="Team 3"))


def test_a_team_that_is_there_when_a_tasking_ends_can_still_leave(actor: Actor) -> None:
    kept = made(actor.at(MADE), status="active")
    begun = arrive(actor.at(BEGAN), 1, team="Team 1")
    move(actor.at(BEGAN), 1, to="completed", version=kept.version)
    over = leave(actor, begun.visit_id, finds=SEEN)
    assert over.left_at == NOW


def test_a_team_is_in_one_place_at_a_time(actor: Actor, operations: Operations) -> None:
    made(actor.at(MADE), status="active")
    made(actor.at(MADE), status="active", team="Team 2")
    first = log_visit(actor, told())
    assert first.left_at is not None
    minute = timedelta(minutes=1)
    for begins, ends in (
        (BEGAN, first.left_at),
        (BEGAN - minute, BEGAN + minute),
        (first.left_at - minute, first.left_at + minute),
        (BEGAN + minute, BEGAN + 2 * minute),
        (BEGAN - minute, first.left_at + minute),
    ):
        with pytest.raises(OverlapError, match="Team 1 was at T-0001 from 22:30"):
            log_visit(actor, told(tasking_id=2, arrived_at=begins, left_at=ends))
    log_visit(actor, told(tasking_id=2, arrived_at=BEGAN - 9 * minute, left_at=BEGAN))
    begun = arrive(actor.at(first.left_at), 2, team="Team 1")
    assert begun.arrived_at == first.left_at
    log_visit(actor, told(team="Team 2"))
    assert len(visits(operations)) == 4


def test_a_team_that_has_not_left_cannot_arrive_elsewhere(actor: Actor) -> None:
    made(actor.at(MADE), status="active")
    arrive(actor.at(BEGAN), 1, team="Team 1")
    with pytest.raises(OverlapError, match="has not left yet"):
        arrive(actor, 1, team="Team 1")
    before = told(arrived_at=BEGAN - timedelta(minutes=20), left_at=BEGAN)
    log_visit(actor, before)
    with pytest.raises(OverlapError):
        arrive(actor, 1, team="Team 1", at=BEGAN - timedelta(minutes=30))


def test_a_team_leaves_once_and_within_twelve_hours(actor: Actor) -> None:
    made(actor.at(MADE), status="active")
    begun = arrive(actor.at(BEGAN), 1, team="Team 1")
    late = BEGAN + timedelta(hours=13)
    with pytest.raises(TooLongError, match=r"is 13\.0 hours, and the most is 12"):
        leave(actor.at(late), begun.visit_id, finds=SEEN)
    with pytest.raises(WrongOrderError):
        leave(actor, begun.visit_id, finds=SEEN, at=BEGAN)
    with pytest.raises(FutureTimeError):
        leave(actor, begun.visit_id, finds=SEEN, at=late)
    leave(actor.at(late), begun.visit_id, finds=SEEN, at=NOW)
    with pytest.raises(AlreadyLeftError, match="ended at 01:00 on 15 Nov 2026"):
        leave(actor.at(late), begun.visit_id, finds=SEEN)


def test_what_was_found_can_be_corrected_and_the_first_word_stays_in_the_trail(
    actor: Actor, operations: Operations
) -> None:
    made(actor.at(MADE), status="active")
    kept = log_visit(actor, told())
    fewer = replace(SEEN, arrests=0)
    changed = correct_visit(actor, kept.visit_id, finds=fewer, note="", version=1)
    assert (changed.finds, changed.version) == (fewer, 2)
    assert history(operations, 1)[-1].details == (
        ("Arrests", "1", "0"),
        ("Note", "Quiet by 23:00", ""),
    )
    with pytest.raises(ChangedMeanwhileError):
        correct_visit(actor, kept.visit_id, finds=SEEN, note="", version=1)


def test_visits_are_found_by_tasking_team_and_local_days(
    actor: Actor, operations: Operations
) -> None:
    made(actor.at(MADE), status="active", starts_on=date(2026, 6, 1))
    made(actor.at(MADE), status="active", team="Team 2")
    summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 00:30 on 1 July in London
    one = log_visit(actor, told(arrived_at=summer, left_at=summer + timedelta(minutes=9)))
    two = log_visit(actor, told(tasking_id=2, team="Team 2"))
    assert visits(operations) == (one, two)
    assert visits(operations, tasking_id=2) == (two,)
    assert visits(operations, team="Team 1") == (one,)
    assert visits(operations, period=(date(2026, 7, 1), date(2026, 7, 1))) == (one,)
    assert visits(operations, period=(date(2026, 6, 1), date(2026, 6, 30))) == ()
    assert visits(operations, period=(date(2026, 11, 14), date(2026, 11, 14))) == (two,)


def test_who_is_not_there_and_who_may_not_is_said_so(actor: Actor, operations: Operations) -> None:
    panel = Person("A resident", "panel")
    with pytest.raises(UnknownTaskingError):
        log_visit(actor, told())
    with pytest.raises(UnknownVisitError):
        leave(actor, 3, finds=SEEN)
    with pytest.raises(NotAllowedError):
        log_visit(Actor(operations, panel, NOW), told())
    with pytest.raises(NotAllowedError):
        arrive(Actor(operations, panel, NOW), 1, team="Team 1")


def test_of_two_phones_that_send_one_team_to_two_places_at_once_one_is_refused(
    actor: Actor, operations: Operations
) -> None:
    made(actor.at(MADE), status="active")
    made(actor.at(MADE), status="active")
    gate = threading.Barrier(2)
    refused: list[OverlapError] = []

    def send(tasking_id: int) -> None:
        gate.wait(timeout=30)
        try:
            log_visit(actor, told(tasking_id=tasking_id))
        except OverlapError as problem:
            refused.append(problem)

    threads = [threading.Thread(target=send, args=(number,)) for number in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(refused) == 1
    assert len(visits(operations)) == 1
