from __future__ import annotations

import json
import re

import folium
import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box
from shapely.geometry import shape

from geo.crs import WGS84
from geo.escaping import escape
from geo.palettes import class_styles, density_scale
from geo.screen import leaflet_assets
from geo.screen.density_image import density_image
from geo.screen.leaflet_assets import LeafletMissingError, leaflet_folder, load_leaflet_from
from geo.screen.maps import MapGroundError, base_map, hotspot_layers
from tests.hostile_names import HOSTILE_NAMES
from tests.made_hotspots import made_hotspots, made_wards
from tests.shared_data import SHARED, needs_shared


def drawn_data(group: folium.FeatureGroup) -> dict:
    return json.loads(next(iter(group._children.values())).data)


def test_the_ground_holds_wards_boroughs_and_names_in_degrees() -> None:
    wards = made_wards([f"Ward {number}" for number in range(10)])
    ground = base_map(wards, attribution="© Crown copyright")
    data = json.loads(ground.data)
    assert len(data["wards"]["geometries"]) == 10
    assert len(data["boroughs"]["geometries"]) == 2
    assert data["attribution"] == "© Crown copyright"
    names = {f["properties"]["text"]: shape(f["geometry"]) for f in data["names"]["features"]}
    assert set(names) == {f"<span>Ward {number}</span>" for number in range(10)}
    inside = gpd.GeoSeries([names["<span>Ward 3</span>"]], crs=WGS84).to_crs(27700)
    assert wards.geometry[3].contains(inside[0])
    assert ground.bounds == pytest.approx((-0.0706, 51.5022, -0.0109, 51.5299), abs=2e-3)


def test_without_boroughs_none_is_outlined_and_degrees_are_taken_too() -> None:
    wards = made_wards().drop(columns="borough_code").to_crs(WGS84)
    data = json.loads(base_map(wards).data)
    assert data["boroughs"]["geometries"] == []
    assert len(data["wards"]["geometries"]) == 4


def test_the_map_opens_on_the_wards_in_focus_and_on_all_where_none_is_known() -> None:
    wards = made_wards()
    opened = base_map(wards, focus=["E05000001"])
    assert opened.bounds == pytest.approx(wards.to_crs(WGS84).geometry[1].bounds, abs=1e-5)
    assert len(json.loads(opened.data)["wards"]["geometries"]) == 4
    assert base_map(wards, focus=["E05999999"]).bounds == base_map(wards).bounds


def test_the_layer_given_is_not_changed() -> None:
    wards = made_wards()
    before = wards.copy(deep=True)
    base_map(wards)
    assert wards.equals(before)
    assert wards.crs == before.crs


@needs_shared
def test_real_wards_keep_their_shape_to_a_few_metres_and_share_their_borders() -> None:
    file = SHARED / "data/boundaries/wards_2014_tower_hamlets.geojson"
    wards = gpd.read_file(file).to_crs(27700).rename(columns={"NAME": "ward_name"})
    ground = base_map(wards)
    data = json.loads(ground.data)
    shapes = gpd.GeoSeries([shape(g) for g in data["wards"]["geometries"]], crs=WGS84)
    drawn = shapes.to_crs(27700)
    moved = drawn.symmetric_difference(wards.geometry, align=False).area / wards.geometry.length
    assert moved.max() < 3
    assert len(ground.data) < 150_000


def test_a_ground_without_wards_or_system_is_refused_in_plain_words() -> None:
    with pytest.raises(MapGroundError, match="found no ward"):
        base_map(made_wards().iloc[:0])
    with pytest.raises(MapGroundError, match="no coordinate reference system"):
        base_map(gpd.GeoDataFrame({"ward_name": ["a"]}, geometry=[box(0, 0, 1, 1)]))


def test_the_fingerprint_is_letters_and_changes_with_the_ground_only() -> None:
    one, same = base_map(made_wards()), base_map(made_wards())
    assert one.fingerprint == same.fingerprint
    assert re.fullmatch(r"[a-p]{16}", one.fingerprint)
    others = [
        base_map(made_wards(["Weavers", "St Peter's", "Mile End", "Bow West"])),
        base_map(made_wards(), theme="dark"),
        base_map(made_wards(), tile_url="https://tiles.example/{z}/{x}/{y}.png"),
    ]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 4


