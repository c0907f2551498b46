"""From polygons to the one hotspot shape: counted, compared, put in order and explained.

Every method's polygons go through here, so two methods can be compared line by line. Only incidents
of the chosen wards are counted; those around them shaped the polygons and no more. Hotspots are
ranked by incidents, whatever the method weighed by: harm stands next to the count and never
hides what has no weight. Equal counts go by density, then by position, so the order never depends
on the order of the rows.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.polygon_index import PolygonIndex
from models.hotspots._coincident_kernels import places
from models.hotspots.aoristic import aoristic_week_of
from models.hotspots.guard import claimable_street, guard_of
from models.hotspots.harm import NO_HARM_RANK, disagreement, harm_ranks
from models.hotspots.hotspot import Hotspot
from models.hotspots.method_result import HotspotEvidence
from models.hotspots.reasons import reasons_of, warnings_of
from models.hotspots.shape import HOTSPOT_COLUMNS, Hotspots, WardShare
from models.hotspots.study_area import in_study_area
from models.hotspots.temporal import DEFAULT_SHIFT_HOURS, hours_state, peak_window
from models.statistics.rates import RateRatio, rate_ratio

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.method_result import MethodResult
    from models.statistics.picked_counts import Picking
    from models.wording.absence import ChangeState

_LOOK_UP_CELL_M: Final = 25.0
_ID_SQUARE_M: Final = 100.0
_NO_EVIDENCE: Final = HotspotEvidence(hot_class="", z=math.nan, p_value=math.nan, sentence="")
_NO_CHANGE: Final = RateRatio(ratio=math.nan, low=math.nan, high=math.nan)
_TYPES: Final = {
    "rank": "int64",
    "incidents": "int64",
    "harm": "float64",
    "harm_known": "int64",
    "harm_rank": "int64",
    "area_km2": "float64",
    "share_of_incidents": "float64",
    "share_of_area": "float64",
    "pai": "float64",
    "comparison_incidents": "int64",
    "change": "float64",
    "change_low": "float64",
    "change_high": "float64",
    "change_state": "str",
    "peak_share": "float64",
    "hours_state": "str",
    "timed_incidents": "int64",
    "top_place_share": "float64",
    "snapped_share": "float64",
    "expected": "float64",
    "expected_low": "float64",
    "expected_high": "float64",
    "z": "float64",
    "p_value": "float64",
    "hot_class": "str",
    "hotspot_id": "str",
    "method": "str",
    "near": "str",
    "peak_window": "object",
}


@dataclass(frozen=True, slots=True)
class Against:
    """What the incidents are compared with.

    Attributes
    ----------
    incidents : Incidents
        Of the comparison period, under the same filter.
    days, days_before : int
        Length of the period and of the comparison period.
    label : str
        What to call it in a sentence: "the same period last year".
    picking : Picking or None
        What drawing the outlines on the present counts adds to their change, from
        `models.hotspots.redrawn`; None where they were drawn on something else.
    """

    incidents: Incidents
    days: int
    days_before: int
    label: str
    picking: Picking | None = None

    def change(self, now: int, before: int) -> RateRatio:
        """Return the ratio of the rates of an outline's counts, with its 95 % interval."""
        ratio = rate_ratio if self.picking is None else self.picking.ratio
        return ratio(now, before, exposure_now=self.days, exposure_before=self.days_before)


@dataclass(frozen=True, slots=True)
class _Whole:
    """What each hotspot is a share of."""

    method: str
    letter: str
    incidents: int
    area: StudyArea
    area_km2: float
    shift_hours: int
    against: Against | None
    no_change: ChangeState


