"""Maximum covering against every choice tried in turn, and against the greedy choice."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.spatial import cKDTree

from models.tasking.covering import greedy_cover, maximum_cover


def most_of_all(reach: np.ndarray, weight: np.ndarray, sites: int) -> float:
    return max(
        float(weight[reach[list(chosen)].any(axis=0)].sum())
        for chosen in combinations(range(len(reach)), sites)
    )


@pytest.mark.parametrize("world", range(40))
def test_the_answer_is_the_best_of_all_choices(world: int) -> None:
    rng = np.random.default_rng([11, world])
    reach = rng.random((9, 25)) < rng.uniform(0.1, 0.4)
    weight = rng.integers(0, 6, 25).astype(float)
    if world % 2:
        weight *= 0.37  # not whole
    sites = int(rng.integers(1, 5))
    cover = maximum_cover(csr_array(reach.astype(float)), weight, sites=sites)
    assert cover.proven
    assert cover.covered == pytest.approx(most_of_all(reach, weight, sites))
    assert cover.bound == pytest.approx(cover.covered)
    assert cover.covered == pytest.approx(weight[reach[list(cover.sites)].any(axis=0)].sum())
    assert cover.covered == pytest.approx(sum(cover.gains))
    assert list(cover.gains) == sorted(cover.gains, reverse=True)


def test_the_best_two_are_not_the_greedy_two() -> None:
    """The middle site reaches most alone; the two beside it reach everything."""
    reach = np.array([[1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], [0, 1, 1, 1, 1, 0]], dtype=float)
    weight = np.ones(6)
    best = maximum_cover(csr_array(reach), weight, sites=2)
    assert (set(best.sites), best.covered, best.proven) == ({0, 1}, 6.0, True)
    assert greedy_cover(csr_array(reach), weight, sites=2).covered == 5.0


def test_a_thousand_sites_are_never_behind_the_greedy_choice_and_within_the_bound() -> None:
    rng = np.random.default_rng(5)
    sites, middles = rng.uniform(0, 3000, (1000, 2)), rng.uniform(0, 3000, (30, 2))
    points = middles[rng.integers(30, size=8000)] + rng.normal(0, 150, (8000, 2))
    near = cKDTree(sites).sparse_distance_matrix(cKDTree(points), 100.0, output_type="coo_matrix")
    reach = csr_array((np.ones(near.nnz), (near.row, near.col)), shape=(1000, 8000))
    best, quick = (each(reach, np.ones(8000), sites=8) for each in (maximum_cover, greedy_cover))
    assert best.proven
    assert len(best.sites) == 8
    assert best.covered >= quick.covered >= (1 - 1 / np.e) * best.covered


@pytest.mark.parametrize(("sites", "reached"), [(0, 0.0), (3, 2.0), (9, 2.0)])
def test_where_there_is_little_to_reach(sites: int, reached: float) -> None:
    reach = csr_array(np.array([[1.0, 0, 0], [1, 0, 0], [0, 1, 0]]))
    cover = maximum_cover(reach, np.ones(3), sites=sites)
    assert (cover.covered, cover.bound, cover.proven) == (reached, reached, True)
    assert maximum_cover(csr_array((0, 3)), np.ones(3), sites=2).sites == ()
    assert maximum_cover(reach, np.zeros(3), sites=2).sites == ()
