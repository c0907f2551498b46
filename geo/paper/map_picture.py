"""A map as a picture, for a report or a briefing: everything needed to read it is on it.

`geo.paper.ground` has what it is drawn of.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from geo.errors import PlainError
from geo.escaping import plain_text
from geo.paper.ground import (
    draw_density,
    draw_ground,
    draw_names,
    draw_outlines,
    draw_scale_bar,
    draw_stretches,
    padded_window,
    write_ranks,
)
from geo.paper.margins import INK, MapCaption, PrintedDensity, write_key, write_margins
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
    from shapely import LineString, MultiLineString

    from geo.places import PlacesLayer

__all__ = ["MapCaption", "PrintedDensity", "PrintedMapError", "hotspot_map_png"]

_CREDIT_LINES: Final = 20
_SIZE_INCHES: Final = (11.69, 8.27)  # A4, landscape


class PrintedMapError(PlainError, ValueError):
    """A map that cannot be printed as asked."""


def hotspot_map_png(
    hotspots: gpd.GeoDataFrame,
    wards: gpd.GeoDataFrame,
    *,
    caption: MapCaption,
    focus: gpd.GeoDataFrame | None = None,
    density: PrintedDensity | None = None,
    places: Sequence[PlacesLayer] = (),
    stretches: Sequence[LineString | MultiLineString] = (),
    dpi: int = 150,
) -> bytes:
    """Print wards, density and ranked hotspots on an A4 sheet, landscape.

    Parameters
    ----------
    hotspots : GeoDataFrame
        Columns ``rank``, ``near``, ``incidents`` and the polygons, in the wards' CRS. May be empty.
    wards : GeoDataFrame
        Metric CRS, with the column ``ward_name``.
    caption : MapCaption
        All that is written round the map.
    focus : GeoDataFrame or None
        Those of the wards that the window is to show; all without it.
    density : PrintedDensity or None
        What the hotspots were cut from.
    places : sequence of PlacesLayer
        Streets, water and so on, drawn beneath; in the wards' CRS.
    stretches : sequence of LineString or MultiLineString
        Stretches of street that the hotspots were found by, drawn thick; in the wards' CRS.
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
    check_layers(hotspots, wards)
    figure = Figure(figsize=_SIZE_INCHES, dpi=dpi, facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0.025, 0.10, 0.665, 0.75))
    shown = wards if focus is None or focus.empty else focus
    draw_ground(axes, wards, window=padded_window(shown.total_bounds, axes=axes))
    draw_places(axes, places)
    if density is not None and density.scale.breaks:
        draw_density(axes, density)
        draw_streets_over(axes, places, level=1.6)
    draw_outlines(axes, wards.geometry, colour="#8d99a4", width=0.7, level=2)
    ranked = hotspots.sort_values("rank", ascending=False)
    draw_outlines(axes, ranked.geometry, colour="white", width=3.6, level=3)
    draw_outlines(axes, ranked.geometry, colour=INK, width=1.6, level=3.1)
    draw_stretches(axes, stretches, width=3.0)
    labels = write_ranks(axes, ranked, lifted=bool(stretches))
    labels += draw_names(axes, wards=shown, name="ward_name", other_labels=labels)
    labels += [*draw_scale_bar(axes), *write_credits(axes, places, most_lines=_CREDIT_LINES)]
    name_places(axes, places, taken=TakenRoom.of(labels))
    write_margins(figure, caption)
    write_key(figure, hotspots=hotspots, density=density)
    file = io.BytesIO()
    facts = {"Title": plain_text(caption.title), "Software": None}
    figure.savefig(file, format="png", dpi=dpi, metadata=facts)
    return file.getvalue()


def check_layers(hotspots: gpd.GeoDataFrame, wards: gpd.GeoDataFrame) -> None:
    """Refuse to print without wards in a metric CRS, and layers of different ones.

    Raises
    ------
    PrintedMapError
    """
    if wards.empty or wards.crs is None or not wards.crs.is_projected:
        found = "no ward" if wards.empty else f"the system {wards.crs}"
        message = f"No wards in a metric CRS to print a map of: found {found}. Load a ward layer."
        raise PrintedMapError(message)
    if len(hotspots) and hotspots.crs != wards.crs:
        message = (
            f"Hotspots and wards are in different CRSs: {hotspots.crs} and {wards.crs}. Transform "
            "one to the other's."
        )
        raise PrintedMapError(message)
