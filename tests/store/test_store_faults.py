"""A full disk, a read-only one, a permission refused, a lock: one sentence, and nothing half done.

Each is real: a disk of a few megabytes in memory, a limit of the system, an account without rights.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data.faults import PermissionRefusedError
from data.incidents.imports import imports
from data.incidents.store import Store
from data.operations import database
from data.operations.database import Operations
from data.operations.database_errors import OperationsBusyError
from data.sources.source_file import open_source
from tests.sample_files import Sample, samples, settings_in
from tests.small_disk import fill, make_read_only, small_disk
from tests.store_cli import ROOT, hotspots
from tests.street_files import street_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65_534


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A sample of each format as a file, and under "" the folder of a store with all of it."""
    folder = tmp_path_factory.mktemp("every")
    made: dict[str, Sample] = samples(folder / "samples")
    paths = {"": folder / "samples" / "full"}
    for name, sample in made.items():
        paths[name] = folder / name
        paths[name].write_bytes(sample.content)
    return paths


def command(words: str, every: dict[str, Path], store: Path) -> list[str | Path]:
    """Return a command's words: a sample by its name, and OUT for a file next to the store."""
    named: list[str | Path] = []
    for word in words.split():
        newest = imports(settings_in(every[""]))[0].import_id
        other: dict[str, str | Path] = {"OUT": store.parent / "out.zip", "NEWEST": newest}
        named.append(other.get(word, every.get(word, word)))
    return named


def standing(store: Path) -> dict[str, bytes]:
    """What a store holds, apart from SQLite's own notes on who has it open."""
    return {
        path.relative_to(store).as_posix(): path.read_bytes()
        for path in sorted(store.rglob("*"))
        if path.is_file() and not path.name.endswith(("-wal", "-shm"))
    }


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command that failed says, once it is known to be one line and no traceback."""
    assert done.returncode == 1, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


WRITES = (
    "import street.csv",
    "wards wards.kml",
    "postcodes postcodes.csv",
    "severity severity.csv",
    "premises premises.csv --on 2026-01-01",
    "places roads.gpkg --kind street",
    "undo NEWEST",
    "midnights cad --real",
    "backup OUT",
    "visits visits.csv",
)


@pytest.mark.parametrize("words", WRITES)
def test_a_full_disk_is_one_sentence_and_leaves_the_store_as_it_was(
    every: dict[str, Path], tmp_path: Path, words: str
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        store = disk / "var"
        shutil.copytree(every[""], store)
        before = standing(store)
        filler = fill(disk)
        message = one_sentence(hotspots(*command(words, every, store), store=store))
        assert "the disk is full" in message
        assert standing(store) == before
        filler.unlink()
        again = hotspots(*command(words, every, store), store=store)
        assert again.returncode == 0, again.stderr
        assert not (disk / "out.zip.part").exists()


@pytest.mark.parametrize("words", WRITES)
def test_a_read_only_disk_is_one_sentence(
    every: dict[str, Path], tmp_path: Path, words: str
) -> None:
    with small_disk(tmp_path / "disk") as disk:
        store = disk / "var"
        shutil.copytree(every[""], store)
        make_read_only(disk)
        message = one_sentence(hotspots(*command(words, every, store), store=store))
        assert "can be read and not written" in message or "may read and write it" in message


@pytest.mark.parametrize("words", ["import street.csv", "postcodes postcodes.csv", "backup OUT"])
def test_a_file_larger_than_the_account_may_write_is_one_sentence(
    every: dict[str, Path], tmp_path: Path, words: str
) -> None:
    """As under a quota, and with no right to mount a disk: the system refuses the bytes."""
    store = tmp_path / "var"
    shutil.copytree(every[""], store)
    before = standing(store)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (256, limits[1]))
    try:
        done = hotspots(*command(words, every, store), store=store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "the disk is full" in one_sentence(done)
    assert standing(store) == before
    assert not (tmp_path / "out.zip").exists()


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Work in a folder as an account that owns nothing, where this one may become it."""
    folder.chmod(0o755)
    here, mine = Path.cwd(), os.geteuid()
    os.chdir(folder)  # what lies above it may be closed to that account
    if mine == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(mine)
        os.chdir(here)


