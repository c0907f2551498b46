from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

from geo.palettes import density_scale
from geo.paper.map_picture import MapCaption, PrintedDensity, PrintedMapError, hotspot_map_png
from geo.paper.margins import drawable, write_key
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import made_hotspots, made_wards

if TYPE_CHECKING:
    import geopandas as gpd

CAPTION = MapCaption(
    title="Hotspots of anti-social behaviour",
    period="1 Jan 2026 to 31 Mar 2026",
    count="1,000 incidents",
    version="table version 7",
    method="Densest 2% of the area",
    attribution="Contains OS data © Crown copyright",
    notes=("Positions are anonymised map points.",),
)


def printed(**changes: object) -> np.ndarray:
    hotspots = made_hotspots()
    options = {"hotspots": hotspots.frame, "wards": made_wards(), "caption": CAPTION, "dpi": 60}
    options |= changes
    png = hotspot_map_png(options.pop("hotspots"), options.pop("wards"), **options)
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def share_near(picture: np.ndarray, colour: tuple[int, int, int], *, within: int = 12) -> float:
    return float((np.abs(picture - np.array(colour)).max(axis=2) <= within).mean())


def surface_of_the_made_hotspots() -> PrintedDensity:
    surface = made_hotspots().surface
    return PrintedDensity(surface.grid, surface.per_km2, density_scale(surface.per_km2))


def test_the_sheet_is_a4_landscape_with_a_title_in_its_metadata() -> None:
    png = hotspot_map_png(made_hotspots().frame, made_wards(), caption=CAPTION, dpi=100)
    with Image.open(io.BytesIO(png)) as picture:
        assert picture.size == (1169, 827)
        assert picture.info["Title"] == "Hotspots of anti-social behaviour"


def test_hotspots_and_density_are_drawn_and_an_empty_map_has_neither() -> None:
    bare = printed(hotspots=made_hotspots().frame.iloc[:0])
    ranked = printed()
    dense = printed(density=surface_of_the_made_hotspots())
    ink, pale = (21, 32, 43), (236, 216, 174)
    assert share_near(ranked, ink) > share_near(bare, ink) * 1.2
    assert share_near(ranked, pale) == 0
    assert share_near(dense, pale) > 0.001


def test_the_density_is_drawn_in_its_place() -> None:
    nothing = made_hotspots().frame.iloc[:0]
    sheet = printed(density=surface_of_the_made_hotspots(), hotspots=nothing, dpi=100)
    on_map = sheet[:, : int(sheet.shape[1] * 0.69)]  # the legend is next to it
    rows, pale = np.nonzero(np.abs(on_map - np.array((236, 216, 174))).max(axis=2) <= 12)
    strip = on_map[rows.min() : rows.max()]  # no other text there than the wards' names
    land = np.nonzero(np.abs(strip - np.array((251, 251, 249))).max(axis=2) <= 1)[1]
    # The bell stands in the middle of the first of four wards in a row: an eighth along.
    along = (pale.mean() - land.min()) / (land.max() - land.min())
    assert along == pytest.approx(0.125, abs=0.005)


def test_demo_data_are_marked_across_the_sheet() -> None:
    orange = (179, 71, 0)
    simulated = MapCaption("t", "p", "c", "v", simulated=True)
    assert share_near(printed(caption=CAPTION), orange) == 0
    assert share_near(printed(caption=simulated), orange) > 0.005


def test_hostile_names_are_drawn_letter_by_letter_without_a_warning() -> None:
    hostile = HOSTILE_NAMES[18]  # a Matplotlib formula
    assert drawable(hostile) == hostile
    caption = MapCaption(
        *HOSTILE_NAMES[17:21], method=HOSTILE_NAMES[20], notes=HOSTILE_NAMES, simulated=True
    )
    printed(
        hotspots=made_hotspots(HOSTILE_NAMES).frame,
        wards=made_wards(HOSTILE_NAMES),
        caption=caption,
    )


def test_characters_that_the_font_lacks_become_boxes() -> None:
    assert drawable("ブリック Lane 🌍") == "□□□□ Lane □"


def test_printing_leaves_matplotlibs_global_state_alone() -> None:
    printed()
    assert (
        "matplotlib.pyplot" not in sys.modules or not sys.modules["matplotlib.pyplot"].get_fignums()
    )


def test_the_same_map_prints_the_same_bytes() -> None:
    one, other = (
        hotspot_map_png(made_hotspots().frame, made_wards(), caption=CAPTION, dpi=40)
        for _ in range(2)
    )
    assert one == other


def test_layers_that_do_not_fit_together_are_refused_in_plain_words() -> None:
    hotspots, wards = made_hotspots().frame, made_wards()
    with pytest.raises(PrintedMapError, match="found no ward"):
        hotspot_map_png(hotspots, wards.iloc[:0], caption=CAPTION)
    with pytest.raises(PrintedMapError, match="found the system EPSG:4326"):
        hotspot_map_png(hotspots, wards.to_crs(4326), caption=CAPTION)
    with pytest.raises(PrintedMapError, match="in different CRSs"):
        hotspot_map_png(hotspots.to_crs(32630), wards, caption=CAPTION)


def key_texts(hotspots: gpd.GeoDataFrame) -> list[str]:
    figure = Figure()
    write_key(figure, hotspots=hotspots, density=None)
    return [text.get_text() for text in figure.axes[0].texts]


def test_the_ranked_list_says_the_class_where_the_method_has_one() -> None:
    frame = made_hotspots().frame
    assert "Brick Lane" in key_texts(frame)
    classed = key_texts(frame.assign(hot_class=["new", "$intensifying$", "95 %"]))
    assert "Brick Lane (new)" in classed
    assert "Bow Road ($intensifying$)" in classed
    assert "no name (95 %)" in classed
    name = "An endless name of a street that goes on and crosses one more"
    longest = key_texts(frame.assign(near=name, hot_class="new"))
    assert max(len(line) for text in longest for line in text.splitlines()) <= 36
    assert any(text.replace("\n", " ") == f"{name} (new)" for text in longest)


def test_the_ranked_list_ends_where_the_sheet_does_and_says_how_many_more_there_are() -> None:
    made = made_hotspots().frame
    many = pd.concat([made] * 12, ignore_index=True)
    many = many.assign(rank=range(1, len(many) + 1), near="A name that takes two lines of the list")
    texts = key_texts(many)
    listed = sum(text.startswith("A name") for text in texts)
    assert 0 < listed <= 15
    assert f"and {len(many) - listed} more" in texts
