"""Printed maps for a document's column: one area close up, and hotspots by rank.

Neither carries a caption: the document says period, count and version around it. The close-up is
for finding the place on foot: it shows the area's outline and hatching, the streets with their
names where a layer of them is loaded (else names where incidents nearby carry them), ward borders,
the national grid's lines with their numbers, a scale bar, and an inset of where in the borough it
lies. Text is sized for the printed width.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, PathPatch
from matplotlib.transforms import Bbox

from geo.paper.ground import (
    draw_density,
    draw_ground,
    draw_names,
    draw_outlines,
    draw_scale_bar,
    draw_stretches,
    inner_points,
    outline_path,
    padded_window,
    round_length,
    write_apart,
    write_ranks,
)
from geo.paper.map_picture import check_layers
from geo.paper.margins import ACCENT, INK, QUIET, PrintedDensity, drawable
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
    from shapely import LineString, MultiLineString, MultiPolygon, Polygon

    from geo.places import PlacesLayer

_MM: Final = 1 / 25.4
_LEAST_WINDOW_M: Final = 500.0
_ROOM: Final = 1.7  # the window's side against the area's
_LINES: Final = 4.0
_INSET: Final = 0.27
_BAR_ROOM: Final = 0.09  # what the scale bar takes of the height


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A name and where to write it, in the wards' CRS."""

    name: str
    easting: float
    northing: float


