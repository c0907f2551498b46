"""From a path to an import record: what the page and the command line call."""

from __future__ import annotations

import csv
import shutil
from typing import IO, TYPE_CHECKING

import openpyxl
import pytest

from data.demo.build import DEMO_NAME, build_demo, remove_demo
from data.demo.geography import demo_wards
from data.incidents.imports import imports
from data.incidents.quality import rejected_reasons
from data.layers.wards import wards_or_none
from data.rows.errors import ChangedFileError, NotATableError, UnknownColumnsError
from data.services.loading import (
    MixedStoreError,
    UnknownProfileError,
    holds_demo,
    holds_incidents,
    import_path,
    import_recognised,
    load_ward_file,
    look_at,
    ward_warnings,
)
from data.sources.files import Part
from data.sources.profile import shipped_profiles
from tests.incident_rows import NOW, settings_in
from tests.street_files import street_csv

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings


@pytest.fixture
def used(tmp_path: Path) -> Settings:
    """Settings of a store that has Tower Hamlets' wards and nothing else."""
    chosen = settings_in(tmp_path)
    wards = demo_wards()
    path = tmp_path / "wards.geojson"
    wards[wards["borough_code"] == chosen.borough_code].to_crs("EPSG:4326").to_file(path)
    load_ward_file(path, settings=chosen, now=NOW)
    return chosen


def test_a_street_file_is_recognised_and_imported_once(used: Settings, tmp_path: Path) -> None:
    path = street_csv(tmp_path / "2024-05-street.csv", rows=40, without_place=3)
    assert look_at(path, settings=used).kind == "police_uk"
    first = import_path(path, settings=used, now=NOW)
    assert (first.counts.imported, first.counts.rejected, first.rows_read) == (40, 3, 43)
    again = import_path(path, settings=used, now=NOW)
    assert (again.counts.unchanged, again.counts.imported, again.counts.rejected) == (40, 0, 3)


