"""A long page in sections, each with an address of its own: `?section=hours`.

The first section is what the page opens on, and its address names none. Only the section that is
shown is worked out and drawn. The address is read whenever a session comes to the page; while it
stays there, the choice is the session's and the address follows it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from models.wording.nearest import unknown_key
from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streamlit.delta_generator import DeltaGenerator

SECTION: Final = "section"  # in the address


def begin(
    page: str, sections: Mapping[str, str], *, led_to: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Begin with the section of the address; return a message where it names none that is known.

    Parameters
    ----------
    page : str
        Tells the choice of this page from those of others.
    sections : mapping of str to str
        What each section is called in the address, and on the page; the first is opened on.
    led_to : mapping of str to str, optional
        Which section a parameter of the address leads to where the address names none: a link that
        is older than the sections opens the one that shows what it asks for.
    """
    first, link = next(iter(sections)), state.address_bar()
    older = next((to for name, to in (led_to or {}).items() if name in link), first)
    state.begin({_key(page): link.get(SECTION, older)})
    asked = current(page)
    if asked in sections:
        state.keep(_key(page))
        return ()
    state.put(_key(page), first)
    return (f"{unknown_key(asked, sections, what='section')} {sections[first]} is shown.",)


def current(page: str) -> str:
    """Return the section that is shown."""
    return str(state.value(_key(page)))


def row() -> DeltaGenerator:
    """Return the row for the choice of a section and what else stands next to it."""
    return st.container(key="sections", horizontal=True, vertical_alignment="center", gap="small")


def draw(page: str, sections: Mapping[str, str]) -> None:
    """Draw the choice of a section."""
    st.segmented_control(
        "Section of this page",
        list(sections),
        required=True,
        key=_key(page),
        format_func=lambda name: plain(sections[name]),
        label_visibility="collapsed",
    )


def go(page: str, section: str) -> None:
    """Show another section, from a callback; the page has to be drawn again."""
    state.put(_key(page), section)


def address(page: str, sections: Mapping[str, str]) -> dict[str, str]:
    """Return what the address bar says of the section: nothing of the first."""
    shown = current(page)
    return {SECTION: "" if shown == next(iter(sections)) else shown}


def _key(page: str) -> str:
    return f"section-{page}"
