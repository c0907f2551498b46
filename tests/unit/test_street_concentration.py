"""On how few of the streets it happens, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geo.streets.segments import segments_of
from models.hotspots.concentration import NoConcentrationError
from models.hotspots.on_streets import SnappedStreetsError, on_streets
from models.hotspots.street_concentration import piece_counts, street_concentration
from tests.made_streets import network_of, street_grid
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, ward_of

# Ten streets that touch no other, 100 m long but for the first, of 1,000 m.
LINES = [
    [(WEST + 100, SOUTH + 200 * n + 100), (WEST + (1100 if n == 0 else 200), SOUTH + 200 * n + 100)]
    for n in range(10)
]
STREETS = segments_of(network_of(*LINES))


def on_the_streets(counts: list[int]) -> np.ndarray:
    spots = [
        CORNER + np.array([150.0, 200.0 * n + 105])
        for n, count in enumerate(counts)
        for _ in range(count)
    ]
    return np.array(spots).reshape(-1, 2)


def test_the_shares_are_those_of_the_busiest_streets_by_number_and_by_length() -> None:
    xy = on_the_streets([50, 20, 10, 10, 10])
    incidents = incidents_at(*xy.T, ward=ward_of(*xy.T))
    found = street_concentration(incidents, square_area(), streets=STREETS)
    assert found.segments.places == 10
    assert found.segments.incidents == 100
    assert found.length_km == pytest.approx(1.9)
    assert found.shares.segments_quarter == 0.1
    assert found.shares.segments_half == 0.1
    # By length the long street comes last: 20, 30, 40, 50 on 100 m each.
    assert found.shares.length_quarter == pytest.approx(200 / 1900)
    assert found.shares.length_half == pytest.approx(400 / 1900)


def test_as_many_incidents_dealt_evenly_leave_streets_empty_too() -> None:
    grid = segments_of(street_grid(west=WEST, south=SOUTH, across=30, block_m=100))
    rng = np.random.default_rng(5)
    lines = grid.network.lines[rng.integers(0, len(grid), 900)]
    xy = np.array([line.interpolate(rng.uniform(5, 95)).coords[0] for line in lines])
    xy = xy[ward_of(*xy.T) >= 0]
    found = street_concentration(
        incidents_at(*xy.T, ward=ward_of(*xy.T)), square_area(), streets=grid
    )
    for each in ("segments_quarter", "segments_half", "length_quarter", "length_half"):
        assert getattr(found.shares, each) == pytest.approx(getattr(found.if_even, each), rel=0.12)
    assert found.shares.segments_half < 0.25  # of streets, though nothing is concentrated


def test_incidents_at_a_crossing_are_given_to_its_streets_in_turn_and_all_are_counted() -> None:
    grid = segments_of(street_grid(west=WEST, south=SOUTH, across=10, block_m=100))
    node = int(np.flatnonzero(grid.network.degree == 4)[7])
    xy = np.tile(grid.network.node_xy[node], (10, 1))
    incidents = incidents_at(*xy.T, ward=ward_of(*xy.T))
    counts, length = piece_counts(on_streets(incidents, square_area(), grid), grid)
    assert sorted(counts[counts > 0].tolist()) == [2, 2, 3, 3]
    assert length.sum() == pytest.approx(
        grid.network.length_m[(grid.middle >= CORNER + 1e-9).all(axis=1)].sum()
    )


def test_snapped_points_and_none_at_all_are_refused() -> None:
    xy = on_the_streets([5, 5])
    incidents = incidents_at(*xy.T, ward=ward_of(*xy.T), snapped=np.ones(10, dtype=bool))
    with pytest.raises(SnappedStreetsError):
        street_concentration(incidents, square_area(), streets=STREETS)
    nobody = incidents_at([], [])
    with pytest.raises(NoConcentrationError):
        street_concentration(nobody, square_area(), streets=STREETS)
