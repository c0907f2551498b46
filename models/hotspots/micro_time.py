"""Short, sharp runs of incidents: at least three within 400 m in a fortnight.

The last fourteen days of the period are looked at. A run is an incident with all those within
400 m of it; the most surprising comes first, its incidents are taken out, and so on until no
incident has two others nearby. Each incident is in one run at most. Each is given with what a usual
fortnight brought within the same 400 m over the year before, since three of a common kind in a busy
place are nothing unusual, and with its *chance*: how often one at least as surprising would come up
anywhere on the ground if nothing were going on (`models.hotspots.run_scan`). Where the year before
is not covered, the largest comes first and the chance is not known.

It takes incidents of one kind whose day is known.

Source: R. B. Santos and R. G. Santos, "Examination of police dosage in residential burglary and
residential theft from vehicle micro-time hots spots", Crime Science 4 (2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.spatial import cKDTree

from geo.errors import PlainError
from models.hotspots.run_scan import RunScan
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents

_DAY: Final = 24 * 60
_USUAL_DAYS: Final = 364
_LEAST_DAYS: Final = _USUAL_DAYS - 31  # that must be covered for a usual fortnight
_MOST: Final = 20_000
RUN_LEVEL: Final = 0.05  # of mornings on which nothing is going on: any run, of any kind


class MicroTimeError(PlainError, ValueError):
    """Runs cannot be looked for with these settings or these incidents."""


@dataclass(frozen=True, slots=True)
class MicroTimeSettings:
    """What a run is.

    Attributes
    ----------
    least : int
        Incidents in a run, at least 2.
    distance_m : float
        From the incident in the middle of the run.
    days : int
        How far back the run reaches from the end of the period.
    permutations : int
        How often the days are shuffled to know what chance brings.
    seed : int
        Of that shuffling: the same incidents give the same chances.
    """

    least: int = 3
    distance_m: float = 400.0
    days: int = 14
    permutations: int = 999
    seed: int = 1

    def __post_init__(self) -> None:
        if self.least < 2 or self.distance_m <= 0 or self.days < 1:
            message = (
                f"No run can be of {self.least} incidents within {self.distance_m:g} m in "
                f"{self.days} days: choose at least 2 incidents, more than 0 m and at least 1 day."
            )
            raise MicroTimeError(message)


@dataclass(frozen=True, slots=True)
class Run:
    """Incidents close together in place and time.

    Attributes
    ----------
    easting, northing : float
        Mean position, metres.
    incidents : int
    members : int64 array of shape (incidents,)
        Their rows in the incidents given, in order of time.
    first_minute, last_minute : int
        Local wall-clock minutes of its first and last incident.
    reach_m : float
        From the middle incident to the farthest.
    usual : float
        Incidents of a usual fortnight (or `days`) within the same distance of the middle incident
        over the year before; NaN where the incidents given do not reach that far back.
    chance : float
        That a run at least as surprising comes up anywhere on the ground where days are as good as
        drawn; NaN where `usual` is.
    """

    easting: float
    northing: float
    incidents: int
    members: NDArray[np.int64]
    first_minute: int
    last_minute: int
    reach_m: float
    usual: float
    chance: float

    @property
    def stands_out(self) -> bool:
        """Whether chance would bring one like it, of any kind, on one morning of twenty at most."""
        return self.chance <= RUN_LEVEL / len(CATEGORIES)


def runs(
    incidents: Incidents,
    *,
    end_minute: int,
    settings: MicroTimeSettings | None = None,
    gaps: Sequence[Period] = (),
) -> tuple[Run, ...]:
    """Find the runs of the last days of a period.

    Parameters
    ----------
    incidents : Incidents
        Of one kind, of known day, in order of time; those of the year before too, where a usual
        fortnight is to be worked out.
    end_minute : int
        First local wall-clock minute after the period.
    settings : MicroTimeSettings, optional
    gaps : sequence of Period
        Stretches of the year before that the data do not cover: a usual fortnight is worked out
        from the other days, or not at all where more than a month is missing.

    Returns
    -------
    tuple of Run
        Most surprising first; of equals the one of most incidents, the tighter, then by position.

    Raises
    ------
    MicroTimeError
        If more than 20,000 incidents fall into the last days: that is not one kind in one borough.
    """
    chosen = settings or MicroTimeSettings()
    begin = end_minute - chosen.days * _DAY
    first, after = np.searchsorted(incidents.starts_minute, [begin, end_minute])
    if after - first > _MOST:
        message = (
            f"Too many incidents to look for runs in: {after - first:,} in {chosen.days} days, and "
            f"at most {_MOST:,} can be used. Choose one kind of incident or fewer wards."
        )
        raise MicroTimeError(message)
    xy = np.column_stack([incidents.easting, incidents.northing])
    recent = xy[first:after]
    if len(recent) < chosen.least:
        return ()
    year = int(np.searchsorted(incidents.starts_minute, begin - _USUAL_DAYS * _DAY))
    held_since = int(incidents.starts_minute[0])
    seen_days = _USUAL_DAYS - _days_within(gaps, begin - _USUAL_DAYS * _DAY, begin)
    covered = held_since <= begin - _LEAST_DAYS * _DAY and seen_days >= _LEAST_DAYS
    if covered and year < first:
        found = _judged(xy[year:after], recent, settings=chosen, seen_days=seen_days)
    else:
        found = [(each, math.nan, math.nan) for each in _groups(recent, settings=chosen)]
    return tuple(
        _run(incidents, group, first=int(first), usual=usual, chance=chance)
        for group, usual, chance in found
    )


def _judged(
    year: NDArray[np.float64],
    recent: NDArray[np.float64],
    *,
    settings: MicroTimeSettings,
    seen_days: int,
) -> list[tuple[_Group, float, float]]:
    """Return the runs with what is usual there and with their chance."""
    scan = RunScan(year, recent=len(recent), distance_m=settings.distance_m)
    groups = _groups(recent, settings=settings, scan=scan)
    chances = scan.chances(
        np.array([group.surprise for group in groups]),
        least=settings.least,
        permutations=settings.permutations,
        rng=np.random.default_rng(settings.seed),
    )
    before = cKDTree(year[: -len(recent)])
    middles = recent[[group.middle for group in groups]].reshape(-1, 2)
    near = before.query_ball_point(middles, settings.distance_m, return_length=True)
    usual = np.asarray(near, dtype=np.float64) * settings.days / seen_days
    return list(zip(groups, usual.tolist(), chances.tolist(), strict=True))


def _days_within(gaps: Sequence[Period], start: int, end: int) -> int:
    """Return how many days of some gaps lie between two minutes."""
    spans = [each.minutes for each in gaps]
    return sum(max(min(last, end) - max(first, start), 0) for first, last in spans) // _DAY


@dataclass(frozen=True, slots=True)
class _Group:
    """The middle and the members of a run, as rows of the last days' incidents."""

    middle: int
    members: NDArray[np.int64]
    surprise: float


