"""Kernel density: incidents per km², and the densest share of the land as hotspots.

Every incident is spread over the ground around it by a kernel: the quartic
``(1 − d²/h²)²`` with radius h = `bandwidth_m` (the usual choice in crime mapping), or a Gaussian
with σ = `bandwidth_m` / 2. Work is done on a metric grid, never in degrees or pixels.

**Edge correction.** Near the edge of the ground for which incidents are held, part of a kernel lies
where nothing could have been recorded, and a plain estimate falls off there. Kernels are scaled so
that each incident's whole weight stays on observed ground: the surface over it adds up to the
number of incidents exactly, and level ground stays level up to the edge (`edges` says how).

**Hotspots** are the densest cells that together make up `share_of_area` of the land, outlined by
contours and clipped to the land. Ground where the density is no more than a single incident makes
at its own place is never dense, however little else there is.

Sources: B. W. Silverman, "Density Estimation for Statistics and Data Analysis" (1986), chapter 4;
D. W. Scott, "Multivariate Density Estimation" (1992), for the rule of thumb; S. Chainey and
J. Ratcliffe, "GIS and Crime Mapping" (2005), for the quartic kernel.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.grid import Grid
from models.hotspots.adaptive import MOST, adaptive_density
from models.hotspots.contours import clipped, densest_level, polygons_above
from models.hotspots.coverage import coverage
from models.hotspots.density import Kernel, density, reach_m, rule_of_thumb_m
from models.hotspots.method_result import (
    LEAST_INCIDENTS,
    LEAST_PARAMETER,
    MethodResult,
    Parameter,
    SettingError,
    Weighting,
    check_least_incidents,
    harm_notes,
    weights,
)
from models.hotspots.shape import Surface
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea

_RULES: Final = {
    "fixed": "",
    "rule_of_thumb": " (rule of thumb)",
    "adaptive": " (adaptive: half to three times that)",
}
_LONE_INCIDENT: Final = 1.05  # times the kernel's peak: more than one incident makes by itself
_LEAST_BANDWIDTH_M: Final = 50.0
_MOST_BANDWIDTH_M: Final = 2000.0


@dataclass(frozen=True, slots=True)
class KdeSettings:
    """How the density is estimated and cut.

    Attributes
    ----------
    kernel : {"quartic", "gaussian"}
        Quartic: radius = bandwidth. Gaussian: σ = bandwidth / 2.
    bandwidth_m : float
        In metres, at least two cells; not used with the rule of thumb.
    bandwidth_rule : {"fixed", "rule_of_thumb", "adaptive"}
        ``"rule_of_thumb"`` is Scott's, from the spread along both axes. ``"adaptive"`` spreads
        incidents by less than `bandwidth_m` where they are many and by more where they are few.
    cell_m : float
        Side of a grid cell in metres.
    share_of_area : float
        Share of the land that the hotspots take up together, above 0 and up to 0.5.
    edge_correction : bool
        Keep each incident's whole weight on observed ground.
    weight : {"count", "harm"}
        What an incident weighs.
    least_incidents : int
        An outline with fewer incidents is not a hotspot.

    Raises
    ------
    SettingError
        If a number is outside its range.
    """

    kernel: Kernel = "quartic"
    bandwidth_m: float = 200.0
    bandwidth_rule: Literal["fixed", "rule_of_thumb", "adaptive"] = "fixed"
    cell_m: float = 50.0
    share_of_area: float = 0.02
    edge_correction: bool = True
    weight: Weighting = "count"
    least_incidents: int = LEAST_INCIDENTS

    def __post_init__(self) -> None:
        if not 1 <= self.cell_m <= 1000:
            raise SettingError(
                setting="cell_m", value=self.cell_m, allowed="between 1 and 1,000 metres"
            )
        if not 2 * self.cell_m <= self.bandwidth_m <= _MOST_BANDWIDTH_M:
            allowed = f"from two cells ({2 * self.cell_m:g} m) to {_MOST_BANDWIDTH_M:g} m"
            raise SettingError(setting="bandwidth_m", value=self.bandwidth_m, allowed=allowed)
        if not 0 < self.share_of_area <= 0.5:
            allowed = "above 0 and at most 0.5"
            raise SettingError(setting="share_of_area", value=self.share_of_area, allowed=allowed)
        check_least_incidents(self.least_incidents)


PARAMETERS: Final[tuple[Parameter, ...]] = (
    Parameter(
        "bandwidth_m",
        "Bandwidth (m)",
        "How far each incident is spread. Larger is smoother and shows areas; smaller shows spots.",
        low=100,
        high=1000,
        step=50,
    ),
    Parameter(
        "share_of_area",
        "Share of the area",
        "How much of the chosen wards the hotspots may take up together: what patrols can cover.",
        low=0.005,
        high=0.1,
        step=0.005,
        per_cent=True,
    ),
    Parameter(
        "kernel",
        "Kernel",
        "The shape in which an incident is spread. The two differ little at the same bandwidth.",
        choices=(
            ("quartic", "Quartic (radius = bandwidth)"),
            ("gaussian", "Gaussian (standard deviation = half the bandwidth)"),
        ),
    ),
    Parameter(
        "bandwidth_rule",
        "Choice of bandwidth",
        "Use the bandwidth above, or one worked out from how widely the incidents are spread.",
        choices=(
            ("fixed", "As set"),
            ("rule_of_thumb", "Rule of thumb (Scott)"),
            ("adaptive", "Adaptive: less where incidents are many"),
        ),
    ),
    Parameter(
        "weight",
        "Weigh by",
        "Every incident alike, or by its harm weight where it has one.",
        choices=(("count", "Count"), ("harm", "Harm")),
    ),
    LEAST_PARAMETER,
)


def find(incidents: Incidents, area: StudyArea, *, settings: KdeSettings) -> MethodResult:
    """Find the densest parts of the study area.

    Parameters
    ----------
    incidents : Incidents
        With those of neighbouring wards and of the buffer, which shape the density at the edge.
    area : StudyArea
        The land that hotspots are looked for on, and the ground that is observed.
    settings : KdeSettings
        Defaults are the product's.

    Returns
    -------
    MethodResult
        With the surface over the land.

    Raises
    ------
    NoHarmWeightsError
        By harm, when no incident has a weight.
    """
    weight = weights(incidents, by=settings.weight)
    bandwidth = _bandwidth_m(incidents, area, settings=settings)
    adaptive = settings.bandwidth_rule == "adaptive"
    widest = bandwidth * (MOST if adaptive else 1.0)
    reach = reach_m(settings.kernel, bandwidth_m=widest, cell_m=settings.cell_m)
    grid = Grid.covering(area.land.bounds, cell_m=settings.cell_m, margin_m=2 * reach)
    estimate = adaptive_density if adaptive else density
    values = estimate(
        incidents.easting,
        incidents.northing,
        grid=grid,
        bandwidth_m=bandwidth,
        kernel=settings.kernel,
        observed=coverage(area.observed, grid) if settings.edge_correction else None,
        weight=weight,
    )
    land = coverage(area.land, grid)
    lone = lone_incident_per_km2(settings.kernel, bandwidth_m=bandwidth)
    if weight is not None and len(incidents):
        lone *= float(weight[weight > 0].mean()) if (weight > 0).any() else 1.0
    level = densest_level(values, land, share=settings.share_of_area, above=lone)
    outlines = polygons_above(values, grid, level=level)
    return MethodResult(
        polygons=clipped(outlines, area.land, least_m2=settings.cell_m**2),
        explanation=_explanation(settings, bandwidth_m=bandwidth),
        surface=_over_land(values, land, grid=grid),
        least_incidents=settings.least_incidents,
        notes=harm_notes(incidents, by=settings.weight),
    )


def _bandwidth_m(incidents: Incidents, area: StudyArea, *, settings: KdeSettings) -> float:
    if settings.bandwidth_rule != "rule_of_thumb":
        return settings.bandwidth_m
    chosen = in_study_area(incidents, area)
    rule = rule_of_thumb_m(
        incidents.easting[chosen], incidents.northing[chosen], kernel=settings.kernel
    )
    least = max(_LEAST_BANDWIDTH_M, 2 * settings.cell_m)
    return min(max(rule, least), _MOST_BANDWIDTH_M)


def lone_incident_per_km2(kernel: Kernel, *, bandwidth_m: float) -> float:
    """Return the density up to which ground may hold a single incident and no more."""
    return _LONE_INCIDENT * _peak_per_km2(kernel, bandwidth_m=bandwidth_m)


def _peak_per_km2(kernel: Kernel, *, bandwidth_m: float) -> float:
    bandwidth_km = bandwidth_m / 1000
    if kernel == "quartic":
        return 3 / (math.pi * bandwidth_km**2)
    return 1 / (2 * math.pi * (bandwidth_km / 2) ** 2)


def _over_land(values: NDArray[np.float64], land: NDArray[np.float64], *, grid: Grid) -> Surface:
    """Return the part of the grid that holds land, NaN in cells without any."""
    rows = np.flatnonzero(land.any(axis=1))
    columns = np.flatnonzero(land.any(axis=0))
    window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    part = Grid(
        left=grid.left + int(columns[0]) * grid.cell_m,
        bottom=grid.bottom + int(rows[0]) * grid.cell_m,
        cell_m=grid.cell_m,
        columns=len(range(columns[0], columns[-1] + 1)),
        rows=len(range(rows[0], rows[-1] + 1)),
    )
    return Surface(grid=part, per_km2=np.where(land > 0, values, np.nan)[window])


def _explanation(settings: KdeSettings, *, bandwidth_m: float) -> str:
    shape = "radius" if settings.kernel == "quartic" else "twice the standard deviation"
    chosen = _RULES[settings.bandwidth_rule]
    edge = "corrected" if settings.edge_correction else "not corrected"
    return (
        f"Kernel density: each incident is spread by a {settings.kernel} kernel with a bandwidth "
        f"of {bandwidth_m:,.0f} m{chosen} ({shape}) over {settings.cell_m:g} m cells, "
        f"{edge} at the edge of the data and weighed by {settings.weight}. Hotspots are the "
        f"densest {settings.share_of_area * 100:.3g} % of the land, ranked by incidents."
    )
