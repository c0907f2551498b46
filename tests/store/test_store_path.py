"""Stores in folders of any name: they work, or are refused before anything is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from data.incidents.imports import RowCounts, imports, undo
from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.settings import Settings, StorePathError
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

WARDS = three_wards()


@pytest.mark.parametrize(
    "name",
    ["My Work", "Café", "日本", "100%", "a%zz", "a&b;c", "it's", 'say "x"', "x=1", "http:", "a{b}"],
)
def test_a_store_works_under_this_name(tmp_path: Path, name: str) -> None:
    settings = settings_in(tmp_path / name)
    rows = [row("a"), row("b", starts_at=datetime(2023, 1, 5, tzinfo=UTC))]

    def bring(*some: object) -> RowCounts:
        return import_batches(
            [batch(*some)],  # type: ignore[arg-type]
            settings=settings,
            wards=WARDS,
            name="calls",
            now=NOW,
        ).counts

    assert bring(*rows).imported == 2
    assert bring(rows[0] | {"offence": "Noise"}, rows[1]) == RowCounts(0, 1, 1, 0, 0)
    snapshot = load(settings, wards=WARDS)
    assert (len(snapshot), snapshot.offences) == (2, ("Noise", "Rowdy behaviour"))
    undo(imports(settings)[0].import_id, settings=settings, now=NOW)
    assert load(settings, wards=WARDS).offences == ("Rowdy behaviour",)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "name", ["a#b", "a?b", "a[b", "a]b", "a%20b", "a\\b", "a|b", "a^b", "a\nb"]
)
def test_a_store_is_refused_under_this_name_and_nothing_is_written(
    tmp_path: Path, name: str
) -> None:
    with pytest.raises(StorePathError, match="Nothing was written"):
        settings_in(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_link_does_not_hide_the_name_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a[b").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a[b")
    with pytest.raises(StorePathError):
        Settings(store=tmp_path / "link" / "var", _env_file=None)


def test_the_folder_one_works_in_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a[b").mkdir()
    monkeypatch.chdir(tmp_path / "a[b")
    with pytest.raises(StorePathError):
        Settings(store=Path("var"), _env_file=None)
