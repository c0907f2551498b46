"""A demo that was cut short while it was built is built by the next `make run`, all of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from data.demo.build import build_demo_if_empty, remove_demo
from data.durable import write_file
from data.incidents.imports import imports
from data.layers.places import loaded_places
from data.locks import locked
from data.operations.database import Operations
from data.operations.taskings.taskings import taskings
from data.services.loading import MixedStoreError, holds_demo, import_path, load_ward_file
from data.settings import Settings
from tests.moment import NOW
from tests.store.killed import KILLED, killed_at
from tests.store.test_caller_salt import CALLS, store_of
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

# Steps after which it is killed, one after the other on one store: while wards are put into use,
# while streets and places are kept, and with the incidents stored and a part of the taskings.
KILLED_AFTER = (15, 60, 162)


def titles(of: Settings) -> list[tuple[str, str]]:
    ops = Operations.open(of)
    found = sorted((each.draft.title, each.status) for each in taskings(ops))
    ops.close()
    return found


def test_a_demo_that_was_killed_is_built_by_the_next_start(
    demo_settings: Settings, tmp_path: Path
) -> None:
    of = Settings(store=tmp_path / "var", operations_url=None, _env_file=None)
    for at in KILLED_AFTER:
        assert killed_at("demo", {at: of}) == {at: KILLED}
        assert of.demo_unfinished_path.exists()
        assert holds_demo(of)
    with pytest.raises(MixedStoreError):  # half of it is no place for real incidents either
        load_ward_file(tmp_path / "none.geojson", settings=of, now=NOW)
    with ThreadPoolExecutor(2) as threads:  # and two starts at once build one
        starts = [threads.submit(build_demo_if_empty, of, now=NOW) for _ in range(2)]
        assert sorted(each.result() is None for each in starts) == [False, True]
    assert not of.demo_unfinished_path.exists()
    standing = [each for each in imports(of) if each.undone is None]
    assert [each.counts for each in standing] == [each.counts for each in imports(demo_settings)]
    assert titles(of) == titles(demo_settings)
    assert [each.digest for each in loaded_places(of)] == [
        each.digest for each in loaded_places(demo_settings)
    ]


def test_what_there_is_of_a_demo_can_be_taken_out(tmp_path: Path) -> None:
    of = Settings(store=tmp_path / "var", operations_url=None, _env_file=None)
    assert killed_at("demo", {60: of}) == {60: KILLED}
    assert of.wards_path.exists()
    assert 0 < len(loaded_places(of)) < 10
    assert hotspots("demo", "--remove", store=of.store).stdout == "The demo is removed.\n"
    assert not of.wards_path.exists()
    assert loaded_places(of) == ()
    assert not holds_demo(of)
    assert remove_demo(of, now=NOW) == 0


def test_an_import_at_the_same_time_as_the_demo_waits_and_is_then_refused(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    file = tmp_path / "calls.csv"
    file.write_text(CALLS)
    with ThreadPoolExecutor(1) as thread:
        with locked(of.store, "building the demo"):
            importing = thread.submit(import_path, file, settings=of, now=NOW, profile="calls")
            write_file(of.demo_unfinished_path, b"{}")
        with pytest.raises(MixedStoreError):
            importing.result()
    assert imports(of) == []
