"""`hotspots near-repeat` as a user meets it: files, messages and exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.store_cli import hotspots
from tests.street_files import street_csv

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings


def test_near_repeats_come_as_json_and_the_table_and_places_as_csv(
    demo_settings: Settings, tmp_path: Path
) -> None:
    view = "from=2026-08-01&to=2026-10-31&over=year&distance=euclidean"
    shown = hotspots("near-repeat", "--view", view, store=demo_settings.store)
    assert shown.returncode == 0, shown.stderr
    read = json.loads(shown.stdout)
    assert read["period"] == "1 Nov 2025 to 31 Oct 2026"
    assert "category=burglary" in read["filters"]
    assert read["notice"].startswith("SIMULATED")
    assert read["on"] == "2026-11-01"
    assert len(read["places"]) > 0

    table, places = tmp_path / "table.csv", tmp_path / "places.csv"
    for out, option in ((table, "--no-places"), (places, "--places")):
        done = hotspots(
            "near-repeat", "--view", view, option, "--out", out, store=demo_settings.store
        )
        assert done.returncode == 0, done.stderr
    assert pd.read_csv(table)["pairs"].tolist() == [each["pairs"] for each in read["bands"]]
    assert pd.read_csv(places)["happened"].tolist() == [each["happened"] for each in read["places"]]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--from", "2026-10-31", "--to", "2026-10-31"), 1, "at least 60 incidents"),
        (("--out", "table.xlsx"), 1, ".json or .csv"),
        (("--distance", "taxi"), 2, "manhattan, euclidean"),
        (("--category", "nothing"), 2, "nothing"),
    ],
)
def test_a_mistake_ends_with_its_message(
    arguments: tuple[str, ...], code: int, message: str, demo_settings: Settings
) -> None:
    done = hotspots("near-repeat", *arguments, store=demo_settings.store)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_published_street_level_data_are_refused(demo_settings: Settings, tmp_path: Path) -> None:
    store = tmp_path / "var"
    store.mkdir()
    (store / "wards.parquet").write_bytes(demo_settings.wards_path.read_bytes())
    street = street_csv(tmp_path / "2024-05-street.csv", rows=200, without_place=0)
    assert hotspots("import", street, store=store).returncode == 0
    done = hotspots("near-repeat", "--category", "all", store=store)
    assert done.returncode == 1
    assert "anonymised map points" in done.stderr
