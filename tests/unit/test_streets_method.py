"""The method Streets: what is counted, what is said and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.streets.segments import segments_of
from models.hotspots.method_result import SettingError
from models.hotspots.methods import detect
from models.hotspots.on_streets import (
    MissingStreetsError,
    SnappedStreetsError,
    StreetsElsewhereError,
)
from models.hotspots.shape import HOTSPOT_COLUMNS, Hotspots
from models.hotspots.streets import StreetSettings
from tests.made_streets import network_of, street_grid
from tests.planted import CORNER, SOUTH, WEST, incidents_at, square_area, ward_of

STREETS = segments_of(street_grid(west=WEST, south=SOUTH, across=50, block_m=80))

HOT = CORNER + np.array([510, 800])


def on_streets(n: int = 600, *, seed: int = 2) -> np.ndarray:
    """Points near streets all over the ground, and many along 200 m of one street."""
    rng = np.random.default_rng(seed)
    lines = STREETS.network.lines[rng.integers(0, len(STREETS), n)]
    spread = shapely.get_coordinates(
        shapely.line_interpolate_point(lines, rng.random(n), normalized=True)
    )
    hot = CORNER + np.column_stack([rng.uniform(410, 610, 80), np.full(80, 800.0)])
    xy = np.concatenate([spread, hot]) + rng.uniform(-8, 8, (n + 80, 2))
    return xy[ward_of(*xy.T) >= 0]


def found(xy: np.ndarray, settings: StreetSettings | None = None, **columns: object) -> Hotspots:
    incidents = incidents_at(*xy.T, ward=ward_of(*xy.T), **columns)
    return detect(incidents, square_area(), settings=settings or StreetSettings(), streets=STREETS)


@pytest.mark.parametrize("weighting", ["count", "harm", "density"])
def test_the_busiest_street_comes_first_in_the_one_shape(weighting: str) -> None:
    xy = on_streets()
    result = found(xy, StreetSettings(weighting=weighting), harm=np.ones(len(xy), np.float32))
    assert tuple(result.frame.columns) == HOTSPOT_COLUMNS
    first = result.frame.iloc[0]
    assert first["hotspot_id"].startswith("S-")
    assert first["geometry"].contains(shapely.Point(HOT))
    assert first["incidents"] >= 70
    assert "10 Street" in " ".join(first["reasons"])
    assert len(result.stretches) == len(result.frame)
    for stretch, outline in zip(result.stretches, result.frame.geometry, strict=True):
        assert 100 <= stretch.length_m <= 300
        assert outline.buffer(0.01).covers(stretch.line)


def test_the_count_of_a_hotspot_is_that_of_the_incidents_on_its_segments() -> None:
    xy = on_streets()
    result = found(xy)
    places = STREETS.place(*xy.T)
    for stretch, row in zip(result.stretches, result.frame.itertuples(), strict=True):
        line = stretch.line
        walked = shapely.covered_by(STREETS.network.lines, line.buffer(0.1))
        on = walked[places.segment] & (places.segment >= 0)
        at = shapely.distance(shapely.points(STREETS.network.node_xy), line) < 0.1
        crossings = at[places.node] & (places.node >= 0)
        assert on.sum() <= row.incidents <= (on | crossings).sum()
    first = result.frame.iloc[0]
    assert first["incidents"] == shapely.contains_xy(first["geometry"], xy).sum()


def test_the_order_of_incidents_changes_nothing_and_outlines_do_not_overlap() -> None:
    xy = on_streets()
    one, other = found(xy).frame, found(xy[::-1]).frame
    assert one["hotspot_id"].tolist() == other["hotspot_id"].tolist()
    assert one["incidents"].tolist() == other["incidents"].tolist()
    union = one.geometry.union_all()
    assert union.area == pytest.approx(one.geometry.area.sum(), rel=1e-6)
    assert one.geometry.within(square_area().land.buffer(1e-6)).all()


def test_the_stretches_take_up_no_more_of_the_streets_than_is_asked_for() -> None:
    whole = STREETS.network.length_m.sum()
    for share in (0.01, 0.05):
        walked = found(on_streets(6000), StreetSettings(share_of_length=share)).stretches
        assert 0.8 * share * whole < sum(each.length_m for each in walked) <= share * whole


def test_incidents_on_no_street_are_said_and_count_in_no_hotspot() -> None:
    middle = CORNER + np.array([440.0, 840.0])  # of a block: 40 m from every street
    xy = np.concatenate([on_streets(), np.tile(middle, (7, 1))])
    result = found(xy)
    assert (
        f"7 of {len(xy)} incidents lie more than 30 m from a street and belong to no stretch."
        in result.notes
    )
    assert not shapely.intersects(result.frame.geometry.union_all(), shapely.Point(middle))


def test_anonymised_points_are_refused_with_their_share() -> None:
    xy = on_streets()
    some = np.zeros(len(xy), dtype=bool)
    some[: int(0.3 * len(xy))] = True
    assert len(found(xy, snapped=some.copy()).frame)
    some[: round(0.4 * len(xy))] = True
    with pytest.raises(SnappedStreetsError, match="40 % of the incidents in the chosen wards"):
        found(xy, snapped=some)


def test_streets_that_are_missing_or_of_another_town_are_refused() -> None:
    xy = on_streets()
    incidents = incidents_at(*xy.T, ward=ward_of(*xy.T))
    area, settings = square_area(), StreetSettings()
    with pytest.raises(MissingStreetsError, match="hotspots places FILE --kind street"):
        detect(incidents, area, settings=settings)
    away = segments_of(street_grid(west=WEST + 9000, south=SOUTH, across=3, block_m=80))
    with pytest.raises(StreetsElsewhereError, match="none of them is in the chosen wards"):
        detect(incidents, area, settings=settings, streets=away)
    corner = segments_of(street_grid(west=WEST, south=SOUTH, across=3, block_m=80))
    with pytest.raises(StreetsElsewhereError, match=f"of {len(xy)} incidents there lie more"):
        detect(incidents, area, settings=settings, streets=corner)


def test_nobody_is_sent_along_a_motorway() -> None:
    lines = [(WEST + 300.0, SOUTH + 300.0), (WEST + 500.0, SOUTH + 300.0)]
    streets = segments_of(
        network_of(lines, [(x, y + 200) for x, y in lines], classes=("motorway", "local"))
    )
    spots = CORNER + np.array([[400, 300]] * 30 + [[400, 500]] * 12, dtype=float)
    incidents = incidents_at(*spots.T, ward=ward_of(*spots.T))
    result = detect(incidents, square_area(), settings=StreetSettings(), streets=streets)
    assert result.frame["incidents"].tolist() == [12]


@pytest.mark.parametrize(
    "wrong",
    [
        {"bandwidth_m": 10},
        {"bandwidth_m": 350},
        {"least_m": 20},
        {"least_m": 250},
        {"most_m": 150},
        {"most_m": 900},
        {"share_of_length": 0},
        {"share_of_length": 0.5},
        {"least_incidents": 0},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        StreetSettings(**wrong)
