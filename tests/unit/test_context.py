"""Population and deprivation by small area: every row accounted for, every area placed or said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.layers.context import load_context, save_context
from data.rows.errors import DamagedFileError
from data.sources.boundaries import read_wards
from data.sources.context_reading import ContextFile, NotContextError, read_context
from data.sources.source_file import open_source
from geo.crs import BRITISH_NATIONAL_GRID
from models.indicators.small_areas import by_ward
from tests.incident_rows import three_wards
from tests.shared_data import SHARED, needs_shared

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, text: str, **given: Any) -> ContextFile:  # noqa: ANN401 - as it takes them
    path = folder / "areas.csv"
    path.write_text(text, encoding="utf-8")
    return read_context(open_source(path), metric_crs=BRITISH_NATIONAL_GRID, **given)


CENTRES = (
    "LSOA21CD,residents,ambient,IMD score,easting,northing\n"
    "A,1000,1500,20,530100,180100\n"
    "B,3000,3000,40,530900,180900\n"
    "C,100,5000,10,531500,180500\n"
    "D,2000,2000,30,532500,180500\n"
    "E,700,800,30,540000,180500\n"
    "F,50,60,30,,\n"
)


def outlines(folder: Path, areas: dict[str, tuple[float, float]]) -> Path:
    """Strips from west to east over the height of the wards."""
    path = folder / "areas.geojson"
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}
    features = [
        {
            "type": "Feature",
            "properties": {"LSOA21CD": code, "LSOA21NM": f"Area {code}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [
                    [
                        [left, 180_000],
                        [right, 180_000],
                        [right, 181_000],
                        [left, 181_000],
                        [left, 180_000],
                    ]
                ],
            },
        }
        for code, (left, right) in areas.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}))
    return path


def test_every_row_is_accepted_or_rejected_with_its_reason(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "LSOA21CD,residents\nA,1000\n,20\nA,30\nB,many\nC,-4\nD,\nE,7\n",
    )
    assert found.context.code == ("A", "D", "E")
    assert found.rejected == (
        (3, "no area code is given"),
        (4, "its area code occurs in an earlier row as well"),
        (5, "its residents is not a number"),
        (6, "its residents is below 0"),
    )
    assert found.rows_read == 7
    assert np.isnan(found.context.residents[1])
    assert "cannot be assigned to wards" in found.notes[-1]


def test_areas_are_given_to_wards_by_their_centre(tmp_path: Path) -> None:
    found = by_ward(read(tmp_path, CENTRES).context, wards=three_wards())
    assert found.residents.tolist() == [4000, 100, 2000]
    assert found.ambient.tolist() == [4500, 5000, 2000]
    assert found.deprivation.tolist() == [35, 10, 30]  # the mean over residents
    assert (found.by_outline, found.by_centre, found.unplaced) == (0, 4, 2)
    assert found.unplaced_residents == 750
    assert "2 are in no ward or have no place (750 residents)" in found.description


def test_few_live_where_the_usual_ward_has_three_times_as_many_or_twice_as_many_come(
    tmp_path: Path,
) -> None:
    found = by_ward(read(tmp_path, CENTRES).context, wards=three_wards())
    assert found.sparse.tolist() == [False, True, False]
    busy = CENTRES.replace("C,100,5000", "C,2000,4000")
    assert by_ward(read(tmp_path, busy).context, wards=three_wards()).sparse.tolist()[1]
    quiet = CENTRES.replace("C,100,5000", "C,2000,3999")
    assert not by_ward(read(tmp_path, quiet).context, wards=three_wards()).sparse.any()


def test_an_area_over_a_border_goes_to_the_ward_with_the_most_of_it(tmp_path: Path) -> None:
    shapes = outlines(
        tmp_path, {"A": (530_000, 530_700), "B": (530_700, 531_100), "C": (531_100, 532_000)}
    )
    text = "code,population\nA,10\nB,20\nC,40\n"
    found = by_ward(read(tmp_path, text, outlines=open_source(shapes)).context, wards=three_wards())
    assert found.residents.tolist()[:2] == [30, 40]
    assert found.ground[:2] == pytest.approx([1.0, 1.0])
    assert (found.by_outline, found.by_centre, found.unplaced) == (3, 0, 0)


def test_a_ward_that_outlines_cover_in_part_gets_no_population(tmp_path: Path) -> None:
    shapes = outlines(tmp_path, {"A": (530_000, 531_000), "B": (531_000, 531_500)})
    text = "code,population\nA,10\nB,20\nC,40\n"
    read_file = read(tmp_path, text, outlines=open_source(shapes))
    found = by_ward(read_file.context, wards=three_wards())
    assert found.residents[0] == 10
    assert np.isnan(found.residents[1])  # half of it is not covered, so 20 would be too few
    assert np.isnan(found.residents[2])
    assert found.unplaced == 1
    assert "2 of 3 areas have an outline in areas.geojson." in read_file.notes


def test_columns_can_be_named_where_their_names_say_nothing(tmp_path: Path) -> None:
    found = read(tmp_path, "code,v1,x,y\nA,5,530100,180100\n", columns={"residents": "v1"})
    assert found.context.residents.tolist() == [5]
    with pytest.raises(NotContextError, match="no column 'v9'"):
        read(tmp_path, "code,v1\nA,5\n", columns={"residents": "v9"})


@pytest.mark.parametrize(
    "text", ["name,size\na,1\n", "code,size\nA,1\n", "residents,x\n4,5\n", "code,residents\n,1\n"]
)
def test_what_holds_no_population_is_refused_in_words(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotContextError, match="Give a CSV with a column of area codes"):
        read(tmp_path, text)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    shapes = outlines(tmp_path, {"A": (530_000, 531_000)})
    context = read(tmp_path, CENTRES, outlines=open_source(shapes), title="Census").context
    path = tmp_path / "store" / "context.parquet"
    save_context(context, path)
    back = load_context(path, metric_crs=BRITISH_NATIONAL_GRID)
    assert (back.title, back.code) == ("Census", context.code)
    assert np.array_equal(back.easting, context.easting, equal_nan=True)
    assert back.outline[0].equals(context.outline[0])
    assert back.outline[1] is None
    with pytest.raises(DamagedFileError, match="EPSG:27700"):
        load_context(path, metric_crs="EPSG:32616")


@needs_shared
def test_the_english_indices_of_deprivation_are_read_and_what_does_not_fit_is_said() -> None:
    data = SHARED / "data"
    found = read_context(
        open_source(data / "context" / "imd2019_lsoa2011_th_hackney.csv"),
        metric_crs=BRITISH_NATIONAL_GRID,
        outlines=open_source(data / "boundaries" / "lsoa_2021_tower_hamlets.geojson"),
    )
    assert (found.rows_read, len(found.rejected)) == (288, 0)
    assert found.context.residents.sum() == 562_454
    # Areas of 2011 in a file, outlines of 2021: 25 of Tower Hamlets' 144 have no outline.
    assert sum(each is not None for each in found.context.outline) == 119
    wards = read_wards(
        open_source(data / "boundaries" / "wards_2014_tower_hamlets.geojson"),
        metric_crs=BRITISH_NATIONAL_GRID,
    )
    placed = by_ward(found.context, wards=wards)
    assert (placed.by_outline, placed.unplaced) == (119, 169)
    assert int(np.isfinite(placed.residents).sum()) < len(wards)
