"""A figure against the same months a year earlier: the change, its interval, and the target.

**Counts** are compared by the exact interval of the ratio of two Poisson rates
(`models.statistics.rates`), widened by how much the indicator's own months varied beyond chance
before (`models.statistics.dispersion`). Incidents of which it is not known whether they count (a
flag that the source leaves empty, an hour that nobody knows) widen it: its low end takes none of
this period's and all of the earlier period's to count, its high end the other way round, so that it
holds whatever they are (C. F. Manski, "Partial Identification of Probability Distributions", 2003).
Where more than half as many are unknown as are counted, there is no figure at all.

**Shares of a survey** are compared in percentage points, by the hybrid score interval (R. G.
Newcombe, "Interval estimation for the difference between independent proportions", Statistics in
Medicine 17 (1998), method 10). Without the number of replies there is no interval.

**The target** is a change. It is *met* when the whole interval lies on the better side of it or on
it, *not met* when the whole interval lies on the worse side, and otherwise nobody *can tell*: the
figure then says on which side it stands by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from models.statistics.dispersion import INDEPENDENT, Dispersion
from models.statistics.intervals import wilson_interval
from models.statistics.rates import rate_ratio

if TYPE_CHECKING:
    from models.indicators.catalogue import Direction

Reached = Literal["met", "not met", "cannot tell", "no target", "no comparison"]
MOST_UNKNOWN: Final = 0.5  # as a share of those counted
MARKS: Final[dict[Reached, str]] = {
    "met": "✓",
    "not met": "✗",
    "cannot tell": "?",
    "no target": "–",
    "no comparison": "–",
}
REACHED_LABELS: Final[dict[Reached, str]] = {
    "met": "Met",
    "not met": "Not met",
    "cannot tell": "Cannot tell",
    "no target": "No target",
    "no comparison": "No comparison",
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one period.

    Attributes
    ----------
    value : float
        What is counted or typed in.
    unknown : int
        Incidents of which it is not known whether they count.
    replies : int or None
        How many were asked, for a survey's share.
    """

    value: float
    unknown: int = 0
    replies: int | None = None

    @property
    def trusted(self) -> bool:
        """Whether so few are unknown that the figure means something."""
        return self.unknown <= MOST_UNKNOWN * self.value or self.unknown == 0


@dataclass(frozen=True, slots=True)
class Change:
    """How far a figure is from the earlier one; NaN where the interval is not known.

    Attributes
    ----------
    value, low, high : float
        In per cent of the earlier rate, or in percentage points; `high` is infinite after nothing.
    points : bool
        True for percentage points.
    dispersion : float
        By how many times the variance of independent incidents the interval is widened.
    """

    value: float
    low: float
    high: float
    points: bool = False
    dispersion: float = 1.0

    @property
    def known(self) -> bool:
        """Whether it has an interval."""
        return not math.isnan(self.low)


@dataclass(frozen=True, slots=True)
class Status:
    """Whether the target is met, in one word and in a sentence."""

    reached: Reached
    sentence: str

    @property
    def label(self) -> str:
        """Mark and word: "✓ Met"."""
        return f"{MARKS[self.reached]} {REACHED_LABELS[self.reached]}"


def change_of_counts(
    now: Figure,
    before: Figure,
    *,
    days_now: int,
    days_before: int,
    dispersion: Dispersion = INDEPENDENT,
) -> Change | None:
    """Return the change in the rate of two counts; None where there was nothing in either.

    Parameters
    ----------
    now, before : Figure
        Whole numbers.
    days_now, days_before : int
        What each was counted over.
    dispersion : Dispersion
        By how much more than chance the counts vary.
    """
    first, second = int(now.value), int(before.value)
    if not first and not second:
        return None
    ratio = partial(
        rate_ratio, exposure_now=days_now, exposure_before=days_before, dispersion=dispersion
    )
    middle = ratio(first, second).ratio
    lowest = ratio(first, second + before.unknown).low
    highest = ratio(first + now.unknown, second).high
    return Change(
        (middle - 1) * 100,
        low=(lowest - 1) * 100,
        high=(highest - 1) * 100,
        dispersion=dispersion.widening(confidence=0.95),
    )


def change_of_shares(now: Figure, before: Figure) -> Change:
    """Return the change between two survey shares (0 to 100) in percentage points.

    The interval is NaN where either lacks its number of replies.
    """
    difference = now.value - before.value
    if not now.replies or not before.replies:
        return Change(difference, math.nan, math.nan, points=True)
    first, second = now.value / 100, before.value / 100
    low_1, high_1 = wilson_interval(first, now.replies)
    low_2, high_2 = wilson_interval(second, before.replies)
    below = math.hypot(first - low_1, high_2 - second) * 100
    above = math.hypot(high_1 - first, second - low_2) * 100
    return Change(difference, difference - below, difference + above, points=True)


def status(change: Change | None, *, target: float | None, direction: Direction) -> Status:
    """Tell whether a change meets its target.

    Parameters
    ----------
    change : Change or None
        None where the figures cannot be compared.
    target : float or None
        In the unit of the change: −12 asks for a fall of at least 12 where lower is better, +5 for
        a rise of at least 5 where higher is.
    direction : Direction
    """
    if target is None or direction == "neither":
        return Status("no target", "No target is set.")
    if change is None:
        return Status("no comparison", "There is nothing to compare with, so nobody can tell.")
    sign = -1.0 if direction == "lower" else 1.0
    aim = f"the target of {signed(target)}{_unit(points=change.points)}"
    better = sign * change.value >= sign * target
    side = "on the better side of" if better else "short of"
    if not change.known:
        return Status(
            "cannot tell",
            f"The figure is {side} {aim}, but its interval is not known: the number of replies is "
            "missing.",
        )
    worst, best = sorted((sign * change.low, sign * change.high))
    if worst >= sign * target:
        return Status("met", f"The whole interval is at or beyond {aim}.")
    if best < sign * target:
        return Status("not met", f"The whole interval is short of {aim}.")
    return Status("cannot tell", f"The figure is {side} {aim}, and its interval reaches across it.")


def change_description(change: Change | None) -> str:
    """Return a change with its interval in words: "−6 % (−12 to +1)"."""
    if change is None:
        return "not compared"
    unit = _unit(points=change.points)
    if math.isinf(change.value):
        return f"none before (at least {signed(change.low)}{unit})"
    middle = f"{signed(change.value)}{unit}"
    if not change.known:
        return f"{middle} (interval not known)"
    high = "no upper end" if math.isinf(change.high) else signed(change.high)
    return f"{middle} ({signed(change.low)} to {high})"


def signed(value: float) -> str:
    """Return a number with its sign, whole where it is 10 or more away from 0."""
    shown = round(value, 0 if abs(value) >= 9.95 else 1)
    text = f"{abs(shown):,.0f}" if float(shown).is_integer() else f"{abs(shown):.1f}"
    if not shown:
        return "0"
    return f"{'−' if shown < 0 else '+'}{text}"


def _unit(*, points: bool) -> str:
    return " points" if points else " %"
