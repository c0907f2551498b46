"""Relative risk as a surface: the density of the incidents divided by that of a base.

Both have the same kernel, bandwidth and correction at the edge, and the base is scaled to the same
total over the chosen wards: 1 is their average, 2 twice what the base leads one to expect.

**Thin base.** A ratio of two small numbers can be anything. In units of the kernel's effective area
(1 / ∫K², which is 5/9 of the disc for the quartic kernel) the two densities are counts: observed O,
base B and expected E. Where E is under `least_expected` the ratio is not shown (NaN in the
surface). The same holds where a base of premises or residents has fewer than two points in that
area: whatever they weigh, the ratio there is the shape of one point's kernel.

**Chance.** The p-value of a cell is that of O so far above E. The test is chosen by what the base
is: one that holds the incidents (binomial out of B), another count that chance moved as well (two
Poisson counts compared, given O + B), or numbers known without error (Poisson). O and B are
kernel-weighted counts, so the p-value is an approximation.

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
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.special import betainc, gammainc

from geo.errors import PlainError
from geo.grid import Grid
from models.hotspots.coverage import coverage
from models.hotspots.density import density, reach_m
from models.hotspots.edges import edge_scale
from models.hotspots.method_result import LEAST_INCIDENTS, SettingError, check_least_incidents

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea

BaseKind = Literal["all", "before"]
BaseChance = Literal["part", "count", "known"]
OWN_BASES: Final = ("all", "before")  # the incidents themselves; any other base is loaded
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LEAST_POINTS: Final = 2.0  # of a known base in the kernel's effective area; one alone peaks at 5/3


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


def of_incidents(incidents: Incidents, *, kind: BaseKind, label: str) -> Base:
    """Return incidents as a base: all that there are, or those of another period."""
    chance: BaseChance = "part" if kind == "all" else "count"
    return Base(incidents.easting, incidents.northing, label=label, chance=chance)


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
    effective_km2 = effective_area_km2(bandwidth)
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


def effective_area_km2(bandwidth_m: float) -> float:
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
