"""The night-time economy review of a real entertainment district, whose times are real."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from data.incidents.store import Store
from data.incidents.wards_join import use_wards
from data.services.loading import import_path
from data.services.nights import night_history
from data.settings import Settings
from geo.crs import WGS84, transform
from geo.wards import ward_layer
from models.calendar.night_rule import NightRule
from models.calendar.periods import Period
from models.incidents.filters import IncidentFilter
from models.nights.area_rows import area_rows
from models.nights.area_search import find_night_areas
from models.nights.areas import areas_for_review, standings
from models.nights.review import night_review
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

    from models.nights.area_rows import AreaRow
    from models.nights.history import NightHistory
    from models.nights.review import NightReview

pytestmark = needs_shared
FILE = SHARED / "data" / "timed" / "chicago-district-18-2016-01_2018-06.csv"
UTM = "EPSG:32616"
CELL_M = 500.0
YEAR = Period(date(2017, 7, 1), date(2018, 6, 30))
PROFILE = """
name = "chicago"
source = "chicago"
title = "Chicago police, district 18"
date_format = "%Y-%m-%d %H:%M:%S"
place_precision = "exact"
unknown_type = "other"

[columns]
id = "ID"
start = "Date"
type = "Primary Type"
longitude = "Longitude"
latitude = "Latitude"

[flags]
domestic = "Domestic"

