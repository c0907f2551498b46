"""Reading a file of places of one kind: every row accepted, or counted by the reason against it.

Map files go through GDAL (`data.sources.place_layers`), a CSV with positions through the product's
own reader (`data.sources.place_tables`). A file none of whose rows can be used is refused with the
one sentence that says why: it lies elsewhere, is empty, or holds other shapes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pyproj import Transformer

from data.sources.files import Limits
from data.sources.map_files import PLACE_MAPS, NotAMapFileError, is_pbf, plain_file
from data.sources.place_choice import NoPlacesError, WrongShapesError
from data.sources.place_layers import PlaceReading, WrongPlacesError, batches, map_layers
from data.sources.place_rows import GatheredPlaces
from data.sources.place_tables import column_note, gather_table
from geo.counting import counted
from geo.place_shapes import OUTSIDE_REASON, wrong_family_reason
from geo.places import accepted_families, families_label, kind_in_sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from data.sources.place_layers import MapLayer
    from data.sources.place_rows import RejectedPlaces
    from data.sources.source_file import SourceFile
    from geo.grid import Bounds
    from geo.places import PlaceKind
    from geo.postcodes import PostcodeTable

PLACE_LIMITS: Final = Limits(unpacked_mb=32_768)
_OSM: Final = (".osm", ".pbf")
_FORMATS: Final = (
    "Places can be read from GeoPackage, Shapefile, GeoJSON, KML, File Geodatabase, FlatGeobuf, "
    "OpenStreetMap PBF or XML, a ZIP of one of these, or a CSV with positions."
)


@dataclass(frozen=True, slots=True, eq=False)
class PlacesFile:
    """What was read of a file of places.

    Attributes
    ----------
    frame : GeoDataFrame
        The accepted rows, with `geo.places.PLACE_COLUMNS`, in the metric CRS.
    rows_read : int
        ``len(frame)`` plus the rows of `rejected`.
    rejected : tuple of RejectedPlaces
        Each reason with its number of rows and the first of them, the commonest first.
    notes : tuple of str
        How the file was understood.
    is_osm : bool
        Whether it is an OpenStreetMap file, whose licence and credit are known.
    """

    frame: gpd.GeoDataFrame
    rows_read: int
    rejected: tuple[RejectedPlaces, ...]
    notes: tuple[str, ...]
    is_osm: bool = False

    @property
    def rows_rejected(self) -> int:
        """How many rows were not accepted."""
        return sum(each.rows for each in self.rejected)


def read_places(
    source: SourceFile,
    *,
    kind: PlaceKind,
    box: Bounds,
    metric_crs: str,
    reading: PlaceReading | None = None,
    postcodes: PostcodeTable | None = None,
    progress: Callable[[float, int], None] | None = None,
) -> PlacesFile:
    """Read the places of one kind.

    Parameters
    ----------
    source : SourceFile
        A map file, a ZIP of one, a folder that is a File Geodatabase, or a CSV; opened with
        `PLACE_LIMITS`.
    kind : PlaceKind
    box : tuple of float
        Minimum x, minimum y, maximum x, maximum y in `metric_crs`: what lies outside is left out,
        and what reaches outside is cut.
    metric_crs : str
        CRS that the places are wanted in.
    reading : PlaceReading, optional
        What the user says of the file.
    postcodes : PostcodeTable, optional
        For a CSV with postcodes.
    progress : callable, optional
        Told how much is done, 0 to 1, and how many rows have been read.

    Raises
    ------
    NoPlacesError
        If the file is empty, or no row of it can be used.
    WrongShapesError
        If its shapes are of another family than the kind's.
    WrongPlacesError, NoCrsError
        If it lies elsewhere, or its coordinates are not what it says.
    FileError, UnknownCrsError, UnknownPlaceColumnError
        If it cannot be read, or is not as the user says.
    """
    reading = reading or PlaceReading()
    places = GatheredPlaces(kind, box)
    if source.text is not None and source.table is not None and not is_pbf(source.start):
        notes = gather_table(
            source,
            source.text,
            into=places,
            reading=reading,
            metric_crs=metric_crs,
            postcodes=postcodes,
            progress=progress,
        )
        if not len(places):
            raise _no_place(source.name, places, lies="")
        return _finished(places, notes, metric_crs=metric_crs)
    try:
        with plain_file(source, layer=reading.layer, maps=PLACE_MAPS) as plain:
            is_osm = plain.suffix in _OSM
            notes = _gather_map(
                plain,
                source,
                into=places,
                reading=reading,
                metric_crs=metric_crs,
                progress=progress,
            )
    except NotAMapFileError as fault:
        raise NotAMapFileError(
            what=f"{source.name} is no file of places.", found=fault.found, do=_FORMATS
        ) from fault
    source.parts[0].refuse_change()
    return _finished(places, notes, metric_crs=metric_crs, is_osm=is_osm)


def _finished(
    places: GatheredPlaces, notes: tuple[str, ...], *, metric_crs: str, is_osm: bool = False
) -> PlacesFile:
    more = [*places.tidy_names()]
    if places.mended:
        more.append(
            f"{counted(places.mended, 'broken outline was', 'broken outlines were')} mended."
        )
    if places.cut:
        more.append(f"{places.cut:,} reach beyond the wards and 1 km around, and were cut there.")
    return PlacesFile(
        places.frame(metric_crs=metric_crs),
        places.rows_read,
        places.rejected,
        (*notes, *more),
        is_osm=is_osm,
    )


def _gather_map(
    plain: Path,
    source: SourceFile,
    *,
    into: GatheredPlaces,
    reading: PlaceReading,
    metric_crs: str,
    progress: Callable[[float, int], None] | None,
) -> tuple[str, ...]:
    """Read a map file, and return how it was understood."""
    layers, remarks = map_layers(
        plain, source=source, kind=into.kind, reading=reading, box=into.box, metric_crs=metric_crs
    )
    rows = sum(layer.rows for layer in layers)
    for layer in layers:
        before = into.rows_read

        def tell(done: int, before: int = before) -> None:
            if progress is not None:
                progress(min((before + done) / rows, 1.0) if rows > 0 else 0.0, before + done)

        for batch in batches(
            layer, kind=into.kind, box=into.box, metric_crs=metric_crs, progress=tell
        ):
            into.add(batch)
    if not len(into):
        raise _no_place(source.name, into, lies=_elsewhere(layers, into, metric_crs=metric_crs))
    notes = [*remarks]
    if layers[0].only_box:
        of_all = f" of {rows:,}" if rows > 0 else ""
        notes.append(
            f"The file is large, so only the wards' box and 1 km around was read: "
            f"{into.rows_read:,}{of_all} rows lie there."
        )
    names = [layer.layer for layer in layers]
    if len(names) > 1:
        notes.append(f"Read from the layers {', '.join(names)}.")
    notes.append(column_note(layers[0].columns))
    return tuple(notes)


def _no_place(
    name: str, places: GatheredPlaces, *, lies: str
) -> NoPlacesError | WrongPlacesError | WrongShapesError:
    """Return the one sentence for a file of which no row can be used."""
    label = kind_in_sentence(places.kind)
    rejected = places.rejected
    first = rejected[0].reason if rejected else ""
    if first == OUTSIDE_REASON or (not rejected and lies):
        return WrongPlacesError(
            what=f"{name} lies elsewhere: none of it is in the wards or within 1 km of them.",
            found=lies or f"{rejected[0].rows:,} of {counted(places.rows_read, 'row')} outside",
            do="Choose a file of this area, or state the coordinate system that it is really in.",
        )
    families = {
        wrong_family_reason(family, kind=places.kind)
        for family in ("point", "line", "polygon")
        if family not in accepted_families(places.kind)
    }
    if first in families:
        return WrongShapesError(
            what=f"{name} holds no shapes that {label} are read from.",
            found=f"{counted(rejected[0].rows, 'row')} where {first}",
            do=f"Load {label} from {families_label(places.kind)}. Choose another file or kind.",
        )
    if not rejected:
        return NoPlacesError(
            what=f"{name} is empty.", found="0 rows", do="Export or download it again."
        )
    return NoPlacesError(
        what=f"No row of {name} can be used.",
        found="; ".join(map(str, rejected[:3])),
        do="Correct the file, or choose another kind or column.",
    )


def _elsewhere(layers: tuple[MapLayer, ...], places: GatheredPlaces, *, metric_crs: str) -> str:
    """Say where the layers lie and how far from the wards, as far as that is known."""
    boxes = []
    for layer in layers:
        if layer.bounds is None:
            continue
        to_metres = Transformer.from_crs(layer.crs, metric_crs, always_xy=True)
        moved = to_metres.transform_bounds(*layer.bounds)
        if not np.isfinite(moved).all():
            return f"coordinates in {layer.crs.name} that are no place in {metric_crs}"
        boxes.append(moved)
    if not boxes:
        return "no row in the box of the wards" if layers[0].only_box else ""
    west, south = np.min(boxes, axis=0)[:2]
    east, north = np.max(boxes, axis=0)[2:]
    own = places.box
    away_m = math.hypot(
        max(own[0] - east, west - own[2], 0.0), max(own[1] - north, south - own[3], 0.0)
    )
    away = f", {away_m / 1000:,.0f} km away" if away_m >= 1000 else ""
    return (
        f"{west:,.0f}, {south:,.0f} to {east:,.0f}, {north:,.0f} in metres{away}; the wards and "
        f"1 km around are {own[0]:,.0f}, {own[1]:,.0f} to {own[2]:,.0f}, {own[3]:,.0f}"
    )
