"""Street files of data.police.uk: a file, a folder of months, the ZIP; on made and real files."""

from __future__ import annotations

import datetime as dt
import random
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.contract import REJECTED_COLUMNS, SOURCE_SCHEMA, Checked
from data.rows.errors import EmptyFileError, FileError, NoSuchFileError, UnknownColumnsError
from data.rows.rejected import RejectedRows
from data.rows.validation import fault_counts
from data.sources import police_uk
from data.sources.opening import recognise
from data.sources.source_file import open_source
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NOW = dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC)
HEADER = (
    "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,"
    "Crime type,Last outcome category,Context"
)
FORCE = "Metropolitan Police Service"


def row(
    *,
    crime_id: str = "",
    month: str = "2024-05",
    lon: str = "-0.061410",
    lat: str = "51.520113",
    location: str = "On or near Brick Lane",
    kind: str = "Anti-social behaviour",
    outcome: str = "",
) -> str:
    return (
        f"{crime_id},{month},{FORCE},{FORCE},{lon},{lat},{location},E01,Tower Hamlets 015B,{kind},"
        f"{outcome},"
    )


def street_file(path: Path, rows: Iterable[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def batches(path: Path) -> list[Checked]:
    return list(
        police_uk.read(police_uk.download_of(open_source(path)), metric_crs="EPSG:27700", now=NOW)
    )


def accepted(path: Path) -> pd.DataFrame:
    return pd.concat([batch.accepted.to_pandas() for batch in batches(path)], ignore_index=True)


def rejected(path: Path) -> pd.DataFrame:
    return pd.concat([batch.rejected for batch in batches(path)], ignore_index=True)


def ids(path: Path) -> list[str]:
    return sorted(accepted(path)["incident_id"])


def test_a_row_becomes_an_incident_of_its_month_and_map_point(tmp_path: Path) -> None:
    path = street_file(tmp_path / "s.csv", [row(crime_id="ab12", kind="Robbery")])
    (batch,) = batches(path)
    assert batch.accepted.schema == SOURCE_SCHEMA
    assert batch.fraction_done == 1.0
    (incident,) = batch.accepted.to_pylist()
    assert incident["incident_id"] == "police_uk:ab12"
    assert incident["source"] == "police_uk"
    assert (incident["category"], incident["offence"]) == ("robbery", "Robbery")
    assert incident["starts_at"].replace(tzinfo=None) == dt.datetime(2024, 4, 30, 23)  # summer time
    assert incident["ends_at"] is None
    assert (incident["time_precision"], incident["place_precision"]) == ("month", "snapped")
    assert incident["place"] == "On or near Brick Lane"
    assert incident["easting"] == pytest.approx(534598.43, abs=0.01)
    assert incident["northing"] == pytest.approx(181913.76, abs=0.01)
    assert incident["injury"] is None


def test_every_published_crime_type_has_a_category() -> None:
    assert police_uk.CATEGORY_OF_TYPE == {
        "anti-social behaviour": "asb",
        "bicycle theft": "theft",
        "burglary": "burglary",
        "criminal damage and arson": "damage",
        "drugs": "drugs",
        "other crime": "other",
        "other theft": "theft",
        "possession of weapons": "weapons",
        "public disorder and weapons": "public_order",
        "public order": "public_order",
        "robbery": "robbery",
        "shoplifting": "theft",
        "theft from the person": "theft_person",
        "vehicle crime": "vehicle",
        "violence and sexual offences": "violence",
        "violent crime": "violence",
    }


def test_reports_that_read_alike_are_all_kept_and_reading_again_gives_the_same_ids(
    tmp_path: Path,
) -> None:
    path = street_file(tmp_path / "s.csv", [row(), row(), row(location="On or near Park"), row()])
    assert len(set(ids(path))) == 4
    assert ids(path) == ids(path)


def test_the_order_of_rows_changes_no_id(tmp_path: Path) -> None:
    rows = [row(), row(), row(lon="-0.05"), row(crime_id="x", kind="Drugs"), row(month="2024-04")]
    first = ids(street_file(tmp_path / "a.csv", rows))
    random.Random(1).shuffle(rows)
    assert ids(street_file(tmp_path / "b.csv", rows)) == first


def test_the_outcome_and_a_trailing_zero_make_no_other_incident(tmp_path: Path) -> None:
    one = street_file(tmp_path / "a.csv", [row(lon="-0.061410", outcome="")])
    two = street_file(tmp_path / "b.csv", [row(lon="-0.06141", outcome="Under investigation")])
    assert ids(one) == ids(two)


def test_the_ids_of_rows_without_a_reference_never_change(tmp_path: Path) -> None:
    """A changed id would bring every report in twice, so the first ones are written down."""
    assert ids(street_file(tmp_path / "s.csv", [row(), row()])) == EXPECTED_IDS


EXPECTED_IDS = [
    "police_uk:row-69e0169821f4496604d0688e3c8ef750-1",
    "police_uk:row-69e0169821f4496604d0688e3c8ef750-2",
]


def test_a_month_from_the_service_and_from_the_archive_is_the_same_month(tmp_path: Path) -> None:
    """The service does not name the force, except on the railway."""
    archive = row()
    force = "Metropolitan Police Service"
    railway = archive.replace(force, "British Transport Police")
    from_archive = ids(street_file(tmp_path / "archive.csv", [archive, archive, railway]))
    from_service = [archive.replace(force, ""), archive.replace(force, ""), railway]
    assert force in archive
    assert ids(street_file(tmp_path / "service.csv", from_service)) == from_archive
    assert len(set(from_archive)) == 3


@pytest.mark.parametrize(
    ("fault", "field", "value", "reason"),
    [
        ({"lon": "", "lat": ""}, "Longitude, Latitude", ", ", "No place is given"),
        ({"lon": ""}, "Longitude, Latitude", ", 51.520113", "No place is given"),
        ({"lon": "west"}, "Longitude, Latitude", "west, 51.520113", "A coordinate is not a number"),
        ({"lon": "51.5", "lat": "-0.06"}, "Longitude, Latitude", "51.5, -0.06",
         "The two coordinates are the wrong way round"),
        ({"lon": "0", "lat": "0"}, "Longitude, Latitude", "0, 0",
         "A coordinate is 0, which is how a blank is often written"),
        ({"lon": "534655", "lat": "182110"}, "Longitude, Latitude", "534655, 182110",
         "These are too large for longitude and latitude in degrees; they may be metres"),
        ({"lon": "2.35", "lat": "48.85"}, "Longitude, Latitude", "2.35, 48.85",
         "The place lies outside Great Britain"),
        ({"month": "2024-13"}, "Month", "2024-13", "Is not a month like 2024-05"),
        ({"month": "May 2024"}, "Month", "May 2024", "Is not a month like 2024-05"),
        ({"month": ""}, "Month", "", "Is not a month like 2024-05"),
        ({"month": "2024-07"}, "Month", "2024-07", "Is in the future"),
        ({"kind": "Witchcraft"}, "Crime type", "Witchcraft",
         "Is not a data.police.uk crime type"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_rejected_with_its_reason_and_the_rest_is_read(
    tmp_path: Path, fault: dict[str, str], field: str, value: str, reason: str
) -> None:
    path = street_file(tmp_path / "s.csv", [row(), row(**fault), row()])
    assert len(accepted(path)) == 2
    (found,) = rejected(path).to_dict("records")
    assert {name: found[name] for name in REJECTED_COLUMNS} == {
        "rejected_file": "s.csv",
        "rejected_row": 3,
        "rejected_field": field,
        "rejected_value": value,
        "rejected_reason": reason,
    }
    assert ",".join(str(found[name]) for name in HEADER.split(",")) == row(**fault)


def test_rows_of_the_wrong_width_are_rejected_in_their_place(tmp_path: Path) -> None:
    path = street_file(
        tmp_path / "s.csv", [row(), "too,short", row(month="?"), row() + ",extra", row()]
    )
    found = rejected(path)
    assert found["rejected_row"].tolist() == [3, 4, 5]
    assert found["rejected_field"].tolist() == ["(whole row)", "Month", "(whole row)"]
    assert found.loc[0, ["Crime ID", "Month", "Location"]].tolist() == ["too", "short", ""]
    assert len(accepted(path)) == 2


def test_a_folder_and_a_zip_of_months_are_read_as_the_archive_has_them(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    for month in ("2024-03", "2024-04"):
        name = f"{month}/{month}-metropolitan"
        street_file(folder / f"{name}-street.csv", [row(month=month), row(month=month)])
        (folder / f"{name}-outcomes.csv").write_text("Crime ID,Month,Outcome type\n1,2024-03,x\n")
        (folder / f"{name}-stop-and-search.csv").write_text("Type,Date\nPerson search,2024\n")
    (folder / "readme.txt").write_text("hello")
    archive = tmp_path / "download.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(folder.rglob("*.*")):
            zipped.write(path, path.relative_to(folder))
    assert ids(archive) == ids(folder)
    assert len(ids(folder)) == 4
    for path in (folder, archive):
        found = recognise(open_source(path))
        assert found.kind == "police_uk"
        assert found.notes == (
            "Left out: 4 outcome and stop-and-search files, without incidents of their own.",
            "Left out: 1 other file, not in the format of street files.",
        )
        assert [batch.file for batch in batches(path)] == [
            "2024-03/2024-03-metropolitan-street.csv",
            "2024-04/2024-04-metropolitan-street.csv",
        ]
        fractions = [batch.fraction_done for batch in batches(path)]
        assert fractions == sorted(fractions)
        assert fractions[-1] == 1.0


def test_a_month_without_rows_stops_no_folder(tmp_path: Path) -> None:
    street_file(tmp_path / "2024-03-x-street.csv", [])
    street_file(tmp_path / "2024-04-x-street.csv", [row()])
    assert len(ids(tmp_path)) == 1
    (tmp_path / "2024-04-x-street.csv").write_text(HEADER + "\n")
    with pytest.raises(EmptyFileError, match="2 street files without a row"):
        ids(tmp_path)


def test_a_folder_of_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
    with pytest.raises(NoSuchFileError, match=r"notes\.csv"):
        batches(tmp_path)


@pytest.mark.parametrize(
    "header",
    [
        "ID,Case Number,Date,Block,IUCR,Primary Type,Latitude,Longitude",
        "CMPLNT_NUM,CMPLNT_FR_DT,OFNS_DESC,BORO_NM,Latitude,Longitude",
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,Outcome type",
    ],
)
def test_the_files_of_other_places_are_refused_with_what_is_missing(
    tmp_path: Path, header: str
) -> None:
    path = tmp_path / "other.csv"
    path.write_text(header + "\n" + "1," * header.count(",") + "\n")
    with pytest.raises(UnknownColumnsError, match=r"missing: .*Crime type") as fault:
        batches(path)
    assert "Use a profile" in str(fault.value)
    assert recognise(open_source(path)).kind == "table"


def test_rejected_rows_can_be_corrected_and_read_again(tmp_path: Path) -> None:
    path = street_file(tmp_path / "s.csv", [row(), row(lon="", lat=""), row(month="x")])
    writer = RejectedRows(tmp_path)
    for batch in batches(path):
        writer.add(batch.rejected)
    name = writer.finish()
    assert name is not None
    file = tmp_path / name
    assert len(rejected(file)) == 2
    text = file.read_text(encoding="utf-8-sig")
    corrected = text.replace(",,,On or near", ",-0.061410,51.520113,On or near")
    assert corrected != text
    file.write_text(corrected.replace(",x,Metropolitan", ",2024-05,Metropolitan", 1))
    again = ids(file)
    assert len(set(again)) == 2
    assert set(again).isdisjoint(ids(path))  # the same words as the first row, another incident
    assert ids(file) == again


def test_a_row_rejected_twice_is_still_known_by_its_first_file(tmp_path: Path) -> None:
    path = street_file(tmp_path / "s.csv", [row(), row(month="x")])
    rejected(path).to_csv(tmp_path / "again.csv", index=False)
    found = rejected(tmp_path / "again.csv")
    assert found[["rejected_file", "rejected_row"]].to_numpy().tolist() == [["s.csv", 3]]


dirt = st.sampled_from(
    ["", "x", "2024-05", "-0.06", "51.5", "Drugs", "é", '"', "\0", "1e999", "nan", ",", "\n", "=1"]
)
dirty_row = st.one_of(
    st.just(row()),
    st.lists(dirt, min_size=1, max_size=14).map(",".join),
    st.builds(row, month=dirt, lon=dirt, lat=dirt, kind=dirt, location=dirt),
)


@given(st.lists(dirty_row, min_size=1, max_size=25))
def test_every_row_of_any_dirt_is_accepted_or_rejected_once(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    path = street_file(tmp_path_factory.mktemp("dirt") / "s.csv", [row(), *rows, row()])
    found = batches(path)
    numbers = [n for batch in found for n in batch.rejected["rejected_row"]]
    assert len(numbers) == len(set(numbers))
    assert all(batch.rejected["rejected_reason"].ne("").all() for batch in found)
    good = sum(batch.accepted.num_rows for batch in found)
    assert good >= 1 + sum(text == row() for text in rows[: _first_quote(rows)])
    lines = [line for text in rows for line in text.split("\n")]
    if not any('"' in line for line in lines):
        filled = sum(any(value.strip() for value in line.split(",")) for line in lines)
        assert sum(batch.rows_read for batch in found) == filled + 2


def _first_quote(rows: list[str]) -> int:
    return next((at for at, text in enumerate(rows) if '"' in text), len(rows))


@needs_shared
@pytest.mark.parametrize(
    ("name", "good", "without_place"),
    [
        ("hackney-burglary-2018-03_2023-02.csv", 13_544, 0),
        ("tower-hamlets-burglary-2018-03_2023-02.csv", 13_439, 0),
        ("newham-all-crime-2016-04_2018-03.csv", 76_964, 0),
        ("city-of-london", 9_028, 964),
    ],
)
def test_real_files_are_read_whole(name: str, good: int, without_place: int) -> None:
    path = SHARED / "data" / "police_uk" / name
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    found = list(
        police_uk.read(police_uk.download_of(open_source(path)), metric_crs="EPSG:27700", now=now)
    )
    assert sum(batch.accepted.num_rows for batch in found) == good
    counts = {fault.reason: fault.rows for fault in fault_counts(b.rejected for b in found)}
    assert counts == ({"No place is given": without_place} if without_place else {})


@needs_shared
def test_a_real_year_reads_alike_as_a_folder_and_as_a_zip(tmp_path: Path) -> None:
    folder = SHARED / "data" / "police_uk" / "city-of-london"
    archive = tmp_path / "year.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(folder.glob("*.csv")):
            zipped.write(path, f"{path.name[:7]}/{path.name}")
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def read(path: Path) -> list[str]:
        found = police_uk.read(
            police_uk.download_of(open_source(path)), metric_crs="EPSG:27700", now=now
        )
        return sorted(i for batch in found for i in batch.accepted["incident_id"].to_pylist())

    assert read(folder) == read(archive)


def test_the_message_says_what_was_found_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "error.csv"
    path.write_text("<html><head><title>503 Service Unavailable</title></head></html>")
    with pytest.raises(FileError) as fault:
        batches(path)
    assert str(fault.value) == (
        "error.csv is a web page, not a table. Found: HTML or XML (503 Service Unavailable). The "
        "download probably failed or asked for a sign-in: download it again."
    )
