"""How pages speak when something is empty, wrong or needs care.

Pages catch the product's own errors only and show them here: headline, what was found, what to do.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def shown_errors(*kinds: type[Exception]) -> Iterator[None]:
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
        body = "\n".join(f"- {plain(line)}" for line in lines)
        st.warning(f"**{heading}**\n\n{body}")


def simulated(notice: str) -> None:
    """Say on the screen that the data are simulated."""
    st.warning(f"**SIMULATED DATA.** {plain(notice)}")


def style() -> None:
    """Set the few things that the theme's own settings cannot: focus, spacing, print."""
    st.html(_STYLE)


_STYLE = """<style>
.block-container { padding-top: 3.2rem; padding-bottom: 2rem; }
@media (max-width: 640px) { .block-container { padding-left: .8rem; padding-right: .8rem; } }
@media print { [data-testid="stSidebar"], [data-testid="stToolbar"] { display: none; } }
</style>"""
