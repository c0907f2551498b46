"""Imports in processes of their own: killed on the way, and two at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc
import pytest

from data.incidents import table as store
from data.incidents.imports import imports, undo
from data.incidents.ingest import import_batches
from tests.forked import all_at_once, forked
from tests.incident_rows import NOW, batch, hourly_rows, settings_in, three_wards
from tests.store.import_child import bring, bring_until

if TYPE_CHECKING:
    from pathlib import Path

HELD, BROUGHT = 500, 8000


def content(folder: Path) -> list[tuple[str, str]]:
    columns = ["incident_id", "place"]
    read = store.dataset(store.opened(settings_in(folder))).to_table(columns=columns)
    return sorted(zip(*(read[name].to_pylist() for name in columns), strict=True))


def as_content(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((one["incident_id"], one["place"]) for one in rows)


@pytest.mark.parametrize("corrections", [0, 100], ids=["append", "merge"])
@pytest.mark.parametrize(
    ("stage", "delay_ms"),
    [("reading", 0), ("matching", 0), ("writing", 0), ("writing", 5), ("writing", 15), ("done", 0)],
)
def test_a_kill_leaves_the_table_as_before_or_as_after(
    tmp_path: Path, stage: str, delay_ms: int, corrections: int
) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    held, brought = hourly_rows(HELD), hourly_rows(BROUGHT)
    for one in held[:corrections]:
        one["place"] = "Bow Road"  # what is brought corrects these
    import_batches([batch(*held)], settings=settings, wards=wards, name="before", now=NOW)
    before, after = as_content(held), as_content(brought)

    process = forked(bring_until, tmp_path, 0, BROUGHT, stage, delay_ms)
    process.join(timeout=60)
    ends = {-signal.SIGKILL} if delay_ms == 0 else {-signal.SIGKILL, 0}
    assert process.exitcode in ends

    found, listed = content(tmp_path), imports(settings)
    assert found in (before, after)
    changes = [(one.rows_added, one.rows_changed) for one in listed]
    stored = [(BROUGHT - HELD, corrections)] if found == after else []
    assert changes == [*stored, (HELD, 0)]
    if delay_ms == 0:
        assert found == (after if stage == "done" else before)
    if found == after:  # what the record says was rejected is there to be corrected
        assert listed[0].rejected_file.read_text(encoding="utf-8-sig").count("\n") == 9

    again = import_batches([batch(*brought)], settings=settings, wards=wards, name="again", now=NOW)
    assert content(tmp_path) == after
    assert again.rows_added == BROUGHT - len(found)
    undo(again.import_id, settings=settings, now=NOW)
    assert content(tmp_path) == found


@pytest.mark.parametrize("spans", [((0, 3000), (2000, 3000)), ((0, 3000), (0, 3000))])
def test_two_imports_at_once_both_succeed(
    tmp_path: Path, spans: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    said = all_at_once(bring, *((tmp_path, *span) for span in spans))
    assert said == [("brought", 0)] * 2

    wanted = {f"i{n}" for first, count in spans for n in range(first, first + count)}
    assert [key for key, _ in content(tmp_path)] == sorted(wanted)
    listed = imports(settings_in(tmp_path))
    assert sum(one.rows_added for one in listed) == len(wanted)
    assert [one.counts.total for one in listed] == [3003, 3003]
    assert {one.version_after - one.version_before for one in listed} == {1}
    table = store.dataset(store.opened(settings_in(tmp_path))).to_table(columns=["import_id"])
    counted = pc.value_counts(table["import_id"]).to_pylist()
    brought = {one.import_id: one.rows_added for one in listed if one.rows_added}
    assert {each["values"]: each["counts"] for each in counted} == brought
