"""Maps for a browser: the ground that stays, and the hotspots that change.

This is the only module that builds folium maps, so it is the only one that must escape: every text
from data goes in as a GeoJSON property, escaped by `geo.escaping`, and never into a script's code.
The ground (land, ward outlines, ward names) is the product's own, since a background map from
another host is blank on the networks where this is used; an address for background tiles can be
given. Density is one picture, hotspots are one GeoJSON layer with their ranks written on them:
thousands of markers would take seconds a redraw.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import numpy as np
import shapely
from folium.template import Template
from shapely.geometry import mapping

from geo.counting import counted
from geo.credits import distinct_credits
from geo.crs import WGS84
from geo.errors import PlainError
from geo.escaping import escape, script_json
from geo.naming.words import sentence_case
from geo.screen.credits_script import CREDITS_DATA, CREDITS_SCRIPT
from geo.screen.ground_script import GROUND_FILE_SCRIPT, ground_data
from geo.screen.map_script import GROUND_SCRIPT, HOTSPOT_SCRIPT, STYLE_SHEETS
from geo.screen.search_script import SEARCH_SCRIPT, search_data

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.grid import Bounds
    from geo.ground import Ground
    from geo.palettes import ClassStyle, Theme
    from geo.screen.density_image import DensityImage

ID_PROPERTY: Final = "hotspot"
Layers = folium.FeatureGroup  # what is drawn on the base map in each run
_DECIMALS: Final = 5  # of a degree: about a metre
_SIMPLER_M: Final = 3.0
_LABEL_TOLERANCE_M: Final = 10.0


class MapGroundError(PlainError, ValueError):
    """A layer that no map can be drawn of."""


@dataclass(frozen=True, slots=True)
class NameDigests:
    """The digests of the files of names that a map's search fetches; "" where there is none."""

    streets: str = ""
    postcodes: str = ""


@dataclass(frozen=True, slots=True)
class BaseMap:
    """The ground of a map: the same for as long as the same wards are shown.

    Attributes
    ----------
    data : str
        JSON for the script that draws it; every text in it is escaped.
    bounds : tuple of float
        What the map opens on: west, south, east, north in degrees.
    tile_url : str or None
        Address of background tiles, with ``{z}``, ``{x}`` and ``{y}``; None for none.
    tile_attribution : str
        Credit for the tiles, as plain text.
    ground_file : str
        JSON for the script that fetches streets, parks and water; "" where there are none.
    search : str
        JSON for the script that finds places on the map.
    """

    data: str
    bounds: Bounds
    tile_url: str | None = None
    tile_attribution: str = ""
    ground_file: str = ""
    search: str = ""

    @property
    def fingerprint(self) -> str:
        """Sixteen letters that differ whenever the ground does, for the map's key."""
        content = (
            f"{self.data}|{self.tile_url}|{self.tile_attribution}|{self.ground_file}|{self.search}"
        )
        digest = hashlib.sha256(content.encode()).hexdigest()[:16]
        return digest.translate(str.maketrans("0123456789", "ghijklmnop"))

    def folium_map(self) -> folium.Map:
        """Return a new folium map of this ground; drawing one changes it, so use it once."""
        west, south, east, north = self.bounds
        chart = folium.Map(
            location=((south + north) / 2, (west + east) / 2),
            zoom_start=12,
            tiles=None,
            min_zoom=9,
            max_zoom=19,
            zoom_snap=0.25,
        )
        if self.tile_url:
            credit = escape(self.tile_attribution, longest=300)
            folium.TileLayer(self.tile_url, attr=credit, control=False, max_zoom=19).add_to(chart)
        MapScript(GROUND_SCRIPT, self.data).add_to(chart)
        MapScript(CREDITS_SCRIPT, CREDITS_DATA).add_to(chart)
        if self.ground_file:
            MapScript(GROUND_FILE_SCRIPT, self.ground_file).add_to(chart)
        MapScript(SEARCH_SCRIPT, self.search).add_to(chart)
        return chart


