"""Who viewed and exported what, and what was removed, on the page Administration."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.spreadsheet import csv_bytes
from data.operations.audit.access import access_log
from data.operations.retention.removals import removals
from pages.shell.offer import offer_in_name
from pages.shell.queries_operations import local_time

if TYPE_CHECKING:
    from data.access import Person
    from data.operations.database import Operations

_SHOWN: Final = 500
_WHEN: Final = {"When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm:ss")}


def draw(ops: Operations, *, who: Person) -> None:
    """Draw the access log, newest first, with a download of all of it, and the removals."""
    st.header("Who viewed and exported what")
    log = access_log(ops, person=who, newest=_SHOWN)
    if log.empty:
        st.write("No page view and no export is on record yet.")
    else:
        st.dataframe(
            log, hide_index=True, alt="Views and exports, newest first", column_config=_WHEN
        )
        st.caption(
            f"The newest {_SHOWN} at most; the file contains all of them. An export is recorded "
            "before the file is handed out, on the command line as well."
        )
        offer_in_name("The access log as CSV", partial(_file, ops), file_name="access-log.csv")
    st.header("What was removed")
    done = removals(ops, person=who)
    if not done:
        st.write("Nothing was removed by retention or erasure.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "When": local_time(each.at),
                    "Who": each.person,
                    "Kind": each.kind,
                    "Removed": "; ".join(
                        f"{kind.replace('_', ' ')}: {count:,}"
                        for kind, count in each.removed.items()
                        if count
                    )
                    or "nothing was due",
                }
                for each in done
            ]
        ),
        hide_index=True,
        alt="Removals, newest first",
        column_config=_WHEN,
    )


def _file(ops: Operations, who: Person) -> bytes:
    return csv_bytes(access_log(ops, person=who, newest=None))
