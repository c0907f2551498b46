"""Colours and label points of a ward's blocks, the same on screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import shapely

from geo.colour_space import contrast
from geo.palettes import sequential_colours

if TYPE_CHECKING:
    from geo.palettes import Theme

_LABEL_TOLERANCE_M: Final = 5.0
_INKS: Final = ("#000000", "#ffffff")  # grey or navy reads on too few of the levels
_NONE: Final = {"light": "#eceae4", "dark": "#1a2128"}


def level_colours(count: int, *, theme: Theme = "light") -> tuple[str, ...]:
    """Return the colour of each of `count` levels; the first, for none, is the ground's own."""
    return (_NONE[theme], *sequential_colours(count - 1, theme=theme))


def ink_on(colour: str) -> str:
    """Return black or white, whichever reads better on a colour."""
    return max(_INKS, key=lambda ink: contrast(ink, colour))


def inner_points(shapes: Any) -> Any:  # noqa: ANN401 - arrays of geometries have no type
    """Return the point of each shape that lies farthest inside it, for its number."""
    return shapely.get_point(shapely.maximum_inscribed_circle(shapes, _LABEL_TOLERANCE_M), 0)
