"""Density along streets against every walk, taken one by one and integrated by SciPy."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from geo.streets.network import street_network
from geo.streets.segments import Segments, segments_of
from models.hotspots.network_density import network_density
from tests.made_streets import network_of, segments_from, street_grid
from tests.shared_data import SHARED, needs_shared


def quartic(far: float, bandwidth: float) -> float:
    return 15 / 16 / bandwidth * (1 - (far / bandwidth) ** 2) ** 2 if far < bandwidth else 0.0


def between(begin: float, end: float, bandwidth: float) -> float:
    if begin >= bandwidth:
        return 0.0
    return quad(quartic, begin, min(end, bandwidth), args=(bandwidth,), epsabs=1e-13)[0]


def by_every_walk(streets: Segments, *, segment: int, along: float, bandwidth: float) -> np.ndarray:
    """Okabe and Sugihara's equal-split discontinuous kernel of one point, walk by walk."""
    net = streets.network
    mass = np.zeros(len(streets))

    def arrive(node: int, came: tuple[int, int], far: float, share: float) -> None:
        if far >= bandwidth:
            return
        arms = [
            (s, end)
            for s in range(len(streets))
            for end in (0, 1)
            if (net.start, net.end)[end][s] == node
        ]
        n = len(arms)
        for s, end in arms:
            part = share if n == 1 else 0.0 if (s, end) == came else share / (n - 1)
            long = net.length_m[s]
            mass[s] += part * between(far, far + long, bandwidth)
            if part:
                arrive((net.end, net.start)[end][s], (s, 1 - end), far + long, part)

    long = net.length_m[segment]
    mass[segment] += between(0, along, bandwidth) + between(0, long - along, bandwidth)
    arrive(net.start[segment], (segment, 0), along, 1.0)
    arrive(net.end[segment], (segment, 1), long - along, 1.0)
    return mass


TOWNS = {
    "a dead end": segments_from([(0, 0), (60, 0)]),
    "a fork": segments_from([(0, 0), (40, 0)], [(40, 0), (80, 30)], [(40, 0), (80, -30)]),
    "a block": segments_from(
        [(0, 0), (50, 0), (50, 50), (0, 50), (0, 0)], [(50, 0), (95, 0)], [(50, 50), (50, 90)]
    ),
    "a loop": segments_from([(0, 0), (30, 0)], [(30, 0), (45, 15), (60, 0), (45, -15), (30, 0)]),
    "a cut street": segments_from([(0, 0), (230, 0)], [(230, 0), (230, 70)]),
}


@pytest.mark.parametrize("town", TOWNS)
@pytest.mark.parametrize("bandwidth", [25.0, 70.0, 130.0])
def test_mass_is_that_of_every_walk(town: str, bandwidth: float) -> None:
    streets = TOWNS[town]
    rng = np.random.default_rng(8)
    segment = rng.integers(0, len(streets), 12)
    along = rng.uniform(0.25, 0.75, 12) * streets.network.length_m[segment]
    weight = rng.uniform(0.5, 3, 12)
    xy = np.array(
        [
            streets.network.lines[s].interpolate(a).coords[0]
            for s, a in zip(segment, along, strict=True)
        ]
    )
    found = network_density(streets, streets.place(*xy.T), bandwidth_m=bandwidth, weight=weight)
    expected = sum(
        w * by_every_walk(streets, segment=int(s), along=float(a), bandwidth=bandwidth)
        for s, a, w in zip(segment, along, weight, strict=True)
    )
    assert found == pytest.approx(expected, abs=1e-9)
    assert found.sum() == pytest.approx(weight.sum())


def test_a_point_at_a_crossing_is_spread_over_all_its_streets_alike() -> None:
    streets = segments_from(
        [(0, 0), (60, 0)], [(60, 0), (120, 0)], [(60, 0), (60, 60)], [(60, 0), (60, -60)]
    )
    found = network_density(streets, streets.place([60.0], [0.0]), bandwidth_m=60)
    assert found == pytest.approx([0.25] * 4)


@given(seed=st.integers(0, 50), bandwidth=st.sampled_from([50.0, 100.0, 150.0]))
@settings(max_examples=15, deadline=None)
def test_mass_adds_up_to_the_points_on_streets_whatever_their_order(
    seed: int, bandwidth: float
) -> None:
    town = street_grid(west=0, south=0, across=4, block_m=60, jitter_m=15, seed=seed)
    streets = segments_of(town)
    rng = np.random.default_rng(seed)
    xy = rng.uniform(-60, 300, (400, 2))
    places = streets.place(*xy.T)
    found = network_density(streets, places, bandwidth_m=bandwidth)
    assert found.sum() == pytest.approx((~places.off_street).sum())
    assert found.min() >= -1e-9
    again = network_density(streets, streets.place(*xy[::-1].T), bandwidth_m=bandwidth)
    assert again == pytest.approx(found, abs=1e-9)


def test_streets_with_more_ways_than_can_be_walked_still_keep_their_mass() -> None:
    """A hub of forty spokes of 2 m, each with a rim: 200 m along them is beyond counting."""
    turn = np.linspace(0, 2 * np.pi, 41)
    rim = [(round(2 * np.cos(a), 3), round(2 * np.sin(a), 3)) for a in turn[:-1]]
    spokes = [[(0.0, 0.0), point] for point in rim]
    streets = segments_of(network_of(*spokes, [(2.0, 0.0), (30.0, 0.0)]))
    places = streets.place([10.0, 25.0], [0.0, 0.0])
    found = network_density(streets, places, bandwidth_m=200)
    assert found.sum() == pytest.approx(2)


@needs_shared
def test_on_real_streets_nothing_is_lost_and_no_segment_has_less_than_nothing() -> None:
    frame = gpd.read_file(SHARED / "data/layers/streets_newport_wales.gpkg").to_crs(27700)
    streets = segments_of(street_network(frame.assign(place_class="local")))
    rng = np.random.default_rng(11)
    segment = rng.integers(0, len(streets), 5_000)
    on = [
        line.interpolate(rng.random(), normalized=True).coords[0]
        for line in streets.network.lines[segment]
    ]
    places = streets.place(*(np.array(on) + rng.uniform(-12, 12, (5_000, 2))).T)
    assert not places.off_street.any()
    for bandwidth in (100, 200):
        found = network_density(streets, places, bandwidth_m=bandwidth)
        assert found.sum() == pytest.approx(5_000)
        assert found.min() >= -1e-9
