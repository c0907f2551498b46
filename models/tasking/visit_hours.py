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

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import betaln

from geo.errors import PlainError
from models.hotspots.aoristic import UNTIMED, aoristic_week_of
from models.hotspots.temporal import HOURS_PER_WEEK, LEAST_TIMED_INCIDENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from models.hotspots.inputs import Incidents
    from models.tasking.tasking import TaskingDraft

DAY_BEGINS: Final = 6  # so that a night is one piece
PART_HOURS: Final = 4
PARTS: Final = 2 * 24 // PART_HOURS
_OTHER_DAYS: Final = 0.5
_EITHER_WAY_H: Final = 3.0
_KAPPAS: Final = np.geomspace(0.5, 5000.0, 60)
_MOST_UNTIMED: Final = 0.3
_EVEN: Final = 1e-9
_BLOCKS: Final = PARTS // 2
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME: Final = re.compile(r"([a-z]{3})[a-z]*\s+([01]?\d|2[0-3])(?::[0-5]\d)?")
_EVERY_DAY: Final = "every day"
_DAYS: Final = ("Sundays to Thursdays", "Fridays and Saturdays")


class VisitTimeError(PlainError, ValueError):
    """A weekday and an hour were not written as such."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:40]!r} is no time of a visit. Write a weekday and a time, such as 'Fri 23:30'."
        )


def part_of(moment: datetime) -> int:
    """Return the part of the week, 0 to 11, of a moment on the local clock."""
    return int(part_of_hours()[24 * moment.weekday() + moment.hour])


def part_of_hours() -> NDArray[np.int64]:
    """Return the part of each hour of the week, shape (168,); 0 is Monday 00:00."""
    since = (np.arange(HOURS_PER_WEEK) - DAY_BEGINS) % HOURS_PER_WEEK
    weekend = np.isin(since // 24, (4, 5))
    return np.asarray(weekend * _BLOCKS + since % 24 // PART_HOURS)


def hours_label(parts: Iterable[int]) -> str:
    """Return parts of the week in words: "Fridays and Saturdays, 22:00 to 02:00"; "" for none."""
    held = set(parts)
    if len(held) == PARTS:
        return "all hours of the week"
    runs = [tuple(_runs(each % _BLOCKS for each in held if each // _BLOCKS == n)) for n in (0, 1)]
    every = [run for run in runs[0] if run in runs[1]]
    listed = [(_EVERY_DAY, run) for run in every]
    for days, own in zip(_DAYS, runs, strict=True):
        listed += [(days, run) for run in own if run not in every]
    return "; ".join(_run_label(days, *run) for days, run in listed)


def _runs(blocks: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Return the first and the last of each run of blocks that follow each other."""
    held = sorted(set(blocks))
    for _, run in groupby(enumerate(held), key=lambda each: each[1] - each[0]):
        numbers = [block for _, block in run]
        yield numbers[0], numbers[-1]


def _run_label(days: str, first: int, last: int) -> str:
    begin = (DAY_BEGINS + first * PART_HOURS) % 24
    end = (DAY_BEGINS + (last + 1) * PART_HOURS) % 24
    who = days
    if begin < DAY_BEGINS:
        who = "every night" if days == _EVERY_DAY else f"the nights after {days}"
    return f"{who}, {begin:02d}:00 to {end:02d}:00"


def parts_of_hours(weekdays: Iterable[int], start_hour: int, end_hour: int) -> tuple[int, ...]:
    """Return the part of the week of each hour from one to another on some days, Monday is 0.

    An `end_hour` at or before `start_hour` is on the next day.
    """
    span = (end_hour - start_hour - 1) % 24 + 1
    by_hour = part_of_hours()
    hours = [24 * day + start_hour + n for day in weekdays for n in range(span)]
    return tuple(int(by_hour[hour % HOURS_PER_WEEK]) for hour in hours)


def visit_parts(draft: TaskingDraft) -> tuple[int, ...]:
    """Return the part of the week of each planned visit of a tasking, else of each of its hours."""
    if draft.team_plan is not None and draft.team_plan.visits:
        return tuple(
            part_of(each.starts_at + (each.ends_at - each.starts_at) / 2)
            for each in draft.team_plan.visits
        )
    return parts_of_hours(draft.hours.weekdays, draft.hours.start_hour, draft.hours.end_hour)


def read_visit_time(text: str) -> int:
    """Return the part of the week of "Fri 23:30", as it is written on a command line.

    Raises
    ------
    VisitTimeError
    """
    found = _TIME.fullmatch(text.strip().casefold())
    if found is None or found[1] not in _WEEKDAYS:
        raise VisitTimeError(text)
    return int(part_of_hours()[24 * _WEEKDAYS.index(found[1]) + int(found[2])])


def why_not_by_hours(incidents: Incidents, parts: Iterable[int]) -> str:
    """Say why incidents cannot say which streets matter in some parts of the week; "" if they can.

    Fewer than ten in those hours could show where one of them was.
    """
    untimed = int((incidents.ends_minute == UNTIMED).sum())
    if untimed > _MOST_UNTIMED * len(incidents):
        return f"{untimed / len(incidents):.0%} of its incidents have no known hour"
    if len(incidents) - untimed < LEAST_TIMED_INCIDENTS:
        return f"fewer than {LEAST_TIMED_INCIDENTS} of its incidents have a known hour"
    week = aoristic_week_of(incidents).weights
    if week[np.isin(part_of_hours(), list(set(parts)))].sum() < LEAST_TIMED_INCIDENTS - _EVEN:
        return (
            f"fewer than {LEAST_TIMED_INCIDENTS} of its incidents lie in the hours of the visit "
            f"({hours_label(parts)})"
        )
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
    weekend, block = divmod(part, _BLOCKS)
    middle = DAY_BEGINS + (block + 0.5) * PART_HOURS
    hour = np.arange(HOURS_PER_WEEK) % 24 + 0.5
    apart = np.abs((hour - middle + 12) % 24 - 12)
    same = part_of_hours() // _BLOCKS == weekend
    days = np.where(same, 1.0, _OTHER_DAYS)
    return np.asarray(days * np.maximum(_EITHER_WAY_H - apart, 0) / _EITHER_WAY_H)
