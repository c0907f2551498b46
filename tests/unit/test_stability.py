"""How often a hotspot is found again when choices and chance fall otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely

from models.hotspots.dbscan import DbscanSettings
from models.hotspots.gi_star import GiStarSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.method_result import SettingError
from models.hotspots.methods import detect
from models.hotspots.shape import HOTSPOT_COLUMNS
from models.hotspots.stability import (
    StabilitySettings,
    rerun_label,
    stability,
    varied,
    with_stability,
)
from tests.planted import CORNER, incidents_at, square_area, ward_of

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents
    from models.hotspots.methods import MethodSettings

SPOT = np.array([1000.0, 1000.0])
TESTED = [KdeSettings(), DbscanSettings(), GiStarSettings()]


def one_strong_place(*, strong: int = 300, scattered: int = 900, seed: int = 3) -> Incidents:
    rng = np.random.default_rng(seed)
    spot = SPOT + rng.normal(0, 40, (strong, 2))
    points = np.concatenate([spot, rng.uniform(0, 4000, (scattered, 2))]) + CORNER
    return incidents_at(*points.T, ward=ward_of(*points.T))


def shares_of(
    incidents: Incidents, settings: MethodSettings, *, how: StabilitySettings | None = None
) -> tuple[np.ndarray, np.ndarray]:
    area = square_area()
    found = detect(incidents, area, settings=settings)
    rng = np.random.default_rng(5)
    shares = stability(found, incidents, area, settings=settings, rng=rng, how=how)
    return shares, found.frame.geometry.contains(shapely.Point(SPOT + CORNER)).to_numpy()


@pytest.mark.parametrize("settings", [KdeSettings(), DbscanSettings()])
def test_a_strong_place_is_found_again_nearly_always(settings: MethodSettings) -> None:
    shares, strong = shares_of(one_strong_place(), settings)
    assert strong.sum() == 1
    assert shares[strong][0] >= 0.9


def test_places_that_chance_made_are_found_again_less_often_than_a_strong_one() -> None:
    settings = KdeSettings(share_of_area=0.05)
    shares, strong = shares_of(one_strong_place(), settings)
    assert len(shares) >= 8
    assert np.median(shares[~strong]) < 0.6 < shares[strong][0]


def test_without_any_change_everything_is_found_again() -> None:
    """Drawing one point many times over with replacement gives the same points."""
    incidents = incidents_at(np.full(60, CORNER[0] + 1000), np.full(60, CORNER[1] + 1000))
    how = StabilitySettings(spread=0.0)
    for settings in (KdeSettings(), DbscanSettings()):
        assert shares_of(incidents, settings, how=how)[0].tolist() == [1.0]


def test_an_overlap_of_all_but_nothing_is_found_rarely() -> None:
    strict = StabilitySettings(least_overlap=1.0)
    shares, _ = shares_of(one_strong_place(), KdeSettings(), how=strict)
    assert shares.max() == 0.0


def test_shares_are_whole_numbers_of_reruns_and_the_seed_decides_them() -> None:
    how = StabilitySettings(reruns=7)
    one, _ = shares_of(one_strong_place(), KdeSettings(), how=how)
    other, _ = shares_of(one_strong_place(), KdeSettings(), how=how)
    assert one.tolist() == other.tolist()
    assert np.allclose(one * 7, np.round(one * 7))


def test_the_grid_moves_and_the_outlines_come_back() -> None:
    """Were the outlines left where the grid moved to, far-moved ones would overlap less."""
    settings = GiStarSettings(cell_m=300)
    shares, strong = shares_of(one_strong_place(strong=600), settings)
    assert strong.any()
    assert shares[strong][0] >= 0.3


def test_the_answer_says_it_in_column_reasons_and_note() -> None:
    incidents, area = one_strong_place(), square_area()
    found = detect(incidents, area)
    shares = np.linspace(1.0, 0.0, len(found.frame))
    said = with_stability(found, shares)
    assert tuple(said.frame.columns) == HOTSPOT_COLUMNS
    assert said.frame["stability"].tolist() == shares.tolist()
    assert said.frame["reasons"].iloc[0][-1] == "found again in 20 of 20 re-runs"
    assert "by rank: 1: 20, 2: " in said.notes[0]
    assert found.frame["stability"].isna().all()
    assert len(found.notes) + 1 == len(said.notes)


def test_a_redraw_too_thin_for_the_method_finds_nothing_again() -> None:
    """Sixty incidents are the least that Gi* takes; drawn again, some lie outside the wards."""
    rng = np.random.default_rng(1)
    inside = np.concatenate([SPOT + rng.normal(0, 30, (40, 2)), rng.uniform(0, 4000, (20, 2))])
    points = np.concatenate([inside, rng.uniform(-900, -10, (60, 2))]) + CORNER
    incidents = incidents_at(*points.T, ward=ward_of(*points.T))
    shares, strong = shares_of(incidents, GiStarSettings(cell_m=300))
    assert strong.any()
    assert shares.max() < 0.8


def test_no_hotspot_has_no_stability_and_no_note() -> None:
    area = square_area()
    incidents = incidents_at([], [])
    found = detect(incidents, area)
    rng = np.random.default_rng(1)
    shares = stability(found, incidents, area, settings=KdeSettings(), rng=rng)
    assert len(shares) == 0
    assert with_stability(found, shares) == found


@pytest.mark.parametrize(
    ("settings", "factor", "expected"),
    [
        (KdeSettings(bandwidth_m=400), 0.75, KdeSettings(bandwidth_m=300)),
        (DbscanSettings(eps_m=100), 1.25, DbscanSettings(eps_m=125)),
        # a method of cells alone has no length: its grid is shifted
        (GiStarSettings(cell_m=200), 1.25, GiStarSettings(cell_m=200)),
        # two cells are the least a bandwidth may be, so it stays where it is
        (KdeSettings(bandwidth_m=100), 0.75, KdeSettings(bandwidth_m=100)),
        # and half the way down is allowed here
        (KdeSettings(bandwidth_m=120), 0.75, KdeSettings(bandwidth_m=105)),
    ],
)
def test_the_length_of_each_method_is_varied_within_what_it_allows(
    settings: MethodSettings, factor: float, expected: MethodSettings
) -> None:
    assert varied(settings, factor=factor) == expected


def test_words_count_the_reruns() -> None:
    assert rerun_label(0.85, reruns=20) == "found again in 17 of 20 re-runs"


@pytest.mark.parametrize(
    "wrong", [{"reruns": 0}, {"reruns": 201}, {"spread": 1.0}, {"least_overlap": 0.0}]
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        replace(StabilitySettings(), **wrong)
