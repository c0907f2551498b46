"""A walk cut into the numbered legs of its directions, as it is drawn.

What is walked there and back again is pushed to the left of the way, as people keep to one side, so
that both ways are seen.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_CORNER_M: Final = 4.0  # directions are rounded to 5 m; the sharpest turn within this is the corner
_LEAST_M: Final = 0.05
_DECIMALS: Final = 2


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One step of the directions: the name of its street, "" for one without, and its metres."""

    street: str
    metres: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One step on the ground: `points` of shape (k, 2) from its corner to the next, k ≥ 1."""

    number: int
    street: str
    points: NDArray[np.float64]


def walk_legs(points: Sequence[tuple[float, float]], steps: Sequence[WalkStep]) -> tuple[Leg, ...]:
    """Return the legs of a walk, one for each step, numbered from 1.

    Parameters
    ----------
    points : sequence of (float, float)
        The walk in a metric CRS.
    steps : sequence of WalkStep
        Whose metres add up to the walk's, rounded.
    """
    way = np.array(points, dtype=np.float64)
    gone = _gone(way)
    told = np.concatenate([[0.0], np.cumsum([each.metres for each in steps])])
    turns = _turns(way)
    marks = [_corner(min(mark, gone[-1]), gone, turns=turns) for mark in told]
    at = np.maximum.accumulate(marks)
    at[0], at[-1] = 0.0, gone[-1]
    return tuple(
        Leg(number, step.street, _between(way, gone, begins=at[number - 1], ends=at[number]))
        for number, step in enumerate(steps, start=1)
    )


def pushed_aside(legs: Sequence[Leg], *, by: float) -> tuple[Leg, ...]:
    """Return legs with what is walked both ways pushed to the left of the way by some metres."""
    twice = Counter(
        frozenset((tuple(a), tuple(b))) for leg in legs for a, b in pairwise(leg.points.tolist())
    )
    return tuple(Leg(leg.number, leg.street, _pushed(leg.points, twice, by=by)) for leg in legs)


def _pushed(
    points: NDArray[np.float64], twice: Counter[frozenset[tuple[float, ...]]], *, by: float
) -> NDArray[np.float64]:
    """Return a leg with its runs of segments that are walked more than once moved to the left."""
    runs: list[tuple[bool, list[list[float]]]] = []
    for a, b in pairwise(points.tolist()):
        again = twice[frozenset((tuple(a), tuple(b)))] > 1
        if runs and runs[-1][0] == again:
            runs[-1][1].append(b)
        else:
            runs.append((again, [a, b]))
    if not runs:
        return points
    return np.concatenate([_aside(run, by=by) if again else np.array(run) for again, run in runs])


def _aside(run: list[list[float]], *, by: float) -> NDArray[np.float64]:
    moved = shapely.offset_curve(shapely.LineString(run), by, join_style="mitre", mitre_limit=2.0)
    line = shapely.get_coordinates(moved)
    return line if moved.geom_type == "LineString" and len(line) > 1 else np.array(run)


def _gone(way: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(way, axis=0).T))])


def _turns(way: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return by how many degrees the way turns at each of its points; none at its ends."""
    bearing = np.degrees(np.arctan2(*np.diff(way, axis=0).T))
    turn = np.abs((np.diff(bearing) + 180) % 360 - 180)
    return np.concatenate([[0.0], turn, [0.0]])


def _corner(mark: float, gone: NDArray[np.float64], *, turns: NDArray[np.float64]) -> float:
    """Return how far it is to the corner at a mark; the mark itself where none is near."""
    near = np.flatnonzero(np.abs(gone - mark) <= _CORNER_M)
    return float(gone[near[np.argmax(turns[near])]]) if len(near) else mark


def _between(
    way: NDArray[np.float64], gone: NDArray[np.float64], *, begins: float, ends: float
) -> NDArray[np.float64]:
    inner = gone[(gone > begins + _LEAST_M) & (gone < ends - _LEAST_M)]
    at = np.concatenate([[begins], inner, [ends] if ends - begins > _LEAST_M else []])
    points = np.column_stack([np.interp(at, gone, way[:, axis]) for axis in (0, 1)])
    return np.round(points, _DECIMALS)  # so that the same corner is the same on the way back
