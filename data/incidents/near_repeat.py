"""From a filter to the near-repeat table and the places to follow up.

Near-repeat needs to know where an incident happened and on which day. Positions on anonymised map
points and times known by month alone cannot say, and would make near-repeats out of nothing: a map
point gathers the incidents of several streets, and a month all have one date. Such incidents are
left out and counted; where too few are left the answer is refused in words. Domestic and sexual
offences take no part at all, so that no list can lead to one.

**The day.** Where only a span of time is known (a burglary while the family was out), the day in
the span's middle stands for it; a span of more than a week says too little and is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from data.incidents.contract import PLACE_PRECISIONS, TIME_PRECISIONS
from geo.errors import PlainError
from models.hotspots.follow_up import FollowUp, follow_up, zones
from models.hotspots.near_repeat import KnoxTable, NearRepeatSettings, knox
from models.hotspots.reasons import SNAP_SHARE
from models.indicators.periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from data.incidents.detection import Store
    from data.incidents.filters import IncidentFilter
    from data.incidents.selection import Selection
    from models.hotspots.inputs import Incidents

LEAST_INCIDENTS: Final = 60
LONGEST_SPAN_DAYS: Final = 7
DEFAULT_CATEGORY: Final = "burglary"
_MINUTES_PER_DAY: Final = 1440
_YEAR: Final = timedelta(days=364)


@dataclass(frozen=True, slots=True)
class NearRepeatUse:
    """What of the chosen wards' incidents takes part, and what is left out and why.

    Each incident is counted once, under the first reason that holds.

    Attributes
    ----------
    used : int
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

    used: int
    sensitive: int
    snapped: int
    month_only: int
    long_span: int
    rough: int
    spans: int

    @property
    def left_out(self) -> int:
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
            f"known; {use.used:,} of {use.used + use.left_out:,} in the chosen wards are."
        )
        reasons = f" {', '.join(use.reasons())}." if use.left_out else ""
        if use.snapped + use.month_only > use.used:
            remedy = (
                " Published street-level data cannot show near-repeats. Import the council's or "
                "the police's own extract, with exact places and days."
            )
        else:
            remedy = " Choose a longer period, more wards or another category."
        super().__init__(found + reasons + remedy)


@dataclass(frozen=True, slots=True)
class NearRepeat:
    """The near-repeat table of a filter.

    Attributes
    ----------
    selection : Selection
    use : NearRepeatUse
    table : KnoxTable
    incidents : Incidents
        Those that take part; never shown as points.
    day : int64 array of shape (n,)
        Local calendar day of each since 1970-01-01.
    notes : tuple of str
        What every reader must know.
    """

    selection: Selection
    use: NearRepeatUse
    table: KnoxTable
    incidents: Incidents
    day: NDArray[np.int64]
    notes: tuple[str, ...]

    @property
    def next_day(self) -> date:
        """The day after the period: the first on which its incidents can be followed up."""
        return self.selection.now.period.last + timedelta(days=1)


def near_repeat_filter(chosen: IncidentFilter, *, at_least_a_year: bool = False) -> IncidentFilter:
    """Return the filter that near-repeat is measured under.

    Parameters
    ----------
    chosen : IncidentFilter
        Without a category it is burglary; nothing is compared.
    at_least_a_year : bool
        Start a shorter period earlier, so that it holds a year and ends on the same day.
    """
    period = chosen.period
    if at_least_a_year:
        period = Period(min(period.first, period.last - _YEAR), period.last)
    categories = chosen.categories or (DEFAULT_CATEGORY,)
    return replace(chosen, period=period, comparison="none", categories=categories)


