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
        if one.figures is None or one.sources != view.newest.sources:
            continue
        for month, n, borough in zip(
            one.quarter.months, one.figures.months, one.borough.months, strict=True
        ):
            ward[month] = n
            rest[month] = None if n is None or borough is None else borough - n
    return WardDispersion(*(drawn_towards(_of(each), USUAL) for each in (ward, rest)))


def _of(counts: dict[date, int | None]) -> Dispersion | None:
    if not counts:
        return None
    first, last = (Month.of(end(counts)).index for end in (min, max))
    months = [Month(number).first for number in range(first, last + 1)]
    known = [counts.get(month) for month in months]
    return measured(
        np.array([np.nan if n is None else n for n in known], dtype=np.float64),
        np.array([days_of((month,)) for month in months], dtype=np.float64),
    )
