"""Short, sharp runs of incidents: at least three within 400 m in a fortnight.

The last fourteen days of the period are looked at. A run is an incident with all those within
400 m of it; the incident with most around it comes first, its run is taken out, and so on until no
incident has two others nearby. Each incident is in one run at most. Each is shown with what a usual
fortnight brought within the same 400 m over the year before, since three of a common kind in a busy
place are nothing unusual.

It takes incidents of one kind whose day is known. It is a rule of thumb and not a test: some runs
arise by chance.

Source: R. B. Santos and R. G. Santos, "Examination of police dosage in residential burglary and
residential theft from vehicle micro-time hots spots", Crime Science 4 (2015).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.sparse import coo_matrix
from scipy.spatial import cKDTree

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.calendar.periods import Period
    from models.hotspots.inputs import Incidents

_DAY: Final = 24 * 60
_USUAL_DAYS: Final = 364
_LEAST_DAYS: Final = _USUAL_DAYS - 31  # that must be covered for a usual fortnight
_MOST: Final = 20_000


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
    """

    least: int = 3
    distance_m: float = 400.0
    days: int = 14

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
    """

    easting: float
    northing: float
    incidents: int
    members: NDArray[np.int64]
    first_minute: int
    last_minute: int
    reach_m: float
    usual: float


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
        Most incidents first; of equals the one that reaches less far, then by position.

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
    found = _groups(recent, settings=chosen)
    before = xy[np.searchsorted(incidents.starts_minute, begin - _USUAL_DAYS * _DAY) : first]
    held_since = int(incidents.starts_minute[0])
    seen_days = _USUAL_DAYS - _days_within(gaps, begin - _USUAL_DAYS * _DAY, begin)
    covered = held_since <= begin - _LEAST_DAYS * _DAY and seen_days >= _LEAST_DAYS
    history = cKDTree(before) if len(before) and covered else None
    made = []
    for middle, members in found:
        usual = np.nan
        if history is not None:
            near = history.query_ball_point(recent[middle], chosen.distance_m, return_length=True)
            usual = float(near) * chosen.days / seen_days
        made.append(_run(incidents, members + first, middle=recent[middle], usual=usual))
    made.sort(key=lambda run: (-run.incidents, run.reach_m, run.easting, run.northing))
    return tuple(made)


def _days_within(gaps: Sequence[Period], start: int, end: int) -> int:
    """Return how many days of some gaps lie between two minutes."""
    spans = [each.minutes for each in gaps]
    return sum(max(min(last, end) - max(first, start), 0) for first, last in spans) // _DAY


def _groups(
    xy: NDArray[np.float64], *, settings: MicroTimeSettings
) -> list[tuple[int, NDArray[np.int64]]]:
    """Return the middle and the members of each run, taken out one after the other."""
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
    # Ties must not hang on the order of the rows: the tighter, then the more western, comes first.
    precedence = np.lexsort((xy[:, 1], xy[:, 0], np.round(sprawl, 6)))
    groups: list[tuple[int, NDArray[np.int64]]] = []
    while True:
        around = (np.asarray(near @ alive) + 1) * alive
        middle = int(precedence[np.argmax(around[precedence])])
        if around[middle] < settings.least:
            return groups
        members = np.append(near.indices[near.indptr[middle] : near.indptr[middle + 1]], middle)
        members = np.sort(members[alive[members] == 1]).astype(np.int64)
        groups.append((middle, members))
        alive[members] = 0


def _run(
    incidents: Incidents, members: NDArray[np.int64], *, middle: NDArray[np.float64], usual: float
) -> Run:
    x, y = incidents.easting[members], incidents.northing[members]
    return Run(
        easting=float(x.mean()),
        northing=float(y.mean()),
        incidents=len(members),
        members=members,
        first_minute=int(incidents.starts_minute[members[0]]),
        last_minute=int(incidents.starts_minute[members[-1]]),
        reach_m=float(np.hypot(x - middle[0], y - middle[1]).max()),
        usual=usual,
    )
