"""A map as a picture, for a report or a briefing: everything needed to read it is on it.

Drawn with Matplotlib's objects alone, without its global state, so that several people can print at
once. Names are drawn letter by letter: Matplotlib's formulas (``$…$``) are off, and a character
that its font lacks becomes a box.
"""

from __future__ import annotations

import io
import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from geo.errors import PlainError
from geo.escaping import plain_text
from geo.printed_margins import (
    INK,
    MapCaption,
    PrintedDensity,
    drawable,
    write_key,
    write_margins,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon


__all__ = ["MapCaption", "PrintedDensity", "PrintedMapError", "hotspot_map_png"]

_SIZE_INCHES: Final = (11.69, 8.27)  # A4, landscape


class PrintedMapError(PlainError, ValueError):
    """A map that cannot be printed as asked."""


def hotspot_map_png(
    hotspots: gpd.GeoDataFrame,
    wards: gpd.GeoDataFrame,
    *,
    caption: MapCaption,
    density: PrintedDensity | None = None,
    name: str = "ward_name",
    dpi: int = 150,
) -> bytes:
    """Print wards, density and ranked hotspots on an A4 sheet, landscape.

    Parameters
    ----------
    hotspots : GeoDataFrame
        Columns ``rank``, ``near``, ``incidents`` and the polygons, in the wards' CRS. May be empty.
    wards : GeoDataFrame
        Metric CRS, with the column `name`.
    caption : MapCaption
        All that is written round the map.
    density : PrintedDensity or None
        What the hotspots were cut from.
    name : str
        Column of the ward's name.
    dpi : int
        Dots per inch; 150 gives 1754 × 1240 pixels.

    Returns
    -------
    bytes
        A PNG file.

    Raises
    ------
    PrintedMapError
        If there is no ward, or the two layers are not in one metric CRS.
    """
    _check(hotspots, wards)
    figure = Figure(figsize=_SIZE_INCHES, dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.025, 0.10, 0.665, 0.75))
    _draw_ground(axes, wards)
    if density is not None and density.scale.breaks:
        _draw_density(axes, density)
    _outline(axes, wards, colour="#8d99a4", width=0.7, level=2)
    ranked = hotspots.sort_values("rank", ascending=False)
    _outline(axes, ranked, colour="white", width=3.6, level=3)
    _outline(axes, ranked, colour=INK, width=1.6, level=3.1)
    ranks = zip(_inner_points(ranked), ranked["rank"].tolist(), strict=True)
    labels = [axes.text(x, y, str(int(rank)), **_RANK_STYLE) for (x, y), rank in ranks]
    _draw_names(axes, wards=wards, name=name, beside=labels)
    _draw_scale_bar(axes)
    write_margins(figure, caption)
    write_key(figure, hotspots=hotspots, density=density)
    file = io.BytesIO()
    facts = {"Title": plain_text(caption.title), "Software": None}
    figure.savefig(file, format="png", dpi=dpi, metadata=facts)
    return file.getvalue()


_RANK_STYLE: Final[dict[str, Any]] = {
    "ha": "center",
    "va": "center",
    "fontsize": 7.5,
    "fontweight": "bold",
    "color": "white",
    "zorder": 10,
    "bbox": {"boxstyle": "circle,pad=0.25", "facecolor": INK, "edgecolor": "white"},
}


