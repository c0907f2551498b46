"""The operations store, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

import pytest

from data.access import Person
from data.operations.actor import Actor
from data.operations.database import Operations
from data.settings import Settings
from tests.made_taskings import NOW
from tests.private_postgres import PrivatePostgres, private_postgres, programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


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
def operations(operations_settings: Settings) -> Iterator[Operations]:
    """An empty operations store, on both databases."""
    ops = Operations.open(operations_settings)
    yield ops
    ops.close()


@pytest.fixture
def sqlite_operations(tmp_path: Path) -> Iterator[Operations]:
    """An empty operations store in a file."""
    ops = Operations.open(Settings(store=tmp_path / "var", operations_url=None, _env_file=None))
    yield ops
    ops.close()
