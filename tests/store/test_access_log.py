"""The access log: one entry a page opening, one before each export, for administrators."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from data.access import NotAllowedError, Person, computer_account
from data.exports.row_count import row_count
from data.incidents.ingest import import_batches
from data.operations.actor import Actor
from data.operations.audit.access import (
    SAME_OPENING,
    AccessRow,
    Exported,
    access_log,
    record_export,
    record_view,
)
from data.operations.audit.changes import changes
from data.operations.database import Operations
from data.services.loading import use_wards
from tests.incident_rows import NOW, batch, hourly_rows, settings_in, three_wards
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

IDRIS = Person("Idris Ali", "administrator")


def entries(ops: Operations) -> list[tuple[str, str, str]]:
    with ops.reading() as session:
        rows = session.scalars(select(AccessRow).order_by(AccessRow.access_id))
        return [(row.person, row.what, row.filters) for row in rows]


def test_a_page_is_recorded_once_an_opening_and_again_with_other_filters(
    actor: Actor, operations: Operations
) -> None:
    assert record_view(actor, "hotspots", filters="category=asb")
    assert not record_view(actor, "hotspots", filters="category=asb")
    assert record_view(actor, "hotspots", filters="category=drugs")
    assert record_view(actor, "board")
    assert not record_view(actor.at(actor.now + SAME_OPENING / 2), "board")
    assert record_view(actor.at(actor.now + SAME_OPENING), "board")
    other = Actor(operations, IDRIS, actor.now)
    assert record_view(other, "board")
    assert entries(operations) == [
        ("Amina Khan", "hotspots", "category=asb"),
        ("Amina Khan", "hotspots", "category=drugs"),
        ("Amina Khan", "board", ""),
        ("Amina Khan", "board", ""),
        ("Idris Ali", "board", ""),
    ]


def test_neither_a_view_nor_an_export_is_in_the_audit_trail_of_changes(
    actor: Actor, operations: Operations
) -> None:
    record_view(actor, "hotspots")
    record_export(actor, "Hotspots", about=Exported(kind="csv"))
    with operations.reading() as session:
        assert changes(session) == []


def test_the_log_is_for_administrators_and_says_what_was_handed_out(
    actor: Actor, operations: Operations
) -> None:
    about = Exported("csv", "June 2026", "category=asb", rows=12, table_version=3)
    record_export(actor, "Hotspots", about=about)
    with pytest.raises(NotAllowedError):
        access_log(operations, person=actor.person)
    log = access_log(operations, person=IDRIS)
    assert log.iloc[0, 2:].tolist() == [
        "Amina Khan", "officer", "exported", "Hotspots", "csv", "June 2026", "category=asb", 12, 3,
    ]  # fmt: skip
    later = actor.at(actor.now + timedelta(hours=1))
    record_export(later, "Assessment", about=Exported(kind="pdf"))
    assert access_log(operations, person=IDRIS)["What"].tolist() == ["Assessment", "Hotspots"]


@pytest.mark.parametrize(
    ("content", "ending", "rows"),
    [
        (b'\xef\xbb\xbfa,b\n1,2\n"3\n4",5\n', ".csv", 2),
        (b"a,b\n", ".csv", 0),
        (b'{"type": "FeatureCollection", "features": [1, 2, 3]}', ".geojson", 3),
        (b"[1, 2]", ".json", 2),
        (b'{"verdict": "fell"}', ".json", None),
        (b"%PDF-1.7", ".pdf", None),
    ],
)
def test_rows_of_a_file_are_counted_where_it_has_any(
    content: bytes, ending: str, rows: int | None
) -> None:
    assert row_count(content, ending=ending) == rows


def filled(tmp_path: Path) -> Path:
    settings, wards = settings_in(tmp_path), three_wards()
    use_wards(wards, settings=settings, now=NOW)
    rows = batch(*hourly_rows(400))
    import_batches([rows], settings=settings, wards=wards, name="calls", now=NOW)
    return settings.store


def test_an_export_on_the_command_line_is_recorded_with_what_it_held(tmp_path: Path) -> None:
    store = filled(tmp_path)
    out = tmp_path / "hotspots.geojson"
    done = hotspots(
        "detect", "--from", "2024-01-01", "--to", "2024-01-14", "--out", out, store=store
    )
    assert done.returncode == 0, done.stderr
    ops = Operations.open(settings_in(tmp_path))
    (entry,) = access_log(ops, person=IDRIS).to_dict("records")
    assert entry["Who"] == f"{computer_account()} (command line)"
    assert entry["What"] == "hotspots detect"
    assert entry["Kind of file"] == "geojson"
    assert entry["Period"] == "2024-01-01 to 2024-01-14"
    assert entry["Rows"] == len(json.loads(out.read_bytes())["features"])
    assert entry["Table version"] == 1
    ops.close()


def test_what_cannot_be_recorded_is_not_handed_out(tmp_path: Path) -> None:
    store = filled(tmp_path)
    (store / "operations.sqlite").write_bytes(b"no database")
    out = tmp_path / "hotspots.csv"
    done = hotspots("detect", "--out", out, store=store)
    assert done.returncode == 1
    assert "file is not a database" in done.stderr
    assert not out.exists()