class MapScript(folium.MacroElement):
    """A fixed script and its data, drawn on the map or the group that this is added to."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "({{ this.code }})({{ this._parent.get_name() }}, {{ this.data }});"
        "{% endmacro %}"
    )

    def __init__(self, code: str, data: str) -> None:
        # Not the macro element's own constructor: it has no types, and sets the name alone.
        folium.Element.__init__(self)
        self._name = "Script"
        self.code = code
        self.data = data


def base_map(
    wards: gpd.GeoDataFrame,
    *,
    theme: Theme = "light",
    focus: Collection[str] = (),
    attribution: str = "",
    tile_url: str | None = None,
    tile_attribution: str = "",
    ground: Ground | None = None,
    names: NameDigests | None = None,
) -> BaseMap:
    """Prepare the ground: land, ward and borough outlines, ward names.

    Parameters
    ----------
    wards : GeoDataFrame
        One row a ward, in any CRS, with the columns ``ward_code``, ``ward_name`` and, where
        boroughs are to be outlined, ``borough_code``. Not changed.
    theme : {"light", "dark"}
        Colours of the ground.
    focus : collection of str
        Codes of the wards that the map opens on; all of them where none is named or known.
    attribution : str
        Credit for the boundaries, shown on the map.
    tile_url, tile_attribution : str
        Background tiles and their credit; none by default, as they come from another host.
    ground : Ground or None
        Water, parks, rail and streets, which the browser fetches by their digest and keeps; not
        drawn under background tiles, which show the same.
    names : NameDigests or None
        The files of names that the map's search fetches; without them it finds wards and what the
        page's layers bring.

    Returns
    -------
    BaseMap
        Small and unchanging; keep it and call `BaseMap.folium_map` for each drawing.

    Raises
    ------
    MapGroundError
        If there is no ward, or the layer has no CRS.
    """
    metric = _metric(wards)
    lines = metric.geometry
    if shapely.coverage_is_valid(lines.to_numpy()):  # neighbours then keep one shared line
        simpler = shapely.coverage_simplify(lines.to_numpy(), _SIMPLER_M)
        lines = gpd.GeoSeries(simpler, index=lines.index, crs=lines.crs)
    outlines: list[BaseGeometry] = []
    if "borough_code" in metric and metric["borough_code"].notna().any():
        unions = lines.groupby(metric["borough_code"]).agg(shapely.union_all)
        outlines = _degrees(gpd.GeoSeries(unions, crs=metric.crs))
    shapes = _degrees(lines)
    largest_first = np.argsort(-metric.geometry.area.to_numpy(), kind="stable")
    names_of_wards = metric["ward_name"].astype(str).tolist()
    points = _degrees(_inner_points(metric.geometry))
    sought = metric["ward_code"].isin(focus).tolist() if focus else []
    seen = [shape for shape, wanted in zip(shapes, sought, strict=False) if wanted] or shapes
    west, south, east, north = shapely.total_bounds(seen).tolist()
    data: dict[str, Any] = {
        "bounds": [[south, west], [north, east]],
        "label": escape("Map of wards and hotspots"),
        "style": STYLE_SHEETS[theme],
        "attribution": escape(attribution, longest=300),
        "wards": {"type": "GeometryCollection", "geometries": [mapping(s) for s in shapes]},
        "boroughs": {
            "type": "GeometryCollection",
            "geometries": [mapping(shape) for shape in outlines],
        },
        "names": feature_collection(
            (points[ward], {"text": f"<span>{escape(names_of_wards[ward], longest=60)}</span>"})
            for ward in largest_first
        ),
    }
    ground_file = ""
    if ground is not None and not tile_url:
        own = distinct_credits([attribution])
        every = distinct_credits([attribution, *ground.credit_lines])
        credit_lines = [escape(line, longest=300) for line in every if line not in own]
        ground_file = ground_data(ground, credit_lines=credit_lines, theme=theme)
    files = names or NameDigests()
    search = search_data(
        list(zip(names_of_wards, _borough_names(metric), strict=True)),
        theme=theme,
        streets=files.streets,
        postcodes=files.postcodes,
    )
    bounds = (west, south, east, north)
    return BaseMap(script_json(data), bounds, tile_url, tile_attribution, ground_file, search)


def hotspot_layers(
    hotspots: gpd.GeoDataFrame,
    *,
    density: DensityImage | None = None,
    selected: str | None = None,
    classes: Mapping[str, ClassStyle] | None = None,
    lines: Sequence[BaseGeometry] = (),
    filled: bool | None = None,
) -> folium.FeatureGroup:
    """Draw ranked hotspots, and the density they were cut from, as one group of layers.

    Parameters
    ----------
    hotspots : GeoDataFrame
        One row a hotspot in any CRS, with the columns of the one hotspot shape: ``hotspot_id``,
        ``rank``, ``near``, ``incidents``, ``share_of_incidents``, ``share_of_area``, ``change``,
        ``peak_window``. May be empty. Not changed. The columns ``change_text`` and
        ``busiest_text``, where there are any, stand in the tip for the change and the window;
        ``tip_text`` stands there for all figures, so that areas that have none can be drawn.
    density : DensityImage or None
        From `geo.screen.density_image.density_image`; without one the hotspots are filled.
    selected : str or None
        ``hotspot_id`` of the chosen one: it gets a thicker line, another colour and a square label.
    classes : mapping of str to ClassStyle, optional
        How each value of the column ``hot_class`` looks: its colour fills the area, its mark stands
        next to the rank, its name is in the label that is read out.
    lines : sequence of LineString or MultiLineString, optional
        The stretch of street of each hotspot, in the CRS and the order of the frame.
    filled : bool, optional
        Whether their ground is filled; it is where no density lies under it.

    Returns
    -------
    folium.FeatureGroup
        To be given to the map that shows it; drawing changes it, so use it once.
    """
    shapes, points = _hotspot_shapes(hotspots)
    columns = ("hotspot_id", "rank", "near")
    rows = list(zip(*(hotspots[column].tolist() for column in columns), strict=True))
    tips = [_tip(row) for row in hotspots.drop(columns="geometry").to_dict("records")]
    # Last drawn lies on top: the chosen one, and before it the first in rank.
    order = sorted(range(len(rows)), key=lambda at: (rows[at][0] == selected, -int(rows[at][1])))
    looks = _looks(hotspots, classes=classes or {})
    areas = feature_collection(
        (shapes[at], {ID_PROPERTY: rows[at][0], "tip": tips[at], "colour": looks[at].colour})
        for at in order
    )
    ranks = feature_collection(
        (
            points[at],
            {
                ID_PROPERTY: rows[at][0],
                "tip": tips[at],
                "rank": int(rows[at][1]),
                "mark": looks[at].mark,
                "label": _label(int(rows[at][1]), nearby=rows[at][2], look=looks[at]),
            },
        )
        for at in sorted(range(len(rows)), key=lambda at: int(rows[at][1]))
    )
    data: dict[str, Any] = {"areas": areas, "ranks": ranks, "selected": selected, "density": None}
    data["filled"] = density is None if filled is None else filled
    if lines:
        streets = _degrees(gpd.GeoSeries(list(lines), crs=hotspots.crs))
        data["lines"] = feature_collection(
            (streets[at], {ID_PROPERTY: rows[at][0]}) for at in order
        )
    if density is not None:
        west, south, east, north = density.bounds
        data["density"] = {"url": density.data_url, "bounds": [[south, west], [north, east]]}
    group = folium.FeatureGroup(name="Hotspots", control=False)
    MapScript(HOTSPOT_SCRIPT, script_json(data)).add_to(group)
    return group


@dataclass(frozen=True, slots=True)
class _Look:
    """What a hotspot's class adds to it; all empty without one."""

    name: str = ""
    mark: str = ""
    colour: str = ""


