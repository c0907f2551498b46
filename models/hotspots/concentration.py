"""How much of it happens in how few places: shares, the curve and a Gini that is fair to few.

The places are all the cells of the chosen wards, the empty ones above all. Where there are fewer
incidents than places, most places must be empty even if no place were hit twice, and the plain Gini
coefficient calls that concentration. The generalised one measures against the most even spread
that so many incidents allow: 0 when no place has two, 1 at most.

Sources: D. Weisburd, "The law of crime concentration and the criminology of place", Criminology 53
(2015), for the shares of places that hold 25 % and 50 % of incidents; W. Bernasco and W. Steenbeek,
"More places than crimes: implications for evaluating the law of crime concentration at place",
Journal of Quantitative Criminology 33 (2017), for the generalised Gini.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import PlainError
from geo.grid import Grid
from models.hotspots.coverage import coverage
from models.hotspots.study_area import in_study_area

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents, StudyArea

DEFAULT_CELL_M: Final = 150.0
_MARGIN_M: Final = 150.0  # incidents given to a ward from just outside it


class NoConcentrationError(PlainError, ValueError):
    """There is nothing whose concentration could be measured."""

    def __init__(self) -> None:
        super().__init__(
            "There are no incidents in the chosen wards, so nothing can be said about how "
            "concentrated they are. Choose a longer period, more categories or more wards."
        )


@dataclass(frozen=True, slots=True)
class Concentration:
    """How concentrated incidents are.

    Attributes
    ----------
    places, incidents : int
        Places looked at, the empty ones included, and incidents in them.
    places_quarter, places_half : int
        The fewest places that hold at least 25 % and 50 % of the incidents.
    gini, generalised_gini : float
        0 (as even as can be) to 1.
    cumulative : float64 array of shape (places + 1,)
        Share of incidents in the busiest 0, 1, 2 … places.
    """

    places: int
    incidents: int
    places_quarter: int
    places_half: int
    gini: float
    generalised_gini: float
    cumulative: NDArray[np.float64]

    @property
    def share_quarter(self) -> float:
        """Share of places that hold 25 % of the incidents."""
        return self.places_quarter / self.places

    @property
    def share_half(self) -> float:
        """Share of places that hold 50 % of the incidents."""
        return self.places_half / self.places


def concentration(counts: NDArray[np.int64]) -> Concentration:
    """Measure how concentrated counts by place are.

    Parameters
    ----------
    counts : int64 array of shape (places,)
        Incidents in each place, zeros included, in any order.

    Raises
    ------
    NoConcentrationError
        If there is no incident.
    """
    total, places = int(counts.sum()), len(counts)
    if total == 0:
        raise NoConcentrationError
    busiest_first = np.sort(counts)[::-1]
    running = np.concatenate([[0], np.cumsum(busiest_first)])
    gini = _gini(busiest_first[::-1], total=total)
    few = max(places / total, 1.0)
    return Concentration(
        places=places,
        incidents=total,
        places_quarter=int(np.searchsorted(running * 4, total)),
        places_half=int(np.searchsorted(running * 2, total)),
        gini=gini,
        generalised_gini=few * (gini - 1) + 1,
        cumulative=running / total,
    )


def cell_counts(
    incidents: Incidents, area: StudyArea, *, cell_m: float = DEFAULT_CELL_M
) -> NDArray[np.int64]:
    """Count the incidents of the chosen wards in each of their cells.

    Parameters
    ----------
    incidents : Incidents
    area : StudyArea
    cell_m : float
        Side of a cell in metres.

    Returns
    -------
    int64 array of shape (cells,)
        One for every cell that holds land of the chosen wards, or an incident given to them from
        just outside; adds up to the incidents of the chosen wards.
    """
    grid = Grid.covering(area.land.bounds, cell_m=cell_m, margin_m=max(cell_m, _MARGIN_M))
    mine = incidents.take(in_study_area(incidents, area))
    counts = grid.counts(mine.easting, mine.northing).astype(np.int64)
    return np.asarray(counts[(coverage(area.land, grid) > 0) | (counts > 0)])


def _gini(emptiest_first: NDArray[np.int64], *, total: int) -> float:
    n = len(emptiest_first)
    rank = np.arange(1, n + 1)
    return float((2 * (rank * emptiest_first).sum() / total - n - 1) / n)
