"""Backup and restore of both stores: the same answers, into either database, all or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import inspect, select

from data.access import Person
from data.faults import DiskFullError
from data.incidents.caller_salt import caller_salt
from data.incidents.imports import imports
from data.incidents.store import Store
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import end_sign_in, sign_in
from data.operations.accounts.tables import SignInRow
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.audit.changes import changes
from data.operations.backup import swap
from data.operations.backup.archive import check_backup
from data.operations.backup.backup import BackupPlaceError, backup
from data.operations.backup.contents import MANIFEST, NotABackupError, read_manifest
from data.operations.backup.portable import rows_of, table_names
from data.operations.backup.restore import StoreNotEmptyError, restore
from data.operations.database import Operations
from data.operations.taskings.comments import comment, comments
from data.operations.taskings.history import history
from data.operations.taskings.taskings import tasking, taskings
from data.operations.upgrade import NewerStoreError, heads
from data.operations.visits.visits import NewVisit, log_visit, visits
from data.services.detection import detect
from data.settings import Settings
from models.hotspots.methods import METHODS
from models.tasking.tasking import Finds
from tests.made_taskings import FIXED, made
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.private_postgres import PrivatePostgres

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def worked(ops: Operations, officer: Person) -> int:
    """Fill an operations store with one of each; return the number of the one that is worked."""
    actor = Actor(ops, officer, NOW)
    kept = made(actor, status="active", title="Überfälle – “quoted” \\ 'n'")
    made(actor, status="cancelled")
    made(actor)
    comment(actor, kept.tasking_id, text="Ask the bars\nfirst")
    begins = datetime(2026, 11, 14, 22, 30, 1, 5, tzinfo=UTC)
    ends = datetime(2026, 11, 14, 22, 45, tzinfo=UTC)
    told = NewVisit(kept.tasking_id, "Team of this test", begins, ends, Finds(arrests=2))
    log_visit(actor, told)
    return kept.tasking_id


def everything(ops: Operations) -> dict[str, list[bytes]]:
    with ops.engine.connect() as connection:
        return {name: list(rows_of(connection, name)) for name in table_names()}


def settings_of(folder: Path, *, url: str | None = None) -> Settings:
    return Settings(store=folder, operations_url=url, _env_file=None)


def standing_in(folder: Path) -> list[str]:
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return [name for name in found if not name.endswith(".lock")]


@pytest.fixture
def small_backup(tmp_path: Path, officer: Person) -> Path:
    """A backup of a small store on SQLite: one file next to operations."""
    store = tmp_path / "small"
    ops = Operations.open(settings_of(store))
    worked(ops, officer)
    (store / "caller_salt").write_text("pepper")
    (store / "caller_salt").chmod(0o600)
    (store / "profiles").mkdir()
    (store / "profiles" / "été.toml").write_text("name = 'x'")
    (store / "downloads").mkdir()
    (store / "downloads" / "2024-01.zip").write_text("can be had again")
    path = tmp_path / "small.zip"
    backup(path, settings=settings_of(store), ops=ops, now=NOW, with_salt=True)
    ops.close()
    return path


def test_a_restore_brings_back_no_sign_in_and_gives_no_number_of_one_again(tmp_path: Path) -> None:
    store = tmp_path / "var"
    ops = Operations.open(settings_of(store))
    boss = Actor(ops, Person("Amina Rahman", "administrator"), NOW)
    password = "lantern copper walnut"
    add_account(boss, name=boss.person.name, role="administrator", password=password)
    for _ in range(3):
        token = sign_in(ops, name=boss.person.name, password=password, now=NOW)
        end_sign_in(boss, token_hash(token))
    sign_in(ops, name=boss.person.name, password=password, now=NOW)  # stands when it is backed up
    path = tmp_path / "small.zip"
    backup(path, settings=settings_of(store), ops=ops, now=NOW)
    ops.close()
    after = settings_of(tmp_path / "elsewhere")
    restore(path, settings=after)
    again = Operations.open(after)
    sign_in(again, name=boss.person.name, password=password, now=NOW)
    with again.reading() as session:
        assert session.scalars(select(SignInRow.sign_in_id)).all() == [5]
    again.close()


def test_a_backup_of_the_demo_restored_into_an_empty_folder_answers_the_same(
    demo_settings: Settings, tmp_path: Path, officer: Person
) -> None:
    store = tmp_path / "var"
    shutil.copytree(demo_settings.store, store)
    before = settings_of(store)
    ops = Operations.open(before)
    number = worked(ops, officer)
    caller_salt(before)
    heard: list[float] = []
    path = tmp_path / "both.zip"
    told = backup(path, settings=before, ops=ops, now=NOW, with_salt=True, progress=heard.append)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (heard[-1], told.holds_salt) == (1, True)

    after = settings_of(tmp_path / "elsewhere" / "var")
    assert restore(path, settings=after) == told
    again = Operations.open(after)
    assert everything(again) == everything(ops)
    for read in (taskings, visits):
        assert read(again) == read(ops)  # type: ignore[operator]
    assert comments(again, number) == comments(ops, number)
    assert history(again, number) == history(ops, number)
    with ops.reading() as one, again.reading() as two:
        assert changes(one) == changes(two)

    stores = [Store.open(each) for each in (before, after)]
    assert stores[0].snapshot.version == stores[1].snapshot.version == told.incidents_version
    assert imports(before) == imports(after)
    kde = METHODS["kde"].defaults
    first, second = (detect(each, each.default_filter(), method=kde) for each in stores)
    assert len(first.hotspots.frame) > 0
    assert first.hotspots.frame.equals(second.hotspots.frame)
    assert caller_salt(after) == caller_salt(before)
    assert stat.S_IMODE((after.store / "caller_salt").stat().st_mode) == 0o600
    files = [
        {each for each in standing_in(kept.store) if (kept.store / each).is_file()}
        - {"operations.sqlite", "operations.sqlite-wal", "operations.sqlite-shm"}
        for kept in (before, after)
    ]
    assert files[0] - {"ward_figures.secret"} == files[1]
    assert "wards.parquet" in files[1]
    made(Actor(again, officer, NOW))  # and it can be worked with
    ops.close()
    again.close()


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
def test_rows_go_from_either_database_into_either(
    operations: Operations,
    operations_settings: Settings,
    officer: Person,
    tmp_path: Path,
    to: str,
    postgres: PrivatePostgres,
) -> None:
    worked(operations, officer)
    path = tmp_path / "a.zip"
    backup(path, settings=operations_settings, ops=operations, now=NOW)
    url = postgres.database(empty=True) if to == "postgresql" else None
    after = settings_of(tmp_path / "new", url=url)
    restore(path, settings=after)
    again = Operations.open(after)
    assert everything(again) == everything(operations)
    assert taskings(again) == taskings(operations)
    assert tasking(again, 1).comparison == FIXED.comparison
    fourth = made(Actor(again, officer, NOW))
    assert fourth.tasking_id == 4  # PostgreSQL counts on from what was filled in
    again.close()


def test_every_table_of_the_database_is_in_the_backup(operations: Operations) -> None:
    there = set(inspect(operations.engine).get_table_names())
    # of the database, not of what is in it
    there -= {"alembic_version", "store_identity", "row_digests", "rows_noted"}
    assert there == set(table_names())


def test_a_store_that_holds_something_is_refused_and_replaced_only_when_told(
    small_backup: Path, tmp_path: Path, officer: Person
) -> None:
    target = settings_of(tmp_path / "var")
    ops = Operations.open(target)
    made(Actor(ops, officer, NOW), title="Of the old store")
    ops.close()
    with pytest.raises(StoreNotEmptyError, match="operations database holds rows"):
        restore(small_backup, settings=target)
    (target.store / "wards.parquet").write_text("old")
    with pytest.raises(StoreNotEmptyError, match=r"holds wards\.parquet"):
        restore(small_backup, settings=target)
    before = standing_in(target.store)
    assert "wards.parquet" in before

    restore(small_backup, settings=target, replace=True)
    assert (target.store / "caller_salt").read_text() == "pepper"
    assert (target.store / "profiles" / "été.toml").is_file()
    assert not (target.store / "wards.parquet").exists()
    ops = Operations.open(target)
    assert len(taskings(ops)) == 3
    ops.close()
    assert not [name for name in standing_in(target.store) if name.startswith(".re")]


def test_a_database_that_holds_rows_is_replaced_only_when_told(
    small_backup: Path, tmp_path: Path, officer: Person, postgres: PrivatePostgres
) -> None:
    target = settings_of(tmp_path / "var", url=postgres.database())
    ops = Operations.open(target)
    made(Actor(ops, officer, NOW), title="Of the old store")
    with pytest.raises(StoreNotEmptyError, match="operations database holds rows"):
        restore(small_backup, settings=target)
    assert [each.draft.title for each in taskings(ops)] == ["Of the old store"]
    restore(small_backup, settings=target, replace=True)
    assert len(taskings(ops)) == 3
    ops.close()


def test_an_operations_store_that_was_only_opened_is_empty(
    small_backup: Path, tmp_path: Path
) -> None:
    target = settings_of(tmp_path / "var")
    Operations.open(target).close()
    restore(small_backup, settings=target)
    ops = Operations.open(target)
    assert len(taskings(ops)) == 3
    ops.close()


def rewritten(path: Path, *, change: Callable[[str, bytes], list[tuple[str, bytes]]]) -> Path:
    """Write the archive again, each member as the function says."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            for written, content in change(name, old.read(name)):
                new.writestr(written, content)
    return other


