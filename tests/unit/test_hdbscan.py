"""HDBSCAN's labels are scikit-learn's; what is shown of a cluster, and where it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from sklearn.cluster import HDBSCAN

from models.hotspots.dbscan import DbscanSettings
from models.hotspots.hdbscan import MOST_INCIDENTS, HdbscanSettings, hdbscan_labels
from models.hotspots.method_result import SettingError, TooManyIncidentsError
from models.hotspots.methods import METHODS, detect
from models.hotspots.outlines import kept_apart
from tests.planted import CORNER, incidents_at, square_area, ward_of

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents
    from models.hotspots.methods import MethodSettings

TWINS = np.array([[1000.0, 1000.0], [1260.0, 1000.0]])  # busy, and next to each other
QUIET = np.array([3000.0, 3000.0])


def at(points: np.ndarray) -> Incidents:
    return incidents_at(*points.T, ward=ward_of(*points.T))


def unlike_places(seed: int = 5) -> Incidents:
    """Two busy places with a street of incidents between them, a quiet one, and some anywhere."""
    rng = np.random.default_rng(seed)
    parts = [
        *(place + rng.normal(0, 25, (300, 2)) for place in TWINS),
        TWINS[0] + np.column_stack((np.linspace(0, 260, 40), rng.normal(0, 5, 40))),
        QUIET + rng.uniform(-110, 110, (70, 2)),
        rng.uniform(0, 4000, (400, 2)),
    ]
    return at(np.concatenate(parts) + CORNER)


def places_in(incidents: Incidents, settings: MethodSettings) -> tuple[list[str], str]:
    """Return the hotspots at the two busy places, and that at the quiet one."""
    frame = detect(incidents, square_area(), settings=settings).frame
    ids = [
        next(iter(frame.loc[frame.geometry.contains(shapely.Point(place)), "hotspot_id"]), "")
        for place in (*(TWINS + CORNER), QUIET + CORNER)
    ]
    return ids[:2], ids[2]


def test_places_of_unlike_density_are_found_together_as_no_one_threshold_does() -> None:
    incidents = unlike_places()
    (one, other), quiet = places_in(incidents, HdbscanSettings())
    assert len({one, other, quiet} - {""}) == 3
    apart_and_quiet = []
    for least in (10, 15, 20, 30, 50, 80, 120, 160, 200, 240):
        (one, other), quiet = places_in(incidents, DbscanSettings(min_samples=least))
        apart_and_quiet.append((one != other, bool(quiet)))
    assert (False, True) in apart_and_quiet
    assert (True, False) in apart_and_quiet
    assert (True, True) not in apart_and_quiet


@pytest.mark.parametrize(("size", "samples"), [(10, 10), (10, 3), (25, 40)])
def test_the_labels_are_those_of_scikit_learn(size: int, samples: int) -> None:
    incidents = unlike_places()
    points = np.column_stack((incidents.easting, incidents.northing))
    points = points[np.lexsort(points.T[::-1])]
    ours = hdbscan_labels(*points.T, min_cluster_size=size, min_samples=samples)
    model = HDBSCAN(min_cluster_size=size, min_samples=samples, algorithm="ball_tree", copy=True)
    assert ours.max() >= 1
    assert ours.tolist() == model.fit(points).labels_.tolist()


def test_the_order_of_incidents_changes_no_cluster() -> None:
    incidents = unlike_places()
    order = np.random.default_rng(8).permutation(len(incidents))
    x, y = incidents.easting, incidents.northing
    one = hdbscan_labels(x, y, min_cluster_size=12, min_samples=12)
    other = hdbscan_labels(x[order], y[order], min_cluster_size=12, min_samples=12)
    assert one.max() >= 1
    assert one[order].tolist() == other.tolist()


@pytest.mark.parametrize("n", [0, 1, 11])
def test_fewer_points_than_a_cluster_needs_are_noise(n: int) -> None:
    x = np.arange(n, dtype=np.float64)
    assert hdbscan_labels(x, x, min_cluster_size=12, min_samples=2).tolist() == [-1] * n
    assert hdbscan_labels(x, x, min_cluster_size=2, min_samples=12).tolist() == [-1] * n


def test_positions_with_as_many_as_a_cluster_needs_are_never_joined() -> None:
    """Three map points 60 m apart: the two that hold enough are two hotspots that share a side."""
    spots = np.array([[1000.0, 1000.0], [1060.0, 1000.0], [1120.0, 1000.0]])
    elsewhere = np.random.default_rng(3).uniform(0, 4000, (100, 2))
    points = np.concatenate([np.repeat(spots, (40, 40, 4), axis=0), elsewhere]) + CORNER
    settings = HdbscanSettings(min_samples=20, min_cluster_size=20)
    frame = detect(at(points), square_area(), settings=settings).frame
    first, second = (
        frame[frame.geometry.contains(shapely.Point(spot + CORNER))] for spot in spots[:2]
    )
    assert first["hotspot_id"].tolist() != second["hotspot_id"].tolist()
    assert first["incidents"].item() >= 40
    assert second["incidents"].item() >= 40
    border = first.geometry.item().intersection(second.geometry.item())
    assert border.area == pytest.approx(0, abs=1e-6)
    assert border.length > 50
    assert border.centroid.x == pytest.approx(CORNER[0] + 1030, abs=1e-6)


def test_one_bunch_alone_is_one_hotspot() -> None:
    rng = np.random.default_rng(4)
    points = np.concatenate([QUIET + rng.normal(0, 20, (60, 2)), rng.uniform(0, 4000, (30, 2))])
    incidents = at(points + CORNER)
    labels = hdbscan_labels(
        incidents.easting, incidents.northing, min_cluster_size=40, min_samples=40
    )
    assert labels.max() == -1
    settings = HdbscanSettings(min_samples=40, min_cluster_size=40)
    frame = detect(incidents, square_area(), settings=settings).frame
    assert len(frame) == 1
    assert frame.geometry.item().contains(shapely.Point(QUIET + CORNER))


def test_bunches_far_from_each_other_are_hotspots_of_their_own() -> None:
    """They hold fewer than a cluster needs, so HDBSCAN has them in one or in none."""
    rng = np.random.default_rng(7)
    far = np.array([[800.0, 800.0], [3200.0, 800.0], [2000.0, 3200.0]])
    points = np.concatenate([each + rng.normal(0, 20, (18, 2)) for each in far])
    frame = detect(at(points + CORNER), square_area(), settings=HdbscanSettings()).frame
    assert sorted(frame["incidents"]) == [18, 18, 18]
    assert set(frame.geometry.geom_type) == {"Polygon"}


def test_ground_less_dense_than_asked_for_is_no_hotspot() -> None:
    points = np.random.default_rng(6).uniform(0, 4000, (3000, 2)) + CORNER
    labels = hdbscan_labels(*points.T, min_cluster_size=18, min_samples=18)
    assert (labels >= 0).mean() > 0.2  # clusters of what chance put there
    assert detect(at(points), square_area(), settings=HdbscanSettings()).frame.empty
    lower = HdbscanSettings(times_average=1.5)
    assert not detect(at(points), square_area(), settings=lower).frame.empty


def test_outlines_that_overlap_are_parted_halfway_and_others_left_as_they_are() -> None:
    x, y = np.array([0.0, 60.0, 0.0, 500.0]), np.zeros(4)
    label = np.array([0, 1, 0, 2], dtype=np.int32)
    discs = tuple(shapely.Point(each, 0).buffer(50) for each in (0, 60, 500))
    left, right, far = kept_apart(discs, x, y, label=label)
    assert left.bounds[2] == right.bounds[0] == pytest.approx(30)
    assert left.union(right).symmetric_difference(discs[0].union(discs[1])).area < 1e-6
    assert far is discs[2]
    assert kept_apart(discs[1:], x[[1, 3]], y[:2], label=label[[1, 3]]) == discs[1:]


def test_more_incidents_than_it_takes_are_refused_and_dbscan_named() -> None:
    n = MOST_INCIDENTS + 1
    points = np.random.default_rng(1).uniform(0, 4000, (n, 2)) + CORNER
    with pytest.raises(TooManyIncidentsError) as refused:
        detect(at(points), square_area(), settings=HdbscanSettings())
    said = str(refused.value)
    assert said.startswith(
        "Clusters of any density (HDBSCAN) takes at most 35,000 incidents, and there are 35,001"
    )
    assert METHODS["dbscan"].label in said
    corner = detect(at(points), square_area(chosen=[0]), settings=HdbscanSettings())
    assert 0 < corner.incidents < n / 2  # those far from the chosen wards do not count


def test_it_claims_nothing_about_chance() -> None:
    result = detect(unlike_places(), square_area(), settings=HdbscanSettings())
    assert METHODS["hdbscan"].classes == ()
    assert result.frame["p_value"].isna().all()
    assert "No test: chance makes clusters too." in result.explanation
    assert "at 4 times the average density and at least 10" in result.explanation


@pytest.mark.parametrize(
    ("name", "value"),
    [("eps_m", 0.5), ("min_cluster_size", 1), ("min_samples", 0), ("times_average", 0)],
)
def test_a_setting_outside_its_range_is_refused_by_name(name: str, value: float) -> None:
    with pytest.raises(SettingError, match=name):
        HdbscanSettings(**{name: value})
