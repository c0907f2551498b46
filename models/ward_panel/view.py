"""What a ward panel is shown of a ward, as a value: published figures, priorities and promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.naming.gazetteer import NO_GAZETTEER
from models.incidents.dataset import SIMULATED
from models.ward_panel.ward_map import map_blocks

if TYPE_CHECKING:
    from datetime import date, datetime

    from geo.naming.gazetteer import Gazetteer
    from models.calendar.quarters import Quarter
    from models.tasking.ward_priorities import Promise, WardPriority
    from models.ward_panel.ward_map import MapBlock
    from models.ward_panel.ward_release import WardQuarter


@dataclass(frozen=True, slots=True)
class AtWork:
    """Work that answers a priority: the tactic, and how far it is; no place and no count."""

    priority_id: int
    tactic: str
    state: str


@dataclass(frozen=True, slots=True)
class Residents:
    """Who lives in the ward and in the borough; `sparse` where few do and many pass through."""

    ward: int
    borough: int
    sparse: bool


@dataclass(frozen=True, slots=True)
class WardView:
    """All that is shown of a ward.

    Attributes
    ----------
    ward_code, ward_name, borough_name : str
    quarters : tuple of WardQuarter
        Every quarter that is published, oldest first; never empty.
    priorities : tuple of WardPriority
        The active ones first.
    promises : tuple of Promise
    at_work : tuple of AtWork
    residents : Residents or None
        Where population is loaded for every ward.
    asked_at : datetime
        Local time.
    gazetteer : Gazetteer
        What names of its map's blocks are made from.
    """

    ward_code: str
    ward_name: str
    borough_name: str
    quarters: tuple[WardQuarter, ...]
    priorities: tuple[WardPriority, ...]
    promises: tuple[Promise, ...]
    at_work: tuple[AtWork, ...]
    residents: Residents | None
    asked_at: datetime
    gazetteer: Gazetteer = NO_GAZETTEER

    @property
    def map_blocks(self) -> tuple[MapBlock, ...]:
        """The newest quarter's blocks as people read them, with names from the ground."""
        newest = self.newest
        return map_blocks(newest.blocks, give_or_take=newest.give_or_take, gazetteer=self.gazetteer)

    @property
    def newest(self) -> WardQuarter:
        """The last quarter that is published."""
        return self.quarters[-1]

    @property
    def year_before(self) -> WardQuarter | None:
        """The same quarter a year before, where it is published and counts the same."""
        return self.before(self.newest.quarter)

    @property
    def simulated(self) -> bool:
        """Whether any figure is of simulated incidents."""
        return any(SIMULATED in source for one in self.quarters for source in one.sources)

    def before(self, quarter: Quarter) -> WardQuarter | None:
        """Return the quarter a year before another, if the two can be compared.

        They can where both show figures of the ward and count the same sources in the same way.
        """
        held = {one.quarter: one for one in self.quarters}
        now, then = held.get(quarter), held.get(quarter.year_before)
        if now is None or then is None or now.figures is None or then.figures is None:
            return None
        return then if now.comparable(then) else None

    def months(self) -> tuple[Month, ...]:
        """Return the twelve months that end with the newest quarter, each with the year before."""
        held = {one.quarter: one for one in self.quarters}
        quarter = self.newest.quarter
        wanted = [quarter]
        while len(wanted) < 4:
            wanted.insert(0, wanted[0].previous)
        found = []
        for each in wanted:
            one, then = held.get(each), self.before(each)
            if one is not None and not one.comparable(self.newest):
                one = then = None  # a line through figures of another rule would show the rule
            for at, month in enumerate(each.months):
                found.append(
                    Month(
                        month,
                        _month(one, at),
                        _month(then, at),
                        None if one is None else one.borough.months[at],
                        None if then is None else then.borough.months[at],
                        0 if one is None else one.give_or_take,
                    )
                )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Month:
    """One month: the ward and the borough, and the same a year before; None is not shown.

    `give_or_take` is by how much 19 of 20 figures were changed at most.
    """

    first: date
    ward: int | None
    ward_before: int | None
    borough: int | None
    borough_before: int | None
    give_or_take: int


def _month(quarter: WardQuarter | None, at: int) -> int | None:
    return None if quarter is None or quarter.figures is None else quarter.figures.months[at]
