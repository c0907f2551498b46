"""Small made-up networks of streets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from data.layers.places import save_places
from data.layers.wards import load_wards
from geo.places import PlacesLayer
from geo.streets.network import street_network
from geo.streets.segments import segments_of
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.settings import Settings
    from geo.streets.network import StreetNetwork
    from geo.streets.segments import Segments

Line = list[tuple[float, float]]


def network_of(
    *lines: Line, names: Sequence[str] = (), classes: Sequence[str] = ()
) -> StreetNetwork:
    """Return the network of some lines, named Street 0, Street 1 … unless names are given."""
    return street_network(_frame_of(lines, names=names, classes=classes))


def street_grid(
    *, west: float, south: float, across: int, block_m: float, jitter_m: float = 0.0, seed: int = 0
) -> StreetNetwork:
    """Return streets in blocks: `across` + 1 from west to east and as many from south to north."""
    rng = np.random.default_rng(seed)
    at = np.arange(across + 1) * block_m
    x, y = np.meshgrid(at, at)
    xy = np.stack([x, y], axis=-1) + rng.uniform(-jitter_m, jitter_m, (across + 1, across + 1, 2))
    xy = np.round(xy + np.array([west, south]), 1)
    rows = [[tuple(point) for point in row] for row in xy]
    columns = [[tuple(point) for point in column] for column in xy.transpose(1, 0, 2)]
    names = [f"{n} Street" for n in range(across + 1)] + [f"{n} Avenue" for n in range(across + 1)]
    return network_of(*rows, *columns, names=names)


def load_streets(settings: Settings, *, block_m: float = 100.0) -> None:
    """Load streets in blocks over the wards of a store and a little around them."""
    west, south, east, north = load_wards(settings.wards_path).frame.total_bounds
    along = [
        np.arange(low - block_m, high + 2 * block_m, block_m)
        for low, high in ((west, east), (south, north))
    ]
    rows = [[(x, y) for x in along[0]] for y in along[1]]
    columns = [[(x, y) for y in along[1]] for x in along[0]]
    names = [f"{n} Row" for n in range(len(rows))] + [f"{n} Way" for n in range(len(columns))]
    layer = PlacesLayer(
        kind="street",
        title="Made-up streets",
        shown_on=date(2026, 1, 1),
        source="a test",
        licence="none",
        credit="A test",
        frame=_frame_of([*rows, *columns], names=names),
    )
    save_places(layer, settings, now=NOW, person="A. Tester")


def _frame_of(
    lines: Sequence[Line], *, names: Sequence[str] = (), classes: Sequence[str] = ()
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "name": list(names) or [f"Street {n}" for n in range(len(lines))],
            "place_class": list(classes) or ["local"] * len(lines),
        },
        geometry=[shapely.LineString(line) for line in lines],
        crs=27700,
    )


def segments_from(*lines: Line, names: Sequence[str] = ()) -> Segments:
    """Return the segments of some lines."""
    return segments_of(network_of(*lines, names=names))
