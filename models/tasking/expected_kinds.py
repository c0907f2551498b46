"""What a team is to look for at a hotspot: the kinds of incident that its hours have had there.

The hours are those of the shift, on the days that are alike: those that begin on Friday and
Saturday at 06:00, or the others (`models.tasking.visit_hours`), since the same hours of one weekday
alone hold too few incidents. Incidents are counted aoristically, so an incident that is known to
lie between two ends counts in parts; the figures are rounded, and what is left is called other, so
that they add up to their total. Where the hours of too few incidents are known, the kinds are those
of all hours, and it says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots.aoristic import aoristic_week_of
from models.tasking.visit_hours import PARTS, part_of_hours
from models.wording.categories import CATEGORIES, CATEGORY_LABELS

if TYPE_CHECKING:
    from collections.abc import Collection

    from models.hotspots.inputs import Incidents

_NAMED: Final = 3
_WEEK_HOURS: Final = 168
_DAYS: Final = {False: "Sunday to Thursday", True: "Friday and Saturday"}


@dataclass(frozen=True, slots=True)
class ExpectedKinds:
    """Kinds of incident at a place, the commonest first.

    Attributes
    ----------
    in_hours : int
        Incidents in the hours; the kinds and `other` add up to it.
    of_all : int
        Incidents at the place in all hours, those of no known hour included.
    kinds : tuple of (str, int)
        At most three.
    other : int
        Of other kinds.
    by_hours : bool
        False where the kinds are those of all hours.
    """

    in_hours: int
    of_all: int
    kinds: tuple[tuple[str, int], ...]
    other: int
    by_hours: bool

    @property
    def label(self) -> str:
        """The kinds in words: "anti-social behaviour 14, robbery 6, other kinds 2"."""
        named = [f"{kind.lower()} {count:,}" for kind, count in self.kinds]
        return ", ".join([*named, *([f"other kinds {self.other:,}"] if self.other else [])])


def alike_hours(hours: Collection[int]) -> tuple[tuple[int, ...], str]:
    """Return the same hours on all days that are alike, and what these days are called.

    Parameters
    ----------
    hours : collection of int
        Hours of the week, 0 (Monday 00:00) to 167.

    Returns
    -------
    tuple of int, str
        Hours of the week, in order; "Friday and Saturday", "Sunday to Thursday", or both.
    """
    weekend = part_of_hours() >= PARTS // 2
    wanted = {(bool(weekend[hour]), hour % 24) for hour in hours}
    found = tuple(hour for hour in range(_WEEK_HOURS) if (bool(weekend[hour]), hour % 24) in wanted)
    kinds = sorted({which for which, _ in wanted})
    return found, "; ".join(_DAYS[which] for which in kinds)


def expected_kinds(
    incidents: Incidents, hours: Collection[int], *, hours_known: bool
) -> ExpectedKinds:
    """Return which kinds of incident some hours have had at a place.

    Parameters
    ----------
    incidents : Incidents
        Of the place.
    hours : collection of int
        Hours of the week, see `alike_hours`.
    hours_known : bool
        False where the place's hours are not known well enough to tell.
    """
    weights = np.zeros(len(CATEGORIES))
    rows = sorted(set(hours))
    for at in range(len(CATEGORIES)):
        own = incidents.take(incidents.category == at)
        weights[at] = aoristic_week_of(own).weights[rows].sum() if hours_known else len(own)
    total = round(float(weights.sum()))
    order = [at for at in np.argsort(-weights, kind="stable").tolist() if weights[at] >= 0.5]
    kinds: list[tuple[str, int]] = []
    left = total
    for at in order[:_NAMED]:
        count = min(round(float(weights[at])), left)
        if count:
            kinds.append((CATEGORY_LABELS[CATEGORIES[at]], count))
            left -= count
    return ExpectedKinds(total, len(incidents), tuple(kinds), left, by_hours=hours_known)
