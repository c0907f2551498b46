"""The count to be expected next at places that were picked for their counts, with an interval.

Each place has a share of all incidents, which drifts. It is followed from month to month by a
filter that knows the share by a mean and the variance of its log. A month's count is negative
binomial about share · all incidents of the month; beyond chance it varies by the variance of the
share and by the place's own unrest. What was counted moves the mean by that part of the spread
which is the share's. So a steady place is expected to keep its level, and one that has changed to
stay where it now is.

How much a place drifts and how restless it is are not known. A filter is run for each pair of a few
values of both, and is believed as far as it foretold each month from the months before it, and as
its pair is common among the places of the map. One place unlike the others hardly tells on them.

A place that was picked because its count was high will on average be lower next time. How much too
high it was is seen in the months before those on which it was picked, which had no part in picking
it. With n incidents when picked, a place is taken to have been 1 + extra / (n + 40) times too high,
which matters where incidents are few and hardly where they are many. `extra` is what makes the
counts of the months before likeliest, given what is usual.

All incidents to be expected: the mean of the last three months, times half the seasonal step (on a
log scale) from the same three months a year earlier to the month after them. How far that was out
in earlier months is added to the spread.

Low and high are whole numbers, each next to a quantile, between which the chance is nearest to the
level. Few incidents make it miss the level a little, one way or the other.

Sources: M. West and J. Harrison, "Bayesian Forecasting and Dynamic Models" (2nd ed. 1997), for the
filter and for several of them weighed by how they foretold; A. C. Harvey and C. Fernandes, "Time
series models for count or qualitative observations", JBES 7 (1989); H. Robbins, "An empirical Bayes
approach to statistics", Berkeley Symposium (1956), for what is usual learnt from all places;
E. Hauer, "Observational Before–After Studies in Road Safety" (1997), for places picked for their
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
_USUAL: Final = np.log([5.0, 0.1])  # extra incidents, variance between the years of a place
_SURE_OF_IT: Final = np.array([1.0, 1.0])
_BOUNDS: Final = ((-6.0, 8.0), (-6.0, 2.0))
_FEW: Final = 40  # incidents, of which a place has to have more for the extra to matter less
_ALIKE: Final = 2.0  # shape of the gamma distribution of shares over places
_DRIFTS: Final = (0.0005, 0.005, 0.05)  # variance that a period adds to the log of a share
_UNRESTS: Final = (0.001, 0.03, 0.1, 0.3)  # variance of a count / its mean squared, beyond chance
_MADE_UP: Final = 3  # places, spread evenly over the pairs, with which a map is credited
_ROUNDS: Final = 5
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


def expected_counts(
    counts: NDArray[np.int64],
    *,
    totals: NDArray[np.float64],
    picked_on: NDArray[np.bool_],
    coming: ComingTotal,
) -> ExpectedCounts:
    """Return the mean and the 90 % interval of each place's count in the coming period.

    Parameters
    ----------
    counts : int64 array of shape (places, periods)
        Incidents in each period, in order of time, the last one just before the coming period.
    totals : float64 array of shape (periods,)
        All incidents of each.
    picked_on : bool array of shape (periods,)
        In which of them the places were picked for their counts; not in all.
    coming : ComingTotal
        From `coming_total`.

    Raises
    ------
    ValueError
        If the places were picked on none of the periods or on all of them.
    """
    if picked_on.all() or not picked_on.any():
        message = "Places are to be seen in periods that they were picked on and in others"
        raise ValueError(message)
    totals = np.maximum(totals, 0.5)
    times = times_too_high(counts, totals=totals, picked_on=picked_on)
    usual = float(counts[:, ~picked_on].sum(axis=1).mean() / totals[~picked_on].sum())
    followed = _follow(
        counts,
        exposure=totals * np.where(picked_on, times[:, None], 1.0),
        share=max(usual, 0.5 / float(totals[~picked_on].sum())),
    )
    belief = _belief(followed.log_chance)
    each = followed.share * coming.expected
    mean = (belief * each).sum(axis=1)
    squares = (belief * each**2 * (1 + followed.excess)).sum(axis=1)
    excess = squares / mean**2 - 1 + coming.log_variance
    return ExpectedCounts(mean, *_interval(mean, excess))


def times_too_high(
    counts: NDArray[np.int64],
    *,
    totals: NDArray[np.float64],
    picked_on: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return how many times too high each place was in the periods that it was picked on.

    Parameters
    ----------
    counts : int64 array of shape (places, periods)
    totals : float64 array of shape (periods,)
    picked_on : bool array of shape (periods,)

    Returns
    -------
    float64 array of shape (places,)
    """
    picked = np.maximum(counts[:, picked_on].sum(axis=1), 1)
    before = counts[:, ~picked_on].sum(axis=1)
    longer = totals[~picked_on].sum() / totals[picked_on].sum()

    def unlikely(at: NDArray[np.float64]) -> float:
        extra, between = np.exp(at)
        mean = picked / (1 + extra / (picked + _FEW)) * longer
        doubt = ((at - _USUAL) / _SURE_OF_IT) ** 2
        return float(doubt.sum() / 2 - _log_chance(before, mean, between + 1 / picked).sum())

    learnt = minimize(unlikely, _USUAL, method="L-BFGS-B", bounds=_BOUNDS)
    return np.asarray(1 + np.exp(learnt.x[0]) / (picked + _FEW))


@dataclass(frozen=True, slots=True)
class _Followed:
    """Where the filters have come to: arrays of shape (places, pairs of drift and unrest)."""

    share: NDArray[np.float64]
    excess: NDArray[np.float64]  # variance of the coming count beyond chance / its mean squared
    log_chance: NDArray[np.float64]  # of all periods, each foretold from those before it


def _follow(counts: NDArray[np.int64], *, exposure: NDArray[np.float64], share: float) -> _Followed:
    drift = np.repeat(_DRIFTS, len(_UNRESTS))
    unrest = np.tile(_UNRESTS, len(_DRIFTS))
    shares = np.full((len(counts), len(drift)), share)
    variance = np.full_like(shares, 1 / _ALIKE)
    log_chance = np.zeros_like(shares)
    for count, exposed in zip(counts.T[:, :, None], exposure.T[:, :, None], strict=True):
        mean = shares * exposed
        log_chance += _log_chance(count, mean, variance + unrest)
        gain = variance / (variance + unrest + 1 / mean)
        shares = shares + gain * (count / exposed - shares)
        variance = variance * (1 - gain) + drift
    return _Followed(shares, variance + unrest, log_chance)


def _belief(log_chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far to believe each pair of each place; the pairs of a place add up to 1."""
    places, pairs = log_chance.shape
    chance = np.exp(log_chance - log_chance.max(axis=1, keepdims=True))
    common = np.full(pairs, 1 / pairs)
    for _ in range(_ROUNDS):
        belief = chance * common / (chance @ common)[:, None]
        common = (belief.sum(axis=0) + _MADE_UP / pairs) / (places + _MADE_UP)
    return np.asarray(chance * common / (chance @ common)[:, None])


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
    """Return the log of the chance of counts, negative binomial."""
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
