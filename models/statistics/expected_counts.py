"""The count to be expected next at places that were picked for their counts, with an interval.

A place that was picked because its count was high will on average be lower next time, so its own
average expects too much. How much too much is seen in the months just before those on which it was
picked: they had no part in picking it, and lie as far from them on one side as the coming month on
the other. Each place has a rate, drawn from a gamma distribution over places and known the better
the more incidents there were; the months vary about it. So

    mean     = factor · (count + prior) / all counts · all incidents to be expected,
    variance = mean + mean² · (unrest + 1 / (count + prior) + variance of the log of all),

of a negative binomial. `prior`, `factor` and `unrest` are those under which the months before are
likeliest, given what is usual before any place was seen. All incidents to be expected: the mean of
the last three months, times half the seasonal step (on a log scale) from the same three months a
year earlier to the month after them. How far that was out in earlier months is its variance.

Low and high are whole numbers, each next to a quantile, between which the chance is nearest to the
level. Few incidents make it miss the level a little, one way or the other.

Sources: H. Robbins, "An empirical Bayes approach to statistics", Berkeley Symposium (1956);
C. N. Morris, "Parametric empirical Bayes inference", JASA 78 (1983); E. Hauer, "Observational
Before–After Studies in Road Safety" (1997), for the negative binomial of places chosen for their
counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import nbinom

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEVEL: Final = 0.9
LEAST_HELD_BACK: Final = 3
_RECENT: Final = 3  # periods whose mean is the level of all incidents
_TRIED: Final = 24  # earlier periods whose totals are forecast to see how far that is out
_USUAL_ERROR: Final = 0.1  # of the log of a total, worth so many forecasts:
_WORTH: Final = 4
_USUAL: Final = np.log([2.0, 0.9, 0.05])  # prior, factor, unrest
_SURE_OF_IT: Final = np.array([1.0, 0.3, 1.0])
_BOUNDS: Final = ((-4.0, 5.0), (-2.0, 0.5), (-7.0, 1.0))
_STEADY: Final = 1e-6  # the least variance beyond a Poisson's, for the formula to hold


@dataclass(frozen=True, slots=True)
class ComingTotal:
    """All incidents to be expected in the coming period, and the variance of their log."""

    expected: float
    log_variance: float


@dataclass(frozen=True, slots=True)
class ExpectedCounts:
    """What to expect at each place: float64 arrays of shape (places,), `low` and `high` whole."""

    mean: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PickedPlaces:
    """How the counts of places that were picked go on.

    Attributes
    ----------
    prior : float
        Incidents that a place is credited with before it was looked at.
    factor : float
        What is left of a place's share of all incidents outside the months it was picked on.
    unrest : float
        Variance of a place's months relative to the square of their mean, beyond chance.
    """

    prior: float
    factor: float
    unrest: float

    def expected(
        self, counts: NDArray[np.int64], *, total: int, coming: ComingTotal
    ) -> ExpectedCounts:
        """Return the mean and the 90 % interval of each place's count in the coming period.

        Parameters
        ----------
        counts : int64 array of shape (places,)
            Incidents in the period that the places were picked on.
        total : int
            All incidents of that period.
        coming : ComingTotal
            From `coming_total`.
        """
        credited = counts + self.prior
        mean = self.factor * credited / total * coming.expected
        excess = self.unrest + 1 / credited + coming.log_variance
        return ExpectedCounts(mean, *_interval(mean, excess))


def picked_places(
    counts: NDArray[np.int64],
    *,
    total: int,
    held_back: NDArray[np.int64],
    held_back_totals: NDArray[np.float64],
) -> PickedPlaces:
    """Learn how picked places go on from periods that had no part in picking them.

    Parameters
    ----------
    counts : int64 array of shape (places,)
        Incidents in the period that the places were picked on.
    total : int
        All incidents of that period.
    held_back : int64 array of shape (places, periods)
        Incidents in each of the periods before it.
    held_back_totals : float64 array of shape (periods,)
        All incidents of each.
    """

    def parts(at: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        prior, factor, unrest = np.exp(at)
        credited = (counts + prior)[:, None]
        return factor * credited / total * held_back_totals, unrest + 1 / credited

    def unlikely(at: NDArray[np.float64]) -> float:
        mean, excess = parts(at)
        doubt = ((at - _USUAL) / _SURE_OF_IT) ** 2
        return float(doubt.sum() / 2 - _log_chance(held_back, mean, excess).sum())

    learnt = minimize(unlikely, _USUAL, method="L-BFGS-B", bounds=_BOUNDS)
    return PickedPlaces(*(float(each) for each in np.exp(learnt.x)))


def coming_total(totals: NDArray[np.float64], *, year: int) -> ComingTotal:
    """Forecast all incidents of the coming period from those of the periods before it.

    Parameters
    ----------
    totals : float64 array of shape (periods,)
        In order of time, the last one just before the coming period; NaN where not covered.
    year : int
        Periods in a year.

    Raises
    ------
    ValueError
        If one of the last three is not covered.
    """
    log = np.log(np.maximum(totals, 0.5))
    forecast = _log_forecast(log, len(log), year=year)
    if np.isnan(forecast):
        message = f"No total to expect: the last {_RECENT} periods are not all covered"
        raise ValueError(message)
    tried = range(max(year, len(log) - _TRIED), len(log))
    errors = np.array([log[at] - _log_forecast(log, at, year=year) for at in tried])
    errors = errors[np.isfinite(errors)]
    squares = float((errors**2).sum()) + _WORTH * _USUAL_ERROR**2
    return ComingTotal(float(np.exp(forecast)), squares / (len(errors) + _WORTH))


def _log_forecast(log: NDArray[np.float64], at: int, *, year: int) -> float:
    """Return the log of the total to be expected at a position; NaN where it cannot be told."""
    if at < _RECENT:
        return float("nan")
    level = float(np.log(np.exp(log[at - _RECENT : at]).mean()))
    if at < year + _RECENT:
        return level
    earlier = float(np.log(np.exp(log[at - year - _RECENT : at - year]).mean()))
    step = float(log[at - year]) - earlier
    return level + (step / 2 if np.isfinite(step) else 0.0)


def _log_chance(
    counts: NDArray[np.int64], mean: NDArray[np.float64], excess: NDArray[np.float64]
) -> NDArray[np.float64]:
    size = 1 / np.maximum(excess, _STEADY)
    steady = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
    return np.asarray(
        steady + size * np.log(size / (size + mean)) + counts * np.log(mean / (size + mean))
    )


def _interval(
    mean: NDArray[np.float64], excess: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the whole numbers next to the quantiles whose chance is nearest to the level."""
    size = 1 / np.maximum(excess, _STEADY)
    law = nbinom(size, size / (size + mean))
    low, high = law.ppf((1 - LEVEL) / 2), law.ppf((1 + LEVEL) / 2)
    lows, highs = np.stack([low, low, low + 1, low + 1]), np.stack([high, high - 1, high, high - 1])
    inside = np.where(highs >= lows, law.cdf(highs) - law.cdf(lows - 1), 0.0)
    nearest = np.abs(inside - LEVEL).argmin(axis=0)
    place = np.arange(len(mean))
    return lows[nearest, place], highs[nearest, place]
