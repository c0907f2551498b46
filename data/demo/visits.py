"""The demo's visits: SIMULATED, as a team leader would bring them in from paper each week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from data.access import Person
from data.demo.tasking_plans import TEAM_LEAD
from data.operations.actor import Actor
from data.operations.visits.visits import NewVisit, log_within
from models.tasking.tasking import Finds

if TYPE_CHECKING:
    import numpy as np

    from data.demo.tasking_plans import PlannedTasking
    from data.operations.database import Operations

_SPREAD: Final = 0.25  # of the minutes of a visit
_MEANS: Final = {"notices": 0.35, "dispersed": 0.9, "referrals": 0.2, "needles": 0.25}
_ARRESTS: Final = 0.04
_WEAPONS: Final = 0.01
_NOTES: Final = ("", "", "", "Quiet.", "Group moved on, came back after twenty minutes.")


@dataclass(frozen=True, slots=True)
class Week:
    """The visits of one week, and when they are recorded."""

    recorded_at: datetime
    visits: tuple[NewVisit, ...]


def weeks_of_visits(
    tasking_id: int,
    planned: PlannedTasking,
    *,
    ops: Operations,
    until: date,
    now: datetime,
    rng: np.random.Generator,
) -> list[Week]:
    """Draw the visits of each week of a tasking, recorded on the next Monday morning at the latest.

    Parameters
    ----------
    tasking_id : int
    planned : PlannedTasking
    ops : Operations
        For its local time.
    until : date
        The last day that is visited.
    now : datetime
        Nothing is told later, and nothing that ends later is told.
    rng : numpy.random.Generator
    """
    found = []
    day = planned.first
    while day <= until:
        last = min(day + timedelta(days=6 - day.weekday()), until)
        told = min(morning(last + timedelta(days=1), ops), now)
        made = [
            visit
            for each in range((last - day).days + 1)
            for visit in _visits_of(
                tasking_id, planned, day=day + timedelta(days=each), ops=ops, rng=rng
            )
        ]
        found.append(Week(told, tuple(visit for visit in made if visit.left_at <= told)))
        day = last + timedelta(days=1)
    return found


def log_week(ops: Operations, week: Week) -> None:
    """Keep the visits of a week."""
    lead = Actor(ops, Person(TEAM_LEAD, "officer"), week.recorded_at)
    with lead.session() as session:
        for visit in week.visits:
            log_within(lead, session, visit)


def _visits_of(
    tasking_id: int,
    planned: PlannedTasking,
    *,
    day: date,
    ops: Operations,
    rng: np.random.Generator,
) -> list[NewVisit]:
    if day.weekday() not in planned.days:
        return []
    a_day = planned.visits_per_week / len(planned.days) * planned.adherence
    count = int(a_day) + int(rng.random() < a_day % 1)
    length = (planned.end_hour - planned.start_hour) % 24 * 60
    slot = length / max(count, 1)
    found = []
    for at in range(count):
        stay = max(5.0, planned.minutes * float(rng.normal(1.0, _SPREAD)))
        stay = min(stay, slot - 5)
        start = at * slot + float(rng.uniform(0, slot - stay - 2))
        arrived = datetime.combine(day, time(planned.start_hour), tzinfo=ops.timezone).astimezone(
            UTC
        ) + timedelta(minutes=round(start))
        finds = {name: int(rng.poisson(mean)) for name, mean in _MEANS.items()}
        finds["arrests"] = int(rng.random() < _ARRESTS)
        finds["weapons"] = int(rng.random() < _WEAPONS)
        found.append(
            NewVisit(
                tasking_id=tasking_id,
                team=planned.team,
                arrived_at=arrived,
                left_at=arrived + timedelta(minutes=max(4, round(stay))),
                finds=Finds(**finds),
                note=_NOTES[int(rng.integers(len(_NOTES)))],
            )
        )
    return found


def morning(day: date, ops: Operations) -> datetime:
    """Return nine o'clock of a local day."""
    return datetime.combine(day, time(9), tzinfo=ops.timezone)
