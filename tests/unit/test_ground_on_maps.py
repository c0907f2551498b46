"""What a map in a browser is told of its ground: an address and credits, never a name of data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from geo.colour_space import contrast
from geo.credits import distinct_credits
from geo.escaping import escape
from geo.ground import Ground, ground_of
from geo.places import places_box
from geo.screen.maps import base_map
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import made_wards
from tests.made_places import line, made_layer, made_places

if TYPE_CHECKING:
    from geo.palettes import Theme


def made_ground(credit: str = "© Makers of maps") -> Ground:
    box = places_box(tuple(made_wards().total_bounds.tolist()))
    layers = [*made_places()[:4], made_layer("station", [], credit=credit)]
    ground = ground_of(layers, box=box)
    assert ground is not None
    return ground


def test_a_map_carries_the_ground_s_address_and_none_of_its_content() -> None:
    ground = made_ground()
    chart = base_map(made_wards(), ground=ground)
    told = json.loads(chart.ground_file)
    assert told["address"] == f"../../ground/{ground.digest}"
    assert told["kinds"] == ["water", "park", "rail", "street", "station"]
    assert told["credits"] == ["© Makers of maps", "© OpenStreetMap contributors"]
    page = chart.folium_map().get_root().render()
    assert ground.digest in page
    assert "Whitechapel Road" not in page
    assert "http://" not in chart.ground_file
    assert "https://" not in chart.ground_file


def test_light_and_dark_differ_in_nothing_but_colours() -> None:
    light, dark = (
        json.loads(base_map(made_wards(), theme=theme, ground=made_ground()).ground_file)
        for theme in ("light", "dark")
    )
    assert {key for key in light if light[key] != dark[key]} == {"look", "style"}
    assert light["look"].keys() == dark["look"].keys()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_names_stand_out_from_their_halo_whatever_density_lies_under_it(theme: Theme) -> None:
    look = json.loads(base_map(made_wards(), theme=theme, ground=made_ground()).ground_file)["look"]
    for name in ("street", "station", "waterName", "parkName"):
        assert contrast(look[name], look["halo"]) >= 4.5  # WCAG 1.4.3


def test_without_a_ground_or_under_background_tiles_the_map_is_as_it_was() -> None:
    bare = base_map(made_wards())
    assert bare.ground_file == ""
    tiled = base_map(made_wards(), tile_url="https://t/{z}/{x}/{y}.png", ground=made_ground())
    assert tiled.ground_file == ""
    assert "groundDrawn" not in bare.folium_map().get_root().render()


def test_the_map_is_built_again_when_the_ground_changes() -> None:
    other = ground_of(
        [made_layer("street", [("A", "main", line((0, 0), (900, 0)))])],
        box=places_box(tuple(made_wards().total_bounds.tolist())),
    )
    prints = {
        base_map(made_wards(), ground=each).fingerprint for each in (None, made_ground(), other)
    }
    assert len(prints) == 3
    assert base_map(made_wards(), ground=made_ground()).fingerprint in prints


def test_hostile_credits_are_escaped_since_leaflet_puts_them_into_the_page_as_html() -> None:
    for name in HOSTILE_NAMES:
        chart = base_map(made_wards(), ground=made_ground(name))
        told = json.loads(chart.ground_file)
        parts = distinct_credits([name])
        assert {escape(part, longest=300) for part in parts} <= set(told["credits"])
        assert not set("<>&'`$") & set(chart.ground_file)
