"""Every method through the one call, in the one shape."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import transform
from geo.polygon_index import PolygonIndex
from models.calendar.periods import Period
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.methods import METHODS, Method, MethodSettings, detect, method_of
from models.hotspots.shape import HOTSPOT_COLUMNS
from models.hotspots.study_area import study_area, ward_totals
from tests.planted import CORNER, incidents_at, square_area, ward_of
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents, StudyArea

SPOTS = np.array([[700.0, 800.0], [2900.0, 1400.0], [1500.0, 3100.0]])
# Emerging needs many periods, relative risk a base and Streets a network: they have tests of
# their own.
ALL = [
    method.defaults
    for method in METHODS.values()
    if not (method.by_period or method.by_base or method.by_streets)
]
UNTESTED = [settings for settings in ALL if not method_of(settings).classes]
PERIOD = Period(date(2026, 3, 1), date(2026, 3, 31))


def planted(*, sizes: tuple[int, int, int] = (160, 120, 90), seed: int = 1) -> Incidents:
    rng = np.random.default_rng(seed)
    spots = [spot + rng.normal(0, 30, (size, 2)) for spot, size in zip(SPOTS, sizes, strict=True)]
    points = np.concatenate([*spots, rng.uniform(-300, 4300, (900, 2))]) + CORNER
    hours = rng.integers(0, 168, len(points)).astype(np.int16)
    hours[: sizes[0]] = rng.choice([4 * 24 + 22, 4 * 24 + 23, 5 * 24, 5 * 24 + 1], sizes[0])
    return incidents_at(*points.T, ward=ward_of(*points.T), hour_of_week=hours)


@pytest.mark.parametrize("settings", ALL)
def test_planted_hotspots_come_first_and_in_their_order(settings: MethodSettings) -> None:
    result = detect(planted(), square_area(), settings=settings)
    assert tuple(result.frame.columns) == HOTSPOT_COLUMNS
    assert result.method == method_of(settings).name
    top = result.frame.head(3)
    for spot, (_, row) in zip(SPOTS, top.iterrows(), strict=True):
        assert row["geometry"].contains(shapely.Point(spot + CORNER))
    assert top["incidents"].is_monotonic_decreasing
    assert top["rank"].tolist() == [1, 2, 3]
    assert str(top["peak_window"].iloc[0]) == "Fri 22:00–02:00"
    assert result.frame["hotspot_id"].is_unique
    assert result.frame["hotspot_id"].str.startswith(method_of(settings).letter + "-").all()


@pytest.mark.parametrize("settings", ALL)
def test_the_order_of_rows_changes_nothing(settings: MethodSettings) -> None:
    incidents = planted()
    order = np.random.default_rng(2).permutation(len(incidents))
    one = detect(incidents, square_area(), settings=settings).frame
    other = detect(incidents.take(order), square_area(), settings=settings).frame
    assert one["hotspot_id"].tolist() == other["hotspot_id"].tolist()
    assert one["incidents"].tolist() == other["incidents"].tolist()
    assert one["reasons"].tolist() == other["reasons"].tolist()


@pytest.mark.parametrize("settings", ALL)
def test_hotspots_lie_on_the_land_apart_from_each_other(settings: MethodSettings) -> None:
    area = square_area(chosen=[0, 1, 2])
    frame = detect(planted(), area, settings=settings).frame
    assert frame.geometry.is_valid.all()
    assert frame.geometry.within(area.land.buffer(1e-6)).all()
    union = frame.geometry.union_all()
    assert union.area == pytest.approx(frame.geometry.area.sum(), rel=1e-6)


@pytest.mark.parametrize("settings", UNTESTED)
@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_too_few_incidents_give_an_empty_answer_with_its_reason(
    settings: MethodSettings, n: int
) -> None:
    points = np.linspace(300, 3700, n)[:, None].repeat(2, axis=1) + CORNER
    result = detect(
        incidents_at(*points.T, ward=ward_of(*points.T)), square_area(), settings=settings
    )
    assert result.frame.empty
    assert result.notes[0].startswith("No place stands out" if n else "There are no incidents")


@pytest.mark.parametrize("settings", UNTESTED)
def test_all_incidents_in_one_place_are_one_hotspot(settings: MethodSettings) -> None:
    incidents = incidents_at(np.full(70, CORNER[0] + 1000), np.full(70, CORNER[1] + 1000))
    frame = detect(incidents, square_area(), settings=settings).frame
    assert frame["incidents"].tolist() == [70]
    assert frame["top_place_share"].tolist() == [1.0]


def test_one_place_alone_is_never_more_than_chance_and_the_note_says_so() -> None:
    incidents = incidents_at(np.full(70, CORNER[0] + 1000), np.full(70, CORNER[1] + 1000))
    result = detect(incidents, square_area(), settings=METHODS["gi_star"].defaults)
    assert result.frame.empty
    (note,) = [each for each in result.notes if "at exactly one place" in each]
    assert note.startswith("One place alone holds 70 incidents.")


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (Period(date(2025, 3, 1), date(2025, 3, 31)), "the same period last year"),
        (Period(date(2026, 2, 1), date(2026, 2, 28)), "the period just before"),
        (Period(date(2020, 3, 2), date(2020, 3, 31)), "2 Mar 2020 to 31 Mar 2020"),
    ],
)
def test_the_comparison_is_per_day_and_named(before: Period, words: str) -> None:
    result = detect(
        planted(),
        square_area(),
        comparison=planted(seed=2),
        period=PERIOD,
        comparison_period=before,
    )
    row = result.frame.iloc[0]
    rate = row["incidents"] / 31 / (row["comparison_incidents"] / before.days)
    assert rate - 1.05 < row["change"] < rate - 1  # less what picking the place adds
    assert f" on {words}" in row["reasons"][1]


def test_two_years_are_compared_with_the_two_before_and_named_so() -> None:
    result = detect(
        planted(),
        square_area(),
        comparison=planted(seed=2),
        period=Period(date(2024, 4, 1), date(2026, 3, 31)),
        comparison_period=Period(date(2022, 4, 1), date(2024, 3, 31)),
    )
    assert " on the same period 2 years earlier" in result.frame.iloc[0]["reasons"][1]


def test_without_periods_the_two_are_equally_long() -> None:
    result = detect(planted(), square_area(), comparison=planted(sizes=(80, 120, 90)))
    row = result.frame.iloc[0]
    assert row["change"] == pytest.approx(row["incidents"] / row["comparison_incidents"] - 1)
    assert "on the comparison period" in row["reasons"][1]


def test_nothing_of_the_input_is_changed() -> None:
    incidents = planted()  # its arrays are not writeable, so a change would raise
    detect(incidents, square_area(), comparison=incidents)
    detect(incidents, square_area(), settings=DbscanSettings())


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
def test_each_method_offers_settings_that_it_has_within_limits_it_accepts(
    method: Method,
) -> None:
    assert method_of(method.defaults) is method
    names = {field.name for field in fields(method.defaults)}
    for parameter in method.parameters:
        assert parameter.name in names
        default = getattr(method.defaults, parameter.name)
        if parameter.choices:
            values = [value for value, _ in parameter.choices]
            assert default in values
        else:
            values = [parameter.low, parameter.high]
            assert parameter.optional or parameter.low <= default <= parameter.high
        for value in values:
            type(method.defaults)(**{parameter.name: value})
    assert len({m.letter for m in METHODS.values()}) == len(METHODS)


def test_the_explanation_says_the_settings() -> None:
    words = detect(planted(), square_area(), settings=KdeSettings(kernel="gaussian")).explanation
    assert "gaussian kernel with a bandwidth of 200 m (twice the standard deviation)" in words
    assert "densest 2 % of the land" in words
    rule = KdeSettings(bandwidth_rule="rule_of_thumb")
    assert "(rule of thumb)" in detect(planted(), square_area(), settings=rule).explanation


@pytest.fixture(scope="module")
def newham() -> tuple[Incidents, StudyArea]:
    """Newham's anti-social behaviour of a year, with its wards."""
    rows = pd.read_csv(SHARED / "data/police_uk/newham-all-crime-2016-04_2018-03.csv")
    asb = rows[(rows["Month"] >= "2017-04") & (rows["Crime type"] == "Anti-social behaviour")]
    easting, northing = transform(
        asb["Longitude"], asb["Latitude"], source="EPSG:4326", target="EPSG:27700"
    )
    wards = gpd.read_file(SHARED / "data/boundaries/wards_2014_newham.geojson")
    wards = wards.to_crs("EPSG:27700").rename(
        columns={"NAME": "ward_name", "GSS_CODE": "ward_code"}
    )
    ward = PolygonIndex.of(list(wards.geometry)).locate(easting, northing).astype(np.int16)
    area = study_area(
        wards, ward_codes=list(wards["ward_code"]), buffer=(easting, northing), crs="EPSG:27700"
    )
    return incidents_at(easting, northing, ward=ward, snapped=np.ones(len(ward), bool)), area


