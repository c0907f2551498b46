"""Compare wards fairly: a funnel plot, never a rank.

The ratio of each ward's incidents to what it would have at the borough's rate is set against that
expected number. Around the borough's own rate (1) stand control limits at 95 % and 99.8 %: exact
Poisson limits, interpolated between whole counts as Spiegelhalter describes, since small wards
scatter more by chance alone.

Wards differ by more than chance (a town centre is not a housing estate), so that many would stand
outside. Spiegelhalter's multiplicative factor, the mean squared z after winsorising a tenth at each
end, measures that. Where it is above 1, the limits that decide are widened by its square root; the
exact limits stay on the plot next to them.

Source: D. J. Spiegelhalter, "Funnel plots for comparing institutional performance", Statistics in
Medicine 24 (2005); "Handling over-dispersion of performance indicators", Quality and Safety in
Health Care 14 (2005).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from scipy.special import ndtri
from scipy.stats import poisson

from geo.errors import PlainError
from models.statistics.intervals import poisson_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Verdict = Literal["higher", "lower", "as others", "no rate"]
LEVELS: Final = (0.95, 0.998)
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
            f"{incidents:,} incidents in these. At least {FEWEST} wards and one incident are "
            "needed; load population by small area, or choose another indicator."
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
        By the limits that decide, at 95 %.
    beyond : bool
        Whether it stands outside the 99.8 % limits that decide as well.
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
    beyond: bool


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
    expected : float64 array of shape (m,)
        Where the limits are given, ascending.
    exact, adjusted : float64 array of shape (4, m)
        99.8 % low, 95 % low, 95 % high, 99.8 % high, as ratios; equal without overdispersion.
    """

    wards: tuple[FunnelWard, ...]
    rate: float
    overdispersion: float
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
    at = np.linspace(max(expected[has].min() * 0.5, 0.1), expected[has].max() * 1.1, 120)
    return Funnel(
        wards=tuple(
            _ward(name, int(count), people=float(people), rate=rate, factor=factor)
            for name, count, people in zip(
                names, incidents, np.where(has, exposure, 0), strict=True
            )
        ),
        rate=rate * 1000,
        overdispersion=factor,
        expected=at,
        exact=exact_limits(at),
        adjusted=limits(at, factor=factor),
    )


def overdispersion(incidents: NDArray[np.int64], expected: NDArray[np.float64]) -> float:
    """Return Spiegelhalter's factor, never below 1.

    A tenth of the z-scores at each end is set to the score next to it, so that outlying wards do
    not widen the very limits that should reveal them.
    """
    z = np.sort((incidents - expected) / np.sqrt(expected))
    held = int(len(z) * WINSORISED)
    if held:
        z[:held], z[-held:] = z[held], z[-held - 1]
    return max(1.0, float(np.mean(z**2)))


def exact_limits(expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the exact Poisson limits as ratios to the expected number, shape (4, m).

    Between whole counts they are interpolated: for a probability p, r is the smallest count with
    P(X ≤ r) ≥ p, and the limit is r less the share of P(X = r) that goes beyond p.
    """
    probabilities = _tails()
    count = poisson.ppf(probabilities[:, None], expected)
    beyond = poisson.cdf(count, expected) - probabilities[:, None]
    share = beyond / poisson.pmf(count, expected)
    return np.asarray(np.maximum(count - share, 0.0) / expected, dtype=np.float64)


def limits(expected: NDArray[np.float64], *, factor: float) -> NDArray[np.float64]:
    """Return the limits that decide, shape (4, m): exact, or widened where `factor` is above 1."""
    if factor <= 1:
        return exact_limits(expected)
    reach = ndtri(_tails())[:, None] * np.sqrt(factor / expected)
    return np.asarray(np.maximum(1.0 + reach, 0.0), dtype=np.float64)


def _tails() -> NDArray[np.float64]:
    narrow, wide = ((1 - level) / 2 for level in LEVELS)
    return np.array([wide, narrow, 1 - narrow, 1 - wide])


def _ward(name: str, count: int, *, people: float, rate: float, factor: float) -> FunnelWard:
    if not people:
        nan = float("nan")
        return FunnelWard(name, count, 0.0, nan, nan, nan, nan, nan, "no rate", beyond=False)
    expected = people * rate
    ratio = count / expected
    far_low, low, high, far_high = limits(np.array([expected]), factor=factor)[:, 0]
    verdict: Verdict = "as others"
    if ratio > high:
        verdict = "higher"
    elif ratio < low:
        verdict = "lower"
    per = 1000 / people
    lowest, highest = poisson_interval(count, confidence=LEVELS[0])
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
        beyond=bool(ratio > far_high or ratio < far_low),
    )
