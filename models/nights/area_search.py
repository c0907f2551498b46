"""Looks for night-time areas in a year of nights.

Areas are looked for over all wards whose incidents are held, not over the chosen ones alone, so
that an area across a border is detected whole and does not change with the choice of wards. Those
that touch the chosen wards are shown.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.polygon_index import PolygonIndex
from models.calendar.days import day_of
from models.calendar.periods import ObservedPeriod, Period, years_back
from models.hotspots import emerging
from models.hotspots.cells import TooLittleDataError
from models.incidents.coverage import gaps_of
from models.nights import area_outlines
from models.nights.area_outlines import NightAreaSettings
from models.nights.areas import DetectedAreas, NightArea, standings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import StudyArea
    from models.hotspots.method_result import MethodResult
    from models.incidents.dataset import Dataset
    from models.nights.history import NightHistory

_WHOLE_YEAR: Final = 300  # nights that must be covered for a year to be compared
_LOOK_UP_CELL_M: Final = 25.0


def year_to(last: date) -> Period:
    """Return the twelve months that end on a day."""
    return Period(_next_day(years_back(last)), last)


def find_night_areas(
    dataset: Dataset,
    history: NightHistory,
    *,
    last: date,
    settings: NightAreaSettings | None = None,
) -> DetectedAreas:
    """Find night-time areas at `last`, and what is needed to say which are new.

    Parameters
    ----------
    dataset : Dataset
    history : NightHistory
    last : date
        Last day of the year looked at.
    settings : NightAreaSettings, optional
    """
    ground = dataset.area(_wards_with_nights(dataset))
    return night_areas_on(ground, history, last=last, settings=settings)


def night_areas_on(
    ground: StudyArea,
    history: NightHistory,
    *,
    last: date,
    settings: NightAreaSettings | None = None,
) -> DetectedAreas:
    """Find night-time areas on some ground; see `find_night_areas`.

    Where both years are covered the outlines are drawn on both together. Drawn on the last year
    alone they would lie where that year happened to be high, and areas would seem to have grown;
    given how many incidents an outline holds over both, nothing in it favours either year. Ground
    that is half as dense over both years, as a new area is, is shown only if it emerges.
    """
    used = settings or NightAreaSettings()
    year = year_to(last)
    year_before = year_to(years_back(last))
    both = Period(year_before.first, last)
    covered = all(len(history.nights(each)) >= _WHOLE_YEAR for each in (year, year_before))
    drawn_on = both if covered else year
    now = _find(history, drawn_on, ground=ground, settings=used)
    before = _find(history, year_before, ground=ground, settings=used) if covered else None
    classes, why = _classes(history, both, ground=ground)
    areas, evidence = _named(history, now, year)
    detected = DetectedAreas(
        areas=areas,
        evidence=evidence,
        judged_together=len(areas),
        before=() if before is None else before.polygons,
        year=year,
        year_before=year_before,
        before_covered=covered,
        classes=classes,
        no_classes=why,
        ground=ground,
        explanation=f"{now.explanation} Drawn on the nights of {drawn_on}.",
    )
    if not covered:
        return detected
    return _with_emerging(
        history, detected, _find(history, both, ground=ground, settings=_half_as_dense(used))
    )


def _half_as_dense(settings: NightAreaSettings) -> NightAreaSettings:
    """Return what ground must be over two years to have been an area in one of them alone."""
    return replace(
        settings,
        times_mean=max(settings.times_mean / 2, 1.0),
        least_incidents=max(settings.least_incidents // 2, 1),
    )


def _with_emerging(
    history: NightHistory, detected: DetectedAreas, thin: MethodResult
) -> DetectedAreas:
    """Add the thinner ground that is no area over both years and emerges.

    All of it counts as judged, whether it emerges or not.
    """
    areas, evidence = _named(history, thin, detected.year)
    known = shapely.union_all([area.polygon for area in detected.areas])
    apart = [not area.polygon.intersects(known) for area in areas]
    tried = tuple(area for area, alone in zip(areas, apart, strict=True) if alone)
    said = tuple(words for words, alone in zip(evidence, apart, strict=True) if alone)
    judged = replace(detected, judged_together=len(detected.areas) + len(tried))
    emerge = [each.emerging for each in standings(history, judged, tried)]
    return replace(
        judged,
        areas=(*detected.areas, *itertools.compress(tried, emerge)),
        evidence=(*detected.evidence, *itertools.compress(said, emerge)),
    )


def _named(
    history: NightHistory, result: MethodResult, year: Period
) -> tuple[tuple[NightArea, ...], tuple[str, ...]]:
    """Return the areas of a result with their evidence, the most incidents of the year first."""
    order = _by_incidents(history, result, year)
    keys = _keys([result.polygons[at] for at in order])
    areas = tuple(
        NightArea(key=key, name="", polygon=result.polygons[at], origin="found")
        for key, at in zip(keys, order, strict=True)
    )
    return areas, tuple(result.evidence[at].sentence for at in order)


def _find(
    history: NightHistory, period: Period, *, ground: StudyArea, settings: NightAreaSettings
) -> MethodResult:
    nights = history.nights(period)
    plain = history.within(nights) & history.plain
    return area_outlines.find(
        history.incidents.take(plain),
        history.every.take(np.isin(history.every_day, nights)),
        area=ground,
        settings=settings,
        years=max(len(nights), 1) / 365,
    )


def _classes(
    history: NightHistory, span: Period, *, ground: StudyArea
) -> tuple[MethodResult | None, str]:
    nights = history.nights(span)
    plain = history.within(nights) & history.plain
    if not plain.any():
        return None, "No night of the two years is covered."
    first, last = (day_of(int(nights[end])) for end in (0, -1))
    covered = ObservedPeriod(first, last, gaps_of(history.covered, Period(first, last)))
    try:
        found = emerging.find(
            history.incidents.take(plain),
            ground,
            settings=emerging.EmergingSettings(),
            period=covered,
        )
    except TooLittleDataError as problem:
        return None, f"No class could be worked out. {problem}"
    return found, ""


def _by_incidents(history: NightHistory, result: MethodResult, year: Period) -> list[int]:
    index = PolygonIndex.of(result.polygons, cell_m=_LOOK_UP_CELL_M)
    inside = history.within(history.nights(year))
    at = index.locate(history.incidents.easting[inside], history.incidents.northing[inside])
    counts = np.bincount(at[at >= 0], minlength=len(result.polygons))
    bounds = [polygon.bounds for polygon in result.polygons]
    return sorted(range(len(bounds)), key=lambda at: (-int(counts[at]), bounds[at]))


def _wards_with_nights(dataset: Dataset) -> tuple[str, ...]:
    """Return the wards of the boroughs whose incidents have hours; all where none is named."""
    snapshot = dataset.snapshot
    timed = {each.borough for each in snapshot.coverage if not each.monthly and each.borough}
    codes = tuple(
        code
        for code, at in zip(snapshot.ward_codes, snapshot.ward_boroughs, strict=True)
        if at >= 0 and snapshot.borough_codes[at] in timed
    )
    return codes or snapshot.ward_codes


def _keys(polygons: Sequence[Polygon | MultiPolygon]) -> list[str]:
    keys: list[str] = []
    for polygon in polygons:
        middle = polygon.representative_point()
        key = f"{area_outlines.LETTER}-{middle.x // 100:04.0f}-{middle.y // 100:04.0f}"
        keys.append(key if key not in keys else f"{key}-{len(keys)}")
    return keys


def _next_day(day: date) -> date:
    return day + timedelta(days=1)
