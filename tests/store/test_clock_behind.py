"""A machine whose clock runs behind what is stored says so."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from data.access import Person
from data.incidents.ingest import import_batches
from data.layers.wards import save_wards
from data.operations.actor import Actor
from data.operations.database import Operations
from data.services.clock import behind, newest_entry, newest_import
from pages.command_line import terminal
from tests.incident_rows import batch, hourly_rows, settings_in, three_wards
from tests.made_taskings import made
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

IMPORTED = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
DECIDED = IMPORTED + timedelta(hours=2)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture(autouse=True)
def nothing_said() -> None:
    """Each test is a command of its own, though all run in one process."""
    terminal._said.cache_clear()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A store with an import of nine o'clock and a decision of eleven."""
    in_force = settings_in(tmp_path)
    wards = three_wards()
    save_wards(wards, in_force.wards_path)
    import_batches(
        [batch(*hourly_rows(8))], settings=in_force, wards=wards, name="calls", now=IMPORTED
    )
    ops = Operations.open(in_force)
    made(Actor(ops, Person("Amina Khan", "officer"), DECIDED))
    ops.close()
    return in_force


@pytest.mark.parametrize(("minutes", "said"), [(-60, True), (-6, True), (-5, False), (0, False)])
def test_only_a_clock_that_is_clearly_behind_is_said(*, minutes: int, said: bool) -> None:
    now = IMPORTED + timedelta(minutes=minutes)
    assert bool(behind(now, IMPORTED, timezone=LONDON)) is said
    assert behind(now, None, timezone=LONDON) == ()


def test_the_latest_import_and_the_latest_decision_are_known(settings: Settings) -> None:
    ops = Operations.open(settings)
    assert newest_import(settings) == IMPORTED
    assert newest_entry(ops) == DECIDED
    ops.close()


def test_an_empty_store_knows_no_moment(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    ops = Operations.open(settings)
    assert newest_import(settings) is None
    assert newest_entry(ops) is None
    ops.close()


@pytest.mark.parametrize(
    ("command", "stored"),
    [(("midnights", "cad", "--real"), "09:00"), (("backup", "backup.zip"), "11:00")],
)
def test_a_command_says_once_that_the_clock_is_behind_and_goes_on(
    settings: Settings, command: tuple[str, ...], stored: str
) -> None:
    behind_both = {"HOTSPOT_NOW": "2026-11-21T08:00:00+00:00"}
    done = hotspots(*command, store=settings.store, environment=behind_both)
    assert done.returncode == 0
    (line,) = [each for each in done.stderr.splitlines() if "clock" in each]
    begins = r"Warning: The clock of this machine is behind: it says 08:\d\d on 21 Nov"
    assert re.match(begins, line)  # the clock moves on while the tests run
    assert f"stored at {stored} on 21 Nov 2026." in line


def test_a_command_says_nothing_while_the_clock_is_right(
    settings: Settings, tmp_path: Path
) -> None:
    right = {"HOTSPOT_NOW": "2026-11-21T11:00:00+00:00"}
    done = hotspots("backup", tmp_path / "b.zip", store=settings.store, environment=right)
    assert done.returncode == 0
    assert "clock" not in done.stderr
