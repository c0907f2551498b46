from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.incidents.ingest import import_batches
from data.incidents.local_time import local_minutes
from data.incidents.snapshot import StaleWardsError, load
from models.calendar.week import hours_of_week
from models.wording.categories import CATEGORIES
from tests.incident_rows import (
    HOME,
    NEXT_DOOR,
    NOW,
    OUTSIDE,
    batch,
    hourly_rows,
    row,
    settings_in,
    three_wards,
)

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings
    from models.incidents.snapshot import Snapshot

WARDS = three_wards()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def snapshot_of(settings: Settings, *rows: dict[str, Any]) -> Snapshot:
    import_batches([batch(*rows)], settings=settings, wards=WARDS, name="a", now=NOW)
    return load(settings, wards=WARDS)


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc]


def minute_of(*when: int) -> int:
    return int((datetime(*when) - datetime(1970, 1, 1)).total_seconds() // 60)  # type: ignore[misc]


def test_every_column_says_what_the_table_holds(settings: Settings) -> None:
    snapshot = snapshot_of(
        settings,
        row("b", starts_at=at(2024, 6, 5, 11, 0), nte=True, injury=False, harm=2.5),
        row(
            "a",
            source="crime",
            category="violence",
            starts_at=at(2024, 1, 8, 0, 30),
            easting=532_100.0,
            place_precision="exact",
            place="12 Brick Lane",
            domestic=True,
        ),
        row(
            "c",
            starts_at=at(2024, 7, 1),
            time_precision="day",
            easting=OUTSIDE[0],
            northing=OUTSIDE[1],
        ),
    )
    incidents = snapshot.incidents
    assert snapshot.sources == ("cad", "crime")
    assert snapshot.source.tolist() == [1, 0, 0]
    assert [CATEGORIES[code] for code in incidents.category] == ["violence", "asb", "asb"]
    assert incidents.starts_minute.tolist() == [
        minute_of(2024, 1, 8, 0, 30),
        minute_of(2024, 6, 5, 12, 0),  # British Summer Time
        minute_of(2024, 7, 1, 1, 0),
    ]
    assert incidents.hour_of_week.tolist() == [0, 2 * 24 + 12, -1]
    np.testing.assert_array_equal(incidents.easting, [np.nan, 530_500.0, 530_500.0])  # domestic
    assert np.isnan(incidents.northing).tolist() == [True, False, False]
    assert incidents.ward.tolist() == [2, 0, -1]
    assert snapshot.borough.tolist() == [0, 1, -1]
    assert snapshot.borough_codes == (NEXT_DOOR, HOME)
    assert snapshot.borough_names == ("Next door", "Home")
    assert snapshot.ward_boroughs.tolist() == [1, 1, 0]
    assert snapshot.ward_names == ("Ward 1", "Ward 2", "Ward 3")
    np.testing.assert_array_equal(incidents.harm, np.array([np.nan, 2.5, np.nan], np.float32))
    assert snapshot.nte.tolist() == [-1, 1, -1]
    assert snapshot.injury.tolist() == [-1, 0, -1]
    assert snapshot.domestic.tolist() == [1, -1, -1]
    assert snapshot.sensitive.tolist() == [True, False, False]
    assert [incidents.streets[at] if at >= 0 else "" for at in incidents.street] == [
        "",
        "Brick Lane",
        "Brick Lane",
    ]
    assert snapshot.version == 1
    assert snapshot.committed_at.tzinfo is not None


def test_no_array_can_be_written(settings: Settings) -> None:
    snapshot = snapshot_of(settings, *hourly_rows(5))
    arrays = [
        getattr(owner, field.name)
        for owner in (snapshot, snapshot.incidents)
        for field in fields(owner)
        if isinstance(getattr(owner, field.name), np.ndarray)
    ]
    assert len(arrays) == 13 + 10
    assert not any(array.flags.writeable for array in arrays)
    assert all(array.flags.c_contiguous for array in arrays)


@pytest.mark.parametrize(
    ("precision", "ends_at", "hour"),
    [
        ("minute", None, 60),
        ("hour", None, 60),
        ("day", None, -1),
        ("month", None, -1),
        ("interval", None, 60),
        ("interval", at(2024, 6, 5, 12, 0), 60),
        ("interval", at(2024, 6, 5, 12, 1), -1),
        ("minute", at(2024, 6, 9, 12, 0), 60),
    ],
)
def test_only_a_time_that_says_an_hour_has_one(
    settings: Settings, precision: str, ends_at: datetime | None, hour: int
) -> None:
    snapshot = snapshot_of(settings, row("a", time_precision=precision, ends_at=ends_at))
    assert snapshot.incidents.hour_of_week.tolist() == [hour]


@pytest.mark.parametrize(
    ("precision", "ends_at", "minutes"),
    [
        ("minute", at(2024, 6, 9, 12, 0), 0),
        ("hour", None, 0),
        ("interval", None, 0),
        ("interval", at(2024, 6, 5, 18, 30), 450),
        ("day", None, None),
        ("month", at(2024, 6, 30), None),
    ],
)
def test_only_an_interval_keeps_its_end(
    settings: Settings, precision: str, ends_at: datetime | None, minutes: int | None
) -> None:
    incidents = snapshot_of(settings, row("a", time_precision=precision, ends_at=ends_at)).incidents
    ends = -1 if minutes is None else int(incidents.starts_minute[0]) + minutes
    assert incidents.ends_minute.tolist() == [ends]


def test_an_interval_within_the_repeated_hour_does_not_end_before_it_starts(
    settings: Settings,
) -> None:
    span = {"starts_at": at(2024, 10, 27, 0, 50), "ends_at": at(2024, 10, 27, 1, 10)}
    incidents = snapshot_of(settings, row("a", time_precision="interval", **span)).incidents
    assert incidents.ends_minute.tolist() == incidents.starts_minute.tolist()
    assert incidents.clock_changes.offsets.tolist() == [60, 0]


@pytest.mark.parametrize(
    ("utc", "local_hour"),
    [
        (at(2024, 3, 31, 0, 59), 6 * 24 + 0),  # the minute before the clocks go forward
        (at(2024, 3, 31, 1, 0), 6 * 24 + 2),  # 01:00 does not exist
        (at(2024, 10, 27, 0, 30), 6 * 24 + 1),  # 01:30 summer time
        (at(2024, 10, 27, 1, 30), 6 * 24 + 1),  # 01:30 again
        (at(2024, 10, 27, 2, 0), 6 * 24 + 2),
        (at(2024, 6, 2, 23, 30), 0),  # already Monday in London
        (at(1969, 12, 31, 23, 0), 3 * 24 + 0),  # London kept summer time all that winter
    ],
)
def test_hours_are_local_on_the_two_clock_change_nights(utc: datetime, local_hour: int) -> None:
    minutes = local_minutes(
        pa.chunked_array([pa.array([utc], pa.timestamp("us", tz="UTC"))]), timezone="Europe/London"
    )
    assert hours_of_week(minutes).tolist() == [local_hour]


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2080, 1, 1)))
def test_hours_of_the_week_are_those_of_the_calendar(wall: datetime) -> None:
    minutes = np.array([(wall - datetime(1970, 1, 1)).total_seconds() // 60], dtype=np.int64)
    assert hours_of_week(minutes).tolist() == [wall.weekday() * 24 + wall.hour]


def test_a_month_only_incident_is_in_its_month_and_year_by_local_time(settings: Settings) -> None:
    june = row("june", time_precision="month", starts_at=at(2024, 5, 31, 23, 0))
    assert snapshot_of(settings, june).incidents.starts_minute.tolist() == [
        minute_of(2024, 6, 1, 0, 0)
    ]


def test_streets_come_only_from_sources_that_publish_them(settings: Settings) -> None:
    snapshot = snapshot_of(
        settings,
        row("a", place="On or near Bow Road", place_precision="snapped"),
        row("b", place="Bow Road", place_precision="street"),
        row("c", place="7 Secret Court", place_precision="exact"),
        row("d", place="Flat 2, E1 6QL", place_precision="postcode"),
        row("e", place="No Location", place_precision="snapped"),
        row("f", place=None, place_precision="street"),
    )
    assert snapshot.incidents.streets == ("Bow Road",)
    assert sorted(snapshot.incidents.street.tolist()) == [-1, -1, -1, -1, 0, 0]
    assert snapshot.incidents.snapped.sum() == 2


@pytest.mark.parametrize(
    ("offence", "sensitive"),
    [
        ("Rape of a female aged 16 or over", True),
        ("Sexual assault", True),
        ("Domestic abuse - verbal", True),
        ("Violence and sexual offences", False),  # police.uk's heading for all violence
        ("Domestic burglary", False),
        ("Grape Street noise", False),
        (None, False),
    ],
)
def test_sexual_and_domestic_offences_are_told_by_the_sources_words(
    settings: Settings, offence: str | None, sensitive: bool
) -> None:
    assert snapshot_of(settings, row("a", offence=offence)).sensitive.tolist() == [sensitive]


def test_a_domestic_or_sexual_incident_has_neither_position_nor_street(settings: Settings) -> None:
    where = {"easting": 532_100.0, "northing": 180_100.0, "place_precision": "street"}
    snapshot = snapshot_of(
        settings,
        row("a", domestic=True, place="Quiet Court", **where),
        row("b", offence="Rape", place="Silent Street", **where),
        row("c", offence="Noise", place="Bow Road", **where),
    )
    incidents = snapshot.incidents
    assert snapshot.sensitive.sum() == 2
    assert np.isnan(incidents.easting[snapshot.sensitive]).all()
    assert np.isnan(incidents.northing[snapshot.sensitive]).all()
    assert incidents.streets == ("Bow Road",)
    assert (incidents.street[snapshot.sensitive] == -1).all()
    assert incidents.ward.tolist() == [2, 2, 2]  # totals of its ward keep it
    assert len(set(snapshot.point.tolist())) == 1  # one point, for the quality of the source
    assert snapshot.placed.easting.tolist() == [532_100.0]
    assert not snapshot.placed.easting.flags.writeable


def test_the_order_does_not_depend_on_how_the_rows_came(settings: Settings, tmp_path: Path) -> None:
    rows = [row(f"{n}", easting=530_000.0 + n % 7, northing=180_000.0 + n % 5) for n in range(200)]
    together = snapshot_of(settings, *rows)
    other = settings_in(tmp_path / "other")
    for part in (rows[150:], rows[40:150], rows[:40]):
        apart = snapshot_of(other, *reversed(part))
    for name in ("easting", "northing", "category", "starts_minute"):
        np.testing.assert_array_equal(
            getattr(together.incidents, name), getattr(apart.incidents, name)
        )


def test_without_a_ward_layer_the_wards_are_those_in_the_table(settings: Settings) -> None:
    snapshot_of(settings, row("a", easting=532_500.0), row("b"), row("c", northing=OUTSIDE[1]))
    snapshot = load(settings)
    assert snapshot.ward_codes == snapshot.ward_names == ("E05000001", "E05000003")
    assert snapshot.ward_boroughs.tolist() == [1, 0]
    assert sorted(snapshot.incidents.ward.tolist()) == [-1, 0, 1]


def test_another_ward_layer_than_the_tables_is_refused(settings: Settings) -> None:
    snapshot_of(settings, row("a"))
    with pytest.raises(StaleWardsError, match="another ward layer"):
        load(settings, wards=three_wards(shift_m=1))
