"""Hotspots as tables for a spreadsheet: CSV and XLSX.

A text that a spreadsheet would run as a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab
or a line end; OWASP, "CSV Injection") gets an apostrophe before it in CSV; XLSX stores text as
text. CSV begins with a byte-order mark, without which Excel takes UTF-8 for an older encoding.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import xlsxwriter

from data.exports.contents import flat_table
from geo.crs import WGS84, transform

if TYPE_CHECKING:
    from data.exports.contents import ExportMeta
    from models.hotspots.shape import Hotspots

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_ABOUT: Final = ("notice", "period", "table_version", "domestic_or_sexual_left_out")


def to_csv(hotspots: Hotspots, *, meta: ExportMeta) -> bytes:
    """Return hotspots as CSV: one row a hotspot, its centre in metres and in degrees, no polygon.

    The last columns repeat the period, the table version, how many domestic and sexual incidents
    are left out and, for demo data, the notice that the incidents are simulated, so that a row
    copied elsewhere still says so. Cells not known are
    empty. Lines end in CR LF (RFC 4180).

    Returns
    -------
    bytes
        UTF-8 with a byte-order mark.
    """
    table = _with_centres(hotspots)
    described = meta.described(hotspots)
    for name in _ABOUT:
        if name in described:
            table[name] = described[name]
    return csv_bytes(table)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Return any table as CSV, guarded as above: UTF-8 with a byte-order mark, lines in CR LF."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(table.columns)
    for row in table.itertuples(index=False):
        writer.writerow([_cell(value) for value in row])
    return file.getvalue().encode("utf-8-sig")


def to_xlsx(hotspots: Hotspots, *, meta: ExportMeta) -> bytes:
    """Return hotspots as a workbook: the sheet "Hotspots" as in `to_csv`, and the sheet "About".

    Returns
    -------
    bytes
        XLSX; no cell is a formula or a link.
    """
    table = _with_centres(hotspots)
    file = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": meta.made_at})
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("Hotspots")
        sheet.freeze_panes(1, 1)
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, max(10, min(40, len(name) + 3)))
            for row, value in enumerate(table[name].tolist(), start=1):
                if isinstance(value, str):
                    sheet.write_string(row, column, value)
                elif not pd.isna(value):
                    sheet.write_number(row, column, value)
        about = book.add_worksheet("About")
        about.set_column(0, 0, 22)
        about.set_column(1, 1, 100)
        for row, (name, value) in enumerate(meta.described(hotspots).items()):
            text = " ".join(value) if isinstance(value, list) else value
            about.write_string(row, 0, name.replace("_", " "), bold)
            about.write_string(row, 1, "" if text is None else str(text))
    return file.getvalue()


def _with_centres(hotspots: Hotspots) -> pd.DataFrame:
    """Return the flat table with the point of each hotspot nearest to its middle, inside it."""
    table = flat_table(hotspots)
    points = hotspots.frame.geometry.representative_point()
    easting, northing = points.x.to_numpy(), points.y.to_numpy()
    crs = hotspots.frame.crs
    longitude, latitude = transform(easting, northing, source=crs.to_string(), target=WGS84)
    table["centre_easting"] = easting.round(1)
    table["centre_northing"] = northing.round(1)
    table["centre_longitude"] = longitude.round(6)
    table["centre_latitude"] = latitude.round(6)
    return table


def _cell(value: Any) -> Any:  # noqa: ANN401  one cell of any column
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
    return "" if pd.isna(value) else value
