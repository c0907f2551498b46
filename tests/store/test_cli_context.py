"""`hotspots context`: population and deprivation loaded by command, and what does not fit said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.wards import save_wards
from tests.incident_rows import settings_in, three_wards
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path


def test_small_areas_are_loaded_and_given_to_the_wards_in_use(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    settings.store.mkdir()
    save_wards(three_wards(), settings.wards_path)
    file = tmp_path / "areas.csv"
    file.write_text("code,people,x,y\nA,10,530100,180100\nB,-1,530100,180100\nC,5,540000,180100\n")
    done = hotspots(
        "context", file, "--residents", "people", "--title", "2021", store=settings.store
    )
    assert done.returncode == 0, done.stderr
    assert "3 rows read = 2 accepted + 1 rejected." in done.stdout
    assert "1 row rejected: its residents is below 0 (first: row 3)" in done.stdout
    assert "2021: small areas given to wards, 0 by their outline, 1 by their centre" in done.stdout
    assert settings.context_path.exists()


def test_a_file_of_something_else_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text("a,b\n1,2\n")
    done = hotspots("context", file, store=tmp_path / "var")
    assert done.returncode == 1
    assert "Give a CSV with a column of area codes" in done.stderr
    assert not (tmp_path / "var" / "context.parquet").exists()
