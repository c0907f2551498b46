"""From a filter to the runs of one kind in the last fortnight, with where they are in words.

The pages, the papers, the command line and a notebook all make this call, so that a run that stands
out on one of them does on all. Runs have a place: domestic and sexual incidents take no part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.errors import PlainError
from geo.naming.names import names_together
from models.calendar.days import MINUTES_PER_DAY, day_of_minute
from models.calendar.periods import Period
from models.hotspots.micro_time import MicroTimeSettings, Run, runs
from models.hotspots.naming import place_of
from models.incidents.precisions import TIME_PRECISIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.hotspots.inputs import Incidents
    from models.incidents.dataset import Dataset
    from models.incidents.filters import IncidentFilter
    from models.incidents.selection import PeriodIncidents, Selection

LONGEST_SPAN_DAYS: Final = 7
_YEAR: Final = timedelta(days=364)
_COARSE_M: Final = 100


class DayUnknownError(PlainError, ValueError):
    """Runs were asked for, and no incident says on which day it happened."""

    def __init__(self, undated: int) -> None:
        self.undated = undated
        super().__init__(
            f"No incident has a known day, so no run of days can be seen: none of the {undated:,} "
            "says on which day it happened (published street-level data give the month alone). "
            "Import the "
            "council's or the police's own extract, or choose another kind of incident."
        )


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """A run with its name from the ground, and its position to the nearest 100 m."""

    run: Run
    ward: str
    near: str
    easting: int
    northing: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one kind in the last days of a period.

    Attributes
    ----------
    period : Period
        The days looked at.
    category : str
    runs : tuple of PlacedRun
        The most surprising first.
    incidents : int
        Incidents of the chosen wards in those days that took part.
    undated : int
        Of the year and those days: known by month alone, or only to lie in a span of more than a
        week.
    gaps : tuple of Period
        Stretches of those days that the data do not cover: no run there is not none.
    sensitive : int
        Domestic and sexual incidents of the chosen wards in those days, which take no part.
    """

    period: Period
    category: str
    runs: tuple[PlacedRun, ...]
    incidents: int
    undated: int
    gaps: tuple[Period, ...]
    sensitive: int

    @property
    def standing_out(self) -> tuple[PlacedRun, ...]:
        """Those that are more than chance would bring."""
        return tuple(each for each in self.runs if each.run.stands_out)

    @property
    def unjudged(self) -> tuple[PlacedRun, ...]:
        """Those of which it is not known what is usual there, so nobody can say."""
        return tuple(each for each in self.runs if math.isnan(each.run.chance))

    @property
    def by_chance(self) -> int:
        """How many are no more than chance would bring somewhere."""
        return len(self.runs) - len(self.standing_out) - len(self.unjudged)


def surprise_order(placed: PlacedRun) -> tuple[float, float]:
    """Return what sorts runs of several kinds: the least likely by chance first.

    Those of which that is not known come last, the largest first.
    """
    run = placed.run
    if math.isnan(run.chance):
        return math.inf, -float(run.incidents)
    return run.chance, (run.usual - run.incidents) / math.sqrt(max(run.usual, 1.0))


def runs_in_fortnight(
    dataset: Dataset,
    incident_filter: IncidentFilter,
    *,
    category: str,
    settings: MicroTimeSettings | None = None,
) -> Runs:
    """Return the runs of one kind in the last days of a filter's period.

    Parameters
    ----------
    dataset : Dataset
    incident_filter : IncidentFilter
        Its categories and its comparison take no part.
    category : str
        Of `CATEGORIES`.
    settings : MicroTimeSettings, optional

    Raises
    ------
    DayUnknownError
        If there are incidents of that kind and none says its day.
    MicroTimeError
        If there are too many.
    """
    used = settings or MicroTimeSettings()
    last = incident_filter.period.last
    recent = Period(last - timedelta(days=used.days - 1), last)
    wide = Period(recent.first - _YEAR, last)
    selection = dataset.select(
        replace(incident_filter, period=wide, categories=(category,), comparison="none")
    )
    incidents, left_out = _of_known_day(dataset, selection.now, selection=selection)
    if left_out and not len(incidents):
        raise DayUnknownError(left_out)
    begin, end = recent.minutes
    gaps = selection.now.gaps
    found = runs(incidents, end_minute=end, settings=used, gaps=gaps) if len(incidents) else ()
    return Runs(
        period=recent,
        category=category,
        runs=_placed(found, incidents, dataset=dataset),
        incidents=int((incidents.starts_minute >= begin).sum()),
        undated=left_out,
        gaps=tuple(
            Period(max(each.first, recent.first), each.last)
            for each in gaps
            if each.last >= recent.first
        ),
        sensitive=_sensitive_since(begin, dataset, selection),
    )


def _sensitive_since(minute: int, dataset: Dataset, selection: Selection) -> int:
    part = selection.now
    mine = np.append(selection.chosen_wards, False)[part.all_incidents.ward]
    recent = part.all_incidents.starts_minute >= minute
    return int((mine & recent & dataset.snapshot.sensitive[part.all_rows]).sum())


def _of_known_day(
    dataset: Dataset, part: PeriodIncidents, *, selection: Selection
) -> tuple[Incidents, int]:
    """Return the chosen wards' incidents whose day is known, and how many others there are."""
    incidents = part.incidents
    mine = np.append(selection.chosen_wards, False)[incidents.ward]
    by_month = dataset.snapshot.time_precision[part.rows] == TIME_PRECISIONS.index("month")
    length = incidents.ends_minute - incidents.starts_minute
    unknown = by_month | (length > LONGEST_SPAN_DAYS * MINUTES_PER_DAY)
    return incidents.take(mine & ~unknown), int((mine & unknown).sum())


def _placed(
    found: Sequence[Run], incidents: Incidents, *, dataset: Dataset
) -> tuple[PlacedRun, ...]:
    """Return runs with their names, no two of them alike."""
    names = dataset.snapshot.ward_names
    wards = [names[int(np.bincount(incidents.ward[run.members]).argmax())] for run in found]
    places = [
        place_of(shapely.Point(run.easting, run.northing), incidents.take(run.members), ward=ward)
        for run, ward in zip(found, wards, strict=True)
    ]
    named = names_together(dataset.gazetteer, places)
    return tuple(
        PlacedRun(
            run=run,
            ward=ward,
            near=near,
            easting=round(run.easting / _COARSE_M) * _COARSE_M,
            northing=round(run.northing / _COARSE_M) * _COARSE_M,
            first=day_of_minute(run.first_minute),
            last=day_of_minute(run.last_minute),
        )
        for run, ward, near in zip(found, wards, named, strict=True)
    )