def test_one_import_opens_a_file_once_to_recognise_it_and_once_to_read_it(
    used: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = street_csv(tmp_path / "2024-05-street.csv", rows=40)
    opened: list[str] = []
    open_part = Part.open

    def counted(part: Part) -> IO[bytes]:
        opened.append(part.name)
        return open_part(part)

    monkeypatch.setattr(Part, "open", counted)
    file = look_at(path, settings=used)
    assert opened == ["2024-05-street.csv"]
    assert import_recognised(file, settings=used, now=NOW).counts.imported == 40
    assert opened == ["2024-05-street.csv"] * 2
    import_path(path, settings=used, now=NOW)
    assert opened == ["2024-05-street.csv"] * 4


def test_a_file_that_changes_between_looking_and_importing_brings_nothing_in(
    used: Settings, tmp_path: Path
) -> None:
    path = street_csv(tmp_path / "street.csv", rows=5)
    file = look_at(path, settings=used)
    street_csv(path, rows=6)
    with pytest.raises(ChangedFileError, match="import it again"):
        import_recognised(file, settings=used, now=NOW)
    assert not holds_incidents(used)


def test_rejected_rows_can_be_corrected_and_imported_again(used: Settings, tmp_path: Path) -> None:
    path = street_csv(tmp_path / "street.csv", rows=5, without_place=2)
    record = import_path(path, settings=used, now=NOW)
    assert record.rejected_file is not None
    (reason,) = rejected_reasons(imports(used))
    assert (reason.rows, reason.first_file, reason.first_row) == (2, "street.csv", 7)
    text = record.rejected_file.read_text(encoding="utf-8-sig")
    corrected = tmp_path / "corrected.csv"
    corrected.write_text(text.replace(",,,No location,", ",-0.0614,51.5201,On or near A Street,"))
    result = import_path(corrected, settings=used, now=NOW)
    assert (result.counts.imported, result.counts.rejected, result.rows_read) == (2, 0, 2)


def test_a_table_that_no_profile_fits_is_refused_with_its_columns(
    used: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "other.csv"
    path.write_text("Ref,When,What\n1,01/05/2024,Noise\n")
    with pytest.raises(UnknownColumnsError, match=r"Ref, When, What.*no profile fits"):
        import_path(path, settings=used, now=NOW)
    with pytest.raises(UnknownProfileError, match="cad_log, council_asb"):
        import_path(path, settings=used, now=NOW, profile="nonesuch")
    assert not holds_incidents(used)


def workbook(path: Path, sheets: dict[str, list[list[str]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for one in rows:
            sheet.append(one)
    book.save(path)
    return path


def test_a_workbook_is_recognised_behind_its_cover_and_says_which_sheets_it_leaves_out(
    used: Settings, tmp_path: Path
) -> None:
    header = [
        "CAD reference", "Call time", "Grade", "Type", "Caller", "Easting", "Northing", "Location",
    ]  # fmt: skip
    calls = [header, ["1", "01/05/2024 10:05", "S", "Noise", "", "533800", "182000", "A Street"]]
    more = [header, ["2", "02/05/2024 10:05", "S", "Noise", "", "533800", "182000", "A Street"]]
    cover = [["Calls of May", "made by the control room"], ["Enquiries", "the data team"]]
    path = workbook(
        tmp_path / "calls.xlsx", {"Cover": cover, "May 1": calls, "May 2": more, "Blank": []}
    )
    looked = look_at(path, settings=used)
    assert (looked.profiles, looked.columns) == (("cad_log",), tuple(header))
    for profile in (None, "cad_log"):
        record = import_path(path, settings=used, now=NOW, profile=profile)
        assert record.rows_read == 1
        assert record.notes == (
            "Read: the sheet “May 1”. Not read: “Cover”, “May 2”. The needed columns are also in "
            "“May 2”: save what is in there as a file of its own and import that too.",
        )
    alone = workbook(tmp_path / "alone.xlsx", {"May 1": calls})
    assert import_path(alone, settings=used, now=NOW).notes == ()


def test_a_column_that_marks_domestic_incidents_and_is_not_mapped_is_named(
    used: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    head = "CAD reference,Call time,Type,Caller,Easting,Northing,Domestic flag,Domestic waste"
    path.write_text(f"{head}\n1,01/05/2024 10:05,Assault,,533800,182000,Y,N\n")
    (note,) = import_path(path, settings=used, now=NOW).notes
    assert note.startswith("The profile cad_log does not read “Domestic flag”, which may mark")
    shipped = shipped_profiles()["cad_log"].read_text()
    own = shipped.replace("[flags]", '[flags]\ndomestic = "Domestic flag"')
    used.profiles_path.mkdir(parents=True)
    (used.profiles_path / "own.toml").write_text(own.replace('"cad_log"', '"own"'))
    again = import_path(path, settings=used, now=NOW, profile="own")
    assert (again.notes, again.counts.updated) == ((), 1)


def test_a_street_file_saved_as_a_workbook_is_called_so(used: Settings, tmp_path: Path) -> None:
    text = street_csv(tmp_path / "a.csv", rows=3).read_text(encoding="utf-8")
    path = workbook(tmp_path / "a.xlsx", {"a": list(csv.reader(text.splitlines()))})
    with pytest.raises(
        NotATableError, match=r"has the columns of data\.police\.uk, but it is a work"
    ):
        import_path(path, settings=used, now=NOW)


def test_the_demo_and_real_incidents_never_share_a_store(
    demo_settings: Settings, tmp_path: Path
) -> None:
    chosen = settings_in(tmp_path)
    shutil.copytree(demo_settings.store, chosen.store, dirs_exist_ok=True)
    (record,) = imports(chosen)
    assert record.name == DEMO_NAME
    assert holds_demo(chosen)
    path = street_csv(tmp_path / "street.csv", rows=2)
    with pytest.raises(MixedStoreError, match="demo --remove"):
        import_path(path, settings=chosen, now=NOW)
    with pytest.raises(MixedStoreError):
        load_ward_file(path, settings=chosen, now=NOW)
    with pytest.raises(MixedStoreError):
        build_demo(chosen, now=NOW)
    assert remove_demo(chosen, now=NOW) == 1
    assert not holds_demo(chosen)
    assert not holds_incidents(chosen)
    assert wards_or_none(chosen) is None
    assert [each.undone is not None for each in imports(chosen)] == [True]
    assert remove_demo(chosen, now=NOW) == 0


def test_real_incidents_are_never_covered_by_the_demo(used: Settings, tmp_path: Path) -> None:
    import_path(street_csv(tmp_path / "street.csv", rows=2), settings=used, now=NOW)
    with pytest.raises(MixedStoreError):
        build_demo(used, now=NOW)


def test_a_ward_file_of_another_borough_is_warned_about(used: Settings) -> None:
    layer = wards_or_none(used)
    assert layer is not None
    assert ward_warnings(layer, settings=used) == ()
    elsewhere = used.model_copy(update={"borough_code": "E09000025"})
    (warning,) = ward_warnings(layer, settings=elsewhere)
    assert "E09000025" in warning
