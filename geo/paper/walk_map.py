"""The map of a walk, close up, to find the way by: streets with names, the walk with its steps.

It is a drawing of vectors whose names are text, so that it is sharp at any size, in grey, and can
be searched. The walk is the heaviest line on it and has arrows; each step's number stands where
the step begins. The area is a dashed outline, which no walk is.
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
from matplotlib.patches import Polygon as Patch

from geo.paper.ground import draw_ground, draw_outlines, draw_scale_bar
from geo.paper.map_picture import check_layers
from geo.paper.margins import ACCENT, INK
from geo.paper.names_along import TakenRoom
from geo.paper.street_ground import (
    STREET_WIDTHS_M,
    draw_places,
    metres_per_mm,
    name_places,
    named_streets,
)
from geo.paper.walk_names import WalkRoom, name_walked, write_numbers, write_start
from geo.walk_legs import pushed_aside, walk_legs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon
    from shapely.geometry.base import BaseGeometry

    from geo.places import PlacesLayer
    from geo.walk_legs import Leg, WalkStep

# Matplotlib has no other way to say that letters stay letters, and that a drawing is repeatable.
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["svg.hashsalt"] = "walk"

_MM: Final = 1 / 25.4
_DPI: Final = 300
_LEAST_HEIGHT_M: Final = 260.0
_ROOM: Final = 1.24  # the window's side against the walk's
_AREA_ROOM: Final = 1.5  # an area up to so many times the walk's size is shown whole
_ASIDE_MM: Final = 1.2
_ARROWS_MM: Final = 24.0
_LEAST_LEG_MM: Final = 5.0
_ARROW_MM: Final = (3.4, 1.3)  # length, half of the width
_ARROW_AT: Final = 0.4  # of its stretch, so that those of two ways do not lie side by side
_LAND: Final = "#efede7"  # darker than usual, so that streets stand out in grey and by torch
_ENLARGED: Final = 1.35
START: Final = "Start and end"


@dataclass(frozen=True, slots=True)
class WalkMap:
    """A drawing of a walk, as an SVG file.

    Attributes
    ----------
    svg : bytes
    named : tuple of str
        The walk's streets whose names are on it, in the order of the walk.
    unnamed : tuple of str
        Those for which there was no room.
    """

    svg: bytes
    named: tuple[str, ...]
    unnamed: tuple[str, ...]


def walk_map(
    points: Sequence[tuple[float, float]],
    steps: Sequence[WalkStep],
    *,
    area: Polygon | MultiPolygon,
    wards: gpd.GeoDataFrame,
    places: Sequence[PlacesLayer],
    size_mm: tuple[float, float],
    start: str = "",
) -> WalkMap:
    """Draw a walk close up.

    Parameters
    ----------
    points : sequence of (float, float)
        The walk in the wards' CRS; the last is the first.
    steps : sequence of WalkStep
        Its directions; step n is drawn as number n.
    area : Polygon or MultiPolygon
        Shown as a dashed outline.
    wards : GeoDataFrame
        Metric CRS.
    places : sequence of PlacesLayer
        Streets, water and so on, drawn beneath; in the same CRS.
    size_mm : (float, float)
        Printed width and height.
    start : str
        Where it begins, in words: written there, as its directions say it.

    Raises
    ------
    PrintedMapError
        If there is no ward, or the wards are not in a metric CRS.
    """
    check_layers(wards.iloc[:0], wards)
    figure = Figure(figsize=(size_mm[0] * _MM, size_mm[1] * _MM), dpi=_DPI, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.003, 0.003, 0.994, 0.994))
    window = walk_window(points, area=area, aspect=size_mm[0] / size_mm[1])
    near = wards.cx[window[0] : window[2], window[1] : window[3]]
    draw_ground(axes, near if len(near) else wards, window=window, land=_LAND)
    draw_places(axes, places)
    draw_outlines(axes, [area], colour="white", width=3.6, level=3)
    draw_outlines(axes, [area], colour=ACCENT, width=2.0, level=3.1, dashed=True)
    legs = pushed_aside(walk_legs(points, steps), by=_ASIDE_MM * metres_per_mm(axes))
    _draw_legs(axes, legs)
    bar = draw_scale_bar(axes, fontsize=8.5)
    room = WalkRoom(axes, TakenRoom.of(bar, boxes=[_bar_corner(axes, bar)]))
    room.keep_clear(legs)
    room.keep_ring(points[0])
    write_numbers(room, legs)
    write_start(room, points[0], f"{START}\n{start}" if start else START)
    named, unnamed = _name_walk(room, legs, places)
    others = TakenRoom([*room.texts.boxes, *room.leaders.boxes, *room.line_boxes()])
    name_places(axes, places, taken=others, without=[*named, *unnamed], enlarged=_ENLARGED)
    file = io.BytesIO()
    figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return WalkMap(file.getvalue(), tuple(named), tuple(unnamed))


def walk_window(
    points: Sequence[tuple[float, float]], *, area: Polygon | MultiPolygon, aspect: float
) -> tuple[float, float, float, float]:
    """Return what the map shows: west, south, east, north.

    The walk with room around it; with the whole area, unless that is so large that the walk would
    become small.
    """
    way = shapely.LineString(points)
    both = shapely.union(way, shapely.box(*area.bounds))
    height = _height(way, aspect=aspect, room=_ROOM)
    whole = _height(both, aspect=aspect, room=1.06)
    shape = both if whole <= _AREA_ROOM / _ROOM * height else way
    west, south, east, north = shape.bounds
    high = max(whole if shape is both else height, height)
    x, y, wide = (west + east) / 2, (south + north) / 2, high * aspect
    return (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


def _height(shape: BaseGeometry, *, aspect: float, room: float) -> float:
    west, south, east, north = shape.bounds
    return float(max(_LEAST_HEIGHT_M, room * (north - south), room * (east - west) / aspect))


def _draw_legs(axes: Axes, legs: Sequence[Leg]) -> None:
    """Draw the walk over the streets, with arrows, and a ring where it begins and ends."""
    x, y = np.concatenate([leg.points for leg in legs]).T
    ends: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}
    axes.plot(x, y, color="white", linewidth=4.6, zorder=3.4, **ends)
    axes.plot(x, y, color=INK, linewidth=2.4, zorder=3.5, **ends)
    for leg in legs:
        for corners in _arrows(axes, leg):
            patch = Patch(corners, closed=True, facecolor=INK, edgecolor="white", linewidth=0.6)
            patch.set_zorder(3.6)
            axes.add_artist(patch)
    ring: dict[str, Any] = {"color": "white", "markeredgecolor": INK, "markeredgewidth": 2.2}
    axes.plot(x[0], y[0], "o", markersize=9, zorder=3.7, **ring)


def _arrows(axes: Axes, leg: Leg) -> Iterator[NDArray[np.float64]]:
    """Give the corners of the arrowheads along a leg: none on a very short one."""
    metres = metres_per_mm(axes)
    line = shapely.LineString(leg.points) if len(leg.points) > 1 else None
    if line is None or line.length < _LEAST_LEG_MM * metres:
        return
    count = max(1, round(line.length / (_ARROWS_MM * metres)))
    length, half = (each * metres for each in _ARROW_MM)
    for n in range(count):
        tip_at = min((n + _ARROW_AT) / count * line.length + length / 2, line.length)
        tip = np.array(line.interpolate(tip_at).coords[0])
        back = np.array(line.interpolate(max(tip_at - length, 0.0)).coords[0])
        way = tip - back
        way = way / (np.hypot(*way) or 1.0)
        across = np.array([-way[1], way[0]]) * half
        yield np.array([tip, tip - way * length + across, tip - way * length - across])


def _name_walk(
    room: WalkRoom, legs: Sequence[Leg], places: Sequence[PlacesLayer]
) -> tuple[list[str], list[str]]:
    """Name the walk's streets; return those that were named, and those without room."""
    streets = named_streets(room.axes, places)
    named: list[str] = []
    unnamed: list[str] = []
    for name in dict.fromkeys(leg.street for leg in legs if leg.street):
        own = [leg.points for leg in legs if leg.street == name and len(leg.points) > 1]
        own.sort(key=lambda line: -float(shapely.LineString(line).length))
        rows = streets[streets["name"] == name]
        lines = [*own, *(shapely.get_coordinates(each) for each in rows.geometry)]
        widths = [STREET_WIDTHS_M[each] for each in rows["place_class"]]
        half = max(widths, default=0.0) / 2 / metres_per_mm(room.axes)
        done = bool(lines) and name_walked(room, name, lines, half_width_mm=half)
        (named if done else unnamed).append(name)
    return named, unnamed


def _bar_corner(axes: Axes, bar: Sequence[Any]) -> Any:  # noqa: ANN401 - Matplotlib's box
    """Return the corner of the map that the scale bar takes."""
    label, frame = bar[0].get_window_extent(), axes.get_window_extent()
    corner = label.frozen()
    corner.update_from_data_xy([(frame.x0, frame.y0), (frame.x0 + frame.width / 4, label.y1)])
    return corner
