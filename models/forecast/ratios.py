"""Ratios of sums over the forecasts of a back-test, with their intervals.

Every measure of a back-test is a product or quotient of sums over its origins. On the logarithmic
scale each origin adds its share of the sums to it, so the standard error is that of a mean of such
shares (the delta method, as for a ratio estimator in a survey), and the interval takes Student's t
with one less than the number of origins. It is the same whenever it is worked out, and it does not
become too narrow with few origins, as a percentile bootstrap does. Origins are taken as
independent of one another; where a run of months is good or bad together, it is too narrow.

Source: W. G. Cochran, "Sampling Techniques" (3rd edition, 1977), section 6.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

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
