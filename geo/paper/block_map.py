"""A ward's map of blocks in print: shaded, numbered, with a legend and a scale bar."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from geo.block_style import ink_on, inner_points, level_colours
from geo.paper.ground import draw_ground, draw_outlines, draw_scale_bar, outline_path
from geo.paper.margins import INK, drawable
from geo.paper.names_along import TakenRoom
from geo.paper.street_ground import (
    draw_places,
    draw_streets_over,
    name_places,
    write_credits,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from shapely import MultiPolygon, Polygon

    from geo.places import PlacesLayer

_DPI: Final = 200
_MM: Final = 1 / 25.4
_KEY_SHARE: Final = 0.17  # of the height
_ROOM: Final = 1.08
_KEY_ROWS: Final = 3


def ward_map_png(
    shapes: Sequence[Polygon | MultiPolygon],
    wards: gpd.GeoDataFrame,
    *,
    levels: Sequence[int],
    level_names: Sequence[str],
    places: Sequence[PlacesLayer] = (),
    size_mm: tuple[float, float] = (100.0, 92.0),
) -> bytes:
    """Print a ward's blocks, numbered from 1 in the order given.

    Parameters
    ----------
    shapes : sequence of Polygon or MultiPolygon
        In the wards' metric CRS; not empty.
    wards : GeoDataFrame
        The ground around.
    levels : sequence of int
        Level of each block.
    level_names : sequence of str
    places : sequence of PlacesLayer
        Streets, water and so on, in the same CRS; streets and their names lie over the blocks.
    size_mm : (float, float)
        Printed width and height.

    Returns
    -------
    bytes
        A PNG file.
    """
    width, height = size_mm[0] * _MM, size_mm[1] * _MM
    figure = Figure(figsize=(width, height), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.005, _KEY_SHARE, 0.99, 0.995 - _KEY_SHARE))
    aspect = width / (height * (1 - _KEY_SHARE))
    draw_ground(axes, wards, window=_window(shapes, aspect=aspect))
    draw_places(axes, places)
    draw_outlines(axes, wards.geometry, colour="#8d99a4", width=0.7, level=1)
    colours = level_colours(len(level_names))
    numbers = _draw_blocks(axes, shapes, colours=[colours[level] for level in levels])
    draw_streets_over(axes, places, level=2.5)
    whole = shapely.get_parts(shapely.union_all(list(shapes)))
    draw_outlines(axes, whole.tolist(), colour=INK, width=1.3, level=3)
    labels = [*numbers, *draw_scale_bar(axes, fontsize=6.0), *write_credits(axes, places)]
    name_places(axes, places, taken=TakenRoom.of(labels))
    _draw_key(figure, colours, level_names)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, metadata={"Software": None})
    return file.getvalue()


def _window(
    shapes: Sequence[Polygon | MultiPolygon], *, aspect: float
) -> tuple[float, float, float, float]:
    west, south, east, north = shapely.total_bounds(list(shapes)).tolist()
    tall = _ROOM * max(north - south, (east - west) / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (x - tall * aspect / 2, y - tall / 2, x + tall * aspect / 2, y + tall / 2)


def _draw_blocks(
    axes: Axes, shapes: Sequence[Polygon | MultiPolygon], *, colours: Sequence[str]
) -> list[Text]:
    """Draw the blocks; return their numbers."""
    numbers = []
    points = inner_points(np.array(list(shapes), dtype=object))
    for number, (shape, point, colour) in enumerate(
        zip(shapes, points, colours, strict=True), start=1
    ):
        look = {"facecolor": colour, "edgecolor": "white", "linewidth": 0.7, "zorder": 2}
        axes.add_patch(PathPatch(outline_path(shape), **look))
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 5.5, "zorder": 4}
        numbers.append(axes.text(point.x, point.y, f"{number}", color=ink_on(colour), **style))
    return numbers


def _draw_key(figure: Figure, colours: Sequence[str], names: Sequence[str]) -> None:
    key = figure.add_axes((0.0, 0.0, 1.0, _KEY_SHARE - 0.01))
    key.axis("off")
    key.set_xlim(0, 2)
    key.set_ylim(-_KEY_ROWS - 0.2, 0.2)
    for at, (colour, name) in enumerate(zip(colours, names, strict=True)):
        left, down = divmod(at, _KEY_ROWS)
        box = shapely.box(left + 0.02, -down - 0.75, left + 0.1, -down - 0.15)
        key.add_patch(PathPatch(outline_path(box), facecolor=colour, edgecolor=INK, linewidth=0.4))
        key.text(
            left + 0.13,
            -down - 0.45,
            drawable(name),
            va="center",
            fontsize=6.5,
            color=INK,
            parse_math=False,
        )
