"""A list next to a map in which one is chosen: it scrolls by itself, and long names are read whole.

A table of Streamlit's keeps at least 400 pixels and cuts names that are longer than a column, so
where little height is left a list of radio buttons stands: the keyboard's arrows go through it, and
what is chosen elsewhere is chosen in it.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def begin(key: str, rows: Mapping[str, tuple[str, str]]) -> str | None:
    """Return what is chosen; the first where it is not in the list, None of an empty one."""
    if state.value(key) not in rows:
        state.put(key, next(iter(rows), None))
    state.keep(key)
    current: str | None = state.value(key)
    return current


def draw(
    label: str,
    rows: Mapping[str, tuple[str, str]],
    *,
    key: str,
    on_choice: Callable[[str], None],
) -> None:
    """Draw the list in the place that is left for it.

    Parameters
    ----------
    label : str
        What is listed, for screen readers.
    rows : mapping of str to (str, str)
        What each row says, in two lines, by what it is of.
    key : str
        What is chosen is kept under it.
    on_choice : callable
        Called with the row that is chosen here, before the page is drawn again.
    """
    with st.container(key="list", height="stretch"), st.container(key="choice_list"):
        st.radio(
            plain(label),
            list(rows),
            format_func=lambda each: plain(rows[each][0]),
            captions=[plain(caption) for _, caption in rows.values()],
            key=key,
            on_change=partial(_tell, key, on_choice),
            label_visibility="collapsed",
            width="stretch",
        )


def _tell(key: str, on_choice: Callable[[str], None]) -> None:
    on_choice(str(state.value(key)))
