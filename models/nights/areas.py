"""Night-time areas: what one is, which are reviewed together, and how each is judged.

They are detected in a year of nights (`models.nights.area_search`), or put on record by a reviewer.
Recorded areas come first; a detected area that lies mostly in a recorded one is the same area and
is not listed twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import shapely

from geo.polygon_index import PolygonIndex
from models.nights.counting import tally
from models.nights.standing import StandingRule, YearOfNights, standing_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely import MultiPolygon, Polygon

    from models.calendar.periods import Period
    from models.hotspots.inputs import StudyArea
    from models.hotspots.method_result import MethodResult
    from models.nights.history import NightHistory
    from models.nights.standing import Standing

AreaOrigin = Literal["found", "drawn", "uploaded"]
AREA_ORIGIN_LABELS: Final[dict[str, str]] = {
    "found": "found from the data",
    "drawn": "drawn on the map",
    "uploaded": "uploaded",
}
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
