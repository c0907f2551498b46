"""The command line as a user meets it: what it prints, writes and ends with."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest

from data.access import computer_account
from data.demo.geography import demo_wards
from tests.store_cli import ROOT, hotspots, hotspots_process
from tests.street_files import street_csv

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings


def test_a_file_goes_in_is_listed_gives_hotspots_and_comes_out_again(tmp_path: Path) -> None:
    store = tmp_path / "var"
    wards = tmp_path / "wards.geojson"
    demo_wards().query("borough_code == 'E09000030'").to_crs("EPSG:4326").to_file(wards)
    street = street_csv(tmp_path / "2024-05-street.csv", rows=200, without_place=4)

    done = hotspots_process("import", street, "--wards", wards, "--name", "May", store=store)
    assert done.returncode == 0, done.stderr
    assert "20 wards in use" in done.stdout
    assert "204 rows read = 200 imported + 0 updated + 0 unchanged + 4 rejected" in done.stdout
    assert "rejected.csv" in done.stdout

    listed = json.loads(hotspots("sources", "--json", store=store).stdout)
    assert listed["sources"][0] == {
        "source": "police_uk",
        "rows": 200,
        "first": "2024-05-01",
        "last": "2024-05-01",
        "no_hour": 200,
        "exactly_midnight": 0,
        "snapped_share": 1.0,
        "outside": 0,
    }

    found = hotspots("detect", "--from", "2024-05-01", "--to", "2024-05-31", store=store)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout)["type"] == "FeatureCollection"
    assert "anonymised map points" in found.stderr
    files = {ending: tmp_path / f"hotspots{ending}" for ending in (".csv", ".gpkg", ".geojson")}
    for path in files.values():
        written = hotspots("detect", "--method", "kde", "--out", path, store=store)
        assert written.returncode == 0, written.stderr
    frames = (pd.read_csv(files[".csv"]), gpd.read_file(files[".gpkg"]))
    assert frames[0]["incidents"].tolist() == frames[1]["incidents"].tolist()
    assert gpd.read_file(files[".geojson"]).crs == "EPSG:4326"

    shown = hotspots("sources", store=store).stdout
    import_id = next(line.split()[0] for line in shown.splitlines() if "May:" in line)
    # Local, as the clock of the tests says, which goes on from 09:00.
    by = re.escape(computer_account())
    begun = rf"Begun on 21 Nov 2026 at 09:\d\d by {by}\. Rule for references: separate\."
    assert re.search(begun, shown)
    undone = hotspots("undo", import_id, store=store)
    assert undone.returncode == 0
    assert "is taken back: " in undone.stdout
    assert "incidents that it had added are gone" in undone.stdout
    assert "There are no incidents" in hotspots("detect", store=store).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("import", "nowhere.csv"), "No ward file is loaded"),
        (("undo", "nothing"), "There are no incidents in the store"),
        (("detect",), "No ward file is loaded"),
        (("wards", "nowhere.geojson"), "nowhere.geojson"),
        (("fetch", "--area", "X", "--from", "2024-06", "--to", "2024-01"), "2024-06"),
    ],
)
def test_a_mistake_ends_with_its_message_and_no_traceback(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    done = hotspots(*arguments, store=tmp_path / "var")
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [("detect", "--nonsense"), ("dettect",), ("import",), ("fetch", "--area", "X")]
)
def test_a_command_that_is_not_understood_ends_with_two(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = hotspots(*arguments, store=tmp_path / "var")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("method", ["dbscan", "hdbscan"])
def test_a_view_from_the_address_bar_gives_the_same_hotspots(
    demo_settings: Settings, tmp_path: Path, method: str
) -> None:
    view = f"from=2026-10-01&to=2026-10-31&category=violence&method={method}&eps_m=150.0"
    by_view = hotspots("detect", "--view", view, store=demo_settings.store)
    options = ("--from", "2026-10-01", "--to", "2026-10-31", "--category", "violence")
    out = tmp_path / "same.geojson"
    by_options = hotspots(
        "detect", *options, "--view", "eps_m=150", "--method", method, "--out", out,
        store=demo_settings.store,
    )  # fmt: skip
    assert by_options.returncode == 0, by_options.stderr
    first, second = json.loads(by_view.stdout), json.loads(out.read_text())
    assert first["features"] == second["features"]
    assert len(first["features"]) > 0
    assert "SIMULATED" in by_view.stdout


def test_hours_are_an_option_and_rest_on_the_settings(
    demo_settings: Settings, tmp_path: Path
) -> None:
    def counted(*arguments: str, **environment: str) -> int:
        out = tmp_path / "hours.csv"
        period = ("--from", "2026-10-01", "--to", "2026-10-31", "--method", "dbscan")
        done = hotspots(
            "detect", *period, *arguments, "--out", out,
            store=demo_settings.store, environment=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return int(pd.read_csv(out)["incidents"].sum())

    night, levy = counted("--hours", "nte"), counted("--hours", "nte:levy")
    assert night > levy > 0
    assert counted("--view", "hours=nte:levy") == levy
    assert counted("--hours", "nte:levy", HOTSPOT_NIGHT_LEVY_END_HOUR="2") < levy
    assert counted("--hours", "nte", HOTSPOT_NIGHT_KINDS="robbery") < night / 2


def test_an_unknown_part_of_the_night_or_kind_is_refused_with_the_nearest(
    demo_settings: Settings,
) -> None:
    refused = hotspots("detect", "--hours", "nte:levi", store=demo_settings.store)
    assert refused.returncode == 2
    assert "did you mean 'levy'?" in " ".join(refused.stderr.replace("│", "").split())
    wrong = {"HOTSPOT_NIGHT_KINDS": "violence,thefts"}
    refused = hotspots("sources", store=demo_settings.store, environment=wrong)
    assert refused.returncode == 1
    assert "HOTSPOT_NIGHT_KINDS: Unknown kind of incident 'thefts'" in refused.stderr
    assert "did you mean 'theft'?" in refused.stderr


def test_each_command_explains_itself(tmp_path: Path) -> None:
    for command in ("import", "fetch", "detect", "undo", "sources", "serve", "wards", "demo"):
        done = hotspots(command, "--help", store=tmp_path / "var")
        assert done.returncode == 0
        assert "Usage:" in done.stdout


def test_the_command_line_needs_no_streamlit_and_starts_without_what_computes(
    tmp_path: Path,
) -> None:
    code = (
        "import pages.command_line.commands, sys\n"
        "early = {'numba', 'pandas', 'scipy', 'sqlalchemy'} & sys.modules.keys()\n"
        "import data.services.loading\n"
        "sys.exit(bool(early) or 'streamlit' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0
