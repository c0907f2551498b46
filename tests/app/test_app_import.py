"""Import data: what the user picks is a choice in words, with the file's own examples."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from data.access import computer_account
from data.demo.geography import demo_wards
from data.incidents.imports import imports
from data.incidents.store import Store
from data.layers.wards import save_wards, wards_in_use
from data.services.loading import import_path
from data.settings import Settings
from data.settings import settings as settings_of_process
from data.sources.profile import load_profile
from geo.wards import ward_layer
from tests.street_files import street_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
HEAD = "Incident ID,Incident Date,Category,Easting,Northing"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """An empty store with the demo's wards, as this process uses it."""
    monkeypatch.setenv("HOTSPOT_STORE", str(tmp_path / "My Store"))
    monkeypatch.setenv("HOTSPOT_NOW", "2024-11-01T09:00:00+00:00")
    settings_of_process.cache_clear()
    used = settings_of_process()
    save_wards(ward_layer(demo_wards(), metric_crs=used.metric_crs), used.wards_path)
    yield used
    settings_of_process.cache_clear()


def with_file(name: str, rows: list[str]) -> AppTest:
    """Open the page and upload a file of incidents."""
    return upload(name, "\n".join([HEAD, *rows]).encode())


def opened() -> AppTest:
    """Open the page."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    return app.switch_page(str(ROOT / "pages/records/import_data.py")).run()


def upload(name: str, content: bytes) -> AppTest:
    """Open the page and upload a file of incidents."""
    app = opened()
    uploader = next(each for each in app.file_uploader if "data.police.uk" in each.label)
    uploader.set_value((name, content, ""))
    return app.run()


def radio(app: AppTest, label: str) -> object:
    return next(each for each in app.radio if label in each.label)


def press(app: AppTest, label: str) -> AppTest:
    button = next(each for each in app.button if each.label == label)
    return button.click().run()


def test_dates_that_can_be_read_two_ways_are_asked_about_in_words(settings: Settings) -> None:
    rows = [f"{n},0{n}/06/2024 0{n}:05:00 PM,Noise,533800,182000" for n in range(1, 8)]
    app = with_file("calls.csv", rows)
    assert not app.exception
    asked = radio(app, "Which days are meant?")
    assert asked.value is None
    assert [text.replace("\\", "") for text in asked.options] == [
        "Day first: 01/06/2024 01:05:00 PM is 1 June 2024; all dates: from 1 June 2024 to "
        "7 June 2024",
        "Month first: 01/06/2024 01:05:00 PM is 6 January 2024; all dates: from 6 January 2024 to "
        "6 July 2024",
    ]
    next(each for each in app.text_input if each.label == "Name of the profile").set_value("calls")
    app = press(app, "Save the profile")
    assert [each.value.replace("\\", "") for each in app.error] == [
        "Choose which days the dates mean, then save the profile."
    ]
    radio(app, "Which days are meant?").set_value(0)
    app = press(app, "Save the profile")
    assert not app.error
    profile = load_profile(settings.profiles_path / "calls.toml")
    assert profile.date_format == "%d/%m/%Y %I:%M:%S %p"

    app = press(app, "Import")
    (record,) = imports(settings)
    assert record.counts.rejected == 0
    assert str(Store.open(settings).snapshot.coverage[0].first) == "2024-06-01"


def test_repeated_references_and_midnights_are_asked_about(settings: Settings) -> None:
    rows = [
        f"{n % 12},{13 + n // 12:02d}/06/2024 {n % 6:02d}:{0 if n % 6 == 0 else 7:02d},Noise,"
        f"{533800 + n},182000"
        for n in range(48)
    ]
    app = with_file("calls.csv", rows)
    next(each for each in app.text_input if each.label == "Name of the profile").set_value("calls")
    app = press(app, "Save the profile")
    shown = " ".join(str(each.proto.body) for each in app.get("html"))
    assert "In the first 48 rows 12 references come again at another time or place." in shown
    assert "0: 13/06/2024 00:00, 533800, 182000 and 14/06/2024 00:00" in shown
    assert radio(app, "If a reference comes again").value == "separate"
    app = press(app, "Import")
    (record,) = imports(settings)
    assert record.reference_rule == "separate"
    assert record.person == computer_account()
    assert record.counts.imported + record.counts.outside == 48
    asked = radio(app, "What are the times of exactly 00:00")
    assert asked.value is False
    assert Store.open(settings).snapshot.midnights[0].rows == 8
    asked.set_value(True)
    app = press(app, "Use this meaning")
    assert not app.exception
    assert Store.open(settings).snapshot.midnights[0].real


def test_times_with_an_offset_are_suggested_saved_and_imported(settings: Settings) -> None:
    rows = [f"{n},2024-06-0{n}T23:30:00+01:00,Noise,{533800 + n},182000" for n in range(1, 8)]
    app = with_file("calls.csv", rows)
    next(each for each in app.text_input if each.label == "Name of the profile").set_value("calls")
    app = press(app, "Save the profile")
    assert not app.error
    app = press(app, "Import")
    assert not app.exception
    (record,) = imports(settings)
    assert record.counts.rejected == 0
    assert str(Store.open(settings).snapshot.coverage[0].first) == "2024-06-01"
    listed = next(each.value for each in app.dataframe if "Rule for references" in each.value)
    assert listed["Rule for references"].tolist() == [
        "reference, time and place: at another time or place it is another incident"
    ]


def test_a_street_file_saved_as_a_workbook_is_called_so(settings: Settings, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in csv.reader(street_csv(tmp_path / "a.csv", rows=3).read_text().splitlines()):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    app = upload("a.xlsx", (tmp_path / "a.xlsx").read_bytes())
    assert not app.exception
    assert any("it is a workbook" in each.value for each in app.warning)
    assert not list(settings.profiles_path.glob("*"))


def test_a_layer_of_a_ward_file_can_be_named(settings: Settings, tmp_path: Path) -> None:
    wards = demo_wards()
    wards.iloc[:3].to_file(tmp_path / "two.gpkg", layer="old")
    wards.to_file(tmp_path / "two.gpkg", layer="new")
    content = (tmp_path / "two.gpkg").read_bytes()

    def use(app: AppTest, *, layer: str) -> AppTest:
        uploader = next(each for each in app.file_uploader if "GeoJSON" in each.label)
        uploader.set_value(("two.gpkg", content, ""))
        next(each for each in app.text_input if each.label.startswith("Layer")).set_value(layer)
        return press(app, "Use these wards")

    app = use(opened(), layer="")
    assert any("Name one of these as the layer" in each.value for each in app.error)
    app = use(app, layer="old")
    assert not app.error
    assert len(wards_in_use(settings)) == 3


ROWS = [
    *(f"{n},{12 + n}/06/2024 21:05,Noise,{533800 + n},182000" for n in range(1, 6)),
    "6,19/06/2024 21:05,Noise,not a number,182000",
]


def previewed(*rows: str, name: str = "calls.csv") -> AppTest:
    """Upload a file and map its columns the first time, up to the preview."""
    app = with_file(name, list(rows))
    if any(each.label == "Save the profile" for each in app.button):
        field = next(each for each in app.text_input if each.label == "Name of the profile")
        field.set_value("calls")
        app = press(app, "Save the profile")
    assert not app.exception
    return app


def figures(app: AppTest) -> dict[str, str]:
    return {each.label: each.value for each in app.metric}


def test_a_preview_says_what_the_import_then_does(settings: Settings) -> None:
    app = previewed(*ROWS)
    assert not settings.incidents_path.exists()  # nothing is stored yet
    assert figures(app) == {
        "Rows in the file": "6",
        "New": "5",
        "Changed": "0",
        "In the store already": "0",
        "To be rejected": "1",
        "Outside every ward": "0",
    }
    tables = {tuple(each.value.columns): each.value for each in app.dataframe}
    columns = tables["Column", "Taken for", "Examples"].set_index("Column")
    assert columns.loc["Category", "Taken for"] == "Type"
    assert columns.loc["Category", "Examples"] == "Noise"
    reasons = tables["Column", "Reason", "Rows", "First in"]
    assert reasons["Rows"].tolist() == [1]
    assert reasons["First in"].tolist() == ["calls.csv, row 7"]
    assert tables["Month", "New", "Changed", "In the store already"].values.tolist() == [
        ["Jun 2024", 5, 0, 0]
    ]
    app = press(app, "Import")
    assert not app.exception
    (record,) = imports(settings)
    assert (record.counts.imported, record.counts.rejected) == (5, 1)
    assert figures(app)["Imported"] == "5"


def test_the_way_on_leads_to_the_hotspots_of_what_was_loaded(settings: Settings) -> None:
    app = press(previewed(*ROWS), "Import")
    assert len(imports(settings)) == 1
    way_on = next(each for each in app.button if each.label.startswith("See the hotspots"))
    assert "13 Jun 2024 to 17 Jun 2024" in way_on.label
    app = way_on.click().run()
    assert not app.exception
    assert [each.value for each in app.title] == ["Hotspots"]
    assert {key: app.query_params[key] for key in ("from", "to", "source", "ward")} == {
        "from": "2024-06-13",
        "to": "2024-06-17",
        "source": "calls",
        "ward": "all",
    }


def test_an_import_of_an_outdated_preview_is_not_made_and_a_new_preview_is_drawn(
    settings: Settings, tmp_path: Path
) -> None:
    app = previewed(*ROWS)
    other = tmp_path / "other.csv"
    other.write_text("\n".join([HEAD, *ROWS[:2]]))
    import_path(other, settings=settings, now=settings.present())  # somebody else's
    app = press(app, "Import")
    assert not app.exception
    assert len(imports(settings)) == 1
    assert any("Nothing was imported" in each.value for each in app.warning)
    after = figures(app)
    assert (after["New"], after["In the store already"]) == ("3", "2")
    app = press(app, "Import")
    assert [each.counts.imported for each in imports(settings)] == [3, 2]


def test_a_file_of_which_no_row_can_be_used_is_called_so_before_it_is_imported(
    settings: Settings,
) -> None:
    previewed(*ROWS)  # the profile
    app = previewed(ROWS[-1], name="bad.csv")
    assert any("Not one row of bad" in each.value for each in app.error)
    assert not settings.incidents_path.exists()
