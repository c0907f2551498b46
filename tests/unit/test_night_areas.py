"""Night-time areas: found where nights are dense and stand out, not where it is busy all day."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from shapely import Point

from models.hotspots.inputs import Incidents, StudyArea
from models.hotspots.method_result import SettingError
from models.hotspots.study_area import study_area
from models.nights.area_outlines import NightAreaSettings, chance_of_share, find
from tests.made_hotspots import SOUTH, WEST, made_wards

NIGHT_SPOT = (WEST + 500, SOUTH + 500)
DAY_SPOT = (WEST + 1_500, SOUTH + 500)
BORDER = (WEST + 2_000, SOUTH + 500)  # between the third ward and the second
SETTINGS = NightAreaSettings()


@lru_cache(maxsize=1)
def area() -> StudyArea:
    wards = made_wards()
    return study_area(wards, ward_codes=list(wards["ward_code"]), buffer=None, crs="EPSG:27700")


def around(at: tuple[float, float], count: int, *, spread_m: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.normal(at, spread_m, (count, 2)))


def even(count: int, *, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.asarray(rng.uniform((WEST, SOUTH), (WEST + 4_000, SOUTH + 1_000), (count, 2)))


def incidents(*parts: np.ndarray) -> Incidents:
    at = np.concatenate(parts)
    n = len(at)
    ward = np.clip((at[:, 0] - WEST) // 1_000, 0, 3).astype(np.int16)
    return Incidents(
        easting=at[:, 0].copy(),
        northing=at[:, 1].copy(),
        starts_minute=np.zeros(n, dtype=np.int64),
        hour_of_week=np.zeros(n, dtype=np.int16),
        category=np.zeros(n, dtype=np.int8),
        ward=ward,
        harm=np.full(n, np.nan, dtype=np.float32),
        snapped=np.zeros(n, dtype=np.bool_),
        street=np.full(n, -1, dtype=np.int32),
    )


def found_at(night: np.ndarray, day: np.ndarray, *, years: float = 1.0) -> list[Point]:
    """Return the middles of the areas found over an even ground of nights and days."""
    quiet_night, quiet_day = even(300, seed=1), even(300, seed=2)
    found = find(
        incidents(quiet_night, night),
        incidents(quiet_night, night, quiet_day, day),
        area=area(),
        settings=SETTINGS,
        years=years,
    )
    assert len(found.evidence) == len(found.polygons)
    return [polygon.centroid for polygon in found.polygons]


def test_a_spot_of_nights_is_found_and_a_spot_that_is_as_busy_by_day_is_not() -> None:
    nights = around(NIGHT_SPOT, 150, spread_m=60, seed=3)
    both = around(DAY_SPOT, 150, spread_m=60, seed=4)
    (middle,) = found_at(np.concatenate([nights, both]), around(DAY_SPOT, 400, spread_m=60, seed=5))
    assert middle.distance(Point(NIGHT_SPOT)) < 50


def test_a_spot_on_a_ward_border_is_one_area() -> None:
    (middle,) = found_at(around(BORDER, 150, spread_m=60, seed=6), even(10, seed=7))
    assert middle.distance(Point(BORDER)) < 50


def test_an_even_ground_has_no_area() -> None:
    assert found_at(even(200, seed=8), even(200, seed=9)) == []


def test_too_few_incidents_make_no_area_and_the_least_grows_with_the_span() -> None:
    nights = around(NIGHT_SPOT, 45, spread_m=30, seed=10)
    day = even(10, seed=11)
    assert len(found_at(nights, day)) == 1
    assert found_at(nights, day, years=2.0) == []
    assert found_at(nights[:20], day) == []


def test_no_incident_gives_no_area() -> None:
    none = incidents(np.zeros((0, 2)))
    assert find(none, none, area=area(), settings=SETTINGS).polygons == ()


def test_the_evidence_says_the_counts() -> None:
    nights = around(NIGHT_SPOT, 150, spread_m=40, seed=12)
    quiet = even(300, seed=13)
    found = find(
        incidents(quiet, nights),
        incidents(quiet, nights, even(300, seed=14)),
        area=area(),
        settings=SETTINGS,
    )
    assert "are at night" in found.evidence[0].sentence
    assert "60% over all the ground, p < 0.001" in found.evidence[0].sentence


def test_the_order_of_rows_changes_nothing() -> None:
    nights = around(NIGHT_SPOT, 150, spread_m=60, seed=15)
    (one,) = found_at(nights, even(10, seed=16))
    (other,) = found_at(nights[::-1], even(10, seed=16))
    assert one.distance(other) < 1e-6


def test_the_chance_of_a_share_is_the_exact_binomials() -> None:
    assert chance_of_share(2, 2, usual=0.5) == pytest.approx(0.25)
    assert chance_of_share(1, 2, usual=0.5) == pytest.approx(0.75)
    assert chance_of_share(0, 2, usual=0.5) == 1.0


@pytest.mark.parametrize(
    "wrong", [{"bandwidth_m": 60}, {"times_mean": 0.5}, {"most_p": 0}, {"least_incidents": 0}]
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(SettingError):
        NightAreaSettings(**wrong)  # type: ignore[arg-type]
