"""Damage is noticed: a flipped bit in any file, a file that is gone, a log without an entry."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest

from data.incidents import data_files
from data.incidents import table as store
from data.incidents.damage import DamagedStoreError, LostFileError
from data.incidents.history import HISTORY_FILE
from data.incidents.imports import imports, undo
from data.incidents.log_files import entry_path
from data.incidents.snapshot import load
from data.incidents.upkeep import upkeep
from data.layers.parquet import DamagedFileError
from data.layers.premises import load_premises
from data.operations.backup.backup import DamagedBackupError, backup
from data.operations.database import Operations
from data.services.checking import check_store
from tests.damaged_store import filled_store, flip
from tests.incident_rows import NOW, three_wards
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

FLIPS_A_FILE = 6  # the first and the last byte, and others by chance


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return filled_store(tmp_path_factory.mktemp("sound"))


@pytest.fixture
def own(sound: Settings, tmp_path: Path) -> Settings:
    """A copy of the store that may be damaged."""
    shutil.copytree(sound.store, tmp_path / "var")
    return sound.model_copy(update={"store": tmp_path / "var"})


def files_in(settings: Settings) -> list[Path]:
    return sorted(each for each in settings.store.rglob("*") if each.is_file())


def test_a_store_of_every_kind_of_file_is_sound_and_each_file_is_sealed(sound: Settings) -> None:
    checked = check_store(sound, full=True)
    assert (checked.damage, checked.sealed_now) == ((), 0)
    kinds = {each.relative_to(sound.store).parts[0] for each in files_in(sound)}
    assert kinds >= {"bases", "imports", "incidents", "places", "premises.parquet", "profiles"}
    assert kinds >= {"operations.sqlite", "severity.csv", "wards.parquet"}


def sealed_by(path: Path) -> Path:
    """Return the file that a seal lies next to; any other file itself."""
    name = path.name
    return path.with_name(name[1:-7]) if name.endswith(".sha256") else path


def test_a_flipped_bit_anywhere_in_any_file_is_noticed(own: Settings) -> None:
    """An entry of the log says which files there are, so one is flipped at a time.

    All others are flipped at once, and all their seals.

    `tests/store/test_row_digests.py` tries the database, and a lock holds nothing.
    """
    rng = np.random.default_rng(11)
    files = [
        path
        for path in files_in(own)
        if not path.name.startswith("operations.sqlite") and not path.name.endswith(".lock")
    ]
    log = [path for path in files if "_delta_log" in path.parts]
    seals = [path for path in files if sealed_by(path) != path and path not in log]
    others = [path for path in files if path not in [*log, *seals]]
    tried, missed = 0, []
    for together in [*([path] for path in log), seals, others]:
        before = {path: path.read_bytes() for path in together}
        for number in range(FLIPS_A_FILE):
            for path, content in before.items():
                ends = (0, len(content) - 1)
                at = ends[number] if number < 2 else int(rng.integers(len(content)))
                flip(path, at=at, bit=int(rng.integers(8)))
            named = {each.name for each in check_store(own, full=True).damage}
            for path, content in before.items():
                name = sealed_by(path).relative_to(own.store).as_posix()
                missed += [] if name in named else [(name, number)]
                tried += 1
                path.write_bytes(content)
    assert missed == []
    assert tried > 150
    assert check_store(own, full=True).damage == ()


def test_a_flipped_bit_changes_no_figure_as_the_store_is_not_read(own: Settings) -> None:
    for file in sorted(own.incidents_path.glob("year=2024/*.parquet")):
        flip(file, at=file.stat().st_size // 2, bit=3)
    with pytest.raises(DamagedStoreError, match="does not hold what was stored"):
        load(own, wards=three_wards())


def test_a_layer_with_a_flipped_bit_is_refused_by_its_name(own: Settings) -> None:
    flip(own.premises_path, at=40, bit=0)
    with pytest.raises(DamagedFileError, match=r"premises\.parquet.*other bytes than were stored"):
        load_premises(own.premises_path)


@pytest.mark.parametrize("version", [0, 2, 4])
def test_a_log_that_has_lost_an_entry_is_never_read_as_if_it_never_was(
    own: Settings, version: int
) -> None:
    entry_path(own.incidents_path, version).unlink()
    for read in (store.opened, store.versions, imports, load):
        with pytest.raises(LostFileError, match=f"{version:020d}.json is missing"):
            read(own)  # type: ignore[operator]


@pytest.mark.parametrize("what", ["_delta_log", "."])
def test_a_log_that_is_gone_is_not_an_empty_store(own: Settings, what: str) -> None:
    shutil.rmtree(own.incidents_path / what)
    with pytest.raises(LostFileError, match="all of the log is missing"):
        store.opened(own)
    (damage,) = check_store(own, full=False).damage
    assert damage.name == "incidents/_delta_log/00000000000000000000.json"


def test_the_quick_check_notices_what_is_missing_or_cut_short_in_any_version(
    own: Settings,
) -> None:
    every = sorted(own.incidents_path.glob("year=2024/part-*"))
    live = {str(each) for each in store.opened(own).file_uris()}
    old = [each for each in every if str(each) not in live]
    assert old
    old[0].unlink()
    (own.bases_path / "doors.parquet").unlink()
    found = {each.name: each.fault for each in check_store(own, full=False).damage}
    assert found == {
        old[0].relative_to(own.store).as_posix(): "is missing",
        "bases/doors.parquet": "is missing",
    }
    every[-1].write_bytes(every[-1].read_bytes()[:-1])
    assert len(check_store(own, full=False).damage) == 3


def test_rejected_rows_that_a_record_names_and_that_are_gone_are_missed(own: Settings) -> None:
    named = [each.rejected_file for each in imports(own) if each.rejected_file is not None]
    assert named
    shutil.rmtree(own.imports_path)
    found = check_store(own, full=False).damage
    assert {each.name for each in found} == {
        each.relative_to(own.store).as_posix() for each in named
    }
    assert {each.fault for each in found} == {"is missing"}
    assert "Import the same file again" in found[0].remedy


def test_a_damaged_record_of_the_history_is_named_and_the_check_goes_on(own: Settings) -> None:
    upkeep(own, now=NOW)
    flip(own.incidents_path / HISTORY_FILE, at=0, bit=3)
    (damage,) = check_store(own, full=True).damage
    assert damage.name == f"incidents/{HISTORY_FILE}"


def test_what_was_removed_for_good_is_not_missed(own: Settings) -> None:
    live = {str(each) for each in store.opened(own).file_uris()}
    every = sorted(own.incidents_path.glob("year=2024/part-*"))
    old = [each for each in every if str(each) not in live]
    data_files.remove_for_good(own.incidents_path, old)
    assert not [each for each in old if each.exists()]
    assert check_store(own, full=True).damage == ()
    next(each for each in every if each not in old).unlink()
    assert len(check_store(own, full=False).damage) == 1


def test_the_command_names_the_file_and_what_to_do_and_fails(own: Settings) -> None:
    done = hotspots("check", store=own.store)
    assert (done.returncode, "all are sound" in done.stdout) == (0, True)
    flip(own.wards_path, at=100, bit=1)
    assert hotspots("check", store=own.store).returncode == 0
    done = hotspots("check", "--full", store=own.store)
    assert done.returncode == 1
    assert (
        "- wards.parquet does not hold what was stored. Load the wards again "
        "(`hotspots wards FILE`)." in done.stdout
    )
    assert "1 damaged" in done.stdout


def test_a_damaged_file_of_the_newest_import_is_mended_by_taking_the_import_back(
    own: Settings,
) -> None:
    newest = next(each for each in imports(own) if each.undone is None)
    brought = own.incidents_path / store.opened(own).file_uris()[0].split("/incidents/")[1]
    flip(brought, at=200, bit=2)
    (damage,) = check_store(own, full=True).damage
    assert f"`hotspots undo {newest.import_id}`" in damage.remedy
    undo(newest.import_id, settings=own, now=NOW)
    assert len(load(own, wards=three_wards())) == 400


def test_a_store_of_an_earlier_version_is_read_and_sealed_by_the_full_check(own: Settings) -> None:
    for each in files_in(own):
        if each.name.endswith(".sha256"):
            each.unlink()
    checked = check_store(own, full=True)
    assert checked.damage == ()
    assert checked.sealed_now >= 10
    assert check_store(own, full=True).sealed_now == 0
    flip(entry_path(own.incidents_path, 1), at=30, bit=0)
    with pytest.raises(DamagedStoreError):
        store.opened(own)


def test_a_backup_is_refused_where_a_file_is_missing_or_damaged(own: Settings) -> None:
    ops = Operations.open(own)
    to = own.store.parent / "backup.zip"
    for harm in (
        lambda path: path.unlink(),
        lambda path: flip(path, at=path.stat().st_size // 2, bit=4),
    ):
        for path in (next(own.incidents_path.glob("year=2024/part-*")), own.wards_path):
            before = path.read_bytes()
            harm(path)
            with pytest.raises(DamagedBackupError, match=f"No backup was written.*{path.name}"):
                backup(to, settings=own, ops=ops, now=NOW)
            assert not to.exists()
            path.write_bytes(before)
    backup(to, settings=own, ops=ops, now=NOW)
    assert to.exists()
    ops.close()
