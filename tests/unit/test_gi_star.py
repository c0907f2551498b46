"""Gi* against esda and by hand, its adjusted p-values, and what it makes of a study area."""

from __future__ import annotations

import math

import libpysal
import numpy as np
import pandas as pd
import pytest
import shapely
from esda import G_Local
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.crs import transform
from geo.grid import Grid
from models.hotspots.cells import Cells, TooLittleDataError, cells_of, patches
from models.hotspots.gi_star import GiStarSettings, find, gi_star, p_value_label
from models.hotspots.method_result import NoHarmWeightsError, SettingError
from models.hotspots.methods import METHODS, detect
from models.hotspots.significance import Control, adjusted_p, two_sided_p
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, ward_of
from tests.shared_data import SHARED, needs_shared

COUNTS = arrays(np.float64, (6, 7), elements=st.integers(0, 9).map(float))
P_VALUES = arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1))


def esda_z(counts: np.ndarray) -> np.ndarray:
    weights = libpysal.weights.lat2W(*counts.shape, rook=False)
    weights = libpysal.weights.fill_diagonal(weights, 1.0)
    peer = G_Local(counts.ravel(), weights, transform="B", star=True, permutations=0)
    return np.asarray(peer.Zs).reshape(counts.shape)


def everywhere(counts: np.ndarray) -> np.ndarray:
    return np.ones(counts.shape, dtype=np.bool_)


def test_a_cross_by_hand() -> None:
    # Nine in the middle of 5 x 5: mean 0.36, variance 81/25 - 0.36^2 = 3.1104.
    counts = np.zeros((5, 5))
    counts[2, 2] = 9
    z = gi_star(counts, everywhere(counts))
    whole = (9 - 9 * 0.36) / math.sqrt(3.1104 * 9 * 16 / 24)
    corner = (9 * 0 - 4 * 0.36) / math.sqrt(3.1104 * 4 * 21 / 24)
    assert z[2, 2] == pytest.approx(whole, rel=1e-12)
    assert z[1, 3] == pytest.approx(whole, rel=1e-12)
    assert z[0, 0] == pytest.approx(corner, rel=1e-12)


