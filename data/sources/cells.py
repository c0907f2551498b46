"""Cells of a workbook as the text their owner would type, dates in the profile's own format.

A date whose cell shows no time of day, and a whole day number, is a day alone: it is written with
the date of the format and without its time.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from openpyxl.utils.datetime import from_excel

from data.rows.date_formats import EXCEL, UNIX, date_part, formatted, is_digits_alone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from openpyxl.workbook import Workbook

_SERIAL_DAYS: Final = (18_264, 73_415)  # 1950 to 2100, as days since 1899-12-30


def cell_values(cells: Iterable[Any]) -> tuple[object, ...]:
    """Return the values of a row; a date whose cell shows no time of day is a day alone."""
    return tuple(
        value.date()
        if isinstance(value := cell.value, dt.datetime)
        and value.time() == dt.time()
        and not _shows_clock(cell.number_format)
        else value
        for cell in cells
    )


@lru_cache(maxsize=256)
def _shows_clock(number_format: str) -> bool:
    """Tell whether a number format has a time of day, apart from its words and colours."""
    plain = re.sub(r'"[^"]*"|\\.|\[(?!h|hh|m|mm|s|ss\])[^\]]*\]', "", number_format, flags=re.I)
    return re.search(r"h|s|am/pm", plain, re.IGNORECASE) is not None


def cell_text(cell: object, date_format: str | None, *, book: Workbook) -> str:
    """Return a cell as the text its owner would type."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, (int, float)):
        moment = _moment_of(cell, date_format, book=book)
        if moment is not None:
            return _moment_text(moment, date_format)
        return str(int(cell)) if float(cell).is_integer() else repr(float(cell))
    return _moment_text(cell, date_format)


def _moment_text(cell: object, date_format: str | None) -> str:
    if isinstance(cell, dt.datetime):
        return formatted(cell, date_format=date_format or "%Y-%m-%d %H:%M:%S")
    if isinstance(cell, dt.date):
        midnight = dt.datetime(cell.year, cell.month, cell.day)
        date_format = date_format or "%Y-%m-%d"
        return formatted(midnight, date_format=date_part(date_format) or date_format)
    if isinstance(cell, dt.time):
        return cell.strftime(date_format or "%H:%M:%S")
    if isinstance(cell, dt.timedelta):
        return str(cell)
    return str(cell)


def _moment_of(number: float, date_format: str | None, *, book: Workbook) -> object:
    """Return a bare day number as a moment, a whole one as a day alone; None for other numbers."""
    if date_format is None or date_format in (UNIX, EXCEL):
        return None
    low, high = _SERIAL_DAYS
    if low <= number < high and not is_digits_alone(date_format):
        moment = from_excel(number, book.epoch)
        whole = isinstance(moment, dt.datetime) and float(number).is_integer()
        return moment.date() if whole else moment
    if 0 <= number < 1 and "%d" not in date_format:
        return from_excel(number, book.epoch)
    return None
