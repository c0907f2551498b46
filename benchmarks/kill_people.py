"""The store of `benchmarks.kills` about people: callers, accounts, and what is past its time.

What is to go by a command can be found again by it: the calls of one caller, the name of one member
of staff, what is older than the schedule. So a look at the store can count what is left of it, in
every file, also in those that no version of the table names any more.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import insert, select

from benchmarks.ingest import WARDS
from benchmarks.kill_rows import PASSWORD, run, tasking
from data.incidents import table
from data.incidents.caller_salt import caller_salt, salt_state
from data.incidents.choices import ImportChoices
from data.incidents.data_files import files_of
from data.incidents.imports import imports
from data.operations.accounts.hashes import password_fits
from data.operations.accounts.tables import UserRow
from data.operations.database import Operations
from data.operations.retention.person import rows_about
from data.operations.tables import CommentRow, TaskingRow
from data.services import loading
from data.settings import Settings, settings
from data.sources.identity import caller_references

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

NUMBER: Final = "020 7946 0018"
STAFF: Final = "Dee Marker"
NEW_PASSWORD: Final = "Another that is used 8 times"  # noqa: S105 - of nobody
_OTHERS: Final = ("020 7946 0019", "020 7946 0020", "withheld", "")
_BEFORE: Final = "2026-08-03T09:00:00+00:00"  # so that rejected rows are past their time
_PAST: Final = datetime(2023, 11, 1, tzinfo=UTC)  # by the 36 months of the schedule
_SCHEDULE: Final = """rejected_rows = 1
taskings = 12
audit = 1

[[incidents]]
months = 36
"""
_FILES: Final = 8  # of one year: so many are joined
_COLUMNS: Final = "CAD reference,Call time,Type,Easting,Northing,Caller,Location"


def write_calls(path: Path, *, number: int) -> None:
    """Write a file of calls over four years.

    Every third is the marked caller's, one is rejected, and one corrects what the file before says,
    so that the files of incidents that hold it are replaced.
    """
    lines = [_COLUMNS]
    for at in range(24):
        caller = NUMBER if at % 3 == 0 else _OTHERS[at % len(_OTHERS)]
        kind = "Rowdy behaviour" if at else "No such type"
        month = at // 4 * 2 + number % 2 + 1
        when = f"{at + 1:02d}/{month:02d}/{2022 + at % 4} 18:05"
        place = f"{533_800 + 5 * at},{182_000 + 5 * number}"
        lines.append(f"C{number}-{at},{when},{kind},{place},{caller},A Street")
    again = f"05/06/2025 11:00,Rowdy behaviour,533800,182000,{NUMBER},Street {number}"
    path.write_text("\n".join([*lines, f"Again,{again}", ""]))


def build_people(base: Path) -> None:
    """Make the store in a folder, and the files that the commands read."""
    _at(_BEFORE)
    own = settings()
    run("wards", str(WARDS))
    # As where something was in the way of each upkeep: all is left to the command.
    setattr(loading, "upkeep_when_due", lambda *_, **__: None)  # noqa: B010 - a name of a module
    for number in range(_FILES):
        write_calls(base / "calls.csv", number=number)
        loading.import_path(
            base / "calls.csv",
            settings=own,
            now=own.present(),
            profile="cad_log",
            choices=ImportChoices(person=STAFF),
        )
    own.store.joinpath("retention.toml").write_text(_SCHEDULE)
    for name, role in (("Ada", "administrator"), (STAFF, "officer"), ("Cy", "panel")):
        run("users", "add", name, "--role", role, "--password", PASSWORD)
    run("users", "close", STAFF)
    ops = Operations.open(own)
    rows = [
        tasking(1, by=STAFF),
        tasking(2, status="cancelled", moment=datetime(2024, 3, 4, tzinfo=UTC)),
    ]
    said = {"at": datetime(2026, 8, 3, tzinfo=UTC), "person": STAFF, "words": f"{STAFF} was there"}
    with ops.engine.begin() as connection:
        connection.execute(insert(TaskingRow), rows)
        connection.execute(insert(CommentRow), [{**said, "tasking_id": 1}])
    ops.close()
    (base / "typed").write_text(f"{NUMBER}\n")
    (reference,) = caller_references([NUMBER], salt=caller_salt(own))
    (base / "caller").write_text(str(reference))


def _at(moment: str) -> None:
    os.environ["HOTSPOT_NOW"] = moment
    settings.cache_clear()


def people_in(own: Settings, work: Path, connection: Connection) -> dict[str, Any]:
    """Return what a store holds of people, as far as a command can change it."""
    users = select(UserRow.name, UserRow.role, UserRow.active, UserRow.wards, UserRow.password)
    accounts = connection.execute(users.order_by(UserRow.name)).all()
    panels = [each for each in accounts if each.role == "panel"]
    renewed = [each.name for each in panels if password_fits(NEW_PASSWORD, each.password)]
    found: dict[str, Any] = {
        "accounts": str([tuple(each)[:-1] for each in accounts]),
        "new passwords": str(renewed),
        "of the marked name": str(len(rows_about(connection, STAFF))),
        "secret for callers": salt_state(own).state,
        "rejected rows": _rejected(own),
    }
    if (work / "caller").exists():
        found |= _left_of(own, reference=(work / "caller").read_text())
    return found


def _left_of(own: Settings, *, reference: str) -> dict[str, Any]:
    """Return what is left of the caller and of what is past its time; words, as less is no loss."""
    columns = ["caller_ref", "starts_at"]
    # Also in files that no version names any more.
    files = sorted(own.incidents_path.glob("year=*/*.parquet"))
    read = [pq.read_table(each, columns=columns, partitioning=None) for each in files]
    rows = pa.concat_tables(read)
    marked = pc.sum(pc.fill_null(pc.equal(rows["caller_ref"], reference), fill_value=False))
    past = pc.sum(pc.less(rows["starts_at"], pa.scalar(_PAST, rows["starts_at"].type)))
    held = [each.read_bytes() for each in own.store.rglob("*") if each.is_file()]
    by_staff = sum(each.person == STAFF for each in imports(own))
    with_notes = sum(bool(each.notes or each.rejected_file) for each in imports(own))
    return {
        "calls of the marked caller in every file": str(marked.as_py()),
        "calls past their time in every file": str(past.as_py()),
        "files of the newest version": str(len(files_of(table.opened(own)))),
        "imports by the marked name": str(by_staff),
        "files with the marked name": str(sum(STAFF.encode() in each for each in held)),
        "files that name rejected rows": str(sum(b"rejected.csv" in each for each in held)),
        "imports with rejected rows or notes": str(with_notes),
    }


def _rejected(own: Settings) -> int:
    """Count the rejected rows; those of a file that was imported twice once."""
    read = [
        pd.read_csv(each, dtype="str", keep_default_na=False, encoding="utf-8-sig")
        for each in own.imports_path.glob("*/rejected.csv")
    ]
    return len(pd.concat(read).drop_duplicates()) if read else 0
