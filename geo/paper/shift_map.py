"""The map of a team's shift: its places with the numbers of their visits, the ways, the walks.

Made to be read in grey: a walk at a place is a full black line, a way from one place to the next a
line of dots, the edge of a place a dashed one, and numbers are white on black. It is a drawing of
vectors whose letters are text.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from geo.paper.ground import draw_ground, draw_outlines, draw_scale_bar
from geo.paper.map_picture import check_layers
from geo.paper.margins import ACCENT, INK
from geo.paper.names_along import TakenRoom
from geo.paper.street_ground import draw_places, name_places
from geo.paper.walk_names import WalkRoom, write_numbers_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from shapely import MultiPolygon, Polygon

    from geo.places import PlacesLayer

# Matplotlib has no other way to say that letters stay letters, and that a drawing is repeatable.
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["svg.hashsalt"] = "walk"

Points = tuple[tuple[float, float], ...]
_MM: Final = 1 / 25.4
_DPI: Final = 300
_LEAST_HEIGHT_M: Final = 320.0
_ROOM: Final = 1.16
_LAND: Final = "#f4f2ed"
_ENLARGED: Final = 1.25
_FROM_AFAR: Final = 2.0  # a shift may go through half of the borough
_KEPT_CLEAR: Final = 2  # points a line is looked at by, so that numbers stand off it


@dataclass(frozen=True, slots=True)
class ShiftPlace:
    """A place that a shift goes to, in the wards' CRS.

    Attributes
    ----------
    numbers : str
        Of its visits: "1, 4".
    at : (float, float)
        Where a team arrives.
    area : Polygon or MultiPolygon
    loop : tuple of (float, float)
        The walk of a visit, its last point its first; empty where there is none.
    """

    numbers: str
    at: tuple[float, float]
    area: Polygon | MultiPolygon
    loop: Points = ()


def shift_map(
    places: Sequence[ShiftPlace],
    ways: Sequence[Points],
    *,
    wards: gpd.GeoDataFrame,
    ground: Sequence[PlacesLayer],
    size_mm: tuple[float, float],
) -> bytes:
    """Draw where a shift goes.

    Parameters
    ----------
    places : sequence of ShiftPlace
        Not empty.
    ways : sequence of tuple of (float, float)
        From place to place, in the wards' CRS.
    wards : GeoDataFrame
        Metric CRS.
    ground : sequence of PlacesLayer
        Streets, water and so on, drawn beneath; in the same CRS.
    size_mm : (float, float)
        Printed width and height.

    Returns
    -------
    bytes
        An SVG file.

    Raises
    ------
    PrintedMapError
        If there is no ward, or the wards are not in a metric CRS.
    """
    check_layers(wards.iloc[:0], wards)
    figure = Figure(figsize=(size_mm[0] * _MM, size_mm[1] * _MM), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.003, 0.005, 0.994, 0.99))
    window = shift_window(places, ways, aspect=size_mm[0] / size_mm[1])
    near = wards.cx[window[0] : window[2], window[1] : window[3]]
    draw_ground(axes, near if len(near) else wards, window=window, land=_LAND)
    draw_places(axes, ground)
    draw_outlines(axes, near.geometry, colour="#aab4bd", width=0.6, level=2)
    areas = [each.area for each in places]
    draw_outlines(axes, areas, colour="white", width=3.0, level=3)
    draw_outlines(axes, areas, colour=ACCENT, width=1.6, level=3.1, dashed=True)
    for way in _each_once(ways):
        _draw_way(axes, way)
    loops = [each.loop for each in places if each.loop]
    for loop in loops:
        _draw_loop(axes, loop)
    for each in places:
        axes.plot(*each.at, "o", color=INK, markeredgecolor="white", markersize=5, zorder=3.8)
    bar = draw_scale_bar(axes, fontsize=8.0)
    room = WalkRoom(axes, TakenRoom.of(bar))
    room.line = np.concatenate([_kept_clear(axes, line) for line in (*loops, *ways)] or [room.line])
    for each in places:
        write_numbers_at(room, each.at, each.numbers)
    others = TakenRoom([*room.texts.boxes, *room.leaders.boxes])
    name_places(axes, ground, taken=others, enlarged=_ENLARGED, from_afar=_FROM_AFAR)
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def shift_window(
    places: Sequence[ShiftPlace], ways: Sequence[Points], *, aspect: float
) -> tuple[float, float, float, float]:
    """Return what the map shows: west, south, east, north; all of its places, walks and ways."""
    lines = [shapely.LineString(each) for each in ways if len(each) > 1]
    lines += [shapely.LineString(each.loop) for each in places if len(each.loop) > 1]
    shapes = [*(each.area for each in places), *lines]
    west, south, east, north = shapely.total_bounds(shapes).tolist()
    height = max(_LEAST_HEIGHT_M, _ROOM * (north - south), _ROOM * (east - west) / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (x - height * aspect / 2, y - height / 2, x + height * aspect / 2, y + height / 2)


def _each_once(ways: Sequence[Points]) -> list[Points]:
    """Return the lines of ways with what several share once: dots over dots look like a line."""
    lines = [shapely.LineString(each) for each in ways if len(each) > 1]
    merged = shapely.line_merge(shapely.union_all(lines)) if lines else None
    return [tuple(part.coords) for part in shapely.get_parts(merged).tolist()] if lines else []


def _draw_way(axes: Axes, way: Points) -> None:
    x, y = np.array(way).T
    ends: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}
    axes.plot(x, y, color="white", linewidth=3.4, zorder=3.2, **ends)
    dots: dict[str, Any] = {"linestyle": (0, (0.1, 2.0)), "dash_capstyle": "round"}
    axes.plot(x, y, color=INK, linewidth=2.0, zorder=3.3, **dots)


def _draw_loop(axes: Axes, loop: Points) -> None:
    x, y = np.array(loop).T
    ends: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}
    axes.plot(x, y, color="white", linewidth=3.6, zorder=3.4, **ends)
    axes.plot(x, y, color=INK, linewidth=1.8, zorder=3.5, **ends)


def _kept_clear(axes: Axes, line: Points) -> np.ndarray:
    """Return points along a line in pixels, close enough for numbers to stand off it."""
    along = axes.transData.transform(np.array(line))
    gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(along, axis=0).T))])
    at = np.arange(0.0, gone[-1] + 1.0, _KEPT_CLEAR * _DPI / 72)
    return np.column_stack([np.interp(at, gone, along[:, axis]) for axis in (0, 1)])
