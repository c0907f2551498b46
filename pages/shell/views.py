"""Views by name, in a chip of the strip: opening one, saving what is shown, changing one's own.

A view is opened as its link would be in a new window, so what of it is no longer valid is said in
the same way. Who may open what is asked each time, by number and in `data`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.operations.views import views
from data.operations.views.personal import personal
from data.operations.views.tables import LONGEST_NAME
from data.operations.views.views import UnknownViewError, ViewDraft
from geo.errors import PlainError
from pages.shell import menu, saving, state
from pages.shell.messages import plain
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from streamlit.navigation.page import StreamlitPage

    from data.operations.actor import Actor
    from data.operations.views.views import SavedView
    from pages.shell.saving import Typed

_NAME_HELP: Final = "The page with its filters, method, section and choice, as its link says them."
_SHARE: Final = "Share with officers"
_TURN: Final = "views_turn"


def start() -> tuple[str, Mapping[str, str]]:
    """Return the page and the link that whoever is signed in begins with; empty without one."""
    acting = actor()
    try:
        chosen = personal(acting.ops, acting.person)
        if chosen.start_view is None:
            return chosen.start_page, {}
        view = views.saved_view(acting, chosen.start_view, pages=_pages(acting))
    except PlainError:  # it was removed or is shared no longer; *Your account* says what is wrong
        return "", {}
    return view.page, view.query


def openable() -> tuple[SavedView, ...]:
    """Return the views that whoever is signed in may open, their own first."""
    acting = actor()
    return views.saved_views(acting, pages=_pages(acting))


def label(view: SavedView, *, acting: Actor) -> str:
    """Return a view's name with its page, and whose it is where it is not one's own."""
    title = menu.titles(acting.person.role).get(view.page, view.page)
    whose = "" if view.owner == acting.person.name else f", shared by {view.owner}"
    return f"{view.name} ({title}{whose})"


def draw(page: StreamlitPage, *, pages: Mapping[str, StreamlitPage]) -> None:
    """Draw the chip.

    Parameters
    ----------
    page : StreamlitPage
        The one at hand.
    pages : mapping of str to StreamlitPage
        Those of the menu, by what the address calls each.
    """
    acting = actor()
    try:
        listed, fault = openable(), ""
    except PlainError as problem:  # such as a damaged row: the page itself goes on
        listed, fault = (), str(problem)
    mine = [each for each in listed if each.owner == acting.person.name]
    key = "_".join(["views_chip", *([str(turn)] if (turn := state.value(_TURN, 0)) else [])])
    with st.popover("Views", icon=":material/bookmark:", key=key):
        for view in listed:
            _opens(view, name=label(view, acting=acting), pages=pages)
        if fault:
            st.error(plain(fault))
        elif not listed:
            st.caption("No view is saved yet.")
        _save(page, may_share=acting.person.role != "panel")
        if mine:
            with st.expander("Change one of yours", key="change_views"):
                _change(mine, page=page, acting=acting)


def _opens(view: SavedView, *, name: str, pages: Mapping[str, StreamlitPage]) -> None:
    if st.button(plain(name), key=f"open_view_{view.view_id}", width="stretch"):
        acting = actor()
        try:
            asked = views.saved_view(acting, view.view_id, pages=_pages(acting))
        except UnknownViewError as problem:  # removed meanwhile, or shared no longer
            st.error(plain(str(problem)))
            return
        turn = int(state.value(_TURN, 0)) + 1
        state.open_link(asked.query)
        state.put(_TURN, turn)  # another chip, which is folded: the view may be of this page
        st.switch_page(pages[asked.page], query_params=dict(asked.query))


def _save(page: StreamlitPage, *, may_share: bool) -> None:
    keeps = saving.own_form("save view", name="view_name", shared="view_shared")
    with keeps.drawn(border=False):
        st.text_input(
            "Save what is shown under a name",
            value=keeps.start("name"),
            max_chars=LONGEST_NAME,
            key=keeps.key("name"),
            help=_NAME_HELP,
        )
        if may_share:
            st.checkbox(_SHARE, value=keeps.start("shared", default=False), key=keeps.key("shared"))

        def save(typed: Typed) -> str:
            link, acting = state.address_bar(), actor()
            draft = ViewDraft(
                typed["name"] or "", page.url_path, link, shared=bool(typed["shared"])
            )
            saved = views.save_view(acting, draft, pages=_pages(acting))
            return f"{saved.name} is saved, {_with_whom(saved)}."

        keeps.button("Save the view", save)
    keeps.outcome()


def _change(mine: Sequence[SavedView], *, page: StreamlitPage, acting: Actor) -> None:
    by_number = {each.view_id: each for each in mine}
    if state.value("view_to_change") not in by_number:
        state.put("view_to_change", mine[0].view_id)
    number = st.selectbox(
        "View",
        list(by_number),
        key="view_to_change",
        format_func=lambda each: label(by_number[each], acting=acting),
    )
    view = by_number[number]
    key = f"{number}-{view.version}"
    changes = saving.own_form("change view", name=f"view_name_{key}", shared=f"view_shared_{key}")
    st.text_input(
        "Name",
        value=changes.start("name", view.name),
        max_chars=LONGEST_NAME,
        key=changes.key("name"),
    )
    if acting.person.role != "panel":
        st.checkbox(_SHARE, value=changes.start("shared", view.shared), key=changes.key("shared"))

    def save(typed: Typed) -> str:
        shared = view.shared if typed["shared"] is None else bool(typed["shared"])
        changed = views.change_view(
            actor(), number, version=view.version, name=typed["name"] or "", shared=shared
        )
        return f"{changed.name} is changed, {_with_whom(changed)}."

    def replace(_: Typed) -> str:
        link = state.address_bar()
        changed = views.change_view(actor(), number, version=view.version, query=link)
        return f"{changed.name} is now what is shown."

    def remove(_: Typed) -> str:
        views.remove_view(actor(), number)
        return f"{view.name} is removed."

    changes.button("Save changes", save, in_form=False)
    if view.page == page.url_path:
        changes.button("Replace it by what is shown", replace, in_form=False)
    changes.button("Remove it", remove, in_form=False)
    changes.outcome()


def _pages(acting: Actor) -> tuple[str, ...]:
    """Return the pages that a person may open now."""
    return tuple(menu.titles(acting.person.role))


def _with_whom(view: SavedView) -> str:
    return "for officers" if view.shared else "for you alone"
