"""Risk against a base: planted risk on uneven ground, totals, chance, ground too thin."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import shapely
from scipy import stats

from models.hotspots.density import density
from models.hotspots.method_result import SettingError
from models.hotspots.methods import detect
from models.hotspots.relative_risk import RATIO_UNIT
from models.hotspots.risk_surface import (
    Base,
    MissingBaseError,
    RelativeRiskSettings,
    chance_of_more,
    of_incidents,
    risk_surface,
)
from tests.planted import CORNER, incidents_at, square_area, ward_of

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents

CENTRE, RISKY = np.array([3000.0, 3000.0]), np.array([1000.0, 1000.0])
SETTINGS = RelativeRiskSettings()


def at(points: np.ndarray) -> Incidents:
    return incidents_at(*points.T, ward=ward_of(*points.T))


def uneven(*, extra: int = 0, seed: int = 4) -> tuple[Incidents, Base]:
    """A busy centre with ten times the base, the same risk everywhere, and `extra` at one place."""
    rng = np.random.default_rng(seed)

    def ground(even: int, busy: int) -> np.ndarray:
        return np.concatenate(
            [rng.uniform(0, 4000, (even, 2)), CENTRE + rng.normal(0, 300, (busy, 2))]
        )

    spot = RISKY + rng.normal(0, 60, (extra, 2))
    incidents = at(np.concatenate([ground(1500, 1500), spot]) + CORNER)
    premises = ground(15000, 15000) + CORNER
    return incidents, Base(*premises.T, label="premises", chance="known")


def test_planted_risk_is_found_where_the_plain_count_points_elsewhere() -> None:
    incidents, base = uneven(extra=60)
    found = detect(incidents, square_area(), settings=SETTINGS, base=base)
    first = found.frame.sort_values("p_value").iloc[0]
    assert first["geometry"].contains(shapely.Point(RISKY + CORNER))
    assert not found.frame.geometry.contains(shapely.Point(CENTRE + CORNER)).any()
    plain = detect(incidents, square_area()).frame.iloc[0]
    assert plain["geometry"].distance(shapely.Point(CENTRE + CORNER)) < 400
    assert first["hot_class"] == "99 %"
    assert first["p_value"] < 1e-6
    assert any("where premises lead one to expect" in reason for reason in first["reasons"])


def test_the_same_risk_everywhere_is_one_everywhere_within_chance() -> None:
    incidents, base = uneven()
    risk = risk_surface(incidents, square_area(), base=base, settings=SETTINGS)
    shown = risk.ratio[np.isfinite(risk.ratio)]
    assert np.median(shown) == pytest.approx(1.0, abs=0.1)
    # No more of the ground is below 5 % than five per cent, or little more.
    assert (risk.p_value[risk.land > 0] < 0.05).mean() < 0.09


def test_the_base_scaled_adds_up_to_the_incidents() -> None:
    incidents, base = uneven(extra=60)
    settings = replace(SETTINGS, least_expected=0.5)
    risk = risk_surface(incidents, square_area(), base=base, settings=settings)
    counts = [
        density(e, n, grid=risk.grid, bandwidth_m=300, observed=risk.land) * risk.grid.cell_km2
        for e, n in (
            (incidents.easting, incidents.northing),
            (base.easting, base.northing),
        )
    ]
    incidents_sum, base_sum = ((each * risk.land).sum() for each in counts)
    assert incidents_sum == pytest.approx(3060, abs=60)  # a few lie off the square
    assert base_sum * risk.scale == pytest.approx(incidents_sum)
    # ratio × expected is the smoothed count, wherever it is shown
    effective_km2 = 5 / 9 * math.pi * 0.3**2
    shown = np.isfinite(risk.ratio)
    smooth = counts[0] / risk.grid.cell_km2 * effective_km2
    assert np.allclose((risk.ratio * risk.expected)[shown], smooth[shown])


def test_the_ratio_is_that_of_two_densities_worked_out_slowly() -> None:
    incidents, base = uneven(extra=60)
    risk = risk_surface(incidents, square_area(), base=base, settings=SETTINGS)
    x, y = risk.grid.centres()
    column, row = 40, 40  # well inside, where there is no edge
    for up, along in ((row, column), (row + 12, column - 9), (row + 5, column + 20)):
        here = np.array([x[along], y[up]])

        def slow(points: Incidents | Base, here: np.ndarray = here) -> float:
            apart = np.hypot(points.easting - here[0], points.northing - here[1]) / 300
            return float((np.maximum(1 - apart**2, 0) ** 2).sum())

        expected = slow(incidents) / (slow(base) * risk.scale)
        assert risk.ratio[up, along] == pytest.approx(expected, rel=0.02)


def test_p_values_of_whole_counts_are_those_of_scipy() -> None:
    count, base = np.array([7.0, 1.0, 12.0]), np.array([20.0, 30.0, 15.0])
    part = chance_of_more(count, base, scale=0.2, chance="part")
    two = chance_of_more(count, base, scale=0.2, chance="count")
    known = chance_of_more(count, base, scale=0.2, chance="known")
    assert np.allclose(part, stats.binom.sf(count - 1, base, 0.2))
    assert np.allclose(two, stats.binom.sf(count - 1, count + base, 0.2 / 1.2))
    assert np.allclose(known, stats.poisson.sf(count - 1, 0.2 * base))
    none = np.zeros(1)
    assert chance_of_more(none, np.array([9.0]), scale=0.2, chance="known").tolist() == [1.0]


def test_a_base_that_chance_moved_as_well_is_less_sure_than_a_known_one() -> None:
    count, base = np.array([12.0]), np.array([5.0])
    known = chance_of_more(count, base, scale=1.0, chance="known")
    moved = chance_of_more(count, base, scale=1.0, chance="count")
    assert known[0] < 0.01 < moved[0]


def test_where_the_base_is_thin_nothing_is_shown_and_the_note_counts_it() -> None:
    """The base lies in the west alone; five incidents in the east have next to no base."""
    rng = np.random.default_rng(6)
    west = rng.uniform([0, 0], [1900, 4000], (1500, 2))
    east = np.array([3500.0, 2000.0]) + rng.normal(0, 20, (5, 2))
    incidents = at(np.concatenate([west, east]) + CORNER)
    points = rng.uniform([0, 0], [1900, 4000], (9000, 2)) + CORNER
    base = Base(*points.T, label="premises", chance="known")
    found = detect(incidents, square_area(), settings=SETTINGS, base=base)
    assert found.surface is not None
    assert found.surface.unit == RATIO_UNIT
    column = int((CORNER[0] + 3500 - found.surface.grid.left) / 50)
    assert np.isnan(found.surface.per_km2[:, column]).all()
    assert found.frame.geometry.bounds["maxx"].max() < CORNER[0] + 2300
    note = next(note for note in found.notes if "left blank" in note)
    assert "with 5 of the incidents" in note
    assert 40 < float(note.split(" %")[0]) < 55


def test_all_incidents_against_themselves_are_one_everywhere_and_no_hotspot() -> None:
    incidents, _ = uneven(extra=60)
    base = of_incidents(incidents, kind="all", label="all incidents")
    found = detect(incidents, square_area(), settings=SETTINGS, base=base)
    assert found.frame.empty
    assert found.surface is not None
    shown = found.surface.per_km2[np.isfinite(found.surface.per_km2)]
    assert np.allclose(shown, 1.0)


def test_weights_count_as_so_many_points() -> None:
    incidents, base = uneven(extra=60)
    twice = Base(np.repeat(base.easting, 2), np.repeat(base.northing, 2), label="x", chance="known")
    weighed = replace(base, weight=np.full(len(base.easting), 2.0))
    area = square_area()
    one = risk_surface(incidents, area, base=twice, settings=SETTINGS)
    other = risk_surface(incidents, area, base=weighed, settings=SETTINGS)
    assert np.allclose(one.ratio, other.ratio, equal_nan=True)
    assert one.scale == pytest.approx(other.scale)


def test_where_a_base_has_fewer_than_two_points_nothing_is_shown_whatever_it_weighs() -> None:
    incidents, _ = uneven()
    lone = np.array([[1000.0, 1000.0], [3000.0, 3000.0]])
    near = lone[1] + np.array([[0, 0], [40, 0], [0, 40]])
    places = np.concatenate([lone[:1], near]) + CORNER
    base = Base(*places.T, label="x", chance="known", weight=np.full(4, 700.0))
    risk = risk_surface(incidents, square_area(), base=base, settings=SETTINGS)
    row, column = np.nonzero(np.isfinite(risk.ratio))
    x, y = risk.grid.centres()
    apart = np.hypot(x[column] - CENTRE[0] - CORNER[0], y[row] - CENTRE[1] - CORNER[1])
    assert len(apart) > 0
    assert apart.max() < 300
    found = detect(incidents, square_area(), settings=SETTINGS, base=base)
    assert any("the base has fewer than two points there" in note for note in found.notes)


def test_what_a_known_base_leads_one_to_expect_is_spread_over_the_ground() -> None:
    """Points 100 m apart in a lattice: an outline between them still has its share."""
    incidents, _ = uneven(extra=90)
    x, y = np.meshgrid(np.arange(50.0, 4000, 100), np.arange(50.0, 4000, 100))
    points = np.column_stack([x.ravel(), y.ravel()]) + CORNER
    base = Base(*points.T, label="doors", chance="known", weight=np.full(len(points), 7.0))
    found = detect(incidents, square_area(), settings=replace(SETTINGS, cell_m=25), base=base)
    assert len(found.frame)
    for row in found.frame.itertuples():
        words = next(reason for reason in row.reasons if "doors lead" in reason)
        said = float(words.split("expect ")[1].split(",")[0])
        on_average = 3090 * row.geometry.area / 16e6
        assert said == pytest.approx(on_average, rel=0.06, abs=0.1)


@pytest.mark.parametrize(("ends", "warned"), [(True, True), (False, False)])
def test_a_base_that_ends_with_the_chosen_wards_is_warned_of(*, ends: bool, warned: bool) -> None:
    incidents, base = uneven()
    within = (base.easting < CORNER[0] + 2000) & (base.northing < CORNER[1] + 2000)
    keep = within if ends else np.ones_like(within)
    given = replace(base, easting=base.easting[keep], northing=base.northing[keep])
    found = detect(incidents, square_area(chosen=[0]), settings=SETTINGS, base=given)
    assert any("hardly any lie around the chosen wards" in n for n in found.notes) == warned


def test_without_incidents_or_base_the_answer_says_so() -> None:
    incidents, base = uneven()
    area = square_area()
    nobody = detect(at(np.empty((0, 2))), area, settings=SETTINGS, base=base)
    assert nobody.frame.empty
    assert nobody.notes[0].startswith("There are no incidents")
    empty = Base(np.empty(0), np.empty(0), label="premises", chance="known")
    with pytest.raises(MissingBaseError, match="None of premises lies"):
        detect(incidents, area, settings=SETTINGS, base=empty)
    with pytest.raises(MissingBaseError, match="No base, so there is nothing"):
        detect(incidents, area, settings=SETTINGS)


@pytest.mark.parametrize(
    "wrong",
    [{"bandwidth_m": 90.0}, {"share_of_area": 0.6}, {"least_expected": 0.0}, {"most_p": 0.9}],
)
def test_settings_outside_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SettingError, match=next(iter(wrong))):
        RelativeRiskSettings(**wrong)
