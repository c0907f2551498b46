"""Comparing a count with another count: the rate ratio and its exact 95 % interval.

Given the two counts together, the first is binomial when both are Poisson, so the interval of the
ratio of the two rates follows from the exact (Clopper–Pearson) interval of that binomial share. It
needs no large numbers, holds its level for any count, and says so when a count is 0.

Where counts vary by more than chance (`models.statistics.dispersion`), as many independent
incidents as tell the same take their place: the counts divided by the dispersion (quasi-Poisson; J.
N. K. Rao and A. J. Scott, "A simple method for the analysis of clustered binary data", Biometrics
48 (1992)).

Source: J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples from Poisson
series", Biometrika 31 (1940); C. J. Clopper and E. S. Pearson, Biometrika 26 (1934).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from models.statistics.dispersion import INDEPENDENT, Dispersion
from models.statistics.intervals import binomial_interval


@dataclass(frozen=True, slots=True)
class RateRatio:
    """A ratio of two rates with its interval; 1 means no change.

    Attributes
    ----------
    ratio : float
        Rate now divided by rate before; infinite when there was nothing before, NaN when there was
        nothing in either.
    low, high : float
        Ends of the interval; `high` is infinite when there was nothing before.
    """

    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """``"up"``, ``"down"``, or ``"cannot tell"`` when the interval holds 1."""
        if self.low > 1:
            return "up"
        return "down" if self.high < 1 else "cannot tell"


def rate_ratio(
    now: int,
    before: int,
    *,
    exposure_now: float = 1.0,
    exposure_before: float = 1.0,
    confidence: float = 0.95,
    dispersion: Dispersion = INDEPENDENT,
) -> RateRatio:
    """Return the ratio of the rate now to the rate before, with its exact interval.

    Parameters
    ----------
    now, before : int
        Incidents counted.
    exposure_now, exposure_before : float
        What each was counted over, in the same unit, for example days.
    confidence : float
        Level of the interval, 0 to 1.
    dispersion : Dispersion
        By how much more than chance the counts vary.

    Raises
    ------
    ValueError
        If a count is negative, an exposure is not positive or the level is not between 0 and 1.
    """
    if now < 0 or before < 0 or not (exposure_now > 0 and exposure_before > 0):
        message = (
            f"No rate ratio of {now} over {exposure_now} and {before} over {exposure_before}: "
            "counts must be at least 0 and exposures above 0"
        )
        raise ValueError(message)
    if not 0 < confidence < 1:
        message = f"The confidence level is out of range: {confidence}; it must lie between 0 and 1"
        raise ValueError(message)
    per_exposure = exposure_before / exposure_now
    apart = dispersion.widening(confidence=confidence)
    ends = binomial_interval(now / apart, (now + before) / apart, confidence=confidence)
    low, high = map(_odds, ends)
    nothing_before = math.inf if now else math.nan
    ratio = now / before * per_exposure if before else nothing_before
    return RateRatio(ratio=ratio, low=low * per_exposure, high=high * per_exposure)


def _odds(share: float) -> float:
    return float(share) / (1 - float(share)) if share < 1 else math.inf
