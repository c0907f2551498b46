"""What people say of a tasking, and all that happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from data.operations.taskings.comments import comment, comments
from data.operations.taskings.history import history
from models.wording.days import day_label
from pages.components.table_file import table_file
from pages.shell import saving
from pages.shell.messages import plain, plain_lines
from pages.shell.person import actor

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from data.operations.database import Operations
    from models.tasking.tasking import Tasking
    from pages.shell.saving import Typed


def talk(tasking: Tasking, *, ops: Operations) -> None:
    """Draw the comments and the box for another."""
    said = comments(ops, tasking.tasking_id)
    for each in said:
        with st.container(border=True):
            st.caption(plain(f"{each.person}, {_moment(each.at, ops.timezone)}"))
            st.markdown(plain_lines(each.text))
    if not said:
        st.caption("There are no comments yet.")

    def add(typed: Typed) -> str:
        comment(actor(), tasking.tasking_id, text=typed["words"])
        return "The comment is added."

    form = saving.form(f"comment-{tasking.tasking_id}", words="comment_words")
    with form.drawn():
        st.text_area("Comment", form.start("words"), key=form.key("words"))
        form.button("Add the comment", add)


def happened(tasking: Tasking, *, ops: Operations) -> None:
    """Draw the history from the audit trail, newest first."""
    rows = [
        {
            "When": each.at.astimezone(ops.timezone).replace(tzinfo=None),
            "Who": each.person,
            "What": each.what,
            "Details": "; ".join(_detail(*detail) for detail in each.details),
        }
        for each in reversed(history(ops, tasking.tasking_id))
    ]
    table = pd.DataFrame(rows)
    st.dataframe(
        table,
        hide_index=True,
        alt=f"History of {tasking.reference}, newest first",
        column_config={
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
            "Details": st.column_config.TextColumn(width="large"),
        },
    )
    table_file(table, "History as CSV", file_name=f"{tasking.reference}-history.csv")


def _detail(name: str, before: str, after: str) -> str:
    if not before:
        return f"{name}: {after}"
    return f"{name}: {before} → {after or 'nothing'}"


def _moment(at: datetime, timezone: ZoneInfo) -> str:
    local = at.astimezone(timezone)
    return f"{day_label(local.date())}, {local:%H:%M}"
