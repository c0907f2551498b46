"""Where the vertical axis of a line begins.

A line from 0 that is never near it is flat and shows nothing; one that is cut makes every change
look large. So the axis begins at 0 unless that leaves more than half of the chart empty, and where
it does not, the axis says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def from_nothing(values: Iterable[float | None]) -> bool:
    """Tell whether the axis of these values begins at 0; None and NaN are not known."""
    known = [value for value in values if value is not None and value == value]
    return not known or not min(known) > max(known) / 2


def axis_title(title: str, values: Iterable[float | None]) -> str:
    """Return the title of the axis, which says where it does not begin at 0."""
    return title if from_nothing(values) else f"{title} (not from 0)"
