"""Postcode tables as Ordnance Survey and the ONS give them are read; the rest is refused."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.layers.postcodes import load_postcodes, save_postcodes
from data.rows.errors import (
    DamagedFileError,
    EmptyFileError,
    NoSuchFileError,
    NotATableError,
    TooLargeError,
)
from data.settings import Settings
from data.sources.files import Limits
from data.sources.postcodes import NotAPostcodeTableError, read_postcodes
from data.sources.source_file import open_source
from geo.postcodes import PostcodeTable
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

# As in the product: no header, quoted, ten columns.
E1 = (
    '"E1 0AA",10,535267,181084,"E92000001","E19000003","E18000007","","E09000030","E05009332"\n'
    '"E1 0AD",10,535042,181124,"E92000001","E19000003","E18000007","","E09000030","E05009332"\n'
    '"E1 0ZZ",90,0,0,"E92000001","E19000003","E18000007","","",""\n'
)
E2 = '"E2  8AA",10,533900,183000,"E92000001","E19000003","E18000007","","E09000012","E05009377"\n'


def test_a_headerless_file_is_read_and_rows_without_a_place_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text(E1)
    file = read_postcodes(open_source(path))
    assert file.rows_read == 3
    assert file.left_out == (("its position is not known", 1),)
    assert file.table.postcodes.to_pylist() == ["E10AA", "E10AD"]
    assert file.table.easting.tolist() == [535_267.0, 535_042.0]
    assert file.table.northing.tolist() == [181_084.0, 181_124.0]
    assert file.table.ward_codes.to_pylist() == ["E05009332", "E05009332"]


@pytest.mark.parametrize(
    "header",
    [
        "postcode,pqi,easting,northing,admin_ward_code",
        "Postcode,Positional_quality_indicator,Eastings,Northings,Admin_ward_code",
        "pcds,osgrdind,oseast1m,osnrth1m,osward",
        "\ufeffPCDS,GRIDIND,EAST1M,NORTH1M,WARD",
    ],
)
def test_a_file_with_a_header_is_read_by_its_names(tmp_path: Path, header: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(f"{header}\nE1 0AA,10,535267,181084,E05009332\nE2 8AA,10,533900,183000,\n")
    file = read_postcodes(open_source(path))
    assert file.table.postcodes.to_pylist() == ["E10AA", "E28AA"]
    assert file.table.ward_codes.to_pylist() == ["E05009332", None]
    assert file.left_out == ()


def test_only_postcode_easting_and_northing_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("northing,town,postcode,easting\n181084,London,E1 0AA,535267\n")
    table = read_postcodes(open_source(path)).table
    assert (table.easting[0], table.northing[0]) == (535_267.0, 181_084.0)
    assert table.ward_codes.null_count == 1


def test_every_row_is_kept_or_counted_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    rows = [
        "E1 0AA,535267,181084",
        "E1 0AB,0,0",
        "E1 0AC,,",
        "E1 0AD,-0.05,51.5",
        "E1 0AE,x,181084",
        "nowhere,535267,181084",
        "e10aa,1,2",
        "E10AA,535267,181084",
    ]
    path.write_text("postcode,easting,northing\n" + "\n".join(rows) + "\n")
    file = read_postcodes(open_source(path))
    assert len(file.table) == 1
    assert file.rows_read == 8
    assert dict(file.left_out) == {
        "a coordinate is 0, which is how a blank is often written": 1,
        "no place is given": 1,
        "these are degrees, but easting and northing in metres are expected": 2,
        "a coordinate is not a number": 1,
        "this is not written like a full postcode": 1,
        "it is listed twice": 1,
    }


def test_the_zip_as_downloaded_is_read_without_its_lists_of_headings(tmp_path: Path) -> None:
    path = tmp_path / "codepo_gb.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Data/CSV/e.csv", E1 + E2)
        archive.writestr("Data/CSV/ec.csv", E2.replace("E2  8AA", "EC1A1BB"))
        archive.writestr("Doc/Code-Point_Open_Column_Headers.csv", "PC,PQ,EA,NO\n")
        archive.writestr("Doc/licence.txt", "OGL")
    file = read_postcodes(open_source(path))
    assert file.table.postcodes.to_pylist() == ["E10AA", "E10AD", "E28AA", "EC1A1BB"]
    assert file.rows_read == 5


def test_a_folder_of_files_is_read(tmp_path: Path) -> None:
    (tmp_path / "e1.csv").write_text(E1)
    (tmp_path / "e2.csv").write_text(E2)
    assert len(read_postcodes(open_source(tmp_path)).table) == 3


def test_positions_come_in_the_metric_system_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "e.csv"
    path.write_text(E1)
    table = read_postcodes(open_source(path), metric_crs="EPSG:32630").table
    assert table.metric_crs == "EPSG:32630"
    assert table.positions(["E1 0AA"]).metric_crs == "EPSG:32630"
    assert table.easting[0] == pytest.approx(704_700, abs=2000)


@pytest.mark.parametrize(
    "content",
    [
        "Crime ID,Month,Longitude\n1,2024-01,-0.05\n",
        "postcode,latitude,longitude\nE1 0AA,51.5,-0.05\n",
        "535267,181084\n",
        'a,"b\nc,d,e\n',
        "\n\n",
    ],
)
def test_another_table_is_refused_with_what_was_found(tmp_path: Path, content: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(content)
    with pytest.raises(NotAPostcodeTableError, match=r"table\.csv is not a table of postcodes"):
        read_postcodes(open_source(path))


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("")
    with pytest.raises(EmptyFileError, match="The file is empty"):
        read_postcodes(open_source(tmp_path / "table.csv"))


def test_a_table_without_any_place_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("postcode,easting,northing\nE1 0AA,0,0\n")
    with pytest.raises(NotAPostcodeTableError, match="a coordinate is 0"):
        read_postcodes(open_source(path))
    path.write_text("postcode,easting,northing\n")
    with pytest.raises(NotAPostcodeTableError, match="0 rows"):
        read_postcodes(open_source(path))


def test_web_pages_missing_files_and_giants_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    with pytest.raises(NoSuchFileError):
        read_postcodes(open_source(path))
    path.write_text("<!doctype html><html><title>Not found</title>")
    with pytest.raises(NotATableError, match="web page"):
        read_postcodes(open_source(path))
    path.write_text("postcode\n" + " " * 2_000_000)
    with pytest.raises(TooLargeError):
        read_postcodes(open_source(path, limits=Limits(unpacked_mb=1)))
    with zipfile.ZipFile(tmp_path / "none.zip", "w") as archive:
        archive.writestr("licence.txt", "OGL")
    with pytest.raises(NotAPostcodeTableError, match=r"licence\.txt"):
        read_postcodes(open_source(tmp_path / "none.zip"))


def test_a_kept_table_comes_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "e.csv").write_text(E1 + E2)
    table = read_postcodes(open_source(tmp_path / "e.csv")).table
    path = Settings(store=tmp_path / "store").postcodes_path
    save_postcodes(table, path)
    again = load_postcodes(path)
    assert again.postcodes.equals(table.postcodes)
    assert again.ward_codes.equals(table.ward_codes)
    assert again.easting.tolist() == table.easting.tolist()
    assert again.northing.tolist() == table.northing.tolist()
    assert again.metric_crs == "EPSG:27700"
    assert again.positions(["e1 0ad", "E1 0ZZ"]).located.tolist() == [True, False]


def test_a_store_without_a_table_or_with_a_broken_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFileError, match="No postcode table"):
        load_postcodes(tmp_path / "postcodes.parquet")
    (tmp_path / "postcodes.parquet").write_bytes(b"PAR1")
    with pytest.raises(DamagedFileError, match="Load the postcode table again"):
        load_postcodes(tmp_path / "postcodes.parquet")


@needs_shared
def test_the_real_table_is_read_whole() -> None:
    file = read_postcodes(
        open_source(SHARED / "data/postcodes/codepoint_open_2025-05_th_hackney.csv")
    )
    assert (file.rows_read, len(file.table), file.left_out) == (10_420, 10_420, ())
    assert len(set(file.table.ward_codes.to_pylist())) == 41
    assert np.isfinite(file.table.easting).all()


ONSPD = """pcd,pcds,doterm,osward,oseast1m,osnrth1m,osgrdind
E1 6AN,E1 6AN,,E05009336,533500,181800,1
E1 6AX,E1 6AX,199001,E05000593,533550,181850,1
E1 6AZ,E1 6AZ,199001,E05000593,533000,181000,1
E1 6AZ,E1 6AZ,,E05009336,533560,181860,1
BT1 1AA,BT1 1AA,,N08000001,333900,374000,1
JE2 3AB,JE2 3AB,,L99999999,,,9
"""


def test_each_row_of_a_directory_is_on_its_own_grid_and_the_ended_are_marked(
    tmp_path: Path,
) -> None:
    path = tmp_path / "onspd.csv"
    path.write_text(ONSPD, encoding="utf-8")
    read = read_postcodes(open_source(path))
    table = read.table
    assert table.postcodes.to_pylist() == ["BT11AA", "E16AN", "E16AX", "E16AZ"]
    assert table.ended is not None
    assert table.ended.tolist() == [False, False, True, False]
    belfast = (table.easting[0], table.northing[0])
    assert belfast == pytest.approx((146_305, 529_467), abs=10)  # across the sea, not in Lancashire
    assert (table.easting[3], table.northing[3]) == (533_560, 181_860)
    assert dict(read.left_out) == {"its position is not known": 1, "it is listed twice": 1}
    assert read.notes[0].startswith("1 of these postcodes have ended.")
    save_postcodes(table, tmp_path / "postcodes.parquet")
    again = load_postcodes(tmp_path / "postcodes.parquet")
    assert again.ended is not None
    assert again.ended.tolist() == table.ended.tolist()


def test_a_table_that_an_earlier_version_stored_says_nothing_of_ended_postcodes(
    tmp_path: Path,
) -> None:
    table = PostcodeTable.of(["E1 6AN"], easting=[533_500], northing=[181_800])
    save_postcodes(table, tmp_path / "postcodes.parquet")
    assert load_postcodes(tmp_path / "postcodes.parquet").ended is None
