"""A plan's days as a board: each team's shift on each day, with its visits on the local clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.tasking.teams import duties_of, wall_minute

if TYPE_CHECKING:
    from datetime import date

    from models.tasking.patrol_plan import Plan
    from models.tasking.patrol_request import PlanRequest

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WeekShift:
    """One team's shift on one day; times are minutes of the local clock since the day's 00:00.

    Attributes
    ----------
    team : str
    day : date
        On which it begins.
    starts, ends : int
    pause : (int, int) or None
        Its break.
    visits : tuple of (str, int, int)
        Hotspot, begin and end of each visit, in their order.
    off_from : int or None
        From when on it fell out, in a plan that was made again.
    takes_over : bool
        Whether it was changed there to take something over.
    """

    team: str
    day: date
    starts: int
    ends: int
    pause: Span | None
    visits: tuple[tuple[str, int, int], ...]
    off_from: int | None = None
    takes_over: bool = False


def week_of(plan: Plan, *, request: PlanRequest) -> tuple[WeekShift, ...]:
    """Return every shift of a plan's days, by team, then day.

    Parameters
    ----------
    plan : Plan
    request : PlanRequest
        What it was made of.

    Raises
    ------
    TeamError
    """
    chosen = request.settings
    duties = duties_of(request.teams, chosen.dates, changes=request.changes, seed=chosen.seed)
    off = plan.replanned.off if plan.replanned else ()
    changed = plan.replanned.taken_over if plan.replanned else ()
    found = []
    for duty in duties:
        midnight = wall_minute(duty.day, 0)

        def clock(minute: int, *, midnight: int = midnight) -> int:
            return request.wall(minute) - midnight

        pauses = [
            (clock(each.starts), clock(each.ends))
            for each in plan.breaks
            if (each.team, each.day) == (duty.team, duty.day)
            and duty.starts <= each.starts < duty.ends
        ]
        since = [
            each.since
            for each in off
            if (each.team, each.day) == (duty.team, duty.day) and duty.ends > each.since
        ]
        found.append(
            WeekShift(
                team=duty.team,
                day=duty.day,
                starts=clock(duty.starts),
                ends=clock(duty.ends),
                pause=pauses[0] if pauses else None,
                visits=tuple(
                    (each.hotspot_id, clock(each.starts), clock(each.starts + each.minutes))
                    for each in sorted(plan.visits, key=lambda it: it.starts)
                    if (each.team, each.day) == (duty.team, duty.day)
                    and duty.starts <= each.starts < duty.ends
                ),
                off_from=max(clock(min(since)), clock(duty.starts)) if since else None,
                takes_over=(duty.team, duty.day) in changed,
            )
        )
    return tuple(found)
