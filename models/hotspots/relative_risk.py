"""Relative risk (dual kernel density): where there is more than a base of opportunity explains.

A plain density is high where there are many people, doors or bars. Here the density of the
incidents is divided by that of a base (`models.hotspots.risk_surface` says how, and how sure each
cell is). Where the base is thin the ratio is not shown, no hotspot is drawn, and the note says how
much ground and how many incidents that is.

**Hotspots** are the ground where the ratio is highest, as much of it as `share_of_area` allows, and
where the incidents lie above the base by more than chance: each cell passes Benjamini and
Hochberg's control among all cells shown, and one cell of the hotspot passes for all of them at once
(Bonferroni), both at `most_p`. That p is the hotspot's.

Sources: as `models.hotspots.risk_surface`; Y. Benjamini and Y. Hochberg, Journal of the Royal
Statistical Society B 57 (1995).
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.counting import counted
from geo.polygon_index import PolygonIndex
from models.hotspots.contours import clipped, densest_level, polygons_above
from models.hotspots.method_result import (
    LEAST_PARAMETER,
    HotClass,
    HotspotEvidence,
    MethodResult,
    Parameter,
)
from models.hotspots.risk_surface import effective_area_km2, risk_surface
from models.hotspots.shape import Surface
from models.hotspots.significance import adjusted_p, anywhere_p, sure_places
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents, StudyArea
    from models.hotspots.risk_surface import Base, RelativeRiskSettings, RiskSurface

RATIO_UNIT: Final = "times what the base leads one to expect"
_LOOK_UP_CELL_M: Final = 25.0
_FEW_AROUND: Final = 0.1  # share of what is to be expected around the wards
_ENOUGH_AROUND: Final = 20
_SURE: Final = "99 %"
_LIKELY: Final = "95 %"
CLASSES: Final[tuple[HotClass, ...]] = (
    HotClass(
        _SURE, "99", "above the base; chance alone shows any such place in at most 1 map of 100"
    ),
    HotClass(
        _LIKELY, "95", "above the base; chance alone shows any such place in at most 5 maps of 100"
    ),
)

PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        "base",
        "Compared with",
        "What the incidents could have arisen from.",
        choices=(
            ("all", "All incidents of the period"),
            ("before", "The comparison period"),
        ),
        loaded=True,
    ),
    Parameter(
        "bandwidth_m",
        "Bandwidth (m)",
        "How far both are spread. Smaller leaves more ground blank.",
        low=100,
        high=1000,
        step=50,
    ),
    Parameter(
        "share_of_area",
        "Share of the area",
        "How much of the chosen wards the hotspots may take up together at most.",
        low=0.005,
        high=0.1,
        step=0.005,
        per_cent=True,
    ),
    Parameter(
        "least_expected",
        "Incidents to be expected, at least",
        "Where the base leads one to expect fewer around a place, the ratio is left blank.",
        low=1,
        high=50,
        step=1,
    ),
    LEAST_PARAMETER,
)


def find(
    incidents: Incidents, area: StudyArea, *, settings: RelativeRiskSettings, base: Base
) -> MethodResult:
    """Find the ground that holds more incidents than the base explains.

    Parameters
    ----------
    incidents : Incidents
        With those around the chosen wards, which count near the edge.
    area : StudyArea
        The land that hotspots are looked for on.
    settings : RelativeRiskSettings
        Defaults are the product's.
    base : Base
        What they are compared with.

    Returns
    -------
    MethodResult
        With the ratio as its surface.

    Raises
    ------
    MissingBaseError
        If no base lies in the chosen wards.
    """
    if not in_study_area(incidents, area).any():
        return MethodResult(polygons=(), explanation=_explanation(settings, base=base))
    risk = risk_surface(incidents, area, base=base, settings=settings)
    sure, anywhere_p_value = _sure(risk, most_p=settings.most_p)
    high = np.where(sure & (risk.ratio > 1), risk.ratio, 0.0)
    level = densest_level(high, risk.land, share=settings.share_of_area, above=1.0)
    outlines = polygons_above(high, risk.grid, level=level)
    polygons = clipped(outlines, area.land, least_m2=settings.cell_m**2)
    evidence = _evidence(
        polygons,
        replace(risk, p_value=anywhere_p_value),
        incidents,
        area,
        base=base,
        bandwidth_m=settings.bandwidth_m,
    )
    # The share of the area may leave out the cell that made a place sure.
    kept = [at for at, said in enumerate(evidence) if said.p_value < settings.most_p]
    return MethodResult(
        polygons=tuple(polygons[at] for at in kept),
        explanation=_explanation(settings, base=base),
        surface=Surface(grid=risk.grid, per_km2=risk.ratio, unit=RATIO_UNIT),
        least_incidents=settings.least_incidents,
        notes=(
            *_thin_notes(risk, incidents, area, settings=settings, base=base),
            *_end_notes(incidents, area, base=base),
        ),
        evidence=tuple(evidence[at] for at in kept),
    )


def _sure(risk: RiskSurface, *, most_p: float) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return the cells of places that are sure, and each cell's p for all shown cells at once."""
    shown = np.isfinite(risk.ratio)
    adjusted = np.ones(shown.shape)
    adjusted[shown] = adjusted_p(risk.p_value[shown])
    anywhere = anywhere_p(risk.p_value, tests=int(shown.sum()))
    return sure_places(adjusted, anywhere, level=most_p), anywhere


