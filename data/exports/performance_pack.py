"""The quarterly performance as files to work with: CSV and a workbook.

Every file says its quarter, its table version, whether the quarter is signed off, and whether the
incidents are simulated. Nothing that people wrote can act as a formula.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from data.exports import performance_tables as tables
from data.exports.contents import SIMULATED
from data.exports.spreadsheet import csv_bytes
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from models.performance.pack import Pack

_SHEETS = ("Indicators", "Rolling", "Boroughs", "Concerns", "Corrections")


def table_csv(pack: Pack, frame: pd.DataFrame) -> bytes:
    """Return any table of the page as CSV; each row says its quarter and table version."""
    written = frame.copy()
    for name, text in _about(pack).items():
        written[name] = text
    return csv_bytes(written)


def pack_csv(pack: Pack) -> bytes:
    """Return every indicator with its figures and words as CSV."""
    return table_csv(pack, tables.figures_frame(pack))


def pack_xlsx(pack: Pack) -> bytes:
    """Return the pack as a workbook; no cell is a formula or a link."""
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": pack.made_at, "title": str(pack.quarter)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for name, frame in zip(_SHEETS, _frames(pack), strict=True):
            if len(frame):
                _fill(book.add_worksheet(name), frame, bold=bold, wrapped=wrapped)
        about = pd.DataFrame(
            {"What": list(_about(pack)), "Words": [str(text) for text in _about(pack).values()]}
        )
        _fill(book.add_worksheet("About"), about, bold=bold, wrapped=wrapped)
    return file.getvalue()


def _about(pack: Pack) -> dict[str, Any]:
    held = pack.sign_off
    signed = (
        f"by {held.signed_by} on {day_label(held.signed_at)}, table version {held.table_version}"
        if held
        else "not signed off"
    )
    return {
        "quarter": str(pack.quarter),
        "borough": pack.borough,
        "table_version": pack.table_version,
        "signed_off": signed,
        "data": SIMULATED if pack.simulated else "real",
        "made_at": pack.made_at.isoformat(timespec="seconds"),
    }


def _frames(pack: Pack) -> Iterator[pd.DataFrame]:
    yield tables.figures_frame(pack)
    yield pd.concat(
        [
            pd.DataFrame(
                {
                    "Indicator": row.indicator.name,
                    "Month": [f"{month:%Y-%m}" for month, _ in row.rolling],
                    "Twelve months to it": [value for _, value in row.rolling],
                }
            )
            for row in pack.rows
        ],
        ignore_index=True,
    )
    boroughs = [
        tables.boroughs_frame(row).assign(Indicator=row.indicator.name)
        for row in pack.rows
        if row.boroughs
    ]
    yield pd.concat(boroughs, ignore_index=True) if boroughs else pd.DataFrame()
    yield tables.concerns_frame(pack)
    yield tables.corrections_frame(pack)


def _fill(sheet: Worksheet, frame: pd.DataFrame, *, bold: Format, wrapped: Format) -> None:
    sheet.freeze_panes(1, 1)
    for column, name in enumerate(frame.columns):
        values = frame[name].tolist()
        longest = max([len(str(name)), *(len(str(value)) for value in values[:60])])
        sheet.set_column(column, column, max(10, min(60, longest + 2)))
        sheet.write_string(0, column, str(name), bold)
        for row, value in enumerate(values, start=1):
            if isinstance(value, str):
                sheet.write_string(row, column, value, wrapped)
            elif not pd.isna(value):
                sheet.write_number(row, column, value, wrapped)
