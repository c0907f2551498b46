"""Streets of a store: the demo's hotspots on them, what is refused, and what is kept in memory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.incidents.store import Store
from data.layers.streets import segments_in_use
from data.services.detection import detect
from data.services.street_concentration import street_concentration
from data.settings import Settings, settings
from models.hotspots.on_streets import MissingStreetsError
from models.hotspots.streets import StreetSettings
from models.incidents.detection import detail
from tests.made_streets import load_streets
from tests.quiet_flat import opened, quiet_flat
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]


@pytest.fixture
def without(demo_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the demo without its streets."""
    shutil.copytree(demo_settings.store, tmp_path / "var")
    made = Settings(store=tmp_path / "var", _env_file=None)
    for file in made.places_path.glob("street*"):
        file.unlink()
    return made


def test_the_demo_has_stretches_whose_cards_count_what_the_map_counts(demo_store: Store) -> None:
    found = detect(demo_store, demo_store.default_filter(), method=StreetSettings())
    frame = found.hotspots.frame
    assert len(frame) > 10
    assert len(found.hotspots.stretches) == len(frame)
    for row in frame.head(3).itertuples():
        card = detail(demo_store, found, hotspot_id=row.hotspot_id)
        assert sum(count for _, count in card.categories) == row.incidents
    assert frame["expected"].notna().all()
    assert any("m of street to walk" in reason for reason in frame["reasons"].iloc[0])


def test_without_streets_the_method_and_the_shares_are_refused(without: Settings) -> None:
    store = Store.open(without)
    with pytest.raises(MissingStreetsError):
        detect(store, store.default_filter(), method=StreetSettings())
    with pytest.raises(MissingStreetsError):
        street_concentration(store, store.default_filter())
    done = hotspots("detect", "--method", "streets", store=without.store)
    assert done.returncode == 1
    assert "No streets are loaded" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_line_finds_stretches_by_density(demo_settings: Settings) -> None:
    view = "from=2026-10-01&to=2026-10-31&weighting=density&share_of_length=0.01"
    done = hotspots("detect", "--method", "streets", "--view", view, store=demo_settings.store)
    features = json.loads(done.stdout)["features"]
    assert features
    assert {each["properties"]["method"] for each in features} == {"streets"}


@pytest.fixture
def app(without: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("HOTSPOT_STORE", str(without.store))
    settings.cache_clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    settings.cache_clear()


def test_the_pages_say_what_is_missing_and_look_again_once_streets_are_loaded(
    app: AppTest, without: Settings
) -> None:
    app.query_params["method"] = "streets"
    app.query_params["from"], app.query_params["to"] = "2026-10-01", "2026-10-31"
    app.run().switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    assert not app.exception
    assert "No streets are loaded" in app.error[0].value.replace("\\", "")
    app.query_params["section"] = "places"
    app.switch_page(str(ROOT / "pages/intelligence/patterns.py")).run()
    assert any("No streets are loaded" in each.value for each in app.caption)
    load_streets(without)
    app.run()
    said = " ".join(each.value for each in app.caption).replace("\\", "")
    assert "street segments from crossing to crossing" in said
    app.switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    assert not app.exception
    assert not app.error
    said = " ".join(each.value for each in app.caption).replace("\\", "")
    assert "Streets: incidents are put on the nearest street within 30 m" in said


def test_segments_are_kept_until_other_streets_are_loaded(tmp_path: Path) -> None:
    made = quiet_flat(tmp_path / "var")
    assert segments_in_use(made) is None
    load_streets(made, block_m=100)
    one = segments_in_use(made)
    assert one is not None
    assert segments_in_use(made) is one
    load_streets(made, block_m=150)
    other = segments_in_use(made)
    assert other is not None
    assert np.median(other.network.length_m) == pytest.approx(75)  # 150 m in two parts
    assert np.median(one.network.length_m) == pytest.approx(100)
    store = opened(made)
    assert street_concentration(store, store.default_filter()).segments.incidents > 0
