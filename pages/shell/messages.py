"""How pages speak when something is empty, wrong or needs care.

Pages catch the product's own errors only and show them here: headline, what was found, what to do.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from html import escape
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.faults import families, plain_fault
from geo.counting import counted
from geo.errors import PlainError
from geo.escaping import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PART: Final = "\0"  # occurs in no text that is visible
_LOOKED_FOR: Final = re.compile(
    r":(?=[a-z_+/-]|\d+[a-z_]|100:|1234:)"  # an address, an emoji, an icon; not a time
    r"|www(?=\.)|(?=@)"  # an address
    r"|[<>~-](?=[-=>])",  # an arrow, a dash, a comparison
    re.IGNORECASE | re.ASCII,
)
_AT_THE_ENDS: Final = re.compile(r"^ | $")  # code after four of them; no emphasis next to one
_ESCAPES: Final = {
    **{ord(mark): f"\\{mark}" for mark in "\\`*_{}[]()<>#+-.!|~$:^&=@"},
    ord(_PART): ":small[]",
}


@contextmanager
def errors_as_messages(*kinds: type[Exception]) -> Iterator[None]:
    """Show the given kinds of our own errors as a message and end the page there."""
    try:
        yield
    except kinds as problem:
        st.error(plain(str(problem)))
        st.stop()


def say_faults() -> None:
    """Have what no page catches in this run shown by `show_fault`."""
    run = get_script_run_ctx()
    if run is not None:
        run.on_script_error = show_fault


def show_fault(problem: Exception) -> bool:
    """Show an error of ours or a foreseeable fault that no page caught; tell whether it was one.

    Streamlit calls it (``on_script_error`` of its app) for pages, callbacks and fragments alike.
    """
    if not isinstance(problem, (PlainError, *families())):
        return False
    st.error(plain(str(plain_fault(problem))))
    return True


def plain(text: str) -> str:
    """Return text so that Streamlit's Markdown shows it letter by letter, on one line.

    Place names, file names and values come from outside; none of them may format, link or add an
    image to the page.

    Escaping is not enough. Bare addresses, ``:emoji:``, icons and arrows are looked for in the text
    that is left once the escapes have been read (`remark-gfm`, `remark-emoji`, Streamlit's own), so
    each of them is parted by an element that shows nothing. A test reads it back from a browser.
    """
    parted = _LOOKED_FOR.sub(lambda match: match[0] + _PART, visible(text))
    return _AT_THE_ENDS.sub("&#32;", parted.translate(_ESCAPES))


def plain_lines(text: str) -> str:
    """Return text of several lines as `plain` does, each on a line of its own."""
    return "\\\n".join(plain(line) for line in text.splitlines())


def plain_table(content: Mapping[str, str] | pd.DataFrame) -> None:
    """Show a small table letter by letter; Streamlit's own reads every cell as Markdown.

    Parameters
    ----------
    content : mapping of str to str, or DataFrame
        What each row is called and what it says; or a table with its row names as the index.
    """
    if isinstance(content, pd.DataFrame):
        frame = content.rename(index=_cell, columns=_cell).map(_cell)
        st.table(frame.rename_axis(plain(str(frame.index.name or ""))))
    else:
        st.table({plain(name): plain(said) for name, said in content.items()}, border="horizontal")


def _cell(value: object) -> object:
    return plain(value) if isinstance(value, str) else value


def notes(
    lines: Sequence[str], *, heading: str = "Read this with the map", anchor: str = ""
) -> None:
    """Show warnings that every reader must see, as one box; `notes_link` leads to its anchor."""
    if lines:
        items = "".join(f"<li>{escape(line)}</li>" for line in lines)
        place = f' id="{escape(anchor)}"' if anchor else ""
        st.html(
            f'<section class="notes"{place} aria-label="{escape(heading)}">'
            f"<strong>{escape(heading)}</strong><ul>{items}</ul></section>"
        )


def notes_link(lines: Sequence[str], *, anchor: str) -> None:
    """Say how many notes there are, as a link to their box further down; nothing without one."""
    if lines:
        label = plain(f"{counted(len(lines), 'note')} to read with it")
        st.markdown(f"[{label}](#{plain(anchor)})", width="content")


def findings(lines: Sequence[str], *, heading: str) -> None:
    """Show what was found in something the user gave, as one box; nothing if there is nothing."""
    if lines:
        st.info(f"**{plain(heading)}**\n\n" + "\n".join(f"- {plain(line)}" for line in lines))


def simulated(notice: str) -> None:
    """Say on the screen that the data are simulated."""
    st.html(f'<p class="simulated" role="note">{escape(notice)}</p>')