def test_a_file_and_a_folder_of_months_that_may_not_be_read_are_refused(tmp_path: Path) -> None:
    """An unreadable folder among others was passed over, as if it held nothing."""
    months = tmp_path / "months"
    (months / "2024-05").mkdir(parents=True)
    for path in (tmp_path / "closed.csv", months / "2024-04.csv", months / "2024-05" / "a.csv"):
        street_csv(path, rows=3)
    assert len(open_source(months).parts) == 2
    (tmp_path / "closed.csv").chmod(0)
    (months / "2024-05").chmod(0)
    with as_nobody(tmp_path):
        with pytest.raises(PermissionRefusedError, match=r"^closed\.csv: permission is refused"):
            open_source(Path("closed.csv"))
        with pytest.raises(PermissionRefusedError, match=r"^months: permission .* \(2024-05\)"):
            open_source(Path("months"))
    (months / "2024-05").chmod(0o755)


def test_a_database_that_somebody_else_keeps_locked_is_busy_not_misnamed(
    every: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "_WAIT_S", 0)
    store = tmp_path / "var"
    shutil.copytree(every[""], store)
    other = sqlite3.connect(store / "operations.sqlite", isolation_level=None)
    other.execute("PRAGMA journal_mode = DELETE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(OperationsBusyError, match="busy with somebody else's change"):
            Operations.open(settings_in(store))
        message = one_sentence(hotspots("visits", every["visits.csv"], store=store))
    finally:
        other.close()
    assert "busy" in message
    assert "HOTSPOT_OPERATIONS_URL" not in message
    assert hotspots("visits", every["visits.csv"], store=store).returncode == 0


@pytest.mark.parametrize("words", ["import", "wards", "postcodes", "severity", "restore"])
def test_a_pipe_a_device_and_a_folder_are_refused_at_once(
    every: dict[str, Path], tmp_path: Path, words: str
) -> None:
    """Opening a pipe to read would wait for somebody to write to it, and a device has no end."""
    store = tmp_path / "var"
    shutil.copytree(every[""], store)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "folder.csv").mkdir()
    for path in (tmp_path / "pipe.csv", "/dev/zero", tmp_path / "folder.csv", "/nowhere/a.csv"):
        one_sentence(hotspots(words, path, store=store))


def test_ctrl_c_ends_an_import_without_a_traceback_and_stores_nothing(
    every: dict[str, Path], tmp_path: Path
) -> None:
    store = tmp_path / "var"
    shutil.copytree(every[""], store)
    before = Store.open(settings_in(store)).snapshot.version
    lines = every["street.csv"].read_text(encoding="utf-8").splitlines()
    large = tmp_path / "large.csv"
    large.write_text("\n".join([lines[0], *lines[1:] * 3_000]), encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, ROOT / "cli.py", "import", large],
        env=os.environ | {"HOTSPOT_STORE": str(store), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        folder = store / "imports"
        known = set(folder.iterdir())
        while child.poll() is None and set(folder.iterdir()) == known:
            pass  # until it reads
        child.send_signal(signal.SIGINT)
        _, told = child.communicate(timeout=120)
    assert child.returncode == 130, told
    assert "Traceback" not in told
    assert set(folder.iterdir()) == known
    assert Store.open(settings_in(store)).snapshot.version == before


def test_ctrl_c_while_the_product_is_being_imported_ends_it_without_a_traceback() -> None:
    """Sent by the process to itself, when its first package of others is asked for."""
    code = (
        "import os, signal, sys, cli\n"
        "class Asked:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Asked())\n"
        "cli.main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
