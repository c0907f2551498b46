"""Our own risk model: last year's picture, corrected by what past periods teach.

The expected count of a cell is a plain rate times a correction. The rate is the cell's history with
older periods weighing less (half after six months), drawn a little towards its neighbourhood, so
that a cell without incidents on a busy street is not at zero. The correction is a Poisson
gradient-boosted model of the counts per expected count, from counts at four scales over six spans,
the same time last year, the season and how often the cell has anything at all. Starting from the
rate means that with little to learn from it does no worse than the rate.

The settings were chosen on burglary in Tower Hamlets and Hackney (March 2019 to February 2020) and
in Newham (April 2017 to March 2018), not on the months that the accuracy table reports.

Sources: G. Ke et al., "LightGBM", NeurIPS 2017, for histogram boosting, in scikit-learn's
`HistGradientBoostingRegressor`; G. Mohler, "Marked point process hotspot maps for homicide and gun
crime prediction in Chicago", International Journal of Forecasting 30 (2014), for a long-term rate
with recent events weighing more.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.forecast.cells import CellCounts

_SCALES_CELLS: Final = (0.6, 1.5, 4.0)  # σ of the neighbourhoods, as well as the cell itself
_BINS: Final = 63  # counts are small whole numbers; more bins only cost time
_RATE_SCALE: Final = 1.5
_FLOOR: Final = 0.01  # of the mean rate: no cell is at zero
_LEAST_RATE: Final = 1e-9  # incidents a period, where there has never been any


@dataclass(frozen=True, slots=True)
class RiskSettings:
    """How the model learns.

    Attributes
    ----------
    half_life_years : float
        An incident this old weighs half as much in the rate.
    neighbourhood : float
        Share of the rate that comes from around the cell, 0 to 1.
    trees, leaves : int
        Size of the boosted model.
    learning_rate, l2 : float
        How carefully it learns.
    least_in_leaf : int
        Cells and periods that a leaf must hold.
    refit_every : float
        Years between fits; in between the last fit is used on newer counts.
    """

    half_life_years: float = 0.5
    neighbourhood: float = 0.1
    trees: int = 20
    leaves: int = 4
    learning_rate: float = 0.05
    l2: float = 10.0
    least_in_leaf: int = 200
    refit_every: float = 0.5


@dataclass(frozen=True, slots=True)
class RiskModel:
    """The risk model; `scores` depends on the history it is given and on nothing else.

    A fit is kept until the history is half a year longer; the fit itself reads only the periods up
    to then, so keeping it changes no answer.
    """

    settings: RiskSettings = field(default_factory=RiskSettings)
    name: str = "risk_model"
    label: str = "Our risk model"
    _fits: dict[tuple[int, int, bytes], HistGradientBoostingRegressor] = field(
        default_factory=dict, repr=False, compare=False
    )

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return the expected incidents of each cell in the `horizon` periods that follow.

        Parameters
        ----------
        history : CellCounts
            At least one period.
        horizon : int
            Periods to forecast.

        Returns
        -------
        float64 array of shape (cells,)
        """
        # Threads that wait for one another cost more than they save on a borough's cells.
        with threadpool_limits(limits=1):
            return self._scores(history, horizon=horizon)

    def _scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        rate = _rates(history, settings=self.settings)[-1]
        every = max(round(self.settings.refit_every * history.year), 1)
        fitted_at = history.periods - history.periods % every
        past = history.before(fitted_at or history.periods)
        key = (past.periods, horizon, past.counts.tobytes() + past.is_known.tobytes())
        if key not in self._fits:
            self._fits.clear()
            model = _fit(past, horizon=horizon, settings=self.settings)
            if model is None:
                return np.asarray(rate * horizon)
            self._fits[key] = model
        features = _features(history, horizon=horizon)[-1]
        return np.asarray(rate * horizon * self._fits[key].predict(features))


