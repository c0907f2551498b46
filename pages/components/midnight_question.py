"""Asking whether times of exactly 00:00 are real, where there are more than chance brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.incidents.midnights import say_midnights
from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.settings import Settings
    from models.incidents.midnight import MidnightHeap

_MEANINGS: Final = {
    False: "Dates without a time: keep them out of everything hourly",
    True: "Real times: count them at midnight",
}


def midnight_question(heaps: Sequence[MidnightHeap], *, settings: Settings) -> None:
    """Show each heap at exactly 00:00 in words, and let the user say what its times are.

    Raises
    ------
    StoreBusyError
        If other changes keep getting in first.
    """
    for heap in heaps:
        with st.form(f"midnights-{heap.source}"):
            st.write(plain(heap.sentence))
            real = st.radio(
                f"What are the times of exactly 00:00 in {plain(heap.source)}?",
                list(_MEANINGS),
                index=int(heap.real),
                format_func=_MEANINGS.__getitem__,
            )
            sent = st.form_submit_button("Use this meaning")
        if sent and real is not None and real != heap.real:
            say_midnights(heap.source, real=real, settings=settings, now=settings.present())
            state.put("outcome", f"Times of exactly 00:00 in {heap.source}: {_MEANINGS[real]}.")
            st.rerun()
