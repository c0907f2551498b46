"""Stores of earlier versions, whose migrations branched, on both databases."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from data.access import Person
from data.operations.accounts.tables import SignInRow
from data.operations.accounts.users import accounts
from data.operations.actor import Actor
from data.operations.backup.portable import rows_of, table_names
from data.operations.database import Operations, OperationsUnreachableError, address
from data.operations.taskings.taskings import taskings
from data.operations.upgrade import NewerStoreError, heads
from data.settings import Settings
from tests.made_taskings import NOW, made
from tests.store_cli import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from tests.private_postgres import PrivatePostgres

MIGRATIONS = ROOT / "data" / "operations" / "migrations"
CHAIN = (
    "0001_core",
    "0002_plans",
    "0003_reviews",
    "0004_ward_priorities",
    "0005_performance",
    "0006_nights",
    "0007_users",
)
BRANCHES = CHAIN[1:]
LATER_COLUMNS = (
    "tasking_id INTEGER, plan_id INTEGER, hotspot_id TEXT, rank INTEGER, team TEXT, visits TEXT, "
    "standing BOOLEAN"
)
SCRIPTS = ScriptDirectory(str(MIGRATIONS))


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings of an operations store without a table."""
    store = tmp_path / "var"
    store.mkdir()
    url = None
    if request.param == "postgresql":
        postgres: PrivatePostgres = request.getfixturevalue("postgres")
        url = postgres.database(empty=True)
    return Settings(store=store, operations_url=url, _env_file=None)


@pytest.fixture
def newest(settings: Settings, tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """Settings of a store on the same kind of database that never had branches."""
    url = None
    if settings.operations_url is not None:
        postgres: PrivatePostgres = request.getfixturevalue("postgres")
        url = postgres.database(empty=True)
    return Settings(store=tmp_path / "newest", operations_url=url, _env_file=None)


@pytest.fixture
def branched(tmp_path: Path) -> Config:
    """The migrations as they were in 0.1.0: the same steps, each straight from the first."""
    folder = tmp_path / "branched"
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_bytes((MIGRATIONS / "env.py").read_bytes())
    for name in CHAIN:
        step = (MIGRATIONS / "versions" / f"{name}.py").read_text(encoding="utf-8")
        before = re.sub(
            r'^down_revision = ".*"$', f'down_revision = "{CHAIN[0]}"', step, flags=re.M
        )
        (folder / "versions" / f"{name}.py").write_text(before, encoding="utf-8")
    config = Config()
    config.set_main_option("script_location", str(folder))
    return config


def old_store(settings: Settings, branched: Config, *, to: Sequence[str]) -> Operations:
    """Make a store as an earlier version left it; it is not brought up to date."""
    engine = create_engine(address(settings))
    with engine.begin() as connection:
        branched.attributes["connection"] = connection
        for each in to:
            command.upgrade(branched, each)
    return Operations(engine=engine, timezone=ZoneInfo(settings.timezone))


def old_account(ops: Operations, *, signed_in: int = 0) -> None:
    """Keep an account as version 0.2 does, with sign-ins of which the last has ended."""
    with ops.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO users (version, name, name_key, role, active, password, failed, "
                "made_at) VALUES (1, 'Amina Rahman', 'amina rahman', 'administrator', true, "
                "'c2FsdA==$aGFzaA==', 3, '2026-11-01 09:00:00')"
            )
        )
        for number in range(1, signed_in + 1):
            connection.execute(
                text(
                    "INSERT INTO audit (at, person, role, action, table_name, row_key, subject) "
                    "VALUES ('2026-11-01 09:00:00', 'Amina Rahman', 'panel', 'added', 'sign_ins', "
                    ":key, 'users/1')"
                ),
                {"key": str(number)},
            )
            connection.execute(
                text(
                    "INSERT INTO sign_ins (token, user_id, made_at, expires_at) VALUES (:token, 1, "
                    "'2026-11-01 09:00:00', '2026-11-01 21:00:00')"
                ),
                {"token": f"token {number}"},
            )
        connection.execute(text("DELETE FROM sign_ins WHERE sign_in_id = :n"), {"n": signed_in})


def rows(ops: Operations) -> dict[str, list[bytes]]:
    """Every row of every table that is there; some have other columns later."""
    with ops.engine.connect() as connection:
        later = {"sign_ins", "users", "visits", "ward_releases"}
        there = set(inspect(connection).get_table_names()) - later
        return {name: list(rows_of(connection, name)) for name in table_names() if name in there}


