"""A restore that is killed at any moment leaves the old store or the new one, and never neither."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from data.access import Person
from data.interrupted import JOURNAL, HalfRestoredError
from data.locks import APP_LOCK, StoreLockedError, locked
from data.operations.accounts.users import accounts, accounts_exist, add_account
from data.operations.actor import Actor
from data.operations.backup.backup import backup
from data.operations.backup.restore import AccountsWouldEndError, StoreNotEmptyError, restore
from data.operations.database import Operations
from data.operations.identity import AccountsMarker, LostAccountsError, stored_identity
from data.operations.settling import settle
from data.settings import Settings
from tests.moment import NOW
from tests.store.killed import KILLED, killed_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.private_postgres import PrivatePostgres

PASSWORD = "lantern copper walnut"
STEPS = 60  # more than the change of places has

ADMINISTRATOR = Person("this computer", "administrator")


def settings_of(folder: Path, *, url: str | None = None) -> Settings:
    return Settings(store=folder, operations_url=url, _env_file=None)


def filled(settings: Settings, name: str) -> None:
    """Give a store an account and files that say whose it is."""
    ops = Operations.open(settings)
    actor = Actor(ops, ADMINISTRATOR, NOW)
    add_account(actor, name=name, role="administrator", password=PASSWORD)
    ops.close()
    (settings.store / "profiles").mkdir()
    for path in ("severity.csv", "profiles/a.toml"):
        (settings.store / path).write_text(name)
    (settings.store / f"only-{name}.csv").write_text(name)


def state(settings: Settings) -> str:
    """Whose the store is, if all of it is one person's."""
    ops = Operations.open(settings)
    assert accounts_exist(ops)
    names = {each.name for each in accounts(ops)}
    with ops.engine.connect() as connection:
        identity = stored_identity(connection)
    ops.close()
    said = AccountsMarker(settings.accounts_marker_path).read()
    assert said is not None
    assert said.identity == identity
    names |= {
        (settings.store / path).read_text()
        for path in ("severity.csv", "profiles/a.toml")
        if (settings.store / path).exists()
    }
    names |= {path.read_text() for path in settings.store.glob("only-*.csv")}
    (name,) = names
    return name


