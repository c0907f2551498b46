"""What a grid of hours is made of, in words: counted, spread over hours, left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.hotspots.aoristic import AoristicWeek
    from models.hotspots.week_windows import WindowShare


def hours_in_words(week: AoristicWeek) -> str:
    """Return how the incidents of a week are placed in its hours."""
    parts = [f"{week.in_one_hour:,} incidents are counted in the hour they started"]
    if week.spread:
        parts.append(
            f"{week.spread:,} known only to lie between two times are spread evenly over the "
            "minutes between"
        )
    if week.over_a_week:
        parts.append(f"{week.over_a_week:,} that span more than a week weigh the same in each hour")
    words = "; ".join(parts) + "."
    if week.untimed:
        words += f" Left out: {week.untimed:,} known by day or month alone."
    return words


def window_in_words(when: str, share: WindowShare) -> str:
    """Return what part of the timed incidents falls into a window, and against an even spread."""
    return (
        f"{share.share:.0%} of the timed incidents ({share.incidents:,.0f}) fall {when}: "
        f"{share.times_even:.1f} times as many as in as many hours at random."
    )
