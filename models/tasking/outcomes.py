"""Did it work: the weighted displacement difference, and how much places drift by themselves.

The change in the treated area less the change in the comparison area, and the same for the two
rings around them (A. P. Wheeler and J. H. Ratcliffe, "A simple weighted displacement difference
test to evaluate place based crime interventions", Crime Science 7:11, 2018). Three things are added
to the published test, all of which are nothing by default, so that the published figures come out:

* *exposure*: the period before is scaled to the length of the period after;
* *scale*: one incident of a comparison that is busier or quieter than the treated area counts for
  less or more than one (the weights of Wheeler's own implementation), by the ratio of the two in
  months that take no part in the test, with that ratio's error;
* *drift*: the published error is that of Poisson counts around rates which all move together. Real
  places also go their own ways. How far is measured on other places of the same ground, over the
  same two periods, as the variance of the log rate ratio beyond chance, and is added to the error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.stats import chi2, norm

from geo.errors import PlainError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CONFIDENCE: Final = 0.95
FEWEST_PLACES: Final = 8  # with fewer no drift is measured


class OutcomeError(PlainError, ValueError):
    """An outcome was asked for of counts or weights that cannot be."""


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """Incidents in one area in the period before and in the period after."""

    before: int
    after: int

    def __post_init__(self) -> None:
        if self.before < 0 or self.after < 0:
            message = (
                f"A count is negative: {self.before} before and {self.after} after. "
                "Check what was counted."
            )
            raise OutcomeError(message)


@dataclass(frozen=True, slots=True)
class Scale:
    """What one incident of a comparison counts for, and the relative variance of that figure."""

    value: float = 1.0
    relative_variance: float = 0.0

    @classmethod
    def of_levels(cls, treated: int, comparison: int) -> Scale:
        """Return the scale of two counts over the same months; 1 where either is zero."""
        if treated <= 0 or comparison <= 0:
            return cls()
        return cls(treated / comparison, 1 / treated + 1 / comparison)


@dataclass(frozen=True, slots=True)
class Drift:
    """How far like places went their own ways between the two periods.

    Attributes
    ----------
    variance : float
        Of the log rate ratio between places, beyond chance; 0 where chance explains all.
    places : int
        How many were looked at; with fewer than `FEWEST_PLACES` the variance is not measured.
    p_value : float
        That chance alone sets the places this far apart; NaN where it is not measured.
    """

    variance: float = 0.0
    places: int = 0
    p_value: float = math.nan

    @property
    def measured(self) -> bool:
        """Whether there were places enough."""
        return self.places >= FEWEST_PLACES


@dataclass(frozen=True, slots=True)
class Difference:
    """A change beyond the comparison's, in incidents of the period after; below 0 is a fall.

    Attributes
    ----------
    estimate, standard_error : float
    z : float
        0 where nothing happened anywhere.
    low, high : float
        Ends of the interval.
    p_value : float
        Two-sided.
    """

    estimate: float
    standard_error: float
    z: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a before-and-after comparison gives.

    Attributes
    ----------
    local : Difference
        Treated against comparison area.
    displacement : Difference or None
        Ring around the one against ring around the other; None without rings.
    total : Difference or None
        Both together.
    expected : float
        Incidents to be expected in the treated area after, had it moved as the comparison did.
    """

    local: Difference
    displacement: Difference | None
    total: Difference | None
    expected: float

    @property
    def relative(self) -> float:
        """The local change as a share of what was to be expected; NaN without expectation."""
        return self.local.estimate / self.expected if self.expected > 0 else math.nan


@dataclass(frozen=True, slots=True)
class _Pair:
    """One area against its comparison: change, Poisson variance and the two mean counts."""

    change: float
    variance: float
    mean: float
    comparison_mean: float


