"""How high the rows of a table are in which names of places have to be read in full."""

from __future__ import annotations

from typing import Final

NAME_ROW_PX: Final = 66  # three lines; Streamlit wraps text in rows above 4rem alone
_HEADING_PX: Final = 35
_BORDER_PX: Final = 3


def table_height(rows: int, *, tallest_px: int) -> int:
    """Return the height of a table of so many rows, in pixels, at most `tallest_px`."""
    return min(tallest_px, NAME_ROW_PX * rows + _HEADING_PX + _BORDER_PX)
