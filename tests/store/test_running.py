"""What a server team runs: the rota of backups, the restore drill, figures, secrets as files."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from data.access import Person
from data.incidents.source_counts import SourceCount
from data.incidents.table import opened
from data.incidents.table import rows as rows_of_table
from data.operations.accounts.counts import AccountCounts
from data.operations.accounts.sign_ins import sign_in
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.backup.contents import NotABackupError
from data.operations.backup.portable import rows_of
from data.operations.backup.rota import KEPT_AT_LEAST, backup_into, entries
from data.operations.database import Operations
from data.services.drill import drill
from data.services.status import Status, metrics, status
from data.settings import SecretsFolderError, Settings
from tests.made_taskings import made
from tests.moment import NOW
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from tests.private_postgres import PrivatePostgres

PASSWORD: Final = "lantern copper walnut"
ADMINISTRATOR: Final = Person("Amina Khan", "administrator")


@pytest.fixture(scope="module")
def own_demo(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demo in a folder of this module's own: each backup is recorded in its access log."""
    store = tmp_path_factory.mktemp("demo") / "store"
    shutil.copytree(demo_settings.store, store)
    return Settings(store=store, operations_url=None, _env_file=None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made_folder = tmp_path / "backups"
    made_folder.mkdir()
    return made_folder


def run_at(moment: datetime, *, ops: Operations, store: Path, folder: Path) -> tuple[str, ...]:
    """Run the rota and return the names of what it removed."""
    run = backup_into(
        folder,
        settings=Settings(store=store, operations_url=None, _env_file=None),
        ops=ops,
        now=moment,
        keep_days=35,
    )
    return tuple(path.name for path in run.removed)


def test_a_rota_keeps_five_weeks_and_removes_what_is_older(
    sqlite_operations: Operations, tmp_path: Path, folder: Path
) -> None:
    for day in range(8):
        moment = NOW + timedelta(days=day)
        removed = run_at(moment, ops=sqlite_operations, store=tmp_path / "var", folder=folder)
        assert removed == ()
    (folder / "hotspots.zip").write_bytes(b"another file")
    later = NOW + timedelta(days=36)
    removed = run_at(later, ops=sqlite_operations, store=tmp_path / "var", folder=folder)
    assert sorted(removed) == ["hotspots-20261121T090000Z.zip"]
    assert [each.made_at for each in entries(folder)] == [
        later,
        *(NOW + timedelta(days=day) for day in range(7, 0, -1)),
    ]
    assert (folder / "hotspots.zip").read_bytes() == b"another file"


def test_a_clock_that_runs_years_ahead_leaves_the_newest_backups(
    sqlite_operations: Operations, tmp_path: Path, folder: Path
) -> None:
    for day in range(9):
        moment = NOW + timedelta(days=day)
        run_at(moment, ops=sqlite_operations, store=tmp_path / "var", folder=folder)
    ahead = NOW + timedelta(days=3650)
    run_at(ahead, ops=sqlite_operations, store=tmp_path / "var", folder=folder)
    assert KEPT_AT_LEAST == 7
    assert len(entries(folder)) == 7


def access_log(settings: Settings) -> list[str]:
    """Return the access log's rows, the oldest first."""
    ops = Operations.open(settings)
    with ops.engine.connect() as connection:
        rows = [line.decode() for line in rows_of(connection, "access_log")][1:]
    ops.close()
    return rows


def test_the_command_writes_a_backup_that_the_drill_restores_with_the_same_figures(
    own_demo: Settings, folder: Path
) -> None:
    before = access_log(own_demo)
    done = hotspots("rota", folder, "--keep-days", "14", store=own_demo.store)
    assert done.returncode == 0, done.stderr
    assert "every checksum is right" in done.stdout
    after = access_log(own_demo)
    assert after[: len(before)] == before
    assert ["rota" in row for row in after[len(before) :]] == [True]
    (entry,) = entries(folder)
    assert entry.path.name.startswith("hotspots-20261121T")
    assert entry.path.stat().st_mode & 0o777 == 0o600

    drilled = drill(entry.path, settings=own_demo)
    assert drilled.faults == ()
    assert drilled.restored is not None
    assert drilled.restored == drilled.in_use
    table = opened(own_demo)
    assert drilled.manifest.incidents_version == table.version()
    expected = sum(each.incidents for each in drilled.restored.sources)
    assert expected == rows_of_table(table)
    rows = dict(drilled.rows)
    assert rows["taskings"] > 0
    assert rows == dict(drilled.manifest.rows)

    said = hotspots("drill", entry.path, store=own_demo.store)
    assert said.returncode == 0, said.stderr
    assert "The figures are those of the store." in said.stdout


def test_a_drill_sees_a_store_that_differs_from_its_backup(
    own_demo: Settings, folder: Path
) -> None:
    hotspots("rota", folder, store=own_demo.store)
    (entry,) = entries(folder)
    drilled = drill(entry.path, settings=own_demo)
    assert drilled.in_use is not None
    first, *others = drilled.in_use.sources
    changed = SourceCount(first.source, first.incidents, first.newest, first.content + 1)
    other = replace(drilled, in_use=replace(drilled.in_use, sources=(changed, *others)))
    assert len(other.faults) == 1
    fewer = replace(drilled, rows=tuple((name, count + 1) for name, count in drilled.rows[:1]))
    assert len(fewer.faults) == 1


def test_a_drill_refuses_a_file_with_a_flipped_bit(own_demo: Settings, folder: Path) -> None:
    hotspots("rota", folder, store=own_demo.store)
    (entry,) = entries(folder)
    content = bytearray(entry.path.read_bytes())
    content[len(content) // 2] ^= 1
    entry.path.write_bytes(content)
    with pytest.raises(NotABackupError):
        drill(entry.path, settings=own_demo)


def test_a_backup_of_postgresql_is_drilled_without_touching_the_database(
    postgres: PrivatePostgres, tmp_path: Path, folder: Path
) -> None:
    settings = Settings(store=tmp_path / "var", operations_url=postgres.database(), _env_file=None)
    settings.store.mkdir()
    ops = Operations.open(settings)
    made(Actor(ops, Person("Amina Khan", "officer"), NOW))
    run = backup_into(folder, settings=settings, ops=ops, now=NOW, keep_days=35)
    made(Actor(ops, Person("Amina Khan", "officer"), NOW))
    drilled = drill(run.path, settings=settings)
    assert drilled.faults == ()
    assert dict(drilled.rows)["taskings"] == 1
    again = backup_into(
        folder, settings=settings, ops=ops, now=NOW + timedelta(days=1), keep_days=35
    )
    assert dict(again.manifest.rows)["taskings"] == 2
    ops.close()


def test_the_status_counts_accounts_and_open_sign_ins_on_both_databases(
    operations: Operations, operations_settings: Settings
) -> None:
    actor = Actor(operations, ADMINISTRATOR, NOW)
    add_account(actor, name="Amina Khan", role="administrator", password=PASSWORD)
    add_account(actor, name="Ward Panel East", role="panel", password=PASSWORD)
    sign_in(operations, name="Amina Khan", password=PASSWORD, now=NOW)
    soon = status(operations_settings, now=NOW + timedelta(hours=1))
    assert soon.accounts == AccountCounts(accounts=2, sign_ins=1)
    assert soon.problems == ()
    tomorrow = status(operations_settings, now=NOW + timedelta(days=1))
    assert tomorrow.accounts == AccountCounts(accounts=2, sign_ins=0)


def test_a_database_that_does_not_answer_is_a_problem_and_the_rest_is_still_told(
    demo_settings: Settings, tmp_path: Path
) -> None:
    nowhere = f"postgresql://hotspots@/none?host={tmp_path}"
    done = hotspots(
        "status",
        "--json",
        store=demo_settings.store,
        environment={"HOTSPOT_OPERATIONS_URL": nowhere},
    )
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["accounts"] is None
    assert len(told["problems"]) == 1
    assert told["table_version"] == opened(demo_settings).version()
    assert len(told["sources"]) == len({each["source"] for each in told["sources"]}) > 1


def test_metrics_are_lines_that_a_collector_reads_and_name_nobody(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    figures = Status(
        taken_at=NOW,
        table_readable=True,
        table_version=12,
        sources=(SourceCount('a "quoted\\" name\n', 7, moment, 1),),
        imports=3,
        last_import=moment,
        accounts=AccountCounts(4, 2),
        free_bytes=5_000_000_000,
        last_backup=None,
        problems=(),
    )
    lines = metrics(figures).splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        "hotspots_database_reachable 1",
        "hotspots_table_readable 1",
        "hotspots_table_version 12",
        "hotspots_imports 3",
        "hotspots_last_import_timestamp_seconds 1795143600",
        "hotspots_accounts 4",
        "hotspots_open_sign_ins 2",
        "hotspots_store_free_bytes 5000000000",
        "hotspots_status_timestamp_seconds 1795251600",
        'hotspots_incidents{source="a \\"quoted\\\\\\" name\\n"} 7',
        'hotspots_newest_incident_timestamp_seconds{source="a \\"quoted\\\\\\" name\\n"} '
        "1795143600",
    ]
    for line in lines:
        if line.startswith("# TYPE"):
            assert line.endswith(" gauge")


def test_the_metrics_file_is_replaced_whole_and_says_when_the_last_backup_was_made(
    demo_settings: Settings, tmp_path: Path, folder: Path
) -> None:
    (folder / "hotspots-20261120T031500Z.zip").touch()
    written = tmp_path / "hotspots.prom"
    written.write_text("old", encoding="utf-8")
    options = ("--metrics", written, "--backups", folder)
    done = hotspots("status", *options, store=demo_settings.store)
    assert done.returncode == 0, done.stderr
    lines = written.read_text(encoding="utf-8").splitlines()
    assert "hotspots_last_backup_timestamp_seconds 1795144500" in lines
    assert written.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.glob(".*.part")] == []


def test_the_status_in_words_says_what_each_source_has(demo_settings: Settings) -> None:
    done = hotspots("status", store=demo_settings.store)
    assert done.returncode == 0, done.stderr
    assert "Database: answers; 0 accounts, 0 open sign-ins." in done.stdout
    assert "incidents, the newest of 2" in done.stdout


def test_a_damaged_table_is_a_problem_of_the_status(tmp_path: Path) -> None:
    log = tmp_path / "var" / "incidents" / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text("{not json", encoding="utf-8")
    done = hotspots("status", "--json", store=tmp_path / "var")
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert told["table_readable"] is False
    assert len(told["problems"]) == 1


def test_secrets_are_read_from_files_and_the_environment_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hotspot_operations_url").write_text("postgresql:///one\n", encoding="utf-8")
    secret = "a secret of sixteen letters and more"
    (tmp_path / "hotspot_caller_salt").write_text(f"{secret}\n", encoding="utf-8")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    monkeypatch.delenv("HOTSPOT_OPERATIONS_URL", raising=False)
    monkeypatch.delenv("HOTSPOT_CALLER_SALT", raising=False)
    read = Settings(store=tmp_path / "var", _env_file=None)
    assert read.operations_url is not None
    assert read.operations_url.get_secret_value() == "postgresql:///one"
    assert read.caller_salt is not None
    assert read.caller_salt.get_secret_value() == secret
    assert secret not in repr(read)
    monkeypatch.setenv("HOTSPOT_OPERATIONS_URL", "postgresql:///two")
    again = Settings(_env_file=None)
    assert again.operations_url is not None
    assert again.operations_url.get_secret_value() == "postgresql:///two"


def test_a_folder_of_secrets_that_is_not_there_opens_no_other_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "none"))
    with pytest.raises(SecretsFolderError, match="no folder of secrets"):
        Settings(_env_file=None)
    done = hotspots("status", store=tmp_path / "var")
    assert done.returncode == 1
    assert "no folder of secrets" in done.stderr
    assert not (tmp_path / "var").exists()