def test_a_page_with_a_map_names_no_other_host_unless_tiles_are_set() -> None:
    group = hotspot_layers(made_hotspots().frame)
    chart = base_map(made_wards()).folium_map()
    group.add_to(chart)
    page = chart.get_root().render()
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+", page) == []
    assert len(re.findall(r"<script[^>]+src=", page)) == 1
    assert len(re.findall(r"<link[^>]+href=", page)) == 1

    tiles = base_map(
        made_wards(), tile_url="https://tiles.example/{z}/{x}/{y}.png", tile_attribution="<b>"
    )
    page = tiles.folium_map().get_root().render()
    assert set(re.findall(r"https?://[\w.-]+", page)) == {"https://tiles.example"}
    assert "&#60;b&#62;" in page.replace("\\u0026", "&")


def test_leaflet_comes_from_where_it_is_served() -> None:
    before = list(folium.Map.default_js)
    try:
        load_leaflet_from("../somewhere/")
        chart = base_map(made_wards()).folium_map()
        assert chart.default_js == [("leaflet", "../somewhere/leaflet.js")]
        assert chart.default_css == [("leaflet_css", "../somewhere/leaflet.css")]
    finally:
        load_leaflet_from(before[0][1].removesuffix("/leaflet.js"))
    assert folium.Map.default_js == before


def test_the_pinned_leaflet_is_there_and_its_loss_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Leaflet 1.9.4" in (leaflet_folder() / "leaflet.js").read_text(encoding="utf-8")[:200]
    monkeypatch.setattr(leaflet_assets, "_PACKAGE", "no_such_package")
    with pytest.raises(LeafletMissingError, match="no package found for no_such_package"):
        leaflet_folder()


def test_hotspots_carry_their_id_rank_and_tooltip() -> None:
    data = drawn_data(hotspot_layers(made_hotspots().frame, selected="K-5359-1805"))
    assert [f["properties"]["hotspot"] for f in data["areas"]["features"]] == [
        "K-5352-1805", "K-5345-1805", "K-5359-1805",
    ]  # fmt: skip
    assert [f["properties"]["rank"] for f in data["ranks"]["features"]] == [1, 2, 3]
    assert data["selected"] == "K-5359-1805"
    assert data["ranks"]["features"][0]["properties"]["tip"] == (
        "<strong>1. Brick Lane</strong><br>"
        "200 incidents: 20.0% of all, on 0.8% of the ground<br>"
        "Up 25% on the comparison period<br>"
        "Busiest Fri–Sat 22:00–02:00"
    )
    assert data["ranks"]["features"][2]["properties"]["tip"] == (
        "<strong>3. Hotspot</strong><br>67 incidents: 6.7% of all, on 0.8% of the ground"
    )
    assert "Down 25%" in data["ranks"]["features"][1]["properties"]["tip"]


def test_the_rank_stands_inside_its_hotspot_even_round_a_hole() -> None:
    hotspots = made_hotspots().frame
    data = drawn_data(hotspot_layers(hotspots))
    points = [shape(f["geometry"]) for f in data["ranks"]["features"]]
    metric = gpd.GeoSeries(points, crs=WGS84).to_crs(27700)
    assert metric.within(hotspots.geometry, align=False).all()


def test_the_density_goes_in_as_one_picture_in_its_place() -> None:
    hotspots = made_hotspots()
    surface = hotspots.surface
    scale = density_scale(surface.per_km2)
    image = density_image(surface.grid, surface.per_km2, scale=scale)
    data = drawn_data(hotspot_layers(hotspots.frame, density=image))
    (south, west), (north, east) = data["density"]["bounds"]
    assert (west, south, east, north) == image.bounds
    assert data["density"]["url"] == image.data_url
    assert drawn_data(hotspot_layers(hotspots.frame))["density"] is None


