"""Comparing two counts of a place that was picked for the first of them.

A place that is on the map because its count is high now seems to have risen: had its count been
lower, it would not be there to be judged. Given the two counts together, the first is binomial
where the places are fixed. Of places that were picked it is that binomial times the chance of being
picked with such a count. `picking_of` learns that chance from places that were picked in the same
way where there is no change, and `Picking.ratio` takes it into account: the interval of the ratio
is the exact one of the weighted binomial: each tail holds the count itself.

The chance of being picked is taken to be Φ((z − c) / s), where z is how far the first count lies
from its share of both, in standard deviations: from a threshold at c, the sharper the smaller s;
c may rise or fall with the size of the place. A count below `least` is never picked.

Sources: W. Fithian, D. Sun and J. Taylor, "Optimal inference after model selection",
arXiv:1410.2597 (2014), for inference given the choice; X. Tian and J. Taylor, "Selective inference
with a randomized response", Annals of Statistics 46 (2018), for a choice that is not sharp.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq, minimize
from scipy.special import gammaln, log_ndtr, ndtr

from models.statistics.rates import RateRatio

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FURTHEST: Final = 15.0  # of a log odds ratio: past it, an end of the interval is 0 or infinite
_CLOSE: Final = 1e-6
_TINY: Final = 1e-300
_ALL_COUNTS: Final = 4_000  # so many counts are gone through one by one; of more, those near
_NEAR_SD: Final = 12.0
_LEARNT_FROM: Final = 41  # points on which a binomial is laid out while learning
_EXPECTED: Final = np.array([0.0, 0.0, 0.0])  # c, its slope, log s: before any place was seen
_SURE_OF_IT: Final = np.array([2.0, 0.5, 1.0])  # standard deviations of the same


@dataclass(frozen=True, slots=True)
class Picking:
    """How the chance that a place is picked depends on its first count.

    Attributes
    ----------
    share : float
        Share of both counts that the first has where nothing changed, above 0 and below 1.
    threshold, slope, spread : float
        c is `threshold` + `slope` · log(both counts / `size`); s is `spread`.
    size : float
        Of a typical place: both counts together.
    least : int
        A first count below it is never picked.
    """

    share: float
    threshold: float
    slope: float
    spread: float
    size: float
    least: int = 1

    def ratio(
        self,
        now: int,
        before: int,
        *,
        exposure_now: float = 1.0,
        exposure_before: float = 1.0,
        confidence: float = 0.95,
    ) -> RateRatio:
        """Return the ratio of the rate now to the rate before, allowing for the picking.

        Parameters
        ----------
        now : int
            At least 1: the count that the place was picked for.
        before : int
            At least 0.
        exposure_now, exposure_before : float
            What each was counted over, in the same unit.
        confidence : float
            Level of the interval, 0 to 1.

        Returns
        -------
        RateRatio
            `ratio` is the ratio of the counts less what the picking adds to it; infinite, as is
            `high`, when there was nothing before.
        """
        counts, base = self._laid_out(now, now + before)
        tail = (1 - confidence) / 2
        low = _odds_where(counts, base, counts >= now, chance=tail)
        high = math.inf
        odds = math.inf
        if before:
            high = _odds_where(counts, base, counts > now, chance=1 - tail)
            raw = math.log(now / before)
            mean = float(_chances(base, counts, raw) @ counts)
            mean = min(max(mean, 0.5), now + before - 0.5)
            odds = min(max(2 * raw - math.log(mean / (now + before - mean)), low), high)
        per_exposure = math.log(exposure_before / exposure_now)
        return RateRatio(*(_exp(each + per_exposure) for each in (odds, low, high)))

    def _laid_out(self, now: int, both: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the counts that could have been, and their log chance at even odds."""
        sd = math.sqrt(both * self.share * (1 - self.share))
        first, last = 0, both
        if both > _ALL_COUNTS:
            usual = self.share * both
            first = max(0, math.floor(min(usual, now) - _NEAR_SD * sd))
            last = min(both, math.ceil(max(usual, now) + _NEAR_SD * sd))
        counts = np.arange(max(first, min(self.least, now)), last + 1, dtype=np.float64)
        z = (counts - self.share * both) / sd
        at = self.threshold + self.slope * math.log(both / self.size)
        chance = log_ndtr((z - at) / self.spread)
        return counts, -gammaln(counts + 1) - gammaln(both - counts + 1) + chance