@pytest.fixture
def new_backup(tmp_path: Path) -> Path:
    store = settings_of(tmp_path / "source")
    filled(store, "new")
    ops = Operations.open(store)
    path = tmp_path / "new.zip"
    backup(path, settings=store, ops=ops, now=NOW)
    ops.close()
    return path


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_restore_killed_at_any_step_leaves_one_store_and_can_be_done_again(
    new_backup: Path, tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    template, jobs = settings_of(tmp_path / "template"), {}
    if database == "sqlite":
        filled(template, "old")
    for at in range(1, STEPS, 1 if database == "sqlite" else 8):
        jobs[at] = settings_of(tmp_path / f"var{at}")
        if database == "sqlite":
            shutil.copytree(template.store, jobs[at].store)
        else:
            server: PrivatePostgres = request.getfixturevalue("postgres")
            jobs[at] = settings_of(tmp_path / f"var{at}", url=server.database())
            filled(jobs[at], "old")
    ended = killed_at("restore", jobs, file=new_backup, once=JOURNAL)
    assert set(ended.values()) == {0, KILLED}  # so that every step was tried
    for at, target in jobs.items():
        if ended[at] == KILLED:
            with pytest.raises(HalfRestoredError):
                Operations.open(target)
            assert "restore" in settle(target)[0]
        found = state(target)
        assert found == ("new" if ended[at] == 0 else found)
        assert not [*target.store.glob(".re*")]
    restore(new_backup, settings=jobs[min(jobs)], replace=True)
    assert state(jobs[min(jobs)]) == "new"


def test_a_restore_killed_before_files_change_places_has_changed_nothing(
    new_backup: Path, tmp_path: Path
) -> None:
    jobs = {at: settings_of(tmp_path / f"var{at}") for at in (1, 10, 20)}
    for each in jobs.values():
        filled(each, "old")
    assert set(killed_at("restore", jobs, file=new_backup).values()) == {KILLED}
    for each in jobs.values():
        assert state(each) == "old"
        assert (each.store / ".restoring").is_dir()
        assert "before it changed anything" in settle(each)[0]
        assert state(each) == "old"
        assert not [*each.store.glob(".re*")]


def test_two_restores_at_once_are_one_after_the_other(new_backup: Path, tmp_path: Path) -> None:
    target = settings_of(tmp_path / "var")
    filled(target, "old")
    with ThreadPoolExecutor(3) as threads:
        done = [threads.submit(restore, new_backup, settings=target, replace=True) for _ in "123"]
        summaries = {each.result().summary for each in done}
    assert len(summaries) == 1
    assert state(target) == "new"


def go_on(store: Path) -> None:
    with locked(store, "importing incidents", shared=True, wait_s=0):
        pass


def test_whoever_waits_too_long_for_a_restore_is_told_what_holds_the_store(tmp_path: Path) -> None:
    with (
        locked(tmp_path, "restoring a backup"),
        ThreadPoolExecutor(1) as thread,
        pytest.raises(StoreLockedError) as refused,
    ):
        thread.submit(go_on, tmp_path).result()
    said = str(refused.value)
    assert "Not done: importing incidents" in said
    assert f"restoring a backup (process {os.getpid()})" in said
    go_on(tmp_path)


def test_a_restore_into_a_database_file_elsewhere_goes_on_after_a_kill(
    new_backup: Path, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/elsewhere/tasks.sqlite"
    (tmp_path / "elsewhere").mkdir()
    target = settings_of(tmp_path / "var", url=url)
    filled(target, "old")
    assert killed_at("restore", {15: target}, file=new_backup, once=JOURNAL) == {15: KILLED}
    settle(target)
    assert state(target) == "old"
    (tmp_path / "elsewhere" / ".restoring").mkdir()  # of one that was killed while it unpacked
    (tmp_path / "elsewhere" / ".restoring" / "tasks.sqlite").touch()
    restore(new_backup, settings=target, replace=True)
    assert state(target) == "new"
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["tasks.sqlite"]


def test_a_restore_is_refused_while_the_app_runs_on_the_store(
    new_backup: Path, tmp_path: Path
) -> None:
    """It would go on with the database that was moved away, and what people save would be lost."""
    target = settings_of(tmp_path / "var")
    filled(target, "old")
    with (
        locked(target.store, "the app", shared=True, name=APP_LOCK),
        ThreadPoolExecutor(1) as thread,
        pytest.raises(StoreLockedError, match=r"in use by the app \(process"),
    ):
        thread.submit(restore, new_backup, settings=target, replace=True).result()
    assert state(target) == "old"


def test_a_restored_store_has_an_identity_of_its_own(new_backup: Path, tmp_path: Path) -> None:
    """So the operations of one copy are not taken for those of another."""
    copies = [settings_of(tmp_path / name) for name in ("one", "two")]
    for each in copies:
        restore(new_backup, settings=each)
        assert state(each) == "new"
    shutil.copy(copies[0].operations_path, copies[1].operations_path)
    with pytest.raises(LostAccountsError, match="another one"):
        Operations.open(copies[1])


def test_a_backup_without_accounts_ends_those_of_a_store_only_when_told(tmp_path: Path) -> None:
    empty = settings_of(tmp_path / "empty")
    ops = Operations.open(empty)
    path = tmp_path / "empty.zip"
    backup(path, settings=empty, ops=ops, now=NOW)
    ops.close()
    target = settings_of(tmp_path / "var")
    filled(target, "old")
    target.accounts_marker_path.unlink()  # the database alone says so, too
    with pytest.raises(AccountsWouldEndError, match="would be an administrator"):
        restore(path, settings=target, replace=True)
    assert state(target) == "old"
    with pytest.raises(AccountsWouldEndError):
        restore(path, settings=target, replace=True)
    restore(path, settings=target, replace=True, without_accounts=True)
    ops = Operations.open(target)
    assert not accounts_exist(ops)
    ops.close()


def test_a_store_that_an_earlier_versions_restore_left_in_pieces_is_refused(
    new_backup: Path, tmp_path: Path
) -> None:
    """It was killed after it had moved the database away, and before it brought the new one."""
    target = settings_of(tmp_path / "var")
    (target.store / ".replaced-ab12").mkdir(parents=True)
    with pytest.raises(HalfRestoredError, match="move that back by hand"):
        Operations.open(target)
    with pytest.raises(StoreNotEmptyError, match="an earlier restore was killed"):
        restore(new_backup, settings=target)
    restore(new_backup, settings=target, replace=True)
    assert state(target) == "new"
    assert not [*target.store.glob(".re*")]