def describe(
    result: MethodResult,
    incidents: Incidents,
    *,
    area: StudyArea,
    method: str,
    letter: str,
    against: Against | None = None,
    no_change: ChangeState = "not_asked",
    shift_hours: int = DEFAULT_SHIFT_HOURS,
) -> Hotspots:
    """Count, compare, rank and explain the polygons that a method found.

    Parameters
    ----------
    result : MethodResult
        The method's polygons.
    incidents : Incidents
        Those the method was given, buffer included.
    area : StudyArea
        The chosen wards.
    method, letter : str
        The method's name and the letter its hotspots' ids begin with.
    against : Against, optional
        The comparison; without it `change` is NaN and `comparison_incidents` −1.
    no_change : ChangeState
        Why there is none, without it.
    shift_hours : int
        Length of the peak window.

    Returns
    -------
    Hotspots
        Polygons with fewer than `result.least_incidents` incidents are left out.
    """
    in_chosen = in_study_area(incidents, area)
    whole = _Whole(
        method=method,
        letter=letter,
        incidents=int(in_chosen.sum()),
        area=area,
        area_km2=area.land.area / 1e6,
        shift_hours=shift_hours,
        against=against,
        no_change=no_change,
    )
    index = PolygonIndex.of(result.polygons, cell_m=_LOOK_UP_CELL_M)
    members = _members(index, incidents, mask=in_chosen)
    before_total, before = _before(index, against, area=area)
    evidence = result.evidence or (_NO_EVIDENCE,) * len(result.polygons)
    described = [
        _described(polygon, incidents.take(rows), before=count, whole=whole, evidence=seen)
        for polygon, rows, count, seen in zip(
            result.polygons, members, before, evidence, strict=True
        )
        if len(rows) >= result.least_incidents
    ]
    ranked = _ranked(described)
    stretch_of = dict(zip(map(id, result.polygons), result.stretches, strict=False))
    warnings = warnings_of(
        incidents,
        in_chosen,
        hotspots=len(ranked),
        dropped=len(result.polygons) - len(ranked),
        least_incidents=result.least_incidents,
        compared_with=None if against is None else against.label,
    )
    return Hotspots(
        frame=_frame(ranked, crs=area.crs),
        method=method,
        incidents=whole.incidents,
        comparison_incidents=before_total,
        area_km2=whole.area_km2,
        explanation=result.explanation,
        surface=result.surface,
        notes=(*result.notes, *warnings),
        change_state=no_change if against is None else "compared",
        stretches=tuple(stretch_of[id(spot.geometry)] for spot in ranked) if stretch_of else (),
    )


def _members(
    index: PolygonIndex, incidents: Incidents, *, mask: NDArray[np.bool_]
) -> list[NDArray[np.intp]]:
    """Return the rows of the chosen wards' incidents inside each polygon, in their order."""
    polygon = index.locate(incidents.easting, incidents.northing)
    inside = np.flatnonzero((polygon >= 0) & mask)
    polygon = polygon[inside]
    inside = inside[np.argsort(polygon, kind="stable")]
    ends = np.cumsum(np.bincount(polygon, minlength=len(index.polygons)))
    return np.split(inside, ends[:-1]) if len(index.polygons) else []


def _before(
    index: PolygonIndex, against: Against | None, *, area: StudyArea
) -> tuple[int | None, list[int]]:
    """Return the comparison period's incidents in the chosen wards, and in each polygon."""
    if against is None:
        return None, [-1] * len(index.polygons)
    chosen = in_study_area(against.incidents, area)
    polygon = index.locate(against.incidents.easting, against.incidents.northing)
    counts = np.bincount(polygon[(polygon >= 0) & chosen], minlength=len(index.polygons))
    return int(chosen.sum()), [int(count) for count in counts]


