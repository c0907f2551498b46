"""A long count with its progress and a button that stops it.

Any click restarts the page, and Streamlit ends the count at the next step that it tells of. A
stopped count must not begin again by itself, so the page then says that it was stopped and waits.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STOPPED = "stopped_count"


@contextmanager
def stoppable(title: str, *, key: str) -> Iterator[Callable[[float], None]]:
    """Show a bar and a Stop button while something is counted.

    Parameters
    ----------
    title : str
        What is counted: "Permuting the dates".
    key : str
        Of this very count; after a stop the page ends here until it is asked to go on.

    Yields
    ------
    callable
        To be told the share done, 0 to 1; the count can be stopped whenever it is.
    """
    if state.value(_STOPPED) == key:
        st.info("Stopped before it was finished, so there is nothing to show.")
        st.button("Start again", type="primary", on_click=state.take, args=(_STOPPED,))
        st.stop()
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, text=plain(title))
        st.button("Stop", on_click=state.put, args=(_STOPPED, key), icon=":material/stop:")

    def tell(share: float) -> None:
        bar.progress(min(share, 1.0), text=f"{plain(title)}: {share:.0%}")

    yield tell
    place.empty()
