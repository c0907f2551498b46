"""How pages speak when something is empty, wrong or needs care.

Pages catch the product's own errors only and show them here: headline, what was found, what to do.
"""

from __future__ import annotations

from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def errors_as_messages(*kinds: type[Exception]) -> Iterator[None]:
    """Show the given kinds of our own errors as a message and end the page there."""
    try:
        yield
    except kinds as problem:
        st.error(plain(str(problem)))
        st.stop()


def plain(text: str) -> str:
    """Return text so that Streamlit's Markdown shows it letter by letter.

    Place names, file names and values come from outside; none of them may format, link or add an
    image to the page.
    """
    marks = "\\`*_{}[]()<>#+-.!|~$:^&="
    return "".join(f"\\{letter}" if letter in marks else letter for letter in text)


def notes(lines: Sequence[str], *, heading: str = "Read this with the map") -> None:
    """Show warnings that every reader must see, as one box."""
    if lines:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        st.html(
            f'<section class="notes" aria-label="{escape(heading)}"><strong>{escape(heading)}'
            f"</strong><ul>{items}</ul></section>"
        )


def findings(lines: Sequence[str], *, heading: str) -> None:
    """Show what was found in something the user gave, as one box; nothing if there is nothing."""
    if lines:
        st.info(f"**{heading}**\n\n" + "\n".join(f"- {plain(line)}" for line in lines))


def simulated(notice: str) -> None:
    """Say on the screen that the data are simulated."""
    st.html(f'<p class="simulated" role="note">{escape(notice)}</p>')


def style() -> None:
    """Set the few things that the theme's own settings cannot: focus, spacing, print."""
    st.html(_STYLE)


_STYLE = """<style>
.stMainBlockContainer { padding: 3.9rem 2rem 2rem; }
@media (max-width: 640px) { .stMainBlockContainer { padding: 3.9rem .8rem 2rem; } }
/* What the keyboard reaches is never under the bar at the top (WCAG 2.2, 2.4.11). */
[data-testid="stMain"] { scroll-padding-top: 4rem; }
/* Nobody tabs into a menu that is folded away. */
[data-testid="stSidebar"][aria-expanded="false"] [data-testid="stSidebarContent"] {
  visibility: hidden; }
.stMainBlockContainer h1 { padding: 0 0 .4rem; }
.st-key-figures { display: grid; gap: .8rem; grid-template-columns: repeat(4, minmax(0, 1fr)); }
.st-key-figures > *, .st-key-figures [data-testid="stMetric"] { height: 100%; }
.st-key-figures [data-testid="stMetric"] { padding: 0; }
.st-key-figures [data-testid="stMetric"] > div { padding: .6rem .8rem; }
.st-key-figures .stMarkdownEllipsis, .st-key-figures .stMarkdownEllipsis * { white-space: normal; }
@media (max-width: 900px) {
  .st-key-figures { gap: .5rem; grid-template-columns: repeat(2, minmax(0, 1fr)); } }
.simulated { margin: 0; padding: .35rem .8rem; background: #b34700; color: #fff; font-weight: 600;
  font-size: .9rem; border-radius: .3rem; }
.notes { border-left: .3rem solid #b3772c; padding: .1rem .9rem; font-size: .9rem; }
.notes ul { margin: .2rem 0 0; padding-left: 1.1rem; }
.notes li { font-size: .9rem; }
[data-testid="stDateInput"] [role="spinbutton"], [data-testid="stMultiSelect"] input {
  min-width: 24px; min-height: 24px; }
[data-testid="stDateInput"] [role="spinbutton"] { display: inline-block; text-align: center; }
/* A table in a text breaks its words before it runs over the side of a phone. */
@media (max-width: 640px) { [data-testid="stMarkdownContainer"] :is(th, td) {
  padding: .2rem .3rem; font-size: .75rem; overflow-wrap: anywhere; } }
@media print { [data-testid="stSidebar"], [data-testid="stToolbar"] { display: none; } }
</style>"""
