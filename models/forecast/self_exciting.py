"""Our own forecast: an additive model in which each incident raises the risk around it for a time.

The next incident is drawn from a mixture. Each of its terms spreads one incident over the cells: by
what was counted there, in a memory that fades by half in three months, a year or five years; by
what was counted around, nearer and further; evenly; and, where incidents of other kinds are known,
by the geometric mean of the cell's own and the others', since a busy place stays one. A cell's risk
is the weighted sum of the terms, with weights that are never negative.

The weights are learnt by expectation-maximisation: those under which the incidents that followed
past origins are likeliest, given what was known at each, with a weak prior of equal weights. Only
the tenth of the cells that score highest takes part in that: which of two quiet cells is quieter
decides nothing, and over all cells it would decide most of the likelihood. They are learnt again at
each origin.

Smoothing counts what was recorded outside the study area, and divides by the mass of the kernel
that lies where incidents would have been recorded.

`docs/accuracy.md` names the months and boroughs on which terms, half-lives and shares were chosen,
and what was tried and left out.

Sources: G. Mohler, "Marked point process hotspot maps for homicide and gun crime prediction in
Chicago", International Journal of Forecasting 30 (2014), for the additive model and its fit; P. J.
Diggle, "A kernel method for smoothing point process data", Applied Statistics 34 (1985), for the
boundary; A. P. Dempster, N. M. Laird and D. B. Rubin, "Maximum likelihood from incomplete data via
the EM algorithm", Journal of the Royal Statistical Society B 39 (1977).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.signal import lfilter

from models.forecast.surroundings import on_wider

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.forecast.cells import CellCounts

HALF_LIVES_YEARS: Final = (0.25, 1.0, 5.0)
NEAR_M: Final = 150.0  # σ of the nearer neighbourhood
WIDE_M: Final = 600.0
CONTENDERS: Final = 0.1  # of the cells: twice the largest share that is tested
_LEAST_CONTENDERS: Final = 30
_LEARNT_FROM: Final = 60  # origins at most, the newest
_PRIOR: Final = 1.0  # incidents, over all the terms
_ROUNDS: Final = 40
_DIGITS: Final = 12  # equal neighbourhoods are equal, whatever the order of their sums


@dataclass(frozen=True, slots=True)
class SelfExciting:
    """The additive model; `scores` depends on the history it is given and on nothing else."""

    name: str = "forecast"
    label: str = "Our forecast"
    use_places: bool = False

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return each cell's share of the risk in the `horizon` periods that follow.

        Parameters
        ----------
        history : CellCounts
            At least one period.
        horizon : int
            Periods to forecast.

        Returns
        -------
        float64 array of shape (cells,)
            Adds up to 1.
        """
        origins = np.append(_past_origins(history, horizon=horizon), history.periods)
        terms = _terms(history, origins, use_places=self.use_places)
        leading = _leading(terms)
        # Within the leading cells each term adds up to 1, there and then. One that has less than an
        # even share there says little about them, and must not be blown up elsewhere.
        mass = np.take_along_axis(terms, leading[..., None], axis=1).sum(axis=1, keepdims=True)
        terms /= np.maximum(mass, leading.shape[1] / terms.shape[1])
        among = np.take_along_axis(terms[:-1], leading[:-1, :, None], axis=1)
        outcome = _outcomes(history, origins[:-1], horizon=horizon)
        happened = np.take_along_axis(outcome, leading[:-1], axis=1)
        weights = mixture_weights(among[happened > 0], happened[happened > 0])
        risk = terms[-1] @ weights
        return np.asarray(np.round(risk / risk.sum(), _DIGITS))


