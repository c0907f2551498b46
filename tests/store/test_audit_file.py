"""The audit trail as a file: whole for a period, or with nobody's name or words in it."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError, Person
from data.exports.audit_trail import audit_file
from data.operations.actor import Actor
from data.operations.taskings.comments import comment
from data.operations.taskings.taskings import move
from tests.made_taskings import FIXED, made
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.operations.database import Operations

BEFORE_MIDNIGHT = datetime(2026, 7, 1, 22, 59, tzinfo=UTC)  # 23:59 in London
AFTER_MIDNIGHT = datetime(2026, 7, 1, 23, 0, tzinfo=UTC)  # 00:00 on 2 July


def rows(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written.decode("utf-8-sig"))))


def fill(ops: Operations, officer: Person) -> None:
    actor = Actor(ops, officer, BEFORE_MIDNIGHT)
    made(actor)
    other = Person("Ben Ode", "administrator")
    comment(Actor(ops, other, AFTER_MIDNIGHT), 1, text="Call Mrs Smith at No. 9")
    move(actor.at(AFTER_MIDNIGHT), 1, to="approved", version=1, fixed=FIXED)


def test_the_whole_trail_or_that_of_some_days_can_be_had_as_a_file(
    operations: Operations, officer: Person
) -> None:
    fill(operations, officer)
    everything = rows(audit_file(operations, person=officer))
    assert [each["Number"] for each in everything] == ["5", "4", "3", "2", "1"]
    assert everything[1]["Who"] == "Ben Ode"
    first = rows(audit_file(operations, person=officer, last=date(2026, 7, 1)))
    assert [each["Number"] for each in first] == ["3", "2", "1"]
    second = rows(audit_file(operations, person=officer, first=date(2026, 7, 2)))
    assert [each["Number"] for each in second] == ["5", "4"]
    nothing = audit_file(operations, person=officer, first=date(2026, 7, 3), last=date(2026, 7, 4))
    assert rows(nothing) == []


def test_the_anonymous_one_holds_no_name_and_no_free_word(
    operations: Operations, officer: Person
) -> None:
    fill(operations, officer)
    written = audit_file(operations, person=officer, anonymous=True)
    for word in ("Amina", "Khan", "Ode", "Smith", "Brick Lane", "Team 1", "Fewer", "Matched"):
        assert word.encode() not in written
    said = rows(written)
    assert [each["Who"] for each in said] == ["Person 1"] * 3 + ["Person 2", "Person 1"]
    assert said[1]["Of"] == "tasking_wards 1/…"
    assert said[3]["Of"] == "comments 1"
    assert said[3]["Changed"] == "comment_id; tasking_id; at; person; words"
    assert said[4]["Changed"].startswith("status: approved; displacement; comparison")
    assert said[0]["When"] == "2026-07-01 23:59:00"
    late = audit_file(operations, person=officer, anonymous=True, first=date(2026, 7, 2))
    assert [each["Number"] for each in rows(late)] == ["4", "5"]


def test_a_ward_panel_has_neither(sqlite_operations: Operations) -> None:
    for anonymous in (False, True):
        with pytest.raises(NotAllowedError):
            audit_file(sqlite_operations, person=Person("A resident", "panel"), anonymous=anonymous)


def test_the_command_line_writes_it(
    sqlite_operations: Operations, officer: Person, tmp_path: Path
) -> None:
    fill(sqlite_operations, officer)
    out = tmp_path / "audit.csv"
    done = hotspots("audit", out, "--anonymous", "--from", "2026-07-02", store=tmp_path / "var")
    assert done.returncode == 0, done.stderr
    assert [each["Who"] for each in rows(out.read_bytes())] == ["Person 1", "Person 2"]
