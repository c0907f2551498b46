"""Reading XLSX workbooks row by row, as text in the profile's own date format.

Of the workbook the first visible sheet is read that holds the needed columns. Dates are turned into
text of the profile's format, whether the cell is a date or a bare day number, so one rule reads
them and a rejected row shows what its owner would type; a cell that shows no time of day, or a
whole day number, is written as a date alone. A formula gives the value stored with it; a row with a
formula that was never calculated is rejected.

A column of dates in which some cells are dates and others are text can have been turned round (see
`data.sources.turned_dates`); such a workbook is refused.
"""

from __future__ import annotations

import itertools
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from openpyxl import load_workbook

from data.faults import CARELESS, FaultError, plain_faults
from data.rows.errors import DamagedFileError, EmptyFileError, UnknownColumnsError
from data.sources.cells import cell_text, cell_values
from data.sources.rows import (
    HEADER_ROWS,
    Malformed,
    Rows,
    as_rejected_rows,
    column_key,
    header_position,
    is_too_long,
    string_table,
    too_long,
    unique_names,
    usual_width,
    without_blank_rows,
)
from data.sources.turned_dates import DateColumns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from openpyxl.workbook import Workbook

    from data.sources.files import Part


BATCH_ROWS: Final = 20_000
_MOST_ROWS: Final = 1_048_576  # of a sheet, in every spreadsheet program that writes XLSX
_NOT_CALCULATED: Final = "Holds a formula without a stored value: open, save and import it again"


@dataclass(frozen=True, slots=True)
class SheetHead:
    """How a sheet begins.

    Attributes
    ----------
    title : str
    rows : tuple of tuple of str
        Its first rows as text.
    stated_rows : int
        How many rows it says it has; 0 where it does not say.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    stated_rows: int


@dataclass(frozen=True, slots=True)
class WorkbookHead:
    """A workbook and how its visible sheets begin, in their order."""

    part: Part
    sheets: tuple[SheetHead, ...]

    def table_rows(self) -> tuple[tuple[str, ...], ...]:
        """Return the first rows of the sheet with the widest table, the first of equals."""
        widest = max(self.sheets, key=_usual_values, default=None)
        return widest.rows if widest is not None and _usual_values(widest) else ()

    def has_columns(self, needed: Iterable[str]) -> bool:
        """Tell whether a sheet holds the needed columns."""
        try:
            _sheet_with(self, needed=tuple(needed))
        except (UnknownColumnsError, EmptyFileError):
            return False
        return True

    def notes(self, needed: Iterable[str]) -> tuple[str, ...]:
        """Say which sheet is read for the needed columns and which are not, if there are others."""
        columns = tuple(needed)
        read, _ = _sheet_with(self, needed=columns)
        others = [sheet for sheet in self.sheets if sheet is not read and _usual_values(sheet)]
        if not others:
            return ()
        alike = [
            sheet.title
            for sheet in others
            if WorkbookHead(self.part, (sheet,)).has_columns(columns)
        ]
        told = (
            f"Read: the sheet “{read.title}”. Not read: {_quoted(each.title for each in others)}."
        )
        if alike:
            told += (
                f" The needed columns are also in {_quoted(alike)}: save what is in there as a "
                "file of its own and import that too."
            )
        return (told,)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One sheet read twice in step: the stored values, and the formulas where it has any."""

    file: str
    values: Iterator[tuple[object, ...]]
    formulas: Iterator[tuple[object, ...]] | None


def workbook_head(part: Part, *, rows: int) -> WorkbookHead:
    """Open a workbook and return how its visible sheets begin.

    Parameters
    ----------
    part : Part
        The workbook as a file on disk, known to be safe to unpack.
    rows : int
        How many rows of each sheet, at most.

    Raises
    ------
    DamagedFileError
        If it cannot be read as a workbook.
    """
    with _workbook(part) as book:
        sheets = [
            _sheet_head(book, sheet.title, part=part, rows=rows)
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        ]
    return WorkbookHead(part, tuple(sheets))


def read_spreadsheet(
    workbook: WorkbookHead,
    *,
    needed: Iterable[str],
    date_formats: Mapping[str, str],
    batch_rows: int = BATCH_ROWS,
) -> Iterator[Rows]:
    """Yield the rows of a workbook in batches.

    Parameters
    ----------
    workbook : WorkbookHead
    needed : iterable of str
        Columns the header must hold (see `header_position`).
    date_formats : mapping of str to str
        Columns that hold dates or times, and the format to write their cells in.
    batch_rows : int
        Rows to a batch.

    Raises
    ------
    FileError
        If it is damaged or empty, no sheet has the needed columns, its dates were turned round, or
        the file changes before its end is read.
    """
    part = workbook.part
    head, position = _sheet_with(workbook, needed=tuple(needed))
    formats = {column_key(column): date_format for column, date_format in date_formats.items()}
    with _workbook(part) as book, _formulas(part, title=head.title) as formulas:
        yield from _batches(
            _Sheet(part.name, _rows(book[head.title], part), formulas),
            book=book,
            position=position,
            formats=formats,
            shape=(batch_rows, head.stated_rows),
        )
    part.refuse_change()


def _usual_values(sheet: SheetHead) -> int:
    """Return the commonest number of filled cells to a row; 0 for a blank sheet."""
    return usual_width(sum(bool(value.strip()) for value in row) for row in sheet.rows)


