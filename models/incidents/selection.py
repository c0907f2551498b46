"""A filter applied to a snapshot: a slice of time, then one mask.

What comes out holds the incidents of the chosen wards and those around them: hotspots cross
borders, and a density near the edge of the chosen wards needs what lies beyond it. Incidents whose
hour is not known take no part once hours are filtered, and are counted.

**What may have a place.** Domestic and sexual incidents are in totals and nowhere else, so
`incidents` is without them: whatever ranks, draws, plans or counts within an area takes it and can
forget nothing. A total of whole wards takes `all_incidents`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.counting import counted
from models.calendar.months import Month
from models.calendar.periods import ObservedPeriod, Period, compared_with
from models.calendar.week import week_hours
from models.hotspots.aoristic import UNTIMED
from models.incidents.coverage import comparable, gaps_of
from models.incidents.filters import FilterError, HoursFilter, IncidentFilter
from models.incidents.precisions import TIME_PRECISIONS
from models.incidents.selection_notes import UntimedIncidents, coverage_notes, left_out_notes
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule
    from models.hotspots.inputs import Incidents
    from models.incidents.coverage import Coverage
    from models.incidents.snapshot import Snapshot
    from models.wording.absence import ChangeState


@dataclass(frozen=True, slots=True)
class PeriodIncidents:
    """The incidents of one period.

    ``in_wards + in_other_wards + outside == len(all_incidents)``, always.

    Attributes
    ----------
    period : Period
    incidents : Incidents
        Those that may have a place: neither domestic nor sexual. In order of time; those outside
        the chosen wards too.
    all_incidents : Incidents
        With the domestic and sexual ones, which have no position: for totals of whole wards.
    sensitive : int
        How many domestic and sexual incidents of the chosen wards are in the totals alone.
    in_wards, in_other_wards, outside : int
        How many of all lie in the chosen wards, in other wards of the layer, and in none.
    untimed : UntimedIncidents
        Incidents of the chosen wards that are not here because their hour is not known.
    complete : bool
        Whether the data cover the whole period.
    gaps : tuple of Period
        The stretches of the period that one of its sources does not cover.
    no_hour : int
        How many incidents here that lie in the chosen wards and may have a place are known by day
        or month alone: they count, and in nothing that is by hour.
    rows, all_rows : slice or intp array
        Where `incidents` and `all_incidents` stand in the snapshot, for its other columns.
    """

    period: Period
    incidents: Incidents
    all_incidents: Incidents
    sensitive: int
    in_wards: int
    in_other_wards: int
    outside: int
    untimed: UntimedIncidents
    complete: bool
    gaps: tuple[Period, ...]
    no_hour: int
    rows: slice | NDArray[np.intp]
    all_rows: slice | NDArray[np.intp]

    @property
    def observed(self) -> ObservedPeriod:
        """The period with its gaps."""
        return ObservedPeriod(self.period.first, self.period.last, self.gaps)


@dataclass(frozen=True, slots=True)
class Selection:
    """What a filter selects.

    Attributes
    ----------
    filter : IncidentFilter
    now : PeriodIncidents
        The period asked for.
    before : PeriodIncidents or None
        The comparison period.
    chosen_wards : bool array of shape (number of wards,)
        The chosen wards, in the order of the snapshot's.
    ward_codes : tuple of str
        Codes of the chosen wards.
    comparable : bool
        Whether the data cover both periods in the same way, so that a change is one of the place.
    notes : tuple of str
        What a reader must know: data that do not cover a period, incidents left out.
    version : int
        Table version.
    """

    filter: IncidentFilter
    now: PeriodIncidents
    before: PeriodIncidents | None
    chosen_wards: NDArray[np.bool_]
    ward_codes: tuple[str, ...]
    comparable: bool
    notes: tuple[str, ...]
    version: int

    @property
    def incidents(self) -> Incidents:
        """Incidents of the period asked for that may have a place."""
        return self.now.incidents

    @property
    def compared(self) -> PeriodIncidents | None:
        """The comparison period, where a change against it can be given; else None."""
        return self.before if self.comparable else None

    @property
    def comparison(self) -> Incidents | None:
        """Incidents of `compared` that may have a place; None where there is no comparison."""
        return None if self.compared is None else self.compared.incidents

    @property
    def change_state(self) -> ChangeState:
        """Why there is no change, or that there is one."""
        if self.before is None:
            return "not_asked"
        return "compared" if self.comparable else "not_covered"


def select(
    snapshot: Snapshot,
    incident_filter: IncidentFilter,
    *,
    night: NightRule,
    home_borough: str | None = None,
) -> Selection:
    """Apply a filter.

    Parameters
    ----------
    snapshot : Snapshot
    incident_filter : IncidentFilter
    night : NightRule
        What a night and an NTE incident are.
    home_borough : str, optional
        Code of the borough whose wards stand for an empty choice of wards.

    Raises
    ------
    FilterError
        If a ward or source is unknown.
    """
    wards = _chosen_wards(snapshot, incident_filter.wards, home_borough=home_borough)
    covered = coverage_of(snapshot, wards, sources=incident_filter.sources)
    now = _part(
        snapshot, incident_filter, incident_filter.period, wards=wards, rule=night, covered=covered
    )
    earlier = compared_with(incident_filter.period, how=incident_filter.comparison)
    before = (
        None
        if earlier is None
        else _part(snapshot, incident_filter, earlier, wards=wards, rule=night, covered=covered)
    )
    return Selection(
        filter=incident_filter,
        now=now,
        before=before,
        chosen_wards=wards,
        ward_codes=tuple(np.array(snapshot.ward_codes, dtype=object)[wards]),
        comparable=earlier is not None and comparable(covered, now.period, earlier),
        notes=(
            *coverage_notes(snapshot, now.period, earlier, covered=covered, wards=wards),
            *left_out_notes(now.untimed, sensitive=now.sensitive),
            *_rule_in_force(incident_filter.hours, rule=night),
        ),
        version=snapshot.version,
    )


def default_filter(
    snapshot: Snapshot, *, home_borough: str | None = None, months: int = 12
) -> IncidentFilter:
    """Return the filter that pages open with: the last complete months, against last year.

    Where no month is complete, the period is all the data.
    """
    wards = _chosen_wards(snapshot, (), home_borough=home_borough)
    covered = coverage_of(snapshot, wards, sources=()) or snapshot.coverage
    complete = [each.last_complete_month for each in covered if each.last_complete_month]
    # A source of few incidents may seem complete before the month is over: the others know better.
    for_all = [
        month
        for month in complete
        if all(
            each.last_complete_month is not None and each.last_complete_month >= month
            for each in covered
            if each.first <= Month.of(month).last and each.last >= month
        )
    ]
    if not complete:
        first, last = min(each.first for each in covered), max(each.last for each in covered)
        return IncidentFilter(period=Period(first, last))
    return IncidentFilter(period=months_to(max(for_all or complete), months=months))


def months_to(month: date, *, months: int) -> Period:
    """Return the period of so many whole months that ends with the month of `month`."""
    last = Month.of(month)
    return Period(last.later(1 - months).first, last.last)


def _part(
    snapshot: Snapshot,
    incident_filter: IncidentFilter,
    period: Period,
    *,
    wards: NDArray[np.bool_],
    rule: NightRule,
    covered: Sequence[Coverage],
) -> PeriodIncidents:
    first, last = np.searchsorted(snapshot.incidents.starts_minute, period.minutes)
    span = slice(int(first), int(last))
    incidents = snapshot.incidents.take(span)
    mask = _mask(snapshot, incident_filter, span)
    left_out = UntimedIncidents()
    if incident_filter.hours.kind != "all":
        unjudged = incidents.hour_of_week < 0
        taking_part = _in_hours(snapshot, span, hours=incident_filter.hours, rule=rule)
        if incident_filter.hours.kind == "nte":
            of_rule = _of_categories(incidents.category, rule.categories)
            of_rule |= snapshot.nte[span] == 1
            unjudged &= ~taking_part & of_rule
        unjudged &= True if mask is None else mask
        left_out = _untimed(snapshot, span, unjudged=unjudged, wards=wards)
        mask = taking_part if mask is None else mask & taking_part
    rows: slice | NDArray[np.intp] = span
    if mask is not None:
        rows = np.flatnonzero(mask) + span.start
        incidents = snapshot.incidents.take(rows)
    sensitive = snapshot.sensitive[rows]
    placed, placed_rows = _placed(snapshot, rows)
    in_ward = np.bincount(incidents.ward + 1, minlength=len(wards) + 1)
    in_wards = int(in_ward[1:][wards].sum())
    return PeriodIncidents(
        period=period,
        incidents=placed,
        all_incidents=incidents,
        sensitive=int(np.append(wards, False)[incidents.ward[sensitive]].sum()),
        in_wards=in_wards,
        in_other_wards=len(incidents) - in_wards - int(in_ward[0]),
        outside=int(in_ward[0]),
        untimed=left_out,
        complete=bool(covered) and not any(each.shortfall(period) for each in covered),
        gaps=gaps_of(covered, period),
        no_hour=int((np.append(wards, False)[placed.ward] & (placed.ends_minute == UNTIMED)).sum()),
        rows=placed_rows,
        all_rows=rows,
    )


def _placed(
    snapshot: Snapshot, rows: slice | NDArray[np.intp]
) -> tuple[Incidents, slice | NDArray[np.intp]]:
    """Return those of some rows that may have a place, and where they stand in the snapshot."""
    if not isinstance(rows, slice):
        placed_rows = rows[~snapshot.sensitive[rows]]
        return snapshot.incidents.take(placed_rows), placed_rows
    first, last = np.searchsorted(snapshot.placed_rows, (rows.start, rows.stop))
    span = slice(int(first), int(last))
    return snapshot.placed.take(span), snapshot.placed_rows[span]


def _mask(
    snapshot: Snapshot, incident_filter: IncidentFilter, span: slice
) -> NDArray[np.bool_] | None:
    """Return which rows of the span are of the chosen categories and sources; None for all."""
    mask = None
    if incident_filter.categories and len(incident_filter.categories) < len(CATEGORIES):
        mask = _of_categories(snapshot.incidents.category[span], incident_filter.categories)
    if incident_filter.sources:
        unknown = sorted(set(incident_filter.sources) - set(snapshot.sources))
        if unknown:
            message = (
                f"Unknown source {unknown[0]!r}; "
                f"the store has {', '.join(snapshot.sources)}. Choose one of these."
            )
            raise FilterError(message)
        wanted = np.isin(np.array(snapshot.sources), np.array(incident_filter.sources))
        of_source = wanted[snapshot.source[span]]
        mask = of_source if mask is None else mask & of_source
    return mask


def _of_categories(category: NDArray[np.int8], categories: Sequence[str]) -> NDArray[np.bool_]:
    wanted = np.array([name in categories for name in CATEGORIES])
    return np.asarray(wanted[category])


def _in_hours(
    snapshot: Snapshot, span: slice, *, hours: HoursFilter, rule: NightRule
) -> NDArray[np.bool_]:
    """Return which rows of the span lie in the hours, for certain; one without an hour does not."""
    if hours.kind == "clock":
        week = week_hours(hours.start_hour, hours.end_hour, weekdays=hours.weekdays)
    else:
        part = rule.of_window(hours.window)
        nights = hours.weekdays or rule.review_nights
        days = part.start_days(nights) if hours.kind == "nights" else ()
        week = week_hours(part.start_hour, part.end_hour, weekdays=days)
    inside = np.append(week, False)[snapshot.incidents.hour_of_week[span]]
    if hours.kind == "nte":
        of_kind = _of_categories(snapshot.incidents.category[span], rule.categories)
        marked = snapshot.nte[span] == 1
        if hours.window == "night":  # a source's mark says so much, whatever the hour
            return np.asarray((inside & of_kind) | marked)
        inside &= of_kind | marked
    return np.asarray(inside)


def _untimed(
    snapshot: Snapshot, span: slice, *, unjudged: NDArray[np.bool_], wards: NDArray[np.bool_]
) -> UntimedIncidents:
    in_wards = np.append(wards, False)[snapshot.incidents.ward[span]]
    precision = snapshot.time_precision[span][unjudged & in_wards]
    counts = np.bincount(precision, minlength=len(TIME_PRECISIONS))
    by_name = dict(zip(TIME_PRECISIONS, counts.tolist(), strict=True))
    return UntimedIncidents(
        month=by_name["month"], day=by_name["day"], interval=by_name["interval"]
    )


def _chosen_wards(
    snapshot: Snapshot, codes: Sequence[str], *, home_borough: str | None
) -> NDArray[np.bool_]:
    if codes:
        unknown = sorted(set(codes) - set(snapshot.ward_codes))
        if unknown:
            message = (
                f"Unknown ward {unknown[0]!r}: the ward layer in use has "
                f"{counted(len(snapshot.ward_codes), 'other ward')}. Choose wards from the list."
            )
            raise FilterError(message)
        return np.array([code in codes for code in snapshot.ward_codes], dtype=np.bool_)
    if home_borough in snapshot.borough_codes:
        home = snapshot.borough_codes.index(home_borough)
        return np.asarray(snapshot.ward_boroughs == home)
    return np.ones(len(snapshot.ward_codes), dtype=np.bool_)


def coverage_of(
    snapshot: Snapshot, wards: NDArray[np.bool_], *, sources: Sequence[str]
) -> tuple[Coverage, ...]:
    """Return what the chosen sources, all for none, cover in the boroughs of the chosen wards."""
    names = [*snapshot.borough_codes, None]
    boroughs = {names[index] for index in snapshot.ward_boroughs[wards]}
    return tuple(
        each
        for each in snapshot.coverage
        if each.borough in boroughs and (not sources or each.source in sources)
    )


def _rule_in_force(hours: HoursFilter, *, rule: NightRule) -> tuple[str, ...]:
    """Say what night-time economy is, where a filter counts it: kinds and hours are settings."""
    return (rule.of_window(hours.window).sentence(),) if hours.kind == "nte" else ()
