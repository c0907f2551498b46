"""Asking whether times of exactly 00:00 are real, where there are more than chance brings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.incidents.midnights import say_midnights
from pages.shell import saving
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.settings import Settings
    from models.incidents.midnight import MidnightHeap
    from pages.shell.saving import Typed

_MEANINGS: Final = {
    False: "Dates without a time: keep them out of everything hourly",
    True: "Real times: count them at midnight",
}


def midnight_question(heaps: Sequence[MidnightHeap], *, settings: Settings) -> None:
    """Show each heap at exactly 00:00 in words, and let the user say what its times are."""
    for heap in heaps:
        form = saving.form(f"midnights-{heap.source}", real=f"midnights-real-{heap.source}")
        with form.drawn():
            st.write(plain(heap.sentence))
            st.radio(
                f"What are the times of exactly 00:00 in {plain(heap.source)}?",
                list(_MEANINGS),
                index=int(form.start("real", heap.real)),
                format_func=_MEANINGS.__getitem__,
                key=form.key("real"),
            )
            form.button("Use this meaning", partial(_say, heap, settings))


def _say(heap: MidnightHeap, settings: Settings, typed: Typed) -> str:
    real = bool(typed["real"])
    if real != heap.real:
        say_midnights(heap.source, real=real, settings=settings, now=settings.present())
    return f"Times of exactly 00:00 in {heap.source}: {_MEANINGS[real]}."
