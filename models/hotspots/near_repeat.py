"""Near-repeat: whether an incident is soon followed by others nearby more often than chance.

The Knox test. Every pair of incidents is counted in a table of distance by days apart. Then the
dates are permuted among the same places many times, which keeps where incidents happen and
when incidents happen but breaks any link between the two. A band that holds more pairs than the
permutations give is a place and time of raised risk.

**Intervals** are `[a, b)` in both directions and written so: a pair exactly 100 m apart is in
[100, 200), one exactly 7 days apart in [7, 14). (A widely used calculator labels its bands "a to b"
but counts `[a − 1, b)`.) Days are calendar days of local time, so two incidents on one date are 0
days apart whatever the hour.

**p** is one-sided, `(1 + #≥) / (1 + n)`: how often a permutation gives at least as many pairs. It
is never 0. The table has many bands, so one in a hundred (`SURE_P`), not one in twenty, is what
makes a band stand out, and only together with a fifth more pairs than chance (`LEAST_RATIO`).

Sources: E. G. Knox, "The detection of space-time interactions", Applied Statistics 13 (1964);
J. Besag and P. J. Diggle, "Simple Monte Carlo tests for spatial pattern", Applied Statistics 26
(1977); M. Townsley, R. Homel and J. Chaseling, "Infectious burglaries", British Journal of
Criminology 43 (2003); J. H. Ratcliffe, Near Repeat Calculator (2009), for the fifth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from geo.counting import counted
from models.hotspots._knox_kernels import Strips, count_pairs
from models.hotspots.method_result import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

Distance = Literal["manhattan", "euclidean"]
DISTANCES: Final[tuple[str, ...]] = get_args(Distance)
SAME_PLACE_M: Final = 1.0
SURE_P: Final = 0.01
LEAST_RATIO: Final = 1.2
_SETS_AT_ONCE: Final = 64
_MOST_PERMUTATIONS: Final = 9999
_LONGEST_DAYS: Final = 32_767  # 89 years
_STRIP_SLACK: Final = 1e-9  # wider than rounding, so that near points are never two strips apart


@dataclass(frozen=True, slots=True)
class NearRepeatSettings:
    """What is counted and how often the dates are permuted.

    Attributes
    ----------
    space_edges_m : tuple of float
        Ends of the bands of distance in metres, from 0, ascending; the last may be infinite. A
        first band of up to `SAME_PLACE_M` is "the same place".
    time_edges_days : tuple of float
        Ends of the bands of time in whole days, from 0, ascending; the last may be infinite.
    distance : {"manhattan", "euclidean"}
        Along the axes, as one walks round blocks, or straight.
    permutations : int
        19 to 9,999.
    seed : int
        Of the permutations, so that the same data give the same answer.

    Raises
    ------
    SettingError
    """

    space_edges_m: tuple[float, ...] = (0, 1, 100, 200, 300, 400, math.inf)
    time_edges_days: tuple[float, ...] = (0, 7, 14, 28, 56, math.inf)
    distance: Distance = "manhattan"
    permutations: int = 999
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("space_edges_m", "time_edges_days"):
            edges = getattr(self, name)
            rises = all(low < high for low, high in pairwise(edges))
            if len(edges) < 2 or edges[0] != 0 or not rises:
                raise SettingError(
                    setting=name, value=edges, allowed="two or more numbers that rise from 0"
                )
        if any(edge != round(edge) for edge in self.time_edges_days if math.isfinite(edge)):
            raise SettingError(
                setting="time_edges_days", value=self.time_edges_days, allowed="whole days"
            )
        if self.distance not in DISTANCES:
            raise SettingError(
                setting="distance", value=self.distance, allowed=f"one of {', '.join(DISTANCES)}"
            )
        if not 19 <= self.permutations <= _MOST_PERMUTATIONS:
            raise SettingError(
                setting="permutations", value=self.permutations, allowed="from 19 to 9,999"
            )


# Not slotted: a cached property needs somewhere to keep its value.
@dataclass(frozen=True)
class KnoxTable:
    """Pairs by distance (rows) and days apart (columns), against what chance gives.

    Attributes
    ----------
    settings : NearRepeatSettings
    incidents : int
        Pairs in all are ``incidents × (incidents − 1) / 2``.
    observed : int64 array of shape (space bands, time bands)
    expected : float64 array of that shape
        Mean of the permutations.
    at_least : int64 array of that shape
        How many permutations hold as many pairs or more.
    """

    settings: NearRepeatSettings
    incidents: int
    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    at_least: NDArray[np.int64]

    @cached_property
    def ratio(self) -> NDArray[np.float64]:
        """Observed pairs over the mean of the permutations; NaN where that mean is zero."""
        empty = self.expected == 0
        return np.where(empty, np.nan, self.observed / np.where(empty, 1.0, self.expected))

    @cached_property
    def p(self) -> NDArray[np.float64]:
        """One-sided p of as many pairs by chance."""
        return np.asarray((1 + self.at_least) / (1 + self.settings.permutations), dtype=np.float64)

    @cached_property
    def stands_out(self) -> NDArray[np.bool_]:
        """Bands that hold clearly more than chance: p ≤ `SURE_P`, ratio ≥ `LEAST_RATIO`."""
        return (self.p <= SURE_P) & (np.nan_to_num(self.ratio) >= LEAST_RATIO)

    @cached_property
    def raised(self) -> NDArray[np.bool_]:
        """Bands in which risk is taken to be raised: those that stand out without a gap.

        A band counts only if every sooner band at its distance does, and the next nearer one at its
        time (the same place aside, where there may be too few to tell). Risk that is passed on
        fades with distance and time; a band that stands out alone far away is not that.
        """
        raised = self.stands_out.copy()
        finite = np.isfinite(self.settings.space_edges_m[1:])
        raised[~finite] = False
        raised[:, ~np.isfinite(self.settings.time_edges_days[1:])] = False
        first_is_place = self.settings.space_edges_m[1] <= SAME_PLACE_M
        for band in range(len(raised)):
            if band > (1 if first_is_place else 0):
                raised[band] &= raised[band - 1]
            raised[band] = np.logical_and.accumulate(raised[band])
        return raised

    @property
    def space_bands(self) -> tuple[str, ...]:
        """What each row is called, its interval written out."""
        return tuple(
            _distance_label(low, high) for low, high in pairwise(self.settings.space_edges_m)
        )

    @property
    def time_bands(self) -> tuple[str, ...]:
        """What each column is called, its interval written out."""
        return tuple(
            _days_label(low, high) for low, high in pairwise(self.settings.time_edges_days)
        )


def knox(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    day: NDArray[np.int64],
    settings: NearRepeatSettings,
    rng: np.random.Generator,
    progress: Callable[[float], None] | None = None,
) -> KnoxTable:
    """Count near pairs and compare with permuted dates.

    The order of the rows changes nothing, not even the permutations.

    Parameters
    ----------
    easting, northing : float64 arrays of shape (n,)
        Metres in a metric CRS, finite.
    day : int64 array of shape (n,)
        Local calendar days since any one day.
    settings : NearRepeatSettings
    rng : Generator
        Permutes the dates.
    progress : callable, optional
        Told the share done, 0 to 1, now and then; what it raises ends the count.

    Returns
    -------
    KnoxTable

    Raises
    ------
    SettingError
        If the days span more than 89 years.
    """
    finite = [edge for edge in settings.space_edges_m[1:] if math.isfinite(edge)]
    since, order, strips = _prepared(
        easting, northing, day=day, reach=max(finite, default=SAME_PLACE_M)
    )
    longest = int(since.max(initial=0)) + 1
    within = np.array([min(edge, longest) for edge in settings.time_edges_days[1:]], dtype=np.int64)
    # Every set of dates has as many pairs of each difference in days; only near ones vary.
    all_pairs = _pairs_within(np.sort(since.astype(np.int64)), within)
    manhattan = settings.distance == "manhattan"
    limits = np.array(finite) if manhattan else np.array(finite) ** 2
    observed = np.zeros((len(settings.space_edges_m) - 1, len(within)), dtype=np.int64)
    summed, at_least = np.zeros_like(observed), np.zeros_like(observed)
    done = 0
    for sets in _permutations(since[order], permutations=settings.permutations, rng=rng):
        near = count_pairs(strips, limits, manhattan, sets, within.astype(np.uint16))
        tables = _tables(near, all_pairs=all_pairs, bands=len(observed))
        if done == 0:
            observed, tables = tables[..., 0], tables[..., 1:]
        summed += tables.sum(axis=-1)
        at_least += (tables >= observed[..., np.newaxis]).sum(axis=-1)
        done += sets.shape[1]
        if progress is not None:
            progress(done / (settings.permutations + 1))
    return KnoxTable(
        settings=settings,
        incidents=len(day),
        observed=observed,
        expected=summed / settings.permutations,
        at_least=at_least,
    )


def _prepared(
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    day: NDArray[np.int64],
    reach: float,
) -> tuple[NDArray[np.uint16], NDArray[np.intp], Strips]:
    """Return days since the first, and the points in strips with their order.

    The order is by strip, easting, northing and day: the same whatever order the rows came in.
    """
    span = int(day.max() - day.min()) if len(day) else 0
    if span > _LONGEST_DAYS:
        raise SettingError(
            setting="period",
            value=f"{counted(span, 'day')}",
            allowed=f"at most {_LONGEST_DAYS:,} days",
        )
    since = (day - (day.min() if len(day) else 0)).astype(np.uint16)
    bottom = northing.min() if len(northing) else 0.0
    strip = np.floor((northing - bottom) / (reach * (1 + _STRIP_SLACK))).astype(np.int64)
    order = np.lexsort((day, northing, easting, strip))
    number, first = np.unique(strip[order], return_index=True)
    strips = Strips(
        x=np.ascontiguousarray(easting[order], dtype=np.float64),
        y=np.ascontiguousarray(northing[order], dtype=np.float64),
        number=number,
        start=np.append(first, len(order)).astype(np.int64),
        reach=float(reach),
    )
    return since, order, strips


def _permutations(
    since: NDArray[np.uint16], *, permutations: int, rng: np.random.Generator
) -> Iterator[NDArray[np.uint16]]:
    """Give the days as they are and then permuted, some sets at a time, shape (n, sets)."""
    left = permutations + 1
    while left:
        sets = np.tile(since, (min(_SETS_AT_ONCE, left), 1))
        permuted = sets[1:] if left > permutations else sets
        rng.permuted(permuted, axis=1, out=permuted)
        yield np.ascontiguousarray(sets.T)
        left -= len(sets)


def _pairs_within(days: NDArray[np.int64], within: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count all pairs of sorted days that are fewer than each of `within` days apart."""
    later = np.searchsorted(days, days[:, np.newaxis] + within, side="left")
    counted: NDArray[np.int64] = (later - np.arange(1, len(days) + 1)[:, np.newaxis]).sum(axis=0)
    return counted


def _tables(
    near: NDArray[np.int64], *, all_pairs: NDArray[np.int64], bands: int
) -> NDArray[np.int64]:
    """Return pairs per band of distance and of time, shape (space bands, time bands, sets)."""
    if bands > len(near):  # the last band has no end
        far = all_pairs[np.newaxis, :, np.newaxis] - near.sum(axis=0, keepdims=True)
        near = np.concatenate([near, far])
    return np.diff(near, axis=1, prepend=0)


def _distance_label(low: float, high: float) -> str:
    if low == 0 and high <= SAME_PLACE_M:
        return f"Same place [0, {high:g}) m"
    if math.isinf(high):
        return f"{low:g} m or more [{low:g}, ∞) m"
    return f"{low:g} m to under {high:g} m [{low:g}, {high:g}) m"


def _days_label(low: float, high: float) -> str:
    if math.isinf(high):
        return f"{low:g} days or more [{low:g}, ∞)"
    return f"{low:g} to {high - 1:g} days [{low:g}, {high:g})"
