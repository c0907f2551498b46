"""What a duty officer wants at nine: what is new, what runs, what is tasked, what is overdue.

Data seldom reach to this morning. *As of* is the last day that the home borough's dated data cover,
yesterday at the latest, and everything new is counted back from it, so a late import reads as old
news and never as a quiet night.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from models.calendar.days import MINUTES_PER_DAY, day_number
from models.calendar.periods import Period
from models.incidents.detection import detect
from models.incidents.precisions import TIME_PRECISIONS
from models.incidents.runs import (
    LONGEST_SPAN_DAYS,
    PlacedRun,
    runs_in_fortnight,
    surprise_order,
)
from models.today.kinds import SPAN_DAYS, NewOfKind, kinds_of_days
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from models.incidents.dataset import Dataset
    from models.tasking.tasking import Tasking

_WEEK: Final = 7
_HOTSPOTS: Final = 10
_TASKED_SHARE: Final = 0.2
_RUNS_SHOWN: Final = 10


class NoDaysError(PlainError, LookupError):
    """No incident of the home borough says on which day it happened."""

    def __init__(self) -> None:
        super().__init__(
            "No incident of the home borough says on which day it happened (published street-level "
            "data give the month alone), so nothing can be called new. Import the council's or the "
            "police's own extract; the months are on the pages Hotspots and Patterns."
        )


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old one source's data for the home borough are; `days_old` counts to today."""

    source: str
    last: date
    days_old: int
    monthly: bool


@dataclass(frozen=True, slots=True)
class KindRun:
    """A micro-time run with its category."""

    category: str
    run: PlacedRun


@dataclass(frozen=True, slots=True)
class _Runs:
    standing_out: tuple[KindRun, ...]
    by_chance: int
    unjudged: int


@dataclass(frozen=True, slots=True)
class News:
    """What is new in the incidents.

    Attributes
    ----------
    as_of : date
    days_old : int
        Days from *as of* to today.
    kinds : tuple of NewOfKind
        In the order of the categories; those without an incident in the eight weeks left out.
    undated : int
        Incidents of the last seven days' months that name no day.
    runs : tuple of KindRun
        Those that are more than chance would bring, the most surprising first.
    runs_by_chance : int
        Groups of three or more that are no more than chance would bring somewhere.
    runs_without_usual : int
        Those of which it is not known what is usual there, as the data do not cover the year
        before.
    hotspots : DataFrame
        The first ten of the default filter, the hotspot shape: with the ranks that every page,
        list and command gives them.
    hotspot_period : Period
    sensitive : int
        Domestic and sexual incidents of that period, which are in `kinds` and in no hotspot or run.
    freshness : tuple of Freshness
    version : int
        Table version.
    """

    as_of: date
    days_old: int
    kinds: tuple[NewOfKind, ...]
    undated: int
    runs: tuple[KindRun, ...]
    runs_by_chance: int
    runs_without_usual: int
    hotspots: pd.DataFrame
    hotspot_period: Period
    sensitive: int
    freshness: tuple[Freshness, ...]
    version: int


def news(dataset: Dataset, *, today: date) -> News:
    """Return what is new in the home borough's incidents.

    Parameters
    ----------
    dataset : Dataset
    today : date
        Local.

    Raises
    ------
    NoDaysError
        If no incident says its day.
    """
    fresh = _freshness(dataset, today=today)
    dated = [each.last for each in fresh if not each.monthly]
    if not dated:
        raise NoDaysError
    as_of = min(max(dated), today - timedelta(days=1))
    days, category, left_out = _days(dataset, until=as_of)
    usual = detect(dataset, dataset.default_filter())
    of_fortnight = _runs(
        dataset, as_of=as_of, categories=np.unique(category[days > day_number(as_of) - 14])
    )
    return News(
        as_of=as_of,
        days_old=(today - as_of).days,
        kinds=_kinds(days, category, known=_known_days(dataset, as_of=as_of), as_of=as_of),
        undated=left_out,
        runs=of_fortnight.standing_out,
        runs_by_chance=of_fortnight.by_chance,
        runs_without_usual=of_fortnight.unjudged,
        hotspots=usual.hotspots.frame.head(_HOTSPOTS),
        hotspot_period=usual.selection.now.period,
        sensitive=usual.selection.now.sensitive,
        freshness=fresh,
        version=dataset.snapshot.version,
    )