def _described(
    polygon: Polygon | MultiPolygon,
    inside: Incidents,
    *,
    before: int,
    whole: _Whole,
    evidence: HotspotEvidence,
) -> Hotspot:
    """Return the hotspot without its rank, its final id and its reasons."""
    n = len(inside)
    area_km2 = float(polygon.area) / 1e6
    share, share_of_area = n / whole.incidents, area_km2 / whole.area_km2
    change, state = _NO_CHANGE, whole.no_change
    if whole.against is not None:
        change = whole.against.change(n, before)
        state = "compared" if before else "new"
    week = aoristic_week_of(inside)
    guard = guard_of(inside)
    peak = None if guard.no_hours else peak_window(week.weights, hours=whole.shift_hours)
    known = ~np.isnan(inside.harm)
    hotspot = Hotspot(
        hotspot_id=_square(polygon, letter=whole.letter),
        method=whole.method,
        rank=0,
        near=claimable_street(_commonest_street(inside), guard=guard),
        geometry=polygon,
        incidents=n,
        harm=float(inside.harm[known].sum(dtype=np.float64)) if known.any() else math.nan,
        harm_known=int(known.sum()),
        harm_rank=NO_HARM_RANK,
        area_km2=area_km2,
        share_of_incidents=share,
        share_of_area=share_of_area,
        pai=share / share_of_area,
        comparison_incidents=before,
        change=change.ratio - 1,
        change_low=change.low - 1,
        change_high=change.high - 1,
        change_state=state,
        peak_window=peak,
        peak_share=math.nan if peak is None else peak.share,
        hours_state=hours_state(peak, timed=week.timed, unknown=guard.no_hours),
        timed_incidents=week.timed,
        top_place_share=float(np.bincount(places(inside.easting, inside.northing)[0]).max()) / n,
        snapped_share=float(inside.snapped.mean()),
        expected=math.nan,
        expected_low=math.nan,
        expected_high=math.nan,
        hot_class=evidence.hot_class,
        z=evidence.z,
        p_value=evidence.p_value,
        wards=_ward_shares(inside, whole.area),
        reasons=(),
    )
    words = None if whole.against is None else whole.against.label
    reasons = (*reasons_of(hotspot, compared_with=words), *guard.reasons)
    if evidence.sentence:
        reasons = (*reasons, evidence.sentence)
    return replace(hotspot, reasons=reasons)


def _commonest_street(inside: Incidents) -> str:
    """Return the street with most incidents, the first in the list of equals, or nothing."""
    named = inside.street[inside.street >= 0]
    return inside.streets[int(np.bincount(named).argmax())] if len(named) else ""


def _ward_shares(inside: Incidents, area: StudyArea) -> tuple[WardShare, ...]:
    counts = np.bincount(inside.ward, minlength=len(area.ward_codes))
    order = np.argsort(-counts, kind="stable")
    return tuple(
        WardShare(area.ward_codes[i], area.ward_names[i], float(counts[i]) / len(inside))
        for i in order
        if counts[i]
    )


def _square(polygon: Polygon | MultiPolygon, *, letter: str) -> str:
    """Return the id of the 100 m square of the polygon's centre, or of a point surely inside."""
    centre = polygon.centroid
    if not shapely.contains(polygon, centre):
        centre = polygon.representative_point()
    return f"{letter}-{centre.x // _ID_SQUARE_M:04.0f}-{centre.y // _ID_SQUARE_M:04.0f}"


def _ranked(hotspots: list[Hotspot]) -> list[Hotspot]:
    """Return the hotspots in order with their ranks; ids that repeat get a number."""
    order = sorted(
        hotspots,
        key=lambda spot: (-spot.incidents, spot.area_km2, spot.hotspot_id, spot.geometry.bounds),
    )
    seen: Counter[str] = Counter()
    ranked = []
    for rank, spot in enumerate(order, start=1):
        seen[spot.hotspot_id] += 1
        repeat = seen[spot.hotspot_id]
        name = spot.hotspot_id if repeat == 1 else f"{spot.hotspot_id}-{repeat}"
        ranked.append(replace(spot, rank=rank, hotspot_id=name))
    by_harm = harm_ranks(np.array([spot.harm for spot in ranked], dtype=np.float64))
    return [
        _with_harm_rank(spot, int(at), hotspots=len(ranked))
        for spot, at in zip(ranked, by_harm, strict=True)
    ]


def _with_harm_rank(spot: Hotspot, harm_rank: int, *, hotspots: int) -> Hotspot:
    """Return the hotspot with its rank by harm, and with a reason where the two ranks part."""
    words = disagreement(spot.rank, harm_rank, hotspots=hotspots)
    reasons = (*spot.reasons, words) if words else spot.reasons
    return replace(spot, harm_rank=harm_rank, reasons=reasons)


def _frame(hotspots: list[Hotspot], *, crs: str) -> gpd.GeoDataFrame:
    columns = {
        field.name: [getattr(spot, field.name) for spot in hotspots] for field in fields(Hotspot)
    }
    geometry = gpd.GeoSeries(columns.pop("geometry"), crs=crs)
    plain = pd.DataFrame(columns).astype(_TYPES)
    return gpd.GeoDataFrame(plain, geometry=geometry, crs=crs)[list(HOTSPOT_COLUMNS)]
