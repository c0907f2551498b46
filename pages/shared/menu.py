"""The menu in the sidebar, and the way from the bare address to the first page.

Streamlit's own menu puts `div` elements into its list, which screen readers are then not told of as
a list (axe: `list` and `listitem`), so the pages are listed here with page links instead. Its first
page, besides, has no address of its own: `/` is the front door here, which leads on to that page
with whatever the link says, so that every page, the first as well, has an address that stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.shared import state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streamlit.navigation.page import StreamlitPage

FRONT_DOOR = "front door"


def page_asked_for(sections: Mapping[str, Sequence[StreamlitPage]]) -> StreamlitPage:
    """Return the page of the address; the bare address leads to the first page of the menu.

    Parameters
    ----------
    sections : mapping of str to sequence of StreamlitPage
        The pages under the headings of the menu, in its order.
    """
    first = next(iter(sections.values()))[0]
    front = st.Page(
        lambda: None, title=first.title, url_path=FRONT_DOOR, default=True, visibility="hidden"
    )
    page = st.navigation({"": [front], **sections}, position="hidden")
    if page.url_path == front.url_path:
        st.switch_page(first, query_params=state.address_bar())
    return page


def draw(sections: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Draw the menu; the page at hand is marked by Streamlit."""
    for heading, pages in sections.items():
        st.caption(heading)
        for page in pages:
            st.page_link(page, width="stretch")
