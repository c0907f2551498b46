"""Every night-time-economy incident of the store with its night, and which nights the data cover.

It is worked out once for a table version and a choice of sources; a period, an area and a year are
then masks on it. A night counts only when the data of every source cover it from its first hour to
its last: the night of the last day of a table ends in a day that nobody has delivered yet, so it is
left out and counted. Sources that know only the month (published police.uk data) take no part
in this: they hold no night at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.errors import PlainError
from models.calendar.days import MINUTES_PER_DAY, day_number
from models.incidents.filters import HoursFilter
from models.incidents.precisions import TIME_PRECISIONS
from models.nights.counting import NO_NIGHT, NightsOf, nights_in, nights_of
from models.nights.kinds import KindRows, kinds_by_words
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from models.calendar.night_rule import NightRule, NightWindow
    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents
    from models.incidents.coverage import Coverage
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.indicators.offence_words import NightWords

_LEAST_TIMED: Final = 60


class NoNightsError(PlainError, ValueError):
    """Nothing in the store says at which hour it happened, so no night can be reviewed."""

    def __init__(self, *, incidents: int, timed: int) -> None:
        found = (
            f"{timed:,} of the {counted(incidents, 'incident says', 'incidents say')}"
            if timed
            else "no incident says"
        )
        super().__init__(
            f"Nights cannot be reviewed: {found} at which hour it happened. Data published on "
            "data.police.uk give the month alone, whatever the crime. Load the police's or the "
            "council's own extract, in which each row has a date and a time (Import data; the "
            "file formats are in the documentation), or choose a source with times."
        )


class NoNightsHereError(PlainError, ValueError):
    """The chosen sources say nothing with hours of the boroughs of the chosen wards."""

    def __init__(self) -> None:
        super().__init__(
            "Nights cannot be reviewed here: the chosen sources hold no incidents with hours for "
            "the boroughs of the chosen wards. Choose other wards or sources, or load an extract "
            "with times for them (Import data)."
        )


@dataclass(frozen=True, slots=True)
class NightHistory:
    """Incidents that belong to a night, ascending by time; arrays of length n.

    Attributes
    ----------
    incidents : Incidents
        Night-time economy by the rule, of all wards and around them. Domestic and sexual ones have
        no position, so they lie in no area.
    night : int64 array
        Day on which the night starts.
    borough : int16 array
        Index into the snapshot's `borough_codes`; −1 outside every ward.
    injury : int8 array
        1 yes, 0 no, −1 unknown.
    sensitive : bool array
        Domestic or sexual: in the totals of wards, and never given a place.
    kinds : KindRows
    plain : bool array
        What areas are found from: of the rule's categories, neither noise nor sensitive.
    every : Incidents
        The same at all hours: what the night is compared with.
    every_day : int64 array
        The day, or the night, of each of `every`.
    unknown : Incidents
        Of the rule's kinds, where it is not known whether they lie in a night.
    unknown_precision : int8 array
        Their time precision.
    marked_elsewhere : int64 array
        Day of each incident that its source marks as night-time economy and that lies in no night.
    covered : tuple of Coverage
        Of the sources with days, for the boroughs of the chosen wards.
    rule : NightRule
    """

    incidents: Incidents
    night: NDArray[np.int64]
    borough: NDArray[np.int16]
    injury: NDArray[np.int8]
    sensitive: NDArray[np.bool_]
    kinds: KindRows
    plain: NDArray[np.bool_]
    every: Incidents
    every_day: NDArray[np.int64]
    unknown: Incidents
    unknown_precision: NDArray[np.int8]
    marked_elsewhere: NDArray[np.int64]
    covered: tuple[Coverage, ...]
    rule: NightRule

    def nights(self, period: Period) -> NDArray[np.int64]:
        """Return the nights of a period that the data cover, ascending."""
        nights = nights_in(period)
        return nights[covered_nights(nights, self.covered)]

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which incidents may have a place: what an area's share is a share of."""
        return ~self.sensitive

    def within(self, nights: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which incidents lie in some nights."""
        return np.isin(self.night, nights)


def night_history(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    window: NightWindow = "night",
    terms: Mapping[str, NightWords] | None = None,
) -> NightHistory:
    """Gather the night-time-economy incidents of the store.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its sources are used, and its wards say whose coverage matters; nothing else of it.
    window : NightWindow, optional
        The part of the night that is looked at; the whole night unless given.
    terms : mapping of str to NightWords, optional
        By source, "" for all others: how it names rowdy behaviour and noise.

    Raises
    ------
    NoNightsError
        If fewer than 60 incidents of the chosen sources have an hour.
    NoNightsHereError
        If none of those is of the boroughs of the chosen wards.
    """
    night_rule = dataset.night_rule.of_window(window)
    snapshot = dataset.snapshot
    held = snapshot.incidents
    rows = _rows_of_sources(dataset, incident_filter)
    timed = int(((held.hour_of_week >= 0) & rows).sum())
    covered = _covered(dataset, incident_filter)
    if timed < _LEAST_TIMED:
        raise NoNightsError(incidents=int(rows.sum()), timed=timed)
    if not covered:
        raise NoNightsHereError
    of_kind = np.isin(held.category, [CATEGORIES.index(name) for name in night_rule.categories])
    marked = snapshot.nte == 1
    picked = np.flatnonzero(rows & (of_kind | marked))
    incidents = held.take(picked)
    told = nights_of(incidents, rule=night_rule)
    kinds = kinds_by_words(
        snapshot.offence[picked],
        snapshot.source[picked],
        category=incidents.category,
        offences=snapshot.offences,
        sources=snapshot.sources,
        terms=terms,
    )
    member = np.flatnonzero(told.night != NO_NIGHT)
    plain = of_kind[picked] & ~kinds.noise & ~snapshot.sensitive[picked]
    quiet = plain & ~told.unknown
    elsewhere = marked[picked] & (told.night == NO_NIGHT) & ~told.unknown
    return NightHistory(
        incidents=incidents.take(member),
        night=told.night[member],
        borough=snapshot.borough[picked][member],
        injury=snapshot.injury[picked][member],
        sensitive=snapshot.sensitive[picked][member],
        kinds=KindRows(kinds.rowdy[member], kinds.noise[member]),
        plain=plain[member],
        every=incidents.take(quiet),
        every_day=_days(incidents, told)[quiet],
        unknown=incidents.take(told.unknown),
        unknown_precision=snapshot.time_precision[picked][told.unknown],
        marked_elsewhere=(incidents.starts_minute // MINUTES_PER_DAY)[elsewhere],
        covered=covered,
        rule=night_rule,
    )


def covered_nights(nights: NDArray[np.int64], covered: tuple[Coverage, ...]) -> NDArray[np.bool_]:
    """Tell which nights lie wholly inside what every source covers: their day and the next."""
    held = np.ones(len(nights), dtype=np.bool_)
    for each in covered:
        usual = each.silence_days
        held &= nights >= day_number(each.first) - usual
        held &= nights + 1 <= day_number(each.last) + usual
        months = nights.astype("datetime64[D]").astype("datetime64[M]")
        held &= ~np.isin(months, np.array(each.missing_months, dtype="datetime64[M]"))
        for silence in each.silences:
            held &= (nights + 1 < day_number(silence.first)) | (nights > day_number(silence.last))
    return held


def unknown_by_reason(history: NightHistory, rows: NDArray[np.bool_]) -> dict[str, int]:
    """Count incidents not known to lie in a night, by what is known of their time."""
    counts = np.bincount(history.unknown_precision[rows], minlength=len(TIME_PRECISIONS))
    by_name = dict(zip(TIME_PRECISIONS, counts.tolist(), strict=True))
    what = "the night" if history.rule.window == "night" else "these hours"
    return {
        "the month": by_name["month"],
        "the day": by_name["day"],
        f"a span that reaches out of {what}": by_name["interval"],
    }


def _rows_of_sources(dataset: Dataset, incident_filter: IncidentFilter) -> NDArray[np.bool_]:
    snapshot = dataset.snapshot
    if not incident_filter.sources:
        return np.ones(len(snapshot), dtype=np.bool_)
    wanted = np.array([name in incident_filter.sources for name in snapshot.sources])
    return np.asarray(wanted[snapshot.source])


def _covered(dataset: Dataset, incident_filter: IncidentFilter) -> tuple[Coverage, ...]:
    """Return what the sources with days cover in the boroughs of the chosen wards."""
    snapshot = dataset.snapshot
    plain = replace(incident_filter, categories=(), hours=HoursFilter(), comparison="none")
    wards = dataset.select(plain).chosen_wards
    names = [*snapshot.borough_codes, None]
    boroughs = {names[at] for at in snapshot.ward_boroughs[wards]}
    return tuple(
        each
        for each in snapshot.coverage
        if each.borough in boroughs
        and not each.monthly
        and (not incident_filter.sources or each.source in incident_filter.sources)
    )


def _days(incidents: Incidents, nights_of_rows: NightsOf) -> NDArray[np.int64]:
    """Return the night of those in one, and the day of the others."""
    day = incidents.starts_minute // MINUTES_PER_DAY
    return np.where(nights_of_rows.night == NO_NIGHT, day, nights_of_rows.night)
