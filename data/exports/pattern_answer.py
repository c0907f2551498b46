"""What the patterns of a view come to, in the sentence that stands above each of their sections.

All of it is counted; only that a run is more than chance is more than a count, and is said where
`models.incidents.runs` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.counting import counted
from models.calendar.week import WEEKDAYS
from models.wording.categories import CATEGORY_LABELS

if TYPE_CHECKING:
    from models.hotspots.concentration import Concentration
    from models.incidents.patterns import Patterns
    from models.incidents.runs import Runs


def hours_answer(patterns: Patterns) -> str:
    """Return the busiest hour of the week; there must be incidents with a known hour."""
    week = patterns.week
    day, hour = divmod(int(np.argmax(week.matrix)), week.matrix.shape[1])
    return (
        f"The busiest hour of the week is {WEEKDAYS[day]} from {hour:02d}:00, with "
        f"{week.matrix[day, hour]:,.0f} of the "
        f"{counted(week.timed, 'incident that has', 'incidents that have')} a known hour."
    )


def kinds_answer(patterns: Patterns) -> str:
    """Return the commonest kind, and that of how many incidents it is."""
    first = patterns.kinds[0]
    return (
        f"{CATEGORY_LABELS[first.category]} is the commonest kind: {first.incidents:,} of "
        f"{counted(patterns.incidents, 'incident')} ({first.share:.0%})."
    )


def places_answer(places: Concentration) -> str:
    """Return in how few cells a half and a quarter of the incidents lie."""
    return (
        f"Half of {counted(places.incidents, 'incident falls', 'incidents fall')} in "
        f"{places.places_half:,} of {counted(places.places, 'cell')} of 150 m "
        f"({places.share_half:.1%}), a quarter in "
        f"{places.places_quarter:,} ({places.share_quarter:.1%})."
    )


def runs_answer(sudden: Runs) -> str:
    """Return how many runs of a kind are more than chance, or that nobody can tell."""
    label = CATEGORY_LABELS[sudden.category]
    beyond, unjudged = len(sudden.standing_out), len(sudden.unjudged)
    if beyond:
        said = (
            f"{label}: {counted(beyond, 'run is', 'runs are')} more than chance would bring in the "
            "last fortnight"
        )
    elif unjudged:
        return (
            f"{label}: nobody can tell whether "
            f"{counted(unjudged, 'group is', 'groups are')} more than chance would bring in the "
            "last fortnight: the data do not cover the year before."
        )
    else:
        said = f"{label}: no run in the last fortnight is more than chance would bring"
    gaps = ", as far as the data cover it" if sudden.gaps else ""
    return f"{said}{gaps}."
