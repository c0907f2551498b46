"""Stretches of street to walk: segments that follow each other, the densest first.

A stretch runs along segments from crossing to crossing and comes by none twice. (A segment of less
than 10 m counts as 10 m towards the longest length, or a maze of them could be walked forever.) Its
score is what it holds for each metre of its length, where `CHARGE_M` metres are added to each
stretch (so one long hot street is one stretch and not three) and `TURN_M` for each turn into
another street (so it goes straight on, or stays in the street of one name, where there is little to
choose). Each time, of all stretches on the segments that are left, the one with the highest score
is taken: no segment is in two. An incident at a crossing is as near to every street that meets
there, so it counts in each stretch that comes by until one of them is taken, and in no other then.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from models.hotspots._stretch_kernels import Roads, Search, Terms, Worth, densest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.segments import OnStreet, Segments

CHARGE_M: Final = 100.0
TURN_M: Final = 50.0
_ROUNDING_M: Final = 1e-6  # three parts of 100 m are a stretch of 300 m


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch.

    Attributes
    ----------
    segments : tuple of int
        In the order in which they are walked.
    nodes : tuple of int
        The crossings and ends that it comes by and no earlier stretch does.
    length_m : float
    """

    segments: tuple[int, ...]
    nodes: tuple[int, ...]
    length_m: float


def tallied(
    streets: Segments, places: OnStreet, *, weight: NDArray[np.float64] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what lies on each segment and at each node; each point counts once.

    Parameters
    ----------
    streets : Segments
    places : OnStreet
        Of n points.
    weight : float64 array of shape (n,), optional
        1 without it.
    """
    sums = []
    for at, size in ((places.segment, len(streets)), (places.node, len(streets.network.node_xy))):
        on = at >= 0
        heavy = None if weight is None else weight[on]
        sums.append(np.bincount(at[on], weights=heavy, minlength=size).astype(np.float64))
    return sums[0], sums[1]


def stretches(
    streets: Segments,
    *,
    value: NDArray[np.float64],
    node_value: NDArray[np.float64],
    counts: tuple[NDArray[np.float64], NDArray[np.float64]],
    usable: NDArray[np.bool_],
    length_m: tuple[float, float],
    budget_m: float,
    least_incidents: int,
) -> list[Stretch]:
    """Return the densest stretches in order of score.

    Parameters
    ----------
    streets : Segments
    value, node_value : float64 arrays of shapes (segments,) and (nodes,)
        What they are scored by.
    counts : pair of float64 arrays of the same shapes
        Incidents, for `least_incidents`.
    usable : bool array of shape (segments,)
        Where a stretch may run.
    length_m : pair of float
        The least and the most of a stretch.
    budget_m : float
        Length of all stretches together; the first is taken even if it is longer.
    least_incidents : int
        No stretch has fewer.
    """
    directions = streets.directions
    least, most = length_m
    roads = Roads(
        streets.ends,
        np.ascontiguousarray(directions[:, 0]),
        np.ascontiguousarray(directions[:, 1]),
        streets.network.length_m,
        streets.name_code,
    )
    search = Search(
        roads,
        streets.arms,
        Worth(value, node_value, counts[0].astype(np.int64), counts[1].astype(np.int64)),
        Terms(least - _ROUNDING_M, most + _ROUNDING_M, CHARGE_M, TURN_M, least_incidents),
        free=usable.copy(),
        open_node=np.ones(len(node_value), dtype=np.bool_),
    )
    taken, first = densest(search, budget_m, _floor(search, budget_m))
    found, passed = [], set[int]()
    for begin, end in pairwise(first):
        entered = taken[begin:end]
        nodes = [int(streets.ends[entered[0]]), *streets.ends[entered ^ 1].tolist()]
        mine = tuple(each for each in nodes if each not in passed)
        passed.update(mine)
        walked = tuple((entered // 2).tolist())
        length = float(streets.network.length_m[list(walked)].sum())
        found.append(Stretch(walked, mine, length))
    return found


def _floor(search: Search, budget_m: float) -> float:
    """Return a score that about as many metres of street reach as are wanted."""
    ends = search.roads.node.reshape(-1, 2)
    held = search.worth.segment + search.worth.node[ends].sum(axis=1) / 2
    length = search.roads.length
    density = np.where(search.free, held / np.maximum(length, CHARGE_M / 2), 0.0)
    densest_first = np.argsort(-density, kind="stable")
    at = int(np.searchsorted(np.cumsum(length[densest_first]), budget_m))
    return float(density[densest_first[min(at, len(density) - 1)]]) / 2 if len(density) else 0.0