def picking_of(
    now: NDArray[np.int64],
    before: NDArray[np.int64],
    *,
    share: float,
    least: int = 1,
) -> Picking:
    """Learn how places are picked from places that were picked where nothing changed.

    Parameters
    ----------
    now, before : int64 arrays of shape (places,)
        Their counts, `now` the one that they were picked for; with none, picking is taken to be
        much as it mostly is.
    share : float
        Share of both that the first count has where nothing changed, above 0 and below 1.
    least : int
        A place with a first count below it is never picked.
    """
    both = (now + before).astype(np.float64)
    size = float(np.exp(np.log(both).mean())) if len(both) else 1.0
    sd = np.sqrt(both * share * (1 - share))
    z = (now - share * both) / sd
    ahead = np.log(both / size)
    grid, chance = _grids(both, share=share, least=least)

    def unlikely(at: NDArray[np.float64]) -> float:
        threshold, slope, log_spread = at
        middle, spread = threshold + slope * ahead, math.exp(log_spread)
        picked = log_ndtr((z - middle) / spread)
        all_picked = (chance * ndtr((grid - middle[:, None]) / spread)).sum(axis=1)
        doubt = ((at - _EXPECTED) / _SURE_OF_IT) ** 2
        return float(doubt.sum() / 2 - (picked - np.log(all_picked + _TINY)).sum())

    learnt = minimize(unlikely, _EXPECTED, method="L-BFGS-B", bounds=((-6, 6), (-3, 3), (-3, 3)))
    threshold, slope, log_spread = (float(each) for each in learnt.x)
    return Picking(share, threshold, slope, math.exp(log_spread), size, least)


def _grids(
    both: NDArray[np.float64], *, share: float, least: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return z and chance of each place's binomial, all counts or points of a normal."""
    steps = np.arange(_LEARNT_FROM)
    sd = np.sqrt(both * share * (1 - share))[:, None]
    usual = (share * both)[:, None]
    few = (both < _LEARNT_FROM)[:, None]
    normal = np.linspace(-6.0, 6.0, _LEARNT_FROM)[None, :]
    counts = np.where(few, steps[None, :], usual + normal * sd)
    rest = both[:, None] - counts
    real = (counts >= least) & (rest >= 0)
    inside = np.where(real, counts, 0.0), np.where(real, rest, 0.0)
    exact = gammaln(both + 1)[:, None] - gammaln(inside[0] + 1) - gammaln(inside[1] + 1)
    exact = exact + inside[0] * math.log(share) + inside[1] * math.log1p(-share)
    chance = np.where(few, exact, -normal * normal / 2)
    return (counts - usual) / sd, np.where(real, np.exp(chance), 0.0)


def _odds_where(
    counts: NDArray[np.float64],
    base: NDArray[np.float64],
    above: NDArray[np.bool_],
    *,
    chance: float,
) -> float:
    """Return the log odds at which the counts above have the given chance together."""

    def beyond(odds: float) -> float:
        return float(_chances(base, counts, odds)[above].sum()) - chance

    if beyond(-_FURTHEST) >= 0:
        return -math.inf
    if beyond(_FURTHEST) <= 0:
        return math.inf
    return float(brentq(beyond, -_FURTHEST, _FURTHEST, xtol=_CLOSE))


def _chances(
    base: NDArray[np.float64], counts: NDArray[np.float64], odds: float
) -> NDArray[np.float64]:
    """Return the chances of the counts at some log odds."""
    at = base + odds * counts
    weight = np.exp(at - at.max())
    return np.asarray(weight / weight.sum())


def _exp(value: float) -> float:
    return math.exp(value) if value < math.inf else math.inf
