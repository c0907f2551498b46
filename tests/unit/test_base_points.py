"""Bases of opportunity: read from CSV with every row accounted for, kept under a name, compared."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.layers.base_points import (
    BaseNameError,
    UnknownBaseError,
    base_names,
    base_path,
    load_base,
    save_base,
)
from data.rows.errors import DamagedFileError, EmptyFileError, NoSuchFileError
from data.sources.base_reading import BaseFile, NotABaseError, read_base
from data.sources.source_file import open_source
from geo.postcodes import PostcodeTable
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2022, 3, 1)
TABLE = PostcodeTable.of(["E9 6QT"], easting=[535_553.0], northing=[184_617.0])


def read(folder: Path, text: str, **given: Any) -> BaseFile:  # noqa: ANN401 - as read_base takes them
    path = folder / "points.csv"
    path.write_text(text, encoding="utf-8")
    return read_base(open_source(path), name="premises", shown_on=DAY, **given)


def test_every_row_is_accepted_or_rejected_with_its_reason(tmp_path: Path) -> None:
    file = read(
        tmp_path,
        "Area,Easting,Northing,Postcode,Population\n"
        "a,533800,182000,,1500\n"
        "b,,,E9 6QT,20\n"
        "c,,,,30\n"
        "d,533900,182100,,\n"
        "e,533900,182100,,many\n"
        "f,533900,182100,,-4\n"
        "g,0,0,,8\n"
        "h,533900,182100\n"
        "i,,,ZZ9 9ZZ,8\n"
        "j,533900,182100,,0\n",
        weight_column="population",
        postcodes=TABLE,
    )
    assert file.base.easting.tolist() == [533_800, 535_553, 533_900]
    assert file.base.northing.tolist() == [182_000, 184_617, 182_100]
    assert file.base.weight.tolist() == [1500, 20, 0]
    assert file.rows_read == 10 == len(file.base) + len(file.rejected)
    assert [(row, why.split(",")[0].split(":")[0]) for row, why in file.rejected] == [
        (4, "no place is given"),
        (5, "no weight is given"),
        (6, "its weight is not a number"),
        (7, "its weight is below 0"),
        (8, "a coordinate is 0"),
        (9, "too few values in the row"),
        (10, "this postcode is not in the postcode table"),
    ]
    assert file.base.label == "Premises of 1 Mar 2022"
    assert file.base.weight_column == "Population"


def test_reasons_are_counted_with_the_first_row_of_each(tmp_path: Path) -> None:
    file = read(tmp_path, "x,y\n533800,182000\n,\n5,6\n,7\n533801,182000\n533801,\n")
    assert file.reasons[0] == "2 rows rejected: no place is given (first: row 5)"
    assert len(file.reasons) == 2
    assert sum(int(reason.split()[0]) for reason in file.reasons) == len(file.rejected)


@pytest.mark.parametrize(
    "text",
    [
        "Easting,Northing\n535553,184617\n",
        "lon,lat\n-0.046633,51.544177\n",
        "x,y\n-0.046633,51.544177\n",
        "Name,Where\nThe Anchor,E9 6QT\nThe Bell,e96qt\n",
    ],
)
def test_places_are_found_by_the_names_and_content_of_columns(tmp_path: Path, text: str) -> None:
    base = read(tmp_path, text, postcodes=TABLE).base
    assert base.easting == pytest.approx(535_553, abs=2)
    assert base.northing == pytest.approx(184_617, abs=2)
    assert set(base.weight) == {1.0}


def test_postcodes_without_a_table_are_rejected_for_that_reason(tmp_path: Path) -> None:
    text = "Postcode,x,y\nE9 6QT,,\n,533800,182000\n"
    file = read(tmp_path, text)
    assert file.rejected == ((2, "it has only a postcode, and no postcode table is loaded"),)


def test_a_swapped_easting_and_northing_are_refused_where_the_wards_are_known(
    tmp_path: Path,
) -> None:
    text = "easting,northing\n182000,533800\n533800,182000\n"
    assert len(read(tmp_path, text).base) == 2
    file = read(tmp_path, text, region=(533_000, 181_000, 537_000, 185_000))
    assert file.rejected == ((2, "the two coordinates are the wrong way round"),)


def test_a_column_that_may_be_a_weight_is_pointed_out_and_never_guessed(tmp_path: Path) -> None:
    file = read(tmp_path, "easting,northing,Population\n533800,182000,1500\n")
    assert file.base.weight.tolist() == [1.0]
    assert "Population looks like a weight" in file.notes[1]


@pytest.mark.parametrize(
    ("text", "given", "error", "words"),
    [
        ("code,score\nE01,4\n", {}, NotABaseError, "where things are"),
        ("easting,northing\n,\n1,\n", {}, NotABaseError, "no place is given"),
        ("easting,northing\n", {}, EmptyFileError, "no rows"),
        ("", {}, EmptyFileError, "empty"),
        (
            "easting,northing,n\n533800,182000,0\n",
            {"weight_column": "n"},
            NotABaseError,
            "every weight is 0",
        ),
        (
            "easting,northing\n533800,182000\n",
            {"weight_column": "population"},
            NotABaseError,
            "'population'",
        ),
    ],
)
def test_a_file_that_is_no_base_is_refused_in_words(
    tmp_path: Path, text: str, given: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        read(tmp_path, text, **given)


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFileError):
        read_base(open_source(tmp_path / "none.csv"), name="premises", shown_on=DAY)


@pytest.mark.parametrize("name", ["", "all", "before", "Pubs", "../x", "a b", "1st", "x" * 41])
def test_a_name_that_cannot_be_kept_or_linked_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "points.csv").write_text("easting,northing\n533800,182000\n", encoding="utf-8")
    with pytest.raises(BaseNameError, match="small letters"):
        read_base(open_source(tmp_path / "points.csv"), name=name, shown_on=DAY)
    with pytest.raises(BaseNameError):
        base_path(name, tmp_path)


def test_a_base_is_kept_with_all_that_is_said_of_it_and_replaced_whole(tmp_path: Path) -> None:
    folder = tmp_path / "bases"
    text = "easting,northing,n\n533800,182000,2.5\n"
    first = read(tmp_path, text, weight_column="n", title="Doors – Bow")
    save_base(first.base, folder)
    kept = load_base("premises", folder)
    assert (kept.title, kept.shown_on, kept.weight_column) == ("Doors – Bow", DAY, "n")
    assert (kept.easting[0], kept.northing[0], kept.weight[0]) == (533_800, 182_000, 2.5)
    save_base(read(tmp_path, text).base, folder)
    assert load_base("premises", folder).weight.tolist() == [1.0]
    assert {path.name for path in folder.iterdir()} == {
        "premises.parquet",
        ".premises.parquet.sha256",
    }


def test_a_base_that_is_not_there_or_damaged_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnknownBaseError, match="none is loaded"):
        load_base("premises", tmp_path)
    save_base(read(tmp_path, "easting,northing\n533800,182000\n").base, tmp_path)
    with pytest.raises(UnknownBaseError, match="loaded are premises"):
        load_base("residents", tmp_path)
    with pytest.raises(DamagedFileError, match="EPSG:32630"):
        load_base("premises", tmp_path, metric_crs="EPSG:32630")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 no")
    pd.DataFrame({"easting": [1.0], "northing": [1.0], "weight": [1.0]}).to_parquet(
        tmp_path / "foreign.parquet"
    )
    assert base_names(tmp_path) == ("broken", "foreign", "premises")
    for name in ("broken", "foreign"):
        with pytest.raises(DamagedFileError, match="again"):
            load_base(name, tmp_path)


@given(st.lists(st.sampled_from(["533800,182000", ",", "0,0", "here,182000", "5,6"]), min_size=1))
def test_rows_read_are_always_those_accepted_and_those_rejected(
    tmp_path_factory: pytest.TempPathFactory, rows: list[str]
) -> None:
    text = "\n".join(["easting,northing,name", *(f"{row},a" for row in rows), "533801,182001,b"])
    file = read(tmp_path_factory.mktemp("rows"), text + "\n")
    assert file.rows_read == len(rows) + 1
    assert len(file.base) == rows.count("533800,182000") + 1
    assert np.isfinite(file.base.easting).all()


@needs_shared
def test_real_public_houses_are_read() -> None:
    folder = SHARED / "data" / "premises"
    names = {
        "open_pubs_sample_th_hackney.csv": (82, 79),
        "osm_pubs_2022-01_th_hackney.csv": (77, 77),
    }
    for name, (rows, accepted) in names.items():
        file = read_base(open_source(folder / name), name="pubs", shown_on=DAY)
        assert (file.rows_read, len(file.base)) == (rows, accepted)
        assert ((file.base.easting > 530_000) & (file.base.easting < 540_000)).all()