def near_repeat(
    store: Store,
    chosen: IncidentFilter,
    *,
    settings: NearRepeatSettings | None = None,
    progress: Callable[[float], None] | None = None,
) -> NearRepeat:
    """Count near-repeats in the chosen wards.

    Parameters
    ----------
    store : Store
    chosen : IncidentFilter
        As it is; `near_repeat_filter` gives this page's defaults.
    settings : NearRepeatSettings, optional
    progress : callable, optional
        Told the share done; what it raises ends the count.

    Raises
    ------
    UnfitForNearRepeatError
        If too few incidents say where and on which day they happened.
    """
    used_settings = settings or NearRepeatSettings()
    selection = store.select(chosen)
    rows, use = _usable(store, selection)
    if use.used < LEAST_INCIDENTS:
        raise UnfitForNearRepeatError(use)
    incidents = selection.incidents.take(rows)
    day = _days(incidents)
    table = knox(
        incidents.easting,
        incidents.northing,
        day=day,
        settings=used_settings,
        rng=np.random.default_rng(used_settings.seed),
        progress=progress,
    )
    return NearRepeat(
        selection=selection,
        use=use,
        table=table,
        incidents=incidents,
        day=day,
        notes=(*selection.notes, *_notes(use, table, selection.now.period)),
    )


def places_at_risk(
    store: Store, found: NearRepeat, *, on: date | None = None
) -> tuple[FollowUp, ...]:
    """List the places at raised risk on a day; the day after the period unless one is given."""
    return follow_up(
        found.table,
        found.incidents,
        day=found.day,
        on=on or found.next_day,
        ward_names=store.snapshot.ward_names,
        named=store.snapshot.incidents,
    )


def _usable(store: Store, selection: Selection) -> tuple[NDArray[np.intp], NearRepeatUse]:
    """Return which of the selected incidents take part, and what of the rest does not."""
    part = selection.now
    incidents = part.incidents
    times = store.snapshot.time_precision[part.rows]
    places = store.snapshot.place_precision[part.rows]
    left = np.append(selection.chosen, False)[incidents.ward]
    spans = incidents.ends_minute - incidents.starts_minute
    counted: dict[str, int] = {}
    for name, reason in (
        ("sensitive", part.sensitive),
        ("snapped", incidents.snapped),
        ("month_only", times == TIME_PRECISIONS.index("month")),
        ("long_span", spans > LONGEST_SPAN_DAYS * _MINUTES_PER_DAY),
    ):
        counted[name] = int((left & reason).sum())
        left = left & ~reason
    rows = np.flatnonzero(left)
    starts = incidents.starts_minute[rows]
    ends = np.maximum(incidents.ends_minute[rows], starts)
    two_days = starts // _MINUTES_PER_DAY != ends // _MINUTES_PER_DAY
    exact = PLACE_PRECISIONS.index("exact")
    return rows, NearRepeatUse(
        used=len(rows),
        rough=int((places[rows] != exact).sum()),
        spans=int(two_days.sum()),
        **counted,
    )


def _days(incidents: Incidents) -> NDArray[np.int64]:
    """Return each incident's local calendar day since 1970-01-01: the middle of its span."""
    ends = np.maximum(incidents.ends_minute, incidents.starts_minute)
    return (incidents.starts_minute + ends) // (2 * _MINUTES_PER_DAY)


def _notes(use: NearRepeatUse, table: KnoxTable, period: Period) -> tuple[str, ...]:
    notes = []
    if use.left_out:
        notes.append(
            f"{use.left_out:,} incidents of the chosen wards take no part: "
            f"{', '.join(use.reasons())}."
        )
    if use.rough > SNAP_SHARE * use.used:
        notes.append(
            f"{use.rough:,} of {use.used:,} incidents are placed at their street or postcode. "
            "Those at one postcode look like repeats at the same place: do not trust that row."
        )
    if use.spans:
        notes.append(
            f"{use.spans:,} of {use.used:,} incidents are known only to lie between two days; the "
            "day in the middle stands for them."
        )
    edges = [edge for edge in table.settings.time_edges_days if np.isfinite(edge)]
    if period.days <= edges[-1]:
        notes.append(
            f"The period of {period.days:,} days is no longer than the bands of time, which go to "
            f"{edges[-1]:g} days: the later bands can hold few pairs. Choose a longer period."
        )
    if not zones(table):
        notes.append(
            "No distance and time shows clearly more pairs than chance, so no place is listed. "
            "That is no proof that there are no near-repeats: a longer period may show them."
        )
    return tuple(notes)
