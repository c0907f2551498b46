"""Who may find taskings on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.access import Person
from data.operations.database import Operations
from data.operations.taskings.taskings import taskings
from data.services.map_search import findable_taskings
from models.tasking.lifecycle import OPEN

if TYPE_CHECKING:
    from data.settings import Settings


@pytest.fixture(scope="module")
def ops(demo_settings: Settings) -> Operations:
    return Operations.open(demo_settings)


@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_officers_find_what_is_open_and_nothing_else(ops: Operations, role: str) -> None:
    found = findable_taskings(ops, Person("Amina Khan", role))  # type: ignore[arg-type]
    expected = {each.reference for each in taskings(ops) if each.status in OPEN}
    assert {each.reference for each in found} == expected
    assert 0 < len(expected) < len(taskings(ops))


def test_a_ward_panel_finds_none(ops: Operations) -> None:
    assert findable_taskings(ops, Person("Panel", "panel")) == ()
