"""How large a fall has to be to stand out, by chance and by how far places drift: the closed form.

It allows for no other reason for doubt; `models.tasking.power` tries falls on real places instead.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import norm

from models.tasking.outcomes import CONFIDENCE, BeforeAfter, Drift, Scale

if TYPE_CHECKING:
    from numpy.typing import NDArray


def least_detectable_fall(
    before: float,
    comparison: BeforeAfter,
    *,
    days: tuple[float, float],
    scale: Scale,
    drift: Drift,
    places: int = 1,
) -> float:
    """Return the smallest fall distinguishable from chance, as a share of what was expected.

    Above 1 where even an end to all incidents would not be distinguished from chance.

    Parameters
    ----------
    before : float
        Incidents in the treated area before, over the length of the period before.
    comparison : BeforeAfter
    days, scale, drift, places
        As in `outcome`.
    """
    usual = before * days[1] / days[0]
    if usual <= 0:
        return math.inf
    shares = np.linspace(0.01, 1.0, 100)
    error = error_of_fall(
        before, comparison, fall=shares, days=days, scale=scale, drift=drift, places=places
    )
    seen = usual * shares > norm.ppf(0.5 + CONFIDENCE / 2) * error
    return float(shares[seen][0]) if seen.any() else math.inf


def error_of_fall(
    before: float,
    comparison: BeforeAfter,
    *,
    fall: NDArray[np.float64],
    days: tuple[float, float],
    scale: Scale,
    drift: Drift,
    places: int = 1,
) -> NDArray[np.float64]:
    """Return the standard error of the difference after falls by some shares, with drift.

    Parameters
    ----------
    before, comparison, days, scale, drift, places
        As in `least_detectable_fall`.
    fall : float64 array of any shape
        Shares of what was expected, 0 to 1.
    """
    longer = days[1] / days[0]
    usual = before * longer
    after = usual * (1 - fall)
    fixed = before * longer**2 + scale.value**2 * (comparison.after + comparison.before * longer**2)
    others = scale.value * (comparison.after + comparison.before * longer) / 2
    drifted = drift.variance * (((usual + after) / 2) ** 2 + others**2 / places)
    return np.asarray(np.sqrt(fixed + after + drifted), dtype=np.float64)


def share_seen(
    before: float,
    comparison_before: float,
    *,
    fall: float,
    days: tuple[float, float],
    scale: Scale,
    drift: Drift,
    places: int = 1,
) -> float:
    """Return the share of falls of a size that would stand out, were chance and drift all.

    Parameters
    ----------
    before, comparison_before : float
        Incidents of the period before; the comparison is taken to stay at its rate.
    fall : float
        As a share of what was expected.
    days, scale, drift, places
        As in `models.tasking.outcomes.outcome`.
    """
    longer = days[1] / days[0]
    if before <= 0:
        return 0.0
    steady = BeforeAfter(round(comparison_before), round(comparison_before * longer))
    error = error_of_fall(
        before,
        steady,
        fall=np.array([fall]),
        days=days,
        scale=scale,
        drift=drift,
        places=places,
    )
    needed = norm.ppf(0.5 + CONFIDENCE / 2)
    return float(norm.sf(needed - before * longer * fall / error[0]))
