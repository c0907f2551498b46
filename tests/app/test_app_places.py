"""Import data: a layer of streets is loaded with what is said of it, listed, and taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
from shapely.geometry import LineString
from streamlit.testing.v1 import AppTest

from data.access import computer_account
from data.demo.geography import demo_wards
from data.layers.places import load_places, loaded_places
from data.layers.wards import save_wards
from data.settings import settings as settings_of_process
from geo.wards import ward_layer
from tests.hostile_names import HOSTILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An empty store with the demo's wards, as this process uses it."""
    monkeypatch.setenv("HOTSPOT_STORE", str(tmp_path / "var"))
    monkeypatch.setenv("HOTSPOT_NOW", "2024-11-01T09:00:00+00:00")
    settings_of_process.cache_clear()
    used = settings_of_process()
    save_wards(ward_layer(demo_wards(), metric_crs=used.metric_crs), used.wards_path)
    yield used
    settings_of_process.cache_clear()


def roads(*names: str) -> bytes:
    """GeoJSON of streets in Tower Hamlets, and one in Wales."""
    lines = [LineString([(534_000, 181_000 + i), (534_100, 181_000)]) for i in range(len(names))]
    frame = gpd.GeoDataFrame(
        {"name": [*names, "Far Lane"], "highway": "residential"},
        geometry=[*lines, LineString([(324_000, 181_000), (324_100, 181_000)])],
        crs="EPSG:27700",
    )
    return frame.to_crs("EPSG:4326").to_json(drop_id=True).encode()


def opened() -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return app.switch_page(str(ROOT / "pages/records/import_data.py")).run()


def given(app: AppTest, name: str, content: bytes) -> AppTest:
    uploader = next(each for each in app.file_uploader if "FlatGeobuf" in each.label)
    uploader.set_value((name, content, ""))
    return app


def field(app: AppTest, name: str) -> Any:  # noqa: ANN401 - a field of one kind or another
    fields = [*app.text_input, *app.date_input, *app.selectbox, *app.checkbox]
    return next(each for each in fields if (each.key or "").removeprefix("places-") == name)


def press(app: AppTest, label: str) -> AppTest:
    done = next(each for each in app.button if each.label == label).click().run()
    assert not done.exception
    return done


def said(app: AppTest) -> str:
    html = [each.proto.body for each in app.get("html")]
    texts = [*(each.value for each in (*app.success, *app.error, *app.markdown)), *html]
    return " ".join(texts).replace("\\", "")


def test_a_layer_is_loaded_listed_and_taken_back(settings: Settings) -> None:
    app = given(opened(), "roads.geojson", roads("Bow Road", HOSTILE_NAMES[0]))
    field(app, "title").set_value("OS Open Roads")
    field(app, "licence").set_value("OGL v3")
    field(app, "day").set_value(date(2024, 10, 1))
    done = press(app, "Use this layer")
    assert "Streets: 3 rows read = 2 accepted + 1 rejected." in said(done)
    assert "it lies outside the wards and 1 km around (first: row 3, Far Lane)" in said(done)
    (layer,) = loaded_places(settings)
    assert (layer.title, layer.licence, layer.shown_on) == (
        "OS Open Roads", "OGL v3", date(2024, 10, 1),
    )  # fmt: skip
    assert (layer.source, layer.loaded_by) == ("roads.geojson", computer_account())
    table = next(each.value for each in done.dataframe if "Credit" in each.value.columns)
    assert table.iloc[0, :3].tolist() == ["Streets", 2, "OS Open Roads"]

    refused = press(done, "Take the layer back")
    assert "Nothing was taken back. Tick the box to confirm." in said(refused)
    assert len(loaded_places(settings)) == 1
    field(refused, "undo-sure").check()
    undone = press(refused, "Take the layer back")
    assert "Streets: the layer is taken back. There was none before it." in said(undone)
    assert loaded_places(settings) == ()


def test_what_is_refused_says_why_and_keeps_what_was_typed(settings: Settings) -> None:
    app = given(opened(), "roads.geojson", roads("Bow Road"))
    field(app, "title").set_value("Typed with care")
    field(app, "name").set_value("colour")
    refused = press(app, "Use this layer")
    assert "The file has no column called 'colour'" in said(refused)
    assert field(refused, "title").value == "Typed with care"
    assert load_places(settings, "street") is None
    field(refused, "name").set_value("")
    field(refused, "kind").set_value("park")
    other = press(given(refused, "roads.geojson", roads("Bow Road")), "Use this layer")
    assert "holds no shapes that parks and green space are read from" in said(other)


def test_without_wards_it_says_what_comes_first(settings: Settings) -> None:
    settings.wards_path.unlink()
    settings.wards_path.with_name(".wards.parquet.sha256").unlink()
    assert "Load a ward file first: places are kept for the wards and 1 km around" in said(opened())
