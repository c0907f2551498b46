"""The audit trail on the page Administration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports.spreadsheet import csv_bytes
from data.operations.audit.trail import tables, trail
from pages.shell.offer import offer_in_name

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.database import Operations

_SHOWN: Final = 500
_ALL: Final = "everything"


def draw(ops: Operations, *, who: Person) -> None:
    """Draw who changed what, newest first, with a download of all of it."""
    st.header("Who changed what")
    names = tables(ops)
    if not names:
        st.write("Nothing has been changed yet: no tasking, visit, review or account.")
        return
    chosen = st.selectbox("Changes of", [_ALL, *names])
    table = None if chosen == _ALL else chosen
    st.dataframe(
        trail(ops, person=who, table=table, newest=_SHOWN),
        hide_index=True,
        alt="Changes, newest first",
        column_config={"When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss")},
    )
    st.caption(
        f"The newest {_SHOWN} at most; the file contains all of them. The database refuses to "
        "change or remove an entry, but in a removal that is itself on record (below)."
    )
    offer_in_name("The audit trail as CSV", partial(_file, ops, table), file_name="audit-trail.csv")


def _file(ops: Operations, table: str | None, who: Person) -> bytes:
    return csv_bytes(trail(ops, person=who, table=table, newest=None))
