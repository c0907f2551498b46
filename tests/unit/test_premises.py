"""Licensed premises: read from CSV with every row accounted for, kept, closing hours understood."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from data.demo.premises import demo_premises
from data.layers.premises import load_premises, save_premises
from data.rows.errors import DamagedFileError
from data.sources.premises_reading import (
    NotPremisesError,
    PremisesFile,
    read_premises,
)
from data.sources.premises_times import closing_minute
from data.sources.source_file import open_source
from geo.postcodes import PostcodeTable
from models.nights.premises import NO_DAY, NO_HOUR, clock_label
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 10, 1)
TABLE = PostcodeTable.of(["E9 6QT"], easting=[535_553.0], northing=[184_617.0])


def read(folder: Path, text: str, **given: Any) -> PremisesFile:  # noqa: ANN401 - as read_premises takes them
    path = folder / "register.csv"
    path.write_text(text, encoding="utf-8")
    return read_premises(open_source(path), shown_on=DAY, **given)


def test_every_row_is_accepted_or_rejected_with_its_reason(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        "Premises name,Type,Easting,Northing,Postcode,Closing hour,Licensed since\n"
        "The Lantern,Bar,533800,182000,,02:00,01/09/2025\n"
        "The Kettle,Pub,,,E9 6QT,midnight,\n"
        "The Ladder,Pub,533900,182100,,,03/02/2011\n"
        ",Pub,533900,182100,,23:00,\n"
        "The Ferry,Pub,,,,23:00,\n"
        "The Piano,Pub,533900,182150,,late,\n"
        "The Signal,Pub,533900,182160,,23:00,soon\n"
        "the lantern,Club,533800,182000,,04:00,\n"
        "The Tap,Pub,0,0,,23:00,\n",
        postcodes=TABLE,
    )
    held = file.premises
    assert held.names == ("The Lantern", "The Kettle", "The Ladder")
    assert held.easting.tolist() == [533_800, 535_553, 533_900]
    assert [held.closing(at) for at in range(3)] == ["02:00", "00:00", ""]
    assert held.opened_day.tolist() == [20_332, NO_DAY, 15_008]
    assert file.rows_read == 9 == len(held) + len(file.rejected)
    assert [row for row, _ in file.rejected] == [5, 6, 7, 8, 9, 10]
    reasons = dict(file.rejected)
    assert reasons[5] == "it has no name"
    assert reasons[7] == "its closing hour is not a time of day"
    assert reasons[8] == "its licence start date is not a date"
    assert reasons[9] == "the same name at the same place occurs in an earlier row"
    assert sum(int(line.split(" ")[0]) for line in file.reasons) == 6


def test_columns_by_other_names_are_named_by_hand(tmp_path: Path) -> None:
    text = "Sign,Where x,Where y,Last orders\nThe Tap,533800,182000,1am\n"
    with pytest.raises(NotPremisesError, match="no column of names"):
        read(tmp_path, text)
    columns = {
        "name": "sign", "easting": "Where X", "northing": "Where Y", "closes": "last orders",
    }  # fmt: skip
    file = read(tmp_path, text, columns=columns)
    assert (file.premises.names, file.premises.closing(0)) == (("The Tap",), "01:00")
    assert ("Closing hour", "Last orders") in file.columns


def test_a_named_column_that_is_not_there_and_an_unknown_role_are_refused(tmp_path: Path) -> None:
    text = "Name,Easting,Northing\nThe Tap,533800,182000\n"
    with pytest.raises(NotPremisesError, match="no column called 'Hours'"):
        read(tmp_path, text, columns={"closes": "Hours"})
    with pytest.raises(NotPremisesError, match="no role 'size'"):
        read(tmp_path, text, columns={"size": "Name"})


def test_what_a_file_does_not_hold_is_said(tmp_path: Path) -> None:
    file = read(tmp_path, "Name,Easting,Northing,Owner\nThe Tap,533800,182000,Somebody\n")
    assert file.premises.closes_minute.tolist() == [NO_HOUR]
    assert not file.premises.has_opening_days
    said = " ".join(file.notes)
    assert "No column of closing hours" in said
    assert "Owner" in said
    assert "new premises cannot be identified" in said


@pytest.mark.parametrize("text", ["Name\nThe Tap\n", "Name,Easting,Northing\n,533800,182000\n"])
def test_a_file_without_places_or_without_a_usable_row_is_refused(
    text: str, tmp_path: Path
) -> None:
    with pytest.raises(NotPremisesError):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("02:00", "02:00"),
        ("2am", "02:00"),
        ("0200", "02:00"),
        ("26:00", "02:00"),
        ("2", "02:00"),
        ("Midnight", "00:00"),
        ("24:00", "00:00"),
        ("11.30 PM", "23:30"),
        ("12am", "00:00"),
        ("12 noon", "12:00"),
    ],
)
def test_a_closing_hour_is_understood_however_it_is_written(said: str, shown: str) -> None:
    minute = closing_minute(said)
    assert minute is not None
    assert clock_label(minute) == shown


@pytest.mark.parametrize("said", ["late", "25:99", "31:00", "13pm", "0am", "2 to 3", "-1", "2:5"])
def test_what_is_no_hour_is_not_guessed(said: str) -> None:
    assert closing_minute(said) is None


@given(st.integers(0, 23), st.integers(0, 59))
def test_any_time_of_day_comes_back_as_it_was(hour: int, minute: int) -> None:
    read_back = closing_minute(f"{hour:02d}:{minute:02d}")
    assert read_back is not None
    assert clock_label(read_back) == f"{hour:02d}:{minute:02d}"


def test_a_list_is_kept_and_read_back_the_same(tmp_path: Path) -> None:
    held = demo_premises()
    save_premises(held, tmp_path / "premises.parquet")
    read_back = load_premises(tmp_path / "premises.parquet")
    assert read_back is not None
    assert (read_back.names, read_back.kinds, read_back.label) == (
        held.names,
        held.kinds,
        held.label,
    )
    assert read_back.closes_minute.tolist() == held.closes_minute.tolist()
    assert read_back.opened_day.tolist() == held.opened_day.tolist()
    assert read_back.easting.tolist() == held.easting.tolist()


def test_no_list_is_none_and_a_list_of_another_crs_or_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "premises.parquet"
    assert load_premises(path) is None
    save_premises(demo_premises(), path)
    with pytest.raises(DamagedFileError, match="EPSG:27700"):
        load_premises(path, metric_crs="EPSG:32616")
    parquet.write_table(pa.table({"name": ["x"]}), path)
    with pytest.raises(DamagedFileError):
        load_premises(path)


def test_all_premises_of_the_demo_say_that_they_are_simulated() -> None:
    held = demo_premises()
    assert all("SIMULATED" in name for name in held.names)
    assert held.label.startswith("SIMULATED")
    assert len(set(held.names)) == len(held) > 100
    assert demo_premises().easting.tolist() == held.easting.tolist()


@needs_shared
@pytest.mark.parametrize(
    ("name", "read_rows", "accepted", "first"),
    [
        ("osm_pubs_2022-01_th_hackney.csv", 77, 77, (533_088, 181_858)),
        ("open_pubs_sample_th_hackney.csv", 82, 79, (535_553, 184_617)),
    ],
)
def test_two_real_lists_with_different_columns_are_read(
    name: str, read_rows: int, accepted: int, first: tuple[int, int]
) -> None:
    file = read_premises(
        open_source(SHARED / "data" / "premises" / name), shown_on=date(2022, 1, 1)
    )
    assert (file.rows_read, len(file.premises)) == (read_rows, accepted)
    assert file.premises.easting[0] == pytest.approx(first[0], abs=2)
    assert file.premises.northing[0] == pytest.approx(first[1], abs=2)


def test_licence_dates_that_can_be_read_two_ways_are_said_with_both(tmp_path: Path) -> None:
    text = "Name,Easting,Northing,Licensed since\nA,533800,182000,{}\nB,533900,182000,02/03/2011\n"
    (note,) = [each for each in read(tmp_path, text.format("05/06/2010")).notes if "order" in each]
    assert "read so: Day first: 05/06/2010 is 5 June 2010" in note
    assert "could also be: Month first: 05/06/2010 is 6 May 2010" in note
    settled = read(tmp_path, text.format("25/06/2010"))
    assert not [each for each in settled.notes if "order" in each]
