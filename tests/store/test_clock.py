"""What the product takes for the present: the machine's clock, or the moment that is set.

With `faketime` these run once more as if on another day (`make test`), as do the other tests that
are marked `clock`.
"""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.operations.audit.changes import AuditRow, changes
from data.operations.database import Operations
from data.settings import Settings
from tests.moment import NOW
from tests.store_cli import hotspots_process

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.clock
PASSWORD = "lantern copper walnut"


def machines_own() -> datetime:
    """Return the moment by another program, so that this one reads no clock."""
    told = subprocess.run(["date", "+%s"], capture_output=True, text=True, check=True)
    return datetime.fromtimestamp(int(told.stdout), tz=UTC)


def test_without_a_setting_it_is_the_machines_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOTSPOT_NOW", raising=False)
    before = machines_own()
    present = Settings(_env_file=None).present()
    assert before <= present < before + timedelta(minutes=5)


def test_with_the_setting_it_is_that_moment_and_goes_on_from_there() -> None:
    chosen = Settings(now=NOW, _env_file=None)
    first = chosen.present()
    assert NOW <= first < NOW + timedelta(hours=6)
    assert chosen.present() >= first


def test_what_a_command_records_bears_the_moment_that_is_set(tmp_path: Path) -> None:
    store = tmp_path / "var"
    made = hotspots_process(
        *("users", "add", "Amina Rahman", "--role", "administrator", "--password", PASSWORD),
        store=store,
    )
    assert made.returncode == 0, made.stderr
    ops = Operations.open(Settings(store=store, operations_url=None, _env_file=None))
    with ops.reading() as session:
        (entry,) = changes(session, AuditRow.table_name == "users")
    ops.close()
    assert NOW <= entry.at < NOW + timedelta(hours=1)
