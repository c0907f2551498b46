"""A patrol plan as a calendar (iCalendar, RFC 5545): one event a visit.

Texts from data lose control characters and line ends before they go in, so that no name can add a
property of its own. An event's UID follows from the team, the hotspot and its moment: a calendar
that is loaded again replaces its events and does not double them. Times are local; a visit in the
hour that comes twice when the clocks go back is given in UTC, since a local time there means the
first pass (RFC 5545, 3.3.5).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from geo.escaping import plain_text
from models.calendar.clock_changes import comes_twice
from models.calendar.days import wall_time
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking.patrol_demand import Candidate
    from models.tasking.patrol_plan import Plan, PlannedVisit


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
        IANA name; the events are in local time.
    now : datetime
        With its zone: when the file is made.
    about : str
        Where the plan comes from (table version, seed, SIMULATED), in each event's description.
    team : str, optional
        Its visits alone.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Hotspot Tasking//Patrol plan//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", plain_text(f"Patrol plan{f', {team}' if team else ''}"))
    known = {each.hotspot_id: each for each in candidates}
    zone = ZoneInfo(timezone)
    for visit in plan.visits:
        if team is None or visit.team == team:
            calendar.add_component(
                _event(visit, known[visit.hotspot_id], zone=zone, now=now, about=about)
            )
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def moment(visit: PlannedVisit) -> datetime:
    """Return when a visit begins, in UTC."""
    return wall_time(visit.starts).replace(tzinfo=UTC)


def _event(
    visit: PlannedVisit, candidate: Candidate, *, zone: ZoneInfo, now: datetime, about: str
) -> Event:
    begins, ends = moment(visit), moment(visit) + timedelta(minutes=visit.minutes)
    twice = any(comes_twice(each, timezone=zone.key) for each in (begins, ends))
    event = Event()
    event.add("uid", f"{_digest(visit)}@hotspot-tasking")
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", begins if twice else begins.astimezone(zone))
    event.add("dtend", ends if twice else ends.astimezone(zone))
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
