from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.access import computer_account
from data.incidents import table as store
from data.incidents.imports import UnknownImportError, imports, undo
from data.incidents.ingest import import_batches
from data.incidents.quality import table_versions
from data.incidents.snapshot import load
from data.incidents.table import EmptyStoreError, UnknownVersionError
from data.incidents.wards_join import rejoin
from tests.incident_rows import NOW, batch, hourly_rows, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path


def test_an_empty_store_says_so_in_plain_words_or_answers_with_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    assert imports(settings) == []
    assert store.versions(settings) == []
    assert table_versions(settings) == ()
    assert rejoin(settings, three_wards(), now=NOW) is None
    with pytest.raises(EmptyStoreError, match=r"no incidents in the store yet\. Import a file"):
        load(settings)
    with pytest.raises(EmptyStoreError):
        undo("any", settings=settings, now=NOW)
    assert not settings.incidents_path.exists()


def test_a_table_without_rows_is_an_empty_store_as_well(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    import_batches([], settings=settings, wards=three_wards(), name="nothing", now=NOW)
    with pytest.raises(EmptyStoreError):
        load(settings)
    with pytest.raises(UnknownImportError, match="Unknown import 'other'"):
        undo("other", settings=settings, now=NOW)


def test_making_the_table_twice_makes_one(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    first, second = store.open_or_create(settings), store.open_or_create(settings)
    assert first.version() == second.version() == 0
    assert store.rows(second) == 0


def test_the_history_is_never_thinned_out(tmp_path: Path) -> None:
    configuration = store.open_or_create(settings_in(tmp_path)).metadata().configuration
    assert configuration["delta.enableExpiredLogCleanup"] == "false"


def test_an_earlier_version_can_be_opened_and_one_that_never_was_cannot(tmp_path: Path) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    import_batches([batch(*hourly_rows(8))], settings=settings, wards=wards, name="a", now=NOW)
    import_batches([batch(row("late"))], settings=settings, wards=wards, name="b", now=NOW)
    assert store.rows(store.opened(settings, version=1)) == 8
    assert store.rows(store.opened(settings)) == 9
    assert len(load(settings, wards=wards, version=1)) == 8
    with pytest.raises(UnknownVersionError, match=r"Unknown table version 7: .* 0 to 2"):
        store.opened(settings, version=7)


def test_only_the_partitions_that_change_are_written_again(tmp_path: Path) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    rows = [
        row("old", starts_at=NOW.replace(year=2022)),
        row("mid", starts_at=NOW.replace(year=2023)),
    ]
    import_batches([batch(*rows, row("new"))], settings=settings, wards=wards, name="a", now=NOW)
    before = set(store.opened(settings).file_uris())
    changed = row("mid", starts_at=NOW.replace(year=2023), place="Bow Road")
    import_batches([batch(changed)], settings=settings, wards=wards, name="b", now=NOW)
    after = set(store.opened(settings).file_uris())
    assert {uri.split("year=")[1][:4] for uri in before - after} == {"2023"}
    assert {uri.split("year=")[1][:4] for uri in after - before} == {"2023"}


def test_a_list_of_versions_says_what_made_each(tmp_path: Path) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    record = import_batches(
        [batch(*hourly_rows(4))], settings=settings, wards=wards, name="May calls", now=NOW
    )
    undo(record.import_id, settings=settings, now=NOW)
    rejoin(settings, three_wards(shift_m=10), now=NOW)
    import_batches(
        [batch(row("x"))], settings=settings, wards=three_wards(shift_m=10), name="June", now=NOW
    )
    assert [(version.version, version.what) for version in table_versions(settings)] == [
        (3, f"Import of June: 1 incident added, 0 changed, by {computer_account()}"),
        (2, f"Import of May calls taken back, by {computer_account()}"),
        (1, f"Import of May calls: 4 incidents added, 0 changed, by {computer_account()}"),
        (0, "Empty table made"),
    ]
