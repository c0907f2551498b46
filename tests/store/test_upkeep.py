"""Upkeep: small files joined, old ones removed, and what rests on older versions told so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import Person
from data.incidents import table as store
from data.incidents.damage import LostFileError
from data.incidents.history import HISTORY_FILE
from data.incidents.imports import UndoRefusedError, imports, undo
from data.incidents.ingest import import_batches
from data.incidents.quality import table_versions
from data.incidents.upkeep import folder_size, is_due, upkeep
from data.layers.wards import save_wards
from data.operations.actor import Actor
from data.operations.backup.backup import backup
from data.operations.backup.restore import restore
from data.operations.database import Operations
from data.operations.taskings.taskings import propose
from data.rows.contract import TABLE_SCHEMA
from data.services.checking import check_store
from data.services.upkeep import decided_versions
from data.services.upkeep import upkeep as upkeep_of_store
from data.services.worked_again import worked_again
from tests.incident_rows import NOW as START
from tests.incident_rows import batch, row, settings_in, three_wards
from tests.made_taskings import DECISION, DRAFT
from tests.made_taskings import WARDS as TASKING_WARDS
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from data.settings import Settings

WARDS = three_wards()
AT_ONCE = timedelta(0)
UNDOABLE = 3
LATER = START + timedelta(days=400)
OLD = datetime(2023, 6, 5, 11, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path).model_copy(update={"undo_imports": UNDOABLE})


def bring(settings: Settings, count: int, *, start: datetime = START, prefix: str = "i") -> None:
    for number in range(count):
        import_batches(
            [
                batch(
                    row(f"{prefix}{number}"),
                    row(f"{prefix}{number}-old", starts_at=OLD),
                    row("again", place=f"Street {number}"),  # so that no version has all its files
                )
            ],
            settings=settings,
            wards=WARDS,
            name=f"import {prefix}{number}",
            now=start + timedelta(minutes=number),
        )


def stored(settings: Settings) -> datetime:
    """Return when the newest version was stored: by the machine's clock, whatever that says."""
    return store.versions(settings)[0].committed_at


def rows_of(settings: Settings, version: int | None = None) -> pa.Table:
    rows = store.dataset(store.opened(settings, version=version), with_year=True).to_table()
    return rows.select(TABLE_SCHEMA.names).sort_by("incident_id")


def data_files(settings: Settings) -> int:
    return len(list(settings.incidents_path.glob("year=*/*.parquet")))


def test_joining_files_changes_no_incident_and_leaves_one_file_a_year(settings: Settings) -> None:
    bring(settings, 7)
    assert not is_due(settings)
    bring(settings, 1, prefix="last")
    assert is_due(settings)
    before = rows_of(settings)
    done = upkeep(settings, now=LATER, youngest=AT_ONCE)
    assert done is not None
    assert done.joined
    assert rows_of(settings) == before
    assert len(store.opened(settings).file_uris()) == 2
    assert not is_due(settings)


def test_the_list_of_imports_is_the_same_when_the_log_no_longer_reaches_back(
    settings: Settings,
) -> None:
    bring(settings, UNDOABLE + 22)
    before = imports(settings)
    log = settings.incidents_path / "_delta_log"
    for day in range(1, 4):  # the checkpoint of the first is a day old at the second
        upkeep(settings, now=stored(settings) + timedelta(days=400), youngest=AT_ONCE)
        bring(settings, 1, start=LATER + timedelta(days=day), prefix=f"day{day}-")
    assert not (log / f"{1:020d}.json").exists()
    assert imports(settings)[3:] == before
    assert [each.version for each in store.versions(settings)] == list(
        range(store.opened(settings).version(), -1, -1)
    )
    assert "Empty table made" in table_versions(settings)[-1].what


def test_without_the_record_of_the_history_the_log_still_says_all_it_has(
    settings: Settings,
) -> None:
    bring(settings, 8)
    upkeep(settings, now=START, youngest=AT_ONCE)
    before = imports(settings)
    (settings.incidents_path / HISTORY_FILE).unlink()
    assert imports(settings) == before


def test_the_newest_imports_can_be_taken_back_one_after_the_other(
    settings: Settings,
) -> None:
    bring(settings, UNDOABLE + 4)
    contents = {
        each.import_id: rows_of(settings, each.version_before) for each in imports(settings)
    }
    upkeep(settings, now=LATER, youngest=AT_ONCE)
    listed = imports(settings)
    for each in listed[:UNDOABLE]:
        undo(each.import_id, settings=settings, now=LATER)
        assert rows_of(settings) == contents[each.import_id]
    with pytest.raises(UndoRefusedError, match="can no longer be taken back") as refused:
        undo(listed[UNDOABLE].import_id, settings=settings, now=LATER)
    assert "restore a backup of that time" in str(refused.value)


def test_every_import_of_the_last_days_can_be_taken_back(settings: Settings) -> None:
    bring(settings, UNDOABLE + 4)
    oldest = imports(settings)[-1]
    upkeep(settings, now=START + timedelta(days=settings.undo_days), youngest=AT_ONCE)
    assert store.opened(settings, version=oldest.version_before).version() == 0
    upkeep(settings, now=START + timedelta(days=settings.undo_days + 1), youngest=AT_ONCE)
    with pytest.raises(store.RemovedVersionError, match="version 1 can no longer be opened"):
        store.opened(settings, version=1)


