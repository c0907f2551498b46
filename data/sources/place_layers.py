"""Reading places from map files: GDAL reads them in batches, of a large one the wards' box alone.

A file of all Great Britain has gigabytes, so of a large file GDAL is asked for the box alone, which
a spatial index answers at once, and whatever the size only one batch is in memory as it was read.
A small file is read to its end, so that each of its rows is accounted for.
"""

from __future__ import annotations

import math
import warnings
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.raw import open_arrow
from pyproj import CRS, Transformer

from data.faults import CARELESS, plain_faults
from data.rows.errors import FileError
from data.sources.boundaries import crs_in_use
from data.sources.cut_short import refuse_cut_short, refuse_missing_rows
from data.sources.map_files import damaged_map, fault_in_words
from data.sources.place_choice import NoPlacesError, layers_to_read
from data.sources.place_rows import PlaceBatch, place_values
from data.sources.street_values import street_values
from geo.place_columns import PlaceColumnNames, find_place_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from data.sources.source_file import SourceFile
    from geo.grid import Bounds
    from geo.places import PlaceKind

BATCH_ROWS: Final = 20_000
WHOLE_BELOW_BYTES: Final = 32 * 1_048_576
_SAMPLE_ROWS: Final = 2_000
_NAMED: Final = (".gpkg", ".gdb", ".kml", ".osm", ".pbf", ".fgb")  # their layers have names
_OSM: Final = (".osm", ".pbf")
_LARGEST_DEGREES: Final = 360.0  # some files count longitude on past 180


class WrongPlacesError(FileError):
    """The coordinates of a file cannot be what it says they are, or lie elsewhere."""


class NoCrsError(FileError):
    """A file does not say in which coordinate system it is."""


@dataclass(frozen=True, slots=True)
class PlaceReading:
    """What the user says of how a file is to be read; None for what is to be recognised.

    Attributes
    ----------
    layer : str or None
        Name of the layer, or of the file in a ZIP, where there are several.
    crs : str or None
        CRS of the file, where it states none or a wrong one.
    name_column, class_column : str or None
    """

    layer: str | None = None
    crs: str | None = None
    name_column: str | None = None
    class_column: str | None = None


@dataclass(frozen=True, slots=True)
class MapLayer:
    """One layer of a map file, ready to be read.

    Attributes
    ----------
    path : Path
    name : str
        What people call the file.
    layer : str
    shown_as : str
        The layer's name where the file has several that are read, else "".
    crs : CRS
    columns : PlaceColumnNames
    rows : int
        Of the whole layer; −1 where that is not known without reading it.
    bounds : tuple of float or None
        Of the whole layer, in its CRS.
    only_box : bool
        Whether no more than the wards' box is read.
    """

    path: Path
    name: str
    layer: str
    shown_as: str
    crs: CRS
    columns: PlaceColumnNames
    rows: int
    bounds: Bounds | None
    only_box: bool


@dataclass(frozen=True, slots=True)
class _File:
    """What all the layers of a file have in common."""

    name: str
    kind: PlaceKind
    reading: PlaceReading
    box: Bounds
    metric_crs: str
    only_box: bool


def map_layers(
    plain: Path,
    *,
    source: SourceFile,
    kind: PlaceKind,
    reading: PlaceReading,
    box: Bounds,
    metric_crs: str,
) -> tuple[tuple[MapLayer, ...], tuple[str, ...]]:
    """Open the layers of a map file that hold places of a kind.

    Parameters
    ----------
    plain : Path
        The file as GDAL reads it.
    source : SourceFile
        What it came in.
    kind, reading
        As `data.sources.places_reading.read_places` takes them.
    box : tuple of float
        In `metric_crs`, of what is wanted.
    metric_crs : str

    Returns
    -------
    tuple of MapLayer
        At least one.
    tuple of str
        What there is to say about them.

    Raises
    ------
    WrongShapesError, WrongPlacesError, NoCrsError, NoPlacesError, WhichLayerError, DamagedFileError
    UnknownCrsError, UnknownPlaceColumnError
        If what the user says does not fit.
    """
    large = source.size >= WHOLE_BELOW_BYTES
    file = _File(source.name, kind, reading, box, metric_crs, large)
    with _gdal(plain, file.name):
        refuse_cut_short(plain, name=file.name)
        listed = [(str(each), geometry) for each, geometry in pyogrio.list_layers(plain)]
    layers = layers_to_read(
        listed,
        layer=reading.layer if plain.suffix in _NAMED else None,
        kind=kind,
        osm=plain.suffix in _OSM,
        name=file.name,
    )
    opened = [
        _opened(plain, each, file=file, shown_as=each if len(layers) > 1 else "") for each in layers
    ]
    if not any(layer.rows for layer, _ in opened):
        raise NoPlacesError(
            what=f"{file.name} is empty.",
            found=f"0 rows in {', '.join(layers)}",
            do="Export or download it again.",
        )
    remarks = dict.fromkeys(remark for _, remark in opened if remark)
    return tuple(layer for layer, _ in opened), tuple(remarks)