def outcome(  # noqa: PLR0913 - each is an option with a default
    treated: BeforeAfter,
    comparison: BeforeAfter,
    *,
    displacement: BeforeAfter | None = None,
    displacement_comparison: BeforeAfter | None = None,
    days: tuple[float, float] = (1.0, 1.0),
    scale: Scale | None = None,
    displacement_scale: Scale | None = None,
    drift: Drift | None = None,
    comparison_places: int = 1,
    confidence: float = CONFIDENCE,
) -> Outcome:
    """Return the weighted displacement difference.

    Parameters
    ----------
    treated, comparison : BeforeAfter
    displacement, displacement_comparison : BeforeAfter, optional
        The rings around them; both or neither.
    days : tuple of float
        Length of the period before and of the period after, in one unit.
    scale, displacement_scale : Scale, optional
        What one incident of the comparison area, and of its ring, counts for; 1 without it.
    drift : Drift, optional
        How far places go their own ways; nothing without it.
    comparison_places : int
        How many separate places make up the comparison area; their drifts average out.
    confidence : float
        Level of the intervals.

    Raises
    ------
    OutcomeError
        If a length is not positive or only one ring is given.
    """
    if not (days[0] > 0 and days[1] > 0) or comparison_places < 1 or not 0 < confidence < 1:
        message = (
            f"No outcome of {days[0]:g} and {days[1]:g} days, {comparison_places} places and a "
            f"confidence of {confidence:g}: days and places must be above 0, and the confidence "
            "between 0 and 1."
        )
        raise OutcomeError(message)
    if (displacement is None) != (displacement_comparison is None):
        message = (
            "A displacement ring is missing: displacement needs the treated area's ring and the "
            "comparison area's."
        )
        raise OutcomeError(message)
    longer = days[1] / days[0]
    spread = (drift or Drift()).variance
    quantile = float(norm.ppf(0.5 + confidence / 2))

    def difference(*pairs: _Pair) -> Difference:
        own = sum(pair.mean for pair in pairs)
        others = sum(pair.comparison_mean for pair in pairs)
        # A ring drifts with the area it lies around, so their means add before they are squared.
        drifted = spread * (own**2 + others**2 / comparison_places)
        variance = sum(pair.variance for pair in pairs) + drifted
        return _difference(sum(pair.change for pair in pairs), variance, quantile=quantile)

    inner = _pair(treated, comparison, longer=longer, scale=scale or Scale())
    expected = treated.after - inner.change
    if displacement is None or displacement_comparison is None:
        return Outcome(difference(inner), None, None, max(expected, 0.0))
    outer = _pair(
        displacement, displacement_comparison, longer=longer, scale=displacement_scale or Scale()
    )
    return Outcome(
        local=difference(inner),
        displacement=difference(outer),
        total=difference(inner, outer),
        expected=max(expected, 0.0),
    )


def drift_of(before: ArrayLike, after: ArrayLike) -> Drift:
    """Measure how far places go their own ways between two periods.

    Given the two counts of a place together, the second is binomial with one share for all places
    when all rates move together. What the squared deviations exceed that by gives the variance of
    the log rate ratio (the method of moments, as DerSimonian and Laird 1986).

    Parameters
    ----------
    before, after : array of int, shape (places,)
        Of places that do not overlap, over the same two periods. Those with nothing in either take
        no part.
    """
    first = np.asarray(before, dtype=np.float64)
    both = first + np.asarray(after, dtype=np.float64)
    first, both = first[both > 0], both[both > 0]
    places = len(both)
    share = first.sum() / both.sum() if places else 0.0
    if places < FEWEST_PLACES or not 0 < share < 1:
        return Drift(places=places)
    expected_variance = both * share * (1 - share)
    squares = float(((first - both * share) ** 2 / expected_variance).sum())
    excess = (squares - (places - 1)) / float(expected_variance.sum())
    return Drift(max(0.0, excess), places, float(chi2.sf(squares, places - 1)))


def beyond_others(
    area: BeforeAfter, *, before: ArrayLike, after: ArrayLike, drift: Drift, places: int = 1
) -> float:
    """Return how far an area moved beyond others, in standard errors; NaN where nothing is known.

    Parameters
    ----------
    area : BeforeAfter
    before, after : array of int, shape (others,)
        Of the others, as for `drift_of`.
    drift : Drift
        Of the others.
    places : int
        How many separate places make up the area.
    """
    first, second = float(np.sum(before)), float(np.sum(after))
    both = area.before + area.after
    if not drift.measured or not first or not second or not both:
        return math.nan
    share = second / (first + second)
    inner = both * share * (1 - share)
    return (area.after - both * share) / math.sqrt(inner + inner**2 * drift.variance / places)


def _pair(own: BeforeAfter, other: BeforeAfter, *, longer: float, scale: Scale) -> _Pair:
    moved = other.after - other.before * longer
    variance = own.after + own.before * longer**2
    variance += scale.value**2 * (other.after + other.before * longer**2)
    variance += scale.relative_variance * (scale.value * moved) ** 2
    return _Pair(
        change=own.after - own.before * longer - scale.value * moved,
        variance=variance,
        mean=(own.after + own.before * longer) / 2,
        comparison_mean=scale.value * (other.after + other.before * longer) / 2,
    )


def _difference(estimate: float, variance: float, *, quantile: float) -> Difference:
    error = math.sqrt(variance)
    z = estimate / error if error > 0 else 0.0
    return Difference(
        estimate=estimate,
        standard_error=error,
        z=z,
        low=estimate - quantile * error,
        high=estimate + quantile * error,
        p_value=float(2 * norm.sf(abs(z))),
    )
