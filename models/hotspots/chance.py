"""How often chance alone puts so much into a cell and its neighbours, exact where counts are small.

**The null.** What lies at one place is one *lump*, with all the incidents there: a map point that
collects a street, a rounded coordinate, one address that calls often. Under chance each lump falls
anywhere on the observed ground, every square metre alike and independently of the others. The total
of a cell and its neighbours is then a sum of lumps that each fall in with the same chance, the
neighbourhood's share of all the ground: a cell with a quarter of its ground inside the study area
is not expected to hold as much as a whole one. Where no two incidents share a place it is a
binomial count. By harm, a lump weighs what its incidents weigh together.

A lump is never evidence by itself, however many incidents it holds: it could have been anywhere.
Without this, a few map points would make hotspots of themselves on ground where nothing goes on.
And one heavy lump, which could fall in anywhere, must not hide that many others lie together: none
counts for more than three quarters of all lumps do (their upper quartile). The test is exact for
the total so counted, whatever the rule, as long as it looks at sizes alone.

**How it is worked out.** Totals up to 5,000 term by term, one size of lumps after another. Beyond
that Chernoff's bound is taken, which is never below the chance itself. Weights that are no whole
numbers are rounded to units for the test, which stays exact for the rounded total.

Sources: A. C. Davison and D. V. Hinkley, "Bootstrap Methods and their Application" (1997), ch. 4,
on tests given what was observed; H. Chernoff, Annals of Mathematical Statistics 23 (1952).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage
from scipy.special import bdtr, bdtrc, expit, log1p, logit

from geo.counting import counted
from models.hotspots._coincident_kernels import places
from models.hotspots._compound_kernels import tails_of_totals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.cells import Cells
    from models.hotspots.inputs import Incidents

_MOST_BY_TERMS: Final = 5_000  # of a total: more would take seconds
_MOST_OF_LUMPS: Final = 0.75
_STANDS_OUT: Final = 0.05
_UNITS: Final = 2_000  # into which the largest total of weights is cut
_LEAST_CHANCE: Final = 1e-11  # what 1 − a sum of chances can still tell from 0
_STEPS_OF_SHARE: Final = 4  # of one cell's ground, to which a share is rounded up
_HALVINGS: Final = 40
_QUEEN: Final = np.ones((3, 3))


@dataclass(frozen=True, slots=True)
class Lumps:
    """What lies at each place, on cells that take part; arrays of length n.

    Attributes
    ----------
    size : float64 array
        Incidents, or the sum of their weights; above 0.
    cell : int64 array
        Flat index of its cell.
    weighed : bool
        Whether sizes are weights and no counts.
    """

    size: NDArray[np.float64]
    cell: NDArray[np.int64]
    weighed: bool = False


def lumps_of(
    incidents: Incidents, cells: Cells, *, weight: NDArray[np.float64] | None = None
) -> Lumps:
    """Gather incidents by place.

    Parameters
    ----------
    incidents : Incidents
        Length n.
    cells : Cells
    weight : float64 array of shape (n,), optional
        One each without it.
    """
    cell = cells.grid.cells(incidents.easting, incidents.northing)
    rows = np.flatnonzero((cell >= 0) & np.append(cells.member.ravel(), False)[cell])
    place, first = places(incidents.easting[rows], incidents.northing[rows])
    size = np.bincount(
        place, weights=None if weight is None else weight[rows], minlength=len(first)
    ).astype(np.float64)
    heavy = size > 0
    return Lumps(size[heavy], cell[rows[first]][heavy].astype(np.int64), weight is not None)


def around(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each cell's sum with its eight neighbours'."""
    return np.asarray(ndimage.convolve(values, _QUEEN, mode="constant"), dtype=np.float64)


