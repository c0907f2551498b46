"""The switch that plays the months on the map; the link keeps it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages.shell import state

SHOWN: Final = "months"


def begin() -> None:
    """Begin as the opened link says."""
    state.begin({SHOWN: state.opened_link().get(SHOWN) == "1"})
    state.keep(SHOWN)


def choose() -> bool:
    """Draw the switch; tell whether the map plays the months."""
    return st.toggle(
        "Month by month",
        key=SHOWN,
        on_change=_follow,
        help="The density of each whole month of the period on one scale. From month to month most "
        "of what moves is chance; what changed by more is in the sentence above the map.",
    )


def link() -> dict[str, str]:
    """Return the choice as the address bar keeps it."""
    return {SHOWN: "1" if state.value(SHOWN) else ""}


def _follow() -> None:
    state.show_in_address_bar({**state.address_bar(), **link()})
