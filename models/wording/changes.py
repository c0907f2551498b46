"""A change in per cent with its interval, or in words where the counts are too few for either.

The interval of 9 against 1 runs from +14 % to +38,945 %. Printed, it reads as a figure and is none:
where the ends lie apart by more than a factor of ten, the two counts say all there is to say.
"""

from __future__ import annotations

import math
from typing import Final

WIDEST_FACTOR: Final = 10.0  # between the two ends of a ratio's interval
TOO_FEW_FOR_A_PERCENTAGE: Final = "too few for a percentage"


def too_wide(low: float, high: float) -> bool:
    """Tell whether the interval of a change is too wide to be printed as percentages.

    Parameters
    ----------
    low, high : float
        Ends of the interval of the change as shares: −0.25 is a fall by a quarter.
    """
    return not math.isfinite(high) or 1.0 + high > WIDEST_FACTOR * (1.0 + low)


def signed_percent(change: float) -> str:
    """Return a change in per cent with its sign: "+12%", "−7%"."""
    return f"{change:+,.0%}".replace("-", "−")


def interval_of_change(low: float, high: float) -> str:
    """Return the interval of a change in words: "95 % interval −25% to +45%", or why there is none.

    Parameters
    ----------
    low, high : float
        As `too_wide` takes them.
    """
    if too_wide(low, high):
        return TOO_FEW_FOR_A_PERCENTAGE
    return f"95 % interval {signed_percent(low)} to {signed_percent(high)}"
