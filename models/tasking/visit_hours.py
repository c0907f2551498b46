"""The hours of visits, and how much of what lies along each street falls into them.

A street has few incidents in the hours of one visit, so its share of them is not taken as counted.
The week is cut into twelve parts: days that begin on Friday and Saturday at 06:00 and the others,
by four hours. Of a street with n incidents, k̃ of them near the hours of a part (a triangle of three
hours either way around its middle; the other days count half), and of a hotspot in which the share
q is near those hours, the share is taken to be

    (k̃ + κ q) / (n + κ)

κ is what makes the counts of the hotspot's streets in that part of the week most likely, if their
own shares vary around the hotspot's as a beta distribution with κ. Where streets differ no more
than by chance, κ is large and every street has the hotspot's hours: the loop is that of all hours.

Sources: C. Morris, "Parametric empirical Bayes inference", Journal of the American Statistical
Association 78 (1983); A. Gelman et al., "Bayesian Data Analysis" (3rd ed., 2013), section 5.3;
J. H. Ratcliffe, "Aoristic analysis", International Journal of Geographical Information Science 14
(2000).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betaln

from models.hotspots.aoristic import UNTIMED, aoristic_week_of
from models.hotspots.temporal import HOURS_PER_WEEK, LEAST_TIMED_INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents

DAY_BEGINS: Final = 6  # so that a night is one piece
PART_HOURS: Final = 4
PARTS: Final = 2 * 24 // PART_HOURS
_OTHER_DAYS: Final = 0.5
_EITHER_WAY_H: Final = 3.0
_KAPPAS: Final = np.geomspace(0.5, 5000.0, 60)
_MOST_UNTIMED: Final = 0.3
_DAYS: Final = ("Sundays to Thursdays", "Fridays and Saturdays")


def part_of(moment: datetime) -> int:
    """Return the part of the week, 0 to 11, of a moment on the local clock."""
    return int(part_of_hours()[24 * moment.weekday() + moment.hour])


def part_of_hours() -> NDArray[np.int64]:
    """Return the part of each hour of the week, shape (168,); 0 is Monday 00:00."""
    since = (np.arange(HOURS_PER_WEEK) - DAY_BEGINS) % HOURS_PER_WEEK
    weekend = np.isin(since // 24, (4, 5))
    return np.asarray(weekend * (PARTS // 2) + since % 24 // PART_HOURS)


def part_label(part: int) -> str:
    """Return a part of the week in words: "Fridays and Saturdays, 22:00 to 02:00"."""
    weekend, block = divmod(part, PARTS // 2)
    begin = (DAY_BEGINS + block * PART_HOURS) % 24
    night = "the nights after " if begin < DAY_BEGINS else ""
    return f"{night}{_DAYS[weekend]}, {begin:02d}:00 to {(begin + PART_HOURS) % 24:02d}:00"


def hours_label(parts: Iterable[int]) -> str:
    """Return the parts of the week of some visits in words; "" for none."""
    return "; ".join(part_label(each) for each in sorted(set(parts)))


def why_not_by_hours(incidents: Incidents) -> str:
    """Say why incidents cannot say which hours a street has; "" where they can."""
    untimed = int((incidents.ends_minute == UNTIMED).sum())
    if untimed > _MOST_UNTIMED * len(incidents):
        return f"{untimed / len(incidents):.0%} of its incidents have no known hour"
    if len(incidents) - untimed < LEAST_TIMED_INCIDENTS:
        return f"fewer than {LEAST_TIMED_INCIDENTS} of its incidents have a known hour"
    return ""


def worth_in_hours(
    incidents: Incidents, group: NDArray[np.intp], parts: Sequence[int]
) -> NDArray[np.float64]:
    """Return what each group of incidents is worth to visits in some parts of the week.

    Parameters
    ----------
    incidents : Incidents
        Of a hotspot.
    group : int array of shape (n,)
        Each incident's street, -1 for those on none.
    parts : sequence of int
        Of the visits, 0 to 11, one for each visit.

    Returns
    -------
    float64 array of shape (groups + 1,)
        In incidents, and adding up to their number; the last is of those on no street.
    """
    groups = int(group.max(initial=-1)) + 1
    own = np.where(group < 0, groups, group)
    all_of = np.bincount(own, minlength=groups + 1).astype(np.float64)
    weeks = np.stack(
        [aoristic_week_of(incidents.take(own == each)).weights for each in range(groups + 1)]
    )
    worth = np.zeros(groups + 1)
    for part in parts:
        worth += all_of * shares_in_part(weeks, part)
    return np.asarray(worth * (len(incidents) / worth.sum() if worth.sum() > 0 else 0.0))


def shares_in_part(weeks: NDArray[np.float64], part: int) -> NDArray[np.float64]:
    """Return the share of each street's incidents that is taken to lie near a part of the week.

    Parameters
    ----------
    weeks : float64 array of shape (streets, 168)
        Aoristic weeks.
    part : int
    """
    timed = weeks.sum(axis=1)
    near = weeks @ _nearness(part)
    shared = float(near.sum() / timed.sum()) if timed.sum() > 0 else 1.0
    kappa = likeliest_kappa(timed, weeks[:, part_of_hours() == part].sum(axis=1))
    return np.asarray((near + kappa * shared) / (timed + kappa))


def likeliest_kappa(timed: NDArray[np.float64], counted: NDArray[np.float64]) -> float:
    """Return the κ of a beta distribution of shares that makes counts most likely.

    Parameters
    ----------
    timed, counted : float64 arrays of shape (streets,)
        Incidents of each, and those in the part of the week; not whole where they are spread.

    Returns
    -------
    float
        Of 60 values from 0.5 to 5,000; the largest where nothing tells streets apart.
    """
    total, within = float(timed.sum()), float(counted.sum())
    if not 0 < within < total:
        return float(_KAPPAS[-1])
    share = within / total
    one, other = _KAPPAS[:, np.newaxis] * share, _KAPPAS[:, np.newaxis] * (1 - share)
    likelihood = (betaln(counted + one, timed - counted + other) - betaln(one, other)).sum(axis=1)
    largest_first = np.round(likelihood, 9)[::-1]
    return float(_KAPPAS[::-1][int(np.argmax(largest_first))])


def _nearness(part: int) -> NDArray[np.float64]:
    """Return how much each hour of the week counts for a part, shape (168,)."""
    weekend, block = divmod(part, PARTS // 2)
    middle = DAY_BEGINS + (block + 0.5) * PART_HOURS
    hour = np.arange(HOURS_PER_WEEK) % 24 + 0.5
    apart = np.abs((hour - middle + 12) % 24 - 12)
    same = part_of_hours() // (PARTS // 2) == weekend
    days = np.where(same, 1.0, _OTHER_DAYS)
    return np.asarray(days * np.maximum(_EITHER_WAY_H - apart, 0) / _EITHER_WAY_H)