def chance_of_totals(
    lumps: Lumps, cells: Cells, *, asked: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the chance of so large a total in each cell with its neighbours.

    Parameters
    ----------
    lumps : Lumps
    cells : Cells
    asked : bool array of the grid's shape
        Cells to work it out for.

    Returns
    -------
    float64 array of the grid's shape
        1 elsewhere.
    """
    p = np.ones(cells.grid.shape)
    if not asked.any() or not len(lumps.size):
        return p
    whole = np.where(cells.member, cells.ground, 0.0)
    share = around(whole)[asked] / whole.sum()
    size = np.minimum(lumps.size, np.ceil(np.quantile(lumps.size, _MOST_OF_LUMPS)))
    if lumps.weighed:
        size = np.round(size / (around(_by_cell(size, lumps, cells))[asked].max() / _UNITS))
    total = np.round(around(_by_cell(size, lumps, cells))[asked])
    if (size == 1).all():
        chance = bdtrc(total - 1, len(size), np.minimum(share, 1.0))
        p[asked] = np.where(total > 0, np.nan_to_num(chance, nan=1.0), 1.0)
        return p
    # Rounded up, a share makes a total look likelier than it is, and there are few different ones.
    steps = np.ceil(share * whole.sum() * _STEPS_OF_SHARE - 1e-9) / _STEPS_OF_SHARE
    share = np.minimum(steps / whole.sum(), 1.0)
    sizes, numbers = np.unique(size[size > 0].astype(np.int64), return_counts=True)
    p[asked] = tail(total.astype(np.int64), share, sizes=sizes, numbers=numbers)
    return p


def chance_of_few(lumps: Lumps, cells: Cells) -> NDArray[np.float64]:
    """Return the chance of so few lumps in each cell with its neighbours, whatever their size."""
    whole = np.where(cells.member, cells.ground, 0.0)
    there = np.rint(around(_by_cell(np.ones(len(lumps.cell)), lumps, cells)))
    share = np.minimum(around(whole) / whole.sum(), 1.0)
    return np.asarray(bdtr(there, len(lumps.cell), share), dtype=np.float64)


def place_notes(lumps: Lumps, cells: Cells) -> tuple[str, ...]:
    """Name the places whose incidents would stand out if they were there independently."""
    if not len(lumps.size):
        return ()
    nine = min(9.0 / float(cells.ground[cells.member].sum()), 1.0)
    alone = bdtrc(lumps.size - 1, int(lumps.size.sum()), nine) * cells.tested.sum()
    heavy = (alone < _STANDS_OUT) & (lumps.size > 1)
    if not heavy.any():
        return ()
    number, most = int(heavy.sum()), f"{lumps.size[heavy].max():,.0f}"
    some = (
        f"One place alone holds {most} incidents"
        if number == 1
        else f"{counted(number, 'place holds', 'places hold')} many incidents each, the most {most}"
    )
    return (
        f"{some}. All incidents at exactly one place count as one here, as it can be a map point, "
        "a rounded position or one caller, so a place is not more than chance by itself: density "
        "(KDE) shows it.",
    )


def tail(
    total: NDArray[np.int64],
    share: NDArray[np.float64],
    *,
    sizes: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the chance of each total, or a larger one, of lumps that fall in by a share.

    Parameters
    ----------
    total, share : arrays of shape (n,)
    sizes, numbers : int64 arrays of shape (sizes,)
        Different sizes, at least 1, and how many lumps have each.

    Returns
    -------
    float64 array of shape (n,)
        At least 1e-11.
    """
    p = np.ones(len(total))
    some = (total > 0) & (share < 1)
    few = some & (total <= _MOST_BY_TERMS)
    if few.any():
        different, at = np.unique(share[few], return_inverse=True)
        tails = tails_of_totals(sizes, numbers, different, int(total[few].max()))
        p[few] = tails[at, total[few]]
    many = some & ~few
    if many.any():
        p[many] = _chernoff(total[many], share[many], sizes=sizes, numbers=numbers)
    return np.maximum(p, _LEAST_CHANCE)


def _chernoff(
    total: NDArray[np.int64],
    share: NDArray[np.float64],
    *,
    sizes: NDArray[np.int64],
    numbers: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return the least of Chernoff's bounds exp(K(s) − s·total), K the log of the mean of exp(sT).

    Every s above 0 gives a bound, so the search for the best one need not be exact.
    """
    start = logit(share)[:, None]
    low, high = np.zeros(len(total)), np.full(len(total), 1.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        mean = (numbers * sizes * expit(start + middle[:, None] * sizes)).sum(axis=1)
        low, high = np.where(mean < total, middle, low), np.where(mean < total, high, middle)
    grown = np.logaddexp(log1p(-share)[:, None], np.log(share)[:, None] + high[:, None] * sizes)
    return np.asarray(np.minimum(np.exp((numbers * grown).sum(axis=1) - high * total), 1.0))


def _by_cell(size: NDArray[np.float64], lumps: Lumps, cells: Cells) -> NDArray[np.float64]:
    held = np.bincount(lumps.cell, weights=size, minlength=cells.member.size)
    return held.reshape(cells.grid.shape).astype(np.float64)