def _looks(hotspots: gpd.GeoDataFrame, *, classes: Mapping[str, ClassStyle]) -> list[_Look]:
    if not classes or "hot_class" not in hotspots:
        return [_Look()] * len(hotspots)
    return [
        _Look(name, classes[name].mark, classes[name].colour) if name in classes else _Look()
        for name in hotspots["hot_class"].tolist()
    ]


def _label(rank: int, *, nearby: str, look: _Look) -> str:
    place = f", {escape(nearby)}" if nearby else ""
    kind = f", class {escape(look.name)}" if look.name else ""
    mark = f'<span class="mark" aria-hidden="true">{escape(look.mark)}</span>' if kind else ""
    return f'<span>{rank}</span>{mark}<span class="said">, hotspot{place}{kind}</span>'


def _tip(row: dict[str, Any]) -> str:
    """Return a hotspot's tooltip as HTML; every text from data in it is escaped."""
    place = escape(sentence_case(row["near"])) if row["near"] else "Hotspot"
    heading = f"<strong>{int(row['rank'])}. {place}</strong>"
    if row.get("tip_text"):
        return f"{heading}<br>{escape(row['hot_class'])}: {escape(row['tip_text'])}"
    lines = [
        heading,
        f"{counted(int(row['incidents']), 'incident')}: {row['share_of_incidents']:.1%} of all, on "
        f"{row['share_of_area']:.1%} of the ground",
    ]
    if row.get("change_text"):
        lines.append(f"Change: {escape(row['change_text'])}")
    elif math.isfinite(row["change"]):
        word = "Up" if row["change"] > 0 else "Down" if row["change"] < 0 else "No change:"
        lines.append(f"{word} {abs(row['change']):.0%} on the comparison period")
    if row.get("hot_class"):
        lines.append(f"Class: {escape(row['hot_class'])}")
    if row.get("busiest_text"):
        lines.append(f"Busiest: {escape(row['busiest_text'])}")
    elif row["peak_window"]:
        lines.append(f"Busiest {escape(str(row['peak_window']))}")
    return "<br>".join(lines)