def shape(connection: Connection) -> dict[str, object]:
    """Columns, keys, checks and indexes of every table, by name."""
    found = inspect(connection)
    return {
        name: [
            sorted(re.sub(r" at 0x[0-9a-f]+", "", repr(one)) for one in each(name))
            for each in (
                found.get_columns,
                found.get_foreign_keys,
                found.get_unique_constraints,
                found.get_check_constraints,
                found.get_indexes,
            )
        ]
        for name in found.get_table_names()
    }


def test_the_migrations_are_one_chain_in_the_order_of_their_numbers() -> None:
    chain = [each.revision for each in SCRIPTS.walk_revisions()][::-1]
    assert chain == sorted(path.stem for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert SCRIPTS.get_heads() == [chain[-1]]
    assert tuple(chain[: len(CHAIN)]) == CHAIN


@pytest.mark.parametrize(
    "branches",
    [
        BRANCHES,
        ("0001_core",),
        ("0007_users",),
        ("0005_performance", "0007_users"),
        ("0002_plans", "0004_ward_priorities", "0006_nights"),
        ("0003_reviews",),
    ],
    ids="+".join,
)
def test_a_store_with_branches_becomes_one_with_the_chain_and_loses_nothing(
    settings: Settings,
    branched: Config,
    newest: Settings,
    officer: Person,
    branches: tuple[str, ...],
) -> None:
    ops = old_store(settings, branched, to=branches)
    with ops.engine.connect() as connection:
        assert heads(connection) == tuple(sorted(branches))
    with ops.engine.begin() as connection:  # today's code reads a later table with a tasking
        connection.execute(text(f"CREATE TABLE team_plans ({LATER_COLUMNS})"))
    made(Actor(ops, officer, NOW), status="active")
    with ops.engine.begin() as connection:
        connection.execute(text("DROP TABLE team_plans"))
    if "0007_users" in branches:
        old_account(ops)
    before = rows(ops)
    assert before["taskings"][1:]
    ops.close()

    again = Operations.open(settings)
    after = rows(again)
    assert {name: after[name] for name in before} == before
    assert all(len(after[name]) == 1 for name in set(after) - set(before))  # the heading alone
    assert [each.draft.title for each in taskings(again)] == ["Knives around Brick Lane"]
    assert len(accounts(again)) == ("0007_users" in branches)
    made(Actor(again, officer, NOW), status="completed")  # and it can be worked with
    with again.engine.connect() as connection:
        assert heads(connection) == tuple(SCRIPTS.get_heads())
        upgraded = shape(connection)
    again.close()
    fresh = Operations.open(newest)
    with fresh.engine.connect() as connection:
        assert upgraded == shape(connection)
    fresh.close()


def test_a_store_with_branches_of_a_newer_version_is_refused_and_left_as_it_is(
    settings: Settings, branched: Config
) -> None:
    ops = old_store(settings, branched, to=("0003_reviews", "0007_users"))
    with ops.engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('9999_later')"))
    with pytest.raises(NewerStoreError, match="9999_later"):
        Operations.open(settings)
    with ops.engine.connect() as connection:
        assert heads(connection) == ("0003_reviews", "0007_users", "9999_later")
        assert "patrol_plans" not in inspect(connection).get_table_names()
    ops.close()


def test_a_fault_while_branches_are_joined_leaves_the_store_as_it_was(
    settings: Settings, branched: Config
) -> None:
    ops = old_store(settings, branched, to=("0003_reviews", "0005_performance"))
    with ops.engine.begin() as connection:
        connection.execute(text("CREATE TABLE ward_promises (x INTEGER)"))
    with pytest.raises(OperationsUnreachableError, match="exists"):
        Operations.open(settings)
    with ops.engine.connect() as connection:
        assert heads(connection) == ("0003_reviews", "0005_performance")
        assert "patrol_plans" not in inspect(connection).get_table_names()
    ops.close()


def test_numbers_of_sign_ins_go_on_after_those_that_the_audit_trail_names(
    settings: Settings, branched: Config
) -> None:
    ops = old_store(settings, branched, to=("0007_users",))
    old_account(ops, signed_in=7)
    ops.close()
    again = Operations.open(settings)
    with again.session(Person("Amina Rahman", "administrator"), NOW) as session:
        row = SignInRow(token="new", user_id=1, made_at=NOW, expires_at=NOW, address="192.0.2.1")
        session.add(row)
        session.flush()
        assert row.sign_in_id == 8
    (account,) = accounts(again)
    assert (account.name, account.role, account.active) == ("Amina Rahman", "administrator", True)
    again.close()
