"""Visits from a CSV: every row logged, there already, or rejected with its reason.

The columns are ``tasking`` (T-0012 or 12), ``team``, ``arrived`` and ``left`` (2026-11-14 22:30,
14/11/2026 22:30, or ISO 8601 with its zone; local time where none is written), and where there is
something to tell ``notices``, ``dispersed``, ``arrests``, ``referrals``, ``needles``, ``weapons``
and ``note``. Uploading a file again logs nothing twice. Rows are kept in batches, so that nobody
else has to wait for a long file; one that was stopped half-way is finished by uploading it again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd
from sqlalchemy import select

from data.exports.spreadsheet import csv_bytes
from data.operations.tables import VisitRow
from data.operations.taskings.errors import UnknownTaskingError
from data.operations.visits.errors import VisitError
from data.operations.visits.visits import NewVisit, log_within
from data.rows.errors import NotATableError, UnknownColumnsError
from data.rows.validation import WHOLE_ROW, is_rejection_column, rejected_frame
from data.services.visit_reading import NEEDED, RowFault, columns_of, read_row
from data.sources.delimited import first_rows, layout_of, read_delimited
from data.sources.rejections import counted_reasons
from data.sources.source_file import csv_text, open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor
    from data.operations.database import Operations
    from data.sources.files import Limits
    from data.sources.rows import Rows

_ROWS_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class RejectedVisit:
    """A row that was not logged.

    Attributes
    ----------
    row : int
        Its number in the file, the header counted.
    faults : tuple of RowFault
        All that is wrong with it: field, value and reason.
    values : tuple of (str, str)
        The row as it stands in the file: column and value.
    """

    row: int
    faults: tuple[RowFault, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class VisitUpload:
    """What became of the rows of a file; the three add up to the rows read.

    Attributes
    ----------
    file : str
        Its name.
    logged, already_there : int
    rejected : tuple of RejectedVisit
        In the order of the file.
    """

    file: str
    logged: int
    already_there: int
    rejected: tuple[RejectedVisit, ...]

    @property
    def rows_read(self) -> int:
        """How many rows the file holds."""
        return self.logged + self.already_there + len(self.rejected)

    @property
    def summary(self) -> str:
        """The count in one line."""
        rows = "row" if self.rows_read == 1 else "rows"
        return (
            f"{self.rows_read:,} {rows} read = {self.logged:,} logged + {self.already_there:,} "
            f"there already + {len(self.rejected):,} rejected."
        )

    @property
    def reasons(self) -> tuple[str, ...]:
        """Each reason once, with its number of rows and the first of them, commonest first."""
        return counted_reasons(
            [(each.row, fault.reason) for each in self.rejected for fault in each.faults]
        )

    def rejected_file(self) -> bytes:
        """Return the rejected rows as CSV, to be corrected and uploaded again."""
        own = dict.fromkeys(
            name
            for each in self.rejected
            for name, _ in each.values
            if not is_rejection_column(name)
        )
        values = [dict(each.values) for each in self.rejected]
        frame = rejected_frame(
            {name: [row.get(name, "") for row in values] for name in own},
            file=[self.file] * len(self.rejected),
            row=[each.row for each in self.rejected],
            field=[", ".join(fault.field for fault in each.faults) for each in self.rejected],
            value=[", ".join(fault.value for fault in each.faults) for each in self.rejected],
            reason=["; ".join(fault.reason for fault in each.faults) for each in self.rejected],
        )
        return csv_bytes(pd.DataFrame(frame))


def upload_visits(
    actor: Actor,
    path: Path,
    *,
    name: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[float], None] | None = None,
) -> VisitUpload:
    """Log the visits of a CSV.

    Parameters
    ----------
    actor : Actor
    path : Path
    name : str, optional
        What to call the file; its own name without it.
    limits : Limits, optional
        Largest size accepted.
    progress : callable, optional
        Told how much of the file is done, 0 to 1.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    data.rows.errors.FileError
        If the file cannot be read or a needed column is missing; by subclass.
    """
    actor.must_be_officer("Logging visits")
    called = name or path.name
    text = csv_text(
        open_source(path, limits=limits, name=called),
        otherwise=NotATableError(
            what=f"{called} is not a CSV.",
            found="a workbook, ZIP or folder",
            do="Save it as CSV and upload that.",
        ),
    )
    needed = _needed(first_rows(text), file=called)
    logged = already = 0
    rejected: list[RejectedVisit] = []
    for batch in read_delimited(layout_of(text, needed=needed)):
        rejected.extend(_malformed(batch))
        for told in _read_rows(batch, ops=actor.ops):
            kept, known, refused = _keep(actor, told)
            logged, already = logged + kept, already + known
            rejected.extend(refused)
        if progress is not None:
            progress(batch.fraction_done)
    return VisitUpload(called, logged, already, tuple(sorted(rejected, key=lambda each: each.row)))


_ReadRow = tuple[int, dict[str, str], NewVisit | tuple[RowFault, ...]]


def _needed(rows: list[list[str]], *, file: str) -> tuple[str, ...]:
    """Return the needed columns as the file spells them."""
    best: dict[str, str] = max(
        (columns_of(value.strip() for value in row) for row in rows), key=len, default={}
    )
    missing = [name for name in NEEDED if name not in best]
    if missing:
        found = ", ".join(value.strip()[:40] for value in rows[0]) if rows else "nothing"
        raise UnknownColumnsError(
            what=f"{file} has no column {' and no column '.join(missing)}.",
            found=found[:400] or "nothing",
            do="The columns are tasking, team, arrived and left, and what was found.",
        )
    return tuple(best[name] for name in NEEDED)


def _read_rows(batch: Rows, *, ops: Operations) -> Iterator[list[_ReadRow]]:
    """Yield the rows of a batch as they are read, some hundreds at a time."""
    roles = columns_of(batch.columns)
    rows = batch.table.to_pylist()
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = zip(
            batch.numbers[start:].tolist(), rows[start : start + _ROWS_AT_ONCE], strict=False
        )
        yield [
            (
                number,
                row,
                read_row(
                    {role: row[column] for role, column in roles.items()}, timezone=ops.timezone
                ),
            )
            for number, row in some
        ]


def _keep(actor: Actor, rows: list[_ReadRow]) -> tuple[int, int, list[RejectedVisit]]:
    """Log rows in one transaction; return how many, how many were there, and the rejected."""
    logged = already = 0
    rejected: list[RejectedVisit] = []
    with actor.session() as session:
        for number, values, read in rows:
            faults: tuple[RowFault, ...]
            if isinstance(read, NewVisit):
                known = _known(session, read)
                if known is not None:
                    faults = _differences(known, read)
                    already += not faults
                else:
                    faults = _log(actor, session, read, values=values)
                    logged += not faults
            else:
                faults = read
            if faults:
                rejected.append(RejectedVisit(number, faults, tuple(values.items())))
    return logged, already, rejected


def _log(
    actor: Actor, session: Session, new: NewVisit, *, values: dict[str, str]
) -> tuple[RowFault, ...]:
    try:
        log_within(actor, session, new)
    except VisitError as problem:
        field, reason = problem.field, str(problem)
    except UnknownTaskingError as problem:
        field, reason = "tasking", str(problem)
    else:
        return ()
    column = columns_of(values).get(field, field)
    return (RowFault(field, values.get(column, ""), reason),)


def _known(session: Session, new: NewVisit) -> VisitRow | None:
    """Return the same visit where it is there already: tasking, team and both times."""
    return session.scalar(
        select(VisitRow).where(
            VisitRow.team == new.team,
            VisitRow.arrived_at == new.arrived_at,
            VisitRow.tasking_id == new.tasking_id,
            VisitRow.left_at == new.left_at,
        )
    )


def _differences(existing_row: VisitRow, new: NewVisit) -> tuple[RowFault, ...]:
    """Say what a row tells otherwise than the visit that is there."""
    told: dict[str, object] = {**asdict(new.finds), "note": new.note}
    return tuple(
        RowFault(
            name,
            str(value),
            f"The visit is logged already, with {name} {getattr(existing_row, name)!r}: correct it "
            "there if the file is right",
        )
        for name, value in told.items()
        if getattr(existing_row, name) != value
    )


def _malformed(batch: Rows) -> Iterator[RejectedVisit]:
    for row in batch.malformed:
        values = zip(batch.columns, row.values, strict=False)
        yield RejectedVisit(row.number, (RowFault(WHOLE_ROW, "", row.reason),), tuple(values))
