"""Compare wards fairly: a funnel plot, never a rank.

The ratio of each ward's incidents to what it would have at the borough's rate is set against that
expected number. Around the borough's own rate (1) stand two pairs of control limits: at 95 % for
one ward by itself, and at 95 % for all wards together, beyond which any of them would stand by
chance in one borough of twenty (Bonferroni). The outer pair decides. They are exact Poisson limits,
interpolated between whole counts as Spiegelhalter describes, since small wards scatter more by
chance alone.

Wards differ by more than chance (a town centre is not a housing estate), so that many would stand
outside. Spiegelhalter's factor, the mean squared z after winsorising a tenth at each end, measures
that; here it is divided by what it is for wards that scatter by chance, which winsorising makes
less than 1. What it is above 1 gives the variance of the wards' own rates (DerSimonian and Laird's
moments), and the limits that decide are those of the negative binomial that this makes of a count.
As the variance is itself measured on a few wards, it is taken as much larger as Student's t reaches
further than the normal. The exact Poisson limits stay on the plot next to them. That wards differ
by more than chance is said where the chi-squared test of equal rates says so at 95 %.

Source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in
Medicine 24 (2005); "Handling over-dispersion of performance indicators", Quality and Safety in
Health Care 14 (2005); R. DerSimonian and N. Laird, "Meta-analysis in clinical trials", Controlled
Clinical Trials 7 (1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.special import ndtri, stdtrit
from scipy.stats import chi2, nbinom, norm, poisson

from geo.counting import counted
from geo.errors import PlainError
from models.statistics.intervals import poisson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.stats import rv_discrete

Verdict = Literal["higher", "lower", "as others", "no rate"]
LEVEL: Final = 0.05  # of boroughs in which any ward stands outside by chance
WINSORISED: Final = 0.1
FEWEST: Final = 3
VERDICT_LABELS: Final[dict[Verdict, str]] = {
    "higher": "▲ Higher than the wards' usual spread",
    "lower": "▼ Lower than the wards' usual spread",
    "as others": "● Within the wards' usual spread",
    "no rate": "– No rate",
}


class FunnelError(PlainError, ValueError):
    """There is too little to compare wards with one another."""

    def __init__(self, wards: int, incidents: int) -> None:
        super().__init__(
            f"Wards cannot be compared: {wards} of them have people to divide by, and there are "
            f"{counted(incidents, 'incident')} in these. At least {FEWEST} wards and one incident "
            "are needed; load population by small area, or choose another indicator."
        )


@dataclass(frozen=True, slots=True)
class FunnelWard:
    """One ward of a funnel.

    Attributes
    ----------
    name : str
    incidents : int
    exposure : float
        People, or what else is divided by; 0 where there is none.
    rate, low, high : float
        Incidents per 1,000 of the exposure with an exact Poisson 95 % interval; NaN without one.
    expected, ratio : float
        Incidents at the borough's rate, and how many times as many there were.
    verdict : Verdict
        By the outer limits that decide, at 95 % for all wards together.
    """

    name: str
    incidents: int
    exposure: float
    rate: float
    low: float
    high: float
    expected: float
    ratio: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Funnel:
    """The wards in the order given, and the limits along the expected number.

    Attributes
    ----------
    wards : tuple of FunnelWard
    rate : float
        The borough's, per 1,000.
    overdispersion : float
        Spiegelhalter's factor; 1 where wards scatter no more than chance makes them.
    spread : float
        Standard deviation of the wards' own rates as a share of the borough's; 0 where chance
        explains how they scatter.
    differ : bool
        Whether the wards' rates differ by more than chance.
    expected : float64 array of shape (m,)
        Where the limits are given, ascending.
    exact, adjusted : float64 array of shape (4, m)
        Low for all wards together, low and high for one ward, high for all wards together, as
        ratios; equal without overdispersion.
    """

    wards: tuple[FunnelWard, ...]
    rate: float
    overdispersion: float
    spread: float
    differ: bool
    expected: NDArray[np.float64]
    exact: NDArray[np.float64]
    adjusted: NDArray[np.float64]


def funnel(
    names: Sequence[str], *, incidents: NDArray[np.int64], exposure: NDArray[np.float64]
) -> Funnel:
    """Compare wards with one another.

    Parameters
    ----------
    names : sequence of str
    incidents : int64 array of shape (n,)
    exposure : float64 array of shape (n,)
        People of each ward; a ward with 0 or NaN gets no rate and takes no part in the borough's.

    Raises
    ------
    FunnelError
        If fewer than `FEWEST` wards have an exposure, or these have no incident.
    """
    has = np.isfinite(exposure) & (exposure > 0)
    total = int(incidents[has].sum())
    if has.sum() < FEWEST or not total:
        raise FunnelError(int(has.sum()), total)
    rate = total / float(exposure[has].sum())
    expected = np.where(has, exposure, 0.0) * rate
    factor = overdispersion(incidents[has], expected[has])
    spread = _spread(factor, expected[has])
    wards = int(has.sum())
    at = np.linspace(max(expected[has].min() * 0.5, 0.1), expected[has].max() * 1.1, 120)
    deciding = limits(np.where(has, expected, 1.0), spread=spread, wards=wards)[[0, 3]].T
    return Funnel(
        wards=tuple(
            _ward(name, int(count), people=float(people), rate=rate, ends=(float(low), float(high)))
            for name, count, people, (low, high) in zip(
                names, incidents, np.where(has, exposure, 0), deciding, strict=True
            )
        ),
        rate=rate * 1000,
        overdispersion=factor,
        spread=spread,
        differ=_differ(incidents[has], expected[has]),
        expected=at,
        exact=exact_limits(at, wards=wards),
        adjusted=limits(at, spread=spread, wards=wards),
    )


def overdispersion(incidents: NDArray[np.int64], expected: NDArray[np.float64]) -> float:
    """Return Spiegelhalter's factor, never below 1, consistent for wards that scatter by chance.

    A tenth of the z-scores at each end is set to the score next to it, so that outlying wards do
    not widen the very limits that should reveal them.
    """
    z = np.sort((incidents - expected) / np.sqrt(expected))
    outer = int(len(z) * WINSORISED)
    by_chance = 1.0
    if outer:
        z[:outer], z[-outer:] = z[outer], z[-outer - 1]
        # The same mean square of a standard normal.
        share = outer / len(z)
        end = float(ndtri(1 - share))
        by_chance = 1 - 2 * share - 2 * end * float(norm.pdf(end)) + 2 * share * end**2
    return max(1.0, float(np.mean(z**2)) / by_chance)


def exact_limits(expected: NDArray[np.float64], *, wards: int) -> NDArray[np.float64]:
    """Return the exact Poisson limits as ratios to the expected number, shape (4, m)."""
    return _interpolated(expected, _tails(wards)[:, None], poisson, expected)


def limits(expected: NDArray[np.float64], *, spread: float, wards: int) -> NDArray[np.float64]:
    """Return the limits that decide, shape (4, m): exact, or wider where rates have a spread."""
    if spread <= 0:
        return exact_limits(expected, wards=wards)
    tails = _tails(wards)[:, None]
    further = stdtrit(wards - 1, tails) / ndtri(tails)
    shape = 1 / (spread * further) ** 2
    return _interpolated(expected, tails, nbinom, shape, shape / (shape + expected))


def _interpolated(
    expected: NDArray[np.float64],
    probabilities: NDArray[np.float64],
    law: rv_discrete,
    *parameters: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return limits of a count as ratios to the expected number.

    Between whole counts they are interpolated: for a probability p, r is the smallest count with
    P(X ≤ r) ≥ p, and the limit is r less the share of P(X = r) that goes beyond p.
    """
    count = law.ppf(probabilities, *parameters)
    beyond = law.cdf(count, *parameters) - probabilities
    share = beyond / law.pmf(count, *parameters)
    return np.asarray(np.maximum(count - share, 0.0) / expected, dtype=np.float64)


