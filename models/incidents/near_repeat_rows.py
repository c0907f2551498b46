"""Which incidents can show near-repeats, and what is left out and why.

Near-repeat needs to know where an incident happened and on which day. Positions on anonymised map
points and times known by month alone cannot say, and would make near-repeats out of nothing: a map
point gathers the incidents of several streets, and a month all have one date. Such incidents are
left out and counted. Domestic and sexual offences take no part at all, so that no list can lead to
one.

**The day.** Where only a span of time is known (a burglary while the family was out), the day in
the span's middle stands for it; a span of more than a week says too little and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from models.calendar.days import MINUTES_PER_DAY
from models.incidents.precisions import PLACE_PRECISIONS, TIME_PRECISIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents
    from models.incidents.dataset import Dataset
    from models.incidents.selection import Selection

LEAST_INCIDENTS: Final = 60
LONGEST_SPAN_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class NearRepeatUse:
    """What of the chosen wards' incidents takes part, and what is left out and why.

    Each incident is counted once, under the first reason that holds.

    Attributes
    ----------
    incidents : int
    sensitive : int
        Domestic and sexual offences.
    snapped : int
        On an anonymised map point.
    month_only : int
        Known by month alone.
    long_span : int
        Known only to lie in a span of more than `LONGEST_SPAN_DAYS`.
    rough : int
        Of those used: placed at a street or postcode, not where they happened.
    spans : int
        Of those used: the day is the middle of a span that passes midnight.
    """

    incidents: int
    sensitive: int
    snapped: int
    month_only: int
    long_span: int
    rough: int
    spans: int

    @property
    def excluded(self) -> int:
        """How many take no part."""
        return self.sensitive + self.snapped + self.month_only + self.long_span

    def reasons(self) -> tuple[str, ...]:
        """Return what is left out, in words, largest reason first."""
        reasons = (
            (self.snapped, "lie on anonymised map points, not where they happened"),
            (self.month_only, "say only the month"),
            (self.long_span, f"say only a span of more than {LONGEST_SPAN_DAYS} days"),
            (self.sensitive, "are domestic or sexual offences"),
        )
        return tuple(
            f"{count:,} {words}"
            for count, words in sorted(reasons, key=lambda each: -each[0])
            if count
        )


class UnfitForNearRepeatError(PlainError, ValueError):
    """Too few incidents say where and on which day they happened."""

    def __init__(self, use: NearRepeatUse) -> None:
        found = (
            f"Near-repeat needs at least {LEAST_INCIDENTS} incidents whose place and day are "
            f"known; {use.incidents:,} of {use.incidents + use.excluded:,} in the chosen wards are."
        )
        reasons = f" {', '.join(use.reasons())}." if use.excluded else ""
        if use.snapped + use.month_only > use.incidents:
            remedy = (
                " Published street-level data cannot show near-repeats. Import the council's or "
                "the police's own extract, with exact places and days."
            )
        else:
            remedy = " Choose a longer period, more wards or another category."
        super().__init__(found + reasons + remedy)


def usable_rows(dataset: Dataset, selection: Selection) -> tuple[NDArray[np.intp], NearRepeatUse]:
    """Return which of the selected incidents take part, and what of the rest does not."""
    part = selection.now
    incidents = part.incidents
    times = dataset.snapshot.time_precision[part.rows]
    places = dataset.snapshot.place_precision[part.rows]
    left = np.append(selection.chosen_wards, False)[incidents.ward]
    spans = incidents.ends_minute - incidents.starts_minute
    counted = {"sensitive": part.sensitive}
    for name, reason in (
        ("snapped", incidents.snapped),
        ("month_only", times == TIME_PRECISIONS.index("month")),
        ("long_span", spans > LONGEST_SPAN_DAYS * MINUTES_PER_DAY),
    ):
        counted[name] = int((left & reason).sum())
        left = left & ~reason
    rows = np.flatnonzero(left)
    starts = incidents.starts_minute[rows]
    ends = np.maximum(incidents.ends_minute[rows], starts)
    two_days = starts // MINUTES_PER_DAY != ends // MINUTES_PER_DAY
    exact = PLACE_PRECISIONS.index("exact")
    return rows, NearRepeatUse(
        incidents=len(rows),
        rough=int((places[rows] != exact).sum()),
        spans=int(two_days.sum()),
        **counted,
    )


def days_of(incidents: Incidents) -> NDArray[np.int64]:
    """Return each incident's local calendar day since 1970-01-01: the middle of its span."""
    ends = np.maximum(incidents.ends_minute, incidents.starts_minute)
    return (incidents.starts_minute + ends) // (2 * MINUTES_PER_DAY)
