"""Concentration worked by hand, and the generalised Gini where places outnumber incidents."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.hotspots.concentration import (
    Concentration,
    NoConcentrationError,
    cell_counts,
    concentration,
)
from tests.planted import SOUTH, WEST, incidents_at, square_area


def measured(*counts: int) -> Concentration:
    return concentration(np.array(counts, dtype=np.int64))


def test_shares_and_gini_of_four_places_are_those_worked_by_hand() -> None:
    found = measured(1, 4, 3, 2)
    # Busiest first 4, 3, 2, 1 of 10: one place holds 40 %, two hold 70 %.
    assert (found.places, found.incidents) == (4, 10)
    assert (found.places_quarter, found.places_half) == (1, 2)
    assert (found.share_quarter, found.share_half) == (0.25, 0.5)
    assert found.gini == pytest.approx(0.25)  # (2 × (1 + 4 + 9 + 16) / 10 − 5) / 4
    assert found.generalised_gini == pytest.approx(0.25)
    np.testing.assert_allclose(found.cumulative, [0, 0.4, 0.7, 0.9, 1.0])


def test_an_even_spread_has_no_concentration() -> None:
    found = measured(3, 3, 3, 3)
    assert (found.gini, found.generalised_gini) == (0.0, 0.0)
    assert (found.places_quarter, found.places_half) == (1, 2)


def test_few_incidents_each_in_its_own_place_are_not_concentrated() -> None:
    found = measured(0, 0, 0, 1, 1)
    assert found.gini == pytest.approx(0.6)
    assert found.generalised_gini == pytest.approx(0.0)
    assert found.places_half == 1


def test_all_in_one_place_is_one_less_a_share_of_the_incidents() -> None:
    found = measured(0, 0, 0, 0, 2)
    assert found.gini == pytest.approx(0.8)
    assert found.generalised_gini == pytest.approx(0.5)  # 1 − 1/2 incidents
    assert measured(*([0] * 999), 100).generalised_gini == pytest.approx(0.99)


def test_half_means_at_least_half() -> None:
    assert measured(5, 5).places_half == 1
    assert measured(5, 5, 1).places_half == 2


def test_without_incidents_nothing_is_measured() -> None:
    with pytest.raises(NoConcentrationError, match="no incidents"):
        measured(0, 0)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60).filter(any))
def test_the_measures_keep_their_bounds_and_ignore_the_order(counts: list[int]) -> None:
    found = measured(*counts)
    turned = measured(*reversed(counts))
    assert turned.generalised_gini == found.generalised_gini
    assert -1e-9 <= found.generalised_gini <= found.gini + 1e-9 <= 1
    assert 0 < found.places_quarter <= found.places_half <= np.count_nonzero(counts)
    assert found.cumulative[found.places_half] >= 0.5 > found.cumulative[found.places_half - 1]
    values = np.array(counts)
    differences = np.abs(values[:, None] - values[None, :]).sum()
    by_pairs = differences / (2 * len(values) ** 2 * values.mean())
    assert found.gini == pytest.approx(by_pairs, abs=1e-12)


def test_empty_cells_of_the_chosen_wards_are_places_too() -> None:
    area = square_area()
    side = area.land.bounds[2] - area.land.bounds[0]
    incidents = incidents_at(
        np.full(5, WEST + 10.0), np.full(5, SOUTH + 10.0), ward=np.array([0, 0, 0, 0, -1], np.int16)
    )
    counts = cell_counts(incidents, area, cell_m=100.0)
    assert counts.sum() == 4
    assert counts.max() == 4
    assert len(counts) == (side / 100) ** 2
