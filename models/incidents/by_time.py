"""A period's density week by week, by day and part of the day, and against another period.

Each part is drawn as the whole is, on one grid, so that the parts compare. An incident takes part
only where its time says in which part it lies: one known by its month alone is in no week, one
without an hour in no part of the day. How many are left out is said with the parts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.days import first_minute
from models.calendar.periods import Period
from models.calendar.week import WEEKDAYS
from models.hotspots import kde
from models.hotspots.study_area import in_study_area
from models.hotspots.time_steps import month_only
from models.incidents.by_month import NoMonthsError, fixed_density
from models.wording.absence import NO_CHANGE_LABELS, NOT_COVERED_REASON

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents
    from models.hotspots.kde import KdeSettings
    from models.hotspots.methods import MethodSettings
    from models.hotspots.shape import Surface
    from models.incidents.detection import Detection

MOST_WEEKS: Final = 53
HOURS_OF_PART: Final = 3
PARTS_OF_DAY: Final = 24 // HOURS_OF_PART


@dataclass(frozen=True, slots=True)
class PartSurface:
    """One part of a period.

    Attributes
    ----------
    label : str
    incidents : int
        Those of the chosen wards that may have a place.
    surface : Surface
        On the same grid for every part.
    complete : bool
        Whether the data cover all of it.
    """

    label: str
    incidents: int
    surface: Surface
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a period in order of time.

    Attributes
    ----------
    parts : tuple of PartSurface
    left_out : int
        Incidents of the chosen wards that are in no part, since their time does not say in which.
    lone_per_km2 : float
        Up to this density ground may hold a single incident, which says nothing of a part as short
        as these; 0 where incidents are weighed by harm.
    """

    parts: tuple[PartSurface, ...]
    left_out: int
    lone_per_km2: float


@dataclass(frozen=True, slots=True)
class ComparedSurfaces:
    """A period and the one that it is compared with, on one grid.

    Attributes
    ----------
    now, before : PartSurface
        The earlier one as if it had as many days as the later.
    """

    now: PartSurface
    before: PartSurface

    @property
    def change_per_km2(self) -> NDArray[np.float64]:
        """The later density less the earlier: incidents per km², NaN off the land."""
        return self.now.surface.per_km2 - self.before.surface.per_km2


def surfaces_by_week(detection: Detection, settings: MethodSettings | None) -> Parts:
    """Return the density of each whole week, Monday to Sunday, of a detection's period.

    Parameters
    ----------
    detection : Detection
    settings : MethodSettings or None
        Those of the detection.

    Raises
    ------
    NoMonthsError
        If the method draws no density of a fixed bandwidth, the period has fewer than two whole
        weeks or more than `MOST_WEEKS`, or no incident is known more closely than by its month.
    """
    method = fixed_density(settings, what="Week by week")
    now = detection.selection.now
    weeks = _whole_weeks(now.period)
    by_month = month_only(now.incidents)
    known = np.ones(len(now.incidents), dtype=np.bool_)
    if by_month.steps_by_month or by_month.leave_out:
        known = ~by_month.incidents
    if len(known) and not known.any():
        message = (
            "Week by week needs incidents whose day is known; these are known by their month "
            "alone. Show them month by month."
        )
        raise NoMonthsError(message)
    edges = np.array([first_minute(each.first) for each in weeks] + [weeks[-1].minutes[1]])
    at = np.searchsorted(edges, now.incidents.starts_minute, side="right") - 1
    parts = tuple(
        _part(
            detection,
            now.incidents,
            known & (at == number),
            label=str(week),
            method=method,
            complete=not any(gap.first <= week.last and gap.last >= week.first for gap in now.gaps),
        )
        for number, week in enumerate(weeks)
    )
    return Parts(parts, _inside(detection, now.incidents, ~known), _lone_per_km2(method))