[types]
"BATTERY" = "violence"
"ASSAULT" = "violence"
"CRIM SEXUAL ASSAULT" = "violence"
"HOMICIDE" = "violence"
"ROBBERY" = "robbery"
"PUBLIC PEACE VIOLATION" = "public_order"
"LIQUOR LAW VIOLATION" = "public_order"
"INTERFERENCE WITH PUBLIC OFFICER" = "public_order"
"BURGLARY" = "burglary"
"CRIMINAL DAMAGE" = "damage"
"NARCOTICS" = "drugs"
"WEAPONS VIOLATION" = "weapons"
"""


def grid_wards() -> gpd.GeoDataFrame:
    """The squares of 500 m that hold any incident: the district without its lake."""
    rows = pd.read_csv(FILE, usecols=["Longitude", "Latitude"]).dropna()
    x, y = transform(
        rows["Longitude"].to_numpy(), rows["Latitude"].to_numpy(), source=WGS84, target=UTM
    )
    squares = np.unique(np.column_stack((x // CELL_M, y // CELL_M)).astype(int), axis=0)
    left, bottom = squares.T * CELL_M
    return gpd.GeoDataFrame(
        {
            "ward_code": [f"C{column}-{row}" for column, row in squares],
            "ward_name": [f"Square {column} {row}" for column, row in squares],
        },
        geometry=list(shapely.box(left, bottom, left + CELL_M, bottom + CELL_M)),
        crs=UTM,
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder: Path = tmp_path_factory.mktemp("chicago") / "var"
    settings = Settings(
        store=folder,
        borough_code="018",
        borough_name="District 18",
        timezone="America/Chicago",
        metric_crs=UTM,
        night_kinds=("violence", "robbery", "public_order"),  # the thefts are counted below
        _env_file=None,
    )
    now = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    layer = ward_layer(
        grid_wards(),
        metric_crs=UTM,
        code_column="ward_code",
        name_column="ward_name",
        borough_code="018",
    )
    use_wards(layer, settings=settings, now=now)
    settings.profiles_path.mkdir(parents=True)
    (settings.profiles_path / "chicago.toml").write_text(PROFILE, encoding="utf-8")
    record = import_path(FILE, settings=settings, now=now, profile="chicago")
    assert record.rows_read == 35_873
    return Store.open(settings)


@pytest.fixture(scope="module")
def history(store: Store) -> NightHistory:
    return night_history(store, chosen())


def chosen() -> IncidentFilter:
    return IncidentFilter(period=YEAR)


@pytest.fixture(scope="module")
def review(store: Store, history: NightHistory) -> NightReview:
    return night_review(store, chosen(), history=history)


@pytest.fixture(scope="module")
def areas(store: Store, history: NightHistory) -> tuple[AreaRow, ...]:
    found = find_night_areas(store, history, last=YEAR.last)
    shown = areas_for_review(found, (), land=None)
    words = {area.key: said for area, said in zip(found.areas, found.evidence, strict=True)}
    return area_rows(
        store,
        chosen(),
        history=history,
        areas=shown,
        standings=standings(history, found, shown),
        evidence=words,
    )


def test_a_real_year_counts_by_nights_and_not_by_days(review: NightReview) -> None:
    assert review.rate.nights == 364
    assert review.span.missing == (date(2018, 6, 30),)  # the file ends before its morning
    assert review.rate.incidents == 1_852 == review.curve.sum()
    groups = {each.group.label: each.rate for each in review.groups}
    assert [(rate.incidents, rate.nights) for rate in groups.values()] == [
        (362, 52),
        (469, 52),
        (1_021, 260),
    ]
    assert groups["Saturday night"].low > groups["Other nights"].high
    assert review.changed == ((date(2017, 11, 4), 13.0), (date(2018, 3, 10), 11.0))
    assert review.curve.sum(axis=0).argmax() == 7  # 01:00 to 02:00 is the busiest hour
    assert (
        review.kinds.injury_unknown == review.kinds.violence == 1_429
    )  # the file has no such flag
    assert review.kinds.vwi == 0


def test_a_year_is_compared_with_the_year_before_it(review: NightReview) -> None:
    change = review.last_year.change
    assert change is not None
    assert (round(change.ratio, 2), round(change.low, 2), round(change.high, 2)) == (
        1.15,
        1.06,
        1.24,
    )


def test_the_three_areas_of_the_district_are_found_with_their_hours(
    areas: tuple[AreaRow, ...],
) -> None:
    # Of 454, 49 and 44 incidents on that ground, 41, 8 and 3 are domestic or sexual in the file.
    assert [(row.kinds.total, row.kinds.robbery, row.peak) for row in areas] == [
        (454 - 41, 93, "Thu–Sun nights 00:00–04:00"),
        (49 - 8, 5, "Thu–Sat nights 00:00–04:00"),
        (44 - 3, 5, "Fri–Sat nights 00:00–04:00"),
    ]
    middles = [row.area.polygon.centroid for row in areas]
    corners = {  # of blocks that the file names most often there
        "Clark and Hubbard": (41.8899, -87.6313),
        "Lincoln and Webster": (41.9222, -87.6440),
        "Rush and Division": (41.9037, -87.6290),
    }
    for middle, (latitude, longitude) in zip(middles, corners.values(), strict=True):
        x, y = transform(np.array([longitude]), np.array([latitude]), source=WGS84, target=UTM)
        assert np.hypot(middle.x - x[0], middle.y - y[0]) < 200


def test_no_area_of_the_district_is_called_emerging(areas: tuple[AreaRow, ...]) -> None:
    assert [row.standing.name for row in areas] == ["established", "established", "falling"]
    assert all(row.evidence for row in areas)


def test_other_theft_more_than_doubles_the_nights_of_the_district(
    store: Store, review: NightReview
) -> None:
    """By the product's own kinds; the thefts are counted from the file by themselves."""
    usual = replace(store, night_rule=NightRule())
    counted = night_review(usual, chosen(), history=night_history(usual, chosen()))
    file = pd.read_csv(FILE, usecols=["ID", "Date", "Primary Type", "Longitude"])
    file = file[file["Longitude"].notna() & (file["Primary Type"] == "THEFT")]
    when = pd.to_datetime(file.drop_duplicates("ID")["Date"])
    nights = when[(when.dt.hour >= 18) | (when.dt.hour < 6)] - pd.Timedelta(hours=18)
    thefts = int(nights.between("2017-07-01", "2018-06-30", inclusive="left").sum())
    assert counted.kinds.theft == thefts == 3_030
    assert counted.rate.incidents == 1_852 + thefts
    assert review.kinds.theft == 0
