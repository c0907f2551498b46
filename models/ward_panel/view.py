"""What a ward panel is shown of a ward, as a value: published figures, priorities and promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from models.calendar.quarters import Quarter
    from models.tasking.ward_priorities import Promise, WardPriority
    from models.ward_panel.ward_release import WardQuarter

from models.incidents.dataset import SIMULATED


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

    @property
    def newest(self) -> WardQuarter:
        """The last quarter that is published."""
        return self.quarters[-1]

    @property
    def year_before(self) -> WardQuarter | None:
        """The same quarter a year before, where it is published and was counted from the same."""
        return self.before(self.newest.quarter)

    @property
    def simulated(self) -> bool:
        """Whether any figure is of simulated incidents."""
        return any(SIMULATED in source for one in self.quarters for source in one.sources)

    def before(self, quarter: Quarter) -> WardQuarter | None:
        """Return the quarter a year before another, if the two can be compared.

        They can where both show figures of the ward and count the same sources.
        """
        held = {one.quarter: one for one in self.quarters}
        now, then = held.get(quarter), held.get(quarter.year_before)
        if now is None or then is None or now.figures is None or then.figures is None:
            return None
        return then if now.sources == then.sources else None

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
            for at, month in enumerate(each.months):
                found.append(
                    Month(
                        month,
                        _month(one, at),
                        _month(then, at),
                        None if one is None else one.borough.months[at],
                        None if then is None else then.borough.months[at],
                    )
                )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Month:
    """One month: the ward and the borough, and the same a year before; None is not shown."""

    first: date
    ward: int | None
    ward_before: int | None
    borough: int | None
    borough_before: int | None


def _month(quarter: WardQuarter | None, at: int) -> int | None:
    return None if quarter is None or quarter.figures is None else quarter.figures.months[at]
