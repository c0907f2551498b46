"""The few sites from which most is in reach: maximum covering, solved exactly.

Of some candidate sites, choose so many that the points within reach of at least one of them weigh
the most together. What two sites both reach counts once, so the best ten are not the ten best. The
program has a variable for each site and each point; its linear relaxation is nearly always whole.

A borough has thousands of crossings and tens of thousands of incidents, too many for the program as
it stands. So prices of the points (Lagrangian relaxation) first show which sites no better choice
than the one known can hold. Those are left out, points that the same sites reach become one, and
HiGHS proves the best of what is left, often in no time. Where time runs out, the bound says how far
the answer can be from the best.

Sources: R. Church and C. ReVelle, "The maximal covering location problem", Papers of the Regional
Science Association 32 (1974); R. Galvão and C. ReVelle, "A Lagrangean heuristic for the maximal
covering location problem", European Journal of Operational Research 88 (1996).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from ortools.math_opt.python import mathopt
from scipy.sparse import csr_array

from models.tasking._patrol_solving import solved

if TYPE_CHECKING:
    from numpy.typing import NDArray

SECONDS: Final = 30.0
_GAP: Final = 1e-9
_ROUNDING: Final = 1e-6
_TURNS: Final = 600
_LOOK: Final = 5  # turns between two looks at the choice that the prices suggest
_PATIENCE: Final = 15  # turns without a better bound before the steps become half as long
_FIRST_STEP, _LAST_STEP = 1.5, 0.01


@dataclass(frozen=True, slots=True)
class Cover:
    """Chosen sites.

    Attributes
    ----------
    sites : tuple of int
        Positions among the candidates, the one that adds most first. Fewer than asked for where
        fewer reach all that can be reached.
    gains : tuple of float
        What each adds to those before it.
    covered : float
        Weight within reach of at least one of them: the sum of the gains.
    bound : float
        No choice of so many sites can reach more.
    proven : bool
        Whether this is known to be the best there is.
    """

    sites: tuple[int, ...]
    gains: tuple[float, ...]
    covered: float
    bound: float
    proven: bool


def maximum_cover(
    reach: csr_array, weight: NDArray[np.float64], *, sites: int, seconds: float = SECONDS
) -> Cover:
    """Choose the sites that reach the most.

    Parameters
    ----------
    reach : csr_array of shape (candidates, points)
        Not zero where a site reaches a point.
    weight : float64 array of shape (points,)
        None is negative.
    sites : int
        How many at most.
    seconds : float
        Time limit of the program; the best answer known is given when it is over.
    """
    rows = _ones(reach)
    known = greedy_cover(rows, weight, sites=sites)
    if sites <= 0 or not known.sites:
        return Cover((), (), 0.0, 0.0, proven=True)
    known, bound, candidates = _narrowed(rows, weight, known=known, sites=sites)
    if len(candidates) <= sites:
        return _proven(max(known, _in_order(rows, weight, chosen=candidates), key=_covered))
    result, opened = _program(
        *_merged(rows, weight, candidates), of=len(candidates), sites=sites, seconds=seconds
    )
    reason = result.termination.reason
    best = known
    if reason in (mathopt.TerminationReason.OPTIMAL, mathopt.TerminationReason.FEASIBLE):
        values = result.variable_values(opened)
        chosen = [at for at, value in zip(candidates, values, strict=True) if value > 0.5]
        best = max(known, _in_order(rows, weight, chosen=chosen), key=_covered)
    if reason == mathopt.TerminationReason.OPTIMAL:
        return _proven(best)
    most = max(min(bound, float(result.termination.objective_bounds.dual_bound)), best.covered)
    return replace(best, bound=most)


def greedy_cover(reach: csr_array, weight: NDArray[np.float64], *, sites: int) -> Cover:
    """Choose the site that adds most, then the next, arrays as for `maximum_cover`.

    It reaches at least 1 − 1/e of the most that can be (G. Nemhauser, L. Wolsey and M. Fisher,
    Mathematical Programming 14 (1978)); of sites that add the same, the first.
    """
    return _in_order(reach, weight, chosen=range(reach.shape[0]), most=sites)


def _in_order(
    reach: csr_array,
    weight: NDArray[np.float64],
    *,
    chosen: list[int] | range,
    most: int | None = None,
) -> Cover:
    """Return chosen sites in the order in which each adds most; those that add nothing are left."""
    own = np.asarray(chosen, dtype=np.intp)
    rows = _ones(csr_array(reach[own]))
    left = weight.astype(np.float64).copy()
    sites: list[int] = []
    gains: list[float] = []
    for _ in range(len(own) if most is None else min(most, len(own))):
        adds = rows @ left
        best = int(np.argmax(adds))
        if adds[best] <= 0:
            break
        sites.append(int(own[best]))
        gains.append(float(adds[best]))
        left[rows.indices[rows.indptr[best] : rows.indptr[best + 1]]] = 0.0
    covered = sum(gains)
    return Cover(tuple(sites), tuple(gains), covered, float(weight.sum()), proven=False)


def _ones(reach: csr_array) -> csr_array:
    """Return what reaches what as ones, stored zeros left out."""
    rows = reach.copy()
    rows.eliminate_zeros()
    rows.data = np.ones(len(rows.data))
    return rows


def _covered(cover: Cover) -> float:
    return cover.covered


def _proven(cover: Cover) -> Cover:
    return replace(cover, bound=cover.covered, proven=True)


def _narrowed(
    rows: csr_array, weight: NDArray[np.float64], *, known: Cover, sites: int
) -> tuple[Cover, float, list[int]]:
    """Return a good choice, a bound, and the candidates that a better choice could hold.

    Each point pays a price for being reached, at most its weight. The prices bound every choice
    from above, and every choice that holds one given site: where that is no more than what is
    known, the site is no candidate. Prices are improved by subgradients.
    """
    columns = csr_array(rows.T)
    least = 1.0 - _ROUNDING if (weight == np.round(weight)).all() else _ROUNDING
    share = np.maximum(columns.sum(axis=1), 1.0)
    price = weight / share
    bound, stay, still = float(weight.sum()), np.ones(rows.shape[0], dtype=np.bool_), 0
    step = _FIRST_STEP
    for turn in range(_TURNS):
        worth = rows @ price
        top = np.argpartition(-worth, min(sites, len(worth)) - 1)[:sites]
        above = float((weight - price).sum() + worth[top].sum())
        stay &= above - worth[top].min() + worth >= known.covered + least
        still = 0 if above < bound - _ROUNDING * bound else still + 1
        bound = min(bound, above)
        if turn % _LOOK == 0:
            known = max(known, _in_order(rows, weight, chosen=top.tolist()), key=_covered)
        if bound < known.covered + least:
            return known, bound, []
        if still >= _PATIENCE:
            step, still = step / 2, 0
        times = np.asarray(columns[:, top].sum(axis=1)) - 1.0
        size = float(times @ times)
        if size == 0 or step < _LAST_STEP:
            break
        price = np.clip(price - step * (above - known.covered) / size * times, 0.0, weight)
    return known, bound, np.flatnonzero(stay).tolist()


def _merged(
    rows: csr_array, weight: NDArray[np.float64], candidates: list[int]
) -> tuple[list[NDArray[np.int32]], list[float]]:
    """Return which of the candidates reach each different point, and what such points weigh."""
    columns = csr_array(csr_array(rows[candidates]).T)
    columns.sort_indices()
    worth: dict[bytes, float] = {}
    of: dict[bytes, NDArray[np.int32]] = {}
    for at in np.flatnonzero((np.diff(columns.indptr) > 0) & (weight > 0)):
        near = columns.indices[columns.indptr[at] : columns.indptr[at + 1]]
        key = near.tobytes()
        worth[key] = worth.get(key, 0.0) + float(weight[at])
        of[key] = near
    return list(of.values()), list(worth.values())


def _program(
    near: list[NDArray[np.int32]], worth: list[float], *, of: int, sites: int, seconds: float
) -> tuple[mathopt.SolveResult, list[mathopt.Variable]]:
    model = mathopt.Model()
    opened = [model.add_binary_variable() for _ in range(of)]
    seen = [model.add_variable(lb=0.0, ub=1.0) for _ in worth]
    for variable, reaching in zip(seen, near, strict=True):
        some = mathopt.fast_sum(opened[each] for each in reaching.tolist())
        model.add_linear_constraint(variable - some <= 0.0)
    model.add_linear_constraint(mathopt.fast_sum(opened) <= sites)
    terms = zip(worth, seen, strict=True)
    model.maximize(mathopt.fast_sum(value * variable for value, variable in terms))
    return solved(model, seconds=seconds, gap=_GAP, seed=1), opened