def mixture_weights(
    terms: NDArray[np.float64], incidents: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weights of a mixture under which some incidents are likeliest.

    Parameters
    ----------
    terms : float64 array of shape (n, number of terms)
        What each term gave to a cell and origin.
    incidents : float64 array of shape (n,)
        How many incidents came there.

    Returns
    -------
    float64 array of shape (number of terms,)
        None is negative; they add up to 1, and are equal without any incident.
    """
    equal = np.full(terms.shape[-1], 1 / terms.shape[-1])
    weights = equal
    for _ in range(_ROUNDS):
        parts = terms * weights
        whole = np.maximum(parts.sum(axis=1), np.finfo(np.float64).tiny)
        weights = (incidents / whole) @ parts + _PRIOR * equal
        weights = weights / weights.sum()
    return weights


def _past_origins(history: CellCounts, *, horizon: int) -> NDArray[np.int64]:
    """Return the origins whose outcome is known, with half a year before them; the newest."""
    origins = np.arange(max(history.year // 2, 1), history.periods - horizon + 1)
    seen = np.concatenate(([0], np.cumsum(history.is_known)))
    complete = seen[origins + horizon] - seen[origins] == horizon
    return np.asarray(origins[complete][-_LEARNT_FROM:])


def _outcomes(
    history: CellCounts, origins: NDArray[np.int64], *, horizon: int
) -> NDArray[np.float64]:
    """Return the incidents of each cell after each origin; shape (origins, cells)."""
    totals = np.vstack((np.zeros(len(history.cells)), np.cumsum(history.counts, axis=0)))
    return np.asarray(totals[origins + horizon] - totals[origins])


def _leading(terms: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the cells in which all terms together see most; shape (origins, leading cells)."""
    cells = terms.shape[1]
    number = min(max(round(CONTENDERS * cells), _LEAST_CONTENDERS), cells)
    together = np.round(terms.mean(axis=2), _DIGITS)
    return np.asarray(np.argsort(-together, axis=1, kind="stable")[:, :number])


def _terms(
    history: CellCounts, origins: NDArray[np.int64], *, use_places: bool
) -> NDArray[np.float64]:
    """Return what each term gives at some origins; shape (origins, cells, terms).

    What stands at an origin uses the periods before it only.
    """
    short, year, long = (
        _faded(history.counts, history=history, half_life_years=years)[origins]
        for years in HALF_LIVES_YEARS
    )
    near, wide = _around(history, origins)
    terms = [short, year, long, near, wide, np.ones_like(long)]
    if history.others is not None:
        others = _faded(history.others, history=history, half_life_years=HALF_LIVES_YEARS[-1])
        terms.append(np.sqrt(long * others[origins]))
    if use_places and history.nearness is not None:
        terms += [wide * each for each in history.nearness.T]
    return np.stack([_shares(each) for each in terms], axis=-1)


def _shares(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values as shares of their sum over the cells; equal ones where all are 0."""
    total = values.sum(axis=1, keepdims=True)
    floor = np.finfo(np.float64).tiny
    even = np.full_like(values, 1 / values.shape[1])
    return np.where(total > floor, values / np.maximum(total, floor), even)


def _faded(
    counts: NDArray[np.float64], *, history: CellCounts, half_life_years: float
) -> NDArray[np.float64]:
    """Return the faded mean of the known periods before each origin; shape (periods + 1, …)."""
    keep = 0.5 ** (1 / (half_life_years * history.year))
    known = history.is_known.astype(np.float64)
    total = lfilter([1.0], [1.0, -keep], counts * known[:, None], axis=0)
    weight = lfilter([1.0], [1.0, -keep], known)
    means = total / np.maximum(weight, np.finfo(np.float64).tiny)[:, None]
    return np.vstack((np.zeros((1, counts.shape[1])), means))


def _around(
    history: CellCounts, origins: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the long memory smoothed over the nearer and the wider neighbourhood."""
    beyond = history.around
    grid = history.grid if beyond is None else beyond.grid
    own = (
        history.cells if beyond is None else on_wider(history.cells, grid=history.grid, wider=grid)
    )
    recorded = own if beyond is None else beyond.cells
    counts = np.zeros((history.periods, len(recorded))) if beyond is None else beyond.counts.copy()
    counts[:, np.searchsorted(recorded, own)] += history.counts
    long = _faded(counts, history=history, half_life_years=HALF_LIVES_YEARS[-1])[origins]
    laid = np.zeros((len(origins) + 1, grid.rows * grid.columns))
    laid[:-1, recorded] = long
    laid[-1, recorded] = 1.0  # what the kernel would make of the ground itself
    maps = laid.reshape(-1, *grid.shape)
    near, wide = (
        gaussian_filter(
            maps,
            sigma=(0, metres / grid.cell_m, metres / grid.cell_m),
            truncate=3.0,
            mode="constant",
        ).reshape(len(laid), -1)[:, own]
        for metres in (NEAR_M, WIDE_M)
    )
    return near[:-1] / near[-1], wide[:-1] / wide[-1]
