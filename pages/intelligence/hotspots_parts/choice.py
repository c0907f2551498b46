"""The one hotspot that table, map, card and address bar agree on.

It is set before the page is drawn, from the callback of whichever was clicked, so a click costs one
run of one fragment and is kept however much of the page is still on its way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pages.components.map_places import ask_move
from pages.shell import state

if TYPE_CHECKING:
    from collections.abc import Sequence

CHOSEN: Final = "hotspot"
MAP: Final = "hotspots"


def begin(ids: Sequence[str]) -> None:
    """Begin with the hotspot of the opened link; the first in rank where it is not there."""
    state.begin({CHOSEN: state.opened_link().get(CHOSEN)})
    if state.value(CHOSEN) not in ids:
        state.put(CHOSEN, ids[0] if ids else None)


def current() -> str:
    """Return the hotspot whose card is shown."""
    return str(state.value(CHOSEN))


def choose(hotspot_id: str) -> None:
    """Show the card of another hotspot; the address bar follows."""
    state.put(CHOSEN, hotspot_id)
    state.show_in_address_bar({**state.address_bar(), CHOSEN: hotspot_id})


def choose_row(hotspot_id: str) -> None:
    """Show the card of the hotspot of a row, and the hotspot on the map."""
    choose(hotspot_id)
    ask_move(MAP, hotspot_id)
