"""Streets, water, parks, rail and stations on printed maps, with names along the streets.

What is drawn follows from the scale: small streets and their names only where there is room for
them. Streets are as wide as they are on the ground, but never thinner than a line that prints. All
of it reads in grey: water has an edge and the darker tone, parks the lighter, streets are white
between dark edges, and rail is a dark line with white gaps.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import shapely
from matplotlib.collections import LineCollection
from matplotlib.patches import PathPatch
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Bbox

from geo.credits import distinct_credits
from geo.ground import GROUND_KINDS, inside, joined_streets
from geo.naming.words import shared_notes, tidy_name, without_notes
from geo.paper.ground import outline_path
from geo.paper.margins import INK, QUIET, drawable
from geo.paper.names_along import TakenRoom, boxes_along, stretches, within, write_haloed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text

    from geo.places import PlacesLayer, StreetClass

_MM: Final = 25.4
_WATER: Final = ("#cbdae4", "#8fa6b5")
_OUTSIDE: Final = "#efede9"
_PARK: Final = "#e4edde"
_CASING: Final = "#a9a69e"
_LEAST_EDGED_PT: Final = 1.0
_HAIRLINE_PT: Final = 0.45
_CREDIT_PT: Final = 5.0
_CREDIT_LINES: Final = 3
_BAR_SHARE: Final = 0.25  # of the width, at its left, which the scale bar takes
_LONGEST_WORD: Final = 10  # about; a line may be as much longer, so that words are not parted


@dataclass(frozen=True, slots=True)
class _Class:
    """How a class of street is printed; scales in metres of ground to a millimetre of paper."""

    width_m: float
    least_pt: float
    drawn_to: float
    named_to: float
    fontsize: float


_CLASSES: Final[dict[StreetClass, _Class]] = {
    "path": _Class(2.0, 0.35, 12.0, 4.0, 4.6),
    "local": _Class(7.0, 0.3, 30.0, 10.0, 5.0),
    "secondary": _Class(10.0, 0.6, 80.0, 18.0, 5.3),
    "main": _Class(13.0, 0.9, 200.0, 34.0, 5.6),
    "motorway": _Class(20.0, 1.2, 400.0, 34.0, 5.6),
}

STREET_WIDTHS_M: Final[dict[StreetClass, float]] = {
    place_class: look.width_m for place_class, look in _CLASSES.items()
}


def draw_places(axes: Axes, places: Sequence[PlacesLayer]) -> None:
    """Draw the ground's layers inside the window that the axes show; of other kinds, nothing.

    Parameters
    ----------
    axes : Axes
        With its window set, in metres.
    places : sequence of PlacesLayer
        In the window's metric CRS.
    """
    seen = _seen(axes, places)
    if seen:
        axes.set_facecolor(_OUTSIDE)  # around the wards there is land, not nothing
    if "park" in seen:
        _fill(axes, seen["park"], colour=_PARK, edge="none", level=1.1)
    if "water" in seen:
        _fill(axes, seen["water"], colour=_WATER[0], edge=_WATER[1], level=1.12)
        _stroke(axes, seen["water"], colour=_WATER[0], width=1.2, level=1.12)
    if "street" in seen:
        _draw_streets(axes, seen["street"])
    if "rail" in seen:
        near = metres_per_mm(axes) < _CLASSES["main"].named_to / 2
        _stroke(axes, seen["rail"], colour="#71767c", width=1.3 if near else 0.7, level=1.3)
        if near:
            _stroke(axes, seen["rail"], colour="white", width=0.6, level=1.31, dashes=(0, (5, 5)))
    if "station" in seen:
        points = shapely.get_coordinates(seen["station"].geometry.centroid)
        near = metres_per_mm(axes) < _CLASSES["main"].named_to / 2
        style: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "s": 7 if near else 4}
        style |= {"linewidth": 0.8 if near else 0.6}
        axes.scatter(points[:, 0], points[:, 1], zorder=3.3, **style)


def draw_streets_over(axes: Axes, places: Sequence[PlacesLayer], *, level: float) -> None:
    """Let the streets that `draw_places` drew show through what was painted over them since.

    Parameters
    ----------
    axes : Axes
    places : sequence of PlacesLayer
    level : float
        Above what was painted.
    """
    seen = _seen(axes, places)
    if "street" not in seen:
        return
    for at, place_class, width, lines in _drawn_streets(axes, seen["street"], lowest=level):
        if place_class != "path":
            colour = _CASING if width < _LEAST_EDGED_PT else "white"
            _stroke(axes, lines, colour=colour, width=width, level=at, alpha=0.5)


def name_places(
    axes: Axes,
    places: Sequence[PlacesLayer],
    *,
    taken: TakenRoom,
    without: Collection[str] = (),
    enlarged: float = 1.0,
    from_afar: float = 1.0,
) -> None:
    """Write names next to stations and along streets, where there is room for them.

    A note in brackets that several names bear, such as "(SIMULATED)", is left out of them: the
    credits say of all of them where they come from.

    Parameters
    ----------
    axes : Axes
        With its window set and its size final.
    places : sequence of PlacesLayer
    taken : TakenRoom
        Where no name may lie; what is written is added to it.
    without : collection of str
        Streets that are named already, as `named_streets` names them.
    enlarged : float
        How much larger than usual the letters are.
    from_afar : float
        How much smaller than usual the scale may be for a name.
    """
    seen = _seen(axes, places)
    scale = metres_per_mm(axes) / from_afar
    if "station" in seen and scale < _CLASSES["main"].named_to:
        _name_stations(axes, seen["station"], taken=taken)
    near_enough = [name for name, look in _CLASSES.items() if scale <= look.named_to]
    joined = named_streets(axes, places, classes=near_enough)
    joined = joined[~joined["name"].isin(list(without))]
    for place_class, usual in reversed(_CLASSES.items()):
        if scale > usual.named_to:
            continue
        look = replace(usual, fontsize=usual.fontsize * enlarged)
        named: dict[str, list[Bbox]] = {}
        of_class = joined[joined["place_class"] == place_class]
        for name, line in zip(of_class["name"], of_class.geometry, strict=True):
            _name_street(axes, str(name), line=line, look=look, taken=taken, named=named)


def named_streets(
    axes: Axes, places: Sequence[PlacesLayer], *, classes: Collection[StreetClass] = tuple(_CLASSES)
) -> gpd.GeoDataFrame:
    """Return the streets that the axes show and that have a name, the longest first.

    Parameters
    ----------
    axes : Axes
        With its window set.
    places : sequence of PlacesLayer
    classes : collection of StreetClass, optional
        Which; all without it.

    Returns
    -------
    GeoDataFrame
        ``name`` as it is written on the map, ``place_class``, ``length`` in metres, and the line:
        one row for each run of pieces of one name and class, cut at the window's edge.
    """
    seen = _seen(axes, places)
    streets = seen.get("street")
    if streets is not None:
        streets = streets[streets["place_class"].isin(list(classes))]
    if streets is None or streets.empty:
        return gpd.GeoDataFrame(
            {"name": [], "place_class": [], "length": []}, geometry=[], crs=None
        )
    notes = street_notes(places)
    shown = [without_notes(tidy_name(each), notes) for each in streets["name"]]
    joined = joined_streets(streets.assign(name=shown)[[bool(each) for each in shown]])
    return joined.assign(length=joined.length).sort_values("length", ascending=False)


def street_notes(places: Sequence[PlacesLayer]) -> tuple[str, ...]:
    """Return the notes in brackets that names of streets are written without."""
    streets = [each for each in places if each.kind == "street"]
    return shared_notes(tidy_name(name) for each in streets for name in each.frame["name"])


def write_credits(
    axes: Axes,
    places: Sequence[PlacesLayer],
    *,
    right: float = 0.992,
    most_lines: int = _CREDIT_LINES,
) -> list[Text]:
    """Write whom the layers come from into the lower edge of a map, whole or not at all.

    A small map has no room for long credits; the document around it says them in its text.

    Parameters
    ----------
    axes : Axes
    places : sequence of PlacesLayer
    right : float
        Where the lines end, as a share of the axes' width.
    most_lines : int
        More for a map that stands alone, on which they must be.
    """
    line = drawable(credit_line(places), longest=2000)
    if not line:
        return []
    style: dict[str, Any] = {"fontsize": _CREDIT_PT, "color": QUIET, "ha": "right", "va": "bottom"}
    style |= {"parse_math": False, "zorder": 8, "transform": axes.transAxes, "linespacing": 1.1}
    style["bbox"] = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.8}
    frame = axes.get_window_extent()
    for lines in range(1, most_lines + 1):
        text = textwrap.fill(line, math.ceil(len(line) / lines) + _LONGEST_WORD * (lines > 1))
        written = axes.text(right, 0.008, text, **style)
        if written.get_window_extent().x0 > frame.x0 + _BAR_SHARE * frame.width:
            return [written]
        written.remove()
    return []


def credit_line(places: Sequence[PlacesLayer]) -> str:
    """Return the credits of the layers that `draw_places` draws, each once."""
    drawn = {each.kind: each for each in places if each.kind in GROUND_KINDS}
    return "; ".join(distinct_credits(each.credit for each in drawn.values()))


def _seen(axes: Axes, places: Sequence[PlacesLayer]) -> dict[str, gpd.GeoDataFrame]:
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    window = (west, south, east, north)
    shown = {each.kind: inside(each.frame, window) for each in places if each.kind in GROUND_KINDS}
    return {kind: frame for kind, frame in shown.items() if len(frame)}


def metres_per_mm(axes: Axes) -> float:
    """Return how many metres of ground a millimetre of paper shows."""
    west, east = axes.get_xlim()
    return float((east - west) / (axes.get_window_extent().width / axes.figure.dpi * _MM))


def _fill(axes: Axes, frame: gpd.GeoDataFrame, *, colour: str, edge: str, level: float) -> None:
    for shape in frame.geometry[frame.geom_type.isin(("Polygon", "MultiPolygon"))]:
        style: dict[str, Any] = {"facecolor": colour, "edgecolor": edge, "linewidth": 0.35}
        axes.add_artist(PathPatch(outline_path(shape), zorder=level, **style))


def _stroke(
    axes: Axes,
    frame: gpd.GeoDataFrame,
    *,
    colour: str,
    width: float,
    level: float,
    dashes: Any = "solid",  # noqa: ANN401 - Matplotlib's dashes, or a name
    alpha: float = 1.0,
) -> None:
    parts = shapely.get_parts(frame.geometry.to_numpy())
    lines = [shapely.get_coordinates(each) for each in parts if each.geom_type == "LineString"]
    if lines:
        style: dict[str, Any] = {"colors": colour, "linewidths": width, "linestyles": dashes}
        style |= {"alpha": alpha}
        caps = "round" if dashes == "solid" else "butt"
        axes.add_collection(
            LineCollection(lines, zorder=level, capstyle=caps, joinstyle="round", **style),
            autolim=False,
        )


def _draw_streets(axes: Axes, streets: gpd.GeoDataFrame) -> None:
    for level, place_class, width, lines in _drawn_streets(axes, streets, lowest=1.2):
        if place_class == "path":
            _stroke(axes, lines, colour=_CASING, width=0.5, level=level, dashes=(0, (3, 2)))
        elif width < _LEAST_EDGED_PT:
            _stroke(axes, lines, colour=_CASING, width=width, level=level)
        else:
            dark = "#7d7a73" if place_class in ("main", "motorway") else _CASING
            _stroke(axes, lines, colour=dark, width=width + 0.7, level=1.2)
            _stroke(axes, lines, colour="white", width=width, level=level)


def _drawn_streets(
    axes: Axes, streets: gpd.GeoDataFrame, *, lowest: float
) -> Iterator[tuple[float, StreetClass, float, gpd.GeoDataFrame]]:
    """Give the level, name, width in points and lines of each class that the scale has room for."""
    per_mm = metres_per_mm(axes)
    for step, (place_class, look) in enumerate(_CLASSES.items()):
        lines = streets[streets["place_class"] == place_class]
        if len(lines) and per_mm <= look.drawn_to:
            width = max(look.least_pt, look.width_m / per_mm / _MM * 72)
            if place_class == "local" and width < _LEAST_EDGED_PT:
                width = min(width, _HAIRLINE_PT)
            yield lowest + 0.01 * step, place_class, width, lines


def _name_stations(axes: Axes, stations: gpd.GeoDataFrame, *, taken: TakenRoom) -> None:
    done: set[str] = set()
    points = shapely.get_coordinates(stations.geometry.centroid)
    for name, (x, y) in zip(stations["name"], points, strict=True):
        text = drawable(str(name), longest=40)
        if not text or text in done:
            continue
        for shift, align in ((1.0, "left"), (-1.0, "right")):
            label = axes.annotate(
                text,
                (x, y),
                xytext=(3.2 * shift, 0),
                textcoords="offset points",
                ha=align,
                va="center",
                fontsize=5.6,
                fontweight="bold",
                color=INK,
                parse_math=False,
                path_effects=[withStroke(linewidth=1.4, foreground="white")],
                zorder=4.5,
            )
            box = Bbox(label.get_window_extent().get_points())
            if within(axes, [box]) and taken.take([box]):
                done.add(text)
                break
            label.remove()


def _name_street(
    axes: Axes,
    name: str,
    *,
    line: shapely.LineString,
    look: _Class,
    taken: TakenRoom,
    named: dict[str, list[Bbox]],
) -> None:
    """Write a name once along a street, where it is straight for long enough."""
    text = drawable(name, longest=40)
    along = axes.transData.transform(shapely.get_coordinates(line))
    scale = axes.figure.dpi / 72
    high = look.fontsize * scale
    label = axes.text(0, 0, text, fontsize=look.fontsize, parse_math=False)
    wide = label.get_window_extent().width
    label.remove()
    far = 22 * high
    for middle, turn in stretches(along, wide=wide + high, high=high):
        boxes = boxes_along(middle, turn, wide=wide, high=high)
        near = any(
            math.hypot(box.x0 - boxes[0].x0, box.y0 - boxes[0].y0) < far
            for box in named.get(text, ())
        )
        if near or not within(axes, boxes) or not taken.take(boxes):
            continue
        x, y = axes.transData.inverted().transform(middle)
        write_haloed(
            axes,
            (x, y),
            text,
            halo_pt=1.3,
            rotation=math.degrees(turn),
            rotation_mode="anchor",
            va="center_baseline",
            fontsize=look.fontsize,
            color="#3c3c3a",
            zorder=3.7,
        )
        named.setdefault(text, []).append(boxes[0])
        return
