"""What a patrol plan gives one team to do at one place: its visits, with their days and times.

A tasking from a plan belongs to one team and holds that team's visits. What is printed, counted
and offered for it follows from them alone, so that no hour is named in which the team is not sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.tasking.patrol_ways import WayKind

_NEAR: Final = timedelta(hours=2)  # early or late by this much, a visit is still of its day
_DAY_BEGINS: Final = 6  # hour at which a plan's days begin and end


@dataclass(frozen=True, slots=True)
class TeamVisit:
    """One planned visit of a team.

    Attributes
    ----------
    day : date
        On which its shift begins.
    starts_at, ends_at : datetime
        On the local clock, with its distance from UTC.
    in_spare_time : bool
        The team has the time and less is expected there than at an average hotspot.
    way : {"streets", "straight", ""}
        How the way there was measured, as in `models.tasking.patrol_plan.PlannedVisit`.
    """

    day: date
    starts_at: datetime
    ends_at: datetime
    in_spare_time: bool = False
    way: WayKind = ""


@dataclass(frozen=True, slots=True)
class TeamDay:
    """A team's visits on one day, in order; the day is that on which its shift begins."""

    day: date
    visits: tuple[TeamVisit, ...]

    @property
    def starts_at(self) -> datetime:
        """When the first visit begins."""
        return self.visits[0].starts_at

    @property
    def ends_at(self) -> datetime:
        """When the last visit ends."""
        return max(each.ends_at for each in self.visits)

    @property
    def spells(self) -> tuple[TeamDay, ...]:
        """The day in pieces, where the team is elsewhere or off duty for so long between visits."""
        pieces: list[list[TeamVisit]] = []
        for visit in self.visits:
            if pieces and visit.starts_at - pieces[-1][-1].ends_at <= 2 * _NEAR:
                pieces[-1].append(visit)
            else:
                pieces.append([visit])
        return tuple(TeamDay(self.day, tuple(piece)) for piece in pieces)


@dataclass(frozen=True, slots=True)
class TeamPlan:
    """A team's visits to one place, from one plan.

    Attributes
    ----------
    plan_id : int
        Shown as P-0001.
    hotspot_id : str
        The plan's own name of the place.
    rank : int
        Of the hotspot in the plan's picture.
    team : str
    visits : tuple of TeamVisit
        In order of time; at least one.
    """

    plan_id: int
    hotspot_id: str
    rank: int
    team: str
    visits: tuple[TeamVisit, ...]

    @property
    def reference(self) -> str:
        """The plan's number, as people use it."""
        return f"P-{self.plan_id:04d}"

    @property
    def spare_visits(self) -> int:
        """How many of the visits are in spare time."""
        return sum(each.in_spare_time for each in self.visits)

    @property
    def days(self) -> tuple[TeamDay, ...]:
        """The visits by the day on which the shift begins."""
        return tuple(
            TeamDay(day, tuple(own)) for day, own in groupby(self.visits, key=lambda it: it.day)
        )

    def day_of(self, at: datetime) -> date:
        """Return the day that a moment belongs to; after midnight, that of the night that is on.

        Near planned visits it is their day. Far from them all it is the day of the clock or, where
        some visit is after midnight, the day that ends at 06:00, as the days of a plan do.

        Parameters
        ----------
        at : datetime
            On the local clock, with its time zone.
        """
        near = [
            (away, each.day)
            for each in self.days
            if (away := max(each.starts_at - at, at - each.ends_at)) <= _NEAR
        ]
        if near:
            return min(near)[1]
        night = any(each.starts_at.date() > each.day for each in self.visits)
        return at.date() - timedelta(days=1) if night and at.hour < _DAY_BEGINS else at.date()

    def inside(self, at: datetime) -> bool:
        """Tell whether a moment lies between the first and the last visit of a spell of a day."""
        return any(
            spell.starts_at <= at <= spell.ends_at for each in self.days for spell in each.spells
        )

    def faults(self) -> tuple[str, ...]:
        """Say what does not hold together."""
        if not self.visits:
            return ("Its team has no planned visit: choose a team that the plan sends there.",)
        found = []
        if any(each.ends_at <= each.starts_at for each in self.visits):
            found.append("A planned visit ends before it begins.")
        if any(later.starts_at < sooner.starts_at for sooner, later in pairwise(self.visits)):
            found.append("Its planned visits are not in order of time.")
        return tuple(found)