@needs_shared
@pytest.mark.parametrize("settings", UNTESTED)
def test_real_anti_social_behaviour_gathers_in_few_places(
    newham: tuple[Incidents, StudyArea], settings: MethodSettings
) -> None:
    incidents, area = newham
    totals = ward_totals(incidents, area)
    assert totals.incidents.sum() + totals.outside == len(incidents)
    result = detect(incidents, area, settings=settings)
    assert result.incidents == totals.in_study_area
    assert 10 <= len(result.frame) <= 150
    assert result.frame["share_of_area"].sum() < 0.04
    assert result.frame["share_of_incidents"].sum() > 8 * result.frame["share_of_area"].sum()
    assert any("anonymised map points" in note for note in result.notes)
    assert result.frame["peak_window"].isna().all()
    for reasons in result.frame["reasons"]:
        assert any(each.startswith("no street or address is claimed: 100 %") for each in reasons)
        assert any(each.startswith("no hours are claimed: 100 %") for each in reasons)


@needs_shared
def test_density_hotspots_take_up_the_share_of_area_asked_for(
    newham: tuple[Incidents, StudyArea],
) -> None:
    for share in (0.01, 0.02, 0.05):
        found = detect(*newham, settings=KdeSettings(share_of_area=share))
        assert found.frame["share_of_area"].sum() == pytest.approx(share, rel=0.1)
