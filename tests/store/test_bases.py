"""A loaded base of opportunity, from the file to hotspots: command line, link, page and cache."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from data.demo.geography import demo_postcodes
from data.incidents.store import Store
from data.layers.base_points import UnknownBaseError
from data.services.bases import base_words, bases, load_base_file
from data.services.detection import detect
from data.settings import Settings, settings
from models.hotspots.risk_surface import RelativeRiskSettings
from models.incidents.view import method_query, read_method, read_view
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PREMISES = RelativeRiskSettings(base="premises")


@pytest.fixture(scope="module")
def own(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the demo's store, to load bases into."""
    store = tmp_path_factory.mktemp("bases") / "var"
    shutil.copytree(demo_settings.store, store)
    return Settings(store=store, _env_file=None)


def every_postcode(folder: Path) -> Path:
    """A base with a point for every postcode of the demo, fifteen doors each, and a blank row."""
    table = demo_postcodes()
    rows = zip(table.easting, table.northing, strict=True)
    lines = ["easting,northing,doors", *(f"{x:.0f},{y:.0f},15" for x, y in rows), ",,15"]
    path = folder / "doors.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_incidents_are_compared_with_a_loaded_base(own: Settings, tmp_path: Path) -> None:
    read = load_base_file(
        every_postcode(tmp_path),
        settings=own,
        name="premises",
        shown_on=date(2025, 5, 1),
        title="Doors",
        weight_column="doors",
    )
    assert len(read.rejected) == 1
    store = Store.open(own)
    (held,) = bases(own)
    words = base_words(held, wards=store.wards)
    assert words.startswith(f"Doors of 1 May 2025: {len(held):,} points, weight {15 * len(held):,}")

    chosen = replace(store.default_filter(), categories=("violence",))
    picture = detect(store, chosen, method=PREMISES)
    assert len(picture.hotspots.frame) > 0
    assert "divided by that of Doors of 1 May 2025" in picture.hotspots.explanation
    assert "where Doors of 1 May 2025 lead" in " ".join(picture.hotspots.frame["reasons"].iloc[0])


def test_a_base_survives_the_link_and_one_that_is_not_loaded_is_named(own: Settings) -> None:
    assert read_method(method_query(PREMISES)) == (PREMISES, ())
    method, problems = read_method({"method": "relative_risk", "base": "../etc"})
    assert method == RelativeRiskSettings()
    assert "'../etc'" in problems[0]
    store = Store.open(own)
    read = read_view({"method": "relative_risk", "base": "nothing"}, dataset=store)
    assert read.problems == ()
    with pytest.raises(UnknownBaseError, match="Unknown base 'nothing'"):
        detect(store, read.filter, method=read.method)


def test_the_command_loads_lists_and_compares(own: Settings, tmp_path: Path) -> None:
    file = every_postcode(tmp_path)
    assert "No base is loaded" in hotspots("base", "--list", store=tmp_path / "new").stdout
    done = hotspots("base", file, "--name", "premises", "--weight-column", "doors", store=own.store)
    assert done.returncode == 0, done.stderr
    rows = len(file.read_text().splitlines()) - 1
    assert f"{rows:,} rows read = {rows - 1:,} accepted + 1 rejected." in done.stdout
    assert f"1 row rejected: no place is given (first: row {rows + 1:,})" in done.stdout
    listed = hotspots("base", "--list", store=own.store).stdout
    assert listed.startswith("premises  Premises of ")
    assert "in the wards in use" in listed

    ask = ("detect", "--method", "relative_risk", "--category", "violence", "--view")
    found = hotspots(*ask, "base=premises", store=own.store)
    assert found.returncode == 0, found.stderr
    about = json.loads(found.stdout)["metadata"]
    assert "base=premises" in about["filters"]
    assert "Premises of" in about["explanation"]
    unknown = hotspots(*ask, "base=pubs", store=own.store)
    assert unknown.returncode == 1
    assert "Unknown base 'pubs': loaded are premises" in unknown.stderr
    assert "Traceback" not in unknown.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("points.csv",), 2, "Give one, e.g. --name"),
        (("points.csv", "--list"), 2, "--list alone"),
        (("points.csv", "--name", "all"), 1, "Unusable base name 'all'"),
        (("points.csv", "--name", "pubs"), 1, "The file does not exist"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(
    arguments: tuple[str, ...], code: int, words: str, tmp_path: Path
) -> None:
    done = hotspots("base", *arguments, store=tmp_path / "var")
    assert done.returncode == code
    assert words in " ".join(done.stderr.replace("│", " ").split())
    assert not (tmp_path / "var" / "bases").exists()


@pytest.fixture
def app(own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    load_base_file(
        every_postcode(tmp_path), settings=own, name="premises", shown_on=date(2025, 5, 1)
    )
    monkeypatch.setenv("HOTSPOT_STORE", str(own.store))
    settings.cache_clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=90)
    settings.cache_clear()


def test_the_page_offers_what_is_loaded_and_looks_again_when_it_changes(
    app: AppTest, own: Settings, tmp_path: Path
) -> None:
    app.query_params["method"] = "relative_risk"
    app.query_params["base"] = "premises"
    app.run().switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    assert not app.exception
    box = app.selectbox(key="relative_risk_base")
    assert box.value == "premises"
    assert box.options[-1] == "Premises of 1 May 2025"
    shown = "\n".join(each.value for each in app.caption).replace("\\", "")
    assert "divided by that of Premises of 1 May 2025" in shown

    load_base_file(
        every_postcode(tmp_path), settings=own, name="premises", shown_on=date(2026, 2, 3)
    )
    app.run()
    shown = "\n".join(each.value for each in app.caption).replace("\\", "")
    assert "divided by that of Premises of 3 Feb 2026" in shown


def test_a_link_to_a_base_that_is_not_loaded_says_so_on_the_page(app: AppTest) -> None:
    app.query_params["method"] = "relative_risk"
    app.query_params["base"] = "pubs"
    app.run().switch_page(str(ROOT / "pages/intelligence/hotspots.py")).run()
    assert not app.exception
    assert "Unknown base 'pubs'" in app.error[0].value.replace("\\", "")
    box = app.selectbox(key="relative_risk_base")
    assert box.options[-1] == "pubs (not loaded)"
    box.set_value("all").run()
    assert not app.exception
    assert not app.error


def test_points_of_a_base_are_never_changed(own: Settings) -> None:
    store = Store.open(own)
    before = [np.copy(each.easting) for each in bases(own)]
    detect(store, store.default_filter(), method=PREMISES)
    for held, then in zip(bases(own), before, strict=True):
        np.testing.assert_array_equal(held.easting, then)
