"""The night-time economy review of a period: its nights, its hours, and against which before.

Counts are of the chosen wards and of nights that the data cover. The period's first night starts on
its first day; what happened before 06:00 on that day belongs to the night before, and what happens
until 06:00 after the last day belongs to the last night. A part of the night (the Late Night Levy's
hours, the peak) is reviewed in the same way, by the same nights.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.days import MINUTES_PER_DAY, day_number, day_of
from models.calendar.night_rule import NOON_HOUR
from models.calendar.periods import Period, compared_with
from models.incidents.filters import HoursFilter, IncidentFilter
from models.nights.counting import (
    change,
    changed_nights,
    dispersion,
    hour_curve,
    night_groups,
    night_hours,
    night_minutes,
    nights_in,
    rate_of,
    tally,
)
from models.nights.history import unknown_by_reason
from models.nights.kinds import KindRows, count_kinds
from models.nights.premises import NO_HOUR

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule
    from models.incidents.dataset import Dataset
    from models.nights.counting import NightGroup, NightRate, NightTally
    from models.nights.history import NightHistory
    from models.nights.kinds import KindCounts
    from models.nights.premises import Premises
    from models.statistics.dispersion import Dispersion
    from models.statistics.rates import RateRatio

LEAST_COVERED: Final = 0.8  # of a period's nights, for a change: a part would be another season


@dataclass(frozen=True, slots=True)
class Span:
    """The covered nights of a period.

    Attributes
    ----------
    period : Period
    nights : int64 array
        Days on which they start, ascending.
    rows : bool array
        Incidents of the history that lie in them, wherever they are.
    hours : float
        How long all of them really are, in hours; the nights on which the clocks change too.
    """

    period: Period
    nights: NDArray[np.int64]
    rows: NDArray[np.bool_]
    hours: float

    @property
    def covered(self) -> bool:
        """Whether so many of its nights are covered that it can be compared with another."""
        return len(self.nights) >= max(LEAST_COVERED * self.period.days, 1)

    @property
    def missing(self) -> tuple[date, ...]:
        """Nights of the period that the data do not cover from end to end."""
        return tuple(day_of(int(n)) for n in np.setdiff1d(nights_in(self.period), self.nights))


@dataclass(frozen=True, slots=True)
class Compared:
    """A count of nights now, and the same of another period.

    `change` is None where the data do not cover nearly all nights of both.
    """

    period: Period
    tally: NightTally
    change: RateRatio | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Friday nights, Saturday nights or the rest, now and then.

    Attributes
    ----------
    group : NightGroup
    rate : NightRate
    kinds : KindCounts
    before, last_year : NightRate
    change_before, change_last_year : RateRatio or None
        None where the data do not cover nearly all nights of both periods.
    """

    group: NightGroup
    rate: NightRate
    kinds: KindCounts
    before: NightRate
    last_year: NightRate
    change_before: RateRatio | None
    change_last_year: RateRatio | None


@dataclass(frozen=True, slots=True)
class NightReview:
    """What the nights of a period hold.

    Attributes
    ----------
    filter : IncidentFilter
        As it was asked for; only its period, wards and sources are used.
    span : Span
    tally : NightTally
    rate : NightRate
    kinds : KindCounts
    before, last_year : Compared
        The period just before and the same period last year.
    groups : tuple of GroupRow
    curve : float64 array of shape (7, hours of a night)
        Incidents by weekday of the night and hour.
    changed : tuple of (date, float)
        Nights on which the clocks change, with their hours.
    untimed : dict of str to int
        Incidents of the rule's kinds not known to lie in a night, by what is known of their time.
    marked_elsewhere : int
        Marked by their source as night-time economy, and in no night.
    closings : tuple of (int, int)
        Minutes after noon at which premises of the chosen wards close, and how many do; ascending.
    sensitive : int
        Domestic and sexual offences among the incidents.
    rule : NightRule
        What was counted: the night or a part of it.
    version : int
        Table version.
    """

    filter: IncidentFilter
    span: Span
    tally: NightTally
    rate: NightRate
    kinds: KindCounts
    before: Compared
    last_year: Compared
    groups: tuple[GroupRow, ...]
    curve: NDArray[np.float64]
    changed: tuple[tuple[date, float], ...]
    untimed: dict[str, int]
    marked_elsewhere: int
    closings: tuple[tuple[int, int], ...]
    sensitive: int
    rule: NightRule
    version: int


def review_filter(incident_filter: IncidentFilter) -> IncidentFilter:
    """Return what of a filter the review uses: its period, wards and sources."""
    return IncidentFilter(
        period=incident_filter.period,
        comparison="last_year",
        hours=HoursFilter("nte"),
        wards=incident_filter.wards,
        sources=incident_filter.sources,
    )


def span_of(history: NightHistory, period: Period) -> Span:
    """Return the covered nights of a period."""
    nights = history.nights(period)
    hours = night_hours(nights, rule=history.rule, changes=history.incidents.clock_changes)
    return Span(period, nights, history.within(nights), float(hours.sum()))


def home_rows(
    dataset: Dataset, history: NightHistory, incident_filter: IncidentFilter
) -> NDArray[np.bool_]:
    """Tell which incidents of the history lie in the chosen wards."""
    return _in_wards(chosen_wards(dataset, incident_filter), history.incidents.ward)


def chosen_wards(dataset: Dataset, incident_filter: IncidentFilter) -> NDArray[np.bool_]:
    """Return the chosen wards; an empty choice is the home borough."""
    return dataset.select(review_filter(incident_filter)).chosen_wards