def _quoted(titles: Iterable[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)


@contextmanager
def _workbook(part: Part, *, data_only: bool = True) -> Iterator[Workbook]:
    """Open a workbook by content, whatever its name ends in, and close it again."""
    with part.open() as stream:
        with _believed(part):
            book = load_workbook(stream, read_only=True, data_only=data_only)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _believed(part: Part) -> Iterator[None]:
    """Say plainly what goes wrong in openpyxl, which believes whatever stands in a file."""
    try:
        with plain_faults(
            part.name, damaged=lambda found: _damaged(part, found), also=(*CARELESS, SyntaxError)
        ):
            yield
    except (DamagedFileError, FaultError):
        part.refuse_change()
        raise


def _rows(sheet: Any, part: Part, *, values_only: bool = False) -> Iterator[Any]:  # noqa: ANN401
    """Yield the rows of a sheet, no more than a workbook can have."""
    sheet.reset_dimensions()  # what a sheet says of its size need not be true
    with _believed(part):
        for number, row in enumerate(sheet.iter_rows(values_only=values_only), start=1):
            if number > _MOST_ROWS:
                raise _damaged(part, f"a row numbered above {_MOST_ROWS:,}")
            yield row if values_only else cell_values(row)


def _damaged(part: Part, found: str) -> DamagedFileError:
    return DamagedFileError(
        what=f"{part.name} is damaged or not a workbook.",
        found=found,
        do="Open it in a spreadsheet program and save it again.",
    )


@contextmanager
def _formulas(part: Part, *, title: str) -> Iterator[Iterator[tuple[object, ...]] | None]:
    """Open the sheet a second time for its formulas; None where the workbook has none."""
    if not _has_formulas(part):
        yield None
        return
    with _workbook(part, data_only=False) as book:
        yield _rows(book[title], part, values_only=True)


def _sheet_head(book: Workbook, title: str, *, part: Part, rows: int) -> SheetHead:
    sheet = book[title]
    stated_rows = sheet.max_row or 0
    cells = itertools.islice(_rows(sheet, part), rows)
    texts = tuple(tuple(cell_text(cell, None, book=book) for cell in row) for row in cells)
    return SheetHead(title, texts, stated_rows)


def _sheet_with(workbook: WorkbookHead, *, needed: tuple[str, ...]) -> tuple[SheetHead, int]:
    """Return the first visible sheet with the needed columns, and its header's position."""
    file = workbook.part.name
    first_fault: UnknownColumnsError | EmptyFileError | None = None
    for sheet in workbook.sheets:
        try:
            position = header_position(
                sheet.rows[:HEADER_ROWS], needed=needed, file=f"{file}, {sheet.title}"
            )
        except (UnknownColumnsError, EmptyFileError) as fault:
            if first_fault is None or isinstance(first_fault, EmptyFileError):
                first_fault = fault
            continue
        return sheet, position
    if first_fault is None:
        raise EmptyFileError(
            what=f"{file} holds no visible sheet.", found="hidden sheets", do="Unhide the data."
        )
    raise first_fault


def _has_formulas(part: Part) -> bool:
    with _believed(part), part.open() as stream, zipfile.ZipFile(stream) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as sheet:
                    tail = b""
                    while block := sheet.read(1_048_576):
                        if b"<f>" in tail + block or b"<f " in tail + block:
                            return True
                        tail = block[-2:]
    return False


def _batches(
    sheet: _Sheet,
    *,
    book: Workbook,
    position: int,
    formats: Mapping[str, str],
    shape: tuple[int, int],
) -> Iterator[Rows]:
    batch_rows, rows_in_all = shape
    header = [
        cell_text(cell, None, book=book)
        for cell in next(itertools.islice(sheet.values, position, None))
    ]
    while header and not header[-1].strip():
        header.pop()
    columns = unique_names(header)
    column_formats = [formats.get(column_key(name)) for name in columns]
    dates = DateColumns.of(columns, column_formats)
    formulas = sheet.formulas
    if formulas is not None:
        next(itertools.islice(formulas, position, None))
    number, any_rows = position + 1, False
    while block := list(itertools.islice(sheet.values, batch_rows)):
        in_step = list(itertools.islice(formulas, len(block))) if formulas is not None else None
        rows, numbers, malformed = [], [], []
        for at, cells in enumerate(block):
            number += 1
            row = _row(cells, column_formats, book=book)
            dates.add(cells)
            if in_step is not None and _uncalculated(cells, in_step[at]):
                malformed.append(Malformed(number, tuple(row), _NOT_CALCULATED))
            elif is_too_long(row):
                malformed.append(too_long(number, row))
            elif any(value.strip() for value in row[len(columns) :]):
                reason = f"Has values beyond the last column of the header ({columns[-1]})"
                malformed.append(Malformed(number, tuple(row), reason))
            else:
                rows.append(row[: len(columns)])
                numbers.append(number)
        table, kept = without_blank_rows(
            string_table(rows, columns=columns), np.asarray(numbers, dtype=np.int64)
        )
        any_rows = any_rows or bool(kept.size or malformed)
        done = min(number / rows_in_all, 1.0) if rows_in_all > 1 else 0.5
        yield Rows(sheet.file, as_rejected_rows(table), kept, tuple(malformed), done)
    dates.refuse_turned(sheet.file)
    if not any_rows:
        raise EmptyFileError(
            what=f"{sheet.file} holds a header and no rows.",
            found=", ".join(columns)[:200],
            do="Check the period that was asked for, and export it again.",
        )


def _row(cells: Sequence[object], formats: Sequence[str | None], *, book: Workbook) -> list[str]:
    padded = [*cells, *[None] * (len(formats) - len(cells))]
    longer = [*formats, *[None] * (len(padded) - len(formats))]
    return [cell_text(cell, form, book=book) for cell, form in zip(padded, longer, strict=True)]


def _uncalculated(values: Sequence[object], formulas: Sequence[object]) -> bool:
    return any(
        value is None and isinstance(formula, str) and formula.startswith("=")
        for value, formula in zip(values, formulas, strict=False)
    )
