"""The exact tail of a neighbourhood's total: against SciPy, by hand, and by simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from geo.grid import Grid
from models.hotspots.cells import Cells
from models.hotspots.chance import Lumps, around, chance_of_few, chance_of_totals, lumps_of, tail
from models.hotspots.significance import anywhere_p, sure_places
from tests.planted import incidents_at

LEAST = 1e-11


def square_cells(across: int, *, ground: np.ndarray | None = None) -> Cells:
    side = 100.0 * across
    grid = Grid(left=0.0, bottom=0.0, cell_m=100.0, columns=across, rows=across)
    every = np.ones(grid.shape, dtype=np.bool_)
    share = np.ones(grid.shape) if ground is None else ground
    return Cells(grid, every, every, share, shapely.box(0, 0, side, side))


@given(st.integers(1, 3000), st.floats(0.001, 0.4), st.integers(0, 200))
def test_single_incidents_are_binomial(number: int, share: float, total: int) -> None:
    found = tail(
        np.array([total]), np.array([share]), sizes=np.array([1]), numbers=np.array([number])
    )
    assert found[0] == pytest.approx(
        max(binom.sf(total - 1, number, share), LEAST), rel=1e-6, abs=1e-11
    )


def test_lumps_of_three_sizes_by_every_possibility() -> None:
    sizes, share = [1, 1, 2, 5], 0.3
    chance = np.zeros(10)
    for inside in np.ndindex(2, 2, 2, 2):
        total = sum(size for size, fell in zip(sizes, inside, strict=True) if fell)
        chance[total] += math.prod(share if fell else 1 - share for fell in inside)
    totals = np.arange(10)
    found = tail(totals, np.full(10, share), sizes=np.array([1, 2, 5]), numbers=np.array([2, 1, 1]))
    np.testing.assert_allclose(found, chance[::-1].cumsum()[::-1], atol=1e-12)


def test_lumps_of_many_sizes_as_simulated() -> None:
    rng = np.random.default_rng(1)
    sizes, numbers, share = np.array([1, 3, 20]), np.array([300, 40, 3]), 0.05
    drawn = rng.binomial(numbers, share, (100_000, 3)) @ sizes
    totals = np.array([20, 30, 40, 50, 60])
    found = tail(totals, np.full(5, share), sizes=sizes, numbers=numbers)
    simulated = (drawn[:, None] >= totals).mean(axis=0)
    assert (np.abs(found - simulated) < 4 * np.sqrt(found / len(drawn))).all()


def test_beyond_what_is_summed_up_the_bound_is_never_below_the_chance() -> None:
    totals, share = np.array([5_100, 5_300, 5_600]), 0.01
    found = tail(totals, np.full(3, share), sizes=np.array([1]), numbers=np.array([500_000]))
    exact = binom.sf(totals - 1, 500_000, share)
    assert (found >= exact).all()
    assert (found <= 40 * np.maximum(exact, LEAST)).all()


def test_a_cell_with_less_ground_is_not_expected_to_hold_as_much() -> None:
    ground = np.ones((12, 12))
    ground[:, 0] = 0.25
    cells = square_cells(12, ground=ground)
    where = np.concatenate(([0] * 6, [24] * 6, np.arange(30, 118)))  # six each in two cells
    p = chance_of_totals(Lumps(np.ones(100), where), cells, asked=cells.member)
    # Of ground, 1 + 1 + a quarter of two lie around the corner; the whole is 12 * 11.25.
    assert p[0, 0] == pytest.approx(binom.sf(5, 100, 2.5 / 135))
    assert p[2, 0] < p[2, 1]


def test_incidents_at_one_place_are_one_lump_with_their_weights() -> None:
    cells = square_cells(4)
    incidents = incidents_at([10.0, 10.0, 10.5, 250.0, 900.0], [10.0, 10.0, 10.0, 10.0, 10.0])
    counted = lumps_of(incidents, cells)
    assert counted.size.tolist() == [2, 1, 1]
    assert counted.cell.tolist() == [0, 0, 2]
    weighed = lumps_of(incidents, cells, weight=np.array([1.5, 2.0, 0.0, 4.0, 1.0]))
    assert weighed.size.tolist() == [3.5, 4.0]


def test_one_lump_is_as_likely_as_its_ground_however_large() -> None:
    cells = square_cells(10)
    p = chance_of_totals(Lumps(np.array([700.0]), np.array([44])), cells, asked=cells.member)
    assert p[4, 4] == pytest.approx(0.09)
    assert p[0, 0] == 1


def test_weights_are_tested_as_weights() -> None:
    cells = square_cells(10)
    size = np.where(np.arange(40) % 2, 0.75, 3.0)
    where = np.concatenate(([44, 45], np.arange(38) + 60))
    p = chance_of_totals(Lumps(size, where, weighed=True), cells, asked=cells.member)
    # A light and a heavy one fell in, 3.75 together: one heavy with one more, or five light ones.
    fell = binom.pmf(np.arange(21), 20, 0.09)
    total = 3.0 * np.arange(21)[:, None] + 0.75 * np.arange(21)
    assert p[4, 4] == pytest.approx((fell[:, None] * fell)[total >= 3.75].sum())


def test_one_heavy_lump_does_not_hide_that_many_lie_together() -> None:
    cells = square_cells(10)
    size = np.ones(100)
    size[99] = 1_000
    where = np.concatenate((np.full(30, 44), np.arange(69) % 40 + 60, [0]))
    p = chance_of_totals(Lumps(size, where), cells, asked=cells.member)
    assert p[4, 4] == pytest.approx(binom.sf(29, 100, 0.09), abs=1e-12)


def test_few_lumps_are_told_by_their_number() -> None:
    cells = square_cells(10)
    p = chance_of_few(Lumps(np.full(80, 5.0), np.arange(80)), cells)
    assert p[9, 9] == pytest.approx(binom.cdf(0, 80, 0.04))
    assert p[4, 4] == pytest.approx(binom.cdf(9, 80, 0.09))


def test_around_a_cell_are_its_eight_neighbours() -> None:
    values = np.arange(16.0).reshape(4, 4)
    assert around(values)[1, 1] == values[:3, :3].sum()
    assert around(values)[0, 0] == values[:2, :2].sum()


def test_a_place_needs_one_cell_that_is_sure_among_all() -> None:
    adjusted = np.array([[0.01, 0.04, 0.2, 0.03]])
    anywhere = anywhere_p(np.array([[0.003, 0.02, 0.1, 0.015]]), tests=4)
    assert anywhere.tolist() == [[0.012, 0.08, 0.4, 0.06]]
    assert sure_places(adjusted, anywhere, level=0.05).tolist() == [[True, True, False, False]]
