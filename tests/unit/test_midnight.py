"""Times of exactly 00:00: what is a heap, and what is a world in which nothing is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from models.incidents.midnight import MidnightHeap, heap_rows, midnight_heap


def test_bare_dates_among_real_times_are_a_heap() -> None:
    minutes = np.array([0] * 60 + list(range(0, 1440, 6)))
    assert midnight_heap(minutes, source="cad") == MidnightHeap("cad", 61, 300, 1)


def test_a_file_of_nothing_but_midnights_is_a_heap_from_five_rows_on() -> None:
    assert midnight_heap(np.zeros(5, dtype=np.int64)) == MidnightHeap("", 5, 5, 0)
    assert midnight_heap(np.zeros(4, dtype=np.int64)) is None


@pytest.mark.parametrize("rounded_to", [1, 15, 60])
def test_real_times_are_no_heap_even_where_midnight_is_busiest(rounded_to: int) -> None:
    """Two thousand worlds of nights that peak at midnight, times rounded as people round them."""
    rng = np.random.default_rng(20240601)
    flagged = 0
    for _ in range(2000):
        minutes = rng.normal(0, 200, size=rng.integers(5, 1500))
        rounded = (np.round(minutes / rounded_to) * rounded_to).astype(np.int64) % 1440
        flagged += midnight_heap(rounded) is not None
    assert flagged <= 2


def test_the_rows_of_a_heap_are_those_of_its_own_group() -> None:
    starts = np.array([0] * 8 + [1440] * 2 + [30])
    groups = np.array([0] * 8 + [1] * 2 + [0])
    in_heap = heap_rows(starts, timed=np.ones(11, dtype=np.bool_), groups=groups)
    assert in_heap.tolist() == [True] * 8 + [False] * 3
    timed = np.array([False] * 8 + [True] * 3)
    assert not heap_rows(starts, timed=timed, groups=groups).any()
