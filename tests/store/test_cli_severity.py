"""The severity table on the command line, and what replacing it does to `hotspots detect`."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings


def harm_of(store: Path) -> dict[str, tuple[float | None, int | None, int]]:
    """Harm, rank by harm and incidents with a weight of each hotspot."""
    found = hotspots(
        "detect", "--from", "2026-10-01", "--to", "2026-10-31", "--category", "robbery", store=store
    )
    assert found.returncode == 0, found.stderr
    spots = [each["properties"] for each in json.loads(found.stdout)["features"]]
    return {
        each["hotspot_id"]: (each["harm"], each["harm_rank"], each["harm_known"]) for each in spots
    }


def test_a_borough_replaces_the_table_and_goes_back(
    demo_settings: Settings, tmp_path: Path
) -> None:
    store = tmp_path / "var"
    shutil.copytree(demo_settings.store, store)
    shown = hotspots("severity", store=store)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("ons_crime_severity_score.csv: ")
    assert "Source: ONS Crime Severity Score (experimental statistics)" in shown.stdout

    shipped = harm_of(store)
    assert all(
        harm == pytest.approx(799.63 * known, abs=0.2) for harm, _, known in shipped.values()
    )
    assert sorted(rank for _, rank, _ in shipped.values()) == list(range(1, len(shipped) + 1))

    own = tmp_path / "own.csv"
    own.write_text("offence,weight,source,date\nShoplifting,5,Own panel,2026-01-01\n")
    assert "own.csv: 1 offences. Source: Own panel" in hotspots("severity", own, store=store).stdout
    assert set(harm_of(store).values()) == {(None, None, 0)}

    own.write_text("offence,weight,source,date\nShoplifting,-5,Own panel,2026-01-01\n")
    refused = hotspots("severity", own, store=store)
    assert refused.returncode == 1
    assert "1 row has no weight above 0" in refused.stderr
    assert "Traceback" not in refused.stderr

    assert hotspots("severity", "--shipped", store=store).returncode == 0
    assert harm_of(store) == shipped
