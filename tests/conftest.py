"""Fixtures that several kinds of tests share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from data.demo.build import build_demo
from data.incidents.store import Store
from data.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

# How long an example takes says nothing about the product: the machine may be busy.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with the whole simulated demo, built once for a test process; not to be changed."""
    folder: Path = tmp_path_factory.mktemp("demo") / "var"
    chosen = Settings(store=folder, _env_file=None)
    build_demo(chosen, now=datetime(2026, 11, 21, 9, 0, tzinfo=UTC))
    return chosen


@pytest.fixture(scope="session")
def demo_store(demo_settings: Settings) -> Store:
    return Store.open(demo_settings)
