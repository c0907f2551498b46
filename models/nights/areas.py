"""Night-time areas: detected in a year of nights, or put on record by a reviewer.

Areas are looked for over all wards whose incidents are held, not over the chosen ones alone, so
that an area across a border is detected whole and does not change with the choice of wards. Those
that touch the chosen wards are shown. Recorded areas come first; a detected area that lies mostly
in a recorded one is the same area and is not listed twice.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.polygon_index import PolygonIndex
from models.calendar.days import day_of
from models.calendar.periods import ObservedPeriod, Period, years_back
from models.hotspots import emerging
from models.hotspots.cells import TooLittleDataError
from models.incidents.coverage import gaps_of
from models.nights import area_outlines as night_areas
from models.nights.area_outlines import NightAreaSettings
from models.nights.counting import tally
from models.nights.standing import StandingRule, YearOfNights, standing_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import StudyArea
    from models.hotspots.method_result import MethodResult
    from models.incidents.dataset import Dataset
    from models.nights.history import NightHistory
    from models.nights.standing import Standing

AreaOrigin = Literal["found", "drawn", "uploaded"]
AREA_ORIGIN_LABELS: Final[dict[str, str]] = {
    "found": "found from the data",
    "drawn": "drawn on the map",
    "uploaded": "uploaded",
}
_WHOLE_YEAR: Final = 300  # nights that must be covered for a year to be compared
_SAME: Final = 0.5  # share of a found area inside a kept one from which they are one
_LOOK_UP_CELL_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class NightArea:
    """One night-time area.

    Attributes
    ----------
    key : str
        For links: "A-0003" for a kept one, else a letter and the 100 m square of its middle.
    name : str
        The reviewer's; "" for one that is detected and not yet named.
    polygon : Polygon or MultiPolygon
        In the store's metric CRS.
    origin : {"found", "drawn", "uploaded"}
    area_id, version : int
        Of a recorded one; 0 for one that is not on record.
    note : str
        The reviewer's.
    """

    key: str
    name: str
    polygon: Polygon | MultiPolygon
    origin: AreaOrigin
    area_id: int = 0
    version: int = 0
    note: str = ""

    @property
    def recorded(self) -> bool:
        """Whether a reviewer has put it on record."""
        return self.area_id > 0


@dataclass(frozen=True, slots=True)
class DetectedAreas:
    """What the data say of night-time areas in the year to a day.

    Attributes
    ----------
    areas : tuple of NightArea
        The most incidents first.
    evidence : tuple of str
        Why each was found, in words.
    judged_together : int
        Areas whose change is judged, those too that are shown only if they emerge.
    before : tuple of Polygon or MultiPolygon
        Areas that would have been found a year earlier.
    year, year_before : Period
    before_covered : bool
        Whether both years are covered well enough to be compared.
    classes : MethodResult or None
        Emerging classes over the nights; None where there is too little.
    no_classes : str
        Why not.
    ground : StudyArea
        Where areas were looked for.
    explanation : str
        How they were found.
    """

    areas: tuple[NightArea, ...]
    evidence: tuple[str, ...]
    judged_together: int
    before: tuple[Polygon | MultiPolygon, ...]
    year: Period
    year_before: Period
    before_covered: bool
    classes: MethodResult | None
    no_classes: str
    ground: StudyArea
    explanation: str


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
    ground = dataset.area(_wards_with_nights(dataset, history))
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


def areas_for_review(
    areas: DetectedAreas,
    recorded_areas: Sequence[NightArea],
    *,
    land: Polygon | MultiPolygon | None,
) -> tuple[NightArea, ...]:
    """Return the areas to review: the recorded ones, then those detected and not among them.

    Parameters
    ----------
    areas : DetectedAreas
    recorded_areas : sequence of NightArea
    land : Polygon or MultiPolygon or None
        Only areas that touch it; None for all.
    """
    new = [
        area
        for area in areas.areas
        if not any(
            area.polygon.intersection(each.polygon).area > _SAME * area.polygon.area
            for each in recorded_areas
        )
    ]
    everything = (*recorded_areas, *new)
    if land is None:
        return everything
    return tuple(area for area in everything if area.polygon.intersection(land).area > 0)


def standings(
    history: NightHistory,
    detected: DetectedAreas,
    areas: Sequence[NightArea],
    *,
    rule: StandingRule | None = None,
) -> tuple[Standing, ...]:
    """Judge each area: emerging, growing, established, falling, not clear, or not compared.

    All incidents that may have a place take part, over all the ground.
    """
    nights = history.nights(detected.year), history.nights(detected.year_before)
    index = PolygonIndex.of([area.polygon for area in areas], cell_m=_LOOK_UP_CELL_M)
    at = index.locate(history.incidents.easting, history.incidents.northing)
    ground = [tally(history.night[history.placed], nights=each) for each in nights]
    known = shapely.union_all(list(detected.before))
    together = detected.judged_together + sum(area.recorded for area in areas)
    judged = []
    for number, area in enumerate(areas):
        mine = history.night[at == number]
        now, before = (
            YearOfNights(tally(mine, nights=each), whole, f"{period}")
            for each, whole, period in zip(
                nights, ground, (detected.year, detected.year_before), strict=True
            )
        )
        hot_class, words = _class_of(area, detected)
        judged.append(
            standing_of(
                now,
                before if detected.before_covered else None,
                overlap_before=float(area.polygon.intersection(known).area / area.polygon.area),
                hot_class=hot_class,
                class_sentence=words,
                judged_together=together,
                rule=rule,
            )
        )
    return tuple(judged)


def _find(
    history: NightHistory, period: Period, *, ground: StudyArea, settings: NightAreaSettings
) -> MethodResult:
    nights = history.nights(period)
    plain = history.within(nights) & history.plain
    return night_areas.find(
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


def _class_of(area: NightArea, areas: DetectedAreas) -> tuple[str, str]:
    """Return the class that most of an area's hot cells have, and its evidence in words."""
    if areas.classes is None:
        return "", areas.no_classes
    shared: dict[str, float] = {}
    words: dict[str, tuple[float, str]] = {}
    for polygon, seen in zip(areas.classes.polygons, areas.classes.evidence, strict=True):
        overlap = float(area.polygon.intersection(polygon).area)
        if overlap > 0:
            shared[seen.hot_class] = shared.get(seen.hot_class, 0.0) + overlap
            words[seen.hot_class] = max(
                words.get(seen.hot_class, (0.0, "")), (overlap, seen.sentence)
            )
    if not shared:
        return "", "By Gi* none of its cells is hot in the newest periods."
    name = max(shared, key=lambda each: (shared[each], each))
    return name, f"By Gi* over the nights, mostly {words[name][1]}."


def _by_incidents(history: NightHistory, result: MethodResult, year: Period) -> list[int]:
    index = PolygonIndex.of(result.polygons, cell_m=_LOOK_UP_CELL_M)
    inside = history.within(history.nights(year))
    at = index.locate(history.incidents.easting[inside], history.incidents.northing[inside])
    counts = np.bincount(at[at >= 0], minlength=len(result.polygons))
    bounds = [polygon.bounds for polygon in result.polygons]
    return sorted(range(len(bounds)), key=lambda at: (-int(counts[at]), bounds[at]))


def _wards_with_nights(dataset: Dataset, history: NightHistory) -> tuple[str, ...]:
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
        key = f"{night_areas.LETTER}-{middle.x // 100:04.0f}-{middle.y // 100:04.0f}"
        keys.append(key if key not in keys else f"{key}-{len(keys)}")
    return keys


def _next_day(day: date) -> date:
    return day + timedelta(days=1)