def untasked(hotspots: pd.DataFrame, taskings: Sequence[Tasking]) -> pd.DataFrame:
    """Return the hotspots of which no open tasking covers a fifth: the gaps."""
    areas = [each.draft.area for each in taskings]
    covered = [
        any(shape.intersection(area).area >= _TASKED_SHARE * shape.area for area in areas)
        for shape in hotspots["geometry"]
    ]
    return hotspots[~np.array(covered, dtype=bool)]


def _freshness(dataset: Dataset, *, today: date) -> tuple[Freshness, ...]:
    home = dataset.borough_code
    known = home in dataset.snapshot.borough_codes
    return tuple(
        Freshness(
            source=each.source,
            last=each.last,
            days_old=(today - each.last).days,
            monthly=each.monthly,
        )
        for each in dataset.snapshot.coverage
        if each.borough == home or (not known and each.borough is not None)
    )


def _days(dataset: Dataset, *, until: date) -> tuple[NDArray[np.int64], NDArray[np.int8], int]:
    """Return day number and category of the home borough's incidents of known day, a year back."""
    first = until - timedelta(days=SPAN_DAYS - 1)
    wide = replace(
        dataset.default_filter(), period=Period(first, until), categories=(), comparison="none"
    )
    selection = dataset.select(wide)
    part = selection.now
    incidents = part.all_incidents
    mine = np.append(selection.chosen_wards, False)[incidents.ward]
    by_month = dataset.snapshot.time_precision[part.all_rows] == TIME_PRECISIONS.index("month")
    long = incidents.ends_minute - incidents.starts_minute > LONGEST_SPAN_DAYS * MINUTES_PER_DAY
    known = mine & ~by_month & ~long
    recent = incidents.starts_minute >= (day_number(until) - _WEEK + 1) * MINUTES_PER_DAY
    left_out = int((mine & recent & ~known).sum())
    return incidents.starts_minute[known] // MINUTES_PER_DAY, incidents.category[known], left_out


def _known_days(dataset: Dataset, *, as_of: date) -> NDArray[np.bool_]:
    """Tell for each category which days every source that brings it covers.

    Returns
    -------
    bool array of shape (categories, days)
        The last day is *as of*.
    """
    span = Period(as_of - timedelta(days=SPAN_DAYS - 1), as_of)
    known = np.ones((len(CATEGORIES), SPAN_DAYS), dtype=np.bool_)
    held, home = dataset.snapshot, dataset.borough_code
    wanted = home in held.borough_codes
    for each in held.coverage:
        mine = each.borough == home if wanted else each.borough is not None
        if not mine or each.monthly or each.extent(span) == "none":
            continue
        of_source = held.source == held.sources.index(each.source)
        if each.borough is not None:
            of_source &= held.borough == held.borough_codes.index(each.borough)
        brings = np.unique(held.incidents.category[of_source])
        for gap in each.gaps(span):
            begins = (gap.first - span.first).days
            known[brings, begins : begins + gap.days] = False
    return known


def _kinds(
    days: NDArray[np.int64],
    category: NDArray[np.int8],
    *,
    known: NDArray[np.bool_],
    as_of: date,
) -> tuple[NewOfKind, ...]:
    by_day = np.zeros((len(CATEGORIES), SPAN_DAYS), dtype=np.int64)
    np.add.at(by_day, (category, days - (day_number(as_of) - SPAN_DAYS + 1)), 1)
    return kinds_of_days(by_day, known=known)


def _runs(dataset: Dataset, *, as_of: date, categories: NDArray[np.int8]) -> _Runs:
    """Return the runs that are more than chance, and how many others there are."""
    chosen = replace(dataset.default_filter(), period=Period(as_of, as_of), comparison="none")
    standing_out: list[KindRun] = []
    by_chance = unjudged = 0
    for name in (CATEGORIES[at] for at in categories):
        of_kind = runs_in_fortnight(dataset, chosen, category=name)
        standing_out += [KindRun(name, each) for each in of_kind.standing_out]
        by_chance += of_kind.by_chance
        unjudged += len(of_kind.unjudged)
    standing_out.sort(key=lambda each: surprise_order(each.run))
    return _Runs(tuple(standing_out[:_RUNS_SHOWN]), by_chance, unjudged)
