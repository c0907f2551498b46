"""What the map of hotspots shows of time: the whole period, its parts, or two periods."""

from __future__ import annotations

from typing import Final

import streamlit as st

from pages.shell import state

SHOWN: Final = "layer"
_MONTHS: Final = "months"  # also the key of earlier links: months=1
LAYERS: Final[dict[str, str]] = {
    "": "Density of the whole period",
    _MONTHS: "Month by month",
    "weeks": "Week by week",
    "hours": "By day and part of the day",
    "swipe": "This period against the other: swipe",
    "change": "Change against the other period",
}


def begin() -> None:
    """Begin as the opened link says."""
    link = state.opened_link()
    asked = link.get(SHOWN, _MONTHS if link.get(_MONTHS) == "1" else "")
    state.begin({SHOWN: asked if asked in LAYERS else ""})
    state.keep(SHOWN)


def choose() -> str:
    """Draw the choice; return what the map is to show, "" for the whole period."""
    return st.selectbox(
        "Show on the map",
        list(LAYERS),
        key=SHOWN,
        format_func=LAYERS.__getitem__,
        on_change=_follow,
        label_visibility="collapsed",
    )


def link() -> dict[str, str]:
    """Return the choice as the address bar keeps it."""
    return {SHOWN: state.value(SHOWN) or ""}


def _follow() -> None:
    state.show_in_address_bar({**state.address_bar(), **link()})