def with_manifest(change: Callable[[dict[str, Any]], None]) -> Callable[[str, bytes], Any]:
    def changed(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if name == MANIFEST:
            said = json.loads(content)
            change(said)
            content = json.dumps(said).encode()
        return [(name, content)]

    return changed


def renamed(to: str) -> Callable[[str, bytes], Any]:
    """Rename the salt, in the manifest as well: an archive that was made to do harm."""

    def change(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if name == "store/caller_salt":
            return [(to, content)]
        if name == MANIFEST:
            return [(name, content.replace(b"store/caller_salt", json.dumps(to).encode()[1:-1]))]
        return [(name, content)]

    return change


def flipped(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [(name, b"salted" if name == "store/caller_salt" else content)]


def longer(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [(name, content * 3 if name == "store/caller_salt" else content)]


def without(what: str) -> Callable[[str, bytes], Any]:
    return lambda name, content: [] if name == what else [(name, content)]


def one_more(name: str, content: bytes) -> list[tuple[str, bytes]]:
    extra = [("store/evil.sh", b"x")] if name == MANIFEST else []
    return [(name, content), *extra]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (flipped, "caller_salt was changed"),
        (longer, "caller_salt was changed"),
        (without("store/caller_salt"), "not those of its manifest"),
        (without(MANIFEST), "no manifest"),
        (one_more, "not those of its manifest"),
        (renamed("../evil"), "names the place"),
        (renamed("store/../../evil"), "names the place"),
        (renamed("/etc/evil"), "names the place"),
        (renamed("store/..\\..\\evil"), "names the place"),
        (renamed("store//evil"), "names the place"),
        (renamed("store/"), "names the place"),
        (with_manifest(lambda said: said.update(format=9)), "format is 9"),
        (with_manifest(lambda said: said.pop("members")), "cannot be read"),
        (with_manifest(lambda said: said["rows"].pop()), "tables are not those"),
        (with_manifest(lambda said: said["rows"][0].__setitem__(1, 77)), "rows of 77"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_backup_that_was_changed_is_refused_and_leaves_nothing(
    small_backup: Path,
    tmp_path: Path,
    change: Callable[[str, bytes], list[tuple[str, bytes]]],
    found: str,
) -> None:
    target = tmp_path / "in" / "var"
    bad = rewritten(small_backup, change=change)
    with pytest.raises(NotABackupError, match=found):
        restore(bad, settings=settings_of(target))
    assert not target.exists()
    assert standing_in(tmp_path / "in") == []
    assert not (tmp_path / "evil").exists()


def test_a_backup_that_is_cut_short_or_none_is_refused(small_backup: Path, tmp_path: Path) -> None:
    whole = small_backup.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"hello"):
        small_backup.write_bytes(content)
        with pytest.raises(NotABackupError, match="cut short or no backup"):
            restore(small_backup, settings=settings_of(tmp_path / "var"))
    with pytest.raises(NotABackupError, match="no such file"):
        check_backup(tmp_path / "nothing.zip")


def test_a_backup_of_a_newer_version_is_refused(small_backup: Path, tmp_path: Path) -> None:
    newer = rewritten(
        small_backup, change=with_manifest(lambda said: said.update(migrations=["9999_later"]))
    )
    with pytest.raises(NewerStoreError, match="9999_later"):
        restore(newer, settings=settings_of(tmp_path / "var"))
    assert not (tmp_path / "var").exists()


def failing_once(at: int) -> Callable[[Path, Path], None]:
    """Move as always, but for one move that finds the disk full."""
    moves, move = count(1), swap.move

    def fail_once(source: Path, to: Path) -> None:
        if next(moves) == at:
            raise OSError(28, "No space left on device")
        move(source, to)

    return fail_once


@pytest.mark.parametrize("at", [1, 3, 5])
def test_an_error_while_the_files_change_places_puts_the_old_ones_back(
    small_backup: Path,
    tmp_path: Path,
    officer: Person,
    monkeypatch: pytest.MonkeyPatch,
    at: int,
    request: pytest.FixtureRequest,
) -> None:
    postgres: PrivatePostgres = request.getfixturevalue("postgres")
    for number, url in enumerate((None, postgres.database())):
        target = settings_of(tmp_path / f"var{number}", url=url)
        ops = Operations.open(target)
        made(Actor(ops, officer, NOW), title="Of the old store")
        (target.store / "bases").mkdir(parents=True)
        (target.store / "wards.parquet").write_text("old")
        (target.store / "bases" / "x.parquet").write_text("old")
        (target.store / "severity.csv").write_text("old")
        before = everything(ops)
        ops.close()
        files = [each for each in standing_in(target.store) if "sqlite" not in each]
        monkeypatch.setattr(swap, "move", failing_once(at))
        with pytest.raises(DiskFullError, match="the disk is full"):
            restore(small_backup, settings=target, replace=True)
        monkeypatch.undo()
        ops = Operations.open(target)
        assert everything(ops) == before
        ops.close()
        assert [each for each in standing_in(target.store) if "sqlite" not in each] == files
        assert (target.store / "wards.parquet").read_text() == "old"


CORE = {"taskings", "tasking_wards", "comments", "visits", "audit"}
VISITS = "operations/visits.jsonl"
LATE = {"interventions", "reviews", "users", "sign_ins"}
BRANCHES = (
    "0002_plans",
    "0003_reviews",
    "0004_ward_priorities",
    "0005_performance",
    "0006_nights",
    "0007_users",
)


def before_keys(visits: bytes) -> bytes:
    """The rows of visits as a backup held them before they had the keys of phones."""
    head, *rows = (json.loads(line) for line in visits.splitlines())
    keys = [place for place, name in enumerate(head["columns"]) if name.endswith("_key")]
    assert len(keys) == 2
    head["columns"] = {name: kind for name, kind in head["columns"].items() if "_key" not in name}
    kept = [[value for place, value in enumerate(row) if place not in keys] for row in rows]
    return b"".join(json.dumps(each).encode() + b"\n" for each in (head, *kept))


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
@pytest.mark.parametrize(
    ("migrations", "tables"),
    [
        (("0001_core",), CORE),
        (("0003_reviews", "0007_users"), CORE | LATE),
        (("0007_users",), CORE | {"users", "sign_ins"}),
        (BRANCHES, set(table_names())),
    ],
    ids=["core", "two branches", "one branch", "all branches"],
)
def test_an_older_backup_is_brought_up_to_date(
    small_backup: Path,
    tmp_path: Path,
    postgres: PrivatePostgres,
    to: str,
    migrations: tuple[str, ...],
    tables: set[str],
) -> None:
    """One made when these tables were all there was, or before the migrations were one chain."""

    with zipfile.ZipFile(small_backup) as archive:
        visits = before_keys(archive.read(VISITS))
    digest = hashlib.sha256(visits).hexdigest()

    def aged(name: str, content: bytes) -> list[tuple[str, bytes]]:
        if name == VISITS:
            return [(name, visits)]
        if name == MANIFEST:
            told = read_manifest(content, name=name)
            old = replace(
                told,
                migrations=migrations,
                rows=tuple(each for each in told.rows if each[0] in tables),
                members=tuple(
                    replace(each, size=len(visits), sha256=digest) if each.name == VISITS else each
                    for each in told.members
                    if was_there(each.name)
                ),
            )
            return [(name, old.to_json())]
        return [(name, content)] if was_there(name) else []

    def was_there(name: str) -> bool:
        table = name.removeprefix("operations/").removesuffix(".jsonl")
        return not name.startswith("operations/") or table in tables

    url = postgres.database(empty=True) if to == "postgresql" else None
    target = settings_of(tmp_path / "var", url=url)
    restore(rewritten(small_backup, change=aged), settings=target)
    ops = Operations.open(target)
    assert len(taskings(ops)) == 3
    assert set(everything(ops)) == set(table_names())
    with ops.engine.connect() as connection:
        assert len(heads(connection)) == 1
    ops.close()


def test_downloads_are_left_out_and_left_alone(small_backup: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(small_backup) as archive:
        assert not [name for name in archive.namelist() if "downloads" in name]
    target = settings_of(tmp_path / "var")
    (target.store / "downloads").mkdir(parents=True)
    (target.store / "downloads" / "x").write_text("kept")
    restore(small_backup, settings=target)
    assert (target.store / "downloads" / "x").read_text() == "kept"


def test_a_backup_is_not_written_over_a_file_nor_into_the_store(
    sqlite_operations: Operations, tmp_path: Path
) -> None:
    chosen = settings_of(tmp_path / "var")
    there = tmp_path / "there.zip"
    there.write_text("mine")
    for path in (there, chosen.store / "a.zip", tmp_path / "no" / "a.zip"):
        with pytest.raises(BackupPlaceError):
            backup(path, settings=chosen, ops=sqlite_operations, now=NOW)
    assert there.read_text() == "mine"


def test_the_command_line_backs_up_checks_and_restores(tmp_path: Path, small_backup: Path) -> None:
    store = tmp_path / "small"
    made_by_hand = tmp_path / "cli.zip"
    done = hotspots("backup", made_by_hand, "--with-caller-salt", store=store)
    assert done.returncode == 0, done.stderr
    assert "no incidents" in done.stdout
    assert "(3 taskings)" in done.stdout
    assert "keep it as safe as the store" in done.stdout
    checked = hotspots("restore", made_by_hand, "--check", store=store)
    assert "every checksum is right" in checked.stdout
    new = tmp_path / "fresh" / "var"
    new.parent.mkdir()
    restored = hotspots("restore", made_by_hand, store=new)
    assert (restored.returncode, restored.stdout.splitlines()[-1]) == (0, "Restored.")
    assert (new / "caller_salt").read_text() == "pepper"
