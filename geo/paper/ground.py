"""What printed maps are drawn of: ground, outlines, density, names, scale bar and north arrow.

Drawn with Matplotlib's objects alone, without its global state, so that several people can print at
once. Names are drawn letter by letter: Matplotlib's formulas (``$…$``) are off, and a character
that its font lacks becomes a box. Every map reads in grey: what matters is an outline, a number or
a hatching, and never a colour alone. Outlines are added as artists and not as patches, since
Matplotlib would work out limits from each curve, which takes most of a map's time; the window is
always set.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from geo.paper.margins import INK, PrintedDensity, drawable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox, BboxBase
    from numpy.typing import NDArray
    from shapely import LineString, MultiLineString, MultiPolygon, Polygon

_LIFT_POINTS: Final = 10.0
RANK_STYLE: Final[dict[str, Any]] = {
    "ha": "center",
    "va": "center",
    "fontsize": 7.5,
    "fontweight": "bold",
    "color": "white",
    "zorder": 10,
    "bbox": {"boxstyle": "circle,pad=0.25", "facecolor": INK, "edgecolor": "white"},
}


def draw_ground(
    axes: Axes,
    wards: gpd.GeoDataFrame,
    *,
    window: tuple[float, float, float, float] | None = None,
    land: str = "#fbfbf9",
) -> None:
    """Draw the wards' ground and set the window: west, south, east, north; all wards without it."""
    west, south, east, north = wards.total_bounds
    if window is None:
        margin = 0.03 * max(east - west, north - south)
        window = (west - margin, south - margin, east + margin, north + margin)
    axes.set_xlim(window[0], window[2])
    axes.set_ylim(window[1], window[3])
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_facecolor("#dde4e9")
    for spine in axes.spines.values():
        spine.set_color("#8d99a4")
    for shape in wards.geometry:
        axes.add_artist(PathPatch(outline_path(shape), facecolor=land, edgecolor="none"))


def padded_window(
    bounds: Sequence[float] | NDArray[np.float64], *, axes: Axes
) -> tuple[float, float, float, float]:
    """Return bounds with a margin, in the proportions of the axes' box."""
    box = axes.get_window_extent()
    west, south, east, north = (float(value) for value in bounds)
    aspect = box.width / box.height
    height = 1.04 * max(north - south, (east - west) / aspect)
    x, y = (west + east) / 2, (south + north) / 2
    return (x - height * aspect / 2, y - height / 2, x + height * aspect / 2, y + height / 2)


def draw_outlines(
    axes: Axes,
    shapes: Iterable[Polygon | MultiPolygon],
    *,
    colour: str,
    width: float,
    level: float,
    dashed: bool = False,
) -> None:
    """Draw polygons' outlines, holes included; `level` says what lies on what."""
    style: dict[str, Any] = {"fill": False, "edgecolor": colour, "linewidth": width}
    style |= {"linestyle": (0, (4, 3))} if dashed else {}
    for shape in shapes:
        axes.add_artist(PathPatch(outline_path(shape), zorder=level, **style))


def draw_stretches(
    axes: Axes,
    lines: Iterable[LineString | MultiLineString],
    *,
    width: float,
    colour: str = INK,
    level: float = 3.2,
) -> None:
    """Draw stretches of street as thick lines with a white edge; `width` is in points."""
    parts = [
        np.asarray(part.coords)[:, :2]
        for line in lines
        for part in shapely.get_parts(line).tolist()
    ]
    for wide, hue, step in ((width + 1.6, "white", 0.0), (width, colour, 0.05)):
        drawn = LineCollection(parts, colors=hue, linewidths=wide, capstyle="round")
        drawn.set_zorder(level + step)
        axes.add_artist(drawn)


def write_ranks(axes: Axes, ranked: gpd.GeoDataFrame, *, lifted: bool = False) -> list[Text]:
    """Write each hotspot's rank well inside it, or lifted above it so that its stretch is seen."""
    up = _LIFT_POINTS if lifted else 0.0
    at = zip(inner_points(ranked.geometry), ranked["rank"].tolist(), strict=True)
    style: dict[str, Any] = {"textcoords": "offset points", "xytext": (0.0, up), **RANK_STYLE}
    return [axes.annotate(str(int(rank)), xy=(x, y), **style) for (x, y), rank in at]


