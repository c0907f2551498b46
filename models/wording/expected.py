"""What to expect at a place, in words: a count with its interval, or why there is none."""

from __future__ import annotations

from typing import Final, Literal

ExpectedState = Literal[
    "given",
    "not_asked",  # it was not worked out
    "too_short",  # fewer than three months before the period, or the last three, are not covered
    "not_covered",  # the data do not cover the period itself
    "days_not_known",  # the period does not end with a month, and days are not known
]
NOT_EXPECTED_LABELS: Final[dict[ExpectedState, str]] = {
    "not_asked": "",
    "too_short": "history too short",
    "not_covered": "not covered",
    "days_not_known": "days not known",
}
NOT_EXPECTED_REASONS: Final[dict[ExpectedState, str]] = {
    "not_asked": "",
    "too_short": (
        "nothing is expected: it takes three months before the period that the data cover, as they "
        "had no part in drawing the hotspots"
    ),
    "not_covered": "nothing is expected: the data do not cover the whole period",
    "days_not_known": (
        "nothing is expected: many incidents are known by month alone; end the period with a month"
    ),
}


def count_label(mean: float, low: float, high: float) -> str:
    """Return an expected count with its interval: "12 (7 to 18)".

    Parameters
    ----------
    mean : float
        Below 1 it keeps a decimal.
    low, high : float
        Whole numbers.
    """
    middle = f"{mean:,.0f}" if mean >= 0.95 else f"{mean:.1f}"
    return f"{middle} ({low:,.0f} to {high:,.0f})"
