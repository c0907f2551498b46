"""A changed letter in a row of the operations is noticed, and nothing else is taken for one."""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from shapely.errors import ShapelyError
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from data.access import NotAllowedError, Person
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.audit.changes import AuditRow, changes
from data.operations.backup.backup import DamagedBackupError, backup
from data.operations.backup.portable import rows_of, table_names
from data.operations.backup.restore import restore
from data.operations.database import Operations
from data.operations.integrity import accept_rows, changed_rows, known_damage
from data.operations.retention.rows import purge_pages
from data.operations.row_digests.faults import noted_faults
from data.operations.row_digests.keeping import lay_aside, renew
from data.operations.tables import TaskingRow
from data.operations.taskings.taskings import change
from data.services.checking import check_store
from data.settings import Settings
from geo.errors import PlainError
from tests.forked import all_at_once
from tests.made_taskings import DRAFT, NOW, made
from tests.store.children import propose_and_approve
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.tasking.tasking import TaskingDraft

AMINA = Person("Amina Khan", "administrator")
FLIPS = 60


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A store with taskings of every status, an account, and an audit trail of them."""
    settings = Settings(
        store=tmp_path_factory.mktemp("sound") / "var",
        operations_url=None,
        _env_file=None,  # type: ignore[call-arg]
    )
    ops = Operations.open(settings)
    actor = Actor(ops, AMINA, NOW)
    add_account(actor, name=AMINA.name, role="administrator", password="lantern copper walnut")
    for status in ("proposed", "approved", "active", "cancelled"):
        made(actor, status=status)
    ops.close()
    return settings


@pytest.fixture
def own(sound: Settings, tmp_path: Path) -> Settings:
    """A copy that may be damaged."""
    shutil.copytree(sound.store, tmp_path / "var")
    return sound.model_copy(update={"store": tmp_path / "var"})


def opened(settings: Settings) -> Actor:
    return Actor(Operations.open(settings), AMINA, NOW)


def write_over(settings: Settings, old: bytes, new: bytes) -> None:
    """Change letters in the file where they lie, as a disk does."""
    content = settings.operations_path.read_bytes()
    assert old in content
    assert len(old) == len(new)
    settings.operations_path.write_bytes(content.replace(old, new))


def damage_tasking(settings: Settings) -> None:
    """Change a letter of the objective of every tasking, but in no other table or entry."""
    at = f"{DRAFT.objective}{DRAFT.expected_result}".encode()
    write_over(settings, at, at.replace(b"Fewer", b"Newer"))


def by_hand(settings: Settings, statement: str) -> None:
    """Change rows as somebody does who has the file and another program."""
    with closing(sqlite3.connect(settings.operations_path)) as database:
        database.executescript(statement)


def changed(settings: Settings) -> list[tuple[str, str]]:
    ops = Operations.open(settings)
    found = [(each.row, each.fault) for each in changed_rows(ops)]
    ops.close()
    return found


def everything(settings: Settings) -> list[bytes]:
    ops = Operations.open(settings)
    try:
        with ops.engine.connect() as connection:
            return [line for name in table_names() for line in rows_of(connection, name)]
    finally:
        ops.close()


def letter(content: bytearray, rng: random.Random) -> int:
    """Change a lower-case letter anywhere."""
    at = rng.choice([place for place, byte in enumerate(content) if 97 <= byte <= 122])
    content[at] = rng.choice([each for each in range(97, 123) if each != content[at]])
    return at


def bit(content: bytearray, rng: random.Random) -> int:
    """Turn a bit round anywhere but in what is empty, which is most of a small file."""
    at = rng.choice([place for place, byte in enumerate(content) if byte])
    content[at] ^= 1 << rng.randrange(8)
    return at


@pytest.mark.parametrize("flip", [letter, bit])
def test_whatever_is_changed_in_the_file_is_noticed_or_changes_nothing_that_is_read(
    own: Settings, flip: Callable[[bytearray, random.Random], int]
) -> None:
    before, rows = own.operations_path.read_bytes(), everything(own)
    rng = random.Random(7)
    unnoticed, changes_seen = [], 0
    for _ in range(FLIPS // 2):
        content = bytearray(before)
        at = flip(content, rng)
        own.operations_path.write_bytes(content)
        noticed = bool(check_store(own, full=True).damage)
        try:
            differs = everything(own) != rows
        except (PlainError, DBAPIError, ShapelyError, ValueError, TypeError, LookupError):
            differs = True
        changes_seen += differs
        if differs and not noticed:
            unnoticed.append(at)
    assert unnoticed == []
    assert changes_seen >= FLIPS // 6  # the test has tried something


def test_a_shape_that_cannot_be_read_is_said_to_be_damaged(own: Settings) -> None:
    by_hand(own, "UPDATE taskings SET area = x'0103000000010000000100000000'")
    actor = opened(own)
    with pytest.raises(PlainError, match="damaged"), actor.reading() as session:
        session.scalars(select(TaskingRow)).all()
    actor.ops.close()


def test_a_store_is_sound_after_all_that_the_app_does(own: Settings) -> None:
    actor = opened(own)
    assert changed_rows(actor.ops) == ()
    purge_pages(actor.ops)
    assert changed_rows(actor.ops) == ()
    with actor.session() as session:
        session.connection().execute(text("UPDATE taskings SET title = 'Another'"))
        session.rollback()
    assert changed_rows(actor.ops) == ()
    assert check_store(own, full=True).damage == ()
    actor.ops.close()


def test_a_changed_letter_is_named_by_table_and_row_in_every_place(
    own: Settings, tmp_path: Path
) -> None:
    damage_tasking(own)
    (damage,) = check_store(own, full=False).damage
    assert damage.name == "operations.sqlite"
    assert "is damaged in 4 rows: taskings 1 is not what was stored" in damage.fault
    said = hotspots("check", store=own.store)
    assert said.returncode == 1
    assert "taskings 1 is not what was stored" in said.stdout
    assert "hotspots restore" in said.stdout
    assert "Traceback" not in said.stdout + said.stderr
    target = tmp_path / "made.zip"
    actor = opened(own)
    with pytest.raises(DamagedBackupError, match="taskings 1 is not what was stored"):
        backup(target, settings=own, ops=actor.ops, now=NOW)
    actor.ops.close()
    assert not target.exists()


def test_a_damaged_row_that_the_app_changes_is_not_vouched_for(own: Settings) -> None:
    damage_tasking(own)
    actor = opened(own)
    draft: TaskingDraft = replace(DRAFT, title="Knives and bags around Brick Lane")
    change(actor, 1, draft=draft, version=1, ward_codes=("E05009335",))
    with actor.reading() as session:
        (damage,) = known_damage(session.connection(), name="The database")
    assert damage.fault.endswith("taskings 1 is not what was stored")
    assert ("taskings 1", "is not what was stored") in [
        (each.row, each.fault) for each in changed_rows(actor.ops)
    ]
    actor.ops.close()


def test_a_row_changed_with_another_program_is_said_to_be_and_can_be_accepted(
    own: Settings, tmp_path: Path
) -> None:
    by_hand(own, "UPDATE taskings SET near = 'Bow Road' WHERE tasking_id = 2")
    by_hand(own, "DELETE FROM tasking_wards WHERE tasking_id = 4 AND position = 1")
    assert changed(own) == [
        ("tasking_wards 4/E05009317", "was changed outside the app"),
        ("taskings 2", "was changed outside the app"),
    ]
    warned = hotspots("audit", tmp_path / "audit.csv", store=own.store)
    assert warned.returncode == 0
    assert "2 rows changed outside the app: tasking_wards 4/E05009317; taskings 2" in warned.stderr
    accepted = hotspots("check", "--accept", "--yes", store=own.store)
    assert accepted.returncode == 0
    assert "2 rows accepted." in accepted.stdout
    actor = opened(own)
    assert changed_rows(actor.ops) == ()
    with actor.reading() as session:
        entries = changes(session, AuditRow.table_name == "row_digests")
        assert [(each.key, each.after) for each in entries] == [
            (
                f"{row.replace(' ', '/')}",
                {"accepted": row, "fault": "was changed outside the app"},
            )
            for row in ("tasking_wards 4/E05009317", "taskings 2")
        ]
    backup(tmp_path / "made.zip", settings=own, ops=actor.ops, now=NOW)
    actor.ops.close()


def test_what_the_app_stores_after_another_program_is_not_taken_for_its_change(
    own: Settings,
) -> None:
    by_hand(own, "UPDATE taskings SET near = 'Bow Road' WHERE tasking_id = 2")
    actor = opened(own)
    made(actor)
    actor.ops.close()
    assert changed(own) == [("taskings 2", "was changed outside the app")]


def test_only_an_administrator_accepts_and_never_a_broken_file(own: Settings) -> None:
    actor = opened(own)
    with pytest.raises(NotAllowedError):
        accept_rows(replace(actor, person=Person("Amina Khan", "officer")))
    actor.ops.close()


def test_structure_and_counters_are_watched_too(own: Settings) -> None:
    by_hand(own, "DROP TRIGGER row_digests_taskings_update")
    by_hand(own, "UPDATE sqlite_sequence SET seq = 70 WHERE name = 'users'")
    assert changed(own) == [
        ("the counter of users", "is not what was stored"),
        ("the structure of the database", "is not what was stored"),
    ]


def test_rows_that_are_damaged_before_an_upgrade_are_named_after_it(own: Settings) -> None:
    damage_tasking(own)
    actor = opened(own)
    with actor.ops.engine.begin() as connection:
        lay_aside(connection)
        renew(connection)
        assert [each.row for each in noted_faults(connection)] == [
            f"taskings {number}" for number in (1, 2, 3, 4)
        ]
    actor.ops.close()
    assert len(changed(own)) == 4


def test_a_restored_store_is_sound_and_vouches_for_its_own_rows(
    own: Settings, tmp_path: Path
) -> None:
    actor = opened(own)
    backup(tmp_path / "made.zip", settings=own, ops=actor.ops, now=NOW)
    actor.ops.close()
    rows = everything(own)
    damage_tasking(own)
    by_hand(own, "UPDATE taskings SET near = 'Bow Road' WHERE tasking_id = 2")
    restore(tmp_path / "made.zip", settings=own, replace=True)
    assert changed(own) == []
    assert everything(own) == rows
    damage_tasking(own)
    assert len(changed(own)) == 4


def test_processes_that_write_at_once_leave_every_row_with_its_digest(own: Settings) -> None:
    assert all_at_once(propose_and_approve, (own,), (own,), (own,)) == [("changed", 0)] * 3
    assert changed(own) == []


def test_postgresql_has_checksums_of_its_own(operations: Operations) -> None:
    made(Actor(operations, AMINA, NOW))
    with operations.engine.connect() as connection:
        tables = {"row_digests", "rows_noted"} & set(inspect(connection).get_table_names())
    assert bool(tables) is (operations.engine.dialect.name == "sqlite")
    assert changed_rows(operations) == ()
