"""How surprising a run is, and how large the chance of one like it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.spatial import cKDTree

from models.hotspots.run_scan import RunScan


def scattered(seed: int, *, n: int = 400, side: float = 4000.0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, side, (n, 2)) + np.array([530_000, 180_000])


def counts_of(places: np.ndarray, *, recent: int) -> np.ndarray:
    """How many of the last days lie within 400 m of each of them, by SciPy."""
    last = places[-recent:]
    return np.asarray(cKDTree(last).query_ball_point(last, 400.0, return_length=True))


def chances(places: np.ndarray, *, recent: int, seed: int = 1) -> np.ndarray:
    scan = RunScan(places, recent=recent, distance_m=400.0)
    surprise = scan.surprises(counts_of(places, recent=recent).astype(np.int64))
    rng = np.random.default_rng(seed)
    return scan.chances(surprise, least=3, permutations=199, rng=rng)


def test_surprise_is_the_log_likelihood_ratio_against_the_surroundings_of_the_year() -> None:
    places = scattered(1)
    recent = 40
    scan = RunScan(places, recent=recent, distance_m=400.0)
    counts = counts_of(places, recent=recent)
    around = cKDTree(places).query_ball_point(places[-recent:], 400.0, return_length=True)
    got = scan.surprises(counts.astype(np.int64))
    for count, year, surprise in zip(counts, around, got, strict=True):
        expected = year * recent / len(places)
        wanted = 0.0
        if count > expected:
            wanted = count * math.log(count / expected)
            wanted += (recent - count) * math.log((recent - count) / (recent - expected))
        assert surprise == pytest.approx(wanted)


def test_where_days_are_as_good_as_drawn_the_chance_is_a_fair_one() -> None:
    """The chance of the most surprising group is at most a tenth in a tenth of such years."""
    lowest = [float(chances(scattered(seed), recent=40).min()) for seed in range(120)]
    share = np.mean([each <= 0.1 for each in lowest])
    assert abs(share - 0.1) <= 3 * math.sqrt(0.1 * 0.9 / 120)


def test_a_heap_of_the_last_days_has_hardly_any_chance_and_the_rest_have() -> None:
    places = scattered(2)
    near = np.random.default_rng(3).uniform(-50, 50, (8, 2))
    places[-8:] = near + np.array([532_000, 182_000])
    found = chances(places, recent=40)
    assert (found[-8:] == 1 / 200).all()
    assert (found[:20] > 0.05).any()


def test_the_order_of_the_rows_changes_no_chance() -> None:
    places = scattered(4)
    order = np.random.default_rng(5).permutation(360)
    shuffled = np.concatenate([places[:360][order], places[360:]])
    assert chances(places, recent=40).tolist() == chances(shuffled, recent=40).tolist()


def test_without_groups_there_is_no_chance_to_give() -> None:
    scan = RunScan(scattered(6), recent=10, distance_m=400.0)
    rng = np.random.default_rng(1)
    assert len(scan.chances(np.zeros(0), least=3, permutations=99, rng=rng)) == 0
