"""Council and police extracts through a profile, from CSV and XLSX."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.contract import SOURCE_SCHEMA, Checked
from data.rows.erased_callers import ErasedCallers
from data.rows.errors import (
    DamagedFileError,
    DateOrderError,
    EmptyFileError,
    NotATableError,
    TurnedDatesError,
    UnknownColumnsError,
)
from data.rows.rejected import RejectedRows
from data.rows.validation import fault_counts
from data.sources import tabular
from data.sources.identity import caller_references
from data.sources.opening import recognise
from data.sources.profile import Profile, load_profile, profile_of, shipped_profiles
from data.sources.source_file import open_source
from geo.postcodes import PostcodeTable
from models.wording.sensitive import is_sensitive_offence
from tests.shared_data import SHARED, needs_shared

NOW = dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC)
POSTCODES = PostcodeTable.of(
    ["E1 6AN", "E2 7DJ"], easting=[533800, 533900], northing=[182000, 182800]
)
CAD = load_profile(shipped_profiles()["cad_log"])
ASB = load_profile(shipped_profiles()["council_asb"])
CALL = {
    "CAD reference": "1234/01JUN24",
    "Call time": "01/06/2024 23:15",
    "Grade": "S",
    "Type": "Rowdy behaviour",
    "Caller": "020 7946 0018",
    "Caller name": "Jo Bloggs",
    "Easting": "533800",
    "Northing": "182000",
    "Location": "Brick Lane",
}
CASE = {
    "Case reference": "ASB-1",
    "Reported": "03/06/2024 09:00",
    "Started": "01/06/2024 22:00",
    "Ended": "02/06/2024 01:00",
    "Type": "Noise - music",
    "Postcode": "e16an",
    "Alcohol related": "Yes",
}

DEGREES = {"Easting": "-0.07", "Northing": "51.5"}


def text_of(rows: list[dict[str, str]], delimiter: str = ",") -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def csv_file(folder: Path, *rows: dict[str, str], delimiter: str = ",") -> Path:
    path = folder / "extract.csv"
    path.write_text(text_of(list(rows), delimiter), encoding="utf-8", newline="")
    return path


def xlsx_file(folder: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "extract.xlsx")
    return folder / "extract.xlsx"


def batches(path: Path, profile: Profile = CAD, **changes: object) -> list[Checked]:
    options: dict[str, Any] = {
        "metric_crs": "EPSG:27700",
        "timezone": "Europe/London",
        "callers": ErasedCallers(salt=b"salt"),
        "postcodes": POSTCODES,
        "now": NOW,
    }
    return list(tabular.read(open_source(path), profile, **(options | changes)))


def accepted(path: Path, profile: Profile = CAD, **changes: object) -> list[dict[str, Any]]:
    found = batches(path, profile, **changes)
    assert all(batch.accepted.schema == SOURCE_SCHEMA for batch in found)
    return [row for batch in found for row in batch.accepted.to_pylist()]


def rejected(path: Path, profile: Profile = CAD, **changes: object) -> pd.DataFrame:
    found = batches(path, profile, **changes)
    return pd.concat([batch.rejected for batch in found], ignore_index=True)


def test_a_call_becomes_an_incident(tmp_path: Path) -> None:
    (row,) = accepted(csv_file(tmp_path, CALL))
    assert row["incident_id"] == "cad:1234/01JUN24"
    assert (row["source"], row["category"], row["offence"]) == ("cad", "asb", "Rowdy behaviour")
    assert row["starts_at"].replace(tzinfo=None) == dt.datetime(2024, 6, 1, 22, 15)
    assert (row["time_precision"], row["place_precision"]) == ("minute", "exact")
    assert (row["easting"], row["northing"], row["place"]) == (533800.0, 182000.0, "Brick Lane")
    assert (row["ends_at"], row["alcohol"], row["harm"]) == (None, None, None)


def test_a_case_becomes_an_interval_at_its_postcode(tmp_path: Path) -> None:
    (row,) = accepted(csv_file(tmp_path, CASE), ASB)
    assert (row["easting"], row["northing"], row["place_precision"]) == (533800, 182000, "postcode")
    assert row["starts_at"].replace(tzinfo=None) == dt.datetime(2024, 6, 1, 21)
    assert row["ends_at"].replace(tzinfo=None) == dt.datetime(2024, 6, 2, 0)
    assert row["time_precision"] == "interval"
    assert (row["alcohol"], row["drugs"]) == (True, None)


def test_a_case_without_a_start_begins_when_it_was_reported(tmp_path: Path) -> None:
    (row,) = accepted(csv_file(tmp_path, CASE | {"Started": "", "Ended": ""}), ASB)
    assert row["starts_at"].replace(tzinfo=None) == dt.datetime(2024, 6, 3, 8)
    assert (row["time_precision"], row["ends_at"]) == ("minute", None)


def test_an_end_that_equals_its_start_is_no_interval(tmp_path: Path) -> None:
    (row,) = accepted(csv_file(tmp_path, CASE | {"Ended": CASE["Started"]}), ASB)
    assert row["time_precision"] == "minute"


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"Ended": "01/06/2024 21:00"}, "Ended", "Ends before it starts"),
        ({"Started": "16/06/2024 10:00", "Ended": ""}, "Started", "Is in the future"),
        ({"Ended": "16/06/2024 10:00"}, "Ended", "Is in the future"),
        ({"Started": "", "Reported": ""}, "Started", "Has no start"),
        ({"Started": "31/03/2024 01:30"}, "Started",
         "Falls in the hour that the clocks skip in spring"),
        ({"Started": "2024-06-01"}, "Started", "Is not a real date written like 31/12/2024 18:05"),
        ({"Type": ""}, "Type", "Has no type"),
        ({"Type": "Unicorns"}, "Type",
         "Is not in the list of types of the profile council_asb"),
        ({"Postcode": "E1"}, "Postcode", "This is not written like a full postcode"),
        ({"Postcode": "E9 9ZZ"}, "Postcode", "This postcode is not in the postcode table"),
        ({"Postcode": ""}, "Easting, Northing", "No place is given"),
        ({"Alcohol related": "a bit"}, "Alcohol related", "Is neither yes nor no"),
    ],
)  # fmt: skip
def test_a_wrong_case_is_rejected_with_its_reason(
    tmp_path: Path, change: dict[str, str], field: str, reason: str
) -> None:
    path = csv_file(tmp_path, CASE, CASE | change)
    assert len(accepted(path, ASB)) == 1
    found = rejected(path, ASB)
    assert found[["rejected_row", "rejected_field", "rejected_reason"]].to_numpy().tolist() == [
        [3, field, reason]
    ]


def test_without_a_postcode_table_a_row_with_only_a_postcode_is_rejected(tmp_path: Path) -> None:
    found = rejected(csv_file(tmp_path, CASE), ASB, postcodes=None)
    assert found["rejected_reason"].tolist() == [
        "Has only a postcode, and no postcode table is loaded"
    ]


def test_coordinates_come_before_the_postcode_and_wrong_ones_are_not_replaced(
    tmp_path: Path,
) -> None:
    case = CASE | {"Easting": "533850", "Northing": "182050"}
    path = csv_file(
        tmp_path,
        case,
        case | {"Easting": "0", "Northing": "0"},
        case | {"Easting": "-0.07", "Northing": "51.5"},
    )
    rows = accepted(path, ASB)
    assert [(row["easting"], row["place_precision"]) for row in rows] == [
        (533850.0, "exact"),
        (533800.0, "postcode"),
    ]
    assert rejected(path, ASB)["rejected_row"].tolist() == [4]


def test_swapped_easting_and_northing_are_recognised_by_the_region(tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL | {"Easting": "182000", "Northing": "533800"})
    found = rejected(path, region=(530000.0, 178000.0, 540000.0, 187000.0))
    assert found["rejected_reason"].tolist() == ["The two coordinates are the wrong way round"]


def test_callers_are_told_apart_and_never_kept(tmp_path: Path) -> None:
    numbers = ["020 7946 0018", "+44 20 7946 0018", "02079460018", "020 7946 0019", "withheld", ""]
    calls = [CALL | {"CAD reference": str(n), "Caller": c} for n, c in enumerate(numbers)]
    found = [row["caller_ref"] for row in accepted(csv_file(tmp_path, *calls))]
    assert found[0] == found[1] == found[2] != found[3]
    assert found[4:] == [None, None]
    other_salt = accepted(csv_file(tmp_path, *calls), callers=ErasedCallers(salt=b"other"))[0][
        "caller_ref"
    ]
    assert other_salt != found[0]
    assert caller_references(["Jo  BLOGGS", "jo bloggs"], salt=b"s")[0].startswith("caller:")


def test_a_rejected_call_keeps_no_number_and_no_name_but_the_caller_is_known_again(
    tmp_path: Path,
) -> None:
    path = csv_file(tmp_path, CALL, CALL | {"CAD reference": "2", "Type": "?"})
    writer = RejectedRows(tmp_path)
    for batch in batches(path):
        writer.add(batch.rejected)
    file = tmp_path / str(writer.finish())
    text = file.read_text(encoding="utf-8-sig")
    assert "7946" not in text
    assert "Bloggs" not in text
    file.write_text(text.replace(",?,caller", ",Noise,caller"), encoding="utf-8")
    (again,) = accepted(file)
    assert again["caller_ref"] == accepted(path)[0]["caller_ref"]
    assert again["incident_id"] == "cad:2"


def test_a_row_whose_values_have_moved_keeps_none_of_them(tmp_path: Path) -> None:
    path = tmp_path / "extract.csv"
    path.write_text(text_of([CALL]) + "3,01/06/2024 10:00,S,,Noise,020 7946 0018,Jo Bloggs,1,2,x\n")
    (found,) = rejected(path).to_dict("records")
    assert found["rejected_row"] == 3
    assert "7946" not in str(found)
    assert "Bloggs" not in str(found)
    assert "correct it in the original file" in found["rejected_reason"]


def test_rows_without_a_reference_get_ids_that_last(tmp_path: Path) -> None:
    nameless = CALL | {"CAD reference": ""}
    other = nameless | {"Location": "Old Street"}
    first = {row["incident_id"] for row in accepted(csv_file(tmp_path, nameless, nameless, other))}
    again = {row["incident_id"] for row in accepted(csv_file(tmp_path, other, nameless, nameless))}
    assert len(first) == 3
    assert first == again


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_usual_delimiter_is_read(tmp_path: Path, delimiter: str) -> None:
    path = csv_file(tmp_path, CALL | {"Location": "Lane, north\nend"}, delimiter=delimiter)
    assert accepted(path)[0]["place"] == "Lane, north\nend"


def test_dates_in_american_order_are_refused_as_a_whole(tmp_path: Path) -> None:
    calls = [CALL | {"Call time": f"05/{day:02d}/2024 10:00"} for day in range(1, 29)]
    with pytest.raises(DateOrderError, match=r"16 of 28 .* Correct date_format"):
        batches(csv_file(tmp_path, *calls))


def test_a_few_dates_in_another_format_are_rejected_row_by_row(tmp_path: Path) -> None:
    calls = [CALL] * 40 + [CALL | {"Call time": t} for t in ("05/25/2024 10:00", "2024-05-01")]
    found = rejected(csv_file(tmp_path, *calls))
    assert found["rejected_reason"].tolist() == [
        "Is not written like 31/12/2024 18:05: day and month are the other way round",
        "Is not a real date written like 31/12/2024 18:05",
    ]


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    call = {name: value for name, value in CALL.items() if name != "Caller"}
    with pytest.raises(UnknownColumnsError, match="missing: Caller"):
        batches(csv_file(tmp_path, call))
    place_less = {name: value for name, value in CASE.items() if name != "Postcode"}
    with pytest.raises(UnknownColumnsError, match="neither coordinates nor postcodes"):
        batches(csv_file(tmp_path, place_less), ASB)


def test_a_folder_is_not_one_table(tmp_path: Path) -> None:
    with pytest.raises(NotATableError, match="a folder"):
        batches(tmp_path)


def test_date_and_time_may_stand_in_two_columns(tmp_path: Path) -> None:
    profile = profile_of(
        {
            "name": "two", "source": "two", "date_format": "%d/%m/%Y", "time_format": "%H:%M",
            "category": "burglary",
            "columns": {"start": "From", "start_time": "At", "end": "To", "longitude": "lon",
                        "latitude": "lat"},
        }
    )  # fmt: skip
    base = {"From": "01/06/2024", "At": "22:00", "To": "", "lon": "-0.07", "lat": "51.52"}
    rows = accepted(
        csv_file(
            tmp_path,
            base,
            base | {"At": ""},
            base | {"To": "01/06/2024"},
            base | {"At": "", "To": "01/06/2024"},
            base | {"At": "", "To": "02/06/2024"},
        ),
        profile,
    )
    assert [row["time_precision"] for row in rows] == [
        "minute",
        "day",
        "interval",
        "day",
        "interval",
    ]
    assert [row["ends_at"] and row["ends_at"].replace(tzinfo=None) for row in rows] == [
        None,
        None,
        dt.datetime(2024, 6, 1, 23),  # the end of that day, local
        None,
        dt.datetime(2024, 6, 2, 23),
    ]
    assert {row["category"] for row in rows} == {"burglary"}


HEAD = list(CALL)


def call_row(**changes: object) -> list[Any]:
    cells: dict[str, Any] = dict(CALL) | {"Easting": 533800, "Northing": 182000.0}
    cells["Call time"] = dt.datetime(2024, 6, 1, 23, 15)
    return list((cells | changes).values())


def test_a_workbook_is_read_like_the_same_csv(tmp_path: Path) -> None:
    (row,) = accepted(xlsx_file(tmp_path, HEAD, call_row()))
    assert row == accepted(csv_file(tmp_path, CALL))[0]


def test_a_date_may_be_a_cell_of_text_or_a_day_number(tmp_path: Path) -> None:
    path = xlsx_file(
        tmp_path,
        HEAD,
        call_row(**{"Call time": "01/06/2024 23:15"}),
        call_row(**{"Call time": 45444.96875}),
        call_row(**{"Call time": 12}),
    )
    expected = dt.datetime(2024, 6, 1, 22, 15)
    assert [row["starts_at"].replace(tzinfo=None) for row in accepted(path)] == [expected] * 2
    assert rejected(path)[["rejected_row", "rejected_value"]].to_numpy().tolist() == [[4, "12"]]


def test_a_workbook_with_titles_merged_cells_and_blank_rows_is_read(tmp_path: Path) -> None:
    path = xlsx_file(
        tmp_path, ["CAD extract, restricted"], [], HEAD, [], call_row(), [None] * 9, call_row()
    )
    book = openpyxl.load_workbook(path)
    book.active.merge_cells("A1:I1")
    book.create_sheet("Notes", 0).append(["nothing here"])
    book.save(path)
    found = batches(path)
    assert sum(batch.rows_read for batch in found) == 2
    broken = xlsx_file(tmp_path, ["t"], [], HEAD, [], call_row(), [None] * 9, call_row(Type="?"))
    assert rejected(broken)["rejected_row"].tolist() == [7]


def test_a_formula_gives_its_stored_value_or_rejects_its_row(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, HEAD, call_row(), call_row(Easting="=533000+800"))
    assert len(accepted(path)) == 1  # the writer of this file stores no value with a formula
    found = rejected(path)
    assert found["rejected_row"].tolist() == [3]
    assert found["rejected_reason"][0].startswith("Holds a formula without a stored value")


def test_values_beyond_the_header_reject_their_row(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, HEAD, [*call_row(), "stray"], call_row())
    assert rejected(path)["rejected_row"].tolist() == [2]


def test_a_workbook_with_a_header_alone_or_cut_short_is_refused(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, HEAD)
    with pytest.raises(EmptyFileError, match="a header and no rows"):
        batches(path)
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DamagedFileError):
        batches(path)
    with pytest.raises(UnknownColumnsError, match="missing"):
        batches(xlsx_file(tmp_path, ["a", "b"], [1, 2]))


def test_a_workbook_of_entities_within_entities_is_refused(tmp_path: Path) -> None:
    path = xlsx_file(tmp_path, HEAD, call_row())
    deeper = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{deeper}]>'.encode()
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path) as good, zipfile.ZipFile(bomb, "w") as bad:
        for name in good.namelist():
            content = good.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = head + content.replace(b"533800", b"&e11;")
            bad.writestr(name, content)
    with pytest.raises(DamagedFileError, match="save it again"):
        batches(bomb)


def test_the_fitting_profile_is_recognised(tmp_path: Path) -> None:
    found = recognise(open_source(csv_file(tmp_path, CASE)), profiles=[CAD, ASB])
    assert (found.kind, found.profiles) == ("table", ("council_asb",))


dirt = st.sampled_from(["", "x", "0", "=1+1", "é", "01/06/2024 23:15", "533800", "'", "31/02/2024"])


@given(
    st.lists(st.dictionaries(st.sampled_from(HEAD), dirt, max_size=4), min_size=1, max_size=20),
    st.booleans(),
)
def test_every_row_of_any_dirt_is_accepted_or_rejected_once(
    tmp_path_factory: pytest.TempPathFactory, changes: list[dict[str, str]], workbook: bool
) -> None:
    folder = tmp_path_factory.mktemp("dirt")
    rows = [CALL | change for change in changes]
    path = (
        xlsx_file(folder, HEAD, *[list(row.values()) for row in rows])
        if workbook
        else csv_file(folder, *rows)
    )
    found = batches(path)
    assert sum(batch.rows_read for batch in found) == len(rows)
    numbers = [n for batch in found for n in batch.rejected["rejected_row"]]
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= set(range(2, len(rows) + 2))


CHICAGO = {
    "name": "chicago",
    "source": "chicago",
    "date_format": "%Y-%m-%d %H:%M:%S",
    "timezone": "America/Chicago",
    "unknown_type": "other",
    "columns": {
        "id": "ID", "start": "Date", "type": "Primary Type", "offence": "Description",
        "longitude": "Longitude", "latitude": "Latitude", "place": "Block",
    },
    "types": {"BATTERY": "violence"},
    "flags": {"domestic": "Domestic"},
}  # fmt: skip
NEW_YORK = {
    "name": "new_york",
    "source": "new_york",
    "date_format": "%Y-%m-%d %H:%M",
    "timezone": "America/New_York",
    "category": "vehicle",
    "columns": {
        "id": "uid", "start": "date_start", "end": "date_end", "longitude": "longitude",
        "latitude": "latitude",
    },
}  # fmt: skip


@needs_shared
def test_a_real_city_reads_with_its_own_hours() -> None:
    path = SHARED / "data" / "timed" / "chicago-district-18-2016-01_2018-06.csv"
    found = batches(path, profile_of(CHICAGO), metric_crs="EPSG:32616")
    assert sum(batch.accepted.num_rows for batch in found) == 35_409
    assert [(f.reason, f.rows) for f in fault_counts(b.rejected for b in found)] == [
        ("No place is given", 464)
    ]
    first = found[0].accepted.to_pylist()[0]
    assert first["starts_at"].replace(tzinfo=None) == dt.datetime(2016, 1, 1, 6, 45)
    assert (first["category"], first["domestic"]) == ("violence", False)


@needs_shared
def test_real_intervals_are_read() -> None:
    path = SHARED / "data" / "timed" / "nyc-vehicle-thefts-2014_2015.csv"
    found = batches(path, profile_of(NEW_YORK), metric_crs="EPSG:32618")
    rows = pd.concat([batch.accepted.to_pandas() for batch in found])
    assert len(rows) + sum(len(batch.rejected) for batch in found) == 19_047
    interval = rows["time_precision"].eq("interval")
    assert interval.sum() > 15_000
    assert (rows["ends_at"][interval] > rows["starts_at"][interval]).all()


@pytest.mark.parametrize("profile", [CAD, ASB])
def test_the_extracts_in_the_document_are_accepted(tmp_path: Path, profile: Profile) -> None:
    document = Path(__file__).resolve().parents[2] / "docs" / "file-formats.md"
    examples = document.read_text("utf-8").split("```\n")
    first = next(iter(profile.columns.named().values()))
    (text,) = [text for text in examples if text.startswith(f"{first},")]
    (tmp_path / "extract.csv").write_text(text, encoding="utf-8")
    assert len(accepted(tmp_path / "extract.csv", profile)) == 1


def test_a_type_that_says_domestic_or_sexual_is_never_lost_to_the_offence(tmp_path: Path) -> None:
    both = CAD.model_copy(
        update={"columns": CAD.columns.model_copy(update={"offence": "Closing"})},
    )
    told = [
        ("Domestic incident", "Common assault"),
        ("Violence - sexual", ""),
        ("Rowdy behaviour", "Domestic dispute"),
        ("Domestic incident", "Rape"),
        ("Rowdy behaviour", "Shouting"),
        ("Rowdy behaviour", ""),
    ]
    calls = [CALL | {"Type": kind, "Closing": closing} for kind, closing in told]
    words = [each["offence"] for each in accepted(csv_file(tmp_path, *calls), both)]
    assert words == [
        "Domestic incident: Common assault",
        "Violence - sexual",
        "Domestic dispute",
        "Rape",
        "Shouting",
        "Rowdy behaviour",
    ]
    assert [is_sensitive_offence(each) for each in words] == [True] * 4 + [False] * 2


def mixed_workbook(folder: Path, *cells: object, number_format: str = "dd/mm/yyyy hh:mm") -> Path:
    """Calls whose times are real date cells and texts, in the order given."""
    path = xlsx_file(
        folder, HEAD, *(call_row(**{"Call time": cell, "CAD reference": f"C{at}"})
                        for at, cell in enumerate(cells))
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    for row in book.active.iter_rows(min_row=2):
        row[HEAD.index("Call time")].number_format = number_format
    book.save(path)
    return path


def test_a_cell_without_a_time_is_known_to_the_day(tmp_path: Path) -> None:
    day = dt.datetime(2024, 6, 1)
    for cell, number_format, precision in (
        (day, "dd/mm/yyyy", "day"),
        (day, "dd/mm/yyyy hh:mm", "minute"),
        (day.replace(hour=9), "dd/mm/yyyy", "minute"),  # it has a time that is not displayed
        (45444, "General", "day"),
        (45444.5, "General", "minute"),
        ("01/06/2024", "@", "day"),
    ):
        path = mixed_workbook(tmp_path, cell, number_format=number_format)
        (row,) = accepted(path)
        assert row["time_precision"] == precision, (cell, number_format)


@pytest.mark.parametrize(
    ("cells", "turned"),
    [((dt.datetime(2024, 6, 1), "13/06/2024 10:00"), True),
     ((dt.datetime(2024, 6, 1), "06/13/2024 10:00"), True),
     ((dt.datetime(2024, 6, 1), dt.datetime(2024, 6, 13), "13/06/2024 10:00"), False),
     ((dt.datetime(2024, 6, 1), "13/06/2024 10:00", "02/06/2024 10:00"), False),
     ((dt.datetime(2024, 6, 1), dt.datetime(2024, 6, 2)), False),
     (("13/06/2024 10:00", "14/06/2024 10:00"), False)],
)  # fmt: skip
def test_dates_that_a_spreadsheet_turned_round_are_refused_in_words(
    tmp_path: Path, cells: tuple[object, ...], turned: bool
) -> None:
    path = mixed_workbook(tmp_path, *cells)
    if not turned:
        batches(path)
        return
    with pytest.raises(TurnedDatesError) as refused:
        batches(path)
    assert str(refused.value).startswith(
        "The dates in Call time of extract.xlsx were turned round by a spreadsheet program. Found: "
        "real dates in 1 of the cells, all with a day up to 12 (such as 1 June 2024), and text in 1"
    )


def test_a_number_that_is_a_date_in_digits_is_not_taken_for_a_day_number(tmp_path: Path) -> None:
    profile = CAD.model_copy(update={"date_format": "%d%m%y"})
    path = xlsx_file(tmp_path, HEAD, call_row(**{"Call time": 20124}))
    (row,) = batches(path, profile)[0].rejected.to_dict("records")
    assert row["rejected_value"] == "20124"


PARTS = ["year", "month", "day", "hour", "minute"]


def in_parts(**changes: object) -> Profile:
    values: dict[str, Any] = {
        "name": "parts", "source": "parts", "category": "asb",
        "columns": {"id": "id", "easting": "x", "northing": "y", **{p: p for p in PARTS}},
    }  # fmt: skip
    return profile_of(values | changes)


@pytest.mark.parametrize(
    ("values", "start", "precision"),
    [(("2024", "6", "1", "23", "5"), dt.datetime(2024, 6, 1, 22, 5), "minute"),
     (("2024", "Jan", "15", "9", ""), dt.datetime(2024, 1, 15, 9), "hour"),
     (("2024", "01", "15", "", ""), dt.datetime(2024, 1, 15), "day"),
     (("2024", "January", "", "", ""), dt.datetime(2024, 1, 1), "month")],
)  # fmt: skip
def test_a_date_in_columns_of_its_parts_is_known_as_far_as_they_go(
    tmp_path: Path, values: tuple[str, ...], start: dt.datetime, precision: str
) -> None:
    row = {"id": "1", **dict(zip(PARTS, values, strict=True)), "x": "533800", "y": "182000"}
    (found,) = accepted(csv_file(tmp_path, row), in_parts())
    assert (found["starts_at"].replace(tzinfo=None), found["time_precision"]) == (start, precision)


@pytest.mark.parametrize(
    ("values", "reason"),
    [(("2024", "2", "30", "", ""), "Is not a real date in these columns"),
     (("2024", "", "3", "", ""), "Is not a real date in these columns"),
     (("24", "6", "3", "", ""), "Is not a real date in these columns"),
     (("2024", "6", "3", "24", "0"), "Is not a real date in these columns"),
     (("", "", "", "", ""), "Has no start"),
     (("2030", "6", "3", "", ""), "Is in the future"),
     (("2024", "3", "31", "1", "30"), "Falls in the hour that the clocks skip in spring")],
)  # fmt: skip
def test_parts_that_are_no_date_are_rejected(
    tmp_path: Path, values: tuple[str, ...], reason: str
) -> None:
    row = {"id": "1", **dict(zip(PARTS, values, strict=True)), "x": "533800", "y": "182000"}
    found = rejected(csv_file(tmp_path, row), in_parts())
    assert found["rejected_reason"].tolist() == [reason]


@pytest.mark.parametrize(
    ("x", "y", "decimal", "thousands"),
    [("533,800", "182,000.5", ".", ","), ("533.800,25", "182.000,5", ",", "."),
     ("533 800", "182 000", ".", " "), ("533800,0", "182000,5", ",", ""),
     ("533'800", "182'000.5", ".", "'"), ("533800", "182000.5", ".", ",")],
)  # fmt: skip
def test_coordinates_are_read_with_the_marks_of_the_profile(
    tmp_path: Path, x: str, y: str, decimal: str, thousands: str
) -> None:
    profile = CAD.model_copy(update={"decimal_mark": decimal, "thousands_mark": thousands})
    (row,) = accepted(csv_file(tmp_path, CALL | {"Easting": x, "Northing": y}), profile)
    assert (int(row["easting"]), int(row["northing"])) == (533800, 182000)


def test_a_mark_that_does_not_part_thousands_is_no_number(tmp_path: Path) -> None:
    profile = CAD.model_copy(update={"thousands_mark": ","})
    found = rejected(csv_file(tmp_path, CALL | {"Easting": "5338,00"}), profile)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("stated", "written", "precision"),
    [("minute", "01/06/2024", "day"), ("hour", "01/06/2024 23:15", "hour"),
     ("day", "01/06/2024 23:15", "day"), (None, "01/06/2024 23:15", "minute")],
)  # fmt: skip
def test_a_profile_can_say_that_times_are_known_less_well_and_never_better(
    tmp_path: Path, stated: str | None, written: str, precision: str
) -> None:
    profile = CAD.model_copy(update={"time_precision": stated})
    (row,) = accepted(csv_file(tmp_path, CALL | {"Call time": written}), profile)
    assert row["time_precision"] == precision
