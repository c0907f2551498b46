"""What a walk along streets collects: prizes, each once, by whichever of some parts it walks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import STRtree

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.local_streets import LocalStreets
    from models.hotspots.inputs import Incidents


@dataclass(frozen=True, slots=True, eq=False)
class Prizes:
    """k prizes on m parts of street.

    Attributes
    ----------
    worth : float64 array of shape (k,)
        At least 0.
    reached : bool array of shape (k, m)
        Which parts collect each: any one of them is enough.
    """

    worth: NDArray[np.float64]
    reached: NDArray[np.bool_]

    def take(self, parts: NDArray[np.intp]) -> Prizes:
        """Return the prizes on some of the parts."""
        return Prizes(self.worth, self.reached[:, parts])


def of_parts(worth: NDArray[np.float64]) -> Prizes:
    """Return one prize on each part, which it alone collects."""
    return Prizes(worth, np.eye(len(worth), dtype=bool))


def by_length(streets: LocalStreets, *, unit_m: float) -> Prizes:
    """Return the length of the streets inside the area, collected by whoever walks along them.

    What two parts run beside each other for is one street, which either of them collects.
    """
    share = streets.inside_m / streets.length_m
    one, other = np.nonzero(np.triu(streets.beside_m))
    both = streets.beside_m[one, other] * np.minimum(share[one], share[other])
    alone = streets.inside_m.copy()
    np.subtract.at(alone, one, both)
    np.subtract.at(alone, other, both)
    reached = np.zeros((len(one), len(streets)), dtype=bool)
    reached[np.arange(len(one)), one] = reached[np.arange(len(one)), other] = True
    return Prizes(
        np.concatenate([np.maximum(alone, 0.0), both]) / unit_m,
        np.concatenate([np.eye(len(streets), dtype=bool), reached]),
    )


def groups_of(
    streets: LocalStreets, incidents: Incidents, *, near_m: float
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Group incidents by the parts that pass them.

    Each is passed by the nearest part, if that is near, and by those beside it that are near too.

    Returns
    -------
    group : int array of shape (n,)
        -1 for an incident that is near no part.
    reached : bool array of shape (k, m)
        The parts of each group.
    """
    points = np.asarray(
        shapely.points(np.column_stack([incidents.easting, incidents.northing])), dtype=object
    )
    nearest = np.full(len(points), -1)
    at, part = STRtree(streets.lines).query_nearest(points, max_distance=near_m, all_matches=True)
    order = np.lexsort((part, at))[::-1]
    nearest[at[order]] = part[order]  # of several just as near, the first
    held = np.flatnonzero(nearest >= 0)
    passed = np.zeros((len(held), len(streets)), dtype=bool)
    passed[np.arange(len(held)), nearest[held]] = True
    row, along = np.nonzero(streets.beside_m[nearest[held]])
    near = np.asarray(shapely.distance(streets.lines[along], points[held[row]]) <= near_m)
    passed[row[near], along[near]] = True
    reached, group = np.unique(passed, axis=0, return_inverse=True)
    found = np.full(len(points), -1)
    found[held] = group.ravel()
    return found, reached
