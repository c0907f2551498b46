"""Recognising a workbook whose dates were turned round by a spreadsheet of another country.

A spreadsheet program that expects month before day reads 01/06/2024 as 6 January and makes it a
date; 13/06/2024 it cannot read, and leaves it as text. What is left is a column in which every real
date has a day up to 12 and every text has a number over 12. The real dates are then wrong, and no
cell of them says so.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from data.rows.date_formats import EXCEL
from data.rows.errors import TurnedDatesError
from models.wording.days import long_day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST_MONTH: Final = 12
_WRITTEN: Final = re.compile(r"\s*(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s]\d{2,4}\b")


@dataclass(slots=True)
class DateColumn:
    """What the cells of one column of dates are; filled row by row.

    Attributes
    ----------
    name : str
        Name of the column.
    dates, texts : int
        Cells that are real dates, and texts that look like one.
    """

    name: str
    dates: int = 0
    texts: int = 0
    _first_date: dt.date | None = None
    _first_text: str = ""
    _is_turned: bool = True

    def add(self, cell: object) -> None:
        """Take a cell of the column into account."""
        if isinstance(cell, dt.date):  # a datetime is one too
            self.dates += 1
            self._first_date = self._first_date or cell
            self._is_turned = self._is_turned and cell.day <= _LAST_MONTH
        elif isinstance(cell, str) and (written := _WRITTEN.match(cell)):
            self.texts += 1
            self._first_text = self._first_text or cell.strip()
            over = [int(number) > _LAST_MONTH for number in written.groups()]
            self._is_turned = self._is_turned and any(over)

    def refuse_turned(self, file: str) -> None:
        """Raise `TurnedDatesError` if the column can only have become what it is by turning."""
        if not (self.dates and self.texts and self._is_turned) or self._first_date is None:
            return
        raise TurnedDatesError(
            what=f"The dates in {self.name} of {file} were turned round by a spreadsheet program.",
            found=f"real dates in {self.dates:,} of the cells, all with a day up to 12 (such as "
            f"{long_day_label(self._first_date)}), and text in {self.texts:,}, all with a number "
            f"over 12 (such as {self._first_text[:30]}). A program that expects the other order "
            "of day and month has read what it could and changed day and month over",
            do="Import the file as it was before it was opened there, as CSV, or have it exported "
            "again.",
        )


@dataclass(frozen=True, slots=True)
class DateColumns:
    """The columns of dates of one sheet, by position; None for any other column."""

    columns: tuple[DateColumn | None, ...]

    @classmethod
    def of(cls, names: Sequence[str], date_formats: Sequence[str | None]) -> Self:
        """Return the columns that a date format with a day is given for."""
        days = (form is not None and ("%d" in form or form == EXCEL) for form in date_formats)
        return cls(
            tuple(
                DateColumn(name) if is_day else None
                for name, is_day in zip(names, days, strict=True)
            )
        )

    def add(self, cells: Sequence[object]) -> None:
        """Take a row into account."""
        for column, cell in zip(self.columns, cells, strict=False):
            if column is not None:
                column.add(cell)

    def refuse_turned(self, file: str) -> None:
        """Raise `TurnedDatesError` if one of the columns can only have been turned round."""
        for column in self.columns:
            if column is not None:
                column.refuse_turned(file)