def _fit(
    history: CellCounts, *, horizon: int, settings: RiskSettings
) -> HistGradientBoostingRegressor | None:
    """Fit the correction on every past origin whose outcome was known; None without enough."""
    first = max(history.year // 2, 1)
    origins = np.arange(first, history.periods - horizon + 1)
    seen = np.concatenate(([0], np.cumsum(history.is_known)))
    origins = origins[seen[origins + horizon] - seen[origins] == horizon]
    totals = np.vstack((np.zeros(len(history.cells)), np.cumsum(history.counts, axis=0)))
    outcome = totals[origins + horizon] - totals[origins] if len(origins) else totals[:0]
    if not outcome.any():
        return None
    expected = _rates(history, settings=settings)[origins].ravel() * horizon
    features = _features(history, horizon=horizon)[origins]
    model = HistGradientBoostingRegressor(
        loss="poisson",
        learning_rate=settings.learning_rate,
        max_iter=settings.trees,
        max_leaf_nodes=settings.leaves,
        min_samples_leaf=settings.least_in_leaf,
        l2_regularization=settings.l2,
        max_bins=_BINS,
        random_state=0,
    )
    # A Poisson model of counts per expected count, weighed by the expected count, has the same
    # likelihood as one with the logarithm of the expected count as its offset.
    return model.fit(
        features.reshape(-1, features.shape[-1]),
        outcome.ravel() / expected,
        sample_weight=expected,
    )


def _rates(history: CellCounts, *, settings: RiskSettings) -> NDArray[np.float64]:
    """Return incidents per period expected at each origin; shape (periods + 1, cells)."""
    keep = 0.5 ** (1 / (settings.half_life_years * history.year))
    mixed = (1 - settings.neighbourhood) * history.counts + settings.neighbourhood * _around(
        history, sigma=_RATE_SCALE
    )
    rates = np.zeros((history.periods + 1, len(history.cells)))
    total, weight, seen = np.zeros(len(history.cells)), 0.0, 0.0
    known = history.is_known
    for origin in range(1, history.periods + 1):
        total, weight = keep * total, keep * weight
        if known[origin - 1]:
            total = total + mixed[origin - 1]
            weight += 1
            seen += float(history.counts[origin - 1].mean())
        if weight:
            rates[origin] = total / weight + _FLOOR * seen / int(known[:origin].sum())
    return np.maximum(rates, _LEAST_RATE)


def _features(history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
    """Return what is known at each origin; shape (periods + 1, cells, features).

    Row t uses the periods before t only.
    """
    year, periods = history.year, history.periods
    spans = sorted({1, horizon, max(year // 4, 1), year // 2, year, 2 * year})
    columns: list[NDArray[np.float64]] = []
    known = history.is_known
    scales = [history.counts, *(_around(history, sigma=sigma) for sigma in _SCALES_CELLS)]
    for counts in scales:
        columns.extend(_mean_of_last(counts, span, known=known) for span in (*spans, periods + 1))
    ever = _mean_of_last((history.counts > 0).astype(np.float64), periods + 1, known=known)
    long_run = _mean_of_last(history.counts, periods + 1, known=known)
    same_season = long_run.copy()
    last_year = _mean_of_last(history.counts, horizon, known=known)
    back = year - horizon  # the same periods of last year had ended by then
    if periods + 1 > year and back >= 0:
        same_season[year:] = last_year[horizon : periods + 1 - back]
    phase = 2 * np.pi * np.arange(periods + 1) / year
    season = [np.repeat(wave[:, None], len(history.cells), axis=1) for wave in _waves(phase)]
    return np.stack([*columns, ever, same_season, *season], axis=-1)


def _waves(phase: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return np.sin(phase), np.cos(phase)


def _mean_of_last(
    values: NDArray[np.float64], span: int, *, known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the mean of the known of the last `span` periods before each origin.

    Where none of them is known it is the mean of all that came before; shape (periods + 1, cells).
    """
    seen = np.where(known[:, None], values, 0.0)
    totals = np.vstack((np.zeros(values.shape[1]), np.cumsum(seen, axis=0)))
    numbers = np.concatenate(([0], np.cumsum(known)))
    origins = np.arange(len(totals))
    from_ = np.maximum(origins - span, 0)
    from_ = np.where(numbers[origins] > numbers[from_], from_, 0)
    held = np.maximum(numbers[origins] - numbers[from_], 1)
    return np.asarray((totals[origins] - totals[from_]) / held[:, None])


def _around(history: CellCounts, *, sigma: float) -> NDArray[np.float64]:
    """Return the counts smoothed over the neighbourhood, period by period."""
    smooth = gaussian_filter(
        history.on_grid(history.counts), sigma=(0, sigma, sigma), mode="constant"
    )
    return history.off_grid(smooth)
