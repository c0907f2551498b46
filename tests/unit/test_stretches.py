"""Stretches of street against trying every walk, and what they may not do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.streets.segments import Segments, segments_of
from models.hotspots.stretches import CHARGE_M, TURN_M, Stretch, stretches, tallied
from tests.made_streets import segments_from, street_grid

LENGTHS = (100.0, 300.0)


def densest_of(
    streets: Segments,
    xy: np.ndarray,
    *,
    budget_m: float = 1e9,
    least: int = 1,
    length_m: tuple[float, float] = LENGTHS,
) -> list[Stretch]:
    value, node_value = tallied(streets, streets.place(*xy.T))
    return stretches(
        streets,
        value=value,
        node_value=node_value,
        counts=(value, node_value),
        usable=np.ones(len(streets), dtype=bool),
        length_m=length_m,
        budget_m=budget_m,
        least_incidents=least,
    )


def is_turn(streets: Segments, one: int, other: int, node: int) -> bool:
    if streets.network.name[one] == streets.network.name[other] != "":
        return False
    ways = []
    for segment in (one, other):
        line = streets.network.lines[segment]
        if streets.network.start[segment] != node:
            line = line.reverse()
        ahead = line.interpolate(min(15, line.length / 2))
        ways.append(np.subtract(ahead.coords[0], line.coords[0]))
    cosine = np.dot(-ways[0], ways[1]) / np.prod([np.hypot(*way) for way in ways])
    return bool(cosine < 0.7)


def best_of_all(streets: Segments, xy: np.ndarray) -> tuple[float, set[frozenset[int]]]:
    """Return the highest score of any walk, and the walks that have it."""
    net = streets.network
    value, node_value = tallied(streets, streets.place(*xy.T))
    top, best = 0.0, set[frozenset[int]]()

    def go(walk: list[int], nodes: list[int], turns: int) -> None:
        nonlocal top, best
        length = net.length_m[walk].sum()
        if length > LENGTHS[1]:
            return
        score = (value[walk].sum() + node_value[nodes].sum()) / (length + CHARGE_M + TURN_M * turns)
        if length >= LENGTHS[0] and score > top - 1e-9:
            best = best | {frozenset(walk)} if score < top + 1e-9 else {frozenset(walk)}
            top = max(top, score)
        for s in range(len(streets)):
            ends = [net.start[s], net.end[s]]
            if nodes[-1] in ends and s not in walk:
                then = ends[1 - ends.index(nodes[-1])]
                if then not in nodes:
                    turn = is_turn(streets, walk[-1], s, nodes[-1])
                    go([*walk, s], [*nodes, int(then)], turns + turn)

    for s, (begin, end) in itertools.product(range(len(streets)), ((0, 1), (1, 0))):
        ends = (net.start[s], net.end[s])
        if ends[0] != ends[1]:
            go([s], [int(ends[begin]), int(ends[end])], 0)
    return top, best


@given(seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None)
def test_the_first_stretch_is_the_densest_of_every_walk(seed: int) -> None:
    streets = segments_of(
        street_grid(west=0, south=0, across=3, block_m=75, jitter_m=15, seed=seed)
    )
    rng = np.random.default_rng(seed)
    xy = rng.normal(rng.uniform(0, 225, 2), 40, (60, 2))
    found = densest_of(streets, xy)
    _, best = best_of_all(streets, xy)
    if best:
        assert frozenset(found[0].segments) in best
    else:
        assert not found


@given(seed=st.integers(0, 1000))
@example(seed=874)
@settings(max_examples=15, deadline=None)
def test_stretches_are_walks_of_a_fit_length_and_share_no_segment(seed: int) -> None:
    streets = segments_of(
        street_grid(west=0, south=0, across=6, block_m=60, jitter_m=20, seed=seed)
    )
    net = streets.network
    xy = np.random.default_rng(seed).uniform(0, 360, (900, 2))
    found = densest_of(streets, xy)
    walked = [each for stretch in found for each in stretch.segments]
    nodes = [each for stretch in found for each in stretch.nodes]
    assert len(walked) == len(set(walked))
    assert len(nodes) == len(set(nodes))
    for stretch in found:
        assert LENGTHS[0] <= stretch.length_m <= LENGTHS[1]
        line = streets.line(stretch.segments)
        assert line.geom_type == "LineString"
        assert line.is_simple
        assert line.length == pytest.approx(stretch.length_m)
        for one, other in itertools.pairwise(stretch.segments):
            assert {net.start[one], net.end[one]} & {net.start[other], net.end[other]}
    again = densest_of(streets, xy[::-1])
    assert again == found


@given(seed=st.integers(0, 1000), budget_m=st.sampled_from([300.0, 1000.0, 4000.0]))
@settings(max_examples=15, deadline=None)
def test_less_length_takes_the_first_of_the_same_stretches(seed: int, budget_m: float) -> None:
    """The search begins elsewhere for each budget, which must not change what it finds."""
    streets = segments_of(
        street_grid(west=0, south=0, across=7, block_m=50, jitter_m=15, seed=seed)
    )
    rng = np.random.default_rng(seed)
    xy = np.concatenate([rng.uniform(0, 350, (300, 2)), rng.normal(175, 30, (200, 2))])
    every, some = densest_of(streets, xy), densest_of(streets, xy, budget_m=budget_m)
    assert some == every[: len(some)]
    lengths = np.cumsum([each.length_m for each in every])
    assert len(some) == max(1, int((lengths <= budget_m).sum()))


def test_a_long_hot_street_is_one_stretch_and_not_three() -> None:
    streets = segments_from([(0, 0), (90, 0), (180, 0), (270, 0), (900, 0)])
    x = np.linspace(5, 295, 60)
    first, *_ = densest_of(streets, np.column_stack([x, np.zeros(60)]))
    assert first.length_m == pytest.approx(300)


def test_a_stretch_goes_straight_on_where_a_turn_holds_as_much() -> None:
    """Two streets of one name cross two of another; both ways on hold ten incidents."""
    streets = segments_from(
        [(0, 0), (80, 0)],
        [(80, 0), (160, 0)],
        [(80, 0), (80, 80)],
        names=("High Street", "High Street", "Mill Lane"),
    )
    spots = [(40, 0)] * 20 + [(120, 0)] * 10 + [(80, 40)] * 10
    first, *_ = densest_of(streets, np.array(spots, dtype=float))
    names = {streets.network.name[each] for each in first.segments}
    assert names == {"High Street"}


def test_an_incident_at_a_crossing_counts_in_the_first_stretch_through_it_alone() -> None:
    streets = segments_from(
        [(0, 0), (100, 0)], [(100, 0), (200, 0)], [(100, 0), (100, 100)], [(100, 0), (100, -100)]
    )
    spots = [(100, 0)] * 8 + [(50, 0)] * 12 + [(150, 0)] * 12 + [(100, 50)] * 5
    found = densest_of(streets, np.array(spots, dtype=float), length_m=(100.0, 200.0))
    crossing = int(np.argmax(streets.network.degree))
    assert found[0].length_m == pytest.approx(200)
    assert [crossing in each.nodes for each in found] == [True] + [False] * (len(found) - 1)
    held = [
        shapely.contains_xy(streets.ground(each.segments, each.nodes), spots).sum()
        for each in found
    ]
    assert held[:2] == [32, 5]


def test_stretches_end_with_the_length_that_may_be_taken_or_with_too_few_incidents() -> None:
    streets = segments_from([(0, 0), (100, 0)], [(0, 500), (100, 500)], [(0, 900), (100, 900)])
    spots = [(50, 0)] * 9 + [(50, 500)] * 7 + [(50, 900)] * 3
    xy = np.array(spots, dtype=float)
    assert len(densest_of(streets, xy)) == 3
    assert len(densest_of(streets, xy, least=5)) == 2
    assert len(densest_of(streets, xy, budget_m=210)) == 2
    assert len(densest_of(streets, xy, budget_m=10)) == 1  # never none for want of length
    assert densest_of(streets, np.zeros((0, 2))) == []
