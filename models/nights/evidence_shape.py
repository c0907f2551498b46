"""The shape of licensing evidence: the place, what was counted there, and with what it compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import PlainError
from models.nights.premises import NO_HOUR

if TYPE_CHECKING:
    from datetime import date

    from geo.areas import Area
    from models.calendar.months import Month
    from models.calendar.periods import Period
    from models.hotspots.guard import Guard
    from models.nights.counting import NightRate
    from models.nights.premises_nearby import Interval
    from models.statistics.rates import RateRatio

WITHIN_M: Final = (50.0, 100.0, 150.0, 250.0)
FEWEST: Final = 5


class WithinError(PlainError, ValueError):
    """A distance around premises that is not offered."""

    def __init__(self, within_m: float) -> None:
        offered = ", ".join(f"{each:.0f}" for each in WITHIN_M)
        super().__init__(
            f"The distance {within_m:g} m is not offered. Choose one of {offered} metres."
        )


class UnknownPlaceError(PlainError, LookupError):
    """There are no such premises, or no such area, or more than one of the name."""

    def __init__(self, what: str, *, asked: str, close: tuple[str, ...]) -> None:
        near = f" Did you mean {', '.join(close)}?" if close else ""
        super().__init__(f"There is no one {what} called {asked[:80]!r}.{near}")


@dataclass(frozen=True, slots=True)
class EvidencePlace:
    """What the evidence is about.

    Attributes
    ----------
    name : str
    area : Polygon or MultiPolygon
        What is drawn on the map, in the store's metric CRS.
    within_m : float or None
        How far around premises; None for an area.
    asked_m : float or None
        What was asked for, where that was widened.
    position : tuple of (float, float) or None
        Of the premises.
    kind, closes : str
        Of the premises; "" where they are not known.
    closes_minute : int
        Minutes after noon; `NO_HOUR` where it is not known.
    others : int
        Other licensed premises within the distance, or in the area.
    """

    name: str
    area: Area
    within_m: float | None = None
    asked_m: float | None = None
    position: tuple[float, float] | None = None
    kind: str = ""
    closes: str = ""
    closes_minute: int = NO_HOUR
    others: int | None = None


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of incident this year and the year before; `part_of` names what it is a part of.

    `before` is None where the year before is not covered.
    """

    label: str
    now: int
    before: int | None
    part_of: str = ""


@dataclass(frozen=True, slots=True)
class HourLine:
    """An hour of the night: incidents, and how many premises close in it."""

    hour: int
    incidents: int
    closing: int


@dataclass(frozen=True, slots=True)
class MonthLine:
    """A month: incidents on its nights, and on those of the same month a year before."""

    month: Month
    now: int
    before: int | None


@dataclass(frozen=True, slots=True)
class ComparedGround:
    """The place, or what it is compared with, this year and the year before.

    Attributes
    ----------
    label : str
    now : int
    before : int or None
        None where the year before is not covered.
    change : RateRatio or None
    late : Interval
        Share from 23:00.
    """

    label: str
    now: int
    before: int | None
    change: RateRatio | None
    late: Interval


@dataclass(frozen=True, slots=True)
class LicensingEvidence:
    """The evidence about a place.

    Attributes
    ----------
    place : EvidencePlace
    year, before : Period
    nights, nights_before : int
        Nights that the data cover.
    compared : bool
        Whether both years are covered well enough to be compared.
    total, total_before : int
    rate : NightRate
    kinds : tuple of KindLine
        Those without `part_of` add up to the total.
    injury_unknown : int
        Violence of which it is not known whether anybody was hurt.
    late : int
        From 23:00.
    after_closing : int or None
        Within two hours after the premises close; None where that is not known.
    hours : tuple of HourLine
        They add up to the total.
    spread : int
        Incidents known only to lie within a span of hours, which count in its first.
    months : tuple of MonthLine
        They add up to the total.
    grounds : tuple of ComparedGround
        The place first.
    guard : Guard
        What the positions cannot bear.
    missing : tuple of date
        Nights of the year that the data do not cover.
    premises_label : str
        The list of premises, with its day; "" without one.
    sources : tuple of (str, date)
        Sources of the incidents, with the last day of each.
    sensitive : int
        Domestic or sexual incidents in all the chosen wards, which have no place and are not here.
    version : int
    """

    place: EvidencePlace
    year: Period
    before: Period
    nights: int
    nights_before: int
    compared: bool
    total: int
    total_before: int
    rate: NightRate
    kinds: tuple[KindLine, ...]
    injury_unknown: int
    late: int
    after_closing: int | None
    hours: tuple[HourLine, ...]
    spread: int
    months: tuple[MonthLine, ...]
    grounds: tuple[ComparedGround, ...]
    guard: Guard
    missing: tuple[date, ...]
    premises_label: str
    sources: tuple[tuple[str, date], ...]
    sensitive: int
    version: int

    @property
    def few(self) -> bool:
        """Whether there are too few incidents to say anything of hours, kinds or change."""
        return self.total < FEWEST