def area_window(
    area: Polygon | MultiPolygon, *, aspect: float = 1.0
) -> tuple[float, float, float, float]:
    """Return what a close-up shows: west, south, east, north in the area's CRS.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        Metric CRS.
    aspect : float
        Width divided by height.
    """
    west, south, east, north = area.bounds
    height = max(_LEAST_WINDOW_M, _ROOM * (north - south), _ROOM * (east - west) / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    half_width, half_height = height * aspect / 2, height / 2
    return (x - half_width, y - half_height, x + half_width, y + half_height)


def area_map_png(  # noqa: PLR0913 - each is something to draw
    area: Polygon | MultiPolygon,
    wards: gpd.GeoDataFrame,
    *,
    names: Sequence[PlaceName] = (),
    others: Sequence[Polygon | MultiPolygon] = (),
    loop: Sequence[tuple[float, float]] = (),
    stretches: Sequence[LineString | MultiLineString] = (),
    places: Sequence[PlacesLayer] = (),
    size_mm: tuple[float, float] = (86.0, 86.0),
    name: str = "ward_name",
    dpi: int = 200,
) -> bytes:
    """Print one area close up with its surroundings.

    Parameters
    ----------
    area : Polygon or MultiPolygon
        In the wards' CRS.
    wards : GeoDataFrame
        Metric CRS, with the column `name`.
    names : sequence of PlaceName
        Streets, the most telling first; those that would overlap are left out. Not written where
        `places` has streets, which bear their own names.
    others : sequence of Polygon or MultiPolygon
        Other areas to show dashed, in the same CRS.
    loop : sequence of (float, float)
        A walk that ends where it begins, in the same CRS; its start is marked.
    stretches : sequence of LineString or MultiLineString
        Stretches of street that the area was found by, drawn thick; in the same CRS.
    places : sequence of PlacesLayer
        Streets, water and so on, drawn beneath; in the same CRS.
    size_mm : (float, float)
        Printed width and height.
    name : str
        Column of the ward's name.
    dpi : int
        Dots per inch at that size.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    PrintedMapError
        If there is no ward, or the wards are not in a metric CRS.
    """
    check_layers(wards.iloc[:0], wards)
    figure, axes = _sheet(size_mm, dpi=dpi)
    window = area_window(area, aspect=size_mm[0] / size_mm[1])
    near = wards.cx[window[0] : window[2], window[1] : window[3]]
    draw_ground(axes, near if len(near) else wards, window=window)
    draw_places(axes, places)
    _draw_grid(axes, window)
    draw_outlines(axes, near.geometry, colour=QUIET, width=0.9, level=2)
    draw_outlines(axes, others, colour=INK, width=0.9, level=2.5, dashed=True)
    _draw_area(axes, area)
    draw_stretches(axes, stretches, width=2.6, colour=ACCENT)
    if len(loop):
        _draw_loop(axes, loop)
    inset = _draw_inset(figure, area, wards=wards)
    bar = draw_scale_bar(axes, fontsize=6.5)
    bar += write_credits(axes, places, right=inset.x0 / figure.bbox.width - 0.01)
    said, frame = bar[0].get_window_extent(), axes.get_window_extent()
    corner = Bbox.from_extents(frame.x0, frame.y0, said.x1, said.y1)
    if any(layer.kind == "street" for layer in places):
        names = ()
    taken = TakenRoom.of(bar, boxes=[inset, corner])
    name_places(axes, places, taken=taken)
    written = _write_streets(axes, names, window=window, other_labels=bar, avoid=taken.boxes)
    _draw_ward_names(axes, near, window=window, name=name, other_labels=written, avoid=taken.boxes)
    return _png(figure, dpi=dpi)


def ranked_map_png(  # noqa: PLR0913 - each is something to draw
    hotspots: gpd.GeoDataFrame,
    wards: gpd.GeoDataFrame,
    *,
    focus: gpd.GeoDataFrame,
    density: PrintedDensity | None = None,
    places: Sequence[PlacesLayer] = (),
    stretches: Sequence[LineString | MultiLineString] = (),
    labelled: int | None = None,
    size_mm: tuple[float, float] = (176.0, 114.0),
    dpi: int = 180,
) -> bytes:
    """Print hotspots with their ranks, the density they were cut from, and its legend.

    Parameters
    ----------
    hotspots : GeoDataFrame
        Column ``rank`` and the polygons, in the wards' CRS. May be empty.
    wards : GeoDataFrame
        Metric CRS, with the column ``ward_name``.
    focus : GeoDataFrame
        Those of the wards that the window is to show.
    density : PrintedDensity or None
    places : sequence of PlacesLayer
        Streets, water and so on, drawn beneath; in the wards' CRS.
    stretches : sequence of LineString or MultiLineString
        Stretches of street that the hotspots were found by, drawn thick; in the wards' CRS.
    labelled : int or None
        Only so many bear their rank; all without it.
    size_mm : (float, float)
        Printed width and height.
    dpi : int
        Dots per inch at that size.

    Raises
    ------
    PrintedMapError
        If there is no ward, or the layers are not in one metric CRS.
    """
    check_layers(hotspots, wards)
    figure, axes = _sheet(size_mm, dpi=dpi)
    legend = density is not None and bool(density.scale.breaks)
    if legend:
        axes.set_position((0.002, 0.002, 0.76, 0.996))
    shown = focus if len(focus) else wards
    draw_ground(axes, wards, window=padded_window(shown.total_bounds, axes=axes))
    draw_places(axes, places)
    if density is not None and legend:
        draw_density(axes, density)
        draw_streets_over(axes, places, level=1.6)
        _draw_legend(figure, density)
    draw_outlines(axes, wards.geometry, colour="#8d99a4", width=0.6, level=2)
    ranked = hotspots.sort_values("rank", ascending=False)
    draw_outlines(axes, ranked.geometry, colour="white", width=3.0, level=3)
    draw_outlines(axes, ranked.geometry, colour=INK, width=1.3, level=3.1)
    draw_stretches(axes, stretches, width=2.6)
    numbered = ranked if labelled is None else ranked[ranked["rank"] <= labelled]
    labels = write_ranks(axes, numbered, lifted=bool(stretches))
    labels += draw_names(axes, wards=shown, name="ward_name", other_labels=labels, fontsize=6.2)
    labels += [*draw_scale_bar(axes, fontsize=6.5), *write_credits(axes, places)]
    name_places(axes, places, taken=TakenRoom.of(labels))
    return _png(figure, dpi=dpi)


def _sheet(size_mm: tuple[float, float], *, dpi: int) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(size_mm[0] * _MM, size_mm[1] * _MM), dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    return figure, figure.add_axes((0.004, 0.004, 0.992, 0.992))


def _png(figure: Figure, *, dpi: int) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=dpi, metadata={"Software": None})
    return file.getvalue()


def _draw_area(axes: Axes, area: Polygon | MultiPolygon) -> None:
    path = outline_path(area)
    hatching: dict[str, Any] = {"hatch": "////", "facecolor": "none", "edgecolor": "#e2b394"}
    axes.add_artist(PathPatch(path, linewidth=0, zorder=2.6, **hatching))
    draw_outlines(axes, [area], colour="white", width=4.0, level=3)
    draw_outlines(axes, [area], colour=ACCENT, width=2.0, level=3.1)


