"""How much more counts vary than independent incidents would, measured on a history of them.

One event makes several reports, and a warm week, an operation or a change of recording moves many
at once, so the counts of months vary by more than a Poisson count does: by 1 to 4 times its
variance in real boroughs. Each count is compared with the mean of the one before and the one after
it, which takes away level, trend and most of the season without a model of them (T. Gasser, L.
Sroka and C. Jennen-Steinmetz, "Residual variance and residual pattern in nonlinear regression",
Biometrika 73 (1986)).

A history of two years measures that poorly. What was measured is therefore drawn towards what is
usual for the other series, as empirical Bayes does with variances (G. K. Smyth, "Linear models and
empirical Bayes methods", Statistical Applications in Genetics and Molecular Biology 3 (2004)), and
intervals are widened as far as Student's t reaches beyond the normal with the freedom that is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtri, stdtrit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_FREEDOM_OF_ONE: Final = 18 / 35  # the differences overlap, so each tells half as much
_WEIGHT_OF_USUAL: Final = 8.0
_FEWEST_TO_POOL: Final = 5.0


@dataclass(frozen=True, slots=True)
class Dispersion:
    """The variance of a count over its mean.

    Attributes
    ----------
    value : float
        1 for independent incidents.
    freedom : float
        Degrees of freedom with which it was measured; infinite where it is known.
    """

    value: float
    freedom: float

    def widening(self, *, confidence: float) -> float:
        """Return by what to divide counts for an interval of them to hold its level; at least 1."""
        if math.isinf(self.freedom):
            return max(1.0, self.value)
        tail = (1 + confidence) / 2
        return max(1.0, self.value * float(stdtrit(self.freedom, tail) / ndtri(tail)) ** 2)


INDEPENDENT: Final = Dispersion(1.0, math.inf)
# The middle of 26 series of kinds of crime in Newham, Tower Hamlets, Hackney and Chicago.
USUAL: Final = Dispersion(1.7, _WEIGHT_OF_USUAL)


def measured(counts: NDArray[np.float64], exposure: NDArray[np.float64]) -> Dispersion | None:
    """Measure the dispersion of counts that follow one another.

    Parameters
    ----------
    counts : float64 array of shape (n,)
        NaN where one is not known.
    exposure : float64 array of shape (n,)
        What each was counted over, for example days.

    Returns
    -------
    Dispersion or None
        None where no three known counts follow one another, or nothing was counted.
    """
    rate, per = counts / exposure, 1 / exposure
    apart = rate[1:-1] - (rate[:-2] + rate[2:]) / 2
    whole = counts[:-2] + counts[1:-1] + counts[2:]
    level = whole / (exposure[:-2] + exposure[1:-1] + exposure[2:])
    by_chance = level * (per[1:-1] + (per[:-2] + per[2:]) / 4)
    known = np.isfinite(apart)
    expected = float(by_chance[known].sum())
    if not expected > 0:
        return None
    value = float((apart[known] ** 2).sum()) / expected
    return Dispersion(value, float(known.sum()) * _FREEDOM_OF_ONE)


def usual_of(each: Iterable[Dispersion | None]) -> Dispersion:
    """Return what is usual for some series: the median of those measured well enough."""
    values = [one.value for one in each if one is not None and one.freedom >= _FEWEST_TO_POOL]
    if not values:
        return USUAL
    return Dispersion(max(1.0, float(np.median(values))), _WEIGHT_OF_USUAL)


def drawn_towards(own: Dispersion | None, usual: Dispersion) -> Dispersion:
    """Return what was measured, drawn towards what is usual; that alone where nothing was."""
    if own is None:
        return usual
    freedom = own.freedom + usual.freedom
    value = (own.freedom * own.value + usual.freedom * usual.value) / freedom
    return Dispersion(max(1.0, value), freedom)