def batches(
    layer: MapLayer,
    *,
    kind: PlaceKind,
    box: Bounds,
    metric_crs: str,
    progress: Callable[[int], None] | None = None,
) -> Iterator[PlaceBatch]:
    """Read a layer in batches.

    Parameters
    ----------
    layer : MapLayer
    kind : PlaceKind
    box : tuple of float
        In `metric_crs`.
    metric_crs : str
    progress : callable, optional
        Told after each batch how many rows of the layer have been read.

    Raises
    ------
    DamagedFileError
    """
    same = layer.crs.equals(CRS(metric_crs), ignore_axis_order=True)
    to_metres = None if same else Transformer.from_crs(layer.crs, metric_crs, always_xy=True)
    within = _box_in(layer.crs, box=box, metric_crs=metric_crs) if layer.only_box else None
    if within is not None and _holds_nothing(layer, within=within):
        return
    done = 0
    with ExitStack() as at_end:
        with _gdal(layer.path, layer.name):
            meta, reader = at_end.enter_context(
                open_arrow(
                    layer.path,
                    layer=layer.layer,
                    columns=list(layer.columns.needed),
                    bbox=within,
                    batch_size=BATCH_ROWS,
                    use_pyarrow=True,
                )
            )
        while True:
            with _gdal(layer.path, layer.name):
                batch = next(reader, None)
                if batch is None:
                    break
                wkb = batch[meta["geometry_name"] or "wkb_geometry"].to_numpy(zero_copy_only=False)
                shapes = _moved(shapely.from_wkb(wkb, on_invalid="ignore"), to_metres)
                texts = {each: _texts(batch[each]) for each in layer.columns.needed}
            names, classes, reason = place_values(
                texts, layer.columns, rows=batch.num_rows, kind=kind
            )
            numbers = np.arange(done + 1, done + 1 + batch.num_rows)
            streets = street_values(texts, layer.columns, classes=classes, kind=kind)
            yield PlaceBatch(names, classes, shapes, reason, numbers, layer.shown_as, streets)
            done += int(batch.num_rows)
            if progress is not None:
                progress(done)
    if within is None:
        refuse_missing_rows(done, of=layer.rows, name=layer.name)


def _opened(
    plain: Path,
    layer: str,
    *,
    file: _File,
    shown_as: str,
) -> tuple[MapLayer, str]:
    """Open one layer, and say what there is to say about its coordinate system."""
    osm, reading = plain.suffix in _OSM, file.reading
    with _gdal(plain, file.name):
        info = pyogrio.read_info(
            plain, layer=layer, force_feature_count=not osm, force_total_bounds=not osm
        )
        stated = None if info["crs"] is None else CRS(info["crs"])
    crs, remark = crs_in_use(stated, crs=reading.crs)
    rows, bounds = int(info["features"]), _bounds(info["total_bounds"])
    if rows:
        crs = _usable_crs(crs, bounds=bounds, name=file.name)
    crs = crs or CRS(file.metric_crs)  # of an empty layer, from which nothing is read
    within = _box_in(crs, box=file.box, metric_crs=file.metric_crs) if file.only_box else None
    texts = {str(each): [""] for each in info["fields"]}
    if not osm:
        with _gdal(plain, file.name):
            sample = pyogrio.read_dataframe(
                plain, layer=layer, read_geometry=False, max_features=_SAMPLE_ROWS, bbox=within
            )
            texts = {str(each): _texts(sample[each]) for each in sample.columns}
    columns = find_place_columns(
        texts,
        kind=file.kind,
        name_column=reading.name_column,
        class_column=reading.class_column,
    )
    opened = MapLayer(
        plain, file.name, layer, shown_as, crs, columns, rows, bounds, only_box=file.only_box
    )
    return opened, remark