def _draw_loop(axes: Axes, loop: Sequence[tuple[float, float]]) -> None:
    """Draw a walk over the streets, with a ring where it begins and ends."""
    x, y = np.array(loop).T
    ends: dict[str, Any] = {"solid_capstyle": "round", "solid_joinstyle": "round"}
    axes.plot(x, y, color="white", linewidth=4.2, zorder=3.4, **ends)
    axes.plot(x, y, color=INK, linewidth=1.9, zorder=3.5, **ends)
    axes.plot(x[0], y[0], "o", color="white", markeredgecolor=INK, markersize=6, zorder=3.6)


def _draw_grid(axes: Axes, window: tuple[float, float, float, float]) -> None:
    """Draw grid lines at round metres, with their numbers at the left and upper edge."""
    west, south, east, north = window
    step = round_length((north - south) / _LINES)
    style: dict[str, Any] = {"fontsize": 4.8, "color": QUIET, "zorder": 1.6}
    for x in np.arange(np.ceil(west / step) * step, east, step):
        axes.axvline(x, color="#c9d1d8", linewidth=0.5, zorder=1.5)
        axes.text(x, north, f"{x:.0f}", ha="left", va="top", rotation=90, **style)
    for y in np.arange(np.ceil(south / step) * step, north, step):
        axes.axhline(y, color="#c9d1d8", linewidth=0.5, zorder=1.5)
        if y > south + _BAR_ROOM * (north - south):
            axes.text(west, y, f" {y:.0f}", ha="left", va="bottom", **style)


def _draw_inset(figure: Figure, area: Polygon | MultiPolygon, *, wards: gpd.GeoDataFrame) -> Bbox:
    """Draw where in the wards the area lies; return the inset's box in pixels."""
    width, height = figure.get_size_inches()
    side = _INSET * min(width, height)
    box = figure.add_axes((1 - side / width - 0.006, 0.006, side / width, side / height))
    draw_ground(box, wards)
    draw_outlines(box, wards.geometry, colour="#aab4bd", width=0.35, level=2)
    centre = area.representative_point()
    box.plot(centre.x, centre.y, marker="s", color=ACCENT, markersize=4, markeredgecolor="white")
    box.set_zorder(9)
    return box.get_window_extent()


def _write_streets(
    axes: Axes,
    names: Sequence[PlaceName],
    *,
    window: tuple[float, float, float, float],
    other_labels: Sequence[Text],
    avoid: Sequence[Bbox],
) -> list[Text]:
    inside = [each for each in names if _holds(window, each, margin=0.04)]
    points = np.array([(each.easting, each.northing) for each in inside]).reshape(-1, 2)
    texts = [drawable(each.name, longest=30) for each in inside]
    style: dict[str, Any] = {"fontsize": 6.2, "avoid": avoid}
    return write_apart(axes, points=points, texts=texts, other_labels=other_labels, **style)


def _draw_ward_names(
    axes: Axes,
    near: gpd.GeoDataFrame,
    *,
    window: tuple[float, float, float, float],
    name: str,
    other_labels: Sequence[Any],
    avoid: Sequence[Bbox],
) -> None:
    seen = near.clip(window)
    seen = seen[seen.geometry.area > 0.03 * (window[2] - window[0]) * (window[3] - window[1])]
    if seen.empty:
        return
    texts = [drawable(str(text).upper(), longest=40) for text in seen[name].tolist()]
    points = inner_points(seen.geometry)
    style: dict[str, Any] = {"fontsize": 5.6, "colour": QUIET, "avoid": avoid}
    write_apart(axes, points=points, texts=texts, other_labels=other_labels, **style)


def _draw_legend(figure: Figure, density: PrintedDensity) -> None:
    scale = density.scale
    pairs = zip(scale.colours, scale.labels, strict=True)
    patches = [Patch(facecolor=c, label=label) for c, label in pairs]
    patches.insert(0, Patch(facecolor="#fbfbf9", edgecolor="#8d99a4", label=scale.unpainted))
    legend = figure.legend(
        handles=patches[::-1],
        title=scale.unit.capitalize(),
        loc="upper left",
        bbox_to_anchor=(0.77, 1.0),
        frameon=False,
        fontsize=6.5,
        title_fontsize=7,
        alignment="left",
    )
    legend.get_title().set_fontweight("bold")


def _holds(window: tuple[float, float, float, float], place: PlaceName, *, margin: float) -> bool:
    west, south, east, north = window
    across, up = margin * (east - west), margin * (north - south)
    return (
        west + 2 * across <= place.easting <= east - 2 * across
        and south + up <= place.northing <= north - up
    )