def draw_density(axes: Axes, density: PrintedDensity) -> None:
    """Paint a density in the colours of its classes."""
    left, bottom, right, top = density.grid.bounds
    classes = density.scale.classes(density.per_km2)
    painted = np.ma.masked_equal(classes, 0)
    colours = ListedColormap(np.array(density.scale.glazes, dtype=np.float64) / 255)
    edges = np.arange(len(density.scale.colours) + 1) + 0.5
    axes.imshow(
        painted,
        origin="lower",
        extent=(left, right, bottom, top),
        cmap=colours,
        norm=BoundaryNorm(edges, colours.N),
        interpolation="nearest",
        zorder=1.5,
        aspect="equal",
    )


def draw_names(
    axes: Axes,
    *,
    wards: gpd.GeoDataFrame,
    name: str,
    other_labels: Sequence[Text],
    fontsize: float = 6.5,
) -> list[Text]:
    """Write ward names, the largest wards' first, leaving out those that would overlap.

    Returns
    -------
    list of Text
        Those written.
    """
    largest_first = wards.iloc[np.argsort(-wards.geometry.area.to_numpy(), kind="stable")]
    points = inner_points(largest_first.geometry)
    lines = [
        textwrap.fill(drawable(str(text), longest=60), 16) for text in largest_first[name].tolist()
    ]
    style: dict[str, Any] = {"other_labels": other_labels, "fontsize": fontsize}
    return write_apart(axes, points=points, texts=lines, **style)


def write_apart(
    axes: Axes,
    *,
    points: NDArray[np.float64],
    texts: Sequence[str],
    other_labels: Sequence[Text],
    fontsize: float = 6.5,
    colour: str = "#33414d",
    avoid: Sequence[Bbox] = (),
) -> list[Text]:
    """Write texts at points of shape (n, 2), the first first, but none over another.

    Nor over the edge of the axes, nor over those `other_labels`, or a box to `avoid` (in pixels).

    Returns
    -------
    list of Text
        Those written.
    """
    frame = axes.get_window_extent()
    kept: list[BboxBase] = [*avoid, *(text.get_window_extent() for text in other_labels)]
    written = []
    for (x, y), text in zip(points, texts, strict=True):
        label = axes.text(
            x,
            y,
            text,
            ha="center",
            va="center",
            fontsize=fontsize,
            color=colour,
            linespacing=0.95,
            parse_math=False,
            zorder=4,
            bbox={"facecolor": "white", "alpha": 0.55, "edgecolor": "none", "pad": 0.6},
        )
        box = label.get_window_extent().padded(1.5)
        cut = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
        if cut or any(box.overlaps(other) for other in kept):
            label.remove()
        else:
            kept.append(box)
            written.append(label)
    return written


def draw_scale_bar(axes: Axes, *, fontsize: float = 7.5) -> list[Text]:
    """Draw a scale bar of a round length, and an arrow to grid north; return what is written."""
    west, east = axes.get_xlim()
    south, north = axes.get_ylim()
    metres = round_length((east - west) / 5)
    height = (north - south) * 0.008
    x, y = west + (east - west) * 0.03, south + (north - south) * 0.03
    for part, colour in ((0, INK), (1, "white")):
        corner = (x + part * metres / 2, y)
        bar = Rectangle(corner, metres / 2, height, facecolor=colour, edgecolor=INK, lw=0.8)
        bar.set_zorder(8)
        axes.add_patch(bar)
    length = f"{metres / 1000:g} km" if metres >= 1000 else f"{metres:g} m"
    style: dict[str, Any] = {"fontsize": fontsize, "color": INK, "zorder": 8}
    said = axes.text(x, y + 2 * height, length, ha="left", va="bottom", **style)
    north_arrow = axes.annotate(
        "N",
        xy=(0.965, 0.975),
        xytext=(0.965, 0.90),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="top",
        fontsize=1.2 * fontsize,
        color=INK,
        arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.2},
        zorder=8,
    )
    return [said, north_arrow]


def round_length(metres: float) -> float:
    """Return the largest of 1, 2 and 5, or a power of ten of these, up to a length."""
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(step * power for step in (1, 2, 5) if step * power <= metres))


def inner_points(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return a point well inside each polygon, shape (n, 2)."""
    if not len(shapes):
        return np.empty((0, 2))
    circles = shapely.maximum_inscribed_circle(shapes.to_numpy(), 5.0)
    return shapely.get_coordinates(shapely.get_point(circles, 0))


def outline_path(shape: Polygon | MultiPolygon) -> Path:
    """Return a polygon's rings, holes included, as one path."""
    rings = [
        Path(np.asarray(ring.coords)[:, :2], closed=True)
        for part in shapely.get_parts(shapely.orient_polygons(shape)).tolist()
        for ring in (part.exterior, *part.interiors)
    ]
    return Path.make_compound_path(*rings)
