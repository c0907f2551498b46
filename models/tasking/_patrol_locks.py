"""Visits that are locked: which shift they belong to, and whether they can be at all."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from models.tasking.patrol_request import ConflictError
from models.tasking.teams import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking._patrol_stretches import Stretch
    from models.tasking.patrol_request import LockedVisit, PlanRequest
    from models.tasking.teams import TeamDuty

_CLOSE: Final = 1e-9


def lock_label(lock: LockedVisit, *, request: PlanRequest) -> str:
    """Say what a locked visit is and why it may not fit."""
    wall = request.wall(lock.starts)
    days = ("Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday")
    when = f"{days[wall // 1440 % 7]} {clock(wall % 1440)}"
    names = {each.hotspot_id: each.label for each in request.candidates}
    return (
        f"{lock.team}'s locked visit to {names.get(lock.hotspot_id, lock.hotspot_id)} on {when} "
        "(unlock it, or move it into a half shift that it shares with no locked visit out of "
        "reach, inside the hotspot's peak hours)"
    )


def locks_by_duty(
    request: PlanRequest, *, duties: Sequence[TeamDuty]
) -> dict[int, tuple[LockedVisit, ...]]:
    found: dict[int, tuple[LockedVisit, ...]] = {}
    lost = []
    minutes = request.settings.visit_minutes
    for lock in request.settings.locked:
        at = next(
            (
                place
                for place, duty in enumerate(duties)
                if duty.team == lock.team
                and any(
                    stint.starts <= lock.starts and lock.starts + minutes <= stint.ends
                    for stint in duty.stints
                )
            ),
            None,
        )
        if at is None:
            lost.append(
                f"{lock_label(lock, request=request)}: the team is not on duty then, or on its "
                "break"
            )
        else:
            found[at] = (*found.get(at, ()), lock)
    if lost:
        raise ConflictError(tuple(lost))
    for at, locks in found.items():
        _check_ways(request, locks, duty=duties[at])
    return found


def _check_ways(request: PlanRequest, locks: Sequence[LockedVisit], *, duty: TeamDuty) -> None:
    """Refuse two locked visits of a shift between which there is no time to travel."""
    place = {each.hotspot_id: at for at, each in enumerate(request.candidates)}
    metres = request.metres()[duty.travel]
    chosen = request.settings
    for one, other in pairwise(sorted(locks, key=lambda each: each.starts)):
        metres_on = float(metres[place[one.hotspot_id], place[other.hotspot_id]])
        way = metres_on / duty.metres_per_minute
        if one.starts + chosen.visit_minutes + way > other.starts + _CLOSE:
            raise ConflictError(tuple(lock_label(each, request=request) for each in (one, other)))


def holds(
    stretches: frozenset[Stretch], locked: Sequence[LockedVisit], *, request: PlanRequest
) -> bool:
    ids = [each.hotspot_id for each in request.candidates]
    minutes = request.settings.visit_minutes
    return all(
        any(
            ids[run.hotspot] == lock.hotspot_id
            and run.starts <= lock.starts
            and lock.starts + minutes <= run.ends
            for run in stretches
        )
        for lock in locked
    )