def _usable_crs(crs: CRS | None, *, bounds: Bounds | None, name: str) -> CRS:
    """Return the CRS of a file, or refuse one that its coordinates cannot be in."""
    runs = "" if bounds is None else f"coordinates {_run(bounds)}, and "
    if crs is None:
        raise NoCrsError(
            what=f"{name} does not say which coordinate system it is in.",
            found=f"{runs}no coordinate system (a Shapefile keeps it in its .prj)",
            do="State it: EPSG:27700 for British National Grid metres, EPSG:4326 for longitude and "
            "latitude in degrees.",
        )
    if bounds is None:
        return crs
    west, south, east, north = bounds
    small = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if crs.is_projected and small:
        raise WrongPlacesError(
            what=f"{name} says that its coordinates are metres, and they look like degrees.",
            found=f"{_run(bounds)} in {crs.name}",
            do="State the coordinate system they are really in, such as EPSG:4326, or export the "
            "file again.",
        )
    large = max(abs(west), abs(east)) > _LARGEST_DEGREES or max(abs(south), abs(north)) > 90
    if crs.is_geographic and large:
        raise WrongPlacesError(
            what=f"{name} says that its coordinates are degrees, and they look like metres.",
            found=f"{_run(bounds)} in {crs.name}",
            do="State the coordinate system they are really in, such as EPSG:27700, or export the "
            "file again.",
        )
    return crs


def _run(bounds: Bounds) -> str:
    west, south, east, north = bounds
    return f"from {west:,.7g}, {south:,.7g} to {east:,.7g}, {north:,.7g}"


def _bounds(given: Sequence[float] | None) -> Bounds | None:
    if given is None or not np.isfinite(given).all():
        return None
    west, south, east, north = map(float, given)
    return west, south, east, north


def _box_in(crs: CRS, *, box: Bounds, metric_crs: str) -> Bounds | None:
    """Return the smallest box in another CRS that holds a box in metres; None where none can."""
    moved = Transformer.from_crs(metric_crs, crs, always_xy=True).transform_bounds(*box)
    return _bounds(moved)


def _holds_nothing(layer: MapLayer, *, within: Bounds) -> bool:
    """Tell whether a FlatGeobuf has nothing in a box; GDAL's batches then hold rows of nothing."""
    if layer.path.suffix != ".fgb":
        return False
    with _gdal(layer.path, layer.name):
        return len(pyogrio.read_bounds(layer.path, layer=layer.layer, bbox=within)[0]) == 0


def _moved(shapes: NDArray[np.object_], to_metres: Transformer | None) -> NDArray[np.object_]:
    if to_metres is None:
        return np.asarray(shapes, dtype=object)

    def moved(corners: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_metres.transform(corners[:, 0], corners[:, 1]))

    return np.asarray(shapely.transform(shapes, moved), dtype=object)


def _texts(column: pa.Array | pd.Series) -> list[str]:
    """Return the values of a column as trimmed text, "" where there is none."""
    values = column.tolist() if isinstance(column, pd.Series) else column.to_pylist()
    return ["" if _is_missing(value) else str(value).strip() for value in values]


def _is_missing(value: object) -> bool:
    is_nan = isinstance(value, float) and math.isnan(value)
    return value is None or value is pd.NA or value is pd.NaT or is_nan


@contextmanager
def _gdal(plain: Path, name: str) -> Iterator[None]:
    """Say in a plain error why GDAL cannot read a file."""
    with (
        plain_faults(
            name,
            damaged=lambda found: damaged_map(name, fault_in_words(found, name=name)),
            also=CARELESS,
        ),
        warnings.catch_warnings(),
    ):
        # GDAL remarks on rings and measures; the checks of the shapes say what matters.
        warnings.filterwarnings("ignore", module="pyogrio")
        yield
