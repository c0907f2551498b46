"""Relative risk (dual kernel density): where there is more than a base of opportunity explains.

A plain density is high where there are many people, doors or bars. Here the density of the
incidents is divided by that of a base, both with the same kernel, bandwidth and correction at the
edge, after the base is scaled to the same total over the chosen wards: 1 is their average, 2 twice
what the base leads one to expect.

**Thin base.** A ratio of two small numbers can be anything. In units of the kernel's effective area
(1 / ∫K², which is 5/9 of the disc for the quartic kernel) the two densities are counts: observed O,
base B and expected E. Where E is under `least_expected` the ratio is not shown (NaN in the
surface), no hotspot is drawn, and the note says how much ground and how many incidents that is. The
same holds where a base of premises or residents has fewer than two points in that area: whatever
they weigh, the ratio there is the shape of one point's kernel.

**Hotspots** are the ground where the ratio is highest, as much of it as `share_of_area` allows, and
where O lies above E by more than chance: each cell passes Benjamini and Hochberg's control among
all cells shown, and one cell of the hotspot passes for all of them at once (Bonferroni), both at
`most_p`. That p is the hotspot's. The test is chosen by what the base is: one that holds the
incidents (binomial out of B), another count that chance moved as well (two Poisson counts compared,
given O + B), or numbers known without error (Poisson). O and B are kernel-weighted counts, so the
p-value is an approximation.

Sources: J. F. Bithell, "An application of density estimation to geographical epidemiology",
Statistics in Medicine 9 (1990); J. E. Kelsall and P. J. Diggle, "Non-parametric estimation of
spatial variation in relative risk", Statistics in Medicine 14 (1995); M. L. Hazelton and
T. M. Davies, "Inference based on kernel estimates of the relative risk function in geographical
epidemiology", Biometrical Journal 51 (2009), for p-values over the surface; J. Przyborowski and
H. Wilenski, Biometrika 31 (1940), for comparing two Poisson counts.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.special import betainc, gammainc

from geo.errors import PlainError
from geo.grid import Grid
from geo.polygon_index import PolygonIndex
from models.hotspots.contours import clipped, densest_level, polygons_above
from models.hotspots.coverage import coverage
from models.hotspots.density import density, reach_m
from models.hotspots.edges import edge_scale
from models.hotspots.method_result import (
    LEAST_INCIDENTS,
    LEAST_PARAMETER,
    HotClass,
    HotspotEvidence,
    MethodResult,
    Parameter,
    SettingError,
    check_least_incidents,
)
from models.hotspots.shape import Surface
from models.hotspots.significance import adjusted_p, anywhere_p, sure_places
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from models.hotspots.inputs import Incidents, StudyArea

BaseKind = Literal["all", "before"]
BaseChance = Literal["part", "count", "known"]
RATIO_UNIT: Final = "times what the base leads one to expect"
_LOOK_UP_CELL_M: Final = 25.0
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LEAST_POINTS: Final = 2.0  # of a known base in the kernel's effective area; one alone peaks at 5/3
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

OWN_BASES: Final = ("all", "before")  # the incidents themselves; any other base is loaded


class MissingBaseError(PlainError, ValueError):
    """There is no base to compare with, or none of it in the chosen wards."""

    def __init__(self, label: str | None = None) -> None:
        fault = "No base" if label is None else f"None of {label} lies in the chosen wards"
        super().__init__(
            f"{fault}, so there is nothing for relative risk to compare incidents with. Choose "
            "another base, a comparison period, or other filters."
        )


@dataclass(frozen=True, slots=True)
class Base:
    """What the incidents could have arisen from, as weighted points.

    Attributes
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres, in the metric CRS, those around the chosen wards included.
    label : str
        What it is: "all incidents".
    chance : {"part", "count", "known"}
        ``"part"``: the incidents are a part of it. ``"count"``: other incidents, which chance moved
        as well. ``"known"``: residents or premises, known without error.
    weight : float64 array of shape (n,) or None
        One each without it.
    """

    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    label: str
    chance: BaseChance
    weight: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class RelativeRiskSettings:
    """With what base, how smooth, and from when a base is too thin.

    Attributes
    ----------
    base : str
        ``"all"``: all incidents of the same period and wards whatever their category;
        ``"before"``: those of the comparison period under the same filter; else the name of a base
        that was loaded into the store. A notebook can give any other `Base`.
    bandwidth_m : float
        Of the quartic kernel, in metres; wider than for a density, as ratios are less steady.
    cell_m : float
        Side of a grid cell in metres.
    share_of_area : float
        Share of the land that the hotspots take up together at most, above 0 and up to 0.5.
    least_expected : float
        Incidents to be expected in the kernel's effective area, under which nothing is shown.
    most_p : float
        One-sided p-value, for all the ground at once, under which a place may be a hotspot.
    least_incidents : int
        An outline with fewer incidents is not a hotspot.

    Raises
    ------
    SettingError
        If a number is outside its range, or `base` cannot be the name of one.
    """

    base: str = "all"
    bandwidth_m: float = 300.0
    cell_m: float = 50.0
    share_of_area: float = 0.02
    least_expected: float = 5.0
    most_p: float = 0.05
    least_incidents: int = LEAST_INCIDENTS

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.base):
            allowed = "all, before, or the name of a loaded base (small letters, digits and _)"
            raise SettingError(setting="base", value=repr(self.base[:40]), allowed=allowed)
        ranges = {
            "cell_m": (10, 500, "10 to 500 metres"),
            "bandwidth_m": (2 * self.cell_m, 2000, f"{2 * self.cell_m:g} to 2,000 metres"),
            "share_of_area": (0.0001, 0.5, "above 0 and at most 0.5"),
            "least_expected": (0.5, 1000, "0.5 to 1,000"),
            "most_p": (1e-6, 0.5, "above 0 and at most 0.5"),
        }
        check_least_incidents(self.least_incidents)
        for name, (low, high, allowed) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise SettingError(setting=name, value=getattr(self, name), allowed=allowed)


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


@dataclass(frozen=True, slots=True)
class RiskSurface:
    """The ratio over a grid; arrays have shape (rows, columns).

    Attributes
    ----------
    grid : Grid
    ratio : float64
        1 is the average of the chosen wards; NaN off the land and where the base is thin.
    expected : float64
        Incidents to be expected in the kernel's effective area.
    p_value : float64
        One-sided, of so high a ratio by chance; 1 where the ratio is NaN.
    land : float64
        Share of each cell that is land of the chosen wards.
    scale : float
        Incidents to be expected for one of the base.
    """

    grid: Grid
    ratio: NDArray[np.float64]
    expected: NDArray[np.float64]
    p_value: NDArray[np.float64]
    land: NDArray[np.float64]
    scale: float


def risk_surface(
    incidents: Incidents, area: StudyArea, *, base: Base, settings: RelativeRiskSettings
) -> RiskSurface:
    """Return the ratio of the two densities, and where it is too unsteady to show.

    Raises
    ------
    MissingBaseError
        If no base lies in the chosen wards.
    """
    bandwidth, cell = settings.bandwidth_m, settings.cell_m
    reach = reach_m("quartic", bandwidth_m=bandwidth, cell_m=cell)
    grid = Grid.covering(area.land.bounds, cell_m=cell, margin_m=2 * reach)
    observed, land = coverage(area.observed, grid), coverage(area.land, grid)
    over = [
        density(
            points.easting,
            points.northing,
            grid=grid,
            bandwidth_m=bandwidth,
            observed=observed,
            weight=weight,
        )
        for points, weight in ((incidents, None), (base, base.weight), (base, None))
    ]
    totals = [float((each * land).sum()) for each in over]
    if not totals[1] > 0:
        raise MissingBaseError(base.label)
    scale = totals[0] / totals[1]
    effective_km2 = _effective_km2(bandwidth)
    count, base_count, points = (each * effective_km2 for each in over)
    expected = scale * base_count
    shown = (land > 0) & (expected >= settings.least_expected)
    if base.chance == "known":
        shown &= points >= _LEAST_POINTS
    ratio = np.full(grid.shape, np.nan)
    ratio[shown] = count[shown] / expected[shown]
    p_value = np.ones(grid.shape)
    less = _edge_share(observed, grid, bandwidth_m=bandwidth)[shown]
    p_value[shown] = chance_of_more(
        count[shown] * less, base_count[shown] * less, scale=scale, chance=base.chance
    )
    return RiskSurface(grid, ratio, expected, p_value, land, scale)


def _edge_share(
    observed: NDArray[np.float64], grid: Grid, *, bandwidth_m: float
) -> NDArray[np.float64]:
    """Return what part of the kernel's effective area there is at each cell.

    Near an edge the kernel is scaled up by g at both its ends, so that fewer incidents weigh more
    and the same density is less sure: by 1 / g², which is the part of the kernel on the ground.
    """
    scale = edge_scale(observed, sigma_cells=bandwidth_m / grid.cell_m / math.sqrt(8))
    return np.asarray(1 / np.maximum(scale, 1.0) ** 2)


def _effective_km2(bandwidth_m: float) -> float:
    """Return 1 / ∫K² of the quartic kernel in km²."""
    return 5 / 9 * math.pi * (bandwidth_m / 1000) ** 2


def chance_of_more(
    count: NDArray[np.float64],
    base_count: NDArray[np.float64],
    *,
    scale: float,
    chance: BaseChance,
) -> NDArray[np.float64]:
    """Return the one-sided p-values of counts at least this high, given the base.

    Parameters
    ----------
    count, base_count : float64 arrays of shape (n,)
        Observed incidents and base; whole numbers give the exact test's p-value.
    scale : float
        Incidents to be expected for one of the base.
    chance : {"part", "count", "known"}
        As in `Base`.

    Returns
    -------
    float64 array of shape (n,)
    """
    some = np.maximum(count, 1e-9)
    if chance == "part":
        rest = np.maximum(base_count - count, 0.0)
        p = betainc(some, rest + 1, min(scale, 1.0))
    elif chance == "count":
        p = betainc(some, base_count + 1, scale / (1 + scale))
    else:
        p = gammainc(some, scale * base_count)
    return np.where(count > 0, p, 1.0)


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
        per_km2 = risk.expected.ravel()[cell >= 0] / _effective_km2(bandwidth_m)
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
        f"{base.label}: hardly any lie around the chosen wards, where {around:,} incidents do. "
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


def of_incidents(incidents: Incidents, *, kind: BaseKind, label: str) -> Base:
    """Return incidents as a base: all that there are, or those of another period."""
    chance: BaseChance = "part" if kind == "all" else "count"
    return Base(incidents.easting, incidents.northing, label=label, chance=chance)
