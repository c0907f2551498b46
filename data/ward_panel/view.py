"""What a ward panel is shown of a ward: the one door through which figures leave for that role.

It is made of published figures alone (`data.operations.ward_releases`) and of what officers write
for residents, so it is the same for everybody: it is not told who asks, and no page, file or
picture of the ward panel reads anything else.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.operations.taskings import taskings
from data.operations.ward_priorities import priorities, promises
from data.operations.ward_releases import published_wards, ward_quarters
from data.performance.wards import ward_context
from data.ward_panel.population import home_wards
from data.ward_panel.publishing import series_of
from geo.errors import PlainError
from models.tasking.tasking import TACTIC_LABELS

if TYPE_CHECKING:
    from datetime import date, datetime

    from data.incidents.detection import Store
    from data.operations.database import Operations
    from models.indicators.quarters import Quarter
    from models.indicators.ward_release import WardQuarter
    from models.tasking.lifecycle import Status
    from models.tasking.ward_priorities import Promise, WardPriority

SIMULATED = "SIMULATED"


class UnknownWardError(PlainError, LookupError):
    """A ward was asked for of which nothing is published."""

    def __init__(self, ward_code: str, *, known: tuple[str, ...]) -> None:
        super().__init__(
            f"There are no published figures of the ward {ward_code[:20]!r}; there are of "
            f"{len(known)} wards. Choose one from the list."
            if known
            else "No ward figures are published yet. An officer publishes them quarter by quarter, "
            "on the page Ward panel."
        )


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
        """Return the twelve months that end with the newest quarter, each beside a year before."""
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


def wards_of(store: Store, ops: Operations) -> dict[str, str]:
    """Return code and name of the wards that have published figures, in the order of names."""
    return published_wards(ops, series=series_of(store))


def ward_view(store: Store, ops: Operations, ward_code: str, *, now: datetime) -> WardView:
    """Return what is shown of a ward, to whoever asks.

    Parameters
    ----------
    store : Store
        Says which borough is home, whether it is simulated, and who lives there; no incident of it
        is read.
    ops : Operations
    ward_code : str
    now : datetime
        In local time with its zone.

    Raises
    ------
    UnknownWardError
        If nothing is published of it.
    """
    held = ward_quarters(ops, ward_code, series=series_of(store))
    if not held:
        raise UnknownWardError(ward_code, known=tuple(wards_of(store, ops)))
    return WardView(
        ward_code=ward_code,
        ward_name=held[-1].ward_name,
        borough_name=held[-1].borough_name,
        quarters=held,
        priorities=priorities(ops, ward_code),
        promises=promises(ops, ward_code),
        at_work=_at_work(ops, ward_code),
        residents=_residents(store, ward_code),
        asked_at=now,
    )


def _residents(store: Store, ward_code: str) -> Residents | None:
    """Return how many people live in the ward; None where that is not known of the whole borough.

    The numbers are those of a published file, and no incident is read for them.
    """
    held = ward_context(store)
    if held is None or ward_code not in store.wards.codes:
        return None
    at, home = store.wards.codes.index(ward_code), home_wards(store)
    borough = float(held.residents[home].sum())  # NaN where one ward's are not known
    if not math.isfinite(borough) or at not in home or held.residents[at] <= 0:
        return None
    return Residents(round(held.residents[at]), round(borough), bool(held.sparse[at]))


def _at_work(ops: Operations, ward_code: str) -> tuple[AtWork, ...]:
    """Return the work for the ward's priorities that is agreed on, without place or count."""
    words: dict[Status, str] = {
        "approved": "agreed, and about to start",
        "active": "under way",
        "completed": "done; whether it helped is being looked at",
        "reviewed": "done, and reviewed",
    }
    agreed = taskings(ops, wards=[ward_code], statuses=tuple(words))
    return tuple(
        AtWork(each.draft.priority_id, TACTIC_LABELS[each.draft.tactic], words[each.status])
        for each in agreed
        if each.draft.priority_id is not None
    )


def _month(quarter: WardQuarter | None, at: int) -> int | None:
    return None if quarter is None or quarter.figures is None else quarter.figures.months[at]
