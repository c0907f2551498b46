"""How often a fall would be seen: planted on real places like one, and measured as a review does.

Places of the treated shape on the same ground, as busy as it, are followed over earlier pairs of
periods as long and as far apart as those of the review. In each a fall is planted: half of the
place's incidents of the later period are taken out at random. What is left is measured exactly as
the review will measure it, with comparison places, drift and every reason for doubt, and the share
that is called a fall is the *power*. So it holds whatever else real places do by themselves.

A busier place is first thinned to the treated area's level; one much quieter cannot stand for it.
The comparison places are the most alike of those that are followed, by the score by which a review
chooses among all spots of the ground. Where too few places are as busy, a formula answers instead
(`models.tasking.detectable`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.tasking.comparison_area import ALIKE, PLACES, Levels, likeness, match_of_levels
from models.tasking.detectable import least_detectable_fall
from models.tasking.outcomes import BeforeAfter, Scale, beyond_others, drift_of, outcome
from models.tasking.power import FALL, Circumstances, Power
from models.tasking.spots import POOR
from models.tasking.verdict import verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from models.tasking.comparison_area import Level
    from models.tasking.verdict import Verdict

FEWEST_TRIALS: Final = 20
FEWEST_PLACES: Final = 5
_QUIETEST: Final = 0.75  # of the treated area's level, for a place to stand for it
_FEWEST_MONTHS: Final = 3
_FEWEST_AROUND: Final = 12  # to be compared with one another and to measure drift on


@dataclass(frozen=True, slots=True)
class Places:
    """Places that are followed, as arrays.

    Attributes
    ----------
    monthly : int64 array of shape (places, months)
        Incidents of each in each of some months.
    months : int64 array of shape (months,)
        Numbers of the months, counted on through those left out.
    apart : bool array of shape (places, places)
        Whether two are far enough apart for one to be the other's comparison.
    unchosen : bool array of shape (months,)
        Months on whose figures the treated area was not chosen: its level is taken from these,
        since what is chosen because it is high is lower at other times.
    """

    monthly: NDArray[np.int64]
    months: NDArray[np.int64]
    apart: NDArray[np.bool_]
    unchosen: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two earlier periods, and what each place had in them.

    Attributes
    ----------
    before, after : int64 arrays of shape (places,)
    matched : bool array of shape (months,)
        The months that are matched: none that shares a day with either.
    season : float
        Incidents of all places in the review's own period before, over those in this one: what
        the time of the year makes of a place's level.
    """

    before: NDArray[np.int64]
    after: NDArray[np.int64]
    matched: NDArray[np.bool_]
    season: float = 1.0


def power_on(
    places: Places,
    pairs: Sequence[Pair],
    *,
    own: NDArray[np.int64],
    known: Circumstances,
    rng: np.random.Generator,
    fall: float = FALL,
) -> Power | None:
    """Plant a fall on each place in each pair of periods, and count how often it is seen.

    Parameters
    ----------
    places : Places
    pairs : sequence of Pair
    own : int64 array of shape (months,)
        The treated area's own incidents in the same months.
    known : Circumstances
        Of the review to come.
    rng : Generator
        Thins the places and plants the falls.
    fall : float

    Returns
    -------
    Power or None
        None with fewer than 20 trials or on fewer than 5 places.
    """
    if len(places.monthly) < _FEWEST_AROUND:
        return None
    seen, followed, expected = 0, set(), []
    for pair in pairs:
        months = pair.matched & places.unchosen
        if months.sum() < _FEWEST_MONTHS:
            months = pair.matched
        level = int(own[months].sum())
        busy = places.monthly[:, months].sum(axis=1)
        for at in np.flatnonzero(
            (busy >= _QUIETEST * level) & (busy <= ALIKE * level) & (busy > 0)
        ):
            thinned = _thinned(places, pair, at=int(at), keep=level / busy[at], fall=fall, rng=rng)
            found = _measured(places, pair, at=int(at), trial=thinned, known=known)
            if found is None:
                continue
            followed.add(int(at))
            expected.append(found[1])
            seen += found[0].kind == "fell"
    if len(expected) < FEWEST_TRIALS or len(followed) < FEWEST_PLACES:
        return None
    return Power(seen, len(expected), len(followed), float(np.median(expected)), fall=fall)


@dataclass(frozen=True, slots=True)
class _Trial:
    """One place with a fall planted."""

    monthly: NDArray[np.int64]
    counts: BeforeAfter


def _thinned(
    places: Places, pair: Pair, *, at: int, keep: float, fall: float, rng: np.random.Generator
) -> _Trial:
    now = min(1.0, keep * pair.season)
    return _Trial(
        rng.binomial(places.monthly[at], min(1.0, keep)),
        BeforeAfter(
            int(rng.binomial(pair.before[at], now)),
            int(rng.binomial(pair.after[at], now * (1 - fall))),
        ),
    )


def _measured(
    places: Places, pair: Pair, *, at: int, trial: _Trial, known: Circumstances
) -> tuple[Verdict, float] | None:
    """Measure a trial as a review does; None where no place is alike enough to compare with.

    The second figure is what the place would have had without the fall.
    """
    months = places.months[pair.matched]
    monthly = places.monthly[:, pair.matched]
    own = Levels.of_counts(trial.monthly[np.newaxis, pair.matched], months).at(0)
    compared, worst = _comparison(own, monthly, months=months, apart=places.apart, at=at)
    if not compared:
        return None
    summed = monthly[compared].sum(axis=0, keepdims=True)
    other = Levels.of_counts(summed, months).at(0)
    rest = np.ones(len(monthly), dtype=np.bool_)
    rest[[at, *compared]] = False
    drift = drift_of(pair.before[rest], pair.after[rest])
    comparison = BeforeAfter(int(pair.before[compared].sum()), int(pair.after[compared].sum()))
    scale = Scale.of_levels(own.incidents, other.incidents)
    days = known.before.period.days, known.after.days
    found = outcome(
        trial.counts,
        comparison,
        days=days,
        scale=scale,
        drift=drift,
        comparison_places=len(compared),
    )
    least = least_detectable_fall(
        trial.counts.before,
        comparison,
        days=days,
        scale=scale,
        drift=drift,
        places=len(compared),
    )
    evidence = known.evidence(
        trial.counts,
        comparison,
        match=match_of_levels(own, other, places=len(compared), worst=worst),
        outcome=found,
        drift=drift,
        least_fall=least,
        comparison_z=beyond_others(
            comparison,
            before=pair.before[rest],
            after=pair.after[rest],
            drift=drift,
            places=len(compared),
        ),
    )
    return verdict(evidence), found.expected


def _comparison(
    own: Level,
    monthly: NDArray[np.int64],
    *,
    months: NDArray[np.int64],
    apart: NDArray[np.bool_],
    at: int,
) -> tuple[list[int], float]:
    """Return the most alike places and the worst score, as `comparison_area.propose` takes them."""
    levels = Levels.of_counts(monthly, months)
    score = likeness(own, levels)
    low, high = own.incidents / ALIKE, own.incidents * ALIKE
    free = apart[at] & (levels.incidents >= low) & (levels.incidents <= high)
    taken: list[int] = []
    while free.any() and len(taken) < PLACES:
        best = int(np.argmin(np.where(free, score, np.inf)))
        if taken and score[best] > POOR:
            break
        taken.append(best)
        free &= apart[best]
    return taken, float(score[taken].max()) if taken else math.inf
