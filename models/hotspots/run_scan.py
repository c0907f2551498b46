"""How surprising a run is, once it is allowed for that every place was searched for one.

The space-time permutation scan: the days of a year's incidents are shuffled among the same
places, so each place keeps its usual rate and each fortnight its number of incidents. A group's
*surprise* is the log likelihood ratio of its count against what its place would have had then. How
often the most surprising group of shuffled days is at least as surprising is its *chance*: that of
a run like it anywhere on the ground. Seasons and growth that the whole ground shares are allowed
for, since the number in the last days stays as it is. What one place alone does differently is a
surprise.

The shuffling ends early once `_ENOUGH` of the shuffled years beat all that was seen: nothing stands
out then, however long it went on (J. Besag and P. Clifford, "Sequential Monte Carlo p-values",
Biometrika 78, 1991).

Source: M. Kulldorff, R. Heffernan, J. Hartman, R. Assunção and F. Mostashari, "A space–time
permutation scan statistic for disease outbreak detection", PLoS Medicine 2:e59 (2005).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots._run_kernels import Ground, counts_within, highest_surprise, surprises_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENOUGH: Final = 20


class RunScan:
    """The surprise and the chance of groups in the last days of a year.

    Parameters
    ----------
    places : float64 array of shape (n, 2)
        Metres; the year's incidents and, at the end, those of the last days.
    recent : int
        How many at the end are of the last days, at least 1.
    distance_m : float
        Reach of a group around its middle.
    """

    def __init__(
        self,
        places: NDArray[np.float64],
        *,
        recent: int,
        distance_m: float,
    ) -> None:
        self._recent = recent
        order, self._ground = _ground(places, distance_m=distance_m)
        around = counts_within(self._ground, np.arange(len(places), dtype=np.int64))
        # A place's share of the year's incidents is its share of those of the last days.
        self._expected: NDArray[np.float64] = around * np.float64(recent / len(places))
        as_given = np.empty(len(places), dtype=np.float64)
        as_given[order] = self._expected
        self._expected_of_recent = as_given[-recent:]

    def surprises(self, counts: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the surprise of a count around each incident of the last days.

        Parameters
        ----------
        counts : int64 array of shape (recent,)
            Of the last days' incidents within the distance of each of them.
        """
        return surprises_of(counts, self._expected_of_recent, self._recent)

    def chances(
        self,
        surprises: NDArray[np.float64],
        *,
        least: int,
        permutations: int,
        rng: np.random.Generator,
    ) -> NDArray[np.float64]:
        """Return the chance of a group at least so surprising anywhere, with the days shuffled.

        Parameters
        ----------
        surprises : float64 array of shape (groups,)
        least : int
            Incidents in a group.
        permutations : int
            At most; fewer where nothing stands out.
        rng : Generator

        Returns
        -------
        float64 array of shape (groups,)
            ``(1 + #≥) / (1 + permutations)``; where it ended early, above a fiftieth for all.
        """
        beaten = np.zeros(len(surprises), dtype=np.int64)
        if not len(surprises):
            return beaten.astype(np.float64)
        made = 0
        while made < permutations and beaten.min() < _ENOUGH:
            rows = rng.choice(len(self._expected), self._recent, replace=False, shuffle=False)
            rows.sort()
            highest = highest_surprise(self._ground, rows, self._expected, least)
            # Equal groups must count as equal, whatever the order in which they were summed.
            beaten += highest >= surprises - 1e-9
            made += 1
        return np.asarray((1 + beaten) / (1 + made), dtype=np.float64)


def _ground(places: NDArray[np.float64], *, distance_m: float) -> tuple[NDArray[np.intp], Ground]:
    """Return the order of the incidents by cell, whatever order they came in, and the ground."""
    easting, northing = places.T
    column = np.floor((easting - easting.min()) / distance_m).astype(np.int64)
    row = np.floor((northing - northing.min()) / distance_m).astype(np.int64)
    wide = int(column.max()) + 3  # a free column on either side, so that no row runs into the next
    key = (row + 1) * wide + column + 1
    order = np.lexsort((northing, easting, key))
    occupied, cell = np.unique(key[order], return_inverse=True)
    steps = np.array([up * wide + across for up in (-1, 0, 1) for across in (-1, 0, 1)])
    wanted = occupied[:, np.newaxis] + steps
    at = np.minimum(np.searchsorted(occupied, wanted), len(occupied) - 1)
    return order, Ground(
        x=np.ascontiguousarray(easting[order]),
        y=np.ascontiguousarray(northing[order]),
        cell=cell.astype(np.int64),
        around=np.where(occupied[at] == wanted, at, -1).astype(np.int64),
        squared=float(distance_m) ** 2,
    )
