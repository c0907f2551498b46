"""The menu, and the way from the bare address to the first page.

On a wide window it is Streamlit's own, in the bar at the top: a button for each section, so that
five stops of the keyboard lie before a page. On a phone it slides in from the side. There Streamlit
puts `div` elements into its list, which screen readers are then not told of as a list (axe: `list`
and `listitem`), so the pages are listed with page links instead; `look.style` shows the one or
the other. Streamlit's first page has no address of its own: `/` is the front door here, which leads
on to that page with whatever the link says, so that every page, the first as well, has an address
that stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import streamlit as st

from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from streamlit.navigation.page import StreamlitPage

    from data.access import Role

Filter: TypeAlias = Literal["span", "compare", "category", "hours", "ward", "source"]

ALL: Final[tuple[Filter, ...]] = get_args(Filter)
_UNCOMPARED: Final[tuple[Filter, ...]] = ("span", "category", "hours", "ward", "source")
FRONT_DOOR = "front door"
_SHOWS: Final = "hotspots"


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the menu; a ward panel sees those that are `for_panel`, everybody else all.

    `filters` are those of `pages.shell.filters` that take part in what the page shows, and `method`
    tells whether the method of finding hotspots does.
    """

    path: str
    title: str
    icon: str
    url_path: str
    filters: tuple[Filter, ...] = ()
    method: bool = False
    for_panel: bool = False
    for_administrator: bool = False
    hidden: bool = False  # reached by links alone


MENU: Final[dict[str, tuple[Entry, ...]]] = {
    "Intelligence": (
        Entry("pages/intelligence/today.py", "Today", "today", "today"),
        Entry(
            "pages/intelligence/hotspots.py",
            "Hotspots",
            "map",
            "hotspots",
            filters=ALL,
            method=True,
        ),
        Entry("pages/intelligence/patterns.py", "Patterns", "schedule", "patterns", filters=ALL),
        Entry(
            "pages/intelligence/near_repeat.py",
            "Near-repeat",
            "repeat",
            "near-repeat",
            filters=_UNCOMPARED,
        ),
        Entry("pages/intelligence/places.py", "Places", "pin_drop", "places", filters=_UNCOMPARED),
    ),
    "Tasking": (
        Entry("pages/tasking/plan.py", "Plan", "route", "plan", filters=ALL, method=True),
        Entry("pages/tasking/board.py", "Board", "view_kanban", "board"),
        Entry("pages/tasking/tasking.py", "Tasking", "assignment", "tasking"),
        Entry("pages/tasking/propose.py", "Propose a tasking", "add_task", "propose"),
        Entry("pages/tasking/visit.py", "Visit", "directions_walk", "visit"),
        Entry("pages/tasking/reviews.py", "Reviews", "balance", "reviews"),
        Entry("pages/tasking/meeting.py", "Meeting", "gavel", "meeting"),
    ),
    "Review": (
        Entry(
            "pages/review/night_time_economy.py",
            "Night-time economy",
            "nightlife",
            "night-time-economy",
            filters=("span", "ward", "source"),
        ),
        Entry("pages/review/ward_panel.py", "Ward panel", "groups", "ward-panel", for_panel=True),
        Entry("pages/review/performance.py", "Performance", "monitoring", "performance"),
    ),
    "Records": (
        Entry("pages/records/import_data.py", "Import data", "upload_file", "import-data"),
        Entry("pages/records/data_quality.py", "Data quality", "fact_check", "data-quality"),
        Entry("pages/records/accuracy.py", "Accuracy", "target", "accuracy", filters=_UNCOMPARED),
        Entry(
            "pages/records/administration.py",
            "Administration",
            "manage_accounts",
            "administration",
            for_administrator=True,
        ),
    ),
    "Help": (
        Entry(
            "pages/help/methods_and_limits.py",
            "Methods and limits",
            "menu_book",
            "methods-and-limits",
            for_panel=True,
        ),
        Entry(
            "pages/help/your_account.py", "Your account", "password", "your-account", for_panel=True
        ),
    ),
}


def sections(role: Role) -> dict[str, list[StreamlitPage]]:
    """Return the pages that a role may open under their headings."""
    made = {
        heading: [_page(entry) for entry in entries if may_open(entry, role)]
        for heading, entries in MENU.items()
    }
    return {heading: pages for heading, pages in made.items() if pages}


def entry_of(page: StreamlitPage) -> Entry:
    """Return what the menu says of a page."""
    entries = (entry for each in MENU.values() for entry in each)
    return next(entry for entry in entries if entry.url_path == page.url_path)


def may_open(entry: Entry, role: Role) -> bool:
    """Tell whether a role may open a page."""
    if role == "panel":
        return entry.for_panel
    return role == "administrator" or not entry.for_administrator


def titles(role: Role) -> dict[str, str]:
    """Return the pages that a role may open: what the address calls each, and its title."""
    entries = (entry for each in MENU.values() for entry in each)
    return {entry.url_path: entry.title for entry in entries if may_open(entry, role)}


def _page(entry: Entry) -> StreamlitPage:
    return st.Page(
        entry.path,
        title=entry.title,
        icon=f":material/{entry.icon}:",
        url_path=entry.url_path,
        visibility="hidden" if entry.hidden else "visible",
    )


def requested_page(
    sections: Mapping[str, Sequence[StreamlitPage]],
    *,
    start: Callable[[], tuple[str, Mapping[str, str]]] = lambda: ("", {}),
) -> StreamlitPage:
    """Return the page of the address; the bare address leads to what a person begins with.

    Without that it is the first page of the menu. Where the bare address says a view (a filter, a
    method, a hotspot), it leads to the page Hotspots, which can show it.

    Parameters
    ----------
    sections : mapping of str to sequence of StreamlitPage
        The pages under the headings of the menu, in its order.
    start : callable
        Gives the page that a person begins with, as the address calls it, and what its address
        says; asked at the bare address alone. A page that is not in the menu counts for nothing.
    """
    first = next(iter(sections.values()))[0]
    front = st.Page(
        lambda: None, title=first.title, url_path=FRONT_DOOR, default=True, visibility="hidden"
    )
    page = st.navigation({"": [front], **sections}, position="top")
    if page.url_path == front.url_path:
        asked, pages = state.address_bar(), by_path(sections)
        if asked and _SHOWS in pages:
            st.switch_page(pages[_SHOWS], query_params=asked)
        url_path, query = start()
        st.switch_page(
            pages.get(url_path, first), query_params=query if url_path in pages else asked
        )
    return page


def by_path(sections: Mapping[str, Sequence[StreamlitPage]]) -> dict[str, StreamlitPage]:
    """Return the pages of the menu by what the address calls each."""
    return {page.url_path: page for own in sections.values() for page in own}


def draw(sections: Mapping[str, Sequence[StreamlitPage]]) -> None:
    """Draw the menu of a phone; the page at hand is marked by Streamlit."""
    for heading, pages in sections.items():
        shown = [page for page in pages if page.visibility != "hidden"]
        if shown:
            st.caption(plain(heading))
        for page in shown:
            st.page_link(page, width="stretch")
