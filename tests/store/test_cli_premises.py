"""`hotspots premises`: rows accounted for, columns named by hand, nothing kept of a bad file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.premises import load_premises
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

REGISTER = """Name,Type,Easting,Northing,Terminal hour
The Tap,Bar,533800,182000,2am
The Piano,Bar,533850,182000,late
"""


def test_a_register_is_loaded_with_a_column_named_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "register.csv"
    path.write_text(REGISTER, encoding="utf-8")
    done = hotspots(
        "premises", path, "--column", "closes=Terminal hour", "--on", "2026-10-01",
        "--title", "Register", store=tmp_path / "var",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "2 rows read = 1 accepted + 1 rejected." in done.stdout
    assert "its closing hour is not a time of day (first: row 3)" in done.stdout
    held = load_premises(tmp_path / "var" / "premises.parquet")
    assert held is not None
    assert (held.label, held.closing(0)) == ("Register of 1 Oct 2026", "02:00")


def test_a_bad_file_or_a_badly_named_column_keeps_nothing(tmp_path: Path) -> None:
    path, store = tmp_path / "register.csv", tmp_path / "var"
    path.write_text("Colour\nred\n", encoding="utf-8")
    refused = hotspots("premises", path, store=store)
    assert refused.returncode == 1
    assert "has no column of names" in refused.stderr
    path.write_text(REGISTER, encoding="utf-8")
    assert hotspots("premises", path, "--column", "closes", store=store).returncode == 2
    assert not (store / "premises.parquet").exists()
