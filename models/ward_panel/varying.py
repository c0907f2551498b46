"""How much more than chance a ward's reports vary from month to month, by its published figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.calendar.months import Month
from models.calendar.quarters import days_of
from models.statistics.dispersion import USUAL, Dispersion, drawn_towards, measured

if TYPE_CHECKING:
    from datetime import date

    from models.ward_panel.view import WardView


@dataclass(frozen=True, slots=True)
class WardDispersion:
    """The dispersion of the months of the ward, and of those of the rest of its borough."""

    ward: Dispersion
    rest: Dispersion

    def against_rest(self, *, now: int, before: int, rest_now: int, rest_before: int) -> Dispersion:
        """Return the dispersion to allow for where the ward is compared with the rest.

        The rest's own counts are uncertain too: their part of the variance of the log ratio is
        added to the ward's, as a multiple of what that would be by chance.
        """
        own = 1 / max(now, 1) + 1 / max(before, 1)
        others = 1 / max(rest_now, 1) + 1 / max(rest_before, 1)
        value = self.ward.value + self.rest.value * others / own
        return Dispersion(value, self.ward.freedom)


def ward_dispersion(view: WardView) -> WardDispersion:
    """Measure both on the quarters published before the newest, drawn towards what is usual."""
    ward: dict[date, int | None] = {}
    rest: dict[date, int | None] = {}
    for one in view.quarters[:-1]:
        if one.figures is None or not one.comparable(view.newest):
            continue
        for month, n, borough in zip(
            one.quarter.months, one.figures.months, one.borough.months, strict=True
        ):
            ward[month] = n
            rest[month] = None if n is None or borough is None else borough - n
    variance = view.newest.variance
    own = (_of(each, variance=variance) for each in (ward, rest))
    return WardDispersion(*(drawn_towards(each, USUAL) for each in own))


def with_changes(
    dispersion: Dispersion, *, now: int, before: int, variances: tuple[float, float]
) -> Dispersion:
    """Return the dispersion to allow for where figures were changed before they were published.

    The variance of the change is added to that of the count: both as parts of the variance of the
    log ratio, as a multiple of what that would be by chance.

    Parameters
    ----------
    dispersion : Dispersion
        Of the counts.
    now, before : int
        The two figures.
    variances : tuple of float
        Of the change of each.
    """
    figures = max(now, 1), max(before, 1)
    by_chance = sum(1 / n for n in figures)
    by_change = sum(of / n**2 for n, of in zip(figures, variances, strict=True))
    return Dispersion(dispersion.value + by_change / by_chance, dispersion.freedom)


def _of(counts: dict[date, int | None], *, variance: float) -> Dispersion | None:
    """Measure the dispersion of months whose figures were changed with a variance."""
    if not counts:
        return None
    first, last = (Month.of(end(counts)).index for end in (min, max))
    months = [Month(number).first for number in range(first, last + 1)]
    known = [counts.get(month) for month in months]
    figures = np.array([np.nan if n is None else n for n in known], dtype=np.float64)
    found = measured(figures, np.array([days_of((month,)) for month in months], dtype=np.float64))
    if found is None:
        return None
    return Dispersion(found.value - variance / float(np.nanmean(figures)), found.freedom)
