"""What is called imported is on the disk: the order of what the system is asked for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from data.incidents.ingest import import_batches
from data.layers.wards import save_wards
from tests.incident_rows import (
    NOW,
    batch,
    hourly_rows,
    rejected_row,
    row,
    settings_in,
    three_wards,
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[str, str]]:
    """Each fsync by its path in the store, each new name by the name; all of it is done as well."""
    seen: list[tuple[str, str]] = []

    def note(call: str, path: Path) -> None:
        if tmp_path in path.parents:
            seen.append((call, path.relative_to(tmp_path / "var").as_posix()))

    fsync, replace, link = os.fsync, os.replace, os.link

    def noted_fsync(handle: int) -> None:
        note("fsync", Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    def noted_replace(source: Path, to: Path) -> None:
        note("name", Path(to))
        replace(source, to)

    def noted_link(source: Path, to: Path) -> None:
        note("name", Path(to))
        link(source, to)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    monkeypatch.setattr(os, "link", noted_link)
    return seen


def place(asked: list[tuple[str, str]], call: str, path: str) -> int:
    """Where a call was last made on a path that begins like this."""
    (*_, last) = [at for at, (name, on) in enumerate(asked) if name == call and on.startswith(path)]
    return last


@pytest.mark.parametrize("corrected", [False, True], ids=["append", "merge"])
def test_rows_are_on_the_disk_before_the_log_names_them_and_the_log_before_the_import_returns(
    tmp_path: Path, asked: list[tuple[str, str]], corrected: bool
) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    import_batches([batch(*hourly_rows(9))], settings=settings, wards=wards, name="a", now=NOW)
    asked.clear()
    rows = [row("new"), *([row("i3", place="Bow Road")] if corrected else [])]
    record = import_batches(
        [batch(*rows, rejected=[rejected_row(3)])],
        settings=settings,
        wards=wards,
        name="b",
        now=NOW,
    )
    log = "incidents/_delta_log"
    steps = [
        place(asked, "fsync", f"imports/{record.import_id}/.rejected.csv."),
        place(asked, "name", f"imports/{record.import_id}/rejected.csv"),
        place(asked, "fsync", f"imports/{record.import_id}"),
        place(asked, "fsync", "incidents/year=2024/.rows."),
        place(asked, "name", "incidents/year=2024/part-"),
        place(asked, "fsync", "incidents/year=2024"),
        place(asked, "fsync", f"{log}/.00000000000000000002.json."),
        place(asked, "name", f"{log}/00000000000000000002.json"),
        place(asked, "fsync", log),
    ]
    assert steps[3:] == sorted(steps[3:])
    assert max(steps[:3]) < steps[7]


def test_a_new_layer_is_on_the_disk_before_it_takes_the_place_of_the_old_one(
    tmp_path: Path, asked: list[tuple[str, str]]
) -> None:
    settings = settings_in(tmp_path)
    save_wards(three_wards(), settings.wards_path)
    asked.clear()
    save_wards(three_wards(shift_m=10), settings.wards_path)
    order = [
        place(asked, "fsync", ".wards.parquet."),
        place(asked, "name", "wards.parquet"),
        place(asked, "name", ".wards.parquet.sha256"),
    ]
    assert order[1] < order[2]
    assert ("name", ".wards.parquet.sha256") in asked[: order[1]]  # both digests until then
