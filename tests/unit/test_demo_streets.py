"""The demo's streets are one network that looks like a street map and says what is simulated."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.demo.hand_map import hand_places
from data.demo.places import make_places
from data.demo.street_graph import joining, neighbour_pairs, nothing_between, parts
from data.demo.street_names import family_words, street_name
from data.demo.street_network import street_network
from data.demo.street_straight import FURTHEST_M, straightened
from data.demo.truth import DEMO_SEED

if TYPE_CHECKING:
    from data.demo.hand_map import HandPlace
    from data.demo.street_chains import Street

ACROSS_THE_RIVER = {"Tower Bridge", "Rotherhithe Tunnel", "Greenwich Foot Tunnel"}


@pytest.fixture(scope="module")
def streets() -> tuple[Street, ...]:
    return street_network(rng=np.random.default_rng([DEMO_SEED, 8]))


def lines_of(streets: tuple[Street, ...]) -> np.ndarray:
    return np.array([street.line for street in streets], dtype=object)


def the(layer: str, name: str) -> HandPlace:
    return next(place for place in hand_places(layer) if place.name == name)


def test_every_street_can_be_reached_from_every_other(streets: tuple[Street, ...]) -> None:
    ends = np.array([[street.line.coords[0], street.line.coords[-1]] for street in streets])
    corners, number = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    assert set(parts(len(corners), number.reshape(-1, 2)).tolist()) == {0}


def test_no_street_crosses_another_but_at_a_common_end(streets: tuple[Street, ...]) -> None:
    lines = lines_of(streets)
    one, other = shapely.STRtree(lines).query(lines, predicate="intersects")
    one, other = one[one < other], other[one < other]
    met = shapely.intersection(lines[one], lines[other])
    assert shapely.covers(shapely.boundary(lines[one]), met).all()
    assert shapely.covers(shapely.boundary(lines[other]), met).all()
    assert shapely.is_simple(lines).all()
    assert shapely.length(lines).min() > 0


def test_only_what_is_drawn_by_hand_crosses_the_river(streets: tuple[Street, ...]) -> None:
    river = the("river", "River Thames").area
    wet = shapely.intersects(lines_of(streets), river)
    assert {street.name for street, is_wet in zip(streets, wet, strict=True) if is_wet} == (
        ACROSS_THE_RIVER
    )


def test_few_simulated_streets_cross_a_canal(streets: tuple[Street, ...]) -> None:
    simulated = lines_of(tuple(street for street in streets if street.family))
    for canal in hand_places("canal"):
        crossing = shapely.crosses(simulated, canal.geometry).sum()
        assert crossing <= 12, canal.name


def test_where_incidents_happen_there_is_a_street_of_that_postcode_or_a_road(
    streets: tuple[Street, ...],
) -> None:
    places = make_places(np.random.default_rng([DEMO_SEED, 1]))
    sample = np.random.default_rng(1).choice(len(places.postcode), 1500, replace=False)
    of_family: dict[str, list[shapely.LineString]] = defaultdict(list)
    for street in streets:
        of_family[street.family].append(street.line)
    merged = {family: shapely.MultiLineString(lines) for family, lines in of_family.items()}
    roads = merged.pop("")
    apart = []
    for at in sample.tolist():
        own = merged.get(places.postcode[at][:-1], roads)
        for address in (0, 9):
            point = shapely.Point(
                places.address_easting[at, address], places.address_northing[at, address]
            )
            apart.append(min(shapely.distance(own, point), shapely.distance(roads, point)))
    assert np.mean(np.array(apart) <= 30.0) > 0.8
    assert np.mean(np.array(apart) <= 60.0) > 0.99


def test_a_street_map_is_mostly_short_streets_with_few_dead_ends(
    streets: tuple[Street, ...],
) -> None:
    lines = lines_of(streets)
    ends = np.array([[line.coords[0], line.coords[-1]] for line in lines]).reshape(-1, 2)
    degree = np.unique(ends, axis=0, return_counts=True)[1]
    assert 0.03 < np.mean(degree == 1) < 0.25
    assert np.mean(degree >= 3) > 0.5
    assert 30 < np.median(shapely.length(lines)) < 80
    classes = {street.place_class for street in streets}
    assert classes == {"main", "secondary", "local", "path"}


def test_what_is_simulated_says_so_and_roads_have_their_names(streets: tuple[Street, ...]) -> None:
    real = {place.name for place in hand_places("road", "path")}
    assert {"Brick Lane", "Whitechapel Road", "Commercial Road", "Roman Road"} < real
    for street in streets:
        assert (street.name in real) != street.name.endswith("(SIMULATED)")
        assert not street.family or street.name.endswith("(SIMULATED)")
    assert {street.name for street in streets} >= real


def test_the_same_seed_gives_the_same_streets(streets: tuple[Street, ...]) -> None:
    again = street_network(rng=np.random.default_rng([DEMO_SEED, 8]))
    assert again == streets


def test_a_family_has_one_word_and_its_longest_street_is_the_street() -> None:
    words = family_words(1200, rng=np.random.default_rng(1))
    assert len(set(words)) == 1200
    names = [street_name("Alder", number) for number in range(150)]
    assert len(set(names)) == 150
    assert names[:2] == ["Alder Street (SIMULATED)", "Alder Lane (SIMULATED)"]
    assert names[30] == "Upper Alder Street (SIMULATED)"
    assert street_name("Alder", 0, path=True) == "Alder Passage (SIMULATED)"


def test_two_points_are_joined_unless_a_third_is_nearer_to_both() -> None:
    xy = np.array([[0.0, 0], [10, 0], [5, 1], [5, 30], [20, 31], [0, 60], [30, 60]])
    xy = np.concatenate([xy, xy + np.array([500.0, 0])])  # more points than are asked
    pairs = neighbour_pairs(xy)
    joined = {tuple(pair) for pair in pairs[nothing_between(xy, pairs)].tolist()}
    assert {(0, 2), (1, 2), (2, 3), (3, 4)} <= joined
    assert (0, 1) not in joined


def test_parts_are_joined_where_it_costs_least_and_never_at_an_infinite_cost() -> None:
    pairs = np.array([[0, 1], [0, 2], [1, 2], [2, 3], [3, 4]])
    there = np.array([True, False, False, False, False])
    cost = np.array([1.0, 7.0, 5.0, 9.0, np.inf])
    chosen = joining(5, pairs, there=there, cost=cost)
    assert chosen.tolist() == [False, False, True, True, False]


def test_a_crooked_street_is_straightened_and_a_side_street_meets_it_squarely() -> None:
    xy = np.array([[0.0, 0], [50, 6], [100, 0], [40, -50]])
    pairs = np.array([[0, 1], [1, 2], [1, 3]])
    fixed = np.array([True, False, True, True])
    moved = straightened(xy, pairs, fixed=fixed)
    assert moved[[0, 2, 3]].tolist() == xy[[0, 2, 3]].tolist()
    assert np.allclose(moved[1], [40, 0], atol=0.2)
    assert np.hypot(*(moved - xy).T).max() <= FURTHEST_M + 0.1
