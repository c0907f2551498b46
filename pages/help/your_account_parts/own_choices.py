"""What a person chooses for themselves: what the app opens with, and their team."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.views.personal import (
    choose_start,
    choose_team,
    known_teams,
    my_team,
    personal,
)
from pages.shell import menu, saving, views
from pages.shell.messages import plain
from pages.shell.person import actor

if TYPE_CHECKING:
    from data.operations.actor import Actor
    from pages.shell.saving import Typed

_FIRST: Final = "The first page of the menu"
# A form that has been saved takes empty fields for a second click, so no choice is empty.
_MENU: Final = "menu"
_NO_TEAM: Final = "none"
_TEAM: Final = "team:"
_PAGE: Final = "page:"
_VIEW: Final = "view:"


def draw() -> None:
    """Draw the choices that the person has."""
    acting = actor()
    st.header("What opens first", anchor=False)
    _start(acting)
    if acting.person.role != "panel":
        st.header("My team", anchor=False)
        _team(acting)


def _start(acting: Actor) -> None:
    titles = menu.titles(acting.person.role)
    choices = {_MENU: _FIRST, **{f"{_PAGE}{path}": title for path, title in titles.items()}}
    choices |= {
        f"{_VIEW}{each.view_id}": f"View: {views.label(each, acting=acting)}"
        for each in views.openable()
    }
    now = personal(acting.ops, acting.person)
    held = f"{_PAGE}{now.start_page}" if now.start_page else _MENU
    if now.start_view is not None:
        held = f"{_VIEW}{now.start_view}"
    if held not in choices:
        st.info(
            "The page or view that opened first is gone, or is no longer yours to open, so the "
            "first page of the menu opens. Choose another."
        )
        held = _MENU
    opens = saving.own_form("what opens first", start=f"start {held}")
    st.selectbox(
        "Opens at the app's bare address",
        list(choices),
        index=list(choices).index(held),
        key=opens.key("start"),
        format_func=lambda each: plain(choices[each]),
        width=480,
    )

    def save(typed: Typed) -> str:
        asked = str(typed["start"])
        number = asked.removeprefix(_VIEW)
        choose_start(
            actor(),
            page=asked.removeprefix(_PAGE) if asked.startswith(_PAGE) else "",
            view_id=int(number) if asked.startswith(_VIEW) else None,
            pages=tuple(titles),
        )
        return f"{choices[asked]} opens first from now on."

    opens.button("Open this first", save, in_form=False)
    opens.outcome()


def _team(acting: Actor) -> None:
    now = my_team(acting.ops, acting.person)
    teams = dict.fromkeys((*known_teams(acting.ops), *filter(None, [now])))
    choices = {_NO_TEAM: "None", **{f"{_TEAM}{each}": each for each in teams}}
    held = f"{_TEAM}{now}" if now else _NO_TEAM
    chosen = saving.own_form("my team", team=f"my {held}")
    st.selectbox(
        "The team that I am in",
        list(choices),
        index=list(choices).index(held),
        key=chosen.key("team"),
        format_func=lambda each: plain(choices[each]),
        width=480,
        help="Its taskings come first on Today and on the Board.",
    )

    def save(typed: Typed) -> str:
        asked = str(typed["team"])
        team = asked.removeprefix(_TEAM) if asked.startswith(_TEAM) else ""
        choose_team(actor(), team)
        return f"Your team is {team}." if team else "You are in no team."

    chosen.button("This is my team", save, in_form=False)
    chosen.outcome()
    if not teams:
        st.caption("No tasking and no saved plan names a team yet.")
