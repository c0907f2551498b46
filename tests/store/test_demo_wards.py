"""The demo's ward records: made once, marked as simulated, taken out without what people wrote."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from data.access import Person
from data.demo.ward_records import build_ward_records, remove_ward_records
from data.incidents.store import Store
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.wards.priorities import add_priority, priorities, promises
from data.operations.wards.releases import released
from data.services.ward_panel.publishing import series_of
from data.services.ward_panel.view import ward_view
from models.tasking.ward_priorities import PriorityDraft

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.settings import Settings

READER = Person("Panel", "panel")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
WEAVERS, BETHNAL_GREEN = "E05009335", "E05009317"


@pytest.fixture
def own(demo_settings: Settings, tmp_path: Path) -> Settings:
    folder = tmp_path / "var"
    shutil.copytree(demo_settings.store, folder)
    return demo_settings.model_copy(update={"store": folder})


@pytest.fixture
def ops(own: Settings) -> Iterator[Operations]:
    opened = Operations.open(own)
    yield opened
    opened.close()


def test_the_demo_publishes_what_is_due_and_is_marked_as_simulated(
    own: Settings, ops: Operations
) -> None:
    store = Store.open(own)
    assert series_of(store) == "SIM E09000030"
    assert len(released(ops, series=series_of(store))) == 11
    assert released(ops, series="E09000030") == ()
    seen = ward_view(store, ops, WEAVERS, person=READER, now=NOW)
    assert seen.simulated
    assert all(each.draft.why.startswith("SIMULATED") for each in priorities(ops))
    assert {each.status for each in promises(ops, WEAVERS)} == {"open", "kept"}


def test_what_was_done_is_told_in_counts_that_may_be_shown(own: Settings, ops: Operations) -> None:
    seen = ward_view(Store.open(own), ops, BETHNAL_GREEN, person=READER, now=NOW)
    done = [each for quarter in seen.quarters for each in quarter.activities]
    assert done
    for each in done:
        assert each.visits is None or each.visits >= 5
        assert all(n >= 5 for _, n in each.finds)


def test_building_it_again_adds_nothing(own: Settings, ops: Operations) -> None:
    before = priorities(ops)
    assert build_ward_records(own, now=NOW) == 0
    assert priorities(ops) == before


def test_taking_it_out_leaves_what_people_wrote(own: Settings, ops: Operations) -> None:
    draft = PriorityDraft(BETHNAL_GREEN, "Bins", "The panel asked.", date(2026, 11, 1))
    kept = add_priority(Actor(ops, Person("Amina Khan", "officer"), NOW), draft)
    remove_ward_records(own, now=NOW)
    assert priorities(ops) == (kept,)
    assert promises(ops, WEAVERS) == ()
    assert released(ops, series="SIM E09000030") == ()
