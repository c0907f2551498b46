"""A period's density month by month, each drawn as the whole is, so that the months compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from models.calendar.months import Month, month_positions
from models.hotspots import kde
from models.hotspots.kde import KdeSettings
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from models.hotspots.methods import MethodSettings
    from models.hotspots.shape import Surface
    from models.incidents.detection import Detection

MOST_MONTHS: Final = 24


class NoMonthsError(PlainError, ValueError):
    """A view cannot be shown month by month."""


@dataclass(frozen=True, slots=True)
class MonthSurface:
    """One month.

    Attributes
    ----------
    month : Month
    incidents : int
        Those of the chosen wards that may have a place.
    surface : Surface
        On the same grid for every month.
    complete : bool
        Whether the data cover the whole month.
    """

    month: Month
    incidents: int
    surface: Surface
    complete: bool


def surfaces_by_month(
    detection: Detection, settings: MethodSettings | None
) -> tuple[MonthSurface, ...]:
    """Return the density of each whole month of a detection's period, the earliest first.

    Parameters
    ----------
    detection : Detection
    settings : MethodSettings or None
        Those of the detection.

    Raises
    ------
    NoMonthsError
        If the method draws no density of a fixed bandwidth, or the period has fewer than two whole
        months or more than `MOST_MONTHS`.
    """
    of_months = fixed_density(settings, what="Month by month")
    now = detection.selection.now
    months = _whole_months(detection)
    at = month_positions(now.incidents.starts_minute, [month.first for month in months])
    found = []
    for number, month in enumerate(months):
        part = now.incidents.take(np.flatnonzero(at == number))
        surface = kde.find(part, detection.area, settings=of_months).surface
        if surface is None:  # the method has one, whatever the incidents
            continue
        gaps = any(gap.first <= month.last and gap.last >= month.first for gap in now.gaps)
        count = int(in_study_area(part, detection.area).sum())
        found.append(MonthSurface(month, count, surface, not gaps))
    return tuple(found)


def fixed_density(settings: MethodSettings | None, *, what: str) -> KdeSettings:
    """Return the settings by which parts of a period can be drawn alike.

    Parameters
    ----------
    settings : MethodSettings or None
        Those of the detection.
    what : str
        What is to be drawn: "Month by month".

    Raises
    ------
    NoMonthsError
        If the method draws no density of a fixed bandwidth.
    """
    held = KdeSettings() if settings is None else settings
    if not isinstance(held, KdeSettings) or held.bandwidth_rule != "fixed":
        message = (
            f"{what} is drawn for the method Density with a bandwidth as set, since other "
            "ways would draw each part by another measure. Choose that method, or the whole "
            "period."
        )
        raise NoMonthsError(message)
    return held


def _whole_months(detection: Detection) -> list[Month]:
    period = detection.selection.now.period
    first = Month.of(period.first)
    last = Month.of(period.last)
    first = first if period.first == first.first else first.later(1)
    last = last if period.last == last.last else last.later(-1)
    months = [Month(index) for index in range(first.index, last.index + 1)]
    if not 2 <= len(months) <= MOST_MONTHS:
        message = (
            f"Month by month needs a period of 2 to {MOST_MONTHS} whole months; this one has "
            f"{len(months)}. Choose another period, or show the whole period."
        )
        raise NoMonthsError(message)
    return months
