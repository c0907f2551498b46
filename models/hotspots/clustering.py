"""DBSCAN of points: labels equal to scikit-learn's, in a fraction of the time and memory.

Coincident points collapse into one weighted point first: police.uk places a year of a borough's
incidents on some thousands of map points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots._coincident_kernels import places
from models.hotspots._dbscan_cells import Cells, order_by_cell
from models.hotspots._dbscan_kernels import clusters_of_cells, core_points, labels_of_points
from models.hotspots.method_result import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SHRINK: Final = 1e-9  # cells are this much smaller, so that rounding cannot make two too far apart
_MOST_STEPS: Final = 1e11  # extent / eps beyond which rounding could
_COUNTING_SORT_ROOM: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Clusters:
    """What DBSCAN says of each point.

    Attributes
    ----------
    labels : int32 array of shape (n,)
        0 and up; −1 for noise.
    core : bool array of shape (n,)
        True for core points.
    """

    labels: NDArray[np.int32]
    core: NDArray[np.bool_]


def cluster(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    eps_m: float,
    min_samples: float,
    weight: NDArray[np.float64] | None = None,
) -> Clusters:
    """Cluster points.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres, finite.
    eps_m : float
        Radius in metres, inclusive.
    min_samples : float
        Weight that makes a core point.
    weight : float64 array of shape (n,), optional
        Not negative; one each without it. Sums of weights that are not whole numbers are exact to
        rounding.

    Returns
    -------
    Clusters
        Equal to ``sklearn.cluster.DBSCAN(eps_m, min_samples).fit(X, sample_weight=weight)``.

    Raises
    ------
    SettingError
        If `eps_m` or a weight is out of range, or so small against the extent that distances could
        not be told apart.
    """
    if not eps_m > 0:
        raise SettingError(setting="eps_m", value=eps_m, allowed="above 0")
    if weight is not None and not (weight >= 0).all():
        raise SettingError(
            setting="weight", value=float(weight.min()), allowed="0 or more for each point"
        )
    if not len(easting):
        return Clusters(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.bool_))
    place, first = places(easting, northing)
    total = np.bincount(place, weights=weight, minlength=len(first)).astype(np.float64)
    cells, order = _in_cells(easting[first], northing[first], total, eps_m=eps_m)
    core = core_points(cells, float(min_samples))
    label = labels_of_points(cells, core, clusters_of_cells(cells, core, order))
    of_place, core_place = np.empty_like(label), np.empty_like(core)
    of_place[order], core_place[order] = label, core
    return Clusters(of_place[place], core_place[place])


def _in_cells(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64], *, eps_m: float
) -> tuple[Cells, NDArray[np.int32]]:
    """Return the points sorted by cell, and their order."""
    parts = _parts_of_eps(len(x))
    left, bottom = float(x.min()), float(y.min())
    extent = max(float(x.max()) - left, float(y.max()) - bottom) / eps_m
    if not extent < _MOST_STEPS:
        allowed = "large enough to tell distances apart over the data's extent, which is finite"
        raise SettingError(setting="eps_m", value=eps_m, allowed=allowed)
    side = eps_m / parts * (1 - _SHRINK - 1e-15 * extent * parts)
    column = np.floor((x - left) / side).astype(np.int64)
    row = np.floor((y - bottom) / side).astype(np.int64)
    rows, columns = int(row.max()) + 1, int(column.max()) + 1
    if max(rows, columns) <= len(x) + _COUNTING_SORT_ROOM:
        order = order_by_cell(row, column, rows, columns)
    else:  # a stray point very far away
        order = np.lexsort((column, row)).astype(np.int32)
    column, row = column[order], row[order]
    new_row = np.diff(row, prepend=-1) != 0
    start = np.flatnonzero(new_row | (np.diff(column, prepend=-1) != 0))
    cells = Cells(
        x=x[order],
        y=y[order],
        weight=weight[order],
        weight_before=np.concatenate(([0.0], np.cumsum(weight[order], dtype=np.float64))),
        start=np.append(start, len(x)).astype(np.int32),
        column=column[start],
        row=row[new_row],
        row_start=np.append(np.flatnonzero(new_row[start]), len(start)).astype(np.int32),
        inner=_half_widths(parts, inner=True),
        outer=_half_widths(parts, inner=False),
        eps_squared=eps_m * eps_m,
    )
    return cells, order


def _parts_of_eps(points: int) -> int:
    """Return how many cells make up eps: more where many points share the work of a cell."""
    if points < 100_000:
        return 2
    return 3 if points < 2_000_000 else 8


def _half_widths(parts: int, *, inner: bool) -> NDArray[np.int64]:
    """Return the half width in columns of a window, by distance in rows."""
    step = 1 if inner else -1
    widths = []
    for rows in range(parts + 2):
        fits = [
            columns
            for columns in range(parts + 2)
            if max(columns + step, 0) ** 2 + max(rows + step, 0) ** 2 <= parts**2
        ]
        widths.append(max(fits, default=-1))
    return np.array(widths, dtype=np.int64)