def _evidence(
    polygons: tuple[Polygon | MultiPolygon, ...],
    risk: RiskSurface,
    incidents: Incidents,
    area: StudyArea,
    *,
    base: Base,
    bandwidth_m: float,
) -> tuple[HotspotEvidence, ...]:
    """Return each polygon's counts against the base, with its strongest cell's p-value.

    What premises or residents lead one to expect is spread by the kernel: an outline next to the
    only public house of a street would otherwise appear to expect nothing.
    """
    index = PolygonIndex.of(polygons, cell_m=_LOOK_UP_CELL_M)
    n = len(polygons)
    here = index.locate(incidents.easting, incidents.northing)
    inside = np.bincount(here[(here >= 0) & in_study_area(incidents, area)], minlength=n)
    x, y = np.meshgrid(*risk.grid.centres())
    cell = index.locate(x.ravel(), y.ravel())
    if base.chance == "known":
        per_km2 = risk.expected.ravel()[cell >= 0] / effective_area_km2(bandwidth_m)
        cells = np.bincount(cell[cell >= 0], minlength=n)
        mean = np.bincount(cell[cell >= 0], weights=per_km2, minlength=n) / np.maximum(cells, 1)
        expected = mean * np.array([polygon.area for polygon in polygons]) / 1e6
    else:
        there = index.locate(base.easting, base.northing)
        weight = np.ones(len(there)) if base.weight is None else base.weight
        held = np.bincount(there[there >= 0], weights=weight[there >= 0], minlength=n)
        expected = held * risk.scale
    p_value = np.ones(n)
    np.minimum.at(p_value, cell[cell >= 0], risk.p_value.ravel()[cell >= 0])
    return tuple(
        _worded(int(count), float(wanted), float(p), base=base)
        for count, wanted, p in zip(inside, expected, p_value, strict=True)
    )


def _worded(count: int, expected: float, p_value: float, *, base: Base) -> HotspotEvidence:
    times = f", {count / expected:.1f} times as many" if expected > 0 else ""
    said = "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"
    return HotspotEvidence(
        hot_class=_SURE if p_value < 0.01 else _LIKELY,
        z=math.nan,
        p_value=p_value,
        sentence=(
            f"{count:,} where {base.label} lead one to expect {expected:,.1f}{times} ({said}, the "
            "chance of so high a ratio anywhere on this ground)"
        ),
    )


def _thin_notes(
    risk: RiskSurface,
    incidents: Incidents,
    area: StudyArea,
    *,
    settings: RelativeRiskSettings,
    base: Base,
) -> tuple[str, ...]:
    thin = (risk.land > 0) & np.isnan(risk.ratio)
    share = float(risk.land[thin].sum() / risk.land.sum())
    if not share:
        return ()
    cell = risk.grid.cells(incidents.easting, incidents.northing)
    chosen = in_study_area(incidents, area) & (cell >= 0)
    points = ", or the base has fewer than two points there" if base.chance == "known" else ""
    there = int(thin.ravel()[cell[chosen]].sum())
    return (
        f"{share * 100:.0f} % of the land, with {there:,} of the incidents, is left blank: fewer "
        f"than {settings.least_expected:g} incidents are to be expected around each place there"
        f"{points}, so a ratio would be unstable. No hotspot is drawn there, which does not mean "
        "that it is quiet.",
    )


def _end_notes(incidents: Incidents, area: StudyArea, *, base: Base) -> tuple[str, ...]:
    """Warn where a base ends with the chosen wards and the incidents go on around them."""
    around = int((~in_study_area(incidents, area)).sum())
    if base.chance != "known" or around < _ENOUGH_AROUND:
        return ()
    weight = np.ones(len(base.easting)) if base.weight is None else base.weight
    on_land, near = (
        PolygonIndex.of([ground], cell_m=_LOOK_UP_CELL_M * 4).locate(base.easting, base.northing)
        == 0
        for ground in (area.land, area.observed)
    )
    inside, outside = float(weight[on_land].sum()), float(weight[near & ~on_land].sum())
    if outside * (len(incidents) - around) >= _FEW_AROUND * around * inside:
        return ()
    return (
        f"{base.label}: hardly any lie around the chosen wards, where "
        f"{counted(around, 'incident does', 'incidents do')}. "
        "Along their edge too few incidents are to be expected, so a hotspot there may come from "
        "where the base ends. Load a base that goes on around the wards.",
    )


def _explanation(settings: RelativeRiskSettings, *, base: Base) -> str:
    return (
        f"Relative risk: the density of the incidents divided by that of {base.label}, both by a "
        f"quartic kernel of {settings.bandwidth_m:,.0f} m over {settings.cell_m:g} m cells; 1 is "
        f"the average of the chosen wards. Hotspots are at most {settings.share_of_area * 100:.3g} "
        f"% of the land, where the ratio is highest and higher than chance: chance alone shows any "
        f"hotspot in at most {settings.most_p * 100:g} maps of 100. Ranked by incidents."
    )
