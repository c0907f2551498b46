"""Gi*: cells whose neighbourhood holds more incidents than chance would put there.

The statistic of Getis and Ord compares the total of a cell and its queen neighbours with what so
many cells hold on average, in standard deviations (z). Weights are binary: each of the nine cells
counts one, whether at the edge or not. (Weights that add up to one in each row, or a mean of the
nine cells, give other figures at the edge and are not Gi*.) p is two-sided, from the normal
distribution, and adjusted for testing every cell at once; hot cells are graded 90, 95 and 99 %.

**What it assumes.** Under chance any cell could hold any cell's count. Streets, parks and stations
differ, so a hot cell says "more than elsewhere here", never why.

Sources: A. Getis and J. K. Ord, "The analysis of spatial association by use of distance
statistics", Geographical Analysis 24 (1992); J. K. Ord and A. Getis, "Local spatial autocorrelation
statistics", Geographical Analysis 27 (1995), for Gi* with the cell itself; M. C. Castro and
B. H. Singer, Geographical Analysis 38 (2006), for the false-discovery control.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from models.hotspots._gi_star_kernels import standardised
from models.hotspots.cells import Cells, Patch, cells_of, check_incidents, patches
from models.hotspots.method_result import (
    LEAST_INCIDENTS,
    LEAST_PARAMETER,
    HotClass,
    HotspotEvidence,
    MethodResult,
    Parameter,
    SettingError,
    Weighting,
    check_least_incidents,
    harm_notes,
    weights,
)
from models.hotspots.significance import CONTROLS, Control, adjusted_p, two_sided_p

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea

Confidence = Literal["90", "95", "99"]

CLASSES: Final[tuple[HotClass, ...]] = (
    HotClass("99 %", "99", "at most 1 in 100 such places is expected to be chance"),
    HotClass("95 %", "95", "at most 5 in 100 such places are expected to be chance"),
    HotClass("90 %", "90", "at most 10 in 100 such places are expected to be chance"),
)
_LEVELS: Final[dict[str, float]] = {"99": 0.01, "95": 0.05, "90": 0.10}


@dataclass(frozen=True, slots=True)
class GiStarSettings:
    """How the cells are laid and how sure one wants to be.

    Attributes
    ----------
    cell_m : float
        Side of a cell in metres, 50 to 1,000.
    confidence : {"90", "95", "99"}
        The least sure class that is shown, in per cent.
    control : {"benjamini_hochberg", "benjamini_yekutieli", "holm"}
        What is kept low when every cell is tested at once.
    weight : {"count", "harm"}
        What an incident weighs.
    least_incidents : int
        An area with fewer is not a hotspot: a cell can be hot by its neighbours alone.

    Raises
    ------
    SettingError
        If the cell size or the least number is outside its range.
    """

    cell_m: float = 150.0
    confidence: Confidence = "90"
    control: Control = "benjamini_hochberg"
    weight: Weighting = "count"
    least_incidents: int = LEAST_INCIDENTS

    def __post_init__(self) -> None:
        if not 50 <= self.cell_m <= 1000:
            raise SettingError(
                setting="cell_m", value=self.cell_m, allowed="between 50 and 1,000 metres"
            )
        check_least_incidents(self.least_incidents)


CELL_PARAMETER: Final = Parameter(
    "cell_m",
    "Cell (m)",
    "Side of the squares that are compared. Smaller shows more detail and needs more incidents.",
    low=100,
    high=500,
    step=25,
)
PARAMETERS: Final[tuple[Parameter, ...]] = (
    CELL_PARAMETER,
    Parameter(
        "confidence",
        "At least this sure",
        "Only places that stand out with this confidence are shown.",
        choices=(("90", "90 %"), ("95", "95 %"), ("99", "99 %")),
    ),
    Parameter(
        "control",
        "Guard against",
        "Many cells are tested at once, so some would stand out by chance. What to keep rare.",
        choices=CONTROLS,
    ),
    Parameter(
        "weight",
        "Weigh by",
        "Every incident alike, or by its harm weight where it has one.",
        choices=(("count", "Count"), ("harm", "Harm")),
    ),
    LEAST_PARAMETER,
)


def gi_star(values: NDArray[np.float64], member: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return Gi* of each cell: binary queen weights, the cell itself included.

    Parameters
    ----------
    values : float64 array of shape (rows, columns)
        What each cell holds; not negative.
    member : bool array of shape (rows, columns)
        Cells that take part, the empty ones too; the others are as if off the grid.

    Returns
    -------
    float64 array of shape (rows, columns)
        z; NaN where a cell takes no part, or where all cells hold the same.
    """
    z = np.full(values.shape, np.nan)
    standardised(np.ascontiguousarray(values), np.ascontiguousarray(member), z)
    return z


