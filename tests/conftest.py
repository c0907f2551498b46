"""Fixtures that several kinds of tests share.

The product is imported where a fixture needs it, not here: a test of one small module then starts
at once.
"""

from __future__ import annotations

import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

from tests.built_once import built_once
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.incidents.store import Store
    from data.settings import Settings

# How long an example takes says nothing about the product: the machine may be busy.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def fixed_moment() -> Iterator[None]:
    """Let the product take `tests.moment.NOW` for the present, here and in what is started."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTSPOT_NOW", NOW.isoformat())
        yield


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """Hear Ctrl-C, here and in what is started, also where tests are run in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let services on this machine be asked directly."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def demo_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with the whole simulated demo, not to be changed.

    It is built once for a test run, and each process has a copy of its own. Pages record who views
    them, and a process that copies a SQLite file lets go of the locks that it holds on it, so two
    processes on one store could read each other's half-written pages.
    """
    from data.settings import Settings

    def build(folder: Path) -> None:
        from data.demo.build import build_demo

        build_demo(Settings(store=folder, _env_file=None), now=NOW)

    folder = tmp_path_factory.mktemp("demo") / "var"
    shutil.copytree(built_once(tmp_path_factory, "built_demo", build=build), folder)
    return Settings(store=folder, _env_file=None)


@pytest.fixture(scope="session")
def demo_store(demo_settings: Settings) -> Store:
    """The demo, opened once for a worker."""
    from data.incidents.store import Store

    return Store.open(demo_settings)
