"""Licensing evidence about one place: the nights of twelve months within a stated distance.

The place is licensed premises with a distance around them, or a night-time area. Counting is that
of the review (`models.nights.review`), so the paper's numbers are those of the page: within 50 m of
premises what its list of premises says, in an area what its cumulative impact says for the last
year. The change on the year before allows for nights that vary by more than chance.

Two things are never said. Which of two neighbouring premises an incident belongs to: where more
than 30 % of the incidents lie on anonymised map points, the distance is widened to one at which
premises are told from no neighbour, and the paper says so. And a kind with fewer than five
incidents: it is counted with other crime, so that no small count can be had by taking others away.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.days import day_of
from models.calendar.months import Month
from models.calendar.periods import Period, years_back
from models.hotspots.guard import guard_of
from models.nights.counting import change, dispersion, night_rate, tally
from models.nights.evidence_place import inside_place, premises_inside, wide_enough
from models.nights.evidence_shape import (
    FEWEST,
    ComparedGround,
    HourLine,
    KindLine,
    LicensingEvidence,
    MonthLine,
)
from models.nights.kinds import KIND_LABELS
from models.nights.licensing import after_noon, late_minute
from models.nights.premises import NO_HOUR, NOON
from models.nights.premises_nearby import incidents_near_premises, share
from models.nights.review import home_rows, kinds_of, span_of
from models.statistics.dispersion import INDEPENDENT

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.nights.evidence_shape import EvidencePlace
    from models.nights.history import NightHistory
    from models.nights.premises import Premises
    from models.nights.review import Span

_AFTER_CLOSING: Final = 120  # minutes
_PARTS: Final = ("asb", "violence", "robbery", "theft_person", "theft", "public_order")


def licensing_evidence(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    history: NightHistory,
    place: EvidencePlace,
    premises: Premises | None,
) -> LicensingEvidence:
    """Return the evidence about a place in the twelve months to a filter's last day.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its last day, wards and sources are used.
    history : NightHistory
        Of the whole night, of the same dataset and sources.
    place : EvidencePlace
    premises : Premises, optional
        For closing times.
    """
    last = incident_filter.period.last
    year = Period(years_back(last) + timedelta(days=1), last)
    span = span_of(history, year)
    earlier = span_of(history, Period(years_back(year.first), years_back(year.last)))
    used = wide_enough(place, history, span, premises=premises)
    inside = history.placed & inside_place(used, history)
    return _evidence(
        dataset, incident_filter, history, used, inside, spans=(span, earlier), premises=premises
    )


def _evidence(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    history: NightHistory,
    place: EvidencePlace,
    inside: NDArray[np.bool_],
    *,
    spans: tuple[Span, Span],
    premises: Premises | None,
) -> LicensingEvidence:
    span, earlier = spans
    compared = span.covered and earlier.covered
    mine, then = inside & span.rows, inside & earlier.rows
    members = history.incidents.take(np.flatnonzero(mine))
    minutes = after_noon(members.starts_minute)
    closes = place.closes_minute
    after = (minutes >= closes) & (minutes < closes + _AFTER_CLOSING)
    home = home_rows(dataset, history, incident_filter)
    total = int(mine.sum())
    return LicensingEvidence(
        place=place,
        year=span.period,
        before=earlier.period,
        nights=len(span.nights),
        nights_before=len(earlier.nights),
        compared=compared,
        total=total,
        total_before=int(then.sum()),
        rate=night_rate(total, nights=len(span.nights)),
        kinds=_kinds(history, mine, then, compared=compared),
        injury_unknown=kinds_of(history, mine).injury_unknown,
        late=int((minutes >= late_minute()).sum()),
        after_closing=None if closes == NO_HOUR else int(after.sum()),
        hours=_hours(history, mine, place, premises=premises),
        spread=int((members.hour_of_week < 0).sum()),
        months=_months(history, mine, then, year=span.period, compared=compared),
        grounds=_grounds(history, inside, home, place, spans=spans, premises=premises),
        guard=guard_of(members),
        missing=span.missing,
        premises_label="" if premises is None else premises.label,
        sources=_sources(dataset, incident_filter),
        sensitive=int((history.sensitive & home & span.rows).sum()),
        version=dataset.snapshot.version,
    )


def _kinds(
    history: NightHistory,
    mine: NDArray[np.bool_],
    then: NDArray[np.bool_],
    *,
    compared: bool,
) -> tuple[KindLine, ...]:
    """Return the kinds; those of fewer than five in either year go into the last line.

    If what is gathered there is itself between one and four, the smallest listed kind joins it.
    """
    now, before = kinds_of(history, mine), kinds_of(history, then)
    counts = {kind: (getattr(now, kind), getattr(before, kind)) for kind in _PARTS}
    listed = {
        kind: pair
        for kind, pair in counts.items()
        if not any(0 < each < FEWEST for each in (pair if compared else pair[:1])) and pair[0]
    }
    while listed and any(
        0 < total - sum(pair[at] for pair in listed.values()) < FEWEST
        for at, total in enumerate((now.total, before.total))
        if at == 0 or compared
    ):
        listed.pop(min(listed, key=lambda kind: listed[kind][0]))
    lines = [
        KindLine(KIND_LABELS[kind], pair[0], pair[1] if compared else None)
        for kind, pair in sorted(listed.items(), key=lambda item: -item[1][0])
    ]
    rest = tuple(
        total - sum(pair[at] for pair in listed.values())
        for at, total in enumerate((now.total, before.total))
    )
    if any(rest):
        label = "All other kinds together" if lines else "All kinds together"
        lines.append(KindLine(label, rest[0], rest[1] if compared else None))
    hurt = (now.vwi, before.vwi)
    enough = all(
        each >= FEWEST and whole - each not in range(1, FEWEST)
        for each, whole in zip(hurt, counts["violence"], strict=True)
    )
    if "violence" in listed and enough:
        whole = KIND_LABELS["violence"]
        at = next(at for at, line in enumerate(lines) if line.label == whole)
        before_hurt = hurt[1] if compared else None
        lines.insert(at + 1, KindLine(KIND_LABELS["vwi"], hurt[0], before_hurt, whole))
    return tuple(lines)


def _hours(
    history: NightHistory,
    mine: NDArray[np.bool_],
    place: EvidencePlace,
    *,
    premises: Premises | None,
) -> tuple[HourLine, ...]:
    """Count by the hour of beginning; what is known only by a span counts in the span's first."""
    rule = history.rule
    starts = after_noon(history.incidents.starts_minute[mine]) // 60
    counts = np.bincount((starts + NOON // 60) % 24, minlength=24)
    closing = np.zeros(24, dtype=np.int64)
    if premises is not None:
        inside = premises_inside(place, premises)
        known = inside & (premises.closes_minute != NO_HOUR)
        hours = (premises.closes_minute[known].astype(np.int64) + NOON) // 60 % 24
        closing = np.bincount(hours, minlength=24)
    hours_of_night = ((rule.start_hour + at) % 24 for at in range(rule.hours))
    return tuple(HourLine(hour, int(counts[hour]), int(closing[hour])) for hour in hours_of_night)


def _months(
    history: NightHistory,
    mine: NDArray[np.bool_],
    then: NDArray[np.bool_],
    *,
    year: Period,
    compared: bool,
) -> tuple[MonthLine, ...]:
    """Return the months of the year's nights; a year that begins within one has thirteen."""
    now, before = (_by_month(history.night[rows]) for rows in (mine, then))
    first, last = Month.of(year.first), Month.of(year.last)
    months = [first.later(at) for at in range(last.index - first.index + 1)]
    return tuple(
        MonthLine(month, now[month], before[month.later(-12)] if compared else None)
        for month in months
    )


def _by_month(nights: NDArray[np.int64]) -> Counter[Month]:
    counts: Counter[Month] = Counter()
    for night, number in zip(*np.unique(nights, return_counts=True), strict=True):
        counts[Month.of(day_of(int(night)))] += int(number)
    return counts


def _grounds(
    history: NightHistory,
    inside: NDArray[np.bool_],
    home: NDArray[np.bool_],
    place: EvidencePlace,
    *,
    spans: tuple[Span, Span],
    premises: Premises | None,
) -> tuple[ComparedGround, ...]:
    here = "Here" if place.within_m is None else f"Within {place.within_m:.0f} m"
    elsewhere = home & history.placed & ~inside
    found = [_ground(history, here, inside, spans=spans)]
    if premises is not None and len(premises):
        rows = np.flatnonzero(elsewhere)
        members = history.incidents.take(rows)
        pairs = incidents_near_premises(
            (premises.easting, premises.northing), (members.easting, members.northing)
        )
        near = np.zeros(len(inside), dtype=np.bool_)
        near[rows[np.unique(pairs.incident)]] = True
        found.append(_ground(history, "Within 50 m of premises elsewhere", near, spans=spans))
        elsewhere = elsewhere & ~near
        found.append(_ground(history, "All the rest", elsewhere, spans=spans))
    else:
        found.append(_ground(history, "Everywhere else", elsewhere, spans=spans))
    return tuple(found)


def _ground(
    history: NightHistory, label: str, inside: NDArray[np.bool_], *, spans: tuple[Span, Span]
) -> ComparedGround:
    span, earlier = spans
    compared = span.covered and earlier.covered
    now, then = (tally(history.night[inside], nights=each.nights) for each in spans)
    minutes = after_noon(history.incidents.starts_minute[inside & span.rows])
    varying = dispersion(now, then) if now.total or then.total else INDEPENDENT
    return ComparedGround(
        label=label,
        now=now.total,
        before=then.total if compared else None,
        change=change(now, then, varying=varying) if compared else None,
        late=share(int((minutes >= late_minute()).sum()), now.total),
    )


def _sources(dataset: Dataset, incident_filter: IncidentFilter) -> tuple[tuple[str, date], ...]:
    """Return the sources with days that hold incidents of the boroughs, and their last day."""
    last: dict[str, date] = {}
    for each in dataset.snapshot.coverage:
        if each.monthly or each.borough is None:
            continue
        if not incident_filter.sources or each.source in incident_filter.sources:
            last[each.source] = max(each.last, last.get(each.source, each.last))
    return tuple(sorted(last.items()))
