"""Incidents near licensed premises, and rates for each of them.

Nearness is not cause: an incident within 50 m of five public houses counts for each of the five,
and premises stand where people are. So the counts of two premises do not add up, the number of
others nearby stands next to each, and nothing here says whose customers anybody was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.spatial import cKDTree

from models.statistics.intervals import binomial_interval, poisson_interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR_M: Final = 50.0
REPEAT: Final = 3  # incidents from which a place is a repeat place


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its 95 % interval; NaN where it is not known."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PremisesIncidentPairs:
    """Which incidents lie near which premises, as pairs.

    Attributes
    ----------
    premises, incident : intp arrays of shape (pairs,)
        Positions, by premises and then by incident.
    others : int64 array of shape (premises,)
        Other premises within the same distance of each.
    """

    premises: NDArray[np.intp]
    incident: NDArray[np.intp]
    others: NDArray[np.int64]

    def count(self, mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the chosen incidents near each of the premises.

        Parameters
        ----------
        mask : bool array of shape (incidents,)
        """
        picked = self.premises[mask[self.incident]]
        return np.bincount(picked, minlength=len(self.others)).astype(np.int64)


def incidents_near_premises(
    premises: tuple[NDArray[np.float64], NDArray[np.float64]],
    incidents: tuple[NDArray[np.float64], NDArray[np.float64]],
    *,
    radius_m: float = NEAR_M,
) -> PremisesIncidentPairs:
    """Return the incidents within a distance of each of the premises, the distance included.

    Parameters
    ----------
    premises, incidents : tuple of two float64 arrays
        Easting and northing, in metres.
    radius_m : float
    """
    here = np.column_stack(premises)
    if not len(here):
        empty = np.zeros(0, dtype=np.intp)
        return PremisesIncidentPairs(empty, empty, np.zeros(0, dtype=np.int64))
    tree = cKDTree(here)
    asked: Any = tree.query_ball_point(np.column_stack(incidents), radius_m, return_sorted=True)
    around: list[list[int]] = list(asked)
    sizes = np.array([len(each) for each in around], dtype=np.int64)
    incident = np.repeat(np.arange(len(sizes)), sizes)
    at = np.fromiter((i for each in around for i in each), dtype=np.intp, count=int(sizes.sum()))
    order = np.lexsort((incident, at))
    others = tree.query_ball_point(here, radius_m, return_length=True) - 1
    return PremisesIncidentPairs(at[order], incident[order], np.asarray(others, dtype=np.int64))


def per(count: int, exposure: float) -> Interval:
    """Return a count for each unit of exposure with the exact Poisson interval."""
    if not exposure > 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = poisson_interval(count)
    return Interval(count / exposure, low / exposure, high / exposure)


def share(part: int, whole: int) -> Interval:
    """Return a share with its exact (Clopper–Pearson) 95 % interval; NaN of nothing."""
    if not whole:
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = binomial_interval(part, whole)
    return Interval(part / whole, low, high)
