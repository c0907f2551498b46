"""The operations store itself: its tables, its address, its upgrades, on both databases."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import create_engine, event, text

from data.faults import DamagedError
from data.operations.actor import Actor
from data.operations.database import (
    Operations,
    OperationsAddressError,
    OperationsBusyError,
    OperationsUnreachableError,
    address,
)
from data.operations.row_digests.schema import DIGESTS, NOTED
from data.operations.tables import TaskingRow, all_tables
from data.operations.taskings.taskings import tasking, taskings
from data.operations.upgrade import NewerStoreError
from data.settings import Settings
from tests.forked import all_at_once
from tests.made_taskings import NOW, made
from tests.store.children import open_operations

if TYPE_CHECKING:
    from pathlib import Path

    from data.access import Person
    from tests.private_postgres import PrivatePostgres


def test_the_migrations_make_exactly_the_tables_that_the_code_knows(
    operations: Operations,
) -> None:
    with operations.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, _kind, _of: name not in (DIGESTS, NOTED),
            },
        )
        assert compare_metadata(context, all_tables()) == []


def test_opening_again_changes_nothing(
    operations: Operations, operations_settings: Settings
) -> None:
    with operations.engine.connect() as connection:
        before = sorted(MigrationContext.configure(connection).get_current_heads())
    again = Operations.open(operations_settings)
    with again.engine.connect() as connection:
        after = sorted(MigrationContext.configure(connection).get_current_heads())
    again.close()
    assert before == after
    assert before


def test_the_file_is_made_in_the_store_with_its_log_and_its_keys_on(tmp_path: Path) -> None:
    chosen = Settings(store=tmp_path / "new" / "var", operations_url=None, _env_file=None)
    ops = Operations.open(chosen)
    with ops.engine.connect() as connection:
        said = [
            connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    ops.close()
    assert said == ["wal", 1, 15_000]
    assert (tmp_path / "new" / "var" / "operations.sqlite").is_file()


def test_processes_that_open_a_new_store_at_once_all_succeed(
    operations_settings: Settings, request: pytest.FixtureRequest
) -> None:
    chosen = operations_settings
    if chosen.operations_url is not None:
        postgres: PrivatePostgres = request.getfixturevalue("postgres")
        empty = SecretStr(postgres.database(empty=True))
        chosen = chosen.model_copy(update={"operations_url": empty})
    assert all_at_once(open_operations, (chosen,), (chosen,)) == [("opened", 0)] * 2


def test_a_store_of_a_newer_version_is_refused_and_left_as_it_is(
    operations: Operations, operations_settings: Settings
) -> None:
    with operations.engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999_later')"))
    with pytest.raises(NewerStoreError, match="9999_later"):
        Operations.open(operations_settings)


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "operations.sqlite").write_text("Dear all, " * 2_000)
    chosen = Settings(store=tmp_path, operations_url=None, _env_file=None)
    with pytest.raises(DamagedError, match="not a database"):
        Operations.open(chosen)


def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://council:tops3cret@127.0.0.1:1/tasking"
    chosen = Settings(store=tmp_path, operations_url=url, _env_file=None)
    with pytest.raises(OperationsUnreachableError, match=r"127\.0\.0\.1:1/tasking") as told:
        Operations.open(chosen)
    assert "tops3cret" not in str(told.value)
    assert "tops3cret" not in repr(chosen)


@pytest.mark.parametrize("url", ["nonsense", "mysql://a@b/c", "postgresql+asyncpg://a@b/c"])
def test_an_address_that_cannot_be_used_is_refused(tmp_path: Path, url: str) -> None:
    chosen = Settings(store=tmp_path, operations_url=url, _env_file=None)
    with pytest.raises(OperationsAddressError):
        Operations.open(chosen)


def test_postgresql_addresses_are_opened_by_psycopg(tmp_path: Path) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        url = f"{scheme}://council@db/tasking"
        chosen = Settings(store=tmp_path, operations_url=url, _env_file=None)
        assert address(chosen).drivername == "postgresql+psycopg"


def test_a_broken_upgrade_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "operations.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE visits (x)")  # the first step will meet it half-way
    connection.close()
    chosen = Settings(store=tmp_path, operations_url=None, _env_file=None)
    with pytest.raises(OperationsUnreachableError, match="already exists"):
        Operations.open(chosen)
    with sqlite3.connect(path) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master")]
    connection.close()
    assert names == ["visits"]


def test_a_change_that_finds_the_store_locked_says_so_and_keeps_nothing(
    actor: Actor, operations: Operations, operations_settings: Settings, officer: Person
) -> None:
    kept = made(actor)
    sqlite = operations.engine.dialect.name == "sqlite"
    elsewhere = Operations.open(operations_settings)
    impatient = "PRAGMA busy_timeout = 50" if sqlite else "SET SESSION lock_timeout = '50ms'"
    event.listen(
        elsewhere.engine,
        "checkout",
        lambda raw, *_: raw.cursor().execute(impatient).close(),
    )
    with operations.session(officer, NOW) as session:
        session.get_one(TaskingRow, kept.tasking_id).near = "Elsewhere"
        session.flush()
        with pytest.raises(OperationsBusyError, match="Try again"):
            change_too(elsewhere, officer)
    elsewhere.close()
    assert tasking(operations, kept.tasking_id).draft.near == "Elsewhere"


def change_too(ops: Operations, officer: Person) -> None:
    with ops.session(officer, NOW) as session:
        session.get_one(TaskingRow, 1).near = "Somewhere else"


def test_a_database_that_goes_away_is_said_to_be_gone(
    actor: Actor, operations: Operations, operations_settings: Settings, officer: Person
) -> None:
    made(actor)
    operations.close()
    path = operations_settings.operations_path
    if operations.engine.dialect.name == "sqlite":
        path.unlink()
        path.mkdir()
        gone = operations
    else:
        url = operations.engine.url.set(query={"host": "/nowhere"})
        gone = replace(operations, engine=create_engine(url))
    with pytest.raises(OperationsUnreachableError):
        taskings(gone)
    with pytest.raises(OperationsUnreachableError):
        made(Actor(gone, officer, NOW))
    gone.close()
