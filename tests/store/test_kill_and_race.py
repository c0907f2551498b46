"""Imports in processes of their own: killed on the way, and two at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.compute as pc
import pytest

from data.incidents import table as store
from data.incidents.imports import imports, undo
from data.incidents.ingest import import_batches
from tests.incident_rows import NOW, batch, hourly_rows, settings_in, three_wards

ROOT = Path(__file__).resolve().parents[2]
HELD, BROUGHT = 500, 8000


def child(folder: Path, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.store.import_child", str(folder), *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ids(folder: Path) -> list[str]:
    read = store.dataset(store.opened(settings_in(folder))).to_table(columns=["incident_id"])
    return sorted(read["incident_id"].to_pylist())


@pytest.mark.parametrize(
    ("stage", "delay_ms"),
    [("reading", 0), ("matching", 0), ("writing", 0), ("writing", 4), ("writing", 12), ("done", 0)],
)
def test_a_kill_leaves_the_table_as_before_or_as_after(
    tmp_path: Path, stage: str, delay_ms: int
) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    held = hourly_rows(HELD)
    import_batches([batch(*held)], settings=settings, wards=wards, name="before", now=NOW)
    before, after = sorted(f"i{n}" for n in range(HELD)), sorted(f"i{n}" for n in range(BROUGHT))

    process = child(tmp_path, 0, BROUGHT, stage, delay_ms)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in ((-signal.SIGKILL,) if delay_ms == 0 else (-signal.SIGKILL, 0)), (
        errors
    )

    found, listed = ids(tmp_path), imports(settings)
    assert found in (before, after)
    assert [one.rows_added for one in listed] == (
        [HELD] if found == before else [BROUGHT - HELD, HELD]
    )
    if delay_ms == 0:
        assert found == (after if stage == "done" else before)
    if found == after:  # what the record says was rejected is there to be corrected
        assert listed[0].rejected_file.read_text(encoding="utf-8-sig").count("\n") == 9

    again = import_batches(
        [batch(*hourly_rows(BROUGHT))], settings=settings, wards=wards, name="again", now=NOW
    )
    assert ids(tmp_path) == after
    assert again.rows_added == BROUGHT - len(found)
    undo(again.import_id, settings=settings, now=NOW)
    assert ids(tmp_path) == found


@pytest.mark.parametrize("spans", [((0, 3000), (2000, 3000)), ((0, 3000), (0, 3000))])
def test_two_imports_at_once_both_succeed(
    tmp_path: Path, spans: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    processes = [child(tmp_path, first, count, "wait") for first, count in spans]
    deadline = time.monotonic() + 60
    while len(list(tmp_path.glob("ready-*"))) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    (tmp_path / "go").touch()
    outputs = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs

    wanted = {f"i{n}" for first, count in spans for n in range(first, first + count)}
    assert ids(tmp_path) == sorted(wanted)
    listed = imports(settings_in(tmp_path))
    assert sum(one.rows_added for one in listed) == len(wanted)
    assert [one.counts.total for one in listed] == [3003, 3003]
    assert {one.version_after - one.version_before for one in listed} == {1}
    table = store.dataset(store.opened(settings_in(tmp_path))).to_table(columns=["import_id"])
    counted = pc.value_counts(table["import_id"]).to_pylist()
    brought = {one.import_id: one.rows_added for one in listed if one.rows_added}
    assert {each["values"]: each["counts"] for each in counted} == brought
