"""A table's CSV, which says where the data are simulated, also when a row is copied elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.demo.geography import SIMULATED_NOTICE
from data.exports.spreadsheet import csv_bytes
from geo.errors import PlainError
from pages.shell import queries
from pages.shell.offer import offer

if TYPE_CHECKING:
    import pandas as pd


def table_file(table: pd.DataFrame, label: str, *, file_name: str) -> None:
    """Draw the button that downloads a table.

    Parameters
    ----------
    table : DataFrame
        Not changed; the file gets a last column with the notice where the store is simulated.
    label : str
        On the button.
    file_name : str
        Ends in ``.csv``.
    """
    shown = table.assign(Notice=SIMULATED_NOTICE) if _simulated() else table
    offer(label, lambda: csv_bytes(shown), file_name=file_name)


def _simulated() -> bool:
    try:
        return queries.store().simulated
    except PlainError:  # no ward file or no incidents: nothing in it is simulated
        return False
