"""Intervals of a count and of a share, for one figure or for an array of them.

*Exact* intervals hold their level for any count, however small: Clopper and Pearson's of a share,
Garwood's of a Poisson count. *Wilson's* of a share is a little shorter, and it needs no whole
number of successes, so it serves survey shares that are published as percentages.

SciPy's ``binomtest(...).proportion_ci`` gives the same ends for one whole number of successes at a
time; it searches for the exact ones, which takes some milliseconds where the inverse of the
incomplete beta function takes microseconds, so it is the test's oracle instead.

Sources: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934); F. Garwood, "Fiducial limits for the
Poisson distribution", Biometrika 28 (1936); E. B. Wilson, "Probable inference, the law of
succession, and statistical inference", Journal of the American Statistical Association 22 (1927).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np
from scipy.special import betaincinv, gammaincinv, ndtri

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Figures = NDArray[np.int64] | NDArray[np.float64]
    Ends = tuple[NDArray[np.float64], NDArray[np.float64]]


@overload
def poisson_interval(count: int, *, confidence: float = ...) -> tuple[float, float]: ...
@overload
def poisson_interval(count: Figures, *, confidence: float = ...) -> Ends: ...
def poisson_interval(
    count: int | Figures, *, confidence: float = 0.95
) -> tuple[float, float] | Ends:
    """Return the exact (Garwood) interval of the mean of a Poisson count.

    Parameters
    ----------
    count : int or array of any shape
        At least 0.
    confidence : float
        Level of the interval, 0 to 1.

    Returns
    -------
    tuple of low and high, each a float or an array of the shape of `count`
        The lower end is 0 where the count is 0.
    """
    tail = (1 - confidence) / 2
    low = np.where(np.equal(count, 0), 0.0, gammaincinv(np.maximum(count, 1), tail))
    high = gammaincinv(np.add(count, 1), 1 - tail)
    return _ends(low, high)


@overload
def binomial_interval(
    successes: float, trials: float, *, confidence: float = ...
) -> tuple[float, float]: ...
@overload
def binomial_interval(successes: Figures, trials: Figures, *, confidence: float = ...) -> Ends: ...
def binomial_interval(
    successes: float | Figures, trials: float | Figures, *, confidence: float = 0.95
) -> tuple[float, float] | Ends:
    """Return the exact (Clopper–Pearson) interval of a share.

    Parameters
    ----------
    successes, trials : float or array of any shape
        ``0 <= successes <= trials``; whole numbers, or effective ones of counts that vary by more
        than chance.
    confidence : float
        Level of the interval, 0 to 1.

    Returns
    -------
    tuple of low and high, each a float or an array of the shape of `successes`
        The lower end is 0 where nothing succeeded, the upper end 1 where everything did.
    """
    tail = (1 - confidence) / 2
    failures = np.subtract(trials, successes)
    none, every = np.equal(successes, 0), np.equal(failures, 0)
    low = betaincinv(np.where(none, 1, successes), failures + 1, tail)
    high = betaincinv(np.add(successes, 1), np.where(every, 1, failures), 1 - tail)
    return _ends(np.where(none, 0.0, low), np.where(every, 1.0, high))


@overload
def wilson_interval(
    share: float, trials: float, *, confidence: float = ...
) -> tuple[float, float]: ...
@overload
def wilson_interval(share: Figures, trials: Figures, *, confidence: float = ...) -> Ends: ...
def wilson_interval(
    share: float | Figures, trials: float | Figures, *, confidence: float = 0.95
) -> tuple[float, float] | Ends:
    """Return Wilson's interval of a share.

    Parameters
    ----------
    share : float or array of any shape
        0 to 1.
    trials : float or array of the same shape
        Above 0, such as the number of replies.
    confidence : float
        Level of the interval, 0 to 1.

    Returns
    -------
    tuple of low and high, each a float or an array of the shape of `share`
    """
    z = ndtri((1 + confidence) / 2)
    middle = share + z * z / (2 * trials)
    reach = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    over = 1 + z * z / trials
    low, high = (middle - reach) / over, (middle + reach) / over
    return _ends(np.maximum(low, 0.0), np.minimum(high, 1.0))


def _ends(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[float, float] | Ends:
    """Return plain numbers for one figure, arrays for several."""
    return (low, high) if np.ndim(low) else (float(low), float(high))