def adjusted_in(
    z: NDArray[np.float64], tested: NDArray[np.bool_], *, control: Control
) -> NDArray[np.float64]:
    """Return each tested cell's adjusted two-sided p; 1 elsewhere."""
    p = np.ones(z.shape)
    p[tested] = adjusted_p(two_sided_p(z[tested]), control=control)
    return p


def find(incidents: Incidents, area: StudyArea, *, settings: GiStarSettings) -> MethodResult:
    """Find the cells that are hot by more than chance, and join those that share a side.

    Parameters
    ----------
    incidents : Incidents
        With those around the chosen wards, which count in the cells just outside.
    area : StudyArea
        The land that is tested.
    settings : GiStarSettings
        Defaults are the product's.

    Returns
    -------
    MethodResult
        One polygon for each group of hot cells; its evidence is that of its strongest cell.

    Raises
    ------
    TooLittleDataError
        Under 30 cells or 60 incidents.
    NoHarmWeightsError
        By harm, when no incident has a weight.
    """
    cells = cells_of(area, cell_m=settings.cell_m)
    check_incidents(incidents, area)
    values = cells.grid.counts(
        incidents.easting, incidents.northing, weight=weights(incidents, by=settings.weight)
    )
    z = gi_star(values, cells.member)
    p = adjusted_in(z, cells.tested, control=settings.control)
    hot = cells.tested & (p < _LEVELS[settings.confidence]) & (np.nan_to_num(z) > 0)
    found = patches(cells, hot)
    return MethodResult(
        polygons=tuple(patch.polygon for patch in found),
        evidence=tuple(_evidence(patch, z=z, p=p) for patch in found),
        explanation=_explanation(settings, cells=cells, hot=int(hot.sum())),
        least_incidents=settings.least_incidents,
        notes=harm_notes(incidents, by=settings.weight),
    )


def _evidence(patch: Patch, *, z: NDArray[np.float64], p: NDArray[np.float64]) -> HotspotEvidence:
    strongest = np.unravel_index(np.argmax(np.where(patch.cells, z, -np.inf)), z.shape)
    best_z, best_p = float(z[strongest]), float(p[strongest])
    name = next(each.name for each in CLASSES if best_p < _LEVELS[each.mark])
    words = (
        f"more than chance would put here, with {name} confidence (z = {best_z:.1f}, "
        f"{p_value_label(best_p)} after allowing for all cells tested)"
    )
    return HotspotEvidence(hot_class=name, z=best_z, p_value=best_p, sentence=words)


def p_value_label(p: float) -> str:
    """Return a p-value as readers expect it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _explanation(settings: GiStarSettings, *, cells: Cells, hot: int) -> str:
    guard = dict(CONTROLS)[settings.control]
    return (
        f"Gi*: each of {int(cells.tested.sum()):,} cells of {settings.cell_m:g} m is compared, "
        f"with its eight neighbours and weighed by {settings.weight}, with the average cell; "
        f"{hot:,} stand out with at least {settings.confidence} % confidence, guarding against: "
        f"{guard[:1].lower()}{guard[1:]}. Cells that share a side are one hotspot, with the class, "
        "z and p of its strongest cell; hotspots are ranked by incidents."
    )