def test_what_was_in_use_within_a_day_stays_for_whoever_is_reading(settings: Settings) -> None:
    bring(settings, 9)
    reading = store.opened(settings, version=3)
    files = set(settings.incidents_path.glob("year=*/*.parquet"))
    done = upkeep(settings, now=stored(settings) + timedelta(hours=1))
    assert done is not None
    assert done.joined
    assert files < set(settings.incidents_path.glob("year=*/*.parquet"))
    assert store.dataset(reading).count_rows() == 7


def test_what_a_process_that_was_killed_was_writing_goes_when_it_is_a_day_old(
    settings: Settings,
) -> None:
    bring(settings, 1)
    left = [
        settings.incidents_path / "year=2024" / ".rows.a1b2c3d4.part",
        settings.incidents_path / ".._history.jsonl.sha256.a1b2c3d4.part",  # of a seal: holds none
        settings.incidents_path / "_delta_log" / "_last_checkpoint",
    ]
    for path in left:
        path.write_text("{}")
    upkeep(settings, now=stored(settings) + timedelta(hours=1))
    assert [each.exists() for each in left] == [True, True, False]
    upkeep(settings, now=stored(settings) + timedelta(days=2))
    assert [each.exists() for each in left] == [False, True, False]


def test_the_version_of_an_open_tasking_stays_for_as_long_as_it_is_open(
    settings: Settings,
) -> None:
    bring(settings, UNDOABLE + 4)
    ops = Operations.open(settings)
    acting = Actor(ops, Person("Amina Khan", "officer"), START)
    propose(acting, DRAFT, decision=DECISION, ward_codes=TASKING_WARDS)
    years_later = START + timedelta(days=2000)
    assert decided_versions(ops, settings=settings, now=years_later) == {3}
    upkeep(settings, now=years_later, youngest=AT_ONCE, decided={3})
    assert rows_of(settings, 3).num_rows == 7
    with pytest.raises(store.RemovedVersionError):
        store.opened(settings, version=2)
    ops.close()


def test_imports_after_upkeep_start_from_its_version_and_fifty_leave_few_files(
    settings: Settings,
) -> None:
    for number in range(50):
        now = START + timedelta(days=30 * number)
        bring(settings, 1, start=now, prefix=f"n{number}-")
        if is_due(settings):
            upkeep(settings, now=now, youngest=AT_ONCE)
    assert rows_of(settings).num_rows == 101
    assert len(imports(settings)) == 50
    assert data_files(settings) < 80
    assert len(store.opened(settings).file_uris()) < 16
    assert folder_size(settings.incidents_path)[0] < 160


def test_a_backup_made_after_upkeep_restores_the_imports_and_the_kept_versions(
    settings: Settings, tmp_path: Path
) -> None:
    bring(settings, 10)
    ops = Operations.open(settings)
    upkeep_of_store(settings, now=START, ops=ops)
    backup(tmp_path / "b.zip", settings=settings, ops=ops, now=START)
    ops.close()
    other = settings_in(tmp_path / "other")
    restore(tmp_path / "b.zip", settings=other)
    assert [each.import_id for each in imports(other)] == [
        each.import_id for each in imports(settings)
    ]
    assert rows_of(other, 5) == rows_of(settings, 5)


def test_a_decision_on_a_version_that_was_removed_says_so_when_it_is_worked_again(
    settings: Settings,
) -> None:
    save_wards(WARDS, settings.wards_path)
    bring(settings, UNDOABLE + 4)
    upkeep(settings, now=LATER, youngest=AT_ONCE)
    again = worked_again(replace(DECISION, table_version=2), DRAFT.area, settings=settings)
    assert again.outcome == "gone"
    assert "Table version 2 can no longer be opened: its files were removed" in again.explanation


def test_a_file_that_is_lost_is_not_taken_for_one_that_was_removed(settings: Settings) -> None:
    bring(settings, 2)
    for path in settings.incidents_path.glob("year=*/*.parquet"):
        path.unlink()
    with pytest.raises(LostFileError):
        rows_of(settings, 1)


def test_the_store_is_sound_after_upkeep_and_after_the_log_was_cut(settings: Settings) -> None:
    bring(settings, UNDOABLE + 22)
    upkeep(settings, now=stored(settings) + timedelta(days=400), youngest=AT_ONCE)
    upkeep(settings, now=stored(settings) + timedelta(days=800), youngest=AT_ONCE)
    assert not (settings.incidents_path / "_delta_log" / f"{1:020d}.json").exists()
    assert check_store(settings, full=True).damage == ()


def test_upkeep_on_the_command_line_says_what_it_did(settings: Settings) -> None:
    said = hotspots("upkeep", store=settings.store)
    assert (said.returncode, said.stdout) == (
        0,
        "There are no incidents in the store yet, so there is nothing to do.\n",
    )
    bring(settings, 8)
    said = hotspots("upkeep", store=settings.store)
    assert said.returncode == 0
    assert said.stdout.startswith("Small files were joined. The incident table has ")