@pytest.fixture(scope="module")
def memphis() -> np.ndarray:
    """Robberies in 500 m cells from the points' own corner."""
    rows = pd.read_csv(SHARED / "data/timed/memphis_robberies.csv")
    x, y = transform(rows["x"], rows["y"], source="EPSG:4326", target="EPSG:32615")
    grid = Grid(
        left=x.min(),
        bottom=y.min(),
        cell_m=500.0,
        columns=int((x.max() - x.min()) // 500) + 1,
        rows=int((y.max() - y.min()) // 500) + 1,
    )
    return grid.counts(x, y)


@needs_shared
def test_robberies_in_memphis_have_the_z_of_esda(memphis: np.ndarray) -> None:
    assert memphis.size == 4189
    z = gi_star(memphis, everywhere(memphis))
    assert np.abs(z - esda_z(memphis)).max() < 1e-12


@needs_shared
@pytest.mark.parametrize(
    ("control", "hot"),
    [(None, 490), ("benjamini_hochberg", 350), ("benjamini_yekutieli", 251), ("holm", 156)],
)
def test_robberies_in_memphis_have_the_known_number_of_hot_cells(
    control: Control | None, hot: int, memphis: np.ndarray
) -> None:
    z = gi_star(memphis, everywhere(memphis)).ravel()
    p = two_sided_p(z)
    if control is not None:
        p = adjusted_p(p, control=control)
    assert int(((p < 0.05) & (z > 0)).sum()) == hot


@given(COUNTS)
def test_z_is_that_of_esda_on_any_counts(counts: np.ndarray) -> None:
    z = gi_star(counts, everywhere(counts))
    if counts.min() == counts.max():
        assert np.isnan(z).all()
    else:
        np.testing.assert_allclose(z, esda_z(counts), rtol=0, atol=1e-11)


@given(COUNTS)
def test_cells_that_take_no_part_are_as_if_off_the_grid(counts: np.ndarray) -> None:
    member = np.zeros(counts.shape, dtype=np.bool_)
    member[1:5, 2:6] = True
    alone = gi_star(counts[1:5, 2:6], everywhere(counts[1:5, 2:6]))
    within = gi_star(counts, member)
    np.testing.assert_array_equal(within[1:5, 2:6], alone)
    assert np.isnan(within[~member]).all()


def test_empty_cells_are_in_the_mean() -> None:
    counts = np.array([[4.0, 5.0, 6.0, 5.0, 4.0]])
    padded = np.pad(counts, ((4, 4), (0, 0)))
    busy = gi_star(counts, everywhere(counts))[0, 2]
    with_empty = gi_star(padded, everywhere(padded))[4, 2]
    # Three of five cells hold 16 of 24; nine of 45 hold the same 16.
    assert busy == pytest.approx((16 - 3 * 4.8) / math.sqrt(0.56 * 3 * 2 / 4))
    spread = 118 / 45 - (24 / 45) ** 2
    assert with_empty == pytest.approx((16 - 9 * 24 / 45) / math.sqrt(spread * 9 * 36 / 44))


@given(P_VALUES)
def test_adjusted_p_values_are_those_of_the_definition_and_never_smaller(p: np.ndarray) -> None:
    n = len(p)
    for control, factor in (
        ("benjamini_hochberg", 1.0),
        ("benjamini_yekutieli", sum(1 / place for place in range(1, n + 1))),
    ):
        # The smallest level at which a test passes: some p at or above it is low for its place.
        by_definition = [
            min(1.0, *(q * n * factor / int((p <= q).sum()) for q in p if q >= each)) for each in p
        ]
        adjusted = adjusted_p(p, control=control)
        np.testing.assert_allclose(adjusted, by_definition, atol=1e-12)
        assert (adjusted >= p - 1e-15).all()


def test_holm_by_hand() -> None:
    adjusted = adjusted_p(np.array([0.03, 0.01, 0.02]), control="holm")
    np.testing.assert_allclose(adjusted, [0.04, 0.03, 0.04])
    assert adjusted_p(np.array([0.9, 0.6]), control="holm").tolist() == [1.0, 1.0]
    assert adjusted_p(np.empty(0)).tolist() == []


def test_p_is_two_sided_and_unknown_is_one() -> None:
    z = np.array([0.0, 1.959963984540054, -1.959963984540054, math.nan])
    np.testing.assert_allclose(two_sided_p(z), [1.0, 0.05, 0.05, 1.0], rtol=1e-12)


def pile(n: int, *, at: tuple[float, float] = (1_000.0, 1_000.0)) -> tuple[np.ndarray, np.ndarray]:
    """Put incidents into one cell, each at a place of its own within 37 m."""
    each = np.arange(n)
    return CORNER[0] + at[0] + each % 37, CORNER[1] + at[1] + each % 31


def test_one_pile_is_hot_with_its_eight_neighbours() -> None:
    found = find(incidents_at(*pile(60)), square_area(), settings=GiStarSettings())
    (polygon,) = found.polygons
    # The cell that holds the pile starts at multiples of 150 m, and so do its neighbours.
    left, bottom = (CORNER + 1000) // 150 * 150 - 150
    assert polygon.equals(shapely.box(left, bottom, left + 450, bottom + 450))
    assert found.evidence[0].hot_class == "99 %"
    assert "with 99 % confidence" in found.evidence[0].sentence


@pytest.mark.parametrize("n", [0, 59])
def test_under_sixty_incidents_are_refused_in_words(n: int) -> None:
    message = f"{n} incidents in the chosen wards, and it needs at least 60.*longer period"
    with pytest.raises(TooLittleDataError, match=message):
        detect(incidents_at(*pile(n)), square_area(), settings=GiStarSettings())


def test_incidents_outside_the_chosen_wards_do_not_make_it_enough() -> None:
    easting, northing = (np.concatenate(pair) for pair in zip(pile(59), pile(9), strict=True))
    ward = np.where(np.arange(68) < 59, 0, -1).astype(np.int16)
    with pytest.raises(TooLittleDataError, match="59 incidents"):
        find(incidents_at(easting, northing, ward=ward), square_area(), settings=GiStarSettings())


def test_under_thirty_cells_are_refused_in_words() -> None:
    area = square_area(side_m=500.0)  # 1 km across: 4 cells of 300 m each way, or a few more
    with pytest.raises(TooLittleDataError, match=r"cells of 300 m.*at least 30.*smaller cells"):
        find(incidents_at(*pile(100)), area, settings=GiStarSettings(cell_m=300))
    smaller = find(incidents_at(*pile(100)), area, settings=GiStarSettings(cell_m=100))
    assert "each of 100 cells of 100 m" in smaller.explanation


def test_cells_of_the_chosen_wards_are_tested_with_their_neighbours_around() -> None:
    cells = cells_of(square_area(chosen=[0], side_m=1500.0), cell_m=150.0)
    x, y = cells.grid.centres()
    inside = (x >= WEST) & (x < WEST + 1500), (y >= SOUTH) & (y < SOUTH + 1500)
    assert cells.tested[np.ix_(inside[1], inside[0])].all()
    assert (cells.member & ~cells.tested).any()
    # Nothing was recorded west and south of the wards, so no cell there takes part in full.
    assert not cells.member[:, x + 75 <= WEST].any()
    assert not cells.member[y + 75 <= SOUTH].any()


def test_a_hotspot_across_the_border_of_the_chosen_wards_is_seen_whole() -> None:
    at = (2_010.0, 1_000.0)  # just east of ward 0, which is the one chosen
    easting, northing = (
        np.concatenate(pair) for pair in zip(pile(500, at=at), pile(60), strict=True)
    )
    ward = ward_of(easting, northing)
    found = find(
        incidents_at(easting, northing, ward=ward),
        square_area(chosen=[0]),
        settings=GiStarSettings(),
    )
    assert max(polygon.bounds[2] for polygon in found.polygons) == pytest.approx(WEST + 2000)


def test_cells_that_touch_at_a_corner_stay_apart() -> None:
    area = square_area()
    grid = Grid.covering(area.land.bounds, cell_m=150.0)
    picked = np.zeros(grid.shape, dtype=np.bool_)
    picked[4, 4] = picked[5, 5] = picked[5, 6] = True
    found = patches(Cells(grid, picked, picked, picked * 1.0, area.land), picked)
    assert sorted(patch.polygon.area for patch in found) == [150.0**2, 2 * 150.0**2]


def test_more_confidence_finds_part_of_what_less_finds() -> None:
    rng = np.random.default_rng(4)
    points = np.concatenate(
        [rng.uniform(0, 4000, (900, 2)), rng.normal(900, 120, (60, 2))]
    ) + CORNER  # fmt: skip
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    unions = [
        shapely.union_all(
            find(incidents, square_area(), settings=GiStarSettings(confidence=level)).polygons
        )
        for level in ("90", "95", "99")
    ]
    assert unions[0].area >= unions[1].area >= unions[2].area > 0
    assert shapely.within(unions[2], unions[0].buffer(1e-6))


def test_the_one_shape_holds_class_z_and_p() -> None:
    frame = detect(incidents_at(*pile(60)), square_area(), settings=GiStarSettings()).frame
    row = frame.iloc[0]
    assert row["hot_class"] in {each.name for each in METHODS["gi_star"].classes}
    assert row["z"] > 2.5
    assert row["p_value"] < 0.01
    assert row["reasons"][-1].startswith("more than chance would put here")
    plain = detect(incidents_at(*pile(60)), square_area()).frame.iloc[0]
    assert plain["hot_class"] == ""
    assert math.isnan(plain["z"])
    assert math.isnan(plain["p_value"])


def test_by_harm_without_any_weight_is_refused() -> None:
    with pytest.raises(NoHarmWeightsError):
        find(incidents_at(*pile(60)), square_area(), settings=GiStarSettings(weight="harm"))


@pytest.mark.parametrize("cell_m", [49.0, 1001.0])
def test_a_cell_outside_its_range_is_refused(cell_m: float) -> None:
    with pytest.raises(SettingError, match="cell_m"):
        GiStarSettings(cell_m=cell_m)


def test_cells_of_fifty_metres_to_a_kilometre_are_taken_and_no_others() -> None:
    assert [GiStarSettings(cell_m=side).cell_m for side in (50, 1000)] == [50, 1000]
    for side in (49.9, 1000.1):
        with pytest.raises(SettingError, match="cell_m"):
            GiStarSettings(cell_m=side)


def test_a_p_value_is_said_to_three_decimals_and_below_that_by_its_limit() -> None:
    assert p_value_label(0.001) == "p = 0.001"
    assert p_value_label(0.00099) == "p < 0.001"