def _groups(
    xy: NDArray[np.float64], *, settings: MicroTimeSettings, scan: RunScan | None = None
) -> list[_Group]:
    """Return the runs, taken out one after the other: by surprise, or by size without a scan."""
    n = len(xy)
    pairs = cKDTree(xy).query_pairs(settings.distance_m, output_type="ndarray")
    one, other = pairs.T
    near = coo_matrix(
        (np.ones(2 * len(pairs), dtype=np.int64), (np.r_[one, other], np.r_[other, one])),
        shape=(n, n),
    ).tocsr()
    away = np.hypot(*(xy[one] - xy[other]).T)
    sprawl = np.bincount(np.r_[one, other], weights=np.r_[away, away], minlength=n)
    alive = np.ones(n, dtype=np.int64)
    groups: list[_Group] = []
    while True:
        around = (np.asarray(near @ alive) + 1) * alive
        enough = around >= settings.least
        if not enough.any():
            return groups
        surprise = np.zeros(n) if scan is None else scan.surprises(around)
        # Ties must not hang on the order of the rows: the tighter, then the more western, is first.
        by = (xy[:, 1], xy[:, 0], np.round(sprawl, 6), -around, -np.round(surprise, 9), ~enough)
        middle = int(np.lexsort(by)[0])
        members = np.append(near.indices[near.indptr[middle] : near.indptr[middle + 1]], middle)
        members = np.sort(members[alive[members] == 1]).astype(np.int64)
        groups.append(_Group(middle, members, float(surprise[middle])))
        alive[members] = 0


def _run(
    incidents: Incidents,
    group: _Group,
    *,
    first: int,
    usual: float,
    chance: float,
) -> Run:
    members, middle = group.members + first, group.middle + first
    x, y = incidents.easting[members], incidents.northing[members]
    return Run(
        easting=float(x.mean()),
        northing=float(y.mean()),
        incidents=len(members),
        members=members,
        first_minute=int(incidents.starts_minute[members[0]]),
        last_minute=int(incidents.starts_minute[members[-1]]),
        reach_m=float(
            np.hypot(x - incidents.easting[middle], y - incidents.northing[middle]).max()
        ),
        usual=usual,
        chance=chance,
    )
