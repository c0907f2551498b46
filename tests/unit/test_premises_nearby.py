"""Incidents near premises: who is near what, others near by, exact intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.nights.premises_nearby import incidents_near_premises, per, share

Points = tuple[np.ndarray, np.ndarray]


def points(*at: tuple[float, float]) -> Points:
    pairs = np.array(at, dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def test_fifty_metres_is_near_and_an_incident_near_two_counts_for_each() -> None:
    found = incidents_near_premises(
        points((0, 0), (60, 0), (500, 500)), points((50, 0), (30, 0), (0, 50.01), (500, 500))
    )
    every = np.ones(4, dtype=np.bool_)
    assert found.count(every).tolist() == [2, 2, 1]
    assert found.others.tolist() == [0, 0, 0]
    assert found.count(np.array([True, False, False, False])).tolist() == [1, 1, 0]


def test_others_near_by_are_counted_without_the_premises_itself() -> None:
    assert incidents_near_premises(points((0, 0), (10, 0), (40, 0)), points()).others.tolist() == [
        2,
        2,
        2,
    ]


def test_without_premises_nothing_is_near() -> None:
    found = incidents_near_premises(points(), points((1, 1)))
    assert len(found.premises) == 0
    assert found.count(np.ones(1, dtype=np.bool_)).tolist() == []


@given(
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=12),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=25),
)
def test_counts_are_those_of_measuring_every_pair(
    here: list[tuple[int, int]], there: list[tuple[int, int]]
) -> None:
    found = incidents_near_premises(points(*here), points(*there))
    by_hand = [sum(math.dist(p, q) <= 50 for q in there) for p in here]
    assert found.count(np.ones(len(there), dtype=np.bool_)).tolist() == by_hand


def test_intervals_of_a_rate_and_a_share_are_exact() -> None:
    rate = per(10, 4.0)
    assert (rate.value, round(rate.low, 3), round(rate.high, 3)) == (2.5, 1.199, 4.598)
    half = share(5, 10)
    assert (half.value, round(half.low, 4), round(half.high, 4)) == (0.5, 0.1871, 0.8129)
    assert (share(0, 4).low, share(4, 4).high) == (0.0, 1.0)
    assert share(0, 4).high == pytest.approx(0.6024, abs=1e-4)
    assert math.isnan(share(0, 0).value)
    assert math.isnan(per(3, 0.0).value)
