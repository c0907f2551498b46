"""Whose taskings *Visit* opens on: the team of the link, of the person, or as it was last chosen.

The choice is in the address, so that a link or a bookmark keeps it, and the browser remembers it
for the person (see `phone`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.views.personal import my_team
from pages.shell import state
from pages.shell.person import person
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL_TEAMS: Final = "All teams"
LINK: Final = "team"
_TEAM: Final = "visit_team"
_OWN: Final = "visit_team_is_own"


def own_team() -> str:
    """Return the team of whoever is signed in (*Your account*); "" where they have named none."""
    return my_team(operations(), person())


def begin(linked: str) -> None:
    """Begin with the team of the link, or else the person's own; later runs keep what is chosen.

    Parameters
    ----------
    linked : str
        The team of the tasking that the link names, which is shown but not remembered.
    """
    named = state.address_bar().get(LINK, "") or own_team()
    state.begin({_TEAM: named or linked or ALL_TEAMS, _OWN: bool(named)})


def current() -> str:
    """Return the team whose taskings are shown; "" for all."""
    team = str(state.value(_TEAM, ALL_TEAMS))
    return "" if team == ALL_TEAMS else team


def is_own() -> bool:
    """Tell whether the team was chosen as one's own, and not only by a link to a tasking."""
    return bool(state.value(_OWN))


def remembered(team: str) -> None:
    """Take the team that the browser remembers, unless one was chosen already."""
    if not is_own() and current() == "":
        state.put(_TEAM, team)
        state.put(_OWN, True)


def choose(teams: Iterable[str]) -> None:
    """Draw the choice of the team."""
    offered = sorted({*teams, current()} - {""})
    st.selectbox(
        "Team",
        [ALL_TEAMS, *offered],
        key=_TEAM,
        on_change=lambda: state.put(_OWN, True),
        label_visibility="collapsed",
    )