def surfaces_by_part_of_week(detection: Detection, settings: MethodSettings | None) -> Parts:
    """Return the density of each part of the week: seven days by eight parts of three hours.

    Parameters
    ----------
    detection : Detection
    settings : MethodSettings or None
        Those of the detection.

    Raises
    ------
    NoMonthsError
        If the method draws no density of a fixed bandwidth, or no incident has an hour.
    """
    method = fixed_density(settings, what="Day and part of the day")
    now = detection.selection.now
    hour = now.incidents.hour_of_week
    if not (hour >= 0).any():
        message = (
            "Day and part of the day need incidents whose hour is known; none of these has one. "
            "Show them month by month."
        )
        raise NoMonthsError(message)
    part = hour // HOURS_OF_PART  # -1 without an hour
    parts = tuple(
        _part(
            detection,
            now.incidents,
            part == number,
            label=_part_label(number),
            method=method,
            complete=now.complete,
        )
        for number in range(7 * PARTS_OF_DAY)
    )
    return Parts(parts, _inside(detection, now.incidents, hour < 0), _lone_per_km2(method))


def compared_surfaces(detection: Detection, settings: MethodSettings | None) -> ComparedSurfaces:
    """Return the density of a period and of the one that it is compared with.

    Parameters
    ----------
    detection : Detection
    settings : MethodSettings or None
        Those of the detection.

    Raises
    ------
    NoMonthsError
        If the method draws no density of a fixed bandwidth, no comparison is chosen, or the data
        do not cover both periods in the same way.
    """
    method = fixed_density(settings, what="A comparison of two periods")
    selection = detection.selection
    if selection.before is None:
        message = "There is no second period to compare with. Choose one under Compare with."
        raise NoMonthsError(message)
    if selection.compared is None:
        reason = NOT_COVERED_REASON if selection.change_state == "not_covered" else ""
        reason = reason or NO_CHANGE_LABELS[selection.change_state]
        message = f"{reason[:1].upper()}{reason[1:]}. Choose periods that the data cover alike."
        raise NoMonthsError(message)
    now, before = (
        _part(
            detection,
            each.incidents,
            np.ones(len(each.incidents), dtype=np.bool_),
            label=str(each.period),
            method=method,
            complete=each.complete,
        )
        for each in (selection.now, selection.compared)
    )
    longer = selection.now.period.days / selection.compared.period.days
    surface = replace(before.surface, per_km2=before.surface.per_km2 * longer)
    return ComparedSurfaces(now, replace(before, surface=surface))


def _part(
    detection: Detection,
    incidents: Incidents,
    rows: NDArray[np.bool_],
    *,
    label: str,
    method: KdeSettings,
    complete: bool,
) -> PartSurface:
    of_part = incidents.take(np.flatnonzero(rows))
    surface = kde.find(of_part, detection.area, settings=method).surface
    if surface is None:
        message = "Kernel density gave no surface"
        raise ValueError(message)
    count = int(in_study_area(of_part, detection.area).sum())
    return PartSurface(label, count, surface, complete)


def _lone_per_km2(method: KdeSettings) -> float:
    if method.weight != "count":
        return 0.0
    return kde.lone_incident_per_km2(method.kernel, bandwidth_m=method.bandwidth_m)


def _inside(detection: Detection, incidents: Incidents, rows: NDArray[np.bool_]) -> int:
    return int(in_study_area(incidents.take(np.flatnonzero(rows)), detection.area).sum())


def _whole_weeks(period: Period) -> list[Period]:
    first = period.first + timedelta(days=-period.first.weekday() % 7)
    count = max(0, ((period.last - first).days + 1) // 7)
    if not 2 <= count <= MOST_WEEKS:
        message = (
            f"Week by week needs a period of 2 to {MOST_WEEKS} whole weeks, Monday to Sunday; this "
            f"one has {count}. Choose another period, or show it month by month."
        )
        raise NoMonthsError(message)
    starts = [first + timedelta(weeks=number) for number in range(count)]
    return [Period(each, each + timedelta(days=6)) for each in starts]


def _part_label(number: int) -> str:
    day, part = divmod(number, PARTS_OF_DAY)
    hour = part * HOURS_OF_PART
    return f"{WEEKDAYS[day]} {hour:02d}:00 to {hour + HOURS_OF_PART:02d}:00"
