"""Counting every indicator once for a table version, by month, borough and ward.

A quarter, its year before and the rolling twelve months are then sums of a few small arrays, so
that a page answers at once. Which months may be summed is decided here as well: a month counts as
complete when it is over, at least one source that brings such incidents covers all of it, and none
covers only a part of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.polygon_index import PolygonIndex
from models.calendar.months import Month
from models.calendar.periods import whole_month
from models.calendar.quarters import year_period
from models.indicators.catalogue import INDICATORS, CountRule
from models.indicators.measure import judged, monthly_by_place, repeat_callers
from models.indicators.performance import MOST_UNKNOWN, Figure
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.incidents.dataset import Dataset
    from models.indicators.measure import IndicatorRows, Judged

_AREA_CELL_M: Final = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorAreas:
    """The areas that place-bound indicators count in.

    Attributes
    ----------
    asb_hotspots : mapping of int to tuple of polygons
        By the year in which a financial year begins; a year without an entry is not fixed.
    nte_areas : tuple of polygons or None
        None where no night-time-economy areas are kept.
    """

    asb_hotspots: Mapping[int, tuple[Polygon | MultiPolygon, ...]]
    nte_areas: tuple[Polygon | MultiPolygon, ...] | None = None

    @property
    def fingerprint(self) -> str:
        """What tells these areas from others: the years fixed, and a digest of every outline."""
        digest = blake2b(digest_size=12)
        for areas in (*self.asb_hotspots.values(), self.nte_areas or ()):
            digest.update(f"{len(areas)};".encode())
            for area in areas:
                digest.update(shapely.to_wkb(area))
        return f"{sorted(self.asb_hotspots)} {self.nte_areas is None} {digest.hexdigest()}"


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorTally:
    """One indicator, counted.

    Attributes
    ----------
    count_rule : CountRule
    boroughs, unknown : int64 array of shape (number of boroughs, number of months)
        Incidents that count, and those of which it is not known.
    wards : int64 array of shape (number of wards, number of months)
    sources : int64 array of shape (number of sources, number of months)
        Of the home borough.
    unplaced : int64 array of shape (number of boroughs, number of months)
        Domestic and sexual incidents that a place-bound indicator would count and cannot, as they
        are never counted within an area; all 0 where the place is the borough.
    judged : Judged
        Their rows, for what months do not add up to.
    unfixed : frozenset of int
        Months in which the indicator's areas are not fixed.
    """

    count_rule: CountRule
    boroughs: NDArray[np.int64]
    unknown: NDArray[np.int64]
    wards: NDArray[np.int64]
    sources: NDArray[np.int64]
    unplaced: NDArray[np.int64]
    judged: Judged
    unfixed: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class IndicatorCounts:
    """All indicators of one table version, counted.

    Attributes
    ----------
    rows : IndicatorRows
    months : range
        As in `IndicatorRows.month`.
    tallies : mapping of str to IndicatorTally
        By the indicator's key; those of whole categories by ``category:`` and its name.
    present : bool array of shape (sources, boroughs, categories)
        Whether a source holds such an incident for a borough.
    """

    rows: IndicatorRows
    months: range
    tallies: Mapping[str, IndicatorTally]
    present: NDArray[np.bool_]


def count_all(dataset: Dataset, rows: IndicatorRows, *, places: IndicatorAreas) -> IndicatorCounts:
    """Count every indicator of the catalogue, and every category.

    Parameters
    ----------
    dataset : Dataset
    rows : IndicatorRows
        Of the store's version, from `data.incidents.indicator_rows`.
    places : IndicatorAreas
    """
    months = range(int(rows.month.min()), int(rows.month.max()) + 1)
    wanted = {each.key: each.count_rule for each in INDICATORS if each.count_rule is not None}
    wanted |= {f"category:{name}": CountRule((name,)) for name in CATEGORIES}
    held = dataset.snapshot
    present = np.zeros((len(held.sources), len(held.borough_codes) + 1, len(CATEGORIES)), np.bool_)
    present[rows.source, rows.borough, rows.category] = True
    return IndicatorCounts(
        rows=rows,
        months=months,
        tallies={
            key: _tally(dataset, rows, counted, months=months, places=places)
            for key, counted in wanted.items()
        },
        present=present[:, : len(held.borough_codes)],
    )


def home_borough(dataset: Dataset) -> int:
    """Return the home borough's position among the snapshot's; −1 where the layer lacks it."""
    codes = dataset.snapshot.borough_codes
    code = dataset.borough_code
    return codes.index(code) if code in codes else -1


def covering(
    dataset: Dataset,
    counts: IndicatorCounts,
    tally: IndicatorTally,
    *,
    borough: int,
    month: date,
    today: date,
) -> frozenset[str] | None:
    """Return the sources that cover a whole month; None where the month is not complete.

    Parameters
    ----------
    dataset : Dataset
    counts : IndicatorCounts
    tally : IndicatorTally
        Only sources that hold incidents of its categories for the borough take part.
    borough : int
        Position among the snapshot's.
    month : date
    today : date
        A month that is not over is never complete.
    """
    period = whole_month(month)
    number = Month.of(month).index
    if period.last >= today or number in tally.unfixed or borough < 0:
        return None
    held = dataset.snapshot
    categories = [CATEGORIES.index(name) for name in tally.count_rule.categories]
    brings = np.any(counts.present[:, borough][:, categories], axis=1).tolist()
    whole = set()
    for each in held.coverage:
        if each.borough != held.borough_codes[borough]:
            continue
        if not brings[held.sources.index(each.source)]:
            continue
        if each.shortfall(period) is None:
            whole.add(each.source)
        elif each.extent(period) == "part":
            return None
    return frozenset(whole) or None


def figure(
    counts: IndicatorCounts, tally: IndicatorTally, *, borough: int, months: Sequence[date]
) -> tuple[Figure, tuple[str, ...]]:
    """Return the figure of a borough over months that are complete, and what to know of it."""
    numbers = [Month.of(month).index for month in months]
    if tally.count_rule.measure == "repeat_callers":
        found = tally.judged.yes
        calls = found[counts.rows.borough[found] == borough]
        callers, nobody = repeat_callers(counts.rows, calls, months=numbers)
        return _callers(callers, nobody=nobody, calls=within(tally, counts, borough, numbers))
    at = [number - counts.months.start for number in numbers if number in counts.months]
    value = int(tally.boroughs[borough, at].sum())
    return Figure(value, unknown=int(tally.unknown[borough, at].sum())), ()


def within(
    tally: IndicatorTally, counts: IndicatorCounts, borough: int, numbers: Sequence[int]
) -> int:
    """Return how many incidents a borough had in some months."""
    at = [number - counts.months.start for number in numbers if number in counts.months]
    return int(tally.boroughs[borough, at].sum())


def _callers(callers: int, *, nobody: int, calls: int) -> tuple[Figure, tuple[str, ...]]:
    """Return repeat callers, and how many calls name none; no trusted figure if most do not."""
    if not nobody:
        return Figure(callers), ()
    words = f"{nobody:,} of {calls:,} calls ({nobody / calls:.0%}) name no caller"
    if nobody > MOST_UNKNOWN * calls:
        why = "so there is no figure. Import calls with their callers; only a hash of them is kept."
        return Figure(0, unknown=nobody), (f"{words}, {why}",)
    rest = "and count for nobody, so there are at least so many repeat callers."
    return Figure(callers), (f"{words} {rest}",)


def _tally(
    dataset: Dataset,
    rows: IndicatorRows,
    count_rule: CountRule,
    *,
    months: range,
    places: IndicatorAreas,
) -> IndicatorTally:
    snapshot = dataset.snapshot
    inside, unfixed = _inside(rows, count_rule, months=months, places=places)
    found = judged(rows, count_rule, rule=dataset.night_rule, inside=inside)
    unplaced = np.zeros(0, dtype=np.intp)
    if inside is not None:
        unplaced = judged(
            rows, count_rule, rule=dataset.night_rule, inside=np.isnan(rows.easting)
        ).yes
    home = home_borough(dataset)
    boroughs, wards = len(snapshot.borough_codes), len(snapshot.ward_codes)
    by_source = np.where(rows.borough == home, rows.source, np.int16(-1)).astype(np.int16)
    span = {"months": months}
    return IndicatorTally(
        count_rule=count_rule,
        boroughs=monthly_by_place(rows, found.yes, places=rows.borough, count=boroughs, **span),
        unknown=monthly_by_place(rows, found.unknown, places=rows.borough, count=boroughs, **span),
        wards=monthly_by_place(rows, found.yes, places=rows.ward, count=wards, **span),
        sources=monthly_by_place(
            rows, found.yes, places=by_source, count=len(rows.sources), **span
        ),
        unplaced=monthly_by_place(rows, unplaced, places=rows.borough, count=boroughs, **span),
        judged=found,
        unfixed=unfixed,
    )


def _inside(
    rows: IndicatorRows, count_rule: CountRule, *, months: range, places: IndicatorAreas
) -> tuple[NDArray[np.bool_] | None, frozenset[int]]:
    """Return which rows lie in the indicator's areas, and the months without any areas."""
    if count_rule.place == "borough":
        return None, frozenset()
    if count_rule.place == "nte_areas":
        if places.nte_areas is None:
            return np.zeros(len(rows), dtype=np.bool_), frozenset(months)
        return _located(rows, places.nte_areas, np.ones(len(rows), dtype=np.bool_)), frozenset()
    inside = np.zeros(len(rows), dtype=np.bool_)
    unfixed = set(months)
    for year, areas in places.asb_hotspots.items():
        start = Month.of(year_period(year).first).index
        unfixed -= set(range(start, start + 12))
        inside |= _located(rows, areas, (rows.month >= start) & (rows.month < start + 12))
    return inside, frozenset(unfixed)


def _located(
    rows: IndicatorRows, areas: Sequence[Polygon | MultiPolygon], where: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    at = np.flatnonzero(where)
    inside = np.zeros(len(rows), dtype=np.bool_)
    if len(areas):
        index = PolygonIndex.of(list(areas), cell_m=_AREA_CELL_M)
        inside[at] = index.locate(rows.easting[at], rows.northing[at]) >= 0
    return inside