def test_stretches_of_street_are_drawn_as_lines_of_their_hotspots() -> None:
    frame = made_hotspots().frame
    lines = [
        shapely.LineString([(box[0], box[1]), (box[2], box[3])])
        for box in frame.geometry.bounds.to_numpy()
    ]
    data = drawn_data(hotspot_layers(frame, lines=lines))
    drawn = {each["properties"]["hotspot"]: each["geometry"] for each in data["lines"]["features"]}
    assert list(drawn) == [each["properties"]["hotspot"] for each in data["areas"]["features"]]
    (west, south), (east, north) = drawn["K-5345-1805"]["coordinates"]
    there = gpd.GeoSeries([lines[0]], crs=27700).to_crs(WGS84).bounds.iloc[0]
    assert [west, south, east, north] == pytest.approx(there.tolist(), abs=1e-5)
    assert "lines" not in drawn_data(hotspot_layers(frame))


def test_no_hotspots_draw_nothing() -> None:
    data = drawn_data(hotspot_layers(made_hotspots().frame.iloc[:0]))
    assert data["areas"]["features"] == data["ranks"]["features"] == []


def test_every_text_from_data_goes_in_escaped() -> None:
    hotspots = made_hotspots(HOSTILE_NAMES).frame
    hotspots["peak_window"] = HOSTILE_NAMES[5]
    chart = base_map(made_wards(HOSTILE_NAMES), attribution=HOSTILE_NAMES[5]).folium_map()
    hotspot_layers(hotspots).add_to(chart)
    page = chart.get_root().render()
    assert "${" not in page
    assert page.count("<script") == page.count("</script") == 3  # Leaflet, switches, the map
    for name in HOSTILE_NAMES:
        if escape(name) != name:
            assert name not in page


def test_many_hotspots_are_drawn_as_one_layer() -> None:
    frame = made_hotspots([f"Street {number}" for number in range(100)]).frame
    group = hotspot_layers(frame)
    assert len(group._children) == 1
    ids = [f["properties"]["rank"] for f in drawn_data(group)["ranks"]["features"]]
    assert ids == list(np.arange(1, 101))


def test_a_class_shows_as_colour_mark_and_words_and_never_as_colour_alone() -> None:
    hotspots = made_hotspots().frame.assign(hot_class=["new", "historical", ""])
    classes = class_styles({"new": "N", "historical": "H"}, ordered=False)
    data = drawn_data(hotspot_layers(hotspots, classes=classes))
    ranks = [each["properties"] for each in data["ranks"]["features"]]
    assert [each["mark"] for each in ranks] == ["N", "H", ""]
    assert '<span class="mark" aria-hidden="true">N</span>' in ranks[0]["label"]
    assert ranks[0]["label"].endswith(", hotspot, Brick Lane, class new</span>")
    assert "Class: historical" in ranks[1]["tip"]
    assert "mark" not in ranks[2]["label"]
    colours = {
        each["properties"]["hotspot"]: each["properties"] for each in data["areas"]["features"]
    }
    assert colours[ranks[0]["hotspot"]]["colour"] == classes["new"].colour
    assert colours[ranks[2]["hotspot"]]["colour"] == ""


def test_without_classes_nothing_is_coloured_or_marked() -> None:
    data = drawn_data(hotspot_layers(made_hotspots().frame))
    assert {each["properties"]["colour"] for each in data["areas"]["features"]} == {""}
    assert {each["properties"]["mark"] for each in data["ranks"]["features"]} == {""}


def test_a_hostile_class_is_escaped() -> None:
    hostile = "</script><img src=x onerror=alert(1)>${alert(1)}"
    hotspots = made_hotspots().frame.assign(hot_class=hostile)
    group = hotspot_layers(
        hotspots, classes=class_styles({hostile: "<b>"}, ordered=False)
    )  # fmt: skip
    code = next(iter(group._children.values())).data
    assert "<img" not in code
    assert "${" not in code
    assert "<b>" not in code
