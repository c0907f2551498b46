"""Working a decision out again: the same, another, or no longer possible, and why."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import shapely

from data.incidents.imports import imports, undo
from data.incidents.store import Store
from data.incidents.table import EmptyStoreError
from data.services.detection import detect
from data.services.worked_again import COUNT_KEY, worked_again
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.tasking.tasking import Decision

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from data.settings import Settings


@pytest.fixture(scope="module")
def first(demo_store: Store) -> pd.Series:
    """The first hotspot of the demo's default view."""
    return detect(demo_store, demo_store.default_filter()).hotspots.frame.iloc[0]


@pytest.fixture(scope="module")
def decision(demo_store: Store, first: pd.Series) -> Decision:
    words = view_query(demo_store.default_filter(), KdeSettings())
    return Decision(
        view=tuple({**words, COUNT_KEY: str(int(first["incidents"]))}.items()),
        hotspot_id=first["hotspot_id"],
        table_version=demo_store.snapshot.version,
        seed=None,
        made_by="Amina Khan",
        made_at=datetime(2026, 11, 21, 9, 0, tzinfo=UTC),
    )


def test_the_same_version_gives_the_same_hotspot_read_again_from_the_table(
    decision: Decision, first: pd.Series, demo_settings: Settings
) -> None:
    again = worked_again(decision, first["geometry"], settings=demo_settings)
    assert again.outcome == "same"
    assert again.incidents == first["incidents"]
    assert f"the same {first['incidents']:,} incidents" in again.explanation
    assert "All of Tower Hamlets" in again.view_label


def test_an_area_or_a_count_that_is_another_is_said_with_how_much(
    decision: Decision, first: pd.Series, demo_settings: Settings, demo_store: Store
) -> None:
    half = shapely.intersection(
        first["geometry"],
        shapely.box(*first["geometry"].centroid.coords[0], 10_000_000, 10_000_000),
    )
    again = worked_again(decision, half, settings=demo_settings, current=demo_store)
    assert again.outcome == "differs"
    apart = 1 - half.area / first["geometry"].area
    assert f"differ by {apart:.0%}" in again.explanation
    assert again.shape is not None

    other = replace(decision, view=tuple({**dict(decision.view), COUNT_KEY: "7"}.items()))
    counted = worked_again(other, first["geometry"], settings=demo_settings, current=demo_store)
    assert counted.outcome == "differs"
    assert "It held 7 incidents when it was chosen" in counted.explanation


def test_another_view_does_not_find_the_hotspot_and_says_so(
    decision: Decision, first: pd.Series, demo_settings: Settings, demo_store: Store
) -> None:
    other = replace(decision, view=tuple({**dict(decision.view), "category": "vehicle"}.items()))
    again = worked_again(other, first["geometry"], settings=demo_settings, current=demo_store)
    assert again.outcome == "differs"
    assert f"no longer find {first['hotspot_id']}" in again.explanation
    broken = replace(decision, view=tuple({**dict(decision.view), "method": "magic"}.items()))
    again = worked_again(broken, first["geometry"], settings=demo_settings, current=demo_store)
    assert again.outcome == "differs"
    assert "There is no method 'magic'" in again.explanation


def test_a_later_undo_changes_nothing_about_what_was_decided_and_lost_files_are_said(
    decision: Decision, first: pd.Series, demo_settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(demo_settings.store, tmp_path / "var")
    own = demo_settings.model_copy(update={"store": tmp_path / "var"})
    (record,) = imports(own)
    undo(record.import_id, settings=own, now=decision.made_at)
    with pytest.raises(EmptyStoreError):
        Store.open(own)
    assert worked_again(decision, first["geometry"], settings=own).outcome == "same"
    next(own.incidents_path.glob("year=2026/*.parquet")).unlink()
    again = worked_again(decision, first["geometry"], settings=own)
    assert again.outcome == "gone"
    assert "Version 1 cannot be read any more. The incident table is damaged" in again.explanation


def test_a_version_that_is_gone_and_an_area_of_a_person_are_told_apart(
    decision: Decision, first: pd.Series, demo_settings: Settings
) -> None:
    gone = replace(decision, table_version=999)
    assert worked_again(gone, first["geometry"], settings=demo_settings).outcome == "gone"
    by_hand = replace(decision, hotspot_id="")
    again = worked_again(by_hand, first["geometry"], settings=demo_settings)
    assert (again.outcome, again.shape) == ("none", None)
