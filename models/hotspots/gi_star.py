"""Gi*: cells whose neighbourhood holds more incidents than chance would put there.

The statistic of Getis and Ord compares the total of a cell and its queen neighbours with what so
many cells hold on average, in standard deviations (z). Weights are binary: each of the nine cells
counts one, whether at the edge or not. (Weights that add up to one in each row, or a mean of the
nine cells, give other figures at the edge and are not Gi*.)

**Two tails, and a cell must pass both.** The normal tail of z allows for how uneven the cells are,
so that on a map of unlike places only the highest stand out; where counts are small it calls three
incidents by chance a hotspot. The exact tail of the total (`chance`) holds at any count, at the
border, and where many incidents share a place. A cell's p is the larger of the two.

**What a hotspot's p says.** Cells that pass the chosen control are joined where they share a side,
and what is joined is a hotspot only if its strongest cell passes for all cells at once. That p, the
chance that so strong a cell lies anywhere on the ground, is the hotspot's, and grades it: under
chance, at most 1, 5 or 10 maps in 100 show any hotspot of the class 99, 95 or 90 % or better.

**What it assumes.** Under chance the ground is even: every square metre is as likely as any other.
Streets, parks and stations differ, so a hot cell says "more than elsewhere here", never why.

Sources: A. Getis and J. K. Ord, "The analysis of spatial association by use of distance
statistics", Geographical Analysis 24 (1992); J. K. Ord and A. Getis, "Local spatial autocorrelation
statistics", Geographical Analysis 27 (1995), for Gi* with the cell itself; M. C. Castro and
B. H. Singer, Geographical Analysis 38 (2006), for the false-discovery control.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.counting import counted
from models.hotspots._gi_star_kernels import standardised
from models.hotspots.cells import Cells, Patch, cells_of, check_incidents, patches
from models.hotspots.chance import chance_of_totals, lumps_of, place_notes
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
from models.hotspots.significance import (
    CONTROLS,
    Control,
    adjusted_p,
    anywhere_p,
    sure_places,
    two_sided_p,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea

Confidence = Literal["90", "95", "99"]

CLASSES: Final[tuple[HotClass, ...]] = (
    HotClass("99 %", "99", "chance alone shows any such place in at most 1 map of 100"),
    HotClass("95 %", "95", "chance alone shows any such place in at most 5 maps of 100"),
    HotClass("90 %", "90", "chance alone shows any such place in at most 10 maps of 100"),
)
_LEVELS: Final[dict[str, float]] = {"99": 0.01, "95": 0.05, "90": 0.10}
_WORTH_ASKING: Final = 0.1  # a larger p passes no class, so its exact tail is not worked out


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
        What is kept low among the cells that hotspots are made of.
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
        "What to keep rare among the cells of a hotspot, that is how far it reaches. Whether "
        "there is one is tested for all cells at once.",
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
    p: NDArray[np.float64], tested: NDArray[np.bool_], *, control: Control
) -> NDArray[np.float64]:
    """Return each tested cell's adjusted p; 1 elsewhere."""
    adjusted = np.ones(p.shape)
    adjusted[tested] = adjusted_p(p[tested], control=control)
    return adjusted


@dataclass(frozen=True, slots=True)
class HotTest:
    """What Gi* says of each cell; arrays of the grid's shape.

    Attributes
    ----------
    z : float64
        Gi*; NaN where it is not defined.
    p : float64
        One cell's own: the larger of the two tails, 1 where it holds no more than the average.
    """

    z: NDArray[np.float64]
    p: NDArray[np.float64]


def hot_test(
    incidents: Incidents, cells: Cells, *, weight: NDArray[np.float64] | None = None
) -> HotTest:
    """Test each cell with its neighbours for more than chance would put there.

    Parameters
    ----------
    incidents : Incidents
        Length n.
    cells : Cells
    weight : float64 array of shape (n,), optional
        What each incident weighs; one without it.
    """
    values = cells.grid.counts(incidents.easting, incidents.northing, weight=weight)
    z = gi_star(values, cells.member)
    p = np.where(cells.tested & (np.nan_to_num(z) > 0), two_sided_p(z), 1.0)
    asked = p < _WORTH_ASKING
    exact = chance_of_totals(lumps_of(incidents, cells, weight=weight), cells, asked=asked)
    return HotTest(z, np.where(asked, np.maximum(p, exact), p))


def find(incidents: Incidents, area: StudyArea, *, settings: GiStarSettings) -> MethodResult:
    """Find the places that are hot by more than chance.

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
        One polygon for each group of hot cells. Its evidence is the z of its strongest cell, and
        the chance that so strong a cell lies anywhere on the ground.

    Raises
    ------
    TooLittleDataError
        Under 30 cells or 60 incidents.
    NoHarmWeightsError
        By harm, when no incident has a weight.
    """
    cells = cells_of(area, cell_m=settings.cell_m)
    check_incidents(incidents, area)
    test = hot_test(incidents, cells, weight=weights(incidents, by=settings.weight))
    anywhere = anywhere_p(test.p, tests=int(cells.tested.sum()))
    hot = sure_places(
        adjusted_in(test.p, cells.tested, control=settings.control),
        anywhere,
        level=_LEVELS[settings.confidence],
    )
    found = patches(cells, hot)
    return MethodResult(
        polygons=tuple(patch.polygon for patch in found),
        evidence=tuple(_evidence(patch, z=test.z, p=anywhere) for patch in found),
        explanation=_explanation(settings, cells=cells, hot=int(hot.sum())),
        least_incidents=settings.least_incidents,
        notes=(
            *harm_notes(incidents, by=settings.weight),
            *place_notes(lumps_of(incidents, cells), cells),
        ),
    )


def _evidence(patch: Patch, *, z: NDArray[np.float64], p: NDArray[np.float64]) -> HotspotEvidence:
    best_z, best_p = float(z[patch.cells].max()), float(p[patch.cells].min())
    name = next(each.name for each in CLASSES if best_p < _LEVELS[each.mark])
    words = (
        f"more than chance would put here, with {name} confidence (z = {best_z:.1f} at its "
        f"strongest; {p_value_label(best_p)}, the chance of so strong a place anywhere on this "
        "ground)"
    )
    return HotspotEvidence(hot_class=name, z=best_z, p_value=best_p, sentence=words)


def p_value_label(p: float) -> str:
    """Return a p-value as readers expect it."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def _explanation(settings: GiStarSettings, *, cells: Cells, hot: int) -> str:
    guard = dict(CONTROLS)[settings.control]
    level = 100 - int(settings.confidence)
    return (
        f"Gi*: each of {counted(int(cells.tested.sum()), 'cell')} of {settings.cell_m:g} m is "
        "compared, "
        f"with its eight neighbours and weighed by {settings.weight}, with the average cell and "
        "with what chance would put on even ground, where all incidents at one place are taken as "
        f"one. {counted(hot, 'cell stands', 'cells stand')} out, guarding against: "
        f"{guard[:1].lower()}{guard[1:]}. Cells "
        "that share a side are one hotspot if its strongest cell stands out among all cells at "
        f"once: chance alone shows any hotspot in at most {level} maps of 100. p is of the "
        "hotspot, z of its strongest cell; hotspots are ranked by incidents."
    )
