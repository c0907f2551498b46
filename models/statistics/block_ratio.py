"""Ratios and shares of counts on a map, with intervals that hold where incidents cluster.

Incidents are not independent: one address has several, and a whole quarter is busier than another.
An interval that takes them for independent is far too short. So the ground is cut into square
blocks, and what varies from block to block makes the interval (a sandwich of the blocks'
influences). Few blocks, or one that outweighs the rest, leave few degrees of freedom
(Satterthwaite), and Student's t then makes the interval wide.

The ratio compares within blocks (Mantel and Haenszel's weights), so that a town centre is not
compared with a marsh. `benchmarks/null_worlds/near_places.py` measures how often its interval
misses where there is nothing to find; a ratio of the plain rates misses several times as often
there.

Sources: N. Mantel and W. Haenszel, "Statistical aspects of the analysis of data from retrospective
studies of disease", Journal of the National Cancer Institute 22 (1959); S. Greenland and J. Robins,
"Estimation of a common effect parameter from sparse follow-up data", Biometrics 41 (1985); R. M.
Bell and D. F. McCaffrey, "Bias reduction in standard errors for linear regression with multi-stage
samples", Survey Methodology 28 (2002), on the degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import expit, logit, stdtrit

from models.statistics.intervals import binomial_interval
from models.statistics.rates import RateRatio

if TYPE_CHECKING:
    from numpy.typing import NDArray

BLOCK_M: Final = 500.0
LEAST_BLOCKS: Final = 10
LEAST_INCIDENTS: Final = 10
WIDEST_RATIO: Final = 25.0  # an interval that reaches to more times its lower end says nothing
WIDEST_SHARE: Final = 0.5
_TAIL: Final = 0.975


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; NaN for what is not known, often the interval alone."""

    value: float
    low: float
    high: float


def block_of(
    easting: NDArray[np.float64], northing: NDArray[np.float64], *, block_m: float = BLOCK_M
) -> NDArray[np.int64]:
    """Return a number for the square block that each point lies in, metres in.

    Edges are multiples of the side, so the same street lies in the same block on any map.
    """
    column = np.floor(easting / block_m).astype(np.int64)
    row = np.floor(northing / block_m).astype(np.int64)
    return np.asarray(row * 1_000_000 + column, dtype=np.int64)


def matched_ratio(
    near: NDArray[np.float64],
    near_exposure: NDArray[np.float64],
    elsewhere: NDArray[np.float64],
    elsewhere_exposure: NDArray[np.float64],
) -> RateRatio | None:
    """Return the ratio of two rates, compared within blocks, with a 95 % interval.

    Parameters
    ----------
    near, elsewhere : float64 arrays of shape (blocks,)
        Incidents in the one part of each block and in the other.
    near_exposure, elsewhere_exposure : float64 arrays of shape (blocks,)
        How much ground or street each part has.

    Returns
    -------
    RateRatio or None
        None where fewer than `LEAST_BLOCKS` blocks hold both parts, these hold fewer than
        `LEAST_INCIDENTS` incidents in one of the parts, or the interval is wider than
        `WIDEST_RATIO`: then nothing can be said.
    """
    both = (near_exposure > 0) & (elsewhere_exposure > 0)
    one, other = near[both], elsewhere[both]
    if both.sum() < LEAST_BLOCKS or min(one.sum(), other.sum()) < LEAST_INCIDENTS:
        return None
    whole = near_exposure[both] + elsewhere_exposure[both]
    above = one * elsewhere_exposure[both] / whole
    below = other * near_exposure[both] / whole
    middle = float(above.sum() / below.sum())
    times = math.exp(_reach(above / above.sum() - below / below.sum()))
    if times**2 > WIDEST_RATIO:
        return None
    return RateRatio(middle, middle / times, middle * times)


def block_share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> Share:
    """Return the share of incidents that one part of the ground holds, with a 95 % interval.

    Parameters
    ----------
    part, whole : float64 arrays of shape (blocks,)
        Incidents of each block in the part, and all of them.

    Returns
    -------
    Share
        NaN without incidents. Its interval is NaN where it would be wider than `WIDEST_SHARE`.
        Where the share is 0 or 1 it is the exact binomial one of as many trials as there are blocks
        with incidents, since those of one block may stand or fall together.
    """
    inside, total = float(part.sum()), float(whole.sum())
    if not total > 0:
        return Share(np.nan, np.nan, np.nan)
    value = min(inside / total, 1.0)
    held = whole > 0
    if inside <= 0 or inside >= total:
        blocks = int(held.sum())
        return _said(value, *binomial_interval(blocks if inside > 0 else 0, blocks))
    influence = (part[held] - value * whole[held]) / (total * value * (1 - value))
    reach = _reach(influence)
    return _said(value, float(expit(logit(value) - reach)), float(expit(logit(value) + reach)))


def _said(value: float, low: float, high: float) -> Share:
    known = high - low <= WIDEST_SHARE
    return Share(value, low, high) if known else Share(value, np.nan, np.nan)


def _reach(influence: NDArray[np.float64]) -> float:
    """Return how far the interval reaches to each side; infinite with a single block."""
    squares = influence**2
    number = len(influence)
    if number < 2 or not squares.sum() > 0:
        return np.inf if number < 2 else 0.0
    freedom = max(float(squares.sum() ** 2 / (squares**2).sum()) - 1.0, 1.0)
    error = float(np.sqrt(squares.sum() * number / (number - 1)))
    return float(stdtrit(freedom, _TAIL)) * error
