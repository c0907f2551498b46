"""A patrol plan as a calendar (iCalendar, RFC 5545): one event a visit.

Texts from data lose control characters and line ends before they go in, so that no name can add a
property of its own. An event's UID follows from the team, the hotspot and its moment: a calendar
that is loaded again replaces its events and does not double them. Its SEQUENCE grows with the
minutes, so that what was made later counts as the newer (RFC 5545, 3.8.7.4). Times are UTC, which
Outlook, Google and Apple all show on the reader's own clock: a local time would need the zone's
rules in the file, some programs read none that are lists of days, and a local time in the hour that
comes twice means its first pass alone (3.3.5).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

from geo.errors import PlainError
from geo.escaping import plain_text
from models.calendar.days import wall_time
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan, PlannedVisit


class NoVisitError(PlainError, LookupError):
    """A calendar was asked for that would hold nothing, which RFC 5545 does not allow."""

    def __init__(self, team: str | None) -> None:
        whose = "The plan" if team is None else f"{team[:80]!r}"
        super().__init__(
            f"{whose} has no visit, so there is no calendar to write. Choose a team that has "
            "visits, or make another plan."
        )


def to_ics(
    plan: Plan,
    *,
    candidates: Sequence[Candidate],
    timezone: str,
    now: datetime,
    about: str,
    team: str | None = None,
) -> bytes:
    """Return a plan's visits as a calendar.

    Parameters
    ----------
    plan : Plan
    candidates : sequence of Candidate
        The plan's hotspots.
    timezone : str
        IANA name of the local clock, which the calendar names to its reader; events are in UTC.
    now : datetime
        With its zone: when the file is made.
    about : str
        Where the plan comes from (table version, seed, SIMULATED), in each event's description.
    team : str, optional
        Its visits alone.

    Raises
    ------
    NoVisitError
    """
    visits = [each for each in plan.visits if team in (None, each.team)]
    if not visits:
        raise NoVisitError(team)
    calendar = Calendar()
    calendar.add("prodid", "-//Hotspot Tasking//Patrol plan//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-timezone", timezone)
    calendar.add("x-wr-calname", plain_text(f"Patrol plan{f', {team}' if team else ''}"))
    known = {each.hotspot_id: each for each in candidates}
    for visit in visits:
        calendar.add_component(_event(visit, known[visit.hotspot_id], now=now, about=about))
    return bytes(calendar.to_ical())


def moment(visit: PlannedVisit) -> datetime:
    """Return when a visit begins, in UTC."""
    return wall_time(visit.starts).replace(tzinfo=UTC)


def _event(visit: PlannedVisit, candidate: Candidate, *, now: datetime, about: str) -> Event:
    event = Event()
    event.add("uid", f"{_digest(visit)}@hotspot-tasking")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("sequence", int(now.timestamp()) // 60)
    event.add("dtstart", moment(visit))
    event.add("dtend", moment(visit) + timedelta(minutes=visit.minutes))
    place = plain_text(candidate.where)
    spare = " (in spare time)" if visit.in_spare_time else ""
    event.add("summary", plain_text(f"{visit.team}: {candidate.rank}. {place}{spare}"))
    event.add("location", place)
    event.add(
        "description",
        plain_text(
            f"Visit of {visit.minutes} minutes to hotspot {candidate.hotspot_id}{spare}, in the "
            f"shift that begins on {day_label(visit.day)}. {about}",
            longest=400,
        ),
    )
    return event


def _digest(visit: PlannedVisit) -> str:
    said = f"{visit.team}|{visit.hotspot_id}|{visit.starts}"
    return hashlib.sha256(said.encode()).hexdigest()[:32]