def kinds_of(history: NightHistory, rows: NDArray[np.bool_]) -> KindCounts:
    """Count the kinds of some incidents of the history."""
    return count_kinds(
        history.incidents.category[rows],
        history.injury[rows],
        kinds=KindRows(history.kinds.rowdy[rows], history.kinds.noise[rows]),
    )


def night_review(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    history: NightHistory,
    premises: Premises | None = None,
) -> NightReview:
    """Review the nights of a period in the chosen wards.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its period, wards and sources.
    history : NightHistory
        Of the same store and sources.
    premises : Premises, optional
        For the closing times.
    """
    wards = chosen_wards(dataset, incident_filter)
    home = _in_wards(wards, history.incidents.ward)
    spans = [span_of(history, each) for each in periods_of(incident_filter.period)]
    now = spans[0]
    tallies = [tally(history.night[home], nights=each.nights) for each in spans]
    mine = home & now.rows
    return NightReview(
        filter=incident_filter,
        span=now,
        tally=tallies[0],
        rate=rate_of(tallies[0]),
        kinds=kinds_of(history, mine),
        before=_compared(spans, tallies, at=1),
        last_year=_compared(spans, tallies, at=2),
        groups=_groups(history, mine, tallies, spans=spans),
        curve=hour_curve(history.incidents.take(mine), rule=history.rule),
        changed=changed_nights(
            now.nights, rule=history.rule, changes=history.incidents.clock_changes
        ),
        untimed=unknown_by_reason(
            history, _in_period(history, now.period) & _in_wards(wards, history.unknown.ward)
        ),
        marked_elsewhere=int(np.isin(history.marked_elsewhere, now.nights).sum()),
        closings=_closings(dataset, premises, wards=wards),
        sensitive=int(history.sensitive[mine].sum()),
        rule=history.rule,
        version=dataset.snapshot.version,
    )


def periods_of(period: Period) -> tuple[Period, Period, Period]:
    """Return a period, the one just before it, and the same one last year."""
    before = compared_with(period, how="before")
    last_year = compared_with(period, how="last_year")
    return period, before or period, last_year or period


def _compared(spans: Sequence[Span], tallies: Sequence[NightTally], *, at: int) -> Compared:
    both = spans[0].covered and spans[at].covered
    varying = dispersion(tallies[0], tallies[at])
    ratio = change(tallies[0], tallies[at], varying=varying) if both else None
    return Compared(spans[at].period, tallies[at], ratio)


def _groups(
    history: NightHistory,
    mine: NDArray[np.bool_],
    tallies: list[NightTally],
    *,
    spans: Sequence[Span],
) -> tuple[GroupRow, ...]:
    weekday = (history.night + 3) % 7  # day 0 was a Thursday
    # All nights say better how nights vary than the few Fridays of a month do.
    before_varies, year_varies = (dispersion(tallies[0], each) for each in tallies[1:])
    rows = []
    for group in night_groups(history.rule):
        parts = [_only(each, group) for each in tallies]
        now, before, last_year = (rate_of(each, weekdays=group.weekdays) for each in parts)
        rows.append(
            GroupRow(
                group=group,
                rate=now,
                kinds=kinds_of(history, mine & np.isin(weekday, group.weekdays)),
                before=before,
                last_year=last_year,
                change_before=_change(spans, parts, at=1, varying=before_varies),
                change_last_year=_change(spans, parts, at=2, varying=year_varies),
            )
        )
    return tuple(rows)


def _change(
    spans: Sequence[Span], parts: Sequence[NightTally], *, at: int, varying: Dispersion
) -> RateRatio | None:
    covered = spans[0].covered and spans[at].covered
    nights = parts[0].all_nights and parts[at].all_nights
    return change(parts[0], parts[at], varying=varying) if covered and nights else None


def _only(tally: NightTally, group: NightGroup) -> NightTally:
    in_group = np.isin(np.arange(7), group.weekdays)
    return type(tally)(
        nights=np.where(in_group, tally.nights, 0),
        incidents=np.where(in_group, tally.incidents, 0),
    )


def _in_period(history: NightHistory, period: Period) -> NDArray[np.bool_]:
    """Tell which undecided incidents may lie in a period's nights, by their first possible day."""
    day = history.unknown.starts_minute // MINUTES_PER_DAY
    return (day >= day_number(period.first)) & (day <= day_number(period.last))


def _in_wards(wards: NDArray[np.bool_], ward: NDArray[np.int16]) -> NDArray[np.bool_]:
    return np.asarray(np.append(wards, False)[ward])


def _closings(
    dataset: Dataset, premises: Premises | None, *, wards: NDArray[np.bool_]
) -> tuple[tuple[int, int], ...]:
    """Return when premises of the chosen wards close at night, and how many then."""
    if premises is None:
        return ()
    ward = dataset.wards.locate(premises.easting, premises.northing, tolerance_m=0.0).ward
    known = (premises.closes_minute != NO_HOUR) & _in_wards(wards, ward)
    minutes, counts = np.unique(premises.closes_minute[known], return_counts=True)
    return tuple((int(at), int(n)) for at, n in zip(minutes, counts, strict=True))


def closings_by_hour(review: NightReview, history: NightHistory) -> tuple[int, ...]:
    """Return how many premises close in each hour of the night, the hour they close on included.

    Premises that close at 02:00 count in the hour that begins at 02:00.
    """
    rule = history.rule
    hours = night_minutes(rule) // 60
    first = (rule.starts_after_hours - NOON_HOUR) * 60
    counts = [0] * hours
    for minute, number in review.closings:
        at = (minute - first) // 60
        if 0 <= at < hours:
            counts[at] += number
    return tuple(counts)
