"""Damage in the demo's operations database: what is noticed with the digests of rows and without.

Run as ``python -m benchmarks.row_damage [TIMES] [SEED]``: 150 changes unless given, of one bit or
of one small letter anywhere in the file, each on a copy. What is read afterwards, every row of
every table, is compared with what was read before.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shapely.errors import ShapelyError
from sqlalchemy.exc import DBAPIError

from benchmarks.measuring import print_table
from data.demo.build import build_demo
from data.operations.backup.portable import rows_of, table_names
from data.operations.database import Operations
from data.operations.integrity import operations_damage
from data.settings import Settings
from geo.errors import PlainError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_LETTERS: Final = range(ord("a"), ord("z") + 1)
_UNREADABLE: Final = (DBAPIError, ShapelyError, ValueError, TypeError, LookupError)
_CHANGES: Final = (
    "cannot be opened",
    "cannot be read",
    "other rows are read",
    "the same rows are read",
)


def main(times: int, seed: int) -> None:
    """Build the demo, damage copies of its database, print what was noticed."""
    with tempfile.TemporaryDirectory() as folder:
        own = Settings(store=Path(folder) / "var", operations_url=None, _env_file=None)  # type: ignore[call-arg]
        build_demo(own, now=_NOW)
        rows = _everything(own)
        content = own.operations_path.read_bytes()
        copy = own.model_copy(update={"store": Path(folder) / "copy"})
        copy.store.mkdir()
        chance = random.Random(seed)  # noqa: S311 - where a disk fails
        counts: Counter[tuple[str, str]] = Counter()
        for _ in range(times):
            for path in copy.store.iterdir():
                path.unlink()
            copy.operations_path.write_bytes(_damaged(content, chance))
            change, before, now = _tried(copy, rows)
            counts[change, "times"] += 1
            counts[change, "unnoticed before"] += not before
            counts[change, "unnoticed now"] += not now
    columns = ("times", "unnoticed before", "unnoticed now")
    lines = [[each, *(str(counts[each, name]) for name in columns)] for each in _CHANGES]
    print_table(f"{times} changes, seed {seed}", ["the change", *columns], lines)


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """Return a file with one bit turned round, or one small letter exchanged for another."""
    damaged = bytearray(content)
    at = chance.randrange(len(damaged))
    if chance.random() < 0.5:
        damaged[at] ^= 1 << chance.randrange(8)
        return bytes(damaged)
    while damaged[at] not in _LETTERS:
        at = (at + 1) % len(damaged)
    damaged[at] = chance.choice([each for each in _LETTERS if each != damaged[at]])
    return bytes(damaged)


def _tried(copy: Settings, rows: list[bytes]) -> tuple[str, bool, bool]:
    """Return what a change leads to, and whether the earlier check and this one notice it."""
    try:
        ops = Operations.open(copy)
    except PlainError:
        return _CHANGES[0], True, True
    try:
        with ops.engine.connect() as connection:
            now = bool(operations_damage(connection, name="operations"))
            pages = _pages_are_sound(connection)
            try:
                read = [line for name in table_names() for line in rows_of(connection, name)]
            except _UNREADABLE:
                return _CHANGES[1], True, now
            return _CHANGES[2 if read != rows else 3], not pages, now
    finally:
        ops.close()


def _pages_are_sound(connection: Connection) -> bool:
    try:
        said = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        gone = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    except DBAPIError:
        return False
    return said == ["ok"] and not gone


def _everything(own: Settings) -> list[bytes]:
    ops = Operations.open(own)
    with ops.engine.connect() as connection:
        rows = [line for name in table_names() for line in rows_of(connection, name)]
    ops.close()
    return rows


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(*[*given, *(150, 150)[len(given) :]])
