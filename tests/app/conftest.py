"""A copy of the demo for the pages that change something."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest
from streamlit.components.v2 import manifest_scanner

from data.operations.database import Operations
from data.settings import settings as settings_of_process
from tests.cheap_hashes import cheap_hashes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

__all__ = ["cheap_hashes"]


@pytest.fixture(scope="session", autouse=True)
def packages_are_looked_through_once() -> Iterator[None]:
    """Look for Streamlit components among the installed packages once, not in each session.

    Every `AppTest` does so for 0.15 s, four times as long as a page takes to be drawn again.
    """
    with pytest.MonkeyPatch.context() as patch:
        scan = cache(manifest_scanner.scan_component_manifests)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield


@pytest.fixture(scope="module")
def own(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A copy of the demo that the tests of one file may change."""
    folder = tmp_path_factory.mktemp("own") / "var"
    shutil.copytree(demo_settings.store, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOT_STORE", str(folder))
        settings_of_process.cache_clear()
        yield demo_settings.model_copy(update={"store": folder})
    settings_of_process.cache_clear()


@pytest.fixture(scope="module")
def ops(own: Settings) -> Iterator[Operations]:
    opened = Operations.open(own)
    yield opened
    opened.close()
