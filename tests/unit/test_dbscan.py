"""DBSCAN's labels are scikit-learn's, whatever the input; clusters become outlines."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from sklearn.cluster import DBSCAN

from geo.crs import transform
from models.hotspots import clustering
from models.hotspots.clustering import cluster
from models.hotspots.dbscan import DbscanSettings, default_min_samples, find
from models.hotspots.method_result import SettingError
from models.hotspots.outlines import cluster_outlines
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, ward_of
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from random import Random


def assert_same_as_scikit_learn(
    points: np.ndarray,
    *,
    eps: float,
    min_samples: int,
    weight: np.ndarray | None = None,
) -> None:
    # The tree, as brute force measures with a rounding that is not the points' distance.
    model = DBSCAN(eps=eps, min_samples=min_samples, algorithm="kd_tree")
    reference = model.fit(points, sample_weight=weight)
    core = np.zeros(len(points), dtype=bool)
    core[reference.core_sample_indices_] = True
    ours = cluster(
        points[:, 0].copy(), points[:, 1].copy(), eps_m=eps, min_samples=min_samples, weight=weight
    )
    assert ours.labels.tolist() == reference.labels_.tolist()
    assert ours.core.tolist() == core.tolist()


@st.composite
def points_on_a_lattice(draw: st.DrawFn) -> np.ndarray:
    """Many distances of exactly eps, and many coincident points."""
    size = draw(st.integers(1, 14))
    count = draw(st.integers(1, 120))
    whole = draw(npst.arrays(np.int64, (count, 2), elements=st.integers(0, size)))
    step = draw(st.sampled_from([0.5, 1.0, 25.0]))
    return whole * step + draw(st.sampled_from([0.0, 4096.0]))


@given(
    points_on_a_lattice(),
    st.sampled_from([0.5, 1.0, 2.0, 2.5, 5.0, 25.0, 50.0, 125.0]),
    st.integers(1, 12),
)
@settings(max_examples=60, deadline=None)
def test_labels_on_a_lattice_with_repeats_and_exact_distances(
    points: np.ndarray, eps: float, min_samples: int
) -> None:
    assert_same_as_scikit_learn(points, eps=eps, min_samples=min_samples)


@given(
    npst.arrays(
        np.float64,
        st.tuples(st.integers(1, 80), st.just(2)),
        elements=st.floats(-30, 30, allow_subnormal=False),
    ),
    st.floats(0.1, 20),
    st.integers(1, 10),
)
@settings(max_examples=60, deadline=None)
def test_labels_on_any_points(points: np.ndarray, eps: float, min_samples: int) -> None:
    assert_same_as_scikit_learn(points, eps=eps, min_samples=min_samples)


@given(points_on_a_lattice(), st.integers(1, 30), st.randoms(use_true_random=False))
@settings(max_examples=50, deadline=None)
def test_labels_with_weights(points: np.ndarray, min_samples: int, random: Random) -> None:
    weight = np.array([random.choice([0, 0.5, 1, 2, 7]) for _ in points])
    weight[0] = 1.0  # scikit-learn refuses weights that are all zero
    assert_same_as_scikit_learn(points, eps=2.0, min_samples=min_samples, weight=weight)


@pytest.mark.parametrize("parts", [2, 3, 4, 8])
@pytest.mark.parametrize("seed", range(4))
def test_labels_do_not_depend_on_how_fine_the_cells_are(
    monkeypatch: pytest.MonkeyPatch, parts: int, seed: int
) -> None:
    monkeypatch.setattr(clustering, "_parts_of_eps", lambda _: parts)
    rng = np.random.default_rng(seed)
    clumps = rng.normal(rng.uniform(0, 900, (8, 1, 2)), 40, (8, 60, 2)).reshape(-1, 2)
    points = rng.permutation(np.concatenate([clumps, rng.uniform(0, 1000, (300, 2))]))
    for min_samples in (3, 8, 20):
        assert_same_as_scikit_learn(points, eps=40.0, min_samples=min_samples)


def test_a_border_point_between_two_clusters_goes_to_the_first_met() -> None:
    # With eps 2 and 5 to make a core, only −2 and 2 are core, and 0 is a border point of both.
    easting = np.array([-4.0, -4.0, -4.0, -2.0, 0.0, 2.0, 4.0, 4.0, 4.0])
    for first_met in (easting, easting[::-1].copy()):
        ours = cluster(first_met, np.zeros(9), eps_m=2.0, min_samples=5)
        assert ours.labels.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
        assert np.flatnonzero(ours.core).tolist() == [3, 5]
        points = np.column_stack((first_met, np.zeros(9)))
        assert_same_as_scikit_learn(points, eps=2.0, min_samples=5)


def test_points_exactly_eps_apart_belong_together_and_just_beyond_do_not() -> None:
    northing = np.zeros(3)
    together = cluster(np.array([0.0, 3.0, 6.0]), northing, eps_m=3.0, min_samples=2)
    assert together.labels.tolist() == [0, 0, 0]
    apart = cluster(np.array([0.0, 3.0, 6.0]), northing, eps_m=math.nextafter(3, 0), min_samples=2)
    assert apart.labels.tolist() == [-1, -1, -1]


def test_a_stray_point_on_the_other_side_of_the_world_costs_nothing() -> None:
    points = np.concatenate([np.random.default_rng(2).uniform(0, 300, (200, 2)), [[9e9, -9e9]]])
    assert_same_as_scikit_learn(points, eps=25.0, min_samples=4)


def test_no_points_have_no_clusters() -> None:
    ours = cluster(np.zeros(0), np.zeros(0), eps_m=1.0, min_samples=1)
    assert len(ours.labels) == len(ours.core) == 0


def test_plus_and_minus_zero_are_one_place() -> None:
    assert_same_as_scikit_learn(
        np.array([[0.0, -0.0], [-0.0, 0.0], [50.0, 0.0]]), eps=1, min_samples=2
    )


@pytest.mark.parametrize(
    ("easting", "eps_m", "weight", "words"),
    [
        ([0.0, 1.0], 0.0, None, "eps_m cannot be 0.0: it must be above 0"),
        ([0.0, 1.0], 1.0, [1.0, -1.0], "weight cannot be -1.0: it must be 0 or more"),
        ([0.0, math.nan], 1.0, None, "it must be large enough"),
        ([0.0, 1e15], 1.0, None, "it must be large enough"),
    ],
)
def test_input_that_cannot_be_clustered_is_refused(
    easting: list[float], eps_m: float, weight: list[float] | None, words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        cluster(
            np.array(easting),
            np.zeros(2),
            eps_m=eps_m,
            min_samples=1,
            weight=None if weight is None else np.array(weight),
        )


@pytest.mark.parametrize(
    "wrong", [{"eps_m": 0.5}, {"eps_m": 9000}, {"min_samples": 0}, {"times_average": 0}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        DbscanSettings(**wrong)


@needs_shared
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("tower-hamlets-burglary-2018-03_2023-02.csv", None),
        ("hackney-burglary-2018-03_2023-02.csv", None),
        ("newham-all-crime-2016-04_2018-03.csv", "Anti-social behaviour"),
    ],
)
def test_labels_on_real_files(name: str, kind: str | None) -> None:
    rows = pd.read_csv(SHARED / "data/police_uk" / name).dropna(subset=["Longitude", "Latitude"])
    rows = rows if kind is None else rows[rows["Crime type"] == kind]
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source="EPSG:4326", target="EPSG:27700"
    )
    for eps, min_samples in ((100.0, 40), (60.0, 20)):
        points = np.column_stack((easting, northing))
        assert_same_as_scikit_learn(points, eps=eps, min_samples=min_samples)


def test_min_samples_grows_with_the_incidents_and_is_never_under_ten() -> None:
    given_settings = DbscanSettings()
    disc_km2 = math.pi * 0.01
    assert default_min_samples(60_000, area_km2=20, settings=given_settings) == math.ceil(
        4 * 3000 * disc_km2
    )
    assert default_min_samples(100, area_km2=20, settings=given_settings) == 10


def test_the_outline_of_one_point_is_a_disc_of_half_eps() -> None:
    (disc,) = cluster_outlines(np.array([7.3]), np.array([-2.9]), label=np.zeros(1, int), eps_m=100)
    true = shapely.Point(7.3, -2.9).buffer(50, quad_segs=64)
    assert disc.hausdorff_distance(true) < 1.0
    assert disc.area == pytest.approx(true.area, rel=0.01)


def test_outlines_are_the_joined_discs_of_each_cluster() -> None:
    rng = np.random.default_rng(8)
    points = rng.uniform(0, 1500, (120, 2)) + CORNER
    found = cluster(points[:, 0].copy(), points[:, 1].copy(), eps_m=150.0, min_samples=3)
    outlines = cluster_outlines(*points[found.core].T, label=found.labels[found.core], eps_m=150.0)
    assert len(outlines) == found.labels.max() + 1 >= 3
    for label, outline in enumerate(outlines):
        members = points[found.core & (found.labels == label)]
        true = shapely.union_all(shapely.buffer(shapely.points(members), 75, quad_segs=64))
        assert outline.is_valid
        assert outline.symmetric_difference(true).area < 0.015 * true.area
        assert true.buffer(15).contains(outline)
        assert outline.buffer(15).contains(true)
    for i, one in enumerate(outlines):
        for other in outlines[i + 1 :]:
            assert one.intersection(other).area < 1.0


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 120)), min_size=1, max_size=6),
    st.tuples(*[st.floats(0, 1)] * 2),
)
@example([(74, 48), (0, 0), (0, 40)], (0.0, 0.0))
def test_every_cluster_has_an_outline_around_its_points(
    heaps: list[tuple[int, int]], corner: tuple[float, float]
) -> None:
    points = np.array(heaps) + np.array(corner)
    outline = cluster_outlines(*points.T, label=np.zeros(len(points), np.int32), eps_m=100.0)[0]
    assert outline.is_valid
    assert outline.geom_type in {"Polygon", "MultiPolygon"}
    assert shapely.intersects_xy(outline, *points.T).all()
    exact = shapely.union_all(shapely.buffer(shapely.points(points), 50.0))
    assert shapely.symmetric_difference(outline, exact).area < 0.03 * exact.area


def test_three_heaps_whose_outline_meets_itself_in_a_point_are_one_hotspot() -> None:
    heaps = [(533825.0, 189805.0), (533756.6, 189724.8), (533851.7, 189713.0)]
    easting, northing = np.repeat(np.array(heaps), 10, axis=0).T
    outline = cluster_outlines(easting, northing, label=np.zeros(30, np.int32), eps_m=100.0)
    assert [each.is_valid for each in outline] == [True]
    assert shapely.intersects_xy(outline[0], easting, northing).all()


def test_planted_clusters_are_found_and_even_ground_is_not() -> None:
    rng = np.random.default_rng(4)
    spots = np.array([[600.0, 700.0], [2800.0, 3000.0]])
    planted = [spot + rng.normal(0, 30, (120, 2)) for spot in spots]
    points = np.concatenate([*planted, rng.uniform(0, 4000, (1200, 2))]) + CORNER
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    found = find(incidents, square_area(), settings=DbscanSettings())
    assert len(found.polygons) == 2
    for spot, polygon in zip(spots, found.polygons, strict=True):
        assert polygon.contains(shapely.Point(spot + CORNER))
    assert "12 incidents or more within 100 m" in found.explanation


def test_a_cluster_across_the_border_is_whole_but_drawn_on_the_land_alone() -> None:
    # Seven on either side: only together are they the ten that make a core point.
    offsets = np.arange(7.0)
    easting = np.concatenate([WEST + 1990 - offsets, WEST + 2010 + offsets])
    incidents = incidents_at(
        easting, np.full(14, SOUTH + 1000), ward=ward_of(easting, [SOUTH] * 14)
    )
    area = square_area(chosen=[0])
    (polygon,) = find(incidents, area, settings=DbscanSettings()).polygons
    assert polygon.bounds[2] == WEST + 2000
    assert find(incidents.take(incidents.ward == 0), area, settings=DbscanSettings()).polygons == ()


def test_no_incidents_give_no_clusters() -> None:
    assert find(incidents_at([], []), square_area(), settings=DbscanSettings()).polygons == ()
