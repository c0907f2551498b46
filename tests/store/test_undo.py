from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.incidents import table as store
from data.incidents.imports import UndoRefusedError, UnknownImportError, imports, undo
from data.incidents.ingest import import_batches
from data.incidents.wards_join import rejoin
from data.rows.contract import TABLE_SCHEMA
from tests.incident_rows import NOW, batch, hourly_rows, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from data.settings import Settings

WARDS = three_wards()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def bring(settings: Settings, name: str, *rows: dict[str, object]) -> str:
    record = import_batches([batch(*rows)], settings=settings, wards=WARDS, name=name, now=NOW)
    return record.import_id


def held(settings: Settings) -> pa.Table:
    rows = store.dataset(store.opened(settings), with_year=True).to_table()
    return rows.select(TABLE_SCHEMA.names).sort_by("incident_id")


def test_the_newest_import_is_taken_back_exactly(settings: Settings) -> None:
    bring(settings, "first", row("a"), row("b"))
    before = held(settings)
    newest = bring(
        settings, "second", row("a", place="Bow Road"), row("b", starts_at=NOW), row("c")
    )
    assert held(settings) != before
    version = undo(newest, settings=settings, now=NOW, person="Amina Khan")
    assert held(settings) == before
    assert (version.version, version.kind, version.event["name"]) == (3, "undo", "second")
    second, first = imports(settings)
    assert second.undone == version.committed_at
    assert (second.undone_by, first.undone_by) == ("Amina Khan", "")
    assert first.undone is None


def test_an_older_import_is_refused_and_the_later_ones_are_named(settings: Settings) -> None:
    first = bring(settings, "first", row("a"))
    second = bring(settings, "second", row("b"))
    third = bring(settings, "third", row("c"))
    with pytest.raises(UndoRefusedError) as refused:
        undo(first, settings=settings, now=NOW)
    assert f"'third' ({third}), 'second' ({second})" in str(refused.value)
    assert len(held(settings)) == 3


def test_imports_are_taken_back_one_after_the_other_to_nothing(settings: Settings) -> None:
    first = bring(settings, "first", *hourly_rows(10))
    state = held(settings)
    second = bring(settings, "second", *hourly_rows(12))
    undo(second, settings=settings, now=NOW)
    assert held(settings) == state
    undo(first, settings=settings, now=NOW)
    assert len(held(settings)) == 0


def test_an_import_taken_back_can_be_brought_again_and_taken_back_again(
    settings: Settings,
) -> None:
    first = bring(settings, "first", row("a"))
    undo(first, settings=settings, now=NOW)
    again = bring(settings, "again", row("a"), row("b"))
    assert [one.rows_added for one in imports(settings)] == [2, 1]
    undo(again, settings=settings, now=NOW)
    assert len(held(settings)) == 0
    with pytest.raises(UndoRefusedError, match="already been taken back"):
        undo(again, settings=settings, now=NOW)


def test_an_import_that_changed_nothing_can_be_taken_back(settings: Settings) -> None:
    bring(settings, "first", row("a"))
    before = held(settings)
    undo(bring(settings, "same", row("a")), settings=settings, now=NOW)
    assert held(settings) == before
    assert [one.undone is None for one in imports(settings)] == [False, True]


def test_an_unknown_import_is_refused_with_those_there_are(settings: Settings) -> None:
    known = bring(settings, "first", row("a"))
    with pytest.raises(UnknownImportError, match=known):
        undo("20200101-000000-abcdef", settings=settings, now=NOW)


def test_new_wards_are_joined_to_every_row_as_one_version(settings: Settings) -> None:
    bring(settings, "first", row("a"), row("b", easting=530_100.0))
    version = rejoin(settings, three_wards(shift_m=300), now=NOW)
    assert version is not None
    assert (version.version, version.kind) == (2, "rejoin")
    assert held(settings)["ward_code"].to_pylist() == ["E05000001", None]
    assert rejoin(settings, three_wards(shift_m=300), now=NOW) is None
    assert store.rows(store.opened(settings)) == 2


def test_what_comes_back_after_new_wards_is_joined_to_them(settings: Settings) -> None:
    bring(settings, "first", row("a"), row("b", easting=530_100.0))
    second = bring(settings, "second", row("b", easting=532_500.0), row("c"))
    moved = three_wards(shift_m=300)
    rejoin(settings, moved, now=NOW)
    with pytest.raises(UndoRefusedError, match="wards were replaced after"):
        undo(second, settings=settings, now=NOW)
    version = undo(second, settings=settings, now=NOW, wards=moved)
    assert version.version == 4
    rows = held(settings)
    assert rows["incident_id"].to_pylist() == ["a", "b"]
    assert rows["easting"].to_pylist() == [530_500.0, 530_100.0]
    assert rows["ward_code"].to_pylist() == ["E05000001", None]
    import_batches(
        [batch(row("d"))], settings=settings, wards=moved, name="after", now=NOW
    )  # the table is joined to the moved wards
