"""The store and what the command line writes can be read by their owner alone."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from data.operations.actor import Actor
from data.operations.database import Operations
from data.privacy import close_to_others
from data.settings import Settings
from tests.made_taskings import made
from tests.moment import NOW
from tests.store.test_caller_salt import CALLS, store_of
from tests.store_cli import hotspots, hotspots_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.access import Person


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """What somebody else could read or list."""
    return sorted(
        f"{path.relative_to(folder.parent)} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in (folder, *folder.rglob("*"))
        if path.stat().st_mode & 0o077
    )


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_whatever_the_umask_the_store_and_what_is_written_are_the_owners_alone(
    tmp_path: Path, mask: int
) -> None:
    with umask(mask):
        store_of(tmp_path / "var")  # by hand, so open to others
        file, out = tmp_path / "calls.csv", tmp_path / "out"
        file.write_text(CALLS + "c3,nonsense,Noise,530500,180500,020 7946 0001\n")
        out.mkdir()
        audit = out / "old.csv"
        audit.write_text("there already, and open to others")
        commands: tuple[tuple[str | Path, ...], ...] = (
            ("import", file, "--profile", "calls"),
            ("sources",),
            ("audit", audit),
            ("backup", out / "a.zip", "--with-caller-salt"),
            ("restore", out / "a.zip", "--replace"),
            ("detect", "--from", "2024-06-01", "--to", "2024-06-30", "--out", out / "a.csv"),
        )
        for command in commands:
            done = hotspots(*command, store=tmp_path / "var")
            assert done.returncode == 0, done.stderr
            assert open_to_others(tmp_path / "var") == [], command
    assert sorted(path.name for path in out.iterdir()) == ["a.csv", "a.zip", "old.csv"]
    assert [each for each in open_to_others(out) if "." in each] == []
    names = {path.name for path in (tmp_path / "var").rglob("*")}
    assert {"caller_salt", "rejected.csv", "operations.sqlite", "wards.parquet"} <= names


def test_the_log_of_the_database_is_the_owners_alone_too(tmp_path: Path, officer: Person) -> None:
    with umask(0):
        ops = Operations.open(Settings(store=tmp_path / "var", _env_file=None))
        made(Actor(ops, officer, NOW))
        with ops.reading():
            names = {path.name for path in (tmp_path / "var").iterdir()}
            assert names >= {"operations.sqlite-wal", "operations.sqlite-shm"}
            assert open_to_others(tmp_path / "var") == []
        ops.close()


def test_an_older_store_is_closed_when_it_is_opened_and_that_is_said_once(tmp_path: Path) -> None:
    with umask(0o022):
        store = tmp_path / "var"
        (store / "bases").mkdir(parents=True)
        (store / "bases" / "a.parquet").write_text("x")
        (store / "tool").write_text("x")
        (store / "tool").chmod(0o755)
        first = hotspots_process("users", "list", store=store)
        second = hotspots_process("users", "list", store=store)
    assert "could be read by other people" in first.stderr
    assert second.stderr == ""
    assert open_to_others(store) == []
    assert stat.S_IMODE((store / "tool").stat().st_mode) == 0o700


def test_a_closed_store_is_not_walked_through(tmp_path: Path) -> None:
    store = tmp_path / "var"
    (store / "deep").mkdir(parents=True)
    (store / "deep" / "file").write_text("x")
    store.chmod(0o700)
    (store / "deep").chmod(0o700)
    (store / "deep" / "file").chmod(0o644)  # nobody else comes this far
    assert close_to_others(store) == ""
    assert close_to_others(tmp_path / "none") == ""


def test_what_a_link_leads_to_is_not_the_stores(tmp_path: Path) -> None:
    store, outside = tmp_path / "var", tmp_path / "outside"
    store.mkdir(mode=0o700)
    outside.mkdir(mode=0o755)
    (outside / "page.html").touch(mode=0o644)
    (store / ".lock").touch(mode=0o600)
    (store / "accounts.json").symlink_to(outside / "page.html")
    (store / "bases").symlink_to(outside)
    assert close_to_others(store) == ""
    assert stat.S_IMODE((outside / "page.html").stat().st_mode) == 0o644
    assert stat.S_IMODE(outside.stat().st_mode) == 0o755


def test_a_folder_that_is_no_store_is_left_alone(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir(mode=0o755)
    (site / "index.html").touch(mode=0o644)
    assert close_to_others(site) == ""
    assert stat.S_IMODE((site / "index.html").stat().st_mode) == 0o644
