"""Coordinates and postcodes become positions, or are refused with the reason a person needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import BRITISH_NATIONAL_GRID, WGS84, transform
from geo.geocoding import Fault, metric_positions
from geo.points import UnequalLengthsError
from geo.postcodes import MalformedPostcodesError, PostcodeTable, tidy_postcodes, well_formed
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Sequence

TOWER_HAMLETS = (530_000.0, 178_000.0, 541_000.0, 188_000.0)
LEEDS = (415_000.0, 421_000.0, 446_000.0, 450_000.0)


def faults(x: Sequence[object], y: Sequence[object], **kwargs: object) -> list[Fault]:
    positions = metric_positions(x, y, **{"crs": WGS84, **kwargs})  # type: ignore[arg-type]
    refused = positions.fault != Fault.NONE
    assert np.isnan(positions.easting).tolist() == refused.tolist()
    assert np.isnan(positions.northing).tolist() == refused.tolist()
    return [Fault(int(fault)) for fault in positions.fault]


def test_longitude_and_latitude_become_easting_and_northing() -> None:
    # Code-Point Open's own pair for E1 0AA; the shift between the datums is good to 5 m.
    positions = metric_positions([-0.052098], [51.512497], crs=WGS84)
    assert positions.easting[0] == pytest.approx(535_267, abs=5)
    assert positions.northing[0] == pytest.approx(181_084, abs=5)
    assert positions.located.tolist() == [True]
    assert positions.reason(0) == ""


def test_easting_and_northing_are_left_as_they_are() -> None:
    given_x = np.array([535_267.25, 534_000.0])
    positions = metric_positions(given_x, [181_084.5, 180_000.0], crs=BRITISH_NATIONAL_GRID)
    assert positions.easting.tolist() == [535_267.25, 534_000.0]
    assert positions.northing.tolist() == [181_084.5, 180_000.0]
    positions.easting[0] = 0.0
    assert given_x[0] == 535_267.25


def test_blank_and_unreadable_values_are_told_apart() -> None:
    x = ["", None, "  ", "n/a", "51,5", "inf", " -0.05 ", "nan"]
    y = ["51.5"] * 8
    none, bad = Fault.MISSING, Fault.NOT_A_NUMBER
    assert faults(x, y) == [none, none, none, bad, bad, bad, Fault.NONE, bad]
    assert faults(y, x)[:6] == [none, none, none, bad, bad, bad]


def test_numbers_that_are_missing_or_endless_are_refused() -> None:
    assert faults(np.array([np.nan, np.inf, -0.05]), np.array([51.5] * 3)) == [
        Fault.MISSING,
        Fault.NOT_A_NUMBER,
        Fault.NONE,
    ]
    x = pd.Series([None, -0.05], dtype="Float64")
    assert faults(x, pd.Series([51.5, 51.5])) == [Fault.MISSING, Fault.NONE]


def test_zero_coordinates_are_blank_but_greenwich_is_a_place() -> None:
    assert faults([0.0, 0.0, -0.05], [0.0, 51.48, 0.0]) == [
        Fault.ZERO,
        Fault.NONE,
        Fault.OUTSIDE,
    ]
    x, y = [0.0, 0.0, 535_000.0], [0.0, 181_000.0, 0.0]
    assert faults(x, y, crs=BRITISH_NATIONAL_GRID) == [Fault.ZERO] * 3


def test_swapped_longitude_and_latitude_are_recognised() -> None:
    assert faults([51.5, -0.05], [-0.05, 51.5]) == [Fault.SWAPPED, Fault.NONE]
    assert faults([41.9, -87.6], [-87.6, 41.9], metric_crs="EPSG:32616") == [
        Fault.SWAPPED,
        Fault.NONE,
    ]
    # A latitude that would be beyond the pole is still a swap, not metres.
    assert faults([34.0], [-118.2], metric_crs="EPSG:32611") == [Fault.SWAPPED]


def test_swapped_easting_and_northing_are_recognised_when_the_region_is_known() -> None:
    x, y = [181_084.0, 535_267.0, 430_000.0], [535_267.0, 181_084.0, 433_000.0]
    swapped = faults(x, y, crs=BRITISH_NATIONAL_GRID, region=TOWER_HAMLETS)
    assert swapped == [Fault.SWAPPED, Fault.NONE, Fault.NONE]
    # Without a region the swapped pair is a place, if a wet one; nothing is guessed.
    assert faults(x, y, crs=BRITISH_NATIONAL_GRID) == [Fault.NONE] * 3


def test_a_true_place_near_a_region_on_the_diagonal_is_not_taken_for_a_swap() -> None:
    assert faults([446_500.0], [440_000.0], crs=BRITISH_NATIONAL_GRID, region=LEEDS) == [Fault.NONE]


def test_degrees_given_as_metres_and_metres_given_as_degrees_are_recognised() -> None:
    x, y = [-0.05, 51.5, -118.2], [51.5, -0.05, 34.0]
    assert faults(x, y, crs=BRITISH_NATIONAL_GRID) == [Fault.DEGREES_AS_METRES] * 3
    assert faults([535_267.0], [181_084.0]) == [Fault.METRES_AS_DEGREES]


def test_places_elsewhere_are_refused_in_plain_words() -> None:
    positions = metric_positions([2.35, -87.6], [48.85, 41.9], crs=WGS84)
    assert set(positions.reasons()) == {"the place lies outside Great Britain"}
    chicago = metric_positions([2.35, -87.6], [48.85, 41.9], crs=WGS84, metric_crs="EPSG:32616")
    assert chicago.reason(0) == (
        "the place lies outside the area of the coordinate system EPSG:32616"
    )
    assert chicago.reason(1) == ""
    assert faults([9e9], [1.0], crs=BRITISH_NATIONAL_GRID) == [Fault.OUTSIDE]


def test_every_fault_has_words() -> None:
    positions = metric_positions(["", "x", "0"], ["", "1", "0"], crs=WGS84)
    assert positions.reasons().tolist() == [
        "no place is given",
        "a coordinate is not a number",
        "a coordinate is 0, which is how a blank is often written",
    ]


def test_unequal_lengths_are_refused_and_no_rows_are_fine() -> None:
    with pytest.raises(UnequalLengthsError):
        metric_positions([1.0, 2.0], [1.0], crs=WGS84)
    assert len(metric_positions([], [], crs=WGS84).fault) == 0


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 1000), places=st.integers(1, 500))
def test_many_rows_at_few_places_come_out_as_if_moved_one_by_one(seed: int, places: int) -> None:
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, places, 12_000)
    x, y = rng.uniform(-0.1, 0.0, places)[chosen], rng.uniform(51.4, 51.6, places)[chosen]
    positions = metric_positions(x, y, crs=WGS84)
    easting, northing = transform(x, y, source=WGS84, target=BRITISH_NATIONAL_GRID)
    assert (positions.easting == easting).all()
    assert (positions.northing == northing).all()


# Postcodes


def table() -> PostcodeTable:
    return PostcodeTable.of(
        ["E2 8AA", "e1 0aa", "E10AB"],
        easting=[3.0, 1.0, 2.0],
        northing=[30.0, 10.0, 20.0],
        ward_codes=["E05000003", None, "E05000002"],
    )


def test_a_postcode_is_found_however_it_is_written() -> None:
    written = ["E1 0AA", "e10aa", " e1  0Aa ", "E1-0AA", "E1\u00a00AA", "E2 8AA"]
    positions = table().positions(written)
    assert positions.easting.tolist() == [1.0, 1.0, 1.0, 1.0, 1.0, 3.0]
    assert positions.northing.tolist() == [10.0, 10.0, 10.0, 10.0, 10.0, 30.0]
    assert positions.located.all()


def test_a_postcode_that_is_blank_malformed_or_unknown_is_refused_with_the_reason() -> None:
    positions = table().positions(["", None, "E1", "E1 OAA", "EC1A 1BB", "12345", np.nan])
    assert positions.reasons().tolist() == [
        "no place is given",
        "no place is given",
        "this is not written like a full postcode",
        "this is not written like a full postcode",
        "this postcode is not in the postcode table",
        "this is not written like a full postcode",
        "no place is given",
    ]
    assert np.isnan(positions.easting).all()


def test_the_table_is_sorted_and_keeps_the_first_of_a_repeat() -> None:
    twice = PostcodeTable.of(["E2 8AA", "E1 0AA", "E28AA"], easting=[1, 2, 3], northing=[1, 2, 3])
    assert twice.postcodes.to_pylist() == ["E10AA", "E28AA"]
    assert twice.easting.tolist() == [2.0, 1.0]
    assert len(twice) == 2
    assert table().ward_codes.to_pylist() == [None, "E05000002", "E05000003"]


def test_an_empty_table_knows_no_postcode() -> None:
    empty = PostcodeTable.of([], easting=[], northing=[])
    assert empty.positions(["E1 0AA"]).fault.tolist() == [Fault.POSTCODE_UNKNOWN]
    assert len(table().positions([]).fault) == 0


def test_a_table_with_rows_that_are_no_postcodes_is_refused() -> None:
    with pytest.raises(MalformedPostcodesError, match=r"1 row .* row 2, 'NONE'"):
        PostcodeTable.of(["E1 0AA", "none"], easting=[1, 2], northing=[1, 2])


@pytest.mark.parametrize(
    "postcode", ["M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "W1A 0AX", "EC1A 1BB"]
)
def test_all_six_shapes_of_postcode_are_well_formed(postcode: str) -> None:
    assert well_formed(tidy_postcodes([postcode])).tolist() == [True]


@needs_shared
def test_every_real_postcode_is_found_where_the_table_says() -> None:
    rows = pd.read_csv(SHARED / "data/postcodes/codepoint_open_2025-05_th_hackney.csv")
    real = PostcodeTable.of(rows["postcode"], easting=rows["easting"], northing=rows["northing"])
    positions = real.positions(rows["postcode"].str.replace(" ", "").str.lower())
    assert positions.easting.tolist() == rows["easting"].tolist()
    assert positions.northing.tolist() == rows["northing"].tolist()
    degrees = metric_positions(rows["longitude"], rows["latitude"], crs=WGS84)
    away = np.hypot(degrees.easting - positions.easting, degrees.northing - positions.northing)
    assert away.max() < 5