def _check(hotspots: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> None:
    if wards.empty or wards.crs is None or not wards.crs.is_projected:
        found = "no ward" if wards.empty else f"the system {wards.crs}"
        message = f"A printed map needs wards in a metric CRS; found {found}. Load a ward layer."
        raise PrintedMapError(message)
    if len(hotspots) and hotspots.crs != wards.crs:
        message = (
            f"Hotspots and wards must share one CRS to be printed; found {hotspots.crs} and "
            f"{wards.crs}. Move one to the other's."
        )
        raise PrintedMapError(message)


def _draw_ground(axes: Axes, wards: gpd.GeoDataFrame) -> None:
    west, south, east, north = wards.total_bounds
    margin = 0.03 * max(east - west, north - south)
    axes.set_xlim(west - margin, east + margin)
    axes.set_ylim(south - margin, north + margin)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#dde4e9")
    for spine in axes.spines.values():
        spine.set_color("#8d99a4")
    for shape in wards.geometry:
        axes.add_patch(PathPatch(_path(shape), facecolor="#fbfbf9", edgecolor="none"))


def _outline(
    axes: Axes, frame: gpd.GeoDataFrame, *, colour: str, width: float, level: float
) -> None:
    style: dict[str, Any] = {"fill": False, "edgecolor": colour, "linewidth": width}
    for shape in frame.geometry:
        axes.add_patch(PathPatch(_path(shape), zorder=level, **style))


def _draw_density(axes: Axes, density: PrintedDensity) -> None:
    left, bottom, right, top = density.grid.bounds
    classes = density.scale.classes(density.per_km2)
    painted = np.ma.masked_equal(classes, 0)
    colours = ListedColormap(list(density.scale.colours))
    edges = np.arange(len(density.scale.colours) + 1) + 0.5
    axes.imshow(
        painted,
        origin="lower",
        extent=(left, right, bottom, top),
        cmap=colours,
        norm=BoundaryNorm(edges, colours.N),
        alpha=0.75,
        interpolation="nearest",
        zorder=1.5,
        aspect="equal",
    )


def _draw_names(axes: Axes, *, wards: gpd.GeoDataFrame, name: str, beside: Sequence[Text]) -> None:
    """Write ward names, the largest wards' first, leaving out those that would overlap."""
    largest_first = wards.iloc[np.argsort(-wards.geometry.area.to_numpy(), kind="stable")]
    kept = [text.get_window_extent() for text in beside]
    points = _inner_points(largest_first)
    for (x, y), text in zip(points, largest_first[name].tolist(), strict=True):
        lines = textwrap.fill(drawable(str(text), longest=60), 16)
        label = axes.text(
            x,
            y,
            lines,
            ha="center",
            va="center",
            fontsize=6.5,
            color="#33414d",
            linespacing=0.95,
            parse_math=False,
            zorder=4,
            bbox={"facecolor": "white", "alpha": 0.55, "edgecolor": "none", "pad": 0.6},
        )
        box = label.get_window_extent()
        if any(box.overlaps(other) for other in kept):
            label.remove()
        else:
            kept.append(box)


def _draw_scale_bar(axes: Axes) -> None:
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    metres = _round_length((east - west) / 5)
    height = (north - south) * 0.008
    x, y = west + (east - west) * 0.03, south + (north - south) * 0.03
    for part, colour in ((0, INK), (1, "white")):
        corner = (x + part * metres / 2, y)
        bar = Rectangle(corner, metres / 2, height, facecolor=colour, edgecolor=INK, lw=0.8)
        bar.set_zorder(8)
        axes.add_patch(bar)
    length = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    style: dict[str, Any] = {"fontsize": 7.5, "color": INK, "zorder": 8}
    axes.text(x + metres, y + 2 * height, length, ha="right", va="bottom", **style)
    axes.annotate(
        "N",
        xy=(0.965, 0.975),
        xytext=(0.965, 0.90),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="top",
        fontsize=9,
        color=INK,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
        zorder=8,
    )


def _round_length(metres: float) -> float:
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres))


def _inner_points(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    if frame.empty:
        return np.empty((0, 2))
    circles = shapely.maximum_inscribed_circle(frame.geometry.to_numpy(), 5.0)
    return shapely.get_coordinates(shapely.get_point(circles, 0))


def _path(shape: Polygon | MultiPolygon) -> Path:
    """Return a polygon's rings, holes included, as one path."""
    rings = [
        Path(np.asarray(ring.coords)[:, :2], closed=True)
        for part in shapely.get_parts(shapely.orient_polygons(shape)).tolist()
        for ring in (part.exterior, *part.interiors)
    ]
    return Path.make_compound_path(*rings)
