"""Colours and label points of a ward's blocks, the same on screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from geo.palettes import sequential_colours

if TYPE_CHECKING:
    from geo.palettes import Theme

_LABEL_TOLERANCE_M: Final = 5.0
_DARK: Final = 110.0  # lightness under which a number is white
_NONE: Final = {"light": "#eceae4", "dark": "#1a2128"}


def level_colours(count: int, *, theme: Theme = "light") -> tuple[str, ...]:
    """Return the colour of each of `count` levels; the first, for none, is the ground's own."""
    return (_NONE[theme], *sequential_colours(count - 1, theme=theme))


def ink_on(colour: str) -> str:
    """Return black or white, whichever can be read on a colour."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#ffffff" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else "#15202b"


def inner_points(shapes: Any) -> Any:  # noqa: ANN401 - arrays of geometries have no type
    """Return the point of each shape that lies farthest inside it, for its number."""
    return shapely.get_point(shapely.maximum_inscribed_circle(shapes, _LABEL_TOLERANCE_M), 0)
