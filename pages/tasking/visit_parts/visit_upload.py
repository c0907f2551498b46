"""Many visits at once, from a CSV: every row logged, there already, or rejected with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.services.visit_upload import upload_visits
from data.settings import settings
from pages.components.upload import on_disk, uploaded
from pages.shell import saving
from pages.shell.messages import plain
from pages.shell.offer import offer
from pages.shell.person import actor

if TYPE_CHECKING:
    from data.services.visit_upload import VisitUpload

_SHOWN: Final = 200


def upload() -> None:
    """Draw the upload box, and what became of each row."""
    with st.expander("Upload visits from a CSV"):
        st.markdown(
            "Columns: tasking (T-0012), team, arrived and left (14/11/2026 22:30), and, if there "
            "is anything to report, notices, dispersed, arrests, referrals, needles, weapons, "
            "note. "
            "Uploading a file twice logs nothing twice."
        )
        form = saving.form("visits_csv", file="visits-file")
        with form.drawn():
            file = st.file_uploader("CSV of visits", type=["csv", "txt"], key=form.key("file"))
            sent = form.sent("Log these visits")
        if not sent:
            return
        done: list[VisitUpload] = []

        def save() -> str:
            acting = actor()
            with on_disk(uploaded(file), settings()) as path:
                done.append(upload_visits(acting, path, name=path.name))
            return ""

        if form.save(save):
            _draw_result(done[0])


def _draw_result(upload: VisitUpload) -> None:
    (st.warning if upload.rejected else st.success)(plain(upload.summary))
    if not upload.rejected:
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Row": each.row,
                    "Field": ", ".join(fault.field for fault in each.faults),
                    "Value": ", ".join(fault.value for fault in each.faults),
                    "Why": "; ".join(fault.reason for fault in each.faults),
                }
                for each in upload.rejected[:_SHOWN]
            ]
        ),
        hide_index=True,
        alt="Rejected visits, one a row",
        column_config={"Why": st.column_config.TextColumn(width="large")},
    )
    if len(upload.rejected) > _SHOWN:
        st.caption(f"The first {_SHOWN} of {len(upload.rejected):,}; all are in the file.")
    offer(
        "Rejected rows as CSV, to correct and upload again",
        upload.rejected_file,
        file_name="rejected-visits.csv",
    )
