"""Plumbing of `models.hotspots.stretches`: the densest stretch, then the densest of what is left.

Every way along segments that passes no crossing twice is tried from each of its ends, unless a
bound says that it cannot score enough. What a stretch takes can only lower the score of others, so
scores worked out before are upper bounds: the highest is worked out again when its turn comes, and
taken if it still stands.

The bound is for a floor: only scores above it are looked for, and when there are no more of them it
is lowered. A way scores more than the floor f if what it holds, less f for each metre that it is
charged, comes to more than f times the charge of a stretch. How much of that may still be gained is
worked out for every end and every length that is left, in steps of ten metres, as if crossings
might be passed twice.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.arms import Arms

SHORT_M: Final = 10.0
_LOWER: Final = 0.7  # times the floor is the next one
_FLOORS: Final = 12  # and then there is none
_MOST_TRIED: Final = 20_000  # ways from one end, far more than 300 m of streets have
_MOST_SEGMENTS: Final = 64  # of one stretch
_SAME: Final = 1e-9
_STRAIGHT: Final = 0.7  # the cosine of 45°


class Roads(NamedTuple):
    """Segments as a walker sees them; end e of segment s is number 2 s + e, 0 its beginning."""

    node: NDArray[np.int32]  # of each end
    leaving_x: NDArray[np.float64]  # direction in which each end is left, along the segment
    leaving_y: NDArray[np.float64]
    length: NDArray[np.float64]
    name: NDArray[np.int32]  # −1 without one


class Worth(NamedTuple):
    """What segments and nodes hold: weight, and number of incidents."""

    segment: NDArray[np.float64]
    node: NDArray[np.float64]
    segment_count: NDArray[np.int64]
    node_count: NDArray[np.int64]


class Terms(NamedTuple):
    """Lengths in metres. Towards the most, a segment counts as `SHORT_M` at least."""

    least: float
    most: float
    charge: float  # added to the length of each stretch
    turn: float  # and for each turn
    least_count: int


class Search(NamedTuple):
    """What is searched, and what is left of it."""

    roads: Roads
    arms: Arms
    worth: Worth
    terms: Terms
    free: NDArray[np.bool_]  # segments that no stretch has taken
    open_node: NDArray[np.bool_]  # nodes that none has come by


class Floor(NamedTuple):
    """A score, and the most that a way may still gain over it."""

    score: float
    gain: NDArray[np.float64]  # by steps of `SHORT_M` that are left, and end that is left by


class Way(NamedTuple):
    """A way that is being tried: what it is up to each of its segments."""

    end: NDArray[np.int64]  # by which the segment is entered
    arm: NDArray[np.int64]  # that is tried next at its other end; −1 before the first
    value: NDArray[np.float64]
    counted: NDArray[np.int64]
    charged: NDArray[np.float64]  # length and turns
    walked: NDArray[np.float64]
    left: NDArray[np.float64]  # of the most length


@njit(cache=True)
def _turns(came: int, leaves: int, roads: Roads) -> bool:
    """Tell whether going from one segment into another is a turn into another street."""
    one, other = roads.name[came // 2], roads.name[leaves // 2]
    if one >= 0 and one == other:
        return False
    back_x, back_y = roads.leaving_x[came], roads.leaving_y[came]
    onward = -(back_x * roads.leaving_x[leaves] + back_y * roads.leaving_y[leaves])
    return bool(onward < _STRAIGHT)


@njit(cache=True)
def _held(s: int, node: int, search: Search) -> float:
    """Return what a segment and the node at its far end hold."""
    held = search.worth.segment[s]
    return float(held + search.worth.node[node] if search.open_node[node] else held)


@njit(cache=True)
def _gains(score: float, search: Search) -> NDArray[np.float64]:
    """Return the most that ways on from each end may gain over a score for each metre."""
    roads = search.roads
    steps = int(search.terms.most // SHORT_M)
    gain = np.zeros((steps + 1, len(roads.node)))
    first, step, own, then = _steps_on(score, steps, search)
    for left in range(1, steps + 1):
        for out in range(len(roads.node)):
            top = 0.0
            for at in range(first[out], first[out + 1]):
                if step[at] <= left:
                    top = max(top, own[at] + gain[left - step[at], then[at]])
            gain[left, out] = top
    return gain


@njit(cache=True)
def _steps_on(
    score: float, steps: int, search: Search
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64], NDArray[np.int32]]:
    """Return the segments that each end leads on to, one end after the other.

    Where those of each end begin; of each its length in steps, what it gains, and its other end.
    """
    roads, arms = search.roads, search.arms
    ends = len(roads.node)
    first = np.zeros(ends + 1, np.int32)
    most = 0
    for out in range(ends):
        most += arms.first[roads.node[out] + 1] - arms.first[roads.node[out]]
    step, own, then = np.empty(most, np.int32), np.empty(most), np.empty(most, np.int32)
    number = 0
    for out in range(ends):
        at = roads.node[out]
        for arm in range(arms.first[at], arms.first[at + 1]):
            s = arms.segment[arm]
            onto = 2 * s + arms.at_end[arm]
            long = int(max(roads.length[s], SHORT_M) // SHORT_M)
            if long > steps or not search.free[s] or onto == out:
                continue
            charged = roads.length[s]
            if _turns(out, onto, roads):
                charged += search.terms.turn
            step[number], then[number] = long, onto ^ 1
            own[number] = _held(s, roads.node[onto ^ 1], search) - score * charged
            number += 1
        first[out + 1] = number
    return first, step, own, then


@njit(cache=True)
def _go_on(depth: int, onto: int, way: Way, search: Search) -> None:
    """Add the segment entered by an end to a way, at a depth."""
    roads, worth = search.roads, search.worth
    s, begin, then = onto // 2, roads.node[onto], roads.node[onto ^ 1]
    value, count = _held(s, then, search), worth.segment_count[s]
    if search.open_node[then]:
        count += worth.node_count[then]
    charged = walked = roads.length[s]
    left = search.terms.most
    if depth:
        value += way.value[depth - 1]
        count += way.counted[depth - 1]
        charged += way.charged[depth - 1]
        walked += way.walked[depth - 1]
        left = way.left[depth - 1]
        if _turns(way.end[depth - 1] ^ 1, onto, roads):
            charged += search.terms.turn
    elif search.open_node[begin]:
        value += worth.node[begin]
        count += worth.node_count[begin]
    way.end[depth], way.arm[depth] = onto, -1
    way.value[depth], way.counted[depth] = value, count
    way.charged[depth], way.walked[depth] = charged, walked
    way.left[depth] = left - max(roads.length[s], SHORT_M)


@njit(cache=True)
def _hopeless(depth: int, top: float, way: Way, search: Search, floor: Floor) -> bool:
    """Tell whether no way on from here scores more than `top`, which is no less than the floor."""
    left = int(way.left[depth] // SHORT_M)
    gain = floor.gain[left, way.end[depth] ^ 1] if left > 0 else 0.0
    over = way.value[depth] - floor.score * way.charged[depth] + gain
    wanted = (top - floor.score) * way.charged[depth] + top * search.terms.charge
    return bool(over < wanted)


@njit(cache=True)
def _passed(then: int, depth: int, way: Way, roads: Roads) -> bool:
    """Tell whether a way up to a depth comes by a node."""
    passed = bool(then == roads.node[way.end[0]])
    for i in range(depth + 1):
        passed |= then == roads.node[way.end[i] ^ 1]
    return passed


@njit(cache=True)
def _best_from(
    end: int, search: Search, floor: Floor, way: Way, best: NDArray[np.int64]
) -> tuple[float, int]:
    """Return the best score over the floor that begins at an end, and how many segments it has.

    `best` then holds the ends by which its segments are entered. There are none without such a way.
    """
    roads, arms, terms, free = search.roads, search.arms, search.terms, search.free
    top_score, top, tried, depth = floor.score, 0, 0, 0
    length = max(roads.length[end // 2], SHORT_M)
    if not free[end // 2] or roads.node[end] == roads.node[end ^ 1] or length > terms.most:
        return top_score, top
    _go_on(0, end, way, search)
    while depth >= 0:
        at = roads.node[way.end[depth] ^ 1]
        if way.arm[depth] < 0:  # come here for the first time
            way.arm[depth] = arms.first[at]
            tried += 1
            score = way.value[depth] / (way.charged[depth] + terms.charge)
            whole = terms.least <= way.walked[depth]
            enough = way.counted[depth] >= terms.least_count
            if whole and enough and score > top_score + _SAME:
                top_score, top = score, depth + 1
                best[:top] = way.end[:top]
            if _hopeless(depth, top_score, way, search, floor):
                way.arm[depth] = arms.first[at + 1]
        if way.arm[depth] == arms.first[at + 1] or depth + 1 == len(best) or tried > _MOST_TRIED:
            depth -= 1
            continue
        arm = way.arm[depth]
        way.arm[depth] += 1
        s = arms.segment[arm]
        onto = 2 * s + arms.at_end[arm]
        if not free[s] or max(roads.length[s], SHORT_M) > way.left[depth]:
            continue
        if not _passed(roads.node[onto ^ 1], depth, way, roads):
            depth += 1
            _go_on(depth, onto, way, search)
    return top_score, top


@njit(cache=True)
def _first_round(
    search: Search, floor: Floor, way: Way, best: NDArray[np.int64]
) -> list[tuple[float, int]]:
    """Return minus the best score and the end, for each end that a stretch can begin at."""
    roads = search.roads
    turn = [(0.0, 0)]
    for end in range(len(roads.node)):
        begin, held = roads.node[end], _held(end // 2, roads.node[end ^ 1], search)
        if search.open_node[begin]:
            held += search.worth.node[begin]
        if held > 0:
            score, size = _best_from(end, search, floor, way, best)
            if size:
                turn.append((-score, end))
    return turn[1:]


@njit(cache=True)
def densest(
    search: Search, budget_m: float, first_floor: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the entered ends of all stretches in turn, and where each stretch begins among them.

    The stretches are in order of score. What they take is marked in `search`. The first floor
    changes the time that it takes, and nothing else.
    """
    roads = search.roads
    most = _MOST_SEGMENTS
    way = Way(
        np.empty(most, np.int64),
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most, np.int64),
        np.empty(most),
        np.empty(most),
        np.empty(most),
    )
    best = np.empty(most, np.int64)
    taken, first, walked = [0], [0], 0.0
    score, floors = first_floor, _FLOORS
    while floors >= 0:
        score = score if floors else 0.0
        floor = Floor(score, _gains(score, search))
        turn = _first_round(search, floor, way, best)
        heapify(turn)
        while turn:
            bound, end = heappop(turn)
            found, size = _best_from(end, search, floor, way, best)
            if not size:
                continue
            if found < -bound - _SAME:
                heappush(turn, (-found, end))
                continue
            length = 0.0
            for i in range(size):
                length += roads.length[best[i] // 2]
            if walked + length > budget_m and len(first) > 1:
                return np.array(taken[1:], dtype=np.int64), np.array(first, dtype=np.int64)
            walked += length
            for i in range(size):
                taken.append(best[i])
                search.free[best[i] // 2] = False
                for end_of in (best[i], best[i] ^ 1):
                    search.open_node[roads.node[end_of]] = False
            first.append(len(taken) - 1)
        floors = floors - 1 if score > 0 else -1
        score *= _LOWER
    return np.array(taken[1:], dtype=np.int64), np.array(first, dtype=np.int64)