def _spread(factor: float, expected: NDArray[np.float64]) -> float:
    """Return the standard deviation of the wards' own rates that makes the factor what it is."""
    total = float(expected.sum())
    of_one = total - float((expected**2).sum()) / total
    return float(np.sqrt((factor - 1) * (len(expected) - 1) / of_one))


def _tails(wards: int) -> NDArray[np.float64]:
    one, every = LEVEL / 2, LEVEL / wards / 2
    return np.array([every, one, 1 - one, 1 - every])


def _differ(incidents: NDArray[np.int64], expected: NDArray[np.float64]) -> bool:
    """Tell whether rates differ by more than chance, by the chi-squared test."""
    squares = float(((incidents - expected) ** 2 / expected).sum())
    return bool(chi2.sf(squares, len(incidents) - 1) < LEVEL)


def _ward(
    name: str, count: int, *, people: float, rate: float, ends: tuple[float, float]
) -> FunnelWard:
    if not people:
        nan = float("nan")
        return FunnelWard(name, count, 0.0, nan, nan, nan, nan, nan, "no rate")
    expected = people * rate
    ratio = count / expected
    low, high = ends
    verdict: Verdict = "as others"
    if ratio > high:
        verdict = "higher"
    elif ratio < low:
        verdict = "lower"
    per = 1000 / people
    lowest, highest = poisson_interval(count, confidence=1 - LEVEL)
    return FunnelWard(
        name=name,
        incidents=count,
        exposure=people,
        rate=count * per,
        low=lowest * per,
        high=highest * per,
        expected=expected,
        ratio=ratio,
        verdict=verdict,
    )
