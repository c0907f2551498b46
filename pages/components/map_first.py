"""A page that opens on its map: the map on the left, what is listed and chosen on the right.

On a wide window both fill the height of the window below the answer, and the list scrolls by
itself. On a phone the list comes first; the map is one tap away and fills the screen. It is laid
out off the screen until then, at its full size, so that it is drawn by the time it is asked for.
The looks are in `pages.shell.look`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from streamlit.delta_generator import DeltaGenerator

_MAP: Final = "Map"
_MAP_ON_A_PHONE: Final = """<style>@media (max-width: 640px) {
.st-key-map_first > :has(> .st-key-map_side) { inset: 0; z-index: 999991; visibility: visible; }
}</style>"""


def sides(key: str, *, other: str = "List") -> tuple[DeltaGenerator, DeltaGenerator]:
    """Return the places for the map and for what is listed next to it.

    Parameters
    ----------
    key : str
        Tells the choice between list and map on a phone from that of other pages.
    other : str
        What a phone calls that which is not the map.
    """
    with st.container(key="phone_view", horizontal_alignment="center"):
        st.segmented_control(
            "On a phone, show",
            [plain(other), _MAP],
            default=plain(other),
            required=True,
            key=f"view-{key}",
            label_visibility="collapsed",
        )
    # Always drawn, so that the map after it stays the same one.
    st.html(_MAP_ON_A_PHONE if state.value(f"view-{key}") == _MAP else "<style></style>")
    both = st.container(key="map_first", horizontal=True, gap="small")
    return both.container(key="map_side"), both.container(key="list_side", gap="small")


def steps(ids: Sequence[str], *, at: int, what: str, choose: Callable[[str], None]) -> None:
    """Draw the buttons that go to what is listed before and after.

    Parameters
    ----------
    ids : sequence of str
        What is listed, in its order.
    at : int
        Which of them is chosen.
    what : str
        What one of them is called: "hotspot".
    choose : callable
        Called with the other one, before the page is drawn again.
    """
    _step(ids, at - 1, icon="chevron_left", label=f"Previous {what}", choose=choose)
    _step(ids, at + 1, icon="chevron_right", label=f"Next {what}", choose=choose)


def _step(
    ids: Sequence[str], to: int, *, icon: str, label: str, choose: Callable[[str], None]
) -> None:
    there = 0 <= to < len(ids)
    st.button(
        plain(label),
        icon=f":material/{icon}:",
        key=f"step_{icon}",
        disabled=not there,
        on_click=partial(choose, ids[to]) if there else None,
    )