def _borough_names(wards: gpd.GeoDataFrame) -> list[str]:
    """Return each ward's borough, where there are several of them."""
    if "borough_name" not in wards or wards["borough_name"].nunique() < 2:
        return [""] * len(wards)
    names: list[str] = wards["borough_name"].fillna("").astype(str).tolist()
    return names


def _metric(wards: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if wards.empty or wards.crs is None:
        found = "no ward" if wards.empty else "no coordinate reference system"
        message = f"No wards to draw a map of: found {found}. Load a ward layer."
        raise MapGroundError(message)
    return wards.to_crs(wards.estimate_utm_crs()) if wards.crs.is_geographic else wards


def _hotspot_shapes(hotspots: gpd.GeoDataFrame) -> tuple[list[BaseGeometry], list[BaseGeometry]]:
    if hotspots.empty:
        return [], []
    if hotspots.crs is None:
        message = "The hotspots have no CRS, so they cannot be drawn. Set it on the frame."
        raise MapGroundError(message)
    metric = _metric(hotspots)
    return _degrees(metric.geometry), _degrees(_inner_points(metric.geometry))


def _inner_points(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Return the point of each metric polygon that lies farthest inside it, for its label."""
    circles = shapely.maximum_inscribed_circle(shapes.to_numpy(), _LABEL_TOLERANCE_M)
    return gpd.GeoSeries(shapely.get_point(circles, 0), index=shapes.index, crs=shapes.crs)


def _degrees(shapes: gpd.GeoSeries) -> list[BaseGeometry]:
    """Return the shapes in longitude and latitude, to about a metre."""
    moved = shapes.to_crs(WGS84).to_numpy()
    return list(shapely.transform(moved, lambda at: np.round(at, _DECIMALS)))


def feature_collection(rows: Iterable[tuple[BaseGeometry, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return shapes, each with its properties, as GeoJSON."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": mapping(shape), "properties": properties}
            for shape, properties in rows
        ],
    }
