"""What is held about one person, on the page Administration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.actor import Actor
from data.services.one_person import about_caller, about_staff
from data.settings import settings
from pages.shell.offer import offer_in_name
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from data.access import Person

_STAFF: Final = "A member of staff"
_CALLER: Final = "A caller"


def draw() -> None:
    """Draw the form that writes all that is held about somebody into one file."""
    st.header("What is held about one person")
    st.caption(
        "For a request by the person. The file has a list of what is what, and the same entries as "
        "JSON and CSV. It may name other people: read it before it is handed on. Erasing somebody "
        "is a command (`hotspots erase`)."
    )
    kind = st.radio("About", [_STAFF, _CALLER], horizontal=True, key="one_person_kind")
    asked = st.text_input(
        "Name of the account" if kind == _STAFF else "Number of the caller", key="one_person"
    ).strip()
    if not asked:
        return

    def written(who: Person) -> bytes:
        hand_out = about_staff if kind == _STAFF else about_caller
        return hand_out(Actor(operations(), who, now()), asked, settings=settings())

    offer_in_name("All that is held, as ZIP", written, file_name="subject-access.zip")
