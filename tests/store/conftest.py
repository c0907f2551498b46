"""The operations store, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

import pytest

from data.access import Person
from data.operations.actor import Actor
from data.operations.database import Operations
from data.settings import Settings
from tests.cheap_hashes import cheap_hashes
from tests.empty_operations import put_empty_operations
from tests.made_taskings import NOW
from tests.private_postgres import PrivatePostgres, private_postgres, programs
from tests.ward_store import released_wards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["cheap_hashes"]


@pytest.fixture
def officer() -> Person:
    return Person("Amina Khan", "officer")


@pytest.fixture
def actor(operations: Operations, officer: Person) -> Actor:
    """An officer at work, on both databases."""
    return Actor(operations, officer, NOW)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PrivatePostgres]:
    """A private PostgreSQL for this process; started when the first test asks for it."""
    found = programs()
    if found is None:
        message = "PostgreSQL is not installed; see .ci/postgres"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with private_postgres(found) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def operations_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of an operations store: a file in the store, and a database of its own."""
    if request.param == "sqlite":
        yield Settings(store=tmp_path / "var", operations_url=None, _env_file=None)
        return
    server = cast("PrivatePostgres", request.getfixturevalue("postgres"))
    url = server.borrow()
    yield Settings(store=tmp_path / "var", operations_url=url, _env_file=None)
    server.give_back(url)


@pytest.fixture
def operations(
    operations_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operations]:
    """An empty operations store, on both databases."""
    if operations_settings.operations_url is None:
        put_empty_operations(operations_settings, tmp_path_factory)
    ops = Operations.open(operations_settings)
    yield ops
    ops.close()


@pytest.fixture
def sqlite_operations(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Operations]:
    """An empty operations store in a file."""
    chosen = Settings(store=tmp_path / "var", operations_url=None, _env_file=None)
    put_empty_operations(chosen, tmp_path_factory)
    ops = Operations.open(chosen)
    yield ops
    ops.close()


@pytest.fixture
def released(tmp_path: Path) -> Settings:
    """A store of two wards whose figures can be published."""
    return released_wards(tmp_path)


@pytest.fixture
def ops(released: Settings) -> Iterator[Operations]:
    """The operations store of `released`; files of tests with another store have their own."""
    opened = Operations.open(released)
    yield opened
    opened.close()
