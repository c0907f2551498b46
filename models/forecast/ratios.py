"""Ratios of sums over the forecasts of a back-test, with their intervals.

Every measure of a back-test is a product or quotient of sums over its origins. On the logarithmic
scale each origin adds its share of the sums to it, so the standard error is that of a mean of such
shares (the delta method, as for a ratio estimator in a survey), and the interval takes Student's t
with one less than the number of origins. It is the same whenever it is worked out, and it does not
become too narrow with few origins, as a percentile bootstrap does. Origins are taken as
independent of one another; where a run of months is good or bad together, it is too narrow.

Two ways of choosing that share most of their cells are compared by the incidents in the cells that
they do not share. Where these are few, the shares of the origins say little of how far chance goes:
one incident in one origin has no spread at all. So the interval of such a comparison is never
narrower than the exact one of the incidents that are not shared: each is as likely to be either
way's where the two are equal (`paired_ratio`).

Sources: W. G. Cochran, "Sampling Techniques" (3rd edition, 1977), section 6.3; Q. McNemar,
Psychometrika 12 (1947), for what is not shared; C. J. Clopper and E. S. Pearson, Biometrika 26
(1934).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

from models.statistics.intervals import binomial_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its interval; NaN where value or interval is not defined."""

    value: float
    low: float
    high: float

    @property
    def above_one(self) -> bool:
        """Whether a ratio is above 1 by more than chance."""
        return self.low > 1

    @property
    def below_one(self) -> bool:
        """Whether a ratio is below 1 by more than chance."""
        return self.high < 1


def ratio_of_sums(
    over: Sequence[NDArray[np.float64]],
    under: Sequence[NDArray[np.float64]],
    *,
    confidence: float = 0.95,
) -> Estimate:
    """Return the product of some sums over the product of others.

    Parameters
    ----------
    over, under : sequences of float64 arrays of shape (origins,)
        What is summed, an origin at a time.
    confidence : float
        Level of the interval, 0 to 1.

    Returns
    -------
    Estimate
        NaN where a sum below the line is 0. Without an interval where one above it is 0, or there
        is one origin.
    """
    above, below = (np.array([each.sum() for each in part]) for part in (over, under))
    if not below.all():
        return Estimate(math.nan, math.nan, math.nan)
    value = float(above.prod() / below.prod())
    origins = len(over[0])
    if not above.all() or origins < 2:
        return Estimate(value, math.nan, math.nan)
    shares = np.sum([each / each.sum() for each in over], axis=0)
    shares = shares - np.sum([each / each.sum() for each in under], axis=0)
    spread = math.sqrt(origins / (origins - 1) * float(((shares - shares.mean()) ** 2).sum()))
    reach = float(stdtrit(origins - 1, (1 + confidence) / 2)) * spread
    return Estimate(value, value * math.exp(-reach), value * math.exp(reach))


def paired_ratio(
    hits: NDArray[np.float64],
    base: NDArray[np.float64],
    *,
    alone: NDArray[np.float64],
    confidence: float = 0.95,
) -> Estimate:
    """Return the hits of one way over those of another on the same origins.

    Parameters
    ----------
    hits, base : float64 arrays of shape (origins,)
        Of the one and of the other.
    alone : float64 array of shape (origins,)
        Those of `hits` that are not among `base`.
    confidence : float
        Level of the interval, 0 to 1.
    """
    ratio = ratio_of_sums([hits], [base], confidence=confidence)
    ahead = float(alone.sum())
    shared = float(hits.sum()) - ahead
    behind = max(float(base.sum()) - shared, 0.0)
    apart = ahead + behind
    if not apart or math.isnan(ratio.low):
        return ratio
    ends = binomial_interval(np.array([ahead]), np.array([apart]), confidence=confidence)
    low, high = (
        (shared + part * apart) / max(shared + (1 - part) * apart, math.ulp(0.0))
        for part in (float(end[0]) for end in ends)
    )
    return Estimate(ratio.value, min(ratio.low, low), max(ratio.high, high))
