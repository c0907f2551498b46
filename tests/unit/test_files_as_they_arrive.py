"""Files as they arrive: from a Mac, through Excel, from another office program."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING

import pytest

from data.rows.errors import NotATableError
from data.sources import police_uk
from data.sources.opening import recognise
from data.sources.source_file import open_source
from tests.street_files import street_csv

if TYPE_CHECKING:
    from pathlib import Path

NOW = dt.datetime(2024, 6, 15, 12, tzinfo=dt.UTC)
APPLE = b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X" + bytes(400)


def ids_and_starts(path: Path) -> list[tuple[str, dt.datetime]]:
    batches = police_uk.read(
        police_uk.download_of(open_source(path)), metric_crs="EPSG:27700", now=NOW
    )
    rows = [row for batch in batches for row in batch.accepted.to_pylist()]
    return [(row["incident_id"], row["starts_at"]) for row in rows]


def test_a_macs_own_files_are_left_aside_in_archives_and_folders(tmp_path: Path) -> None:
    folder = tmp_path / "2024-05"
    folder.mkdir()
    street = street_csv(folder / "2024-05-street.csv", rows=3)
    (folder / "._2024-05-street.csv").write_bytes(APPLE)
    (folder / ".DS_Store").write_bytes(APPLE)
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w") as written:
        written.write(street, "2024-05/2024-05-street.csv")
        written.writestr("__MACOSX/2024-05/._2024-05-street.csv", APPLE)
        written.writestr("__MACOSX/._2024-05", APPLE)
    for path in (folder, archive):
        assert len(ids_and_starts(path)) == 3
        assert recognise(open_source(path)).notes == (
            "Left aside: 2 files that a Mac or Windows added (._, __MACOSX and the like).",
        )


@pytest.mark.parametrize(
    "month",
    ["May-24", "01/05/2024", "5/1/2024", "2024-05-01", "01-May-2024", "01/05/2024 00:00", "45413",
     "2024/05", "2024-5", "01/05/24"],
)  # fmt: skip
def test_a_street_file_that_excel_saved_gives_the_same_incidents(
    tmp_path: Path, month: str
) -> None:
    published = street_csv(tmp_path / "a.csv", rows=4)
    rewritten = tmp_path / "b.csv"
    text = published.read_text(encoding="utf-8")
    assert ",2024-05," in text
    rewritten.write_text(text.replace(",2024-05,", f",{month},"), encoding="utf-8")
    assert ids_and_starts(rewritten) == ids_and_starts(published)


def test_a_day_that_is_not_the_first_is_no_month(tmp_path: Path) -> None:
    path = street_csv(tmp_path / "a.csv", rows=2)
    published = path.read_text()
    for other_day in ("03/05/2024", "45415", "2024-05-03", "03/05/24"):
        path.write_text(published.replace(",2024-05,", f",{other_day},"), encoding="utf-8")
        assert ids_and_starts(path) == []


@pytest.mark.parametrize(
    ("member", "what"),
    [("xl/workbook.bin", "a binary workbook (.xlsb)"), ("content.xml", "an OpenDocument file"),
     ("Index/Document.iwa", "a Numbers"), ("word/document.xml", "a Word document")],
)  # fmt: skip
def test_another_office_programs_file_is_called_what_it_is(
    tmp_path: Path, member: str, what: str
) -> None:
    path = tmp_path / "calls.xlsx"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr(member, "x")
    with pytest.raises(NotATableError, match="save it as CSV or XLSX") as refused:
        recognise(open_source(path))
    assert what in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [("r.xls", "<html><body><table><tr><td>a</td></tr></table>", "under the name of a workbook"),
     ("r.xls", '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
      "the XML format of Excel 2003"),
     ("r.csv", '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table>', "under the name"),
     ("r.csv", "<!DOCTYPE html><title>Sign in</title>", "asked for a sign-in")],
)  # fmt: skip
def test_a_web_page_under_a_workbooks_name_is_called_so(
    tmp_path: Path, name: str, content: str, what: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(NotATableError, match=what):
        recognise(open_source(path))


def test_a_zip_of_one_csv_is_that_csv(tmp_path: Path) -> None:
    path = tmp_path / "calls.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("calls.csv", "Ref,When\n1,01/06/2024\n")
        written.writestr("__MACOSX/._calls.csv", APPLE)
    found = recognise(open_source(path))
    assert (found.kind, found.columns, found.source.side_files) == ("table", ("Ref", "When"), 1)


def test_a_line_that_a_mac_program_wrote_is_read_with_its_own_letters(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    words = ["O’Brien’s “Café” – Bow", "St Mary’s", "Roman Road", "Whitechapel Market", "Café"]
    for codec in ("mac_roman", "cp1252"):
        lines = [f"{at},{each}" for at, each in enumerate(words)]
        path.write_bytes("\r\n".join(["Ref,Place", *lines, ""]).encode(codec))
        table = open_source(path).table
        assert table is not None
        assert [row[1] for row in table.rows] == words, codec
